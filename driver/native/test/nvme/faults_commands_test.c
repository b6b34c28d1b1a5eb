/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on single commands: which are hit, and what the driver makes of what then happens. */
#include "faults.h"

/* ---- which commands ------------------------------------------------------------------------------------------------
 */

static void only_what_the_conditions_say_is_hit(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *first = qpair_new(&rig, 16, false);
    bell_qpair *second = qpair_new(&rig, 16, false);

    plan(&rig, "queue=2 opcode=read then status=1/0x01; opcode=write then status=1/0x02;"
               "admin opcode=identify dw10=0x1/0xff then status=1/0x03; lba=1000..1009 then status=2/0x81;"
               "any opcode=0x02 nsid=1 then status=1/0x04");
    assert_int_equal(run(second, read_at(&rig, 0), NULL), 0x101);
    assert_int_equal(run(first, write_at(&rig, 0), NULL), 0x102);
    assert_int_equal(identify(&rig, 1, 0), 0x103);
    assert_int_equal(identify(&rig, 0, 1), 0);
    memset(rig.data, 0, 8192);
    assert_int_equal(run(first, io_command(NVME_NVM_COMPARE, 992, 9, rig.iova), NULL), 0x281);
    assert_int_equal(run(first, io_command(NVME_NVM_COMPARE, 992, 8, rig.iova), NULL), 0);
    assert_int_equal(run(first, io_command(NVME_NVM_VERIFY, 1009, 1, 0), NULL), 0x281);
    assert_int_equal(run(first, io_command(NVME_NVM_COMPARE, 1010, 8, rig.iova), NULL), 0);
    assert_int_equal(run(first, read_at(&rig, 0), NULL), 0x104);
    assert_int_equal(hits(&rig, 0), 1);
    assert_int_equal(hits(&rig, 1), 1);
    assert_int_equal(hits(&rig, 2), 1);
    assert_int_equal(hits(&rig, 3), 2);
    assert_int_equal(hits(&rig, 4), 1);
    MUST(bell_qpair_close(first));
    MUST(bell_qpair_close(second));
    faulty_close(&rig);
}

static void counters_choose_among_what_matches(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    char hit[13] = "";

    plan(&rig, "opcode=read skip=2 every=3 times=2 then status=2/0x81");
    for (int i = 0; i < 12; i++)
        hit[i] = run(qpair, read_at(&rig, 0), NULL) == 0x281 ? 'x' : '.';
    assert_string_equal(hit, "....x..x....");
    assert_int_equal(rule_of(&rig, 0).matched, 12);
    assert_int_equal(rule_of(&rig, 0).hits, 2);

    /* A rule that has had its turn leaves the command to the next. */
    plan(&rig, "opcode=read times=1 then status=2/0x81; opcode=read times=1 then status=2/0x85");
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0x281);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0x285);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static uint64_t chosen(struct rig *rig, bell_qpair *qpair, const char *text)
{
    uint64_t pattern = 0;

    plan(rig, text);
    for (int i = 0; i < 64; i++)
        pattern |= (uint64_t)(run(qpair, read_at(rig, 0), NULL) != 0) << i;
    return pattern;
}

static void chance_follows_the_seed(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    const uint64_t once = chosen(&rig, qpair, "seed=5; opcode=read chance=25% then status=2/0x81");

    assert_in_range(__builtin_popcountll(once), 4, 32);
    assert_true(chosen(&rig, qpair, "seed=5; opcode=read chance=25% then status=2/0x81") == once);
    assert_true(chosen(&rig, qpair, "seed=6; opcode=read chance=25% then status=2/0x81") != once);
    assert_true(chosen(&rig, qpair, "opcode=read chance=100% then status=2/0x81") == UINT64_MAX);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* ---- status --------------------------------------------------------------------------------------------------------
 */

static void a_status_comes_with_its_bits_and_in_the_error_log(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_completion end;

    memset(rig.data, 0x11, 4096);
    assert_int_equal(run(qpair, write_at(&rig, 0), NULL), 0);
    plan(&rig, "opcode=write times=1 then status=2/0x80 dnr; opcode=write then status=0/0x06 executed");
    memset(rig.data, 0x22, 4096);
    assert_int_equal(run(qpair, write_at(&rig, 0), &end), 0x280);
    assert_int_equal(end.cqe[15] >> 7, 1); /* DNR */
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(rig.data[0], 0x11); /* not executed */

    memset(rig.data, 0x33, 4096);
    assert_int_equal(run(qpair, write_at(&rig, 0), &end), 0x006);
    assert_int_equal(end.cqe[15] >> 7, 0);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(rig.data[0], 0x33); /* executed */
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* ---- late and never ------------------------------------------------------------------------------------------------
 */

static void a_delayed_completion_is_late_by_that(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);

    plan(&rig, "opcode=read times=1 then delay=30ms; opcode=read then delay=5ms..10ms");
    bell_completion end = run_any(qpair, read_at(&rig, 0));
    assert_true(end.completed_ns - end.submitted_ns >= 30000000);
    end = run_any(qpair, read_at(&rig, 0));
    assert_true(end.completed_ns - end.submitted_ns >= 5000000);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_completion_after_the_time_out_is_late_and_gives_its_slot_back(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 2, false);
    bell_completion end;

    plan(&rig, "opcode=read times=1 then delay=1s status=2/0x81");
    end = run_any(qpair, within(read_at(&rig, 0), 30));
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);
    assert_int_equal(log_entry(qpair, 0).flags, BELL_LOG_DONE | BELL_CQ_TIMEOUT);
    bell_command next = read_at(&rig, 0);
    assert_int_equal(bell_qpair_submit(qpair, &next, NULL), -EAGAIN);

    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, 1500000)), 0); /* nothing more is reported */
    const bell_cmdlog_entry entry = log_entry(qpair, 0);
    assert_int_equal(entry.flags, BELL_LOG_DONE | BELL_CQ_TIMEOUT | BELL_LOG_LATE);
    assert_int_equal(entry.cqe[14] >> 1, 0x81 & 0x7f);
    assert_int_equal(bell_qpair_unmatched(qpair), 0);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_dropped_command_times_out_and_is_not_executed(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 4, false);

    plan(&rig, "opcode=write every=2 then drop; admin opcode=get-features then drop");
    memset(rig.data, 0x44, 4096);
    assert_int_equal(run(qpair, write_at(&rig, 0), NULL), 0);
    memset(rig.data, 0x55, 4096);
    assert_int_equal(run_any(qpair, within(write_at(&rig, 0), 20)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(rig.data[0], 0x44);

    const struct nvme_sqe features = {.opcode = NVME_ADMIN_GET_FEATURES, .cdw10 = 7};
    assert_int_equal(run_any(rig.admin, within(command_of(&features, 0, 0), 20)).flags, BELL_CQ_TIMEOUT);

    /* The slots are lost until a reset gives them back. */
    plan(&rig, "");
    MUST(bell_qpair_close(qpair));
    const bell_controller_config config = {0};
    MUST(bell_controller_enable(rig.device, &config));
    assert_int_equal(identify(&rig, 1, 0), 0);
    faulty_close(&rig);
}

static void a_queue_that_answers_nothing_fills_up_and_says_so(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 4, false);
    bell_command command = within(read_at(&rig, 0), 20);

    plan(&rig, "io then drop");
    for (int i = 0; i < 3; i++)
        MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_qpair_submit(qpair, &command, NULL), -EAGAIN);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ended(qpair).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_qpair_submit(qpair, &command, NULL), -EAGAIN);
    assert_int_equal(info_of(qpair).outstanding, 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* ---- completions that are wrong ------------------------------------------------------------------------------------
 */

static void a_wrong_cid_is_counted_and_dropped(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);

    plan(&rig, "opcode=read times=1 then wrong-cid; opcode=read times=1 then wrong-cid=5");
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 30)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_qpair_unmatched(qpair), 1);
    /* Slot 5 exists, but holds no command. */
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 30)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_qpair_unmatched(qpair), 2);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(bell_qpair_unmatched(rig.admin), 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void the_cid_of_another_command_ends_that_one(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_command slow = within(read_at(&rig, 0), 500);
    bell_command quick = within(read_at(&rig, 64), 500);

    slow.tag = 1;
    quick.tag = 2;
    plan(&rig, "lba=0 then delay=10ms; lba=64 then wrong-cid=0");
    MUST(bell_qpair_submit(qpair, &slow, NULL));
    MUST(bell_qpair_submit(qpair, &quick, NULL));
    bell_completion end = ended(qpair);
    assert_int_equal(end.tag, 1);
    assert_int_equal(end.flags, 0);
    end = ended(qpair);
    assert_int_equal(end.tag, 2);
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_qpair_unmatched(qpair), 1); /* the real one of the first */
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_completion_that_comes_again_is_counted_and_dropped(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_completion end;

    plan(&rig, "opcode=read times=1 then duplicate=3");
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, 20000)), 0);
    assert_int_equal(bell_qpair_unmatched(qpair), 3);
    for (int i = 0; i < 20; i++) /* once round the queue */
        assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(bell_qpair_unmatched(qpair), 3);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void after_a_wrong_phase_the_queue_is_dead_but_the_device_is_not(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);

    plan(&rig, "opcode=read times=1 then wrong-phase");
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 20)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 20)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(identify(&rig, 1, 0), 0);
    MUST(bell_qpair_close(qpair));
    qpair = qpair_new(&rig, 8, false);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void wrong_queue_ids_and_heads_do_no_harm(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_completion end;

    plan(&rig, "opcode=read times=1 then wrong-sqid=77; opcode=read then wrong-sqhd=65535");
    assert_int_equal(run(qpair, read_at(&rig, 0), &end), 0);
    assert_int_equal(end.cqe[10], 77); /* as the device wrote it */
    assert_int_equal(end.qid, info_of(qpair).qid);
    for (int i = 0; i < 20; i++)
        assert_int_equal(run(qpair, read_at(&rig, 0), &end), 0);
    assert_int_equal(info_of(qpair).sq_head, 65535);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_lost_interrupt_is_missed_and_the_command_ends_all_the_same(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, true);
    const uint32_t vector = info_of(qpair).vector;

    plan(&rig, "opcode=read times=1 then no-interrupt");
    MUST(bell_irq_clear(rig.device, vector));
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(identify(&rig, 1, 0), 0); /* the device has had time to send it */
    assert_int_equal(bell_irq_isset(rig.device, vector), 0);
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(identify(&rig, 1, 0), 0);
    assert_int_equal(bell_irq_isset(rig.device, vector), 1);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* ---- data ----------------------------------------------------------------------------------------------------------
 */

static uint32_t bits_apart(const uint8_t *data, uint8_t value, uint32_t bytes, uint32_t *first)
{
    uint32_t count = 0;

    for (uint32_t i = bytes; i-- > 0;) {
        count += (uint32_t)__builtin_popcount(data[i] ^ value);
        if (data[i] != value)
            *first = i;
    }
    return count;
}

static void corrupted_data_is_seen_by_compare(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    uint32_t first = 0;

    memset(rig.data, 0x5a, 8192);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 0, 16, rig.iova), NULL), 0);
    plan(&rig, "opcode=read times=1 then corrupt=3 at=5000; opcode=read times=1 then corrupt=2;"
               "opcode=read then corrupt at=8192; opcode=write then corrupt at=600");
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 16, rig.iova), NULL), 0);
    assert_int_equal(bits_apart(rig.data, 0x5a, 8192, &first), 3);
    assert_int_equal(first, 5000);
    memset(rig.data, 0, 8192);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 16, rig.iova), NULL), 0);
    assert_in_range(bits_apart(rig.data, 0x5a, 8192, &first), 1, 2); /* the same place twice would undo it */
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 16, rig.iova), NULL), 0);
    assert_int_equal(bits_apart(rig.data, 0x5a, 8192, &first), 0); /* byte 8192 is past the end: no hit */
    assert_int_equal(hits(&rig, 2), 0);
    assert_int_equal(run(qpair, io_command(NVME_NVM_COMPARE, 0, 16, rig.iova), NULL), 0);

    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 0, 16, rig.iova), NULL), 0);
    assert_int_equal(run(qpair, io_command(NVME_NVM_COMPARE, 0, 16, rig.iova), NULL), NVME_SC_COMPARE_FAILURE);
    plan(&rig, "");
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 16, rig.iova), NULL), 0);
    assert_int_equal(bits_apart(rig.data, 0x5a, 8192, &first), 1);
    assert_int_equal(first, 600);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void admin_data_can_be_corrupted_too(void **state)
{
    struct rig rig = faulty_open(0);
    uint8_t good[4096];

    assert_int_equal(identify(&rig, 1, 0), 0);
    memcpy(good, rig.data, sizeof good);
    plan(&rig, "opcode=identify then corrupt=8 at=77");
    assert_int_equal(identify(&rig, 1, 0), 0);
    assert_int_equal(rig.data[77], good[77] ^ 0xff);
    faulty_close(&rig);
}

/* ---- commands that end by themselves -------------------------------------------------------------------------------
 */

static void rules_reach_commands_that_the_device_defers(void **state)
{
    struct rig rig = faulty_open(0);
    const struct nvme_sqe format = {.opcode = NVME_ADMIN_FORMAT_NVM, .nsid = 1, .cdw10 = 0};

    plan(&rig, "opcode=format then delay=10ms wrong-cid");
    assert_int_equal(run_any(rig.admin, within(command_of(&format, 0, 0), 1500)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_qpair_unmatched(rig.admin), 1);
    assert_int_equal(hits(&rig, 0), 1);
    faulty_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_conditions_say_is_hit),
        cmocka_unit_test(counters_choose_among_what_matches),
        cmocka_unit_test(chance_follows_the_seed),
        cmocka_unit_test(a_status_comes_with_its_bits_and_in_the_error_log),
        cmocka_unit_test(a_delayed_completion_is_late_by_that),
        cmocka_unit_test(a_completion_after_the_time_out_is_late_and_gives_its_slot_back),
        cmocka_unit_test(a_dropped_command_times_out_and_is_not_executed),
        cmocka_unit_test(a_queue_that_answers_nothing_fills_up_and_says_so),
        cmocka_unit_test(a_wrong_cid_is_counted_and_dropped),
        cmocka_unit_test(the_cid_of_another_command_ends_that_one),
        cmocka_unit_test(a_completion_that_comes_again_is_counted_and_dropped),
        cmocka_unit_test(after_a_wrong_phase_the_queue_is_dead_but_the_device_is_not),
        cmocka_unit_test(wrong_queue_ids_and_heads_do_no_harm),
        cmocka_unit_test(a_lost_interrupt_is_missed_and_the_command_ends_all_the_same),
        cmocka_unit_test(corrupted_data_is_seen_by_compare),
        cmocka_unit_test(admin_data_can_be_corrupted_too),
        cmocka_unit_test(rules_reach_commands_that_the_device_defers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
