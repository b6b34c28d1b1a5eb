/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page for PRP list entries for each command slot of a queue. Pages are allocated for 32 slots at a time, when the
 * first of them needs one: most commands need none, and a queue may have 65,535 slots.
 */
#ifndef BELL_NVME_PRP_LISTS_H
#define BELL_NVME_PRP_LISTS_H

#include <stdint.h>

struct bell_prp_lists;
struct bell_transport;

/** bell_prp_lists_new - for slots numbered from 0 on; NULL without memory. Allocates no pages. */
struct bell_prp_lists *bell_prp_lists_new(uint32_t slots);

/** bell_prp_lists_delete - free all pages; lists may be NULL. */
void bell_prp_lists_delete(struct bell_prp_lists *lists, struct bell_transport *transport);

/** bell_prp_lists_get - the slot's page and its IOVA. */
int bell_prp_lists_get(struct bell_prp_lists *lists, struct bell_transport *transport, uint32_t slot, uint64_t **list,
                       uint64_t *iova);

#endif
