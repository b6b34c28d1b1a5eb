/* SPDX-License-Identifier: Apache-2.0 */
/* DMA memory cut from one shared mapping, first fit. Safe from any thread. */
#ifndef BELL_PCI_DMA_POOL_H
#define BELL_PCI_DMA_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bell_dma_block {
    uint64_t start;
    uint64_t bytes;
};

struct bell_dma_pool {
    uint8_t *base;                 /* the mapping; the IOVA of base[n] is n */
    uint64_t first;                /* lowest IOVA handed out */
    uint64_t end;                  /* bytes of the mapping */
    struct bell_dma_block *blocks; /* live ones, in order of start */
    size_t count;
    size_t room;
    pthread_mutex_t lock;
};

/* bell_dma_pool_init - base must be a shared mapping of a memory file, so that freed pages can be given back to the
 * system. */
void bell_dma_pool_init(struct bell_dma_pool *pool, void *base, uint64_t first, uint64_t end);
void bell_dma_pool_destroy(struct bell_dma_pool *pool);

/* bell_dma_pool_alloc - zeroed, whole pages, page aligned. -ENOMEM says how much is free, -EINVAL for 0 bytes. */
int bell_dma_pool_alloc(struct bell_dma_pool *pool, uint64_t bytes, void **vaddr, uint64_t *iova);
void bell_dma_pool_free(struct bell_dma_pool *pool, uint64_t iova);

/* bell_dma_pool_covers - whether all of the bytes lie in one live allocation. */
bool bell_dma_pool_covers(struct bell_dma_pool *pool, uint64_t iova, uint64_t bytes);

#endif
