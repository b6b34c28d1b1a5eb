/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of a namespace in a file, little-endian: a header, runs of entries, blocks in doubt, versions, and the
 * CRC-32C of all that. Only what is known is in it.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "integrity/crc32c.h"
#include "integrity/integrity.h"
#include "support/error.h"

enum { RUN_MOST = 4096, FORMAT_VERSION = 1 };

static const char magic[8] = {'D', 'B', 'E', 'L', 'L', 'V', 'F', 'Y'};

struct header {
    char magic[8];
    uint32_t format;
    uint32_t lba_bytes;
    uint64_t lbas;
    uint64_t version; /* of the next block */
    uint64_t runs;
    uint64_t doubts;
    uint64_t versions;
    uint32_t formatted;
    uint32_t reserved;
};
static_assert(sizeof(struct header) == 64, "header of the file");

struct run {
    uint64_t lba;
    uint32_t count;
    uint32_t reserved;
};

struct doubt {
    uint64_t lba;
    uint32_t count;
    uint32_t candidates[BELL_DOUBT_CANDIDATES];
    uint32_t reserved;
};
static_assert(sizeof(struct run) == 16 && sizeof(struct doubt) == 40, "parts of the file");

struct file {
    FILE *stream;
    uint32_t crc;
    bool failed;
};

static void put(struct file *file, const void *data, size_t bytes)
{
    file->crc = bell_crc32c(file->crc, data, bytes);
    file->failed = file->failed || fwrite(data, 1, bytes, file->stream) != bytes;
}

static void get(struct file *file, void *data, size_t bytes)
{
    memset(data, 0, bytes);
    file->failed = file->failed || fread(data, 1, bytes, file->stream) != bytes;
    file->crc = bell_crc32c(file->crc, data, bytes);
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

/* What is known for certain at this moment; with the table's lock. */
static uint32_t entry_saved(const bell_integrity *integrity, uint64_t lba)
{
    uint32_t entry = bell_table_get(&integrity->table, lba);
    const struct bell_doubt *doubt;

    if (entry & BELL_ENTRY_LOCKED)
        return 0;
    if ((entry & BELL_ENTRY_VALUE) != BELL_VALUE_DOUBTFUL)
        return entry;
    doubt = bell_doubts_find(&integrity->table.doubts, lba);
    return doubt && !doubt->anything && doubt->writers == 0 ? entry : 0;
}

static void run_put(struct file *file, struct header *header, uint64_t lba, const uint32_t *entries, uint32_t count)
{
    const struct run run = {.lba = lba, .count = count};

    if (count == 0)
        return;
    put(file, &run, sizeof run);
    put(file, entries, count * sizeof *entries);
    header->runs++;
}

static void entries_put(struct file *file, struct header *header, const bell_integrity *integrity)
{
    const struct bell_table *table = &integrity->table;
    uint32_t entries[RUN_MOST];

    for (uint64_t chunk = 0; chunk < table->chunks; chunk++) {
        uint64_t lba = chunk * BELL_TABLE_CHUNK;
        uint64_t end = lba + BELL_TABLE_CHUNK < table->lbas ? lba + BELL_TABLE_CHUNK : table->lbas;
        uint32_t count = 0;

        if (!bell_peek(&table->touched[chunk]))
            continue;
        for (; lba < end; lba++) {
            uint32_t entry = entry_saved(integrity, lba);
            if (entry == 0 || count == RUN_MOST) {
                run_put(file, header, lba - count, entries, count);
                count = 0;
            }
            if (entry != 0)
                entries[count++] = entry;
        }
        run_put(file, header, lba - count, entries, count);
    }
}

static void doubts_put(struct file *file, struct header *header, const bell_integrity *integrity)
{
    const struct bell_doubts *doubts = &integrity->table.doubts;

    for (uint64_t i = 0; i < doubts->room; i++) {
        struct doubt saved = {.lba = doubts->places[i].lba, .count = doubts->places[i].count};
        if (!doubts->places[i].used || entry_saved(integrity, saved.lba) == 0)
            continue;
        memcpy(saved.candidates, doubts->places[i].candidates, sizeof saved.candidates);
        put(file, &saved, sizeof saved);
        header->doubts++;
    }
}

static void versions_put(struct file *file, struct header *header, const bell_integrity *integrity)
{
    for (uint32_t i = 0; i < BELL_HISTORY_VERSIONS; i++) {
        struct bell_stamp place = {.lba = bell_peek(&integrity->history.versions[i].lba),
                                   .token = bell_peek(&integrity->history.versions[i].token)};
        if (place.lba == 0 || place.token == 0)
            continue;
        put(file, &place, sizeof place);
        header->versions++;
    }
}

/* Twice: the first time says how much there is, for the header, which is in front and in the CRC. */
static void all_put(struct file *file, struct header *header, bell_integrity *integrity)
{
    struct header counts = *header;

    file->crc = 0;
    put(file, header, sizeof *header);
    counts.runs = counts.doubts = counts.versions = 0;
    entries_put(file, &counts, integrity);
    doubts_put(file, &counts, integrity);
    versions_put(file, &counts, integrity);
    *header = counts;
}

static bool content_put(struct file *file, bell_integrity *integrity)
{
    struct header header = {.format = FORMAT_VERSION,
                            .lba_bytes = integrity->config.lba_bytes,
                            .lbas = integrity->table.lbas,
                            .version = bell_peek(&integrity->version)},
                  before;

    memcpy(header.magic, magic, sizeof magic);
    pthread_mutex_lock(&integrity->table.lock);
    header.formatted = bell_peek(&integrity->table.formatted);
    for (int attempt = 0; attempt < 8 && !file->failed; attempt++) { /* commands may change entries between the two */
        before = header;
        rewind(file->stream);
        all_put(file, &header, integrity);
        if (memcmp(&before, &header, sizeof header) == 0)
            break;
        if (attempt == 7)
            file->failed = true;
    }
    pthread_mutex_unlock(&integrity->table.lock);
    const uint32_t crc = file->crc;
    put(file, &crc, sizeof crc);
    long end = ftell(file->stream);
    return !file->failed && fflush(file->stream) == 0 && end > 0 && ftruncate(fileno(file->stream), end) == 0 &&
           fsync(fileno(file->stream)) == 0;
}

int bell_integrity_save(bell_integrity *integrity, const char *path)
{
    char part[PATH_MAX];

    if (!integrity || !path || path[0] == '\0')
        return bell_error_set(-EINVAL, "No verification or no file was given.");
    if (snprintf(part, sizeof part, "%s.part", path) >= (int)sizeof part)
        return bell_error_set(-EINVAL, "The path of the file is too long: %s", path);
    struct file file = {.stream = fopen(part, "w+b")};
    if (!file.stream)
        return bell_error_set(-errno, "%s cannot be written: %s", part, strerror(errno));
    errno = 0;
    bool whole = content_put(&file, integrity);
    int code = errno ? errno : EAGAIN;
    fclose(file.stream);
    if (whole && rename(part, path) == 0)
        return 0;
    code = whole ? errno : code;
    unlink(part);
    return bell_error_set(-code,
                          code == EAGAIN ? "%s: too many commands run on the namespace to save it; %s"
                                         : "%s cannot be written: %s",
                          path, code == EAGAIN ? "stop the workers first." : strerror(code));
}

/* ---- loading ----------------------------------------------------------------------------------------------------- */

/* Walk through the file; into integrity, or only to see that it is whole where that is NULL. */
static bool body_get(struct file *file, const struct header *header, bell_integrity *integrity)
{
    uint32_t entries[RUN_MOST];

    for (uint64_t i = 0; i < header->runs && !file->failed; i++) {
        struct run run;
        get(file, &run, sizeof run);
        if (run.count > RUN_MOST || run.lba >= header->lbas || run.count > header->lbas - run.lba)
            return false;
        get(file, entries, run.count * sizeof *entries);
        if (!integrity || file->failed)
            continue;
        bell_table_touch(&integrity->table, run.lba, run.count);
        for (uint32_t j = 0; j < run.count; j++)
            __atomic_store_n(&integrity->table.entries[run.lba + j], entries[j] & ~BELL_ENTRY_LOCKED, __ATOMIC_RELEASE);
    }
    for (uint64_t i = 0; i < header->doubts && !file->failed; i++) {
        struct doubt saved;
        get(file, &saved, sizeof saved);
        if (saved.lba >= header->lbas || saved.count > BELL_DOUBT_CANDIDATES)
            return false;
        struct bell_doubt *doubt = integrity ? bell_doubts_add(&integrity->table.doubts, saved.lba) : NULL;
        if (doubt) {
            doubt->count = saved.count;
            memcpy(doubt->candidates, saved.candidates, sizeof saved.candidates);
        }
    }
    for (uint64_t i = 0; i < header->versions && !file->failed; i++) {
        struct bell_stamp place;
        get(file, &place, sizeof place);
        if (integrity && !file->failed)
            bell_history_version(&integrity->history, place.lba - 1, place.token);
    }
    return !file->failed;
}

static bool header_get(struct file *file, struct header *header)
{
    file->crc = 0;
    rewind(file->stream);
    get(file, header, sizeof *header);
    return !file->failed && memcmp(header->magic, magic, sizeof magic) == 0 && header->format == FORMAT_VERSION;
}

static bool whole(struct file *file, struct header *header)
{
    if (!header_get(file, header) || !body_get(file, header, NULL))
        return false;
    uint32_t expected = file->crc, crc;
    get(file, &crc, sizeof crc);
    return !file->failed && crc == expected && fgetc(file->stream) == EOF;
}

static int content_get(struct file *file, bell_integrity *integrity, const char *path)
{
    struct header header;

    if (!whole(file, &header))
        return bell_error_set(-EINVAL, "%s is damaged, or no file of Doorbell's data verification.", path);
    if (header.lbas != integrity->table.lbas || header.lba_bytes != integrity->config.lba_bytes)
        return bell_error_set(-EINVAL,
                              "%s is of a namespace of %" PRIu64 " LBAs of %u bytes; this one has %" PRIu64 " of %u.",
                              path, header.lbas, header.lba_bytes, integrity->table.lbas, integrity->config.lba_bytes);
    clearerr(file->stream);
    file->failed = false;
    bell_table_clear(&integrity->table, header.formatted != 0);
    pthread_mutex_lock(&integrity->table.lock);
    header_get(file, &header);
    bool loaded = body_get(file, &header, integrity);
    pthread_mutex_unlock(&integrity->table.lock);
    if (!loaded) {
        bell_table_clear(&integrity->table, false);
        return bell_error_set(-EIO, "%s changed while it was read; nothing is known of the namespace now.", path);
    }
    if (header.version > bell_peek(&integrity->version))
        __atomic_store_n(&integrity->version, header.version, __ATOMIC_RELAXED);
    return 0;
}

int bell_integrity_load(bell_integrity *integrity, const char *path)
{
    if (!integrity || !path)
        return bell_error_set(-EINVAL, "No verification or no file was given.");
    struct file file = {.stream = fopen(path, "rb")};
    if (!file.stream)
        return bell_error_set(-errno, "%s cannot be read: %s", path, strerror(errno));
    int rc = content_get(&file, integrity, path);
    fclose(file.stream);
    return rc;
}
