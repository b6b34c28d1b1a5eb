/* SPDX-License-Identifier: Apache-2.0 */
/* Protection information in every format: where its bytes lie, and what a check finds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"

#define BLOCKS 4u
#define BLOCK  512u
#define META   64u

static uint8_t data[BLOCKS * (BLOCK + META)], metadata[BLOCKS * META];

static bell_protection protection_of(uint32_t guard_bits, uint32_t type)
{
    return (bell_protection){.block_bytes = BLOCK,
                             .metadata_bytes = META,
                             .type = type,
                             .guard_bits = guard_bits,
                             .storage_tag_bits = guard_bits == 32 ? 16 : 0,
                             .checks = 0xf,
                             .application_tag = 0x1234,
                             .application_mask = 0xffff,
                             .reference_tag = 0x11223344,
                             .storage_tag_mask = UINT64_MAX};
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < sizeof metadata; i++)
        metadata[i] = (uint8_t)(i * 3 + 1);
}

static int check(const bell_protection *protection, bell_protection_mismatch *out)
{
    return bell_protection_check(protection, data, metadata, BLOCKS, out);
}

static void fields_lie_where_the_specification_has_them(void **state)
{
    bell_protection protection = protection_of(16, 1);
    uint8_t *pi = metadata + META + META - 8; /* the second block's */
    uint64_t guard;

    fill();
    assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
    guard = bell_guard(16, bell_guard(16, 0, data + BLOCK, BLOCK), metadata + META, META - 8);
    assert_int_equal(pi[0] << 8 | pi[1], guard);
    assert_memory_equal(pi + 2, ((const uint8_t[]){0x12, 0x34, 0x11, 0x22, 0x33, 0x45}), 6);
    assert_int_equal(metadata[META], (uint8_t)(META * 3 + 1)); /* the rest of the metadata stays */

    protection = protection_of(32, 1);
    protection.storage_tag_bits = 32;
    protection.storage_tag = 0xa1a2a3a4;
    protection.reference_tag = UINT64_C(0x010203040506);
    fill();
    assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
    pi = metadata + META - 16;
    guard = bell_guard(32, bell_guard(32, 0, data, BLOCK), metadata, META - 16);
    assert_int_equal((uint64_t)pi[0] << 24 | (uint64_t)pi[1] << 16 | (uint64_t)pi[2] << 8 | pi[3], guard);
    assert_memory_equal(pi + 4, ((const uint8_t[]){0x12, 0x34, 0xa1, 0xa2, 0xa3, 0xa4, 1, 2, 3, 4, 5, 6}), 12);

    /* The example of NVM 1.0c 5.2.1.4.1: 18 bits of storage tag before 30 bits of reference tag. */
    protection = protection_of(64, 2);
    protection.first = 1;
    protection.storage_tag_bits = 18;
    protection.storage_tag = 0x3ffff;
    protection.reference_tag = 1;
    fill();
    assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
    guard = bell_guard(64, 0, data, BLOCK); /* nothing of the metadata comes before it */
    assert_int_equal(metadata[0], guard >> 56);
    assert_int_equal(metadata[7], guard & 0xff);
    assert_memory_equal(metadata + 8, ((const uint8_t[]){0x12, 0x34, 0xff, 0xff, 0xc0, 0, 0, 1}), 8);
}

static void what_was_generated_is_right_in_every_format(void **state)
{
    static const uint32_t storage[3][4] = {{0, 7, 31, 32}, {16, 17, 63, 64}, {0, 1, 47, 48}};

    for (uint32_t format = 0; format < 3; format++) {
        for (uint32_t variant = 0; variant < 3 * 2 * 4; variant++) {
            bell_protection protection = protection_of(16u << format, variant % 3 + 1);
            bell_protection_mismatch mismatch;
            bell_protection_fields fields;

            protection.first = variant / 3 % 2;
            protection.storage_tag_bits = storage[format][variant / 6];
            protection.storage_tag = UINT64_C(0xfedcba9876543210);
            protection.reference_tag = UINT64_MAX - 1; /* rolls over */
            fill();
            assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
            assert_int_equal(check(&protection, &mismatch), 0);
            assert_int_equal(bell_protection_get(&protection, metadata + META, &fields), 0);
            assert_int_equal(fields.application_tag, 0x1234);
            assert_int_equal(fields.escaped, 0);
            data[BLOCK * 2 + 100] ^= 1;
            assert_int_equal(check(&protection, &mismatch), 1);
            assert_int_equal(mismatch.field, BELL_PI_GUARD);
            assert_int_equal(mismatch.block, 2);
        }
    }
}

static void a_check_names_the_first_field_that_is_wrong(void **state)
{
    bell_protection protection = protection_of(64, 1);
    bell_protection_mismatch mismatch;

    protection.storage_tag_bits = 16;
    protection.storage_tag = 0xabcd;
    fill();
    assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
    protection.reference_tag++;
    assert_int_equal(check(&protection, &mismatch), 1);
    assert_int_equal(mismatch.field, BELL_PI_REFERENCE);
    assert_int_equal(mismatch.expected, 0x11223345);
    assert_int_equal(mismatch.found, 0x11223344);
    assert_int_equal(mismatch.block, 0);
    protection.storage_tag = 0xabcc;
    assert_int_equal(check(&protection, &mismatch), 1);
    assert_int_equal(mismatch.field, BELL_PI_STORAGE);
    protection.storage_tag_mask = ~UINT64_C(1);
    assert_int_equal(check(&protection, &mismatch), 1);
    assert_int_equal(mismatch.field, BELL_PI_REFERENCE);
    protection.application_tag = 0x1235;
    assert_int_equal(check(&protection, &mismatch), 1);
    assert_int_equal(mismatch.field, BELL_PI_APPLICATION);
    protection.application_mask = 0xfff0;
    assert_int_equal(check(&protection, &mismatch), 1);
    assert_int_equal(mismatch.field, BELL_PI_REFERENCE);
    protection.checks &= ~BELL_PI_REFERENCE;
    assert_int_equal(check(&protection, &mismatch), 0);
}

static void escape_values_switch_checks_off(void **state)
{
    for (uint32_t type = 1; type <= 3; type++) {
        bell_protection protection = protection_of(16, type);
        bell_protection_mismatch mismatch;
        bell_protection_fields fields;

        fill();
        protection.application_tag = 0xffff;
        assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
        data[0] ^= 1;
        assert_int_equal(check(&protection, &mismatch), type == 3);
        protection.reference_tag = 0xffffffff;
        assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
        assert_int_equal(bell_protection_get(&protection, metadata, &fields), 0);
        assert_int_equal(fields.escaped, 1);
        data[0] ^= 2;
        assert_int_equal(check(&protection, &mismatch), 0);
    }
}

static void the_reference_tag_of_type_3_is_not_compared(void **state)
{
    bell_protection protection = protection_of(16, 3);
    bell_protection_mismatch mismatch;

    fill();
    assert_int_equal(bell_protection_generate(&protection, data, metadata, BLOCKS), 0);
    assert_memory_equal(metadata + META - 4, metadata + 2 * META - 4, 4); /* and does not count up */
    protection.reference_tag = 5;
    assert_int_equal(check(&protection, &mismatch), 0);
}

static void extended_blocks_are_data_and_metadata_by_turns(void **state)
{
    bell_protection protection = protection_of(32, 1);
    bell_protection_mismatch mismatch;

    protection.data_stride = protection.metadata_stride = BLOCK + META;
    fill();
    assert_int_equal(bell_protection_generate(&protection, data, data + BLOCK, BLOCKS), 0);
    assert_int_equal(bell_protection_check(&protection, data, data + BLOCK, BLOCKS, &mismatch), 0);
    data[(BLOCK + META) * 3] ^= 0x80;
    assert_int_equal(bell_protection_check(&protection, data, data + BLOCK, BLOCKS, &mismatch), 1);
    assert_int_equal(mismatch.block, 3);
}

static void formats_that_do_not_exist_are_refused_in_words(void **state)
{
    bell_protection protection = protection_of(16, 1);
    bell_protection_mismatch mismatch;

    protection.guard_bits = 24;
    assert_int_equal(check(&protection, &mismatch), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "24"));
    protection = protection_of(16, 4);
    assert_int_equal(check(&protection, &mismatch), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "4"));
    protection = protection_of(64, 1);
    protection.metadata_bytes = 8;
    assert_int_equal(bell_protection_generate(&protection, data, metadata, 1), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "16 bytes of metadata, not 8"));
    protection = protection_of(32, 1);
    protection.storage_tag_bits = 15; /* a reference tag of 65 bits */
    assert_int_equal(check(&protection, &mismatch), -EINVAL);
    protection = protection_of(64, 1);
    protection.storage_tag_bits = 49;
    assert_int_equal(check(&protection, &mismatch), -EINVAL);
    protection = protection_of(16, 1);
    protection.block_bytes = 0;
    assert_int_equal(check(&protection, &mismatch), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_lie_where_the_specification_has_them),
        cmocka_unit_test(what_was_generated_is_right_in_every_format),
        cmocka_unit_test(a_check_names_the_first_field_that_is_wrong),
        cmocka_unit_test(escape_values_switch_checks_off),
        cmocka_unit_test(the_reference_tag_of_type_3_is_not_compared),
        cmocka_unit_test(extended_blocks_are_data_and_metadata_by_turns),
        cmocka_unit_test(formats_that_do_not_exist_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
