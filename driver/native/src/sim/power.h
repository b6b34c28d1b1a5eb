/* SPDX-License-Identifier: Apache-2.0 */
/* Power of the simulated SSD, and its presence on the bus, which goes with it. Device thread only. */
#ifndef BELL_SIM_POWER_H
#define BELL_SIM_POWER_H

struct sim;

/* sim_power_off - from now on everything reads all ones; queues, registers and features that were not saved are lost,
 * data is kept. An enabled controller that was not shut down counts an unsafe shutdown. Nothing if it is off. */
void sim_power_off(struct sim *sim);

/* sim_power_on - with the addresses that a system gives to a device that it finds. Nothing if it is on. */
void sim_power_on(struct sim *sim);

#endif
