/* SPDX-License-Identifier: Apache-2.0 */
/* The persistent event log, NVMe Base 2.0c 5.16.1.14. Device thread only. */
#ifndef BELL_SIM_EVENTS_H
#define BELL_SIM_EVENTS_H

#include <stdint.h>

#include "sim/command.h"

enum {
    SIM_PEL_FW_COMMIT = 0x02,
    SIM_PEL_TIMESTAMP = 0x03,
    SIM_PEL_POWER_ON = 0x04,
    SIM_PEL_FORMAT_START = 0x07,
    SIM_PEL_FORMAT_DONE = 0x08,
    SIM_PEL_SANITIZE_START = 0x09,
    SIM_PEL_SANITIZE_DONE = 0x0a,
};

/* sim_event_record - add an event; of more than SIM_EVENTS the oldest is lost. length is at most 48. */
void sim_event_record(struct sim *sim, uint8_t type, const void *data, uint8_t length);
void sim_event_power_on(struct sim *sim);

/* sim_events_log - the log as it is now into out (SIM_SCRATCH_BYTES). Return: its length. */
uint32_t sim_events_log(const struct sim *sim, uint8_t *out);

#endif
