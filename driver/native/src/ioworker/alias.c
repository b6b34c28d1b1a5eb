/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/alias.h"

void bell_alias_init(struct bell_alias *alias, const uint32_t *weights, uint32_t count)
{
    uint64_t left[BELL_ALIAS_MAX]; /* what is left of a value, where a full column is `total` */
    uint8_t small[BELL_ALIAS_MAX], large[BELL_ALIAS_MAX];
    uint32_t smalls = 0, larges = 0;
    uint64_t total = 0;

    alias->count = count;
    for (uint32_t i = 0; i < count; i++)
        total += weights[i];
    for (uint32_t i = 0; i < count; i++) {
        left[i] = (uint64_t)weights[i] * count;
        if (left[i] < total)
            small[smalls++] = (uint8_t)i;
        else
            large[larges++] = (uint8_t)i;
    }
    while (smalls > 0 && larges > 0) {
        uint8_t lacking = small[--smalls];
        uint8_t giving = large[larges - 1];

        alias->threshold[lacking] = (uint64_t)(((unsigned __int128)left[lacking] << 64) / total);
        alias->other[lacking] = giving;
        left[giving] -= total - left[lacking];
        if (left[giving] < total) {
            larges--;
            small[smalls++] = giving;
        }
    }
    /* What is left fills its column; the numbers being whole, no other value can be short of anything. */
    while (larges > 0) {
        uint8_t full = large[--larges];

        alias->threshold[full] = UINT64_MAX;
        alias->other[full] = full;
    }
}
