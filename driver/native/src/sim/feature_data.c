/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/feature_data.h"

#include <string.h>

#include "sim/admin.h"
#include "sim/sim.h"

static bool targets(const struct sim_command *command, uint32_t slot)
{
    return command->sqe.nsid == slot + 1 || (command->sqe.nsid == NVME_NSID_ALL && command->sim->ns[slot].attached);
}

void sim_feature_data_reset(struct sim *sim)
{
    struct sim_features *features = &sim->features;

    for (uint32_t sensor = 0; sensor < SIM_SENSORS; sensor++) {
        features->threshold[sensor][0] = sensor == 0 ? SIM_WARNING_CELSIUS + SIM_KELVIN : 0xffff;
        features->threshold[sensor][1] = 0;
    }
    features->keep_alive_ns = UINT64_MAX;
    features->timestamp_set_ns = bell_now();
    for (uint32_t i = 0; i < sim->irq.count; i++) {
        sim->irq.vector[i].coalescing_off = false;
        sim->irq.vector[i].waiting = 0;
    }
    sim->irq.held = 0;
}

/* ---- 03h LBA ranges
 * ------------------------------------------------------------------------------------------------------ */

static uint16_t ranges_set(struct sim_command *command)
{
    const uint32_t last = command->sqe.cdw11 & 0x3f;
    struct nvme_lba_range *ranges = (struct nvme_lba_range *)command->sim->scratch;
    uint16_t status = sim_data_from_host(command, ranges, (last + 1) * sizeof ranges[0]);

    if (status != 0)
        return status;
    for (uint32_t i = 0; i <= last; i++)
        for (uint32_t j = 0; j < i; j++)
            if (ranges[i].slba <= ranges[j].slba + ranges[j].nlb && ranges[j].slba <= ranges[i].slba + ranges[i].nlb)
                return sim_refuse(command, NVME_SC_OVERLAPPING_RANGE, SIM_AT_PRP1, 0);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if (!targets(command, slot))
            continue;
        command->sim->features.ranges[slot] = last;
        memcpy(command->sim->features.range[slot], ranges, (last + 1) * sizeof ranges[0]);
    }
    return 0;
}

static uint16_t ranges_get(struct sim_command *command, bool current)
{
    const struct sim_features *features = &command->sim->features;
    const uint32_t slot = command->sqe.nsid - 1;

    memset(command->sim->scratch, 0, sizeof features->range[slot]);
    if (current) {
        command->dw0 = features->ranges[slot];
        memcpy(command->sim->scratch, features->range[slot], sizeof features->range[slot]);
    }
    return sim_data_to_host(command, command->sim->scratch, sizeof features->range[slot]);
}

/* ---- 04h temperature threshold
 * ------------------------------------------------------------------------------------------- */

#define TEMPERATURE_SELECT UINT32_C(0x000f0000)
#define THRESHOLD_TYPE     UINT32_C(0x00300000)

static uint16_t threshold_set(struct sim_command *command)
{
    const uint32_t sensor = (uint32_t)NVME_GET(command->sqe.cdw11, TEMPERATURE_SELECT);
    const uint32_t type = (uint32_t)NVME_GET(command->sqe.cdw11, THRESHOLD_TYPE);

    if ((sensor >= SIM_SENSORS && sensor != 0xf) || type > 1)
        return sim_invalid(command, SIM_AT_CDW11 + 2, sensor >= SIM_SENSORS ? 0 : 4);
    for (uint32_t i = 0; i < SIM_SENSORS; i++)
        if (sensor == i || sensor == 0xf)
            command->sim->features.threshold[i][type] = command->sqe.cdw11 & 0xffff;
    /* A threshold that is passed already is an event too. */
    command->sim->temperature.exceeded = 0;
    return 0;
}

static uint16_t threshold_get(struct sim_command *command, bool current)
{
    const uint32_t sensor = (uint32_t)NVME_GET(command->sqe.cdw11, TEMPERATURE_SELECT);
    const uint32_t type = (uint32_t)NVME_GET(command->sqe.cdw11, THRESHOLD_TYPE);

    if (sensor >= SIM_SENSORS || type > 1)
        return sim_invalid(command, SIM_AT_CDW11 + 2, sensor >= SIM_SENSORS ? 0 : 4);
    if (current)
        command->dw0 = command->sim->features.threshold[sensor][type];
    else if (type == 0)
        command->dw0 = sensor == 0 ? SIM_WARNING_CELSIUS + SIM_KELVIN : 0xffff;
    return 0;
}

/* ---- 07h number of queues
 * ------------------------------------------------------------------------------------------------- */

static uint16_t queues_set(struct sim_command *command)
{
    const struct sim *sim = command->sim;

    if ((command->sqe.cdw11 & 0xffff) == 0xffff || command->sqe.cdw11 >> 16 == 0xffff)
        return sim_invalid(command, SIM_AT_CDW11, 0);
    for (uint32_t qid = 1; qid <= sim->options.queues; qid++)
        if (sim->sq[qid].exists || sim->cq[qid].exists)
            return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    command->dw0 = sim->features.value[NVME_FEAT_NUMBER_OF_QUEUES];
    return 0;
}

/* ---- 09h interrupt vector configuration
 * ------------------------------------------------------------------------------------ */

static uint16_t vector_access(struct sim_command *command, bool set)
{
    const uint32_t vector = command->sqe.cdw11 & 0xffff;

    if (vector >= command->sim->irq.count)
        return sim_invalid(command, SIM_AT_CDW11, 0);
    if (set)
        command->sim->irq.vector[vector].coalescing_off = (command->sqe.cdw11 & 0x10000) != 0;
    else
        command->dw0 = vector | (uint32_t)command->sim->irq.vector[vector].coalescing_off << 16;
    return 0;
}

/* ---- 0Eh timestamp
 * ------------------------------------------------------------------------------------------------------------ */

uint64_t sim_timestamp(const struct sim *sim)
{
    return sim->features.timestamp_ms + (bell_now() - sim->features.timestamp_set_ns) / 1000000;
}

static uint16_t timestamp_set(struct sim_command *command)
{
    uint64_t value = 0;
    uint16_t status = sim_data_from_host(command, &value, sizeof value);

    if (status == 0) {
        command->sim->features.timestamp_ms = value & UINT64_C(0xffffffffffff);
        command->sim->features.timestamp_set_ns = bell_now();
        command->sim->features.timestamp_origin = 1;
    }
    return status;
}

static uint16_t timestamp_get(struct sim_command *command)
{
    const uint64_t value = (sim_timestamp(command->sim) & UINT64_C(0xffffffffffff)) |
                           (uint64_t)command->sim->features.timestamp_origin << 49;

    return sim_data_to_host(command, &value, sizeof value);
}

/* ---- 0Fh keep alive
 * ------------------------------------------------------------------------------------------------------------- */

uint64_t sim_keep_alive_deadline(const struct sim *sim)
{
    /* In units of KAS, 1 s. */
    const uint64_t seconds = ((uint64_t)sim->features.value[NVME_FEAT_KEEP_ALIVE] + 999) / 1000;

    return seconds == 0 ? UINT64_MAX : bell_now() + seconds * BELL_NS_PER_S;
}

void sim_keep_alive_start(struct sim *sim, uint32_t timeout_ms)
{
    sim->features.value[NVME_FEAT_KEEP_ALIVE] = timeout_ms;
    sim->features.keep_alive_ns = sim_keep_alive_deadline(sim);
}

uint16_t sim_keep_alive(struct sim_command *command)
{
    command->sim->features.keep_alive_ns = sim_keep_alive_deadline(command->sim);
    return 0;
}

/* ---- 16h host behaviour, 81h host identifier
 * ------------------------------------------------------------------------------------ */

static uint16_t host_id_set(struct sim_command *command)
{
    static const uint8_t none[16];
    const bool extended = (command->sqe.cdw11 & 1) != 0;
    uint8_t *id = command->sim->features.host_id;
    uint8_t wanted[16] = {0};
    uint16_t status = sim_data_from_host(command, wanted, extended ? 16 : 8);

    if (status != 0)
        return status;
    /* Once it is set, only a reset clears it, 5.27.1.25. */
    if (memcmp(id, none, sizeof none) != 0 && memcmp(id, wanted, sizeof wanted) != 0)
        return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    memcpy(id, wanted, sizeof wanted);
    command->sim->features.host_id_extended = extended;
    sim_reservations_follow(command->sim); /* another host now */
    return 0;
}

static uint16_t host_id_get(struct sim_command *command, bool current)
{
    static const uint8_t none[16];
    const bool extended = (command->sqe.cdw11 & 1) != 0;

    return sim_data_to_host(command, current ? command->sim->features.host_id : none, extended ? 16 : 8);
}

/* ---- 82h reservation notification mask, 83h reservation persistence
 * ------------------------------------------------------------------------------ */

static uint16_t reservation_set(struct sim_command *command, uint8_t fid)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if (!targets(command, slot))
            continue;
        if (fid == NVME_FEAT_RESERVATION_MASK)
            command->sim->features.reservation_mask[slot] = command->sqe.cdw11;
        else
            command->sim->state->reservations[slot].persists = command->sqe.cdw11 & 1;
    }
    return 0;
}

/* ---- 84h write protection
 * --------------------------------------------------------------------------------------------------------- */

static uint16_t write_protect_set(struct sim_command *command)
{
    const uint32_t state = command->sqe.cdw11 & 7;

    if (state > 1) /* NWPC: no protection that lasts until a power cycle or for ever */
        return sim_invalid(command, SIM_AT_CDW11, 0);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if (!targets(command, slot))
            continue;
        command->sim->ns[slot].write_protected = state == 1;
        command->sim->ns[slot].record->write_protect = state;
    }
    return 0;
}

/* ---- dispatch
 * -----------------------------------------------------------------------------------------------------------------------
 */

bool sim_feature_data_owns(uint8_t fid)
{
    switch (fid) {
    case NVME_FEAT_LBA_RANGE:
    case NVME_FEAT_TEMPERATURE_THRESHOLD:
    case NVME_FEAT_ERROR_RECOVERY:
    case NVME_FEAT_NUMBER_OF_QUEUES:
    case NVME_FEAT_INTERRUPT_VECTOR:
    case NVME_FEAT_HOST_MEMORY_BUFFER:
    case NVME_FEAT_TIMESTAMP:
    case NVME_FEAT_KEEP_ALIVE:
    case NVME_FEAT_HOST_BEHAVIOR:
    case NVME_FEAT_HOST_ID:
    case NVME_FEAT_RESERVATION_MASK:
    case NVME_FEAT_RESERVATION_PERSISTENCE:
    case NVME_FEAT_WRITE_PROTECT:
        return true;
    default:
        return false;
    }
}

static uint16_t host_behavior_set(struct sim_command *command)
{
    struct sim_features *features = &command->sim->features;
    uint8_t wanted[sizeof features->host_behavior];
    uint16_t status = sim_data_from_host(command, wanted, sizeof wanted);

    if (status != 0)
        return status;
    if (wanted[NVME_HOST_BEHAVIOR_LBAFEE] > 1)
        return sim_invalid(command, SIM_AT_PRP1, 0);
    memcpy(features->host_behavior, wanted, sizeof wanted);
    sim_namespaces_gate(command->sim);
    return 0;
}

uint16_t sim_feature_data_set(struct sim_command *command, uint8_t fid)
{
    struct sim_features *features = &command->sim->features;

    switch (fid) {
    case NVME_FEAT_LBA_RANGE:
        return ranges_set(command);
    case NVME_FEAT_TEMPERATURE_THRESHOLD:
        return threshold_set(command);
    case NVME_FEAT_ERROR_RECOVERY:
        for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
            if (targets(command, slot))
                features->error_recovery[slot] = command->sqe.cdw11;
        return 0;
    case NVME_FEAT_NUMBER_OF_QUEUES:
        return queues_set(command);
    case NVME_FEAT_INTERRUPT_VECTOR:
        return vector_access(command, true);
    case NVME_FEAT_HOST_MEMORY_BUFFER:
        return sim_hmb_set(command);
    case NVME_FEAT_TIMESTAMP:
        return timestamp_set(command);
    case NVME_FEAT_KEEP_ALIVE:
        features->value[fid] = command->sqe.cdw11;
        features->keep_alive_ns = sim_keep_alive_deadline(command->sim);
        return 0;
    case NVME_FEAT_HOST_BEHAVIOR:
        return host_behavior_set(command);
    case NVME_FEAT_HOST_ID:
        return host_id_set(command);
    case NVME_FEAT_RESERVATION_MASK:
    case NVME_FEAT_RESERVATION_PERSISTENCE:
        return reservation_set(command, fid);
    default:
        return write_protect_set(command);
    }
}

uint16_t sim_feature_data_get(struct sim_command *command, uint8_t fid, uint32_t select)
{
    const bool current = select == NVME_SEL_CURRENT;
    const struct sim *sim = command->sim;
    const uint32_t slot = command->sqe.nsid - 1;

    switch (fid) {
    case NVME_FEAT_LBA_RANGE:
        return ranges_get(command, current);
    case NVME_FEAT_TEMPERATURE_THRESHOLD:
        return threshold_get(command, current);
    case NVME_FEAT_ERROR_RECOVERY:
        if (current)
            command->dw0 = sim->features.error_recovery[slot];
        else if (select == NVME_SEL_SAVED && sim->state->saved_ns[slot][0])
            command->dw0 = sim->state->saved_ns[slot][1];
        return 0;
    case NVME_FEAT_NUMBER_OF_QUEUES:
        command->dw0 = sim->features.value[fid];
        return 0;
    case NVME_FEAT_INTERRUPT_VECTOR:
        return vector_access(command, false);
    case NVME_FEAT_HOST_MEMORY_BUFFER:
        return sim_hmb_get(command, current);
    case NVME_FEAT_TIMESTAMP:
        return timestamp_get(command);
    case NVME_FEAT_KEEP_ALIVE:
        command->dw0 = current ? sim->features.value[fid] : 0;
        return 0;
    case NVME_FEAT_HOST_BEHAVIOR:
        return sim_data_to_host(command, sim->features.host_behavior, sizeof sim->features.host_behavior);
    case NVME_FEAT_HOST_ID:
        return host_id_get(command, current);
    case NVME_FEAT_RESERVATION_MASK:
        command->dw0 = current ? sim->features.reservation_mask[slot] : 0;
        return 0;
    case NVME_FEAT_RESERVATION_PERSISTENCE:
        command->dw0 = select == NVME_SEL_DEFAULT ? 0 : sim->state->reservations[slot].persists;
        return 0;
    default:
        command->dw0 = sim->ns[slot].write_protected;
        return 0;
    }
}
