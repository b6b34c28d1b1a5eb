/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp/pdu.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "integrity/crc32c.h"

#define AT(field) ((uint32_t)offsetof(struct nvme_tcp_header, field))

struct kind {
    const char *name;
    uint8_t hlen;
    uint8_t flags;   /* that have a meaning, digests included */
    bool controller; /* the controller receives it */
    bool data;       /* may carry data, described by PDO */
};

static const struct kind kinds[] = {
    [NVME_TCP_IC_REQ] = {"ICReq", sizeof(struct nvme_tcp_ic_req), 0, true, false},
    [NVME_TCP_IC_RESP] = {"ICResp", sizeof(struct nvme_tcp_ic_resp), 0, false, false},
    [NVME_TCP_H2C_TERM_REQ] = {"H2CTermReq", sizeof(struct nvme_tcp_term_req), 0, true, false},
    [NVME_TCP_C2H_TERM_REQ] = {"C2HTermReq", sizeof(struct nvme_tcp_term_req), 0, false, false},
    [NVME_TCP_CAPSULE_CMD] = {"CapsuleCmd", sizeof(struct nvme_tcp_capsule_cmd),
                              NVME_TCP_FLAG_HDGST | NVME_TCP_FLAG_DDGST, true, true},
    [NVME_TCP_CAPSULE_RESP] = {"CapsuleResp", sizeof(struct nvme_tcp_capsule_resp), NVME_TCP_FLAG_HDGST, false, false},
    [NVME_TCP_H2C_DATA] = {"H2CData", sizeof(struct nvme_tcp_data),
                           NVME_TCP_FLAG_HDGST | NVME_TCP_FLAG_DDGST | NVME_TCP_FLAG_LAST, true, true},
    [NVME_TCP_C2H_DATA] = {"C2HData", sizeof(struct nvme_tcp_data),
                           NVME_TCP_FLAG_HDGST | NVME_TCP_FLAG_DDGST | NVME_TCP_FLAG_LAST | NVME_TCP_FLAG_SUCCESS,
                           false, true},
    [NVME_TCP_R2T] = {"R2T", sizeof(struct nvme_tcp_r2t), NVME_TCP_FLAG_HDGST, false, false},
};

static const struct kind *kind_of(uint8_t type)
{
    return type < sizeof kinds / sizeof *kinds && kinds[type].name ? &kinds[type] : NULL;
}

const char *bell_pdu_name(uint8_t type)
{
    const struct kind *kind = kind_of(type);
    return kind ? kind->name : "unknown PDU";
}

uint8_t bell_pdu_header_bytes(uint8_t type)
{
    const struct kind *kind = kind_of(type);
    return kind ? kind->hlen : 0;
}

int bell_pdu_fault_set(struct bell_pdu_fault *fault, uint16_t fes, uint32_t fei, const char *format, ...)
{
    va_list arguments;
    fault->fes = fes;
    fault->fei = fei;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return -EPROTO;
}

/* ---- what comes in ----------------------------------------------------------------------------------------------- */

static uint32_t alignment_of(uint8_t pda)
{
    return 4 * (pda + 1u);
}

/* Data of a PDU that may carry some: where it begins and how long it is. */
static int data_check(const struct bell_pdu_rules *rules, const struct kind *kind, const struct nvme_tcp_header *header,
                      struct bell_pdu_parts *parts, struct bell_pdu_fault *fault)
{
    uint32_t before = parts->header + parts->hdgst;
    uint32_t most = header->type == NVME_TCP_CAPSULE_CMD ? rules->data_most
                    : header->type == NVME_TCP_H2C_DATA  ? rules->h2c_most
                                                         : UINT32_MAX;
    if (header->plen == before) {
        if (header->type != NVME_TCP_CAPSULE_CMD)
            return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(plen), "%s of %u bytes carries no data",
                                      kind->name, header->plen);
        return 0; /* PDO has no meaning then */
    }
    if (header->pdo < before || header->pdo % alignment_of(rules->pda) != 0)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(pdo),
                                  "%s with PDO %u: data begins at or after %u, in steps of %u bytes", kind->name,
                                  header->pdo, before, alignment_of(rules->pda));
    if (rules->ddgst != !!(header->flags & NVME_TCP_FLAG_DDGST))
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(flags),
                                  "%s with flags %02xh: the data digest is %s on this connection", kind->name,
                                  header->flags, rules->ddgst ? "in use" : "not in use");
    parts->pad = header->pdo - before;
    parts->ddgst = rules->ddgst ? NVME_TCP_DIGEST_BYTES : 0;
    if (header->plen <= header->pdo + parts->ddgst)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(plen),
                                  "%s with PLEN %u ends before its data, which begins at %u", kind->name, header->plen,
                                  header->pdo);
    parts->data = header->plen - header->pdo - parts->ddgst;
    if (parts->data > most)
        return bell_pdu_fault_set(fault,
                                  header->type == NVME_TCP_H2C_DATA ? NVME_TCP_FES_LIMIT : NVME_TCP_FES_HEADER_FIELD,
                                  header->type == NVME_TCP_H2C_DATA ? 0 : AT(plen),
                                  "%s with %u bytes of data, of which %u are allowed", kind->name, parts->data, most);
    return 0;
}

int bell_pdu_check(const struct bell_pdu_rules *rules, const struct nvme_tcp_header *header,
                   struct bell_pdu_parts *parts, struct bell_pdu_fault *fault)
{
    const struct kind *kind = kind_of(header->type);
    if (!kind || kind->controller != rules->controller)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(type), "%s (type %02xh), which a %s never sends",
                                  bell_pdu_name(header->type), header->type, rules->controller ? "host" : "controller");
    if (header->hlen != kind->hlen)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(hlen), "%s with HLEN %u instead of %u",
                                  kind->name, header->hlen, kind->hlen);

    *parts = (struct bell_pdu_parts){.header = kind->hlen};
    if (kind->flags & NVME_TCP_FLAG_HDGST) {
        if (rules->hdgst != !!(header->flags & NVME_TCP_FLAG_HDGST))
            return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(flags),
                                      "%s with flags %02xh: the header digest is %s on this connection", kind->name,
                                      header->flags, rules->hdgst ? "in use" : "not in use");
        parts->hdgst = rules->hdgst ? NVME_TCP_DIGEST_BYTES : 0;
    }
    if (kind->data)
        return data_check(rules, kind, header, parts, fault);

    if (header->type == NVME_TCP_H2C_TERM_REQ || header->type == NVME_TCP_C2H_TERM_REQ) {
        if (header->plen < kind->hlen || header->plen > kind->hlen + NVME_TCP_TERM_DATA_MAX)
            return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(plen), "%s with PLEN %u, outside %u to %u",
                                      kind->name, header->plen, kind->hlen, kind->hlen + NVME_TCP_TERM_DATA_MAX);
        parts->data = header->plen - kind->hlen;
        return 0;
    }
    if (header->plen != parts->header + parts->hdgst)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, AT(plen), "%s with PLEN %u instead of %u",
                                  kind->name, header->plen, parts->header + parts->hdgst);
    return 0;
}

int bell_pdu_check_header(const struct bell_pdu_rules *rules, const union nvme_tcp_pdu *pdu,
                          const struct bell_pdu_parts *parts, struct bell_pdu_fault *fault)
{
    uint8_t type = pdu->header.type;
    if (parts->hdgst) {
        uint32_t sent;
        memcpy(&sent, pdu->bytes + parts->header, sizeof sent);
        uint32_t found = bell_crc32c(0, pdu->bytes, parts->header);
        if (sent != found)
            return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_DIGEST, sent,
                                      "%s with header digest %08xh, but its bytes have %08xh", bell_pdu_name(type),
                                      sent, found);
    }
    if ((type == NVME_TCP_H2C_DATA || type == NVME_TCP_C2H_DATA) && pdu->data.datal != parts->data)
        return bell_pdu_fault_set(fault, NVME_TCP_FES_HEADER_FIELD, offsetof(struct nvme_tcp_data, datal),
                                  "%s with DATAL %u, but PLEN makes %u bytes of data", bell_pdu_name(type),
                                  pdu->data.datal, parts->data);
    return 0;
}

/* ---- what goes out ----------------------------------------------------------------------------------------------- */

uint32_t bell_pdu_seal(union nvme_tcp_pdu *pdu, bool hdgst, bool ddgst, uint8_t pda, uint32_t data,
                       uint32_t *header_bytes)
{
    const struct kind *kind = kind_of(pdu->header.type);
    uint32_t digest = hdgst && kind->flags & NVME_TCP_FLAG_HDGST ? NVME_TCP_DIGEST_BYTES : 0;
    uint32_t start = kind->hlen + digest;
    *header_bytes = start;
    pdu->header.hlen = kind->hlen;
    pdu->header.pdo = 0;
    pdu->header.plen = start;
    if (digest)
        pdu->header.flags |= NVME_TCP_FLAG_HDGST;
    if (data) {
        uint32_t step = alignment_of(pda);
        start = (start + step - 1) / step * step;
        pdu->header.pdo = (uint8_t)start;
        pdu->header.plen = start + data;
        if (ddgst) {
            pdu->header.flags |= NVME_TCP_FLAG_DDGST;
            pdu->header.plen += NVME_TCP_DIGEST_BYTES;
        }
    }
    if (digest) {
        uint32_t crc = bell_crc32c(0, pdu->bytes, kind->hlen);
        memcpy(pdu->bytes + kind->hlen, &crc, sizeof crc);
    }
    return start;
}

/* ---- connections that end ---------------------------------------------------------------------------------------- */

uint32_t bell_pdu_term_fill(uint8_t *term, uint8_t type, const struct bell_pdu_fault *fault, const void *pdu,
                            uint32_t pdu_bytes)
{
    struct nvme_tcp_term_req head = {
        .header = {.type = type, .hlen = sizeof head},
        .fes = fault->fes,
        .fei_low = (uint16_t)fault->fei,
        .fei_high = (uint16_t)(fault->fei >> 16),
    };
    if (pdu_bytes > NVME_TCP_TERM_DATA_MAX)
        pdu_bytes = NVME_TCP_TERM_DATA_MAX;
    head.header.plen = (uint32_t)sizeof head + pdu_bytes;
    memcpy(term, &head, sizeof head);
    memcpy(term + sizeof head, pdu, pdu_bytes);
    return head.header.plen;
}

void bell_pdu_term_text(const struct nvme_tcp_term_req *term, char *text, size_t room)
{
    uint32_t fei = term->fei_low | (uint32_t)term->fei_high << 16;
    switch (term->fes) {
    case NVME_TCP_FES_HEADER_FIELD:
        snprintf(text, room, "invalid PDU header field (at offset %u)", fei);
        return;
    case NVME_TCP_FES_SEQUENCE:
        snprintf(text, room, "PDU sequence error");
        return;
    case NVME_TCP_FES_HEADER_DIGEST:
        snprintf(text, room, "header digest error (digest %08xh)", fei);
        return;
    case NVME_TCP_FES_DATA_RANGE:
        snprintf(text, room, "data transfer out of range");
        return;
    case NVME_TCP_FES_LIMIT:
        snprintf(text, room, "%s limit exceeded", term->header.type == NVME_TCP_H2C_TERM_REQ ? "R2T" : "data transfer");
        return;
    case NVME_TCP_FES_PARAMETER:
        snprintf(text, room, "unsupported parameter (at offset %u)", fei);
        return;
    default:
        snprintf(text, room, "fatal error status %u", term->fes);
    }
}
