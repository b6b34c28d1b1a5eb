/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A submission queue with its completion queue, as the core sees it, and the inline path that I/O workers use.
 *
 * Threads: everything here belongs to the qpair's one owner, but for bell_qpair_lose (any thread) and the words that
 * bell_qpair_get_info and the command log's readers look at, which are written by bell_poke.
 *
 * The inline path, one turn of a worker's loop:
 *
 *     bell_fast_poll(qpair, max, on_end, context);         calls on_end for each command that ended; it may submit new
 * ones bell_fast_submit(qpair, sqe, tag, now);              while bell_fast_room(qpair) bell_fast_ring(qpair); once a
 * turn: both doorbells, one fence; free if nothing is new
 *
 * It takes no lock, allocates nothing and makes no system call. bell_fast_poll reads the clock once for all completions
 * it finds in one call, after it has seen the first of them; a command that is sent from on_end may use that time as
 * its own, which lets the measured latency include the few nanoseconds of the batch, never hide them.
 */
#ifndef BELL_NVME_QPAIR_H
#define BELL_NVME_QPAIR_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "doorbell.h"
#include "nvme/cmdlog.h"
#include "nvme/transport.h"
#include "support/atomics.h"
#include "support/backoff.h"
#include "support/clock.h"

#define BELL_NEVER       UINT64_MAX
#define BELL_NO_VECTOR   UINT32_MAX
#define BELL_STATUS_NONE 0x7fffu /* status field of the all-ones CQE: time-out or loss, not from the device */

/* How one command ended. cqe is raw; all ones where flags say that it does not come from the device. */
struct bell_end {
    uint64_t cqe[2];
    uint64_t tag;
    uint64_t submitted_ns;
    uint64_t completed_ns;
    uint32_t flags; /* BELL_CQ_... */
    uint16_t cid;
};

/* Status field: bits 7:0 SC, 10:8 SCT, 12:11 CRD, 13 MORE, 14 DNR; 0 is success. */
static inline uint32_t bell_end_status(const struct bell_end *end)
{
    return (uint32_t)(end->cqe[1] >> 49);
}

enum bell_slot_state {
    BELL_SLOT_FREE = 0,
    BELL_SLOT_BUSY = 1,      /* outstanding, nothing special: the inline path may end it */
    BELL_SLOT_SPECIAL = 2,   /* outstanding: armed AER, command of the driver's own, or CID chosen by the caller */
    BELL_SLOT_TIMED_OUT = 3, /* its end was reported; the device still owes the real completion */
};

/* bell_slot.flags */
enum {
    BELL_SLOT_EVENT = 1,    /* AER armed by the driver */
    BELL_SLOT_SYNC = 2,     /* sent by bell_qpair_execute, which takes its end itself */
    BELL_SLOT_RAW_CID = 4,  /* cid differs from the slot's number */
    BELL_SLOT_RAW_DATA = 8, /* the SQE's data pointer is the caller's own */
    BELL_SLOT_WATCHED = 16, /* data verification has a part in it: watch.h */
};

struct bell_slot {
    uint64_t tag;
    uint64_t submitted_ns;
    uint64_t deadline_ns; /* BELL_NEVER: exempt from time-outs */
    uint64_t sequence;    /* number of the command on this queue, its place in the command log too */
    uint16_t cid;
    uint8_t state;
    uint8_t flags;
};

/* slot_lists.h */
struct bell_slot_lists;

struct bell_qpair {
    /* Submission: touched for each command. */
    uint64_t *sq; /* ring of 8-word entries; NULL: the transport posts */
    struct bell_slot *slots;
    uint16_t *free_slots; /* ring of slot numbers, first freed first used */
    uint32_t free_head;   /* running counters; index is counter & free_mask */
    uint32_t free_tail;
    uint32_t free_mask;
    uint32_t depth;
    uint32_t sq_tail;
    uint32_t sq_rung; /* tail the device knows */
    uint64_t timeout_ns;
    uint64_t next_deadline; /* no outstanding command expires before */
    uint64_t submitted;
    struct bell_cmdlog log;
    uint32_t logging;
    uint32_t lost; /* set by any thread: the device has forgotten this queue */

    /* Completion. */
    const uint64_t *cq; /* ring of 2-word entries; NULL: the transport takes */
    uint32_t cq_head;
    uint32_t cq_rung; /* head the device knows */
    uint32_t cq_phase;
    uint32_t sq_head;   /* as last reported by the device */
    uint64_t completed; /* ends reported */
    uint32_t raw_cids;  /* outstanding commands with BELL_SLOT_RAW_CID */
    uint32_t idle_polls;

    /* Doorbells; NULL: through the transport. */
    volatile uint32_t *sq_doorbell;
    volatile uint32_t *cq_doorbell;
    const uint32_t *asleep; /* NULL: the device never sleeps */
    const uint32_t *gone;   /* counts how often the device has gone; NULL: nobody knows */
    uint32_t gone_seen;     /* that count when the queue came to be */
    uint32_t watch_silent;  /* looks since the last end of a command */
    uint64_t watch_ns;      /* next look whether the device is still there */
    uint64_t watch_completed;

    /* Ends that wait to be reported: time-outs, losses, and what came in while the driver waited for a command of its
     * own. */
    struct bell_end *ends;
    uint32_t ends_first;
    uint32_t ends_count;
    uint32_t ends_room;
    uint32_t *sweep; /* scratch: one slot number for each slot */

    /* Rarely. */
    uint64_t unmatched; /* completions whose CID belongs to no outstanding command */
    uint64_t lost_ns;
    uint32_t lost_swept;
    struct bell_end *sync_end; /* where the end of the BELL_SLOT_SYNC command goes */
    uint32_t sync_done;
    uint32_t qid;
    uint32_t priority;
    uint32_t vector; /* BELL_NO_VECTOR: no interrupts */
    uint32_t worker; /* 1: owned by an I/O worker */
    uint32_t page_bytes;
    bool holds_qid;
    uint64_t sq_iova, cq_iova;   /* of the first entry */
    void *sq_memory, *cq_memory; /* PCIe: as allocated */
    uint64_t sq_memory_iova, cq_memory_iova;
    const struct bell_buffer *sq_place, *cq_place; /* where the rings are to lie; NULL: in memory of their own */
    uint32_t dstrd;
    struct bell_slot_lists *lists;
    struct bell_watches *watches; /* NULL: no command has been under verification yet */
    uint32_t unchecked;           /* 1: what is read here is not compared */
    void *carrier;                /* what a message transport keeps for this queue, from queue_open to queue_close */
    struct bell_backoff backoff;
    struct bell_transport *transport;
    bell_device *device;
    struct bell_qpair *next; /* in the device's list */
};

/** bell_fast_room - commands that can be submitted now. */
static inline uint32_t bell_fast_room(const struct bell_qpair *qpair)
{
    return qpair->free_tail - qpair->free_head;
}

/* Take the next free slot for a command; the caller has checked that there is one. */
static inline struct bell_slot *bell_slot_take(struct bell_qpair *qpair, uint16_t *number)
{
    *number = qpair->free_slots[qpair->free_head++ & qpair->free_mask];
    return &qpair->slots[*number];
}

static inline void bell_slot_release(struct bell_qpair *qpair, uint32_t number)
{
    qpair->slots[number].state = BELL_SLOT_FREE;
    qpair->free_slots[qpair->free_tail++ & qpair->free_mask] = (uint16_t)number;
}

/* The first word of an SQE with the CID that goes to the wire. */
static inline uint64_t bell_sqe_first(const uint64_t sqe[8], uint16_t cid)
{
    return (sqe[0] & ~UINT64_C(0xffff0000)) | (uint64_t)cid << 16;
}

/* Where the transport has no ring in memory: post, and log what it made of the SQE. */
void bell_qpair_post_indirect(struct bell_qpair *qpair, uint64_t first, const uint64_t sqe[8], uint64_t now_ns);

/* Enter a command, whose SQE is complete but for the CID in slot->cid, in the ring and the log. Rings no doorbell. */
static inline void bell_slot_post(struct bell_qpair *qpair, struct bell_slot *slot, const uint64_t sqe[8],
                                  uint64_t now_ns)
{
    uint64_t first = bell_sqe_first(sqe, slot->cid);
    uint64_t sequence = qpair->submitted;
    slot->submitted_ns = now_ns;
    slot->sequence = sequence;
    if (BELL_UNLIKELY(slot->deadline_ns < qpair->next_deadline))
        qpair->next_deadline = slot->deadline_ns;
    if (BELL_UNLIKELY(!qpair->sq)) {
        bell_qpair_post_indirect(qpair, first, sqe, now_ns);
        return;
    }
    if (BELL_LIKELY(qpair->logging))
        bell_cmdlog_submitted(&qpair->log, first, sqe, now_ns);
    bell_poke(&qpair->submitted, sequence + 1);

    uint32_t tail = qpair->sq_tail;
    uint32_t next = tail + 1 == qpair->depth ? 0 : tail + 1;
    uint64_t *entry = qpair->sq + 8 * (uint64_t)tail;
    entry[0] = first;
    memcpy(entry + 1, sqe + 1, 56);
    bell_poke(&qpair->sq_tail, next);
}

/**
 * bell_fast_submit - post a command whose data pointer is complete. Its CID is filled in; sqe itself is not changed.
 * @now_ns: time stamp of the submission, from bell_now() or the end in whose callback this is called.
 *
 * Returns 0, -EAGAIN (queue full) or -ENODEV (queue lost). Call bell_fast_ring when the batch is complete.
 */
static inline int bell_fast_submit(struct bell_qpair *qpair, const uint64_t sqe[8], uint64_t tag, uint64_t now_ns)
{
    if (BELL_UNLIKELY(bell_peek(&qpair->lost)))
        return -ENODEV;
    if (BELL_UNLIKELY(bell_fast_room(qpair) == 0))
        return -EAGAIN;

    uint16_t number;
    struct bell_slot *slot = bell_slot_take(qpair, &number);
    slot->tag = tag;
    slot->deadline_ns = now_ns + bell_peek(&qpair->timeout_ns);
    slot->cid = number;
    slot->state = BELL_SLOT_BUSY;
    slot->flags = 0;

    bell_slot_post(qpair, slot, sqe, now_ns);
    return 0;
}

/* Doorbells that are not plain stores. */
void bell_qpair_ring_indirect(struct bell_qpair *qpair, uint32_t tail);
void bell_qpair_wake(struct bell_qpair *qpair);

/* Tell the device of the queue's tail, and of all completions taken since the last call. */
static inline void bell_doorbells_ring(struct bell_qpair *qpair, uint32_t tail)
{
    uint32_t head = qpair->cq_head;
    if (tail == qpair->sq_rung && head == qpair->cq_rung)
        return;
    if (BELL_UNLIKELY(bell_peek(&qpair->lost)))
        return;
    if (BELL_UNLIKELY(!qpair->sq_doorbell)) {
        bell_qpair_ring_indirect(qpair, tail);
        return;
    }
    /* Release: the entries before the doorbell. Head first: a device that sees the new commands sees the room for their
     * completions. */
    if (head != qpair->cq_rung)
        __atomic_store_n(qpair->cq_doorbell, head, __ATOMIC_RELEASE);
    if (tail != qpair->sq_rung)
        __atomic_store_n(qpair->sq_doorbell, tail, __ATOMIC_RELEASE);
    qpair->cq_rung = head;
    qpair->sq_rung = tail;
    if (qpair->asleep) {
        bell_fence(__ATOMIC_SEQ_CST); /* the doorbell before the look whether its reader sleeps */
        if (BELL_UNLIKELY(__atomic_load_n(qpair->asleep, __ATOMIC_RELAXED)))
            bell_qpair_wake(qpair);
    }
}

/** bell_fast_ring - tell the device of everything posted and taken since the last call. */
static inline void bell_fast_ring(struct bell_qpair *qpair)
{
    bell_doorbells_ring(qpair, qpair->sq_tail);
}

/* Tell it only of completions taken; commands whose doorbell is held back stay so. */
static inline void bell_cq_ring(struct bell_qpair *qpair)
{
    bell_doorbells_ring(qpair, qpair->sq_rung);
}

/* Take a completion off the queue: true and its two words, or false. */
static inline bool bell_cqe_take(struct bell_qpair *qpair, uint64_t cqe[2])
{
    if (BELL_UNLIKELY(!qpair->cq))
        return qpair->transport->ops->queue_take(qpair, cqe);

    uint32_t head = qpair->cq_head;
    const uint64_t *entry = qpair->cq + 2 * (uint64_t)head;
    /* Acquire: the phase bit before the rest of the entry and before the data that the device wrote. */
    uint32_t last = __atomic_load_n((const uint32_t *)entry + 3, __ATOMIC_ACQUIRE);
    if ((last >> 16 & 1) != qpair->cq_phase)
        return false;
    cqe[0] = entry[0];
    cqe[1] = (uint64_t)last << 32 | ((const uint32_t *)entry)[2];
    if (BELL_UNLIKELY(head + 1 == qpair->depth)) {
        bell_poke(&qpair->cq_head, UINT32_C(0));
        bell_poke(&qpair->cq_phase, qpair->cq_phase ^ 1);
    } else {
        bell_poke(&qpair->cq_head, head + 1);
    }
    return true;
}

/* What the inline path leaves to ends.c: completions of slots that are not plainly busy. True: *end is to be reported.
 */
bool bell_qpair_match_special(struct bell_qpair *qpair, uint64_t now_ns, struct bell_end *end);

/* Collect time-outs and losses into qpair->ends. True if there are any now. now_ns may be 0: not yet read. */
bool bell_qpair_sweep(struct bell_qpair *qpair, uint64_t now_ns);
void bell_qpair_ends_pop(struct bell_qpair *qpair, struct bell_end *end);

/* Find the command of completion end->cqe, complete *end and free the slot. True: *end is to be reported. */
static inline bool bell_cqe_match(struct bell_qpair *qpair, uint64_t now_ns, struct bell_end *end)
{
    uint32_t number = end->cqe[1] >> 32 & 0xffff;
    bell_poke(&qpair->sq_head, (uint32_t)end->cqe[1] & 0xffff);
    if (BELL_UNLIKELY(number >= qpair->depth - 1 || qpair->slots[number].state != BELL_SLOT_BUSY || qpair->raw_cids))
        return bell_qpair_match_special(qpair, now_ns, end);

    struct bell_slot *slot = &qpair->slots[number];
    end->tag = slot->tag;
    end->submitted_ns = slot->submitted_ns;
    end->completed_ns = now_ns;
    end->flags = 0;
    end->cid = (uint16_t)number;
    if (BELL_LIKELY(qpair->logging))
        bell_cmdlog_ended(&qpair->log, slot->sequence, end->cqe, now_ns, 0);
    bell_slot_release(qpair, number);
    return true;
}

typedef void (*bell_on_end)(void *context, const struct bell_end *end);

/**
 * bell_fast_poll - take up to max ends of commands and call on_end for each, without waiting. Time-outs and losses are
 * among them. Returns the number of calls. Pass a function that the compiler can see: it is inlined here.
 */
static inline __attribute__((always_inline)) uint32_t bell_fast_poll(struct bell_qpair *qpair, uint32_t max,
                                                                     bell_on_end on_end, void *context)
{
    struct bell_end end;
    uint32_t count = 0;
    uint64_t now = 0;

    do {
        while (count < max) {
            if (BELL_UNLIKELY(qpair->ends_count)) {
                bell_qpair_ends_pop(qpair, &end);
            } else if (bell_cqe_take(qpair, end.cqe)) {
                if (now == 0)
                    now = bell_now();
                if (!bell_cqe_match(qpair, now, &end))
                    continue;
            } else {
                break;
            }
            bell_poke(&qpair->completed, qpair->completed + 1);
            on_end(context, &end);
            count++;
        }
        if (count == max)
            break; /* the queue may hold completions yet: nothing has timed out before they were seen */
        /* A look at the clock for time-outs: free after completions, now and then on an idle queue. */
        if (now == 0 && BELL_UNLIKELY((++qpair->idle_polls & 63) == 0))
            now = bell_now();
    } while (BELL_UNLIKELY(now >= qpair->next_deadline || bell_peek(&qpair->lost)) && bell_qpair_sweep(qpair, now));
    return count;
}

/** bell_fast_idle - spend a moment when a turn brought nothing, so that the device can run; bell_fast_busy when it did.
 */
void bell_fast_idle(struct bell_qpair *qpair);

/* bell_fast_watch when it is time to look, or something has happened. */
void bell_qpair_watch(struct bell_qpair *qpair, uint64_t now_ns);

/** bell_fast_watch - when a turn brought nothing: lose the queue if its device has gone. */
static inline void bell_fast_watch(struct bell_qpair *qpair, uint64_t now_ns)
{
    if (BELL_UNLIKELY(now_ns >= qpair->watch_ns || (qpair->gone && bell_peek(qpair->gone) != qpair->gone_seen)))
        bell_qpair_watch(qpair, now_ns);
}

static inline void bell_fast_busy(struct bell_qpair *qpair)
{
    bell_backoff_reset(&qpair->backoff);
}

/* ---- life of a qpair
 * ------------------------------------------------------------------------------------------------------- */

/**
 * bell_qpair_set_logging - whether commands go to the command log (they do unless told). Only before the first command.
 */
void bell_qpair_set_logging(struct bell_qpair *qpair, bool on);

/**
 * bell_qpair_set_worker - whether the qpair is an I/O worker's. While it is, the public functions refuse commands,
 * polling and closing, and a device that cannot be closed counts it as part of the worker.
 */
void bell_qpair_set_worker(struct bell_qpair *qpair, bool on);

/* Host side of a queue: slots, log, rings. The device is told by the transport. */
int bell_qpair_new(bell_device *device, uint32_t qid, uint32_t depth, struct bell_qpair **out);

/* bell_qpair_new_in - the same with the rings in these buffers; NULL: in memory of their own. */
int bell_qpair_new_in(bell_device *device, const bell_qpair_config *config, const struct bell_buffer *sq,
                      const struct bell_buffer *cq, struct bell_qpair **out);
void bell_qpair_delete(struct bell_qpair *qpair);

/** bell_qpair_lose - the device has forgotten the queue. Its owner reports every outstanding command as lost when it
 * polls. */
void bell_qpair_lose(struct bell_qpair *qpair);

/**
 * bell_qpair_revive - put a queue back to its first state with a new depth. Every outstanding command is lost, and like
 * other ends that were not reported yet stays to be reported.
 */
int bell_qpair_revive(struct bell_qpair *qpair, uint32_t depth);

/**
 * bell_qpair_execute - send a command of the driver's own and wait for its end. Ends of other commands stay for the
 * next poll. Returns 0 with *end set whatever the status is, -ETIMEDOUT, -ENODEV or -EAGAIN.
 */
int bell_qpair_execute(struct bell_qpair *qpair, const uint64_t sqe[8], struct bell_end *end);

/** bell_qpair_arm - send one Asynchronous Event Request that is re-armed after each event. */
int bell_qpair_arm(struct bell_qpair *qpair);

/* Take what the device has completed into qpair->ends. */
void bell_qpair_drain(struct bell_qpair *qpair);

#endif
