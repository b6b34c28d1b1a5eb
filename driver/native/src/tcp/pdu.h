/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What host and controller share about NVMe/TCP PDUs: whether a header is one that may come, where the parts of its PDU
 * are, and digests. Pure functions over bytes; sockets and the order of PDUs are the callers'.
 *
 * A receiver reads 8 bytes, asks bell_pdu_check for the parts, reads the rest of the header with its digest, asks
 * bell_pdu_check_header, then reads padding, data and data digest.
 */
#ifndef BELL_TCP_PDU_H
#define BELL_TCP_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/tcp.h"

/* What a connection has agreed on, seen by the receiving side. Before ICReq and ICResp: digests off, pda 0. */
struct bell_pdu_rules {
    bool controller;    /* who receives: the controller, else the host */
    bool hdgst;         /* header digests in use */
    bool ddgst;         /* data digests in use */
    uint8_t pda;        /* alignment that the receiver asked for: HPDA of the host, CPDA of the controller */
    uint32_t data_most; /* controller: most bytes of in-capsule data; 0: none */
    uint32_t h2c_most;  /* controller: MAXH2CDATA */
};

/* Parts of a PDU, in this order on the wire. */
struct bell_pdu_parts {
    uint32_t header; /* HLEN */
    uint32_t hdgst;  /* 0 or 4 bytes */
    uint32_t pad;    /* up to PDO */
    uint32_t data;
    uint32_t ddgst; /* 0 or 4 bytes */
};

/* Why a PDU ends the connection: what a TermReq says of it, and a sentence. */
struct bell_pdu_fault {
    uint16_t fes; /* NVME_TCP_FES_... */
    uint32_t fei;
    char text[160];
};

/**
 * bell_pdu_check - whether a common header may come, and the parts of its PDU.
 *
 * Return: 0, or -EPROTO and *fault is filled in; *parts is then undefined.
 */
int bell_pdu_check(const struct bell_pdu_rules *rules, const struct nvme_tcp_header *header,
                   struct bell_pdu_parts *parts, struct bell_pdu_fault *fault);

/**
 * bell_pdu_check_header - what follows the common header: the header digest, and lengths that must agree. Whether the
 * values fit the commands outstanding is for the caller to see.
 * @pdu: parts->header + parts->hdgst bytes
 *
 * Return: 0, or -EPROTO with *fault.
 */
int bell_pdu_check_header(const struct bell_pdu_rules *rules, const union nvme_tcp_pdu *pdu,
                          const struct bell_pdu_parts *parts, struct bell_pdu_fault *fault);

/** bell_pdu_fault_set - fill *fault in. Return: -EPROTO. */
int bell_pdu_fault_set(struct bell_pdu_fault *fault, uint16_t fes, uint32_t fei, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * bell_pdu_seal - complete a header whose type, own flags (LAST, SUCCESS) and body are set: HLEN, PDO, PLEN, digest
 * flags, and the header digest right behind it.
 * @pdu: has room for the header and its digest
 * @pda: alignment that the receiver asked for
 * @data: bytes of data that will follow; 0: none, and no data digest
 *
 * Return: bytes up to the data: header, digest and padding. The padding, which is at most NVME_TCP_PADDING_MAX bytes of
 * zero, begins at *header_bytes.
 */
uint32_t bell_pdu_seal(union nvme_tcp_pdu *pdu, bool hdgst, bool ddgst, uint8_t pda, uint32_t data,
                       uint32_t *header_bytes);

#define NVME_TCP_PADDING_MAX 124u

/** bell_pdu_header_bytes - HLEN of a PDU type; 0: there is no such type. */
uint8_t bell_pdu_header_bytes(uint8_t type);

/** bell_pdu_term_fill - a TermReq of `type` for a fault: the header, and up to 128 bytes of the PDU in error after it.
 * @term: 24 + 128 bytes of room
 *
 * Return: its bytes. */
uint32_t bell_pdu_term_fill(uint8_t *term, uint8_t type, const struct bell_pdu_fault *fault, const void *pdu,
                            uint32_t pdu_bytes);

/** bell_pdu_term_text - what a TermReq says, as a phrase: "invalid PDU header field (offset 2)". */
void bell_pdu_term_text(const struct nvme_tcp_term_req *term, char *text, size_t room);

/** bell_pdu_name - of a type: "CapsuleCmd"; "PDU type 0fh" is "unknown PDU". */
const char *bell_pdu_name(uint8_t type);

#endif
