/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When I/Os are due under an IOPS limit. The schedule is absolute: I/O number n is due n / limit seconds after the
 * start, so that the average is exact and time lost to a slow device is caught up.
 */
#ifndef BELL_IOWORKER_PACING_H
#define BELL_IOWORKER_PACING_H

#include <stdint.h>

#include "support/clock.h"

struct bell_pacing {
    uint64_t start_ns;
    uint64_t limit; /* I/Os a second; 0: no limit */
};

/** bell_pacing_due - I/Os due by now, from the start on; the first one is due at once. UINT64_MAX without a limit. */
static inline uint64_t bell_pacing_due(const struct bell_pacing *pacing, uint64_t now_ns)
{
    if (pacing->limit == 0)
        return UINT64_MAX;
    if (now_ns < pacing->start_ns)
        return 0;
    return (uint64_t)((unsigned __int128)(now_ns - pacing->start_ns) * pacing->limit / BELL_NS_PER_S) + 1;
}

/** bell_pacing_time - when I/O number `number` (0, 1, 2 ...) is due. */
static inline uint64_t bell_pacing_time(const struct bell_pacing *pacing, uint64_t number)
{
    if (pacing->limit == 0)
        return pacing->start_ns;
    /* Rounded up: at that time bell_pacing_due has reached number + 1. */
    return pacing->start_ns +
           (uint64_t)(((unsigned __int128)number * BELL_NS_PER_S + pacing->limit - 1) / pacing->limit);
}

#endif
