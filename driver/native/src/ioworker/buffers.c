/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/buffers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ioworker/workload.h"
#include "nvme/device.h"
#include "nvme/prp.h"
#include "support/error.h"

/* What one allocation is cut into. Counts are of buffers; each has its data and, if large, a page for its PRP list. */
struct plan {
    uint32_t reads;
    uint32_t writes;
    uint64_t largest;   /* bytes of the largest I/O */
    uint64_t stride;    /* bytes from one buffer to the next */
    uint64_t lists;     /* offset of the first PRP list */
    uint64_t list_each; /* bytes of a PRP list, 0 where none is needed */
    uint64_t bytes;
};

static int plan_make(struct plan *plan, const bell_worker_config *config, uint32_t page_bytes)
{
    uint64_t lbas = 0;
    uint64_t pages;

    for (uint32_t i = 0; i < config->size_count; i++)
        lbas = config->sizes[i] > lbas ? config->sizes[i] : lbas;
    plan->largest = lbas * config->lba_bytes;
    pages = bell_prp_pages(0, plan->largest, page_bytes);
    if (pages > 1 + BELL_PRP_LIST_ENTRIES)
        return bell_error_set(-EINVAL,
                              "sizes: an I/O of %" PRIu64 " LBAs is %" PRIu64 " bytes; at most %" PRIu64
                              " bytes fit the PRP list of one command",
                              lbas, plan->largest, (uint64_t)(1 + BELL_PRP_LIST_ENTRIES) * page_bytes);
    plan->reads = config->read_percent > 0 ? config->qdepth : 0;
    plan->writes = config->read_percent == 100 ? 0 : config->pattern == BELL_PATTERN_RANDOM ? config->qdepth : 1;
    plan->stride = pages * page_bytes;
    plan->list_each = pages > 2 ? BELL_PRP_LIST_BYTES : 0;
    plan->lists = (plan->reads + (uint64_t)plan->writes) * plan->stride;
    plan->bytes = plan->lists + (plan->reads + (uint64_t)plan->writes) * plan->list_each;
    return 0;
}

static void buffers_place(struct bell_io_buffers *buffers, const struct plan *plan, uint64_t skew, uint32_t first,
                          uint32_t count, struct bell_io_buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t list = skew + plan->lists + (first + i) * plan->list_each;
        struct bell_prp prp;

        out[i].iova = buffers->iova + skew + (first + i) * plan->stride;
        out[i].second = out[i].iova + buffers->page_bytes;
        out[i].list = buffers->iova + list;
        bell_prp_build(out[i].iova, plan->largest, buffers->page_bytes,
                       (uint64_t *)(void *)((uint8_t *)buffers->memory + list), out[i].list, &prp);
    }
}

static void pattern_fill(uint8_t *data, uint64_t bytes, const bell_worker_config *config)
{
    uint32_t *dwords = (uint32_t *)(void *)data;
    struct bell_workload source;

    switch (config->pattern) {
    case BELL_PATTERN_ONES:
        memset(data, 0xff, bytes);
        break;
    case BELL_PATTERN_DWORD:
        for (uint64_t i = 0; i < bytes / sizeof *dwords; i++)
            dwords[i] = config->pattern_value;
        break;
    case BELL_PATTERN_RANDOM:
        bell_workload_init(&source, config);
        for (uint64_t i = 0; i < bytes / sizeof *dwords; i++)
            dwords[i] = (uint32_t)bell_random_next(source.random);
        break;
    default: /* the memory comes zeroed */
        break;
    }
}

int bell_io_buffers_alloc(struct bell_io_buffers *buffers, bell_device *device, const bell_worker_config *config)
{
    uint32_t slots = config->qdepth;
    struct plan plan;
    uint64_t skew;
    int err;

    memset(buffers, 0, sizeof *buffers);
    buffers->page_bytes = device->page_bytes;
    err = plan_make(&plan, config, buffers->page_bytes);
    if (err != 0)
        return err;
    /* DMA memory is aligned to 4 KiB; larger pages take their alignment out of one page more. */
    buffers->bytes = plan.bytes + buffers->page_bytes;
    err = bell_device_dma_alloc(device, buffers->bytes, &buffers->memory, &buffers->iova);
    if (err != 0) {
        buffers->memory = NULL;
        return err;
    }
    skew = -buffers->iova & (buffers->page_bytes - 1);
    if (plan.reads != 0)
        buffers->reads = calloc(slots, sizeof *buffers->reads);
    if (plan.writes != 0)
        buffers->writes = calloc(slots, sizeof *buffers->writes);
    if ((plan.reads != 0 && buffers->reads == NULL) || (plan.writes != 0 && buffers->writes == NULL)) {
        bell_io_buffers_free(buffers, device);
        return bell_error_set(-ENOMEM, "out of memory");
    }
    buffers_place(buffers, &plan, skew, 0, plan.reads, buffers->reads);
    buffers_place(buffers, &plan, skew, plan.reads, plan.writes, buffers->writes);
    for (uint32_t i = 1; plan.writes == 1 && i < slots; i++)
        buffers->writes[i] = buffers->writes[0];
    pattern_fill((uint8_t *)buffers->memory + skew + plan.reads * plan.stride, plan.writes * plan.stride, config);
    return 0;
}

void bell_io_buffers_free(struct bell_io_buffers *buffers, bell_device *device)
{
    if (buffers->memory != NULL)
        bell_device_dma_free(device, buffers->memory, buffers->iova, buffers->bytes);
    free(buffers->reads);
    free(buffers->writes);
    memset(buffers, 0, sizeof *buffers);
}
