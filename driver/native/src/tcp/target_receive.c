/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to PDUs: each is acted on when all of it is there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "integrity/crc32c.h"
#include "tcp/target.h"
#include "tcp/trace.h"

void target_refuse(struct target_connection *connection, const struct bell_pdu_fault *fault, const void *pdu,
                   uint32_t pdu_bytes)
{
    struct target_pdu *term = target_pdu_new(connection, NVME_TCP_C2H_TERM_REQ);
    char reason[200];

    snprintf(reason, sizeof reason, "it broke the protocol: %s", fault->text);
    target_leave(connection, reason);
    connection->ending = true;
    connection->deadline_ns = bell_now() + TARGET_LINGER_NS;
    if (term == NULL)
        return;
    static_assert(sizeof term->head >= sizeof(struct nvme_tcp_term_req) + NVME_TCP_TERM_DATA_MAX, "room for a TermReq");
    term->head_bytes = bell_pdu_term_fill(term->head, NVME_TCP_C2H_TERM_REQ, fault, pdu, pdu_bytes);
    target_pdu_send_raw(connection, term);
}

/* ---- the handshake, TCP 3.4.2 ------------------------------------------------------------------------------------ */

static int greet(struct target_connection *connection, const struct nvme_tcp_ic_req *req, struct bell_pdu_fault *fault)
{
    struct target_pdu *pdu;
    struct nvme_tcp_ic_resp *resp;

    if (connection->greeted)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_SEQUENCE, 0, "a second ICReq");
    if (req->pfv != NVME_TCP_PFV_1_0)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_PARAMETER, offsetof(struct nvme_tcp_ic_req, pfv),
                                  "ICReq with PFV %u; 0 is the only one known", req->pfv);
    if (req->hpda > NVME_TCP_PDA_MAX)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_ic_req, hpda),
                                  "ICReq with HPDA %u above %u", req->hpda, NVME_TCP_PDA_MAX);
    if ((req->dgst & ~(NVME_TCP_DGST_HEADER | NVME_TCP_DGST_DATA)) != 0)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_ic_req, dgst),
                                  "ICReq with DGST %02xh", req->dgst);
    pdu = target_pdu_new(connection, NVME_TCP_IC_RESP);
    if (pdu == NULL)
        return 0;
    resp = (struct nvme_tcp_ic_resp *)pdu->head;
    resp->pfv = NVME_TCP_PFV_1_0;
    resp->cpda = connection->rules.pda;
    resp->dgst = req->dgst;
    resp->maxh2cdata = TARGET_H2C_DATA;
    target_pdu_send(connection, pdu, NULL); /* before digests are in force */
    connection->rules.hdgst = (req->dgst & NVME_TCP_DGST_HEADER) != 0;
    connection->rules.ddgst = (req->dgst & NVME_TCP_DGST_DATA) != 0;
    connection->hpda = req->hpda;
    connection->greeted = true;
    return 0;
}

/* ---- one PDU ----------------------------------------------------------------------------------------------------- */

static void terminated(struct target_connection *connection, const struct nvme_tcp_term_req *term)
{
    char text[120];
    char reason[200];

    bell_pdu_term_text(term, text, sizeof text);
    snprintf(reason, sizeof reason, "the host ended the connection: %s", text);
    target_leave(connection, reason);
    connection->dead = true;
}

/* With all of its bytes. Return: 0, or -EPROTO with *fault. */
static int pdu_act(struct target_connection *connection, const union nvme_tcp_pdu *pdu, const uint8_t *data,
                   const struct bell_pdu_parts *parts, struct bell_pdu_fault *fault)
{
    bool intact = true;

    if (!connection->greeted && pdu->header.type != NVME_TCP_IC_REQ && pdu->header.type != NVME_TCP_H2C_TERM_REQ)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_SEQUENCE, 0, "%s before ICReq", bell_pdu_name(pdu->header.type));
    if (parts->ddgst != 0) {
        uint32_t digest;

        memcpy(&digest, data + parts->data, sizeof digest);
        intact = digest == bell_crc32c(0, data, parts->data);
    }
    switch (pdu->header.type) {
    case NVME_TCP_IC_REQ:
        return greet(connection, &pdu->ic_req, fault);
    case NVME_TCP_H2C_TERM_REQ:
        terminated(connection, &pdu->term_req);
        return 0;
    case NVME_TCP_CAPSULE_CMD: {
        struct nvme_sqe sqe = pdu->capsule_cmd.sqe;
        struct bell_pdu_fault wrong = {0};

        if (connection->association == NULL || sqe.opcode == NVME_ADMIN_FABRICS || !intact)
            target_fabrics(connection, &sqe, intact ? data : NULL, intact ? parts->data : UINT32_MAX);
        else
            target_command(connection, &sqe, data, parts->data, &wrong);
        if (wrong.fes == 0)
            return 0;
        *fault = wrong;
        return -EPROTO;
    }
    default: { /* H2CData: bell_pdu_check lets nothing else through */
        const int err = connection->association == NULL || connection->association->subsystem == NULL
                            ? bell_pdu_fault_set(fault, NVME_TCP_FES_SEQUENCE, 0, "H2CData that no R2T has asked for")
                            : target_data(connection, &pdu->data, data, intact, fault);

        return err;
    }
    }
}

/* The PDU at `bytes`, if all of it is there. Return: its length, 0: more must come, or -EPROTO with *fault. */
static int pdu_take(struct target_connection *connection, const uint8_t *bytes, uint32_t room,
                    struct bell_pdu_fault *fault)
{
    union nvme_tcp_pdu pdu; /* aligned, which the stream's bytes need not be */
    struct bell_pdu_parts parts;
    int err;

    if (room < sizeof pdu.header)
        return 0;
    memcpy(&pdu.header, bytes, sizeof pdu.header);
    err = bell_pdu_check(&connection->rules, &pdu.header, &parts, fault);
    if (err != 0)
        return err;
    if (room < parts.header + parts.hdgst)
        return 0;
    memcpy(&pdu, bytes, parts.header + parts.hdgst);
    err = bell_pdu_check_header(&connection->rules, &pdu, &parts, fault);
    if (err != 0)
        return err;
    if (room < pdu.header.plen)
        return 0;
    err = pdu_act(connection, &pdu, bytes + parts.header + parts.hdgst + parts.pad, &parts, fault);
    return err != 0 ? err : (int)pdu.header.plen;
}

static void pdus_take(struct target_connection *connection)
{
    uint32_t at = 0;

    while (at < connection->in_bytes && !connection->ending && !connection->dead) {
        struct bell_pdu_fault fault = {0};
        const int bytes = pdu_take(connection, connection->in + at, connection->in_bytes - at, &fault);

        if (bytes == 0)
            break;
        if (bytes < 0) {
            const uint32_t left = connection->in_bytes - at;

            target_refuse(connection, &fault, connection->in + at,
                          left < NVME_TCP_TERM_DATA_MAX ? left : NVME_TCP_TERM_DATA_MAX);
            break;
        }
        at += (uint32_t)bytes;
    }
    connection->in_bytes -= at;
    memmove(connection->in, connection->in + at, connection->in_bytes);
}

void target_receive(struct target_connection *connection)
{
    ssize_t bytes;

    if (connection->ending)
        connection->in_bytes = 0; /* whatever it says now */
    do
        bytes = recv(connection->socket, connection->in + connection->in_bytes,
                     TARGET_RECEIVE_BYTES - connection->in_bytes, MSG_DONTWAIT);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (bytes <= 0) {
        target_leave(connection, bytes == 0 ? "the host has left" : "its connection broke");
        connection->dead = true;
        return;
    }
    if (connection->flow != NULL)
        tcp_trace_received(connection->flow, connection->in + connection->in_bytes, (size_t)bytes);
    connection->in_bytes += (uint32_t)bytes;
    if (!connection->ending)
        pdus_take(connection);
}
