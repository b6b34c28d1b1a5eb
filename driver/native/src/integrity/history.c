/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "integrity/crc32c.h"
#include "integrity/entry.h"
#include "support/error.h"

static void *zeroes_map(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

int bell_history_init(struct bell_history *history, uint32_t lba_bytes, uint64_t keep_bytes)
{
    memset(history, 0, sizeof *history);
    history->lba_bytes = lba_bytes;
    history->copy_count = keep_bytes / lba_bytes;
    history->next_source = 1;
    pthread_mutex_init(&history->lock, NULL);
    history->versions = zeroes_map(BELL_HISTORY_VERSIONS * sizeof *history->versions);
    if (history->copy_count > 0) {
        history->copies = zeroes_map(history->copy_count * lba_bytes);
        history->copy_lbas = zeroes_map(history->copy_count * sizeof *history->copy_lbas);
    }
    if (history->versions && (history->copy_count == 0 || (history->copies && history->copy_lbas)))
        return 0;
    bell_history_free(history);
    return bell_error_set(-ENOMEM, "No memory to keep written blocks in; ask for less than %llu bytes.",
                          (unsigned long long)keep_bytes);
}

void bell_history_free(struct bell_history *history)
{
    for (uint32_t i = 0; i < BELL_HISTORY_SOURCES; i++)
        free(history->pools[i].data);
    if (history->versions)
        munmap(history->versions, BELL_HISTORY_VERSIONS * sizeof *history->versions);
    if (history->copies)
        munmap(history->copies, history->copy_count * history->lba_bytes);
    if (history->copy_lbas)
        munmap(history->copy_lbas, history->copy_count * sizeof *history->copy_lbas);
    pthread_mutex_destroy(&history->lock);
    memset(history, 0, sizeof *history);
}

uint64_t bell_history_token(const struct bell_history *history, uint64_t lba)
{
    const struct bell_stamp *place = bell_history_place(history, lba);
    uint64_t token = bell_peek(&place->token);

    return bell_peek(&place->lba) == lba + 1 ? token : 0;
}

void bell_history_keep(struct bell_history *history, uint64_t lba, const void *block)
{
    if (history->copy_count == 0)
        return;
    uint64_t place = lba % history->copy_count;
    pthread_mutex_lock(&history->lock);
    history->copy_lbas[place] = lba + 1;
    memcpy(history->copies + place * history->lba_bytes, block, history->lba_bytes);
    pthread_mutex_unlock(&history->lock);
}

uint32_t bell_history_pool_add(struct bell_history *history, const void *data, uint64_t bytes)
{
    uint32_t source = 0;

    if (bytes > BELL_HISTORY_POOL_MOST / 4)
        return 0;
    uint8_t *copy = malloc(bytes);
    if (!copy)
        return 0;
    memcpy(copy, data, bytes);
    pthread_mutex_lock(&history->lock);
    source = history->next_source;
    history->next_source = source + 1 == BELL_HISTORY_SOURCES ? 1 : source + 1;
    history->pool_bytes += bytes - history->pools[source].bytes;
    free(history->pools[source].data);
    history->pools[source] = (struct bell_history_pool){.data = copy, .bytes = bytes};
    /* The oldest go first. */
    for (uint32_t i = 1; i < BELL_HISTORY_SOURCES && history->pool_bytes > BELL_HISTORY_POOL_MOST; i++) {
        struct bell_history_pool *old = &history->pools[1 + (source + i - 1) % (BELL_HISTORY_SOURCES - 1)];
        history->pool_bytes -= old->bytes;
        free(old->data);
        *old = (struct bell_history_pool){0};
    }
    pthread_mutex_unlock(&history->lock);
    return source;
}

/* With the lock held. */
static bool block_make(const struct bell_history *history, uint64_t lba, uint64_t token, uint32_t value, void *out)
{
    const struct bell_history_pool *pool = &history->pools[token >> BELL_TOKEN_SOURCE_SHIFT];
    uint64_t at = (token >> BELL_TOKEN_BLOCK_SHIFT & 0xffff) * history->lba_bytes;

    if (!pool->data || at + history->lba_bytes > pool->bytes)
        return false;
    memcpy(out, pool->data + at, history->lba_bytes);
    bell_stamp_write(out, history->lba_bytes, (struct bell_stamp){.lba = lba, .token = token});
    return bell_value_of(bell_crc32c(0, out, history->lba_bytes)) == value;
}

bool bell_history_block(struct bell_history *history, uint64_t lba, uint32_t value, uint64_t found_token, void *out)
{
    bool made = false;

    pthread_mutex_lock(&history->lock);
    if (history->copy_count > 0) {
        uint64_t place = lba % history->copy_count;
        const uint8_t *copy = history->copies + place * history->lba_bytes;
        made = history->copy_lbas[place] == lba + 1 && bell_value_of(bell_crc32c(0, copy, history->lba_bytes)) == value;
        if (made)
            memcpy(out, copy, history->lba_bytes);
    }
    made = made || block_make(history, lba, bell_history_token(history, lba), value, out) ||
           block_make(history, lba, found_token, value, out);
    pthread_mutex_unlock(&history->lock);
    return made;
}
