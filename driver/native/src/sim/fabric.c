/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/fabric.h"

#include <string.h>

#include "sim/admin.h"
#include "sim/controller.h"
#include "sim/device_thread.h"
#include "sim/feature_data.h"
#include "sim/function.h"
#include "sim/metadata.h"
#include "sim/sim.h"
#include "support/error.h"

#define PAGE UINT64_C(4096)

uint64_t sim_fabric_run(struct sim *sim)
{
    return sim_device_run(sim);
}

void sim_fabric_renew(struct sim *sim)
{
    if (sim->enabled && (sim->stop & SIM_STOP_SHUT_DOWN) == 0)
        sim->state->unsafe_shutdowns++;
    sim_function_renew(sim);
}

/* ---- the controller ---------------------------------------------------------------------------------------------- */

bool sim_fabric_gone(const struct sim *sim)
{
    return sim->gone;
}

bool sim_fabric_enabled(const struct sim *sim)
{
    return sim->enabled;
}

bool sim_fabric_expired(const struct sim *sim)
{
    return sim->keep_alive_expired;
}

uint32_t sim_fabric_max_entries(const struct sim *sim)
{
    return sim->options.mqes;
}

uint32_t sim_fabric_max_queues(const struct sim *sim)
{
    return sim->options.queues;
}

uint64_t sim_fabric_max_transfer(const struct sim *sim)
{
    return sim->mdts_bytes;
}

/* Properties are the registers that message-based controllers have, NVMe Base 2.0c figure 35. */
static bool is_property(uint32_t offset, uint32_t width)
{
    switch (offset) {
    case NVME_REG_CAP:
        return width == 8;
    case NVME_REG_VS:
    case NVME_REG_CC:
    case NVME_REG_CSTS:
    case NVME_REG_NSSR:
    case NVME_REG_CRTO:
        return width == 4;
    default:
        return false;
    }
}

bool sim_fabric_property_get(struct sim *sim, uint32_t offset, uint32_t width, uint64_t *value, uint64_t *delay_ns)
{
    *delay_ns = 0;
    if (!is_property(offset, width))
        return false;
    if (atomic_load(&sim->faults.registers) != 0)
        *delay_ns = sim_faults_register_delay(sim, offset);
    *value = sim_bar_read(sim, offset, width);
    return true;
}

bool sim_fabric_property_set(struct sim *sim, uint32_t offset, uint32_t width, uint64_t value)
{
    if (!is_property(offset, width) || offset == NVME_REG_CAP || offset == NVME_REG_VS || offset == NVME_REG_CRTO)
        return false;
    sim_bar_write(sim, offset, width, value);
    return true;
}

/* ---- memory and queues ------------------------------------------------------------------------------------------- */

int sim_fabric_memory(struct sim *sim, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return sim_iommu_alloc(&sim->iommu, bytes, vaddr, iova);
}

void sim_fabric_memory_free(struct sim *sim, void *vaddr, uint64_t iova, uint64_t bytes)
{
    sim_iommu_free(&sim->iommu, vaddr, iova, bytes);
}

static uint64_t pages(uint64_t bytes)
{
    return (bytes + PAGE - 1) & ~(PAGE - 1);
}

int sim_fabric_queue_open(struct sim *sim, struct sim_fabric_queue *queue, uint32_t qid, uint32_t entries)
{
    void *memory;
    uint64_t sq_bytes;
    int err;

    *queue = (struct sim_fabric_queue){.qid = qid, .sq_entries = entries, .cq_entries = entries};
    sq_bytes = pages(entries * sizeof *queue->sq);
    queue->bytes = sq_bytes + pages(queue->cq_entries * sizeof *queue->cq);
    err = sim_fabric_memory(sim, queue->bytes, &memory, &queue->iova);
    if (err != 0)
        return err;
    queue->sq = memory;
    queue->cq = (struct nvme_cqe *)((uint8_t *)memory + sq_bytes);
    if (qid == 0) {
        const uint64_t aqa = NVME_PUT(entries - 1, NVME_AQA_ASQS) | NVME_PUT(queue->cq_entries - 1, NVME_AQA_ACQS);

        sim_bar_write(sim, NVME_REG_AQA, 4, aqa);
        sim_bar_write(sim, NVME_REG_ASQ, 8, queue->iova);
        sim_bar_write(sim, NVME_REG_ACQ, 8, queue->iova + sq_bytes);
    }
    return 0;
}

void sim_fabric_queue_start(struct sim *sim, struct sim_fabric_queue *queue, uint32_t priority)
{
    const uint32_t qid = queue->qid;
    const uint32_t at = queue->consumed;
    struct sim_sq *sq = &sim->sq[qid];

    if (qid != 0) {
        sim_cq_start(sim, qid, queue->iova + pages(queue->sq_entries * sizeof *queue->sq), queue->cq_entries, false, 0);
        sim_sq_start(sim, qid, queue->iova, queue->sq_entries, qid, priority);
    }
    sq->head = at;
    sq->tail = at;
    queue->tail = at;
    queue->head = 0;
    queue->skipped = 0;
    sim_fabric_ring(sim, queue);
}

void sim_fabric_queue_close(struct sim *sim, struct sim_fabric_queue *queue)
{
    struct sim_due due;

    if (queue->sq == NULL)
        return;
    if (queue->qid != 0 && sim->sq[queue->qid].exists) {
        while (sim_latency_take(sim, (uint16_t)queue->qid, -1, &due))
            ;
        sim_sq_stop(sim, queue->qid);
        sim_cq_stop(sim, queue->qid);
    }
    sim_fabric_memory_free(sim, queue->sq, queue->iova, queue->bytes);
    queue->sq = NULL;
}

static void consume(struct sim_fabric_queue *queue)
{
    queue->consumed = queue->consumed + 1 == queue->sq_entries ? 0 : queue->consumed + 1;
}

bool sim_fabric_put(struct sim_fabric_queue *queue, const struct sim *sim, const struct nvme_sqe *sqe)
{
    const uint32_t next = queue->tail + 1 == queue->sq_entries ? 0 : queue->tail + 1;

    if (next == sim->sq[queue->qid].head)
        return false;
    queue->sq[queue->tail] = *sqe;
    queue->tail = next;
    consume(queue);
    return true;
}

void sim_fabric_ring(struct sim *sim, struct sim_fabric_queue *queue)
{
    __atomic_store_n(sim->sq[queue->qid].doorbell, queue->tail, __ATOMIC_RELEASE);
}

/* Commands without a place move the pointers of an empty ring; while it is not empty they wait. */
static void skipped_apply(struct sim *sim, struct sim_fabric_queue *queue)
{
    struct sim_sq *sq = &sim->sq[queue->qid];

    if (queue->skipped == 0 || !sq->exists || sq->head != queue->tail)
        return;
    queue->tail = (queue->tail + queue->skipped) % queue->sq_entries;
    queue->skipped = 0;
    sq->head = queue->tail;
    sq->tail = queue->tail;
    sim_fabric_ring(sim, queue);
}

uint16_t sim_fabric_skip(struct sim *sim, struct sim_fabric_queue *queue)
{
    const struct sim_sq *sq = &sim->sq[queue->qid];

    consume(queue);
    if (!sq->exists)
        return (uint16_t)queue->consumed;
    queue->skipped++;
    skipped_apply(sim, queue);
    return (uint16_t)((sq->head + queue->skipped) % queue->sq_entries);
}

bool sim_fabric_take(struct sim *sim, struct sim_fabric_queue *queue, struct nvme_cqe *cqe, uint32_t *place)
{
    const struct sim_cq *cq = &sim->cq[queue->qid];

    if (!cq->exists || queue->head == cq->tail)
        return false;
    *cqe = queue->cq[queue->head];
    *place = queue->head;
    queue->head = queue->head + 1 == queue->cq_entries ? 0 : queue->head + 1;
    __atomic_store_n(cq->doorbell, queue->head, __ATOMIC_RELAXED);
    skipped_apply(sim, queue);
    return true;
}

uint64_t sim_fabric_transfer_bytes(struct sim *sim, const struct nvme_sqe *sqe)
{
    const struct sim_command command = {.sim = sim, .sqe = *sqe};

    if (sqe->nsid - 1 >= SIM_MAX_NAMESPACES || !sim->ns[sqe->nsid - 1].attached)
        return 0;
    return sim_transfer_bytes(&command, &sim->ns[sqe->nsid - 1]);
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

const bell_fault_rule *sim_fabric_rule(struct sim *sim, uint32_t qid, const struct nvme_sqe *sqe)
{
    struct sim_sq sq = {.id = (uint16_t)qid};
    struct sim_command command = {.sim = sim, .sq = &sq, .sqe = *sqe};
    uint32_t number;

    if (sim->faults.armed == 0)
        return NULL;
    number = sim_fault_for_command(sim, &command);
    return number == SIM_FAULT_NONE ? NULL : &sim->faults.plan->faults[number].rule;
}

uint64_t sim_fabric_random(struct sim *sim, uint64_t low, uint64_t high)
{
    return sim_fault_random(&sim->faults.plan->device_random, low, high);
}

void sim_fabric_limit(const struct sim_fabric *fabric, struct sim_options *options)
{
    if (options->mqes > fabric->most_entries)
        options->mqes = fabric->most_entries;
    if (options->mdts == 0 || options->mdts > fabric->most_bytes)
        options->mdts = fabric->most_bytes;
    options->cmb = 0; /* a message names no memory of the device */
}

void sim_fabric_enable(struct sim *sim)
{
    memcpy(sim->features.host_id, sim->fabric->hostid, sizeof sim->features.host_id);
    sim->features.host_id_extended = true;
    sim_reservations_follow(sim);
    sim_keep_alive_start(sim, sim->fabric->kato_ms);
}

bool sim_fabric_forbidden(const struct sim_command *command)
{
    const uint32_t fid = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_FEATURE_FID);

    switch (command->sqe.opcode) {
    case NVME_ADMIN_CREATE_SQ:
    case NVME_ADMIN_DELETE_SQ:
    case NVME_ADMIN_CREATE_CQ:
    case NVME_ADMIN_DELETE_CQ:
        return true;
    case NVME_ADMIN_SET_FEATURES:
    case NVME_ADMIN_GET_FEATURES:
        return fid == NVME_FEAT_INTERRUPT_COALESCING || fid == NVME_FEAT_INTERRUPT_VECTOR ||
               fid == NVME_FEAT_HOST_MEMORY_BUFFER;
    default:
        return false;
    }
}
