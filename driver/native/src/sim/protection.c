/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/protection.h"

#include "integrity/protection.h"
#include "sim/sim.h"

static_assert(NVME_PRINFO_REFERENCE == BELL_PI_REFERENCE && NVME_PRINFO_APPLICATION == BELL_PI_APPLICATION &&
                  NVME_PRINFO_GUARD == BELL_PI_GUARD,
              "PRCHK as it stands in a command");

sim_tags sim_prinfo_tags(const struct sim_command *command, const struct sim_namespace *ns)
{
    const struct nvme_sqe *sqe = &command->sqe;

    /* NVM 1.0c figure 126; what a format does not have is ignored. */
    switch (ns->protection.guard_bits) {
    case 16:
        return sqe->cdw14;
    case 32:
        return (sim_tags)(sqe->cdw2 & 0xffff) << 64 | (sim_tags)sqe->cdw3 << 32 | sqe->cdw14;
    default:
        return (sim_tags)(sqe->cdw3 & 0xffff) << 32 | sqe->cdw14;
    }
}

struct sim_prinfo_fields sim_prinfo_command(const struct sim_command *command, const struct sim_namespace *ns)
{
    const struct nvme_sqe *sqe = &command->sqe;

    return (struct sim_prinfo_fields){
        .prinfo = (uint32_t)NVME_GET(sqe->cdw12, NVME_RW_PRINFO),
        .check_storage = (sqe->cdw12 & NVME_RW_STC) != 0,
        .tags = sim_prinfo_tags(command, ns),
        .application_tag = (uint16_t)NVME_GET(sqe->cdw15, NVME_LBAT),
        .application_mask = (uint16_t)NVME_GET(sqe->cdw15, NVME_LBATM),
    };
}

/* With type 1 the reference tag starts with the LBA, with type 3 nothing can be checked of it: 5.2.2.5. */
static bool reference_valid(const struct sim_prinfo *info)
{
    const bell_protection *protection = &info->protection;
    const uint32_t bits = bell_protection_reference_bits(protection);

    if ((protection->checks & BELL_PI_REFERENCE) == 0 || bits == 0)
        return true;
    if (protection->type == 1)
        return protection->reference_tag == (info->slba & bell_protection_mask(bits));
    return protection->type == 2;
}

uint16_t sim_prinfo_of(struct sim_command *command, const struct sim_namespace *ns, uint64_t slba,
                       const struct sim_prinfo_fields *fields, struct sim_prinfo *out)
{
    const uint32_t bits = bell_protection_reference_bits(&ns->protection);

    out->slba = slba;
    out->protection = ns->protection;
    out->action = ns->protection.type != 0 && (fields->prinfo & NVME_PRINFO_ACTION) != 0;
    if (ns->protection.type == 0)
        return 0;
    out->protection.checks = (fields->prinfo & (NVME_PRINFO_REFERENCE | NVME_PRINFO_APPLICATION | NVME_PRINFO_GUARD)) |
                             (fields->check_storage && ns->protection.storage_tag_bits != 0 ? BELL_PI_STORAGE : 0);
    out->protection.application_tag = fields->application_tag;
    out->protection.application_mask = fields->application_mask;
    out->protection.reference_tag = (uint64_t)fields->tags & bell_protection_mask(bits);
    out->protection.storage_tag = (uint64_t)(fields->tags >> bits);
    return reference_valid(out) ? 0 : sim_refuse(command, NVME_SC_INVALID_PROTECTION, SIM_AT_CDW14, 0);
}

static uint16_t status_of(uint32_t field)
{
    switch (field) {
    case BELL_PI_GUARD:
        return NVME_SC_GUARD_CHECK;
    case BELL_PI_APPLICATION:
        return NVME_SC_APPLICATION_TAG_CHECK;
    case BELL_PI_STORAGE:
        return NVME_SC_STORAGE_TAG_CHECK;
    default:
        return NVME_SC_REFERENCE_TAG_CHECK;
    }
}

uint16_t sim_prinfo_check(struct sim_command *command, const struct sim_prinfo *info, const uint8_t *data,
                          const uint8_t *metadata, uint32_t blocks)
{
    bell_protection_mismatch mismatch;

    if (info->protection.type == 0 || info->protection.checks == 0)
        return 0;
    if (bell_protection_check(&info->protection, data, metadata, blocks, &mismatch) == 0)
        return 0;
    command->error_lba = info->slba + mismatch.block;
    return status_of(mismatch.field);
}
