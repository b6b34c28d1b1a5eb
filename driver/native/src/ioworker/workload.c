/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "support/error.h"

enum { LBAS_MAX = 65536 };

/* splitmix64: turns any seed, zero too, into a state that xoshiro can start from. */
static void random_seed(uint64_t state[4], uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        state[i] = z ^ z >> 31;
    }
}

static int size_add(struct bell_workload *workload, const bell_worker_config *config, uint32_t index)
{
    uint64_t region = config->region_end - config->region_start;
    uint32_t size = config->sizes[index];
    uint64_t weights = index == 0 ? 0 : workload->weights[index - 1];

    if (size == 0 || size > LBAS_MAX)
        return bell_error_set(-EINVAL, "sizes[%u] %u: an I/O has 1 to %u LBAs", index, size, LBAS_MAX);
    if (size > region)
        return bell_error_set(-EINVAL, "sizes[%u] %u: the region from LBA %" PRIu64 " to %" PRIu64 " has only %" PRIu64,
                              index, size, config->region_start, config->region_end, region);
    workload->sizes[index] = size;
    workload->places[index] = region / size;
    workload->weights[index] = weights + config->size_weights[index];
    return 0;
}

int bell_workload_init(struct bell_workload *workload, const bell_worker_config *config)
{
    int err = 0;

    memset(workload, 0, sizeof *workload);
    if (config->region_start >= config->region_end)
        return bell_error_set(-EINVAL, "region_end %" PRIu64 ": must be above region_start %" PRIu64,
                              config->region_end, config->region_start);
    if (config->size_count == 0 || config->size_count > BELL_WORKER_MAX_SIZES)
        return bell_error_set(-EINVAL, "size_count %u: must be 1 to %u", config->size_count, BELL_WORKER_MAX_SIZES);
    if (config->random_percent > 100)
        return bell_error_set(-EINVAL, "random_percent %u: must be 0 to 100", config->random_percent);
    if (config->read_percent > 100)
        return bell_error_set(-EINVAL, "read_percent %u: must be 0 to 100", config->read_percent);
    for (uint32_t i = 0; err == 0 && i < config->size_count; i++)
        err = size_add(workload, config, i);
    if (err != 0)
        return err;
    if (config->size_count > 1 && workload->weights[config->size_count - 1] == 0)
        return bell_error_set(-EINVAL, "size_weights: all are 0; at least one size needs a share");
    workload->start = config->region_start;
    workload->end = config->region_end;
    workload->position = config->region_start;
    workload->size_count = config->size_count;
    workload->random_percent = config->random_percent;
    workload->read_percent = config->read_percent;
    random_seed(workload->random, config->seed);
    return 0;
}
