/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What helps to explain a miscompare, as far as it is remembered: the version that each of the recently written blocks
 * got, the data of callers' blocks, and the pools of workers, from which their blocks can be made again.
 *
 * None of it decides whether a block is right; the table does. Versions are set and asked without a lock, so that two
 * threads that hit the same place may spoil it; whoever makes a block of it compares its CRC.
 */
#ifndef BELL_INTEGRITY_HISTORY_H
#define BELL_INTEGRITY_HISTORY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "integrity/stamp.h"
#include "support/atomics.h"

enum {
    BELL_HISTORY_VERSIONS = 65536,
    BELL_HISTORY_SOURCES = 256,
    BELL_HISTORY_POOL_MOST = 64 << 20, /* bytes of all pools */
};

struct bell_history_pool {
    uint8_t *data; /* a copy; NULL: none */
    uint64_t bytes;
};

struct bell_history {
    struct bell_stamp *versions; /* by LBA modulo their number; mapped, sparse */
    uint64_t *copy_lbas;         /* LBA + 1 of each copy; 0: none */
    uint8_t *copies;             /* the same; mapped, sparse */
    uint64_t copy_count;
    uint32_t lba_bytes;
    pthread_mutex_t lock; /* of copies and pools */
    struct bell_history_pool pools[BELL_HISTORY_SOURCES];
    uint32_t next_source;
    uint64_t pool_bytes;
};

/** bell_history_init - @keep_bytes: most memory for copies of callers' blocks. */
int bell_history_init(struct bell_history *history, uint32_t lba_bytes, uint64_t keep_bytes);
void bell_history_free(struct bell_history *history);

static inline struct bell_stamp *bell_history_place(const struct bell_history *history, uint64_t lba)
{
    return &history->versions[lba % BELL_HISTORY_VERSIONS];
}

/** bell_history_version - the block gets this token. */
static inline void bell_history_version(struct bell_history *history, uint64_t lba, uint64_t token)
{
    struct bell_stamp *place = bell_history_place(history, lba);
    bell_poke(&place->lba, lba + 1);
    bell_poke(&place->token, token);
}

/** bell_history_token - the token that the block got last; 0 if it is not remembered. */
uint64_t bell_history_token(const struct bell_history *history, uint64_t lba);

/** bell_history_keep - keep a copy of a block of a caller's. */
void bell_history_keep(struct bell_history *history, uint64_t lba, const void *block);

/** bell_history_pool_add - remember the data that a worker writes. Returns its source, 1..255; 0: not remembered. */
uint32_t bell_history_pool_add(struct bell_history *history, const void *data, uint64_t bytes);

/** bell_history_block - make the block that has the value in the table: from a copy, or from a pool with the tokens
 * that may be in it. */
bool bell_history_block(struct bell_history *history, uint64_t lba, uint32_t value, uint64_t found_token, void *out);

#endif
