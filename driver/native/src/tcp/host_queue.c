/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/atomics.h"
#include "support/clock.h"
#include "support/error.h"
#include "tcp/host.h"

enum {
    SQE_DPTR = 3,  /* 8-byte words of an SQE: SGL1 */
    SQE_CDW10 = 5, /* NVMe commands; Fabrics commands have the same opcode and the type in byte 4 */
    GOODBYE_MS = 1000,
    WAIT_SLICE = 2, /* ms after which a waiter looks whether another thread has received its answer */
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

static int ring_init(struct host_ring *ring, uint32_t room)
{
    uint32_t size = 2;
    while (size < room)
        size *= 2;
    free(ring->entries);
    *ring = (struct host_ring){.entries = calloc(size, sizeof *ring->entries), .mask = size - 1};
    return ring->entries ? 0 : -ENOMEM;
}

int host_queue_slots(struct host_queue *queue, uint32_t slots)
{
    free(queue->requests);
    free(queue->mapped);
    free(queue->taken);
    queue->slots = slots;
    queue->requests = calloc(slots + 1, sizeof *queue->requests);
    queue->mapped = calloc(slots + 1, sizeof *queue->mapped);
    queue->taken = calloc(slots + 1, sizeof *queue->taken);
    queue->taken_first = queue->taken_count = 0;
    queue->raw_cids = 0;
    queue->internal_done = false;
    __atomic_store_n(&queue->owed, 0, __ATOMIC_RELEASE);
    if (!queue->requests || !queue->mapped || !queue->taken || ring_init(&queue->sender.capsules, slots + 1) < 0 ||
        ring_init(&queue->sender.urgent, (slots + 1) * (1 + queue->host->options.r2ts)) < 0)
        return bell_error_set(-ENOMEM, "No memory for a queue of %u entries.", slots + 1);
    host_send_reset(queue);
    host_receive_reset(queue);
    return 0;
}

int host_queue_init(struct host_queue *queue, struct tcp_host *host, uint16_t qid, uint32_t slots)
{
    *queue = (struct host_queue){.host = host, .socket = -1, .qid = qid, .dead = 1};
    pthread_mutex_init(&queue->lock, NULL);
    queue->receiver.stage = malloc(HOST_STAGE);
    if (!queue->receiver.stage)
        return bell_error_set(-ENOMEM, "No memory for queue %u.", qid);
    return host_queue_slots(queue, slots);
}

void host_queue_hang_up(struct host_queue *queue, uint32_t ms)
{
    bell_poke(&queue->dead, 1u);
    tcp_trace_flow_close(queue->flow);
    queue->flow = NULL;
    if (queue->socket >= 0)
        tcp_hang_up(queue->socket, queue->said_term ? GOODBYE_MS : ms);
    queue->socket = -1;
    queue->said_term = false;
}

void host_queue_free(struct host_queue *queue)
{
    host_queue_hang_up(queue, 0);
    pthread_mutex_destroy(&queue->lock);
    free(queue->receiver.stage);
    free(queue->sender.capsules.entries);
    free(queue->sender.urgent.entries);
    free(queue->taken);
    free(queue->mapped);
    free(queue->requests);
}

/* ---- the end of a connection ------------------------------------------------------------------------------------- */

static void end(struct host_queue *queue, int how, const char *format, va_list arguments)
{
    struct tcp_host *host = queue->host;
    char *reason = queue->shared ? host->reason : host->io_reason;
    if (bell_peek(&queue->dead))
        return;
    pthread_mutex_lock(&host->reason_lock);
    vsnprintf(reason, HOST_REASON, format, arguments);
    if (!queue->shared)
        host->io_reason_qid = queue->qid;
    pthread_mutex_unlock(&host->reason_lock);

    __atomic_store_n(&queue->dead, 1u, __ATOMIC_RELEASE);
    shutdown(queue->socket, how);
    /* An I/O queue's connection is that queue's; without the admin queue's there is no controller. */
    if (queue->shared && host->device)
        bell_device_lose(host->device);
    else if (!queue->shared && queue->qpair)
        bell_qpair_lose(queue->qpair);
}

void host_queue_fail(struct host_queue *queue, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(queue, SHUT_RDWR, format, arguments);
    va_end(arguments);
}

static void fail_politely(struct host_queue *queue, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    end(queue, SHUT_WR, format, arguments);
    va_end(arguments);
}

int host_queue_fault(struct host_queue *queue, const struct bell_pdu_fault *fault, const void *pdu, uint32_t bytes)
{
    uint8_t term[sizeof(struct nvme_tcp_term_req) + NVME_TCP_TERM_DATA_MAX];
    uint32_t length = bell_pdu_term_fill(term, NVME_TCP_H2C_TERM_REQ, fault, pdu, bytes);
    /* Only between PDUs, and if it goes at once: the connection ends either way. */
    if (queue->sender.part == queue->sender.part_count) {
        if (send(queue->socket, term, length, MSG_NOSIGNAL | MSG_DONTWAIT) > 0 && queue->flow)
            tcp_trace_sent(queue->flow, &(const struct iovec){term, length}, 1, length);
    }
    /* Nothing is read any more, but the socket stays until the target has seen that (TCP 1.0 3.5): to close it over
     * data that nobody read would take the TermReq back. */
    queue->said_term = true;
    fail_politely(queue, "the target sent a PDU that may not be: %s", fault->text);
    return -EPROTO;
}

/* ---- commands in ------------------------------------------------------------------------------------------------- */

static void queue_lock(struct host_queue *queue)
{
    if (queue->shared)
        pthread_mutex_lock(&queue->lock);
}

static void queue_unlock(struct host_queue *queue)
{
    if (queue->shared)
        pthread_mutex_unlock(&queue->lock);
}

static void owed_add(struct host_queue *queue, int32_t change)
{
    queue_lock(queue);
    /* Before any look at the buffers: see host_memory.c. */
    __atomic_fetch_add(&queue->owed, (uint32_t)change, __ATOMIC_SEQ_CST);
    queue_unlock(queue);
}

/* Note where the data of a slot are. */
static int buffer_note(struct host_queue *queue, uint16_t number, uint64_t iova, uint64_t bytes)
{
    struct tcp_host *host = queue->host;
    queue->mapped[number] = (struct host_mapped){0};
    if (bytes == 0)
        return 0;
    if (bytes > UINT32_MAX)
        return bell_error_set(-E2BIG, "%" PRIu64 " bytes do not fit one SGL descriptor; the most is 4 GiB - 1.", bytes);
    owed_add(queue, 1);
    if (!host_memory_holds(&host->memory, &queue->hint, iova, bytes)) {
        owed_add(queue, -1);
        return bell_error_set(-EINVAL, "No buffer of this device holds the %" PRIu64 " bytes at %#" PRIx64 ".", bytes,
                              iova);
    }
    queue->mapped[number] = (struct host_mapped){.data = (uint8_t *)(uintptr_t)iova, .bytes = (uint32_t)bytes};
    return 0;
}

int host_command_check(struct bell_transport *transport, bell_qpair *qpair, const bell_command *command)
{
    struct host_queue *queue = qpair->carrier;
    if (!queue)
        return bell_error_set(-ENODEV, "Queue %u has no connection; enable the controller again.", qpair->qid);
    if (!(command->flags & BELL_CMD_RAW_DATA_POINTER))
        return 0;
    /* Data that a data pointer of the caller's own is about: the pointer goes out as it is, the data with it. */
    uint16_t number = qpair->free_slots[qpair->free_head & qpair->free_mask];
    return buffer_note(queue, number, command->data_iova, command->data_bytes);
}

int host_data_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, uint64_t iova, uint64_t bytes,
                  uint64_t sqe[8])
{
    return buffer_note(qpair->carrier, cid, iova, bytes);
}

int host_sgl_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, const struct nvme_sgl *descriptors,
                 uint32_t count, uint32_t segment, uint64_t sqe[8])
{
    if (count != 1 || descriptors->id != NVME_SGL_DATA_BLOCK)
        return bell_error_set(-ENOTSUP,
                              "NVMe/TCP carries one data block a command (TCP 1.0 3.3); a list of %u "
                              "descriptors, the first of type %02xh, is for PCIe transports.",
                              count, descriptors->id);
    return buffer_note(qpair->carrier, cid, descriptors->address, descriptors->length);
}

/* Whether data go from host to controller: opcode bits 1:0, of Fabrics commands the type's. */
static bool to_controller(const uint64_t sqe[8])
{
    uint32_t opcode = (uint8_t)sqe[0];
    uint32_t way = opcode == NVME_ADMIN_FABRICS ? (uint32_t)(sqe[0] >> 32) : opcode;
    return (way & 3) == 1;
}

/* SGL1 and PSDT as the transport must have them (TCP 1.0 3.3): everything else is as the caller wrote it. */
static void pointer_set(struct host_queue *queue, struct host_request *request)
{
    uint32_t most = (uint8_t)request->sqe[0] == NVME_ADMIN_FABRICS ? NVME_TCP_ADMIN_CAPSULE_DATA : queue->in_most;
    request->in_capsule = request->data && request->bytes <= most && to_controller(request->sqe) &&
                          (queue->host->options.in_capsule || request == &queue->requests[queue->slots]);
    request->sqe[0] =
        (request->sqe[0] & ~((uint64_t)NVME_SQE_PSDT << 8)) | NVME_PUT(NVME_PSDT_SGL_MPTR_BUFFER, NVME_SQE_PSDT) << 8;
    request->sqe[SQE_DPTR] = 0;
    request->sqe[SQE_DPTR + 1] =
        request->bytes | (uint64_t)(request->in_capsule ? NVME_SGL_IN_CAPSULE : NVME_SGL_TRANSPORT) << 56;
}

static void request_start(struct host_queue *queue, struct host_request *request, const uint64_t sqe[8], uint16_t cid)
{
    memcpy(request->sqe, sqe, sizeof request->sqe);
    request->received = request->asked = 0;
    request->sequence = queue->sequence++;
    request->cid = cid;
    request->sending = 1;
    request->active = true;
    request->sent = request->in_capsule = request->last_seen = request->damaged = request->raw_cid = false;
    request->r2t_count = request->r2t_first = 0;
}

void host_post(bell_qpair *qpair, uint64_t sqe[8])
{
    struct host_queue *queue = qpair->carrier;
    uint16_t number = qpair->free_slots[(qpair->free_head - 1) & qpair->free_mask];
    const struct bell_slot *slot = &qpair->slots[number];
    struct host_mapped *mapped = &queue->mapped[number];
    queue_lock(queue);
    struct host_request *request = &queue->requests[number];
    request_start(queue, request, sqe, (uint16_t)(sqe[0] >> 16));
    request->data = mapped->data;
    request->bytes = mapped->bytes;
    if (bell_peek(&qpair->worker)) {
        /* A worker's data pointer is an SGL data block of its own memory. */
        request->data = (uint8_t *)(uintptr_t)sqe[SQE_DPTR];
        request->bytes = (uint32_t)sqe[SQE_DPTR + 1];
        if (request->bytes == 0)
            request->data = NULL;
        else
            __atomic_store_n(&queue->owed, queue->owed + 1, __ATOMIC_RELEASE);
    }
    *mapped = (struct host_mapped){0};
    if (slot->flags & BELL_SLOT_RAW_DATA)
        request->in_capsule = request->data && (uint8_t)(sqe[SQE_DPTR + 1] >> 56) == NVME_SGL_IN_CAPSULE;
    else
        pointer_set(queue, request);
    if (slot->flags & BELL_SLOT_RAW_CID) {
        request->raw_cid = true;
        queue->raw_cids++;
    }
    queue->used = true;
    host_ring_put(&queue->sender.capsules, number);
    memcpy(sqe, request->sqe, sizeof request->sqe);
    queue_unlock(queue);
    bell_poke(&qpair->sq_tail, qpair->sq_tail + 1 == qpair->depth ? 0 : qpair->sq_tail + 1);
}

void host_ring_tail(bell_qpair *qpair, uint32_t tail)
{
    struct host_queue *queue = qpair->carrier;
    queue_lock(queue);
    queue->sender.rung += (tail + qpair->depth - qpair->sq_rung) % qpair->depth;
    if (!bell_peek(&queue->dead))
        host_send(queue);
    queue_unlock(queue);
}

/* ---- completions out --------------------------------------------------------------------------------------------- */

bool host_queue_pump(struct host_queue *queue, uint64_t cqe[2])
{
    for (;;) {
        bool internal = false;
        if (bell_peek(&queue->dead))
            return false;
        int rc = host_receive_parse(queue, cqe, &internal);
        if (rc < 0)
            return false;
        if (rc == 1 && !internal)
            return true;
        if (rc == 1) {
            memcpy(queue->internal_cqe, cqe, sizeof queue->internal_cqe);
            queue->internal_done = true;
            continue;
        }
        if (host_send_waits(queue) && host_send(queue) < 0)
            return false;
        if (!host_receive_read(queue))
            return false;
    }
}

bool host_take(bell_qpair *qpair, uint64_t cqe[2])
{
    struct host_queue *queue = qpair->carrier;
    if (!queue)
        return false;
    if (!queue->shared) {
        if (BELL_UNLIKELY(bell_peek(&qpair->lost))) {
            __atomic_store_n(&queue->owed, 0, __ATOMIC_RELEASE); /* nothing is received into its buffers again */
            return false;
        }
        return host_queue_pump(queue, cqe);
    }
    if (bell_peek(&qpair->lost))
        return false;
    pthread_mutex_lock(&queue->lock);
    bool taken = queue->taken_count > 0;
    if (taken) {
        memcpy(cqe, queue->taken[queue->taken_first], 16);
        queue->taken_first = (queue->taken_first + 1) % (queue->slots + 1);
        queue->taken_count--;
    } else {
        taken = host_queue_pump(queue, cqe);
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

/* ---- commands of the transport's own ----------------------------------------------------------------------------- */

/* Receive for everybody until the internal command has ended. With the lock. Return: whether it has. */
static bool internal_pump(struct host_queue *queue)
{
    uint64_t cqe[2];
    while (!queue->internal_done && queue->taken_count <= queue->slots && host_queue_pump(queue, cqe)) {
        memcpy(queue->taken[(queue->taken_first + queue->taken_count++) % (queue->slots + 1)], cqe, sizeof cqe);
        if (queue->qpair && bell_peek(&queue->qpair->lost))
            queue->taken_count = 0; /* nobody will ask for them */
    }
    return queue->internal_done;
}

static uint16_t internal_cid(const struct host_queue *queue)
{
    uint16_t cid = HOST_INTERNAL_CID;
    for (uint32_t i = 0; queue->raw_cids && i < queue->slots; i++) {
        if (!queue->requests[i].active || queue->requests[i].cid != cid)
            continue;
        cid--;
        i = UINT32_MAX; /* from the start again */
    }
    return cid;
}

static int ended_error(struct host_queue *queue)
{
    struct tcp_host *host = queue->host;
    char reason[HOST_REASON];
    pthread_mutex_lock(&host->reason_lock);
    snprintf(reason, sizeof reason, "%s", queue->shared ? host->reason : host->io_reason);
    pthread_mutex_unlock(&host->reason_lock);
    return bell_error_set(-ENODEV, "%s: the connection of queue %u has ended: %s.%s", host->name, queue->qid, reason,
                          queue->shared ? " Initialise the controller to connect again." : "");
}

int host_internal_run(struct host_queue *queue, const void *sqe, void *data, uint32_t bytes, const char *what,
                      uint64_t cqe[2])
{
    struct host_request *request;
    uint64_t deadline = bell_now() + queue->host->options.timeout_ms * BELL_NS_PER_MS;
    uint64_t words[8];
    memcpy(words, sqe, sizeof words);

    queue_lock(queue);
    if (bell_peek(&queue->dead)) {
        queue_unlock(queue);
        return ended_error(queue);
    }
    request = &queue->requests[queue->slots];
    uint16_t cid = internal_cid(queue);
    words[0] = (words[0] & ~UINT64_C(0xffff0000)) | (uint64_t)cid << 16;
    request_start(queue, request, words, cid);
    request->data = bytes ? data : NULL;
    request->bytes = bytes;
    pointer_set(queue, request);
    /* Property commands have no data pointer (6.5, 6.6). */
    if (bytes == 0 && (uint8_t)words[0] == NVME_ADMIN_FABRICS)
        request->sqe[SQE_DPTR + 1] = 0;
    queue->internal_done = false;
    host_ring_put(&queue->sender.urgent, (uint16_t)queue->slots);
    host_send(queue);

    bool done;
    while (!(done = internal_pump(queue)) && !bell_peek(&queue->dead) && bell_now() < deadline) {
        bool write = host_send_waits(queue);
        int fd = queue->socket;
        queue_unlock(queue);
        uint64_t slice = bell_now() + (queue->shared ? WAIT_SLICE : 1000) * BELL_NS_PER_MS;
        tcp_wait(fd, write, slice < deadline ? slice : deadline);
        queue_lock(queue);
    }
    if (done)
        memcpy(cqe, queue->internal_cqe, sizeof queue->internal_cqe);
    else if (!bell_peek(&queue->dead))
        host_queue_fail(queue, "%s was not answered within %u ms", what, queue->host->options.timeout_ms);
    request->active = false;
    queue_unlock(queue);
    return done ? 0 : ended_error(queue);
}
