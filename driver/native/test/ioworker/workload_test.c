/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ioworker/workload.h"
#include "support/error.h"

static bell_worker_config config_of(uint64_t start, uint64_t end, uint32_t size)
{
    bell_worker_config config = {.region_start = start,
                                 .region_end = end,
                                 .size_count = 1,
                                 .sizes = {size},
                                 .size_weights = {1},
                                 .random_percent = 100,
                                 .read_percent = 100,
                                 .seed = 7};

    return config;
}

static void start(struct bell_workload *workload, const bell_worker_config *config)
{
    bell_workload_config whole;

    bell_workload_of(config, &whole);
    if (bell_workload_init(workload, &whole) != 0)
        fail_msg("%s", bell_error_text());
}

/* Whatever the configuration, no I/O leaves its region. */
static void every_io_lies_inside_the_region(void **state)
{
    uint64_t source[4] = {1, 2, 3, 4};

    for (int round = 0; round < 300; round++) {
        bell_worker_config config = {.seed = bell_random_next(source), .size_count = 1 + round % 16};
        struct bell_workload workload;

        config.region_start = bell_random_next(source) >> (1 + round % 60);
        config.region_end = config.region_start + 1 + bell_random_below(source, UINT64_C(1) << (1 + round % 40));
        config.random_percent = (uint32_t)bell_random_below(source, 101);
        config.read_percent = (uint32_t)bell_random_below(source, 101);
        for (uint32_t i = 0; i < config.size_count; i++) {
            uint64_t region = config.region_end - config.region_start;
            config.sizes[i] = 1 + (uint32_t)bell_random_below(source, region < 65536 ? region : 65536);
            config.size_weights[i] = 1 + (uint32_t)bell_random_below(source, 1000);
        }
        start(&workload, &config);
        for (int i = 0; i < 2000; i++) {
            struct bell_io io;

            bell_workload_next(&workload, &io);
            assert_true(io.lbas >= 1 && io.lbas <= 65536);
            assert_true(io.lba >= config.region_start);
            assert_true(io.lba < config.region_end);
            assert_true(io.lbas <= config.region_end - io.lba);
        }
    }
}

static void random_ios_are_aligned_and_reach_both_ends_of_a_large_region(void **state)
{
    const uint64_t base = UINT64_C(1) << 40;
    bell_worker_config config = config_of(base, 2 * base, 8);
    struct bell_workload workload;
    uint64_t eighths[8] = {0};

    start(&workload, &config);
    for (int i = 0; i < 80000; i++) {
        struct bell_io io;

        bell_workload_next(&workload, &io);
        assert_int_equal((io.lba - base) % 8, 0);
        eighths[(io.lba - base) / (base / 8)]++;
    }
    for (int i = 0; i < 8; i++)
        assert_in_range(eighths[i], 9600, 10400);
}

static void a_region_of_few_places_is_used_evenly(void **state)
{
    bell_worker_config config = config_of(100, 100 + 5 * 16 + 3, 16);
    struct bell_workload workload;
    uint32_t places[5] = {0};

    start(&workload, &config);
    for (int i = 0; i < 50000; i++) {
        struct bell_io io;

        bell_workload_next(&workload, &io);
        places[(io.lba - 100) / 16]++;
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(places[i], 9600, 10400);
}

static void a_sequential_pass_touches_every_lba_once_and_starts_over(void **state)
{
    bell_worker_config config = config_of(1000, 1100, 8);
    struct bell_workload workload;

    config.random_percent = 0;
    start(&workload, &config);
    for (int pass = 0; pass < 3; pass++) {
        uint64_t next = 1000;

        while (next < 1100) {
            struct bell_io io;

            bell_workload_next(&workload, &io);
            assert_int_equal(io.lba, next);
            assert_int_equal(io.lbas, next + 8 <= 1100 ? 8 : 4);
            next += io.lbas;
        }
        assert_int_equal(next, 1100);
    }
}

static void random_ios_do_not_move_the_sequential_position(void **state)
{
    bell_worker_config config = config_of(0, 1 << 30, 8);
    struct bell_workload workload;
    uint64_t next = 0;
    int sequential = 0;

    config.random_percent = 50;
    start(&workload, &config);
    for (int i = 0; i < 1000; i++) {
        struct bell_io io;

        bell_workload_next(&workload, &io);
        if (io.lba == next) {
            next += io.lbas;
            sequential++;
        }
    }
    assert_in_range(sequential, 430, 570);
}

static void shares_of_sizes_and_reads_come_out_as_asked(void **state)
{
    bell_worker_config config = config_of(0, 1 << 20, 1);
    struct bell_workload workload;
    uint32_t sizes[3] = {0};
    uint32_t reads = 0;

    config.size_count = 4;
    memcpy(config.sizes, (uint32_t[]){1, 8, 64, 128}, 16);
    memcpy(config.size_weights, (uint32_t[]){10, 70, 20, 0}, 16);
    config.read_percent = 30;
    start(&workload, &config);
    for (int i = 0; i < 100000; i++) {
        struct bell_io io;

        bell_workload_next(&workload, &io);
        assert_int_not_equal(io.lbas, 128);
        sizes[io.lbas == 1 ? 0 : io.lbas == 8 ? 1 : 2]++;
        reads += io.op == 0;
    }
    assert_in_range(sizes[0], 9600, 10400);
    assert_in_range(sizes[1], 69200, 70800);
    assert_in_range(sizes[2], 19400, 20600);
    assert_in_range(reads, 29200, 30800);
}

static void all_or_nothing_percentages_are_exact(void **state)
{
    for (uint32_t percent = 0; percent <= 100; percent += 100) {
        bell_worker_config config = config_of(0, 1000, 1);
        bell_workload_config whole;
        struct bell_workload workload;

        config.read_percent = percent;
        bell_workload_of(&config, &whole);
        start(&workload, &config);
        for (int i = 0; i < 10000; i++) {
            struct bell_io io;

            bell_workload_next(&workload, &io);
            assert_int_equal(whole.op_opcode[io.op], percent == 0 ? 1 : 2);
        }
    }
}

static void the_same_seed_gives_the_same_stream(void **state)
{
    for (uint64_t seed = 0; seed < 3; seed++) {
        bell_worker_config config = config_of(5, 1 << 28, 8);
        struct bell_workload first, second, other;
        int differing = 0;

        config.random_percent = 70;
        config.read_percent = 50;
        config.seed = seed;
        start(&first, &config);
        start(&second, &config);
        config.seed = seed + 100;
        start(&other, &config);
        for (int i = 0; i < 1000; i++) {
            struct bell_io a, b, c;

            bell_workload_next(&first, &a);
            bell_workload_next(&second, &b);
            bell_workload_next(&other, &c);
            assert_true(a.lba == b.lba && a.lbas == b.lbas && a.op == b.op);
            differing += a.lba != c.lba;
        }
        assert_true(differing > 500);
    }
}

static void a_wrong_parameter_is_named(void **state)
{
    static const struct {
        const char *name;
        bell_worker_config change;
    } wrong[] = {
        {"region_end 5", {.region_start = 5, .region_end = 5, .size_count = 1, .sizes = {1}}},
        {"size_count 0", {.region_end = 10}},
        {"sizes[1] 0", {.region_end = 10, .size_count = 2, .sizes = {1, 0}}},
        {"sizes[0] 65537", {.region_end = 100000, .size_count = 1, .sizes = {65537}}},
        {"sizes[0] 11", {.region_end = 10, .size_count = 1, .sizes = {11}}},
        {"size_weights", {.region_end = 10, .size_count = 2, .sizes = {1, 2}}},
        {"random_percent 101", {.region_end = 10, .size_count = 1, .sizes = {1}, .random_percent = 101}},
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bell_workload_config whole;
        struct bell_workload workload;

        bell_workload_of(&wrong[i].change, &whole);
        assert_int_equal(bell_workload_init(&workload, &whole), -EINVAL);
        if (strstr(bell_error_text(), wrong[i].name) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", wrong[i].name, bell_error_text());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_io_lies_inside_the_region),
        cmocka_unit_test(random_ios_are_aligned_and_reach_both_ends_of_a_large_region),
        cmocka_unit_test(a_region_of_few_places_is_used_evenly),
        cmocka_unit_test(a_sequential_pass_touches_every_lba_once_and_starts_over),
        cmocka_unit_test(random_ios_do_not_move_the_sequential_position),
        cmocka_unit_test(shares_of_sizes_and_reads_come_out_as_asked),
        cmocka_unit_test(all_or_nothing_percentages_are_exact),
        cmocka_unit_test(the_same_seed_gives_the_same_stream),
        cmocka_unit_test(a_wrong_parameter_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
