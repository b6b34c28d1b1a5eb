/* SPDX-License-Identifier: Apache-2.0 */
/* Submission and completion queues as the controller sees them. Device thread only. */
#ifndef BELL_SIM_QUEUES_H
#define BELL_SIM_QUEUES_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/nvme.h"

struct sim;

#define SIM_NO_DOORBELL UINT32_C(0xffffffff) /* what the doorbell of a queue that does not exist holds */

struct sim_cq {
    bool exists;
    bool interrupts;
    uint16_t id;
    uint16_t vector;
    uint16_t phase;
    uint32_t size;
    uint32_t head;
    uint32_t tail;
    uint32_t users;  /* submission queues that complete here */
    uint32_t posted; /* since the last interrupt */
    volatile uint32_t *doorbell;
    uint64_t iova;
    struct nvme_cqe *ring; /* host address of iova; NULL: look it up */
    bool remote;           /* ring is a copy */
    uint64_t generation;   /* of the IOMMU table that ring comes from */
};

struct sim_sq {
    bool exists;
    uint16_t id;
    uint8_t priority; /* 0 urgent .. 3 low */
    uint32_t size;
    uint32_t head;
    uint32_t tail;
    struct sim_cq *cq;
    volatile uint32_t *doorbell;
    uint64_t iova;
    const struct nvme_sqe *ring;
    bool remote;
    uint64_t generation;
};

/* sim_queues_reset - all queues, the admin pair included, cease to exist. */
void sim_queues_reset(struct sim *sim);

void sim_cq_start(struct sim *sim, uint32_t qid, uint64_t iova, uint32_t size, bool interrupts, uint32_t vector);
void sim_sq_start(struct sim *sim, uint32_t qid, uint64_t iova, uint32_t size, uint32_t cqid, uint32_t priority);
void sim_cq_stop(struct sim *sim, uint32_t qid);
void sim_sq_stop(struct sim *sim, uint32_t qid);

/* sim_cq_full - true if the queue has no room; reads the head doorbell if it has to. */
bool sim_cq_full(struct sim *sim, struct sim_cq *cq);

/* sim_cq_post - one entry; the caller knows that there is room. */
void sim_cq_post(struct sim *sim, const struct sim_sq *sq, uint16_t cid, uint16_t status, uint32_t dw0, uint32_t dw1);

/* A completion in full, of a rule of the fault plan. */
struct sim_cq_entry {
    uint32_t dw0;
    uint32_t dw1;
    uint16_t sqhd;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status;
    bool wrong_phase;
    bool silent; /* raises no interrupt */
};

/* sim_cq_post_entry - one entry as it is; the caller knows that there is room. */
void sim_cq_post_entry(struct sim *sim, struct sim_cq *cq, const struct sim_cq_entry *entry);

/* sim_cq_signal - raise the interrupt for what was posted since the last call. */
void sim_cq_signal(struct sim *sim, struct sim_cq *cq);

/* sim_queues_poll - fetch and execute what the doorbells announce. Return: commands fetched. */
uint32_t sim_queues_poll(struct sim *sim);

/* sim_queues_waiting - true if a doorbell announces commands that could be fetched. */
bool sim_queues_waiting(struct sim *sim);

/* sim_doorbells_check - look for writes to doorbells of queues that do not exist. */
void sim_doorbells_check(struct sim *sim);

#endif
