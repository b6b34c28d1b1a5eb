/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When I/Os are due under limits of their number or their bytes. The schedule is absolute: I/O number n is due n /
 * limit seconds after the start, so that the average is exact and time lost to a slow device is caught up.
 *
 * Bursts and ramps bend the time that the schedule runs on: it stands still in the pauses, and runs slower than the
 * clock, never faster, while the limits rise.
 */
#ifndef BELL_IOWORKER_PACING_H
#define BELL_IOWORKER_PACING_H

#include <stdbool.h>
#include <stdint.h>

#include "support/atomics.h"
#include "support/clock.h"

#define BELL_PACING_MILLION UINT64_C(1000000)

struct bell_pacing {
    uint64_t start_ns;
    uint64_t limit;      /* I/Os a second; 0: no limit */
    uint64_t byte_limit; /* bytes a second; 0: no limit */
    uint64_t burst_ns;   /* 0: no pauses */
    uint64_t idle_ns;
    uint64_t ramp_ns; /* 0: no ramp */
    uint32_t ramp_from;
};

static inline bool bell_pacing_shaped(const struct bell_pacing *pacing)
{
    return BELL_UNLIKELY((pacing->burst_ns | pacing->ramp_ns) != 0);
}

/* The schedule's own time, in nanoseconds since the start; never ahead of the clock. */
static inline uint64_t bell_pacing_elapsed(const struct bell_pacing *pacing, uint64_t now_ns)
{
    uint64_t elapsed = now_ns - pacing->start_ns;

    if (!bell_pacing_shaped(pacing))
        return elapsed;
    if (pacing->burst_ns != 0) {
        uint64_t cycle = pacing->burst_ns + pacing->idle_ns;
        uint64_t part = elapsed % cycle;

        elapsed = elapsed / cycle * pacing->burst_ns + (part < pacing->burst_ns ? part : pacing->burst_ns);
    }
    if (pacing->ramp_ns != 0) {
        uint64_t rising = elapsed < pacing->ramp_ns ? elapsed : pacing->ramp_ns;
        unsigned __int128 from = (unsigned __int128)rising * pacing->ramp_from;
        unsigned __int128 risen =
            (unsigned __int128)rising * rising * (BELL_PACING_MILLION - pacing->ramp_from) / (2 * pacing->ramp_ns);

        elapsed = elapsed - rising + (uint64_t)((from + risen) / BELL_PACING_MILLION);
    }
    return elapsed;
}

/** bell_pacing_pause - nanoseconds until the pause between two bursts ends; 0: there is none now. */
static inline uint64_t bell_pacing_pause(const struct bell_pacing *pacing, uint64_t now_ns)
{
    if (pacing->burst_ns == 0 || now_ns < pacing->start_ns)
        return 0;
    uint64_t cycle = pacing->burst_ns + pacing->idle_ns;
    uint64_t part = (now_ns - pacing->start_ns) % cycle;
    return part < pacing->burst_ns ? 0 : cycle - part;
}

static inline uint64_t bell_pacing_amount(uint64_t limit, uint64_t elapsed)
{
    return (uint64_t)((unsigned __int128)elapsed * limit / BELL_NS_PER_S);
}

/** bell_pacing_due - I/Os due by now, from the start on; the first one is due at once. UINT64_MAX without a limit. */
static inline uint64_t bell_pacing_due(const struct bell_pacing *pacing, uint64_t now_ns)
{
    if (pacing->limit == 0)
        return UINT64_MAX;
    if (now_ns < pacing->start_ns)
        return 0;
    return bell_pacing_amount(pacing->limit, bell_pacing_elapsed(pacing, now_ns)) + 1;
}

/** bell_pacing_bytes - an I/O is due once the bytes of those before it are at most this. UINT64_MAX without a limit. */
static inline uint64_t bell_pacing_bytes(const struct bell_pacing *pacing, uint64_t now_ns)
{
    if (pacing->byte_limit == 0)
        return UINT64_MAX;
    if (now_ns < pacing->start_ns)
        return 0;
    return bell_pacing_amount(pacing->byte_limit, bell_pacing_elapsed(pacing, now_ns));
}

/* The schedule's time at which `amount` is reached; rounded up. */
static inline uint64_t bell_pacing_reached(uint64_t limit, uint64_t amount)
{
    if (limit == 0)
        return 0;
    return (uint64_t)(((unsigned __int128)amount * BELL_NS_PER_S + limit - 1) / limit);
}

/** bell_pacing_time - when I/O number `number` (0, 1, 2 ...) is due, or with bursts or a ramp a time not after that. */
static inline uint64_t bell_pacing_time(const struct bell_pacing *pacing, uint64_t number)
{
    /* Rounded up: at that time bell_pacing_due has reached number + 1. */
    return pacing->start_ns + bell_pacing_reached(pacing->limit, number);
}

/** bell_pacing_wait - nanoseconds for which nothing can be due after `sent` I/Os with `bytes`: exact without bursts and
 * ramp, otherwise it may be less. */
static inline uint64_t bell_pacing_wait(const struct bell_pacing *pacing, uint64_t sent, uint64_t bytes,
                                        uint64_t now_ns)
{
    uint64_t pause = bell_pacing_pause(pacing, now_ns);
    uint64_t count_at, bytes_at, at, elapsed;

    if (now_ns < pacing->start_ns)
        return pacing->start_ns - now_ns;
    count_at = bell_pacing_reached(pacing->limit, sent);
    bytes_at = bell_pacing_reached(pacing->byte_limit, bytes);
    at = count_at > bytes_at ? count_at : bytes_at;
    elapsed = bell_pacing_elapsed(pacing, now_ns);
    if (at <= elapsed)
        return pause;
    return pause > at - elapsed ? pause : at - elapsed;
}

/** bell_trace_time - when an entry of a trace is due, from the start, at a speed in millionths. */
static inline uint64_t bell_trace_time(uint64_t time_ns, uint64_t speed)
{
    return (uint64_t)((unsigned __int128)time_ns * BELL_PACING_MILLION / speed);
}

#endif
