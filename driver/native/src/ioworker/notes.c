/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/notes.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/error.h"

enum {
    COMMAND_WORDS = sizeof(bell_worker_command) / 8,
    INTERVAL_WORDS = sizeof(bell_worker_interval) / 8,
    LAST_WORDS = sizeof(bell_worker_io) / 8,
};

static_assert(sizeof(bell_worker_command) % 8 == 0 && sizeof(bell_worker_interval) % 8 == 0, "whole words");
static_assert(LAST_WORDS == 3, "bell_notes_last writes three words");

static int ring_init(struct bell_notes_ring *ring, uint32_t records, uint32_t record_words)
{
    ring->records = records;
    ring->record_words = record_words;
    if (records == 0)
        return 0;
    ring->words = calloc((size_t)records * (1 + record_words), sizeof *ring->words);
    return ring->words == NULL ? bell_error_set(-ENOMEM, "No memory for %u records of a worker.", records) : 0;
}

int bell_notes_init(struct bell_notes *notes, uint32_t slowest, uint32_t last)
{
    int err;

    memset(notes, 0, sizeof *notes);
    err = ring_init(&notes->intervals, BELL_NOTES_INTERVALS, INTERVAL_WORDS);
    if (err == 0)
        err = ring_init(&notes->errors, BELL_NOTES_ERRORS, COMMAND_WORDS);
    if (err == 0)
        err = ring_init(&notes->last, last, LAST_WORDS);
    if (err == 0 && slowest != 0) {
        notes->slowest = calloc((size_t)slowest * (1 + COMMAND_WORDS), sizeof *notes->slowest);
        err = notes->slowest == NULL ? bell_error_set(-ENOMEM, "No memory for the slowest commands.") : 0;
    }
    notes->slowest_max = slowest;
    return err;
}

void bell_notes_free(struct bell_notes *notes)
{
    free(notes->intervals.words);
    free(notes->errors.words);
    free(notes->last.words);
    free(notes->slowest);
}

static void record_write(uint64_t *record, const void *from, uint32_t count)
{
    const uint8_t *bytes = from;
    uint64_t version = record[0], word;

    bell_poke(&record[0], version + 1);
    bell_fence(__ATOMIC_RELEASE); /* odd version before the new words */
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&word, bytes + 8 * i, 8);
        bell_poke(&record[1 + i], word);
    }
    __atomic_store_n(&record[0], version + 2, __ATOMIC_RELEASE);
}

/* False: it was written meanwhile, or never. */
static bool record_read(const uint64_t *record, void *to, uint32_t count, uint64_t *version)
{
    uint8_t *bytes = to;

    *version = __atomic_load_n(&record[0], __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = bell_peek(&record[1 + i]);
        memcpy(bytes + 8 * i, &word, 8);
    }
    bell_fence(__ATOMIC_ACQUIRE); /* the words before the second look */
    return (*version & 1) == 0 && *version != 0 && bell_peek(&record[0]) == *version;
}

static uint64_t *ring_record(const struct bell_notes_ring *ring, uint64_t number)
{
    return ring->words + (1 + (uint64_t)ring->record_words) * (number % ring->records);
}

void bell_notes_add(struct bell_notes_ring *ring, const void *record)
{
    record_write(ring_record(ring, ring->next), record, ring->record_words);
    __atomic_store_n(&ring->next, ring->next + 1, __ATOMIC_RELEASE);
}

uint32_t bell_notes_copy(const struct bell_notes_ring *ring, uint64_t from, void *out, uint32_t max, uint64_t *next)
{
    uint64_t end = __atomic_load_n(&ring->next, __ATOMIC_ACQUIRE);
    uint32_t count = 0;

    if (end > ring->records && from < end - ring->records)
        from = end - ring->records;
    while (from < end && count < max) {
        uint64_t version;
        bool whole = record_read(ring_record(ring, from), (uint8_t *)out + 8ull * ring->record_words * count,
                                 ring->record_words, &version);

        /* The version counts how often the place was taken: another turn is another record. */
        if (whole && version == 2 * (from / ring->records + 1))
            count++;
        from++;
    }
    *next = from;
    return count;
}

static uint64_t slow_latency(const uint64_t *record)
{
    return record[3] - record[2]; /* completed_ns, submitted_ns */
}

uint64_t bell_notes_slow(struct bell_notes *notes, const bell_worker_command *command)
{
    uint64_t least = UINT64_MAX;
    uint32_t place = notes->slowest_count < notes->slowest_max ? notes->slowest_count : notes->slowest_least;

    record_write(notes->slowest + place * (1 + (size_t)COMMAND_WORDS), command, COMMAND_WORDS);
    if (notes->slowest_count < notes->slowest_max) {
        __atomic_store_n(&notes->slowest_count, notes->slowest_count + 1, __ATOMIC_RELEASE);
        if (notes->slowest_count < notes->slowest_max)
            return 0;
    }
    for (uint32_t i = 0; i < notes->slowest_max; i++) {
        uint64_t latency = slow_latency(notes->slowest + i * (1 + (size_t)COMMAND_WORDS));

        if (latency < least) {
            least = latency;
            notes->slowest_least = i;
        }
    }
    return least + 1;
}

static int slower_first(const void *a, const void *b)
{
    const bell_worker_command *first = a, *second = b;
    uint64_t one = first->completed_ns - first->submitted_ns, other = second->completed_ns - second->submitted_ns;

    return one > other ? -1 : one < other;
}

uint32_t bell_notes_slowest(const struct bell_notes *notes, bell_worker_command *out, uint32_t max)
{
    uint32_t all = __atomic_load_n(&notes->slowest_count, __ATOMIC_ACQUIRE);
    uint32_t count = 0;
    bell_worker_command *copies;

    if (all == 0)
        return 0;
    copies = calloc(all, sizeof *copies);
    if (copies == NULL)
        return 0;
    for (uint32_t i = 0; i < all; i++) {
        uint64_t version;

        if (record_read(notes->slowest + i * (1 + (size_t)COMMAND_WORDS), &copies[count], COMMAND_WORDS, &version))
            count++;
    }
    qsort(copies, count, sizeof *copies, slower_first);
    count = count < max ? count : max;
    memcpy(out, copies, count * sizeof *copies);
    free(copies);
    return count;
}
