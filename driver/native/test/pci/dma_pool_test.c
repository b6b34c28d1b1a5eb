/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "pci/dma_pool.h"
#include "support/error.h"

enum { PAGES = 64, FIRST = 2 };

static uint8_t *memory;

static void pool_make(struct bell_dma_pool *pool)
{
    int fd = memfd_create("pool", MFD_CLOEXEC);

    assert_int_equal(ftruncate(fd, PAGES * 4096), 0);
    memory = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(memory != MAP_FAILED);
    close(fd);
    bell_dma_pool_init(pool, memory, FIRST * 4096, PAGES * 4096);
}

static void pool_end(struct bell_dma_pool *pool)
{
    bell_dma_pool_destroy(pool);
    munmap(memory, PAGES * 4096);
}

static void blocks_are_whole_pages_inside_the_pool(void **state)
{
    struct bell_dma_pool pool;
    uint64_t first, second;
    void *data;

    pool_make(&pool);
    assert_int_equal(bell_dma_pool_alloc(&pool, 1, &data, &first), 0);
    assert_int_equal(first, FIRST * 4096);
    assert_ptr_equal(data, memory + first);
    assert_int_equal(bell_dma_pool_alloc(&pool, 4097, &data, &second), 0);
    assert_int_equal(second, first + 4096);
    assert_int_equal(bell_dma_pool_alloc(&pool, 0, &data, &first), -EINVAL);
    assert_int_equal(bell_dma_pool_alloc(&pool, UINT64_MAX, &data, &first), -EINVAL);
    assert_int_equal(bell_dma_pool_alloc(&pool, (PAGES - FIRST - 3) * 4096, &data, &first), 0);
    assert_int_equal(bell_dma_pool_alloc(&pool, 1, &data, &first), -ENOMEM);
    assert_non_null(strstr(bell_error_text(), "largest free piece has 0"));
    pool_end(&pool);
}

static void memory_comes_back_zeroed(void **state)
{
    static const uint8_t zeros[3 * 4096];
    struct bell_dma_pool pool;
    uint64_t iova;
    void *data;

    pool_make(&pool);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(bell_dma_pool_alloc(&pool, sizeof zeros, &data, &iova), 0);
        assert_memory_equal(data, zeros, sizeof zeros);
        memset(data, 0xa5, sizeof zeros);
        bell_dma_pool_free(&pool, iova);
        /* A device that writes late, after the memory was given back. */
        memset(data, 0x5a, 64);
    }
    pool_end(&pool);
}

/* Allocate and free in random order: live blocks never overlap, and all of the pool is one piece again at the end. */
static void live_blocks_never_overlap(void **state)
{
    struct {
        uint64_t iova, pages;
    } live[16] = {0};
    uint8_t owner[PAGES] = {0};
    struct bell_dma_pool pool;
    uint64_t iova;
    void *data;

    pool_make(&pool);
    srand(5);
    for (int i = 0; i < 20000; i++) {
        int slot = rand() % 16;

        if (live[slot].pages != 0) {
            bell_dma_pool_free(&pool, live[slot].iova);
            memset(owner + live[slot].iova / 4096, 0, live[slot].pages);
            live[slot].pages = 0;
        } else {
            uint64_t pages = 1 + (uint64_t)rand() % 12;

            if (bell_dma_pool_alloc(&pool, pages * 4096, &data, &iova) != 0)
                continue;
            assert_true(iova >= FIRST * 4096 && iova + pages * 4096 <= PAGES * 4096);
            for (uint64_t page = iova / 4096; page < iova / 4096 + pages; page++) {
                assert_int_equal(owner[page], 0);
                owner[page] = 1;
            }
            live[slot].iova = iova;
            live[slot].pages = pages;
        }
    }
    for (int slot = 0; slot < 16; slot++) {
        if (live[slot].pages != 0)
            bell_dma_pool_free(&pool, live[slot].iova);
    }
    assert_int_equal(bell_dma_pool_alloc(&pool, (PAGES - FIRST) * 4096, &data, &iova), 0);
    pool_end(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_whole_pages_inside_the_pool),
        cmocka_unit_test(memory_comes_back_zeroed),
        cmocka_unit_test(live_blocks_never_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
