/* SPDX-License-Identifier: Apache-2.0 */
/* Get Log Page, NVMe Base 2.0c 5.16. */
#include <string.h>

#include "sim/admin.h"
#include "sim/background.h"
#include "sim/events.h"
#include "sim/sim.h"

#define NO_EVENT UINT32_MAX

struct log_page {
    uint32_t (*build)(const struct sim *sim, uint8_t *out); /* Return: bytes */
    uint32_t event;                                         /* type of asynchronous event that reading it clears */
    bool controller_only;                                   /* NSID is 0 or FFFFFFFFh */
};

static uint32_t error_build(const struct sim *sim, uint8_t *out)
{
    const struct sim_state *state = sim->state;
    struct nvme_error_log_entry *entries = (struct nvme_error_log_entry *)out;
    const uint64_t count = state->error_count < SIM_ERROR_LOG ? state->error_count : SIM_ERROR_LOG;

    for (uint64_t i = 0; i < count; i++) /* newest first */
        entries[i] = state->errors[(state->error_count - 1 - i) % SIM_ERROR_LOG];
    return SIM_ERROR_LOG * sizeof entries[0];
}

static uint64_t thousands(struct nvme_u128 units)
{
    return (units.low + 999) / 1000;
}

static uint32_t smart_build(const struct sim *sim, uint8_t *out)
{
    const struct sim_state *state = sim->state;
    struct nvme_smart_log *log = (struct nvme_smart_log *)out;

    log->critical_warning = sim_temperature_warning(sim) ? NVME_SMART_TEMPERATURE : 0;
    log->composite_temperature = sim_temperature_kelvin(sim, 0);
    log->temperature_sensor[0] = sim_temperature_kelvin(sim, 1);
    log->temperature_sensor[1] = sim_temperature_kelvin(sim, 2);
    log->available_spare = 100;
    log->available_spare_threshold = 10;
    /* good for a thousand times its capacity */
    const uint64_t used = state->data_written.low * 512 / (state->capacity * 10);
    log->percentage_used = (uint8_t)(used < 255 ? used : 255);
    log->data_units_read.low = thousands(state->data_read);
    log->data_units_written.low = thousands(state->data_written);
    log->host_reads.low = state->host_reads;
    log->host_writes.low = state->host_writes;
    log->busy_minutes.low = state->busy_ns / (60 * BELL_NS_PER_S);
    log->power_cycles.low = state->power_cycles;
    log->power_on_hours.low = state->power_on_ns / (3600 * BELL_NS_PER_S);
    log->unsafe_shutdowns.low = state->unsafe_shutdowns;
    log->media_errors.low = state->media_errors;
    log->error_log_entries.low = state->error_count;
    log->warning_temperature_minutes = (uint32_t)(state->warning_ns / (60 * BELL_NS_PER_S));
    log->critical_temperature_minutes = (uint32_t)(state->critical_ns / (60 * BELL_NS_PER_S));
    return sizeof *log;
}

static uint32_t firmware_build(const struct sim *sim, uint8_t *out)
{
    struct nvme_fw_slot_log *log = (struct nvme_fw_slot_log *)out;

    log->afi = (uint8_t)(sim->state->fw_active | sim->state->fw_next << 4);
    memcpy(log->frs, sim->state->fw, sizeof sim->state->fw);
    return sizeof *log;
}

static uint32_t changed_build(const struct sim *sim, uint8_t *out)
{
    uint32_t *list = (uint32_t *)out;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((sim->changed_namespaces & 1u << slot) != 0)
            *list++ = slot + 1;
    return 4096;
}

static uint32_t commands_build(const struct sim *sim, uint8_t *out)
{
    struct nvme_commands_log *log = (struct nvme_commands_log *)out;

    (void)sim;
    for (uint32_t opcode = 0; opcode < 256; opcode++) {
        const struct sim_admin_command *admin = sim_admin_command_of((uint8_t)opcode);

        log->admin[opcode] = admin != NULL ? admin->effects : 0;
        log->io[opcode] = sim_nvm_effects((uint8_t)opcode);
    }
    return sizeof *log;
}

static uint32_t self_test_build(const struct sim *sim, uint8_t *out)
{
    struct nvme_self_test_log *log = (struct nvme_self_test_log *)out;

    if (sim_span_runs(&sim->background.test)) {
        const uint32_t done = sim_span_done(&sim->background.test, bell_now(), 100);

        log->current = (uint8_t)sim->background.test_kind;
        log->completion = (uint8_t)(done < 99 ? done : 99);
    }
    memcpy(log->result, sim->state->self_tests, sizeof log->result);
    for (uint32_t i = 0; i < SIM_SELF_TESTS; i++)
        if (log->result[i].status == 0) /* no self-test has the code 0 */
            log->result[i].status = 0x0f;
    return sizeof *log;
}

static uint32_t sanitize_build(const struct sim *sim, uint8_t *out)
{
    struct nvme_sanitize_log *log = (struct nvme_sanitize_log *)out;
    const struct sim_span *span = &sim->background.sanitize;
    const uint32_t status = sim->state->sanitize_status & ~NVME_SSTAT_GDE;
    const bool erased = !sim->state->sanitize_wrote && (status & NVME_SSTAT_STATUS) != NVME_SSTAT_RUNNING;

    log->sprog = (uint16_t)(sim_span_runs(span) ? sim_span_done(span, bell_now(), 0xffff) : 0xffff);
    log->sstat = (uint16_t)(status | (erased ? NVME_SSTAT_GDE : 0));
    log->scdw10 = sim->state->sanitize_cdw10;
    for (uint32_t i = 0; i < 2; i++) {
        log->estimate[3 * i] = (uint32_t)sim_sanitize_seconds(sim, NVME_SANACT_OVERWRITE, 16);
        log->estimate[3 * i + 1] = (uint32_t)sim_sanitize_seconds(sim, NVME_SANACT_BLOCK_ERASE, 1);
        log->estimate[3 * i + 2] = (uint32_t)sim_sanitize_seconds(sim, NVME_SANACT_CRYPTO_ERASE, 1);
    }
    return sizeof *log;
}

static uint32_t features_build(const struct sim *sim, uint8_t *out)
{
    uint32_t *effects = (uint32_t *)out;

    (void)sim;
    for (uint32_t fid = 0; fid < 256; fid++) {
        uint32_t capabilities;

        if (!sim_feature_known((uint8_t)fid, &capabilities))
            continue;
        /* FSUPP, and the scope: a namespace or the controller */
        effects[fid] = 0x1 | ((capabilities & NVME_FEATCAP_NAMESPACE) != 0 ? 1u << 20 : 1u << 21);
    }
    return 1024;
}

static uint32_t supported_build(const struct sim *sim, uint8_t *out);

static const struct log_page pages[256] = {
    [NVME_LID_SUPPORTED] = {supported_build, NO_EVENT, false},
    [NVME_LID_ERROR] = {error_build, NVME_AER_ERROR, true},
    [NVME_LID_SMART] = {smart_build, NVME_AER_SMART, true},
    [NVME_LID_FW_SLOT] = {firmware_build, NVME_AER_NOTICE, false},
    [NVME_LID_CHANGED_NS] = {changed_build, NVME_AER_NOTICE, false},
    [NVME_LID_COMMANDS] = {commands_build, NO_EVENT, false},
    [NVME_LID_SELF_TEST] = {self_test_build, NO_EVENT, true},
    [NVME_LID_PERSISTENT_EVENT] = {sim_events_log, NO_EVENT, true},
    [NVME_LID_FEATURES] = {features_build, NO_EVENT, false},
    [NVME_LID_RESERVATION] = {sim_notices_log, NVME_AER_IO_COMMAND_SET, true},
    [NVME_LID_SANITIZE] = {sanitize_build, NVME_AER_IO_COMMAND_SET, true},
};

static uint32_t supported_build(const struct sim *sim, uint8_t *out)
{
    uint32_t *list = (uint32_t *)out;

    (void)sim;
    for (uint32_t lid = 0; lid < 256; lid++)
        list[lid] = pages[lid].build != NULL;
    return 1024;
}

/* Bytes beyond the end of the log read zero. */
static uint16_t part_send(struct sim_command *command, const uint8_t *log, uint64_t length, uint64_t offset,
                          uint64_t bytes)
{
    uint32_t count;
    uint16_t status = sim_data_map(command, bytes, &count);

    if (status != 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct sim_segment *segment = &command->sim->segments[i];
        uint64_t part = offset < length ? length - offset : 0;

        if (part > segment->bytes)
            part = segment->bytes;
        memcpy(segment->data, log + offset, part);
        memset(segment->data + part, 0, segment->bytes - part);
        offset += part;
    }
    return 0;
}

/* The persistent event log is read in a context, so that its parts fit together, 5.16.1.14. */
static uint16_t context_follow(struct sim_command *command, bool *read)
{
    enum { READ = 0, ESTABLISH = 1, RELEASE = 2 };
    struct sim *sim = command->sim;
    const uint32_t action = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_LOG_LSP) & 3;

    *read = action != RELEASE;
    switch (action) {
    case READ:
        return sim->events_context ? 0 : NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    case ESTABLISH:
        if (sim->events_context)
            return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
        sim->events_context = true;
        return 0;
    case RELEASE:
        sim->events_context = false;
        return 0;
    default:
        return sim_invalid(command, SIM_AT_CDW10 + 1, 0);
    }
}

static void event_clear(struct sim *sim, uint8_t lid)
{
    if (lid == NVME_LID_CHANGED_NS)
        sim->changed_namespaces = 0;
    if (lid == NVME_LID_RESERVATION)
        sim_notices_take(sim);
    if (pages[lid].event != NO_EVENT)
        sim_async_unmask(sim, pages[lid].event);
    if (lid == NVME_LID_RESERVATION)
        sim_notices_report(sim);
}

uint16_t sim_get_log_page(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const struct nvme_sqe *sqe = &command->sqe;
    const uint8_t lid = (uint8_t)NVME_GET(sqe->cdw10, NVME_LOG_LID);
    const uint64_t dwords = NVME_GET(sqe->cdw10, NVME_LOG_NUMDL) | NVME_GET(sqe->cdw11, NVME_LOG_NUMDU) << 16;
    const uint64_t bytes = (dwords + 1) * 4;
    const uint64_t offset = sqe->cdw12 | (uint64_t)sqe->cdw13 << 32;
    bool read = true;
    uint16_t status = 0;

    if (pages[lid].build == NULL)
        return sim_refuse(command, NVME_SC_INVALID_LOG, SIM_AT_CDW10, 0);
    if (pages[lid].controller_only && sqe->nsid != 0 && sqe->nsid != NVME_NSID_ALL)
        return sim_invalid(command, SIM_AT_NSID, 0);
    if (sim->mdts_bytes != 0 && bytes > sim->mdts_bytes)
        return sim_invalid(command, SIM_AT_CDW10 + 2, 0);
    if ((offset & 3) != 0)
        return sim_invalid(command, SIM_AT_CDW12, 0);
    if ((sqe->cdw14 & NVME_LOG_OT) != 0)
        return sim_invalid(command, SIM_AT_CDW14 + 2, 7);
    if (lid == NVME_LID_PERSISTENT_EVENT)
        status = context_follow(command, &read);
    if (status != 0 || !read)
        return status;
    sim_tick_now(sim);
    memset(sim->scratch, 0, SIM_SCRATCH_BYTES);
    const uint32_t length = pages[lid].build(sim, sim->scratch);
    if (offset > length)
        return sim_invalid(command, SIM_AT_CDW12, 0);
    status = part_send(command, sim->scratch, length, offset, bytes);
    if (status == 0 && (sqe->cdw10 & NVME_LOG_RAE) == 0)
        event_clear(sim, lid);
    return status;
}
