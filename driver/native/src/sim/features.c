/* SPDX-License-Identifier: Apache-2.0 */
/* Get and Set Features: the rules that hold for every feature, and those that are one dword. feature_data.c has the
 * others. */
#include "sim/features.h"

#include <string.h>

#include "sim/feature_data.h"
#include "sim/identify.h"
#include "sim/sim.h"

#define S NVME_FEATCAP_SAVEABLE
#define N NVME_FEATCAP_NAMESPACE
#define C NVME_FEATCAP_CHANGEABLE

struct feature {
    uint8_t fid;
    uint8_t capabilities;
    uint32_t initial;
    uint32_t defined; /* bits of cdw11 that mean something */
};

static const struct feature features[] = {
    {NVME_FEAT_ARBITRATION, S | C, 0x00000006, 0xffffff07},
    {NVME_FEAT_POWER_MANAGEMENT, S | C, 0, 0x000000ff},
    {NVME_FEAT_LBA_RANGE, N | C, 0, 0x0000003f},
    {NVME_FEAT_TEMPERATURE_THRESHOLD, C, 0, 0x003fffff},
    {NVME_FEAT_ERROR_RECOVERY, S | N | C, 0, 0x0001ffff},
    {NVME_FEAT_VOLATILE_WRITE_CACHE, S | C, 1, 0x00000001},
    {NVME_FEAT_NUMBER_OF_QUEUES, C, 0, 0xffffffff},
    {NVME_FEAT_INTERRUPT_COALESCING, S | C, 0, 0x0000ffff},
    {NVME_FEAT_INTERRUPT_VECTOR, C, 0, 0x0001ffff},
    {NVME_FEAT_WRITE_ATOMICITY, S | C, 0, 0x00000001},
    {NVME_FEAT_ASYNC_EVENT, S | C, 0x0000031f, 0x0000031f},
    {NVME_FEAT_HOST_MEMORY_BUFFER, C, 0, NVME_HMB_EHM | NVME_HMB_MR},
    {NVME_FEAT_TIMESTAMP, C, 0, 0},
    {NVME_FEAT_KEEP_ALIVE, C, 0, 0xffffffff},
    {NVME_FEAT_HOST_THERMAL, S | C, 0, 0xffffffff},
    {NVME_FEAT_NON_OPERATIONAL_POWER, S | C, 0, 0x00000001},
    {NVME_FEAT_HOST_BEHAVIOR, C, 0, 0},
    {NVME_FEAT_SOFTWARE_PROGRESS, S | C, 0, 0x000000ff},
    {NVME_FEAT_HOST_ID, C, 0, 0x00000001},
    {NVME_FEAT_RESERVATION_MASK, N | C, 0, 0x0000000e},
    {NVME_FEAT_RESERVATION_PERSISTENCE, N | C, 0, 0x00000001},
    {NVME_FEAT_WRITE_PROTECT, N | C, 0, 0x00000007},
};

#undef S
#undef N
#undef C

static const struct feature *feature_find(uint32_t fid)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (features[i].fid == fid)
            return &features[i];
    return NULL;
}

bool sim_feature_known(uint8_t fid, uint32_t *capabilities)
{
    const struct feature *feature = feature_find(fid);

    if (feature != NULL)
        *capabilities = feature->capabilities;
    return feature != NULL;
}

/* ---- values
 * ----------------------------------------------------------------------------------------------------------- */

static uint32_t initial_of(const struct sim *sim, const struct feature *feature)
{
    if (feature->fid == NVME_FEAT_NUMBER_OF_QUEUES)
        return (sim->options.queues - 1) | (sim->options.queues - 1) << 16;
    return feature->initial;
}

static uint32_t saved_of(const struct sim *sim, const struct feature *feature)
{
    const struct sim_saved_feature *saved = &sim->state->saved[feature->fid];

    return saved->valid ? saved->value : initial_of(sim, feature);
}

void sim_features_reset(struct sim *sim)
{
    struct sim_features *current = &sim->features;

    memset(current, 0, sizeof *current);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        current->value[features[i].fid] = saved_of(sim, &features[i]);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        current->error_recovery[slot] = sim->state->saved_ns[slot][0] ? sim->state->saved_ns[slot][1] : 0;
    sim_feature_data_reset(sim);
    sim_features_apply(sim);
    sim_namespaces_gate(sim);
}

bool sim_features_extended_formats(const struct sim *sim)
{
    return sim->features.host_behavior[NVME_HOST_BEHAVIOR_LBAFEE] == 1;
}

void sim_features_namespace_gone(struct sim *sim, uint32_t slot)
{
    sim->state->saved_ns[slot][0] = 0;
    sim->features.error_recovery[slot] = 0;
    sim->features.ranges[slot] = 0;
    sim->features.reservation_mask[slot] = 0;
    memset(sim->features.range[slot], 0, sizeof sim->features.range[slot]);
}

void sim_features_apply(struct sim *sim)
{
    const uint32_t *value = sim->features.value;
    const uint32_t burst = value[NVME_FEAT_ARBITRATION] & 7;

    sim->burst = burst == 7 ? 128 : 1u << burst;
    sim->irq.threshold = (value[NVME_FEAT_INTERRUPT_COALESCING] & 0xff) + 1;
    sim->irq.aggregation_ns = (uint64_t)(value[NVME_FEAT_INTERRUPT_COALESCING] >> 8 & 0xff) * 100000;
}

/* ---- commands
 * ----------------------------------------------------------------------------------------------------------- */

/* A namespace's feature needs a namespace; FFFFFFFFh stands for all of them where it is set. */
static uint16_t scope_check(struct sim_command *command, const struct feature *feature, bool set)
{
    const uint32_t nsid = command->sqe.nsid;
    struct sim_namespace *ns;

    if ((feature->capabilities & NVME_FEATCAP_NAMESPACE) != 0)
        return nsid == NVME_NSID_ALL && set ? 0 : sim_namespace_active(command, &ns);
    if (set && nsid != 0 && nsid != NVME_NSID_ALL)
        return sim_refuse(command, NVME_SC_FEATURE_NOT_NAMESPACE, SIM_AT_NSID, 0);
    return 0;
}

/* Values that exist, of the features that are one dword. */
static uint16_t value_check(struct sim_command *command, const struct feature *feature, uint32_t value)
{
    if ((value & ~feature->defined) != 0)
        return sim_invalid(command, SIM_AT_CDW11, (uint32_t)__builtin_ctz(value & ~feature->defined) % 8);
    switch (feature->fid) {
    case NVME_FEAT_POWER_MANAGEMENT:
        return (value & 0x1f) >= SIM_POWER_STATES ? sim_invalid(command, SIM_AT_CDW11, 0) : 0;
    case NVME_FEAT_ERROR_RECOVERY: /* no error for deallocated blocks */
        return (value & 0x10000) != 0 ? sim_invalid(command, SIM_AT_CDW11 + 2, 0) : 0;
    case NVME_FEAT_HOST_THERMAL: {
        const uint32_t first = value >> 16;
        const uint32_t second = value & 0xffff;
        const bool range =
            (first == 0 || (first >= 313 && first <= 343)) && (second == 0 || (second >= 313 && second <= 343));

        return range && (first == 0 || second == 0 || first < second) ? 0 : sim_invalid(command, SIM_AT_CDW11, 0);
    }
    default:
        return 0;
    }
}

static void value_save(struct sim_command *command, const struct feature *feature, uint32_t value)
{
    struct sim_state *state = command->sim->state;

    if (feature->fid != NVME_FEAT_ERROR_RECOVERY) {
        state->saved[feature->fid] = (struct sim_saved_feature){1, value};
        return;
    }
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if (command->sqe.nsid == slot + 1 || (command->sqe.nsid == NVME_NSID_ALL && command->sim->ns[slot].attached)) {
            state->saved_ns[slot][0] = 1;
            state->saved_ns[slot][1] = value;
        }
    }
}

uint16_t sim_set_features(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t value = command->sqe.cdw11;
    const bool save = (command->sqe.cdw10 & NVME_FEATURE_SV) != 0;
    const struct feature *feature = feature_find((uint32_t)NVME_GET(command->sqe.cdw10, NVME_FEATURE_FID));

    if (feature == NULL)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (save && (feature->capabilities & NVME_FEATCAP_SAVEABLE) == 0)
        return sim_refuse(command, NVME_SC_FEATURE_NOT_SAVEABLE, SIM_AT_CDW10 + 3, 7);
    uint16_t status = scope_check(command, feature, true);
    if (status == 0)
        status = value_check(command, feature, value);
    if (status != 0)
        return status;
    if (sim_feature_data_owns(feature->fid)) {
        status = sim_feature_data_set(command, feature->fid);
        if (status != 0)
            return status;
    } else {
        sim->features.value[feature->fid] = value;
    }
    if (save)
        value_save(command, feature, value);
    sim_features_apply(sim);
    return 0;
}

uint16_t sim_get_features(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t select = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_FEATURE_SEL);
    const struct feature *feature = feature_find((uint32_t)NVME_GET(command->sqe.cdw10, NVME_FEATURE_FID));

    if (feature == NULL)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (select > NVME_SEL_CAPABILITIES)
        return sim_invalid(command, SIM_AT_CDW10 + 1, 0);
    if (select == NVME_SEL_CAPABILITIES) {
        command->dw0 = feature->capabilities;
        return 0;
    }
    uint16_t status = scope_check(command, feature, false);
    if (status != 0)
        return status;
    if (sim_feature_data_owns(feature->fid))
        return sim_feature_data_get(command, feature->fid, select);
    if (select == NVME_SEL_CURRENT)
        command->dw0 = sim->features.value[feature->fid];
    else
        command->dw0 = select == NVME_SEL_SAVED ? saved_of(sim, feature) : initial_of(sim, feature);
    return 0;
}
