/* SPDX-License-Identifier: Apache-2.0 */
/* The layout table names every structure, leaves no byte unexplained, and ends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"

static void test_fields_fill_their_structures(void **state)
{
    bell_layout entry, structure = {.size = 0};
    uint32_t end = 0, structures = 0, index = 0;
    for (; bell_layout_entry(index, &entry) == 0; index++) {
        if (entry.field[0] == '\0') {
            assert_int_equal(end, structure.size);
            structure = entry;
            end = 0;
            structures++;
            continue;
        }
        assert_string_equal(entry.structure, structure.structure);
        assert_int_equal(entry.offset, end);
        end = entry.offset + entry.size;
    }
    assert_int_equal(end, structure.size);
    assert_int_equal(structures, 31);
    assert_int_equal(bell_layout_entry(index, &entry), -ENOENT);
}

static void test_sizes_are_those_of_the_header(void **state)
{
    bell_layout entry;
    uint32_t found = 0;
    for (uint32_t index = 0; bell_layout_entry(index, &entry) == 0; index++) {
        if (entry.field[0] == '\0' && strcmp(entry.structure, "worker_counters") == 0)
            found += entry.size == sizeof(bell_worker_counters);
        if (strcmp(entry.field, "read_latency") == 0)
            found += entry.size == 8 * BELL_HISTOGRAM_BUCKETS && entry.offset == 256;
    }
    assert_int_equal(found, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_fill_their_structures),
        cmocka_unit_test(test_sizes_are_those_of_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
