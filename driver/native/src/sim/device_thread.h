/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that is the device: it polls the doorbells for a while after activity, then sleeps until it is woken. */
#ifndef BELL_SIM_DEVICE_THREAD_H
#define BELL_SIM_DEVICE_THREAD_H

void *sim_device_thread(void *sim);

#endif
