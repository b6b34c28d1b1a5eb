/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads beyond one size at even places: what is drawn holds to what was asked for. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ioworker/workload.h"
#include "support/error.h"

static bell_workload_config reads(uint64_t start, uint64_t end, uint32_t size)
{
    return (bell_workload_config){.region_start = start,
                                  .region_end = end,
                                  .random_percent = 100,
                                  .size_count = 1,
                                  .size_min = {size},
                                  .size_weight = {1},
                                  .op_count = 1,
                                  .op_opcode = {2},
                                  .op_weight = {100},
                                  .seed = 11};
}

static void start(struct bell_workload *workload, const bell_workload_config *config)
{
    if (bell_workload_init(workload, config) != 0)
        fail_msg("%s", bell_error_text());
}

static struct bell_io next(struct bell_workload *workload)
{
    struct bell_io io;

    bell_workload_next(workload, &io);
    return io;
}

/* A config of anything that is allowed; false: this draw is not. */
static bool anything(uint64_t source[4], bell_workload_config *config)
{
    uint64_t region;

    *config = reads(bell_random_next(source) >> (1 + bell_random_below(source, 60)), 0, 1);
    config->region_end =
        config->region_start + 1 + bell_random_below(source, UINT64_C(1) << bell_random_below(source, 45));
    region = config->region_end - config->region_start;
    config->seed = bell_random_next(source);
    config->random_percent = (uint32_t)bell_random_below(source, 101);
    config->size_count = 1 + (uint32_t)bell_random_below(source, 4);
    for (uint32_t i = 0; i < config->size_count; i++) {
        config->size_min[i] = 1 + (uint32_t)bell_random_below(source, region < 65536 ? region : 65536);
        if (bell_random_below(source, 2)) {
            config->size_max[i] = config->size_min[i] + (uint32_t)bell_random_below(source, 100);
            config->size_step[i] = (uint32_t)bell_random_below(source, 9);
        }
        if (bell_random_below(source, 2))
            config->size_align[i] = 1 + (uint32_t)bell_random_below(source, 300);
        config->size_weight[i] = 1 + (uint32_t)bell_random_below(source, 100);
    }
    config->distribution = (uint32_t)bell_random_below(source, 5);
    config->distribution_a = 1 + bell_random_below(source, config->distribution == 2 ? 9999998 : 999998);
    config->distribution_b = 1 + bell_random_below(source, 2000000);
    for (uint32_t i = 0; i < 100; i++)
        config->sections[i] = 1 + (uint32_t)bell_random_below(source, 100);
    if (bell_random_below(source, 2)) {
        config->flags |= BELL_WORKLOAD_STEP;
        config->step_lbas = (int64_t)bell_random_below(source, 2000) - 1000;
    }
    if (bell_random_below(source, 2)) {
        config->flags |= BELL_WORKLOAD_FIRST_LBA;
        config->first_lba = config->region_start + bell_random_below(source, region);
    }
    struct bell_workload probe;
    return bell_workload_init(&probe, config) == 0;
}

static uint32_t align_of_some(const bell_workload_config *config, const struct bell_io *io)
{
    for (uint32_t i = 0; i < config->size_count; i++) {
        if (config->size_align[i] == 0 || io->lba % config->size_align[i] == 0)
            return 1;
    }
    return 0;
}

static void whatever_is_asked_for_no_io_leaves_its_region(void **state)
{
    uint64_t source[4] = {5, 6, 7, 8};
    int accepted = 0;

    while (accepted < 1500) {
        bell_workload_config config;
        struct bell_workload workload;

        if (!anything(source, &config))
            continue;
        accepted++;
        start(&workload, &config);
        for (int i = 0; i < 300; i++) {
            struct bell_io io = next(&workload);

            if (io.lbas < 1 || io.lbas > 65536 || io.lba < config.region_start || io.lba >= config.region_end ||
                io.lbas > config.region_end - io.lba || !align_of_some(&config, &io))
                fail_msg("round %d, I/O %d: LBA %llu, %u LBAs", accepted, i, (unsigned long long)io.lba, io.lbas);
        }
    }
}

static void the_same_seed_gives_the_same_rich_stream(void **state)
{
    uint64_t source[4] = {1, 1, 1, 1};

    for (int rounds = 0; rounds < 300;) {
        bell_workload_config config;
        struct bell_workload first, second;

        if (!anything(source, &config))
            continue;
        rounds++;
        start(&first, &config);
        start(&second, &config);
        for (int i = 0; i < 100; i++) {
            struct bell_io a = next(&first), b = next(&second);

            assert_true(a.lba == b.lba && a.lbas == b.lbas && a.op == b.op);
        }
    }
}

static void a_range_has_each_of_its_sizes_equally_often(void **state)
{
    bell_workload_config config = reads(0, 1 << 20, 8);
    struct bell_workload workload;
    uint32_t seen[5] = {0};

    config.size_max[0] = 40;
    config.size_step[0] = 8;
    start(&workload, &config);
    for (int i = 0; i < 50000; i++) {
        struct bell_io io = next(&workload);

        assert_int_equal(io.lbas % 8, 0);
        seen[io.lbas / 8 - 1]++;
    }
    for (int i = 0; i < 5; i++)
        assert_in_range(seen[i], 9500, 10500);
}

static void each_size_keeps_its_own_alignment(void **state)
{
    bell_workload_config config = reads(3, 1 << 20, 8);
    struct bell_workload workload;
    int aligned[2] = {0};

    config.size_count = 2;
    config.size_min[1] = 9;
    config.size_weight[1] = 1;
    config.size_align[0] = 256;
    config.size_align[1] = 1;
    config.random_percent = 50;
    start(&workload, &config);
    for (int i = 0; i < 10000; i++) {
        struct bell_io io = next(&workload);

        if (io.lbas == 8)
            assert_int_equal(io.lba % 256, 0);
        aligned[io.lba % 256 != 0]++;
    }
    assert_true(aligned[0] > 4000 && aligned[1] > 4000);
}

static void expect_lbas(bell_workload_config *config, const uint64_t *lbas, size_t count)
{
    struct bell_workload workload;

    config->random_percent = 0;
    start(&workload, config);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(next(&workload).lba, lbas[i]);
}

static void steps_go_over_gaps_backwards_and_stand_still(void **state)
{
    bell_workload_config config = reads(100, 200, 8);

    config.flags = BELL_WORKLOAD_STEP;
    config.step_lbas = 40;
    expect_lbas(&config, (uint64_t[]){100, 140, 180, 100, 140}, 5);
    config.step_lbas = 3; /* they overlap */
    expect_lbas(&config, (uint64_t[]){100, 103, 106, 109}, 4);
    config.step_lbas = 0;
    expect_lbas(&config, (uint64_t[]){100, 100, 100}, 3);
    config.step_lbas = -40;
    expect_lbas(&config, (uint64_t[]){192, 152, 112, 192, 152}, 5);
    config.flags |= BELL_WORKLOAD_FIRST_LBA;
    config.first_lba = 150;
    expect_lbas(&config, (uint64_t[]){150, 110, 192, 152}, 4);
    config.step_lbas = 40;
    expect_lbas(&config, (uint64_t[]){150, 190, 100, 140}, 4);
    config.flags = BELL_WORKLOAD_STEP;
    config.step_lbas = -1;
    config.size_align[0] = 16;
    expect_lbas(&config, (uint64_t[]){192, 176, 160, 144, 128, 112, 192}, 7);
    config.step_lbas = 1;
    expect_lbas(&config, (uint64_t[]){112, 128, 144, 160, 176, 192, 112}, 7);
}

static void passes_are_counted_where_they_end(void **state)
{
    static const struct {
        uint32_t size, align;
        int64_t step; /* 0: none */
        uint32_t ios; /* of a pass through 100 LBAs from 100 on */
    } cases[] = {{8, 0, 0, 13},  {10, 0, 0, 10}, {8, 16, 0, 6}, {8, 0, 30, 4},
                 {8, 0, -30, 4}, {8, 16, 1, 6},  {8, 0, 100, 1}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bell_workload_config config = reads(100, 200, cases[i].size);
        struct bell_workload workload;

        config.random_percent = 0;
        config.size_align[0] = cases[i].align;
        config.flags = cases[i].step != 0 ? BELL_WORKLOAD_STEP : 0;
        config.step_lbas = cases[i].step;
        config.passes = 3;
        start(&workload, &config);
        for (uint32_t pass = 1; pass <= 3; pass++) {
            for (uint32_t n = 0; n < cases[i].ios; n++) {
                assert_int_equal(workload.wraps, pass - 1);
                next(&workload);
            }
            assert_int_equal(workload.wraps, pass);
        }
    }
}

/* Counts how often each of 100 equal parts of the region is hit. */
static void hits_count(const bell_workload_config *config, uint32_t count, uint32_t parts[100])
{
    uint64_t region = config->region_end - config->region_start;
    struct bell_workload workload;

    memset(parts, 0, 100 * sizeof parts[0]);
    start(&workload, config);
    for (uint32_t i = 0; i < count; i++)
        parts[(next(&workload).lba - config->region_start) / ((region + 99) / 100)]++;
}

static void sections_get_their_shares(void **state)
{
    bell_workload_config config = reads(1000, 1000 + 100 * 800, 8);
    uint32_t parts[100];

    config.distribution = BELL_DISTRIBUTION_SECTIONS;
    for (int i = 0; i < 100; i++)
        config.sections[i] = i == 7 ? 6000 : i == 99 ? 3000 : i % 2 == 0 ? 20 : 0;
    hits_count(&config, 200000, parts);
    assert_in_range(parts[7], 118000, 122000);
    assert_in_range(parts[99], 59000, 61000);
    for (int i = 0; i < 99; i++) {
        if (i % 2 == 0)
            assert_in_range(parts[i], 300, 500);
        else if (i != 7)
            assert_int_equal(parts[i], 0);
    }
}

static void a_bell_has_its_centre_and_its_width(void **state)
{
    bell_workload_config config = reads(0, 1 << 24, 8);
    uint32_t parts[100], inside = 0;

    config.distribution = BELL_DISTRIBUTION_NORMAL;
    config.distribution_a = 300000;
    config.distribution_b = 50000;
    hits_count(&config, 100000, parts);
    for (int i = 25; i < 35; i++)
        inside += parts[i];
    assert_in_range(inside, 67000, 69500); /* one deviation to both sides: 68.3 % */
    assert_true(parts[30] > parts[20] && parts[30] > parts[40]);
}

static int more_first(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

    return one > other ? -1 : one < other;
}

/* Hits of each place, most first; places are 1 LBA each. */
static uint32_t *places_hit(bell_workload_config *config, uint32_t count)
{
    uint32_t places = (uint32_t)(config->region_end - config->region_start);
    uint32_t *hits = calloc(places, sizeof *hits);
    struct bell_workload workload;

    assert_non_null(hits);
    start(&workload, config);
    for (uint32_t i = 0; i < count; i++)
        hits[next(&workload).lba - config->region_start]++;
    qsort(hits, places, sizeof *hits, more_first);
    return hits;
}

static void zipf_hits_fall_by_the_power_of_their_rank(void **state)
{
    static const uint64_t thetas[] = {500000, 1000000, 1200000, 3000000};

    for (size_t t = 0; t < sizeof thetas / sizeof thetas[0]; t++) {
        bell_workload_config config = reads(50, 50 + 1000, 1);
        double theta = (double)thetas[t] * 1e-6, sum = 0;
        uint32_t *hits;

        config.distribution = BELL_DISTRIBUTION_ZIPF;
        config.distribution_a = thetas[t];
        for (int k = 1; k <= 1000; k++)
            sum += pow(k, -theta);
        hits = places_hit(&config, 400000);
        for (int k = 1; k <= 8; k *= 2) {
            double expected = 400000 * pow(k, -theta) / sum;

            assert_true(fabs(hits[k - 1] - expected) < 6 * sqrt(expected) + 40);
        }
        free(hits);
    }
}

static void pareto_gives_most_to_a_share_of_the_places(void **state)
{
    bell_workload_config config = reads(0, 10000, 1);
    uint64_t most = 0;
    uint32_t *hits;

    config.distribution = BELL_DISTRIBUTION_PARETO;
    config.distribution_a = 200000;
    hits = places_hit(&config, 400000);
    for (int i = 0; i < 2000; i++)
        most += hits[i];
    assert_in_range(most, 316000, 330000); /* 80 % for 20 % of the places */
    free(hits);
}

static void scattering_is_a_permutation(void **state)
{
    for (uint64_t places = 1; places < 700; places += 3) {
        uint8_t seen[700] = {0};

        for (uint64_t i = 0; i < places; i++) {
            uint64_t at = bell_place_scatter(i, places);

            assert_true(at < places);
            assert_int_equal(seen[at]++, 0);
        }
    }
}

static void distributions_reach_over_2_to_the_60_lbas(void **state)
{
    for (uint32_t kind = 0; kind <= 4; kind++) {
        bell_workload_config config = reads(0, UINT64_C(1) << 60, 8);
        uint32_t parts[100], used = 0;

        config.distribution = kind;
        config.distribution_a = 500000;
        config.distribution_b = 400000;
        for (int i = 0; i < 100; i++)
            config.sections[i] = 1;
        hits_count(&config, 20000, parts);
        for (int i = 0; i < 100; i++)
            used += parts[i] != 0;
        assert_true(used > 90);
    }
}

static void operations_come_by_their_weight_and_flushes_take_no_place(void **state)
{
    bell_workload_config config = reads(0, 1 << 20, 8);
    struct bell_workload workload;
    uint32_t seen[4] = {0};
    uint64_t next_lba = 0;

    config.random_percent = 0;
    config.op_count = 4;
    memcpy(config.op_opcode, (uint32_t[]){2, 1, 0, 9}, 16);
    memcpy(config.op_weight, (uint32_t[]){60, 25, 15, 0}, 16);
    start(&workload, &config);
    for (int i = 0; i < 100000; i++) {
        struct bell_io io = next(&workload);

        seen[io.op]++;
        if (config.op_opcode[io.op] == 0)
            continue;
        assert_int_equal(io.lba, next_lba);
        next_lba = (next_lba + 8) % (1 << 20);
    }
    assert_in_range(seen[0], 59000, 61000);
    assert_in_range(seen[1], 24300, 25700);
    assert_in_range(seen[2], 14300, 15700);
    assert_int_equal(seen[3], 0);
}

static void alias_tables_are_exact(void **state)
{
    uint64_t source[4] = {9, 8, 7, 6};

    for (int round = 0; round < 200; round++) {
        uint32_t weights[BELL_ALIAS_MAX], count = 1 + (uint32_t)bell_random_below(source, BELL_ALIAS_MAX);
        double shares[BELL_ALIAS_MAX] = {0}, total = 0;
        struct bell_alias alias;

        for (uint32_t i = 0; i < count; i++) {
            weights[i] = bell_random_below(source, 3) == 0 ? 0 : (uint32_t)bell_random_next(source) >> round % 32;
            total += weights[i];
        }
        if (total == 0)
            continue;
        bell_alias_init(&alias, weights, count);
        for (uint32_t column = 0; column < count; column++) {
            double own = (double)alias.threshold[column] * 0x1p-64;

            shares[column] += own / count;
            shares[alias.other[column]] += (1 - own) / count;
        }
        for (uint32_t i = 0; i < count; i++)
            assert_true(fabs(shares[i] - weights[i] / total) < 1e-12);
    }
}

static void what_is_wrong_is_named(void **state)
{
    bell_workload_config config;
    struct bell_workload workload;

#define REFUSED(text, change)                                                                                          \
    config = reads(10, 100, 8);                                                                                        \
    change;                                                                                                            \
    assert_int_equal(bell_workload_init(&workload, &config), -EINVAL);                                                 \
    if (strstr(bell_error_text(), text) == NULL)                                                                       \
    fail_msg("\"%s\" is not in \"%s\"", text, bell_error_text())
    REFUSED("size_count 65", config.size_count = 65);
    REFUSED("sizes[0] 8 to 4", config.size_max[0] = 4);
    REFUSED("sizes[0] 91", config.size_max[0] = 91);
    REFUSED("size_align[0] 1000", config.size_align[0] = 1000);
    REFUSED("size_align[0] 97", config.size_align[0] = 97);
    REFUSED("op_count 0", config.op_count = 0);
    REFUSED("op_count 17", config.op_count = 17);
    REFUSED("op_opcode[0] 100h", config.op_opcode[0] = 0x100);
    REFUSED("op_ranges[0] 257", config.op_ranges[0] = 257);
    REFUSED("op_weight", (config.op_count = 2, config.op_weight[0] = 0));
    REFUSED("distribution 5", config.distribution = 5);
    REFUSED("sections", config.distribution = BELL_DISTRIBUTION_SECTIONS);
    REFUSED("zipf 0", config.distribution = BELL_DISTRIBUTION_ZIPF);
    REFUSED("pareto 1", (config.distribution = BELL_DISTRIBUTION_PARETO, config.distribution_a = 1000000));
    REFUSED("normal", config.distribution = BELL_DISTRIBUTION_NORMAL);
    REFUSED("first_lba 9", (config.flags = BELL_WORKLOAD_FIRST_LBA, config.first_lba = 9));
    REFUSED("first_lba 100", (config.flags = BELL_WORKLOAD_FIRST_LBA, config.first_lba = 100));
    REFUSED("step_lbas -91", (config.flags = BELL_WORKLOAD_STEP, config.step_lbas = -91));
    REFUSED("passes 2", config.passes = 2);
    REFUSED("passes 1", (config.flags = BELL_WORKLOAD_STEP, config.random_percent = 0, config.passes = 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_asked_for_no_io_leaves_its_region),
        cmocka_unit_test(the_same_seed_gives_the_same_rich_stream),
        cmocka_unit_test(a_range_has_each_of_its_sizes_equally_often),
        cmocka_unit_test(each_size_keeps_its_own_alignment),
        cmocka_unit_test(steps_go_over_gaps_backwards_and_stand_still),
        cmocka_unit_test(passes_are_counted_where_they_end),
        cmocka_unit_test(sections_get_their_shares),
        cmocka_unit_test(a_bell_has_its_centre_and_its_width),
        cmocka_unit_test(zipf_hits_fall_by_the_power_of_their_rank),
        cmocka_unit_test(pareto_gives_most_to_a_share_of_the_places),
        cmocka_unit_test(scattering_is_a_permutation),
        cmocka_unit_test(distributions_reach_over_2_to_the_60_lbas),
        cmocka_unit_test(operations_come_by_their_weight_and_flushes_take_no_place),
        cmocka_unit_test(alias_tables_are_exact),
        cmocka_unit_test(what_is_wrong_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
