/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/sgl.h"

#include <string.h>

#include "sim/data.h"
#include "sim/sim.h"

/* Of one command, those that point to segments included: a list may lead back to itself. */
#define DESCRIPTORS_MOST 524288u
#define CHUNK            128u

struct walk {
    struct sim_command *command;
    uint32_t first; /* segment of this list */
    uint32_t *count;
    uint64_t left;         /* bytes not described yet */
    uint32_t seen;         /* descriptors in segments */
    uint16_t wrong_length; /* status if the list describes more or less */
    uint32_t at;           /* the pointer in the SQE, for the error log */
};

static uint16_t refuse(struct walk *walk, uint16_t status)
{
    return sim_refuse(walk->command, status, walk->at, 0);
}

static bool points_on(const struct nvme_sgl *descriptor)
{
    const uint32_t type = descriptor->id & NVME_SGL_TYPE;

    return type == NVME_SGL_SEGMENT || type == NVME_SGL_LAST_SEGMENT;
}

/* A descriptor of memory, or of bytes that nobody wants. */
static uint16_t piece_take(struct walk *walk, const struct nvme_sgl *descriptor)
{
    const bool bucket = (descriptor->id & NVME_SGL_TYPE) == NVME_SGL_BIT_BUCKET;
    const uint64_t bytes = descriptor->length;

    /* There is no offset that could be meant: 4.1.2.1 has it for Fabrics. */
    if ((!bucket && (descriptor->id & NVME_SGL_TYPE) != NVME_SGL_DATA_BLOCK) ||
        (descriptor->id & NVME_SGL_SUBTYPE) != 0)
        return refuse(walk, NVME_SC_SGL_DESCRIPTOR_TYPE);
    /* A bucket in what the host sends counts as empty, figure 90. */
    if (bytes == 0 || (bucket && (sim_data_access(walk->command) & SIM_WRITE) == 0))
        return 0;
    if (bytes > walk->left)
        return refuse(walk, walk->wrong_length);
    walk->left -= bytes;
    if (bucket)
        return sim_segment_add(walk->command->sim, walk->first, walk->count, NULL, bytes);
    return sim_memory_add(walk->command, walk->first, walk->count, descriptor->address, bytes);
}

/* A copy of host memory: what the device has looked at must not change. */
static bool memory_read(struct sim_iommu *iommu, uint64_t iova, void *to, uint64_t bytes)
{
    uint8_t *out = to;

    while (bytes > 0) {
        uint64_t part = bytes;
        const uint8_t *from = sim_iommu_translate(iommu, iova, part, SIM_READ);

        if (from == NULL) {
            const struct sim_region *region = sim_iommu_find(iommu, iova);

            if (region == NULL || region->end - iova >= bytes)
                return false;
            part = region->end - iova;
            from = sim_iommu_translate(iommu, iova, part, SIM_READ);
            if (from == NULL)
                return false;
        }
        memcpy(out, from, part);
        out += part;
        iova += part;
        bytes -= part;
    }
    return true;
}

/*
 * One segment. Sets *pointer to its descriptor that leads to the next one, if it has that. In the last segment none may
 * lead on, and none anywhere but at a segment's end.
 */
static uint16_t segment_walk(struct walk *walk, struct nvme_sgl *pointer, bool *leads_on)
{
    const bool last = (pointer->id & NVME_SGL_TYPE) == NVME_SGL_LAST_SEGMENT;
    const uint64_t address = pointer->address;
    const uint32_t descriptors = pointer->length / (uint32_t)sizeof *pointer;
    struct nvme_sgl chunk[CHUNK];

    *leads_on = false;
    if ((pointer->id & NVME_SGL_SUBTYPE) != 0)
        return refuse(walk, NVME_SC_SGL_DESCRIPTOR_TYPE);
    if (descriptors == 0 || pointer->length % sizeof *pointer != 0 || (address & 7) != 0)
        return refuse(walk, NVME_SC_SGL_SEGMENT_DESCRIPTOR);
    if (descriptors > DESCRIPTORS_MOST - walk->seen)
        return refuse(walk, NVME_SC_SGL_DESCRIPTOR_COUNT);
    walk->seen += descriptors;
    for (uint32_t i = 0; i < descriptors; i++) {
        const struct nvme_sgl *descriptor = &chunk[i % CHUNK];
        uint16_t status = 0;

        if (i % CHUNK == 0) {
            const uint32_t count = descriptors - i < CHUNK ? descriptors - i : CHUNK;

            if (!memory_read(&walk->command->sim->iommu, address + i * sizeof *chunk, chunk, count * sizeof *chunk))
                return NVME_SC_DATA_TRANSFER_ERROR;
        }
        if (!points_on(descriptor)) {
            status = piece_take(walk, descriptor);
        } else if (i != descriptors - 1) {
            status = refuse(walk, NVME_SC_SGL_DESCRIPTOR_COUNT);
        } else if (last) {
            status = refuse(walk, NVME_SC_SGL_SEGMENT_DESCRIPTOR);
        } else {
            *pointer = *descriptor;
            *leads_on = true;
        }
        if (status != 0)
            return status;
    }
    /* A segment that is not announced as the last one has to name the next. */
    return last || *leads_on ? 0 : refuse(walk, NVME_SC_SGL_SEGMENT_DESCRIPTOR);
}

static uint16_t list_walk(struct walk *walk, const struct nvme_sgl *first)
{
    struct nvme_sgl pointer = *first;
    bool leads_on = points_on(first);
    uint16_t status = leads_on ? 0 : piece_take(walk, first);

    while (leads_on && status == 0)
        status = segment_walk(walk, &pointer, &leads_on);
    if (status == 0 && walk->left != 0)
        status = refuse(walk, walk->wrong_length);
    return status;
}

uint16_t sim_sgl_map_data(struct sim_command *command, uint64_t bytes, uint32_t *count)
{
    struct walk walk = {.command = command,
                        .first = *count,
                        .count = count,
                        .left = bytes,
                        .wrong_length = NVME_SC_SGL_DATA_LENGTH,
                        .at = SIM_AT_PRP1};
    struct nvme_sgl first;

    static_assert(sizeof first == 2 * sizeof command->sqe.prp1, "the descriptor fills the data pointer");
    memcpy(&first, &command->sqe.prp1, sizeof first.address);
    memcpy((uint8_t *)&first + sizeof first.address, &command->sqe.prp2, sizeof command->sqe.prp2);
    return list_walk(&walk, &first);
}

uint16_t sim_sgl_map_metadata(struct sim_command *command, uint64_t bytes, uint32_t *count)
{
    struct walk walk = {.command = command,
                        .first = *count,
                        .count = count,
                        .left = bytes,
                        .wrong_length = NVME_SC_SGL_METADATA_LENGTH,
                        .at = SIM_AT_MPTR};
    struct nvme_sgl first;

    /* The pointer leads to a segment of one descriptor, figure 86. */
    if ((command->sqe.mptr & 7) != 0)
        return sim_invalid(command, SIM_AT_MPTR, 0);
    if (!memory_read(&command->sim->iommu, command->sqe.mptr, &first, sizeof first))
        return NVME_SC_DATA_TRANSFER_ERROR;
    return list_walk(&walk, &first);
}
