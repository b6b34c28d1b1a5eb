/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's life: enable, reset, shutdown, failure. Device thread only. */
#ifndef BELL_SIM_CONTROLLER_H
#define BELL_SIM_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

/* sim_controller_events - act on what host threads asked for. Return: false when the thread is to end. */
bool sim_controller_events(struct sim *sim, uint32_t events);

/* sim_controller_fail - Controller Fatal Status: nothing more happens until a reset. */
void sim_controller_fail(struct sim *sim);

/* sim_controller_restart - by itself, with its registers as after power-on. */
void sim_controller_restart(struct sim *sim);

/* sim_controller_ready - true if commands are to be fetched. */
bool sim_controller_ready(const struct sim *sim);

#endif
