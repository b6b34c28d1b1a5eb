/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "spec/nvme.h"
#include "support/error.h"

static_assert(BELL_WORKLOAD_SECTIONS <= BELL_ALIAS_MAX && BELL_WORKLOAD_SIZES <= BELL_ALIAS_MAX, "they are chosen so");

void bell_workload_of(const bell_worker_config *config, bell_workload_config *out)
{
    memset(out, 0, sizeof *out);
    out->nsid = config->nsid;
    out->lba_bytes = config->lba_bytes;
    out->region_start = config->region_start;
    out->region_end = config->region_end;
    out->random_percent = config->random_percent;
    out->size_count = config->size_count;
    for (uint32_t i = 0; i < BELL_WORKER_MAX_SIZES; i++) {
        out->size_min[i] = config->sizes[i];
        out->size_weight[i] = config->size_weights[i];
    }
    if (config->read_percent > 0) {
        out->op_opcode[out->op_count] = NVME_NVM_READ;
        out->op_weight[out->op_count++] = config->read_percent;
    }
    if (config->read_percent < 100) {
        out->op_opcode[out->op_count] = NVME_NVM_WRITE;
        out->op_weight[out->op_count++] = 100 - config->read_percent;
    }
    out->qdepth = config->qdepth;
    out->cpu = config->cpu;
    out->flags = config->flags & BELL_WORKER_NO_CMDLOG ? BELL_WORKLOAD_NO_CMDLOG : 0;
    out->pattern = config->pattern;
    out->pattern_value = config->pattern_value;
    out->seed = config->seed;
    out->duration_ns = config->duration_ns;
    out->io_count = config->io_count;
    out->iops_limit = config->iops_limit;
}

static uint32_t size_last(const bell_workload_config *config, uint32_t index)
{
    return config->size_max[index] == 0 ? config->size_min[index] : config->size_max[index];
}

uint32_t bell_workload_largest(const bell_workload_config *config)
{
    uint32_t largest = 0;

    for (uint32_t i = 0; i < config->size_count; i++)
        largest = size_last(config, i) > largest ? size_last(config, i) : largest;
    return largest;
}

static int size_init(struct bell_workload *workload, const bell_workload_config *config, uint32_t index)
{
    struct bell_io_size *size = &workload->sizes[index];
    uint64_t region = config->region_end - config->region_start;
    uint32_t first = config->size_min[index], last = size_last(config, index);

    if (first == 0 || last > BELL_IO_LBAS_MAX)
        return bell_error_set(-EINVAL, "sizes[%u] %u: an I/O has 1 to %u LBAs", index, first == 0 ? 0 : last,
                              BELL_IO_LBAS_MAX);
    if (last < first)
        return bell_error_set(-EINVAL, "sizes[%u] %u to %u: a range goes upwards", index, first, last);
    if (last > region)
        return bell_error_set(-EINVAL, "sizes[%u] %u: the region from LBA %" PRIu64 " to %" PRIu64 " has only %" PRIu64,
                              index, last, config->region_start, config->region_end, region);
    size->lbas = first;
    size->step = config->size_step[index] == 0 ? 1 : config->size_step[index];
    size->count = (last - first) / size->step + 1;
    size->align = config->size_align[index];
    size->base = config->region_start;
    if (size->align != 0) {
        uint64_t over = config->region_start % size->align;
        uint64_t up = over == 0 ? 0 : size->align - over;

        if (up >= region || last > region - up)
            return bell_error_set(-EINVAL,
                                  "size_align[%u] %u: no multiple of it has room for %u LBAs in the region from LBA "
                                  "%" PRIu64 " to %" PRIu64,
                                  index, size->align, last, config->region_start, config->region_end);
        size->base += up;
    }
    return 0;
}

static int sizes_init(struct bell_workload *workload, const bell_workload_config *config)
{
    uint64_t shares = 0;
    int err = 0;

    if (config->size_count == 0 || config->size_count > BELL_WORKLOAD_SIZES)
        return bell_error_set(-EINVAL, "size_count %u: must be 1 to %u", config->size_count, BELL_WORKLOAD_SIZES);
    for (uint32_t i = 0; err == 0 && i < config->size_count; i++) {
        shares += config->size_weight[i];
        err = size_init(workload, config, i);
    }
    if (err != 0)
        return err;
    workload->size_count = config->size_count;
    if (config->size_count == 1)
        return 0;
    if (shares == 0)
        return bell_error_set(-EINVAL, "size_weights: all are 0; at least one size needs a share");
    bell_alias_init(&workload->size_choice, config->size_weight, config->size_count);
    return 0;
}

static int ops_init(struct bell_workload *workload, const bell_workload_config *config)
{
    uint64_t shares = 0;

    if (config->op_count == 0 || config->op_count > BELL_WORKLOAD_OPS)
        return bell_error_set(-EINVAL, "op_count %u: must be 1 to %u", config->op_count, BELL_WORKLOAD_OPS);
    for (uint32_t i = 0; i < config->op_count; i++) {
        if (config->op_opcode[i] > UINT8_MAX)
            return bell_error_set(-EINVAL, "op_opcode[%u] %xh: must be 0 to ffh", i, config->op_opcode[i]);
        if (config->op_ranges[i] > 256)
            return bell_error_set(-EINVAL, "op_ranges[%u] %u: a command has 1 to 256", i, config->op_ranges[i]);
        workload->placeless[i] = config->op_opcode[i] == NVME_NVM_FLUSH;
        shares += config->op_weight[i];
    }
    workload->op_count = config->op_count;
    if (config->op_count == 1)
        return 0;
    if (shares == 0)
        return bell_error_set(-EINVAL, "op_weight: all are 0; at least one operation needs a share");
    bell_alias_init(&workload->ops, config->op_weight, config->op_count);
    return 0;
}

static int order_init(struct bell_workload *workload, const bell_workload_config *config)
{
    uint64_t region = config->region_end - config->region_start;
    bool backwards = (config->flags & BELL_WORKLOAD_STEP) && config->step_lbas < 0;

    workload->start = config->region_start;
    workload->end = config->region_end;
    workload->random_percent = config->random_percent;
    workload->stepped = (config->flags & BELL_WORKLOAD_STEP) != 0;
    workload->step = config->step_lbas;
    /* The last place that has room for the first size. */
    workload->position = backwards ? config->region_end - config->size_min[0] : config->region_start;
    if (config->flags & BELL_WORKLOAD_FIRST_LBA) {
        if (config->first_lba < config->region_start || config->first_lba >= config->region_end)
            return bell_error_set(-EINVAL,
                                  "first_lba %" PRIu64 ": must lie in the region from LBA %" PRIu64 " to %" PRIu64,
                                  config->first_lba, config->region_start, config->region_end);
        workload->position = config->first_lba;
    }
    if (workload->stepped) {
        uint64_t distance = backwards ? -(uint64_t)config->step_lbas : (uint64_t)config->step_lbas;

        if (distance > region)
            return bell_error_set(-EINVAL, "step_lbas %" PRId64 ": the region has only %" PRIu64 " LBAs",
                                  config->step_lbas, region);
    }
    if (config->passes != 0 && config->random_percent == 100)
        return bell_error_set(-EINVAL, "passes %" PRIu64 ": random I/Os make none; give a time or a count instead",
                              config->passes);
    if (config->passes != 0 && workload->stepped && config->step_lbas == 0)
        return bell_error_set(-EINVAL, "passes %" PRIu64 ": a step of 0 LBAs never ends a pass", config->passes);
    return 0;
}

int bell_workload_init(struct bell_workload *workload, const bell_workload_config *config)
{
    int err;

    memset(workload, 0, sizeof *workload);
    if (config->region_start >= config->region_end)
        return bell_error_set(-EINVAL, "region_end %" PRIu64 ": must be above region_start %" PRIu64,
                              config->region_end, config->region_start);
    if (config->random_percent > 100)
        return bell_error_set(-EINVAL, "random_percent %u: must be 0 to 100", config->random_percent);
    err = sizes_init(workload, config);
    if (err == 0)
        err = ops_init(workload, config);
    if (err == 0)
        err = order_init(workload, config);
    if (err == 0)
        err = bell_distribution_init(&workload->distribution, config);
    if (err != 0)
        return err;
    workload->lbas = config->size_min[0];
    workload->places = (config->region_end - config->region_start) / workload->lbas;
    workload->plain = config->size_count == 1 && workload->sizes[0].count == 1 && workload->sizes[0].align == 0 &&
                      !workload->stepped && config->distribution == BELL_DISTRIBUTION_UNIFORM;
    bell_random_seed(workload->random, config->seed);
    return 0;
}

static uint64_t random_place(struct bell_workload *workload, const struct bell_io_size *size, uint32_t lbas)
{
    uint32_t stride = size->align != 0 ? size->align : lbas;
    uint64_t places = (workload->end - lbas - size->base) / stride + 1;

    return size->base + bell_distribution_take(&workload->distribution, workload->random, places) * stride;
}

/* The position of the next sequential I/O on its alignment: upwards on the way up, downwards on the way down. */
static uint64_t aligned_position(struct bell_workload *workload, const struct bell_io_size *size)
{
    uint64_t at = workload->position;
    uint64_t over;

    if (size->align == 0)
        return at;
    over = at % size->align;
    if (over == 0)
        return at;
    if (workload->step < 0)
        return at - over >= size->base && at >= over ? at - over : size->base;
    if (size->align - over < workload->end - at)
        return at + (size->align - over);
    workload->wraps++;
    return size->base;
}

/* Step on from an I/O at `at`, and begin again where the region ends. */
static void position_advance(struct bell_workload *workload, const struct bell_io_size *size, uint64_t at,
                             uint32_t lbas)
{
    uint64_t left = workload->end - at;
    uint64_t back = -(uint64_t)workload->step;
    uint64_t step = workload->stepped ? (uint64_t)workload->step : lbas;

    if (workload->stepped && workload->step < 0) {
        if (at - size->base >= back) {
            workload->position = at - back;
        } else {
            workload->position = workload->end - lbas;
            workload->wraps++;
        }
        return;
    }
    uint64_t needed = step;

    /* The pass ends where no multiple of the alignment is left; other sizes may have others. */
    if (size->align != 0 && workload->size_count == 1 && step < left && (at + step) % size->align != 0)
        needed += size->align - (at + step) % size->align;
    if (needed < left) {
        workload->position = at + step;
    } else {
        workload->position = workload->start;
        workload->wraps++;
    }
}

void bell_workload_place_rich(struct bell_workload *workload, struct bell_io *io)
{
    const struct bell_io_size *size = &workload->sizes[0];

    if (workload->size_count > 1)
        size += bell_alias_take(&workload->size_choice, bell_random_next(workload->random));
    io->lbas = size->lbas;
    if (size->count > 1)
        io->lbas += (uint32_t)bell_random_below(workload->random, size->count) * size->step;
    if (bell_random_percent(workload->random, workload->random_percent)) {
        io->lba = random_place(workload, size, io->lbas);
    } else {
        uint64_t at = aligned_position(workload, size);

        io->lba = at;
        position_advance(workload, size, at, io->lbas);
        if (io->lbas > workload->end - at)
            io->lbas = (uint32_t)(workload->end - at);
    }
}
