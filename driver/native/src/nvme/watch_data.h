/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that a command's data pointer describes, whoever made it. */
#ifndef BELL_NVME_WATCH_DATA_H
#define BELL_NVME_WATCH_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "nvme/dma_map.h"
#include "nvme/watch.h"

/* Pieces of DMA memory, or ranges of LBAs. */
struct bell_span {
    uint64_t first;
    uint64_t count;
};

#define BELL_SPAN_NOWHERE UINT64_MAX /* an SGL bit bucket */

struct bell_spans {
    struct bell_span *items;
    uint32_t count, room;
};

bool bell_spans_add(struct bell_spans *spans, uint64_t first, uint64_t count);

/**
 * bell_spans_find - where the first `bytes` of a command's data are. The caller holds the map's lock.
 * Return: false if the pointers lead to memory that is not the driver's, or to too little.
 */
bool bell_spans_find(struct bell_spans *spans, const struct bell_dma_map *map, const struct bell_watch_data *data,
                     const uint64_t sqe[8], uint64_t bytes, uint32_t page_bytes);

/** bell_spans_gather - the bytes from `offset` on: in place where they are in one piece, else copied to scratch. NULL:
 * some of them are not there any more. The caller holds the map's lock. */
uint8_t *bell_spans_gather(const struct bell_spans *spans, const struct bell_dma_map *map, uint64_t offset,
                           uint32_t bytes, uint8_t *scratch);

/** bell_spans_scatter - write to the bytes from `offset` on. */
void bell_spans_scatter(const struct bell_spans *spans, const struct bell_dma_map *map, uint64_t offset, uint32_t bytes,
                        const uint8_t *from);

#endif
