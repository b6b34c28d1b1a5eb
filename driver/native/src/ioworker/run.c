/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker's loop. Nothing here takes a lock or allocates; the system is called only when there is nothing to do, and
 * a few hundred times a second to sample the thread's CPU time.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>

#include "ioworker/histogram.h"
#include "ioworker/worker.h"
#include "nvme/qpair.h"

enum {
    /* Completions taken before new commands are sent: a large batch would let the device run dry meanwhile. */
    BATCH_MAX = 64,
    SPIN_TURNS = 32,
};

/* Waiting for the next due I/O: sleep if it is far, wake early, and look at the stop flag now and then. */
#define SLEEP_FROM_NS  (200 * BELL_NS_PER_US)
#define SLEEP_EARLY_NS (100 * BELL_NS_PER_US)
#define SLEEP_MAX_NS   (5 * BELL_NS_PER_MS)

static inline void add(uint64_t *counter, uint64_t value)
{
    bell_poke(counter, *counter + value);
}

static uint32_t outstanding(const struct bell_worker *worker)
{
    return worker->qdepth - worker->free_count;
}

static inline void latency_count(struct bell_worker *worker, const struct bell_operation *operation,
                                 const struct bell_worker_slot *slot, const struct bell_end *end)
{
    uint64_t latency = end->completed_ns - end->submitted_ns;
    bell_worker_op *op = operation->counters;

    add(&op->latency_sum_ns, latency);
    if (BELL_UNLIKELY(latency < op->latency_min_ns))
        bell_poke(&op->latency_min_ns, latency);
    if (BELL_UNLIKELY(latency > op->latency_max_ns))
        bell_poke(&op->latency_max_ns, latency);
    if (BELL_LIKELY(operation->histogram != NULL))
        bell_histogram_record(operation->histogram, latency);
    if (BELL_UNLIKELY(latency >= worker->slow_ns))
        bell_worker_slow(worker, slot, end);
}

static inline void on_end(void *context, const struct bell_end *end)
{
    struct bell_worker *worker = context;
    struct bell_worker_slot *slot = &worker->slots[end->tag];
    const struct bell_operation *operation = &worker->operations.each[slot->op];
    uint32_t status = bell_end_status(end);

    if (BELL_UNLIKELY(end->flags & BELL_CQ_LOST)) {
        worker->free[worker->free_count++] = (uint16_t)end->tag;
        worker->lost++;
        return;
    }
    worker->now_ns = end->completed_ns;
    if (BELL_UNLIKELY(end->completed_ns >= worker->intervals.end_ns))
        bell_intervals_roll(&worker->intervals, &worker->operations, &worker->notes.intervals, end->completed_ns);
    if (BELL_UNLIKELY((status | end->flags) != 0) && bell_worker_failed(worker, slot, end))
        return;
    /*
     * The slot's memory is free even after a time-out: a late read can only spoil data that nobody looks at, and a late
     * write still finds the pattern. The queue slot stays taken until the device gives it back.
     */
    worker->free[worker->free_count++] = (uint16_t)end->tag;
    if (BELL_LIKELY(end->flags == 0))
        latency_count(worker, operation, slot, end);
    if (BELL_LIKELY((status | end->flags) == 0))
        add(&operation->counters->bytes, slot->bytes);
    if (BELL_UNLIKELY(worker->notes.last.records != 0))
        bell_notes_last(&worker->notes.last, slot->lba, end->completed_ns,
                        slot->lbas | (uint64_t)operation->opcode << 32 | (uint64_t)status << 48);
    add(&operation->counters->completed, 1);
    add(&worker->counters->completed, 1);
}

/* Put the next command together. */
static inline void prepare(struct bell_worker *worker, struct bell_worker_slot *slot, uint32_t number)
{
    const struct bell_operation *operation;
    const struct bell_io_buffer *buffer;
    struct bell_io io;

    if (BELL_UNLIKELY(worker->trace.entries != NULL)) {
        const bell_trace_entry *entry = &worker->trace.entries[worker->trace.next];

        io = (struct bell_io){.lba = entry->lba, .lbas = entry->lbas, .op = worker->trace.ops[worker->trace.next]};
        worker->trace.next++;
    } else {
        bell_workload_next(&worker->workload, &io);
    }
    operation = &worker->operations.each[io.op];
    slot->op = (uint16_t)io.op;
    slot->attempts = 0;
    slot->lba = io.lba;
    slot->lbas = io.lbas;
    slot->bytes = (uint64_t)io.lbas * worker->lba_bytes;
    /* NVM Command Set 1.0 §3.2.4, §3.2.6: SLBA in dwords 10 and 11, NLB from 0 in dword 12. */
    slot->sqe[0] = operation->first;
    slot->sqe[1] = operation->second;
    slot->sqe[5] = io.lba;
    slot->sqe[6] = operation->twelve + (io.lbas - 1);
    slot->sqe[7] = operation->fourteen;
    if (BELL_LIKELY(operation->form == BELL_FORM_DATA)) {
        buffer = &operation->buffers[number];
        slot->sqe[3] = buffer->iova;
        slot->sqe[4] = bell_io_buffer_prp2(&worker->buffers, buffer, slot->bytes);
    }
    if (BELL_UNLIKELY(operation->form != BELL_FORM_DATA || operation->refresh))
        bell_worker_prepare_rest(worker, operation, slot, number);
}

static inline int io_submit(struct bell_worker *worker)
{
    uint16_t number = worker->free[worker->free_count - 1];
    struct bell_worker_slot *slot = &worker->slots[number];
    int err;

    prepare(worker, slot, number);
    if (BELL_LIKELY(worker->verify.integrity == NULL))
        err = bell_fast_submit(worker->qpair, slot->sqe, number, worker->now_ns);
    else
        err = bell_worker_verify_submit(worker, slot, number);
    if (BELL_LIKELY(err == 0)) {
        worker->free_count--;
        worker->submitted++;
        worker->bytes_sent += slot->bytes;
        if (BELL_UNLIKELY(worker->workload.wraps >= worker->passes || worker->bytes_sent >= worker->byte_count))
            worker->io_count = worker->submitted;
    }
    return err;
}

/* How far a trace is due. */
static uint64_t trace_due(struct bell_worker *worker)
{
    struct bell_worker_trace *trace = &worker->trace;
    uint64_t now = worker->now_ns - worker->pacing.start_ns;

    if (trace->speed == 0)
        return trace->count;
    while (trace->due < trace->count && bell_trace_time(trace->entries[trace->due].time_ns, trace->speed) <= now)
        trace->due++;
    return trace->due;
}

/* How many I/Os are due where something limits the pace. */
static uint64_t paced_due(struct bell_worker *worker)
{
    if (worker->trace.entries != NULL)
        return trace_due(worker);
    if (bell_pacing_pause(&worker->pacing, worker->now_ns) != 0)
        return 0;
    worker->bytes_until = bell_pacing_bytes(&worker->pacing, worker->now_ns);
    return bell_pacing_due(&worker->pacing, worker->now_ns);
}

/* How many I/Os may be sent now. */
static inline uint64_t budget(struct bell_worker *worker)
{
    uint64_t until = worker->io_count;
    uint64_t due = BELL_UNLIKELY(worker->paced) ? paced_due(worker) : UINT64_MAX;
    uint32_t room = bell_fast_room(worker->qpair);
    uint64_t most = worker->free_count < room ? worker->free_count : room;

    if (BELL_UNLIKELY(due < until))
        until = due;
    if (BELL_UNLIKELY(until <= worker->submitted))
        return 0;
    return most < until - worker->submitted ? most : until - worker->submitted;
}

static inline void fill(struct bell_worker *worker)
{
    uint64_t most = budget(worker);

    if (most == 0)
        return;
    while (most > 0 && worker->bytes_sent <= worker->bytes_until && worker->submitted < worker->io_count &&
           io_submit(worker) == 0)
        most--;
    bell_poke(&worker->counters->submitted, worker->submitted);
}

/* No more I/Os are to be started. */
static inline bool at_end(struct bell_worker *worker)
{
    return bell_peek(&worker->stop) != 0 || worker->now_ns >= worker->end_ns || worker->submitted >= worker->io_count ||
           bell_peek(&worker->qpair->lost) != 0 || worker->error[0] != '\0';
}

/* Nanoseconds until the next I/O may be due. */
static uint64_t wait_time(const struct bell_worker *worker)
{
    const struct bell_worker_trace *trace = &worker->trace;
    uint64_t at;

    if (trace->entries == NULL)
        return bell_pacing_wait(&worker->pacing, worker->submitted, worker->bytes_sent, worker->now_ns);
    if (trace->speed == 0 || trace->next >= trace->count)
        return 0;
    at = worker->pacing.start_ns + bell_trace_time(trace->entries[trace->next].time_ns, trace->speed);
    return at > worker->now_ns ? at - worker->now_ns : 0;
}

/* Sleep towards the next due I/O if it is far off. */
static bool pace(const struct bell_worker *worker)
{
    uint64_t wait = wait_time(worker);
    uint64_t left = worker->end_ns > worker->now_ns ? worker->end_ns - worker->now_ns : 0;

    wait = wait < left ? wait : left;
    if (wait <= SLEEP_FROM_NS)
        return false;
    wait -= SLEEP_EARLY_NS;
    wait = wait < SLEEP_MAX_NS ? wait : SLEEP_MAX_NS;
    nanosleep(&(struct timespec){.tv_nsec = (long)wait}, NULL);
    return true;
}

/*
 * A turn that brought nothing. The device may be a thread on this very CPU, so spinning soon turns into yielding; it
 * never turns into sleeping, which would add to the latency that is measured.
 */
static void idle(struct bell_worker *worker, uint32_t turns)
{
    struct bell_transport *transport = worker->qpair->transport;
    bool slept = worker->paced && outstanding(worker) == 0 && pace(worker);

    if (!slept && turns > SPIN_TURNS && (transport->ops->relax == NULL || !transport->ops->relax(transport)))
        sched_yield();
    worker->now_ns = bell_now();
    bell_fast_watch(worker->qpair, worker->now_ns);
}

static void begin(struct bell_worker *worker)
{
    worker->now_ns = bell_now();
    worker->pacing.start_ns = worker->now_ns;
    bell_intervals_start(&worker->intervals, worker->now_ns);
    worker->end_ns = worker->duration_ns == 0 ? UINT64_MAX : worker->now_ns + worker->duration_ns;
    bell_poke(&worker->counters->started_ns, worker->now_ns);
    bell_poke(&worker->counters->state, (uint64_t)BELL_WORKER_RUNNING);
    bell_worker_publish(worker);
}

static void finish(struct bell_worker *worker)
{
    bell_worker_counters *counters = worker->counters;
    bool failed = worker->error[0] != '\0';

    worker->now_ns = bell_now();
    bell_intervals_finish(&worker->intervals, &worker->operations, &worker->notes.intervals, worker->now_ns);
    bell_worker_publish(worker);
    bell_poke(&counters->outstanding, UINT64_C(0));
    bell_poke(&counters->finished_ns, worker->now_ns);
    __atomic_store_n(&counters->state, (uint64_t)(failed ? BELL_WORKER_FAILED : BELL_WORKER_DONE), __ATOMIC_RELEASE);
}

/*
 * Every slot of the queue is held by a command that timed out. Should a stalled device come back, its late completions
 * free the slots and the worker goes on; it gives up when none has come for another time-out.
 */
static bool stuck(struct bell_worker *worker)
{
    if (BELL_LIKELY(outstanding(worker) != 0 || bell_fast_room(worker->qpair) != 0)) {
        worker->stuck_ns = 0;
        return false;
    }
    if (worker->stuck_ns == 0)
        worker->stuck_ns = worker->now_ns;
    return worker->now_ns - worker->stuck_ns > bell_peek(&worker->qpair->timeout_ns);
}

void bell_worker_run(struct bell_worker *worker)
{
    uint32_t idle_turns = 0;
    bool gave_up = false;

    begin(worker);
    for (;;) {
        bool ending = at_end(worker);

        if (BELL_LIKELY(!ending))
            fill(worker);
        bell_fast_ring(worker->qpair);
        bell_poke(&worker->counters->outstanding, (uint64_t)outstanding(worker));
        if (ending && outstanding(worker) == 0)
            break;
        if (bell_fast_poll(worker->qpair, BATCH_MAX, on_end, worker) != 0) {
            idle_turns = 0;
        } else {
            idle(worker, ++idle_turns);
            gave_up = stuck(worker);
            if (BELL_UNLIKELY(gave_up))
                break;
        }
        if (BELL_UNLIKELY(worker->now_ns >= worker->publish_ns)) {
            bell_worker_publish(worker);
            if (worker->now_ns >= worker->intervals.end_ns)
                bell_intervals_roll(&worker->intervals, &worker->operations, &worker->notes.intervals, worker->now_ns);
        }
    }
    if (bell_peek(&worker->qpair->lost))
        snprintf(worker->error, sizeof worker->error,
                 "queue %u was lost: the controller was reset, disabled or removed; %" PRIu64
                 " commands got no completion",
                 worker->qpair->qid, worker->lost);
    else if (gave_up)
        snprintf(worker->error, sizeof worker->error,
                 "queue %u: every command timed out and none of them has come back since; reset the controller",
                 worker->qpair->qid);
    finish(worker);
}
