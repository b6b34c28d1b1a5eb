/* SPDX-License-Identifier: Apache-2.0 */
#include "support/backoff.h"

#include <sched.h>
#include <time.h>

enum { SPIN_ROUNDS = 64, YIELD_ROUNDS = 2000, SLEEP_MIN_NS = 20000, SLEEP_MAX_NS = 200000 };

static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

void bell_backoff_wait(struct bell_backoff *backoff)
{
    uint32_t round = backoff->round++;
    if (round < SPIN_ROUNDS) {
        cpu_relax();
    } else if (round < SPIN_ROUNDS + YIELD_ROUNDS) {
        sched_yield();
    } else {
        uint64_t nanoseconds = (uint64_t)SLEEP_MIN_NS * (round - SPIN_ROUNDS - YIELD_ROUNDS + 1);
        if (nanoseconds >= SLEEP_MAX_NS) {
            nanoseconds = SLEEP_MAX_NS;
            backoff->round = round; /* stays at the longest sleep */
        }
        nanosleep(&(struct timespec){.tv_nsec = (long)nanoseconds}, NULL);
    }
}
