/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory that the simulated device may reach: the live allocations, under I/O virtual addresses that have nothing
 * to do with the program's own addresses and are never used twice. Whatever is outside is refused, as an IOMMU would.
 *
 * The device thread looks addresses up without a lock in an immutable table; others replace the table under a lock.
 * Memory is given back only after the device thread has picked up the table without it (sim_iommu_enter, once a turn of
 * its loop).
 */
#ifndef BELL_SIM_IOMMU_H
#define BELL_SIM_IOMMU_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sim_region {
    uint64_t start;
    uint64_t end; /* exclusive */
    uint8_t *host;
};

struct sim_region_table {
    uint64_t generation;
    struct sim_region_table *older; /* waits to be freed */
    uint32_t count;
    struct sim_region regions[]; /* ascending */
};

struct sim_iommu {
    pthread_mutex_t lock;
    _Atomic(struct sim_region_table *) table;
    struct sim_region_table *retired;
    uint32_t retired_count;
    uint64_t next_iova;
    _Atomic uint64_t seen; /* generation that the device thread uses */
    _Atomic bool device_runs;
    void (*wake)(void *context); /* makes the device thread take a turn */
    void *context;

    /* device thread only */
    const struct sim_region_table *current;
    uint64_t entered; /* generation at the start of this turn */
    uint32_t last_hit;
};

int sim_iommu_init(struct sim_iommu *iommu, void (*wake)(void *context), void *context);
void sim_iommu_destroy(struct sim_iommu *iommu);

int sim_iommu_alloc(struct sim_iommu *iommu, uint64_t bytes, void **vaddr, uint64_t *iova);
void sim_iommu_free(struct sim_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes);

/* sim_iommu_store32 - a dword written by the device on behalf of another thread than its own. False: not mapped. */
bool sim_iommu_store32(struct sim_iommu *iommu, uint64_t iova, uint32_t value);

/* sim_iommu_enter - device thread: use the newest table from here on; pointers from earlier turns are void. */
static inline void sim_iommu_enter(struct sim_iommu *iommu)
{
    const struct sim_region_table *table = atomic_load_explicit(&iommu->table, memory_order_acquire);

    if (table->generation != iommu->entered) {
        iommu->current = table;
        iommu->last_hit = 0;
        iommu->entered = table->generation;
        atomic_store_explicit(&iommu->seen, table->generation, memory_order_release);
    }
}

/* sim_iommu_find - the region of an address, also one that came during this turn; NULL if there is none. */
const struct sim_region *sim_iommu_find(struct sim_iommu *iommu, uint64_t iova);

/* sim_iommu_translate - device thread: host address of bytes at iova, or NULL if not all of them are mapped. */
static inline uint8_t *sim_iommu_translate(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes)
{
    const struct sim_region_table *table = iommu->current;
    const struct sim_region *region = &table->regions[iommu->last_hit];

    if (__builtin_expect(table->count == 0 || iova < region->start || iova >= region->end, 0)) {
        region = sim_iommu_find(iommu, iova);
        if (region == NULL)
            return NULL;
    }
    if (__builtin_expect(bytes > region->end - iova, 0))
        return NULL;
    return region->host + (iova - region->start);
}

#endif
