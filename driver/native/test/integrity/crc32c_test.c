/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integrity/crc32c.h"

#define BYTES (3 * 4096 + 64)

/* The definition: divide bit by bit. */
static uint32_t by_the_book(uint32_t crc, const uint8_t *data, size_t bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    return ~crc;
}

static uint8_t *noise(size_t bytes)
{
    uint8_t *data = malloc(bytes);
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

static const struct bell_crc32c_way *next_usable(const struct bell_crc32c_way *ways, size_t count, size_t *index)
{
    while (*index < count) {
        const struct bell_crc32c_way *way = &ways[(*index)++];

        if (way->usable)
            return way;
    }
    return NULL;
}

#define for_each_way(way)                                                                                              \
    const struct bell_crc32c_way *ways, *way;                                                                          \
    size_t count = bell_crc32c_ways(&ways), next = 0;                                                                  \
    while ((way = next_usable(ways, count, &next)) != NULL)

/* RFC 3720 §B.4 and the check value of the catalogue of CRCs. */
static void known_values_come_out(void **state)
{
    uint8_t data[48];

    for_each_way(way)
    {
        assert_int_equal(way->run(0, "123456789", 9), 0xe3069283);
        assert_int_equal(way->run(0, NULL, 0), 0);
        memset(data, 0, 32);
        assert_int_equal(way->run(0, data, 32), 0x8a9136aa);
        memset(data, 0xff, 32);
        assert_int_equal(way->run(0, data, 32), 0x62a8ab43);
        for (uint8_t i = 0; i < 32; i++)
            data[i] = i;
        assert_int_equal(way->run(0, data, 32), 0x46dd794e);
        for (uint8_t i = 0; i < 32; i++)
            data[i] = 31 - i;
        assert_int_equal(way->run(0, data, 32), 0x113fdb5c);
    }
    assert_int_equal(bell_crc32c(0, "123456789", 9), 0xe3069283);
}

static void every_length_and_alignment_is_as_the_definition_says(void **state)
{
    uint8_t *data = noise(BYTES);

    for_each_way(way)
    {
        for (size_t length = 0; length <= 640; length++) {
            size_t from = length % 17;

            assert_int_equal(way->run(0, data + from, length), by_the_book(0, data + from, length));
        }
        for (size_t from = 0; from < 16; from++)
            assert_int_equal(way->run(7, data + from, 1024 + 5), by_the_book(7, data + from, 1024 + 5));
        for (size_t length = 4080 - 3; length <= 4096 + 9; length++)
            assert_int_equal(way->run(0, data + 1, length), by_the_book(0, data + 1, length));
        assert_int_equal(way->run(0, data, BYTES), by_the_book(0, data, BYTES));
    }
    free(data);
}

static void pieces_make_the_same_as_the_whole(void **state)
{
    uint8_t *data = noise(BYTES);
    uint32_t whole = by_the_book(0, data, 4096);

    for_each_way(way)
    {
        for (size_t cut = 0; cut <= 4096; cut += 61)
            assert_int_equal(way->run(way->run(0, data, cut), data + cut, 4096 - cut), whole);
    }
    free(data);
}

/* An end that lies right before memory that must not be touched: ASan sees what is read too far. */
static void nothing_is_read_beyond_the_end(void **state)
{
    for_each_way(way)
    {
        for (size_t length = 1; length < 600; length += 7) {
            uint8_t *data = noise(length);

            assert_int_equal(way->run(0, data, length), by_the_book(0, data, length));
            free(data);
        }
    }
}

static void one_inverted_bit_changes_it(void **state)
{
    uint8_t *data = noise(4096);
    uint32_t before = bell_crc32c(0, data, 4096);

    for (size_t bit = 0; bit < 4096 * 8; bit += 37) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(bell_crc32c(0, data, 4096), before);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(bell_crc32c(0, data, 4096), before);
    free(data);
}

static void the_last_way_needs_no_hardware(void **state)
{
    const struct bell_crc32c_way *ways;
    size_t count = bell_crc32c_ways(&ways);

    assert_true(count >= 1);
    assert_string_equal(ways[count - 1].name, "tables");
    assert_true(ways[count - 1].usable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_come_out),
        cmocka_unit_test(every_length_and_alignment_is_as_the_definition_says),
        cmocka_unit_test(pieces_make_the_same_as_the_whole),
        cmocka_unit_test(nothing_is_read_beyond_the_end),
        cmocka_unit_test(one_inverted_bit_changes_it),
        cmocka_unit_test(the_last_way_needs_no_hardware),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
