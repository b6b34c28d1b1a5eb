/* SPDX-License-Identifier: Apache-2.0 */
/* How commands end other than plainly: time-outs, losses, events, late and unmatched completions. */
#include <stdlib.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "nvme/watch.h"
#include "spec/nvme.h"

static const uint64_t all_ones[2] = {UINT64_MAX, UINT64_MAX};

static void ends_push(struct bell_qpair *qpair, const struct bell_end *end)
{
    if (qpair->ends_count == qpair->ends_room) {
        uint32_t room = 2 * qpair->ends_room;
        struct bell_end *ends = malloc(sizeof *ends * room);
        if (!ends)
            abort(); /* an end that is never reported would hang its waiter in silence */
        for (uint32_t i = 0; i < qpair->ends_count; i++)
            ends[i] = qpair->ends[(qpair->ends_first + i) % qpair->ends_room];
        free(qpair->ends);
        qpair->ends = ends;
        qpair->ends_first = 0;
        qpair->ends_room = room;
    }
    qpair->ends[(qpair->ends_first + qpair->ends_count++) % qpair->ends_room] = *end;
}

void bell_qpair_ends_pop(struct bell_qpair *qpair, struct bell_end *end)
{
    *end = qpair->ends[qpair->ends_first];
    qpair->ends_first = (qpair->ends_first + 1) % qpair->ends_room;
    qpair->ends_count--;
}

static void slot_free(struct bell_qpair *qpair, uint32_t number)
{
    if (qpair->slots[number].flags & BELL_SLOT_RAW_CID)
        qpair->raw_cids--;
    bell_slot_release(qpair, number);
}

/* Hand the end to the driver's own waiter, if it is his. */
static bool sync_take(struct bell_qpair *qpair, const struct bell_slot *slot, const struct bell_end *end)
{
    if (!(slot->flags & BELL_SLOT_SYNC))
        return false;
    *qpair->sync_end = *end;
    qpair->sync_done = 1;
    bell_poke(&qpair->completed, qpair->completed + 1);
    return true;
}

/* End a command that the device has not completed: flags is BELL_CQ_TIMEOUT or BELL_CQ_LOST. */
static void slot_fabricate(struct bell_qpair *qpair, uint32_t number, uint64_t now_ns, uint32_t flags)
{
    struct bell_slot *slot = &qpair->slots[number];
    bool event = slot->flags & BELL_SLOT_EVENT;
    struct bell_end end = {.cqe = {all_ones[0], all_ones[1]},
                           .tag = slot->tag,
                           .submitted_ns = slot->submitted_ns,
                           .completed_ns = now_ns,
                           .flags = flags | (event ? BELL_CQ_EVENT : 0),
                           .cid = slot->cid};

    if (slot->flags & BELL_SLOT_WATCHED && flags & BELL_CQ_LOST)
        bell_watch_end(qpair, number, &end);
    else if (slot->flags & BELL_SLOT_WATCHED)
        bell_watch_timed_out(qpair, number);
    if (qpair->logging)
        bell_cmdlog_ended(&qpair->log, slot->sequence, all_ones, now_ns, end.flags);
    if (event) /* nobody sent it, nobody waits for it */
        bell_poke(&qpair->completed, qpair->completed + 1);
    else if (!sync_take(qpair, slot, &end))
        ends_push(qpair, &end);

    if (flags & BELL_CQ_LOST)
        slot_free(qpair, number);
    else
        slot->state = BELL_SLOT_TIMED_OUT;
}

static int by_sequence(const void *left, const void *right, void *context)
{
    const struct bell_slot *slots = context;
    uint64_t a = slots[*(const uint32_t *)left].sequence;
    uint64_t b = slots[*(const uint32_t *)right].sequence;
    return (a > b) - (a < b);
}

/* Slots whose end is due go to qpair->sweep, in order of submission; next_deadline becomes exact. */
static uint32_t due_collect(struct bell_qpair *qpair, bool lost, uint64_t now_ns)
{
    uint64_t next = BELL_NEVER;
    uint32_t count = 0;
    for (uint32_t i = 0; i < qpair->depth - 1; i++) {
        struct bell_slot *slot = &qpair->slots[i];
        if (slot->state == BELL_SLOT_FREE)
            continue;
        if (slot->state == BELL_SLOT_TIMED_OUT) {
            if (lost && slot->flags & BELL_SLOT_WATCHED)
                bell_watch_lost(qpair, i);
            if (lost)
                slot_free(qpair, i);
        } else if (lost || slot->deadline_ns <= now_ns) {
            qpair->sweep[count++] = i;
        } else if (slot->deadline_ns < next) {
            next = slot->deadline_ns;
        }
    }
    qpair->next_deadline = next;
    qsort_r(qpair->sweep, count, sizeof *qpair->sweep, by_sequence, qpair->slots);
    return count;
}

bool bell_qpair_sweep(struct bell_qpair *qpair, uint64_t now_ns)
{
    bool lost = __atomic_load_n(&qpair->lost, __ATOMIC_ACQUIRE);
    if (lost && qpair->lost_swept)
        return qpair->ends_count > 0;
    if (now_ns == 0)
        now_ns = bell_now();

    uint32_t count = due_collect(qpair, lost, now_ns);
    /* Behind a time-out there may be a device that was removed, or disabled by other hands. */
    if (count > 0 && !lost && bell_device_forgotten(qpair->device, true)) {
        bell_device_lose(qpair->device);
        lost = true;
        count = due_collect(qpair, lost, now_ns);
    }
    for (uint32_t i = 0; i < count; i++)
        slot_fabricate(qpair, qpair->sweep[i], lost ? bell_peek(&qpair->lost_ns) : now_ns,
                       lost ? BELL_CQ_LOST : BELL_CQ_TIMEOUT);
    qpair->lost_swept = lost;
    return qpair->ends_count > 0;
}

/* The slot that a completion's CID names; with duplicate CIDs the oldest command. */
static struct bell_slot *slot_find(struct bell_qpair *qpair, uint16_t cid, uint32_t *number)
{
    struct bell_slot *found = NULL;
    uint32_t first = qpair->raw_cids ? 0 : cid;
    uint32_t last = qpair->raw_cids ? qpair->depth - 1 : cid + 1u;
    for (uint32_t i = first; i < last && i < qpair->depth - 1; i++) {
        struct bell_slot *slot = &qpair->slots[i];
        if (slot->state == BELL_SLOT_FREE || slot->cid != cid || (found && found->sequence < slot->sequence))
            continue;
        found = slot;
        *number = i;
    }
    return found;
}

bool bell_qpair_match_special(struct bell_qpair *qpair, uint64_t now_ns, struct bell_end *end)
{
    uint32_t number;
    uint16_t cid = (uint16_t)(end->cqe[1] >> 32);
    struct bell_slot *slot = slot_find(qpair, cid, &number);
    if (!slot) {
        bell_poke(&qpair->unmatched, qpair->unmatched + 1);
        return false;
    }

    bool late = slot->state == BELL_SLOT_TIMED_OUT;
    bool event = slot->flags & BELL_SLOT_EVENT;
    end->tag = slot->tag;
    end->submitted_ns = slot->submitted_ns;
    end->completed_ns = now_ns;
    end->flags = event ? BELL_CQ_EVENT : 0;
    end->cid = cid;
    if (slot->flags & BELL_SLOT_WATCHED)
        end->flags |= bell_watch_end(qpair, number, end);
    if (qpair->logging)
        bell_cmdlog_ended(&qpair->log, slot->sequence, end->cqe, now_ns,
                          late ? end->flags | BELL_CQ_TIMEOUT | BELL_LOG_LATE : end->flags);
    slot_free(qpair, number);
    if (late || sync_take(qpair, slot, end))
        return false;
    if (event && bell_end_status(end) == NVME_SC_SUCCESS)
        bell_qpair_arm(qpair);
    return true;
}

void bell_qpair_drain(struct bell_qpair *qpair)
{
    struct bell_end end;
    uint64_t now = 0;
    while (bell_cqe_take(qpair, end.cqe)) {
        if (now == 0)
            now = bell_now();
        if (bell_cqe_match(qpair, now, &end))
            ends_push(qpair, &end);
    }
}
