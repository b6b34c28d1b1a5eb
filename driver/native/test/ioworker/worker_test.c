/* SPDX-License-Identifier: Apache-2.0 */
/* What an I/O worker counts, and when it ends by itself or is told to. */
#include "worker_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_counter_of_a_counted_run_is_exact),
        cmocka_unit_test(fewer_ios_than_slots_are_still_exact),
        cmocka_unit_test(a_time_limit_ends_the_run),
        cmocka_unit_test(it_can_be_watched_and_stopped_while_it_runs),
        cmocka_unit_test(closing_a_running_worker_stops_it),
        cmocka_unit_test(a_rate_limit_is_never_exceeded),
        cmocka_unit_test(device_errors_are_counted_and_do_not_end_the_run),
        cmocka_unit_test(the_deepest_queue_works),
        cmocka_unit_test(two_workers_run_side_by_side),
    };

    return run_on_every_device(tests);
}
