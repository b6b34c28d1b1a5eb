/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/iommu.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/iommu_table.h"
#include "support/error.h"

#define PAGE       UINT64_C(4096)
#define FIRST_IOVA UINT64_C(0x100000000) /* above 4 GiB, so that a lost upper dword shows */

struct sim_region_table *sim_table_new(uint32_t count, uint64_t generation)
{
    struct sim_region_table *table = calloc(1, sizeof *table + count * sizeof table->regions[0]);

    if (table != NULL) {
        table->count = count;
        table->generation = generation;
    }
    return table;
}

int sim_iommu_init(struct sim_iommu *iommu, void (*wake)(void *context), void *context)
{
    struct sim_region_table *table = sim_table_new(0, 1);

    if (table == NULL)
        return bell_error_set(-ENOMEM, "sim: out of memory");
    pthread_mutex_init(&iommu->lock, NULL);
    atomic_init(&iommu->table, table);
    iommu->current = table;
    iommu->next_iova = FIRST_IOVA;
    iommu->wake = wake;
    iommu->context = context;
    return 0;
}

static void retired_free(struct sim_iommu *iommu)
{
    while (iommu->retired != NULL) {
        struct sim_region_table *older = iommu->retired->older;

        free(iommu->retired);
        iommu->retired = older;
    }
    iommu->retired_count = 0;
}

void sim_iommu_destroy(struct sim_iommu *iommu)
{
    retired_free(iommu);
    free(iommu->dirty);
    free(atomic_load(&iommu->table));
    pthread_mutex_destroy(&iommu->lock);
}

void sim_table_settle(struct sim_iommu *iommu)
{
    uint64_t generation = atomic_load(&iommu->table)->generation;

    while (atomic_load(&iommu->device_runs) && atomic_load(&iommu->seen) < generation) {
        iommu->wake(iommu->context);
        sched_yield();
    }
    retired_free(iommu);
}

void sim_table_publish(struct sim_iommu *iommu, struct sim_region_table *table)
{
    struct sim_region_table *old = atomic_load(&iommu->table);

    atomic_store(&iommu->table, table);
    if (!atomic_load(&iommu->device_runs))
        iommu->current = table;
    old->older = iommu->retired;
    iommu->retired = old;
    iommu->retired_count++;
}

int sim_iommu_alloc(struct sim_iommu *iommu, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    if (bytes == 0 || bytes > UINT64_C(1) << 46)
        return bell_error_set(-EINVAL, "sim: %llu bytes of DMA memory cannot be allocated", (unsigned long long)bytes);
    uint64_t size = (bytes + PAGE - 1) & ~(PAGE - 1);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return bell_error_set(-ENOMEM, "sim: no memory for %llu bytes of DMA memory", (unsigned long long)bytes);
    pthread_mutex_lock(&iommu->lock);
    struct sim_region_table *old = atomic_load(&iommu->table);
    struct sim_region_table *table = sim_table_new(old->count + 1, old->generation + 1);

    if (table == NULL) {
        pthread_mutex_unlock(&iommu->lock);
        munmap(memory, size);
        return bell_error_set(-ENOMEM, "sim: out of memory");
    }
    memcpy(table->regions, old->regions, old->count * sizeof old->regions[0]);
    table->regions[old->count] = (struct sim_region){.start = iommu->next_iova,
                                                     .end = iommu->next_iova + size,
                                                     .host = memory,
                                                     .access = SIM_READ | SIM_WRITE,
                                                     .plain = true};
    *vaddr = memory;
    *iova = iommu->next_iova;
    /* A hole behind each allocation: running over its end is an error and not the neighbour's data. */
    iommu->next_iova += size + PAGE;
    sim_table_publish(iommu, table);
    if (iommu->retired_count >= 16)
        sim_table_settle(iommu);
    pthread_mutex_unlock(&iommu->lock);
    return 0;
}

void sim_iommu_free(struct sim_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes)
{
    uint64_t size = (bytes + PAGE - 1) & ~(PAGE - 1);

    pthread_mutex_lock(&iommu->lock);
    struct sim_region_table *old = atomic_load(&iommu->table);
    struct sim_region_table *table = NULL;
    uint32_t found = 0;

    while (found < old->count && old->regions[found].start != iova)
        found++;
    if (found < old->count)
        table = sim_table_new(old->count - 1, old->generation + 1);
    /* Without memory for a new table the region stays reachable, and so it must stay mapped. */
    if (table != NULL) {
        memcpy(table->regions, old->regions, found * sizeof old->regions[0]);
        memcpy(table->regions + found, old->regions + found + 1, (old->count - found - 1) * sizeof old->regions[0]);
        sim_table_publish(iommu, table);
        sim_table_settle(iommu);
        munmap(vaddr, size);
    }
    pthread_mutex_unlock(&iommu->lock);
}

static int region_search(const struct sim_region_table *table, uint64_t iova)
{
    uint32_t low = 0;
    uint32_t high = table->count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (iova < table->regions[middle].start)
            high = middle;
        else if (iova >= table->regions[middle].end)
            low = middle + 1;
        else
            return (int)middle;
    }
    return -1;
}

const struct sim_region *sim_iommu_find(struct sim_iommu *iommu, uint64_t iova)
{
    int index = region_search(iommu->current, iova);

    if (index < 0) {
        /* Allocated since this turn began? Tables from before stay valid: their end waits for the next turn. */
        iommu->current = atomic_load_explicit(&iommu->table, memory_order_acquire);
        iommu->last_hit = 0;
        index = region_search(iommu->current, iova);
    }
    if (index < 0)
        return iova >= iommu->cmb.start && iova < iommu->cmb.end ? &iommu->cmb : NULL;
    iommu->last_hit = (uint32_t)index;
    return &iommu->current->regions[index];
}

bool sim_iommu_store32(struct sim_iommu *iommu, uint64_t iova, uint32_t value)
{
    pthread_mutex_lock(&iommu->lock);
    const struct sim_region_table *table = atomic_load(&iommu->table);
    int index = region_search(table, iova);
    bool mapped = index >= 0 && (iova & 3) == 0 && table->regions[index].plain;

    if (mapped) {
        const struct sim_region *region = &table->regions[index];

        __atomic_store_n((uint32_t *)(region->host + (iova - region->start)), value, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&iommu->lock);
    return mapped;
}
