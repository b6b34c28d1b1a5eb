/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The latency histogram of bell_worker_counters: log-linear, 128 buckets for each power of two. One thread records,
 * others read at any time.
 */
#ifndef BELL_IOWORKER_HISTOGRAM_H
#define BELL_IOWORKER_HISTOGRAM_H

#include <stdint.h>

#include "doorbell.h"
#include "support/atomics.h"

/* Values from here on are counted in the last bucket. */
#define BELL_HISTOGRAM_LIMIT (UINT64_C(1) << 44)

static inline uint32_t bell_histogram_bucket(uint64_t value)
{
    if (value < 1u << BELL_HISTOGRAM_SUB_BITS)
        return (uint32_t)value;
    if (BELL_UNLIKELY(value >= BELL_HISTOGRAM_LIMIT))
        return BELL_HISTOGRAM_BUCKETS - 1;
    uint32_t shift = 63 - (uint32_t)__builtin_clzll(value) - BELL_HISTOGRAM_SUB_BITS;
    return (shift << BELL_HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift);
}

static inline void bell_histogram_record(uint64_t *histogram, uint64_t value)
{
    uint64_t *bucket = &histogram[bell_histogram_bucket(value)];

    bell_poke(bucket, *bucket + 1);
}

/** bell_histogram_lowest - smallest value counted in the bucket. */
uint64_t bell_histogram_lowest(uint32_t bucket);

/** bell_histogram_percentile - upper end of the bucket that holds the percentile, 0..100; 0 for an empty histogram. */
uint64_t bell_histogram_percentile(const uint64_t *histogram, double percent);

#endif
