/* SPDX-License-Identifier: Apache-2.0 */
/* Protection information as commands speak of it, NVM 1.0c 5.2.2. Device thread only. */
#ifndef BELL_SIM_PROTECTION_H
#define BELL_SIM_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/command.h"
#include "sim/namespaces.h"

typedef unsigned __int128 sim_tags; /* storage and reference tag, up to 80 bits */

/* What a command, or a range of a copy, says of it. */
struct sim_prinfo {
    bell_protection protection; /* the namespace's format, with checks and tags */
    bool action;                /* PRACT: the controller inserts and strips */
    uint64_t slba;
};

/* The fields that say it, wherever they stand. */
struct sim_prinfo_fields {
    uint32_t prinfo; /* NVME_PRINFO_... */
    bool check_storage;
    sim_tags tags;
    uint16_t application_tag;
    uint16_t application_mask;
};

/* sim_prinfo_command - the fields of a command with SLBA, PRINFO in dword 12, and tags in 2, 3, 14 and 15. */
struct sim_prinfo_fields sim_prinfo_command(const struct sim_command *command, const struct sim_namespace *ns);

/* sim_prinfo_tags - dwords 2, 3 and 14 as one number, of which the namespace's format has so many bits. */
sim_tags sim_prinfo_tags(const struct sim_command *command, const struct sim_namespace *ns);

/* sim_prinfo_of - both together, for a range of blocks that starts at slba. Return: 0, or Invalid Protection
 * Information. */
uint16_t sim_prinfo_of(struct sim_command *command, const struct sim_namespace *ns, uint64_t slba,
                       const struct sim_prinfo_fields *fields, struct sim_prinfo *out);

/* sim_prinfo_check - whether these blocks are as the command expects them; else the status of what is wrong first. */
uint16_t sim_prinfo_check(struct sim_command *command, const struct sim_prinfo *info, const uint8_t *data,
                          const uint8_t *metadata, uint32_t blocks);

/* sim_prinfo_strips - whether metadata stays in the controller: it is nothing but protection information. */
static inline bool sim_prinfo_strips(const struct sim_prinfo *info, const struct sim_namespace *ns)
{
    return info->action && ns->metadata_bytes == (ns->protection.guard_bits == 16 ? 8 : 16);
}

#endif
