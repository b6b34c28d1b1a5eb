/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that is the device: it polls the doorbells for a while after activity, then sleeps until it is woken. */
#ifndef BELL_SIM_DEVICE_THREAD_H
#define BELL_SIM_DEVICE_THREAD_H

#include <stdint.h>

struct sim;

void *sim_device_thread(void *sim);

/* sim_device_run - without that thread, in the caller's: all that there is to do now. Return: the next time at which
 * there is something, UINT64_MAX if none is known. */
uint64_t sim_device_run(struct sim *sim);

#endif
