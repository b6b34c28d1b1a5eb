/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/buffers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/prp.h"
#include "support/error.h"

/* What one allocation is cut into. Counts are of buffers; each has its data and, if large, a page for its PRP list. */
struct plan {
    uint32_t reads;
    uint32_t writes;
    uint32_t ranges;
    uint64_t largest;      /* bytes of the largest I/O */
    uint64_t stride;       /* bytes from one buffer to the next */
    uint64_t lists;        /* offset of the first PRP list */
    uint64_t list_each;    /* bytes of a PRP list, 0 where none is needed */
    uint64_t ranges_start; /* offset of the first list of ranges */
    uint64_t bytes;
};

static int plan_make(struct plan *plan, const struct bell_io_needs *needs, uint32_t page_bytes)
{
    uint64_t pages;

    plan->largest = (uint64_t)needs->lbas * needs->lba_bytes;
    pages = bell_prp_pages(0, plan->largest, page_bytes);
    plan->reads = needs->reads ? needs->slots : 0;
    plan->writes = !needs->writes ? 0 : needs->own_writes ? needs->slots : 1;
    plan->ranges = needs->ranges ? needs->slots : 0;
    if (pages > 1 + BELL_PRP_LIST_ENTRIES && plan->reads + plan->writes != 0)
        return bell_error_set(-EINVAL,
                              "sizes: an I/O of %u LBAs is %" PRIu64 " bytes; at most %" PRIu64
                              " bytes fit the PRP list of one command",
                              needs->lbas, plan->largest, (uint64_t)(1 + BELL_PRP_LIST_ENTRIES) * page_bytes);
    plan->stride = pages * page_bytes;
    plan->list_each = pages > 2 ? BELL_PRP_LIST_BYTES : 0;
    plan->lists = (plan->reads + (uint64_t)plan->writes) * plan->stride;
    plan->ranges_start = plan->lists + (plan->reads + (uint64_t)plan->writes) * plan->list_each;
    /* A list ends where a page may begin: the smaller of both sizes is 4 KiB. */
    plan->ranges_start = (plan->ranges_start + page_bytes - 1) / page_bytes * page_bytes;
    plan->bytes = plan->ranges_start + (uint64_t)plan->ranges * page_bytes;
    return 0;
}

static void buffers_place(struct bell_io_buffers *buffers, const struct plan *plan, uint64_t skew, uint32_t first,
                          uint32_t count, struct bell_io_buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = skew + (first + i) * plan->stride;
        uint64_t list = skew + plan->lists + (first + i) * plan->list_each;
        struct bell_prp prp;

        out[i].iova = buffers->iova + at;
        out[i].second = out[i].iova + buffers->page_bytes;
        out[i].list = buffers->iova + list;
        out[i].data = (uint8_t *)buffers->memory + at;
        bell_prp_build(out[i].iova, plan->largest, buffers->page_bytes,
                       (uint64_t *)(void *)((uint8_t *)buffers->memory + list), out[i].list, &prp);
    }
}

static void ranges_place(struct bell_io_buffers *buffers, const struct plan *plan, uint64_t skew)
{
    for (uint32_t i = 0; i < plan->ranges; i++) {
        uint64_t at = skew + plan->ranges_start + (uint64_t)i * buffers->page_bytes;

        buffers->ranges[i].iova = buffers->iova + at;
        buffers->ranges[i].data = (uint8_t *)buffers->memory + at;
    }
}

/* An array for every slot where there are any buffers. */
static int array_alloc(struct bell_io_buffer **array, uint32_t buffers, uint32_t slots)
{
    if (buffers == 0)
        return 0;
    *array = calloc(slots, sizeof **array);
    return *array == NULL ? bell_error_set(-ENOMEM, "out of memory") : 0;
}

int bell_io_buffers_alloc(struct bell_io_buffers *buffers, bell_device *device, const struct bell_io_needs *needs,
                          struct bell_io_data *data)
{
    struct plan plan = {.bytes = 0};
    uint64_t skew;
    int err;

    memset(buffers, 0, sizeof *buffers);
    buffers->page_bytes = device->page_bytes;
    buffers->prp1_bytes = device->transport->data_blocks ? 0 : buffers->page_bytes;
    err = plan_make(&plan, needs, buffers->page_bytes);
    if (err != 0)
        return err;
    /* DMA memory is aligned to 4 KiB; larger pages take their alignment out of one page more. */
    buffers->bytes = plan.bytes + buffers->page_bytes;
    err = bell_device_dma_alloc(device, buffers->bytes, &buffers->memory, &buffers->iova);
    if (err != 0) {
        buffers->memory = NULL;
        return err;
    }
    buffers->write_bytes = plan.stride;
    skew = -buffers->iova & (buffers->page_bytes - 1);
    err = array_alloc(&buffers->reads, plan.reads, needs->slots);
    if (err == 0)
        err = array_alloc(&buffers->writes, plan.writes, needs->slots);
    if (err == 0)
        err = array_alloc(&buffers->ranges, plan.ranges, needs->slots);
    if (err != 0) {
        bell_io_buffers_free(buffers, device);
        return err;
    }
    buffers_place(buffers, &plan, skew, 0, plan.reads, buffers->reads);
    buffers_place(buffers, &plan, skew, plan.reads, plan.writes, buffers->writes);
    for (uint32_t i = 1; plan.writes == 1 && i < needs->slots; i++)
        buffers->writes[i] = buffers->writes[0];
    ranges_place(buffers, &plan, skew);
    if (plan.writes != 0)
        bell_io_data_fill(data, (uint8_t *)buffers->memory + skew + plan.reads * plan.stride,
                          plan.writes * plan.stride);
    return 0;
}

void bell_io_buffers_free(struct bell_io_buffers *buffers, bell_device *device)
{
    if (buffers->memory != NULL)
        bell_device_dma_free(device, buffers->memory, buffers->iova, buffers->bytes);
    free(buffers->reads);
    free(buffers->writes);
    free(buffers->ranges);
    memset(buffers, 0, sizeof *buffers);
}
