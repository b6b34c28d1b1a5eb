/* SPDX-License-Identifier: Apache-2.0 */
/* Sanitize, NVMe Base 2.0c 5.24 and 8.21. It outlives resets and power cycles. */
#include "sim/admin.h"
#include "sim/background.h"
#include "sim/events.h"
#include "sim/metadata.h"
#include "sim/sim.h"

#define BLOCK_ERASE_MS    20000u
#define CRYPTO_ERASE_MS   4000u
#define OVERWRITE_PASS_MS 10000u
#define FILL_STEP         (UINT64_C(4) << 20)

static uint32_t action_of(uint32_t cdw10)
{
    return (uint32_t)NVME_GET(cdw10, NVME_SANITIZE_SANACT);
}

static uint32_t passes_of(uint32_t cdw10)
{
    const uint32_t passes = (uint32_t)NVME_GET(cdw10, NVME_SANITIZE_OWPASS);

    return passes != 0 ? passes : 16;
}

static uint64_t nominal_ms(uint32_t action, uint32_t passes)
{
    switch (action) {
    case NVME_SANACT_BLOCK_ERASE:
        return BLOCK_ERASE_MS;
    case NVME_SANACT_CRYPTO_ERASE:
        return CRYPTO_ERASE_MS;
    default:
        return (uint64_t)OVERWRITE_PASS_MS * passes;
    }
}

uint64_t sim_sanitize_seconds(const struct sim *sim, uint32_t action, uint32_t passes)
{
    return (nominal_ms(action, passes) / sim->options.time_scale + 999) / 1000;
}

uint16_t sim_sanitize_gate(const struct sim *sim)
{
    const uint32_t status = sim->state->sanitize_status & NVME_SSTAT_STATUS;

    if (status == NVME_SSTAT_RUNNING)
        return NVME_SC_SANITIZE_IN_PROGRESS;
    return status == NVME_SSTAT_FAILED ? NVME_SC_SANITIZE_FAILED | NVME_STATUS_DNR : 0;
}

static void namespaces_block(struct sim *sim, uint16_t status)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        sim->ns[slot].blocked = status;
}

static void namespaces_release(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        sim_namespace_release(sim, slot);
}

static void begin(struct sim *sim)
{
    const uint32_t cdw10 = sim->state->sanitize_cdw10;

    sim->state->sanitize_status = NVME_SSTAT_RUNNING;
    sim->background.fill_slot = 0;
    sim->background.fill_offset = 0;
    namespaces_block(sim, NVME_SC_SANITIZE_IN_PROGRESS);
    sim_span_begin(sim, &sim->background.sanitize, nominal_ms(action_of(cdw10), passes_of(cdw10)));
}

void sim_background_resume(struct sim *sim)
{
    if ((sim->state->sanitize_status & NVME_SSTAT_STATUS) == NVME_SSTAT_RUNNING)
        begin(sim);
}

uint16_t sim_sanitize(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t cdw10 = command->sqe.cdw10;
    const uint32_t action = action_of(cdw10);

    if (action < NVME_SANACT_EXIT_FAILURE || action > NVME_SANACT_CRYPTO_ERASE)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (sim_span_runs(&sim->background.sanitize))
        return NVME_SC_SANITIZE_IN_PROGRESS;
    if (sim->state->fw_next != 0)
        return NVME_SC_FW_NEEDS_CONTROLLER_RESET | NVME_STATUS_DNR;
    if (action == NVME_SANACT_EXIT_FAILURE)
        return 0; /* this device does not fail, so there is nothing to leave */
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (sim->ns[slot].attached && sim->ns[slot].write_protected)
            return sim_refuse(command, NVME_SC_WRITE_PROTECTED, SIM_AT_OPCODE, 0);
    if (sim_span_runs(&sim->background.format))
        return NVME_SC_FORMAT_IN_PROGRESS;
    sim_self_test_stop(sim, NVME_SELF_TEST_SANITIZE);

    const uint32_t data[3] = {0x40000007, cdw10, command->sqe.cdw11};
    sim_event_record(sim, SIM_PEL_SANITIZE_START, data, sizeof data);
    sim->state->sanitize_cdw10 = cdw10;
    sim->sanitize_pattern = command->sqe.cdw11;
    begin(sim);
    return 0;
}

/* The pattern stays readable if the host asked for no deallocation. A piece at a time: the device has other things to
 * do. */
static bool pattern_fill(struct sim *sim)
{
    struct sim_background *background = &sim->background;
    const uint32_t passes = passes_of(sim->state->sanitize_cdw10);
    const bool inverted = (sim->state->sanitize_cdw10 & NVME_SANITIZE_OIPBP) != 0 && passes % 2 == 0;

    while (background->fill_slot < SIM_MAX_NAMESPACES) {
        struct sim_namespace *ns = sim_namespace_allocated(sim, background->fill_slot + 1);

        if (ns == NULL || background->fill_offset >= ns->media.bytes) {
            background->fill_slot++;
            background->fill_offset = 0;
            continue;
        }
        const uint64_t left = ns->media.bytes - background->fill_offset;
        const uint64_t bytes = left < FILL_STEP ? left : FILL_STEP;

        sim_media_fill(&ns->media, background->fill_offset, bytes,
                       inverted ? ~sim->sanitize_pattern : sim->sanitize_pattern);
        sim_metadata_fill(ns, background->fill_offset, bytes,
                          inverted ? ~sim->sanitize_pattern : sim->sanitize_pattern);
        background->fill_offset += bytes;
        return false;
    }
    return true;
}

static void media_erase(struct sim *sim)
{
    for (uint32_t nsid = 1; nsid <= SIM_MAX_NAMESPACES; nsid++) {
        struct sim_namespace *ns = sim_namespace_allocated(sim, nsid);

        if (ns != NULL)
            sim_media_clear(&ns->media);
    }
}

bool sim_sanitize_finish(struct sim *sim)
{
    const uint32_t cdw10 = sim->state->sanitize_cdw10;
    const bool overwrite = action_of(cdw10) == NVME_SANACT_OVERWRITE;

    if (!overwrite || (cdw10 & NVME_SANITIZE_NDAS) == 0)
        media_erase(sim);
    else if (!pattern_fill(sim))
        return false;
    sim->state->sanitize_status = NVME_SSTAT_DONE | NVME_SSTAT_GDE;
    if (overwrite)
        sim->state->sanitize_status |= (uint32_t)NVME_PUT(passes_of(cdw10), NVME_SSTAT_PASSES);
    sim->state->sanitize_wrote = 0;
    sim->background.sanitize.end_ns = 0;
    namespaces_release(sim);

    const uint16_t data[4] = {0xffff, (uint16_t)sim->state->sanitize_status, 0, 0};
    sim_event_record(sim, SIM_PEL_SANITIZE_DONE, data, sizeof data);
    sim_async_report(sim, NVME_AER_IO_COMMAND_SET, NVME_AER_IO_SANITIZE_COMPLETED, NVME_LID_SANITIZE);
    return true;
}
