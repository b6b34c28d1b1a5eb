/* SPDX-License-Identifier: Apache-2.0 */
/* A temperature that follows the load. Device thread only. */
#ifndef BELL_SIM_TEMPERATURE_H
#define BELL_SIM_TEMPERATURE_H

#include <stdint.h>

struct sim;

#define SIM_WARNING_CELSIUS  70u
#define SIM_CRITICAL_CELSIUS 85u
#define SIM_KELVIN           273u

struct sim_temperature {
    double celsius;
    uint32_t exceeded; /* thresholds that were reported and still hold, by bit */
};

void sim_temperature_init(struct sim *sim);

/* sim_temperature_step - elapsed_ns went by, in which the device moved bytes and ended commands. */
void sim_temperature_step(struct sim *sim, uint64_t elapsed_ns, uint64_t bytes, uint64_t commands);

/* sim_temperature_kelvin - of sensor 1 (controller) or 2 (media); 0: composite. */
uint16_t sim_temperature_kelvin(const struct sim *sim, uint32_t sensor);

/* sim_temperature_warning - true if a threshold feature is passed at present. */
uint32_t sim_temperature_warning(const struct sim *sim);

#endif
