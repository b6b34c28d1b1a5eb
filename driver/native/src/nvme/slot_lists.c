/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/slot_lists.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "nvme/transport.h"
#include "support/error.h"

enum { PAGE_BYTES = 4096, SLOTS_PER_CHUNK = 32, CHUNK_BYTES = SLOTS_PER_CHUNK * PAGE_BYTES, MOST_BYTES = 64 << 20 };

/* Allocated when first needed: vaddr is NULL before. */
struct piece {
    void *vaddr;
    uint64_t iova;
    uint64_t bytes;
};

struct bell_slot_lists {
    uint32_t slots;
    uint32_t chunk_count;
    struct piece *own; /* one a slot; NULL until a command needs more than a page */
    struct piece chunks[];
};

struct bell_slot_lists *bell_slot_lists_new(uint32_t slots)
{
    uint32_t count = (slots + SLOTS_PER_CHUNK - 1) / SLOTS_PER_CHUNK;
    struct bell_slot_lists *lists = calloc(1, sizeof *lists + count * sizeof lists->chunks[0]);
    if (lists) {
        lists->slots = slots;
        lists->chunk_count = count;
    }
    return lists;
}

static int piece_alloc(struct bell_transport *transport, uint64_t bytes, struct piece *piece)
{
    int rc = transport->ops->dma_alloc(transport, bytes, &piece->vaddr, &piece->iova);
    if (rc < 0)
        piece->vaddr = NULL;
    piece->bytes = bytes;
    return rc;
}

static void piece_free(struct bell_transport *transport, struct piece *piece)
{
    if (piece->vaddr)
        transport->ops->dma_free(transport, piece->vaddr, piece->iova, piece->bytes);
    *piece = (struct piece){0};
}

void bell_slot_lists_delete(struct bell_slot_lists *lists, struct bell_transport *transport)
{
    if (!lists)
        return;
    for (uint32_t i = 0; i < lists->chunk_count; i++)
        piece_free(transport, &lists->chunks[i]);
    for (uint32_t i = 0; lists->own && i < lists->slots; i++)
        piece_free(transport, &lists->own[i]);
    free(lists->own);
    free(lists);
}

static int page_get(struct bell_slot_lists *lists, struct bell_transport *transport, uint32_t slot, uint64_t **list,
                    uint64_t *iova)
{
    struct piece *chunk = &lists->chunks[slot / SLOTS_PER_CHUNK];
    uint64_t offset = (uint64_t)(slot % SLOTS_PER_CHUNK) * PAGE_BYTES;
    int rc = chunk->vaddr ? 0 : piece_alloc(transport, CHUNK_BYTES, chunk);
    if (rc < 0)
        return rc;
    *list = (uint64_t *)((char *)chunk->vaddr + offset);
    *iova = chunk->iova + offset;
    return 0;
}

int bell_slot_lists_get(struct bell_slot_lists *lists, struct bell_transport *transport, uint32_t slot, uint64_t bytes,
                        uint32_t page_bytes, uint64_t **list, uint64_t *iova)
{
    if (bytes <= PAGE_BYTES)
        return page_get(lists, transport, slot, list, iova);
    if (bytes > MOST_BYTES)
        return bell_error_set(-E2BIG, "The data of one command takes lists of %" PRIu64 " bytes; the most is %d.",
                              bytes, MOST_BYTES);
    if (!lists->own)
        lists->own = calloc(lists->slots, sizeof *lists->own);
    if (!lists->own)
        return bell_error_set(-ENOMEM, "No memory for the lists of a large command.");

    /* DMA memory is aligned to 4 KiB; larger pages take their alignment out of one page more. */
    uint64_t needed = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES + (page_bytes > PAGE_BYTES ? page_bytes : 0);
    struct piece *piece = &lists->own[slot];
    if (piece->bytes < needed) {
        piece_free(transport, piece);
        int rc = piece_alloc(transport, needed, piece);
        if (rc < 0) {
            *piece = (struct piece){0};
            return rc;
        }
    }
    *iova = (piece->iova + page_bytes - 1) / page_bytes * page_bytes;
    *list = (uint64_t *)((char *)piece->vaddr + (*iova - piece->iova));
    return 0;
}
