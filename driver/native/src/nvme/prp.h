/* SPDX-License-Identifier: Apache-2.0 */
/* Physical Region Pages (NVMe Base 2.0c §4.1.1): how a command names a range of IOVA space. */
#ifndef BELL_NVME_PRP_H
#define BELL_NVME_PRP_H

#include <stdint.h>

/* One list page of 4 KiB, and what it holds; longer lists are chained. */
enum { BELL_PRP_LIST_ENTRIES = 512, BELL_PRP_LIST_BYTES = 4096 };

struct bell_prp {
    uint64_t prp1;
    uint64_t prp2;
    uint32_t entries; /* written to the list, pointers to its next page included; 0: no list in use */
};

/**
 * bell_prp_pages - how many memory pages of page_bytes the range touches; 0 for an empty range.
 */
static inline uint64_t bell_prp_pages(uint64_t iova, uint64_t bytes, uint32_t page_bytes)
{
    return bytes == 0 ? 0 : (iova % page_bytes + bytes + page_bytes - 1) / page_bytes;
}

/**
 * bell_prp_list_bytes - memory that the list of a range of `pages` memory pages needs; 0 where two pointers do. Up to
 * BELL_PRP_LIST_BYTES the list may lie anywhere on a multiple of that; a longer one must start on a memory page.
 */
uint64_t bell_prp_list_bytes(uint64_t pages, uint32_t page_bytes);

/**
 * bell_prp_build - describe [iova, iova + bytes) for memory pages of page_bytes.
 * @list: room for bell_prp_list_bytes, one piece of IOVA space, and its IOVA; may be NULL if that is 0. The last entry
 * of a list page points to the next one where more entries follow than it has room for.
 *
 * Returns 0, -EINVAL (iova not a multiple of 4) or -E2BIG (no list was given for a range that needs one).
 */
int bell_prp_build(uint64_t iova, uint64_t bytes, uint32_t page_bytes, uint64_t *list, uint64_t list_iova,
                   struct bell_prp *out);

#endif
