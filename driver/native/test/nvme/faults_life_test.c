/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the controller as a whole: every wait of the driver ends, says why, and a reset recovers what it can. */
#include <pthread.h>
#include <sched.h>

#include "faults.h"

static const bell_controller_config plain = {0};

static uint64_t csts(const struct rig *rig)
{
    uint64_t value = 0;

    bell_register_read(rig->device, NVME_REG_CSTS, 4, &value);
    return value;
}

static uint64_t elapsed_ms(uint64_t since_ns)
{
    return (bell_now() - since_ns) / 1000000;
}

static void said(const char *words)
{
    if (strstr(bell_last_error(), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", bell_last_error(), words);
}

static void works(struct rig *rig)
{
    MUST(bell_controller_enable(rig->device, &plain));
    bell_qpair *qpair = qpair_new(rig, 8, false);
    assert_int_equal(run(qpair, read_at(rig, 0), NULL), 0);
    MUST(bell_qpair_close(qpair));
}

/* ---- CSTS.RDY and SHST ---------------------------------------------------------------------------------------------
 */

static void ready_that_never_comes_ends_the_wait_after_cap_to(void **state)
{
    struct rig rig = faulty_open(0);
    const uint64_t start = bell_now();

    plan(&rig, "enable times=1 then stuck");
    assert_int_equal(bell_controller_enable(rig.device, &plain), -ETIMEDOUT);
    said("CSTS.RDY=1 did not come within 500 ms");
    assert_true(elapsed_ms(start) >= 500);
    assert_int_equal(hits(&rig, 0), 1);
    works(&rig);
    faulty_close(&rig);
}

static void ready_that_never_goes_ends_the_wait_after_cap_to(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_command command = read_at(&rig, 0);

    plan(&rig, "io then drop; disable times=1 then stuck");
    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_controller_disable(rig.device), -ETIMEDOUT);
    said("CSTS.RDY=0 did not come within 500 ms");
    assert_int_equal(csts(&rig) & NVME_CSTS_RDY, NVME_CSTS_RDY);
    assert_int_equal(ended(qpair).flags, BELL_CQ_LOST); /* all the same */

    /* A reset of the function gets it out of this; so does a plan that no longer holds it. */
    MUST(bell_pci_reset(rig.device, BELL_RESET_FLR));
    plan(&rig, "disable then stuck");
    works(&rig);
    assert_int_equal(bell_controller_disable(rig.device), -ETIMEDOUT);
    plan(&rig, "");
    assert_int_equal(csts(&rig) & NVME_CSTS_RDY, 0);
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void changes_of_csts_may_be_slow(void **state)
{
    struct rig rig = faulty_open(0);
    uint64_t start = bell_now();

    plan(&rig, "enable then delay=60ms; disable then delay=60ms; shutdown then delay=60ms");
    works(&rig);
    assert_true(elapsed_ms(start) >= 120);
    start = bell_now();
    MUST(bell_controller_shutdown(rig.device, 0, 5000));
    assert_true(elapsed_ms(start) >= 60);
    works(&rig);
    faulty_close(&rig);
}

static void a_shutdown_that_never_completes_ends_the_wait(void **state)
{
    struct rig rig = faulty_open(0);

    plan(&rig, "shutdown then stuck");
    assert_int_equal(bell_controller_shutdown(rig.device, 0, 50), -ETIMEDOUT);
    said("CSTS.SHST=10b");
    assert_int_equal(NVME_GET(csts(&rig), NVME_CSTS_SHST), NVME_CSTS_SHST_OCCURRING);
    works(&rig);
    faulty_close(&rig);
}

/* ---- fatal status, resets, stalls and hangs
 * --------------------------------------------------------------------------
 */

static void a_fatal_status_times_commands_out_and_a_reset_recovers(void **state)
{
    struct rig rig = faulty_open(0);

    plan(&rig, "opcode=identify times=1 then fatal");
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = 1};
    assert_int_equal(run_any(rig.admin, within(command_of(&sqe, rig.iova, 4096), 30)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(csts(&rig) & NVME_CSTS_CFS, NVME_CSTS_CFS);
    works(&rig);
    assert_int_equal(csts(&rig) & NVME_CSTS_CFS, 0);

    plan(&rig, "enable times=1 then fatal");
    assert_int_equal(bell_controller_enable(rig.device, &plain), -EIO);
    said("controller fatal status");
    works(&rig);
    faulty_close(&rig);
}

static void a_controller_that_resets_itself_loses_its_commands(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);

    plan(&rig, "opcode=read times=1 then reset");
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 30)).flags, BELL_CQ_LOST);
    assert_int_equal(csts(&rig), 0);
    bell_command command = read_at(&rig, 0);
    assert_int_equal(bell_qpair_submit(qpair, &command, NULL), -ENODEV);
    MUST(bell_qpair_close(qpair));
    works(&rig);
    faulty_close(&rig);
}

static void a_stall_ends_by_itself_and_then_nothing_is_missing(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_command command = read_at(&rig, 0);
    const uint64_t start = bell_now();

    plan(&rig, "opcode=read skip=2 times=1 then stall=80ms");
    for (int i = 0; i < 10; i++)
        MUST(bell_qpair_submit(qpair, &command, NULL));
    for (int i = 0; i < 10; i++)
        assert_int_equal(ended(qpair).flags, 0);
    assert_true(elapsed_ms(start) >= 80);
    assert_int_equal(bell_qpair_unmatched(qpair), 0);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_stall_for_ever_ends_by_a_controller_reset(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);

    plan(&rig, "opcode=read times=1 then stall");
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 30)).flags, BELL_CQ_TIMEOUT);
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = 1};
    assert_int_equal(run_any(rig.admin, within(command_of(&sqe, rig.iova, 4096), 30)).flags, BELL_CQ_TIMEOUT);
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_hang_takes_a_function_level_reset(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);

    plan(&rig, "opcode=read times=1 then hang");
    assert_int_equal(run_any(qpair, within(read_at(&rig, 0), 30)).flags, BELL_CQ_TIMEOUT);
    assert_int_equal(bell_controller_enable(rig.device, &plain), -ETIMEDOUT);
    said("CSTS.RDY=0");
    MUST(bell_pci_reset(rig.device, BELL_RESET_FLR));
    works(&rig);

    plan(&rig, "now then hang");
    assert_int_equal(bell_controller_enable(rig.device, &plain), -ETIMEDOUT);
    MUST(bell_register_write(rig.device, NVME_REG_NSSR, 4, NVME_NSSR_RESET));
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_hang_that_ends_goes_on_where_it_was(void **state)
{
    struct rig rig = faulty_open(0);

    /* CC written meanwhile is followed then. */
    plan(&rig, "now then hang=100ms");
    const uint64_t start = bell_now();
    works(&rig);
    assert_true(elapsed_ms(start) >= 60);
    plan(&rig, "now then hang");
    plan(&rig, "");
    assert_int_equal(identify(&rig, 1, 0), 0);
    faulty_close(&rig);
}

/* ---- removal -------------------------------------------------------------------------------------------------------
 */

static void a_removed_device_reads_all_ones_and_loses_its_commands(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    uint64_t value;
    uint32_t config;

    plan(&rig, "opcode=read times=1 then remove");
    bell_command command = within(read_at(&rig, 0), 30);
    for (int i = 0; i < 3; i++)
        MUST(bell_qpair_submit(qpair, &command, NULL));
    for (int i = 0; i < 3; i++)
        assert_int_equal(ended(qpair).flags, BELL_CQ_LOST);
    assert_int_equal(bell_pci_config_read(rig.device, 0, 2, &config), -ENODEV);
    assert_int_equal(config, 0xffff);
    MUST(bell_register_read(rig.device, NVME_REG_CAP, 8, &value));
    assert_true(value == UINT64_MAX);
    assert_int_equal(bell_controller_enable(rig.device, &plain), -ENODEV);
    assert_int_equal(bell_controller_disable(rig.device), -ENODEV);
    assert_int_equal(bell_controller_shutdown(rig.device, 0, 1000), -ENODEV);
    assert_int_equal(bell_pci_reset(rig.device, BELL_RESET_FLR), -ENODEV);
    assert_int_equal(bell_pci_reset(rig.device, BELL_RESET_HOT), -ENODEV);
    assert_int_equal(bell_qpair_submit(qpair, &command, NULL), -ENODEV);
    assert_int_equal(bell_qpair_submit(rig.admin, &command, NULL), -ENODEV);
    MUST(bell_pci_config_write(rig.device, 4, 2, 0x0406));

    plan(&rig, "");
    MUST(bell_pci_config_read(rig.device, 0, 2, &config));
    assert_int_equal(config, 0x1b36);
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_device_that_comes_back_is_found_as_after_power_on(void **state)
{
    struct rig rig = faulty_open(0);
    uint64_t value = 1;

    memset(rig.data, 0x77, 4096);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    assert_int_equal(run(qpair, write_at(&rig, 0), NULL), 0);
    plan(&rig, "after=1ms then remove=50ms");
    sleep_ms(20);
    assert_true(csts(&rig) == UINT32_MAX);
    sleep_ms(100);
    MUST(bell_register_read(rig.device, NVME_REG_CC, 4, &value));
    assert_int_equal(value, 0);
    assert_int_equal(csts(&rig), 0);
    works(&rig);
    assert_int_equal(rig.data[0], 0x77); /* the data is still there */
    assert_int_equal(hits(&rig, 0), 1);
    for (int i = 0; i < 200; i++) { /* it happens once, however late the one who set it wakes up */
        plan(&rig, "now then reset");
        MUST(bell_register_read(rig.device, NVME_REG_CSTS, 4, &value));
        sched_yield();
        assert_true(hits(&rig, 0) <= 1);
    }
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_removed_device_can_be_closed(void **state)
{
    struct rig rig = faulty_open(0);

    plan(&rig, "now then remove");
    assert_int_equal(bell_buffer_free(rig.buffer), 0);
    assert_int_equal(bell_device_close(rig.device), 0);
}

/* ---- events and registers ------------------------------------------------------------------------------------------
 */

static void an_event_is_reported_as_the_rule_says(void **state)
{
    struct rig rig = faulty_open(0);

    plan(&rig, "now then event=6/0x01/0x02"); /* I/O command set specific status */
    const bell_completion end = ended(rig.admin);
    assert_int_equal(end.flags, BELL_CQ_EVENT);
    assert_int_equal(end.cqe[0], 6);
    assert_int_equal(end.cqe[1], 1);
    assert_int_equal(end.cqe[2], 2);
    faulty_close(&rig);
}

static void registers_may_be_slow(void **state)
{
    struct rig rig = faulty_open(0);
    const uint64_t start = bell_now();
    uint64_t value;

    plan(&rig, "register=0x1c times=2 then delay=30ms");
    MUST(bell_register_read(rig.device, NVME_REG_CAP, 8, &value));
    assert_int_equal(rule_of(&rig, 0).matched, 0);
    csts(&rig);
    csts(&rig);
    csts(&rig);
    assert_true(elapsed_ms(start) >= 60);
    assert_int_equal(rule_of(&rig, 0).matched, 3);
    assert_int_equal(hits(&rig, 0), 2);
    faulty_close(&rig);
}

/* ---- the plan itself -----------------------------------------------------------------------------------------------
 */

static void rules_and_the_plan_can_be_switched(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 8, false);
    bell_fault_rule rules[4];
    uint64_t seed;
    uint32_t on;

    plan(&rig, "seed=7; opcode=read then status=2/0x81; off opcode=read then status=2/0x85");
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0x281);
    MUST(bell_sim_faults_switch(rig.device, 0, 0));
    MUST(bell_sim_faults_switch(rig.device, 1, 1));
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0x285);
    MUST(bell_sim_faults_switch(rig.device, UINT32_MAX, 0));
    assert_int_equal(run(qpair, read_at(&rig, 0), NULL), 0);
    assert_int_equal(bell_sim_faults_get(rig.device, &seed, &on, rules, 4), 2);
    assert_int_equal(seed, 7);
    assert_int_equal(on, 0);
    assert_int_equal(rules[0].enabled, 0);
    assert_int_equal(rules[1].enabled, 1);
    assert_int_equal(rules[0].hits, 1);
    assert_int_equal(rules[1].hits, 1);
    assert_int_equal(bell_sim_faults_switch(rig.device, 2, 0), -EINVAL);
    said("there is no rule 3; the plan has 2");
    assert_int_equal(bell_sim_faults_set(rig.device, "io then nothing"), -EINVAL);
    assert_int_equal(bell_sim_faults_get(rig.device, NULL, NULL, NULL, 0), 2); /* the old one stays */

    /* A rule on time starts anew, and what it holds ends with it. */
    plan(&rig, "off now then remove");
    for (int i = 0; i < 3; i++) {
        MUST(bell_sim_faults_switch(rig.device, 0, 1));
        sleep_ms(5);
        assert_true(csts(&rig) == UINT32_MAX);
        MUST(bell_sim_faults_switch(rig.device, 0, 0));
        assert_true(csts(&rig) == 0);
    }
    assert_int_equal(hits(&rig, 0), 3);
    works(&rig);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void the_address_takes_a_plan(void **state)
{
    struct rig rig = {.address = FAULTY ",faults=seed=3; opcode=identify dw10=0/0xff then status=1/0x05"};
    void *rig_state = &rig;

    assert_int_equal(rig_setup(&rig_state), 0);
    assert_int_equal(identify(&rig, 0, 1), 0x105);
    assert_int_equal(identify(&rig, 1, 0), 0);
    assert_int_equal(rig_teardown(&rig_state), 0);
    assert_int_equal(bell_device_open("sim:faults=io then explode", &rig.device), -EINVAL);
    said("'explode'");
}

struct swapper {
    struct rig *rig;
    bool stop;
};

static void *swap(void *argument)
{
    static const char *const plans[] = {"", "opcode=read then delay=1us..50us", "io chance=1% then status=2/0x81",
                                        "register then delay=1us", "opcode=read every=3 then delay=10us no-interrupt"};
    struct swapper *swapper = argument;

    for (uint32_t i = 0; !__atomic_load_n(&swapper->stop, __ATOMIC_RELAXED); i++) {
        bell_sim_faults_set(swapper->rig->device, plans[i % 5]);
        bell_sim_faults_switch(swapper->rig->device, 0, i % 2);
        csts(swapper->rig);
    }
    return NULL;
}

/* Nothing but what a plan says goes wrong while plans come and go under full load. */
static void plans_may_change_at_any_moment(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 64, false);
    struct swapper swapper = {&rig, false};
    bell_command command = read_at(&rig, 0);
    bell_completion ends[64];
    uint32_t sent = 0, done = 0;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, swap, &swapper), 0);
    while (done < 20000) {
        while (sent < 20000 && sent - done < 63 && bell_qpair_submit(qpair, &command, NULL) == 0)
            sent++;
        const int count = MUST(bell_qpair_wait(qpair, ends, 64, WAIT_US));
        for (int i = 0; i < count; i++) {
            assert_int_equal(ends[i].flags, 0);
            assert_true(status_of(&ends[i]) == 0 || status_of(&ends[i]) == 0x281);
        }
        assert_true(count > 0);
        done += (uint32_t)count;
    }
    __atomic_store_n(&swapper.stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_that_never_comes_ends_the_wait_after_cap_to),
        cmocka_unit_test(ready_that_never_goes_ends_the_wait_after_cap_to),
        cmocka_unit_test(changes_of_csts_may_be_slow),
        cmocka_unit_test(a_shutdown_that_never_completes_ends_the_wait),
        cmocka_unit_test(a_fatal_status_times_commands_out_and_a_reset_recovers),
        cmocka_unit_test(a_controller_that_resets_itself_loses_its_commands),
        cmocka_unit_test(a_stall_ends_by_itself_and_then_nothing_is_missing),
        cmocka_unit_test(a_stall_for_ever_ends_by_a_controller_reset),
        cmocka_unit_test(a_hang_takes_a_function_level_reset),
        cmocka_unit_test(a_hang_that_ends_goes_on_where_it_was),
        cmocka_unit_test(a_removed_device_reads_all_ones_and_loses_its_commands),
        cmocka_unit_test(a_device_that_comes_back_is_found_as_after_power_on),
        cmocka_unit_test(a_removed_device_can_be_closed),
        cmocka_unit_test(an_event_is_reported_as_the_rule_says),
        cmocka_unit_test(registers_may_be_slow),
        cmocka_unit_test(rules_and_the_plan_can_be_switched),
        cmocka_unit_test(the_address_takes_a_plan),
        cmocka_unit_test(plans_may_change_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
