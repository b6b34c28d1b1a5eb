/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a device without blocking the thread that plays the device: spin, then yield, then short sleeps. */
#ifndef BELL_SUPPORT_BACKOFF_H
#define BELL_SUPPORT_BACKOFF_H

#include <stdint.h>

struct bell_backoff {
    uint32_t round; /* fruitless looks since the last success; 0 to begin with */
};

/** bell_backoff_wait - spend a moment that grows with the number of rounds, at most 200 us. */
void bell_backoff_wait(struct bell_backoff *backoff);

static inline void bell_backoff_reset(struct bell_backoff *backoff)
{
    backoff->round = 0;
}

#endif
