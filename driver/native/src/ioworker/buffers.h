/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data memory of a worker: one DMA allocation, made and described by PRPs before the first I/O. Reads have a buffer
 * for each slot. Writes share one, as their data is the same everywhere, but for random data, where each slot has its
 * own.
 */
#ifndef BELL_IOWORKER_BUFFERS_H
#define BELL_IOWORKER_BUFFERS_H

#include <stdint.h>

#include "doorbell.h"

/* A buffer that starts on a memory page and is described up to the size of the largest I/O. */
struct bell_io_buffer {
    uint64_t iova;
    uint64_t second; /* its second page */
    uint64_t list;   /* PRP list of all pages but the first */
};

struct bell_io_buffers {
    struct bell_io_buffer *reads;  /* one a slot; NULL if the workload does not read */
    struct bell_io_buffer *writes; /* the same */
    uint32_t page_bytes;
    uint32_t page_shift;
    void *memory;
    uint64_t iova;
    uint64_t bytes;
};

/** bell_io_buffers_alloc - -EINVAL if an I/O is too large for one PRP list, -ENOMEM says how much was asked for. */
int bell_io_buffers_alloc(struct bell_io_buffers *buffers, bell_device *device, const bell_worker_config *config);
void bell_io_buffers_free(struct bell_io_buffers *buffers, bell_device *device);

/* PRP entry 2 for the first `bytes` of the buffer (NVMe Base 2.0c §4.1.1). */
static inline uint64_t bell_io_buffer_prp2(const struct bell_io_buffers *buffers, const struct bell_io_buffer *buffer,
                                           uint64_t bytes)
{
    if (bytes <= buffers->page_bytes)
        return 0;
    return bytes <= 2ull * buffers->page_bytes ? buffer->second : buffer->list;
}

#endif
