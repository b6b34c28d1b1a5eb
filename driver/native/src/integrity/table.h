/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of each block of a namespace. Any thread may use it: an entry changes by atomic operations only; blocks
 * in doubt are under a lock, which no command takes that ends well and meets no other.
 *
 * A command that may change blocks locks them, one by one, when it is about to be submitted, and settles each of them
 * when it has ended. Reads take a snapshot before and look again afterwards: what changed meanwhile is not judged.
 */
#ifndef BELL_INTEGRITY_TABLE_H
#define BELL_INTEGRITY_TABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "integrity/doubts.h"
#include "integrity/entry.h"
#include "support/atomics.h"

struct bell_table {
    uint32_t *entries; /* one an LBA, mapped, sparse */
    uint64_t lbas;
    uint8_t *touched; /* for each BELL_TABLE_CHUNK entries: whether one has ever been written */
    uint64_t chunks;
    uint32_t generation;      /* counts how often everything was forgotten */
    uint32_t trims;           /* deallocations outstanding */
    uint32_t trim_generation; /* deallocations begun or ended */
    uint32_t *churn;          /* how often blocks were settled, by a hash of their place; mapped */
    uint32_t formatted;       /* entry 0 means: not written since a format or sanitize */
    pthread_mutex_t lock;     /* of doubts */
    struct bell_doubts doubts;
};

enum { BELL_TABLE_CHUNK = 65536, BELL_CHURN_BITS = 16, BELL_CHURN_BLOCKS_LOG2 = 6 };

/** bell_table_init - -ENOMEM, -EINVAL (0 LBAs, or more than 2^42). */
int bell_table_init(struct bell_table *table, uint64_t lbas);
void bell_table_free(struct bell_table *table);

static inline uint32_t bell_table_get(const struct bell_table *table, uint64_t lba)
{
    return __atomic_load_n(&table->entries[lba], __ATOMIC_ACQUIRE);
}

/** bell_table_touch - before entries of these blocks are written. */
void bell_table_touch(struct bell_table *table, uint64_t lba, uint64_t count);

/* A second command that may change the block while one is outstanding. */
void bell_table_contend(struct bell_table *table, uint64_t lba);

/** bell_table_lock - a command that may change the block is about to be submitted. */
static inline void bell_table_lock(struct bell_table *table, uint64_t lba)
{
    uint32_t before = __atomic_fetch_or(&table->entries[lba], BELL_ENTRY_LOCKED, __ATOMIC_ACQ_REL);
    if (BELL_UNLIKELY(before & BELL_ENTRY_LOCKED))
        bell_table_contend(table, lba);
}

static inline uint32_t *bell_churn_place(const struct bell_table *table, uint64_t group)
{
    return &table->churn[group * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BELL_CHURN_BITS)];
}

/** bell_table_churn - changes whenever one of the blocks is settled, and now and then when another one is. An entry
 * that is the same as before may have been something else in between; this tells. */
static inline uint32_t bell_table_churn(const struct bell_table *table, uint64_t lba, uint32_t blocks)
{
    uint64_t last = (lba + blocks - 1) >> BELL_CHURN_BLOCKS_LOG2;
    uint32_t sum = 0;

    for (uint64_t group = lba >> BELL_CHURN_BLOCKS_LOG2; group <= last; group++)
        sum += __atomic_load_n(bell_churn_place(table, group), __ATOMIC_ACQUIRE);
    return sum;
}

/** bell_table_stir - before blocks are settled. */
static inline void bell_table_stir(struct bell_table *table, uint64_t lba, uint32_t blocks)
{
    uint64_t last = (lba + blocks - 1) >> BELL_CHURN_BLOCKS_LOG2;

    for (uint64_t group = lba >> BELL_CHURN_BLOCKS_LOG2; group <= last; group++)
        __atomic_fetch_add(bell_churn_place(table, group), 1, __ATOMIC_ACQ_REL);
}

/* What a command knows of the table when it begins. */
struct bell_table_moment {
    uint32_t generation;
    uint32_t trim_generation;
};

struct bell_table_moment bell_table_now(const struct bell_table *table);

/** bell_table_stale - everything was forgotten since. */
static inline bool bell_table_stale(const struct bell_table *table, const struct bell_table_moment *moment)
{
    return __atomic_load_n(&table->generation, __ATOMIC_ACQUIRE) != moment->generation;
}

/* Where it takes more than one store. */
void bell_table_settle_hard(struct bell_table *table, uint64_t lba, uint32_t value, bool done, bool trims);

/**
 * bell_table_settle - the command that locked the block has ended; not if the table is stale.
 * @value: what the block holds if the command was done
 * @done: it was, for certain; otherwise the block holds that, or what it held before
 */
static inline void bell_table_settle(struct bell_table *table, uint64_t lba, uint32_t value, bool done,
                                     const struct bell_table_moment *moment)
{
    bool trims =
        BELL_UNLIKELY(bell_peek(&table->trims) != 0 || bell_peek(&table->trim_generation) != moment->trim_generation);
    uint32_t entry = bell_table_get(table, lba);

    if (BELL_LIKELY(done && !trims && (entry & BELL_ENTRY_VALUE) != BELL_VALUE_DOUBTFUL &&
                    (entry & BELL_ENTRY_VALUE) != BELL_VALUE_GIVEN_UP) &&
        __atomic_compare_exchange_n(&table->entries[lba], &entry, value, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return;
    bell_table_settle_hard(table, lba, value, done, trims);
}

/* A deallocation: flags the blocks when it begins and when it ends, however it does. */
void bell_table_trim_begin(struct bell_table *table);
void bell_table_trim(struct bell_table *table, uint64_t lba, uint64_t count);
void bell_table_trim_end(struct bell_table *table);

/** bell_table_forget - nothing is known of these blocks; what is outstanding on them is followed on. */
void bell_table_forget(struct bell_table *table, uint64_t lba, uint64_t count);

/** bell_table_clear - nothing is known of any block; outstanding commands are no longer followed. */
void bell_table_clear(struct bell_table *table, bool formatted);

/** bell_table_candidates - the contents that a block in doubt may have, perhaps TRIMMED. Returns how many; 0: nothing
 * can be said. */
uint32_t bell_table_candidates(struct bell_table *table, uint64_t lba, uint32_t out[BELL_DOUBT_CANDIDATES]);

#endif
