/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that the device does not complete in time. */
#include <errno.h>

#include "bench.h"

static void test_time_out_is_reported_once_and_the_late_completion_dropped(void **state)
{
    struct bench bench = bench_open(3);
    bell_completion ends[4];
    bell_command command = read_command(42);
    command.timeout_ms = 1;
    uint16_t cid = submit(bench.qpair, &command);
    fake_run(bench.fake);
    sleep_ms(3);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 4), 1);
    assert_int_equal(ends[0].flags, BELL_CQ_TIMEOUT);
    assert_int_equal(ends[0].tag, 42);
    assert_int_equal(ends[0].cid, cid);
    for (int i = 0; i < 16; i++)
        assert_int_equal(ends[0].cqe[i], 0xff);
    assert_true(ends[0].completed_ns - ends[0].submitted_ns >= 1000000);
    assert_int_equal(log_entry(bench.qpair, 0).flags, BELL_LOG_DONE | BELL_CQ_TIMEOUT);
    assert_int_equal(outstanding(bench.qpair), 0);

    /* The slot stays busy: of two, one is left. */
    command.timeout_ms = 0;
    assert_int_not_equal(submit(bench.qpair, &command), cid);
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -EAGAIN);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 4), 0);

    fake_complete(bench.fake, 0, NVME_SC_ABORT_REQUESTED, 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 4), 0);
    bell_cmdlog_entry entry = log_entry(bench.qpair, 0);
    assert_int_equal(entry.flags, BELL_LOG_DONE | BELL_LOG_LATE | BELL_CQ_TIMEOUT);
    assert_int_equal((entry.cqe[14] | entry.cqe[15] << 8) >> 1, NVME_SC_ABORT_REQUESTED);
    assert_int_equal(submit(bench.qpair, &command), cid);
    bench_close(&bench);
}

static void test_time_outs_come_in_order_of_submission(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion ends[DEPTH];
    bell_command command = read_command(0);
    /* Move the free slots round, so that slot numbers and order differ. */
    bench.fake->complete_io = true;
    for (int i = 0; i < 4; i++) {
        submit(bench.qpair, &command);
        assert_int_equal(bell_qpair_wait(bench.qpair, ends, 1, 1000000), 1);
    }
    bench.fake->complete_io = false;
    command.timeout_ms = 1;
    for (uint64_t tag = 0; tag < DEPTH - 1; tag++) {
        command.tag = tag;
        submit(bench.qpair, &command);
    }
    fake_run(bench.fake);
    sleep_ms(3);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 2), 2);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends + 2, DEPTH), DEPTH - 3);
    for (uint64_t tag = 0; tag < DEPTH - 1; tag++)
        assert_int_equal(ends[tag].tag, tag);
    bench_close(&bench);
}

static void test_completion_that_waits_to_be_polled_is_no_time_out(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    command.timeout_ms = 1;
    submit(bench.qpair, &command);
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    fake_complete(bench.fake, 0, 0, 0);
    fake_complete(bench.fake, 0, 0, 0);
    sleep_ms(3);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
        assert_int_equal(end.flags, 0);
    }
    bench_close(&bench);
}

static void test_controller_time_out_applies_to_new_commands(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    assert_int_equal(bell_controller_set_timeout(bench.device, 1), 0);
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    assert_int_equal(bell_qpair_wait(bench.qpair, &end, 1, 10000000), 1);
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);
    bell_controller_set_timeout(bench.device, 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_out_is_reported_once_and_the_late_completion_dropped),
        cmocka_unit_test(test_time_outs_come_in_order_of_submission),
        cmocka_unit_test(test_completion_that_waits_to_be_polled_is_no_time_out),
        cmocka_unit_test(test_controller_time_out_applies_to_new_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
