/* SPDX-License-Identifier: Apache-2.0 */
/* The function as a whole, beyond its operations. */
#ifndef BELL_SIM_FUNCTION_H
#define BELL_SIM_FUNCTION_H

struct sim;

/* sim_function_renew - reset, and config space as firmware and operating system leave it at start; returns when the
 * device has done it. Not from the device thread. */
void sim_function_renew(struct sim *sim);

#endif
