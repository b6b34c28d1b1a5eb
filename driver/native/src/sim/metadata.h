/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on namespaces whose blocks have metadata, in a buffer of its own or behind the data of each block, NVM 1.0c
 * 5.2 and 5.8.3. Device thread only.
 *
 * On the media protection information is stored inverted: what nobody wrote is zero there, and reads FFh, which says
 * that it is not to be checked (3.2.3.2.1, DLFEAT bit 4 is 0).
 */
#ifndef BELL_SIM_METADATA_H
#define BELL_SIM_METADATA_H

#include "sim/nvm.h"

/* sim_metadata_read, ... - the commands, after what is checked of any namespace. */
uint16_t sim_metadata_read(struct sim_command *command, const struct sim_extent *extent);
uint16_t sim_metadata_write(struct sim_command *command, const struct sim_extent *extent);
uint16_t sim_metadata_compare(struct sim_command *command, const struct sim_extent *extent);
uint16_t sim_metadata_verify(struct sim_command *command, const struct sim_extent *extent);

/* sim_metadata_write_zeroes - the metadata of the range, as if the blocks were zero; the data is the caller's. */
uint16_t sim_metadata_write_zeroes(struct sim_command *command, const struct sim_extent *extent);

/* sim_metadata_bounce - memory for the metadata of so many blocks, and as much data; NULL: there is none. */
uint8_t *sim_metadata_bounce(struct sim *sim, uint64_t bytes);

/* sim_metadata_load, sim_metadata_store - between the media and memory. Storing changes the memory. */
void sim_metadata_load(const struct sim_namespace *ns, uint64_t slba, uint64_t blocks, uint8_t *to);
void sim_metadata_store(struct sim_namespace *ns, uint64_t slba, uint64_t blocks, uint8_t *from);

/* sim_blocks_discard - a range of bytes of whole blocks, and their metadata, are as if they had never been written. */
void sim_blocks_discard(struct sim_namespace *ns, uint64_t offset, uint64_t bytes);

/* sim_metadata_fill - a pattern in the metadata of a range of bytes of whole blocks, but for protection information,
 * which is as if it had never been written. */
void sim_metadata_fill(struct sim_namespace *ns, uint64_t offset, uint64_t bytes, uint32_t pattern);

/* sim_transfer_bytes - how much the data pointer of a read or write of blocks of this namespace describes. */
uint64_t sim_transfer_bytes(const struct sim_command *command, const struct sim_namespace *ns);

#endif
