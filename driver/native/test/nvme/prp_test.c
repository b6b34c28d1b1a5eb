/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nvme/prp.h"

#define LIST_IOVA UINT64_C(0x7000)

static uint64_t list[BELL_PRP_LIST_ENTRIES];

/* What the device would read: the whole range, page by page, and nothing else. */
static void covers(uint64_t iova, uint64_t bytes, uint32_t page_bytes)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(iova, bytes, page_bytes, list, LIST_IOVA, &prp), 0);
    uint64_t pages = bell_prp_pages(iova, bytes, page_bytes);
    uint64_t expected = iova;
    for (uint64_t page = 0; page < pages; page++) {
        uint64_t entry = page == 0 ? prp.prp1 : pages == 2 ? prp.prp2 : list[page - 1];
        assert_int_equal(entry, expected);
        if (page > 0)
            assert_int_equal(entry % page_bytes, 0);
        expected += page_bytes - expected % page_bytes;
    }
    assert_true(expected >= iova + bytes);
    if (pages > 2)
        assert_int_equal(prp.prp2, LIST_IOVA);
}

static void test_no_data_has_no_pointers(void **state)
{
    struct bell_prp prp = {.prp1 = 1, .prp2 = 2};
    assert_int_equal(bell_prp_build(0, 0, 4096, NULL, 0, &prp), 0);
    assert_int_equal(prp.prp1, 0);
    assert_int_equal(prp.prp2, 0);
}

static void test_one_page_needs_no_second_entry(void **state)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(0x10000, 4096, 4096, NULL, 0, &prp), 0);
    assert_int_equal(prp.prp1, 0x10000);
    assert_int_equal(prp.prp2, 0);
}

static void test_offset_that_crosses_a_page_uses_prp2_directly(void **state)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(0x10e00, 1024, 4096, NULL, 0, &prp), 0);
    assert_int_equal(prp.prp1, 0x10e00);
    assert_int_equal(prp.prp2, 0x11000);
}

static void test_every_offset_and_length_covers_the_range(void **state)
{
    for (uint32_t page = 4096; page <= 65536; page *= 4)
        for (uint64_t offset = 0; offset < page; offset += page / 8 + 4)
            for (uint64_t bytes = 4; bytes < 9 * (uint64_t)page; bytes += 1300)
                covers(0x4000000 + offset - offset % 4, bytes, page);
}

static void test_two_mebibytes_and_a_page_fit_one_list(void **state)
{
    covers(0x200000, 513 * 4096, 4096);
    covers(0x200000 + 2048, 512 * 4096 + 2048, 4096);
}

static void test_beyond_one_list_is_too_big(void **state)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(0x200000, 513 * 4096 + 1, 4096, list, LIST_IOVA, &prp), -E2BIG);
    assert_int_equal(bell_prp_build(0x200004, 513 * 4096, 4096, list, LIST_IOVA, &prp), -E2BIG);
}

static void test_address_that_prp_cannot_express_is_refused(void **state)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(0x10002, 512, 4096, list, LIST_IOVA, &prp), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_data_has_no_pointers),
        cmocka_unit_test(test_one_page_needs_no_second_entry),
        cmocka_unit_test(test_offset_that_crosses_a_page_uses_prp2_directly),
        cmocka_unit_test(test_every_offset_and_length_covers_the_range),
        cmocka_unit_test(test_two_mebibytes_and_a_page_fit_one_list),
        cmocka_unit_test(test_beyond_one_list_is_too_big),
        cmocka_unit_test(test_address_that_prp_cannot_express_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
