/* SPDX-License-Identifier: Apache-2.0 */
/* Time of the simulated device: nanoseconds of CLOCK_MONOTONIC. */
#ifndef BELL_SIM_CLOCK_H
#define BELL_SIM_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SIM_SECOND UINT64_C(1000000000)

static inline uint64_t sim_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SIM_SECOND + (uint64_t)time.tv_nsec;
}

static inline void sim_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
