/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose data is a list of ranges: Dataset Management and Copy, NVM 1.0c 3.2.1 and 3.2.3. */
#include <string.h>

#include "sim/identify.h"
#include "sim/metadata.h"
#include "sim/nvm.h"
#include "sim/protection.h"
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
        sim_blocks_discard(ns, ranges[i].slba << ns->shift, (uint64_t)ranges[i].nlb << ns->shift);
    return 0;
}

/* ---- Copy -----------------------------------------------------------------------------------------------------------
 */

/* A source range, of either descriptor format. */
struct source {
    uint64_t slba;
    uint64_t blocks;
    struct sim_prinfo_fields fields;
};

struct copy {
    struct sim_command *command;
    struct sim_namespace *ns;
    uint32_t format;
    uint32_t count; /* of ranges */
    uint64_t target;
    uint64_t total;                  /* blocks */
    struct sim_prinfo_fields fields; /* of the write portion */
};

static struct source source_of(const struct copy *copy, uint32_t index)
{
    const uint8_t *list = copy->command->sim->scratch;
    const uint32_t cdw12 = copy->command->sqe.cdw12;
    struct source source = {.fields = {.prinfo = (uint32_t)NVME_GET(cdw12, NVME_COPY_PRINFOR),
                                       .check_storage = (cdw12 & NVME_COPY_STCR) != 0}};

    if (copy->format == 0) {
        const struct nvme_copy_range *range = (const struct nvme_copy_range *)list + index;

        source.slba = range->slba;
        source.blocks = (uint64_t)range->nlb + 1;
        source.fields.tags = range->elbt;
        source.fields.application_tag = range->elbat;
        source.fields.application_mask = range->elbatm;
    } else {
        const struct nvme_copy_range_1 *range = (const struct nvme_copy_range_1 *)list + index;

        source.slba = range->slba;
        source.blocks = (uint64_t)range->nlb + 1;
        source.fields.application_tag = range->elbat;
        source.fields.application_mask = range->elbatm;
        for (size_t i = 0; i < sizeof range->elbt; i++)
            source.fields.tags = source.fields.tags << 8 | range->elbt[i];
        if (copy->ns->protection.guard_bits == 64) /* uses the lower 48 bits of the 80 */
            source.fields.tags &= ((sim_tags)1 << 48) - 1;
    }
    return source;
}

static uint16_t sources_check(struct copy *copy)
{
    struct sim_command *command = copy->command;

    copy->total = 0;
    for (uint32_t i = 0; i < copy->count; i++) {
        const struct source source = source_of(copy, i);

        if (source.blocks > SIM_COPY_RANGE_BLOCKS)
            return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_PRP1, 0);
        if (!range_inside(copy->ns, source.slba, source.blocks)) {
            command->error_lba = source.slba;
            return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_PRP1, 0);
        }
        copy->total += source.blocks;
    }
    if (copy->total > SIM_COPY_BLOCKS)
        return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_PRP1, 0);
    if (!range_inside(copy->ns, copy->target, copy->total)) {
        command->error_lba = copy->target;
        return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_CDW10, 0);
    }
    for (uint32_t i = 0; i < copy->count; i++) {
        const struct source source = source_of(copy, i);

        if (source.slba < copy->target + copy->total && copy->target < source.slba + source.blocks)
            return sim_refuse(command, NVME_SC_OVERLAPPING_RANGE, SIM_AT_CDW10, 0);
    }
    return 0;
}

/* The descriptor format and the actions have to fit the namespace's protection information, 3.2.2 and 5.2.2.5. */
static uint16_t fields_check(const struct copy *copy)
{
    const bell_protection *protection = &copy->ns->protection;
    const uint32_t actions = copy->command->sqe.cdw12 & (NVME_COPY_PRINFOR | NVME_RW_PRACT);
    const bool reads = (NVME_GET(actions, NVME_COPY_PRINFOR) & NVME_PRINFO_ACTION) != 0;

    if (copy->format > 1)
        return sim_invalid(copy->command, SIM_AT_CDW12 + 1, 0);
    if (protection->type == 0)
        return 0;
    if ((copy->format == 0) != (protection->guard_bits == 16))
        return sim_refuse(copy->command, NVME_SC_INVALID_NAMESPACE, SIM_AT_CDW12 + 1, 0);
    return reads != ((actions & NVME_RW_PRACT) != 0) ? sim_invalid(copy->command, SIM_AT_CDW12 + 1, 7) : 0;
}

/* The metadata of one source: checked as it is read, replaced or checked as it is written. done: blocks before it. */
static uint16_t metadata_copy(const struct copy *copy, const struct source *source, uint64_t done)
{
    struct sim_namespace *ns = copy->ns;
    const uint32_t blocks = (uint32_t)source->blocks;
    const uint8_t *data = ns->media.data + (source->slba << ns->shift);
    uint8_t *metadata = sim_metadata_bounce(copy->command->sim, source->blocks * ns->metadata_bytes);
    struct sim_prinfo read;
    struct sim_prinfo write;

    if (metadata == NULL)
        return NVME_SC_INTERNAL;
    uint16_t status = sim_prinfo_of(copy->command, ns, source->slba, &source->fields, &read);

    if (status == 0)
        status = sim_prinfo_of(copy->command, ns, copy->target, &copy->fields, &write);
    if (status != 0)
        return status;
    write.slba += done;
    write.protection.reference_tag += write.protection.type != 3 ? done : 0;
    sim_metadata_load(ns, source->slba, blocks, metadata);
    status = sim_prinfo_check(copy->command, &read, data, metadata, blocks);
    if (status != 0)
        return status;
    if (write.action)
        bell_protection_generate(&write.protection, data, metadata, blocks);
    else
        status = sim_prinfo_check(copy->command, &write, data, metadata, blocks);
    if (status == 0)
        sim_metadata_store(ns, write.slba, blocks, metadata);
    return status;
}

static uint16_t sources_copy(const struct copy *copy)
{
    struct sim_namespace *ns = copy->ns;
    uint64_t done = 0;

    for (uint32_t i = 0; i < copy->count; i++) {
        const struct source source = source_of(copy, i);
        const struct sim_extent from = {ns, source.slba << ns->shift, source.blocks << ns->shift};
        const uint64_t to = (copy->target + done) << ns->shift;
        uint16_t status = sim_unrecovered(copy->command, &from);

        if (status == 0 && ns->metadata_bytes != 0)
            status = metadata_copy(copy, &source, done);
        if (status != 0) {
            copy->command->dw0 = i; /* the lowest range that was not copied */
            return status;
        }
        memcpy(ns->media.data + to, ns->media.data + from.offset, from.bytes);
        sim_media_bad_clear(&ns->media, to, from.bytes);
        done += source.blocks;
    }
    return 0;
}

uint16_t sim_copy(struct sim_command *command)
{
    struct copy copy = {.command = command,
                        .format = (uint32_t)NVME_GET(command->sqe.cdw12, NVME_COPY_DESF),
                        .count = (uint32_t)NVME_GET(command->sqe.cdw12, NVME_COPY_NR) + 1,
                        .target = command->sqe.cdw10 | (uint64_t)command->sqe.cdw11 << 32};
    uint16_t status = namespace_of(command, &copy.ns);

    if (status == 0)
        status = sim_write_allowed(command, copy.ns);
    if (status == 0)
        status = fields_check(&copy);
    if (status != 0)
        return status;
    if (copy.count > SIM_COPY_RANGES)
        return sim_refuse(command, NVME_SC_COMMAND_SIZE_LIMIT, SIM_AT_CDW12, 0);
    status = sim_data_from_host(
        command, command->sim->scratch,
        copy.count * (copy.format == 0 ? sizeof(struct nvme_copy_range) : sizeof(struct nvme_copy_range_1)));
    if (status == 0)
        status = sources_check(&copy);
    if (status != 0)
        return status;
    copy.fields = sim_prinfo_command(command, copy.ns);
    status = sources_copy(&copy);
    if (status == 0)
        sim_count_write(command->sim, copy.total << copy.ns->shift);
    return status;
}
