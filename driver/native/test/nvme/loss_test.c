/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that a reset, a disable or a removal takes away: every one ends, and ends once. */
#include <errno.h>

#include "bench.h"

static void test_reset_ends_every_command_once(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_qpair *admin = bell_controller_admin(bench.device);
    bell_completion ends[DEPTH];
    bell_command command = read_command(0);
    for (uint64_t tag = 0; tag < 3; tag++) {
        command.tag = tag;
        submit(bench.qpair, &command);
    }
    fake_run(bench.fake);
    fake_complete(bench.fake, 0, 0, 0); /* has really ended before the reset */
    bench.fake->hold_admin = true;
    bell_command identify = {.tag = 77};
    identify.sqe[0] = NVME_ADMIN_IDENTIFY;
    submit(admin, &identify);
    assert_int_equal(bell_pci_reset(bench.device, BELL_RESET_FLR), 0);

    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -ENODEV);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, DEPTH), 3);
    assert_int_equal(ends[0].flags, 0);
    assert_int_equal(ends[1].flags, BELL_CQ_LOST);
    assert_int_equal(ends[1].tag, 1);
    assert_int_equal(ends[2].flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, DEPTH), 0);
    assert_int_equal(outstanding(bench.qpair), 0);
    assert_int_equal(log_entry(bench.qpair, 2).flags, BELL_LOG_DONE | BELL_CQ_LOST);

    /* The admin queue's handle lives on, and its lost command is still owed after the next enable. */
    bench.fake->hold_admin = false;
    const bell_controller_config config = {.admin_depth = 16, .aer_count = UINT32_MAX};
    assert_int_equal(bell_controller_enable(bench.device, &config), 0);
    assert_ptr_equal(bell_controller_admin(bench.device), admin);
    assert_int_equal(bell_qpair_poll(admin, ends, DEPTH), 1);
    assert_int_equal(ends[0].tag, 77);
    assert_int_equal(ends[0].flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_poll(admin, ends, DEPTH), 0);

    /* Dead handles stay readable, hold no id, and close without commands. */
    bell_qpair_info info;
    bell_qpair *successor = fake_qpair(bench.device, DEPTH);
    assert_int_equal(bell_qpair_get_info(successor, &info), 0);
    assert_int_equal(info.qid, 1);
    assert_int_equal(info.alive, 1);
    assert_int_equal(bell_qpair_get_info(bench.qpair, &info), 0);
    assert_int_equal(info.alive, 0);
    assert_int_equal(bell_qpair_close(bench.qpair), 0);
    bench.qpair = successor;
    assert_int_equal(bell_qpair_create(bench.device, &(bell_qpair_config){.depth = 2, .qid = 1}, &successor), -ENOSPC);
    bench_close(&bench);
}

static void test_disable_by_register_loses_commands_too(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    submit(bench.qpair, &command);
    assert_int_equal(bell_register_write(bench.device, NVME_REG_CC, 4, 0), 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_close(bench.qpair), 0);
    assert_int_equal(bell_device_close(bench.device), 0);
}

static void test_controller_disabled_by_other_hands_loses_what_times_out(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion ends[2];
    bell_command command = read_command(0);
    submit(bench.qpair, &command);
    command.timeout_ms = 1;
    submit(bench.qpair, &command);
    bench.fake->cc = 0;
    sleep_ms(3);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 2), 2);
    assert_int_equal(ends[0].flags, BELL_CQ_LOST);
    assert_int_equal(ends[1].flags, BELL_CQ_LOST);
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -ENODEV);
    bench_close(&bench);
}

static void test_config_write_that_resets_loses_commands(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    submit(bench.qpair, &command);
    assert_int_equal(bell_pci_config_write(bench.device, 0x3c, 1, 7), 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 0);
    bench.fake->cc = 0; /* as after a function level reset */
    assert_int_equal(bell_pci_config_write(bench.device, 0x48, 2, 0x8000), 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    bench_close(&bench);
}

static void test_removed_device_loses_what_times_out(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion ends[2];
    bell_command command = read_command(0);
    submit(bench.qpair, &command);
    command.timeout_ms = 1;
    submit(bench.qpair, &command);
    bench.fake->gone = true;
    sleep_ms(3);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 2), 2);
    assert_int_equal(ends[0].flags, BELL_CQ_LOST);
    assert_int_equal(ends[1].flags, BELL_CQ_LOST);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset_ends_every_command_once),
        cmocka_unit_test(test_disable_by_register_loses_commands_too),
        cmocka_unit_test(test_controller_disabled_by_other_hands_loses_what_times_out),
        cmocka_unit_test(test_config_write_that_resets_loses_commands),
        cmocka_unit_test(test_removed_device_loses_what_times_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
