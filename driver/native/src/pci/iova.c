/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/iova.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

#define LOWEST UINT64_C(0x100000)

/* No IOMMU translates more than 57 bits; behind this address sums of addresses could overflow. */
#define HIGHEST (UINT64_MAX >> 1)

/* Writes to these addresses are interrupts, not memory (Intel SDM volume 3 §11.11). */
static const struct bell_iova_range usual[] = {
    {0, UINT64_C(0xfedfffff)},
    {UINT64_C(0xfef00000), (UINT64_C(1) << 39) - 1},
};

static int by_first(const void *left, const void *right)
{
    uint64_t a = ((const struct bell_iova_range *)left)->first;
    uint64_t b = ((const struct bell_iova_range *)right)->first;

    return (a > b) - (a < b);
}

void bell_iova_init(struct bell_iova_space *space, const struct bell_iova_range *ranges, size_t count, uint64_t page)
{
    memset(space, 0, sizeof *space);
    space->page = page;
    pthread_mutex_init(&space->lock, NULL);
    if (count == 0) {
        ranges = usual;
        count = sizeof usual / sizeof usual[0];
    }
    for (size_t i = 0; i < count && space->range_count < BELL_IOVA_RANGES_MAX; i++) {
        struct bell_iova_range range = ranges[i];

        range.first = range.first < LOWEST ? LOWEST : range.first;
        range.last = range.last > HIGHEST ? HIGHEST : range.last;
        if (range.first <= range.last)
            space->ranges[space->range_count++] = range;
    }
    qsort(space->ranges, space->range_count, sizeof space->ranges[0], by_first);
}

void bell_iova_destroy(struct bell_iova_space *space)
{
    free(space->blocks);
    pthread_mutex_destroy(&space->lock);
}

/* The first block that ends behind address. */
static size_t block_after(const struct bell_iova_space *space, uint64_t address)
{
    size_t low = 0;
    size_t high = space->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (space->blocks[middle].start + space->blocks[middle].bytes > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool align_up(uint64_t *address, uint64_t align)
{
    if (*address > UINT64_MAX - (align - 1))
        return false;
    *address = (*address + align - 1) & ~(align - 1);
    return true;
}

/* A gap in range at or above from: its address, and the place in blocks of what will fill it. */
static bool gap_find(const struct bell_iova_space *space, struct bell_iova_range range, uint64_t from, uint64_t bytes,
                     uint64_t align, uint64_t *found, size_t *place)
{
    uint64_t start = from > range.first ? from : range.first;
    size_t i;

    if (!align_up(&start, align))
        return false;
    /* A block that ends less than a page below start is in the way too. */
    for (i = block_after(space, start > space->page ? start - space->page : 0);; i++) {
        if (start > range.last || range.last - start < bytes - 1)
            return false;
        if (i == space->count || (space->blocks[i].start > start && space->blocks[i].start - start >= bytes &&
                                  space->blocks[i].start - start - bytes >= space->page))
            break;
        start = space->blocks[i].start + space->blocks[i].bytes + space->page;
        if (!align_up(&start, align))
            return false;
    }
    *found = start;
    *place = i;
    return true;
}

static int blocks_reserve(struct bell_iova_space *space)
{
    size_t room = space->room == 0 ? 64 : space->room * 2;
    struct bell_iova_block *blocks;

    if (space->count < space->room)
        return 0;
    blocks = realloc(space->blocks, room * sizeof *blocks);
    if (blocks == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    space->blocks = blocks;
    space->room = room;
    return 0;
}

static int take_locked(struct bell_iova_space *space, uint64_t bytes, uint64_t align, uint64_t *iova)
{
    const uint64_t from[] = {space->next, 0};
    int err = blocks_reserve(space);

    for (size_t pass = 0; err == 0 && pass < 2; pass++) {
        for (size_t i = 0; i < space->range_count; i++) {
            size_t place;

            if (!gap_find(space, space->ranges[i], from[pass], bytes, align, iova, &place))
                continue;
            memmove(&space->blocks[place + 1], &space->blocks[place], (space->count - place) * sizeof space->blocks[0]);
            space->blocks[place] = (struct bell_iova_block){.start = *iova, .bytes = bytes};
            space->count++;
            space->next = *iova + bytes;
            return 0;
        }
    }
    if (err != 0)
        return err;
    return bell_error_set(-ENOMEM, "the IOMMU has no range of %llu bytes left in its address space",
                          (unsigned long long)bytes);
}

int bell_iova_take(struct bell_iova_space *space, uint64_t bytes, uint64_t align, uint64_t *iova)
{
    int err;

    pthread_mutex_lock(&space->lock);
    err = take_locked(space, bytes, align, iova);
    pthread_mutex_unlock(&space->lock);
    return err;
}

void bell_iova_give(struct bell_iova_space *space, uint64_t iova)
{
    pthread_mutex_lock(&space->lock);
    size_t i = block_after(space, iova);
    if (i < space->count && space->blocks[i].start == iova) {
        space->count--;
        memmove(&space->blocks[i], &space->blocks[i + 1], (space->count - i) * sizeof space->blocks[0]);
    }
    pthread_mutex_unlock(&space->lock);
}
