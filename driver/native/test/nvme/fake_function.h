/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PCI function that behaves as a test tells it to. It has no thread: the driver's waiting loops run it by way of
 * relax, and a test runs it by fake_run. I/O commands stay with it until the test completes them, unless complete_io is
 * set.
 */
#ifndef BELL_TEST_FAKE_FUNCTION_H
#define BELL_TEST_FAKE_FUNCTION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "nvme/device.h"
#include "nvme/qpair.h"
#include "pci/function.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/error.h"

enum { FAKE_QUEUES = 8, FAKE_HELD = 1024, FAKE_VECTORS = 4, FAKE_MQES = 1023 };
#define FAKE_IOVA_OFFSET UINT64_C(0x10000000000)

struct fake_queue {
    uint64_t sq_iova, cq_iova;
    uint32_t depth;
    uint32_t sq_head, cq_tail, phase;
    bool live;
};

struct fake_held {
    struct nvme_sqe sqe;
    uint32_t qid;
};

struct fake {
    struct bell_pci_function fn; /* first: the operations cast back */
    uint8_t config[256];
    uint64_t cap;
    uint32_t cc, csts, aqa;
    uint64_t asq, acq;
    uint32_t doorbells[2 * FAKE_QUEUES];
    _Atomic uint32_t asleep;
    struct fake_queue queues[FAKE_QUEUES];
    struct fake_held held[FAKE_HELD];
    uint32_t held_count;
    uint32_t allocations;
    uint32_t wakes;
    uint32_t relaxes;

    /* What was true when CC.EN went to 1. */
    bool irqs_at_enable;
    uint32_t command_at_enable;
    bool irqs_ready;

    /* Behaviour. */
    bool complete_io;        /* I/O commands complete at once with success */
    bool hold_admin;         /* admin commands stay too */
    bool never_ready;        /* RDY does not follow EN to 1 */
    bool never_unready;      /* RDY does not follow EN to 0 */
    bool fatal;              /* CFS instead of RDY */
    bool gone;               /* registers read all ones */
    uint16_t sq_refusal;     /* status of Create I/O SQ */
    bool *disabled_at_close; /* where to note CC.EN when the function is closed; may be NULL */
};

static inline void *fake_memory(uint64_t iova)
{
    return (void *)(uintptr_t)(iova - FAKE_IOVA_OFFSET);
}

static inline struct fake *fake_of(struct bell_pci_function *fn)
{
    return (struct fake *)fn;
}

static inline void fake_post(struct fake *fake, uint32_t qid, uint16_t cid, uint16_t status, uint32_t dw0)
{
    struct fake_queue *queue = &fake->queues[qid];
    struct nvme_cqe cqe = {.dw0 = dw0,
                           .sqhd = (uint16_t)queue->sq_head,
                           .sqid = (uint16_t)qid,
                           .cid = cid,
                           .status = (uint16_t)(status << 1 | queue->phase)};
    memcpy((struct nvme_cqe *)fake_memory(queue->cq_iova) + queue->cq_tail, &cqe, sizeof cqe);
    if (++queue->cq_tail == queue->depth) {
        queue->cq_tail = 0;
        queue->phase ^= 1;
    }
}

/* Complete the held command number index. */
static inline void fake_complete(struct fake *fake, uint32_t index, uint16_t status, uint32_t dw0)
{
    assert_true(index < fake->held_count);
    struct fake_held held = fake->held[index];
    memmove(&fake->held[index], &fake->held[index + 1], (--fake->held_count - index) * sizeof held);
    fake_post(fake, held.qid, held.sqe.cid, status, dw0);
}

static inline void fake_queue_start(struct fake_queue *queue, uint64_t sq_iova, uint64_t cq_iova, uint32_t depth)
{
    *queue = (struct fake_queue){.sq_iova = sq_iova, .cq_iova = cq_iova, .depth = depth, .phase = 1};
}

static inline void fake_admin(struct fake *fake, const struct nvme_sqe *sqe)
{
    uint32_t id = sqe->cdw10 & 0xffff;
    uint16_t status = NVME_SC_SUCCESS;
    switch (sqe->opcode) {
    case NVME_ADMIN_CREATE_CQ:
        fake_queue_start(&fake->queues[id], 0, sqe->prp1, (sqe->cdw10 >> 16) + 1);
        break;
    case NVME_ADMIN_CREATE_SQ:
        status = fake->sq_refusal;
        fake->queues[id].sq_iova = sqe->prp1;
        fake->queues[id].live = status == 0;
        fake->doorbells[2 * id] = 0;
        break;
    case NVME_ADMIN_DELETE_SQ:
        fake->queues[id].live = false;
        break;
    default:
        break;
    }
    fake_post(fake, 0, sqe->cid, status, 0);
}

static inline void fake_run(struct fake *fake)
{
    for (uint32_t qid = 0; qid < FAKE_QUEUES; qid++) {
        struct fake_queue *queue = &fake->queues[qid];
        while (queue->live && queue->sq_head != fake->doorbells[2 * qid]) {
            struct nvme_sqe sqe;
            memcpy(&sqe, (struct nvme_sqe *)fake_memory(queue->sq_iova) + queue->sq_head, sizeof sqe);
            queue->sq_head = (queue->sq_head + 1) % queue->depth;
            bool event = qid == 0 && sqe.opcode == NVME_ADMIN_ASYNC_EVENT;
            if (qid == 0 && !event && !fake->hold_admin)
                fake_admin(fake, &sqe);
            else if (qid > 0 && fake->complete_io)
                fake_post(fake, qid, sqe.cid, NVME_SC_SUCCESS, 0);
            else
                fake->held[fake->held_count++] = (struct fake_held){.sqe = sqe, .qid = qid};
        }
    }
}

static inline int fake_config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    *value = 0;
    memcpy(value, fake_of(fn)->config + offset, width);
    if (fake_of(fn)->gone)
        *value = UINT32_MAX >> (32 - 8 * width);
    return 0;
}

static inline int fake_config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    memcpy(fake_of(fn)->config + offset, &value, width);
    return 0;
}

static inline int fake_bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width,
                                uint64_t *value)
{
    struct fake *fake = fake_of(fn);
    *value = offset == NVME_REG_CAP    ? fake->cap
             : offset == NVME_REG_CC   ? fake->cc
             : offset == NVME_REG_CSTS ? fake->csts
                                       : 0;
    if (fake->gone)
        *value = width == 4 ? UINT32_MAX : UINT64_MAX;
    return 0;
}

static inline void fake_disable(struct fake *fake)
{
    if (!fake->never_unready)
        fake->csts = 0;
    for (uint32_t qid = 0; qid < FAKE_QUEUES; qid++)
        fake->queues[qid].live = false;
    memset(fake->doorbells, 0, sizeof fake->doorbells);
    fake->held_count = 0;
}

static inline void fake_enable(struct fake *fake)
{
    fake->irqs_at_enable = fake->irqs_ready;
    memcpy(&fake->command_at_enable, fake->config + PCI_COMMAND, 2);
    fake_queue_start(&fake->queues[0], fake->asq, fake->acq, (fake->aqa & 0xfff) + 1);
    fake->queues[0].live = true;
    if (fake->fatal)
        fake->csts |= NVME_CSTS_CFS;
    else if (!fake->never_ready)
        fake->csts |= NVME_CSTS_RDY;
}

static inline int fake_bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width,
                                 uint64_t value)
{
    struct fake *fake = fake_of(fn);
    uint32_t before = fake->cc;
    if (offset >= NVME_REG_DOORBELLS)
        fake->doorbells[(offset - NVME_REG_DOORBELLS) / 4] = (uint32_t)value;
    else if (offset == NVME_REG_AQA)
        fake->aqa = (uint32_t)value;
    else if (offset == NVME_REG_ASQ)
        fake->asq = value;
    else if (offset == NVME_REG_ACQ)
        fake->acq = value;
    else if (offset == NVME_REG_CC)
        fake->cc = (uint32_t)value;
    if ((before ^ fake->cc) & NVME_CC_EN) {
        if (fake->cc & NVME_CC_EN)
            fake_enable(fake);
        else
            fake_disable(fake);
    }
    if ((before ^ fake->cc) & NVME_CC_SHN && fake->cc & NVME_CC_SHN && !fake->never_ready)
        fake->csts |= (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST);
    return 0;
}

static inline int fake_dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    uint64_t whole = (bytes + 4095) / 4096 * 4096;
    *vaddr = aligned_alloc(4096, whole);
    memset(*vaddr, 0, whole);
    *iova = (uint64_t)(uintptr_t)*vaddr + FAKE_IOVA_OFFSET;
    fake_of(fn)->allocations++;
    return 0;
}

static inline void fake_dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    free(vaddr);
    fake_of(fn)->allocations--;
}

static inline int fake_irq_setup(struct bell_pci_function *fn)
{
    fake_of(fn)->irqs_ready = true;
    return 0;
}

static inline int fake_irq(struct bell_pci_function *fn, uint32_t vector)
{
    return 0;
}

static inline int fake_reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct fake *fake = fake_of(fn);
    if (kind == BELL_RESET_HOT)
        return bell_error_set(-ENOTSUP, "The fake has no bridge.");
    fake->cc = 0;
    fake_disable(fake);
    memset(fake->config + PCI_COMMAND, 0, 2);
    return 0;
}

static inline void fake_wake(struct bell_pci_function *fn)
{
    fake_of(fn)->wakes++;
}

static inline void fake_relax(struct bell_pci_function *fn)
{
    fake_of(fn)->relaxes++;
    fake_run(fake_of(fn));
}

static inline void fake_close(struct bell_pci_function *fn)
{
    assert_int_equal(fake_of(fn)->allocations, 0);
    if (fake_of(fn)->disabled_at_close)
        *fake_of(fn)->disabled_at_close = !(fake_of(fn)->cc & NVME_CC_EN);
    free(fn);
}

static const struct bell_pci_ops fake_ops = {
    .config_read = fake_config_read,
    .config_write = fake_config_write,
    .bar_read = fake_bar_read,
    .bar_write = fake_bar_write,
    .dma_alloc = fake_dma_alloc,
    .dma_free = fake_dma_free,
    .irq_setup = fake_irq_setup,
    .irq_isset = fake_irq,
    .irq_clear = fake_irq,
    .irq_mask = fake_irq,
    .irq_unmask = fake_irq,
    .reset = fake_reset,
    .doorbell_wake = fake_wake,
    .close = fake_close,
};

/* A device over a fresh fake, which it owns. */
static inline bell_device *fake_open(struct fake **out)
{
    struct fake *fake = calloc(1, sizeof *fake);
    fake->fn = (struct bell_pci_function){.ops = &fake_ops,
                                          .kind = BELL_KIND_SIM,
                                          .vectors = FAKE_VECTORS,
                                          .config_bytes = sizeof fake->config,
                                          .bar_bytes = {0x4000},
                                          .name = "Fake",
                                          .doorbells = fake->doorbells,
                                          .doorbell_bytes = sizeof fake->doorbells,
                                          .doorbell_asleep = &fake->asleep,
                                          .relax = fake_relax};
    fake->cap = NVME_PUT(FAKE_MQES, NVME_CAP_MQES) | NVME_PUT(1, NVME_CAP_TO) |
                NVME_PUT(NVME_CAP_CSS_NVM, NVME_CAP_CSS) | NVME_PUT(4, NVME_CAP_MPSMAX);
    struct bell_transport *transport;
    bell_device *device;
    assert_int_equal(bell_pcie_open(&fake->fn, &transport), 0);
    assert_int_equal(bell_device_attach(transport, "fake:", &device), 0);
    *out = fake;
    return device;
}

/* The same, enabled, without armed AERs. */
static inline bell_device *fake_open_enabled(struct fake **out)
{
    bell_device *device = fake_open(out);
    const bell_controller_config config = {.aer_count = UINT32_MAX};
    assert_int_equal(bell_controller_enable(device, &config), 0);
    return device;
}

static inline bell_qpair *fake_qpair(bell_device *device, uint32_t depth)
{
    bell_qpair *qpair = NULL;
    const bell_qpair_config config = {.depth = depth};
    int rc = bell_qpair_create(device, &config, &qpair);
    if (rc != 0)
        fail_msg("no qpair: %s", bell_last_error());
    return qpair;
}

#endif
