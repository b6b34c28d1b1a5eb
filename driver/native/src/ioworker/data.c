/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/data.h"

#include <errno.h>
#include <string.h>

#include "ioworker/random.h"
#include "ioworker/workload.h"
#include "support/error.h"

/* LBAs that repeat are one of so many. */
enum { DUPLICATES = 16 };

int bell_io_data_init(struct bell_io_data *data, const bell_workload_config *config)
{
    bool fresh = (config->flags & BELL_WORKLOAD_FRESH_DATA) != 0;

    if (config->pattern > BELL_PATTERN_RANDOM)
        return bell_error_set(-EINVAL, "pattern %u: must be 0 zeros, 1 ones, 2 dwords or 3 random", config->pattern);
    if (fresh && config->pattern != BELL_PATTERN_RANDOM)
        return bell_error_set(-EINVAL, "pattern %u: only random data, 3, can be made anew for each write",
                              config->pattern);
    if (config->compress_percent > 100)
        return bell_error_set(-EINVAL, "compress_percent %u: must be 0 to 100", config->compress_percent);
    if (config->dedup_percent > 100)
        return bell_error_set(-EINVAL, "dedup_percent %u: must be 0 to 100", config->dedup_percent);
    if (config->dedup_percent != 0 && !fresh)
        return bell_error_set(-EINVAL, "dedup_percent %u: needs data that is made anew for each write",
                              config->dedup_percent);
    memset(data, 0, sizeof *data);
    data->seed = config->seed;
    data->lba_bytes = config->lba_bytes;
    data->pattern = config->pattern;
    data->value = config->pattern_value;
    /* In whole words. */
    data->zero_bytes = (uint32_t)((uint64_t)config->lba_bytes * config->compress_percent / 100) & ~7u;
    data->dedup_percent = config->dedup_percent;
    bell_random_seed(data->random, config->seed);
    return 0;
}

static void random_fill(uint64_t random[4], uint8_t *memory, uint64_t bytes)
{
    uint64_t word;

    for (; bytes >= sizeof word; bytes -= sizeof word, memory += sizeof word) {
        word = bell_random_next(random);
        memcpy(memory, &word, sizeof word);
    }
    if (bytes != 0) {
        word = bell_random_next(random);
        memcpy(memory, &word, bytes);
    }
}

static void lba_fill(const struct bell_io_data *data, uint64_t random[4], uint8_t *lba)
{
    uint32_t bytes = data->lba_bytes - data->zero_bytes;

    random_fill(random, lba, bytes);
    memset(lba + bytes, 0, data->zero_bytes);
}

void bell_io_data_fill(struct bell_io_data *data, void *memory, uint64_t bytes)
{
    uint8_t *at = memory;

    switch (data->pattern) {
    case BELL_PATTERN_ONES:
        memset(memory, 0xff, bytes);
        break;
    case BELL_PATTERN_DWORD:
        for (; bytes >= sizeof data->value; bytes -= sizeof data->value, at += sizeof data->value)
            memcpy(at, &data->value, sizeof data->value);
        break;
    case BELL_PATTERN_RANDOM:
        for (; bytes >= data->lba_bytes; bytes -= data->lba_bytes, at += data->lba_bytes)
            lba_fill(data, data->random, at);
        break;
    default:
        memset(memory, 0, bytes);
    }
}

void bell_io_data_refresh(struct bell_io_data *data, void *memory, uint64_t bytes)
{
    uint8_t *at = memory;

    for (; bytes >= data->lba_bytes; bytes -= data->lba_bytes, at += data->lba_bytes) {
        data->dedup_due += data->dedup_percent;
        if (data->dedup_due >= 100) {
            uint64_t again[4];

            data->dedup_due -= 100;
            bell_random_seed(again, ~data->seed - bell_random_below(data->random, DUPLICATES));
            lba_fill(data, again, at);
        } else {
            lba_fill(data, data->random, at);
        }
    }
}
