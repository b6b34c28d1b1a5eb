/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker refuses, and resets under its feet. */
#include "worker_fixture.h"

static bell_worker *running(const bell_worker_config *config)
{
    bell_worker *worker = started(config);
    const bell_worker_counters *counters = bell_worker_counters_of(worker);
    uint64_t end = bell_now() + 20 * BELL_NS_PER_S;

    while (__atomic_load_n(&counters->completed, __ATOMIC_RELAXED) == 0 && bell_now() < end)
        sched_yield();
    return worker;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_and_wait_are_refused_where_they_make_no_sense),
        cmocka_unit_test(wrong_parameters_are_named_and_leave_nothing_open),
        cmocka_unit_test(a_reset_ends_the_worker_with_a_reason),
        cmocka_unit_test(a_function_level_reset_ends_it_too),
    };

    return run_on_every_device(tests);
}
