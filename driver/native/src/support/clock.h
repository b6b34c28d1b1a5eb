/* SPDX-License-Identifier: Apache-2.0 */
/* The one clock of every time stamp. CLOCK_MONOTONIC costs a vDSO call and no system call where the kernel's clock
 * source is the TSC. */
#ifndef BELL_SUPPORT_CLOCK_H
#define BELL_SUPPORT_CLOCK_H

#include <stdint.h>
#include <time.h>

#define BELL_NS_PER_US UINT64_C(1000)
#define BELL_NS_PER_MS UINT64_C(1000000)
#define BELL_NS_PER_S  UINT64_C(1000000000)

static inline uint64_t bell_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * BELL_NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
