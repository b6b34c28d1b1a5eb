/* SPDX-License-Identifier: Apache-2.0 */
/* NVMe data structures: identify, log pages and the lists that commands carry. Sections are of NVMe Base 2.0c. */
#ifndef BELL_SPEC_NVME_DATA_H
#define BELL_SPEC_NVME_DATA_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* 128-bit counter, low half first. */
struct nvme_u128 {
    uint64_t low;
    uint64_t high;
};

/* ---- identify, 5.17.2 ------------------------------------------------------------------------------------------ */

struct nvme_power_state {
    uint16_t mp; /* maximum power, 0.01 W or 0.0001 W by MXPS */
    uint8_t reserved2;
    uint8_t flags;  /* bit 0 MXPS, bit 1 NOPS */
    uint32_t enlat; /* us */
    uint32_t exlat; /* us */
    uint8_t rrt;
    uint8_t rrl;
    uint8_t rwt;
    uint8_t rwl;
    uint16_t idlp;
    uint8_t ips;
    uint8_t reserved19;
    uint16_t actp;
    uint8_t apws;
    uint8_t reserved23[9];
};
static_assert(sizeof(struct nvme_power_state) == 32, "power state");

struct nvme_identify_controller {
    uint16_t vid;
    uint16_t ssvid;
    char sn[20];
    char mn[40];
    char fr[8];
    uint8_t rab;
    uint8_t ieee[3];
    uint8_t cmic;
    uint8_t mdts;
    uint16_t cntlid;
    uint32_t ver;
    uint32_t rtd3r;
    uint32_t rtd3e;
    uint32_t oaes;
    uint32_t ctratt;
    uint16_t rrls;
    uint8_t reserved102[9];
    uint8_t cntrltype;
    uint8_t fguid[16];
    uint16_t crdt[3];
    uint8_t reserved134[119];
    uint8_t nvmsr;
    uint8_t vwci;
    uint8_t mec;
    uint16_t oacs;
    uint8_t acl;
    uint8_t aerl;
    uint8_t frmw;
    uint8_t lpa;
    uint8_t elpe;
    uint8_t npss;
    uint8_t avscc;
    uint8_t apsta;
    uint16_t wctemp;
    uint16_t cctemp;
    uint16_t mtfa;
    uint32_t hmpre;
    uint32_t hmmin;
    struct nvme_u128 tnvmcap;
    struct nvme_u128 unvmcap;
    uint32_t rpmbs;
    uint16_t edstt;
    uint8_t dsto;
    uint8_t fwug;
    uint16_t kas;
    uint16_t hctma;
    uint16_t mntmt;
    uint16_t mxtmt;
    uint32_t sanicap;
    uint32_t hmminds;
    uint16_t hmmaxd;
    uint16_t nsetidmax;
    uint16_t endgidmax;
    uint8_t anatt;
    uint8_t anacap;
    uint32_t anagrpmax;
    uint32_t nanagrpid;
    uint32_t pels;
    uint16_t domainid;
    uint8_t reserved358[10];
    struct nvme_u128 megcap;
    uint8_t reserved384[128];
    uint8_t sqes;
    uint8_t cqes;
    uint16_t maxcmd;
    uint32_t nn;
    uint16_t oncs;
    uint16_t fuses;
    uint8_t fna;
    uint8_t vwc;
    uint16_t awun;
    uint16_t awupf;
    uint8_t icsvscc;
    uint8_t nwpc;
    uint16_t acwu;
    uint16_t cdfs;
    uint32_t sgls;
    uint32_t mnan;
    struct nvme_u128 maxdna;
    uint32_t maxcna;
    uint8_t reserved564[204];
    char subnqn[256];
    uint8_t reserved1024[768];
    uint32_t ioccsz; /* NVMe over Fabrics */
    uint32_t iorcsz;
    uint16_t icdoff;
    uint8_t fcatt;
    uint8_t msdbd;
    uint16_t ofcs;
    uint8_t dctype;
    uint8_t reserved1807[241];
    struct nvme_power_state psd[32];
    uint8_t vendor[1024];
};
static_assert(sizeof(struct nvme_identify_controller) == 4096, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, cntrltype) == 111, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, oacs) == 256, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, tnvmcap) == 280, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, sqes) == 512, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, subnqn) == 768, "identify controller");
static_assert(offsetof(struct nvme_identify_controller, psd) == 2048, "identify controller");

#define NVME_OACS_SECURITY   0x0001u
#define NVME_OACS_FORMAT     0x0002u
#define NVME_OACS_FIRMWARE   0x0004u
#define NVME_OACS_NAMESPACES 0x0008u
#define NVME_OACS_SELF_TEST  0x0010u
#define NVME_OACS_DIRECTIVES 0x0020u
#define NVME_OACS_MI         0x0040u
#define NVME_OACS_DOORBELLS  0x0100u

#define NVME_ONCS_COMPARE       0x0001u
#define NVME_ONCS_UNCORRECTABLE 0x0002u
#define NVME_ONCS_DSM           0x0004u
#define NVME_ONCS_WRITE_ZEROES  0x0008u
#define NVME_ONCS_SAVE          0x0010u
#define NVME_ONCS_RESERVATIONS  0x0020u
#define NVME_ONCS_TIMESTAMP     0x0040u
#define NVME_ONCS_VERIFY        0x0080u
#define NVME_ONCS_COPY          0x0100u

#define NVME_CTRATT_HOST_ID 0x00000001u /* of 128 bits */
#define NVME_CTRATT_ELBAS   0x00008000u /* extended LBA formats */

#define NVME_OAES_NAMESPACE 0x00000100u
#define NVME_OAES_FIRMWARE  0x00000200u

#define NVME_LPA_SMART_NAMESPACE  0x01u
#define NVME_LPA_COMMANDS         0x02u
#define NVME_LPA_EXTENDED         0x04u
#define NVME_LPA_TELEMETRY        0x08u
#define NVME_LPA_PERSISTENT_EVENT 0x10u
#define NVME_LPA_SUPPORTED        0x20u

struct nvme_lba_format {
    uint16_t ms;   /* metadata bytes */
    uint8_t lbads; /* log2 of the data bytes */
    uint8_t rp;    /* relative performance, 0 best */
};
static_assert(sizeof(struct nvme_lba_format) == 4, "LBA format");

struct nvme_identify_namespace {
    uint64_t nsze;
    uint64_t ncap;
    uint64_t nuse;
    uint8_t nsfeat;
    uint8_t nlbaf; /* 0's based */
    uint8_t flbas;
    uint8_t mc;
    uint8_t dpc;
    uint8_t dps;
    uint8_t nmic;
    uint8_t rescap;
    uint8_t fpi;
    uint8_t dlfeat;
    uint16_t nawun;
    uint16_t nawupf;
    uint16_t nacwu;
    uint16_t nabsn;
    uint16_t nabo;
    uint16_t nabspf;
    uint16_t noiob;
    struct nvme_u128 nvmcap;
    uint16_t npwg;
    uint16_t npwa;
    uint16_t npdg;
    uint16_t npda;
    uint16_t nows;
    uint16_t mssrl;
    uint32_t mcl;
    uint8_t msrc; /* 0's based */
    uint8_t reserved81;
    uint8_t nulbaf;
    uint8_t reserved83[9];
    uint32_t anagrpid;
    uint8_t reserved96[3];
    uint8_t nsattr;
    uint16_t nvmsetid;
    uint16_t endgid;
    uint8_t nguid[16];
    uint8_t eui64[8];
    struct nvme_lba_format lbaf[64];
    uint8_t vendor[3712];
};
static_assert(sizeof(struct nvme_identify_namespace) == 4096, "identify namespace");
static_assert(offsetof(struct nvme_identify_namespace, nvmcap) == 48, "identify namespace");
static_assert(offsetof(struct nvme_identify_namespace, nguid) == 104, "identify namespace");
static_assert(offsetof(struct nvme_identify_namespace, lbaf) == 128, "identify namespace");

#define NVME_FLBAS_LOW      0x0fu
#define NVME_FLBAS_EXTENDED 0x10u
#define NVME_FLBAS_HIGH     0x60u

/* nvme_flbas_index - index of the LBA format in use. */
static inline uint32_t nvme_flbas_index(uint8_t flbas)
{
    return (flbas & NVME_FLBAS_LOW) | (flbas & NVME_FLBAS_HIGH) >> 1;
}

/* Of the NVM command set, CNS 05h, NVM 1.0c figure 100. */
struct nvme_identify_namespace_nvm {
    uint64_t lbstm;
    uint8_t pic; /* NVME_PIC_... */
    uint8_t reserved9[3];
    uint32_t elbaf[64]; /* NVME_ELBAF_... */
    uint8_t reserved268[3828];
};
static_assert(sizeof(struct nvme_identify_namespace_nvm) == 4096, "identify namespace, NVM command set");
static_assert(offsetof(struct nvme_identify_namespace_nvm, elbaf) == 12, "identify namespace, NVM command set");

#define NVME_PIC_16B_STORAGE  0x01u /* storage tags with 16-bit guards */
#define NVME_PIC_16B_ALL_ONES 0x02u /* but no mask of them */
#define NVME_PIC_READ_CHECK   0x04u /* Copy checks storage tags when it reads */
#define NVME_ELBAF_STS        UINT32_C(0x0000007f)
#define NVME_ELBAF_PIF        UINT32_C(0x00000180)

enum { NVME_PIF_16B = 0, NVME_PIF_32B = 1, NVME_PIF_64B = 2 };

#define NVME_MC_EXTENDED 0x01u
#define NVME_MC_SEPARATE 0x02u

#define NVME_DPC_TYPES 0x07u
#define NVME_DPC_FIRST 0x08u
#define NVME_DPC_LAST  0x10u

#define NVME_DPS_TYPE  0x07u
#define NVME_DPS_FIRST 0x08u

/* What Namespace Management has beside the fields of Identify Namespace. */
#define NVME_CREATE_LBSTM 384u

struct nvme_namespace_descriptor {
    uint8_t nidt; /* NVME_NIDT_... */
    uint8_t nidl;
    uint8_t reserved2[2];
    uint8_t nid[];
};
static_assert(sizeof(struct nvme_namespace_descriptor) == 4, "namespace identification descriptor");

enum { NVME_NIDT_EUI64 = 1, NVME_NIDT_NGUID = 2, NVME_NIDT_UUID = 3, NVME_NIDT_CSI = 4 };

struct nvme_controller_list {
    uint16_t count;
    uint16_t id[2047];
};
static_assert(sizeof(struct nvme_controller_list) == 4096, "controller list");

/* ---- log pages, 5.16.1 ----------------------------------------------------------------------------------------- */

struct nvme_error_log_entry {
    uint64_t error_count;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status;             /* as in the CQE, phase included */
    uint16_t parameter_location; /* bits 7:0 byte, 10:8 bit of the SQE; ffffh: none */
    uint64_t lba;
    uint32_t nsid;
    uint8_t vendor;
    uint8_t trtype;
    uint8_t reserved30[2];
    uint64_t command_specific;
    uint16_t trtype_specific;
    uint8_t reserved42[22];
};
static_assert(sizeof(struct nvme_error_log_entry) == 64, "error log entry");

struct __attribute__((packed, aligned(4))) nvme_smart_log {
    uint8_t critical_warning;       /* NVME_SMART_... */
    uint16_t composite_temperature; /* kelvin */
    uint8_t available_spare;
    uint8_t available_spare_threshold;
    uint8_t percentage_used;
    uint8_t endurance_critical_warning;
    uint8_t reserved7[25];
    struct nvme_u128 data_units_read; /* 1000 units of 512 bytes, rounded up */
    struct nvme_u128 data_units_written;
    struct nvme_u128 host_reads;
    struct nvme_u128 host_writes;
    struct nvme_u128 busy_minutes;
    struct nvme_u128 power_cycles;
    struct nvme_u128 power_on_hours;
    struct nvme_u128 unsafe_shutdowns;
    struct nvme_u128 media_errors;
    struct nvme_u128 error_log_entries;
    uint32_t warning_temperature_minutes;
    uint32_t critical_temperature_minutes;
    uint16_t temperature_sensor[8]; /* kelvin */
    uint32_t thermal_transitions[2];
    uint32_t thermal_seconds[2];
    uint8_t reserved232[280];
};
static_assert(sizeof(struct nvme_smart_log) == 512, "SMART log");
static_assert(offsetof(struct nvme_smart_log, data_units_read) == 32, "SMART log");
static_assert(offsetof(struct nvme_smart_log, temperature_sensor) == 200, "SMART log");

#define NVME_SMART_SPARE       0x01u
#define NVME_SMART_TEMPERATURE 0x02u
#define NVME_SMART_RELIABILITY 0x04u
#define NVME_SMART_READ_ONLY   0x08u
#define NVME_SMART_BACKUP      0x10u
#define NVME_SMART_PMR         0x20u

struct nvme_fw_slot_log {
    uint8_t afi; /* bits 2:0 active slot, 6:4 slot at next reset */
    uint8_t reserved1[7];
    char frs[7][8];
    uint8_t reserved64[448];
};
static_assert(sizeof(struct nvme_fw_slot_log) == 512, "firmware slot log");

struct nvme_commands_log {
    uint32_t admin[256];
    uint32_t io[256];
    uint8_t reserved2048[2048];
};
static_assert(sizeof(struct nvme_commands_log) == 4096, "commands supported and effects log");

#define NVME_EFFECT_CSUPP 0x00000001u
#define NVME_EFFECT_LBCC  0x00000002u
#define NVME_EFFECT_NCC   0x00000004u
#define NVME_EFFECT_NIC   0x00000008u
#define NVME_EFFECT_CCC   0x00000010u
#define NVME_EFFECT_CSE   0x00070000u

struct __attribute__((packed)) nvme_self_test_result {
    uint8_t status; /* bits 3:0 NVME_SELF_TEST_..., 7:4 kind */
    uint8_t segment;
    uint8_t valid; /* bit 0 nsid, 1 flba, 2 sct, 3 sc */
    uint8_t reserved3;
    uint64_t power_on_hours;
    uint32_t nsid;
    uint64_t failing_lba;
    uint8_t sct;
    uint8_t sc;
    uint16_t vendor;
};
static_assert(sizeof(struct nvme_self_test_result) == 28, "self-test result");

struct __attribute__((packed, aligned(4))) nvme_self_test_log {
    uint8_t current;    /* 0 none, 1 short, 2 extended */
    uint8_t completion; /* per cent */
    uint8_t reserved2[2];
    struct nvme_self_test_result result[20];
};
static_assert(sizeof(struct nvme_self_test_log) == 564, "self-test log");

enum {
    NVME_SELF_TEST_PASSED = 0,
    NVME_SELF_TEST_ABORTED = 1,
    NVME_SELF_TEST_RESET = 2,
    NVME_SELF_TEST_NS_REMOVED = 3,
    NVME_SELF_TEST_FORMAT = 4,
    NVME_SELF_TEST_FATAL = 5,
    NVME_SELF_TEST_FAILED_UNKNOWN = 6,
    NVME_SELF_TEST_FAILED = 7,
    NVME_SELF_TEST_ABORTED_UNKNOWN = 8,
    NVME_SELF_TEST_SANITIZE = 9,
    NVME_SELF_TEST_UNUSED = 15,
};

struct nvme_sanitize_log {
    uint16_t sprog; /* of 65536 */
    uint16_t sstat;
    uint32_t scdw10;
    uint32_t estimate[6]; /* overwrite, block, crypto; the same with no-deallocate media modification; seconds */
    uint8_t reserved32[480];
};
static_assert(sizeof(struct nvme_sanitize_log) == 512, "sanitize log");

#define NVME_SSTAT_STATUS 0x0007u
#define NVME_SSTAT_PASSES 0x00f8u
#define NVME_SSTAT_GDE    0x0100u

enum {
    NVME_SSTAT_NEVER = 0,
    NVME_SSTAT_DONE = 1,
    NVME_SSTAT_RUNNING = 2,
    NVME_SSTAT_FAILED = 3,
    NVME_SSTAT_DONE_NODEALLOC = 4
};

struct __attribute__((packed, aligned(4))) nvme_persistent_event_header {
    uint8_t lid;
    uint8_t reserved1[3];
    uint32_t events;
    uint64_t bytes;
    uint8_t revision;
    uint8_t reserved17;
    uint16_t header_length; /* bytes after this field */
    uint64_t timestamp;
    struct nvme_u128 power_on_hours;
    uint64_t power_cycles;
    uint16_t vid;
    uint16_t ssvid;
    char sn[20];
    char mn[40];
    char subnqn[256];
    uint16_t generation;
    uint32_t context;
    uint8_t reserved378[102];
    uint8_t supported_events[32];
};
static_assert(sizeof(struct nvme_persistent_event_header) == 512, "persistent event log header");
static_assert(offsetof(struct nvme_persistent_event_header, supported_events) == 480, "persistent event log header");

struct __attribute__((packed)) nvme_persistent_event {
    uint8_t type;
    uint8_t revision;
    uint8_t header_length; /* bytes after this field */
    uint8_t reserved3;
    uint16_t cntlid;
    uint64_t timestamp;
    uint8_t reserved14[6];
    uint16_t vendor_length;
    uint16_t length; /* vendor bytes and data that follow */
};
static_assert(sizeof(struct nvme_persistent_event) == 24, "persistent event header");

/* ---- lists in command data ------------------------------------------------------------------------------------- */

struct nvme_dsm_range {
    uint32_t attributes;
    uint32_t nlb;
    uint64_t slba;
};
static_assert(sizeof(struct nvme_dsm_range) == 16, "DSM range");

struct nvme_copy_range { /* descriptor format 0 */
    uint8_t reserved0[8];
    uint64_t slba;
    uint16_t nlb; /* 0's based */
    uint8_t reserved18[6];
    uint32_t elbt; /* expected storage and reference tag */
    uint16_t elbat;
    uint16_t elbatm;
};
static_assert(sizeof(struct nvme_copy_range) == 32, "copy source range");

struct nvme_copy_range_1 { /* descriptor format 1 */
    uint8_t reserved0[8];
    uint64_t slba;
    uint16_t nlb; /* 0's based */
    uint8_t reserved18[8];
    uint8_t elbt[10]; /* the highest byte first */
    uint16_t elbat;
    uint16_t elbatm;
};
static_assert(sizeof(struct nvme_copy_range_1) == 40, "copy source range, format 1");

struct nvme_lba_range {
    uint8_t type;
    uint8_t attributes;
    uint8_t reserved2[14];
    uint64_t slba;
    uint64_t nlb; /* 0's based */
    uint8_t guid[16];
    uint8_t reserved48[16];
};
static_assert(sizeof(struct nvme_lba_range) == 64, "LBA range type entry");

struct nvme_sgl_descriptor {
    uint64_t address;
    uint32_t length;
    uint8_t reserved12[3];
    uint8_t type; /* bits 7:4 type, 3:0 subtype */
};
static_assert(sizeof(struct nvme_sgl_descriptor) == 16, "SGL descriptor");

/* ---- host memory buffer, 5.27.1.10 ---- */

struct nvme_hmb_descriptor {
    uint64_t address;
    uint32_t pages; /* of CC.MPS */
    uint32_t reserved12;
};
static_assert(sizeof(struct nvme_hmb_descriptor) == 16, "host memory buffer descriptor");

struct nvme_hmb_attributes {
    uint32_t size; /* pages of CC.MPS */
    uint32_t list_low;
    uint32_t list_high;
    uint32_t count;
    uint8_t reserved16[4080];
};
static_assert(sizeof(struct nvme_hmb_attributes) == 4096, "host memory buffer attributes");

/* ---- directives, 8.7 ---- */

struct nvme_directive_parameters {
    uint8_t supported[32];
    uint8_t enabled[32];
    uint8_t persistent[32]; /* stays enabled through a Controller Level Reset */
    uint8_t reserved96[4000];
};
static_assert(sizeof(struct nvme_directive_parameters) == 4096, "directive parameters");

struct nvme_streams_parameters {
    uint16_t msl;
    uint16_t nssa;
    uint16_t nsso;
    uint8_t nssc;
    uint8_t reserved7[9];
    uint32_t sws;
    uint16_t sgs;
    uint16_t nsa;
    uint16_t nso;
    uint8_t reserved26[6];
};
static_assert(sizeof(struct nvme_streams_parameters) == 32, "streams parameters");

/* ---- reservations, 7.2 to 7.5 ------------------------------------------------------------------------------------ */

struct nvme_reservation_register {
    uint64_t crkey;
    uint64_t nrkey;
};
static_assert(sizeof(struct nvme_reservation_register) == 16, "reservation register");

struct nvme_reservation_acquire {
    uint64_t crkey;
    uint64_t prkey;
};
static_assert(sizeof(struct nvme_reservation_acquire) == 16, "reservation acquire");

struct __attribute__((packed, aligned(4))) nvme_reservation_status {
    uint32_t gen;
    uint8_t rtype;
    uint16_t regctl;
    uint8_t reserved7[2];
    uint8_t ptpls;
    uint8_t reserved10[14];
};
static_assert(sizeof(struct nvme_reservation_status) == 24, "reservation status");

struct nvme_registered_controller {
    uint16_t cntlid;
    uint8_t rcsts;
    uint8_t reserved3[5];
    uint64_t hostid;
    uint64_t rkey;
};
static_assert(sizeof(struct nvme_registered_controller) == 24, "registered controller");

struct nvme_registered_controller_extended {
    uint16_t cntlid;
    uint8_t rcsts;
    uint8_t reserved3[5];
    uint64_t rkey;
    uint8_t hostid[16];
    uint8_t reserved32[32];
};
static_assert(sizeof(struct nvme_registered_controller_extended) == 64, "registered controller, extended");

struct nvme_reservation_log {
    uint64_t count;
    uint8_t type;      /* NVME_RESLOG_... */
    uint8_t available; /* pages behind this one */
    uint8_t reserved10[2];
    uint32_t nsid;
    uint8_t reserved16[48];
};
static_assert(sizeof(struct nvme_reservation_log) == 64, "reservation notification log");

enum {
    NVME_RESLOG_EMPTY = 0,
    NVME_RESLOG_REGISTRATION_PREEMPTED = 1,
    NVME_RESLOG_RELEASED = 2,
    NVME_RESLOG_PREEMPTED = 3
};

#define NVME_RESCAP_ALL  0xffu /* persistence through power loss, the six types, IEKEY as of 1.3 */
#define NVME_RESCAP_PTPL 0x01u

#endif
