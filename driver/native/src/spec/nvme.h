/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVMe on the wire: controller registers, queue entries, opcodes, features. Section numbers are those of NVM Express
 * Base 2.0c unless "NVM" (NVM Command Set 1.0c) or "PCIe" (PCIe Transport 1.0c) stands before them. Data structures are
 * in nvme_data.h, status codes in nvme_status.h; both come with this header.
 *
 * Everything is little-endian on the wire, and so must be the host: structures are used in place.
 */
#ifndef BELL_SPEC_NVME_H
#define BELL_SPEC_NVME_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "nvme_data.h"
#include "nvme_status.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "wire structures are used in place");

/* A field is written MASK; the shift follows from its lowest set bit. */
#define NVME_GET(value, mask) (((uint64_t)(value) & (mask)) / ((mask) & -(uint64_t)(mask)))
#define NVME_PUT(field, mask) (((uint64_t)(field) * ((mask) & -(uint64_t)(mask))) & (mask))

/* ---- controller registers, 3.1.3 ------------------------------------------------------------------------------- */

enum nvme_register {
    NVME_REG_CAP = 0x00, /* 8 bytes */
    NVME_REG_VS = 0x08,
    NVME_REG_INTMS = 0x0c,
    NVME_REG_INTMC = 0x10,
    NVME_REG_CC = 0x14,
    NVME_REG_CSTS = 0x1c,
    NVME_REG_NSSR = 0x20,
    NVME_REG_AQA = 0x24,
    NVME_REG_ASQ = 0x28, /* 8 bytes */
    NVME_REG_ACQ = 0x30, /* 8 bytes */
    NVME_REG_CMBLOC = 0x38,
    NVME_REG_CMBSZ = 0x3c,
    NVME_REG_BPINFO = 0x40,
    NVME_REG_BPRSEL = 0x44,
    NVME_REG_BPMBL = 0x48,  /* 8 bytes */
    NVME_REG_CMBMSC = 0x50, /* 8 bytes */
    NVME_REG_CMBSTS = 0x58,
    NVME_REG_CMBEBS = 0x5c,
    NVME_REG_CMBSWTP = 0x60,
    NVME_REG_NSSD = 0x64,
    NVME_REG_CRTO = 0x68,
    NVME_REG_PMRCAP = 0xe00,
    NVME_REG_PMRCTL = 0xe04,
    NVME_REG_PMRSTS = 0xe08,
    NVME_REG_PMREBS = 0xe0c,
    NVME_REG_PMRSWTP = 0xe10,
    NVME_REG_PMRMSCL = 0xe14,
    NVME_REG_PMRMSCU = 0xe18,
    NVME_REG_DOORBELLS = 0x1000, /* PCIe 3.1.2 */
};

#define NVME_CAP_MQES   UINT64_C(0x000000000000ffff) /* 0's based */
#define NVME_CAP_CQR    UINT64_C(0x0000000000010000)
#define NVME_CAP_AMS    UINT64_C(0x0000000000060000) /* 1: weighted round robin, 2: vendor */
#define NVME_CAP_TO     UINT64_C(0x00000000ff000000) /* 500 ms units */
#define NVME_CAP_DSTRD  UINT64_C(0x0000000f00000000) /* stride is 4 << DSTRD bytes */
#define NVME_CAP_NSSRS  UINT64_C(0x0000001000000000)
#define NVME_CAP_CSS    UINT64_C(0x00001fe000000000) /* NVME_CAP_CSS_... */
#define NVME_CAP_BPS    UINT64_C(0x0000200000000000)
#define NVME_CAP_CPS    UINT64_C(0x0000c00000000000)
#define NVME_CAP_MPSMIN UINT64_C(0x000f000000000000) /* page is 2^(12 + n) */
#define NVME_CAP_MPSMAX UINT64_C(0x00f0000000000000)
#define NVME_CAP_PMRS   UINT64_C(0x0100000000000000)
#define NVME_CAP_CMBS   UINT64_C(0x0200000000000000)
#define NVME_CAP_NSSS   UINT64_C(0x0400000000000000)
#define NVME_CAP_CRMS   UINT64_C(0x1800000000000000) /* 1: CRWMS (always in 2.0), 2: CRIMS */

#define NVME_CAP_CSS_NVM   0x01u
#define NVME_CAP_CSS_IOCS  0x40u /* one or more I/O command sets, CC.CSS 110b */
#define NVME_CAP_CSS_ADMIN 0x80u /* no I/O command set */

#define NVME_VS_2_0 UINT32_C(0x00020000)

#define NVME_CC_EN     UINT32_C(0x00000001)
#define NVME_CC_CSS    UINT32_C(0x00000070)
#define NVME_CC_MPS    UINT32_C(0x00000780)
#define NVME_CC_AMS    UINT32_C(0x00003800)
#define NVME_CC_SHN    UINT32_C(0x0000c000)
#define NVME_CC_IOSQES UINT32_C(0x000f0000)
#define NVME_CC_IOCQES UINT32_C(0x00f00000)
#define NVME_CC_CRIME  UINT32_C(0x01000000)

enum { NVME_CC_CSS_NVM = 0, NVME_CC_CSS_ALL = 6, NVME_CC_CSS_ADMIN = 7 };
enum { NVME_CC_AMS_RR = 0, NVME_CC_AMS_WRR = 1, NVME_CC_AMS_VENDOR = 7 };
enum { NVME_CC_SHN_NONE = 0, NVME_CC_SHN_NORMAL = 1, NVME_CC_SHN_ABRUPT = 2 };

#define NVME_CSTS_RDY   UINT32_C(0x00000001)
#define NVME_CSTS_CFS   UINT32_C(0x00000002)
#define NVME_CSTS_SHST  UINT32_C(0x0000000c)
#define NVME_CSTS_NSSRO UINT32_C(0x00000010) /* write 1 to clear */
#define NVME_CSTS_PP    UINT32_C(0x00000020)
#define NVME_CSTS_ST    UINT32_C(0x00000040)

enum { NVME_CSTS_SHST_NORMAL = 0, NVME_CSTS_SHST_OCCURRING = 1, NVME_CSTS_SHST_COMPLETE = 2 };

#define NVME_NSSR_RESET UINT32_C(0x4e564d65) /* "NVMe" */

#define NVME_AQA_ASQS UINT32_C(0x00000fff) /* 0's based */
#define NVME_AQA_ACQS UINT32_C(0x0fff0000)

#define NVME_CRTO_CRWMT UINT32_C(0x0000ffff) /* 500 ms units */
#define NVME_CRTO_CRIMT UINT32_C(0xffff0000)

#define NVME_CMBLOC_BIR UINT32_C(0x00000007)
#define NVME_CMBLOC_ALLOWANCES                                                                                         \
    UINT32_C(0x000001f8)                      /* queues, lists, data and metadata may be mixed, and not aligned        \
                                               */
#define NVME_CMBLOC_OFST UINT32_C(0xfffff000) /* in units of CMBSZ.SZU */
#define NVME_CMBSZ_SQS   UINT32_C(0x00000001)
#define NVME_CMBSZ_CQS   UINT32_C(0x00000002)
#define NVME_CMBSZ_LISTS UINT32_C(0x00000004)
#define NVME_CMBSZ_RDS   UINT32_C(0x00000008)
#define NVME_CMBSZ_WDS   UINT32_C(0x00000010)
#define NVME_CMBSZ_USES  UINT32_C(0x0000001f)
#define NVME_CMBSZ_SZU   UINT32_C(0x00000f00) /* 4 KiB << 4 * SZU */
#define NVME_CMBSZ_SZ    UINT32_C(0xfffff000)
#define NVME_CMBMSC_CRE  UINT64_C(0x0000000000000001)
#define NVME_CMBMSC_CMSE UINT64_C(0x0000000000000002)
#define NVME_CMBMSC_CBA  UINT64_C(0xfffffffffffff000)
#define NVME_CMBSTS_CBAI UINT32_C(0x00000001)

#define NVME_MAX_ADMIN_ENTRIES 4096u
#define NVME_NSID_ALL          UINT32_C(0xffffffff)

/* nvme_doorbell_offset - BAR0 offset of the SQ tail (is_cq 0) or CQ head (is_cq 1) doorbell of a queue. */
static inline uint32_t nvme_doorbell_offset(uint32_t qid, uint32_t is_cq, uint32_t dstrd)
{
    return NVME_REG_DOORBELLS + (2 * qid + is_cq) * (4u << dstrd);
}

/* ---- queue entries, 3.3.3 -------------------------------------------------------------------------------------- */

struct nvme_sqe {
    uint8_t opcode;
    uint8_t flags; /* NVME_SQE_FUSE, NVME_SQE_PSDT */
    uint16_t cid;
    uint32_t nsid;
    uint32_t cdw2;
    uint32_t cdw3;
    uint64_t mptr;
    uint64_t prp1;
    uint64_t prp2;
    uint32_t cdw10;
    uint32_t cdw11;
    uint32_t cdw12;
    uint32_t cdw13;
    uint32_t cdw14;
    uint32_t cdw15;
};
static_assert(sizeof(struct nvme_sqe) == 64, "SQE");
static_assert(offsetof(struct nvme_sqe, prp1) == 24 && offsetof(struct nvme_sqe, cdw10) == 40, "SQE");

#define NVME_SQE_FUSE 0x03u
#define NVME_SQE_PSDT 0xc0u

enum { NVME_FUSE_NONE = 0, NVME_FUSE_FIRST = 1, NVME_FUSE_SECOND = 2 };
enum { NVME_PSDT_PRP = 0, NVME_PSDT_SGL_MPTR_BUFFER = 1, NVME_PSDT_SGL_MPTR_SGL = 2 };

/* SGL descriptor, 4.1.2.1. */
struct nvme_sgl {
    uint64_t address;
    uint32_t length;
    uint8_t reserved[3];
    uint8_t id; /* NVME_SGL_TYPE, NVME_SGL_SUBTYPE */
};
static_assert(sizeof(struct nvme_sgl) == 16 && offsetof(struct nvme_sgl, id) == 15, "SGL descriptor");

#define NVME_SGL_TYPE    0xf0u
#define NVME_SGL_SUBTYPE 0x0fu

enum {
    NVME_SGL_DATA_BLOCK = 0x00,
    NVME_SGL_BIT_BUCKET = 0x10,
    NVME_SGL_SEGMENT = 0x20,
    NVME_SGL_LAST_SEGMENT = 0x30,
    NVME_SGL_KEYED_DATA_BLOCK = 0x40,
};

struct nvme_cqe {
    uint32_t dw0;
    uint32_t dw1;
    uint16_t sqhd;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status; /* phase in bit 0, the status field above it */
};
static_assert(sizeof(struct nvme_cqe) == 16, "CQE");

#define NVME_CQE_PHASE 0x0001u

/* nvme_cqe_status - the status field without the phase: CQE dword 3 >> 17, as NVME_SC_... plus
 * NVME_STATUS_{CRD,MORE,DNR}. */
static inline uint16_t nvme_cqe_status(const struct nvme_cqe *cqe)
{
    return cqe->status >> 1;
}

/* ---- opcodes --------------------------------------------------------------------------------------------------- */

enum nvme_admin_opcode {
    NVME_ADMIN_DELETE_SQ = 0x00,
    NVME_ADMIN_CREATE_SQ = 0x01,
    NVME_ADMIN_GET_LOG_PAGE = 0x02,
    NVME_ADMIN_DELETE_CQ = 0x04,
    NVME_ADMIN_CREATE_CQ = 0x05,
    NVME_ADMIN_IDENTIFY = 0x06,
    NVME_ADMIN_ABORT = 0x08,
    NVME_ADMIN_SET_FEATURES = 0x09,
    NVME_ADMIN_GET_FEATURES = 0x0a,
    NVME_ADMIN_ASYNC_EVENT = 0x0c,
    NVME_ADMIN_NS_MANAGEMENT = 0x0d,
    NVME_ADMIN_FW_COMMIT = 0x10,
    NVME_ADMIN_FW_DOWNLOAD = 0x11,
    NVME_ADMIN_SELF_TEST = 0x14,
    NVME_ADMIN_NS_ATTACHMENT = 0x15,
    NVME_ADMIN_KEEP_ALIVE = 0x18,
    NVME_ADMIN_DIRECTIVE_SEND = 0x19,
    NVME_ADMIN_DIRECTIVE_RECEIVE = 0x1a,
    NVME_ADMIN_VIRTUALIZATION = 0x1c,
    NVME_ADMIN_MI_SEND = 0x1d,
    NVME_ADMIN_MI_RECEIVE = 0x1e,
    NVME_ADMIN_CAPACITY_MANAGEMENT = 0x20,
    NVME_ADMIN_LOCKDOWN = 0x24,
    NVME_ADMIN_DOORBELL_BUFFER = 0x7c,
    NVME_ADMIN_FABRICS = 0x7f,
    NVME_ADMIN_FORMAT_NVM = 0x80,
    NVME_ADMIN_SECURITY_SEND = 0x81,
    NVME_ADMIN_SECURITY_RECEIVE = 0x82,
    NVME_ADMIN_SANITIZE = 0x84,
    NVME_ADMIN_GET_LBA_STATUS = 0x86,
};

enum nvme_nvm_opcode {
    NVME_NVM_FLUSH = 0x00,
    NVME_NVM_WRITE = 0x01,
    NVME_NVM_READ = 0x02,
    NVME_NVM_WRITE_UNCORRECTABLE = 0x04,
    NVME_NVM_COMPARE = 0x05,
    NVME_NVM_WRITE_ZEROES = 0x08,
    NVME_NVM_DSM = 0x09,
    NVME_NVM_VERIFY = 0x0c,
    NVME_NVM_RESERVATION_REGISTER = 0x0d,
    NVME_NVM_RESERVATION_REPORT = 0x0e,
    NVME_NVM_RESERVATION_ACQUIRE = 0x11,
    NVME_NVM_RESERVATION_RELEASE = 0x15,
    NVME_NVM_COPY = 0x19,
};

/* Opcode bits 1:0 say which way data flows, 3.3.3.1. */
enum { NVME_DATA_NONE = 0, NVME_DATA_TO_CONTROLLER = 1, NVME_DATA_FROM_CONTROLLER = 2, NVME_DATA_BOTH = 3 };

/* ---- command dwords -------------------------------------------------------------------------------------------- */

#define NVME_QUEUE_PC    UINT32_C(0x00000001) /* Create I/O SQ and CQ cdw11 */
#define NVME_CQ_IEN      UINT32_C(0x00000002)
#define NVME_CQ_IV       UINT32_C(0xffff0000)
#define NVME_SQ_QPRIO    UINT32_C(0x00000006)
#define NVME_SQ_CQID     UINT32_C(0xffff0000)
#define NVME_QUEUE_QID   UINT32_C(0x0000ffff) /* cdw10 */
#define NVME_QUEUE_QSIZE UINT32_C(0xffff0000) /* 0's based */

#define NVME_IDENTIFY_CNS    UINT32_C(0x000000ff) /* cdw10 */
#define NVME_IDENTIFY_CNTID  UINT32_C(0xffff0000)
#define NVME_IDENTIFY_CNSSID UINT32_C(0x0000ffff) /* cdw11 */
#define NVME_IDENTIFY_CSI    UINT32_C(0xff000000)

#define NVME_LOG_LID   UINT32_C(0x000000ff) /* cdw10 */
#define NVME_LOG_LSP   UINT32_C(0x00007f00)
#define NVME_LOG_RAE   UINT32_C(0x00008000)
#define NVME_LOG_NUMDL UINT32_C(0xffff0000)
#define NVME_LOG_NUMDU UINT32_C(0x0000ffff) /* cdw11 */
#define NVME_LOG_LSI   UINT32_C(0xffff0000)
#define NVME_LOG_UUID  UINT32_C(0x0000007f) /* cdw14 */
#define NVME_LOG_OT    UINT32_C(0x00800000)
#define NVME_LOG_CSI   UINT32_C(0xff000000)

#define NVME_FEATURE_FID UINT32_C(0x000000ff) /* cdw10 */
#define NVME_FEATURE_SEL UINT32_C(0x00000700)
#define NVME_FEATURE_SV  UINT32_C(0x80000000)

#define NVME_FORMAT_LBAF  UINT32_C(0x0000000f) /* cdw10 */
#define NVME_FORMAT_MSET  UINT32_C(0x00000010)
#define NVME_FORMAT_PI    UINT32_C(0x000000e0)
#define NVME_FORMAT_PIL   UINT32_C(0x00000100)
#define NVME_FORMAT_SES   UINT32_C(0x00000e00)
#define NVME_FORMAT_LBAFU UINT32_C(0x00003000)

#define NVME_FW_SLOT   UINT32_C(0x00000007) /* cdw10 */
#define NVME_FW_ACTION UINT32_C(0x00000038)
#define NVME_FW_BPID   UINT32_C(0x80000000)

#define NVME_SANITIZE_SANACT UINT32_C(0x00000007) /* cdw10 */
#define NVME_SANITIZE_AUSE   UINT32_C(0x00000008)
#define NVME_SANITIZE_OWPASS UINT32_C(0x000000f0)
#define NVME_SANITIZE_OIPBP  UINT32_C(0x00000100)
#define NVME_SANITIZE_NDAS   UINT32_C(0x00000200)

enum {
    NVME_SANACT_EXIT_FAILURE = 1,
    NVME_SANACT_BLOCK_ERASE = 2,
    NVME_SANACT_OVERWRITE = 3,
    NVME_SANACT_CRYPTO_ERASE = 4
};

#define NVME_RW_NLB    UINT32_C(0x0000ffff) /* cdw12; 0's based */
#define NVME_RW_DTYPE  UINT32_C(0x00f00000)
#define NVME_RW_STC    UINT32_C(0x01000000)
#define NVME_RW_DEAC   UINT32_C(0x02000000) /* Write Zeroes */
#define NVME_RW_PRCHK  UINT32_C(0x1c000000)
#define NVME_RW_PRINFO UINT32_C(0x3c000000) /* PRACT and PRCHK */
#define NVME_RW_PRACT  UINT32_C(0x20000000)
#define NVME_RW_FUA    UINT32_C(0x40000000)
#define NVME_RW_LR     UINT32_C(0x80000000)

/* PRINFO by itself. */
#define NVME_PRINFO_REFERENCE   0x1u
#define NVME_PRINFO_APPLICATION 0x2u
#define NVME_PRINFO_GUARD       0x4u
#define NVME_PRINFO_ACTION      0x8u

#define NVME_LBAT  UINT32_C(0x0000ffff) /* cdw15; ELBAT */
#define NVME_LBATM UINT32_C(0xffff0000)

#define NVME_DSM_NR  UINT32_C(0x000000ff) /* cdw10; 0's based */
#define NVME_DSM_IDR UINT32_C(0x00000001) /* cdw11 */
#define NVME_DSM_IDW UINT32_C(0x00000002)
#define NVME_DSM_AD  UINT32_C(0x00000004)

#define NVME_COPY_NR      UINT32_C(0x000000ff) /* cdw12; 0's based */
#define NVME_COPY_DESF    UINT32_C(0x00000f00)
#define NVME_COPY_PRINFOR UINT32_C(0x0000f000)
#define NVME_COPY_STCW    UINT32_C(0x01000000)
#define NVME_COPY_STCR    UINT32_C(0x02000000)
#define NVME_COPY_PRINFOW UINT32_C(0x3c000000)

#define NVME_HMB_EHM UINT32_C(0x00000001) /* Set Features 0Dh cdw11 */
#define NVME_HMB_MR  UINT32_C(0x00000002)

#define NVME_DIRECTIVE_DOPER UINT32_C(0x000000ff) /* Directive Send and Receive cdw11 */
#define NVME_DIRECTIVE_DTYPE UINT32_C(0x0000ff00)
#define NVME_DIRECTIVE_DSPEC UINT32_C(0xffff0000)
#define NVME_ENDIR           UINT32_C(0x00000001) /* Identify, enable: cdw12 */
#define NVME_ENDIR_DTYPE     UINT32_C(0x0000ff00)
#define NVME_RW_DSPEC        UINT32_C(0xffff0000) /* cdw13 of writes */

enum { NVME_DTYPE_IDENTIFY = 0, NVME_DTYPE_STREAMS = 1 };
enum { NVME_DIRECTIVE_PARAMETERS = 1, NVME_DIRECTIVE_STATUS = 2, NVME_DIRECTIVE_ALLOCATE = 3 };    /* Receive */
enum { NVME_DIRECTIVE_ENABLE = 1, NVME_DIRECTIVE_RELEASE_ID = 1, NVME_DIRECTIVE_RELEASE_ALL = 2 }; /* Send */

#define NVME_RES_ACTION UINT32_C(0x00000007) /* Reservation Register, Acquire, Release cdw10 */
#define NVME_RES_IEKEY  UINT32_C(0x00000008)
#define NVME_RES_TYPE   UINT32_C(0x0000ff00) /* Acquire, Release */
#define NVME_RES_CPTPL  UINT32_C(0xc0000000) /* Register */
#define NVME_RES_EDS    UINT32_C(0x00000001) /* Report cdw11 */

enum { NVME_RES_REGISTER = 0, NVME_RES_UNREGISTER = 1, NVME_RES_REPLACE = 2 };
enum { NVME_RES_ACQUIRE = 0, NVME_RES_PREEMPT = 1, NVME_RES_PREEMPT_ABORT = 2 };
enum { NVME_RES_RELEASE = 0, NVME_RES_CLEAR = 1 };
enum { NVME_CPTPL_KEEP = 0, NVME_CPTPL_CLEAR = 2, NVME_CPTPL_SET = 3 };

enum nvme_reservation_type {
    NVME_RTYPE_NONE = 0,
    NVME_RTYPE_WRITE_EXCLUSIVE = 1,
    NVME_RTYPE_EXCLUSIVE_ACCESS = 2,
    NVME_RTYPE_WRITE_EXCLUSIVE_REGISTRANTS = 3,
    NVME_RTYPE_EXCLUSIVE_ACCESS_REGISTRANTS = 4,
    NVME_RTYPE_WRITE_EXCLUSIVE_ALL = 5,
    NVME_RTYPE_EXCLUSIVE_ACCESS_ALL = 6,
};

/* ---- features, 5.27.1 ------------------------------------------------------------------------------------------ */

enum nvme_feature {
    NVME_FEAT_ARBITRATION = 0x01,
    NVME_FEAT_POWER_MANAGEMENT = 0x02,
    NVME_FEAT_LBA_RANGE = 0x03,
    NVME_FEAT_TEMPERATURE_THRESHOLD = 0x04,
    NVME_FEAT_ERROR_RECOVERY = 0x05,
    NVME_FEAT_VOLATILE_WRITE_CACHE = 0x06,
    NVME_FEAT_NUMBER_OF_QUEUES = 0x07,
    NVME_FEAT_INTERRUPT_COALESCING = 0x08,
    NVME_FEAT_INTERRUPT_VECTOR = 0x09,
    NVME_FEAT_WRITE_ATOMICITY = 0x0a,
    NVME_FEAT_ASYNC_EVENT = 0x0b,
    NVME_FEAT_AUTONOMOUS_POWER = 0x0c,
    NVME_FEAT_HOST_MEMORY_BUFFER = 0x0d,
    NVME_FEAT_TIMESTAMP = 0x0e,
    NVME_FEAT_KEEP_ALIVE = 0x0f,
    NVME_FEAT_HOST_THERMAL = 0x10,
    NVME_FEAT_NON_OPERATIONAL_POWER = 0x11,
    NVME_FEAT_READ_RECOVERY = 0x12,
    NVME_FEAT_LBA_STATUS = 0x15,
    NVME_FEAT_HOST_BEHAVIOR = 0x16,
    NVME_FEAT_SANITIZE_CONFIG = 0x17,
    NVME_FEAT_IO_COMMAND_SET = 0x19,
    NVME_FEAT_SOFTWARE_PROGRESS = 0x80,
    NVME_FEAT_HOST_ID = 0x81,
    NVME_FEAT_RESERVATION_MASK = 0x82,
    NVME_FEAT_RESERVATION_PERSISTENCE = 0x83,
    NVME_FEAT_WRITE_PROTECT = 0x84,
};

enum { NVME_SEL_CURRENT = 0, NVME_SEL_DEFAULT = 1, NVME_SEL_SAVED = 2, NVME_SEL_CAPABILITIES = 3 };

enum { NVME_HOST_BEHAVIOR_ACRE = 0, NVME_HOST_BEHAVIOR_ETDAS = 1, NVME_HOST_BEHAVIOR_LBAFEE = 2 }; /* bytes */

#define NVME_FEATCAP_SAVEABLE   0x1u
#define NVME_FEATCAP_NAMESPACE  0x2u
#define NVME_FEATCAP_CHANGEABLE 0x4u

/* ---- asynchronous events, 5.2.1 -------------------------------------------------------------------------------- */

#define NVME_AER_TYPE UINT32_C(0x00000007) /* completion dword 0 */
#define NVME_AER_INFO UINT32_C(0x0000ff00)
#define NVME_AER_LID  UINT32_C(0x00ff0000)

enum { NVME_AER_ERROR = 0, NVME_AER_SMART = 1, NVME_AER_NOTICE = 2, NVME_AER_IO_COMMAND_SET = 6, NVME_AER_VENDOR = 7 };
enum {
    NVME_AER_ERROR_INVALID_DOORBELL = 0,
    NVME_AER_ERROR_INVALID_VALUE = 1,
    NVME_AER_ERROR_DIAGNOSTIC = 2,
    NVME_AER_ERROR_PERSISTENT = 3,
    NVME_AER_ERROR_TRANSIENT = 4,
    NVME_AER_ERROR_FW_LOAD = 5,
};
enum { NVME_AER_SMART_RELIABILITY = 0, NVME_AER_SMART_TEMPERATURE = 1, NVME_AER_SMART_SPARE = 2 };
enum {
    NVME_AER_NOTICE_NAMESPACE = 0,
    NVME_AER_NOTICE_FW_ACTIVATION = 1,
    NVME_AER_NOTICE_TELEMETRY = 2,
    NVME_AER_NOTICE_ANA = 3,
};
enum { NVME_AER_IO_RESERVATION = 0, NVME_AER_IO_SANITIZE_COMPLETED = 1, NVME_AER_IO_SANITIZE_UNEXPECTED = 2 };

/* ---- log page ids, 5.16.1 -------------------------------------------------------------------------------------- */

enum nvme_log_id {
    NVME_LID_SUPPORTED = 0x00,
    NVME_LID_ERROR = 0x01,
    NVME_LID_SMART = 0x02,
    NVME_LID_FW_SLOT = 0x03,
    NVME_LID_CHANGED_NS = 0x04,
    NVME_LID_COMMANDS = 0x05,
    NVME_LID_SELF_TEST = 0x06,
    NVME_LID_TELEMETRY_HOST = 0x07,
    NVME_LID_TELEMETRY_CONTROLLER = 0x08,
    NVME_LID_ENDURANCE_GROUP = 0x09,
    NVME_LID_ANA = 0x0c,
    NVME_LID_PERSISTENT_EVENT = 0x0d,
    NVME_LID_LBA_STATUS = 0x0e,
    NVME_LID_FEATURES = 0x12,
    NVME_LID_MI_COMMANDS = 0x13,
    NVME_LID_DISCOVERY = 0x70,
    NVME_LID_RESERVATION = 0x80,
    NVME_LID_SANITIZE = 0x81,
};

/* ---- identify CNS values, 5.17.1 ------------------------------------------------------------------------------- */

enum nvme_cns {
    NVME_CNS_NAMESPACE = 0x00,
    NVME_CNS_CONTROLLER = 0x01,
    NVME_CNS_ACTIVE_NAMESPACES = 0x02,
    NVME_CNS_NAMESPACE_DESCRIPTORS = 0x03,
    NVME_CNS_NVM_SETS = 0x04,
    NVME_CNS_CSI_NAMESPACE = 0x05,
    NVME_CNS_CSI_CONTROLLER = 0x06,
    NVME_CNS_CSI_ACTIVE_NAMESPACES = 0x07,
    NVME_CNS_INDEPENDENT_NAMESPACE = 0x08,
    NVME_CNS_ALLOCATED_NAMESPACES = 0x10,
    NVME_CNS_ALLOCATED_NAMESPACE = 0x11,
    NVME_CNS_ATTACHED_CONTROLLERS = 0x12,
    NVME_CNS_CONTROLLERS = 0x13,
    NVME_CNS_PRIMARY_CAPABILITIES = 0x14,
    NVME_CNS_SECONDARY_CONTROLLERS = 0x15,
    NVME_CNS_UUIDS = 0x17,
    NVME_CNS_CSI_ALLOCATED_NAMESPACES = 0x1a,
    NVME_CNS_CSI_ALLOCATED_NAMESPACE = 0x1b,
    NVME_CNS_COMMAND_SETS = 0x1c,
};

enum nvme_csi { NVME_CSI_NVM = 0, NVME_CSI_KEY_VALUE = 1, NVME_CSI_ZONED = 2 };

#endif
