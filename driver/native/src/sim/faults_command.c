/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule does to a command, its data and its completion. */
#include "sim/error_log.h"
#include "sim/faults.h"
#include "sim/nvm.h"
#include "sim/sim.h"

static const bell_fault_rule *rule_of(const struct sim *sim, uint32_t number)
{
    return &sim->faults.plan->faults[number].rule;
}

/* ---- data ----------------------------------------------------------------------------------------------------------
 */

static void bit_invert_in_memory(struct sim *sim, uint32_t segments, uint64_t byte, uint32_t bit)
{
    for (uint32_t i = 0; i < segments; i++) {
        if (byte < sim->segments[i].bytes) {
            if (sim->segments[i].data != NULL)
                sim->segments[i].data[byte] ^= (uint8_t)(1u << bit);
            return;
        }
        byte -= sim->segments[i].bytes;
    }
}

/* Reads: the host's memory after the transfer. Writes: what reached the medium. */
static void data_corrupt(struct sim_command *command, const bell_fault_rule *rule)
{
    struct sim *sim = command->sim;
    struct sim_extent extent = {0};
    uint32_t segments = 0;
    bool to_host;
    const uint64_t bytes = sim_fault_data_bytes(sim, command, &to_host);

    /* Memory of another process is looked up as it is there: the data has to be there first. */
    if (to_host && sim->iommu.dirty_count != 0 && !sim_iommu_flush(&sim->iommu))
        return;
    if (to_host ? sim_data_map(command, bytes, &segments) != 0 : sim_extent_of(command, true, &extent) != 0)
        return;
    for (uint32_t i = 0; i < rule->corrupt_bits; i++) {
        uint64_t bit = rule->corrupt_at == UINT32_MAX
                           ? sim_fault_random(&sim->faults.plan->device_random, 0, bytes * 8 - 1)
                           : (uint64_t)rule->corrupt_at * 8 + i;

        if (bit >= bytes * 8)
            return;
        if (to_host)
            bit_invert_in_memory(sim, segments, bit / 8, bit % 8);
        else
            extent.ns->media.data[extent.offset + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

/* ---- completions ---------------------------------------------------------------------------------------------------
 */

void sim_faults_post(struct sim *sim, const struct sim_sq *sq, const struct sim_due *due)
{
    const bell_fault_rule *rule = rule_of(sim, due->fault - 1u);
    const uint32_t effects = rule->effects;
    uint32_t copies = 1 + ((effects & BELL_FAULT_DUPLICATE) != 0 ? rule->copies : 0);
    struct sim_cq_entry entry = {
        .dw0 = due->dw0,
        .dw1 = due->dw1,
        .sqhd = (uint16_t)((effects & BELL_FAULT_SQHD) != 0 ? rule->sqhd : sq->head),
        .sqid = (uint16_t)((effects & BELL_FAULT_SQID) != 0 ? rule->sqid : sq->id),
        .cid = due->cid,
        .status = due->status,
        .wrong_phase = (effects & BELL_FAULT_PHASE) != 0,
        .silent = (effects & BELL_FAULT_NO_INTERRUPT) != 0,
    };

    if ((effects & BELL_FAULT_CID) != 0)
        entry.cid = rule->cid == UINT32_MAX ? entry.cid ^ 0x8000 : (uint16_t)rule->cid;
    do {
        if (sim->fabric != NULL && (effects & (BELL_FAULT_PDU | BELL_FAULT_SQHD)) != 0)
            sim->fabric->mark(sim->fabric->context, sq->cq->id, sq->cq->tail, rule);
        sim_cq_post_entry(sim, sq->cq, &entry);
        entry.wrong_phase = false;
    } while (--copies > 0 && !sim_cq_full(sim, sq->cq));
}

static void end(struct sim_command *command, uint16_t status, uint32_t number)
{
    struct sim *sim = command->sim;
    const bell_fault_rule *rule = rule_of(sim, number);
    uint64_t latency = sim->latency.active ? sim_latency_of(sim, command) : 0;

    if (sim->iommu.dirty_count != 0 && !sim_iommu_flush(&sim->iommu) && status == 0)
        status = NVME_SC_DATA_TRANSFER_ERROR;
    if (status != 0)
        status = sim_error_log_command(command, status);
    if ((rule->effects & BELL_FAULT_DELAY) != 0)
        latency += sim_fault_random(&sim->faults.plan->device_random, rule->delay_min_ns, rule->delay_max_ns);
    const struct sim_due due = {.due_ns = latency == 0 ? 0 : bell_now() + latency,
                                .dw0 = command->dw0,
                                .dw1 = command->dw1,
                                .sqid = command->sq->id,
                                .cid = command->sqe.cid,
                                .status = status,
                                .fault = (uint16_t)(number + 1)};

    /* While a rule stalls the controller its completions wait, this one included. */
    if ((latency != 0 || (sim->stop & SIM_STOP_FROZEN) != 0 || sim_cq_full(sim, command->sq->cq)) &&
        sim_latency_put(sim, &due))
        return;
    sim_faults_post(sim, command->sq, &due);
}

static void deferred_remember(struct sim_command *command, uint32_t number)
{
    struct sim_faults *faults = &command->sim->faults;

    if (faults->deferred_count < SIM_FAULT_DEFERRED)
        faults->deferred[faults->deferred_count++] =
            (struct sim_fault_deferred){command->sq->id, command->sqe.cid, number};
}

void sim_faults_deferred(struct sim *sim, struct sim_due *due)
{
    struct sim_faults *faults = &sim->faults;

    for (uint32_t i = 0; i < faults->deferred_count; i++) {
        if (faults->deferred[i].sqid != due->sqid || faults->deferred[i].cid != due->cid)
            continue;
        const bell_fault_rule *rule = rule_of(sim, faults->deferred[i].rule);

        due->fault = (uint16_t)(faults->deferred[i].rule + 1);
        if ((rule->effects & BELL_FAULT_DELAY) != 0)
            due->due_ns =
                bell_now() + sim_fault_random(&faults->plan->device_random, rule->delay_min_ns, rule->delay_max_ns);
        faults->deferred[i] = faults->deferred[--faults->deferred_count];
        return;
    }
}

/* ---- commands ------------------------------------------------------------------------------------------------------
 */

static uint16_t execute(struct sim_command *command)
{
    return command->sq->id != 0 ? sim_nvm_execute(command) : sim_admin_execute(command);
}

static void befall(struct sim_command *command, uint32_t number)
{
    const bell_fault_rule *rule = rule_of(command->sim, number);
    uint16_t status = 0;

    if ((rule->effects & BELL_FAULT_EVENT) != 0)
        sim_fault_event(command->sim, rule);
    sim_fault_disaster(command->sim, number);
    if ((rule->effects & (BELL_FAULT_DROP | BELL_FAULT_FATAL | BELL_FAULT_REMOVE | BELL_FAULT_RESET)) != 0)
        return;
    if ((rule->effects & BELL_FAULT_STATUS) == 0 || rule->executed != 0)
        status = execute(command);
    if (status == SIM_DEFERRED) {
        deferred_remember(command, number);
        return;
    }
    if ((rule->effects & BELL_FAULT_CORRUPT) != 0 && status == 0)
        data_corrupt(command, rule);
    if ((rule->effects & BELL_FAULT_STATUS) != 0)
        status = (uint16_t)rule->status;
    end(command, status, number);
}

void sim_faults_command(struct sim_command *command)
{
    const uint32_t number = sim_fault_for_command(command->sim, command);

    if (number != SIM_FAULT_NONE) {
        befall(command, number);
        return;
    }
    const uint16_t status = execute(command);
    if (status != SIM_DEFERRED)
        sim_command_end(command, status);
}
