/* SPDX-License-Identifier: Apache-2.0 */
/* Command capsules to the device, and its completions to the host. */
#include <string.h>

#include "support/atomics.h"
#include "tcp/target.h"

#define PAGE 4096u

static struct sim *sim_of_connection(const struct target_connection *connection)
{
    return connection->association->subsystem->sim;
}

/* A command that the device does not see. */
static void complete(struct target_connection *connection, const struct nvme_sqe *sqe, uint16_t status)
{
    const struct nvme_cqe cqe = {
        .sqhd = (uint16_t)(sim_fabric_skip(sim_of_connection(connection), &connection->queue) % connection->entries),
        .sqid = (uint16_t)connection->qid,
        .cid = sqe->cid,
        .status = (uint16_t)(status << 1),
    };

    target_respond(connection, &cqe, NULL);
}

/* ---- how much data ----------------------------------------------------------------------------------------------- */

#define UNKNOWN UINT64_MAX

static uint64_t feature_bytes(const struct nvme_sqe *sqe)
{
    if (sqe->opcode == NVME_ADMIN_GET_FEATURES && NVME_GET(sqe->cdw10, NVME_FEATURE_SEL) == NVME_SEL_CAPABILITIES)
        return 0;
    switch (NVME_GET(sqe->cdw10, NVME_FEATURE_FID)) {
    case NVME_FEAT_LBA_RANGE:
        return 4096;
    case NVME_FEAT_TIMESTAMP:
        return 8;
    case NVME_FEAT_HOST_BEHAVIOR:
        return 512;
    case NVME_FEAT_HOST_ID:
        return (sqe->cdw11 & 1) != 0 ? 16 : 8;
    default: /* a dword, or one that this device may have come to know since */
        return UNKNOWN;
    }
}

static uint64_t admin_bytes(const struct nvme_sqe *sqe, uint32_t described)
{
    switch (sqe->opcode) {
    case NVME_ADMIN_NS_MANAGEMENT: /* a deletion has no data */
        return (sqe->cdw10 & 0xf) == 0 ? 4096 : 0;
    case NVME_ADMIN_IDENTIFY:
    case NVME_ADMIN_NS_ATTACHMENT:
        return 4096;
    case NVME_ADMIN_GET_LOG_PAGE:
        return (NVME_GET(sqe->cdw10, NVME_LOG_NUMDL) + (NVME_GET(sqe->cdw11, NVME_LOG_NUMDU) << 16) + 1) * 4;
    case NVME_ADMIN_SET_FEATURES:
    case NVME_ADMIN_GET_FEATURES:
        return feature_bytes(sqe);
    case NVME_ADMIN_FW_DOWNLOAD:
        return ((uint64_t)sqe->cdw10 + 1) * 4;
    case NVME_ADMIN_SECURITY_SEND:
    case NVME_ADMIN_SECURITY_RECEIVE:
        return sqe->cdw11;
    case NVME_ADMIN_DIRECTIVE_SEND:
    case NVME_ADMIN_DIRECTIVE_RECEIVE: /* not every operation moves data, and then NUMD says nothing */
        return described == 0 ? 0 : ((uint64_t)sqe->cdw10 + 1) * 4;
    default:
        return UNKNOWN;
    }
}

static uint64_t io_bytes(const struct target_connection *connection, const struct nvme_sqe *sqe)
{
    switch (sqe->opcode) {
    case NVME_NVM_READ:
    case NVME_NVM_WRITE:
    case NVME_NVM_COMPARE:
        return sim_fabric_transfer_bytes(sim_of_connection(connection), sqe);
    case NVME_NVM_DSM:
        return ((uint64_t)(sqe->cdw10 & 0xff) + 1) * 16;
    case NVME_NVM_COPY:
        return ((uint64_t)(sqe->cdw12 & 0xff) + 1) * 32;
    case NVME_NVM_RESERVATION_REPORT:
        return ((uint64_t)sqe->cdw10 + 1) * 4;
    default:
        return UNKNOWN;
    }
}

/*
 * How much of the data that the host describes goes over the wire: what the command moves, and where the target does
 * not know that, all of it, but not more than a page. The device finds no more memory than that behind the command.
 * Return: a status.
 */
static uint16_t length_find(const struct target_connection *connection, const struct nvme_sqe *sqe, uint32_t described,
                            uint32_t *length)
{
    const uint64_t moved = connection->qid == 0 ? admin_bytes(sqe, described) : io_bytes(connection, sqe);

    *length = 0;
    if (moved == UNKNOWN) {
        *length = described < PAGE ? described : PAGE;
        return 0;
    }
    /* Too much for any buffer: the device refuses the command before it looks for memory, or finds none. */
    if (moved > sim_fabric_max_transfer(sim_of_connection(connection)))
        return 0;
    if (moved > described)
        return NVME_SC_SGL_DATA_LENGTH | NVME_STATUS_DNR;
    *length = (uint32_t)moved;
    return 0;
}

/* ---- to the device ----------------------------------------------------------------------------------------------- */

static void put(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];
    struct nvme_sqe sqe = slot->sqe;

    sqe.flags &= (uint8_t)~NVME_SQE_PSDT;
    sqe.mptr = 0;
    sqe.prp1 = slot->length != 0 ? slot->iova : 0;
    sqe.prp2 = 0;
    if (slot->large != NULL)
        sqe.prp2 = slot->length > 2 * PAGE ? slot->large->list : slot->iova + PAGE;
    else if (slot->length > PAGE)
        sqe.prp2 = slot->iova + PAGE;
    slot->state = TARGET_SLOT_DEVICE;
    /* There is room: there are fewer slots than places. */
    sim_fabric_put(&connection->queue, sim_of_connection(connection), &sqe);
    connection->rung = true;
}

/* All data is there. Commands of a fused pair go to the device side by side. */
static void ready(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];
    const uint32_t partner = slot->partner;

    if (connection->fused == index) { /* what comes next decides whether it has a partner */
        slot->state = TARGET_SLOT_FUSED;
        return;
    }
    if (partner == TARGET_NO_SLOT) {
        put(connection, index);
        return;
    }
    if (connection->slots.slot[partner].state != TARGET_SLOT_FUSED) {
        slot->state = TARGET_SLOT_FUSED;
        return;
    }
    const bool first = (slot->sqe.flags & NVME_SQE_FUSE) == NVME_FUSE_FIRST;

    put(connection, first ? index : partner);
    put(connection, first ? partner : index);
}

/* The command after the first one of a pair: the second one, or one that has nothing to do with it. */
static void fuse(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];
    const uint8_t part = slot->sqe.flags & NVME_SQE_FUSE;
    const uint32_t before = connection->fused;

    connection->fused = TARGET_NO_SLOT;
    if (before != TARGET_NO_SLOT && part == NVME_FUSE_SECOND) {
        slot->partner = before;
        connection->slots.slot[before].partner = index;
    } else if (before != TARGET_NO_SLOT && connection->slots.slot[before].state == TARGET_SLOT_FUSED) {
        put(connection, before);
    }
    if (part == NVME_FUSE_FIRST && connection->qid != 0)
        connection->fused = index;
}

static void data_ask(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];
    struct target_pdu *pdu = target_pdu_new(connection, NVME_TCP_R2T);
    struct nvme_tcp_r2t *r2t;

    slot->state = TARGET_SLOT_DATA;
    if (pdu == NULL)
        return;
    r2t = (struct nvme_tcp_r2t *)pdu->head;
    r2t->cccid = slot->sqe.cid;
    r2t->ttag = (uint16_t)index;
    r2t->r2tl = slot->length;
    target_pdu_send(connection, pdu, NULL);
}

void target_command_go_on(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];

    if (!target_slot_memory(connection, index))
        return;
    if (slot->length != 0 && !slot->to_host) {
        data_ask(connection, index);
        return;
    }
    /* Where it is not known how much comes back, no other command's data does. */
    if (slot->length != 0 && (connection->qid == 0 || slot->sqe.opcode != NVME_NVM_READ))
        memset(slot->data, 0, slot->length);
    ready(connection, index);
}

/* What the data pointer says. Return: a status. */
static uint16_t pointer_check(const struct nvme_sqe *sqe, const struct nvme_sgl *sgl, uint32_t in_capsule)
{
    const uint32_t direction = sqe->opcode & 3u;

    if ((sqe->flags & NVME_SQE_PSDT) >> 6 != NVME_PSDT_SGL_MPTR_BUFFER)
        return NVME_SC_INVALID_FIELD | NVME_STATUS_DNR;
    if (direction == NVME_DATA_NONE || sgl->length == 0)
        return 0;
    if (direction == NVME_DATA_BOTH)
        return NVME_SC_INVALID_FIELD | NVME_STATUS_DNR;
    if (sgl->id == NVME_SGL_TRANSPORT)
        return 0;
    if (sgl->id != NVME_SGL_IN_CAPSULE || direction != NVME_DATA_TO_CONTROLLER)
        return NVME_SC_SGL_DESCRIPTOR_TYPE | NVME_STATUS_DNR;
    if (sgl->address > in_capsule)
        return NVME_SC_SGL_OFFSET | NVME_STATUS_DNR;
    if (sgl->length > in_capsule - sgl->address)
        return NVME_SC_SGL_DATA_LENGTH | NVME_STATUS_DNR;
    return 0;
}

static void device_command(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                           uint32_t bytes, struct bell_pdu_fault *fault)
{
    struct nvme_sgl sgl;
    uint32_t length = 0;
    uint32_t index;
    uint16_t status;

    memcpy(&sgl, &sqe->prp1, sizeof sgl);
    status = pointer_check(sqe, &sgl, bytes);
    if (status == 0 && (sqe->opcode & 3u) != NVME_DATA_NONE)
        status = length_find(connection, sqe, sgl.length, &length);
    if (status == 0 && target_slot_find(connection, sqe->cid) != TARGET_NO_SLOT)
        status = NVME_SC_CID_CONFLICT | NVME_STATUS_DNR;
    if (status != 0) {
        complete(connection, sqe, status);
        return;
    }
    index = target_slot_take(connection, sqe->cid);
    if (index == TARGET_NO_SLOT) {
        bell_pdu_fault_set(fault, NVME_TCP_FES_SEQUENCE, 0, "more commands than queue %u holds, which is %u",
                           connection->qid, connection->slots.count);
        return;
    }
    struct target_slot *slot = &connection->slots.slot[index];
    slot->sqe = *sqe;
    slot->length = length;
    slot->to_host = (sqe->opcode & 3u) == NVME_DATA_FROM_CONTROLLER;
    if (BELL_UNLIKELY(connection->fused != TARGET_NO_SLOT || (sqe->flags & NVME_SQE_FUSE) != 0))
        fuse(connection, index);
    if (length != 0 && sgl.id == NVME_SGL_IN_CAPSULE) {
        memcpy(slot->data, data + sgl.address, length);
        ready(connection, index);
        return;
    }
    target_command_go_on(connection, index);
}

void target_command(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                    uint32_t bytes, struct bell_pdu_fault *fault)
{
    atomic_fetch_add_explicit(&connection->target->commands, 1, memory_order_relaxed);
    if (connection->association->subsystem == NULL)
        target_discovery_command(connection, sqe);
    else if (!connection->association->enabled || connection->deleted)
        complete(connection, sqe, NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR);
    else
        device_command(connection, sqe, data, bytes, fault);
}

/* ---- data from the host ------------------------------------------------------------------------------------------ */

/* Of which not all data arrived as it was sent. */
static void damaged(struct target_connection *connection, uint32_t index)
{
    struct target_slot *slot = &connection->slots.slot[index];
    const struct nvme_sqe sqe = slot->sqe;
    const uint32_t partner = slot->partner;

    if (connection->fused == index)
        connection->fused = TARGET_NO_SLOT;
    target_slot_give(connection, index);
    complete(connection, &sqe, NVME_SC_TRANSIENT_TRANSPORT);
    if (partner == TARGET_NO_SLOT)
        return;
    connection->slots.slot[partner].partner = TARGET_NO_SLOT;
    if (connection->slots.slot[partner].state == TARGET_SLOT_FUSED)
        put(connection, partner);
}

int target_data(struct target_connection *connection, const struct nvme_tcp_data *pdu, const uint8_t *data, bool intact,
                struct bell_pdu_fault *fault)
{
    const uint32_t index = pdu->ttag;
    struct target_slot *slot;

    if (index >= connection->slots.count || connection->slots.slot[index].state != TARGET_SLOT_DATA)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_data, ttag),
                                  "H2CData with transfer tag %u, which no R2T has", index);
    slot = &connection->slots.slot[index];
    if (slot->sqe.cid != pdu->cccid)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_data, cccid),
                                  "H2CData of command %04xh with the transfer tag of command %04xh", pdu->cccid,
                                  slot->sqe.cid);
    if (pdu->datao != slot->received || pdu->datal > slot->length - slot->received)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_DATA_RANGE, offsetof(struct nvme_tcp_data, datao),
                                  "H2CData of %u bytes at %u, where %u of %u bytes have come", pdu->datal, pdu->datao,
                                  slot->received, slot->length);
    memcpy(slot->data + slot->received, data, pdu->datal);
    slot->received += pdu->datal;
    slot->damaged = slot->damaged || !intact;
    const bool last = (pdu->header.flags & NVME_TCP_FLAG_LAST) != 0;
    if (last != (slot->received == slot->length))
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_header, flags),
                                  "H2CData %s, but %u of %u bytes have come", last ? "says it is the last" : "goes on",
                                  slot->received, slot->length);
    if (last && slot->damaged)
        damaged(connection, index);
    else if (last)
        ready(connection, index);
    return 0;
}

/* ---- from the device --------------------------------------------------------------------------------------------- */

/* On success, data before the completion, and instead of it where nothing is lost by that. */
static bool data_send(struct target_connection *connection, uint32_t index, const struct nvme_cqe *cqe,
                      const bell_fault_rule *rule)
{
    struct target_slot *slot = &connection->slots.slot[index];
    struct target_pdu *pdu = target_pdu_new(connection, NVME_TCP_C2H_DATA);
    struct nvme_tcp_data *head;
    const bool alone = connection->no_flow && cqe->dw0 == 0 && cqe->dw1 == 0 && cqe->status >> 1 == 0;

    if (pdu == NULL)
        return true;
    head = (struct nvme_tcp_data *)pdu->head;
    head->header.flags = NVME_TCP_FLAG_LAST | (alone ? NVME_TCP_FLAG_SUCCESS : 0);
    head->cccid = slot->sqe.cid;
    head->datal = slot->length;
    pdu->data = slot->data;
    pdu->data_bytes = slot->length;
    pdu->slot = index;
    slot->state = TARGET_SLOT_SENDING;
    target_pdu_send(connection, pdu, rule);
    return alone;
}

static void completion_send(struct target_connection *connection, const struct nvme_cqe *cqe,
                            const bell_fault_rule *rule)
{
    const uint32_t index = target_slot_find(connection, cqe->cid);
    struct target_slot *slot = index != TARGET_NO_SLOT ? &connection->slots.slot[index] : NULL;

    if (slot == NULL || slot->state != TARGET_SLOT_DEVICE) { /* as a rule of the fault plan makes it */
        target_respond(connection, cqe, rule);
        return;
    }
    if (slot->to_host && slot->length != 0 && cqe->status >> 1 == 0) {
        if (data_send(connection, index, cqe, rule))
            return;
        if (rule != NULL && (rule->effects & BELL_FAULT_PDU_DROP) == 0)
            rule = NULL; /* it was the first PDU's */
        target_respond(connection, cqe, rule);
        return;
    }
    target_slot_give(connection, index);
    target_respond(connection, cqe, rule);
}

bool target_collect(struct target_connection *connection)
{
    struct sim *sim = sim_of_connection(connection);
    struct nvme_cqe cqe;
    uint32_t place;
    bool any = false;

    while (!target_busy(connection) && !connection->dead && connection->association != NULL &&
           sim_fabric_take(sim, &connection->queue, &cqe, &place)) {
        const bell_fault_rule *rule = connection->marks[place];

        connection->marks[place] = NULL;
        if (rule == NULL || (rule->effects & BELL_FAULT_SQHD) == 0)
            cqe.sqhd = (uint16_t)(cqe.sqhd % connection->entries); /* the ring is longer, see connect */
        completion_send(connection, &cqe, rule);
        any = true;
    }
    return any;
}
