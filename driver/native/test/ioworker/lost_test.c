/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that goes away while a worker runs on it. Time limits are ten minutes: what ends within the test does so
 * because the device has gone.
 */
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
#include "../serve/served.h"
#include "doorbell.h"
#include "support/clock.h"

static const bell_controller_config patient = {.timeout_ms = 600000};

static void must(int rc)
{
    if (rc != 0)
        fail_msg("%d: %s", rc, bell_last_error());
}

static bell_worker *worker_on(bell_device *device)
{
    const bell_worker_config config = {.nsid = 1,
                                       .lba_bytes = 512,
                                       .region_end = 1000,
                                       .size_count = 1,
                                       .sizes = {8},
                                       .random_percent = 100,
                                       .read_percent = 50,
                                       .qdepth = 32,
                                       .cpu = UINT32_MAX};
    bell_worker *worker = NULL;

    must(bell_worker_create(device, &config, &worker));
    must(bell_worker_start(worker));
    return worker;
}

static void some_done(bell_worker *worker)
{
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    uint64_t end = bell_now() + 60 * BELL_NS_PER_S;

    while (__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) < 10 && bell_now() < end)
        sched_yield();
    assert_true(__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) >= 10);
}

/* It has ended by itself, and everything can be closed. */
static void ends_as_lost(bell_worker *worker)
{
    const bell_worker_counters *counters = bell_worker_counters_of(worker);

    must(bell_worker_wait(worker, 60000));
    assert_int_equal(counters->state, BELL_WORKER_FAILED);
    assert_int_equal(counters->outstanding, 0);
    assert_non_null(strstr(bell_worker_error(worker), "lost"));
    must(bell_worker_close(worker));
}

/* A command that never ends by itself, sent and waited for on the admin queue: it is lost too. */
static void admin_loses(bell_qpair *admin, uint16_t cid)
{
    bell_completion end;

    assert_int_equal(bell_qpair_wait(admin, &end, 1, UINT64_C(60000000)), 1);
    assert_int_equal(end.cid, cid);
    assert_int_equal(end.flags, BELL_CQ_LOST);
}

static uint16_t admin_send(bell_qpair *admin)
{
    const bell_command event_request = {.sqe = {0x0c}};
    uint16_t cid;

    must(bell_qpair_submit(admin, &event_request, &cid));
    return cid;
}

static void a_killed_qemu_ends_the_worker(void **state)
{
    bell_device *device = NULL;
    bell_device_info info;
    uint64_t value = 0;
    int opened = bell_device_open("qemu:size=16MiB", &device);

    if (opened == -ENOENT || qemu_child_find() < 0) {
        printf("SKIPPED: %s\n", opened == -ENOENT ? bell_last_error() : "this kernel does not list children");
        skip();
    }
    must(opened);
    must(bell_controller_enable(device, &patient));
    bell_worker *worker = worker_on(device);
    uint16_t cid = admin_send(bell_controller_admin(device));

    some_done(worker);
    kill(qemu_child_find(), SIGKILL);
    ends_as_lost(worker);
    admin_loses(bell_controller_admin(device), cid);
    assert_int_equal(bell_register_read(device, 0x1c, 4, &value), -ENODEV);
    must(bell_device_get_info(device, &info));
    must(bell_device_close(device));
}

static void a_simulator_that_disappears_ends_the_worker(void **state)
{
    bell_device *device = NULL;
    bell_pci_notices notices;

    must(bell_device_open("sim:size=16MiB", &device));
    must(bell_controller_enable(device, &patient));
    bell_worker *worker = worker_on(device);
    uint16_t cid = admin_send(bell_controller_admin(device));

    some_done(worker);
    must(bell_pci_get_notices(device, &notices));
    assert_int_equal(notices.gone, 0);
    must(bell_sim_faults_set(device, "io skip=100 times=1 then remove"));
    ends_as_lost(worker);
    admin_loses(bell_controller_admin(device), cid);
    must(bell_pci_get_notices(device, &notices));
    assert_int_equal(notices.gone, 1);
    must(bell_device_close(device));
}

/* However short it was away, it has forgotten everything; what was enabled afterwards is not lost with it. */
static void a_simulator_that_comes_back_is_enabled_again(void **state)
{
    bell_device *device = NULL;

    must(bell_device_open("sim:size=16MiB", &device));
    for (int round = 0; round < 5; round++) {
        must(bell_controller_enable(device, &patient));
        bell_worker *worker = worker_on(device);

        some_done(worker);
        must(bell_sim_faults_set(device, "io skip=100 times=1 then remove=1us"));
        ends_as_lost(worker);
        must(bell_sim_faults_set(device, ""));
    }
    must(bell_device_close(device));
}

static void a_vfio_user_server_that_ends_ends_the_worker(void **state)
{
    struct served served;
    bell_device *device = NULL;

    must(served_start(&served, "sim:size=16MiB"));
    must(bell_device_open(served.address, &device));
    must(bell_controller_enable(device, &patient));
    bell_worker *worker = worker_on(device);
    uint16_t cid = admin_send(bell_controller_admin(device));

    some_done(worker);
    must(served_stop(&served));
    ends_as_lost(worker);
    admin_loses(bell_controller_admin(device), cid);
    must(bell_device_close(device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_qemu_ends_the_worker),
        cmocka_unit_test(a_simulator_that_disappears_ends_the_worker),
        cmocka_unit_test(a_simulator_that_comes_back_is_enabled_again),
        cmocka_unit_test(a_vfio_user_server_that_ends_ends_the_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
