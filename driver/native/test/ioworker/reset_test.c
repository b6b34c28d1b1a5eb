/* SPDX-License-Identifier: Apache-2.0 */
/* Every way to take a controller away while I/O workers run on it: each worker ends with a status, and the controller
 * comes back without being opened again. */
#include <sched.h>

#include "../nvme/rig.h"

enum { WORKERS = 3, QDEPTH = 16 };

typedef int (*blow)(struct rig *rig);

static int blow_disable(struct rig *rig)
{
    return bell_controller_disable(rig->device);
}

static int blow_enable(struct rig *rig)
{
    const bell_controller_config config = {0};
    return bell_controller_enable(rig->device, &config);
}

static int blow_flr(struct rig *rig)
{
    return bell_pci_reset(rig->device, BELL_RESET_FLR);
}

static int blow_hot(struct rig *rig)
{
    return bell_pci_reset(rig->device, BELL_RESET_HOT);
}

static int blow_pm(struct rig *rig)
{
    return bell_pci_reset(rig->device, BELL_RESET_PM);
}

static int blow_subsystem(struct rig *rig)
{
    uint64_t cap = 0, cc = 1;
    int rc = bell_register_read(rig->device, NVME_REG_CAP, 8, &cap);
    if (rc < 0 || !(cap & NVME_CAP_NSSRS))
        return rc < 0 ? rc : -ENOTSUP;
    rc = bell_register_write(rig->device, NVME_REG_NSSR, 4, NVME_NSSR_RESET);
    while (rc == 0 && (cc & NVME_CC_EN))
        rc = bell_register_read(rig->device, NVME_REG_CC, 4, &cc);
    return rc < 0 ? rc : bell_register_write(rig->device, NVME_REG_CSTS, 4, NVME_CSTS_NSSRO);
}

static int blow_shutdown(struct rig *rig)
{
    int rc = bell_controller_shutdown(rig->device, 0, 10000);
    return rc < 0 ? rc : bell_controller_disable(rig->device);
}

static int blow_abrupt_shutdown(struct rig *rig)
{
    int rc = bell_controller_shutdown(rig->device, 1, 10000);
    return rc < 0 ? rc : bell_controller_disable(rig->device);
}

static int blow_sleep(struct rig *rig)
{
    int rc = bell_pci_power_state(rig->device, 3);
    if (rc == 0)
        rc = bell_pci_power_state(rig->device, 0);
    return rc < 0 ? rc : bell_controller_disable(rig->device);
}

static int blow_power(struct rig *rig)
{
    int rc = bell_device_power(rig->device, 0);
    return rc < 0 ? rc : bell_device_power(rig->device, 1);
}

static bell_worker *worker_new(struct rig *rig, uint64_t seed)
{
    bell_worker *worker = NULL;
    const bell_worker_config config = {.nsid = 1,
                                       .lba_bytes = LBA_BYTES,
                                       .region_end = 8192,
                                       .size_count = 1,
                                       .sizes = {8},
                                       .size_weights = {1},
                                       .random_percent = 100,
                                       .read_percent = 50,
                                       .qdepth = QDEPTH,
                                       .cpu = UINT32_MAX,
                                       .seed = seed};
    MUST(bell_worker_create(rig->device, &config, &worker));
    MUST(bell_worker_start(worker));
    return worker;
}

/* QEMU 7.2's model now and then uses a queue that a reset has just freed, and dies of it. */
static bool qemu_died(struct rig *rig)
{
    uint64_t csts;
    return strncmp(rig->address, "qemu:", 5) == 0 &&
           bell_register_read(rig->device, NVME_REG_CSTS, 4, &csts) == -ENODEV;
}

/* Returns false when QEMU died of it. The workers have ended then too. */
static bool strike_under_load(struct rig *rig, blow strike)
{
    const bell_controller_config config = {0};
    bell_worker *workers[WORKERS];
    for (uint64_t i = 0; i < WORKERS; i++)
        workers[i] = worker_new(rig, i + 1);
    for (int i = 0; i < WORKERS; i++)
        while (__atomic_load_n(&bell_worker_counters_of(workers[i])->completed, __ATOMIC_RELAXED) < 50)
            sched_yield();
    int rc = strike(rig);
    if (rc == -ENOTSUP)
        print_message("%s has no such way\n", rig->address);
    else if (rc < 0 && !qemu_died(rig))
        fail_msg("%d: %s", rc, bell_last_error());
    for (int i = 0; i < WORKERS; i++) {
        if (rc == -ENOTSUP)
            MUST(bell_worker_stop(workers[i]));
        MUST(bell_worker_wait(workers[i], 30000));
        const bell_worker_counters *counters = bell_worker_counters_of(workers[i]);
        assert_int_equal(counters->outstanding, 0);
        /* What was lost had an end, but no completion. */
        assert_in_range(counters->submitted - counters->completed, 0, rc == -ENOTSUP ? 0 : QDEPTH);
        assert_int_equal(counters->state, rc == -ENOTSUP ? BELL_WORKER_DONE : BELL_WORKER_FAILED);
        if (rc != -ENOTSUP)
            assert_string_not_equal(bell_worker_error(workers[i]), "");
    }
    rc = bell_controller_enable(rig->device, &config);
    bool died = rc < 0 && qemu_died(rig);
    if (rc < 0 && !died)
        fail_msg("%d: %s", rc, bell_last_error());
    for (int i = 0; i < WORKERS; i++) {
        rc = bell_worker_close(workers[i]);
        assert_true(rc == 0 || died);
    }
    return !died;
}

static void under_load(struct rig *rig, blow strike)
{
    for (int again = 0; !strike_under_load(rig, strike); again++) {
        void *state = rig;
        print_message("QEMU died; with another one again\n");
        assert_in_range(again, 0, 5);
        MUST(rig_teardown(&state));
        MUST(rig_setup(&state));
    }
    bell_qpair *qpair = qpair_new(rig, 8, true);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 8, rig->iova), NULL), NVME_SC_SUCCESS);
    MUST(bell_qpair_close(qpair));
}

#define UNDER_LOAD(name)                                                                                               \
    static void test_##name##_with_workers_running(void **state)                                                       \
    {                                                                                                                  \
        under_load(rig_of(state), blow_##name);                                                                        \
    }

UNDER_LOAD(disable)
UNDER_LOAD(enable)
UNDER_LOAD(flr)
UNDER_LOAD(hot)
UNDER_LOAD(pm)
UNDER_LOAD(subsystem)
UNDER_LOAD(shutdown)
UNDER_LOAD(abrupt_shutdown)
UNDER_LOAD(sleep)
UNDER_LOAD(power)

int main(void)
{
    static struct rig sim = {.address = "sim:size=64MiB"};
    static struct rig qemu = {.address = "qemu:size=64MiB"};
    const struct CMUnitTest tests[] = {
        ON(sim, test_disable_with_workers_running),
        ON(qemu, test_disable_with_workers_running),
        ON(sim, test_enable_with_workers_running),
        ON(qemu, test_enable_with_workers_running),
        ON(sim, test_flr_with_workers_running),
        ON(qemu, test_flr_with_workers_running),
        ON(sim, test_hot_with_workers_running),
        ON(qemu, test_hot_with_workers_running),
        ON(sim, test_pm_with_workers_running),
        ON(qemu, test_pm_with_workers_running),
        ON(sim, test_subsystem_with_workers_running),
        ON(qemu, test_subsystem_with_workers_running),
        ON(sim, test_shutdown_with_workers_running),
        ON(qemu, test_shutdown_with_workers_running),
        ON(sim, test_abrupt_shutdown_with_workers_running),
        ON(qemu, test_abrupt_shutdown_with_workers_running),
        ON(sim, test_sleep_with_workers_running),
        ON(qemu, test_sleep_with_workers_running),
        ON(sim, test_power_with_workers_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
