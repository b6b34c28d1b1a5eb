/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nvme/sgl.h"

#define LIST_IOVA UINT64_C(0x9000)

enum { MOST = 1000 };

static struct nvme_sgl descriptors[MOST], list[2 * MOST];

/* Follow the list as a device does and meet every descriptor in turn. Returns the number of segments. */
static uint32_t walk(uint32_t count, uint32_t segment)
{
    struct nvme_sgl at;
    uint64_t bytes = bell_sgl_list_bytes(count, segment);
    uint32_t met = 0, segments = 0;
    memset(list, 0xaa, sizeof list);
    bell_sgl_build(descriptors, count, segment, list, LIST_IOVA, &at);
    while (at.id == NVME_SGL_SEGMENT || at.id == NVME_SGL_LAST_SEGMENT) {
        uint32_t entries = at.length / 16;
        uint64_t first = (at.address - LIST_IOVA) / 16;
        segments++;
        assert_true(entries >= 1 && entries <= segment);
        assert_true((first + entries) * 16 <= bytes);
        if (at.id == NVME_SGL_LAST_SEGMENT) {
            for (uint32_t i = 0; i < entries; i++)
                assert_memory_equal(&list[first + i], &descriptors[met++], 16);
            break;
        }
        for (uint32_t i = 0; i + 1 < entries; i++)
            assert_memory_equal(&list[first + i], &descriptors[met++], 16);
        at = list[first + entries - 1];
        assert_true(at.id == NVME_SGL_SEGMENT || at.id == NVME_SGL_LAST_SEGMENT);
    }
    assert_int_equal(met, count);
    return segments;
}

static int setup(void **state)
{
    for (uint32_t i = 0; i < MOST; i++)
        descriptors[i] = bell_sgl_block(0x100000 + 4096 * (uint64_t)i, i + 1);
    return 0;
}

static void test_one_descriptor_needs_no_list(void **state)
{
    struct nvme_sgl first;
    assert_int_equal(bell_sgl_list_bytes(1, 256), 0);
    bell_sgl_build(descriptors, 1, 256, NULL, 0, &first);
    assert_memory_equal(&first, &descriptors[0], 16);
}

static void test_every_count_and_segment_size_keeps_the_order(void **state)
{
    for (uint32_t segment = 2; segment < 40; segment++)
        for (uint32_t count = 2; count < 200; count++)
            walk(count, segment);
    assert_int_equal(walk(256, 256), 1);
    assert_int_equal(walk(257, 256), 2);
    assert_int_equal(walk(MOST, 256), 4);
    assert_int_equal(walk(3, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_descriptor_needs_no_list),
        cmocka_unit_test(test_every_count_and_segment_size_keeps_the_order),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
