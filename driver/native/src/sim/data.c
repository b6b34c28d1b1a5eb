/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/data.h"

#include <stdlib.h>
#include <string.h>

#include "sim/prp.h"
#include "sim/sgl.h"
#include "sim/sim.h"
#include "support/atomics.h"

#define SEGMENTS_MOST 524288u

/* ---- the list of segments -------------------------------------------------------------------------------------------
 */

static bool segments_grow(struct sim *sim)
{
    const uint32_t room = sim->segment_room * 2 < SEGMENTS_MOST ? sim->segment_room * 2 : SEGMENTS_MOST;
    struct sim_segment *grown;

    if (sim->segment_room >= room || (grown = realloc(sim->segments, room * sizeof *grown)) == NULL)
        return false;
    sim->segments = grown;
    sim->segment_room = room;
    return true;
}

uint16_t sim_segment_add(struct sim *sim, uint32_t first, uint32_t *count, uint8_t *data, uint64_t bytes)
{
    if (*count > first) {
        struct sim_segment *last = &sim->segments[*count - 1];

        if (data == NULL ? last->data == NULL : last->data != NULL && last->data + last->bytes == data) {
            last->bytes += bytes;
            return 0;
        }
    }
    if (BELL_UNLIKELY(*count == sim->segment_room) && !segments_grow(sim))
        return NVME_SC_SGL_DESCRIPTOR_COUNT | NVME_STATUS_DNR;
    sim->segments[(*count)++] = (struct sim_segment){data, bytes};
    return 0;
}

uint16_t sim_memory_add(struct sim_command *command, uint32_t first, uint32_t *count, uint64_t iova, uint64_t bytes)
{
    struct sim_iommu *iommu = &command->sim->iommu;
    const uint32_t access = sim_data_access(command);
    uint16_t status = 0;

    while (bytes > 0 && status == 0) {
        uint64_t part = bytes;
        uint8_t *data = sim_iommu_translate(iommu, iova, part, access);

        if (data == NULL) { /* neighbours that are mapped one by one */
            const struct sim_region *region = sim_iommu_find(iommu, iova);

            if (region == NULL || region->end - iova >= bytes)
                return NVME_SC_DATA_TRANSFER_ERROR;
            part = region->end - iova;
            data = sim_iommu_translate(iommu, iova, part, access);
            if (data == NULL)
                return NVME_SC_DATA_TRANSFER_ERROR;
        }
        status = sim_segment_add(command->sim, first, count, data, part);
        iova += part;
        bytes -= part;
    }
    return status;
}

/* ---- what a command points to ---------------------------------------------------------------------------------------
 */

uint16_t sim_data_map(struct sim_command *command, uint64_t bytes, uint32_t *count)
{
    if (BELL_LIKELY((command->sqe.flags & NVME_SQE_PSDT) == 0))
        return sim_prp_map(command, bytes, count);
    *count = 0;
    return sim_sgl_map_data(command, bytes, count);
}

uint16_t sim_metadata_map(struct sim_command *command, uint64_t bytes, uint32_t *count)
{
    const uint32_t psdt = (uint32_t)NVME_GET(command->sqe.flags, NVME_SQE_PSDT);

    if (bytes == 0)
        return 0;
    if (psdt == NVME_PSDT_SGL_MPTR_SGL)
        return sim_sgl_map_metadata(command, bytes, count);
    /* NVMe Base 2.0c figure 86: dword aligned, but with SGLs SGLS says that any address will do. */
    if (psdt == NVME_PSDT_PRP && (command->sqe.mptr & 3) != 0)
        return sim_invalid(command, SIM_AT_MPTR, 0);
    return sim_memory_add(command, *count, count, command->sqe.mptr, bytes);
}

/* ---- moving ---------------------------------------------------------------------------------------------------------
 */

void sim_cursor_put(struct sim_cursor *cursor, const void *data, uint64_t bytes)
{
    const uint8_t *from = data;

    while (bytes > 0) {
        const uint64_t room = cursor->segment->bytes - cursor->offset;
        const uint64_t part = bytes < room ? bytes : room;

        if (cursor->segment->data != NULL)
            memcpy(cursor->segment->data + cursor->offset, from, part);
        from += part;
        bytes -= part;
        cursor->offset += part;
        if (part == room) {
            cursor->segment++;
            cursor->offset = 0;
        }
    }
}

/* Only a list for data of the host, which has no bit buckets. */
void sim_cursor_get(struct sim_cursor *cursor, void *data, uint64_t bytes)
{
    uint8_t *to = data;

    while (bytes > 0) {
        const uint64_t room = cursor->segment->bytes - cursor->offset;
        const uint64_t part = bytes < room ? bytes : room;

        memcpy(to, cursor->segment->data + cursor->offset, part);
        to += part;
        bytes -= part;
        cursor->offset += part;
        if (part == room) {
            cursor->segment++;
            cursor->offset = 0;
        }
    }
}

uint16_t sim_data_to_host(struct sim_command *command, const void *data, uint64_t bytes)
{
    uint32_t count;
    uint16_t status = sim_data_map(command, bytes, &count);

    if (status == 0)
        sim_cursor_put(&(struct sim_cursor){.segment = command->sim->segments}, data, bytes);
    return status;
}

uint16_t sim_data_from_host(struct sim_command *command, void *data, uint64_t bytes)
{
    uint32_t count;
    uint16_t status = sim_data_map(command, bytes, &count);

    if (status == 0)
        sim_cursor_get(&(struct sim_cursor){.segment = command->sim->segments}, data, bytes);
    return status;
}
