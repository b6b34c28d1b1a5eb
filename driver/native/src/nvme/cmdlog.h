/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring of a qpair's last 4096 commands. The qpair's thread writes; any thread reads at any time.
 *
 * Each record is guarded by a version word: odd while the record is being written. A reader copies the words, then
 * looks whether the version is still the same even number. All words are atomic, so a torn copy is thrown away and
 * never a data race.
 */
#ifndef BELL_NVME_CMDLOG_H
#define BELL_NVME_CMDLOG_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "doorbell.h"
#include "support/atomics.h"

enum { BELL_CMDLOG_WORDS = sizeof(bell_cmdlog_entry) / 8 };

/* The ring is larger than the first-level caches: records are fetched this many commands before they are written. */
enum { BELL_CMDLOG_AHEAD = 4 };

/* Word numbers of a bell_cmdlog_entry. */
enum {
    BELL_LOGWORD_SEQUENCE = 0,
    BELL_LOGWORD_SUBMITTED = 1,
    BELL_LOGWORD_COMPLETED = 2,
    BELL_LOGWORD_SQE = 3,
    BELL_LOGWORD_CQE = 11,
    BELL_LOGWORD_FLAGS = 13, /* flags, qid << 32 */
};

static_assert(sizeof(bell_cmdlog_entry) == 120, "a record fills two cache lines with its version");
static_assert(offsetof(bell_cmdlog_entry, sqe) == 8 * BELL_LOGWORD_SQE, "SQE");
static_assert(offsetof(bell_cmdlog_entry, cqe) == 8 * BELL_LOGWORD_CQE, "CQE");
static_assert(offsetof(bell_cmdlog_entry, flags) == 8 * BELL_LOGWORD_FLAGS, "flags");
static_assert(offsetof(bell_cmdlog_entry, qid) == 8 * BELL_LOGWORD_FLAGS + 4, "qid");
static_assert((BELL_CMDLOG_ENTRIES & (BELL_CMDLOG_ENTRIES - 1)) == 0, "the ring is indexed by a mask");

struct bell_log_record {
    uint64_t version;
    uint64_t words[BELL_CMDLOG_WORDS];
} __attribute__((aligned(128)));

struct bell_cmdlog {
    struct bell_log_record *records;
    uint64_t next; /* sequence number of the next command; published after its predecessor's record is whole */
    uint32_t qid;
};

int bell_cmdlog_init(struct bell_cmdlog *log, uint32_t qid);
void bell_cmdlog_free(struct bell_cmdlog *log);

/** bell_cmdlog_copy - bell_cmdlog_read on the log itself. */
int bell_cmdlog_copy(const struct bell_cmdlog *log, uint64_t from, bell_cmdlog_entry *out, uint32_t max,
                     uint64_t *next);

static inline struct bell_log_record *bell_cmdlog_record(const struct bell_cmdlog *log, uint64_t sequence)
{
    return &log->records[sequence & (BELL_CMDLOG_ENTRIES - 1)];
}

static inline uint64_t bell_cmdlog_open(struct bell_log_record *record)
{
    uint64_t version = record->version;
    bell_poke(&record->version, version + 1);
    bell_fence(__ATOMIC_RELEASE); /* odd version before the new words */
    return version + 2;
}

static inline void bell_cmdlog_close(struct bell_log_record *record, uint64_t version)
{
    __atomic_store_n(&record->version, version, __ATOMIC_RELEASE);
}

/**
 * bell_cmdlog_submitted - record a command that is about to be sent, which takes the sequence number log->next.
 * @first: the first word of its SQE on the wire, CID included; the other seven are sqe[1] to sqe[7]
 */
static inline void bell_cmdlog_submitted(struct bell_cmdlog *log, uint64_t first, const uint64_t sqe[8],
                                         uint64_t now_ns)
{
    uint64_t sequence = log->next;
    uint64_t qid = log->qid;
    struct bell_log_record *record = bell_cmdlog_record(log, sequence);
    uint64_t version = bell_cmdlog_open(record);
    struct bell_log_record *ahead = bell_cmdlog_record(log, sequence + BELL_CMDLOG_AHEAD);
    __builtin_prefetch(ahead, 1);
    __builtin_prefetch(&ahead->words[8], 1);
    bell_poke(&record->words[BELL_LOGWORD_SEQUENCE], sequence);
    bell_poke(&record->words[BELL_LOGWORD_SUBMITTED], now_ns);
    bell_poke(&record->words[BELL_LOGWORD_COMPLETED], UINT64_C(0));
    bell_poke(&record->words[BELL_LOGWORD_SQE], first);
    for (int i = 1; i < 8; i++)
        bell_poke(&record->words[BELL_LOGWORD_SQE + i], sqe[i]);
    bell_poke(&record->words[BELL_LOGWORD_CQE], UINT64_C(0));
    bell_poke(&record->words[BELL_LOGWORD_CQE + 1], UINT64_C(0));
    bell_poke(&record->words[BELL_LOGWORD_FLAGS], qid << 32);
    bell_cmdlog_close(record, version);
    __atomic_store_n(&log->next, sequence + 1, __ATOMIC_RELEASE);
}

/** bell_cmdlog_ended - record how command `sequence` ended, unless the ring has moved past it. BELL_LOG_DONE is added
 * to flags. */
static inline void bell_cmdlog_ended(struct bell_cmdlog *log, uint64_t sequence, const uint64_t cqe[2], uint64_t now_ns,
                                     uint32_t flags)
{
    struct bell_log_record *record = bell_cmdlog_record(log, sequence);
    if (BELL_UNLIKELY(record->words[BELL_LOGWORD_SEQUENCE] != sequence))
        return;
    uint64_t version = bell_cmdlog_open(record);
    bell_poke(&record->words[BELL_LOGWORD_COMPLETED], now_ns);
    bell_poke(&record->words[BELL_LOGWORD_CQE], cqe[0]);
    bell_poke(&record->words[BELL_LOGWORD_CQE + 1], cqe[1]);
    bell_poke(&record->words[BELL_LOGWORD_FLAGS], (uint64_t)log->qid << 32 | BELL_LOG_DONE | flags);
    bell_cmdlog_close(record, version);
}

#endif
