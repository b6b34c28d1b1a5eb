/* SPDX-License-Identifier: Apache-2.0 */
/* The PCIe transport (NVMe over PCIe 1.0c): registers and doorbells in BAR0, queues in memory that the function reads
 * and writes. */
#include "nvme/pcie.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/null.h"
#include "nvme/prp.h"
#include "nvme/qpair.h"
#include "nvme/sgl.h"
#include "nvme/slot_lists.h"
#include "pci/function.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/error.h"

static struct bell_pci_function *function_of(const struct bell_transport *transport)
{
    return transport->function;
}

int bell_pcie_command_set(struct bell_pci_function *function, uint32_t bits)
{
    uint32_t command;
    int rc = function->ops->config_read(function, PCI_COMMAND, 2, &command);
    if (rc < 0 || (command & bits) == bits)
        return rc;
    return function->ops->config_write(function, PCI_COMMAND, 2, command | bits);
}

static int register_check(const struct bell_pci_function *function, uint32_t offset, uint32_t width)
{
    if ((uint64_t)offset + width > function->bar_bytes[0])
        return bell_error_set(-EINVAL, "Register offset %#x lies outside BAR0 (%" PRIu64 " bytes).", offset,
                              function->bar_bytes[0]);
    return 0;
}

/* Registers of 8 bytes may be accessed as two of 4 (NVMe Base 2.0c §3.1.3), and must be where they are not aligned
 * to 8. */
static int register_read(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t *value)
{
    struct bell_pci_function *function = function_of(transport);
    int rc = register_check(function, offset, width);
    if (rc < 0)
        return rc;
    if (width == 4 || offset % 8 == 0)
        return function->ops->bar_read(function, 0, offset, width, value);
    uint64_t low, high;
    rc = function->ops->bar_read(function, 0, offset, 4, &low);
    if (rc == 0)
        rc = function->ops->bar_read(function, 0, offset + 4, 4, &high);
    if (rc == 0)
        *value = (low & UINT32_MAX) | high << 32;
    return rc;
}

static int register_write(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t value)
{
    struct bell_pci_function *function = function_of(transport);
    int rc = register_check(function, offset, width);
    if (rc < 0)
        return rc;
    if (width == 4 || offset % 8 == 0)
        return function->ops->bar_write(function, 0, offset, width, value);
    rc = function->ops->bar_write(function, 0, offset, 4, value & UINT32_MAX);
    return rc < 0 ? rc : function->ops->bar_write(function, 0, offset + 4, 4, value >> 32);
}

static int dma_alloc(struct bell_transport *transport, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    struct bell_pci_function *function = function_of(transport);
    return function->ops->dma_alloc(function, bytes, vaddr, iova);
}

static void dma_free(struct bell_transport *transport, void *vaddr, uint64_t iova, uint64_t bytes)
{
    struct bell_pci_function *function = function_of(transport);
    function->ops->dma_free(function, vaddr, iova, bytes);
}

static int enable(struct bell_transport *transport)
{
    struct bell_pci_function *function = function_of(transport);
    int rc = bell_pcie_command_set(function, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    if (rc == 0 && function->vectors > 0)
        rc = function->ops->irq_setup(function);
    return rc;
}

/* ---- queue memory and doorbells ---------------------------------------------------------------------------------- */

/* Rings start on a memory page (PRP1 of Create I/O SQ and CQ, ASQ, ACQ), which may be larger than the 4 KiB of
 * dma_alloc. */
static uint64_t ring_memory(uint64_t bytes, uint32_t page_bytes)
{
    uint64_t slack = page_bytes > 4096 ? page_bytes - 4096 : 0;
    return (bytes + slack + 4095) / 4096 * 4096;
}

struct ring {
    void *memory;
    uint64_t memory_iova;
    void *first;
    uint64_t first_iova;
};

static int ring_alloc(struct bell_transport *transport, uint64_t bytes, uint32_t page_bytes, struct ring *ring)
{
    int rc = dma_alloc(transport, ring_memory(bytes, page_bytes), &ring->memory, &ring->memory_iova);
    if (rc < 0) {
        ring->memory = NULL;
        return rc;
    }
    ring->first_iova = (ring->memory_iova + page_bytes - 1) / page_bytes * page_bytes;
    ring->first = (char *)ring->memory + (ring->first_iova - ring->memory_iova);
    return 0;
}

/* A ring in a buffer has no memory of its own. It is cleared by dwords, for it may lie in a BAR. */
static int ring_open(struct bell_transport *transport, const struct bell_buffer *place, uint64_t bytes,
                     uint32_t page_bytes, struct ring *ring)
{
    if (!place)
        return ring_alloc(transport, bytes, page_bytes, ring);
    *ring = (struct ring){.first = place->data, .first_iova = place->iova};
    for (uint64_t i = 0; i < bytes / 4; i++)
        ((volatile uint32_t *)place->data)[i] = 0;
    return 0;
}

static volatile uint32_t *doorbell_of(struct bell_pci_function *function, uint32_t offset)
{
    uint64_t position = offset - NVME_REG_DOORBELLS;
    if (!function->doorbells || position + 4 > function->doorbell_bytes)
        return NULL;
    return function->doorbells + position / 4;
}

static int queue_open(struct bell_transport *transport, struct bell_qpair *qpair)
{
    struct bell_pci_function *function = function_of(transport);
    uint64_t cap;
    int rc = register_read(transport, NVME_REG_CAP, 8, &cap);
    if (rc < 0)
        return rc;
    uint32_t dstrd = (uint32_t)NVME_GET(cap, NVME_CAP_DSTRD);
    uint32_t cq_offset = nvme_doorbell_offset(qpair->qid, 1, dstrd);
    if (cq_offset + UINT64_C(4) > function->bar_bytes[0])
        return bell_error_set(-ENOSPC, "Queue id %u has no doorbell: BAR0 ends at %" PRIu64 " bytes.", qpair->qid,
                              function->bar_bytes[0]);

    struct ring sq, cq;
    rc = ring_open(transport, qpair->sq_place, 64 * (uint64_t)qpair->depth, qpair->page_bytes, &sq);
    if (rc < 0)
        return rc;
    qpair->sq_memory = sq.memory;
    qpair->sq_memory_iova = sq.memory_iova;
    qpair->sq = sq.first;
    qpair->sq_iova = sq.first_iova;
    rc = ring_open(transport, qpair->cq_place, 16 * (uint64_t)qpair->depth, qpair->page_bytes, &cq);
    if (rc < 0)
        return rc;
    qpair->cq_memory = cq.memory;
    qpair->cq_memory_iova = cq.memory_iova;
    qpair->cq = cq.first;
    qpair->cq_iova = cq.first_iova;

    qpair->sq_doorbell = doorbell_of(function, nvme_doorbell_offset(qpair->qid, 0, dstrd));
    qpair->cq_doorbell = doorbell_of(function, cq_offset);
    if (!qpair->cq_doorbell)
        qpair->sq_doorbell = NULL;
    if (function->null_io && qpair->qid != 0) {
        qpair->sq_doorbell = NULL; /* rings come to queue_ring */
        rc = bell_null_open(qpair);
        if (rc < 0)
            return rc;
    }
    qpair->dstrd = dstrd;
    qpair->asleep = (const uint32_t *)function->doorbell_asleep;
    qpair->gone = (const uint32_t *)function->gone;
    bell_poke(&qpair->gone_seen, qpair->gone ? bell_peek(qpair->gone) : UINT32_C(0));
    return 0;
}

static void queue_close(struct bell_transport *transport, struct bell_qpair *qpair)
{
    if (qpair->sq_memory)
        dma_free(transport, qpair->sq_memory, qpair->sq_memory_iova,
                 ring_memory(64 * (uint64_t)qpair->depth, qpair->page_bytes));
    if (qpair->cq_memory)
        dma_free(transport, qpair->cq_memory, qpair->cq_memory_iova,
                 ring_memory(16 * (uint64_t)qpair->depth, qpair->page_bytes));
    bell_null_close(qpair);
    qpair->sq_memory = NULL;
    qpair->cq_memory = NULL;
    qpair->sq = NULL;
    qpair->cq = NULL;
}

static void queue_ring(struct bell_qpair *qpair, uint32_t tail)
{
    struct bell_pci_function *function = function_of(qpair->transport);
    if (qpair->carrier) {
        bell_null_ring(qpair, tail);
        return;
    }
    bell_fence(__ATOMIC_RELEASE);
    if (qpair->cq_head != qpair->cq_rung)
        function->ops->bar_write(function, 0, nvme_doorbell_offset(qpair->qid, 1, qpair->dstrd), 4, qpair->cq_head);
    if (tail != qpair->sq_rung)
        function->ops->bar_write(function, 0, nvme_doorbell_offset(qpair->qid, 0, qpair->dstrd), 4, tail);
}

/* Only a queue whose memory could not be had when the controller was enabled again comes here. */
static bool queue_take(struct bell_qpair *qpair, uint64_t cqe[2])
{
    return false;
}

static void queue_wake(struct bell_qpair *qpair)
{
    struct bell_pci_function *function = function_of(qpair->transport);
    if (function->ops->doorbell_wake)
        function->ops->doorbell_wake(function);
}

/* ---- telling the device -------------------------------------------------------------------------------------------
 */

static int admin_attach(struct bell_transport *transport, struct bell_qpair *admin)
{
    uint64_t last = admin->depth - 1;
    int rc = register_write(transport, NVME_REG_AQA, 4, NVME_PUT(last, NVME_AQA_ASQS) | NVME_PUT(last, NVME_AQA_ACQS));
    if (rc == 0)
        rc = register_write(transport, NVME_REG_ASQ, 8, admin->sq_iova);
    if (rc == 0)
        rc = register_write(transport, NVME_REG_ACQ, 8, admin->cq_iova);
    return rc;
}

static int command_run(struct bell_qpair *admin, const struct nvme_sqe *sqe, const char *what, uint32_t qid)
{
    uint64_t words[8];
    struct bell_end end;
    memcpy(words, sqe, sizeof words);
    int rc = bell_qpair_execute(admin, words, &end);
    if (rc < 0)
        return rc;
    uint32_t status = bell_end_status(&end);
    if (status != NVME_SC_SUCCESS)
        return bell_error_set(-EIO, "The device refused %s for queue %u: status type %xh, code %02xh.", what, qid,
                              (unsigned)NVME_GET(status, NVME_STATUS_SCT), (unsigned)NVME_GET(status, NVME_STATUS_SC));
    return 0;
}

static int queue_command(struct bell_qpair *admin, uint8_t opcode, const char *what, uint32_t qid)
{
    struct nvme_sqe sqe = {.opcode = opcode, .cdw10 = qid};
    return command_run(admin, &sqe, what, qid);
}

static int queue_create(struct bell_transport *transport, struct bell_qpair *admin, struct bell_qpair *qpair)
{
    uint32_t id_and_size =
        (uint32_t)(NVME_PUT(qpair->qid, NVME_QUEUE_QID) | NVME_PUT(qpair->depth - 1, NVME_QUEUE_QSIZE));
    struct nvme_sqe cq = {
        .opcode = NVME_ADMIN_CREATE_CQ, .prp1 = qpair->cq_iova, .cdw10 = id_and_size, .cdw11 = NVME_QUEUE_PC};
    if (qpair->vector != BELL_NO_VECTOR)
        cq.cdw11 |= NVME_CQ_IEN | (uint32_t)NVME_PUT(qpair->vector, NVME_CQ_IV);
    int rc = command_run(admin, &cq, "Create I/O Completion Queue", qpair->qid);
    if (rc < 0)
        return rc;

    struct nvme_sqe sq = {.opcode = NVME_ADMIN_CREATE_SQ,
                          .prp1 = qpair->sq_iova,
                          .cdw10 = id_and_size,
                          .cdw11 = NVME_QUEUE_PC | (uint32_t)NVME_PUT(qpair->priority, NVME_SQ_QPRIO) |
                                   (uint32_t)NVME_PUT(qpair->qid, NVME_SQ_CQID)};
    rc = command_run(admin, &sq, "Create I/O Submission Queue", qpair->qid);
    if (rc < 0) {
        char reason[256];
        snprintf(reason, sizeof reason, "%s", bell_error_text());
        queue_command(admin, NVME_ADMIN_DELETE_CQ, "Delete I/O Completion Queue", qpair->qid);
        bell_error_set(rc, "%s", reason);
    }
    return rc;
}

static int queue_delete(struct bell_transport *transport, struct bell_qpair *admin, struct bell_qpair *qpair)
{
    int sq = queue_command(admin, NVME_ADMIN_DELETE_SQ, "Delete I/O Submission Queue", qpair->qid);
    int cq = queue_command(admin, NVME_ADMIN_DELETE_CQ, "Delete I/O Completion Queue", qpair->qid);
    return sq < 0 ? sq : cq;
}

/* ---- data -----------------------------------------------------------------------------------------------------------
 */

enum { SQE_PRP1 = 3, SQE_PRP2 = 4 }; /* 8-byte words of an SQE */

static int data_map(struct bell_transport *transport, struct bell_qpair *qpair, uint16_t cid, uint64_t iova,
                    uint64_t bytes, uint64_t sqe[8])
{
    uint64_t *list = NULL;
    uint64_t list_iova = 0;
    uint64_t list_bytes = bell_prp_list_bytes(bell_prp_pages(iova, bytes, qpair->page_bytes), qpair->page_bytes);
    if (list_bytes > 0) {
        int rc = bell_slot_lists_get(qpair->lists, transport, cid, list_bytes, qpair->page_bytes, &list, &list_iova);
        if (rc < 0)
            return rc;
    }
    struct bell_prp prp;
    int rc = bell_prp_build(iova, bytes, qpair->page_bytes, list, list_iova, &prp);
    sqe[SQE_PRP1] = prp.prp1;
    sqe[SQE_PRP2] = prp.prp2;
    return rc;
}

static int sgl_map(struct bell_transport *transport, struct bell_qpair *qpair, uint16_t cid,
                   const struct nvme_sgl *descriptors, uint32_t count, uint32_t segment, uint64_t sqe[8])
{
    uint64_t *list = NULL;
    uint64_t list_iova = 0;
    uint64_t list_bytes = bell_sgl_list_bytes(count, segment);
    if (list_bytes > 0) {
        int rc = bell_slot_lists_get(qpair->lists, transport, cid, list_bytes, qpair->page_bytes, &list, &list_iova);
        if (rc < 0)
            return rc;
    }
    struct nvme_sgl first;
    bell_sgl_build(descriptors, count, segment, (struct nvme_sgl *)list, list_iova, &first);
    memcpy(sqe + SQE_PRP1, &first, sizeof first);
    return 0;
}

static bool relax(struct bell_transport *transport)
{
    struct bell_pci_function *function = function_of(transport);
    if (!function->relax)
        return false;
    function->relax(function);
    return true;
}

static void pcie_close(struct bell_transport *transport)
{
    struct bell_pci_function *function = function_of(transport);
    function->ops->close(function);
    free(transport);
}

static const struct bell_transport_ops pcie_ops = {
    .register_read = register_read,
    .register_write = register_write,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .enable = enable,
    .queue_open = queue_open,
    .queue_close = queue_close,
    .admin_attach = admin_attach,
    .queue_create = queue_create,
    .queue_delete = queue_delete,
    .data_map = data_map,
    .sgl_map = sgl_map,
    .queue_take = queue_take,
    .queue_ring = queue_ring,
    .queue_wake = queue_wake,
    .relax = relax,
    .close = pcie_close,
};

int bell_pcie_open(struct bell_pci_function *function, struct bell_transport **out)
{
    int rc = bell_pcie_command_set(function, PCI_COMMAND_MEMORY);
    if (rc < 0)
        return rc;
    struct bell_transport *transport = calloc(1, sizeof *transport);
    if (!transport)
        return bell_error_set(-ENOMEM, "No memory for %s.", function->name);
    transport->ops = &pcie_ops;
    transport->function = function;
    transport->kind = function->kind;
    transport->features = BELL_HAS_PCI | BELL_HAS_REGISTERS | BELL_HAS_QPAIRS;
    if (function->vectors > 0)
        transport->features |= BELL_HAS_INTERRUPTS;
    transport->vectors = function->vectors;
    snprintf(transport->name, sizeof transport->name, "%s", function->name);
    *out = transport;
    return 0;
}
