/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/cmdlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

int bell_cmdlog_init(struct bell_cmdlog *log, uint32_t qid)
{
    size_t bytes = sizeof(struct bell_log_record) * BELL_CMDLOG_ENTRIES;
    log->records = aligned_alloc(_Alignof(struct bell_log_record), bytes);
    if (!log->records)
        return bell_error_set(-ENOMEM, "No memory for the command log of queue %u (%zu bytes).", qid, bytes);
    memset(log->records, 0, bytes);
    log->next = 0;
    log->qid = qid;
    return 0;
}

void bell_cmdlog_free(struct bell_cmdlog *log)
{
    free(log->records);
    log->records = NULL;
}

/* Whether record held command `sequence` and was copied whole. A record in the middle of a write is tried again. */
static int record_copy(const struct bell_log_record *record, uint64_t sequence, bell_cmdlog_entry *out)
{
    uint64_t words[BELL_CMDLOG_WORDS];
    for (;;) {
        uint64_t before = __atomic_load_n(&record->version, __ATOMIC_ACQUIRE);
        for (int i = 0; i < BELL_CMDLOG_WORDS; i++)
            words[i] = bell_peek(&record->words[i]);
        bell_fence(__ATOMIC_ACQUIRE); /* the words before the second look at the version */
        if (before % 2 == 0 && bell_peek(&record->version) == before)
            break;
    }
    if (words[BELL_LOGWORD_SEQUENCE] != sequence)
        return 0;
    memcpy(out, words, sizeof *out);
    return 1;
}

int bell_cmdlog_copy(const struct bell_cmdlog *log, uint64_t from, bell_cmdlog_entry *out, uint32_t max, uint64_t *next)
{
    uint64_t end = __atomic_load_n(&log->next, __ATOMIC_ACQUIRE);
    uint64_t sequence = end > BELL_CMDLOG_ENTRIES ? end - BELL_CMDLOG_ENTRIES : 0;
    uint32_t count = 0;

    if (sequence < from)
        sequence = from < end ? from : end;
    for (; sequence < end && count < max; sequence++)
        count += (uint32_t)record_copy(bell_cmdlog_record(log, sequence), sequence, &out[count]);
    *next = sequence;
    return (int)count;
}
