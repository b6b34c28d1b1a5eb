/* SPDX-License-Identifier: Apache-2.0 */
/* The guards against published values and against division bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "integrity/guards.h"

static uint16_t crc16_by_the_book(uint16_t crc, const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        crc = (uint16_t)(crc ^ data[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 0x8000) != 0 ? crc << 1 ^ 0x8bb7 : crc << 1);
    }
    return crc;
}

static uint64_t crc64_by_the_book(uint64_t crc, const uint8_t *data, size_t bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? crc >> 1 ^ UINT64_C(0x9a6c9329ac4bc9b5) : crc >> 1;
    }
    return ~crc;
}

static uint8_t *noise(size_t bytes)
{
    uint8_t *data = malloc(bytes == 0 ? 1 : bytes);
    uint64_t state = 0x9e3779b97f4a7c15;

    assert_non_null(data);
    for (size_t i = 0; i < bytes; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data[i] = (uint8_t)(state >> 32);
    }
    return data;
}

/* NVM 1.0c figures 117 and 122, and the check values of the catalogue of CRCs. */
static void known_values_come_out(void **state)
{
    uint8_t data[4096];

    assert_int_equal(bell_guard(16, 0, "123456789", 9), 0xd0db);
    assert_int_equal(bell_guard(32, 0, "123456789", 9), 0xe3069283);
    assert_true(bell_guard(64, 0, "123456789", 9) == UINT64_C(0xae8b14860a799888));
    memset(data, 0, sizeof data);
    assert_int_equal(bell_guard(16, 0, data, sizeof data), 0);
    assert_int_equal(bell_guard(32, 0, data, sizeof data), 0x98f94189);
    assert_true(bell_guard(64, 0, data, sizeof data) == UINT64_C(0x6482d367eb22b64e));
    memset(data, 0xff, sizeof data);
    assert_int_equal(bell_guard(32, 0, data, sizeof data), 0x25c1fe13);
    assert_true(bell_guard(64, 0, data, sizeof data) == UINT64_C(0xc0ddba7302eca3ac));
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    assert_int_equal(bell_guard(32, 0, data, sizeof data), 0x9c71fe32);
    assert_true(bell_guard(64, 0, data, sizeof data) == UINT64_C(0x3e729f5f6750449c));
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)~i;
    assert_int_equal(bell_guard(32, 0, data, sizeof data), 0x214941a8);
    assert_true(bell_guard(64, 0, data, sizeof data) == UINT64_C(0x9a2df64b8e9e517e));
    for (uint32_t bits = 16; bits <= 64; bits *= 2)
        assert_true(bell_guard(bits, 0, NULL, 0) == 0);
    assert_true(bell_guard(8, 0, data, sizeof data) == 0);
}

static void every_length_and_alignment_is_as_the_definition_says(void **state)
{
    for (size_t length = 0; length < 300; length++) {
        /* Memory that ends where the data does: ASan sees what is read too far. */
        uint8_t *data = noise(length);
        const size_t from = length % 9 < length ? length % 9 : 0;

        assert_int_equal(bell_crc16_t10dif(0, data, length), crc16_by_the_book(0, data, length));
        assert_int_equal(bell_crc16_t10dif(0xbeef, data + from, length - from),
                         crc16_by_the_book(0xbeef, data + from, length - from));
        assert_true(bell_crc64_nvme(0, data, length) == crc64_by_the_book(0, data, length));
        assert_true(bell_crc64_nvme(77, data + from, length - from) ==
                    crc64_by_the_book(77, data + from, length - from));
        free(data);
    }
}

static void pieces_make_the_same_as_the_whole(void **state)
{
    uint8_t *data = noise(4096);

    for (uint32_t bits = 16; bits <= 64; bits *= 2) {
        const uint64_t whole = bell_guard(bits, 0, data, 4096);

        for (size_t cut = 0; cut <= 4096; cut += 61)
            assert_true(bell_guard(bits, bell_guard(bits, 0, data, cut), data + cut, 4096 - cut) == whole);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_come_out),
        cmocka_unit_test(every_length_and_alignment_is_as_the_definition_says),
        cmocka_unit_test(pieces_make_the_same_as_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
