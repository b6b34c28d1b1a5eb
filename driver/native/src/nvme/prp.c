/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/prp.h"

#include <errno.h>
#include <inttypes.h>

#include "support/error.h"

int bell_prp_build(uint64_t iova, uint64_t bytes, uint32_t page_bytes, uint64_t *list, uint64_t list_iova,
                   struct bell_prp *out)
{
    uint64_t pages = bell_prp_pages(iova, bytes, page_bytes);
    *out = (struct bell_prp){0};
    if (iova % 4 != 0)
        return bell_error_set(
            -EINVAL, "Data address %#" PRIx64 " is not a multiple of 4, which a PRP entry cannot express.", iova);
    if (pages > 1 + BELL_PRP_LIST_ENTRIES)
        return bell_error_set(
            -E2BIG, "%" PRIu64 " bytes at %#" PRIx64 " touch %" PRIu64 " pages of %u bytes; one command reaches %d.",
            bytes, iova, pages, page_bytes, 1 + BELL_PRP_LIST_ENTRIES);
    if (pages == 0)
        return 0;

    uint64_t second = (iova / page_bytes + 1) * page_bytes;
    out->prp1 = iova;
    if (pages == 2) {
        out->prp2 = second;
    } else if (pages > 2) {
        out->prp2 = list_iova;
        out->entries = (uint32_t)pages - 1;
        for (uint32_t i = 0; i < out->entries; i++)
            list[i] = second + (uint64_t)i * page_bytes;
    }
    return 0;
}
