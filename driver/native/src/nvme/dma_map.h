/* SPDX-License-Identifier: Apache-2.0 */
/* The DMA memory of a device by its IOVA: where data verification finds what a command reads or writes. */
#ifndef BELL_NVME_DMA_MAP_H
#define BELL_NVME_DMA_MAP_H

#include <pthread.h>
#include <stdint.h>

struct bell_dma_region {
    uint64_t iova;
    uint64_t bytes;
    uint8_t *data;
};

struct bell_dma_map {
    pthread_rwlock_t lock; /* held for reading while somebody looks into the memory, so that it is not freed */
    struct bell_dma_region *regions; /* by IOVA */
    uint32_t count, room;
};

void bell_dma_map_init(struct bell_dma_map *map);
void bell_dma_map_free(struct bell_dma_map *map);
/** bell_dma_map_add - without memory for it the region stays unknown: what lies there is not verified. */
void bell_dma_map_add(struct bell_dma_map *map, uint64_t iova, uint64_t bytes, void *data);
void bell_dma_map_remove(struct bell_dma_map *map, uint64_t iova);

/** bell_dma_map_find - the memory at an IOVA and how many bytes follow it there; NULL if it is not the driver's. The
 * caller holds the lock for reading. */
uint8_t *bell_dma_map_find(const struct bell_dma_map *map, uint64_t iova, uint64_t *bytes);

#endif
