/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose data is a list of ranges: Dataset Management and Copy, NVM 1.0c 3.2.1 and 3.2.3. */
#include <string.h>

#include "sim/identify.h"
#include "sim/nvm.h"
#include "sim/sim.h"

static bool range_inside(const struct sim_namespace *ns, uint64_t slba, uint64_t blocks)
{
    return blocks <= ns->blocks && slba <= ns->blocks - blocks;
}

static uint16_t namespace_of(struct sim_command *command, struct sim_namespace **ns)
{
    uint16_t status = sim_namespace_active(command, ns);

    return status != 0 ? status : sim_namespace_hurdle(command, *ns);
}

uint16_t sim_dsm(struct sim_command *command)
{
    const uint32_t count = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_DSM_NR) + 1;
    const struct nvme_dsm_range *ranges = (const struct nvme_dsm_range *)command->sim->scratch;
    struct sim_namespace *ns;
    uint16_t status = namespace_of(command, &ns);

    if (status == 0 && (command->sqe.cdw11 & NVME_DSM_AD) != 0)
        status = sim_write_allowed(command, ns);
    if (status == 0)
        status = sim_data_from_host(command, command->sim->scratch, count * sizeof ranges[0]);
    if (status != 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        if (!range_inside(ns, ranges[i].slba, ranges[i].nlb)) {
            command->error_lba = ranges[i].slba;
            return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_PRP1, 0);
        }
    }
    /* Without AD the ranges are hints on access, of which this device makes nothing. */
    for (uint32_t i = 0; i < count && (command->sqe.cdw11 & NVME_DSM_AD) != 0; i++)
        sim_media_discard(&ns->media, ranges[i].slba << ns->shift, (uint64_t)ranges[i].nlb << ns->shift);
    return 0;
}

static uint16_t copy_check(struct sim_command *command, const struct sim_namespace *ns,
                           const struct nvme_copy_range *ranges, uint32_t count, uint64_t *total)
{
    const uint64_t target = command->sqe.cdw10 | (uint64_t)command->sqe.cdw11 << 32;

    *total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t blocks = (uint64_t)ranges[i].nlb + 1;

        if (blocks > SIM_COPY_RANGE_BLOCKS)
            return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_PRP1, 0);
        if (!range_inside(ns, ranges[i].slba, blocks)) {
            command->error_lba = ranges[i].slba;
            return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_PRP1, 0);
        }
        *total += blocks;
    }
    if (*total > SIM_COPY_BLOCKS)
        return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_PRP1, 0);
    if (!range_inside(ns, target, *total)) {
        command->error_lba = target;
        return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_CDW10, 0);
    }
    for (uint32_t i = 0; i < count; i++)
        if (ranges[i].slba < target + *total && target < ranges[i].slba + ranges[i].nlb + 1)
            return sim_refuse(command, NVME_SC_OVERLAPPING_RANGE, SIM_AT_CDW10, 0);
    return 0;
}

uint16_t sim_copy(struct sim_command *command)
{
    const uint32_t count = (uint32_t)NVME_GET(command->sqe.cdw12, NVME_COPY_NR) + 1;
    const struct nvme_copy_range *ranges = (const struct nvme_copy_range *)command->sim->scratch;
    uint64_t target = command->sqe.cdw10 | (uint64_t)command->sqe.cdw11 << 32;
    struct sim_namespace *ns;
    uint64_t total;
    uint16_t status = namespace_of(command, &ns);

    if (status == 0)
        status = sim_write_allowed(command, ns);
    if (status != 0)
        return status;
    if (NVME_GET(command->sqe.cdw12, NVME_COPY_DESF) != 0)
        return sim_invalid(command, SIM_AT_CDW12 + 1, 0);
    if (count > SIM_COPY_RANGES)
        return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_CDW12, 0);
    status = sim_data_from_host(command, command->sim->scratch, count * sizeof ranges[0]);
    if (status == 0)
        status = copy_check(command, ns, ranges, count, &total);
    if (status != 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct sim_extent source = {ns, ranges[i].slba << ns->shift, ((uint64_t)ranges[i].nlb + 1) << ns->shift};

        status = sim_unrecovered(command, &source);
        if (status != 0) {
            command->dw0 = i; /* the lowest range that was not copied */
            return status;
        }
        memcpy(ns->media.data + (target << ns->shift), ns->media.data + source.offset, source.bytes);
        sim_media_bad_clear(&ns->media, target << ns->shift, source.bytes);
        target += (uint64_t)ranges[i].nlb + 1;
    }
    sim_count_write(command->sim, total << ns->shift);
    return 0;
}
