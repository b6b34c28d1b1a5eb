/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to the controller. Capsules and R2Ts wait in two rings; a batch takes from both, describes up to HOST_BATCH
 * PDUs, data where they are, and goes out in as few system calls as the socket allows.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "integrity/crc32c.h"
#include "support/atomics.h"
#include "tcp/host.h"

static const uint8_t zeros[NVME_TCP_PADDING_MAX];

void host_ring_put(struct host_ring *ring, uint16_t request)
{
    ring->entries[ring->tail++ & ring->mask] = request;
}

void host_send_reset(struct host_queue *queue)
{
    struct host_sender *sender = &queue->sender;
    sender->capsules.head = sender->capsules.tail = sender->rung = 0;
    sender->urgent.head = sender->urgent.tail = 0;
    sender->count = 0;
    sender->part = sender->part_count = 0;
}

bool host_send_waits(const struct host_queue *queue)
{
    const struct host_sender *sender = &queue->sender;
    return sender->part != sender->part_count || sender->capsules.head != sender->rung ||
           sender->urgent.head != sender->urgent.tail;
}

static void part_add(struct host_sender *sender, const void *data, uint32_t bytes)
{
    if (bytes > 0)
        sender->parts[sender->part_count++] = (struct iovec){(void *)(uintptr_t)data, bytes};
}

/* Complete the header of the batch's next PDU and describe the PDU. */
static void pdu_add(struct host_queue *queue, uint16_t request, uint8_t *data, uint32_t bytes)
{
    struct host_sender *sender = &queue->sender;
    union nvme_tcp_pdu *pdu = &sender->headers[sender->count];
    uint32_t header;
    uint32_t start = bell_pdu_seal(pdu, queue->rules.hdgst, queue->rules.ddgst, queue->cpda, bytes, &header);
    part_add(sender, pdu, header);
    part_add(sender, zeros, start - header);
    if (bytes > 0) {
        part_add(sender, data, bytes);
        if (queue->rules.ddgst) {
            sender->digests[sender->count] = bell_crc32c(0, data, bytes);
            part_add(sender, &sender->digests[sender->count], NVME_TCP_DIGEST_BYTES);
        }
    }
    sender->requests[sender->count++] = request;
}

static void capsule_add(struct host_queue *queue, uint16_t number)
{
    struct host_request *request = &queue->requests[number];
    struct nvme_tcp_capsule_cmd *capsule = &queue->sender.headers[queue->sender.count].capsule_cmd;
    capsule->header = (struct nvme_tcp_header){.type = NVME_TCP_CAPSULE_CMD};
    memcpy(&capsule->sqe, request->sqe, sizeof capsule->sqe);
    pdu_add(queue, number, request->data, request->in_capsule ? request->bytes : 0);
}

/* One H2CData of the oldest R2T. Return: whether that was all the R2T asked for. */
static bool data_add(struct host_queue *queue, uint16_t number)
{
    struct host_request *request = &queue->requests[number];
    struct host_r2t *r2t = &request->r2ts[request->r2t_first];
    uint32_t bytes = r2t->length < queue->h2c_most ? r2t->length : queue->h2c_most;
    bool last = bytes == r2t->length;
    queue->sender.headers[queue->sender.count].data = (struct nvme_tcp_data){
        .header = {.type = NVME_TCP_H2C_DATA, .flags = last ? NVME_TCP_FLAG_LAST : 0},
        .cccid = request->cid,
        .ttag = r2t->ttag,
        .datao = r2t->offset,
        .datal = bytes,
    };
    pdu_add(queue, number, request->data + r2t->offset, bytes);
    r2t->offset += bytes;
    r2t->length -= bytes;
    if (last) {
        request->r2t_first = (uint8_t)((request->r2t_first + 1) % TCP_R2T_MOST);
        request->r2t_count--;
    }
    return last;
}

static bool batch_build(struct host_queue *queue)
{
    struct host_sender *sender = &queue->sender;
    sender->count = 0;
    sender->part = sender->part_count = 0;
    while (sender->count < HOST_BATCH && sender->urgent.head != sender->urgent.tail) {
        uint16_t number = sender->urgent.entries[sender->urgent.head & sender->urgent.mask];
        bool done = true;
        if (queue->requests[number].sent) {
            done = data_add(queue, number);
        } else {
            capsule_add(queue, number);
            queue->requests[number].sent = true;
        }
        if (done)
            sender->urgent.head++;
        else
            queue->requests[number].sending++; /* the ring's own count of it stays */
    }
    while (sender->count < HOST_BATCH && sender->capsules.head != sender->rung) {
        uint16_t number = sender->capsules.entries[sender->capsules.head++ & sender->capsules.mask];
        capsule_add(queue, number);
        queue->requests[number].sent = true;
    }
    return sender->count > 0;
}

static void batch_done(struct host_queue *queue)
{
    struct host_sender *sender = &queue->sender;
    for (uint32_t i = 0; i < sender->count; i++)
        queue->requests[sender->requests[i]].sending--;
    sender->count = 0;
    sender->part = sender->part_count = 0;
}

static void parts_advance(struct host_sender *sender, size_t bytes)
{
    while (sender->part < sender->part_count && bytes >= sender->parts[sender->part].iov_len)
        bytes -= sender->parts[sender->part++].iov_len;
    if (bytes > 0) {
        struct iovec *part = &sender->parts[sender->part];
        part->iov_base = (char *)part->iov_base + bytes;
        part->iov_len -= bytes;
    }
}

int host_send(struct host_queue *queue)
{
    struct host_sender *sender = &queue->sender;
    for (;;) {
        if (sender->part == sender->part_count && !batch_build(queue))
            return 0;
        struct msghdr message = {.msg_iov = sender->parts + sender->part,
                                 .msg_iovlen = sender->part_count - sender->part};
        ssize_t sent = sendmsg(queue->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS))
            return 0;
        if (sent < 0) {
            /* What the controller said before it closed is worth more than that it has closed: let the reader see. */
            if (errno == EPIPE || errno == ECONNRESET) {
                sender->part = sender->part_count = 0;
                sender->count = 0;
                sender->capsules.head = sender->rung;
                sender->urgent.head = sender->urgent.tail;
                return 0;
            }
            host_queue_fail(queue, "sending failed: %s", strerror(errno));
            return -EPIPE;
        }
        if (BELL_UNLIKELY(queue->flow != NULL))
            tcp_trace_sent(queue->flow, message.msg_iov, (int)message.msg_iovlen, (size_t)sent);
        parts_advance(sender, (size_t)sent);
        if (sender->part == sender->part_count)
            batch_done(queue);
    }
}
