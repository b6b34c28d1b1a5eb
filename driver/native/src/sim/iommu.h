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

/* What the device may do with memory. */
#define SIM_READ  1u
#define SIM_WRITE 2u

struct sim_region {
    uint64_t start;
    uint64_t end; /* exclusive */
    uint8_t *host;
    uint32_t access; /* SIM_READ, SIM_WRITE */
    bool remote;     /* host is a copy: the memory itself is reached through sim_remote */
    bool plain;      /* mapped here, and both accesses allowed */
};

/*
 * Memory that another process lends without letting it be mapped. Called by the device thread; false when it could not
 * be done.
 */
struct sim_remote {
    bool (*read)(void *context, uint64_t iova, void *to, uint64_t bytes);
    bool (*write)(void *context, uint64_t iova, const void *from, uint64_t bytes);
    void *context;
};

/* Part of a remote region that the device has changed and not yet written back. */
struct sim_dirty {
    uint64_t iova;
    uint64_t bytes;
    const uint8_t *host;
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

    struct sim_remote remote; /* set while no region is remote */

    /* device thread only */
    struct sim_region cmb; /* the controller memory buffer; empty: none */
    const struct sim_region_table *current;
    uint64_t entered; /* generation at the start of this turn */
    uint32_t last_hit;
    struct sim_dirty *dirty;
    uint32_t dirty_count;
    uint32_t dirty_room;
};

int sim_iommu_init(struct sim_iommu *iommu, void (*wake)(void *context), void *context);
void sim_iommu_destroy(struct sim_iommu *iommu);

int sim_iommu_alloc(struct sim_iommu *iommu, uint64_t bytes, void **vaddr, uint64_t *iova);
void sim_iommu_free(struct sim_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes);

/*
 * sim_iommu_map - let the device reach memory that somebody else owns: bytes at host, under iova; both and the length
 * are multiples of 4 KiB. Neighbours that lie side by side in both spaces are one region for the device. -EEXIST where
 * a part is mapped already, -EINVAL, -ENOMEM.
 */
int sim_iommu_map(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes, uint8_t *host, uint32_t access, bool remote);

/* sim_iommu_unmap - take back all that is mapped in the range; afterwards the device does not touch it. -ENOMEM: it
 * still may. */
int sim_iommu_unmap(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes);

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

/* sim_iommu_special - what sim_iommu_translate does with a region that is not plain. */
uint8_t *sim_iommu_special(struct sim_iommu *iommu, const struct sim_region *region, uint64_t iova, uint64_t bytes,
                           uint32_t access);

static inline const struct sim_region *sim_iommu_region(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes)
{
    const struct sim_region_table *table = iommu->current;
    const struct sim_region *region = &table->regions[iommu->last_hit];

    if (__builtin_expect(table->count == 0 || iova < region->start || iova >= region->end, 0)) {
        region = sim_iommu_find(iommu, iova);
        if (region == NULL)
            return NULL;
    }
    return __builtin_expect(bytes <= region->end - iova, 1) ? region : NULL;
}

/*
 * sim_iommu_translate - device thread: host address of bytes at iova for SIM_READ, SIM_WRITE or both, or NULL if not
 * all of them are mapped for that. Remote memory has been read when this returns; what is written to it reaches it with
 * sim_iommu_flush.
 */
static inline uint8_t *sim_iommu_translate(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes, uint32_t access)
{
    const struct sim_region *region = sim_iommu_region(iommu, iova, bytes);

    if (__builtin_expect(region == NULL, 0))
        return NULL;
    if (__builtin_expect(!region->plain, 0))
        return sim_iommu_special(iommu, region, iova, bytes, access);
    return region->host + (iova - region->start);
}

/* sim_iommu_ring - the same for memory that is used bit by bit: for remote memory nothing is read or written back; the
 * caller does so with sim_iommu_pull and sim_iommu_push. */
uint8_t *sim_iommu_ring(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes, uint32_t access, bool *remote);

bool sim_iommu_pull(struct sim_iommu *iommu, uint64_t iova, const void *copy, uint64_t bytes);
bool sim_iommu_push(struct sim_iommu *iommu, uint64_t iova, const void *copy, uint64_t bytes);

/* sim_iommu_flush - write back what changed in remote memory. False: not all of it arrived. */
bool sim_iommu_flush(struct sim_iommu *iommu);

#endif
