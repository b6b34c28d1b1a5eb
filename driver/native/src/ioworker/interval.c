/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/interval.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ioworker/histogram.h"
#include "support/error.h"

int bell_intervals_init(struct bell_intervals *intervals, uint64_t length_ns)
{
    memset(intervals, 0, sizeof *intervals);
    intervals->length_ns = length_ns;
    intervals->end_ns = UINT64_MAX;
    intervals->histogram_before = calloc(2 * (size_t)BELL_HISTOGRAM_BUCKETS, sizeof(uint64_t));
    if (intervals->histogram_before == NULL)
        return bell_error_set(-ENOMEM, "No memory for the intervals of a worker.");
    intervals->difference = intervals->histogram_before + BELL_HISTOGRAM_BUCKETS;
    return 0;
}

void bell_intervals_free(struct bell_intervals *intervals)
{
    free(intervals->histogram_before);
}

void bell_intervals_start(struct bell_intervals *intervals, uint64_t now_ns)
{
    intervals->start_ns = now_ns;
    intervals->end_ns = now_ns + intervals->length_ns;
}

static bell_worker_interval totals_now(const struct bell_operations *operations)
{
    bell_worker_interval totals = {.number = 0};
    uint64_t *const counts[BELL_KINDS] = {&totals.reads, &totals.writes, &totals.others};

    for (uint32_t i = 0; i < operations->count; i++) {
        const struct bell_operation *operation = &operations->each[i];
        const bell_worker_op *counters = operation->counters;

        *counts[operation->kind] += counters->completed;
        if (operation->kind == BELL_KIND_READ)
            totals.read_bytes += counters->bytes;
        else if (operation->kind == BELL_KIND_WRITE)
            totals.write_bytes += counters->bytes;
        totals.errors += counters->errors;
        totals.latency_sum_ns += counters->latency_sum_ns;
    }
    return totals;
}

/* The buckets that may have counted anything up to now. */
static void buckets_used(const struct bell_operations *operations, uint32_t *first, uint32_t *end)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (uint32_t i = 0; i < operations->count; i++) {
        const bell_worker_op *counters = operations->each[i].counters;

        least = counters->latency_min_ns < least ? counters->latency_min_ns : least;
        most = counters->latency_max_ns > most ? counters->latency_max_ns : most;
    }
    *first = bell_histogram_bucket(least);
    *end = bell_histogram_bucket(most) + 1;
}

/* Fill `difference` between two buckets with what the histograms counted since the last time. Returns the sum. */
static uint64_t histograms_subtract(struct bell_intervals *intervals, const struct bell_operations *operations,
                                    uint32_t first, uint32_t end)
{
    uint64_t *difference = intervals->difference;
    uint64_t count = 0;

    for (uint32_t bucket = first; bucket < end; bucket++)
        difference[bucket] = 0;
    for (uint32_t i = 0; i < operations->count; i++) {
        const uint64_t *histogram = operations->each[i].histogram;
        bool seen = histogram == NULL;

        for (uint32_t j = 0; j < i; j++)
            seen |= operations->each[j].histogram == histogram;
        for (uint32_t bucket = first; !seen && bucket < end; bucket++)
            difference[bucket] += histogram[bucket];
    }
    for (uint32_t bucket = first; bucket < end; bucket++) {
        uint64_t now = difference[bucket];

        difference[bucket] = now - intervals->histogram_before[bucket];
        intervals->histogram_before[bucket] = now;
        count += difference[bucket];
    }
    return count;
}

static void latencies_set(bell_worker_interval *interval, struct bell_intervals *intervals,
                          const struct bell_operations *operations)
{
    const double shares[] = {0.5, 0.99, 0.999, 0.9999};
    uint64_t *const places[] = {&interval->p50_ns, &interval->p99_ns, &interval->p999_ns, &interval->p9999_ns};
    const uint64_t *difference = intervals->difference;
    uint64_t seen = 0, count;
    uint32_t first, end;
    size_t next = 0;

    buckets_used(operations, &first, &end);
    count = histograms_subtract(intervals, operations, first, end);
    for (uint32_t bucket = first; bucket < end && seen < count; bucket++) {
        if (difference[bucket] == 0)
            continue;
        if (seen == 0)
            interval->latency_min_ns = bell_histogram_lowest(bucket);
        seen += difference[bucket];
        interval->latency_max_ns = bell_histogram_lowest(bucket + 1) - 1;
        for (; next < sizeof shares / sizeof shares[0] && (double)seen >= ceil((double)count * shares[next]); next++)
            *places[next] = interval->latency_max_ns;
    }
}

static void note(struct bell_intervals *intervals, const struct bell_operations *operations,
                 struct bell_notes_ring *ring, uint64_t end_ns)
{
    const bell_worker_interval now = totals_now(operations);
    const bell_worker_interval *before = &intervals->before;
    bell_worker_interval interval = {
        .number = intervals->number++,
        .start_ns = intervals->start_ns,
        .end_ns = end_ns,
        .reads = now.reads - before->reads,
        .writes = now.writes - before->writes,
        .others = now.others - before->others,
        .read_bytes = now.read_bytes - before->read_bytes,
        .write_bytes = now.write_bytes - before->write_bytes,
        .errors = now.errors - before->errors,
        .latency_sum_ns = now.latency_sum_ns - before->latency_sum_ns,
    };

    if (interval.reads + interval.writes + interval.others != 0)
        latencies_set(&interval, intervals, operations);
    intervals->before = now;
    bell_notes_add(ring, &interval);
    intervals->start_ns = end_ns;
    intervals->end_ns = end_ns + intervals->length_ns;
}

void bell_intervals_roll(struct bell_intervals *intervals, const struct bell_operations *operations,
                         struct bell_notes_ring *ring, uint64_t now_ns)
{
    note(intervals, operations, ring, intervals->end_ns);
    while (now_ns >= intervals->end_ns) {
        uint64_t missed = (now_ns - intervals->end_ns) / intervals->length_ns + 1;

        if (missed > ring->records) {
            /* A machine that slept for long: the ring would hold nothing but the pause. */
            uint64_t over = missed - ring->records;
            intervals->number += over;
            intervals->start_ns += over * intervals->length_ns;
            intervals->end_ns += over * intervals->length_ns;
        }
        note(intervals, operations, ring, intervals->end_ns);
    }
}

void bell_intervals_finish(struct bell_intervals *intervals, const struct bell_operations *operations,
                           struct bell_notes_ring *ring, uint64_t now_ns)
{
    if (now_ns >= intervals->end_ns)
        bell_intervals_roll(intervals, operations, ring, now_ns);
    if (now_ns > intervals->start_ns)
        note(intervals, operations, ring, now_ns);
    intervals->end_ns = UINT64_MAX;
}
