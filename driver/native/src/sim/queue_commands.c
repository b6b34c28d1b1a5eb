/* SPDX-License-Identifier: Apache-2.0 */
/* Create and delete I/O queues, NVMe Base 2.0c 5.4 to 5.7, and abort, 5.1. */
#include "sim/sim.h"

static uint32_t qid_of(const struct sim_command *command)
{
    return (uint32_t)NVME_GET(command->sqe.cdw10, NVME_QUEUE_QID);
}

static bool qid_valid(const struct sim_command *command)
{
    return qid_of(command) != 0 && qid_of(command) <= command->sim->options.queues;
}

/* What both kinds of queue ask of QSIZE, PC and PRP1. */
static uint16_t create_check(struct sim_command *command, uint32_t *size)
{
    *size = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_QUEUE_QSIZE) + 1;
    if (*size < 2 || *size > command->sim->options.mqes)
        return sim_refuse(command, NVME_SC_INVALID_QUEUE_SIZE, SIM_AT_CDW10 + 2, 0);
    if ((command->sqe.cdw11 & NVME_QUEUE_PC) == 0) /* CAP.CQR is 1 */
        return sim_invalid(command, SIM_AT_CDW11, 0);
    if (command->sqe.prp1 == 0)
        return sim_invalid(command, SIM_AT_PRP1, 0);
    if ((command->sqe.prp1 & (command->sim->page_bytes - 1)) != 0)
        return sim_refuse(command, NVME_SC_PRP_OFFSET, SIM_AT_PRP1, 0);
    return 0;
}

uint16_t sim_create_cq(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t cdw11 = command->sqe.cdw11;
    const uint32_t vector = (uint32_t)NVME_GET(cdw11, NVME_CQ_IV);
    uint32_t size;

    if (!qid_valid(command) || sim->cq[qid_of(command)].exists)
        return sim_refuse(command, NVME_SC_INVALID_QID, SIM_AT_CDW10, 0);
    uint16_t status = create_check(command, &size);
    if (status != 0)
        return status;
    if ((cdw11 & NVME_CQ_IEN) != 0 && vector >= sim->irq.count)
        return sim_refuse(command, NVME_SC_INVALID_VECTOR, SIM_AT_CDW11 + 2, 0);
    sim_cq_start(sim, qid_of(command), command->sqe.prp1, size, (cdw11 & NVME_CQ_IEN) != 0, vector);
    return 0;
}

uint16_t sim_create_sq(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t cqid = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_SQ_CQID);
    const uint32_t priority = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_SQ_QPRIO);
    uint32_t size;

    if (cqid == 0 || cqid > sim->options.queues)
        return sim_refuse(command, NVME_SC_INVALID_QID, SIM_AT_CDW11 + 2, 0);
    if (!sim->cq[cqid].exists)
        return sim_refuse(command, NVME_SC_INVALID_CQ, SIM_AT_CDW11 + 2, 0);
    if (!qid_valid(command) || sim->sq[qid_of(command)].exists)
        return sim_refuse(command, NVME_SC_INVALID_QID, SIM_AT_CDW10, 0);
    uint16_t status = create_check(command, &size);
    if (status != 0)
        return status;
    sim_sq_start(sim, qid_of(command), command->sqe.prp1, size, cqid, priority);
    return 0;
}

uint16_t sim_delete_cq(struct sim_command *command)
{
    struct sim *sim = command->sim;

    if (!qid_valid(command) || !sim->cq[qid_of(command)].exists)
        return sim_refuse(command, NVME_SC_INVALID_QID, SIM_AT_CDW10, 0);
    if (sim->cq[qid_of(command)].users != 0)
        return sim_refuse(command, NVME_SC_INVALID_QUEUE_DELETION, SIM_AT_CDW10, 0);
    sim_cq_stop(sim, qid_of(command));
    return 0;
}

uint16_t sim_delete_sq(struct sim_command *command)
{
    struct sim *sim = command->sim;
    struct sim_due due;

    if (!qid_valid(command) || !sim->sq[qid_of(command)].exists)
        return sim_refuse(command, NVME_SC_INVALID_QID, SIM_AT_CDW10, 0);
    struct sim_sq *sq = &sim->sq[qid_of(command)];

    /* What still runs ends now; commands not yet fetched vanish with the queue, 3.7.3. */
    while (sim_latency_take(sim, sq->id, -1, &due))
        if (!sim_cq_full(sim, sq->cq))
            sim_cq_post(sim, sq, due.cid, NVME_SC_ABORTED_SQ_DELETION, 0, 0);
    sim_cq_signal(sim, sq->cq);
    sim_sq_stop(sim, sq->id);
    return 0;
}

/* Commands that wait for their latency can be aborted, and so can asynchronous event requests. The rest is over by now.
 */
uint16_t sim_abort(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint16_t sqid = (uint16_t)command->sqe.cdw10;
    const uint16_t cid = (uint16_t)(command->sqe.cdw10 >> 16);
    struct sim_due due;

    command->dw0 = 1; /* not aborted */
    if (sqid > sim->options.queues || !sim->sq[sqid].exists)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if ((sqid == 0 && sim_async_abort(sim, cid)) || sim_latency_take(sim, sqid, cid, &due)) {
        sim_complete_soon(sim, sqid, cid, NVME_SC_ABORT_REQUESTED, 0);
        command->dw0 = 0;
    }
    return 0;
}
