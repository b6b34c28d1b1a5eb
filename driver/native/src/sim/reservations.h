/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reservations, NVMe Base 2.0c 8.19. There is one controller, and so one host at a time: its host identifier says
 * which. What other hosts of the subsystem do is told by SIM_ADMIN_PEER_RESERVATION. Device thread only.
 */
#ifndef BELL_SIM_RESERVATIONS_H
#define BELL_SIM_RESERVATIONS_H

#include <stdint.h>

#include "sim/command.h"

struct sim_namespace;

/* What another host's reservation forbids this one, sim_namespace.reserved. */
enum { SIM_RESERVED_NOTHING = 0, SIM_RESERVED_WRITES = 1, SIM_RESERVED_ALL = 2 };

#define SIM_NOTICES 32u

/* Reservation notifications that wait to be read, oldest first. */
struct sim_notices {
    struct {
        uint64_t count;
        uint32_t nsid;
        uint8_t type; /* NVME_RESLOG_... */
    } waiting[SIM_NOTICES];
    uint32_t waiting_count;
    uint64_t count; /* so far; a gap in what is read means that some were lost */
};

/* sim_reservations_follow - registrations, reservations or the host have changed: what may the host do now? */
void sim_reservations_follow(struct sim *sim);

/* sim_reservations_reset - a Controller Level Reset: a host without identifier is another one after it. */
void sim_reservations_reset(struct sim *sim);
void sim_reservations_power_on(struct sim *sim);
void sim_reservations_namespace_gone(struct sim *sim, uint32_t slot);

/* sim_namespace_hurdle - why an I/O command may not use this namespace at present, or 0. */
uint16_t sim_namespace_hurdle(const struct sim_command *command, const struct sim_namespace *ns);

/* sim_reservation_admin - Reservation Conflict for an admin command that a reservation forbids, or 0. */
uint16_t sim_reservation_admin(const struct sim_command *command);

/* The notification log page: the oldest into out; drop it; an asynchronous event for the next. */
uint32_t sim_notices_log(const struct sim *sim, uint8_t *out);
void sim_notices_take(struct sim *sim);
void sim_notices_report(struct sim *sim);

#endif
