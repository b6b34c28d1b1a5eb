/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ioworker/histogram.h"

/* The formula of doorbell.h, spelled out. */
static uint32_t bucket_by_the_book(uint64_t value)
{
    uint32_t log = 0;

    if (value < 128)
        return (uint32_t)value;
    if (value >= UINT64_C(1) << 44)
        return BELL_HISTOGRAM_BUCKETS - 1;
    while (value >> (log + 1) != 0)
        log++;
    return (log - 7 + 1) * 128 + (uint32_t)(value >> (log - 7)) - 128;
}

static void every_boundary_is_where_the_header_says(void **state)
{
    for (uint32_t bucket = 0; bucket < BELL_HISTOGRAM_BUCKETS; bucket++) {
        uint64_t lowest = bell_histogram_lowest(bucket);

        assert_int_equal(bell_histogram_bucket(lowest), bucket);
        assert_int_equal(bucket_by_the_book(lowest), bucket);
        if (bucket > 0) {
            assert_int_equal(bell_histogram_bucket(lowest - 1), bucket - 1);
            assert_int_equal(bucket_by_the_book(lowest - 1), bucket - 1);
        }
    }
    assert_true(bell_histogram_lowest(BELL_HISTOGRAM_BUCKETS) == UINT64_C(1) << 44);
}

static void buckets_are_narrower_than_one_percent(void **state)
{
    for (uint32_t bucket = 128; bucket < BELL_HISTOGRAM_BUCKETS; bucket++) {
        uint64_t lowest = bell_histogram_lowest(bucket);
        uint64_t highest = bell_histogram_lowest(bucket + 1) - 1;

        assert_true((highest - lowest) * 100 < lowest);
    }
}

static void what_is_too_large_is_counted_in_the_last_bucket(void **state)
{
    assert_int_equal(bell_histogram_bucket(UINT64_C(1) << 44), BELL_HISTOGRAM_BUCKETS - 1);
    assert_int_equal(bell_histogram_bucket(UINT64_MAX), BELL_HISTOGRAM_BUCKETS - 1);
}

static void percentiles_fall_into_the_right_bucket(void **state)
{
    static uint64_t histogram[BELL_HISTOGRAM_BUCKETS];

    assert_int_equal(bell_histogram_percentile(histogram, 50), 0);
    for (uint64_t value = 1; value <= 100; value++)
        bell_histogram_record(histogram, value);
    assert_int_equal(bell_histogram_percentile(histogram, 0), 1);
    assert_int_equal(bell_histogram_percentile(histogram, 50), 50);
    assert_int_equal(bell_histogram_percentile(histogram, 99), 99);
    assert_int_equal(bell_histogram_percentile(histogram, 99.5), 100);
    assert_int_equal(bell_histogram_percentile(histogram, 100), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_boundary_is_where_the_header_says),
        cmocka_unit_test(buckets_are_narrower_than_one_percent),
        cmocka_unit_test(what_is_too_large_is_counted_in_the_last_bucket),
        cmocka_unit_test(percentiles_fall_into_the_right_bucket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
