/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/dma_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/error.h"

#define PAGE_BYTES 4096u

void bell_dma_pool_init(struct bell_dma_pool *pool, void *base, uint64_t first, uint64_t end)
{
    memset(pool, 0, sizeof *pool);
    pool->base = base;
    pool->first = first;
    pool->end = end;
    pthread_mutex_init(&pool->lock, NULL);
}

void bell_dma_pool_destroy(struct bell_dma_pool *pool)
{
    free(pool->blocks);
    pthread_mutex_destroy(&pool->lock);
}

/* The start of the gap before blocks[index]; index == count: behind the last block. */
static uint64_t gap_start(const struct bell_dma_pool *pool, size_t index)
{
    return index == 0 ? pool->first : pool->blocks[index - 1].start + pool->blocks[index - 1].bytes;
}

static uint64_t gap_bytes(const struct bell_dma_pool *pool, size_t index)
{
    uint64_t end = index == pool->count ? pool->end : pool->blocks[index].start;

    return end - gap_start(pool, index);
}

static int blocks_reserve(struct bell_dma_pool *pool)
{
    size_t room = pool->room == 0 ? 64 : pool->room * 2;
    struct bell_dma_block *blocks;

    if (pool->count < pool->room)
        return 0;
    blocks = realloc(pool->blocks, room * sizeof *blocks);
    if (blocks == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    pool->blocks = blocks;
    pool->room = room;
    return 0;
}

/* Punching a hole reads as zeros again, whatever a device wrote there since, and costs no memory until it is used. */
static void pages_zero(struct bell_dma_pool *pool, const struct bell_dma_block *block)
{
    if (madvise(pool->base + block->start, block->bytes, MADV_REMOVE) != 0)
        memset(pool->base + block->start, 0, block->bytes);
}

static int alloc_locked(struct bell_dma_pool *pool, uint64_t bytes, struct bell_dma_block *block)
{
    uint64_t largest = 0;
    int err = blocks_reserve(pool);

    for (size_t i = 0; err == 0 && i <= pool->count; i++) {
        uint64_t gap = gap_bytes(pool, i);

        if (gap >= bytes) {
            *block = (struct bell_dma_block){.start = gap_start(pool, i), .bytes = bytes};
            memmove(&pool->blocks[i + 1], &pool->blocks[i], (pool->count - i) * sizeof *block);
            pool->blocks[i] = *block;
            pool->count++;
            return 0;
        }
        largest = gap > largest ? gap : largest;
    }
    if (err != 0)
        return err;
    return bell_error_set(-ENOMEM, "%llu bytes of DMA memory asked for, the largest free piece has %llu",
                          (unsigned long long)bytes, (unsigned long long)largest);
}

int bell_dma_pool_alloc(struct bell_dma_pool *pool, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    struct bell_dma_block block = {0};
    int err;

    if (bytes == 0 || bytes > UINT64_MAX - PAGE_BYTES)
        return bell_error_set(-EINVAL, "%llu bytes of DMA memory cannot be allocated", (unsigned long long)bytes);
    bytes = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    pthread_mutex_lock(&pool->lock);
    err = alloc_locked(pool, bytes, &block);
    pthread_mutex_unlock(&pool->lock);
    if (err != 0)
        return err;
    pages_zero(pool, &block);
    *vaddr = pool->base + block.start;
    *iova = block.start;
    return 0;
}

void bell_dma_pool_free(struct bell_dma_pool *pool, uint64_t iova)
{
    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->blocks[i].start == iova) {
            pages_zero(pool, &pool->blocks[i]);
            pool->count--;
            memmove(&pool->blocks[i], &pool->blocks[i + 1], (pool->count - i) * sizeof *pool->blocks);
            break;
        }
    }
    pthread_mutex_unlock(&pool->lock);
}

bool bell_dma_pool_covers(struct bell_dma_pool *pool, uint64_t iova, uint64_t bytes)
{
    bool covers = false;

    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->count && !covers; i++) {
        const struct bell_dma_block *block = &pool->blocks[i];

        covers =
            iova >= block->start && iova - block->start < block->bytes && bytes <= block->bytes - (iova - block->start);
    }
    pthread_mutex_unlock(&pool->lock);
    return covers;
}
