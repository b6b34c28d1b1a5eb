/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are more than LBAs with data, and traces. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ioworker/worker.h"
#include "spec/nvme.h"
#include "support/error.h"

/* A range of dataset management, NVM Command Set 1.0 §3.2.3. */
struct dsm_range {
    uint32_t attributes;
    uint32_t lbas;
    uint64_t lba;
};
static_assert(sizeof(struct dsm_range) == 16, "as on the wire");

static void ranges_prepare(struct bell_worker *worker, const struct bell_operation *operation,
                           struct bell_worker_slot *slot, uint32_t number)
{
    const struct bell_io_buffer *buffer = &operation->buffers[number];
    struct bell_io io = {.lba = slot->lba, .lbas = slot->lbas};
    struct dsm_range *list = buffer->data;

    slot->bytes = 0;
    for (uint32_t i = 0; i < operation->ranges; i++) {
        if (i > 0)
            bell_workload_place(&worker->workload, &io);
        list[i] = (struct dsm_range){.lbas = io.lbas, .lba = io.lba};
        slot->bytes += (uint64_t)io.lbas * worker->lba_bytes;
    }
    slot->sqe[1] = 0;
    slot->sqe[3] = buffer->iova;
    slot->sqe[4] = bell_io_buffer_prp2(&worker->buffers, buffer, operation->ranges * sizeof *list);
    slot->sqe[5] = operation->second;
    slot->sqe[6] = operation->twelve;
    slot->sqe[7] = operation->fourteen;
}

void bell_worker_prepare_rest(struct bell_worker *worker, const struct bell_operation *operation,
                              struct bell_worker_slot *slot, uint32_t number)
{
    switch (operation->form) {
    case BELL_FORM_RANGES:
        ranges_prepare(worker, operation, slot, number);
        break;
    case BELL_FORM_FLUSH:
        slot->lbas = 0;
        slot->bytes = 0;
        memset(&slot->sqe[3], 0, 5 * sizeof slot->sqe[0]);
        break;
    case BELL_FORM_BARE:
        slot->sqe[3] = 0;
        slot->sqe[4] = 0;
        break;
    default:
        break;
    }
    if (operation->refresh)
        bell_io_data_refresh(&worker->data, operation->buffers[number].data, slot->bytes);
}

/* The operation of an opcode, which is added if it is new; negative if there are too many. */
static int op_of(bell_workload_config *config, uint32_t opcode)
{
    for (uint32_t i = 0; i < config->op_count; i++) {
        if (config->op_opcode[i] == opcode)
            return (int)i;
    }
    if (config->op_count == BELL_WORKLOAD_OPS)
        return bell_error_set(-EINVAL, "trace: more than %u different opcodes; %02xh is one too many",
                              BELL_WORKLOAD_OPS, opcode);
    config->op_opcode[config->op_count] = opcode;
    config->op_weight[config->op_count] = 1;
    return (int)config->op_count++;
}

static int entry_check(const bell_workload_config *config, const bell_trace_entry *entries, uint64_t number)
{
    const bell_trace_entry *entry = &entries[number];

    if (entry->opcode > UINT8_MAX)
        return bell_error_set(-EINVAL, "trace[%" PRIu64 "]: opcode %xh must be 0 to ffh", number, entry->opcode);
    if (number > 0 && entry->time_ns < entries[number - 1].time_ns)
        return bell_error_set(-EINVAL, "trace[%" PRIu64 "]: its time is before that of the entry before it", number);
    if (bell_opcode_form((uint8_t)entry->opcode) == BELL_FORM_FLUSH)
        return 0;
    if (entry->lbas == 0 || entry->lbas > BELL_IO_LBAS_MAX)
        return bell_error_set(-EINVAL, "trace[%" PRIu64 "]: %u LBAs; an I/O has 1 to %u", number, entry->lbas,
                              BELL_IO_LBAS_MAX);
    if (entry->lba < config->region_start || entry->lba >= config->region_end ||
        entry->lbas > config->region_end - entry->lba)
        return bell_error_set(-EINVAL,
                              "trace[%" PRIu64 "]: LBA %" PRIu64 " with %u LBAs does not lie in the region from LBA "
                              "%" PRIu64 " to %" PRIu64,
                              number, entry->lba, entry->lbas, config->region_start, config->region_end);
    return 0;
}

int bell_worker_trace_init(struct bell_worker *worker, bell_workload_config *config, const bell_trace_entry *entries,
                           uint64_t count)
{
    struct bell_worker_trace *trace = &worker->trace;

    config->op_count = 0;
    config->size_count = 1;
    config->size_min[0] = 1;
    config->size_max[0] = 0;
    config->size_align[0] = 0;
    config->flags &= ~(BELL_WORKLOAD_FIRST_LBA | BELL_WORKLOAD_STEP);
    config->distribution = BELL_DISTRIBUTION_UNIFORM;
    config->random_percent = 0;
    config->passes = 0;
    config->iops_limit = config->byte_limit = config->burst_ns = config->idle_ns = config->ramp_ns = 0;
    trace->entries = malloc(count * sizeof *entries);
    trace->ops = malloc(count);
    if (trace->entries == NULL || trace->ops == NULL)
        return bell_error_set(-ENOMEM, "No memory for a trace of %" PRIu64 " I/Os.", count);
    for (uint64_t i = 0; i < count; i++) {
        int op = entry_check(config, entries, i);

        if (op == 0)
            op = op_of(config, entries[i].opcode);
        if (op < 0)
            return op;
        trace->ops[i] = (uint8_t)op;
        /* The largest is what memory is made for. */
        if (entries[i].lbas > config->size_min[0] && bell_opcode_form((uint8_t)entries[i].opcode) == BELL_FORM_DATA)
            config->size_min[0] = entries[i].lbas;
        trace->entries[i] = entries[i];
        trace->entries[i].time_ns -= entries[0].time_ns;
    }
    memset(config->op_ranges, 0, sizeof config->op_ranges);
    trace->count = count;
    trace->speed = config->trace_speed;
    if (config->io_count == 0 || config->io_count > count)
        config->io_count = count;
    return 0;
}
