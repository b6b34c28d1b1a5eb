/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/prp.h"

#include "sim/data.h"
#include "sim/sim.h"

struct walk {
    struct sim_command *command;
    struct sim_iommu *iommu;
    uint32_t count;
};

static uint16_t segment_add(struct walk *walk, uint64_t iova, uint64_t bytes)
{
    uint8_t *data = sim_iommu_translate(walk->iommu, iova, bytes, sim_data_access(walk->command));

    return data == NULL ? NVME_SC_DATA_TRANSFER_ERROR
                        : sim_segment_add(walk->command->sim, 0, &walk->count, data, bytes);
}

static uint16_t offset_refuse(struct walk *walk, uint32_t byte)
{
    return sim_refuse(walk->command, NVME_SC_PRP_OFFSET, byte, 0);
}

static uint16_t list_walk(struct walk *walk, uint64_t list, uint64_t bytes, uint64_t page)
{
    if ((list & 7) != 0)
        return offset_refuse(walk, SIM_AT_PRP2);
    while (bytes > 0) {
        const uint64_t room = (page - (list & (page - 1))) / sizeof(uint64_t);
        const uint64_t need = (bytes + page - 1) / page;
        const bool chained = need > room; /* then the last entry of the page leads to the next list */
        const uint64_t here = chained ? room - 1 : need;
        const uint64_t *entries =
            (const uint64_t *)sim_iommu_translate(walk->iommu, list, (here + chained) * 8, SIM_READ);

        if (entries == NULL)
            return NVME_SC_DATA_TRANSFER_ERROR;
        for (uint64_t i = 0; i < here; i++) {
            const uint64_t part = bytes < page ? bytes : page;

            if ((entries[i] & (page - 1)) != 0)
                return offset_refuse(walk, SIM_AT_PRP2);
            uint16_t status = segment_add(walk, entries[i], part);
            if (status != 0)
                return status;
            bytes -= part;
        }
        if (chained) {
            list = entries[here];
            if ((list & (page - 1)) != 0)
                return offset_refuse(walk, SIM_AT_PRP2);
        }
    }
    return 0;
}

uint16_t sim_prp_map(struct sim_command *command, uint64_t bytes, uint32_t *count)
{
    struct sim *sim = command->sim;
    const uint64_t page = sim->page_bytes;
    const uint64_t prp1 = command->sqe.prp1;
    const uint64_t prp2 = command->sqe.prp2;
    struct walk walk = {command, &sim->iommu, 0};
    uint64_t first = page - (prp1 & (page - 1));
    uint16_t status;

    *count = 0;
    if (bytes == 0)
        return 0;
    if ((prp1 & 3) != 0)
        return offset_refuse(&walk, SIM_AT_PRP1);
    if (first > bytes)
        first = bytes;
    status = segment_add(&walk, prp1, first);
    bytes -= first;
    if (status == 0 && bytes > page) {
        status = list_walk(&walk, prp2, bytes, page);
    } else if (status == 0 && bytes > 0) {
        if ((prp2 & (page - 1)) != 0)
            return offset_refuse(&walk, SIM_AT_PRP2);
        status = segment_add(&walk, prp2, bytes);
    }
    *count = walk.count;
    return status;
}
