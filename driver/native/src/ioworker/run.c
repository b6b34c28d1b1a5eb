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
#include "spec/nvme.h"

enum {
    /* Completions taken before new commands are sent: a large batch would let the device run dry meanwhile. */
    BATCH_MAX = 64,
    SPIN_TURNS = 32,
};

#define PUBLISH_NS (5 * BELL_NS_PER_MS)
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

static void publish(struct bell_worker *worker)
{
    struct timespec cpu;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    bell_poke(&worker->counters->cpu_ns, (uint64_t)cpu.tv_sec * BELL_NS_PER_S + (uint64_t)cpu.tv_nsec);
    bell_poke(&worker->counters->updated_ns, worker->now_ns);
    worker->publish_ns = worker->now_ns + PUBLISH_NS;
}

static void error_count(bell_worker_counters *counters, const struct bell_worker_slot *slot, uint32_t status)
{
    if (counters->errors == 0) {
        bell_poke(&counters->first_error, (uint64_t)status);
        bell_poke(&counters->first_error_lba, slot->lba);
    }
    add(&counters->errors, 1);
}

static inline void latency_count(bell_worker_counters *counters, uint64_t *histogram, uint64_t latency)
{
    add(&counters->latency_sum_ns, latency);
    if (BELL_UNLIKELY(latency < counters->latency_min_ns))
        bell_poke(&counters->latency_min_ns, latency);
    if (BELL_UNLIKELY(latency > counters->latency_max_ns))
        bell_poke(&counters->latency_max_ns, latency);
    bell_histogram_record(histogram, latency);
}

static inline void on_end(void *context, const struct bell_end *end)
{
    struct bell_worker *worker = context;
    bell_worker_counters *counters = worker->counters;
    const struct bell_worker_slot *slot = &worker->slots[end->tag];
    uint32_t status = bell_end_status(end);

    /*
     * The slot's memory is free even after a time-out: a late read can only spoil data that nobody looks at, and a late
     * write still finds the pattern. The queue slot stays taken until the device gives it back.
     */
    worker->free[worker->free_count++] = (uint16_t)end->tag;
    if (BELL_UNLIKELY(end->flags & BELL_CQ_LOST)) {
        worker->lost++;
        return;
    }
    worker->now_ns = end->completed_ns;
    add(&counters->completed, 1);
    if (BELL_LIKELY(end->flags == 0))
        latency_count(counters, slot->write ? counters->write_latency : counters->read_latency,
                      end->completed_ns - end->submitted_ns);
    if (slot->write)
        add(&counters->writes, 1);
    else
        add(&counters->reads, 1);
    if (BELL_UNLIKELY(status != 0))
        error_count(counters, slot, status);
    else
        add(slot->write ? &counters->write_bytes : &counters->read_bytes, slot->bytes);
}

static inline int io_submit(struct bell_worker *worker)
{
    uint16_t number = worker->free[worker->free_count - 1];
    struct bell_worker_slot *slot = &worker->slots[number];
    const struct bell_io_buffer *buffer;
    struct bell_io io;

    bell_workload_next(&worker->workload, &io);
    slot->lba = io.lba;
    slot->bytes = io.lbas * worker->lba_bytes;
    slot->write = io.write;
    buffer = io.write ? &worker->buffers.writes[number] : &worker->buffers.reads[number];

    /* NVM Command Set 1.0 §3.2.4, §3.2.6: SLBA in dwords 10 and 11, NLB from 0 in dword 12. */
    const uint64_t sqe[8] = {
        (io.write ? NVME_NVM_WRITE : NVME_NVM_READ) | (uint64_t)worker->nsid << 32,
        0,
        0,
        buffer->iova,
        bell_io_buffer_prp2(&worker->buffers, buffer, slot->bytes),
        io.lba,
        io.lbas - 1,
        0,
    };
    int err = bell_fast_submit(worker->qpair, sqe, number, worker->now_ns);

    if (BELL_LIKELY(err == 0)) {
        worker->free_count--;
        worker->submitted++;
    }
    return err;
}

/* How many I/Os may be sent now. */
static inline uint64_t budget(const struct bell_worker *worker)
{
    uint64_t until = worker->io_count;
    uint64_t due = bell_pacing_due(&worker->pacing, worker->now_ns);
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
    while (most > 0 && io_submit(worker) == 0)
        most--;
    bell_poke(&worker->counters->submitted, worker->submitted);
}

/* No more I/Os are to be started. */
static inline bool at_end(struct bell_worker *worker)
{
    return bell_peek(&worker->stop) != 0 || worker->now_ns >= worker->end_ns || worker->submitted >= worker->io_count ||
           bell_peek(&worker->qpair->lost) != 0;
}

/* Sleep towards the next due I/O if it is far off. */
static bool pace(const struct bell_worker *worker)
{
    uint64_t due = bell_pacing_time(&worker->pacing, worker->submitted);
    uint64_t wait;

    due = due < worker->end_ns ? due : worker->end_ns;
    if (due <= worker->now_ns + SLEEP_FROM_NS)
        return false;
    wait = due - worker->now_ns - SLEEP_EARLY_NS;
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
    bool slept = worker->pacing.limit != 0 && outstanding(worker) == 0 && pace(worker);

    if (!slept && turns > SPIN_TURNS && (transport->ops->relax == NULL || !transport->ops->relax(transport)))
        sched_yield();
    worker->now_ns = bell_now();
}

static void begin(struct bell_worker *worker)
{
    worker->now_ns = bell_now();
    worker->pacing.start_ns = worker->now_ns;
    worker->end_ns = worker->duration_ns == 0 ? UINT64_MAX : worker->now_ns + worker->duration_ns;
    bell_poke(&worker->counters->started_ns, worker->now_ns);
    bell_poke(&worker->counters->state, (uint64_t)BELL_WORKER_RUNNING);
    publish(worker);
}

static void finish(struct bell_worker *worker)
{
    bell_worker_counters *counters = worker->counters;
    bool failed = worker->error[0] != '\0';

    worker->now_ns = bell_now();
    publish(worker);
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
        if (BELL_UNLIKELY(worker->now_ns >= worker->publish_ns))
            publish(worker);
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
