/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker notes: rings that lap, the slowest commands, intervals of a fake clock, and readers beside a writer. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ioworker/histogram.h"
#include "ioworker/interval.h"
#include "ioworker/notes.h"
#include "ioworker/random.h"

static void a_ring_keeps_the_last_and_numbers_go_on(void **state)
{
    bell_worker_interval out[64];
    struct bell_notes notes;
    uint64_t next;

    assert_int_equal(bell_notes_init(&notes, 0, 0), 0);
    for (uint64_t i = 0; i < BELL_NOTES_INTERVALS + 100; i++) {
        const bell_worker_interval interval = {.number = i, .reads = 3 * i};

        bell_notes_add(&notes.intervals, &interval);
    }
    assert_int_equal(bell_notes_copy(&notes.intervals, 0, out, 64, &next), 64);
    assert_int_equal(out[0].number, 100);
    assert_int_equal(out[63].reads, 3 * 163);
    assert_int_equal(next, 164);
    assert_int_equal(bell_notes_copy(&notes.intervals, BELL_NOTES_INTERVALS + 90, out, 64, &next), 10);
    assert_int_equal(next, BELL_NOTES_INTERVALS + 100);
    assert_int_equal(bell_notes_copy(&notes.intervals, next, out, 64, &next), 0);
    bell_notes_free(&notes);
}

static void the_slowest_are_kept_whatever_the_order(void **state)
{
    bell_worker_command out[16];
    uint64_t source[4] = {3, 1, 4, 1};
    struct bell_notes notes;
    uint64_t least = 0;
    uint64_t latencies[1000];

    assert_int_equal(bell_notes_init(&notes, 10, 0), 0);
    for (int i = 0; i < 1000; i++) {
        bell_worker_command command = {.submitted_ns = 1000, .sequence = (uint64_t)i};

        latencies[i] = 1 + bell_random_below(source, 100000);
        command.completed_ns = 1000 + latencies[i];
        if (latencies[i] >= least)
            least = bell_notes_slow(&notes, &command);
    }
    assert_int_equal(bell_notes_slowest(&notes, out, 16), 10);
    for (int i = 0; i < 10; i++) {
        uint64_t latency = out[i].completed_ns - out[i].submitted_ns;
        int slower = 0;

        assert_int_equal(latency, latencies[out[i].sequence]);
        for (int j = 0; j < 1000; j++)
            slower += latencies[j] > latency;
        assert_true(slower <= i);
    }
    assert_int_equal(bell_notes_slowest(&notes, out, 3), 3);
    bell_notes_free(&notes);
}

/* A worker's parts without a worker: one read operation. */
struct fake {
    struct bell_operations operations;
    struct bell_intervals intervals;
    struct bell_notes notes;
    bell_worker_counters *totals;
};

static void fake_open(struct fake *fake, uint64_t length)
{
    const bell_workload_config config = {.op_count = 2, .op_opcode = {2, 8}};

    fake->totals = calloc(1, sizeof *fake->totals);
    assert_non_null(fake->totals);
    assert_int_equal(bell_operations_init(&fake->operations, &config, fake->totals), 0);
    assert_int_equal(bell_intervals_init(&fake->intervals, length), 0);
    assert_int_equal(bell_notes_init(&fake->notes, 0, 0), 0);
    bell_intervals_start(&fake->intervals, 1000);
}

static void fake_close(struct fake *fake)
{
    bell_operations_free(&fake->operations);
    bell_intervals_free(&fake->intervals);
    bell_notes_free(&fake->notes);
    free(fake->totals);
}

/* A command ends, as the worker counts it. */
static void ends(struct fake *fake, uint32_t op, uint64_t now, uint64_t latency)
{
    struct bell_operation *operation = &fake->operations.each[op];

    if (now >= fake->intervals.end_ns)
        bell_intervals_roll(&fake->intervals, &fake->operations, &fake->notes.intervals, now);
    operation->counters->completed++;
    operation->counters->bytes += 4096;
    operation->counters->latency_sum_ns += latency;
    if (latency < operation->counters->latency_min_ns)
        operation->counters->latency_min_ns = latency;
    if (latency > operation->counters->latency_max_ns)
        operation->counters->latency_max_ns = latency;
    bell_histogram_record(operation->histogram, latency);
}

static void intervals_hold_what_ended_in_them_and_nothing_else(void **state)
{
    bell_worker_interval out[8];
    struct fake fake;
    uint64_t next;

    fake_open(&fake, 100);
    for (uint64_t i = 0; i < 10; i++)
        ends(&fake, 0, 1000 + i, 50);
    ends(&fake, 0, 1099, 100);
    ends(&fake, 0, 1100, 7); /* the next interval's */
    ends(&fake, 1, 1450, 9);
    bell_intervals_finish(&fake.intervals, &fake.operations, &fake.notes.intervals, 1470);
    assert_int_equal(bell_notes_copy(&fake.notes.intervals, 0, out, 8, &next), 5);
    assert_int_equal(out[0].start_ns, 1000);
    assert_int_equal(out[0].end_ns, 1100);
    assert_int_equal(out[0].reads, 11);
    assert_int_equal(out[0].read_bytes, 11 * 4096);
    assert_int_equal(out[0].latency_sum_ns, 600);
    assert_int_equal(out[0].latency_min_ns, 50);
    assert_int_equal(out[0].p50_ns, 50);
    assert_int_equal(out[0].p99_ns, 100);
    assert_int_equal(out[0].latency_max_ns, 100);
    assert_int_equal(out[1].reads, 1);
    assert_int_equal(out[1].latency_max_ns, 7);
    assert_int_equal(out[2].reads + out[2].others, 0);
    assert_int_equal(out[2].latency_max_ns, 0);
    assert_int_equal(out[3].number, 3);
    assert_int_equal(out[4].others, 1);
    assert_int_equal(out[4].reads, 0);
    assert_int_equal(out[4].p9999_ns, 9);
    assert_int_equal(out[4].start_ns, 1400);
    assert_int_equal(out[4].end_ns, 1470);
    fake_close(&fake);
}

static void intervals_add_up_to_the_totals(void **state)
{
    bell_worker_interval out[BELL_NOTES_INTERVALS];
    uint64_t source[4] = {2, 7, 1, 8}, now = 1000, sum = 0, reads = 0, next;
    struct fake fake;
    uint32_t count;

    fake_open(&fake, 1000);
    for (int i = 0; i < 20000; i++) {
        now += bell_random_below(source, 300);
        ends(&fake, 0, now, bell_random_below(source, 100000));
    }
    bell_intervals_finish(&fake.intervals, &fake.operations, &fake.notes.intervals, now + 1);
    count = bell_notes_copy(&fake.notes.intervals, 0, out, BELL_NOTES_INTERVALS, &next);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(out[i].number, i);
        assert_int_equal(out[i].start_ns, i == 0 ? 1000 : out[i - 1].end_ns);
        reads += out[i].reads;
        sum += out[i].latency_sum_ns;
    }
    assert_int_equal(reads, 20000);
    assert_int_equal(sum, fake.operations.counters[0].latency_sum_ns);
    fake_close(&fake);
}

static void a_long_sleep_does_not_take_long_to_note(void **state)
{
    bell_worker_interval out[2];
    struct fake fake;
    uint64_t next;

    fake_open(&fake, 100);
    ends(&fake, 0, 1001, 5);
    ends(&fake, 0, UINT64_C(1) << 60, 6);
    bell_intervals_finish(&fake.intervals, &fake.operations, &fake.notes.intervals, (UINT64_C(1) << 60) + 1);
    assert_int_equal(bell_notes_copy(&fake.notes.intervals, fake.notes.intervals.next - 1, out, 2, &next), 1);
    assert_int_equal(out[0].reads, 1);
    assert_int_equal(out[0].number, ((UINT64_C(1) << 60) - 1000) / 100);
    fake_close(&fake);
}

enum { WRITES = 60000 };

static void *write_all(void *context)
{
    struct bell_notes *notes = context;
    uint64_t least = 0;

    for (uint64_t i = 0; i < WRITES; i++) {
        const bell_worker_interval interval = {.number = i, .start_ns = i, .end_ns = i, .latency_max_ns = i};
        bell_worker_command command = {.sequence = i, .submitted_ns = i, .completed_ns = 2 * i};

        bell_notes_add(&notes->intervals, &interval);
        bell_notes_last(&notes->last, i, i, i & 0xffff);
        if (i >= least)
            least = bell_notes_slow(notes, &command);
    }
    return NULL;
}

static void readers_never_see_a_torn_record(void **state)
{
    static bell_worker_interval intervals[512];
    static bell_worker_io last[512];
    bell_worker_command slowest[32];
    struct bell_notes notes;
    uint64_t next = 0, from = 0;
    pthread_t writer;

    assert_int_equal(bell_notes_init(&notes, 32, 700), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all, &notes), 0);
    while (next < WRITES) {
        uint32_t count = bell_notes_copy(&notes.intervals, from, intervals, 512, &next);

        for (uint32_t i = 0; i < count; i++) {
            assert_true(intervals[i].number >= from && intervals[i].number < next);
            assert_int_equal(intervals[i].start_ns, intervals[i].number);
            assert_int_equal(intervals[i].latency_max_ns, intervals[i].number);
        }
        from = next;
        count = bell_notes_slowest(&notes, slowest, 32);
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(slowest[i].completed_ns, 2 * slowest[i].sequence);
        uint64_t after;
        uint64_t end = __atomic_load_n(&notes.last.next, __ATOMIC_ACQUIRE);
        count = bell_notes_copy(&notes.last, end > 512 ? end - 512 : 0, last, 512, &after);
        for (uint32_t i = 0; i < count; i++)
            assert_int_equal(last[i].lba, last[i].completed_ns);
    }
    pthread_join(writer, NULL);
    bell_notes_free(&notes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_keeps_the_last_and_numbers_go_on),
        cmocka_unit_test(the_slowest_are_kept_whatever_the_order),
        cmocka_unit_test(intervals_hold_what_ended_in_them_and_nothing_else),
        cmocka_unit_test(intervals_add_up_to_the_totals),
        cmocka_unit_test(a_long_sleep_does_not_take_long_to_note),
        cmocka_unit_test(readers_never_see_a_torn_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
