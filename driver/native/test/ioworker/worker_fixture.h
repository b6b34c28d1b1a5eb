/* SPDX-License-Identifier: Apache-2.0 */
/* Worker tests over every device that can be had without hardware: the same tests for each. */
#ifndef BELL_TEST_WORKER_FIXTURE_H
#define BELL_TEST_WORKER_FIXTURE_H

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "support/clock.h"

enum { LBAS = 64 * 1024 * 2, NOT_PINNED = 0xffffffff };

static bell_device *device;

static inline void must(int rc)
{
    if (rc < 0)
        fail_msg("%d: %s", rc, bell_last_error());
}

static inline bell_worker_config reads_4k(void)
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

static inline bell_worker *started(const bell_worker_config *config)
{
    bell_worker *worker = NULL;

    must(bell_worker_create(device, config, &worker));
    must(bell_worker_start(worker));
    return worker;
}

static inline const bell_worker_counters *ended(bell_worker *worker)
{
    must(bell_worker_wait(worker, 60000));
    return bell_worker_counters_of(worker);
}

/* Run to the end with the expectation that nothing goes wrong. */
static inline bell_worker *run_well(const bell_worker_config *config)
{
    bell_worker *worker = started(config);
    const bell_worker_counters *counters = ended(worker);

    if (counters->state != BELL_WORKER_DONE || counters->errors != 0)
        fail_msg("state %u, %u errors, first %xh: %s", (unsigned)counters->state, (unsigned)counters->errors,
                 (unsigned)counters->first_error, bell_worker_error(worker));
    return worker;
}

static inline void enable(void)
{
    const bell_controller_config config = {0};

    must(bell_controller_enable(device, &config));
}

static inline int open_device(const char *address)
{
    int rc = bell_device_open(address, &device);

    if (rc == -ENOTSUP || rc == -ENOENT)
        printf("SKIPPED %s %s\n", address, bell_last_error());
    else if (rc < 0)
        fprintf(stderr, "%s %s\n", address, bell_last_error());
    return rc;
}

/* Run the tests on each device in turn. Return: the number that failed. */
#define run_on_every_device(tests) run_on_every_device_(#tests, tests, sizeof(tests) / sizeof(tests)[0])

static inline int run_on_every_device_(const char *name, const struct CMUnitTest *tests, size_t count)
{
    static const char *const addresses[] = {"sim:size=64MiB,lba=512,ns=1", "qemu:size=64MiB,lba=512"};
    int failed = 0;

    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        int rc = open_device(addresses[i]);

        if (rc == -ENOTSUP || rc == -ENOENT)
            continue;
        if (rc < 0)
            return failed + 1;
        printf("=== %s\n", addresses[i]);
        enable();
        failed += _cmocka_run_group_tests(name, tests, count, NULL, NULL);
        if (bell_device_close(device) != 0) {
            fprintf(stderr, "%s %s\n", addresses[i], bell_last_error());
            failed++;
        }
    }
    return failed;
}

#endif
