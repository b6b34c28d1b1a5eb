/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of which more than one content is right: a write that failed, was aborted or lost may or may not have
 * happened; of writes that were outstanding together each may have been the last. Beside the table, because they are
 * few. The caller holds the table's lock for doubts.
 */
#ifndef BELL_INTEGRITY_DOUBTS_H
#define BELL_INTEGRITY_DOUBTS_H

#include <stdbool.h>
#include <stdint.h>

enum { BELL_DOUBT_CANDIDATES = 6 };

struct bell_doubt {
    uint64_t lba;
    uint32_t writers;                           /* outstanding together; 0: at most one */
    uint32_t count;                             /* of candidates */
    uint32_t candidates[BELL_DOUBT_CANDIDATES]; /* values, perhaps TRIMMED */
    uint32_t before;                            /* the first so many are from before the outstanding writes */
    bool used;
    bool anything; /* nothing can be said of the block when its writers have ended */
};

struct bell_doubts {
    struct bell_doubt *places; /* open addressing, a power of two; NULL while empty */
    uint64_t room;
    uint64_t count;
};

struct bell_doubt *bell_doubts_find(const struct bell_doubts *doubts, uint64_t lba);
/** bell_doubts_add - a new one, which must not be there yet; NULL without memory. Moves the others. */
struct bell_doubt *bell_doubts_add(struct bell_doubts *doubts, uint64_t lba);
void bell_doubts_remove(struct bell_doubts *doubts, uint64_t lba);
void bell_doubts_clear(struct bell_doubts *doubts);

/** bell_doubt_accept - one more content that would be right. */
void bell_doubt_accept(struct bell_doubt *doubt, uint32_t value);

#endif
