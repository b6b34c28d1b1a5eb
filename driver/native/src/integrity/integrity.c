/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/integrity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "integrity/crc32c.h"
#include "support/error.h"

enum {
    LBA_BYTES_LEAST = BELL_STAMP_LEAST_BYTES,
    LBA_BYTES_MOST = 1 << 20,
    DEALLOCATED_ZEROES = 1,
    DEALLOCATED_ONES = 2
};

static int config_check(const bell_integrity_config *config)
{
    if (config->nsid == 0 || config->nsid == UINT32_MAX)
        return bell_error_set(-EINVAL, "nsid %#x: data verification follows one namespace.", config->nsid);
    if (config->lba_bytes < LBA_BYTES_LEAST || config->lba_bytes > LBA_BYTES_MOST || config->lba_bytes % 8 != 0)
        return bell_error_set(-EINVAL, "lba_bytes %u: must be a multiple of 8 from %d to %d.", config->lba_bytes,
                              LBA_BYTES_LEAST, LBA_BYTES_MOST);
    if (config->metadata_bytes > UINT16_MAX || config->pi_bytes > 16)
        return bell_error_set(-EINVAL, "metadata_bytes %u, pi_bytes %u: at most 65535 and 16.", config->metadata_bytes,
                              config->pi_bytes);
    if (config->deallocated > DEALLOCATED_ONES)
        return bell_error_set(-EINVAL, "deallocated %u: must be 0 anything, 1 zeroes or 2 ones.", config->deallocated);
    if (config->flags & ~BELL_INTEGRITY_NO_STAMPS)
        return bell_error_set(-EINVAL, "flags %xh: only BELL_INTEGRITY_NO_STAMPS is known.", config->flags);
    if (config->keep_bytes > UINT64_C(1) << 40)
        return bell_error_set(-EINVAL, "keep_bytes %llu: at most 1 TiB.", (unsigned long long)config->keep_bytes);
    return 0;
}

static int blank_values(bell_integrity *integrity)
{
    uint8_t *block = calloc(1, integrity->config.lba_bytes);

    if (!block)
        return bell_error_set(-ENOMEM, "out of memory");
    integrity->zeroes = bell_value_of(bell_crc32c(0, block, integrity->config.lba_bytes));
    memset(block, 0xff, integrity->config.lba_bytes);
    integrity->ones = bell_value_of(bell_crc32c(0, block, integrity->config.lba_bytes));
    free(block);
    return 0;
}

int bell_integrity_new(const bell_integrity_config *config, bell_integrity **out)
{
    int err = config_check(config);
    if (err < 0)
        return err;
    bell_integrity *integrity = calloc(1, sizeof *integrity);
    if (!integrity)
        return bell_error_set(-ENOMEM, "out of memory");
    integrity->config = *config;
    integrity->refs = 1;
    integrity->checking = 1;
    integrity->version = 1;
    pthread_mutex_init(&integrity->lock, NULL);
    err = bell_table_init(&integrity->table, config->lbas);
    if (err < 0)
        goto no_table;
    err = bell_history_init(&integrity->history, config->lba_bytes, config->keep_bytes);
    if (err < 0)
        goto no_history;
    err = blank_values(integrity);
    if (err < 0)
        goto no_values;
    *out = integrity;
    return 0;

no_values:
    bell_history_free(&integrity->history);
no_history:
    bell_table_free(&integrity->table);
no_table:
    pthread_mutex_destroy(&integrity->lock);
    free(integrity);
    return err;
}

void bell_integrity_hold(bell_integrity *integrity)
{
    __atomic_fetch_add(&integrity->refs, 1, __ATOMIC_RELAXED);
}

void bell_integrity_drop(bell_integrity *integrity)
{
    if (__atomic_sub_fetch(&integrity->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    for (uint32_t i = 0; i < BELL_MISCOMPARES_KEPT; i++) {
        free(integrity->records[i].expected);
        free(integrity->records[i].found);
    }
    bell_history_free(&integrity->history);
    bell_table_free(&integrity->table);
    pthread_mutex_destroy(&integrity->lock);
    free(integrity);
}

struct bell_tally *bell_tally_open(bell_integrity *integrity)
{
    struct bell_tally *tally = aligned_alloc(64, (sizeof *tally + 63) / 64 * 64);

    if (!tally)
        return NULL;
    memset(tally, 0, sizeof *tally);
    tally->integrity = integrity;
    bell_integrity_hold(integrity);
    pthread_mutex_lock(&integrity->lock);
    tally->next = integrity->tallies;
    integrity->tallies = tally;
    pthread_mutex_unlock(&integrity->lock);
    return tally;
}

static void tally_add(struct bell_tally *sum, const struct bell_tally *part)
{
    sum->written += bell_peek(&part->written);
    sum->checked += bell_peek(&part->checked);
    sum->unknown += bell_peek(&part->unknown);
    sum->skipped += bell_peek(&part->skipped);
}

void bell_tally_close(struct bell_tally *tally)
{
    bell_integrity *integrity = tally->integrity;
    struct bell_tally **link = &integrity->tallies;

    pthread_mutex_lock(&integrity->lock);
    tally_add(&integrity->retired, tally);
    while (*link != tally)
        link = &(*link)->next;
    *link = tally->next;
    pthread_mutex_unlock(&integrity->lock);
    free(tally);
    bell_integrity_drop(integrity);
}

int bell_integrity_get_info(bell_integrity *integrity, bell_integrity_info *out)
{
    struct bell_tally sum;
    uint64_t miscompares;

    if (!integrity || !out)
        return bell_error_set(-EINVAL, "No verification or no place for its state was given.");
    pthread_mutex_lock(&integrity->lock);
    sum = integrity->retired;
    for (const struct bell_tally *tally = integrity->tallies; tally; tally = tally->next)
        tally_add(&sum, tally);
    miscompares = integrity->record_count;
    pthread_mutex_unlock(&integrity->lock);
    pthread_mutex_lock(&integrity->table.lock);
    uint64_t doubtful = integrity->table.doubts.count;
    pthread_mutex_unlock(&integrity->table.lock);
    *out = (bell_integrity_info){.lbas = integrity->config.lbas,
                                 .nsid = integrity->config.nsid,
                                 .lba_bytes = integrity->config.lba_bytes,
                                 .checking = bell_peek(&integrity->checking),
                                 .suspended = bell_peek(&integrity->suspended),
                                 .written = sum.written,
                                 .checked = sum.checked,
                                 .unknown = sum.unknown,
                                 .skipped = sum.skipped,
                                 .miscompares = miscompares,
                                 .doubtful = doubtful,
                                 .version = bell_peek(&integrity->version)};
    return 0;
}

int bell_integrity_check(bell_integrity *integrity, int on)
{
    if (!integrity)
        return bell_error_set(-EINVAL, "No verification was given.");
    bell_poke(&integrity->checking, (uint32_t)(on != 0));
    return 0;
}

static int state_of(const bell_integrity *integrity, uint32_t entry)
{
    if (entry == 0)
        return bell_peek(&integrity->table.formatted) ? BELL_BLOCK_FORMATTED : BELL_BLOCK_UNKNOWN;
    if (entry & BELL_ENTRY_TRIMMED)
        return BELL_BLOCK_TRIMMED;
    switch (entry & BELL_ENTRY_VALUE) {
    case BELL_VALUE_UNKNOWN:
    case BELL_VALUE_GIVEN_UP:
        return BELL_BLOCK_UNKNOWN;
    case BELL_VALUE_ZEROES:
        return BELL_BLOCK_ZEROED;
    case BELL_VALUE_UNCORRECTABLE:
        return BELL_BLOCK_UNCORRECTABLE;
    case BELL_VALUE_DOUBTFUL:
        return BELL_BLOCK_DOUBTFUL;
    default:
        return entry & BELL_ENTRY_LOCKED ? BELL_BLOCK_DOUBTFUL : BELL_BLOCK_WRITTEN;
    }
}

int bell_integrity_state(bell_integrity *integrity, uint64_t lba)
{
    if (!integrity)
        return bell_error_set(-EINVAL, "No verification was given.");
    if (lba >= integrity->table.lbas)
        return bell_error_set(-EINVAL, "LBA %llu is beyond the namespace, which has %llu.", (unsigned long long)lba,
                              (unsigned long long)integrity->table.lbas);
    return state_of(integrity, bell_table_get(&integrity->table, lba));
}

int bell_integrity_forget(bell_integrity *integrity, uint64_t lba, uint64_t count)
{
    if (!integrity)
        return bell_error_set(-EINVAL, "No verification was given.");
    bell_table_forget(&integrity->table, lba, count);
    return 0;
}

void bell_integrity_upset(bell_integrity *integrity, bool formatted)
{
    bell_table_clear(&integrity->table, formatted);
}

/* ---- judging ---------------------------------------------------------------------------------------------------- */

static bool is_blank(const bell_integrity *integrity, uint32_t value)
{
    switch (integrity->config.deallocated) {
    case DEALLOCATED_ZEROES:
        return value == integrity->zeroes;
    case DEALLOCATED_ONES:
        return value == integrity->ones;
    default:
        return true; /* nothing is promised */
    }
}

static bool fits(const bell_integrity *integrity, uint32_t expected, uint32_t value)
{
    uint32_t content = expected & BELL_ENTRY_VALUE;

    if (expected & BELL_ENTRY_TRIMMED && is_blank(integrity, value))
        return true;
    if (content == BELL_VALUE_ZEROES)
        return value == integrity->zeroes;
    return content == value;
}

uint32_t bell_integrity_expects(const bell_integrity *integrity, uint32_t entry)
{
    uint32_t value = entry & BELL_ENTRY_VALUE;

    if (entry & (BELL_ENTRY_TRIMMED | BELL_ENTRY_LOCKED))
        return 0;
    if (value == BELL_VALUE_ZEROES)
        return integrity->zeroes;
    return bell_value_is_crc(value) ? value : 0;
}

/* A new record in the ring; with the lock held. */
static struct bell_miscompare_record *record_next(bell_integrity *integrity, uint64_t lba, uint32_t entry,
                                                  const struct bell_judged *judged)
{
    struct bell_miscompare_record *record = &integrity->records[integrity->record_count % BELL_MISCOMPARES_KEPT];

    free(record->expected);
    free(record->found);
    *record = (struct bell_miscompare_record){.what = {.sequence = integrity->record_count++,
                                                       .lba = lba,
                                                       .blocks = 1,
                                                       .time_ns = judged->time_ns,
                                                       .expected_state = (uint32_t)state_of(integrity, entry),
                                                       .lba_bytes = integrity->config.lba_bytes,
                                                       .qid = judged->qid,
                                                       .cid = judged->cid,
                                                       .opcode = judged->opcode}};
    return record;
}

void bell_integrity_record(bell_integrity *integrity, uint32_t kind, uint64_t lba, uint64_t blocks, uint32_t entry,
                           const struct bell_judged *judged)
{
    uint64_t token = bell_history_token(&integrity->history, lba);

    pthread_mutex_lock(&integrity->lock);
    struct bell_miscompare_record *record = record_next(integrity, lba, entry, judged);
    record->what.kind = kind;
    record->what.blocks = blocks;
    record->what.expected_token = token;
    record->what.has = token ? BELL_MISCOMPARE_EXPECTED_TOKEN : 0;
    if (bell_value_is_crc(entry & BELL_ENTRY_VALUE))
        record->what.expected_crc = (entry & BELL_ENTRY_VALUE) << 2;
    pthread_mutex_unlock(&integrity->lock);
}

static uint32_t kind_of(bell_integrity *integrity, const bell_miscompare *what, uint32_t entry, uint32_t value)
{
    uint64_t known = what->expected_token & BELL_TOKEN_VERSION;
    uint64_t found = what->found_token & BELL_TOKEN_VERSION;
    uint64_t issued = bell_peek(&integrity->version);

    if (what->expected_state == BELL_BLOCK_ZEROED || what->expected_state == BELL_BLOCK_TRIMMED)
        return BELL_MISCOMPARE_NOT_BLANK;
    if (what->found_lba != what->lba && what->found_lba < integrity->table.lbas && found < issued &&
        (bell_table_get(&integrity->table, what->found_lba) & BELL_ENTRY_VALUE) == value)
        return BELL_MISCOMPARE_MISPLACED;
    if (what->found_lba == what->lba && found > 0 && found < issued && what->has & BELL_MISCOMPARE_EXPECTED_TOKEN &&
        found < known)
        return BELL_MISCOMPARE_STALE;
    return BELL_MISCOMPARE_DATA;
}

static void difference(bell_miscompare *what, const uint8_t *expected, const uint8_t *found)
{
    for (uint32_t i = 0; i < what->lba_bytes; i++) {
        if (expected[i] == found[i])
            continue;
        if (what->byte_count++ == 0)
            what->first_byte = i;
    }
}

/* The block as it should be, malloc'd; NULL if nothing made it. */
static uint8_t *expected_make(bell_integrity *integrity, uint64_t lba, uint32_t entry, uint64_t found_token)
{
    uint32_t value = entry & BELL_ENTRY_VALUE;
    uint8_t *block = calloc(1, integrity->config.lba_bytes);

    if (!block || value == BELL_VALUE_ZEROES)
        return block;
    if (bell_value_is_crc(value) && bell_history_block(&integrity->history, lba, value, found_token, block))
        return block;
    if (entry & BELL_ENTRY_TRIMMED && integrity->config.deallocated != 0) {
        memset(block, integrity->config.deallocated == DEALLOCATED_ONES ? 0xff : 0, integrity->config.lba_bytes);
        return block;
    }
    free(block);
    return NULL;
}

static void miscompare(bell_integrity *integrity, uint64_t lba, uint32_t entry, const uint8_t *block, uint32_t crc,
                       const struct bell_judged *judged)
{
    uint32_t bytes = integrity->config.lba_bytes;
    struct bell_stamp stamp = bell_stamp_read(block, bytes);
    uint64_t token = bell_history_token(&integrity->history, lba);
    uint8_t *expected = expected_make(integrity, lba, entry, stamp.token);
    uint8_t *found = malloc(bytes);

    if (found)
        memcpy(found, block, bytes);
    pthread_mutex_lock(&integrity->lock);
    struct bell_miscompare_record *record = record_next(integrity, lba, entry, judged);
    bell_miscompare *what = &record->what;
    record->expected = expected;
    record->found = found;
    what->found_lba = stamp.lba;
    what->found_token = stamp.token;
    what->found_crc = crc;
    what->expected_token = token;
    what->has = (token ? BELL_MISCOMPARE_EXPECTED_TOKEN : 0) | (expected ? BELL_MISCOMPARE_EXPECTED_BLOCK : 0) |
                (found ? BELL_MISCOMPARE_FOUND_BLOCK : 0);
    if (bell_value_is_crc(entry & BELL_ENTRY_VALUE))
        what->expected_crc = (entry & BELL_ENTRY_VALUE) << 2;
    else if ((entry & BELL_ENTRY_VALUE) == BELL_VALUE_ZEROES)
        what->expected_crc = integrity->zeroes << 2;
    what->kind = kind_of(integrity, what, entry, bell_value_of(crc));
    if (expected && found)
        difference(what, expected, found);
    pthread_mutex_unlock(&integrity->lock);
}

static int doubtful_judge(bell_integrity *integrity, uint64_t lba, uint32_t entry, uint32_t value)
{
    uint32_t candidates[BELL_DOUBT_CANDIDATES];
    uint32_t count = bell_table_candidates(&integrity->table, lba, candidates);

    if (count == 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t content = candidates[i] & BELL_ENTRY_VALUE;
        if (content == BELL_VALUE_UNCORRECTABLE || fits(integrity, candidates[i] | (entry & BELL_ENTRY_TRIMMED), value))
            return 0;
    }
    return 1;
}

int bell_integrity_judge(bell_integrity *integrity, uint64_t lba, uint32_t entry, const uint8_t *block,
                         const struct bell_judged *judged)
{
    uint32_t expected = entry & BELL_ENTRY_VALUE;
    uint32_t crc;
    int verdict;

    if (expected == BELL_VALUE_UNKNOWN || expected == BELL_VALUE_GIVEN_UP)
        return -1;
    if (expected == BELL_VALUE_UNCORRECTABLE) {
        if (entry & BELL_ENTRY_TRIMMED || !bell_judged_steady(integrity, judged))
            return -1;
        bell_integrity_record(integrity, BELL_MISCOMPARE_READABLE, lba, 1, entry, judged);
        return 1;
    }
    crc = bell_crc32c(0, block, integrity->config.lba_bytes);
    if (BELL_LIKELY(bell_value_of(crc) == entry))
        return 0;
    if (expected == BELL_VALUE_DOUBTFUL)
        verdict = doubtful_judge(integrity, lba, entry, bell_value_of(crc));
    else
        verdict = !fits(integrity, entry, bell_value_of(crc));
    if (verdict == 1 && !bell_judged_steady(integrity, judged))
        return -1;
    if (verdict == 1)
        miscompare(integrity, lba, entry, block, crc, judged);
    return verdict;
}

/* ---- what was found ----------------------------------------------------------------------------------------------
 */

int bell_integrity_miscompares(bell_integrity *integrity, uint64_t from, bell_miscompare *out, uint32_t max,
                               uint64_t *next)
{
    if (!integrity || !next || (!out && max > 0))
        return bell_error_set(-EINVAL, "No verification or no place for its miscompares was given.");
    uint32_t count = 0;
    pthread_mutex_lock(&integrity->lock);
    uint64_t kept = integrity->record_count < BELL_MISCOMPARES_KEPT ? integrity->record_count : BELL_MISCOMPARES_KEPT;
    if (from < integrity->record_count - kept)
        from = integrity->record_count - kept;
    for (; from < integrity->record_count && count < max; from++)
        out[count++] = integrity->records[from % BELL_MISCOMPARES_KEPT].what;
    *next = from;
    pthread_mutex_unlock(&integrity->lock);
    return (int)count;
}

int bell_integrity_block(bell_integrity *integrity, uint64_t sequence, int found, void *out, uint32_t bytes)
{
    int rc = -ENOENT;

    if (!integrity || !out)
        return bell_error_set(-EINVAL, "No verification or no place for the block was given.");
    pthread_mutex_lock(&integrity->lock);
    const struct bell_miscompare_record *record = &integrity->records[sequence % BELL_MISCOMPARES_KEPT];
    if (sequence < integrity->record_count && record->what.sequence == sequence) {
        const uint8_t *block = found ? record->found : record->expected;
        if (block) {
            memcpy(out, block, bytes < integrity->config.lba_bytes ? bytes : integrity->config.lba_bytes);
            rc = 0;
        }
    }
    pthread_mutex_unlock(&integrity->lock);
    return rc == 0 ? 0
                   : bell_error_set(rc, "The %s block of miscompare %llu is not kept.", found ? "found" : "expected",
                                    (unsigned long long)sequence);
}
