/* SPDX-License-Identifier: Apache-2.0 */
/* Data pointers: PRP entries and lists to memory segments, NVMe Base 2.0c 4.1.1. Device thread only. */
#ifndef BELL_SIM_PRP_H
#define BELL_SIM_PRP_H

#include <stdint.h>

#include "sim/command.h"
#include "sim/iommu.h"

/* sim_data_access - what a command's data pointer is for: opcode bits 0 and 1, NVMe Base 2.0c figure 88. */
static inline uint32_t sim_data_access(const struct sim_command *command)
{
    return command->sqe.opcode & (SIM_READ | SIM_WRITE);
}

struct sim_segment {
    uint8_t *data;
    uint64_t bytes;
};

/*
 * sim_prp_map - the memory of a command's data, bytes long, into sim->segments. All of it is checked before anything is
 * moved. Return: 0 with *count set; Invalid PRP Offset; Data Transfer Error for memory the device may not reach.
 */
uint16_t sim_prp_map(struct sim_command *command, uint64_t bytes, uint32_t *count);

/* sim_data_to_host, sim_data_from_host - move bytes between data and the command's memory. */
uint16_t sim_data_to_host(struct sim_command *command, const void *data, uint64_t bytes);
uint16_t sim_data_from_host(struct sim_command *command, void *data, uint64_t bytes);

#endif
