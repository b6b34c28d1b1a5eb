/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the PRP list or SGL segments of each command slot of a queue. A page is enough for almost every command:
 * those are allocated for 32 slots at a time, when the first of them needs one. A command that needs more gets a piece
 * of its own, which stays with its slot until the queue is closed or a still longer one is asked for.
 */
#ifndef BELL_NVME_SLOT_LISTS_H
#define BELL_NVME_SLOT_LISTS_H

#include <stdint.h>

struct bell_slot_lists;
struct bell_transport;

/** bell_slot_lists_new - for slots numbered from 0 on; NULL without memory. Allocates no DMA memory. */
struct bell_slot_lists *bell_slot_lists_new(uint32_t slots);

/** bell_slot_lists_delete - free everything; lists may be NULL. */
void bell_slot_lists_delete(struct bell_slot_lists *lists, struct bell_transport *transport);

/**
 * bell_slot_lists_get - memory of at least `bytes` for a slot, and its IOVA. Up to 4096 bytes it starts on a multiple
 * of 4096, beyond on a multiple of page_bytes. What the slot had before is given up: the command that used it has
 * ended.
 *
 * Returns 0, -E2BIG (more than 64 MiB) or -ENOMEM.
 */
int bell_slot_lists_get(struct bell_slot_lists *lists, struct bell_transport *transport, uint32_t slot, uint64_t bytes,
                        uint32_t page_bytes, uint64_t **list, uint64_t *iova);

#endif
