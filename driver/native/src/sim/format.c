/* SPDX-License-Identifier: Apache-2.0 */
/* Format NVM, NVMe Base 2.0c 5.14. */
#include "sim/background.h"
#include "sim/events.h"
#include "sim/sim.h"

#define ERASE_MS  4000u
#define CRYPTO_MS 2000u

enum { SES_NONE = 0, SES_USER_DATA = 1, SES_CRYPTO = 2 };

static void events_record(struct sim *sim, uint8_t type)
{
    const struct sim_background *background = &sim->background;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if ((background->format_slots & 1u << slot) == 0)
            continue;
        const uint32_t data[3] = {slot + 1, 0, type == SIM_PEL_FORMAT_START ? background->format_cdw10 : 0};

        sim_event_record(sim, type, data, sizeof data);
    }
}

static uint16_t slots_find(struct sim_command *command, uint32_t *slots)
{
    const uint32_t nsid = command->sqe.nsid;
    struct sim_namespace *ns;

    *slots = 0;
    if (nsid != NVME_NSID_ALL) {
        uint16_t status = sim_namespace_active(command, &ns);

        if (status != 0)
            return status;
        *slots = 1u << (nsid - 1);
    } else {
        for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
            *slots |= (uint32_t)command->sim->ns[slot].attached << slot;
    }
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((*slots & 1u << slot) != 0 && command->sim->ns[slot].write_protected)
            return sim_refuse(command, NVME_SC_WRITE_PROTECTED, SIM_AT_NSID, 0);
    return 0;
}

uint16_t sim_format(struct sim_command *command)
{
    struct sim *sim = command->sim;
    struct sim_background *background = &sim->background;
    const uint32_t cdw10 = command->sqe.cdw10;
    const uint32_t erase = (uint32_t)NVME_GET(cdw10, NVME_FORMAT_SES);
    const struct sim_formatting formatting = {
        .format = (uint32_t)(NVME_GET(cdw10, NVME_FORMAT_LBAF) | NVME_GET(cdw10, NVME_FORMAT_LBAFU) << 4),
        .extended = (cdw10 & NVME_FORMAT_MSET) != 0,
        .dps = (uint8_t)(NVME_GET(cdw10, NVME_FORMAT_PI) | ((cdw10 & NVME_FORMAT_PIL) != 0 ? NVME_DPS_FIRST : 0)),
        .storage_tag_mask = UINT64_MAX,
    };
    uint32_t slots;
    uint16_t status = slots_find(command, &slots);

    if (status != 0)
        return status;
    status = sim_formatting_check(sim, &formatting);
    if (status != 0)
        return sim_refuse(command, status, SIM_AT_CDW10, 0);
    if (erase > SES_CRYPTO)
        return sim_invalid(command, SIM_AT_CDW10 + 1, 1);
    if (sim_span_runs(&background->format))
        return NVME_SC_FORMAT_IN_PROGRESS;
    sim_self_test_stop(sim, NVME_SELF_TEST_FORMAT);
    background->format_cid = command->sqe.cid;
    background->format_slots = slots;
    background->formatting = formatting;
    background->format_cdw10 = cdw10;
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if ((slots & 1u << slot) != 0) {
            sim->ns[slot].blocked = NVME_SC_FORMAT_IN_PROGRESS;
            sim->ns[slot].format_percent_left = 100;
        }
    }
    events_record(sim, SIM_PEL_FORMAT_START);
    sim_span_begin(sim, &background->format, erase == SES_CRYPTO ? CRYPTO_MS : ERASE_MS);
    return SIM_DEFERRED;
}

void sim_format_progress(struct sim *sim, uint64_t now)
{
    const uint8_t left = (uint8_t)(100 - sim_span_done(&sim->background.format, now, 100));

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((sim->background.format_slots & 1u << slot) != 0)
            sim->ns[slot].format_percent_left = left;
}

void sim_format_finish(struct sim *sim, bool completes)
{
    struct sim_background *background = &sim->background;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if ((background->format_slots & 1u << slot) == 0)
            continue;
        sim_namespace_format(sim, slot, &background->formatting);
        sim_namespace_release(sim, slot);
        sim->ns[slot].format_percent_left = 0;
    }
    events_record(sim, SIM_PEL_FORMAT_DONE);
    background->format.end_ns = 0;
    background->format_slots = 0;
    if (completes)
        sim_complete_soon(sim, 0, background->format_cid, NVME_SC_SUCCESS, 0);
}
