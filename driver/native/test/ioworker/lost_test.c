/* SPDX-License-Identifier: Apache-2.0 */
/* A device that goes away while a worker runs on it. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../pci/qemu_child.h"
#include "doorbell.h"
#include "support/clock.h"

static void the_worker_ends_and_everything_can_be_closed(void **state)
{
    const bell_controller_config enable = {.timeout_ms = 300};
    const bell_worker_config config = {.nsid = 1,
                                       .lba_bytes = 512,
                                       .region_end = 1000,
                                       .size_count = 1,
                                       .sizes = {8},
                                       .random_percent = 100,
                                       .read_percent = 50,
                                       .qdepth = 32,
                                       .cpu = UINT32_MAX};
    uint64_t end = bell_now() + 20 * BELL_NS_PER_S;
    const bell_worker_counters *counters;
    bell_device *device = NULL;
    bell_worker *worker = NULL;
    bell_device_info info;
    uint64_t value = 0;
    int opened = bell_device_open("qemu:size=16MiB", &device);

    if (opened == -ENOENT || qemu_child_find() < 0) {
        printf("SKIPPED: %s\n", opened == -ENOENT ? bell_last_error() : "this kernel does not list children");
        skip();
    }
    assert_int_equal(opened, 0);
    assert_int_equal(bell_controller_enable(device, &enable), 0);
    assert_int_equal(bell_worker_create(device, &config, &worker), 0);
    assert_int_equal(bell_worker_start(worker), 0);
    counters = bell_worker_counters_of(worker);
    while (__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) < 10 && bell_now() < end)
        sched_yield();
    kill(qemu_child_find(), SIGKILL);

    assert_int_equal(bell_worker_wait(worker, 30000), 0);
    assert_int_equal(counters->state, BELL_WORKER_FAILED);
    assert_int_equal(counters->outstanding, 0);
    assert_non_null(strstr(bell_worker_error(worker), "lost"));
    assert_int_equal(bell_register_read(device, 0x1c, 4, &value), -ENODEV);
    assert_int_equal(bell_worker_close(worker), 0);
    assert_int_equal(bell_device_get_info(device, &info), 0);
    assert_int_equal(bell_device_close(device), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_worker_ends_and_everything_can_be_closed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
