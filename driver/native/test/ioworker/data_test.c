/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ioworker/data.h"
#include "ioworker/workload.h"
#include "support/error.h"

enum { LBA = 512, LBAS = 200 };

static bell_workload_config random_data(void)
{
    return (bell_workload_config){.lba_bytes = LBA, .pattern = BELL_PATTERN_RANDOM, .seed = 3};
}

static void fixed_patterns_fill_every_byte(void **state)
{
    uint8_t memory[2 * LBA];
    bell_workload_config config = random_data();
    struct bell_io_data data;
    uint32_t dword;

    config.pattern_value = 0x04030201;
    for (config.pattern = 0; config.pattern < BELL_PATTERN_RANDOM; config.pattern++) {
        memset(memory, 0x5a, sizeof memory);
        assert_int_equal(bell_io_data_init(&data, &config), 0);
        bell_io_data_fill(&data, memory, sizeof memory);
        for (size_t i = 0; i < sizeof memory; i += 4) {
            memcpy(&dword, memory + i, 4);
            assert_int_equal(dword, config.pattern == 0 ? 0 : config.pattern == 1 ? UINT32_MAX : 0x04030201);
        }
    }
}

static void a_share_of_each_lba_is_zeros(void **state)
{
    uint8_t memory[8 * LBA];
    bell_workload_config config = random_data();
    struct bell_io_data data;

    config.compress_percent = 75;
    assert_int_equal(bell_io_data_init(&data, &config), 0);
    bell_io_data_fill(&data, memory, sizeof memory);
    for (int lba = 0; lba < 8; lba++) {
        uint32_t zeros = 0;

        for (int i = 0; i < LBA; i++)
            zeros += memory[lba * LBA + i] == 0;
        assert_in_range(zeros, 384, 384 + 8);
    }
}

static void fresh_data_repeats_as_often_as_asked_and_otherwise_never(void **state)
{
    static uint8_t memory[LBAS * LBA];
    bell_workload_config config = random_data();
    struct bell_io_data data;

    config.flags = BELL_WORKLOAD_FRESH_DATA;
    for (config.dedup_percent = 0; config.dedup_percent <= 100; config.dedup_percent += 50) {
        uint32_t unique = 0;

        assert_int_equal(bell_io_data_init(&data, &config), 0);
        for (int write = 0; write < LBAS / 4; write++)
            bell_io_data_refresh(&data, memory + write * 4 * LBA, 4 * LBA);
        for (int i = 0; i < LBAS; i++) {
            int same = 0;

            for (int j = 0; j < LBAS; j++)
                same += memcmp(memory + i * LBA, memory + j * LBA, LBA) == 0;
            unique += same == 1;
        }
        assert_in_range(unique, LBAS - LBAS * config.dedup_percent / 100,
                        LBAS - LBAS * config.dedup_percent / 100 + (config.dedup_percent == 0 ? 0 : 4));
    }
}

static void what_is_wrong_is_named(void **state)
{
    bell_workload_config config = random_data();
    struct bell_io_data data;

    config.compress_percent = 101;
    assert_int_equal(bell_io_data_init(&data, &config), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "compress_percent 101"));
    config = random_data();
    config.dedup_percent = 10;
    assert_int_equal(bell_io_data_init(&data, &config), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "dedup_percent 10"));
    config.flags = BELL_WORKLOAD_FRESH_DATA;
    config.pattern = 0;
    assert_int_equal(bell_io_data_init(&data, &config), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "pattern 0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_patterns_fill_every_byte),
        cmocka_unit_test(a_share_of_each_lba_is_zeros),
        cmocka_unit_test(fresh_data_repeats_as_often_as_asked_and_otherwise_never),
        cmocka_unit_test(what_is_wrong_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
