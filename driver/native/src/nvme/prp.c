/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/prp.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "support/error.h"

uint64_t bell_prp_list_bytes(uint64_t pages, uint32_t page_bytes)
{
    uint64_t entries = pages - 1; /* the first page is in PRP1 */
    uint64_t each = page_bytes / 8;
    if (pages <= 2)
        return 0;
    if (entries <= BELL_PRP_LIST_ENTRIES)
        return BELL_PRP_LIST_BYTES;
    /* Every list page but the last gives one entry away. */
    uint64_t lists = entries <= each ? 1 : (entries - 2) / (each - 1) + 1;
    return lists * page_bytes;
}

/* Where each list page ends. A list that fits in BELL_PRP_LIST_BYTES ends before its memory page does, and is never
 * chained. */
static uint32_t list_fill(uint64_t *list, uint64_t list_iova, uint32_t page_bytes, uint64_t first, uint64_t pages)
{
    uint64_t each = page_bytes / 8;
    uint64_t at = 0;
    for (uint64_t page = 0; page < pages; page++) {
        if (at % each == each - 1 && page + 1 < pages) {
            list[at] = list_iova + 8 * (at + 1);
            at++;
        }
        list[at++] = first + page * page_bytes;
    }
    return (uint32_t)at;
}

int bell_prp_build(uint64_t iova, uint64_t bytes, uint32_t page_bytes, uint64_t *list, uint64_t list_iova,
                   struct bell_prp *out)
{
    uint64_t pages = bell_prp_pages(iova, bytes, page_bytes);
    *out = (struct bell_prp){0};
    if (iova % 4 != 0)
        return bell_error_set(
            -EINVAL, "Data address %#" PRIx64 " is not a multiple of 4, which a PRP entry cannot express.", iova);
    if (pages > 2 && !list)
        return bell_error_set(-E2BIG,
                              "%" PRIu64 " bytes at %#" PRIx64 " touch %" PRIu64
                              " pages of %u bytes, which needs a PRP list, and there is no room for one.",
                              bytes, iova, pages, page_bytes);
    if (pages == 0)
        return 0;

    uint64_t second = (iova / page_bytes + 1) * page_bytes;
    out->prp1 = iova;
    if (pages == 2) {
        out->prp2 = second;
    } else if (pages > 2) {
        out->prp2 = list_iova;
        out->entries = list_fill(list, list_iova, page_bytes, second, pages - 1);
    }
    return 0;
}
