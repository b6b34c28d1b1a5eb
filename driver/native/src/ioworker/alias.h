/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weighted choice in constant time, by the alias method: every column is taken equally often and holds at most two
 * values. Exact to 2^-64, whatever the weights.
 */
#ifndef BELL_IOWORKER_ALIAS_H
#define BELL_IOWORKER_ALIAS_H

#include <stdint.h>

enum { BELL_ALIAS_MAX = 100 };

struct bell_alias {
    uint32_t count;
    uint8_t other[BELL_ALIAS_MAX];
    uint64_t threshold[BELL_ALIAS_MAX]; /* below: the column itself; otherwise `other` */
};

/** bell_alias_init - count weights, of which one at least is above 0. */
void bell_alias_init(struct bell_alias *alias, const uint32_t *weights, uint32_t count);

/** bell_alias_take - 0..count-1 for 64 random bits. */
static inline uint32_t bell_alias_take(const struct bell_alias *alias, uint64_t random)
{
    unsigned __int128 product = (unsigned __int128)random * alias->count;
    uint32_t column = (uint32_t)(product >> 64);

    return (uint64_t)product < alias->threshold[column] ? column : alias->other[column];
}

#endif
