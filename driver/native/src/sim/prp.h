/* SPDX-License-Identifier: Apache-2.0 */
/* PRP entries and lists to memory segments, NVMe Base 2.0c 4.1.1. Device thread only. */
#ifndef BELL_SIM_PRP_H
#define BELL_SIM_PRP_H

#include <stdint.h>

#include "sim/command.h"

/* sim_prp_map - the memory of a command's data, bytes long, into sim->segments. Return: 0 with *count set; PRP Offset
 * Invalid; Data Transfer Error for memory the device may not reach. */
uint16_t sim_prp_map(struct sim_command *command, uint64_t bytes, uint32_t *count);

#endif
