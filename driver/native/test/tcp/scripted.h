/* SPDX-License-Identifier: Apache-2.0 */
/* A target that a thread of the test runs, and a host that says what the test's script says, byte by byte. */
#ifndef BELL_TEST_TCP_SCRIPTED_H
#define BELL_TEST_TCP_SCRIPTED_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
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
#include "spec/tcp.h"
#include "support/clock.h"
#include "tcp/pdu.h"

#define PATIENCE_MS 60000

/* ---- the target -------------------------------------------------------------------------------------------------- */

struct served_target {
    bell_target *target;
    pthread_t thread;
    struct sockaddr_storage address;
    socklen_t address_bytes;
    char nqn[256];
};

static inline void *target_thread(void *target)
{
    return (void *)(intptr_t)bell_target_run(target);
}

/* The first of its listeners, and the first of its subsystems. */
static inline void target_places(struct served_target *served)
{
    bell_target_info *info = calloc(1, sizeof *info);
    assert_int_equal(bell_target_get_info(served->target, info), 0);
    char *text = info->addresses;
    text[strcspn(text, "\n")] = '\0';
    char *colon = strrchr(text, ':');
    *colon = '\0';
    memset(&served->address, 0, sizeof served->address);
    if (text[0] == '[') {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&served->address;
        colon[-1] = '\0';
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)atoi(colon + 1));
        assert_int_equal(inet_pton(AF_INET6, text + 1, &in6->sin6_addr), 1);
        served->address_bytes = sizeof *in6;
    } else {
        struct sockaddr_in *in = (struct sockaddr_in *)&served->address;
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)atoi(colon + 1));
        assert_int_equal(inet_pton(AF_INET, text, &in->sin_addr), 1);
        served->address_bytes = sizeof *in;
    }
    const size_t length = strcspn(info->subsystems, "\n");
    assert_true(length < sizeof served->nqn);
    memcpy(served->nqn, info->subsystems, length);
    served->nqn[length] = '\0';
    free(info);
}

static inline void target_start(struct served_target *served, const char *text)
{
    int rc = bell_target_open(text, &served->target);
    if (rc < 0)
        fail_msg("bell_target_open = %d: %s", rc, bell_last_error());
    assert_int_equal(pthread_create(&served->thread, NULL, target_thread, served->target), 0);
    target_places(served);
}

static inline void target_end(struct served_target *served)
{
    void *result = NULL;
    assert_int_equal(bell_target_stop(served->target), 0);
    pthread_join(served->thread, &result);
    assert_null(result);
    int rc = bell_target_close(served->target);
    if (rc < 0)
        fail_msg("bell_target_close = %d: %s", rc, bell_last_error());
}

/* ---- the host ---------------------------------------------------------------------------------------------------- */

struct host {
    int socket;
    uint8_t hpda; /* asked for; the data of C2HData must be aligned so */
    bool hdgst;
    bool ddgst;
    uint8_t cpda;
    uint32_t maxh2cdata;
    uint16_t cid;
};

/* A PDU as it came. */
struct incoming {
    union nvme_tcp_pdu head;
    uint8_t *data;
    uint32_t bytes; /* of data */
};

static inline void host_open(struct host *host, const struct served_target *served)
{
    memset(host, 0, sizeof *host);
    host->socket = socket(served->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(host->socket >= 0);
    assert_int_equal(connect(host->socket, (const struct sockaddr *)&served->address, served->address_bytes), 0);
}

static inline void host_close(struct host *host)
{
    close(host->socket);
    host->socket = -1;
}

static inline void host_send(const struct host *host, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    while (bytes > 0) {
        ssize_t sent = send(host->socket, at, bytes, MSG_NOSIGNAL);
        assert_true(sent > 0);
        at += sent;
        bytes -= (size_t)sent;
    }
}

/* Return: false at the end of the stream. */
static inline bool host_receive(const struct host *host, void *data, size_t bytes)
{
    uint8_t *at = data;
    while (bytes > 0) {
        struct pollfd wanted = {.fd = host->socket, .events = POLLIN};
        if (poll(&wanted, 1, PATIENCE_MS) != 1)
            fail_msg("the target says nothing");
        ssize_t got = recv(host->socket, at, bytes, 0);
        if (got <= 0)
            return false;
        at += got;
        bytes -= (size_t)got;
    }
    return true;
}

/* The next PDU, with digests checked. Return: false when the target has closed the connection. */
static inline bool host_next(const struct host *host, struct incoming *pdu)
{
    const struct bell_pdu_rules rules = {.hdgst = host->hdgst, .ddgst = host->ddgst, .pda = host->hpda};
    struct bell_pdu_parts parts;
    struct bell_pdu_fault fault;
    uint8_t padding[NVME_TCP_PADDING_MAX];
    memset(pdu, 0, sizeof *pdu);
    if (!host_receive(host, &pdu->head.header, sizeof pdu->head.header))
        return false;
    if (bell_pdu_check(&rules, &pdu->head.header, &parts, &fault) != 0)
        fail_msg("%s", fault.text);
    assert_true(host_receive(host, pdu->head.bytes + 8, parts.header + parts.hdgst - 8));
    if (bell_pdu_check_header(&rules, &pdu->head, &parts, &fault) != 0)
        fail_msg("%s", fault.text);
    assert_true(host_receive(host, padding, parts.pad));
    pdu->bytes = parts.data;
    if (parts.data != 0) {
        pdu->data = malloc(parts.data);
        assert_true(host_receive(host, pdu->data, parts.data));
    }
    if (parts.ddgst != 0) {
        uint32_t digest;
        assert_true(host_receive(host, &digest, sizeof digest));
        assert_int_equal(digest, bell_crc32c(0, pdu->data, parts.data));
    }
    return true;
}

static inline void incoming_free(struct incoming *pdu)
{
    free(pdu->data);
    pdu->data = NULL;
}

/* A PDU of this kind must come. */
static inline void host_expect(const struct host *host, uint8_t type, struct incoming *pdu)
{
    if (!host_next(host, pdu))
        fail_msg("the target has closed the connection instead of sending %s", bell_pdu_name(type));
    if (pdu->head.header.type != type)
        fail_msg("%s instead of %s", bell_pdu_name(pdu->head.header.type), bell_pdu_name(type));
}

static inline void host_expect_end(const struct host *host)
{
    struct incoming pdu;
    while (host_next(host, &pdu))
        incoming_free(&pdu);
}

/* Seal and send a PDU; body and own flags are set. */
static inline void host_send_pdu(const struct host *host, union nvme_tcp_pdu *pdu, const void *data, uint32_t bytes)
{
    static const uint8_t zeroes[NVME_TCP_PADDING_MAX];
    uint32_t header;
    uint32_t start = bell_pdu_seal(pdu, host->hdgst, host->ddgst, host->cpda, bytes, &header);
    host_send(host, pdu->bytes, header);
    host_send(host, zeroes, start - header);
    if (bytes != 0) {
        host_send(host, data, bytes);
        if (host->ddgst) {
            uint32_t digest = bell_crc32c(0, data, bytes);
            host_send(host, &digest, sizeof digest);
        }
    }
}

static inline void host_greet(struct host *host, uint8_t digests, uint8_t hpda)
{
    union nvme_tcp_pdu pdu = {.ic_req = {.header.type = NVME_TCP_IC_REQ, .dgst = digests, .hpda = hpda}};
    struct incoming answer;
    host_send_pdu(host, &pdu, NULL, 0);
    host_expect(host, NVME_TCP_IC_RESP, &answer);
    assert_int_equal(answer.head.ic_resp.pfv, 0);
    assert_int_equal(answer.head.ic_resp.dgst, digests);
    assert_true(answer.head.ic_resp.maxh2cdata >= NVME_TCP_H2CDATA_MIN);
    host->maxh2cdata = answer.head.ic_resp.maxh2cdata;
    host->cpda = answer.head.ic_resp.cpda;
    host->hpda = hpda;
    host->hdgst = (digests & NVME_TCP_DGST_HEADER) != 0;
    host->ddgst = (digests & NVME_TCP_DGST_DATA) != 0;
}

static inline void host_capsule(const struct host *host, const void *sqe, const void *data, uint32_t bytes)
{
    union nvme_tcp_pdu pdu = {.header.type = NVME_TCP_CAPSULE_CMD};
    memcpy(&pdu.capsule_cmd.sqe, sqe, sizeof pdu.capsule_cmd.sqe);
    host_send_pdu(host, &pdu, data, bytes);
}

static inline struct nvme_cqe host_response(const struct host *host)
{
    struct incoming pdu;
    host_expect(host, NVME_TCP_CAPSULE_RESP, &pdu);
    return pdu.head.capsule_resp.cqe;
}

/* ---- Fabrics ----------------------------------------------------------------------------------------------------- */

static inline struct nvme_sgl sgl_of(uint8_t id, uint32_t length)
{
    return (struct nvme_sgl){.length = length, .id = id};
}

struct connection {
    const char *nqn;
    uint16_t qid;
    uint16_t sqsize;
    uint16_t cntlid;
    uint8_t cattr;
    uint32_t kato;
    uint8_t host; /* a number that makes a host's name and identifier */
    uint16_t recfmt;
};

static inline struct nvme_cqe host_connect(struct host *host, const struct connection *wanted)
{
    struct nvmf_connect_data data = {.cntlid = wanted->qid == 0 && wanted->cntlid == 0 ? NVMF_CNTLID_DYNAMIC
                                                                                       : wanted->cntlid};
    struct nvmf_connect command = {.opcode = NVME_ADMIN_FABRICS,
                                   .flags = NVME_PSDT_SGL_MPTR_BUFFER << 6,
                                   .cid = host->cid++,
                                   .fctype = NVMF_CONNECT,
                                   .sgl1 = sgl_of(NVME_SGL_IN_CAPSULE, sizeof data),
                                   .recfmt = wanted->recfmt,
                                   .qid = wanted->qid,
                                   .sqsize = wanted->sqsize,
                                   .cattr = wanted->cattr,
                                   .kato = wanted->kato};
    snprintf(data.subnqn, sizeof data.subnqn, "%s", wanted->nqn);
    snprintf(data.hostnqn, sizeof data.hostnqn, "nqn.2026-01.dev.doorbell:test:host%u", wanted->host);
    memset(data.hostid, 0x40 + wanted->host, sizeof data.hostid);
    host_capsule(host, &command, &data, sizeof data);
    return host_response(host);
}

static inline struct nvme_cqe host_property(struct host *host, bool set, uint32_t offset, uint32_t width,
                                            uint64_t value)
{
    struct nvmf_property command = {.opcode = NVME_ADMIN_FABRICS,
                                    .flags = NVME_PSDT_SGL_MPTR_BUFFER << 6,
                                    .cid = host->cid++,
                                    .fctype = set ? NVMF_PROPERTY_SET : NVMF_PROPERTY_GET,
                                    .attrib = width == 8 ? NVMF_PROPERTY_8_BYTES : 0,
                                    .offset = offset,
                                    .value = value};
    host_capsule(host, &command, NULL, 0);
    struct nvme_cqe cqe = host_response(host);
    assert_int_equal(cqe.cid, command.cid);
    return cqe;
}

static inline uint64_t host_get(struct host *host, uint32_t offset, uint32_t width)
{
    struct nvme_cqe cqe = host_property(host, false, offset, width, 0);
    assert_int_equal(nvme_cqe_status(&cqe), 0);
    return cqe.dw0 | (uint64_t)cqe.dw1 << 32;
}

static inline void host_set(struct host *host, uint32_t offset, uint32_t width, uint64_t value)
{
    struct nvme_cqe cqe = host_property(host, true, offset, width, value);
    assert_int_equal(nvme_cqe_status(&cqe), 0);
}

#define CC_ENABLE (NVME_CC_EN | 6u << 16 | 4u << 20)

static inline void host_enable(struct host *host)
{
    host_set(host, NVME_REG_CC, 4, CC_ENABLE);
    while ((host_get(host, NVME_REG_CSTS, 4) & NVME_CSTS_RDY) == 0)
        ;
}

/* Until the host before has gone for good: closing its socket does not wait for that. */
static inline void target_settle(const struct served_target *served)
{
    bell_target_info *info = calloc(1, sizeof *info);
    const uint64_t until = bell_now() + PATIENCE_MS * BELL_NS_PER_MS;
    do
        assert_int_equal(bell_target_get_info(served->target, info), 0);
    while (info->associations != 0 && bell_now() < until && usleep(1000) == 0);
    assert_int_equal(info->associations, 0);
    free(info);
}

/* A host with a controller: handshake, Connect, enabled. There may be no other. */
static inline void host_admin(struct host *host, const struct served_target *served, uint8_t digests)
{
    const struct connection wanted = {.nqn = served->nqn, .sqsize = 31};
    target_settle(served);
    host_open(host, served);
    host_greet(host, digests, 0);
    struct nvme_cqe cqe = host_connect(host, &wanted);
    if (cqe.status != 0)
        fail_msg("Connect of the admin queue: status %03xh", nvme_cqe_status(&cqe));
    host_enable(host);
}

/* Another connection of the same host. */
static inline void host_io(struct host *host, const struct served_target *served, uint8_t digests, uint16_t qid,
                           uint16_t entries, uint8_t cattr)
{
    const struct connection wanted = {
        .nqn = served->nqn, .qid = qid, .sqsize = entries - 1, .cntlid = 1, .cattr = cattr};
    host_open(host, served);
    host_greet(host, digests, 0);
    struct nvme_cqe cqe = host_connect(host, &wanted);
    if (cqe.status != 0)
        fail_msg("Connect of I/O queue %u: status %03xh", qid, nvme_cqe_status(&cqe));
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static inline struct nvme_sqe command_of(struct host *host, uint8_t opcode, uint32_t nsid, uint8_t sgl, uint32_t bytes)
{
    struct nvme_sqe sqe = {.opcode = opcode, .flags = NVME_PSDT_SGL_MPTR_BUFFER << 6, .cid = host->cid++, .nsid = nsid};
    const struct nvme_sgl pointer = sgl_of(sgl, bytes);
    memcpy(&sqe.prp1, &pointer, sizeof pointer);
    return sqe;
}

static inline struct nvme_sqe io_of(struct host *host, uint8_t opcode, uint64_t lba, uint32_t blocks, uint8_t sgl,
                                    uint32_t bytes)
{
    struct nvme_sqe sqe = command_of(host, opcode, 1, sgl, bytes);
    sqe.cdw10 = (uint32_t)lba;
    sqe.cdw11 = (uint32_t)(lba >> 32);
    sqe.cdw12 = blocks - 1;
    return sqe;
}

/* Send a command that brings data back; into `data`, which has `bytes`. Return: its status. */
static inline uint16_t host_fetch(const struct host *host, const struct nvme_sqe *sqe, void *data, uint32_t bytes)
{
    struct incoming pdu;
    host_capsule(host, sqe, NULL, 0);
    assert_true(host_next(host, &pdu));
    if (pdu.head.header.type == NVME_TCP_C2H_DATA) {
        assert_int_equal(pdu.head.data.cccid, sqe->cid);
        assert_int_equal(pdu.head.data.datao, 0);
        assert_true(pdu.head.data.datal == pdu.bytes && pdu.bytes <= bytes);
        assert_true((pdu.head.header.flags & NVME_TCP_FLAG_LAST) != 0);
        memcpy(data, pdu.data, pdu.bytes);
        incoming_free(&pdu);
        if ((pdu.head.header.flags & NVME_TCP_FLAG_SUCCESS) != 0)
            return 0;
        host_expect(host, NVME_TCP_CAPSULE_RESP, &pdu);
    }
    assert_int_equal(pdu.head.header.type, NVME_TCP_CAPSULE_RESP);
    assert_int_equal(pdu.head.capsule_resp.cqe.cid, sqe->cid);
    return nvme_cqe_status(&pdu.head.capsule_resp.cqe);
}

/* Answer the R2Ts of a write with H2CData of at most `most` bytes each. Return: its status. */
static inline uint16_t host_feed(const struct host *host, const struct nvme_sqe *sqe, const void *data, uint32_t most)
{
    struct incoming pdu;
    for (;;) {
        assert_true(host_next(host, &pdu));
        if (pdu.head.header.type == NVME_TCP_CAPSULE_RESP)
            break;
        assert_int_equal(pdu.head.header.type, NVME_TCP_R2T);
        assert_int_equal(pdu.head.r2t.cccid, sqe->cid);
        const struct nvme_tcp_r2t r2t = pdu.head.r2t;
        for (uint32_t done = 0; done < r2t.r2tl;) {
            const uint32_t part = r2t.r2tl - done < most ? r2t.r2tl - done : most;
            union nvme_tcp_pdu out = {.data = {.header.type = NVME_TCP_H2C_DATA,
                                               .cccid = r2t.cccid,
                                               .ttag = r2t.ttag,
                                               .datao = r2t.r2to + done,
                                               .datal = part}};
            if (done + part == r2t.r2tl)
                out.header.flags = NVME_TCP_FLAG_LAST;
            host_send_pdu(host, &out, (const uint8_t *)data + r2t.r2to + done, part);
            done += part;
        }
    }
    assert_int_equal(pdu.head.capsule_resp.cqe.cid, sqe->cid);
    return nvme_cqe_status(&pdu.head.capsule_resp.cqe);
}

#endif
