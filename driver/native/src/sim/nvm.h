/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the NVM commands that several of them share. Device thread only. */
#ifndef BELL_SIM_NVM_H
#define BELL_SIM_NVM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/namespaces.h"

/* A checked range of a namespace, in bytes. */
struct sim_extent {
    struct sim_namespace *ns;
    uint64_t offset;
    uint64_t bytes;
};

/* sim_extent_of - the range of a command with SLBA and NLB, or why it is refused. moves: the command transfers it, so
 * MDTS applies. */
uint16_t sim_extent_of(struct sim_command *command, bool moves, struct sim_extent *extent);

uint16_t sim_write_allowed(struct sim_command *command, const struct sim_namespace *ns);

/* sim_unrecovered - Unrecovered Read Error if a block of the range is uncorrectable, else 0. */
uint16_t sim_unrecovered(struct sim_command *command, const struct sim_extent *extent);

uint16_t sim_compare_extent(struct sim_command *command, const struct sim_extent *extent);
uint16_t sim_write_extent(struct sim_command *command, const struct sim_extent *extent);
uint16_t sim_flush_namespace(struct sim_namespace *ns);
void sim_count_read(struct sim *sim, uint64_t bytes);
void sim_count_write(struct sim *sim, uint64_t bytes);

#endif
