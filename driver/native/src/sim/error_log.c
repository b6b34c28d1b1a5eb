/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/error_log.h"

#include "sim/sim.h"

static struct nvme_error_log_entry *entry_new(struct sim *sim)
{
    struct sim_state *state = sim->state;
    struct nvme_error_log_entry *entry = &state->errors[state->error_count % SIM_ERROR_LOG];

    *entry = (struct nvme_error_log_entry){.error_count = ++state->error_count, .trtype = 0};
    return entry;
}

/* Commands that ended on request did not fail. */
static bool worth_logging(uint16_t status)
{
    switch (status & NVME_STATUS_CODE) {
    case NVME_SC_ABORT_REQUESTED:
    case NVME_SC_ABORTED_SQ_DELETION:
    case NVME_SC_ABORTED_FUSED_FAILED:
        return false;
    default:
        return true;
    }
}

uint16_t sim_error_log_command(struct sim_command *command, uint16_t status)
{
    if (!worth_logging(status))
        return status;
    status |= NVME_STATUS_MORE;
    struct nvme_error_log_entry *entry = entry_new(command->sim);

    entry->sqid = command->sq->id;
    entry->cid = command->sqe.cid;
    entry->status = (uint16_t)(status << 1 | command->sq->cq->phase);
    entry->parameter_location = command->location;
    entry->lba = command->error_lba;
    entry->nsid = command->sqe.nsid;
    if ((status & NVME_STATUS_SCT) == (NVME_SC_UNRECOVERED_READ & NVME_STATUS_SCT) &&
        (status & NVME_STATUS_CODE) != NVME_SC_COMPARE_FAILURE)
        command->sim->state->media_errors++;
    return status;
}

void sim_error_log_doorbell(struct sim *sim, uint32_t qid)
{
    struct nvme_error_log_entry *entry = entry_new(sim);

    entry->sqid = (uint16_t)qid;
    entry->cid = 0xffff;
    entry->parameter_location = SIM_NO_LOCATION;
}

void sim_error_log_internal(struct sim *sim, uint64_t address)
{
    struct nvme_error_log_entry *entry = entry_new(sim);

    entry->sqid = 0xffff;
    entry->cid = 0xffff;
    entry->status = NVME_SC_INTERNAL << 1;
    entry->parameter_location = SIM_NO_LOCATION;
    entry->command_specific = address;
}
