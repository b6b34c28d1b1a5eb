/* SPDX-License-Identifier: Apache-2.0 */
/* What writes carry. */
#ifndef BELL_IOWORKER_DATA_H
#define BELL_IOWORKER_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

struct bell_io_data {
    uint64_t random[4]; /* its own, so that the data does not move the stream of I/Os */
    uint64_t seed;
    uint32_t lba_bytes;
    uint32_t pattern; /* BELL_PATTERN_... */
    uint32_t value;
    uint32_t zero_bytes; /* at the end of each LBA of random data */
    uint32_t dedup_percent;
    uint32_t dedup_due; /* hundredths of an LBA that the repeating ones are behind */
};

/** bell_io_data_init - -EINVAL names the parameter that makes no sense. */
int bell_io_data_init(struct bell_io_data *data, const bell_workload_config *config);

/** bell_io_data_fill - the data that a buffer starts with. */
void bell_io_data_fill(struct bell_io_data *data, void *memory, uint64_t bytes);

/** bell_io_data_refresh - random data for whole LBAs that is new, but for the share that repeats. */
void bell_io_data_refresh(struct bell_io_data *data, void *memory, uint64_t bytes);

#endif
