/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces: which exist, how they are formatted, and whether they may be used. Device thread only. */
#ifndef BELL_SIM_NAMESPACES_H
#define BELL_SIM_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "sim/media.h"
#include "spec/nvme.h"

struct sim;
struct sim_command;

struct sim_namespace {
    bool attached;
    bool write_protected;
    union {
        struct {
            uint16_t blocked;  /* status that every command gets at present: formatting, sanitizing */
            uint16_t reserved; /* SIM_RESERVED_... by another host */
        };
        uint32_t hurdles; /* 0: none of them */
    };
    uint8_t shift;           /* log2 of the LBA's bytes */
    bool extended;           /* metadata follows the data of each block */
    uint16_t metadata_bytes; /* of a block */
    uint64_t blocks;
    bell_protection protection; /* as formatted; type 0: none */
    struct sim_media media;
    struct sim_namespace_record *record;
    uint32_t nsid;
    uint8_t format_percent_left;
};

#define SIM_FORMATS 12u

struct sim_lba_format {
    uint8_t shift; /* log2 of the LBA's data bytes */
    uint8_t pif;   /* NVME_PIF_...: what protection information looks like */
    uint16_t metadata_bytes;
};

/* What Format NVM and Namespace Management choose. */
struct sim_formatting {
    uint32_t format;
    bool extended;
    uint8_t dps; /* NVME_DPS_... */
    uint64_t storage_tag_mask;
};

const struct sim_lba_format *sim_lba_format(uint32_t index);

/* sim_format_storage_bits - STS of an LBA format. */
uint32_t sim_format_storage_bits(const struct sim *sim, uint32_t index);

/* sim_formatting_check - 0 if there is such a format and the host may use it now. */
uint16_t sim_formatting_check(struct sim *sim, const struct sim_formatting *formatting);

/* sim_namespaces_init - namespaces as the options ask, or as the backing file has them. */
int sim_namespaces_init(struct sim *sim);
void sim_namespaces_destroy(struct sim *sim);

/* sim_namespaces_create - a new namespace in this free slot. */
int sim_namespace_create(struct sim *sim, uint32_t slot, uint64_t bytes, const struct sim_formatting *formatting,
                         bool shared);
void sim_namespace_delete(struct sim *sim, uint32_t slot);
void sim_namespace_attach(struct sim *sim, uint32_t slot, bool attach);

/* sim_namespace_format - new LBA format; all contents are gone. */
void sim_namespace_format(struct sim *sim, uint32_t slot, const struct sim_formatting *formatting);

/* sim_namespace_release - nothing is done to it any more: it may be used, unless its format needs a host that has said
 * that it knows extended LBA formats (NVM 1.0c 4.1.3.4). sim_namespaces_gate does that after the host said so or not.
 */
void sim_namespace_release(struct sim *sim, uint32_t slot);
void sim_namespaces_gate(struct sim *sim);

uint64_t sim_capacity_free(const struct sim *sim);

/* sim_namespace_allocated - the namespace with this NSID if it exists, attached or not; else NULL. */
struct sim_namespace *sim_namespace_allocated(struct sim *sim, uint32_t nsid);

/* sim_namespace_active - the attached namespace of a command, or the status that says why there is none. */
uint16_t sim_namespace_active(struct sim_command *command, struct sim_namespace **out);

/* sim_namespace_identifiers - EUI-64 (8 bytes) and NGUID (16 bytes). */
void sim_namespace_identifiers(const struct sim *sim, const struct sim_namespace *ns, uint8_t eui64[8],
                               uint8_t nguid[16]);

#endif
