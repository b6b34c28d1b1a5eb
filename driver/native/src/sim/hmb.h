/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host memory buffer, NVMe Base 2.0c 8.9: memory that the host lends for the device's own use. This device keeps
 * pages of its mapping table there, each under a CRC-32C that it remembers itself, and complains when what it finds is
 * not what it left. Device thread only.
 */
#ifndef BELL_SIM_HMB_H
#define BELL_SIM_HMB_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/command.h"

#define SIM_HMB_DESCRIPTORS 64u
#define SIM_HMB_PAGE        4096u
#define SIM_HMB_UNITS       508u /* of 4 KiB that one page of the mapping table describes */

/* A page of the mapping table, as it lies in the host's memory; page 0 is the table of contents and maps nothing. */
struct sim_hmb_page {
    char magic[4]; /* "DBMP", "DBTC" */
    uint32_t nsid;
    uint64_t segment; /* which SIM_HMB_UNITS of the namespace */
    uint64_t version; /* changes so far */
    uint64_t reserved;
    uint64_t location[SIM_HMB_UNITS];
};
static_assert(sizeof(struct sim_hmb_page) == SIM_HMB_PAGE, "a page of the mapping table");

struct sim_hmb_tag {
    uint64_t segment;
    uint32_t nsid; /* 0: the page is not in use, or the table of contents */
    uint32_t crc;
};

struct sim_hmb {
    uint32_t pages; /* of 4 KiB in use; 0: disabled */
    bool enabled;
    bool kept;          /* disabled, with what the device left still there if the host gives it back */
    uint32_t size;      /* HSIZE, in pages of CC.MPS */
    uint64_t list;      /* HMDLLA, HMDLUA */
    uint32_t count;     /* HMDLEC */
    uint32_t kept_page; /* bytes of a page when it was enabled */
    struct {
        uint64_t address;
        uint64_t pages; /* of 4 KiB */
    } area[SIM_HMB_DESCRIPTORS];
    struct sim_hmb_tag *tag; /* by page */
    uint32_t tags;
    uint32_t patrol; /* the next page to be looked at */
    uint64_t location;
};

int sim_hmb_init(struct sim *sim);
void sim_hmb_destroy(struct sim *sim);

/* sim_hmb_reset - a Controller Level Reset disables it; lost: a loss of power, the device remembers nothing. */
void sim_hmb_reset(struct sim *sim, bool lost);

uint16_t sim_hmb_set(struct sim_command *command);
uint16_t sim_hmb_get(struct sim_command *command, bool current);

/* sim_hmb_touch - the pages of an I/O command that succeeded. */
void sim_hmb_touch(struct sim_command *command);

/* sim_hmb_patrol - look after some pages now and then, so that damage is found without I/O as well. */
void sim_hmb_patrol(struct sim *sim);

#endif
