/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that another process lends: regions that come and go at addresses of its choice, mapped here or not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/iommu.h"
#include "sim/iommu_table.h"
#include "support/error.h"

#define PAGE UINT64_C(4096)

static bool continues(const struct sim_region *before, const struct sim_region *after)
{
    return before->end == after->start && before->host + (before->end - before->start) == after->host &&
           before->access == after->access && before->remote == after->remote;
}

/* Sorted by address, with neighbours joined that one pointer can walk over. */
static void region_insert(struct sim_region_table *table, const struct sim_region_table *old,
                          const struct sim_region *region)
{
    bool placed = false;

    table->count = 0;
    for (uint32_t i = 0; i <= old->count; i++) {
        const bool here = !placed && (i == old->count || old->regions[i].start > region->start);
        const struct sim_region *next = here ? region : i < old->count ? &old->regions[i] : NULL;

        if (next == NULL)
            break;
        if (table->count > 0 && continues(&table->regions[table->count - 1], next))
            table->regions[table->count - 1].end = next->end;
        else
            table->regions[table->count++] = *next;
        if (here) {
            placed = true;
            i--;
        }
    }
}

int sim_iommu_map(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes, uint8_t *host, uint32_t access, bool remote)
{
    const struct sim_region region = {.start = iova,
                                      .end = iova + bytes,
                                      .host = host,
                                      .access = access,
                                      .remote = remote,
                                      .plain = !remote && access == (SIM_READ | SIM_WRITE)};
    struct sim_region_table *table = NULL;
    int err = 0;

    if (bytes == 0 || region.end < iova || iova % PAGE != 0 || bytes % PAGE != 0)
        return bell_error_set(-EINVAL, "sim: %llu bytes at %llxh are not whole pages of 4 KiB",
                              (unsigned long long)bytes, (unsigned long long)iova);
    pthread_mutex_lock(&iommu->lock);
    struct sim_region_table *old = atomic_load(&iommu->table);
    for (uint32_t i = 0; i < old->count && err == 0; i++)
        if (old->regions[i].start < region.end && region.start < old->regions[i].end)
            err = bell_error_set(-EEXIST, "sim: memory at %llxh is mapped already",
                                 (unsigned long long)old->regions[i].start);
    if (err == 0) {
        table = sim_table_new(old->count + 1, old->generation + 1);
        if (table == NULL)
            err = bell_error_set(-ENOMEM, "sim: out of memory");
    }
    if (err == 0) {
        region_insert(table, old, &region);
        sim_table_publish(iommu, table);
    }
    pthread_mutex_unlock(&iommu->lock);
    return err;
}

int sim_iommu_unmap(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes)
{
    const uint64_t end = iova + bytes < iova ? UINT64_MAX : iova + bytes;
    int err = 0;

    pthread_mutex_lock(&iommu->lock);
    struct sim_region_table *old = atomic_load(&iommu->table);
    struct sim_region_table *table = sim_table_new(2 * old->count + 1, old->generation + 1);

    if (table == NULL) {
        err = bell_error_set(-ENOMEM, "sim: out of memory");
    } else {
        table->count = 0;
        for (uint32_t i = 0; i < old->count; i++) {
            const struct sim_region *region = &old->regions[i];
            struct sim_region rest = *region;

            if (region->end <= iova || region->start >= end) {
                table->regions[table->count++] = *region;
                continue;
            }
            if (region->start < iova) {
                rest.end = iova;
                table->regions[table->count++] = rest;
            }
            if (region->end > end) {
                rest = *region;
                rest.host += end - region->start;
                rest.start = end;
                table->regions[table->count++] = rest;
            }
        }
        sim_table_publish(iommu, table);
        sim_table_settle(iommu);
    }
    pthread_mutex_unlock(&iommu->lock);
    return err;
}

/* ---- device thread ----------------------------------------------------------------------------------------------- */

bool sim_iommu_pull(struct sim_iommu *iommu, uint64_t iova, const void *copy, uint64_t bytes)
{
    return iommu->remote.read != NULL &&
           iommu->remote.read(iommu->remote.context, iova, (void *)(uintptr_t)copy, bytes);
}

bool sim_iommu_push(struct sim_iommu *iommu, uint64_t iova, const void *copy, uint64_t bytes)
{
    return iommu->remote.write != NULL && iommu->remote.write(iommu->remote.context, iova, copy, bytes);
}

static bool dirty_add(struct sim_iommu *iommu, uint64_t iova, const uint8_t *host, uint64_t bytes)
{
    if (iommu->dirty_count > 0) {
        struct sim_dirty *last = &iommu->dirty[iommu->dirty_count - 1];

        if (last->iova + last->bytes == iova && last->host + last->bytes == host) {
            last->bytes += bytes;
            return true;
        }
    }
    if (iommu->dirty_count == iommu->dirty_room) {
        const uint32_t room = iommu->dirty_room == 0 ? 64 : 2 * iommu->dirty_room;
        struct sim_dirty *dirty = realloc(iommu->dirty, room * sizeof *dirty);

        if (dirty == NULL)
            return false;
        iommu->dirty = dirty;
        iommu->dirty_room = room;
    }
    iommu->dirty[iommu->dirty_count++] = (struct sim_dirty){iova, bytes, host};
    return true;
}

bool sim_iommu_flush(struct sim_iommu *iommu)
{
    bool arrived = true;

    for (uint32_t i = 0; i < iommu->dirty_count; i++)
        arrived = sim_iommu_push(iommu, iommu->dirty[i].iova, iommu->dirty[i].host, iommu->dirty[i].bytes) && arrived;
    iommu->dirty_count = 0;
    return arrived;
}

uint8_t *sim_iommu_special(struct sim_iommu *iommu, const struct sim_region *region, uint64_t iova, uint64_t bytes,
                           uint32_t access)
{
    uint8_t *host = region->host + (iova - region->start);

    if ((region->access & access) != access)
        return NULL;
    if (region->remote && (access & SIM_READ) != 0 && !sim_iommu_pull(iommu, iova, host, bytes))
        return NULL;
    if (region->remote && (access & SIM_WRITE) != 0 && !dirty_add(iommu, iova, host, bytes))
        return NULL;
    return host;
}

uint8_t *sim_iommu_ring(struct sim_iommu *iommu, uint64_t iova, uint64_t bytes, uint32_t access, bool *remote)
{
    const struct sim_region *region = sim_iommu_region(iommu, iova, bytes);

    if (region == NULL || (region->access & access) != access)
        return NULL;
    *remote = region->remote;
    return region->host + (iova - region->start);
}
