/* SPDX-License-Identifier: Apache-2.0 */
/* Scatter gather lists to memory segments, NVMe Base 2.0c 4.1.2. Device thread only. */
#ifndef BELL_SIM_SGL_H
#define BELL_SIM_SGL_H

#include <stdint.h>

#include "sim/command.h"

/*
 * What SGLS in Identify Controller says: SGLs of any alignment in NVM commands, bit buckets, metadata at any address,
 * and a metadata pointer to an SGL. An SGL that describes more than the data is refused.
 */
#define SIM_SGLS UINT32_C(0x000b0001)

/* sim_sgl_map_data, sim_sgl_map_metadata - the memory that a command's SGL describes, bytes long, into sim->segments
 * after the *count that are there. Return: 0, or the status for what is wrong with the list. */
uint16_t sim_sgl_map_data(struct sim_command *command, uint64_t bytes, uint32_t *count);
uint16_t sim_sgl_map_metadata(struct sim_command *command, uint64_t bytes, uint32_t *count);

#endif
