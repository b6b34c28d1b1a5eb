/* SPDX-License-Identifier: Apache-2.0 */
/* The table of admin commands. Device thread only. */
#ifndef BELL_SIM_ADMIN_H
#define BELL_SIM_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/command.h"

/*
 * Vendor specific: a reservation command as another host of the subsystem sends it through a controller of its own.
 * NSID and cdw10 as in that command, its opcode in cdw11; data: host identifier (16 bytes) and its two keys.
 */
#define SIM_ADMIN_PEER_RESERVATION 0xc1u

struct sim_admin_command {
    sim_handler *run;
    uint32_t effects;      /* NVME_EFFECT_... */
    bool while_sanitizing; /* allowed during a sanitize operation, NVMe Base 2.0c figure 287 */
};

/* sim_admin_command_of - NULL for an opcode that is not implemented. */
const struct sim_admin_command *sim_admin_command_of(uint8_t opcode);

/* sim_nvm_effects - effects of an I/O opcode, 0 if it is not implemented. */
uint32_t sim_nvm_effects(uint8_t opcode);

/* sim_sanitize_gate - 0, or why commands are refused: a sanitize operation runs, or has failed. */
uint16_t sim_sanitize_gate(const struct sim *sim);

/* sim_keep_alive_deadline - when the keep-alive timer ends if it starts now. */
uint64_t sim_keep_alive_deadline(const struct sim *sim);

/* sim_keep_alive_start - with the timeout that a Connect command brought. */
void sim_keep_alive_start(struct sim *sim, uint32_t timeout_ms);

#endif
