/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data memory of a worker: one DMA allocation, made and described by PRPs before the first I/O. Data that comes in
 * has a buffer for each slot. Data that goes out shares one where it is the same everywhere; otherwise each slot has
 * its own. Lists of LBA ranges have a page for each slot.
 */
#ifndef BELL_IOWORKER_BUFFERS_H
#define BELL_IOWORKER_BUFFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "ioworker/data.h"

/* A buffer that starts on a memory page and is described up to the size of the largest I/O. */
struct bell_io_buffer {
    uint64_t iova;
    uint64_t second; /* its second page */
    uint64_t list;   /* PRP list of all pages but the first */
    void *data;
};

struct bell_io_buffers {
    struct bell_io_buffer *reads;  /* one a slot; NULL if nothing comes in */
    struct bell_io_buffer *writes; /* the same */
    struct bell_io_buffer *ranges; /* the same; a page each */
    uint64_t write_bytes;          /* data of one of them */
    uint32_t page_bytes;
    uint32_t prp1_bytes; /* what PRP1 alone describes; 0: data pointers are SGL data blocks */
    void *memory;
    uint64_t iova;
    uint64_t bytes;
};

/* What the buffers are for. */
struct bell_io_needs {
    uint32_t slots;
    uint32_t lba_bytes;
    uint32_t lbas; /* of the largest I/O */
    bool reads;
    bool writes;
    bool own_writes; /* slots do not share the data that goes out */
    bool ranges;
};

/** bell_io_buffers_alloc - -EINVAL if an I/O is too large for one PRP list, -ENOMEM says how much was asked for. */
int bell_io_buffers_alloc(struct bell_io_buffers *buffers, bell_device *device, const struct bell_io_needs *needs,
                          struct bell_io_data *data);
void bell_io_buffers_free(struct bell_io_buffers *buffers, bell_device *device);

/* PRP entry 2 for the first `bytes` of the buffer (NVMe Base 2.0c §4.1.1), or the second half of an SGL data block. */
static inline uint64_t bell_io_buffer_prp2(const struct bell_io_buffers *buffers, const struct bell_io_buffer *buffer,
                                           uint64_t bytes)
{
    if (bytes <= buffers->prp1_bytes)
        return 0;
    if (buffers->prp1_bytes == 0)
        return bytes; /* type 0: NVMe Base 2.0c §4.1.2.1 */
    return bytes <= 2ull * buffers->page_bytes ? buffer->second : buffer->list;
}

#endif
