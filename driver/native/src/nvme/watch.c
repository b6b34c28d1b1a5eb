/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a watched command: what it is, where its blocks and their data are, what a write is stamped with. */
#include <stdlib.h>
#include <string.h>

#include "integrity/crc32c.h"
#include "nvme/device.h"
#include "nvme/watch_parts.h"
#include "spec/nvme.h"
#include "spec/nvme_status.h"

enum {
    SQE_CDW10 = 5, /* and CDW11 above it */
    SQE_CDW12 = 6,
    DSM_RANGE_BYTES = 16,
    DSM_RANGES_MOST = 256,
    COPY_RANGES_MOST = 256,
    BUSY_SPANS = 8,
    VERSIONS_AT_A_TIME = 4096,
};

#define DEALLOCATE   (UINT64_C(1) << 34) /* DSM CDW11.AD */
#define ZEROES_DEAC  (UINT64_C(1) << 25)
#define PRINFO_PRACT (UINT64_C(1) << 29)
#define COPY_PRACT   (UINT64_C(1) << 15) /* PRINFOW of Copy */

/* ---- places ------------------------------------------------------------------------------------------------------ */

static struct bell_watches *watches_of(struct bell_qpair *qpair)
{
    struct bell_watches *watches = qpair->watches;

    if (watches)
        return watches;
    watches = calloc(1, sizeof *watches);
    if (watches) {
        watches->count = qpair->depth - 1;
        watches->watches = calloc(watches->count, sizeof *watches->watches);
    }
    if (watches && !watches->watches) {
        free(watches);
        return NULL;
    }
    qpair->watches = watches;
    return watches;
}

static struct bell_tally *tally_of(struct bell_watches *watches, bell_integrity *integrity)
{
    struct bell_tally *tally = watches->tallies;

    while (tally && tally->integrity != integrity)
        tally = tally->queue_next;
    if (tally)
        return tally;
    tally = bell_tally_open(integrity);
    if (tally) {
        tally->queue_next = watches->tallies;
        watches->tallies = tally;
    }
    return tally;
}

static bool scratch_reserve(struct bell_watches *watches, uint32_t bytes)
{
    if (watches->scratch_bytes >= bytes)
        return true;
    uint8_t *scratch = realloc(watches->scratch, bytes);
    if (!scratch)
        return false;
    watches->scratch = scratch;
    watches->scratch_bytes = bytes;
    return true;
}

static bool values_reserve(struct watch *watch, uint32_t count)
{
    if (watch->room >= count)
        return true;
    uint32_t *values = realloc(watch->values, count * sizeof *values);
    if (!values)
        return false;
    watch->values = values;
    watch->room = count;
    return true;
}

/* ---- what a command is ------------------------------------------------------------------------------------------- */

static enum kind io_kind(const uint64_t sqe[8])
{
    switch (sqe[0] & 0xff) {
    case NVME_NVM_READ:
        return KIND_READ;
    case NVME_NVM_WRITE:
        return KIND_WRITE;
    case NVME_NVM_WRITE_UNCORRECTABLE:
    case NVME_NVM_WRITE_ZEROES:
        return KIND_CONSTANT;
    case NVME_NVM_COMPARE:
        return KIND_COMPARE;
    case NVME_NVM_VERIFY:
        return KIND_VERIFY;
    case NVME_NVM_DSM:
        return sqe[SQE_CDW10] & DEALLOCATE ? KIND_TRIM : KIND_NONE;
    case NVME_NVM_COPY:
        return KIND_COPY;
    case NVME_NVM_FLUSH:
    case NVME_NVM_RESERVATION_REGISTER:
    case NVME_NVM_RESERVATION_REPORT:
    case NVME_NVM_RESERVATION_ACQUIRE:
    case NVME_NVM_RESERVATION_RELEASE:
        return KIND_NONE;
    default:
        /* NVMe Base 2.0c §3.3.3.1: bit 0 says that data goes to the controller. */
        return sqe[0] & 1 ? KIND_STRANGE : KIND_NONE;
    }
}

static enum kind admin_kind(const uint64_t sqe[8])
{
    uint32_t cdw10 = (uint32_t)sqe[SQE_CDW10];

    switch (sqe[0] & 0xff) {
    case NVME_ADMIN_FORMAT_NVM:
        return KIND_FORMAT;
    case NVME_ADMIN_SANITIZE:
        return (cdw10 & 7) >= 2 && (cdw10 & 7) <= 4 ? KIND_SANITIZE : KIND_NONE;
    case NVME_ADMIN_NS_MANAGEMENT:
        return (cdw10 & 0xf) == 1 ? KIND_DELETE : KIND_NONE;
    default:
        return KIND_NONE;
    }
}

/* ---- beginning --------------------------------------------------------------------------------------------------- */

/* Whether protection information is inserted or stripped on the way, so that it is not in memory. */
static bool pi_is_elsewhere(const bell_integrity_config *config, const uint64_t sqe[8])
{
    return config->pi_bytes > 0 && (sqe[SQE_CDW12] & PRINFO_PRACT) != 0 && config->metadata_bytes == config->pi_bytes;
}

static uint32_t stride_of(const bell_integrity_config *config, const uint64_t sqe[8])
{
    return config->lba_bytes + (pi_is_elsewhere(config, sqe) ? 0 : config->metadata_bytes);
}

/* A guard that the host has computed would be wrong after stamping. */
static bool may_stamp(const bell_integrity_config *config, const uint64_t sqe[8])
{
    return !(config->flags & BELL_INTEGRITY_NO_STAMPS) &&
           (config->pi_bytes == 0 || (sqe[SQE_CDW12] & PRINFO_PRACT) != 0);
}

static uint32_t busy_spans(const struct watch *watch, struct bell_busy_data out[BUSY_SPANS])
{
    uint64_t first = UINT64_MAX, end = 0;

    if (watch->spans.count <= BUSY_SPANS) {
        for (uint32_t i = 0; i < watch->spans.count; i++)
            out[i] = (struct bell_busy_data){.iova = watch->spans.items[i].first, .bytes = watch->spans.items[i].count};
        return watch->spans.count;
    }
    for (uint32_t i = 0; i < watch->spans.count; i++) {
        const struct bell_span *span = &watch->spans.items[i];
        first = span->first < first ? span->first : first;
        end = span->first + span->count > end ? span->first + span->count : end;
    }
    out[0] = (struct bell_busy_data){.iova = first, .bytes = end - first};
    return 1;
}

/* The data of a write or compare stays busy until its end. False: another command's is in the same memory. */
static bool data_hold(struct bell_qpair *qpair, struct watch *watch)
{
    struct bell_busy_data busy[BUSY_SPANS];

    if (watch->own)
        return true;
    watch->busy = true;
    return bell_busy_add(qpair->device->verification, busy, busy_spans(watch, busy));
}

void bell_watch_data_release(struct bell_qpair *qpair, struct watch *watch)
{
    struct bell_busy_data busy[BUSY_SPANS];

    if (watch->busy)
        bell_busy_remove(qpair->device->verification, busy, busy_spans(watch, busy));
    watch->busy = false;
}

static void block_stamp(struct bell_watches *watches, struct watch *watch, const struct bell_dma_map *map,
                        uint32_t index, struct bell_stamp stamp)
{
    uint32_t bytes = watch->integrity->config.lba_bytes;
    uint64_t offset = (uint64_t)index * watch->stride;
    uint8_t *block = block_at(watches, watch, map, index);

    if (block && block != watches->scratch) {
        bell_stamp_write(block, bytes, stamp);
    } else if (block) {
        bell_spans_scatter(&watch->spans, map, offset, 8, (const uint8_t *)&stamp.lba);
        bell_spans_scatter(&watch->spans, map, offset + bytes - 8, 8, (const uint8_t *)&stamp.token);
    }
}

/* The token of a block of a worker's pool says which block that is. */
static uint64_t token_of(const struct watch *watch, uint64_t base, uint64_t version, uint32_t index)
{
    if (!watch->own || base == 0)
        return version & BELL_TOKEN_VERSION;
    return (base + ((uint64_t)index << BELL_TOKEN_BLOCK_SHIFT)) | (version & BELL_TOKEN_VERSION);
}

/* The versions of a command's blocks, in order on each queue. Workers take many at a time, not to meet at the counter.
 */
static uint64_t version_take(struct bell_watches *watches, bell_integrity *integrity, uint32_t blocks)
{
    uint64_t version;

    if (!watches->takes_many || blocks >= VERSIONS_AT_A_TIME)
        return bell_integrity_tokens(integrity, blocks);
    if (watches->versions < blocks) {
        watches->version = bell_integrity_tokens(integrity, VERSIONS_AT_A_TIME);
        watches->versions = VERSIONS_AT_A_TIME;
    }
    version = watches->version;
    watches->version += blocks;
    watches->versions -= blocks;
    return version;
}

static void write_begin(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch,
                        const uint64_t sqe[8], uint64_t token_base)
{
    bell_integrity *integrity = watch->integrity;
    const struct bell_dma_map *map = &qpair->device->dma;
    bool stamps = watch->found && data_hold(qpair, watch) && (watch->own || may_stamp(&integrity->config, sqe));
    uint64_t version = version_take(watches, integrity, watch->blocks);
    uint32_t bytes = integrity->config.lba_bytes;

    /* They come while the CRC is computed; a locked access behind a missing one would wait for it. */
    __builtin_prefetch(&integrity->table.entries[watch->lba], 1);
    __builtin_prefetch(&integrity->table.entries[watch->lba + watch->blocks - 1], 1);
    __builtin_prefetch(bell_history_place(&integrity->history, watch->lba), 1);
    __builtin_prefetch(bell_history_place(&integrity->history, watch->lba + watch->blocks - 1), 1);
    __builtin_prefetch(bell_churn_place(&integrity->table, watch->lba >> BELL_CHURN_BLOCKS_LOG2), 1);

    bell_table_touch(&integrity->table, watch->lba, watch->blocks);
    for (uint32_t i = 0; i < watch->blocks; i++) {
        uint64_t token = token_of(watch, token_base, version + i, i);
        uint8_t *block;

        if (stamps)
            block_stamp(watches, watch, map, i, (struct bell_stamp){.lba = watch->lba + i, .token = token});
        block = watch->found ? block_at(watches, watch, map, i) : NULL;
        watch->values[i] = block ? bell_value_of(bell_crc32c(0, block, bytes)) : BELL_VALUE_UNKNOWN;
        bell_history_version(&integrity->history, watch->lba + i, stamps ? token : 0);
        if (block && !watch->own)
            bell_history_keep(&integrity->history, watch->lba + i, block);
        bell_table_lock(&integrity->table, watch->lba + i);
    }
}

static void read_begin(struct watch *watch)
{
    const struct bell_table *table = &watch->integrity->table;

    watch->churn = bell_table_churn(table, watch->lba, watch->blocks);
    for (uint32_t i = 0; i < watch->blocks; i++)
        watch->values[i] = bell_table_get(table, watch->lba + i);
}

static void compare_begin(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch)
{
    read_begin(watch);
    if (!watch->found)
        return;
    data_hold(qpair, watch);
    for (uint32_t i = 0; i < watch->blocks; i++) {
        const uint8_t *block = block_at(watches, watch, &qpair->device->dma, i);
        watch->values[watch->blocks + i] =
            block ? bell_value_of(bell_crc32c(0, block, watch->integrity->config.lba_bytes)) : BELL_VALUE_UNKNOWN;
    }
}

static void locks_take(struct watch *watch)
{
    bell_table_touch(&watch->integrity->table, watch->lba, watch->blocks);
    for (uint32_t i = 0; i < watch->blocks; i++)
        bell_table_lock(&watch->integrity->table, watch->lba + i);
}

static bool trim_begin(struct bell_qpair *qpair, struct watch *watch, const struct bell_watch_data *data,
                       const uint64_t sqe[8])
{
    uint32_t count = (uint32_t)(sqe[SQE_CDW10] & 0xff) + 1;
    uint8_t scratch[DSM_RANGES_MOST * DSM_RANGE_BYTES];
    const uint8_t *list;

    if (!bell_spans_find(&watch->spans, &qpair->device->dma, data, sqe, count * DSM_RANGE_BYTES, qpair->page_bytes))
        return false;
    list = bell_spans_gather(&watch->spans, &qpair->device->dma, 0, count * DSM_RANGE_BYTES, scratch);
    if (!list)
        return false;
    watch->ranges.count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t blocks;
        uint64_t lba;
        memcpy(&blocks, list + i * DSM_RANGE_BYTES + 4, 4);
        memcpy(&lba, list + i * DSM_RANGE_BYTES + 8, 8);
        if (!bell_spans_add(&watch->ranges, lba, blocks))
            return false;
    }
    bell_table_trim_begin(&watch->integrity->table);
    for (uint32_t i = 0; i < count; i++)
        bell_table_trim(&watch->integrity->table, watch->ranges.items[i].first, watch->ranges.items[i].count);
    return true;
}

/* NVM Command Set 1.0c §3.2.1: formats 0h and 2h have entries of 32 bytes, 1h and 3h of 40; 2h and 3h name the
 * namespace of the source. */
static bool copy_begin(struct bell_qpair *qpair, struct watch *watch, const struct bell_watch_data *data,
                       const uint64_t sqe[8])
{
    uint32_t count = (uint32_t)(sqe[SQE_CDW12] & 0xff) + 1;
    uint32_t format = sqe[SQE_CDW12] >> 8 & 0xf;
    uint32_t each = format & 1 ? 40 : 32;
    struct bell_table *table = &watch->integrity->table;
    uint8_t scratch[COPY_RANGES_MOST * 40];
    uint64_t blocks = 0;
    const uint8_t *list;

    if (format > 3 ||
        !bell_spans_find(&watch->spans, &qpair->device->dma, data, sqe, count * each, qpair->page_bytes) ||
        !(list = bell_spans_gather(&watch->spans, &qpair->device->dma, 0, count * each, scratch)))
        return false;
    watch->ranges.count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t nsid;
        uint64_t lba;
        uint16_t last;
        memcpy(&nsid, list + i * each, 4);
        memcpy(&lba, list + i * each + 8, 8);
        memcpy(&last, list + i * each + 16, 2);
        if (format >= 2 && nsid != watch->nsid)
            lba = UINT64_MAX - UINT16_MAX; /* beyond the table: unknown */
        if (!bell_spans_add(&watch->ranges, lba, last + UINT64_C(1)))
            return false;
        blocks += last + UINT64_C(1);
    }
    if (watch->lba >= table->lbas)
        blocks = 0;
    else if (blocks > table->lbas - watch->lba)
        blocks = table->lbas - watch->lba;
    watch->blocks = (uint32_t)blocks;
    if (!values_reserve(watch, watch->blocks))
        return false;
    for (uint32_t i = 0, n = 0; i < count; i++) {
        const struct bell_span *range = &watch->ranges.items[i];
        for (uint64_t j = 0; j < range->count && n < watch->blocks; j++, n++) {
            uint64_t lba = range->first + j;
            watch->values[n] = lba < table->lbas ? bell_table_get(table, lba) : 0;
        }
    }
    locks_take(watch);
    return true;
}

static bool blocks_set(struct watch *watch, const uint64_t sqe[8])
{
    uint64_t lbas = watch->integrity->table.lbas;

    watch->lba = sqe[SQE_CDW10];
    watch->blocks = (uint32_t)(sqe[SQE_CDW12] & 0xffff) + 1;
    if (watch->lba >= lbas)
        return false; /* nothing of it can happen */
    if (watch->blocks > lbas - watch->lba)
        watch->blocks = (uint32_t)(lbas - watch->lba);
    return true;
}

/* Everything that needs the data; with the map's lock unless the memory is the driver's own. */
static bool data_begin(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch,
                       const struct bell_watch_data *data, const uint64_t sqe[8])
{
    bell_integrity *integrity = watch->integrity;

    if (watch->kind == KIND_TRIM)
        return trim_begin(qpair, watch, data, sqe);
    if (watch->kind == KIND_COPY)
        return copy_begin(qpair, watch, data, sqe);
    watch->stride = stride_of(&integrity->config, sqe);
    watch->found = watch->own || (scratch_reserve(watches, integrity->config.lba_bytes) &&
                                  bell_spans_find(&watch->spans, &qpair->device->dma, data, sqe,
                                                  (uint64_t)watch->blocks * watch->stride, qpair->page_bytes));
    if (watch->kind == KIND_WRITE)
        write_begin(qpair, watches, watch, sqe, data->token);
    else if (watch->kind == KIND_COMPARE)
        compare_begin(qpair, watches, watch);
    else
        read_begin(watch);
    return true;
}

static bool reads_are_judged(const struct bell_qpair *qpair, const bell_integrity *integrity)
{
    return bell_peek(&integrity->checking) && !bell_peek(&qpair->unchecked);
}

static bool io_begin(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch,
                     const struct bell_watch_data *data, const uint64_t sqe[8])
{
    bell_integrity *integrity = watch->integrity;
    bool judges = watch->kind == KIND_READ || watch->kind == KIND_COMPARE || watch->kind == KIND_VERIFY;

    if (judges && !reads_are_judged(qpair, integrity))
        return false;
    watch->moment = bell_table_now(&integrity->table);
    if (watch->kind == KIND_STRANGE) {
        bell_verification_upheaval(qpair->device->verification, watch->nsid, 1);
        return true;
    }
    if (watch->kind == KIND_COPY)
        watch->lba = sqe[SQE_CDW10];
    else if (watch->kind != KIND_TRIM &&
             (!blocks_set(watch, sqe) || (watch->kind != KIND_CONSTANT && !values_reserve(watch, 2 * watch->blocks))))
        return false;
    if (watch->kind == KIND_CONSTANT) {
        watch->constant = watch->opcode == NVME_NVM_WRITE_UNCORRECTABLE ? BELL_VALUE_UNCORRECTABLE
                          : sqe[SQE_CDW12] & ZEROES_DEAC                ? BELL_VALUE_ZEROES | BELL_ENTRY_TRIMMED
                                                                        : BELL_VALUE_ZEROES;
        locks_take(watch);
        return true;
    }
    watch->own = data->own;
    if (watch->own)
        return data_begin(qpair, watches, watch, data, sqe);
    pthread_rwlock_rdlock(&qpair->device->dma.lock);
    bool begun = data_begin(qpair, watches, watch, data, sqe);
    pthread_rwlock_unlock(&qpair->device->dma.lock);
    if (!begun && (watch->kind == KIND_TRIM || watch->kind == KIND_COPY)) {
        watch->kind = KIND_STRANGE; /* where it writes stands in memory that is not the driver's */
        bell_verification_upheaval(qpair->device->verification, watch->nsid, 1);
        return true;
    }
    return begun;
}

static bool admin_begin(struct bell_qpair *qpair, struct watch *watch, const uint64_t sqe[8])
{
    uint32_t cdw10 = (uint32_t)sqe[SQE_CDW10];

    watch->format = (cdw10 & 0xf) | (cdw10 >> 12 & 3) << 4;
    if (watch->kind == KIND_SANITIZE)
        watch->nsid = UINT32_MAX;
    bell_verification_upheaval(qpair->device->verification, watch->nsid, 1);
    return true;
}

bool bell_watch_begin(struct bell_qpair *qpair, uint16_t number, const uint64_t sqe[8],
                      const struct bell_watch_data *data, bell_integrity *integrity)
{
    bool admin = qpair->qid == 0;
    enum kind kind = admin ? admin_kind(sqe) : io_kind(sqe);
    uint32_t nsid = (uint32_t)(sqe[0] >> 32);
    bool begun = false;

    if (kind == KIND_NONE)
        return false;
    bool held = !integrity;
    if (!integrity && !admin)
        integrity = bell_integrity_of(qpair->device, nsid);
    if (!admin && (!integrity || bell_peek(&integrity->suspended)))
        goto out;
    struct bell_watches *watches = watches_of(qpair);
    if (!watches)
        goto out;
    struct watch *watch = &watches->watches[number];
    watches->takes_many = !held;
    watch->kind = (uint8_t)kind;
    watch->opcode = (uint8_t)sqe[0];
    watch->integrity = integrity;
    watch->held = held;
    watch->nsid = nsid;
    watch->own = NULL;
    watch->busy = false;
    watch->found = false;
    watch->spans.count = 0;
    watch->tally = integrity ? tally_of(watches, integrity) : NULL;
    if (admin)
        begun = admin_begin(qpair, watch, sqe);
    else if (watch->tally)
        begun = io_begin(qpair, watches, watch, data, sqe);
    if (!begun)
        watch->kind = KIND_NONE;

out:
    if (!begun && integrity && held)
        bell_integrity_drop(integrity);
    return begun;
}

void bell_watches_free(struct bell_qpair *qpair)
{
    struct bell_watches *watches = qpair->watches;

    if (!watches)
        return;
    for (uint32_t i = 0; i < watches->count; i++) {
        bell_watch_lost(qpair, i);
        free(watches->watches[i].values);
        free(watches->watches[i].spans.items);
        free(watches->watches[i].ranges.items);
    }
    while (watches->tallies) {
        struct bell_tally *tally = watches->tallies;
        watches->tallies = tally->queue_next;
        bell_tally_close(tally);
    }
    free(watches->scratch);
    free(watches->watches);
    free(watches);
    qpair->watches = NULL;
}

int bell_watch_submit(struct bell_qpair *qpair, const uint64_t sqe[8], uint64_t tag, uint64_t now_ns,
                      const struct bell_watch_data *data, bell_integrity *integrity)
{
    if (BELL_UNLIKELY(bell_peek(&qpair->lost)))
        return -ENODEV;
    if (BELL_UNLIKELY(bell_fast_room(qpair) == 0))
        return -EAGAIN;

    uint16_t number = qpair->free_slots[qpair->free_head & qpair->free_mask];
    bool watched = bell_watch_begin(qpair, number, sqe, data, integrity);
    struct bell_slot *slot = bell_slot_take(qpair, &number);
    slot->tag = tag;
    slot->deadline_ns = now_ns + bell_peek(&qpair->timeout_ns);
    slot->cid = number;
    slot->state = watched ? BELL_SLOT_SPECIAL : BELL_SLOT_BUSY;
    slot->flags = watched ? BELL_SLOT_WATCHED : 0;
    bell_slot_post(qpair, slot, sqe, now_ns);
    return 0;
}
