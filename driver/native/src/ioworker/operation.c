/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/operation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ioworker/workload.h"
#include "spec/nvme.h"
#include "support/error.h"

enum { NVME_ZONE_APPEND = 0x7d, VENDOR_SPECIFIC = 0x80, DSM_DEALLOCATE = 1 << 2 };

enum bell_form bell_opcode_form(uint8_t opcode)
{
    if (opcode == NVME_NVM_FLUSH)
        return BELL_FORM_FLUSH;
    if (opcode == NVME_NVM_DSM)
        return BELL_FORM_RANGES;
    return (opcode & 3) != 0 ? BELL_FORM_DATA : BELL_FORM_BARE;
}

static enum bell_kind opcode_kind(uint8_t opcode)
{
    bool vendor = opcode >= VENDOR_SPECIFIC;

    if (opcode == NVME_NVM_READ || (vendor && (opcode & 3) == 2))
        return BELL_KIND_READ;
    if (opcode == NVME_NVM_WRITE || opcode == NVME_ZONE_APPEND || (vendor && (opcode & 3) == 1))
        return BELL_KIND_WRITE;
    return BELL_KIND_OTHER;
}

static void operation_init(struct bell_operation *operation, const bell_workload_config *config, uint32_t index)
{
    uint8_t opcode = (uint8_t)config->op_opcode[index];

    operation->opcode = opcode;
    operation->form = (uint8_t)bell_opcode_form(opcode);
    operation->kind = (uint8_t)opcode_kind(opcode);
    operation->ranges = config->op_ranges[index] == 0 ? 1 : (uint16_t)config->op_ranges[index];
    operation->refresh = (config->flags & BELL_WORKLOAD_FRESH_DATA) != 0 && operation->kind == BELL_KIND_WRITE;
    operation->first = opcode | (uint64_t)config->nsid << 32;
    operation->second = config->op_cdw2[index] | (uint64_t)config->op_cdw3[index] << 32;
    operation->twelve = config->op_cdw12[index] | (uint64_t)config->op_cdw13[index] << 32;
    operation->fourteen = config->op_cdw14[index] | (uint64_t)config->op_cdw15[index] << 32;
    if (operation->form == BELL_FORM_RANGES)
        /* Here: dwords 10 and 11, NVM Command Set 1.0 §3.2.3. */
        operation->second = (uint64_t)(operation->ranges - 1u) | (uint64_t)DSM_DEALLOCATE << 32;
}

/* Whether an earlier operation has the same opcode: then they share a histogram. */
static const struct bell_operation *earlier(const struct bell_operations *operations, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        if (operations->each[i].opcode == operations->each[index].opcode)
            return &operations->each[i];
    }
    return NULL;
}

static int histograms_init(struct bell_operations *operations, bell_worker_counters *totals)
{
    size_t used = 0;

    operations->histograms = calloc((size_t)operations->count * BELL_HISTOGRAM_BUCKETS, sizeof(uint64_t));
    if (operations->histograms == NULL)
        return bell_error_set(-ENOMEM, "No memory for the histograms of a worker.");
    for (uint32_t i = 0; i < operations->count; i++) {
        struct bell_operation *operation = &operations->each[i];
        const struct bell_operation *same = earlier(operations, i);

        if (same != NULL)
            operation->histogram = same->histogram;
        else if (operation->opcode == NVME_NVM_READ)
            operation->histogram = totals->read_latency;
        else if (operation->opcode == NVME_NVM_WRITE)
            operation->histogram = totals->write_latency;
        else
            operation->histogram = operations->histograms + BELL_HISTOGRAM_BUCKETS * used++;
    }
    return 0;
}

int bell_operations_init(struct bell_operations *operations, const bell_workload_config *config,
                         bell_worker_counters *totals)
{
    memset(operations, 0, sizeof *operations);
    operations->count = config->op_count;
    for (uint32_t i = 0; i < config->op_count; i++) {
        operation_init(&operations->each[i], config, i);
        operations->counters[i].opcode = operations->each[i].opcode;
        operations->counters[i].latency_min_ns = UINT64_MAX;
        operations->each[i].counters = &operations->counters[i];
    }
    return config->flags & BELL_WORKLOAD_NO_HISTOGRAM ? 0 : histograms_init(operations, totals);
}

void bell_operations_free(struct bell_operations *operations)
{
    free(operations->histograms);
}

struct bell_io_needs bell_operations_needs(const struct bell_operations *operations, const bell_workload_config *config,
                                           uint32_t lbas)
{
    struct bell_io_needs needs = {.slots = config->qdepth, .lba_bytes = config->lba_bytes, .lbas = lbas};

    /* Random data that is made once differs between the buffers at least. */
    needs.own_writes = config->pattern == BELL_PATTERN_RANDOM;
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct bell_operation *operation = &operations->each[i];

        needs.ranges |= operation->form == BELL_FORM_RANGES;
        if (operation->form == BELL_FORM_DATA && bell_opcode_receives(operation->opcode))
            needs.reads = true;
        else if (operation->form == BELL_FORM_DATA)
            needs.writes = true;
    }
    return needs;
}

void bell_operations_attach(struct bell_operations *operations, const struct bell_io_buffers *buffers)
{
    for (uint32_t i = 0; i < operations->count; i++) {
        struct bell_operation *operation = &operations->each[i];

        if (operation->form == BELL_FORM_RANGES)
            operation->buffers = buffers->ranges;
        else if (operation->form == BELL_FORM_DATA)
            operation->buffers = bell_opcode_receives(operation->opcode) ? buffers->reads : buffers->writes;
    }
}
