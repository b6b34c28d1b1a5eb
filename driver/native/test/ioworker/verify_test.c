/* SPDX-License-Identifier: Apache-2.0 */
/* Workers on a namespace under data verification: good devices are never accused, bad ones always. */
#include "worker_fixture.h"

static bell_workload_config verifying(uint32_t write_percent)
{
    bell_workload_config config = {.nsid = 1,
                                   .lba_bytes = 512,
                                   .region_end = 4096,
                                   .op_count = 2,
                                   .op_opcode = {2, 1},
                                   .op_weight = {100 - write_percent, write_percent},
                                   .size_count = 1,
                                   .size_min = {8},
                                   .size_weight = {1},
                                   .random_percent = 100,
                                   .qdepth = 16,
                                   .pattern = 3,
                                   .cpu = NOT_PINNED,
                                   .flags = BELL_WORKLOAD_VERIFY,
                                   .seed = 5,
                                   .io_count = 3000};

    if (write_percent == 0 || write_percent == 100) {
        config.op_count = 1;
        config.op_opcode[0] = write_percent == 0 ? 2 : 1;
        config.op_weight[0] = 1;
        config.random_percent = 0;
        config.io_count = 512;
    }
    return config;
}

static bell_integrity *follow(void)
{
    const bell_integrity_config config = {.nsid = 1, .lba_bytes = 512, .lbas = LBAS};
    bell_integrity *integrity = NULL;

    must(bell_integrity_open(device, &config, &integrity));
    return integrity;
}

static bell_worker *opened(const bell_workload_config *config)
{
    bell_worker *worker = NULL;

    must(bell_worker_create_workload(device, config, NULL, 0, &worker));
    must(bell_worker_start(worker));
    return worker;
}

static const bell_worker_counters *over(bell_worker *worker)
{
    const bell_worker_counters *counters = ended(worker);

    if (counters->state != BELL_WORKER_DONE)
        fail_msg("%s", bell_worker_error(worker));
    return counters;
}

static bell_integrity_info known(bell_integrity *integrity)
{
    bell_integrity_info info;

    must(bell_integrity_get_info(integrity, &info));
    return info;
}

static void what_a_worker_wrote_another_one_verifies(void **state)
{
    bell_integrity *integrity = follow();
    bell_workload_config writes = verifying(100), reads = verifying(0);
    bell_worker *worker = opened(&writes);

    assert_int_equal(over(worker)->errors, 0);
    assert_int_equal(bell_integrity_close(integrity), -EBUSY);
    must(bell_worker_close(worker));
    worker = opened(&reads);
    assert_int_equal(over(worker)->errors, 0);
    must(bell_worker_close(worker));
    assert_int_equal(known(integrity).written, 4096);
    assert_int_equal(known(integrity).checked, 4096);
    assert_int_equal(known(integrity).miscompares, 0);
    must(bell_integrity_close(integrity));
}

/* Several at a time over the same blocks, one of which does not verify. */
static void workers_that_share_a_region_are_not_accused(void **state)
{
    bell_integrity *integrity = follow();
    bell_worker *workers[3];

    for (uint32_t i = 0; i < 3; i++) {
        bell_workload_config config = verifying(40);
        config.seed = i + 1;
        config.region_end = 256;
        if (i == 2)
            config.flags = 0;
        workers[i] = opened(&config);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(over(workers[i])->errors, 0);
    for (uint32_t i = 0; i < 3; i++)
        must(bell_worker_close(workers[i]));
    bell_integrity_info info = known(integrity);
    assert_int_equal(info.miscompares, 0);
    assert_true(info.written > 0);
    assert_true(info.checked > 0);
    must(bell_integrity_close(integrity));
}

static void a_worker_needs_the_namespace_under_verification(void **state)
{
    bell_workload_config config = verifying(0);
    const bell_integrity_config follows = {.nsid = 1, .lba_bytes = 512, .lbas = LBAS};
    bell_integrity *integrity;
    bell_worker *worker;

    assert_int_equal(bell_worker_create_workload(device, &config, NULL, 0, &worker), -EINVAL);
    config.flags = 0;
    must(bell_worker_create_workload(device, &config, NULL, 0, &worker));
    assert_int_equal(bell_integrity_open(device, &follows, &integrity), -EBUSY);
    must(bell_worker_close(worker));
}

static void a_corrupt_read_is_an_error_with_its_lba(void **state)
{
    bell_integrity *integrity = follow();
    bell_workload_config writes = verifying(100), reads = verifying(0);
    uint8_t expected[512], found[512];
    bell_miscompare what;
    uint64_t next;
    bell_worker *worker = opened(&writes);

    assert_int_equal(over(worker)->errors, 0);
    must(bell_worker_close(worker));
    must(bell_sim_faults_set(device, "io opcode=read lba=808 times=1 then corrupt=1 at=1300"));
    worker = opened(&reads);
    const bell_worker_counters *counters = over(worker);
    assert_int_equal(counters->errors, 1);
    assert_int_equal(counters->first_error_lba, 808);
    must(bell_worker_close(worker));
    must(bell_sim_faults_set(device, ""));
    assert_int_equal(bell_integrity_miscompares(integrity, 0, &what, 1, &next), 1);
    assert_int_equal(what.lba, 810);
    assert_int_equal(what.first_byte, 1300 - 1024);
    assert_int_equal(what.byte_count, 1);
    must(bell_integrity_block(integrity, 0, 0, expected, 512)); /* made again from what the worker wrote */
    must(bell_integrity_block(integrity, 0, 1, found, 512));
    assert_int_equal(expected[0] | expected[1] << 8, 810);
    assert_memory_equal(expected, found, 1300 - 1024);
    assert_memory_not_equal(expected, found, 512);
    must(bell_integrity_close(integrity));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_worker_wrote_another_one_verifies),
        cmocka_unit_test(workers_that_share_a_region_are_not_accused),
        cmocka_unit_test(a_worker_needs_the_namespace_under_verification),
    };
    const struct CMUnitTest faults[] = {cmocka_unit_test(a_corrupt_read_is_an_error_with_its_lba)};
    int failed = run_on_every_device(tests);

    if (open_device("sim:size=64MiB,lba=512,ns=1") < 0)
        return failed + 1;
    enable();
    failed += _cmocka_run_group_tests("faults", faults, 1, NULL, NULL);
    return bell_device_close(device) == 0 ? failed : failed + 1;
}
