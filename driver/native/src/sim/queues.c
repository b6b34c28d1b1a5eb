/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/queues.h"

#include <string.h>

#include "sim/controller.h"
#include "sim/error_log.h"
#include "sim/sim.h"
#include "support/atomics.h"

static volatile uint32_t *doorbell_of(struct sim *sim, uint32_t qid, uint32_t is_cq)
{
    return &sim->doorbells[2 * qid + is_cq];
}

static uint32_t doorbell_read(const volatile uint32_t *doorbell)
{
    return __atomic_load_n(doorbell, __ATOMIC_ACQUIRE);
}

static void doorbell_put(volatile uint32_t *doorbell, uint32_t value)
{
    __atomic_store_n(doorbell, value, __ATOMIC_RELAXED);
}

/* ---- creation --------------------------------------------------------------------------------------------------- */

void sim_cq_start(struct sim *sim, uint32_t qid, uint64_t iova, uint32_t size, bool interrupts, uint32_t vector)
{
    sim->cq[qid] = (struct sim_cq){
        .exists = true,
        .interrupts = interrupts,
        .id = (uint16_t)qid,
        .vector = (uint16_t)vector,
        .phase = 1,
        .size = size,
        .doorbell = doorbell_of(sim, qid, 1),
        .iova = iova,
    };
    sim->bad_doorbell_reported[qid][1] = SIM_NO_DOORBELL;
    doorbell_put(sim->cq[qid].doorbell, 0);
}

void sim_sq_start(struct sim *sim, uint32_t qid, uint64_t iova, uint32_t size, uint32_t cqid, uint32_t priority)
{
    sim->sq[qid] = (struct sim_sq){
        .exists = true,
        .id = (uint16_t)qid,
        .priority = (uint8_t)priority,
        .size = size,
        .cq = &sim->cq[cqid],
        .doorbell = doorbell_of(sim, qid, 0),
        .iova = iova,
    };
    sim->bad_doorbell_reported[qid][0] = SIM_NO_DOORBELL;
    sim->cq[cqid].users++;
    doorbell_put(sim->sq[qid].doorbell, 0);
    if (qid != 0)
        sim->active[sim->active_count++] = (uint16_t)qid;
}

void sim_cq_stop(struct sim *sim, uint32_t qid)
{
    sim->cq[qid].exists = false;
    doorbell_put(doorbell_of(sim, qid, 1), SIM_NO_DOORBELL);
}

void sim_sq_stop(struct sim *sim, uint32_t qid)
{
    uint32_t i = 0;

    sim->sq[qid].exists = false;
    sim->sq[qid].cq->users--;
    doorbell_put(doorbell_of(sim, qid, 0), SIM_NO_DOORBELL);
    while (i < sim->active_count && sim->active[i] != qid)
        i++;
    if (i < sim->active_count) {
        memmove(&sim->active[i], &sim->active[i + 1], (sim->active_count - i - 1) * sizeof sim->active[0]);
        sim->active_count--;
    }
}

void sim_queues_reset(struct sim *sim)
{
    memset(sim->sq, 0, sizeof sim->sq);
    memset(sim->cq, 0, sizeof sim->cq);
    sim->active_count = 0;
    sim->turn = 0;
    for (uint32_t i = 0; i < sim->fn.doorbell_bytes / 4; i++)
        doorbell_put(&sim->doorbells[i], SIM_NO_DOORBELL);
}

/* ---- completion queues --------------------------------------------------------------------------------------------
 */

static void doorbell_refuse(struct sim *sim, uint32_t qid, uint32_t is_cq, uint32_t value)
{
    if (sim->bad_doorbell_reported[qid][is_cq] == value)
        return;
    sim->bad_doorbell_reported[qid][is_cq] = value;
    sim_error_log_doorbell(sim, qid);
    sim_async_report(sim, NVME_AER_ERROR, NVME_AER_ERROR_INVALID_VALUE, NVME_LID_ERROR);
}

/* The head may move over posted entries only. */
static void cq_head_follow(struct sim *sim, struct sim_cq *cq)
{
    const uint32_t head = doorbell_read(cq->doorbell);

    if (head == cq->head)
        return;
    const uint32_t moved = head >= cq->head ? head - cq->head : head + cq->size - cq->head;
    const uint32_t used = cq->tail >= cq->head ? cq->tail - cq->head : cq->tail + cq->size - cq->head;

    if (head < cq->size && moved <= used)
        cq->head = head;
    else
        doorbell_refuse(sim, cq->id, 1, head);
}

bool sim_cq_full(struct sim *sim, struct sim_cq *cq)
{
    const uint32_t next = cq->tail + 1 == cq->size ? 0 : cq->tail + 1;

    if (BELL_LIKELY(next != cq->head))
        return false;
    cq_head_follow(sim, cq);
    return next == cq->head;
}

/* Queues lie in one piece (CAP.CQR), so one lookup serves until the IOMMU's table changes. */
static bool cq_ring_find(struct sim *sim, struct sim_cq *cq)
{
    if (BELL_UNLIKELY(cq->ring == NULL || cq->generation != sim->iommu.current->generation)) {
        cq->ring = (struct nvme_cqe *)sim_iommu_ring(&sim->iommu, cq->iova, (uint64_t)cq->size * sizeof *cq->ring,
                                                     SIM_WRITE, &cq->remote);
        cq->generation = sim->iommu.current->generation;
    }
    return cq->ring != NULL;
}

static bool sq_ring_find(struct sim *sim, struct sim_sq *sq)
{
    if (BELL_UNLIKELY(sq->ring == NULL || sq->generation != sim->iommu.current->generation)) {
        sq->ring = (const struct nvme_sqe *)sim_iommu_ring(&sim->iommu, sq->iova, (uint64_t)sq->size * sizeof *sq->ring,
                                                           SIM_READ, &sq->remote);
        sq->generation = sim->iommu.current->generation;
    }
    return sq->ring != NULL;
}

static inline void cqe_put(struct sim *sim, struct sim_cq *cq, uint32_t dw0, uint32_t dw1, uint32_t dw2, uint32_t dw3)
{
    uint32_t *dwords = (uint32_t *)&cq->ring[cq->tail];

    __atomic_store_n(&dwords[0], dw0, __ATOMIC_RELAXED);
    __atomic_store_n(&dwords[1], dw1, __ATOMIC_RELAXED);
    __atomic_store_n(&dwords[2], dw2, __ATOMIC_RELAXED);
    /* The phase last: it makes the entry the host's. */
    __atomic_store_n(&dwords[3], dw3, __ATOMIC_RELEASE);
    if (BELL_UNLIKELY(cq->remote) &&
        !sim_iommu_push(&sim->iommu, cq->iova + (uint64_t)cq->tail * sizeof *cq->ring, dwords, sizeof *cq->ring))
        sim_controller_fail(sim);
    if (++cq->tail == cq->size) {
        cq->tail = 0;
        cq->phase ^= 1;
    }
}

void sim_cq_post(struct sim *sim, const struct sim_sq *sq, uint16_t cid, uint16_t status, uint32_t dw0, uint32_t dw1)
{
    struct sim_cq *cq = sq->cq;

    if (BELL_UNLIKELY(!cq_ring_find(sim, cq))) {
        sim_controller_fail(sim);
        return;
    }
    cqe_put(sim, cq, dw0, dw1, sq->head | (uint32_t)sq->id << 16, cid | (uint32_t)(status << 1 | cq->phase) << 16);
    cq->posted++;
}

void sim_cq_post_entry(struct sim *sim, struct sim_cq *cq, const struct sim_cq_entry *entry)
{
    if (!cq_ring_find(sim, cq)) {
        sim_controller_fail(sim);
        return;
    }
    const uint32_t phase = (uint32_t)cq->phase ^ entry->wrong_phase;

    cqe_put(sim, cq, entry->dw0, entry->dw1, entry->sqhd | (uint32_t)entry->sqid << 16,
            entry->cid | ((uint32_t)entry->status << 1 | phase) << 16);
    cq->posted += !entry->silent;
}

void sim_cq_signal(struct sim *sim, struct sim_cq *cq)
{
    if (cq->posted != 0 && cq->interrupts)
        sim_interrupts_raise(&sim->irq, cq->vector, cq->posted, cq->id == 0);
    cq->posted = 0;
}

/* ---- submission queues --------------------------------------------------------------------------------------------
 */

static void sq_tail_follow(struct sim *sim, struct sim_sq *sq)
{
    const uint32_t tail = doorbell_read(sq->doorbell);

    if (BELL_LIKELY(tail < sq->size))
        sq->tail = tail;
    else
        doorbell_refuse(sim, sq->id, 0, tail);
}

static void sqe_take(struct sim_sq *sq, struct nvme_sqe *out)
{
    memcpy(out, &sq->ring[sq->head], sizeof *out);
    sq->head = sq->head + 1 == sq->size ? 0 : sq->head + 1;
    __builtin_prefetch(&sq->ring[sq->head]);
}

static void command_start(struct sim *sim, struct sim_sq *sq, struct sim_command *command)
{
    command->sim = sim;
    command->sq = sq;
    command->dw0 = 0;
    command->dw1 = 0;
    command->location = SIM_NO_LOCATION;
    command->error_lba = 0;
}

/* The first command of a fused pair was taken: the second one must follow it at once, NVMe Base 2.0c 3.4.2. */
static uint32_t fused_run(struct sim *sim, struct sim_sq *sq, struct sim_command *first)
{
    struct sim_command second;

    if (sq->head != sq->tail && (sq->ring[sq->head].flags & NVME_SQE_FUSE) == NVME_FUSE_SECOND) {
        command_start(sim, sq, &second);
        sqe_take(sq, &second.sqe);
        sim_fused_pair(first, &second);
        return 2;
    }
    sim_command_end(first, NVME_SC_ABORTED_FUSED_MISSING);
    return 1;
}

/* Entries in remote memory, all that the doorbell announces. */
static bool sq_pull(struct sim *sim, const struct sim_sq *sq)
{
    const uint32_t last = sq->tail > sq->head ? sq->tail : sq->size;
    const uint64_t entry = sizeof *sq->ring;

    if (!sim_iommu_pull(&sim->iommu, sq->iova + sq->head * entry, &sq->ring[sq->head], (last - sq->head) * entry))
        return false;
    return sq->tail > sq->head || sq->tail == 0 || sim_iommu_pull(&sim->iommu, sq->iova, sq->ring, sq->tail * entry);
}

/* faulty is a constant where this is called: without a fault plan no command pays for one. */
static inline __attribute__((always_inline)) uint32_t commands_run(struct sim *sim, struct sim_sq *sq, uint32_t limit,
                                                                   bool faulty)
{
    uint32_t count = 0;

    sq_tail_follow(sim, sq);
    if (sq->head == sq->tail)
        return 0;
    if (BELL_UNLIKELY(!sq_ring_find(sim, sq)) || (BELL_UNLIKELY(sq->remote) && !sq_pull(sim, sq))) {
        sim_controller_fail(sim);
        return 0;
    }
    struct sim_cq *cq = sq->cq;
    while (count < limit && sq->head != sq->tail && !sim_cq_full(sim, cq)) {
        struct sim_command command;

        command_start(sim, sq, &command);
        sqe_take(sq, &command.sqe);
        if (BELL_UNLIKELY((command.sqe.flags & NVME_SQE_FUSE) == NVME_FUSE_FIRST) && sq->id != 0) {
            count += fused_run(sim, sq, &command);
            continue;
        }
        count++;
        if (faulty) {
            sim_faults_command(&command);
            if (sim->stop != 0)
                break;
            continue;
        }
        uint16_t status = BELL_LIKELY(sq->id != 0) ? sim_nvm_execute(&command) : sim_admin_execute(&command);
        if (BELL_LIKELY(status != SIM_DEFERRED))
            sim_command_end(&command, status);
        if (BELL_UNLIKELY(sim->stop != 0))
            break;
    }
    sim_cq_signal(sim, cq);
    return count;
}

static uint32_t sq_run(struct sim *sim, struct sim_sq *sq, uint32_t limit)
{
    return BELL_LIKELY(sim->faults.armed == 0) ? commands_run(sim, sq, limit, false)
                                               : commands_run(sim, sq, limit, true);
}

void sim_command_end(struct sim_command *command, uint16_t status)
{
    struct sim *sim = command->sim;

    if (BELL_UNLIKELY(sim->iommu.dirty_count != 0) && !sim_iommu_flush(&sim->iommu) && status == 0)
        status = NVME_SC_DATA_TRANSFER_ERROR;
    if (BELL_UNLIKELY(status != 0))
        status = sim_error_log_command(command, status);
    if (BELL_UNLIKELY(sim->latency.active)) {
        if (sim->hmb.pages != 0 && status == 0)
            sim_hmb_touch(command);
        const uint64_t latency = sim_latency_of(sim, command);
        const struct sim_due due = {.due_ns = bell_now() + latency,
                                    .dw0 = command->dw0,
                                    .dw1 = command->dw1,
                                    .sqid = command->sq->id,
                                    .cid = command->sqe.cid,
                                    .status = status};

        if (latency != 0 && !sim_latency_full(sim) && sim_latency_put(sim, &due))
            return;
    }
    /* A fused pair ends two commands where room for one was seen. */
    if (BELL_UNLIKELY(sim_cq_full(sim, command->sq->cq)))
        sim_complete_soon(sim, command->sq->id, command->sqe.cid, status, command->dw0);
    else
        sim_cq_post(sim, command->sq, command->sqe.cid, status, command->dw0, command->dw1);
}

void sim_complete_soon(struct sim *sim, uint16_t sqid, uint16_t cid, uint16_t status, uint32_t dw0)
{
    struct sim_due due = {.due_ns = 0, .dw0 = dw0, .sqid = sqid, .cid = cid, .status = status};

    if (BELL_UNLIKELY(sim->faults.deferred_count != 0))
        sim_faults_deferred(sim, &due);
    sim_latency_put(sim, &due);
}

/* Weighted round robin with urgent class, NVMe Base 2.0c 3.4.4.2. */
static uint32_t weighted_poll(struct sim *sim)
{
    const uint32_t weights = sim->features.value[NVME_FEAT_ARBITRATION];
    uint32_t left[4] = {UINT32_MAX, (weights >> 24) + 1, (weights >> 16 & 0xff) + 1, (weights >> 8 & 0xff) + 1};
    uint32_t count = 0;

    for (uint32_t priority = 0; priority < 4 && sim->stop == 0; priority++) {
        for (uint32_t i = 0; i < sim->active_count && left[priority] != 0; i++) {
            struct sim_sq *sq = &sim->sq[sim->active[(sim->turn + i) % sim->active_count]];

            if (sq->priority != priority)
                continue;
            uint32_t done = sq_run(sim, sq, left[priority] < sim->burst ? left[priority] : sim->burst);
            count += done;
            left[priority] -= priority == 0 ? 0 : done < left[priority] ? done : left[priority];
        }
        if (priority == 0 && count != 0)
            break; /* urgent commands go before all others */
    }
    sim->turn++;
    return count;
}

uint32_t sim_queues_poll(struct sim *sim)
{
    uint32_t count = sq_run(sim, &sim->sq[0], 1);

    if (BELL_UNLIKELY(count != 0))
        return count; /* an admin command may have changed every queue */
    if (BELL_UNLIKELY(sim->weighted))
        return weighted_poll(sim);
    for (uint32_t i = 0; i < sim->active_count && sim->stop == 0; i++) {
        uint32_t index = sim->turn + i;

        if (index >= sim->active_count)
            index -= sim->active_count;
        count += sq_run(sim, &sim->sq[sim->active[index]], sim->burst);
    }
    if (++sim->turn >= sim->active_count)
        sim->turn = 0;
    return count;
}

static bool sq_waiting(struct sim *sim, struct sim_sq *sq)
{
    sq_tail_follow(sim, sq);
    return sq->head != sq->tail && !sim_cq_full(sim, sq->cq);
}

bool sim_queues_waiting(struct sim *sim)
{
    if (!sim_controller_ready(sim))
        return false;
    if (sq_waiting(sim, &sim->sq[0]))
        return true;
    for (uint32_t i = 0; i < sim->active_count; i++)
        if (sq_waiting(sim, &sim->sq[sim->active[i]]))
            return true;
    return false;
}

void sim_doorbells_check(struct sim *sim)
{
    if (!sim_controller_ready(sim))
        return;
    for (uint32_t i = 0; i < sim->fn.doorbell_bytes / 4; i++) {
        const uint32_t qid = i / 2;
        const bool known = qid < SIM_MAX_QUEUES && (i % 2 != 0 ? sim->cq[qid].exists : sim->sq[qid].exists);

        if (known && i % 2 != 0)
            cq_head_follow(sim, &sim->cq[qid]);
        if (known || doorbell_read(&sim->doorbells[i]) == SIM_NO_DOORBELL)
            continue;
        doorbell_put(&sim->doorbells[i], SIM_NO_DOORBELL);
        sim_error_log_doorbell(sim, qid);
        sim_async_report(sim, NVME_AER_ERROR, NVME_AER_ERROR_INVALID_DOORBELL, NVME_LID_ERROR);
    }
}
