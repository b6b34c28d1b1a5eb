/* SPDX-License-Identifier: Apache-2.0 */
/* The media by themselves: uncorrectable sectors at the edges of words, discarding at the edges of pages, and the
 * temperature. */
#include "host.h"
#include "sim/sim.h"

#define BYTES UINT64_C(1048576)

static void media_open(struct sim_store *store, struct sim_media *media)
{
    assert_int_equal(sim_store_open(store, "", BYTES), 0);
    assert_int_equal(sim_media_map(media, store, 0, BYTES), 0);
}

static void media_close(struct sim_store *store, struct sim_media *media)
{
    sim_media_unmap(media);
    sim_store_close(store);
}

static void bad_sectors_are_found_where_they_are(void **state)
{
    static const uint64_t sectors[] = {0, 1, 63, 64, 65, 127, 128, 1000, 2047};
    struct sim_store store;
    struct sim_media media;

    media_open(&store, &media);
    for (size_t i = 0; i < sizeof sectors / sizeof sectors[0]; i++) {
        const uint64_t at = sectors[i] * 512;

        sim_media_bad_set(&media, at, 512);
        sim_media_bad_set(&media, at, 512); /* twice is once */
        assert_int_equal(media.bad_count, 1);
        assert_int_equal(sim_media_bad_find(&media, 0, BYTES), at);
        assert_int_equal(sim_media_bad_find(&media, at, 512), at);
        assert_true(sim_media_bad_find(&media, 0, at) == UINT64_MAX);
        assert_true(sim_media_bad_find(&media, at + 512, BYTES - at - 512) == UINT64_MAX);
        sim_media_bad_clear(&media, 0, at);
        sim_media_bad_clear(&media, at + 512, BYTES - at - 512);
        assert_int_equal(media.bad_count, 1);
        sim_media_bad_clear(&media, 0, BYTES);
        assert_int_equal(media.bad_count, 0);
        assert_true(sim_media_bad_find(&media, 0, BYTES) == UINT64_MAX);
    }
    media_close(&store, &media);
}

static void discarding_clears_the_range_alone(void **state)
{
    static const uint64_t ranges[][2] = {{0, 512},     {512, 512},       {0, 4096},          {512, 8192},
                                         {4096, 4096}, {3584, 4096 * 3}, {BYTES - 512, 512}, {0, BYTES}};
    struct sim_store store;
    struct sim_media media;

    media_open(&store, &media);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        const uint64_t from = ranges[i][0];
        const uint64_t to = from + ranges[i][1];

        memset(media.data, 0x5a, BYTES);
        sim_media_bad_set(&media, 0, BYTES);
        sim_media_discard(&media, from, to - from);
        assert_int_equal(media.bad_count, (BYTES - (to - from)) / 512);
        assert_true(sim_media_bad_find(&media, from, to - from) == UINT64_MAX);
        for (uint64_t at = 0; at < BYTES; at++)
            if (media.data[at] != (at >= from && at < to ? 0 : 0x5a))
                fail_msg("byte %llu of range %zu", (unsigned long long)at, i);
        sim_media_bad_clear(&media, 0, BYTES);
    }
    media_close(&store, &media);
}

static void temperature_follows_the_load(void **state)
{
    struct sim *sim = calloc(1, sizeof *sim);
    uint16_t warm;

    sim->options.temperature = 35;
    sim_temperature_init(sim);
    assert_int_equal(sim_temperature_kelvin(sim, 0), 308);
    sim_temperature_step(sim, UINT64_C(10000000000), UINT64_C(30000000000), 0); /* 3 GB/s for 10 s */
    warm = sim_temperature_kelvin(sim, 0);
    assert_in_range(warm, 313, 333);
    sim_temperature_step(sim, UINT64_C(200000000000), UINT64_C(600000000000), 0);
    assert_true(sim_temperature_kelvin(sim, 0) > warm);
    assert_in_range(sim_temperature_kelvin(sim, 0), 328, 343);
    sim_temperature_step(sim, UINT64_C(200000000000), 0, 0);
    assert_int_equal(sim_temperature_kelvin(sim, 0), 308);
    free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_sectors_are_found_where_they_are),
        cmocka_unit_test(discarding_clears_the_range_alone),
        cmocka_unit_test(temperature_follows_the_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
