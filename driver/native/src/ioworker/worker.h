/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An I/O worker: a thread with a qpair of its own that keeps qdepth commands outstanding.
 *
 * What the counters mean: `completed` counts commands that the device completed or that timed out, so submitted -
 * completed - outstanding is what a reset took away. `reads` and `writes` split it by command; bytes are of successful
 * ones. Latencies are of whatever the device completed, errors included, time-outs not. A status other than success
 * does not end the worker; it ends as FAILED when its queue is lost, or when commands that timed out hold every slot
 * and none of them comes back for another time-out.
 */
#ifndef BELL_IOWORKER_WORKER_H
#define BELL_IOWORKER_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "ioworker/buffers.h"
#include "ioworker/pacing.h"
#include "ioworker/workload.h"

struct bell_worker_slot {
    uint64_t lba;
    uint32_t bytes;
    bool write;
};

struct bell_worker {
    /* The thread's, touched for each I/O. */
    bell_qpair *qpair;
    bell_worker_counters *counters;
    struct bell_worker_slot *slots;
    uint16_t *free; /* stack of slot numbers: what was used last is in the cache */
    uint32_t free_count;
    uint32_t qdepth;
    uint32_t nsid;
    uint32_t lba_bytes;
    uint64_t now_ns;
    uint64_t submitted;
    uint64_t lost; /* commands that a reset took away */
    uint64_t io_count;
    uint64_t end_ns;
    uint64_t publish_ns;
    uint64_t stuck_ns; /* since when time-outs hold every slot; 0: they do not */
    struct bell_workload workload;
    struct bell_pacing pacing;
    struct bell_io_buffers buffers;

    /* Control. */
    uint32_t stop; /* set by any thread */
    uint32_t cpu;
    uint64_t duration_ns;
    bell_device *device;
    char error[256]; /* complete before the state is FAILED */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool started; /* these three under the lock */
    bool finished;
    bool joined;
};

/** bell_worker_run - the thread's work, from the first I/O until all have ended; sets state and error. */
void bell_worker_run(struct bell_worker *worker);

#endif
