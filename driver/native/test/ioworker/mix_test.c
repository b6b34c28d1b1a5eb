/* SPDX-License-Identifier: Apache-2.0 */
/* Whole workloads on the simulator: what is sent, as the command log has it, and what is counted. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "support/clock.h"

enum { LBAS = 64 * 1024 * 2, LOGGED = 4096, WORKERS = 8 };

static bell_device *device;
static bell_cmdlog_entry log_entries[LOGGED];

static void must(int rc)
{
    if (rc < 0)
        fail_msg("%d: %s", rc, bell_last_error());
}

static int open_device(void **state)
{
    const bell_controller_config config = {0};

    if (bell_device_open("sim:size=64MiB,ns=1,lba=512", &device) < 0)
        return -1;
    return bell_controller_enable(device, &config);
}

static int close_device(void **state)
{
    bell_sim_faults_set(device, "");
    return bell_device_close(device);
}

static bell_workload_config reads(uint64_t io_count)
{
    return (bell_workload_config){.nsid = 1,
                                  .lba_bytes = 512,
                                  .region_end = LBAS,
                                  .random_percent = 100,
                                  .size_count = 1,
                                  .size_min = {8},
                                  .size_weight = {1},
                                  .op_count = 1,
                                  .op_opcode = {2},
                                  .op_weight = {100},
                                  .qdepth = 8,
                                  .cpu = UINT32_MAX,
                                  .seed = 5,
                                  .io_count = io_count};
}

static bell_worker *create(const bell_workload_config *config)
{
    bell_worker *worker = NULL;

    must(bell_worker_create_workload(device, config, NULL, 0, &worker));
    return worker;
}

static bell_worker *run(const bell_workload_config *config)
{
    bell_worker *worker = create(config);

    must(bell_worker_start(worker));
    must(bell_worker_wait(worker, 60000));
    return worker;
}

/* Runs and expects that all went well. Returns the commands in log_entries. */
static int commands_of(const bell_workload_config *config)
{
    bell_worker *worker = run(config);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    uint64_t next;
    int count = bell_cmdlog_read(bell_worker_qpair(worker), 0, log_entries, LOGGED, &next);

    if (counters->state != BELL_WORKER_DONE || counters->errors != 0)
        fail_msg("%u errors, first %xh: %s", (unsigned)counters->errors, (unsigned)counters->first_error,
                 bell_worker_error(worker));
    must(bell_worker_close(worker));
    return count;
}

static uint32_t dword(const bell_cmdlog_entry *entry, int number)
{
    uint32_t value;

    memcpy(&value, entry->sqe + 4 * number, sizeof value);
    return value;
}

static uint64_t lba(const bell_cmdlog_entry *entry)
{
    return dword(entry, 10) | (uint64_t)dword(entry, 11) << 32;
}

static void every_operation_is_sent_as_the_specification_has_it(void **state)
{
    static const uint32_t opcodes[] = {0x00, 0x01, 0x02, 0x08, 0x09, 0x0c};
    bell_workload_config config = reads(3000);
    uint32_t seen[256] = {0};
    int count;

    config.op_count = sizeof opcodes / sizeof opcodes[0];
    for (uint32_t i = 0; i < config.op_count; i++) {
        config.op_opcode[i] = opcodes[i];
        config.op_weight[i] = 10;
    }
    config.op_cdw12[1] = 1u << 30; /* FUA */
    config.op_cdw13[1] = 0x5;
    config.op_cdw14[1] = 0xabcd;
    config.op_cdw15[1] = 0xffff1234;
    config.op_cdw2[1] = 7;
    config.op_cdw3[1] = 8;
    config.op_cdw12[3] = 1u << 25; /* DEAC */
    config.op_ranges[4] = 3;
    config.pattern = 1;
    count = commands_of(&config);
    assert_int_equal(count, 3000);
    for (int i = 0; i < count; i++) {
        const bell_cmdlog_entry *entry = &log_entries[i];
        uint8_t opcode = entry->sqe[0];

        seen[opcode]++;
        assert_int_equal(dword(entry, 1), 1);
        switch (opcode) {
        case 0x00:
            for (int number = 2; number < 16; number++)
                assert_int_equal(dword(entry, number), 0);
            break;
        case 0x09:
            assert_int_equal(dword(entry, 10), 2);
            assert_int_equal(dword(entry, 11), 4);
            break;
        default:
            assert_int_equal(dword(entry, 12) & 0xffff, 7);
            assert_true(lba(entry) % 8 == 0 && lba(entry) < LBAS);
            assert_int_equal(dword(entry, 12) >> 16, opcode == 1 ? 1 << 14 : opcode == 8 ? 1 << 9 : 0);
            assert_int_equal(dword(entry, 13), opcode == 1 ? 5 : 0);
            assert_int_equal(dword(entry, 14), opcode == 1 ? 0xabcd : 0);
            assert_int_equal(dword(entry, 15), opcode == 1 ? 0xffff1234 : 0);
            assert_int_equal(dword(entry, 2), opcode == 1 ? 7 : 0);
            assert_int_equal(dword(entry, 3), opcode == 1 ? 8 : 0);
            assert_int_equal((dword(entry, 6) | dword(entry, 7)) != 0, (opcode & 3) != 0);
        }
    }
    for (uint32_t i = 0; i < config.op_count; i++)
        assert_in_range(seen[opcodes[i]], 380, 620);
}

static void compares_find_what_was_written_and_trims_what_they_name(void **state)
{
    bell_workload_config config = reads(0);
    bell_worker *worker;

    config.region_end = 1024;
    config.random_percent = 0;
    config.passes = 1;
    config.pattern = 2;
    config.pattern_value = 0x12345678;
    config.op_opcode[0] = 1;
    assert_int_equal(commands_of(&config), 128);
    config.op_opcode[0] = 5;
    assert_int_equal(commands_of(&config), 128);
    /* Trim the second half in commands of four ranges: what was there no longer compares. */
    config.op_opcode[0] = 9;
    config.op_ranges[0] = 4;
    config.region_start = 512;
    assert_int_equal(commands_of(&config), 16);
    config.op_opcode[0] = 5;
    config.op_ranges[0] = 0;
    config.region_start = 0;
    worker = run(&config);
    assert_int_equal(bell_worker_counters_of(worker)->errors, 64);
    assert_int_equal(bell_worker_counters_of(worker)->first_error_lba, 512);
    must(bell_worker_close(worker));
}

static void vendor_specific_commands_have_the_data_that_their_opcode_says(void **state)
{
    bell_workload_config config = reads(400);
    bell_worker *worker;
    bell_worker_op ops[4];
    uint64_t next;

    config.op_count = 3;
    memcpy(config.op_opcode, (uint32_t[]){0xc0, 0xc1, 0xc2}, 12);
    memcpy(config.op_weight, (uint32_t[]){1, 1, 1}, 12);
    worker = run(&config); /* the simulator has none of them */
    assert_int_equal(bell_worker_counters_of(worker)->errors, 400);
    assert_int_equal(bell_worker_ops(worker, ops, 4), 3);
    assert_int_equal(ops[0].errors + ops[1].errors + ops[2].errors, 400);
    assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, log_entries, LOGGED, &next), 400);
    for (int i = 0; i < 400; i++)
        assert_int_equal((dword(&log_entries[i], 6) | dword(&log_entries[i], 7)) != 0, log_entries[i].sqe[0] != 0xc0);
    must(bell_worker_close(worker));
}

static void each_operation_has_its_own_figures(void **state)
{
    bell_workload_config config = reads(2000);
    bell_worker *worker;
    bell_worker_op ops[16];
    const bell_worker_counters *counters;
    uint64_t all = 0;

    config.op_count = 4;
    memcpy(config.op_opcode, (uint32_t[]){2, 1, 8, 2}, 16);
    memcpy(config.op_weight, (uint32_t[]){50, 25, 20, 5}, 16);
    worker = run(&config);
    counters = bell_worker_counters_of(worker);
    assert_int_equal(bell_worker_ops(worker, ops, 16), 4);
    for (int i = 0; i < 4; i++) {
        const uint64_t *histogram = bell_worker_histogram(worker, (uint32_t)i);
        uint64_t counted = 0;

        assert_int_equal(ops[i].opcode, config.op_opcode[i]);
        assert_int_equal(ops[i].bytes, ops[i].completed * 4096);
        assert_true(ops[i].latency_min_ns <= ops[i].latency_max_ns);
        assert_true(ops[i].latency_sum_ns >= ops[i].completed * ops[i].latency_min_ns);
        for (uint32_t bucket = 0; bucket < BELL_HISTOGRAM_BUCKETS; bucket++)
            counted += histogram[bucket];
        assert_int_equal(counted, config.op_opcode[i] == 2 ? ops[0].completed + ops[3].completed : ops[i].completed);
        all += ops[i].completed;
    }
    assert_null(bell_worker_histogram(worker, 4));
    assert_int_equal(all, 2000);
    assert_int_equal(counters->reads, ops[0].completed + ops[3].completed);
    assert_int_equal(counters->writes, ops[1].completed);
    assert_int_equal(counters->write_bytes, ops[1].bytes);
    must(bell_worker_close(worker));

    config.flags = BELL_WORKLOAD_NO_HISTOGRAM;
    worker = run(&config);
    assert_null(bell_worker_histogram(worker, 0));
    assert_true(bell_worker_counters_of(worker)->latency_max_ns > 0);
    must(bell_worker_close(worker));
}

static void it_ends_at_its_bytes_and_after_its_passes(void **state)
{
    bell_workload_config config = reads(0);

    config.byte_count = 100 * 4096 - 5;
    assert_int_equal(commands_of(&config), 100);
    config.byte_count = 0;
    config.random_percent = 0;
    config.region_start = 100;
    config.region_end = 205;
    config.passes = 2;
    assert_int_equal(commands_of(&config), 28);
    for (int i = 0; i < 28; i++) {
        assert_int_equal(lba(&log_entries[i]), 100 + i % 14 * 8);
        assert_int_equal(dword(&log_entries[i], 12), i % 14 == 13 ? 0 : 7);
    }
}

static void seeds_give_the_same_commands_whatever_the_queue_depth(void **state)
{
    static bell_cmdlog_entry before[LOGGED];
    bell_workload_config config = reads(1000);

    config.op_count = 2;
    config.op_opcode[1] = 8;
    config.op_weight[1] = 50;
    config.size_max[0] = 64;
    config.distribution = BELL_DISTRIBUTION_ZIPF;
    config.distribution_a = 900000;
    assert_int_equal(commands_of(&config), 1000);
    memcpy(before, log_entries, sizeof before);
    config.qdepth = 37;
    assert_int_equal(commands_of(&config), 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(log_entries[i].sqe[0], before[i].sqe[0]);
        assert_memory_equal(log_entries[i].sqe + 40, before[i].sqe + 40, 24);
    }
}

static void a_trace_is_replayed_in_its_order(void **state)
{
    bell_workload_config config = reads(0);
    bell_trace_entry trace[300];
    bell_worker *worker = NULL;
    uint64_t next;

    for (uint32_t i = 0; i < 300; i++)
        trace[i] = (bell_trace_entry){.time_ns = 5000 + i * 10000ull,
                                      .lba = i * 17ull,
                                      .lbas = 1 + i % 40,
                                      .opcode = i % 3 == 0   ? 1
                                                : i % 3 == 1 ? 2
                                                             : 0};
    for (config.trace_speed = 0; config.trace_speed <= 1000000; config.trace_speed += 1000000) {
        must(bell_worker_create_workload(device, &config, trace, 300, &worker));
        must(bell_worker_start(worker));
        must(bell_worker_wait(worker, 60000));
        assert_int_equal(bell_worker_counters_of(worker)->errors, 0);
        assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, log_entries, LOGGED, &next), 300);
        for (uint32_t i = 0; i < 300; i++) {
            const bell_cmdlog_entry *entry = &log_entries[i];

            assert_int_equal(entry->sqe[0], trace[i].opcode);
            if (trace[i].opcode != 0) {
                assert_int_equal(lba(entry), trace[i].lba);
                assert_int_equal(dword(entry, 12), trace[i].lbas - 1);
            }
            if (config.trace_speed != 0)
                assert_true(entry->submitted_ns >=
                            bell_worker_counters_of(worker)->started_ns + trace[i].time_ns - 5000);
        }
        must(bell_worker_close(worker));
    }
    trace[7].lba = LBAS;
    assert_int_equal(bell_worker_create_workload(device, &config, trace, 300, &worker), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "trace[7]"));
    trace[7].lba = 0;
    trace[8].time_ns = 0;
    assert_int_equal(bell_worker_create_workload(device, &config, trace, 300, &worker), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "trace[8]"));
}

static void errors_are_kept_with_their_commands_and_commands_sent_again(void **state)
{
    bell_worker_command kept[64];
    bell_workload_config config = reads(500);
    bell_worker_op op;
    bell_worker *worker;
    uint64_t next;

    /* Every command fails twice at most in a row: the third try brings it through. */
    must(bell_sim_faults_set(device, "opcode=0x02 lba=800..807 times=2 then status=2/0x81"));
    config.random_percent = 0;
    config.region_end = 4000;
    config.retries = 2;
    worker = run(&config);
    assert_int_equal(bell_worker_counters_of(worker)->errors, 0);
    assert_int_equal(bell_worker_counters_of(worker)->completed, 500);
    must(bell_worker_ops(worker, &op, 1));
    assert_int_equal(op.retries, 2);
    assert_int_equal(bell_worker_errors(worker, 0, kept, 64, &next), 2);
    for (uint32_t i = 0; i < 2; i++) {
        bell_cmdlog_entry as_entry = {.sequence = 0};

        memcpy(as_entry.sqe, kept[i].sqe, 64);
        assert_int_equal(lba(&as_entry), 800);
        assert_int_equal(kept[i].sequence, i);
        assert_int_equal(kept[i].attempts, i + 1);
        assert_int_equal((kept[i].cqe[14] | kept[i].cqe[15] << 8) >> 1 & 0x7ff, 0x281);
    }
    must(bell_worker_close(worker));

    must(bell_sim_faults_set(device, "opcode=0x02 lba=800..807 then status=2/0x81"));
    config.retries = 1;
    config.flags = BELL_WORKLOAD_STOP_ON_ERROR;
    worker = run(&config);
    assert_int_equal(bell_worker_counters_of(worker)->state, BELL_WORKER_FAILED);
    assert_int_equal(bell_worker_counters_of(worker)->errors, 1);
    assert_true(bell_worker_counters_of(worker)->completed < 500);
    assert_non_null(strstr(bell_worker_error(worker), "LBA 800"));
    assert_non_null(strstr(bell_worker_error(worker), "02/81"));
    must(bell_worker_close(worker));
    must(bell_sim_faults_set(device, ""));
}

static void the_last_and_the_slowest_are_those_of_the_log(void **state)
{
    bell_worker_command slowest[8];
    bell_worker_io last[100];
    bell_workload_config config = reads(1000);
    uint64_t next, threshold, slower = 0;
    bell_worker *worker;

    config.qdepth = 1; /* so that commands end in the order in which they were sent */
    config.slowest = 8;
    config.last = 100;
    worker = run(&config);
    assert_int_equal(bell_cmdlog_read(bell_worker_qpair(worker), 0, log_entries, LOGGED, &next), 1000);
    assert_int_equal(bell_worker_last(worker, last, 100), 100);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(last[i].lba, lba(&log_entries[900 + i]));
        assert_int_equal(last[i].completed_ns, log_entries[900 + i].completed_ns);
        assert_int_equal(last[i].lbas, 8);
        assert_int_equal(last[i].opcode, 2);
        assert_int_equal(last[i].status, 0);
    }
    assert_int_equal(bell_worker_slowest(worker, slowest, 8), 8);
    threshold = slowest[7].completed_ns - slowest[7].submitted_ns;
    for (int i = 0; i < 1000; i++)
        slower += log_entries[i].completed_ns - log_entries[i].submitted_ns > threshold;
    assert_true(slower <= 7);
    must(bell_worker_close(worker));
}

static void intervals_cover_the_run_without_gaps(void **state)
{
    static bell_worker_interval intervals[8192];
    bell_workload_config config = reads(0);
    bell_worker *worker;
    uint64_t next, done = 0;
    int count;

    config.interval_ns = 10 * BELL_NS_PER_MS;
    config.duration_ns = 100 * BELL_NS_PER_MS;
    worker = run(&config);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    count = bell_worker_intervals(worker, 0, intervals, 8192, &next);
    assert_true(count >= 10);
    for (int i = 0; i < count; i++) {
        assert_int_equal(intervals[i].start_ns, counters->started_ns + (uint64_t)i * 10 * BELL_NS_PER_MS);
        done += intervals[i].reads;
    }
    assert_int_equal(intervals[count - 1].end_ns, counters->finished_ns);
    assert_int_equal(done, counters->completed);
    must(bell_worker_close(worker));
}

static void workers_start_together_or_not_at_all(void **state)
{
    bell_workload_config config = reads(300);
    bell_worker *workers[WORKERS];

    for (int i = 0; i < WORKERS - 1; i++)
        workers[i] = create(&config);
    assert_int_equal(bell_workers_start(workers, 0), -EINVAL);
    workers[WORKERS - 1] = workers[0]; /* one twice: it cannot start twice */
    assert_int_equal(bell_workers_start(workers, WORKERS), -EBUSY);
    for (int i = 0; i < WORKERS - 1; i++)
        assert_int_equal(bell_worker_counters_of(workers[i])->state, BELL_WORKER_READY);
    must(bell_workers_start(workers, WORKERS - 1)); /* more than this machine has CPUs */
    for (int i = 0; i < WORKERS - 1; i++) {
        must(bell_worker_wait(workers[i], 60000));
        assert_int_equal(bell_worker_counters_of(workers[i])->completed, 300);
        assert_int_equal(bell_worker_counters_of(workers[i])->state, BELL_WORKER_DONE);
    }
    for (int i = 0; i < WORKERS - 1; i++)
        must(bell_worker_close(workers[i]));
}

static void what_makes_no_sense_is_named(void **state)
{
    bell_workload_config config;
    bell_worker *worker;

#define REFUSED(text, change)                                                                                          \
    do {                                                                                                               \
        config = reads(1);                                                                                             \
        change;                                                                                                        \
        assert_int_equal(bell_worker_create_workload(device, &config, NULL, 0, &worker), -EINVAL);                     \
        if (strstr(bell_last_error(), text) == NULL)                                                                   \
            fail_msg("\"%s\" is not in \"%s\"", text, bell_last_error());                                              \
    } while (0)
    REFUSED("flags 8000h", config.flags = 0x8000);
    REFUSED("priority 4", config.priority = 4);
    REFUSED("retries 1001", config.retries = 1001);
    REFUSED("op_cdw12[0]", config.op_cdw12[0] = 1);
    REFUSED("reserved[3]", config.reserved[3] = 1);
    REFUSED("iops_limit", config.iops_limit = UINT64_MAX);
    REFUSED("byte_limit", config.byte_limit = UINT64_MAX);
    REFUSED("idle_ns 5", config.idle_ns = 5);
    REFUSED("ramp_ns 5", config.ramp_ns = 5);
    REFUSED("ramp_from", (config.iops_limit = 1, config.ramp_from = 1000001));
    REFUSED("interval_ns 5", config.interval_ns = 5);
    REFUSED("slowest 257", config.slowest = 257);
    REFUSED("last 1048577", config.last = (1 << 20) + 1);
    REFUSED("sections", config.distribution = BELL_DISTRIBUTION_SECTIONS);
    REFUSED("compress_percent 101", config.compress_percent = 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_sent_as_the_specification_has_it),
        cmocka_unit_test(compares_find_what_was_written_and_trims_what_they_name),
        cmocka_unit_test(vendor_specific_commands_have_the_data_that_their_opcode_says),
        cmocka_unit_test(each_operation_has_its_own_figures),
        cmocka_unit_test(it_ends_at_its_bytes_and_after_its_passes),
        cmocka_unit_test(seeds_give_the_same_commands_whatever_the_queue_depth),
        cmocka_unit_test(a_trace_is_replayed_in_its_order),
        cmocka_unit_test(errors_are_kept_with_their_commands_and_commands_sent_again),
        cmocka_unit_test(the_last_and_the_slowest_are_those_of_the_log),
        cmocka_unit_test(intervals_cover_the_run_without_gaps),
        cmocka_unit_test(workers_start_together_or_not_at_all),
        cmocka_unit_test(what_makes_no_sense_is_named),
    };

    return cmocka_run_group_tests(tests, open_device, close_device);
}
