/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/histogram.h"

#include <assert.h>
#include <math.h>

static_assert((BELL_HISTOGRAM_BUCKETS >> BELL_HISTOGRAM_SUB_BITS) + BELL_HISTOGRAM_SUB_BITS - 1 == 44,
              "the buckets end where values are capped");

uint64_t bell_histogram_lowest(uint32_t bucket)
{
    const uint32_t row_length = 1u << BELL_HISTOGRAM_SUB_BITS;
    uint32_t row = bucket / row_length;

    return row == 0 ? bucket : (uint64_t)(row_length + bucket % row_length) << (row - 1);
}

uint64_t bell_histogram_percentile(const uint64_t *histogram, double percent)
{
    uint64_t total = 0;
    uint64_t seen = 0;
    uint64_t wanted;

    for (uint32_t i = 0; i < BELL_HISTOGRAM_BUCKETS; i++)
        total += bell_peek(&histogram[i]);
    if (total == 0)
        return 0;
    wanted = (uint64_t)ceil((double)total * percent / 100);
    if (wanted == 0)
        wanted = 1;
    for (uint32_t i = 0; i < BELL_HISTOGRAM_BUCKETS; i++) {
        seen += bell_peek(&histogram[i]);
        if (seen >= wanted)
            return bell_histogram_lowest(i + 1) - 1;
    }
    return BELL_HISTOGRAM_LIMIT;
}
