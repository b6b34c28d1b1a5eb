/* SPDX-License-Identifier: Apache-2.0 */
/*
 * I/O virtual addresses: which of them a device behind an IOMMU has been given. Addresses are handed out upwards and
 * come round again late, with an unmapped page behind each piece, so that a device that uses a stale address or runs
 * past the end of its buffer meets the IOMMU, not another buffer. Safe from any thread.
 */
#ifndef BELL_PCI_IOVA_H
#define BELL_PCI_IOVA_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it. */
struct bell_iova_range {
    uint64_t first;
    uint64_t last;
};

struct bell_iova_block {
    uint64_t start;
    uint64_t bytes;
};

enum { BELL_IOVA_RANGES_MAX = 32 };

struct bell_iova_space {
    struct bell_iova_range ranges[BELL_IOVA_RANGES_MAX];
    size_t range_count;
    uint64_t page; /* bytes of the smallest piece, a power of two */
    uint64_t next; /* where the search begins */
    struct bell_iova_block *blocks;
    size_t count;
    size_t room;
    pthread_mutex_t lock;
};

/*
 * bell_iova_init - ranges are what the IOMMU can translate (the window of message signalled interrupts is no part of
 * it), in any order; count 0: what every x86 IOMMU can, 39 bits without that window. The first MiB is left out: a zero
 * or a small number in a PRP is more often an accident than an address. Ranges beyond BELL_IOVA_RANGES_MAX are not
 * used.
 */
void bell_iova_init(struct bell_iova_space *space, const struct bell_iova_range *ranges, size_t count, uint64_t page);
void bell_iova_destroy(struct bell_iova_space *space);

/*
 * bell_iova_take - an aligned piece of bytes, a multiple of page; align is a power of two and at least page.
 * Return: 0, or -ENOMEM.
 */
int bell_iova_take(struct bell_iova_space *space, uint64_t bytes, uint64_t align, uint64_t *iova);

/* bell_iova_give - return what bell_iova_take gave. */
void bell_iova_give(struct bell_iova_space *space, uint64_t iova);

#endif
