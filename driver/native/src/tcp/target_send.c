/* SPDX-License-Identifier: Apache-2.0 */
/* PDUs to bytes. Data is sent from where the device has put it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "integrity/crc32c.h"
#include "support/atomics.h"
#include "tcp/target.h"
#include "tcp/trace.h"

#define PARTS_MAX 96 /* of one system call: 32 PDUs with head, data and digest */

bool target_busy(const struct target_connection *connection)
{
    return connection->out_count > 2 * connection->slots.count + 64;
}

struct target_pdu *target_pdu_new(struct target_connection *connection, uint8_t type)
{
    struct target_pdu *pdu = connection->out_free;

    if (pdu != NULL) {
        connection->out_free = pdu->next;
    } else {
        pdu = malloc(sizeof *pdu);
        if (pdu == NULL) {
            connection->dead = true;
            return NULL;
        }
    }
    memset(pdu, 0, offsetof(struct target_pdu, head) + sizeof(struct nvme_tcp_ic_resp));
    pdu->slot = TARGET_NO_SLOT;
    ((struct nvme_tcp_header *)pdu->head)->type = type;
    return pdu;
}

static void pdu_free(struct target_connection *connection, struct target_pdu *pdu)
{
    if (pdu->slot != TARGET_NO_SLOT)
        target_slot_give(connection, pdu->slot);
    free(pdu->own);
    pdu->own = NULL;
    pdu->next = connection->out_free;
    connection->out_free = pdu;
}

static void append(struct target_connection *connection, struct target_pdu *pdu)
{
    pdu->next = NULL;
    if (connection->out_last != NULL)
        connection->out_last->next = pdu;
    else
        connection->out_first = pdu;
    connection->out_last = pdu;
    connection->out_count++;
}

void target_pdu_send_raw(struct target_connection *connection, struct target_pdu *pdu)
{
    if (connection->dead || connection->hung_up)
        pdu_free(connection, pdu);
    else
        append(connection, pdu);
}

/* Sooner ones first. */
static void hold_back(struct target_connection *connection, struct target_pdu *pdu, uint64_t delay_ns)
{
    struct target_pdu **at = &connection->out_held;

    connection->out_count++;

    pdu->due_ns = bell_now() + delay_ns;
    while (*at != NULL && (*at)->due_ns <= pdu->due_ns)
        at = &(*at)->next;
    pdu->next = *at;
    *at = pdu;
}

uint64_t target_held_run(struct target_connection *connection, uint64_t now)
{
    while (connection->out_held != NULL && connection->out_held->due_ns <= now) {
        struct target_pdu *pdu = connection->out_held;

        connection->out_held = pdu->next;
        connection->out_count--;
        target_pdu_send_raw(connection, pdu);
    }
    return connection->out_held != NULL ? connection->out_held->due_ns : UINT64_MAX;
}

/* The wire's part of a rule. Return: false: the PDU is not to be sent. */
static bool rule_apply(struct target_connection *connection, struct target_pdu *pdu, const bell_fault_rule *rule)
{
    union nvme_tcp_pdu *head = (union nvme_tcp_pdu *)pdu->head;

    if ((rule->effects & BELL_FAULT_PDU_DISCONNECT) != 0) {
        target_leave(connection, "a rule of the fault plan closed its connection");
        connection->dead = true;
        return false;
    }
    if ((rule->effects & BELL_FAULT_PDU_DROP) != 0)
        return false;
    if ((rule->effects & BELL_FAULT_PDU_DATA_DIGEST) != 0)
        pdu->ddgst ^= 1;
    if ((rule->effects & BELL_FAULT_PDU_MALFORMED) != 0) {
        head->header.type = 0x0f;
        if ((head->header.flags & NVME_TCP_FLAG_HDGST) != 0) { /* the digest is that of what is sent */
            const uint32_t digest = bell_crc32c(0, pdu->head, head->header.hlen);

            memcpy(pdu->head + head->header.hlen, &digest, sizeof digest);
        }
    }
    if ((rule->effects & BELL_FAULT_PDU_HEADER_DIGEST) != 0 && (head->header.flags & NVME_TCP_FLAG_HDGST) != 0)
        pdu->head[head->header.hlen] ^= 1;
    return true;
}

void target_pdu_send(struct target_connection *connection, struct target_pdu *pdu, const bell_fault_rule *rule)
{
    target_pdu_send_late(connection, pdu, rule, 0);
}

void target_pdu_send_late(struct target_connection *connection, struct target_pdu *pdu, const bell_fault_rule *rule,
                          uint64_t delay_ns)
{
    union nvme_tcp_pdu *head = (union nvme_tcp_pdu *)pdu->head;
    uint32_t header;

    pdu->head_bytes = bell_pdu_seal(head, connection->rules.hdgst, connection->rules.ddgst, connection->hpda,
                                    pdu->data_bytes, &header);
    memset(pdu->head + header, 0, pdu->head_bytes - header);
    if (pdu->data_bytes != 0 && connection->rules.ddgst) {
        pdu->ddgst = bell_crc32c(0, pdu->data, pdu->data_bytes);
        pdu->ddgst_bytes = NVME_TCP_DIGEST_BYTES;
    }
    if (BELL_UNLIKELY(rule != NULL) && !rule_apply(connection, pdu, rule)) {
        pdu_free(connection, pdu);
        return;
    }
    if (delay_ns != 0 && !connection->dead && !connection->hung_up)
        hold_back(connection, pdu, delay_ns);
    else
        target_pdu_send_raw(connection, pdu);
}

void target_respond(struct target_connection *connection, const struct nvme_cqe *cqe, const bell_fault_rule *rule)
{
    target_respond_late(connection, cqe, rule, 0);
}

void target_respond_late(struct target_connection *connection, const struct nvme_cqe *cqe, const bell_fault_rule *rule,
                         uint64_t delay_ns)
{
    struct target_pdu *pdu = target_pdu_new(connection, NVME_TCP_CAPSULE_RESP);
    struct nvme_tcp_capsule_resp *resp;

    if (pdu == NULL)
        return;
    resp = (struct nvme_tcp_capsule_resp *)pdu->head;
    resp->cqe = *cqe;
    resp->cqe.status &= (uint16_t)~NVME_CQE_PHASE;           /* reserved here */
    if (connection->no_flow && resp->cqe.sqhd != UINT16_MAX) /* which is Connect's */
        resp->cqe.sqhd = 0;
    target_pdu_send_late(connection, pdu, rule, delay_ns);
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static uint32_t pdu_bytes(const struct target_pdu *pdu)
{
    return pdu->head_bytes + pdu->data_bytes + pdu->ddgst_bytes;
}

/* The rest of one part behind `skip` bytes of the PDU, which is used up on the way. */
static void part_add(struct iovec *parts, int *count, const void *at, uint32_t bytes, uint32_t *skip)
{
    if (*skip >= bytes) {
        *skip -= bytes;
        return;
    }
    parts[(*count)++] = (struct iovec){(uint8_t *)(uintptr_t)at + *skip, bytes - *skip};
    *skip = 0;
}

static int parts_gather(const struct target_connection *connection, struct iovec *parts)
{
    uint32_t skip = connection->out_sent;
    int count = 0;

    for (const struct target_pdu *pdu = connection->out_first; pdu != NULL && count + 3 <= PARTS_MAX; pdu = pdu->next) {
        part_add(parts, &count, pdu->head, pdu->head_bytes, &skip);
        part_add(parts, &count, pdu->data, pdu->data_bytes, &skip);
        part_add(parts, &count, &pdu->ddgst, pdu->ddgst_bytes, &skip);
    }
    return count;
}

static void sent(struct target_connection *connection, size_t bytes)
{
    while (bytes > 0) {
        struct target_pdu *pdu = connection->out_first;
        const uint32_t left = pdu_bytes(pdu) - connection->out_sent;

        if (bytes < left) {
            connection->out_sent += (uint32_t)bytes;
            return;
        }
        bytes -= left;
        connection->out_sent = 0;
        connection->out_first = pdu->next;
        if (connection->out_first == NULL)
            connection->out_last = NULL;
        connection->out_count--;
        pdu_free(connection, pdu);
    }
}

static void hang_up(struct target_connection *connection)
{
    if (connection->hung_up)
        return;
    connection->hung_up = true;
    shutdown(connection->socket, SHUT_WR);
}

void target_flush(struct target_connection *connection)
{
    struct iovec parts[PARTS_MAX];

    connection->writable_wanted = false;
    while (connection->out_first != NULL && !connection->dead) {
        struct msghdr message = {.msg_iov = parts};

        message.msg_iovlen = (size_t)parts_gather(connection, parts);
        const ssize_t bytes = sendmsg(connection->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            connection->writable_wanted = true;
            return;
        }
        if (bytes < 0) {
            target_leave(connection, "its connection broke");
            connection->dead = true;
            return;
        }
        if (connection->flow != NULL)
            tcp_trace_sent(connection->flow, parts, (int)message.msg_iovlen, (size_t)bytes);
        sent(connection, (size_t)bytes);
    }
    if (connection->ending && !connection->dead)
        hang_up(connection);
}

void target_send_data_end(struct target_connection *connection)
{
    struct target_pdu *pdu = connection->out_first;
    struct target_pdu *next;
    bool cut = false;

    if (connection->out_sent != 0 && pdu->data_bytes != 0)
        connection->dead = true; /* half of it is out, and the other half is about to be forgotten */
    connection->out_first = NULL;
    connection->out_last = NULL;
    connection->out_count = 0;
    for (; pdu != NULL; pdu = next) {
        next = pdu->next;
        /* Nothing behind the first data that is lost: its completion would tell of data that never came. */
        cut = cut || pdu->data_bytes != 0;
        if (!cut) {
            append(connection, pdu);
        } else {
            pdu->slot = TARGET_NO_SLOT;
            pdu_free(connection, pdu);
        }
    }
    for (pdu = connection->out_held; pdu != NULL; pdu = next) {
        next = pdu->next;
        pdu->slot = TARGET_NO_SLOT;
        pdu_free(connection, pdu);
    }
    connection->out_held = NULL;
}

static void list_free(struct target_pdu *pdu)
{
    while (pdu != NULL) {
        struct target_pdu *next = pdu->next;

        free(pdu->own);
        free(pdu);
        pdu = next;
    }
}

void target_send_release(struct target_connection *connection)
{
    list_free(connection->out_first);
    list_free(connection->out_held);
    list_free(connection->out_free);
    connection->out_first = NULL;
    connection->out_last = NULL;
    connection->out_held = NULL;
    connection->out_free = NULL;
    connection->out_count = 0;
}
