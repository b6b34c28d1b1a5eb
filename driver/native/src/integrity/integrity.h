/* SPDX-License-Identifier: Apache-2.0 */
/* One namespace under verification: its table, what helps to explain a miscompare, and the miscompares. */
#ifndef BELL_INTEGRITY_INTEGRITY_H
#define BELL_INTEGRITY_INTEGRITY_H

#include <pthread.h>
#include <stdint.h>

#include "doorbell.h"
#include "integrity/history.h"
#include "integrity/table.h"

/* What one queue counts under one table, without sharing a cache line with others. */
struct bell_tally {
    uint64_t written;
    uint64_t checked;
    uint64_t unknown;
    uint64_t skipped;
    bell_integrity *integrity;
    struct bell_tally *next;       /* in the integrity's list */
    struct bell_tally *queue_next; /* in the queue's */
};

struct bell_miscompare_record {
    bell_miscompare what;
    uint8_t *expected; /* NULL: not kept */
    uint8_t *found;
};

struct bell_integrity {
    struct bell_table table;
    struct bell_history history;
    bell_integrity_config config;
    bell_device *device;
    uint32_t refs; /* its handle, workers, and commands outstanding */
    uint32_t workers;
    uint32_t checking;
    uint32_t suspended;
    uint32_t upheavals; /* formats and the like outstanding: nothing is judged meanwhile */
    uint32_t zeroes;    /* value of a block of zeroes */
    uint32_t ones;
    uint64_t version;
    pthread_mutex_t lock; /* of what follows */
    struct bell_miscompare_record records[BELL_MISCOMPARES_KEPT];
    uint64_t record_count;
    struct bell_tally *tallies;
    struct bell_tally retired;
};

int bell_integrity_new(const bell_integrity_config *config, bell_integrity **out);
void bell_integrity_hold(bell_integrity *integrity);
/** bell_integrity_drop - let go of it; the last one frees. */
void bell_integrity_drop(bell_integrity *integrity);

/** bell_integrity_tokens - the versions of the next `blocks` blocks; returns the first. */
static inline uint64_t bell_integrity_tokens(bell_integrity *integrity, uint32_t blocks)
{
    return __atomic_fetch_add(&integrity->version, blocks, __ATOMIC_RELAXED);
}

struct bell_tally *bell_tally_open(bell_integrity *integrity);
/** bell_tally_close - its counts stay in the sum. */
void bell_tally_close(struct bell_tally *tally);

/* The command that a judgement is about, for the record. */
struct bell_judged {
    uint64_t lba;
    uint32_t blocks;
    uint32_t churn; /* of these blocks when it began */
    uint64_t time_ns;
    uint16_t qid;
    uint16_t cid;
    uint8_t opcode;
};

/** bell_judged_steady - none of its blocks has been settled since it began. */
static inline bool bell_judged_steady(const bell_integrity *integrity, const struct bell_judged *judged)
{
    return bell_table_churn(&integrity->table, judged->lba, judged->blocks) == judged->churn;
}

/** bell_integrity_judge - compare a block that was read with what the table said and still says of it.
 * Return: 1 if it is a miscompare, which is recorded; 0 if it is right; -1 if nothing can be said. */
int bell_integrity_judge(bell_integrity *integrity, uint64_t lba, uint32_t entry, const uint8_t *block,
                         const struct bell_judged *judged);

/** bell_integrity_expects - the one value that the block must have, or 0: unknown, several, or deallocated. */
uint32_t bell_integrity_expects(const bell_integrity *integrity, uint32_t entry);

/** bell_integrity_record - a miscompare without data: BELL_MISCOMPARE_READABLE or VERDICT. */
void bell_integrity_record(bell_integrity *integrity, uint32_t kind, uint64_t lba, uint64_t blocks, uint32_t entry,
                           const struct bell_judged *judged);

/** bell_integrity_upset - everything may have changed. */
void bell_integrity_upset(bell_integrity *integrity, bool formatted);

#endif
