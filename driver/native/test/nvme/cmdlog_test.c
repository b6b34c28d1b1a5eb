/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nvme/cmdlog.h"

static bell_cmdlog_entry entries[BELL_CMDLOG_ENTRIES];

/* Command n has n in every word, so that a mixture of two commands shows. */
static void command_log(struct bell_cmdlog *log, uint64_t n)
{
    const uint64_t sqe[8] = {n, n, n, n, n, n, n, n};
    bell_cmdlog_submitted(log, n, sqe, n);
}

static void end_log(struct bell_cmdlog *log, uint64_t n)
{
    const uint64_t cqe[2] = {n, n};
    bell_cmdlog_ended(log, n, cqe, n + 1, 0);
}

static void test_outstanding_command_shows_without_its_end(void **state)
{
    struct bell_cmdlog log;
    uint64_t next;
    assert_int_equal(bell_cmdlog_init(&log, 3), 0);
    assert_int_equal(bell_cmdlog_copy(&log, 0, entries, 10, &next), 0);
    assert_int_equal(next, 0);

    command_log(&log, 0);
    assert_int_equal(bell_cmdlog_copy(&log, 0, entries, 10, &next), 1);
    assert_int_equal(next, 1);
    assert_int_equal(entries[0].flags, 0);
    assert_int_equal(entries[0].completed_ns, 0);
    assert_int_equal(entries[0].qid, 3);

    end_log(&log, 0);
    assert_int_equal(bell_cmdlog_copy(&log, 0, entries, 10, &next), 1);
    assert_int_equal(entries[0].flags, BELL_LOG_DONE);
    assert_int_equal(entries[0].completed_ns, 1);
    bell_cmdlog_free(&log);
}

static void test_overwritten_entries_are_skipped(void **state)
{
    struct bell_cmdlog log;
    uint64_t next;
    assert_int_equal(bell_cmdlog_init(&log, 1), 0);
    for (uint64_t n = 0; n < BELL_CMDLOG_ENTRIES + 100; n++)
        command_log(&log, n);
    assert_int_equal(bell_cmdlog_copy(&log, 7, entries, 2, &next), 2);
    assert_int_equal(entries[0].sequence, 100);
    assert_int_equal(entries[1].sequence, 101);
    assert_int_equal(next, 102);
    assert_int_equal(bell_cmdlog_copy(&log, 0, entries, BELL_CMDLOG_ENTRIES, &next), BELL_CMDLOG_ENTRIES);
    assert_int_equal(next, BELL_CMDLOG_ENTRIES + 100);
    bell_cmdlog_free(&log);
}

static void test_end_of_a_forgotten_command_spoils_no_other(void **state)
{
    struct bell_cmdlog log;
    uint64_t next;
    assert_int_equal(bell_cmdlog_init(&log, 1), 0);
    for (uint64_t n = 0; n <= BELL_CMDLOG_ENTRIES; n++)
        command_log(&log, n);
    end_log(&log, 0);
    assert_int_equal(bell_cmdlog_copy(&log, BELL_CMDLOG_ENTRIES, entries, 1, &next), 1);
    assert_int_equal(entries[0].sequence, BELL_CMDLOG_ENTRIES);
    assert_int_equal(entries[0].flags, 0);
    bell_cmdlog_free(&log);
}

static void test_asking_beyond_the_end_gives_nothing(void **state)
{
    struct bell_cmdlog log;
    uint64_t next;
    assert_int_equal(bell_cmdlog_init(&log, 1), 0);
    command_log(&log, 0);
    assert_int_equal(bell_cmdlog_copy(&log, 50, entries, 10, &next), 0);
    assert_int_equal(next, 1);
    bell_cmdlog_free(&log);
}

struct race {
    struct bell_cmdlog log;
    uint32_t stop;
};

static void *write_all_the_time(void *argument)
{
    struct race *race = argument;
    for (uint64_t n = 0; !bell_peek(&race->stop); n++) {
        command_log(&race->log, n);
        if (n >= 5)
            end_log(&race->log, n - 5);
        if (n % 5000 == 0)
            sched_yield();
    }
    return NULL;
}

static void test_reader_never_sees_a_mixture(void **state)
{
    struct race race = {.stop = 0};
    pthread_t writer;
    uint64_t next = 0, seen = 0;
    assert_int_equal(bell_cmdlog_init(&race.log, 1), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_all_the_time, &race), 0);
    while (seen < 300000) {
        uint64_t from = next;
        int count = bell_cmdlog_copy(&race.log, from, entries, BELL_CMDLOG_ENTRIES, &next);
        for (int i = 0; i < count; i++) {
            const bell_cmdlog_entry *entry = &entries[i];
            uint64_t words[8], cqe[2];
            memcpy(words, entry->sqe, sizeof words);
            memcpy(cqe, entry->cqe, sizeof cqe);
            for (int w = 0; w < 8; w++)
                assert_int_equal(words[w], entry->sequence);
            assert_true(entry->sequence >= from);
            assert_int_equal(entry->submitted_ns, entry->sequence);
            bool done = entry->flags & BELL_LOG_DONE;
            assert_int_equal(cqe[0], done ? entry->sequence : 0);
            assert_int_equal(cqe[1], done ? entry->sequence : 0);
            assert_int_equal(entry->completed_ns, done ? entry->sequence + 1 : 0);
        }
        seen += (uint64_t)count;
    }
    bell_poke(&race.stop, UINT32_C(1));
    pthread_join(writer, NULL);
    bell_cmdlog_free(&race.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outstanding_command_shows_without_its_end),
        cmocka_unit_test(test_overwritten_entries_are_skipped),
        cmocka_unit_test(test_end_of_a_forgotten_command_spoils_no_other),
        cmocka_unit_test(test_asking_beyond_the_end_gives_nothing),
        cmocka_unit_test(test_reader_never_sees_a_mixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
