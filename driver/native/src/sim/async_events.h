/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous events, NVMe Base 2.0c 5.2: requests that wait, events that wait, and types that are masked. Device
 * thread only. */
#ifndef BELL_SIM_ASYNC_EVENTS_H
#define BELL_SIM_ASYNC_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

#define SIM_EVENT_QUEUE 16u

struct sim_async_events {
    uint16_t cid[16];
    uint32_t requests;
    uint32_t waiting[SIM_EVENT_QUEUE]; /* completion dwords, oldest first */
    uint32_t waiting_count;
    uint32_t masked; /* bit by event type: reported, and not yet cleared by reading the log page */
};

/* sim_async_report - an event of this type and information, described by log page lid. */
void sim_async_report(struct sim *sim, uint32_t type, uint32_t information, uint32_t lid);

/* sim_async_unmask - the log page of these events was read without RAE. */
void sim_async_unmask(struct sim *sim, uint32_t type);

/* sim_async_abort - forget the request with this CID. False: there is none. */
bool sim_async_abort(struct sim *sim, uint16_t cid);

void sim_async_reset(struct sim *sim);

#endif
