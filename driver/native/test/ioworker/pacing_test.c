/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ioworker/pacing.h"

#define SECOND UINT64_C(1000000000)

static void without_a_limit_everything_is_due(void **state)
{
    const struct bell_pacing pacing = {.start_ns = 5 * SECOND};

    assert_true(bell_pacing_due(&pacing, 0) == UINT64_MAX);
    assert_true(bell_pacing_time(&pacing, 1000) == 5 * SECOND);
}

static void the_first_is_due_at_the_start_and_the_rest_at_even_steps(void **state)
{
    const struct bell_pacing pacing = {.start_ns = 5 * SECOND, .limit = 1000};

    assert_int_equal(bell_pacing_due(&pacing, 5 * SECOND - 1), 0);
    assert_int_equal(bell_pacing_due(&pacing, 5 * SECOND), 1);
    assert_int_equal(bell_pacing_due(&pacing, 5 * SECOND + 999999), 1);
    assert_int_equal(bell_pacing_due(&pacing, 5 * SECOND + 1000000), 2);
    assert_int_equal(bell_pacing_due(&pacing, 6 * SECOND), 1001);
}

/* A limit that does not divide a second must not drift: after an hour exactly an hour's worth is due. */
static void the_average_is_exact(void **state)
{
    static const uint64_t limits[] = {1, 3, 7, 999, 333333, 1000003, 999999999};

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct bell_pacing pacing = {.start_ns = 17, .limit = limits[i]};

        assert_true(bell_pacing_due(&pacing, 17 + 3600 * SECOND) == limits[i] * 3600 + 1);
        assert_true(bell_pacing_due(&pacing, 17 + 1000000 * SECOND) == limits[i] * 1000000 + 1);
    }
}

/* bell_pacing_time is the first nanosecond at which bell_pacing_due reaches the number: waiting until then neither
 * finds nothing to do nor comes late. */
static void time_and_count_agree(void **state)
{
    static const uint64_t limits[] = {1, 3, 7, 60, 999, 333333, 1000003, 999999999};

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const struct bell_pacing pacing = {.start_ns = 12345, .limit = limits[i]};

        for (uint64_t number = 1; number / limits[i] < SECOND; number = number * 3 + 1) {
            uint64_t time = bell_pacing_time(&pacing, number);

            assert_true(bell_pacing_due(&pacing, time) >= number + 1);
            assert_true(bell_pacing_due(&pacing, time - 1) <= number);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_everything_is_due),
        cmocka_unit_test(the_first_is_due_at_the_start_and_the_rest_at_even_steps),
        cmocka_unit_test(the_average_is_exact),
        cmocka_unit_test(time_and_count_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
