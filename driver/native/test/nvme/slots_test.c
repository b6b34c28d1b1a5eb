/* SPDX-License-Identifier: Apache-2.0 */
/* Command slots over a device that completes what and when the test says: every command ends, and ends once. */
#include <errno.h>
#include <time.h>

#include "fake_function.h"

enum { DEPTH = 8 };

struct bench {
    struct fake *fake;
    bell_device *device;
    bell_qpair *qpair;
};

static struct bench bench_open(uint32_t depth)
{
    struct bench bench;
    bench.device = fake_open_enabled(&bench.fake);
    bench.qpair = fake_qpair(bench.device, depth);
    return bench;
}

static void bench_close(struct bench *bench)
{
    assert_int_equal(bell_qpair_close(bench->qpair), 0);
    assert_int_equal(bell_device_close(bench->device), 0);
}

static bell_command read_command(uint64_t tag)
{
    bell_command command = {.tag = tag};
    command.sqe[0] = NVME_NVM_READ;
    return command;
}

static uint16_t submit(bell_qpair *qpair, const bell_command *command)
{
    uint16_t cid = 0;
    int rc = bell_qpair_submit(qpair, command, &cid);
    if (rc != 0)
        fail_msg("not submitted: %s", bell_last_error());
    return cid;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static uint16_t status_of(const bell_completion *completion)
{
    return (uint16_t)(completion->cqe[14] | completion->cqe[15] << 8) >> 1;
}

static uint32_t outstanding(bell_qpair *qpair)
{
    bell_qpair_info info;
    assert_int_equal(bell_qpair_get_info(qpair, &info), 0);
    return info.outstanding;
}

static bell_cmdlog_entry log_entry(bell_qpair *qpair, uint64_t sequence)
{
    bell_cmdlog_entry entry;
    uint64_t next;
    assert_int_equal(bell_cmdlog_read(qpair, sequence, &entry, 1, &next), 1);
    assert_int_equal(entry.sequence, sequence);
    return entry;
}

static void test_completion_brings_back_tag_and_all_sixteen_bytes(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0x1122334455667788);
    uint16_t cid = submit(bench.qpair, &command);
    assert_int_equal(outstanding(bench.qpair), 1);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 0);

    fake_run(bench.fake);
    fake_complete(bench.fake, 0, NVME_SC_INVALID_FIELD, 0xcafe);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    assert_int_equal(end.tag, 0x1122334455667788);
    assert_int_equal(end.cid, cid);
    assert_int_equal(end.qid, 1);
    assert_int_equal(end.flags, 0);
    assert_int_equal(status_of(&end), NVME_SC_INVALID_FIELD);
    assert_int_equal(end.cqe[0] | end.cqe[1] << 8, 0xcafe);
    assert_true(end.completed_ns >= end.submitted_ns);
    assert_int_equal(outstanding(bench.qpair), 0);
    bench_close(&bench);
}

static void test_depth_minus_one_commands_fit(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_command command = read_command(0);
    uint32_t cids = 0;
    for (int i = 0; i < DEPTH - 1; i++)
        cids |= 1u << submit(bench.qpair, &command);
    assert_int_equal(cids, (1u << (DEPTH - 1)) - 1);
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -EAGAIN);

    bell_completion end;
    fake_run(bench.fake);
    fake_complete(bench.fake, 3, 0, 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    assert_int_equal(submit(bench.qpair, &command), end.cid);
    bench_close(&bench);
}

static void test_queue_goes_round_many_times(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion ends[DEPTH];
    uint64_t sent = 0, ended = 0;
    bench.fake->complete_io = true;
    while (ended < 200000) {
        bell_command command = read_command(sent);
        for (uint64_t burst = 1 + sent % (DEPTH - 1); burst > 0; burst--) {
            command.tag = sent;
            if (bell_qpair_submit(bench.qpair, &command, NULL) == 0)
                sent++;
        }
        fake_run(bench.fake);
        int count = bell_qpair_poll(bench.qpair, ends, DEPTH);
        for (int i = 0; i < count; i++)
            assert_int_equal(ends[i].tag, ended++);
    }
    assert_int_equal(sent, ended);
    bench_close(&bench);
}

static void test_held_doorbell_rings_with_the_next_command(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_command command = read_command(0);
    command.flags = BELL_CMD_HOLD_DOORBELL;
    submit(bench.qpair, &command);
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held_count, 0);
    command.flags = 0;
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held_count, 3);
    command.flags = BELL_CMD_HOLD_DOORBELL;
    submit(bench.qpair, &command);
    assert_int_equal(bell_qpair_ring(bench.qpair), 0);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held_count, 4);
    bench_close(&bench);
}

static void test_polling_leaves_a_held_doorbell_alone(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    command.flags = BELL_CMD_HOLD_DOORBELL;
    submit(bench.qpair, &command);
    fake_complete(bench.fake, 0, 0, 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held_count, 0);
    bench_close(&bench);
}

static void test_sleeping_device_is_woken(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_command command = read_command(0);
    uint32_t wakes = bench.fake->wakes;
    submit(bench.qpair, &command);
    assert_int_equal(bench.fake->wakes, wakes);
    bench.fake->asleep = 1;
    submit(bench.qpair, &command);
    assert_int_equal(bench.fake->wakes, wakes + 1);
    bench_close(&bench);
}

static void test_unmapped_doorbells_go_through_registers(void **state)
{
    struct fake *fake;
    bell_device *device = fake_open(&fake);
    fake->fn.doorbells = NULL;
    const bell_controller_config config = {.aer_count = UINT32_MAX};
    assert_int_equal(bell_controller_enable(device, &config), 0);
    struct bench bench = {fake, device, fake_qpair(device, DEPTH)};
    bell_command command = read_command(5);
    bell_completion end;
    fake->complete_io = true;
    for (int i = 0; i < 3 * DEPTH; i++) {
        submit(bench.qpair, &command);
        assert_int_equal(bell_qpair_wait(bench.qpair, &end, 1, 1000000), 1);
    }
    bench_close(&bench);
}

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

static void test_chosen_cid_is_kept_and_duplicates_end_oldest_first(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion ends[3];
    bell_command command = read_command(1);
    command.flags = BELL_CMD_RAW_CID;
    command.sqe[2] = 0x34;
    command.sqe[3] = 0x12;
    assert_int_equal(submit(bench.qpair, &command), 0x1234);
    command.tag = 2;
    assert_int_equal(submit(bench.qpair, &command), 0x1234);
    bell_command plain = read_command(3);
    submit(bench.qpair, &plain);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held[1].sqe.cid, 0x1234);
    fake_complete(bench.fake, 1, 0, 0);
    fake_complete(bench.fake, 0, 0, 0);
    fake_complete(bench.fake, 0, 0, 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, ends, 3), 3);
    assert_int_equal(ends[0].tag, 1);
    assert_int_equal(ends[1].tag, 2);
    assert_int_equal(ends[2].tag, 3);
    assert_int_equal(ends[1].cid, 0x1234);
    bench_close(&bench);
}

static void test_completion_of_no_command_disturbs_nobody(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(9);
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    fake_post(bench.fake, 1, 5, 0, 0);
    fake_post(bench.fake, 1, 0xffff, 0, 0);
    fake_complete(bench.fake, 0, 0, 0);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), 1);
    assert_int_equal(end.tag, 9);
    assert_int_equal(bench.qpair->unmatched, 2);
    bench_close(&bench);
}

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

static void test_ends_of_others_survive_the_drivers_own_commands(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_qpair *admin = bell_controller_admin(bench.device);
    bell_completion end;
    bell_command identify = {.tag = 31};
    identify.sqe[0] = NVME_ADMIN_IDENTIFY;
    submit(admin, &identify);
    bell_qpair *second = fake_qpair(bench.device, DEPTH);
    assert_int_equal(bell_qpair_close(second), 0);
    assert_int_equal(bell_qpair_poll(admin, &end, 1), 1);
    assert_int_equal(end.tag, 31);
    assert_int_equal(bell_qpair_poll(admin, &end, 1), 0);
    bench_close(&bench);
}

static void test_qpair_of_a_worker_refuses_others(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_completion end;
    bell_command command = read_command(0);
    bell_qpair_set_worker(bench.qpair, true);
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -EBUSY);
    assert_int_equal(bell_qpair_poll(bench.qpair, &end, 1), -EBUSY);
    assert_int_equal(bell_qpair_close(bench.qpair), -EBUSY);
    bell_qpair_set_worker(bench.qpair, false);
    bench_close(&bench);
}

static void test_large_data_uses_the_slots_list(void **state)
{
    struct bench bench = bench_open(DEPTH);
    bell_buffer *buffer;
    assert_int_equal(bell_buffer_alloc(bench.device, 2u << 20, &buffer), 0);
    bell_command command = read_command(0);
    command.data_iova = bell_buffer_iova(buffer) + 512;
    command.data_bytes = 5 * 4096;
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    const struct nvme_sqe *sqe = &bench.fake->held[0].sqe;
    assert_int_equal(sqe->prp1, command.data_iova);
    const uint64_t *list = fake_memory(sqe->prp2);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(list[i], bell_buffer_iova(buffer) + (i + 1) * 4096);

    command.data_iova = bell_buffer_iova(buffer);
    command.data_bytes = 3u << 20;
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -E2BIG);
    command.data_bytes = 512;
    command.data_iova++;
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -EINVAL);
    assert_int_equal(outstanding(bench.qpair), 1);

    command.flags = BELL_CMD_RAW_DATA_POINTER;
    command.sqe[24] = 3;
    submit(bench.qpair, &command);
    fake_run(bench.fake);
    assert_int_equal(bench.fake->held[1].sqe.prp1, 3);
    assert_int_equal(bell_buffer_free(buffer), 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_completion_brings_back_tag_and_all_sixteen_bytes),
        cmocka_unit_test(test_depth_minus_one_commands_fit),
        cmocka_unit_test(test_queue_goes_round_many_times),
        cmocka_unit_test(test_held_doorbell_rings_with_the_next_command),
        cmocka_unit_test(test_polling_leaves_a_held_doorbell_alone),
        cmocka_unit_test(test_sleeping_device_is_woken),
        cmocka_unit_test(test_unmapped_doorbells_go_through_registers),
        cmocka_unit_test(test_time_out_is_reported_once_and_the_late_completion_dropped),
        cmocka_unit_test(test_time_outs_come_in_order_of_submission),
        cmocka_unit_test(test_completion_that_waits_to_be_polled_is_no_time_out),
        cmocka_unit_test(test_controller_time_out_applies_to_new_commands),
        cmocka_unit_test(test_chosen_cid_is_kept_and_duplicates_end_oldest_first),
        cmocka_unit_test(test_completion_of_no_command_disturbs_nobody),
        cmocka_unit_test(test_reset_ends_every_command_once),
        cmocka_unit_test(test_disable_by_register_loses_commands_too),
        cmocka_unit_test(test_controller_disabled_by_other_hands_loses_what_times_out),
        cmocka_unit_test(test_config_write_that_resets_loses_commands),
        cmocka_unit_test(test_removed_device_loses_what_times_out),
        cmocka_unit_test(test_ends_of_others_survive_the_drivers_own_commands),
        cmocka_unit_test(test_qpair_of_a_worker_refuses_others),
        cmocka_unit_test(test_large_data_uses_the_slots_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
