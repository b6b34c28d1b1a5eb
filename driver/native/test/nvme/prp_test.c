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

/* Follow a list as a device does: the last entry of a list page points to the next where more data is left. */
static void chain_covers(uint64_t iova, uint64_t bytes, uint32_t page_bytes)
{
    static uint64_t chain[16384];
    uint64_t pages = bell_prp_pages(iova, bytes, page_bytes);
    uint64_t room = bell_prp_list_bytes(pages, page_bytes);
    uint64_t list_iova = room > 4096 ? 16 * (uint64_t)page_bytes : LIST_IOVA;
    struct bell_prp prp;
    assert_true(room <= sizeof chain - 8);
    chain[room / 8] = 0xfeed;
    assert_int_equal(bell_prp_build(iova, bytes, page_bytes, chain, list_iova, &prp), 0);
    assert_int_equal(chain[room / 8], 0xfeed);
    assert_true(prp.entries <= room / 8);

    uint64_t entry_iova = prp.prp2;
    uint64_t expected = (iova / page_bytes + 1) * page_bytes;
    for (uint64_t page = 1; page < pages; page++) {
        if (entry_iova % page_bytes == page_bytes - 8 && page + 1 < pages) {
            entry_iova = chain[(entry_iova - list_iova) / 8];
            assert_int_equal(entry_iova % page_bytes, 0);
        }
        assert_int_equal(chain[(entry_iova - list_iova) / 8], expected);
        expected += page_bytes;
        entry_iova += 8;
    }
}

static void test_longer_lists_are_chained(void **state)
{
    for (uint64_t pages = 510; pages < 520; pages++)
        chain_covers(0x200000, pages * 4096, 4096);
    for (uint64_t pages = 1020; pages < 1030; pages++)
        chain_covers(0x200000 + 2048, pages * 4096, 4096);
    for (uint64_t pages = 4090; pages < 4110; pages++)
        chain_covers(0x200004, pages * 4096, 4096);
    for (uint64_t pages = 510; pages < 520; pages++)
        chain_covers(0x200000, pages * 16384, 16384);
    for (uint64_t pages = 2040; pages < 2060; pages++)
        chain_covers(0x200000, pages * 16384, 16384);
}

static void test_a_list_without_room_is_too_big(void **state)
{
    struct bell_prp prp;
    assert_int_equal(bell_prp_build(0x200000, 3 * 4096, 4096, NULL, 0, &prp), -E2BIG);
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
        cmocka_unit_test(test_longer_lists_are_chained),
        cmocka_unit_test(test_a_list_without_room_is_too_big),
        cmocka_unit_test(test_address_that_prp_cannot_express_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
