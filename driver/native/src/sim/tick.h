/* SPDX-License-Identifier: Apache-2.0 */
/* What happens about once a second: temperature, hours, keep-alive. Device thread only. */
#ifndef BELL_SIM_TICK_H
#define BELL_SIM_TICK_H

#include <stdint.h>

struct sim;

/* sim_tick_run - Return: when to come back, UINT64_MAX if nothing changes while the device is idle. */
uint64_t sim_tick_run(struct sim *sim, uint64_t now);

/* sim_tick_now - bring counters and temperature up to this moment, as a log page wants them. */
void sim_tick_now(struct sim *sim);

/* sim_tick_end - power goes off. */
void sim_tick_end(struct sim *sim);

#endif
