/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulated SSD keeps over resets and power cycles. It lies at the start of the backing file, or in memory
 * that lives as long as the device is open.
 */
#ifndef BELL_SIM_STATE_H
#define BELL_SIM_STATE_H

#include <stdint.h>

#include "sim/options.h"
#include "spec/nvme.h"

#define SIM_STATE_MAGIC   "DOORBELL"
#define SIM_STATE_VERSION 1u
#define SIM_STATE_BYTES   65536u

#define SIM_FW_SLOTS    3u
#define SIM_ERROR_LOG   64u
#define SIM_SELF_TESTS  20u
#define SIM_EVENTS      64u
#define SIM_REGISTRANTS 16u /* of a namespace */

/* A namespace that exists, under its NSID - 1. */
struct sim_namespace_record {
    uint32_t allocated;
    uint32_t attached;
    uint32_t format; /* index of the LBA format */
    uint32_t write_protect;
    uint32_t shared;
    uint32_t generation; /* namespaces made under this NSID so far; part of its EUI-64 and NGUID */
    uint64_t bytes;
};

/* How a namespace is formatted, beside the index of its LBA format. */
struct sim_namespace_layout {
    uint8_t extended; /* metadata with the data, as FLBAS bit 4 */
    uint8_t dps;      /* NVME_DPS_... */
    uint8_t reserved[6];
    uint64_t storage_tag_mask;
};

struct sim_saved_feature {
    uint32_t valid;
    uint32_t value;
};

struct sim_event_record {
    uint8_t type;
    uint8_t length;
    uint8_t reserved[6];
    uint64_t timestamp;
    uint8_t data[48];
};

struct sim_registrant {
    uint8_t host[16]; /* a 64-bit identifier is followed by zeroes */
    uint64_t key;
    uint8_t used;
    uint8_t reserved[7];
};

/* Who may use a namespace. */
struct sim_reservation {
    uint32_t generation;
    uint8_t type; /* NVME_RTYPE_... */
    uint8_t holder;
    uint8_t persists; /* through a loss of power */
    uint8_t reserved;
    struct sim_registrant registrant[SIM_REGISTRANTS];
};

struct sim_state {
    char magic[8];
    uint32_t version;
    uint32_t reserved;
    uint64_t capacity;
    struct sim_namespace_record ns[SIM_MAX_NAMESPACES];
    struct sim_saved_feature saved[256];
    uint32_t saved_ns[SIM_MAX_NAMESPACES][2]; /* error recovery: valid, value */
    uint8_t saved_vector_off[(SIM_MAX_IO_QUEUES + 8) / 8];
    uint8_t pad[7];

    char fw[SIM_FW_SLOTS][8];
    uint32_t fw_active; /* slot, from 1 */
    uint32_t fw_next;   /* slot to run after the next reset, 0: the same */

    struct nvme_u128 data_read; /* 512-byte units, not yet by thousands */
    struct nvme_u128 data_written;
    uint64_t host_reads;
    uint64_t host_writes;
    uint64_t busy_ns;
    uint64_t power_cycles;
    uint64_t power_on_ns;
    uint64_t unsafe_shutdowns;
    uint64_t media_errors;
    uint64_t error_count;
    uint64_t warning_ns;
    uint64_t critical_ns;

    struct nvme_error_log_entry errors[SIM_ERROR_LOG];       /* error_count modulo its size */
    struct nvme_self_test_result self_tests[SIM_SELF_TESTS]; /* newest first */
    uint32_t sanitize_status;
    uint32_t sanitize_cdw10;
    uint32_t sanitize_wrote; /* user data written since the last sanitize: GDE is 0 */
    uint32_t event_count;
    struct sim_event_record events[SIM_EVENTS];
    struct sim_reservation reservations[SIM_MAX_NAMESPACES];

    uint32_t storage_tag_bits; /* as the option asked when the state was made */
    uint32_t reserved2;
    struct sim_namespace_layout layout[SIM_MAX_NAMESPACES];
};
static_assert(sizeof(struct sim_state) <= SIM_STATE_BYTES, "state fits its place in the file");

#endif
