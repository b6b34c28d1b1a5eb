/* SPDX-License-Identifier: Apache-2.0 */
/* xoshiro256**, seeded by splitmix64: the same numbers on every machine. */
#ifndef BELL_IOWORKER_RANDOM_H
#define BELL_IOWORKER_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* The next number of a sequence that any seed may start, zero too. */
static inline uint64_t bell_random_mix(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline void bell_random_seed(uint64_t state[4], uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        state[i] = bell_random_mix(&seed);
}

static inline uint64_t bell_random_next(uint64_t state[4])
{
    uint64_t scrambled = state[1] * 5;
    uint64_t shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = state[3] << 45 | state[3] >> 19;
    return (scrambled << 7 | scrambled >> 57) * 9;
}

/* 0..bound-1. The high half of the product: over 64 bits the bias is beyond measuring. */
static inline uint64_t bell_random_below(uint64_t state[4], uint64_t bound)
{
    return (uint64_t)((unsigned __int128)bell_random_next(state) * bound >> 64);
}

/* 0 up to, but not including, 1. */
static inline double bell_random_unit(uint64_t state[4])
{
    return (double)(bell_random_next(state) >> 11) * 0x1p-53;
}

static inline bool bell_random_percent(uint64_t state[4], uint32_t percent)
{
    if (percent == 0 || percent == 100)
        return percent == 100;
    return bell_random_below(state, 100) < percent;
}

#endif
