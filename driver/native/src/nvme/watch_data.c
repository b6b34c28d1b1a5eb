/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/watch_data.h"

#include <stdlib.h>
#include <string.h>

#include "spec/nvme.h"

enum { SQE_PRP1 = 3, SQE_PRP2 = 4, DESCRIPTORS_MOST = 65536 };

bool bell_spans_add(struct bell_spans *spans, uint64_t first, uint64_t count)
{
    if (spans->count == spans->room) {
        uint32_t room = spans->room ? 2 * spans->room : 4;
        struct bell_span *items = realloc(spans->items, room * sizeof *items);
        if (!items)
            return false;
        spans->items = items;
        spans->room = room;
    }
    spans->items[spans->count++] = (struct bell_span){.first = first, .count = count};
    return true;
}

/* One more piece; neighbours become one. */
static bool piece_add(struct bell_spans *spans, uint64_t iova, uint64_t bytes)
{
    if (spans->count > 0) {
        struct bell_span *last = &spans->items[spans->count - 1];
        if (iova != BELL_SPAN_NOWHERE && last->first != BELL_SPAN_NOWHERE && last->first + last->count == iova) {
            last->count += bytes;
            return true;
        }
    }
    return bell_spans_add(spans, iova, bytes);
}

/* NVMe Base 2.0c §4.1.1. */
static bool prps_follow(struct bell_spans *spans, const struct bell_dma_map *map, const uint64_t sqe[8], uint64_t bytes,
                        uint32_t page_bytes)
{
    uint64_t first = page_bytes - (sqe[SQE_PRP1] & (page_bytes - 1));
    uint64_t list = sqe[SQE_PRP2], room = 0;
    const uint8_t *entries = NULL;

    if (first >= bytes)
        return piece_add(spans, sqe[SQE_PRP1], bytes);
    if (!piece_add(spans, sqe[SQE_PRP1], first))
        return false;
    bytes -= first;
    if (bytes <= page_bytes)
        return piece_add(spans, sqe[SQE_PRP2], bytes);
    while (bytes > 0) {
        uint64_t entry, here;

        if (!entries || (list & (page_bytes - 1)) == 0) {
            entries = bell_dma_map_find(map, list, &room);
        }
        here = page_bytes - (list & (page_bytes - 1));
        if (!entries || room < 8)
            return false;
        memcpy(&entry, entries, 8);
        if (here == 8 && bytes > page_bytes) { /* the last place of a list page: a pointer to the next one */
            list = entry;
            entries = bell_dma_map_find(map, list, &room);
            continue;
        }
        uint64_t piece = bytes < page_bytes ? bytes : page_bytes;
        if (!piece_add(spans, entry, piece))
            return false;
        bytes -= piece;
        list += 8;
        entries += 8;
        room -= 8;
    }
    return true;
}

/* NVMe Base 2.0c §4.1.2: descriptors of one segment; *next is that of the segment behind it, if there is one. */
static bool segment_follow(struct bell_spans *spans, const struct nvme_sgl *descriptors, uint64_t count,
                           uint64_t *bytes, struct nvme_sgl *next)
{
    for (uint64_t i = 0; i<count && * bytes> 0; i++) {
        struct nvme_sgl descriptor;
        memcpy(&descriptor, descriptors + i, sizeof descriptor);
        uint64_t piece = descriptor.length < *bytes ? descriptor.length : *bytes;

        switch (descriptor.id & NVME_SGL_TYPE) {
        case NVME_SGL_DATA_BLOCK:
            if (piece > 0 && !piece_add(spans, descriptor.address, piece))
                return false;
            *bytes -= piece;
            break;
        case NVME_SGL_BIT_BUCKET:
            if (piece > 0 && !piece_add(spans, BELL_SPAN_NOWHERE, piece))
                return false;
            *bytes -= piece;
            break;
        case NVME_SGL_SEGMENT:
        case NVME_SGL_LAST_SEGMENT:
            *next = descriptor;
            return true;
        default:
            return false;
        }
    }
    return true;
}

static bool sgl_follow(struct bell_spans *spans, const struct bell_dma_map *map, const struct nvme_sgl *descriptors,
                       uint64_t count, uint64_t bytes)
{
    uint64_t seen = 0;

    for (;;) {
        struct nvme_sgl next = {.length = 0};
        uint64_t room;

        seen += count;
        if (!segment_follow(spans, descriptors, count, &bytes, &next))
            return false;
        if (bytes == 0)
            return true;
        count = next.length / sizeof next;
        descriptors = (const struct nvme_sgl *)(const void *)bell_dma_map_find(map, next.address, &room);
        if (count == 0 || !descriptors || room < next.length || seen > DESCRIPTORS_MOST)
            return false;
    }
}

bool bell_spans_find(struct bell_spans *spans, const struct bell_dma_map *map, const struct bell_watch_data *data,
                     const uint64_t sqe[8], uint64_t bytes, uint32_t page_bytes)
{
    spans->count = 0;
    if (data->sgl)
        return sgl_follow(spans, map, data->sgl, data->sgl_count, bytes);
    if (data->bytes > 0)
        return data->bytes >= bytes && bell_spans_add(spans, data->iova, bytes);
    if (NVME_GET(sqe[0] >> 8, NVME_SQE_PSDT) != NVME_PSDT_PRP) {
        struct nvme_sgl first;
        memcpy(&first, sqe + SQE_PRP1, sizeof first);
        return sgl_follow(spans, map, &first, 1, bytes);
    }
    return prps_follow(spans, map, sqe, bytes, page_bytes);
}

uint8_t *bell_spans_gather(const struct bell_spans *spans, const struct bell_dma_map *map, uint64_t offset,
                           uint32_t bytes, uint8_t *scratch)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < spans->count; i++) {
        const struct bell_span *span = &spans->items[i];
        uint64_t room;

        if (offset >= span->count) {
            offset -= span->count;
            continue;
        }
        while (offset < span->count && done < bytes) {
            uint8_t *piece =
                span->first == BELL_SPAN_NOWHERE ? NULL : bell_dma_map_find(map, span->first + offset, &room);
            if (!piece)
                return NULL;
            uint64_t here = span->count - offset < room ? span->count - offset : room;
            if (done == 0 && here >= bytes)
                return piece;
            if (here > bytes - done)
                here = bytes - done;
            memcpy(scratch + done, piece, here);
            done += (uint32_t)here;
            offset += here;
        }
        if (done == bytes)
            return scratch;
        offset = 0;
    }
    return NULL;
}

void bell_spans_scatter(const struct bell_spans *spans, const struct bell_dma_map *map, uint64_t offset, uint32_t bytes,
                        const uint8_t *from)
{
    uint8_t scratch[8];

    /* Byte by byte where a stamp is cut by the end of a piece: data may begin at any multiple of four. */
    for (uint32_t i = 0; i < bytes; i++) {
        uint8_t *place = bell_spans_gather(spans, map, offset + i, 1, scratch);
        if (place && place != scratch)
            *place = from[i];
    }
}
