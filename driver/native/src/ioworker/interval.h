/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a worker's counters into intervals: what ended in each, with the latencies of that interval alone. */
#ifndef BELL_IOWORKER_INTERVAL_H
#define BELL_IOWORKER_INTERVAL_H

#include <stdint.h>

#include "doorbell.h"
#include "ioworker/notes.h"
#include "ioworker/operation.h"

struct bell_intervals {
    uint64_t end_ns; /* of the current one; looked at for each completion */
    uint64_t length_ns;
    uint64_t start_ns;
    uint64_t number;
    bell_worker_interval before; /* totals up to the start of the current one */
    uint64_t *histogram_before;  /* sum of all histograms up to there */
    uint64_t *difference;        /* scratch */
};

int bell_intervals_init(struct bell_intervals *intervals, uint64_t length_ns);
void bell_intervals_free(struct bell_intervals *intervals);
void bell_intervals_start(struct bell_intervals *intervals, uint64_t now_ns);

/** bell_intervals_roll - note the current interval and those that passed without any completion; now_ns is at or after
 * its end, and nothing that ended at or after its end has been counted. */
void bell_intervals_roll(struct bell_intervals *intervals, const struct bell_operations *operations,
                         struct bell_notes_ring *ring, uint64_t now_ns);

/** bell_intervals_finish - note what there is of the last interval. */
void bell_intervals_finish(struct bell_intervals *intervals, const struct bell_operations *operations,
                           struct bell_notes_ring *ring, uint64_t now_ns);

#endif
