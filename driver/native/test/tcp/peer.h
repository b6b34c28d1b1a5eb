/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small NVMe/TCP controller for tests of the host's side: a thread a connection, one namespace of 64 KiB blocks'
 * worth of memory, and faults at the wish of a test. It answers just what the driver sends, in every way that the
 * transport allows: any alignment, digests, data in pieces, R2Ts side by side, responses folded into the last data.
 */
#ifndef BELL_TEST_TCP_PEER_H
#define BELL_TEST_TCP_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "doorbell.h"
#include "integrity/crc32c.h"
#include "spec/nvme.h"
#include "tcp/pdu.h"

enum { PEER_CONNECTIONS = 64, PEER_DISK = 4 << 20, PEER_LBA = 512, PEER_DATA = 1 << 20, PEER_BLOCKS_LOG = 9 };

/* What happens instead of the answer to the next I/O command (opcode read or write), or to a step before. */
enum peer_fault {
    PEER_FINE,
    PEER_CLOSE,        /* the connection ends */
    PEER_CLOSE_IN_PDU, /* in the middle of a PDU */
    PEER_BAD_TYPE,     /* PDU type 0Ch */
    PEER_BAD_HLEN,
    PEER_BAD_PLEN,
    PEER_BAD_HEADER_DIGEST,
    PEER_BAD_DATA_DIGEST,
    PEER_DATA_BEYOND, /* C2HData past the buffer */
    PEER_DATA_DISORDER,
    PEER_DATA_UNKNOWN, /* for a CID that is not outstanding */
    PEER_R2T_BEYOND,
    PEER_R2T_FLOOD,      /* more R2Ts than MAXR2T */
    PEER_EARLY_RESPONSE, /* before the data were sent that an R2T asked for */
    PEER_TERM,           /* C2HTermReq */
    PEER_SILENCE,        /* no answer, for this command */
    PEER_FREEZE,         /* no answer on any connection from now on */
    PEER_WRONG_CID,      /* a response that belongs to no command, then the right one */
};

struct peer {
    /* set before peer_start */
    bool hdgst, ddgst; /* what ICResp says */
    uint8_t cpda;
    uint32_t maxh2c;   /* 0: 8192 */
    uint32_t ioccsz;   /* 0: no in-capsule data */
    uint32_t r2t_each; /* bytes of an R2T; 0: all at once */
    uint32_t piece;    /* bytes of a C2HData; 0: all at once */
    bool success;      /* SUCCESS in the last C2HData */
    uint16_t connect_status;
    uint32_t connect_dword;
    uint32_t icresp_pfv;
    const char *greeting; /* raw bytes instead of ICResp */
    size_t greeting_bytes;

    int listener;
    uint16_t port;
    char address[300];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_t threads[PEER_CONNECTIONS];
    int sockets[PEER_CONNECTIONS];
    uint32_t count;
    atomic_bool stop;
    atomic_int fault;
    atomic_uint keep_alives, associations, io_connections, in_capsule, h2c_pdus, terms;
    atomic_uint cc;
    struct nvme_tcp_term_req last_term;
    struct nvme_sqe last_io; /* under lock */
    uint8_t *disk;
};

/* A capsule that came while the data of another command were awaited. */
struct peer_capsule {
    union nvme_tcp_pdu pdu;
    struct bell_pdu_parts parts;
    uint8_t *data;
};

struct peer_link {
    struct peer *peer;
    int fd;
    struct bell_pdu_rules rules;
    uint8_t hpda;
    uint32_t maxr2t;
    union nvme_tcp_pdu pdu;
    struct bell_pdu_parts parts;
    uint8_t *data;
    struct peer_capsule waiting[256];
    uint8_t first, end;
    uint16_t qid;
    uint16_t sqhd;
};

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static inline bool peer_read(struct peer_link *link, void *to, size_t bytes)
{
    char *at = to;
    while (bytes > 0) {
        struct pollfd wanted = {.fd = link->fd, .events = POLLIN};
        if (atomic_load(&link->peer->stop))
            return false;
        if (poll(&wanted, 1, 20) <= 0)
            continue;
        ssize_t got = recv(link->fd, at, bytes, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (got > 0) {
            at += got;
            bytes -= (size_t)got;
        }
    }
    return true;
}

static inline bool peer_write(struct peer_link *link, const void *from, size_t bytes)
{
    const char *at = from;
    while (bytes > 0) {
        struct pollfd wanted = {.fd = link->fd, .events = POLLOUT};
        if (atomic_load(&link->peer->stop))
            return false;
        if (poll(&wanted, 1, 20) <= 0)
            continue;
        ssize_t sent = send(link->fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent > 0) {
            at += sent;
            bytes -= (size_t)sent;
        }
    }
    return true;
}

/* One PDU into link->pdu, its data to `data`. */
static inline bool peer_receive(struct peer_link *link, uint8_t *data, uint32_t room)
{
    struct bell_pdu_fault fault;
    uint8_t pad[NVME_TCP_PADDING_MAX], digest[4];
    if (!peer_read(link, &link->pdu, sizeof link->pdu.header))
        return false;
    if (bell_pdu_check(&link->rules, &link->pdu.header, &link->parts, &fault) < 0) {
        fprintf(stderr, "peer: %s\n", fault.text);
        return false;
    }
    uint32_t rest = link->parts.header + link->parts.hdgst - (uint32_t)sizeof link->pdu.header;
    if (!peer_read(link, link->pdu.bytes + sizeof link->pdu.header, rest))
        return false;
    if (bell_pdu_check_header(&link->rules, &link->pdu, &link->parts, &fault) < 0 || link->parts.data > room) {
        fprintf(stderr, "peer: %s\n", fault.text);
        return false;
    }
    if (!peer_read(link, pad, link->parts.pad) || !peer_read(link, data, link->parts.data) ||
        !peer_read(link, digest, link->parts.ddgst))
        return false;
    if (link->pdu.header.type == NVME_TCP_H2C_TERM_REQ) {
        pthread_mutex_lock(&link->peer->lock);
        link->peer->last_term = link->pdu.term_req;
        pthread_mutex_unlock(&link->peer->lock);
        atomic_fetch_add(&link->peer->terms, 1);
        return false;
    }
    uint32_t crc = bell_crc32c(0, data, link->parts.data);
    if (link->parts.ddgst && memcmp(digest, &crc, 4) != 0) {
        fprintf(stderr, "peer: the host's data digest is wrong\n");
        return false;
    }
    return true;
}

static inline bool peer_send(struct peer_link *link, union nvme_tcp_pdu *pdu, const void *data, uint32_t bytes,
                             int fault)
{
    static const uint8_t zeros[NVME_TCP_PADDING_MAX];
    uint32_t header;
    uint32_t start = bell_pdu_seal(pdu, link->rules.hdgst, link->rules.ddgst, link->hpda, bytes, &header);
    uint32_t crc = bell_crc32c(0, data, bytes);
    if (fault == PEER_BAD_HLEN)
        pdu->header.hlen++;
    if (fault == PEER_BAD_PLEN)
        pdu->header.plen = 7;
    if (fault == PEER_BAD_TYPE)
        pdu->header.type = 0x0c;
    if (fault == PEER_BAD_HEADER_DIGEST)
        pdu->bytes[header - 1] ^= 1;
    if (fault == PEER_BAD_DATA_DIGEST)
        crc ^= 1;
    if (fault == PEER_CLOSE_IN_PDU) {
        peer_write(link, pdu, header / 2);
        return false;
    }
    return peer_write(link, pdu, header) && peer_write(link, zeros, start - header) && peer_write(link, data, bytes) &&
           (!bytes || !link->rules.ddgst || peer_write(link, &crc, 4));
}

static inline bool peer_respond(struct peer_link *link, uint16_t cid, uint64_t dwords, uint16_t status, int fault)
{
    union nvme_tcp_pdu pdu = {.capsule_resp = {
                                  .header = {.type = NVME_TCP_CAPSULE_RESP},
                                  .cqe = {.dw0 = (uint32_t)dwords,
                                          .dw1 = (uint32_t)(dwords >> 32),
                                          .sqhd = link->sqhd++,
                                          .sqid = link->qid,
                                          .cid = cid,
                                          .status = (uint16_t)(status << 1)},
                              }};
    return peer_send(link, &pdu, NULL, 0, fault);
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

static inline bool peer_data_out(struct peer_link *link, uint16_t cid, const uint8_t *data, uint32_t bytes, int fault)
{
    struct peer *peer = link->peer;
    uint32_t done = 0;
    bool success = peer->success;
    while (done < bytes) {
        uint32_t piece = peer->piece && peer->piece < bytes - done ? peer->piece : bytes - done;
        bool last = done + piece == bytes;
        union nvme_tcp_pdu pdu = {
            .data = {
                .header = {.type = NVME_TCP_C2H_DATA,
                           .flags = (uint8_t)(last ? NVME_TCP_FLAG_LAST | (success ? NVME_TCP_FLAG_SUCCESS : 0) : 0)},
                .cccid = fault == PEER_DATA_UNKNOWN ? (uint16_t)(cid + 77) : cid,
                .datao = fault == PEER_DATA_BEYOND     ? bytes
                         : fault == PEER_DATA_DISORDER ? done + 4
                                                       : done,
                .datal = fault == PEER_DATA_DISORDER ? 4 : piece}};
        if (!peer_send(link, &pdu, data + done, fault == PEER_DATA_DISORDER ? 4 : piece, fault))
            return false;
        done += piece;
    }
    return success || peer_respond(link, cid, 0, 0, PEER_FINE);
}

static inline bool peer_r2t(struct peer_link *link, uint16_t cid, uint32_t offset, uint32_t length, uint16_t ttag)
{
    union nvme_tcp_pdu pdu = {
        .r2t = {.header = {.type = NVME_TCP_R2T}, .cccid = cid, .ttag = ttag, .r2to = offset, .r2tl = length}};
    return peer_send(link, &pdu, NULL, 0, PEER_FINE);
}

/* One more R2T than the host allows, in one piece, so that none is answered before the last has come. */
static inline bool peer_flood(struct peer_link *link, uint16_t cid)
{
    uint8_t all[20 * 32];
    uint32_t bytes = 0;
    for (uint32_t i = 0; i <= link->maxr2t; i++) {
        union nvme_tcp_pdu pdu = {.r2t = {.header = {.type = NVME_TCP_R2T}, .cccid = cid, .r2to = 4 * i, .r2tl = 4}};
        uint32_t header;
        bell_pdu_seal(&pdu, link->rules.hdgst, false, 0, 0, &header);
        memcpy(all + bytes, &pdu, header);
        bytes += header;
    }
    return peer_write(link, all, bytes);
}

/* Ask for all data, as many R2Ts side by side as the host allows, and check that they come as asked for. */
static inline bool peer_data_in(struct peer_link *link, uint16_t cid, uint8_t *to, uint32_t bytes, int fault)
{
    struct peer *peer = link->peer;
    uint32_t each = peer->r2t_each ? peer->r2t_each : bytes;
    uint32_t asked = 0, done = 0, open = 0, tag = 0, expect = 0, within = 0;
    if (fault == PEER_R2T_BEYOND)
        return peer_r2t(link, cid, 4, bytes, 0);
    if (fault == PEER_R2T_FLOOD)
        return peer_flood(link, cid);
    while (done < bytes) {
        while (asked < bytes && open < link->maxr2t) {
            uint32_t length = each < bytes - asked ? each : bytes - asked;
            if (!peer_r2t(link, cid, asked, length, (uint16_t)tag++))
                return false;
            asked += length;
            open++;
        }
        if (fault == PEER_EARLY_RESPONSE)
            return peer_respond(link, cid, 0, 0, PEER_FINE);
        uint8_t piece[65536];
        if (!peer_receive(link, piece, sizeof piece))
            return false;
        if (link->pdu.header.type == NVME_TCP_CAPSULE_CMD) {
            struct peer_capsule *capsule = &link->waiting[link->end++];
            *capsule = (struct peer_capsule){.pdu = link->pdu, .parts = link->parts, .data = malloc(8192)};
            memcpy(capsule->data, piece, link->parts.data);
            continue;
        }
        if (link->pdu.header.type != NVME_TCP_H2C_DATA)
            return false;
        atomic_fetch_add(&peer->h2c_pdus, 1);
        const struct nvme_tcp_data *pdu = &link->pdu.data;
        if (pdu->cccid != cid || pdu->ttag != expect || pdu->datao != done || done + pdu->datal > bytes) {
            fprintf(stderr, "peer: H2CData out of order\n");
            return false;
        }
        memcpy(to + done, piece, pdu->datal);
        done += pdu->datal;
        within += pdu->datal;
        bool last = within == each || done == bytes;
        if (last != !!(pdu->header.flags & NVME_TCP_FLAG_LAST)) {
            fprintf(stderr, "peer: LAST is wrong\n");
            return false;
        }
        if (last) {
            expect++;
            open--;
            within = 0;
        }
    }
    return true;
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static inline bool peer_term(struct peer_link *link)
{
    struct bell_pdu_fault fault = {.fes = NVME_TCP_FES_LIMIT};
    uint8_t term[160];
    uint32_t bytes = bell_pdu_term_fill(term, NVME_TCP_C2H_TERM_REQ, &fault, &link->pdu, 24);
    peer_write(link, term, bytes);
    return false;
}

static inline bool peer_io(struct peer_link *link, const struct nvme_sqe *sqe)
{
    struct peer *peer = link->peer;
    uint64_t at = (sqe->cdw10 & 0x1fff) * (uint64_t)PEER_LBA;
    uint32_t bytes = ((sqe->cdw12 & 0xffff) + 1) * PEER_LBA;
    int fault = atomic_exchange(&peer->fault, PEER_FINE);
    pthread_mutex_lock(&peer->lock);
    peer->last_io = *sqe;
    pthread_mutex_unlock(&peer->lock);
    if (fault == PEER_FREEZE)
        atomic_store(&peer->fault, PEER_FREEZE);
    if (fault == PEER_SILENCE || fault == PEER_FREEZE)
        return true;
    if (fault == PEER_CLOSE)
        return false;
    if (fault == PEER_TERM)
        return peer_term(link);
    if (fault == PEER_WRONG_CID && !peer_respond(link, (uint16_t)(sqe->cid + 1000), 0, 0, PEER_FINE))
        return false;
    if (sqe->opcode == NVME_NVM_READ)
        return peer_data_out(link, sqe->cid, peer->disk + at, bytes, fault);
    if (sqe->opcode == NVME_NVM_WRITE && link->parts.data) {
        atomic_fetch_add(&peer->in_capsule, 1);
        memcpy(peer->disk + at, link->data, bytes < link->parts.data ? bytes : link->parts.data);
    } else if (sqe->opcode == NVME_NVM_WRITE) {
        uint16_t cid = sqe->cid;
        if (!peer_data_in(link, cid, peer->disk + at, bytes, fault))
            return false;
        return peer_respond(link, cid, 0, 0, fault);
    }
    return peer_respond(link, sqe->cid, 0, 0, fault);
}

static inline bool peer_identify(struct peer_link *link, const struct nvme_sqe *sqe)
{
    static const char model[] = "Scripted peer";
    struct nvme_identify_controller id = {.ioccsz = 4 + link->peer->ioccsz / 16, .iorcsz = 1, .kas = 10};
    memcpy(id.mn, model, sizeof model - 1);
    return peer_data_out(link, sqe->cid, (const uint8_t *)&id, sizeof id, PEER_FINE);
}

static inline bool peer_fabrics(struct peer_link *link, const struct nvme_sqe *sqe)
{
    struct peer *peer = link->peer;
    const struct nvmf_property *property = (const struct nvmf_property *)sqe;
    const struct nvmf_connect *connect = (const struct nvmf_connect *)sqe;
    uint32_t cc = atomic_load(&peer->cc);
    uint64_t value = 0;
    switch (property->fctype) {
    case NVMF_CONNECT:
        if (link->parts.data != sizeof(struct nvmf_connect_data))
            return false;
        link->qid = connect->qid;
        atomic_fetch_add(connect->qid ? &peer->io_connections : &peer->associations, 1);
        if (connect->qid == 0)
            atomic_store(&peer->cc, 0);
        return peer_respond(link, sqe->cid, peer->connect_dword ? peer->connect_dword : 7, peer->connect_status,
                            PEER_FINE);
    case NVMF_PROPERTY_SET:
        if (property->offset == NVME_REG_CC)
            atomic_store(&peer->cc, (uint32_t)property->value);
        return peer_respond(link, sqe->cid, 0, 0, PEER_FINE);
    case NVMF_PROPERTY_GET:
        if (property->offset == NVME_REG_CAP)
            value =
                NVME_PUT(1023, NVME_CAP_MQES) | NVME_PUT(60, NVME_CAP_TO) | NVME_PUT(1, NVME_CAP_CSS) | NVME_CAP_CQR;
        else if (property->offset == NVME_REG_CC)
            value = cc;
        else if (property->offset == NVME_REG_CSTS)
            value = (cc & NVME_CC_EN ? NVME_CSTS_RDY : 0) |
                    (cc & NVME_CC_SHN ? NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST) : 0);
        else if (property->offset == NVME_REG_VS)
            value = NVME_VS_2_0;
        else
            return peer_respond(link, sqe->cid, 0, NVME_SC_INVALID_FIELD, PEER_FINE);
        return peer_respond(link, sqe->cid, value, 0, PEER_FINE);
    default:
        return peer_respond(link, sqe->cid, 0, NVME_SC_INVALID_FIELD, PEER_FINE);
    }
}

static inline bool peer_command(struct peer_link *link)
{
    struct nvme_sqe sqe = link->pdu.capsule_cmd.sqe;
    if (atomic_load(&link->peer->fault) == PEER_FREEZE)
        return true;
    if (sqe.opcode == NVME_ADMIN_FABRICS)
        return peer_fabrics(link, &sqe);
    if (link->qid != 0)
        return peer_io(link, &sqe);
    switch (sqe.opcode) {
    case NVME_ADMIN_ASYNC_EVENT:
        return true; /* nothing ever happens here */
    case NVME_ADMIN_KEEP_ALIVE:
        atomic_fetch_add(&link->peer->keep_alives, 1);
        return peer_respond(link, sqe.cid, 0, 0, PEER_FINE);
    case NVME_ADMIN_IDENTIFY:
        return peer_identify(link, &sqe);
    default:
        return peer_respond(link, sqe.cid, 0, NVME_SC_INVALID_OPCODE, PEER_FINE);
    }
}

static inline bool peer_greet(struct peer_link *link)
{
    struct peer *peer = link->peer;
    link->rules = (struct bell_pdu_rules){.controller = true};
    if (!peer_receive(link, link->data, PEER_DATA) || link->pdu.header.type != NVME_TCP_IC_REQ)
        return false;
    if (peer->greeting) {
        peer_write(link, peer->greeting, peer->greeting_bytes);
        return false;
    }
    link->hpda = link->pdu.ic_req.hpda;
    link->maxr2t = link->pdu.ic_req.maxr2t + 1;
    struct nvme_tcp_ic_resp answer = {
        .header = {.type = NVME_TCP_IC_RESP, .hlen = sizeof answer, .plen = sizeof answer},
        .pfv = (uint16_t)peer->icresp_pfv,
        .cpda = peer->cpda,
        .dgst = (uint8_t)((peer->hdgst ? NVME_TCP_DGST_HEADER : 0) | (peer->ddgst ? NVME_TCP_DGST_DATA : 0)),
        .maxh2cdata = peer->maxh2c ? peer->maxh2c : 8192,
    };
    link->rules = (struct bell_pdu_rules){.controller = true,
                                          .hdgst = peer->hdgst,
                                          .ddgst = peer->ddgst,
                                          .pda = peer->cpda,
                                          .data_most = 8192,
                                          .h2c_most = answer.maxh2cdata};
    return peer_write(link, &answer, sizeof answer);
}

static inline bool peer_next(struct peer_link *link)
{
    if (link->first == link->end)
        return peer_receive(link, link->data, PEER_DATA);
    const struct peer_capsule *capsule = &link->waiting[link->first++];
    link->pdu = capsule->pdu;
    link->parts = capsule->parts;
    memcpy(link->data, capsule->data, capsule->parts.data);
    free(capsule->data);
    return true;
}

static inline void *peer_serve(void *context)
{
    struct peer_link *link = context;
    bool on = peer_greet(link);
    while (on && peer_next(link)) {
        on = link->pdu.header.type == NVME_TCP_CAPSULE_CMD && peer_command(link);
    }
    shutdown(link->fd, SHUT_RDWR);
    while (link->first != link->end)
        free(link->waiting[link->first++].data);
    free(link->data);
    free(link);
    return NULL;
}

/* ---- the listener ------------------------------------------------------------------------------------------------ */

static inline void *peer_listen(void *context)
{
    struct peer *peer = context;
    while (!atomic_load(&peer->stop)) {
        struct pollfd wanted = {.fd = peer->listener, .events = POLLIN};
        if (poll(&wanted, 1, 20) <= 0)
            continue;
        int fd = accept(peer->listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (peer->count == PEER_CONNECTIONS) {
            close(fd);
            continue;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct peer_link *link = calloc(1, sizeof *link);
        link->peer = peer;
        link->fd = fd;
        link->data = malloc(PEER_DATA);
        peer->sockets[peer->count] = fd;
        if (pthread_create(&peer->threads[peer->count], NULL, peer_serve, link) != 0)
            abort();
        peer->count++;
    }
    return NULL;
}

static inline void peer_start(struct peer *peer, const char *host_options)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof here;
    peer->disk = calloc(1, PEER_DISK);
    pthread_mutex_init(&peer->lock, NULL);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(peer->listener >= 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(peer->listener, 64), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&here, &bytes), 0);
    peer->port = ntohs(here.sin_port);
    snprintf(peer->address, sizeof peer->address,
             "tcp://127.0.0.1:%u/nqn.2014-08.example:peer?hostnqn=nqn.2014-08.example:host&"
             "hostid=11111111-2222-4333-8444-555555555555&timeout=60000%s",
             peer->port, host_options);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_listen, peer), 0);
}

static inline void peer_stop(struct peer *peer)
{
    atomic_store(&peer->stop, true);
    pthread_join(peer->thread, NULL);
    for (uint32_t i = 0; i < peer->count; i++) {
        pthread_join(peer->threads[i], NULL);
        close(peer->sockets[i]);
    }
    close(peer->listener);
    pthread_mutex_destroy(&peer->lock);
    free(peer->disk);
}

#endif
