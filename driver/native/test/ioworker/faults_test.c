/* SPDX-License-Identifier: Apache-2.0 */
/* Workers on a simulator that misbehaves: they count what went wrong, and always end. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "spec/nvme.h"

static const bell_worker_config reads = {.nsid = 1,
                                         .lba_bytes = 512,
                                         .region_end = 4096,
                                         .size_count = 1,
                                         .sizes = {8},
                                         .random_percent = 100,
                                         .read_percent = 100,
                                         .qdepth = 16,
                                         .cpu = UINT32_MAX,
                                         .io_count = 5000};

static bell_device *device;

static void must(int rc)
{
    if (rc < 0)
        fail_msg("%d: %s", rc, bell_last_error());
}

static void enable(void)
{
    const bell_controller_config config = {0};

    must(bell_controller_enable(device, &config));
}

static int open_device(void **state)
{
    if (bell_device_open("sim:size=64MiB,ns=1,lba=512,ready-timeout=500ms", &device) < 0)
        return -1;
    enable();
    return 0;
}

static int close_device(void **state)
{
    bell_sim_faults_set(device, "");
    return bell_device_close(device);
}

/* Run under a plan to the worker's end; time-outs are short. */
static bell_worker *run(const bell_worker_config *config, const char *plan, uint32_t timeout_ms)
{
    bell_worker *worker = NULL;

    must(bell_worker_create(device, config, &worker));
    must(bell_controller_set_timeout(device, timeout_ms));
    must(bell_sim_faults_set(device, plan));
    must(bell_worker_start(worker));
    must(bell_worker_wait(worker, 60000));
    return worker;
}

static const bell_worker_counters *counters_of(bell_worker *worker, uint64_t state)
{
    const bell_worker_counters *counters = bell_worker_counters_of(worker);

    if (counters->state != state)
        fail_msg("state %u: %s", (unsigned)counters->state, bell_worker_error(worker));
    return counters;
}

static uint64_t hits(void)
{
    bell_fault_rule rule;

    assert_int_equal(bell_sim_faults_get(device, NULL, NULL, &rule, 1), 1);
    return rule.hits;
}

static void finish(bell_worker *worker)
{
    must(bell_sim_faults_set(device, ""));
    bell_worker_close(worker); /* its queue may be beyond deleting */
    enable();
}

static void statuses_are_counted_and_the_first_is_kept(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read every=100 then status=2/0x81", 5000);
    const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_DONE);

    assert_int_equal(counters->completed, 5000);
    assert_int_equal(counters->errors, 50);
    assert_int_equal(counters->first_error & 0x7ff, 0x281);
    assert_int_equal(hits(), 50);
    finish(worker);
}

static void media_errors_in_a_range_name_an_lba_of_it(void **state)
{
    bell_worker *worker = run(&reads, "lba=1000..1007 then status=2/0x81", 5000);
    const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_DONE);

    assert_true(counters->errors > 0);
    assert_int_equal(counters->errors, hits());
    assert_in_range(counters->first_error_lba, 993, 1007);
    finish(worker);
}

static void drops_cost_time_outs_and_the_worker_goes_on(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read skip=1000 times=5 then drop", 2000);
    const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_DONE);

    assert_int_equal(counters->completed, 5000);
    assert_int_equal(counters->errors, 5);
    assert_int_equal(counters->first_error, 0x7fff);
    finish(worker);
}

static void drops_of_everything_end_it(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read skip=1000 then drop", 1000);
    const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_FAILED);

    assert_non_null(strstr(bell_worker_error(worker), "every command timed out"));
    assert_int_equal(counters->outstanding, 0);
    assert_true(counters->completed >= 1000);
    finish(worker);
}

static void wrong_and_repeated_completions_are_dropped(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read skip=100 times=3 then wrong-cid", 2000);

    assert_int_equal(counters_of(worker, BELL_WORKER_DONE)->errors, 3);
    assert_int_equal(bell_qpair_unmatched(bell_worker_qpair(worker)), 3);
    finish(worker);
    worker = run(&reads, "opcode=read every=1000 then duplicate=2", 5000);
    assert_int_equal(counters_of(worker, BELL_WORKER_DONE)->completed, 5000);
    finish(worker);
}

static void a_wrong_phase_ends_it(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read skip=100 times=1 then wrong-phase", 500);

    counters_of(worker, BELL_WORKER_FAILED);
    finish(worker);
}

static void a_stall_is_outlived(void **state)
{
    bell_worker *worker = run(&reads, "opcode=read skip=1000 times=1 then stall=100ms", 5000);
    const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_DONE);

    assert_int_equal(counters->completed, 5000);
    assert_int_equal(counters->errors, 0);
    assert_true(counters->latency_max_ns >= 100000000);
    finish(worker);
}

static void ends_of_the_controller_end_it(void **state)
{
    static const struct {
        const char *plan;
        const char *says;
    } ends[] = {
        {"opcode=read skip=1000 then fatal", "every command timed out"},
        {"opcode=read skip=1000 then stall", "every command timed out"},
        {"opcode=read skip=1000 then hang", "every command timed out"},
        {"opcode=read skip=1000 then reset", "was lost"},
        {"opcode=read skip=1000 then remove", "was lost"},
    };

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        bell_worker *worker = run(&reads, ends[i].plan, 50);
        const bell_worker_counters *counters = counters_of(worker, BELL_WORKER_FAILED);

        if (strstr(bell_worker_error(worker), ends[i].says) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", ends[i].plan, bell_worker_error(worker), ends[i].says);
        assert_int_equal(counters->outstanding, 0);
        assert_true(counters->completed >= 1000);
        finish(worker);
    }
}

/* Several at once, and the device gone under all of them. */
static void a_removal_ends_all_workers(void **state)
{
    bell_worker_config config = reads;
    bell_worker *workers[4];

    config.io_count = 0;
    config.duration_ns = UINT64_C(30000000000);
    must(bell_controller_set_timeout(device, 50));
    for (int i = 0; i < 4; i++)
        must(bell_worker_create(device, &config, &workers[i]));
    for (int i = 0; i < 4; i++)
        must(bell_worker_start(workers[i]));
    must(bell_sim_faults_set(device, "after=20ms then remove"));
    for (int i = 0; i < 4; i++) {
        must(bell_worker_wait(workers[i], 10000));
        counters_of(workers[i], BELL_WORKER_FAILED);
        assert_non_null(strstr(bell_worker_error(workers[i]), "was lost"));
    }
    for (int i = 0; i < 4; i++)
        must(bell_worker_close(workers[i]));
    must(bell_sim_faults_set(device, ""));
    enable();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_are_counted_and_the_first_is_kept),
        cmocka_unit_test(media_errors_in_a_range_name_an_lba_of_it),
        cmocka_unit_test(drops_cost_time_outs_and_the_worker_goes_on),
        cmocka_unit_test(drops_of_everything_end_it),
        cmocka_unit_test(wrong_and_repeated_completions_are_dropped),
        cmocka_unit_test(a_wrong_phase_ends_it),
        cmocka_unit_test(a_stall_is_outlived),
        cmocka_unit_test(ends_of_the_controller_end_it),
        cmocka_unit_test(a_removal_ends_all_workers),
    };
    return cmocka_run_group_tests(tests, open_device, close_device);
}
