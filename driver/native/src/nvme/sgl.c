/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/sgl.h"

/* Segments of a list: all but the last give one descriptor away for the pointer to the next. */
static uint32_t segments_of(uint32_t count, uint32_t segment)
{
    return count <= segment ? 1 : (count - 2) / (segment - 1) + 1;
}

uint64_t bell_sgl_list_bytes(uint32_t count, uint32_t segment)
{
    return count <= 1 ? 0 : (count + (uint64_t)segments_of(count, segment) - 1) * sizeof(struct nvme_sgl);
}

/* The descriptor that points to the segment which begins at list entry `at` and still has `left` descriptors to hold.
 */
static struct nvme_sgl pointer_to(uint64_t list_iova, uint32_t at, uint32_t left, uint32_t segment)
{
    uint32_t entries = left < segment ? left : segment;
    return (struct nvme_sgl){.address = list_iova + at * sizeof(struct nvme_sgl),
                             .length = entries * (uint32_t)sizeof(struct nvme_sgl),
                             .id = left > segment ? NVME_SGL_SEGMENT : NVME_SGL_LAST_SEGMENT};
}

void bell_sgl_build(const struct nvme_sgl *descriptors, uint32_t count, uint32_t segment, struct nvme_sgl *list,
                    uint64_t list_iova, struct nvme_sgl *first)
{
    if (count <= 1) {
        *first = count == 1 ? descriptors[0] : (struct nvme_sgl){0};
        return;
    }
    *first = pointer_to(list_iova, 0, count, segment);
    uint32_t at = 0, done = 0;
    while (count - done > segment) {
        for (uint32_t i = 0; i < segment - 1; i++)
            list[at++] = descriptors[done++];
        list[at] = pointer_to(list_iova, at + 1, count - done, segment);
        at++;
    }
    while (done < count)
        list[at++] = descriptors[done++];
}
