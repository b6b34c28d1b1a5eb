/* SPDX-License-Identifier: Apache-2.0 */
/* An admin queue driven by the test itself, so that a transport can be tested without the driver above it. */
#ifndef BELL_TEST_ADMIN_BY_HAND_H
#define BELL_TEST_ADMIN_BY_HAND_H

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "pci/function.h"

enum { HAND_DEPTH = 16, HAND_CC = 0x14, HAND_CSTS = 0x1c, HAND_AQA = 0x24, HAND_ASQ = 0x28, HAND_ACQ = 0x30 };

struct by_hand {
    struct bell_pci_function *fn;
    uint8_t *memory; /* one page each: SQ, CQ, data */
    uint64_t iova;
    uint16_t tail, head;
    uint16_t phase;
};

static inline double hand_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline bool hand_ready_wait(struct bell_pci_function *fn, unsigned ready)
{
    double end = hand_seconds() + 10;
    uint64_t csts = ~0ull;

    do {
        if (fn->ops->bar_read(fn, 0, HAND_CSTS, 4, &csts) != 0)
            return false;
    } while ((csts & 1) != ready && hand_seconds() < end);
    return (csts & 3) == ready;
}

static inline bool hand_enable(struct by_hand *hand, struct bell_pci_function *fn)
{
    void *memory = NULL;
    uint64_t cap = 0;
    uint32_t css;

    memset(hand, 0, sizeof *hand);
    hand->fn = fn;
    hand->phase = 1;
    if (fn->ops->dma_alloc(fn, 3 * 4096, &memory, &hand->iova) != 0)
        return false;
    hand->memory = memory;
    fn->ops->bar_write(fn, 0, HAND_CC, 4, 0);
    if (!hand_ready_wait(fn, 0) || fn->ops->irq_setup(fn) != 0)
        return false;
    fn->ops->bar_write(fn, 0, HAND_AQA, 4, (HAND_DEPTH - 1) << 16 | (HAND_DEPTH - 1));
    fn->ops->bar_write(fn, 0, HAND_ASQ, 8, hand->iova);
    fn->ops->bar_write(fn, 0, HAND_ACQ, 8, hand->iova + 4096);
    fn->ops->bar_read(fn, 0, 0, 8, &cap);
    /* All command sets where there are more than NVM (CAP.CSS bit 6). */
    css = cap >> 43 & 1 ? 6 : 0;
    fn->ops->bar_write(fn, 0, HAND_CC, 4, 4 << 20 | 6 << 16 | css << 4 | 1);
    return hand_ready_wait(fn, 1);
}

/* Identify into the data page. Return: status field, or -1 when nothing came back within 10 s. */
static inline int hand_identify(struct by_hand *hand, uint32_t nsid, uint32_t cns, uint32_t csi, uint8_t **data)
{
    uint32_t *sqe = (uint32_t *)(void *)(hand->memory + 64 * hand->tail);
    volatile uint16_t *status = (volatile uint16_t *)(void *)(hand->memory + 4096 + 16 * hand->head + 14);
    uint64_t buffer = hand->iova + 2 * 4096;
    double end = hand_seconds() + 10;
    int field;

    memset(sqe, 0, 64);
    sqe[0] = 0x06 | (uint32_t)hand->tail << 16;
    sqe[1] = nsid;
    sqe[6] = (uint32_t)buffer;
    sqe[7] = (uint32_t)(buffer >> 32);
    sqe[10] = cns;
    sqe[11] = csi << 24;
    hand->tail = (uint16_t)((hand->tail + 1) % HAND_DEPTH);
    if (hand->fn->ops->bar_write(hand->fn, 0, 0x1000, 4, hand->tail) != 0)
        return -1;
    while ((*status & 1) != hand->phase) {
        if (hand_seconds() > end)
            return -1;
    }
    atomic_thread_fence(memory_order_acquire);
    field = *status >> 1;
    hand->head = (uint16_t)((hand->head + 1) % HAND_DEPTH);
    hand->phase ^= hand->head == 0;
    if (hand->fn->ops->bar_write(hand->fn, 0, 0x1004, 4, hand->head) != 0)
        return -1;
    *data = hand->memory + 2 * 4096;
    return field;
}

static inline void hand_release(struct by_hand *hand)
{
    hand->fn->ops->dma_free(hand->fn, hand->memory, hand->iova, 3 * 4096);
}

#endif
