/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "support/error.h"

#define MOST_LBAS (UINT64_C(1) << 42)

static void *zeroes_map(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    /* Huge pages would spend 2 MiB on one block that is known. */
    (void)madvise(memory, bytes, MADV_NOHUGEPAGE);
    return memory;
}

int bell_table_init(struct bell_table *table, uint64_t lbas)
{
    if (lbas == 0 || lbas > MOST_LBAS)
        return bell_error_set(-EINVAL, "lbas %" PRIu64 ": data verification follows 1 to 2^42 LBAs.", lbas);
    memset(table, 0, sizeof *table);
    table->lbas = lbas;
    table->chunks = (lbas + BELL_TABLE_CHUNK - 1) / BELL_TABLE_CHUNK;
    table->entries = zeroes_map(lbas * sizeof *table->entries);
    table->touched = zeroes_map(table->chunks);
    table->churn = zeroes_map((UINT64_C(1) << BELL_CHURN_BITS) * sizeof *table->churn);
    if (!table->entries || !table->touched || !table->churn) {
        bell_table_free(table);
        return bell_error_set(-ENOMEM,
                              "No address space for the states of %" PRIu64 " LBAs (4 bytes each, used as they are "
                              "written): %s. See vm.overcommit_memory and ulimit -v.",
                              lbas, strerror(errno));
    }
    pthread_mutex_init(&table->lock, NULL);
    return 0;
}

void bell_table_free(struct bell_table *table)
{
    if (table->entries && table->touched && table->churn) {
        bell_doubts_clear(&table->doubts);
        pthread_mutex_destroy(&table->lock);
    }
    if (table->entries)
        munmap(table->entries, table->lbas * sizeof *table->entries);
    if (table->touched)
        munmap(table->touched, table->chunks);
    if (table->churn)
        munmap(table->churn, (UINT64_C(1) << BELL_CHURN_BITS) * sizeof *table->churn);
    table->entries = NULL;
    table->touched = NULL;
    table->churn = NULL;
}

void bell_table_touch(struct bell_table *table, uint64_t lba, uint64_t count)
{
    uint64_t last = (lba + count - 1) / BELL_TABLE_CHUNK;

    for (uint64_t chunk = lba / BELL_TABLE_CHUNK; count > 0 && chunk <= last; chunk++) {
        if (!bell_peek(&table->touched[chunk]))
            bell_poke(&table->touched[chunk], (uint8_t)1);
    }
}

struct bell_table_moment bell_table_now(const struct bell_table *table)
{
    return (struct bell_table_moment){.generation = __atomic_load_n(&table->generation, __ATOMIC_ACQUIRE),
                                      .trim_generation = __atomic_load_n(&table->trim_generation, __ATOMIC_ACQUIRE)};
}

static bool swap(struct bell_table *table, uint64_t lba, uint32_t *from, uint32_t to)
{
    return __atomic_compare_exchange_n(&table->entries[lba], from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* The doubt of a block that several writers have, made if it is not there. NULL: no memory. */
static struct bell_doubt *doubt_of(struct bell_table *table, uint64_t lba, uint32_t entry)
{
    struct bell_doubt *doubt = bell_doubts_find(&table->doubts, lba);

    if (!doubt) {
        doubt = bell_doubts_add(&table->doubts, lba);
        if (doubt)
            bell_doubt_accept(doubt, entry & ~BELL_ENTRY_LOCKED);
    }
    return doubt;
}

static void given_up(struct bell_table *table, uint64_t lba)
{
    __atomic_store_n(&table->entries[lba], BELL_ENTRY_LOCKED | BELL_VALUE_GIVEN_UP, __ATOMIC_RELEASE);
}

void bell_table_contend(struct bell_table *table, uint64_t lba)
{
    pthread_mutex_lock(&table->lock);
    for (;;) {
        uint32_t entry = bell_table_get(table, lba);

        if (!(entry & BELL_ENTRY_LOCKED)) { /* the other has ended meanwhile */
            if (swap(table, lba, &entry, entry | BELL_ENTRY_LOCKED))
                break;
            continue;
        }
        if ((entry & BELL_ENTRY_VALUE) == BELL_VALUE_GIVEN_UP)
            break;
        if ((entry & BELL_ENTRY_VALUE) != BELL_VALUE_DOUBTFUL) {
            if (!swap(table, lba, &entry, BELL_ENTRY_LOCKED | BELL_VALUE_DOUBTFUL | (entry & BELL_ENTRY_TRIMMED)))
                continue;
        }
        struct bell_doubt *doubt = doubt_of(table, lba, entry);
        if (!doubt) {
            given_up(table, lba);
            break;
        }
        if (doubt->writers == 0) {
            doubt->writers = 2;
            doubt->before = doubt->count;
        } else {
            doubt->writers++;
        }
        break;
    }
    pthread_mutex_unlock(&table->lock);
}

/* Contents from before the writes are gone: one of the writes was done. */
static void before_drop(struct bell_doubt *doubt)
{
    for (uint32_t i = doubt->before; i < doubt->count; i++)
        doubt->candidates[i - doubt->before] = doubt->candidates[i];
    doubt->count -= doubt->before;
    doubt->before = 0;
}

/* All writers have ended: what the entry says from now on. */
static void doubt_close(struct bell_table *table, struct bell_doubt *doubt, uint32_t trimmed)
{
    uint64_t lba = doubt->lba;
    uint32_t entry = BELL_VALUE_DOUBTFUL;

    doubt->before = 0;
    if (doubt->anything)
        entry = BELL_VALUE_UNKNOWN;
    else if (doubt->count == 1)
        entry = doubt->candidates[0];
    if (entry != BELL_VALUE_DOUBTFUL)
        bell_doubts_remove(&table->doubts, lba);
    __atomic_store_n(&table->entries[lba], entry | trimmed, __ATOMIC_RELEASE);
}

void bell_table_settle_hard(struct bell_table *table, uint64_t lba, uint32_t value, bool done, bool trims)
{
    pthread_mutex_lock(&table->lock);
    for (;;) {
        uint32_t entry = bell_table_get(table, lba);
        uint32_t trimmed = trims ? entry & BELL_ENTRY_TRIMMED : 0;
        struct bell_doubt *doubt = bell_doubts_find(&table->doubts, lba);

        if (!(entry & BELL_ENTRY_LOCKED) || (entry & BELL_ENTRY_VALUE) == BELL_VALUE_GIVEN_UP)
            break;
        if ((entry & BELL_ENTRY_VALUE) != BELL_VALUE_DOUBTFUL && done) {
            if (!swap(table, lba, &entry, value | trimmed))
                continue;
            break;
        }
        if ((entry & BELL_ENTRY_VALUE) == BELL_VALUE_UNKNOWN) { /* and not done: unknown it stays */
            if (!swap(table, lba, &entry, entry & BELL_ENTRY_TRIMMED))
                continue;
            break;
        }
        if ((entry & BELL_ENTRY_VALUE) != BELL_VALUE_DOUBTFUL) {
            if (!swap(table, lba, &entry, BELL_ENTRY_LOCKED | BELL_VALUE_DOUBTFUL | (entry & BELL_ENTRY_TRIMMED)))
                continue;
            doubt = doubt_of(table, lba, entry);
        }
        if (!doubt) {
            given_up(table, lba);
            break;
        }
        if (doubt->writers == 0 && done) {
            bell_doubts_remove(&table->doubts, lba);
            __atomic_store_n(&table->entries[lba], value | trimmed, __ATOMIC_RELEASE);
            break;
        }
        if (done) {
            before_drop(doubt);
            /* What was doubted before is overwritten for certain, unless it is of a write that is still out. */
        }
        bell_doubt_accept(doubt, value | trimmed);
        if (doubt->writers > 0)
            doubt->writers--;
        if (doubt->writers == 0)
            doubt_close(table, doubt, trimmed | (done ? 0 : entry & BELL_ENTRY_TRIMMED));
        break;
    }
    pthread_mutex_unlock(&table->lock);
}

void bell_table_trim_begin(struct bell_table *table)
{
    __atomic_fetch_add(&table->trims, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&table->trim_generation, 1, __ATOMIC_SEQ_CST);
}

void bell_table_trim_end(struct bell_table *table)
{
    __atomic_fetch_add(&table->trim_generation, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_sub(&table->trims, 1, __ATOMIC_SEQ_CST);
}

/* Cut a range to the table; false if nothing of it lies inside. */
static bool range_cut(const struct bell_table *table, uint64_t lba, uint64_t *count)
{
    if (lba >= table->lbas)
        return false;
    if (*count > table->lbas - lba)
        *count = table->lbas - lba;
    return *count > 0;
}

/* The end of what lies in one chunk. */
static uint64_t chunk_end(uint64_t lba, uint64_t end)
{
    uint64_t next = (lba / BELL_TABLE_CHUNK + 1) * BELL_TABLE_CHUNK;
    return next < end ? next : end;
}

void bell_table_trim(struct bell_table *table, uint64_t lba, uint64_t count)
{
    if (!range_cut(table, lba, &count))
        return;
    for (uint64_t end = lba + count; lba < end; lba = chunk_end(lba, end)) {
        if (!bell_peek(&table->touched[lba / BELL_TABLE_CHUNK]))
            continue; /* unknown blocks stay unknown */
        for (uint64_t i = lba; i < chunk_end(lba, end); i++) {
            if (bell_peek(&table->entries[i]) != 0)
                __atomic_fetch_or(&table->entries[i], BELL_ENTRY_TRIMMED, __ATOMIC_ACQ_REL);
        }
    }
}

void bell_table_forget(struct bell_table *table, uint64_t lba, uint64_t count)
{
    if (!range_cut(table, lba, &count))
        return;
    pthread_mutex_lock(&table->lock);
    for (uint64_t end = lba + count; lba < end; lba = chunk_end(lba, end)) {
        if (!bell_peek(&table->touched[lba / BELL_TABLE_CHUNK]))
            continue;
        for (uint64_t i = lba; i < chunk_end(lba, end); i++) {
            uint32_t entry = bell_table_get(table, i);
            struct bell_doubt *doubt = bell_doubts_find(&table->doubts, i);

            if (doubt && (entry & BELL_ENTRY_LOCKED)) {
                doubt->count = 0;
                doubt->before = 0;
                doubt->anything = true;
                continue;
            }
            if (doubt)
                bell_doubts_remove(&table->doubts, i);
            while (!swap(table, i, &entry, entry & BELL_ENTRY_LOCKED))
                ;
        }
    }
    pthread_mutex_unlock(&table->lock);
}

void bell_table_clear(struct bell_table *table, bool formatted)
{
    pthread_mutex_lock(&table->lock);
    __atomic_fetch_add(&table->generation, 1, __ATOMIC_SEQ_CST);
    bell_doubts_clear(&table->doubts);
    /* Gives the pages back: they read as zeroes again. */
    for (uint64_t chunk = 0; chunk < table->chunks; chunk++) {
        uint64_t first = chunk * BELL_TABLE_CHUNK;
        uint64_t count = chunk + 1 < table->chunks ? BELL_TABLE_CHUNK : table->lbas - first;

        if (bell_peek(&table->touched[chunk]))
            madvise(table->entries + first, count * sizeof *table->entries, MADV_DONTNEED);
    }
    bell_poke(&table->formatted, (uint32_t)formatted);
    pthread_mutex_unlock(&table->lock);
}

uint32_t bell_table_candidates(struct bell_table *table, uint64_t lba, uint32_t out[BELL_DOUBT_CANDIDATES])
{
    uint32_t count = 0;

    pthread_mutex_lock(&table->lock);
    const struct bell_doubt *doubt = bell_doubts_find(&table->doubts, lba);
    if (doubt && !doubt->anything && doubt->writers == 0) {
        count = doubt->count;
        memcpy(out, doubt->candidates, sizeof doubt->candidates);
    }
    pthread_mutex_unlock(&table->lock);
    return count;
}
