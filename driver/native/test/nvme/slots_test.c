/* SPDX-License-Identifier: Apache-2.0 */
/* Command slots, CIDs, doorbells and data pointers, over a device that completes what and when the test says. */
#include <errno.h>

#include "bench.h"

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
    command.data_bytes = UINT64_C(64) << 30;
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
        cmocka_unit_test(test_chosen_cid_is_kept_and_duplicates_end_oldest_first),
        cmocka_unit_test(test_completion_of_no_command_disturbs_nobody),
        cmocka_unit_test(test_ends_of_others_survive_the_drivers_own_commands),
        cmocka_unit_test(test_qpair_of_a_worker_refuses_others),
        cmocka_unit_test(test_large_data_uses_the_slots_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
