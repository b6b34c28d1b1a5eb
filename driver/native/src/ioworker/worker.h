/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An I/O worker: a thread with a qpair of its own that keeps qdepth commands outstanding.
 *
 * What the counters mean: `completed` counts commands that the device completed or that timed out, so submitted -
 * completed - outstanding is what a reset took away. Those of the operations split it; bytes are of successful ones.
 * Latencies are of whatever the device completed, errors included, time-outs not. A status other than success does not
 * end the worker unless it is to; it ends as FAILED when its queue is lost, or when commands that timed out hold every
 * slot and none of them comes back for another time-out.
 *
 * The counters of each operation, `completed`, `submitted`, `outstanding` and `errors` are always up to date; the other
 * fields of bell_worker_counters are sums of them that are made a few hundred times a second and at the end.
 */
#ifndef BELL_IOWORKER_WORKER_H
#define BELL_IOWORKER_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "ioworker/buffers.h"
#include "ioworker/data.h"
#include "ioworker/interval.h"
#include "ioworker/notes.h"
#include "ioworker/operation.h"
#include "ioworker/pacing.h"
#include "ioworker/workload.h"

struct bell_end;

/* A command: what was sent, but for the CID. */
struct bell_worker_slot {
    uint64_t sqe[8];
    uint64_t lba;
    uint64_t bytes; /* of the LBAs that it covers */
    uint32_t lbas;
    uint16_t op;
    uint16_t attempts; /* before this one */
};

/* What a worker replays instead of drawing. */
struct bell_worker_trace {
    bell_trace_entry *entries; /* NULL: nothing */
    uint8_t *ops;              /* the operation of each */
    uint64_t count;
    uint64_t next;
    uint64_t due;   /* entries whose time has come */
    uint64_t speed; /* millionths; 0: all are due */
};

/* A part of data verification. */
struct bell_worker_verify {
    bell_integrity *integrity; /* held; NULL: the namespace is not under verification */
    uint8_t *pool;             /* what is written, as the source names it */
    uint32_t source;           /* 0: not remembered */
    bool wanted;               /* what is read is compared */
    bool plain;                /* blocks in memory are those under verification */
};

/* Workers that begin together. */
struct bell_gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t missing; /* workers that are not there yet */
    uint32_t users;   /* workers and the starter */
    bool cancelled;
};

struct bell_worker {
    /* The thread's, touched for each I/O. */
    bell_qpair *qpair;
    bell_worker_counters *counters;
    struct bell_worker_slot *slots;
    uint16_t *free; /* stack of slot numbers: what was used last is in the cache */
    uint32_t free_count;
    uint32_t qdepth;
    uint32_t lba_bytes;
    bool paced; /* limits other than of the number of I/Os hold */
    bool stop_on_error;
    uint64_t now_ns;
    uint64_t submitted;
    uint64_t bytes_sent;
    uint64_t bytes_until; /* no I/O starts when more has been sent */
    uint64_t slow_ns;     /* latencies from here on are among the slowest */
    uint64_t passes;
    uint64_t lost; /* commands that a reset took away */
    uint64_t io_count;
    uint64_t byte_count;
    uint64_t end_ns;
    uint64_t publish_ns;
    uint64_t stuck_ns; /* since when time-outs hold every slot; 0: they do not */
    uint32_t retries;
    struct bell_worker_verify verify;
    struct bell_intervals intervals;
    struct bell_notes notes;
    struct bell_workload workload;
    struct bell_worker_trace trace;
    struct bell_pacing pacing;
    struct bell_io_buffers buffers;
    struct bell_io_data data;
    struct bell_operations operations;

    /* Control. */
    uint32_t stop; /* set by any thread */
    uint32_t cpu;
    uint64_t duration_ns;
    bell_device *device;
    char error[256]; /* complete before the state is FAILED */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    struct bell_gate *gate; /* NULL: it starts alone */
    bool started;           /* these three under the lock */
    bool finished;
    bool joined;
};

/** bell_worker_run - the thread's work, from the first I/O until all have ended; sets state and error. */
void bell_worker_run(struct bell_worker *worker);

/** bell_worker_check - -EINVAL names the parameter of the config that makes no sense. */
int bell_worker_check(bell_device *device, const bell_workload_config *config);

/** bell_worker_trace_init - copy a trace, and make its opcodes the operations of the config. */
int bell_worker_trace_init(struct bell_worker *worker, bell_workload_config *config, const bell_trace_entry *entries,
                           uint64_t count);

/* The rarer part of preparing a command: place, length and operation are known. */
void bell_worker_prepare_rest(struct bell_worker *worker, const struct bell_operation *operation,
                              struct bell_worker_slot *slot, uint32_t number);

/* verify.c, in order: before the buffers are made, when there are, instead of bell_fast_submit, at the end. */
int bell_worker_verify_open(struct bell_worker *worker, const bell_workload_config *config);
void bell_worker_verify_attach(struct bell_worker *worker);
int bell_worker_verify_submit(struct bell_worker *worker, const struct bell_worker_slot *slot, uint32_t number);
void bell_worker_verify_close(struct bell_worker *worker);

/** bell_worker_failed - a command ended with an error: note it, and send it again if it may. True: it was. */
bool bell_worker_failed(struct bell_worker *worker, struct bell_worker_slot *slot, const struct bell_end *end);

/** bell_worker_slow - note one of the slowest commands. */
void bell_worker_slow(struct bell_worker *worker, const struct bell_worker_slot *slot, const struct bell_end *end);

/** bell_worker_publish - bring the sums and the times of the counters up to date. */
void bell_worker_publish(struct bell_worker *worker);

#endif
