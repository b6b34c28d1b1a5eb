/* SPDX-License-Identifier: Apache-2.0 */
/* The same tests over every device that can be had without hardware. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "doorbell.h"
#include "support/clock.h"

enum { LBAS = 64 * 1024 * 2, NOT_PINNED = 0xffffffff };

static bell_device *device;

static void must(int rc)
{
    if (rc < 0)
        fail_msg("%d: %s", rc, bell_last_error());
}

static bell_worker_config reads_4k(void)
{
    bell_worker_config config = {.nsid = 1,
                                 .lba_bytes = 512,
                                 .region_end = LBAS,
                                 .size_count = 1,
                                 .sizes = {8},
                                 .size_weights = {1},
                                 .random_percent = 100,
                                 .read_percent = 100,
                                 .qdepth = 16,
                                 .cpu = NOT_PINNED,
                                 .seed = 1};

    return config;
}

static bell_worker *started(const bell_worker_config *config)
{
    bell_worker *worker = NULL;

    must(bell_worker_create(device, config, &worker));
    must(bell_worker_start(worker));
    return worker;
}

static const bell_worker_counters *ended(bell_worker *worker)
{
    must(bell_worker_wait(worker, 60000));
    return bell_worker_counters_of(worker);
}

/* Run to the end with the expectation that nothing goes wrong. */
static bell_worker *run_well(const bell_worker_config *config)
{
    bell_worker *worker = started(config);
    const bell_worker_counters *counters = ended(worker);

    if (counters->state != BELL_WORKER_DONE || counters->errors != 0)
        fail_msg("state %u, %u errors, first %xh: %s", (unsigned)counters->state, (unsigned)counters->errors,
                 (unsigned)counters->first_error, bell_worker_error(worker));
    return worker;
}

static uint64_t total(const uint64_t *histogram)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < BELL_HISTOGRAM_BUCKETS; i++)
        sum += histogram[i];
    return sum;
}

static void every_counter_of_a_counted_run_is_exact(void **state)
{
    bell_worker_config config = reads_4k();
    const bell_worker_counters *counters;
    bell_worker *worker;

    config.read_percent = 60;
    config.size_count = 2;
    config.sizes[1] = 64;
    config.size_weights[1] = 1;
    config.io_count = 2000;
    worker = run_well(&config);
    counters = bell_worker_counters_of(worker);
    assert_int_equal(counters->submitted, 2000);
    assert_int_equal(counters->completed, 2000);
    assert_int_equal(counters->outstanding, 0);
    assert_int_equal(counters->reads + counters->writes, 2000);
    assert_in_range(counters->reads, 1100, 1300);
    assert_int_equal(total(counters->read_latency), counters->reads);
    assert_int_equal(total(counters->write_latency), counters->writes);
    assert_int_equal(counters->read_bytes % 4096, 0);
    assert_in_range(counters->read_bytes + counters->write_bytes, 2000u * 4096, 2000u * 32768);
    assert_true(counters->latency_min_ns > 0);
    assert_true(counters->latency_min_ns <= counters->latency_max_ns);
    assert_true(counters->latency_sum_ns >= counters->latency_min_ns * 2000);
    assert_true(counters->latency_sum_ns <= counters->latency_max_ns * 2000);
    assert_true(counters->started_ns < counters->finished_ns);
    assert_true(counters->cpu_ns > 0);
    must(bell_worker_close(worker));
}

static void fewer_ios_than_slots_are_still_exact(void **state)
{
    bell_worker_config config = reads_4k();
    bell_worker *worker;

    config.io_count = 3;
    worker = run_well(&config);
    assert_int_equal(bell_worker_counters_of(worker)->completed, 3);
    must(bell_worker_close(worker));
}

static void a_time_limit_ends_the_run(void **state)
{
    bell_worker_config config = reads_4k();
    const bell_worker_counters *counters;
    bell_worker *worker;

    config.duration_ns = 50 * BELL_NS_PER_MS;
    worker = run_well(&config);
    counters = bell_worker_counters_of(worker);
    assert_true(counters->finished_ns - counters->started_ns >= config.duration_ns);
    assert_true(counters->completed > 0);
    assert_int_equal(counters->submitted, counters->completed);
    must(bell_worker_close(worker));
}

static void it_can_be_watched_and_stopped_while_it_runs(void **state)
{
    bell_worker_config config = reads_4k();
    bell_worker *worker = started(&config);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    uint64_t first = __atomic_load_n(&counters->updated_ns, __ATOMIC_RELAXED);
    uint64_t end = bell_now() + 20 * BELL_NS_PER_S;
    bell_qpair_info info;

    while ((__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) < 100 ||
            __atomic_load_n(&counters->updated_ns, __ATOMIC_RELAXED) == first) &&
           bell_now() < end)
        sched_yield();
    assert_int_equal(__atomic_load_n(&counters->state, __ATOMIC_RELAXED), BELL_WORKER_RUNNING);
    assert_true(__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) >= 100);
    assert_true(__atomic_load_n(&counters->updated_ns, __ATOMIC_RELAXED) > first);
    must(bell_qpair_get_info(bell_worker_qpair(worker), &info));
    assert_int_equal(info.worker, 1);
    assert_int_equal(info.depth, 17);
    assert_int_equal(info.qid, counters->qid);
    assert_int_equal(bell_worker_wait(worker, 1), -ETIMEDOUT);
    must(bell_worker_stop(worker));
    ended(worker);
    must(bell_worker_wait(worker, 0));
    assert_int_equal(counters->state, BELL_WORKER_DONE);
    assert_int_equal(counters->submitted, counters->completed);
    must(bell_worker_close(worker));
}

static void closing_a_running_worker_stops_it(void **state)
{
    bell_worker_config config = reads_4k();

    must(bell_worker_close(started(&config)));
}

static void a_rate_limit_is_never_exceeded(void **state)
{
    bell_worker_config config = reads_4k();
    const bell_worker_counters *counters;
    bell_worker *worker;

    config.io_count = 101;
    config.iops_limit = 1000;
    worker = run_well(&config);
    counters = bell_worker_counters_of(worker);
    /* 100 steps of 1 ms lie between the first and the last. */
    assert_true(counters->finished_ns - counters->started_ns >= 100 * BELL_NS_PER_MS);
    must(bell_worker_close(worker));
}

static void device_errors_are_counted_and_do_not_end_the_run(void **state)
{
    bell_worker_config config = reads_4k();
    const bell_worker_counters *counters;
    bell_worker *worker;

    config.region_start = UINT64_C(1) << 40;
    config.region_end = config.region_start + 1000;
    config.random_percent = 0;
    config.io_count = 500;
    worker = started(&config);
    counters = ended(worker);
    assert_int_equal(counters->state, BELL_WORKER_DONE);
    assert_int_equal(counters->completed, 500);
    assert_int_equal(counters->errors, 500);
    assert_int_equal(counters->first_error & 0x7ff, 0x80); /* LBA Out of Range */
    assert_in_range(counters->first_error_lba, config.region_start, config.region_end - 1);
    assert_int_equal(counters->read_bytes, 0);
    assert_int_equal(total(counters->read_latency), 500);
    must(bell_worker_close(worker));
}

static bell_worker *running(const bell_worker_config *config)
{
    bell_worker *worker = started(config);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    uint64_t end = bell_now() + 20 * BELL_NS_PER_S;

    while (__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) == 0 && bell_now() < end)
        sched_yield();
    return worker;
}

static void enable(void)
{
    const bell_controller_config config = {0};

    must(bell_controller_enable(device, &config));
}

static void a_reset_ends_the_worker_with_a_reason(void **state)
{
    bell_worker_config config = reads_4k();
    const bell_worker_counters *counters;
    bell_worker *worker = running(&config);

    must(bell_controller_disable(device));
    counters = ended(worker);
    assert_int_equal(counters->state, BELL_WORKER_FAILED);
    assert_int_equal(counters->outstanding, 0);
    assert_non_null(strstr(bell_worker_error(worker), "reset"));
    must(bell_worker_close(worker));
    enable();
    must(bell_worker_close(run_well(&(bell_worker_config){.nsid = 1,
                                                          .lba_bytes = 512,
                                                          .region_end = LBAS,
                                                          .size_count = 1,
                                                          .sizes = {8},
                                                          .read_percent = 100,
                                                          .qdepth = 4,
                                                          .cpu = NOT_PINNED,
                                                          .io_count = 10})));
}

static void a_function_level_reset_ends_it_too(void **state)
{
    bell_worker_config config = reads_4k();
    bell_worker *worker = running(&config);

    must(bell_pci_reset(device, BELL_RESET_FLR));
    assert_int_equal(ended(worker)->state, BELL_WORKER_FAILED);
    must(bell_worker_close(worker));
    enable();
}

/* Read LBAs through a buffer and check that every dword has the value. */
static void lbas_expect(uint64_t lba, uint32_t count, uint32_t value)
{
    const bell_qpair_config qpair_config = {.depth = 4, .vector = NOT_PINNED};
    uint32_t step = 64;
    bell_buffer *buffer = NULL;
    bell_qpair *qpair = NULL;

    must(bell_buffer_alloc(device, 512 * (uint64_t)step, &buffer));
    must(bell_qpair_create(device, &qpair_config, &qpair));
    for (uint32_t done = 0; done < count; done += step) {
        uint32_t now = count - done < step ? count - done : step;
        bell_command command = {.data_iova = bell_buffer_iova(buffer), .data_bytes = 512 * (uint64_t)now};
        const uint32_t *data = bell_buffer_data(buffer);
        uint32_t sqe[16] = {0x02, 1, [10] = (uint32_t)(lba + done), [12] = now - 1};
        bell_completion completion;
        uint16_t cid;

        memcpy(command.sqe, sqe, sizeof sqe);
        must(bell_qpair_submit(qpair, &command, &cid));
        assert_int_equal(bell_qpair_wait(qpair, &completion, 1, 20000000), 1);
        assert_int_equal(completion.cqe[14] >> 1 | completion.cqe[15], 0);
        for (uint32_t i = 0; i < now * 128; i++) {
            if (data[i] != value)
                fail_msg("LBA %u dword %u is %08x, not %08x", (unsigned)(lba + done + i / 128), i % 128, data[i],
                         value);
        }
    }
    must(bell_qpair_close(qpair));
    must(bell_buffer_free(buffer));
}

/* Large I/Os need PRP lists; a wrong one would leave holes in the region or spill over its ends. */
static void a_sequential_pass_writes_the_whole_region_and_nothing_else(void **state)
{
    bell_worker_config config = reads_4k();
    const uint64_t first = 10000;

    config.read_percent = 0;
    config.random_percent = 0;
    config.region_start = first - 128;
    config.region_end = first + 2000 + 128;
    config.io_count = 282; /* 2256 LBAs by 8 */
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first - 128, 128, 0);

    config.region_start = first;
    config.region_end = first + 2000;
    config.sizes[0] = 96; /* 12 pages; 20 times that and 80 LBAs more make the region */
    config.io_count = 21;
    config.pattern = 2;
    config.pattern_value = 0x12c0ffee;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first - 128, 128, 0);
    lbas_expect(first, 2000, 0x12c0ffee);
    lbas_expect(first + 2000, 128, 0);

    config.pattern = 1;
    config.sizes[0] = 9; /* two pages */
    config.io_count = 223;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(first, 2000, 0xffffffff);
    lbas_expect(first + 2000, 128, 0);
}

/* A mixed run writes from buffers of its own: what it has read before must not come back as write data. */
static void reads_do_not_spoil_the_data_that_is_written(void **state)
{
    bell_worker_config config = reads_4k();

    config.random_percent = 0;
    config.read_percent = 0;
    config.region_end = 4096;
    config.io_count = 512;
    config.pattern = 2;
    config.pattern_value = 0x01010101;
    must(bell_worker_close(run_well(&config)));
    config.read_percent = 50;
    config.random_percent = 100;
    config.io_count = 3000;
    config.pattern_value = 0x02020202;
    must(bell_worker_close(run_well(&config)));
    config.read_percent = 0;
    config.random_percent = 0;
    config.io_count = 512;
    must(bell_worker_close(run_well(&config)));
    lbas_expect(0, 4096, 0x02020202);
}

static void the_command_log_shows_the_same_stream_for_the_same_seed(void **state)
{
    static bell_cmdlog_entry runs[2][200];
    bell_worker_config config = reads_4k();
    uint64_t next;

    config.read_percent = 50;
    config.io_count = 200;
    config.seed = 99;
    for (int run = 0; run < 2; run++) {
        bell_worker *worker = run_well(&config);

        assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, runs[run], 200, &next), 200);
        must(bell_worker_close(worker));
    }
    for (int i = 0; i < 200; i++) {
        assert_true((runs[0][i].flags & BELL_LOG_DONE) != 0);
        assert_int_equal(runs[0][i].sqe[0], runs[1][i].sqe[0]);
        assert_memory_equal(runs[0][i].sqe + 40, runs[1][i].sqe + 40, 16);
    }
}

static void the_command_log_can_be_left_out(void **state)
{
    bell_worker_config config = reads_4k();
    bell_cmdlog_entry entry;
    bell_worker *worker;
    uint64_t next;

    config.io_count = 10;
    config.flags = BELL_WORKER_NO_CMDLOG;
    worker = run_well(&config);
    assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, &entry, 1, &next), 0);
    must(bell_worker_close(worker));
}

static void the_deepest_queue_works(void **state)
{
    bell_worker_config config = reads_4k();
    uint64_t cap;

    must(bell_register_read(device, 0, 8, &cap));
    config.qdepth = (uint32_t)(cap & 0xffff);
    config.sizes[0] = 1;
    config.io_count = 3 * config.qdepth;
    must(bell_worker_close(run_well(&config)));
}

static void two_workers_run_side_by_side(void **state)
{
    bell_worker_config config = reads_4k();
    bell_worker *first, *second;

    config.io_count = 2000;
    first = started(&config);
    config.seed = 2;
    config.read_percent = 0;
    second = started(&config);
    assert_int_equal(ended(first)->completed, 2000);
    assert_int_equal(ended(second)->completed, 2000);
    assert_int_not_equal(bell_worker_counters_of(first)->qid, bell_worker_counters_of(second)->qid);
    must(bell_worker_close(first));
    must(bell_worker_close(second));
}

static void start_and_wait_are_refused_where_they_make_no_sense(void **state)
{
    bell_worker_config config = reads_4k();
    bell_worker *worker = NULL;

    config.io_count = 1;
    must(bell_worker_create(device, &config, &worker));
    assert_int_equal(bell_worker_counters_of(worker)->state, BELL_WORKER_READY);
    assert_true(bell_worker_counters_of(worker)->latency_min_ns == UINT64_MAX);
    assert_int_equal(bell_worker_wait(worker, 0), -EINVAL);
    must(bell_worker_start(worker));
    assert_int_equal(bell_worker_start(worker), -EBUSY);
    ended(worker);
    assert_int_equal(bell_worker_start(worker), -EBUSY);
    must(bell_worker_close(worker));

    must(bell_worker_create(device, &config, &worker));
    must(bell_worker_close(worker));
}

struct wrong {
    const char *name;
    void (*change)(bell_worker_config *config);
};

static void qdepth_0(bell_worker_config *config)
{
    config->qdepth = 0;
}

static void qdepth_70000(bell_worker_config *config)
{
    config->qdepth = 70000;
}

static void lba_bytes_0(bell_worker_config *config)
{
    config->lba_bytes = 0;
}

static void size_too_large(bell_worker_config *config)
{
    config->sizes[0] = 65536;
}

static void pattern_4(bell_worker_config *config)
{
    config->pattern = 4;
}

static void cpu_4000(bell_worker_config *config)
{
    config->cpu = 4000;
}

static void flags_2(bell_worker_config *config)
{
    config->flags = 2;
}

static void region_empty(bell_worker_config *config)
{
    config->region_end = 0;
}

static void wrong_parameters_are_named_and_leave_nothing_open(void **state)
{
    static const struct wrong wrong[] = {
        {"qdepth 0", qdepth_0},    {"qdepth 70000", qdepth_70000}, {"lba_bytes 0", lba_bytes_0},
        {"sizes", size_too_large}, {"pattern 4", pattern_4},       {"cpu 4000", cpu_4000},
        {"flags 2", flags_2},      {"region_end 0", region_empty},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bell_worker_config config = reads_4k();
        bell_worker *worker = NULL;

        wrong[i].change(&config);
        assert_int_equal(bell_worker_create(device, &config, &worker), -EINVAL);
        if (strstr(bell_last_error(), wrong[i].name) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", wrong[i].name, bell_last_error());
    }
}

static int open_device(const char *address)
{
    int rc = bell_device_open(address, &device);

    if (rc == -ENOTSUP || rc == -ENOENT)
        printf("SKIPPED %s %s\n", address, bell_last_error());
    else if (rc < 0)
        fprintf(stderr, "%s %s\n", address, bell_last_error());
    return rc;
}

int main(void)
{
    static const char *const addresses[] = {"sim:size=64MiB,lba=512,ns=1", "qemu:size=64MiB,lba=512"};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counter_of_a_counted_run_is_exact),
        cmocka_unit_test(fewer_ios_than_slots_are_still_exact),
        cmocka_unit_test(a_time_limit_ends_the_run),
        cmocka_unit_test(it_can_be_watched_and_stopped_while_it_runs),
        cmocka_unit_test(closing_a_running_worker_stops_it),
        cmocka_unit_test(a_rate_limit_is_never_exceeded),
        cmocka_unit_test(device_errors_are_counted_and_do_not_end_the_run),
        cmocka_unit_test(a_sequential_pass_writes_the_whole_region_and_nothing_else),
        cmocka_unit_test(reads_do_not_spoil_the_data_that_is_written),
        cmocka_unit_test(the_command_log_shows_the_same_stream_for_the_same_seed),
        cmocka_unit_test(the_command_log_can_be_left_out),
        cmocka_unit_test(the_deepest_queue_works),
        cmocka_unit_test(two_workers_run_side_by_side),
        cmocka_unit_test(start_and_wait_are_refused_where_they_make_no_sense),
        cmocka_unit_test(wrong_parameters_are_named_and_leave_nothing_open),
        cmocka_unit_test(a_reset_ends_the_worker_with_a_reason),
        cmocka_unit_test(a_function_level_reset_ends_it_too),
    };
    int failed = 0;

    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        int rc = open_device(addresses[i]);

        if (rc == -ENOTSUP || rc == -ENOENT)
            continue;
        if (rc < 0)
            return 1;
        printf("=== %s\n", addresses[i]);
        enable();
        failed += cmocka_run_group_tests(tests, NULL, NULL);
        if (bell_device_close(device) != 0) {
            fprintf(stderr, "%s %s\n", addresses[i], bell_last_error());
            failed++;
        }
    }
    return failed;
}
