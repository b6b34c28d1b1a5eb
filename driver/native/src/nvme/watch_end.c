/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a watched command: what it wrote is taken down, what it read is judged. */
#include <pthread.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/watch_parts.h"
#include "spec/nvme.h"
#include "spec/nvme_status.h"

#define COMPARE_FAILURE 0x285u

static void settle(struct watch *watch, bool done)
{
    struct bell_table *table = &watch->integrity->table;

    if (watch->blocks == 0 || bell_table_stale(table, &watch->moment))
        return;
    bell_table_stir(table, watch->lba, watch->blocks);
    for (uint32_t i = 0; i < watch->blocks; i++)
        bell_table_settle(table, watch->lba + i, watch->kind == KIND_CONSTANT ? watch->constant : watch->values[i],
                          done, &watch->moment);
    if (watch->kind == KIND_WRITE && done)
        tally_count(&watch->tally->written, watch->blocks);
}

/* The entry of a block that was neither being changed nor has changed since the command began. */
static bool steady(const struct watch *watch, uint32_t index)
{
    uint32_t entry = watch->values[index];
    return !(entry & BELL_ENTRY_LOCKED) && bell_table_get(&watch->integrity->table, watch->lba + index) == entry;
}

static bool upset(const struct watch *watch)
{
    return bell_table_stale(&watch->integrity->table, &watch->moment) ||
           __atomic_load_n(&watch->integrity->upheavals, __ATOMIC_SEQ_CST) != 0;
}

static uint32_t blocks_judge(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch,
                             const struct bell_judged *judged)
{
    uint64_t checked = 0, unknown = 0, skipped = 0;
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < watch->blocks; i++) {
        if (!steady(watch, i)) {
            skipped++;
            continue;
        }
        if ((watch->values[i] & BELL_ENTRY_VALUE) == BELL_VALUE_UNKNOWN) {
            unknown++;
            continue;
        }
        const uint8_t *block = block_at(watches, watch, &qpair->device->dma, i);
        if (!block) {
            skipped++;
            continue;
        }
        int verdict = bell_integrity_judge(watch->integrity, watch->lba + i, watch->values[i], block, judged);
        checked += verdict >= 0;
        unknown += verdict < 0;
        wrong += verdict > 0;
    }
    tally_count(&watch->tally->checked, checked);
    tally_count(&watch->tally->unknown, unknown);
    tally_count(&watch->tally->skipped, skipped);
    return wrong;
}

static uint32_t read_end(struct bell_qpair *qpair, struct bell_watches *watches, struct watch *watch,
                         const struct bell_judged *judged)
{
    uint32_t wrong;

    if (upset(watch) || !watch->found || bell_peek(&qpair->unchecked)) {
        tally_count(&watch->tally->skipped, watch->blocks);
        return 0;
    }
    if (watch->own)
        return blocks_judge(qpair, watches, watch, judged);
    pthread_rwlock_rdlock(&qpair->device->dma.lock);
    wrong = blocks_judge(qpair, watches, watch, judged);
    pthread_rwlock_unlock(&qpair->device->dma.lock);
    return wrong;
}

/* Compare found the data equal, or not; what is known of the blocks may say otherwise. */
static uint32_t compare_end(struct watch *watch, bool equal, const struct bell_judged *judged)
{
    uint32_t decided = 0, wrong = 0;

    if (upset(watch) || !watch->found || !bell_judged_steady(watch->integrity, judged))
        return 0;
    for (uint32_t i = 0; i < watch->blocks; i++) {
        uint32_t expected = bell_integrity_expects(watch->integrity, watch->values[i]);
        uint32_t value = watch->values[watch->blocks + i];

        if (expected == 0 || value == BELL_VALUE_UNKNOWN || !steady(watch, i))
            continue;
        decided++;
        if (expected == value)
            continue;
        if (!equal)
            return 0; /* a difference that the device was right to find */
        bell_integrity_record(watch->integrity, BELL_MISCOMPARE_VERDICT, watch->lba + i, 1, watch->values[i], judged);
        wrong++;
    }
    if (!equal && decided == watch->blocks) {
        bell_integrity_record(watch->integrity, BELL_MISCOMPARE_VERDICT, watch->lba, watch->blocks, watch->values[0],
                              judged);
        wrong++;
    }
    tally_count(&watch->tally->checked, decided);
    return wrong;
}

static uint32_t verify_end(struct watch *watch, const struct bell_judged *judged)
{
    uint32_t wrong = 0;

    if (!bell_judged_steady(watch->integrity, judged))
        return 0;
    for (uint32_t i = 0; i < watch->blocks && !upset(watch); i++) {
        if (!steady(watch, i) || watch->values[i] != BELL_VALUE_UNCORRECTABLE)
            continue;
        bell_integrity_record(watch->integrity, BELL_MISCOMPARE_READABLE, watch->lba + i, 1, watch->values[i], judged);
        wrong++;
    }
    return wrong;
}

/* What was copied is what the source was, if that has not changed meanwhile. */
static void copy_settle(struct watch *watch, bool done)
{
    struct bell_table *table = &watch->integrity->table;
    uint32_t n = 0;

    for (uint32_t i = 0; i < watch->ranges.count; i++) {
        const struct bell_span *range = &watch->ranges.items[i];
        for (uint64_t j = 0; j < range->count && n < watch->blocks; j++, n++) {
            uint64_t lba = range->first + j;
            uint32_t value = watch->values[n] & BELL_ENTRY_VALUE;
            bool plain = !(watch->values[n] & (BELL_ENTRY_LOCKED | BELL_ENTRY_TRIMMED)) &&
                         (bell_value_is_crc(value) || value == BELL_VALUE_ZEROES);

            if (!plain || lba >= table->lbas || bell_table_get(table, lba) != watch->values[n])
                watch->values[n] = BELL_VALUE_UNKNOWN;
        }
    }
    settle(watch, done);
}

static void trim_end(struct watch *watch)
{
    struct bell_table *table = &watch->integrity->table;

    for (uint32_t i = 0; i < watch->ranges.count; i++)
        bell_table_trim(table, watch->ranges.items[i].first, watch->ranges.items[i].count);
    bell_table_trim_end(table);
}

/* The device did not begin with it: the data is as it was. */
static bool refused(uint32_t flags, uint32_t status)
{
    switch (status & NVME_STATUS_CODE) {
    case NVME_SC_INVALID_OPCODE:
    case NVME_SC_INVALID_FIELD:
    case NVME_SC_INVALID_NAMESPACE:
    case NVME_SC_OPERATION_DENIED:
    case NVME_SC_COMMAND_SEQUENCE:
    case NVME_SC_WRITE_PROTECTED:
    case NVME_SC_LOCKDOWN:
        return !(flags & BELL_CQ_LOST);
    default:
        return !(flags & BELL_CQ_LOST) && (status & NVME_STATUS_SCT) == 0x100; /* what it says about its fields */
    }
}

static void upheaval_end(struct bell_qpair *qpair, const struct watch *watch, uint32_t flags, uint32_t status)
{
    struct bell_verification *verification = qpair->device->verification;
    bool done = !(flags & BELL_CQ_LOST) && (status & NVME_STATUS_CODE) == 0;

    if (done || !refused(flags, status)) {
        pthread_mutex_lock(&verification->lock);
        for (uint32_t i = 0; i < verification->count; i++) {
            bell_integrity *integrity = verification->namespaces[i];
            if (watch->nsid != UINT32_MAX && integrity->config.nsid != watch->nsid)
                continue;
            bell_integrity_upset(integrity, done && watch->kind != KIND_STRANGE);
            if (done && (watch->kind == KIND_DELETE ||
                         (watch->kind == KIND_FORMAT && watch->format != integrity->config.format)))
                bell_poke(&integrity->suspended, 1u);
        }
        pthread_mutex_unlock(&verification->lock);
    }
    bell_verification_upheaval(verification, watch->nsid, -1);
}

static uint32_t watch_end(struct bell_qpair *qpair, struct watch *watch, const struct bell_judged *judged,
                          uint32_t flags, uint32_t status)
{
    bool done = !(flags & BELL_CQ_LOST) && (status & NVME_STATUS_CODE) == 0;
    uint32_t wrong = 0;

    switch (watch->kind) {
    case KIND_READ:
        wrong = done ? read_end(qpair, qpair->watches, watch, judged) : 0;
        break;
    case KIND_COMPARE:
        if (done || (!(flags & BELL_CQ_LOST) && (status & NVME_STATUS_CODE) == COMPARE_FAILURE))
            wrong = compare_end(watch, done, judged);
        break;
    case KIND_VERIFY:
        wrong = done ? verify_end(watch, judged) : 0;
        break;
    case KIND_WRITE:
    case KIND_CONSTANT:
        settle(watch, done);
        break;
    case KIND_COPY:
        copy_settle(watch, done);
        break;
    case KIND_TRIM:
        trim_end(watch);
        break;
    default:
        upheaval_end(qpair, watch, flags, status);
        break;
    }
    bell_watch_data_release(qpair, watch);
    watch->kind = KIND_NONE;
    if (watch->integrity && watch->held)
        bell_integrity_drop(watch->integrity);
    return wrong ? BELL_CQ_MISCOMPARE : 0;
}

uint32_t bell_watch_end(struct bell_qpair *qpair, uint32_t number, const struct bell_end *end)
{
    struct watch *watch = &qpair->watches->watches[number];
    const struct bell_judged judged = {.lba = watch->lba,
                                       .blocks = watch->blocks,
                                       .churn = watch->churn,
                                       .time_ns = end->completed_ns,
                                       .qid = (uint16_t)qpair->qid,
                                       .cid = end->cid,
                                       .opcode = watch->opcode};

    return watch->kind == KIND_NONE ? 0 : watch_end(qpair, watch, &judged, end->flags, bell_end_status(end));
}

void bell_watch_lost(struct bell_qpair *qpair, uint32_t number)
{
    const struct bell_judged judged = {.qid = (uint16_t)qpair->qid};
    struct watch *watch = &qpair->watches->watches[number];

    if (watch->kind != KIND_NONE)
        watch_end(qpair, watch, &judged, BELL_CQ_LOST, BELL_STATUS_NONE);
}

void bell_watch_timed_out(struct bell_qpair *qpair, uint32_t number)
{
    struct watch *watch = &qpair->watches->watches[number];

    if (watch->own && watch->kind == KIND_WRITE)
        memset(watch->values, 0, watch->blocks * sizeof *watch->values);
    /* A late read may come into memory that another one has been given since. */
    if (watch->own && watch->kind == KIND_READ)
        bell_poke(&qpair->unchecked, 1u);
}
