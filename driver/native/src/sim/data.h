/* SPDX-License-Identifier: Apache-2.0 */
/* What a command moves, as pieces of host memory: PRPs or SGLs, data and metadata. Device thread only. */
#ifndef BELL_SIM_DATA_H
#define BELL_SIM_DATA_H

#include <stdint.h>

#include "sim/command.h"
#include "sim/iommu.h"

/* sim_data_access - what a command's data pointer is for: opcode bits 0 and 1, NVMe Base 2.0c figure 88. */
static inline uint32_t sim_data_access(const struct sim_command *command)
{
    return command->sqe.opcode & (SIM_READ | SIM_WRITE);
}

struct sim_segment {
    uint8_t *data; /* NULL: a bit bucket */
    uint64_t bytes;
};

/* sim_segment_add - after those that are there; what continues the last one extends it. Invalid Number of SGL
 * Descriptors, if there are too many. */
uint16_t sim_segment_add(struct sim *sim, uint32_t first, uint32_t *count, uint8_t *data, uint64_t bytes);

/* sim_memory_add - bytes at iova, which may lie in several regions. Data Transfer Error, where the device may not. */
uint16_t sim_memory_add(struct sim_command *command, uint32_t first, uint32_t *count, uint64_t iova, uint64_t bytes);

/*
 * sim_data_map - the memory of a command's data, bytes long, into sim->segments. All of it is checked before anything
 * is moved. Return: 0 with *count set, or what is wrong with the PRPs, the SGL or the memory.
 */
uint16_t sim_data_map(struct sim_command *command, uint64_t bytes, uint32_t *count);

/* sim_metadata_map - the same for the metadata pointer, after the *count segments that are there. */
uint16_t sim_metadata_map(struct sim_command *command, uint64_t bytes, uint32_t *count);

/* sim_data_to_host, sim_data_from_host - move bytes between data and the command's memory. */
uint16_t sim_data_to_host(struct sim_command *command, const void *data, uint64_t bytes);
uint16_t sim_data_from_host(struct sim_command *command, void *data, uint64_t bytes);

/* A place in a list of segments, for moving them piece by piece. */
struct sim_cursor {
    const struct sim_segment *segment;
    uint64_t offset;
};

void sim_cursor_put(struct sim_cursor *cursor, const void *data, uint64_t bytes);
void sim_cursor_get(struct sim_cursor *cursor, void *data, uint64_t bytes);

#endif
