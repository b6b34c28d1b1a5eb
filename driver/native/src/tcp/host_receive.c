/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of what a controller sends. Bytes come into a staging buffer, from which headers are taken; data that are
 * not there yet are received where they belong. While large data come, little is read ahead, so that they are hardly
 * ever copied.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "integrity/crc32c.h"
#include "nvme/qpair.h"
#include "support/atomics.h"
#include "tcp/host.h"

void host_receive_reset(struct host_queue *queue)
{
    struct host_receiver *in = &queue->receiver;
    in->first = in->end = in->have = 0;
    in->state = HOST_HEADER;
    in->stage_most = HOST_STAGE;
}

/* The outstanding command with this CID; with duplicates, which a caller may send, the oldest. */
static struct host_request *request_find(struct host_queue *queue, uint16_t cid)
{
    struct host_request *internal = &queue->requests[queue->slots];
    if (internal->active && internal->cid == cid)
        return internal;
    if (cid < queue->slots && queue->requests[cid].active && queue->requests[cid].cid == cid && !queue->raw_cids)
        return &queue->requests[cid];
    if (!queue->raw_cids)
        return NULL;
    struct host_request *found = NULL;
    for (uint32_t i = 0; i < queue->slots; i++) {
        struct host_request *request = &queue->requests[i];
        if (request->active && request->cid == cid && (!found || request->sequence < found->sequence))
            found = request;
    }
    return found;
}

static int fault(struct host_queue *queue, uint16_t fes, uint32_t fei, const char *what, uint32_t value)
{
    struct bell_pdu_fault fault;
    const struct host_receiver *in = &queue->receiver;
    bell_pdu_fault_set(&fault, fes, fei, "%s %s (%u)", bell_pdu_name(in->pdu.header.type), what, value);
    return host_queue_fault(queue, &fault, &in->pdu, in->parts.header);
}

/* ---- commands end ------------------------------------------------------------------------------------------------ */

static void request_end(struct host_queue *queue, struct host_request *request)
{
    if (request->raw_cid)
        queue->raw_cids--;
    if (request->data && request != &queue->requests[queue->slots])
        __atomic_store_n(&queue->owed, queue->owed - 1, __ATOMIC_RELEASE);
    request->active = false;
}

/* Return: 1, or -EPROTO. */
static int response_take(struct host_queue *queue, const struct nvme_cqe *cqe, uint64_t out[2], bool *internal)
{
    struct host_request *request = request_find(queue, cqe->cid);
    memcpy(out, cqe, sizeof *cqe);
    *internal = false;
    if (!request)
        return 1; /* the core counts completions that belong to no command */
    if (request->sending || !request->sent)
        return fault(queue, NVME_TCP_FES_SEQUENCE, 0, "for a command that is still being sent: CID", cqe->cid);
    /* TCP 1.0 3.4.1.1: a data digest that does not match ends the command, not the connection. */
    if (request->damaged)
        out[1] = (out[1] & UINT64_C(0x0001ffffffffffff)) | (uint64_t)NVME_SC_TRANSIENT_TRANSPORT << 49;
    *internal = request == &queue->requests[queue->slots];
    queue->sq_head = cqe->sqhd;
    request_end(queue, request);
    return 1;
}

/* ---- whole headers ----------------------------------------------------------------------------------------------- */

static int data_begin(struct host_queue *queue)
{
    struct host_receiver *in = &queue->receiver;
    const struct nvme_tcp_data *pdu = &in->pdu.data;
    struct host_request *request = request_find(queue, pdu->cccid);
    if (!request || request->last_seen)
        return fault(queue, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_data, cccid),
                     "for no command that waits for data: CCCID", pdu->cccid);
    if ((pdu->header.flags & NVME_TCP_FLAG_SUCCESS) && !(pdu->header.flags & NVME_TCP_FLAG_LAST))
        return fault(queue, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_header, flags),
                     "with SUCCESS but without LAST: flags", pdu->header.flags);
    if (!request->data || (uint64_t)pdu->datao + pdu->datal > request->bytes)
        return fault(queue, NVME_TCP_FES_DATA_RANGE, 0, "beyond the data of its command: DATAO + DATAL",
                     pdu->datao + pdu->datal);
    if (pdu->datao != request->received)
        return fault(queue, NVME_TCP_FES_DATA_RANGE, 0, "out of order: DATAO", pdu->datao);
    request->received += pdu->datal;
    request->last_seen = pdu->header.flags & NVME_TCP_FLAG_LAST;
    in->request = (uint16_t)(request - queue->requests);
    in->to = request->data + pdu->datao;
    in->stage_most = pdu->datal >= HOST_LARGE ? HOST_STAGE_SMALL : HOST_STAGE;
    return 0;
}

static int r2t_take(struct host_queue *queue)
{
    const struct nvme_tcp_r2t *pdu = &queue->receiver.pdu.r2t;
    struct host_request *request = request_find(queue, pdu->cccid);
    if (!request || request->in_capsule)
        return fault(queue, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_r2t, cccid),
                     "for no command whose data could be sent: CCCID", pdu->cccid);
    if (pdu->r2tl == 0 || !request->data || (uint64_t)pdu->r2to + pdu->r2tl > request->bytes)
        return fault(queue, NVME_TCP_FES_DATA_RANGE, 0, "beyond the data of its command: R2TO + R2TL",
                     pdu->r2to + pdu->r2tl);
    if (pdu->r2to != request->asked)
        return fault(queue, NVME_TCP_FES_DATA_RANGE, 0, "out of order: R2TO", pdu->r2to);
    if (request->r2t_count >= queue->host->options.r2ts)
        return fault(queue, NVME_TCP_FES_LIMIT, 0, "beyond MAXR2T: outstanding", request->r2t_count);
    request->r2ts[(request->r2t_first + request->r2t_count++) % TCP_R2T_MOST] =
        (struct host_r2t){.offset = pdu->r2to, .length = pdu->r2tl, .ttag = pdu->ttag};
    request->asked += pdu->r2tl;
    request->sending++;
    host_ring_put(&queue->sender.urgent, (uint16_t)(request - queue->requests));
    return 0;
}

static int term_end(struct host_queue *queue)
{
    char why[100];
    bell_pdu_term_text(&queue->receiver.pdu.term_req, why, sizeof why);
    host_queue_fail(queue, "the controller ended it (C2HTermReq): %s", why);
    return -EPROTO;
}

/* The PDU's header has come and been checked. Return: 1 completion, 0 go on, or below 0. */
static int header_act(struct host_queue *queue, uint64_t cqe[2], bool *internal)
{
    struct host_receiver *in = &queue->receiver;
    int rc = 0;
    switch (in->pdu.header.type) {
    case NVME_TCP_CAPSULE_RESP:
        in->have = 0;
        return response_take(queue, &in->pdu.capsule_resp.cqe, cqe, internal);
    case NVME_TCP_R2T:
        in->have = 0;
        return r2t_take(queue);
    case NVME_TCP_C2H_DATA:
        rc = data_begin(queue);
        in->left = in->parts.pad ? in->parts.pad : in->parts.data;
        in->state = in->parts.pad ? HOST_PAD : HOST_DATA;
        return rc;
    case NVME_TCP_C2H_TERM_REQ:
        in->left = in->parts.data;
        in->state = HOST_TERM;
        return in->left ? 0 : term_end(queue);
    default: /* ICResp comes once, and before this parser runs */
        return fault(queue, NVME_TCP_FES_SEQUENCE, 0, "again: type", in->pdu.header.type);
    }
}

/* C2HData is complete. */
static int data_end(struct host_queue *queue, uint64_t cqe[2], bool *internal)
{
    struct host_receiver *in = &queue->receiver;
    struct host_request *request = &queue->requests[in->request];
    uint8_t flags = in->pdu.header.flags;
    in->state = HOST_HEADER;
    in->have = 0;
    if (in->parts.ddgst) {
        uint32_t sent;
        memcpy(&sent, in->digest, sizeof sent);
        if (sent != bell_crc32c(0, request->data + in->pdu.data.datao, in->pdu.data.datal))
            request->damaged = true;
    }
    if (!(flags & NVME_TCP_FLAG_SUCCESS))
        return 0;
    const struct nvme_cqe success = {.sqhd = queue->sq_head, .sqid = queue->qid, .cid = request->cid};
    return response_take(queue, &success, cqe, internal);
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

/* Take up to `bytes` off the stage. */
static uint32_t stage_take(struct host_receiver *in, void *to, uint32_t bytes)
{
    uint32_t here = in->end - in->first;
    if (bytes > here)
        bytes = here;
    if (to)
        memcpy(to, in->stage + in->first, bytes);
    in->first += bytes;
    return bytes;
}

/* Return: 1 the header is whole, 0 not yet, or below 0. */
static int header_collect(struct host_queue *queue)
{
    struct host_receiver *in = &queue->receiver;
    struct bell_pdu_fault bad;
    const uint32_t common = sizeof(struct nvme_tcp_header);
    if (in->have < common) {
        in->have += stage_take(in, in->pdu.bytes + in->have, common - in->have);
        if (in->have < common)
            return 0;
        if (bell_pdu_check(&queue->rules, &in->pdu.header, &in->parts, &bad) < 0)
            return host_queue_fault(queue, &bad, &in->pdu, common);
    }
    uint32_t whole = in->parts.header + in->parts.hdgst;
    in->have += stage_take(in, in->pdu.bytes + in->have, whole - in->have);
    if (in->have < whole)
        return 0;
    if (bell_pdu_check_header(&queue->rules, &in->pdu, &in->parts, &bad) < 0)
        return host_queue_fault(queue, &bad, &in->pdu, in->parts.header);
    return 1;
}

int host_receive_parse(struct host_queue *queue, uint64_t cqe[2], bool *internal)
{
    struct host_receiver *in = &queue->receiver;
    uint32_t taken;
    int rc;
    for (;;) {
        switch (in->state) {
        case HOST_HEADER:
            rc = header_collect(queue);
            if (rc <= 0)
                return rc;
            rc = header_act(queue, cqe, internal);
            if (rc != 0)
                return rc;
            break;
        case HOST_PAD:
            in->left -= stage_take(in, NULL, in->left);
            if (in->left > 0)
                return 0;
            in->left = in->parts.data;
            in->state = HOST_DATA;
            break;
        case HOST_DATA:
            taken = stage_take(in, in->to, in->left);
            in->to += taken;
            in->left -= taken;
            if (in->left > 0)
                return 0;
            in->left = in->parts.ddgst;
            in->state = HOST_DIGEST;
            break;
        case HOST_DIGEST:
            in->left -= stage_take(in, in->digest + in->parts.ddgst - in->left, in->left);
            if (in->left > 0)
                return 0;
            rc = data_end(queue, cqe, internal);
            if (rc != 0)
                return rc;
            break;
        case HOST_TERM:
            in->left -= stage_take(in, NULL, in->left);
            if (in->left > 0)
                return 0;
            return term_end(queue);
        }
    }
}

bool host_receive_read(struct host_queue *queue)
{
    struct host_receiver *in = &queue->receiver;
    struct iovec parts[2];
    struct msghdr message = {.msg_iov = parts};
    bool direct = in->state == HOST_DATA && in->first == in->end;
    if (in->first == in->end)
        in->first = in->end = 0;
    if (direct)
        parts[message.msg_iovlen++] = (struct iovec){in->to, in->left};
    parts[message.msg_iovlen++] = (struct iovec){in->stage, in->stage_most};
    ssize_t got;
    do
        got = recvmsg(queue->socket, &message, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return false;
    if (got < 0) {
        host_queue_fail(queue, "%s", errno == ECONNRESET ? "the target reset it" : strerror(errno));
        return false;
    }
    if (got == 0) {
        host_queue_fail(queue, "the target closed it%s",
                        in->have || in->state != HOST_HEADER ? " in the middle of a PDU" : "");
        return false;
    }
    if (direct) {
        uint32_t there = (size_t)got < in->left ? (uint32_t)got : in->left;
        if (BELL_UNLIKELY(queue->flow != NULL))
            tcp_trace_received(queue->flow, in->to, there);
        in->to += there;
        in->left -= there;
        got -= there;
    }
    in->end = (uint32_t)got;
    if (BELL_UNLIKELY(queue->flow != NULL) && got > 0)
        tcp_trace_received(queue->flow, in->stage, (size_t)got);
    return true;
}
