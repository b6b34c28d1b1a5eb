/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVMe over TCP on the wire: PDUs ("TCP": NVMe/TCP Transport Specification 1.0), and the commands, status codes and
 * discovery structures of NVMe over Fabrics (sections of NVM Express Base 2.0c unless "TCP" stands before them).
 * Everything is little-endian and structures are used in place, as in nvme.h.
 */
#ifndef BELL_SPEC_TCP_H
#define BELL_SPEC_TCP_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "nvme.h"

#define NVME_TCP_PORT           4420u
#define NVME_TCP_DISCOVERY_PORT 8009u

/* ---- PDUs, TCP 3.6 ----------------------------------------------------------------------------------------------- */

enum nvme_tcp_pdu_type {
    NVME_TCP_IC_REQ = 0x00,
    NVME_TCP_IC_RESP = 0x01,
    NVME_TCP_H2C_TERM_REQ = 0x02,
    NVME_TCP_C2H_TERM_REQ = 0x03,
    NVME_TCP_CAPSULE_CMD = 0x04,
    NVME_TCP_CAPSULE_RESP = 0x05,
    NVME_TCP_H2C_DATA = 0x06,
    NVME_TCP_C2H_DATA = 0x07,
    NVME_TCP_R2T = 0x09,
};

/* nvme_tcp_header.flags; reserved in a PDU that has no such meaning */
#define NVME_TCP_FLAG_HDGST   0x01u /* a header digest follows the header */
#define NVME_TCP_FLAG_DDGST   0x02u /* a data digest follows the data */
#define NVME_TCP_FLAG_LAST    0x04u /* H2CData: last of the R2T; C2HData: last of the command */
#define NVME_TCP_FLAG_SUCCESS 0x08u /* C2HData with LAST: the command is complete, no CapsuleResp follows */

/* Common header, TCP 3.6.1 */
struct nvme_tcp_header {
    uint8_t type;
    uint8_t flags;
    uint8_t hlen;  /* of the PDU's header, without its digest */
    uint8_t pdo;   /* where the data begins; 0 where there is none */
    uint32_t plen; /* of the whole PDU with digests and padding */
};
static_assert(sizeof(struct nvme_tcp_header) == 8, "common header");

/* ICReq and ICResp, dgst */
#define NVME_TCP_DGST_HEADER 0x01u
#define NVME_TCP_DGST_DATA   0x02u

#define NVME_TCP_PFV_1_0      0u
#define NVME_TCP_PDA_MAX      31u   /* HPDA and CPDA: dwords less one */
#define NVME_TCP_H2CDATA_MIN  4096u /* smallest MAXH2CDATA */
#define NVME_TCP_DIGEST_BYTES 4u
#define NVME_TCP_HEADER_MAX   128u /* longest HLEN */
#define NVME_TCP_PDO_MAX      255u
/* In-capsule data of a Fabrics or Admin command, TCP 3.3.1: at least this much is always taken. */
#define NVME_TCP_ADMIN_CAPSULE_DATA 8192u

struct nvme_tcp_ic_req {
    struct nvme_tcp_header header;
    uint16_t pfv;
    uint8_t hpda;    /* alignment of C2HData's data */
    uint8_t dgst;    /* digests asked for */
    uint32_t maxr2t; /* outstanding R2Ts of a command, 0's based */
    uint8_t reserved[112];
};
static_assert(sizeof(struct nvme_tcp_ic_req) == 128, "ICReq");

struct nvme_tcp_ic_resp {
    struct nvme_tcp_header header;
    uint16_t pfv;
    uint8_t cpda;        /* alignment of the data in CapsuleCmd and H2CData */
    uint8_t dgst;        /* digests in use */
    uint32_t maxh2cdata; /* most data bytes of one H2CData */
    uint8_t reserved[112];
};
static_assert(sizeof(struct nvme_tcp_ic_resp) == 128, "ICResp");

/* Fatal error status of H2CTermReq and C2HTermReq */
enum nvme_tcp_fes {
    NVME_TCP_FES_HEADER_FIELD = 1, /* fei: offset of the field in the PDU's header */
    NVME_TCP_FES_SEQUENCE = 2,
    NVME_TCP_FES_HEADER_DIGEST = 3, /* fei: the digest received */
    NVME_TCP_FES_DATA_RANGE = 4,
    NVME_TCP_FES_LIMIT = 5, /* from the host: R2T limit exceeded; from the controller: data transfer limit exceeded */
    NVME_TCP_FES_PARAMETER = 6, /* fei: offset of the parameter in the PDU's header */
};

/* The first bytes of the PDU in error follow it. */
struct nvme_tcp_term_req {
    struct nvme_tcp_header header;
    uint16_t fes;
    uint16_t fei_low; /* fei is at an address that no dword may have */
    uint16_t fei_high;
    uint8_t reserved[10];
};
static_assert(sizeof(struct nvme_tcp_term_req) == 24, "H2CTermReq and C2HTermReq");

#define NVME_TCP_TERM_DATA_MAX 128u

struct nvme_tcp_capsule_cmd {
    struct nvme_tcp_header header;
    struct nvme_sqe sqe;
};
static_assert(sizeof(struct nvme_tcp_capsule_cmd) == 72, "CapsuleCmd");

struct nvme_tcp_capsule_resp {
    struct nvme_tcp_header header;
    struct nvme_cqe cqe;
};
static_assert(sizeof(struct nvme_tcp_capsule_resp) == 24, "CapsuleResp");

/* H2CData and C2HData */
struct nvme_tcp_data {
    struct nvme_tcp_header header;
    uint16_t cccid;
    uint16_t ttag; /* H2CData: of the R2T; C2HData: reserved */
    uint32_t datao;
    uint32_t datal;
    uint32_t reserved;
};
static_assert(sizeof(struct nvme_tcp_data) == 24, "H2CData and C2HData");

struct nvme_tcp_r2t {
    struct nvme_tcp_header header;
    uint16_t cccid;
    uint16_t ttag;
    uint32_t r2to;
    uint32_t r2tl;
    uint32_t reserved;
};
static_assert(sizeof(struct nvme_tcp_r2t) == 24, "R2T");

union nvme_tcp_pdu {
    struct nvme_tcp_header header;
    struct nvme_tcp_ic_req ic_req;
    struct nvme_tcp_ic_resp ic_resp;
    struct nvme_tcp_term_req term_req;
    struct nvme_tcp_capsule_cmd capsule_cmd;
    struct nvme_tcp_capsule_resp capsule_resp;
    struct nvme_tcp_data data;
    struct nvme_tcp_r2t r2t;
    uint8_t bytes[NVME_TCP_HEADER_MAX + NVME_TCP_DIGEST_BYTES]; /* with its digest */
};

/* nvme_sgl.id of a capsule's SGL1, TCP 3.3: the data is in the capsule at the offset that stands in the address, or is
 * moved by the transport. */
enum {
    NVME_SGL_IN_CAPSULE = 0x01, /* data block, subtype offset */
    NVME_SGL_TRANSPORT = 0x5a,  /* transport data block, subtype transport specific */
};

/* ---- Fabrics commands, 6 ----------------------------------------------------------------------------------------- */

enum nvmf_command_type {
    NVMF_PROPERTY_SET = 0x00,
    NVMF_CONNECT = 0x01,
    NVMF_PROPERTY_GET = 0x04,
    NVMF_AUTH_SEND = 0x05,
    NVMF_AUTH_RECEIVE = 0x06,
    NVMF_DISCONNECT = 0x08,
};

/* What all of them have: opcode NVME_ADMIN_FABRICS. */
struct nvmf_command {
    uint8_t opcode;
    uint8_t flags;
    uint16_t cid;
    uint8_t fctype;
    uint8_t reserved5[35];
    uint8_t specific[24];
};
static_assert(sizeof(struct nvmf_command) == 64 && offsetof(struct nvmf_command, specific) == 40, "Fabrics command");

struct nvmf_connect {
    uint8_t opcode;
    uint8_t flags;
    uint16_t cid;
    uint8_t fctype;
    uint8_t reserved5[19];
    struct nvme_sgl sgl1;
    uint16_t recfmt;
    uint16_t qid;
    uint16_t sqsize; /* 0's based */
    uint8_t cattr;   /* NVMF_CATTR_... */
    uint8_t reserved47;
    uint32_t kato; /* ms; 0: no keep alive */
    uint8_t reserved52[12];
};
static_assert(sizeof(struct nvmf_connect) == 64, "Connect");
static_assert(offsetof(struct nvmf_connect, sgl1) == 24 && offsetof(struct nvmf_connect, kato) == 48, "Connect");

#define NVMF_CATTR_PRIORITY     0x03u
#define NVMF_CATTR_NO_FLOW      0x04u /* SQ flow control disabled */
#define NVMF_CATTR_QUEUE_DELETE 0x08u /* I/O queues can be deleted one by one, with Disconnect */

#define NVMF_NQN_BYTES 256u
#define NVMF_NQN_MAX   223u /* characters */

#define NVMF_CNTLID_DYNAMIC 0xffffu
#define NVMF_CNTLID_STATIC  0xfffeu

struct nvmf_connect_data {
    uint8_t hostid[16];
    uint16_t cntlid;
    uint8_t reserved18[238];
    char subnqn[NVMF_NQN_BYTES];
    char hostnqn[NVMF_NQN_BYTES];
    uint8_t reserved768[256];
};
static_assert(sizeof(struct nvmf_connect_data) == 1024, "Connect data");
static_assert(offsetof(struct nvmf_connect_data, subnqn) == 256 && offsetof(struct nvmf_connect_data, hostnqn) == 512,
              "Connect data");

/* Dword 0 of Connect's completion: on success */
#define NVMF_CONNECT_CNTLID       UINT32_C(0x0000ffff)
#define NVMF_CONNECT_AUTH         UINT32_C(0x00020000) /* in-band authentication required */
#define NVMF_CONNECT_AUTH_CHANNEL UINT32_C(0x00040000) /* with a secure channel established from it */
/* … and with NVMF_SC_CONNECT_PARAMETERS */
#define NVMF_CONNECT_IPO     UINT32_C(0x0000ffff) /* offset of the parameter */
#define NVMF_CONNECT_IN_DATA UINT32_C(0x00010000) /* in the data; else in the SQE */

#define NVMF_PROPERTY_8_BYTES 0x01u /* attrib */

struct nvmf_property {
    uint8_t opcode;
    uint8_t flags;
    uint16_t cid;
    uint8_t fctype;
    uint8_t reserved5[35];
    uint8_t attrib;
    uint8_t reserved41[3];
    uint32_t offset;
    uint64_t value; /* Set; Get: reserved, the value is in dwords 0 and 1 of the completion */
    uint8_t reserved56[8];
};
static_assert(sizeof(struct nvmf_property) == 64, "Property Get and Set");
static_assert(offsetof(struct nvmf_property, value) == 48, "Property Get and Set");

struct nvmf_disconnect {
    uint8_t opcode;
    uint8_t flags;
    uint16_t cid;
    uint8_t fctype;
    uint8_t reserved5[35];
    uint16_t recfmt;
    uint8_t reserved42[22];
};
static_assert(sizeof(struct nvmf_disconnect) == 64, "Disconnect");

/* Status codes of Fabrics commands, as those of nvme_status.h */
enum nvmf_status {
    NVMF_SC_CONNECT_FORMAT = 0x180,
    NVMF_SC_CONNECT_BUSY = 0x181,
    NVMF_SC_CONNECT_PARAMETERS = 0x182,
    NVMF_SC_CONNECT_RESTART_DISCOVERY = 0x183,
    NVMF_SC_CONNECT_HOST = 0x184,
    NVMF_SC_QUEUE_TYPE = 0x185,
    NVMF_SC_DISCOVER_RESTART = 0x190,
    NVMF_SC_AUTH_REQUIRED = 0x191,
};

/* ---- discovery, 5.16.1.23 ---------------------------------------------------------------------------------------- */

#define NVMF_DISCOVERY_NQN "nqn.2014-08.org.nvmexpress.discovery"

#define NVMF_LOG_DISCOVERY 0x70u

enum nvmf_trtype { NVMF_TRTYPE_RDMA = 1, NVMF_TRTYPE_FC = 2, NVMF_TRTYPE_TCP = 3, NVMF_TRTYPE_LOOP = 254 };
enum nvmf_adrfam { NVMF_ADRFAM_IPV4 = 1, NVMF_ADRFAM_IPV6 = 2, NVMF_ADRFAM_IB = 3, NVMF_ADRFAM_FC = 4 };
enum nvmf_subtype {
    NVMF_SUBTYPE_REFERRAL = 1, /* another discovery service */
    NVMF_SUBTYPE_NVM = 2,
    NVMF_SUBTYPE_DISCOVERY = 3, /* the discovery subsystem that answers */
};

/* treq */
#define NVMF_TREQ_SECURE  0x03u /* 0 not specified, 1 required, 2 not required */
#define NVMF_TREQ_NO_FLOW 0x04u /* SQ flow control can be disabled */

/* eflags */
#define NVMF_EFLAG_DUPLICATE  0x0001u /* the entries are those of another one that was returned */
#define NVMF_EFLAG_PERSISTENT 0x0002u /* the discovery controller takes persistent connections */

enum nvmf_sectype { NVMF_SECTYPE_NONE = 0, NVMF_SECTYPE_TLS_1_2 = 1, NVMF_SECTYPE_TLS_1_3 = 2 };

struct nvmf_discovery_entry {
    uint8_t trtype;
    uint8_t adrfam;
    uint8_t subtype;
    uint8_t treq;
    uint16_t portid;
    uint16_t cntlid;
    uint16_t asqsz;
    uint16_t eflags;
    uint8_t reserved12[20];
    char trsvcid[32]; /* blank padded, as traddr */
    uint8_t reserved64[192];
    char subnqn[NVMF_NQN_BYTES];
    char traddr[256];
    uint8_t tsas[256]; /* TCP: byte 0 is the security type */
};
static_assert(sizeof(struct nvmf_discovery_entry) == 1024, "discovery log page entry");
static_assert(offsetof(struct nvmf_discovery_entry, subnqn) == 256, "discovery log page entry");
static_assert(offsetof(struct nvmf_discovery_entry, tsas) == 768, "discovery log page entry");

/* Entries follow it. */
struct nvmf_discovery_log {
    uint64_t genctr;
    uint64_t numrec;
    uint16_t recfmt;
    uint8_t reserved18[1006];
};
static_assert(sizeof(struct nvmf_discovery_log) == 1024, "discovery log page");

#endif
