/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a device behind an IOMMU is given, and which never. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pci/iova.h"

#define PAGE UINT64_C(4096)
#define MIB  (UINT64_C(1) << 20)

static uint64_t take(struct bell_iova_space *space, uint64_t bytes, uint64_t align)
{
    uint64_t iova = 0;

    assert_int_equal(bell_iova_take(space, bytes, align, &iova), 0);
    assert_int_equal(iova % align, 0);
    return iova;
}

static void test_small_numbers_are_never_an_address(void **state)
{
    struct bell_iova_space space;

    bell_iova_init(&space, NULL, 0, PAGE);
    assert_true(take(&space, PAGE, PAGE) >= MIB);
    bell_iova_destroy(&space);
}

static void test_pieces_have_an_unmapped_page_between_them(void **state)
{
    struct bell_iova_space space;
    uint64_t last = 0;

    bell_iova_init(&space, NULL, 0, PAGE);
    for (int i = 0; i < 100; i++) {
        uint64_t iova = take(&space, 3 * PAGE, PAGE);

        assert_true(iova >= last + PAGE);
        last = iova + 3 * PAGE;
    }
    bell_iova_destroy(&space);
}

static void test_an_address_given_back_is_not_the_next_one(void **state)
{
    struct bell_iova_space space;

    bell_iova_init(&space, NULL, 0, PAGE);
    uint64_t first = take(&space, PAGE, PAGE);
    bell_iova_give(&space, first);
    assert_int_not_equal(take(&space, PAGE, PAGE), first);
    bell_iova_destroy(&space);
}

static void test_the_window_of_interrupts_is_left_out(void **state)
{
    static const struct bell_iova_range reported[] = {{0xfef00000, 0xffffffff}, {0xfe000000, 0xfedfffff}};
    struct bell_iova_space space;
    uint64_t iova;
    int err;

    bell_iova_init(&space, reported, 2, PAGE);
    while ((err = bell_iova_take(&space, 64 * PAGE, PAGE, &iova)) == 0) {
        bool below = iova >= reported[1].first && iova + 64 * PAGE - 1 <= reported[1].last;
        bool above = iova >= reported[0].first && iova + 64 * PAGE - 1 <= reported[0].last;

        assert_true(below || above);
    }
    assert_int_equal(err, -ENOMEM);
    bell_iova_destroy(&space);
}

static void test_space_comes_round_when_the_end_is_reached(void **state)
{
    static const struct bell_iova_range reported = {16 * MIB, 16 * MIB + 64 * PAGE - 1};
    struct bell_iova_space space;

    bell_iova_init(&space, &reported, 1, PAGE);
    for (int i = 0; i < 1000; i++)
        bell_iova_give(&space, take(&space, 5 * PAGE, PAGE));
    bell_iova_destroy(&space);
}

static void test_big_pieces_are_aligned_for_huge_pages(void **state)
{
    struct bell_iova_space space;

    bell_iova_init(&space, NULL, 0, PAGE);
    take(&space, PAGE, PAGE);
    take(&space, 5 * MIB, 2 * MIB);
    take(&space, PAGE, PAGE);
    take(&space, 2 * MIB, 2 * MIB);
    bell_iova_destroy(&space);
}

static void test_a_range_up_to_the_last_address_does_not_overflow(void **state)
{
    static const struct bell_iova_range reported = {(UINT64_MAX >> 1) - 8 * PAGE + 1, UINT64_MAX};
    struct bell_iova_space space;
    uint64_t iova;

    bell_iova_init(&space, &reported, 1, PAGE);
    assert_int_equal(take(&space, 8 * PAGE, PAGE), reported.first);
    assert_int_equal(bell_iova_take(&space, PAGE, PAGE, &iova), -ENOMEM);
    assert_int_equal(bell_iova_take(&space, UINT64_MAX - PAGE + 1, PAGE, &iova), -ENOMEM);
    bell_iova_destroy(&space);
}

/* Any order of taking and giving: no two live pieces touch. */
static void test_random_pieces_never_overlap(void **state)
{
    enum { LIVE = 64 };
    static const struct bell_iova_range reported[] = {{4 * MIB, 5 * MIB - 1}, {8 * MIB, 9 * MIB - 1}};
    struct bell_iova_block live[LIVE] = {{0}};
    struct bell_iova_space space;
    unsigned seed = 1;

    bell_iova_init(&space, reported, 2, PAGE);
    for (int round = 0; round < 20000; round++) {
        struct bell_iova_block *block = &live[(unsigned)rand_r(&seed) % LIVE];

        if (block->bytes > 0) {
            bell_iova_give(&space, block->start);
            block->bytes = 0;
            continue;
        }
        uint64_t bytes = (1 + (unsigned)rand_r(&seed) % 12) * PAGE;
        uint64_t align = PAGE << (unsigned)rand_r(&seed) % 4;
        uint64_t iova;
        if (bell_iova_take(&space, bytes, align, &iova) != 0)
            continue;
        assert_int_equal(iova % align, 0);
        for (int i = 0; i < LIVE; i++) {
            if (live[i].bytes > 0)
                assert_true(iova >= live[i].start + live[i].bytes + PAGE || live[i].start >= iova + bytes + PAGE);
        }
        *block = (struct bell_iova_block){iova, bytes};
    }
    bell_iova_destroy(&space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_numbers_are_never_an_address),
        cmocka_unit_test(test_pieces_have_an_unmapped_page_between_them),
        cmocka_unit_test(test_an_address_given_back_is_not_the_next_one),
        cmocka_unit_test(test_the_window_of_interrupts_is_left_out),
        cmocka_unit_test(test_space_comes_round_when_the_end_is_reached),
        cmocka_unit_test(test_big_pieces_are_aligned_for_huge_pages),
        cmocka_unit_test(test_a_range_up_to_the_last_address_does_not_overflow),
        cmocka_unit_test(test_random_pieces_never_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
