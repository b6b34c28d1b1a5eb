/* SPDX-License-Identifier: Apache-2.0 */
/* A worker on a device that answers later than the time-out allows. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"

static const bell_worker_config four_reads = {.nsid = 1,
                                              .lba_bytes = 512,
                                              .region_end = 1000,
                                              .size_count = 1,
                                              .sizes = {8},
                                              .random_percent = 100,
                                              .read_percent = 100,
                                              .qdepth = 2,
                                              .cpu = UINT32_MAX,
                                              .io_count = 4};

static bell_worker *run(const char *address, uint32_t timeout_ms, bell_device **device)
{
    const bell_controller_config enable = {0};
    bell_worker *worker = NULL;

    assert_int_equal(bell_device_open(address, device), 0);
    assert_int_equal(bell_controller_enable(*device, &enable), 0);
    assert_int_equal(bell_worker_create(*device, &four_reads, &worker), 0);
    assert_int_equal(bell_controller_set_timeout(*device, timeout_ms), 0);
    assert_int_equal(bell_worker_start(worker), 0);
    assert_int_equal(bell_worker_wait(worker, 60000), 0);
    assert_int_equal(bell_controller_set_timeout(*device, 10000), 0);
    return worker;
}

/* Each pair of commands times out, comes back late, and makes room for the next pair. */
static void a_slow_device_costs_errors_but_not_the_run(void **state)
{
    bell_device *device = NULL;
    bell_worker *worker = run("sim:size=64MiB,ns=1,lba=512,read-latency=600ms", 500, &device);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);

    assert_string_equal(bell_worker_error(worker), "");
    assert_int_equal(counters->state, BELL_WORKER_DONE);
    assert_int_equal(counters->submitted, 4);
    assert_int_equal(counters->completed, 4);
    assert_int_equal(counters->errors, 4);
    assert_int_equal(counters->first_error, 0x7fff);
    assert_int_equal(counters->read_bytes, 0);
    /* No latency was measured: the device completed nothing in time. */
    assert_true(counters->latency_min_ns == UINT64_MAX);
    assert_int_equal(bell_worker_close(worker), 0);
    assert_int_equal(bell_device_close(device), 0);
}

static void a_device_that_does_not_come_back_ends_it(void **state)
{
    bell_device *device = NULL;
    bell_worker *worker = run("sim:size=64MiB,ns=1,lba=512,read-latency=3000ms", 100, &device);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);

    assert_int_equal(counters->state, BELL_WORKER_FAILED);
    assert_non_null(strstr(bell_worker_error(worker), "timed out"));
    assert_int_equal(counters->submitted, 2);
    assert_int_equal(counters->completed, 2);
    assert_int_equal(counters->errors, 2);
    assert_int_equal(bell_worker_close(worker), 0);
    assert_int_equal(bell_device_close(device), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_device_costs_errors_but_not_the_run),
        cmocka_unit_test(a_device_that_does_not_come_back_ends_it),
    };
    bell_device *device = NULL;

    if (bell_device_open("sim:", &device) == -ENOTSUP) {
        printf("SKIPPED: %s\n", bell_last_error());
        return 0;
    }
    bell_device_close(device);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
