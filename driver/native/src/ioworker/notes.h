/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker notes beside its counters: intervals, commands that failed, the slowest, and the last I/Os. Its thread
 * writes, others read at any time without holding it up.
 *
 * Records are of whole words with a version before them, odd while they are written, as in the command log: a copy is
 * thrown away if the version changed meanwhile.
 */
#ifndef BELL_IOWORKER_NOTES_H
#define BELL_IOWORKER_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "support/atomics.h"

enum { BELL_NOTES_INTERVALS = 8192, BELL_NOTES_ERRORS = 1024, BELL_NOTES_SLOWEST = 256, BELL_NOTES_LAST = 1 << 20 };

/* Records that follow each other. */
struct bell_notes_ring {
    uint64_t *words; /* records of 1 + record_words */
    uint64_t next;   /* number of the next record */
    uint32_t records;
    uint32_t record_words;
};

struct bell_notes {
    struct bell_notes_ring intervals;
    struct bell_notes_ring errors;
    struct bell_notes_ring last; /* 0 records: not wanted */
    uint64_t *slowest;           /* records like those of a ring, in no order */
    uint32_t slowest_max;
    uint32_t slowest_count;
    uint32_t slowest_least; /* the one that goes next */
};

int bell_notes_init(struct bell_notes *notes, uint32_t slowest, uint32_t last);
void bell_notes_free(struct bell_notes *notes);

/** bell_notes_add - append a record. */
void bell_notes_add(struct bell_notes_ring *ring, const void *record);

/** bell_notes_slow - keep a command that took longer than one of those that are kept. Returns the latency from which
 * the next one is to be kept. */
uint64_t bell_notes_slow(struct bell_notes *notes, const bell_worker_command *command);

/** bell_notes_copy - records from number `from` on, oldest first; those overwritten are skipped. Returns how many, and
 * sets *next. */
uint32_t bell_notes_copy(const struct bell_notes_ring *ring, uint64_t from, void *out, uint32_t max, uint64_t *next);

/** bell_notes_slowest - slowest first. */
uint32_t bell_notes_slowest(const struct bell_notes *notes, bell_worker_command *out, uint32_t max);

/* Append a completed I/O: three words. */
static inline void bell_notes_last(struct bell_notes_ring *ring, uint64_t lba, uint64_t now_ns, uint64_t rest)
{
    uint64_t *record = ring->words + 4 * (ring->next % ring->records);
    uint64_t version = record[0];

    bell_poke(&record[0], version + 1);
    bell_fence(__ATOMIC_RELEASE);
    bell_poke(&record[1], lba);
    bell_poke(&record[2], now_ns);
    bell_poke(&record[3], rest);
    __atomic_store_n(&record[0], version + 2, __ATOMIC_RELEASE);
    __atomic_store_n(&ring->next, ring->next + 1, __ATOMIC_RELEASE);
}

#endif
