/* SPDX-License-Identifier: Apache-2.0 */
/* Scatter Gather Lists (NVMe Base 2.0c §4.1.2): another way in which a command names its data. */
#ifndef BELL_NVME_SGL_H
#define BELL_NVME_SGL_H

#include <stdint.h>

#include "spec/nvme.h"

enum { BELL_SGL_SEGMENT_DEFAULT = 256, BELL_SGL_SEGMENT_MOST = 65536 };

/** bell_sgl_block - the descriptor of a piece of memory. */
static inline struct nvme_sgl bell_sgl_block(uint64_t iova, uint32_t bytes)
{
    return (struct nvme_sgl){.address = iova, .length = bytes, .id = NVME_SGL_DATA_BLOCK};
}

/**
 * bell_sgl_list_bytes - memory that a list of `count` descriptors needs, in segments of at most `segment`; 0 where one
 * descriptor in the command is all.
 */
uint64_t bell_sgl_list_bytes(uint32_t count, uint32_t segment);

/**
 * bell_sgl_build - lay `count` descriptors out in segments and write the one for the command to *first.
 * @segment: descriptors a segment, 2 or more, the pointer to the next segment included
 * @list: room for bell_sgl_list_bytes, on a multiple of 8; may be NULL if that is 0
 *
 * The descriptors are taken as they are, whatever they say.
 */
void bell_sgl_build(const struct nvme_sgl *descriptors, uint32_t count, uint32_t segment, struct nvme_sgl *list,
                    uint64_t list_iova, struct nvme_sgl *first);

#endif
