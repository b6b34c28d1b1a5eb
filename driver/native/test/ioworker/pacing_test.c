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

static void bytes_follow_the_same_schedule(void **state)
{
    const struct bell_pacing pacing = {.start_ns = 3 * SECOND, .byte_limit = 100000000};

    assert_true(bell_pacing_bytes(&(struct bell_pacing){.limit = 5}, SECOND) == UINT64_MAX);
    assert_int_equal(bell_pacing_bytes(&pacing, 2 * SECOND), 0);
    assert_int_equal(bell_pacing_bytes(&pacing, 3 * SECOND), 0);
    assert_true(bell_pacing_bytes(&pacing, 3 * SECOND + 3600 * SECOND) == UINT64_C(360000000000));
    assert_int_equal(bell_pacing_wait(&pacing, 0, 4096, 3 * SECOND), 40960);
    assert_int_equal(bell_pacing_wait(&pacing, 0, 4096, 3 * SECOND + 40960), 0);
}

/* Send what is due at every look of an uneven clock: the average is that of the limit to 0.1 %, whatever the sizes. */
static uint64_t sent_in(const struct bell_pacing *pacing, uint64_t end_ns, uint32_t stall_every, uint64_t *bytes)
{
    uint64_t now = pacing->start_ns, sent = 0, looks = 0;

    *bytes = 0;
    while (now < end_ns) {
        while (bell_pacing_pause(pacing, now) == 0 && sent < bell_pacing_due(pacing, now) &&
               *bytes <= bell_pacing_bytes(pacing, now)) {
            *bytes += 512 << sent % 6;
            sent++;
        }
        uint64_t wait = bell_pacing_wait(pacing, sent, *bytes, now);
        now += wait != 0 ? wait : 700;
        if (++looks % stall_every == 0)
            now += 3000000; /* the device or the machine was slow */
    }
    return sent;
}

static void averages_are_exact_in_spite_of_stalls(void **state)
{
    struct bell_pacing count = {.start_ns = 7, .limit = 12345};
    struct bell_pacing size = {.start_ns = 7, .byte_limit = 80000000};
    struct bell_pacing both = {.start_ns = 7, .limit = 2000, .byte_limit = 80000000};
    uint64_t bytes, sent;

    sent = sent_in(&count, 20 * SECOND, 200, &bytes);
    assert_in_range(sent, 12345 * 20 * 0.999, 12345 * 20 * 1.001);
    sent_in(&size, 20 * SECOND, 200, &bytes);
    assert_in_range(bytes, 80000000 * 20.0 * 0.999, 80000000 * 20.0 * 1.001);
    sent = sent_in(&both, 20 * SECOND, 200, &bytes);
    assert_in_range(sent, 2000 * 20 * 0.999, 2000 * 20 * 1.001);
}

static void nothing_is_sent_in_pauses_and_the_schedule_stands_still(void **state)
{
    const struct bell_pacing pacing = {
        .start_ns = SECOND, .limit = 1000, .burst_ns = SECOND / 10, .idle_ns = SECOND / 5};
    uint64_t bytes, sent;

    assert_int_equal(bell_pacing_pause(&pacing, SECOND), 0);
    assert_int_equal(bell_pacing_pause(&pacing, SECOND + SECOND / 10 - 1), 0);
    assert_int_equal(bell_pacing_pause(&pacing, SECOND + SECOND / 10), SECOND / 5);
    assert_int_equal(bell_pacing_pause(&pacing, SECOND + 3 * SECOND / 10 - 1), 1);
    assert_int_equal(bell_pacing_pause(&pacing, SECOND + 3 * SECOND / 10), 0);
    assert_int_equal(bell_pacing_due(&pacing, SECOND + SECOND / 5), 101);
    assert_int_equal(bell_pacing_due(&pacing, SECOND + 3 * SECOND / 10), 101);
    sent = sent_in(&pacing, SECOND + 30 * SECOND, 1000000, &bytes);
    assert_in_range(sent, 9990, 10010);
}

static void limits_rise_evenly(void **state)
{
    const struct bell_pacing pacing = {.limit = 1000, .ramp_ns = 10 * SECOND, .ramp_from = 200000};
    uint64_t before = 0;

    /* The area of a trapezium: from 200 to 1000 a second in ten seconds, then 1000. */
    assert_int_equal(bell_pacing_due(&pacing, 0), 1);
    assert_in_range(bell_pacing_due(&pacing, 10 * SECOND), 6000, 6001);
    assert_in_range(bell_pacing_due(&pacing, 5 * SECOND), 2000, 2001);
    assert_in_range(bell_pacing_due(&pacing, 20 * SECOND), 16000, 16001);
    for (uint64_t now = 0; now < 12 * SECOND; now += SECOND / 7) {
        uint64_t due = bell_pacing_due(&pacing, now);
        uint64_t wait = bell_pacing_wait(&pacing, due, 0, now);

        assert_true(due >= before);
        assert_true(wait == 0 || bell_pacing_due(&pacing, now + wait - 1) <= due); /* never too long a sleep */
        before = due;
    }
}

static void traces_keep_their_times_or_stretch_them(void **state)
{
    assert_int_equal(bell_trace_time(5 * SECOND, 1000000), 5 * SECOND);
    assert_int_equal(bell_trace_time(5 * SECOND, 2000000), 5 * SECOND / 2);
    assert_true(bell_trace_time(5 * SECOND, 100) == 50000 * SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_limit_everything_is_due),
        cmocka_unit_test(the_first_is_due_at_the_start_and_the_rest_at_even_steps),
        cmocka_unit_test(the_average_is_exact),
        cmocka_unit_test(time_and_count_agree),
        cmocka_unit_test(bytes_follow_the_same_schedule),
        cmocka_unit_test(averages_are_exact_in_spite_of_stalls),
        cmocka_unit_test(nothing_is_sent_in_pauses_and_the_schedule_stands_still),
        cmocka_unit_test(limits_rise_evenly),
        cmocka_unit_test(traces_keep_their_times_or_stretch_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
