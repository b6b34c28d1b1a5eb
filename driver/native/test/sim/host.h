/* SPDX-License-Identifier: Apache-2.0 */
/* A small host on function.h: queues, commands one at a time or many, waits that give up. */
#ifndef BELL_TEST_SIM_HOST_H
#define BELL_TEST_SIM_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "doorbell.h"
#include "pci/function.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/atomics.h"
#include "support/error.h"

#define UNUSED __attribute__((unused))

struct host_queue {
    uint16_t qid;
    uint32_t depth;
    uint32_t tail;
    uint32_t head;
    uint32_t phase;
    uint16_t next_cid;
    struct nvme_sqe *sq;
    struct nvme_cqe *cq;
    uint64_t sq_iova;
    uint64_t cq_iova;
};

struct host {
    struct bell_pci_function *fn;
    struct host_queue queue[8]; /* 0: admin */
    uint8_t *data;              /* 1 MiB for the commands' data */
    uint64_t data_iova;
    uint8_t *list; /* a page for PRP lists */
    uint64_t list_iova;
};

#define HOST_DATA_BYTES (UINT64_C(1) << 20)
#define HOST_DEPTH      64u

static uint64_t host_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

UNUSED static void host_sleep_us(uint64_t us)
{
    const struct timespec time = {.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000 * 1000)};

    nanosleep(&time, NULL);
}

/* ---- registers -----------------------------------------------------------------------------------------------------
 */

static uint64_t host_read(struct host *host, uint64_t offset, uint32_t width)
{
    uint64_t value = 0;

    assert_int_equal(host->fn->ops->bar_read(host->fn, 0, offset, width, &value), 0);
    return value;
}

static void host_write(struct host *host, uint64_t offset, uint32_t width, uint64_t value)
{
    assert_int_equal(host->fn->ops->bar_write(host->fn, 0, offset, width, value), 0);
}

UNUSED static uint32_t host_config(struct host *host, uint32_t offset, uint32_t width)
{
    uint32_t value = 0;

    assert_int_equal(host->fn->ops->config_read(host->fn, offset, width, &value), 0);
    return value;
}

UNUSED static void host_config_write(struct host *host, uint32_t offset, uint32_t width, uint32_t value)
{
    assert_int_equal(host->fn->ops->config_write(host->fn, offset, width, value), 0);
}

/* Wait until the masked bits of CSTS have this value; false after 10 s. */
static bool host_csts_wait(struct host *host, uint32_t mask, uint32_t value)
{
    const uint64_t end = host_now() + UINT64_C(10000000000);

    while ((host_read(host, NVME_REG_CSTS, 4) & mask) != value) {
        if (host_now() > end)
            return false;
        host_sleep_us(20);
    }
    return true;
}

/* ---- queues
 * ------------------------------------------------------------------------------------------------------------ */

static void host_queue_init(struct host *host, struct host_queue *queue, uint16_t qid, uint32_t depth)
{
    void *memory;

    *queue = (struct host_queue){.qid = qid, .depth = depth, .phase = 1};
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, depth * 64, &memory, &queue->sq_iova), 0);
    queue->sq = memory;
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, depth * 16, &memory, &queue->cq_iova), 0);
    queue->cq = memory;
}

static void host_queue_free(struct host *host, struct host_queue *queue)
{
    if (queue->sq != NULL) {
        host->fn->ops->dma_free(host->fn, queue->sq, queue->sq_iova, queue->depth * 64);
        host->fn->ops->dma_free(host->fn, queue->cq, queue->cq_iova, queue->depth * 16);
    }
    queue->sq = NULL;
}

static void host_ring(struct host *host, uint32_t qid, bool cq, uint32_t value)
{
    struct bell_pci_function *fn = host->fn;

    __atomic_store_n(&fn->doorbells[2 * qid + cq], value, __ATOMIC_RELEASE);
    bell_fence(__ATOMIC_SEQ_CST);
    if (atomic_load(fn->doorbell_asleep) != 0)
        fn->ops->doorbell_wake(fn);
}

static uint16_t host_put(struct host_queue *queue, const struct nvme_sqe *sqe)
{
    struct nvme_sqe *slot = &queue->sq[queue->tail];

    *slot = *sqe;
    slot->cid = queue->next_cid++;
    queue->tail = (queue->tail + 1) % queue->depth;
    return slot->cid;
}

UNUSED static uint16_t host_submit(struct host *host, uint32_t qid, const struct nvme_sqe *sqe)
{
    struct host_queue *queue = &host->queue[qid];
    const uint16_t cid = host_put(queue, sqe);

    host_ring(host, qid, false, queue->tail);
    return cid;
}

/* One entry if there is one. */
static bool host_poll(struct host *host, uint32_t qid, struct nvme_cqe *out)
{
    struct host_queue *queue = &host->queue[qid];
    uint32_t *dwords = (uint32_t *)&queue->cq[queue->head];
    const uint32_t last = __atomic_load_n(&dwords[3], __ATOMIC_ACQUIRE);

    if ((last >> 16 & 1) != queue->phase)
        return false;
    memcpy(out, dwords, sizeof *out);
    if (++queue->head == queue->depth) {
        queue->head = 0;
        queue->phase ^= 1;
    }
    host_ring(host, qid, true, queue->head);
    return true;
}

static bool host_wait(struct host *host, uint32_t qid, struct nvme_cqe *out)
{
    const uint64_t end = host_now() + UINT64_C(20000000000);
    uint32_t turns = 0;

    while (!host_poll(host, qid, out)) {
        if (++turns % 64 == 0) {
            if (host_now() > end)
                return false;
            host_sleep_us(1);
        }
    }
    return true;
}

/* Send, wait, and give the entry; the test fails if none comes. */
UNUSED static struct nvme_cqe host_run(struct host *host, uint32_t qid, const struct nvme_sqe *sqe)
{
    struct nvme_cqe cqe = {0};
    const uint16_t cid = host_submit(host, qid, sqe);

    assert_true(host_wait(host, qid, &cqe));
    assert_int_equal(cqe.cid, cid);
    assert_int_equal(cqe.sqid, qid);
    return cqe;
}

/* Status code with its type, without DNR and MORE. */
static uint32_t host_status(struct host *host, uint32_t qid, const struct nvme_sqe *sqe)
{
    const struct nvme_cqe cqe = host_run(host, qid, sqe);

    return nvme_cqe_status(&cqe) & NVME_STATUS_CODE;
}

/* ---- commands
 * ------------------------------------------------------------------------------------------------------------ */

UNUSED static struct nvme_sqe host_admin(struct host *host, uint8_t opcode, uint32_t nsid, uint32_t cdw10,
                                         uint32_t cdw11)
{
    return (struct nvme_sqe){.opcode = opcode, .nsid = nsid, .prp1 = host->data_iova, .cdw10 = cdw10, .cdw11 = cdw11};
}

/* A read, write, ... of blocks at the start of the data buffer; up to two pages without a list. */
UNUSED static struct nvme_sqe host_io(struct host *host, uint8_t opcode, uint32_t nsid, uint64_t slba, uint32_t blocks)
{
    return (struct nvme_sqe){.opcode = opcode,
                             .nsid = nsid,
                             .prp1 = host->data_iova,
                             .prp2 = host->data_iova + 4096,
                             .cdw10 = (uint32_t)slba,
                             .cdw11 = (uint32_t)(slba >> 32),
                             .cdw12 = blocks - 1};
}

UNUSED static void host_queue_create(struct host *host, uint16_t qid, uint32_t depth)
{
    struct host_queue *queue = &host->queue[qid];
    struct nvme_sqe sqe;

    host_queue_init(host, queue, qid, depth);
    sqe = (struct nvme_sqe){.opcode = NVME_ADMIN_CREATE_CQ,
                            .prp1 = queue->cq_iova,
                            .cdw10 = qid | (depth - 1) << 16,
                            .cdw11 = 3 | (uint32_t)qid << 16};
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_SUCCESS);
    sqe = (struct nvme_sqe){.opcode = NVME_ADMIN_CREATE_SQ,
                            .prp1 = queue->sq_iova,
                            .cdw10 = qid | (depth - 1) << 16,
                            .cdw11 = 1 | (uint32_t)qid << 16};
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_SUCCESS);
}

/* ---- life
 * ------------------------------------------------------------------------------------------------------------------ */

static struct host *host_open(const char *options)
{
    struct host *host = calloc(1, sizeof *host);
    void *memory;

    assert_non_null(host);
    if (bell_sim_open(options, &host->fn) != 0)
        fail_msg("%s", bell_error_text());
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, HOST_DATA_BYTES, &memory, &host->data_iova), 0);
    host->data = memory;
    assert_int_equal(host->fn->ops->dma_alloc(host->fn, 4096, &memory, &host->list_iova), 0);
    host->list = memory;
    return host;
}

UNUSED static void host_enable(struct host *host)
{
    struct host_queue *admin = &host->queue[0];

    host_queue_free(host, admin);
    host_queue_init(host, admin, 0, HOST_DEPTH);
    assert_int_equal(host->fn->ops->irq_setup(host->fn), 0);
    host_write(host, NVME_REG_AQA, 4, (HOST_DEPTH - 1) | (HOST_DEPTH - 1) << 16);
    host_write(host, NVME_REG_ASQ, 8, admin->sq_iova);
    host_write(host, NVME_REG_ACQ, 8, admin->cq_iova);
    host_write(host, NVME_REG_CC, 4, 0x00460001);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY | NVME_CSTS_CFS, NVME_CSTS_RDY));
}

UNUSED static void host_disable(struct host *host)
{
    host_write(host, NVME_REG_CC, 4, 0x00460000);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY | NVME_CSTS_CFS, 0));
    for (uint32_t i = 0; i < 8; i++)
        host_queue_free(host, &host->queue[i]);
}

UNUSED static void host_close(struct host *host)
{
    for (uint32_t i = 0; i < 8; i++)
        host_queue_free(host, &host->queue[i]);
    host->fn->ops->dma_free(host->fn, host->data, host->data_iova, HOST_DATA_BYTES);
    host->fn->ops->dma_free(host->fn, host->list, host->list_iova, 4096);
    host->fn->ops->close(host->fn);
    free(host);
}

/* Open, enable, and one I/O queue. */
UNUSED static struct host *host_ready(const char *options)
{
    struct host *host = host_open(options);

    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    return host;
}

UNUSED static void host_fill(struct host *host, uint8_t seed, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        host->data[i] = (uint8_t)(seed + i * 7 + i / 256);
}

#endif
