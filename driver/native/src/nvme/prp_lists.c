/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/prp_lists.h"

#include <stdlib.h>

#include "nvme/prp.h"
#include "nvme/transport.h"

enum { SLOTS_PER_CHUNK = 32, CHUNK_BYTES = SLOTS_PER_CHUNK * BELL_PRP_LIST_BYTES };

struct chunk {
    void *vaddr; /* NULL: not allocated yet */
    uint64_t iova;
};

struct bell_prp_lists {
    uint32_t count;
    struct chunk chunks[];
};

struct bell_prp_lists *bell_prp_lists_new(uint32_t slots)
{
    uint32_t count = (slots + SLOTS_PER_CHUNK - 1) / SLOTS_PER_CHUNK;
    struct bell_prp_lists *lists = calloc(1, sizeof *lists + count * sizeof lists->chunks[0]);
    if (lists)
        lists->count = count;
    return lists;
}

void bell_prp_lists_delete(struct bell_prp_lists *lists, struct bell_transport *transport)
{
    if (!lists)
        return;
    for (uint32_t i = 0; i < lists->count; i++)
        if (lists->chunks[i].vaddr)
            transport->ops->dma_free(transport, lists->chunks[i].vaddr, lists->chunks[i].iova, CHUNK_BYTES);
    free(lists);
}

int bell_prp_lists_get(struct bell_prp_lists *lists, struct bell_transport *transport, uint32_t slot, uint64_t **list,
                       uint64_t *iova)
{
    struct chunk *chunk = &lists->chunks[slot / SLOTS_PER_CHUNK];
    uint64_t offset = (uint64_t)(slot % SLOTS_PER_CHUNK) * BELL_PRP_LIST_BYTES;
    if (!chunk->vaddr) {
        int rc = transport->ops->dma_alloc(transport, CHUNK_BYTES, &chunk->vaddr, &chunk->iova);
        if (rc < 0) {
            chunk->vaddr = NULL;
            return rc;
        }
    }
    *list = (uint64_t *)((char *)chunk->vaddr + offset);
    *iova = chunk->iova + offset;
    return 0;
}
