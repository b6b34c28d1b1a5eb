/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/error.h"
#include "support/slice.h"

#define NOT_PINNED UINT32_MAX
#define CACHE_LINE 64u
/* For stopping the thread when the worker is closed: its commands end by their time-outs at the latest. */
#define WAIT_FOREVER_MS UINT32_MAX

static int cpu_check(uint32_t cpu)
{
    cpu_set_t allowed;

    if (cpu == NOT_PINNED)
        return 0;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return bell_error_set(-errno, "cpu %u: the CPUs of this process are not known: %s", cpu, strerror(errno));
    if (cpu < CPU_SETSIZE && CPU_ISSET(cpu, &allowed))
        return 0;
    return bell_error_set(-EINVAL, "cpu %u: this process cannot run there; it has %d CPUs", cpu, CPU_COUNT(&allowed));
}

static int qdepth_check(bell_device *device, uint32_t qdepth)
{
    uint64_t cap = 0;
    int err = bell_register_read(device, NVME_REG_CAP, 8, &cap);
    uint32_t most = (uint32_t)(cap & 0xffff);

    if (err != 0)
        return err;
    if (qdepth == 0 || qdepth > most)
        return bell_error_set(-EINVAL, "qdepth %u: must be 1 to %u (CAP.MQES)", qdepth, most);
    return 0;
}

static int device_check(bell_device *device, const bell_worker_config *config)
{
    if (!(device->transport->features & BELL_HAS_QPAIRS))
        return bell_error_set(-ENOTSUP, "%s has no queues of Doorbell's own, which I/O workers need. %s",
                              device->address, device->transport->absent);
    return config->read_percent < 100 ? bell_device_write_check(device, "a worker that writes") : 0;
}

static int config_check(bell_device *device, const bell_worker_config *config)
{
    int supported = device_check(device, config);
    if (supported != 0)
        return supported;
    if (config->lba_bytes == 0 || config->lba_bytes % 4 != 0 || config->lba_bytes > 1u << 20)
        return bell_error_set(-EINVAL, "lba_bytes %u: must be a multiple of 4 up to 1048576", config->lba_bytes);
    if (config->pattern > BELL_PATTERN_RANDOM)
        return bell_error_set(-EINVAL, "pattern %u: must be 0 zeros, 1 ones, 2 dwords or 3 random", config->pattern);
    if ((config->flags & ~BELL_WORKER_NO_CMDLOG) != 0)
        return bell_error_set(-EINVAL, "flags %xh: only BELL_WORKER_NO_CMDLOG is known", config->flags);
    if (config->iops_limit > BELL_NS_PER_S)
        return bell_error_set(-EINVAL, "iops_limit %" PRIu64 ": must be 0 (none) to 1000000000", config->iops_limit);
    int err = cpu_check(config->cpu);
    return err != 0 ? err : qdepth_check(device, config->qdepth);
}

static int sync_init(struct bell_worker *worker)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    return 0;
}

static int memory_alloc(struct bell_worker *worker)
{
    size_t bytes = (sizeof *worker->counters + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;

    worker->slots = calloc(worker->qdepth, sizeof *worker->slots);
    worker->free = calloc(worker->qdepth, sizeof *worker->free);
    worker->counters = aligned_alloc(CACHE_LINE, bytes);
    if (worker->slots == NULL || worker->free == NULL || worker->counters == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    memset(worker->counters, 0, bytes);
    worker->counters->latency_min_ns = UINT64_MAX;
    for (uint32_t i = 0; i < worker->qdepth; i++)
        worker->free[i] = (uint16_t)(worker->qdepth - 1 - i);
    worker->free_count = worker->qdepth;
    return 0;
}

static int qpair_open(struct bell_worker *worker, const bell_worker_config *config)
{
    const bell_qpair_config qpair = {.depth = config->qdepth + 1, .vector = UINT32_MAX};
    int err = bell_qpair_create(worker->device, &qpair, &worker->qpair);

    if (err != 0)
        return err;
    bell_qpair_set_worker(worker->qpair, true);
    bell_qpair_set_logging(worker->qpair, (config->flags & BELL_WORKER_NO_CMDLOG) == 0);
    worker->counters->qid = worker->qpair->qid;
    return 0;
}

/* The queue is given back to the public functions, which is what deletes it. */
static int qpair_delete(struct bell_worker *worker)
{
    bell_qpair_set_worker(worker->qpair, false);
    return bell_qpair_close(worker->qpair);
}

static void release(struct bell_worker *worker)
{
    bell_io_buffers_free(&worker->buffers, worker->device);
    pthread_cond_destroy(&worker->ended);
    pthread_mutex_destroy(&worker->lock);
    free(worker->counters);
    free(worker->free);
    free(worker->slots);
    free(worker);
}

int bell_worker_create(bell_device *device, const bell_worker_config *config, bell_worker **out)
{
    struct bell_worker *worker;
    int err = config_check(device, config);

    if (err != 0)
        return err;
    worker = aligned_alloc(CACHE_LINE, (sizeof *worker + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (worker == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    memset(worker, 0, sizeof *worker);
    worker->device = device;
    worker->qdepth = config->qdepth;
    worker->nsid = config->nsid;
    worker->lba_bytes = config->lba_bytes;
    worker->io_count = config->io_count == 0 ? UINT64_MAX : config->io_count;
    worker->duration_ns = config->duration_ns;
    worker->pacing.limit = config->iops_limit;
    worker->cpu = config->cpu;
    err = sync_init(worker);
    if (err == 0)
        err = bell_workload_init(&worker->workload, config);
    if (err == 0)
        err = memory_alloc(worker);
    /* The queue first: it says that the controller is enabled, which fixes the page size. */
    if (err == 0)
        err = qpair_open(worker, config);
    if (err == 0)
        err = bell_io_buffers_alloc(&worker->buffers, device, config);
    if (err != 0) {
        if (worker->qpair != NULL)
            qpair_delete(worker);
        release(worker);
        return err;
    }
    bell_device_worker_opened(device);
    *out = worker;
    return 0;
}

static void *thread_main(void *context)
{
    struct bell_worker *worker = context;

    bell_slice_shorten();
    bell_worker_run(worker);
    pthread_mutex_lock(&worker->lock);
    worker->finished = true;
    pthread_cond_broadcast(&worker->ended);
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

static int thread_start(struct bell_worker *worker)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    cpu_set_t cpu;
    int err;

    pthread_attr_init(&attributes);
    if (worker->cpu != NOT_PINNED) {
        CPU_ZERO(&cpu);
        CPU_SET(worker->cpu, &cpu);
        pthread_attr_setaffinity_np(&attributes, sizeof cpu, &cpu);
    }
    /* Signals are for the program's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&worker->thread, &attributes, thread_main, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (err != 0)
        return bell_error_set(-err, "the worker's thread cannot be started: %s", strerror(err));
    pthread_setname_np(worker->thread, "bell-worker");
    return 0;
}

int bell_worker_start(bell_worker *worker)
{
    int err;

    pthread_mutex_lock(&worker->lock);
    if (worker->started)
        err = bell_error_set(-EBUSY, "the worker has been started before; create another one");
    else
        err = thread_start(worker);
    worker->started = worker->started || err == 0;
    pthread_mutex_unlock(&worker->lock);
    return err;
}

int bell_worker_stop(bell_worker *worker)
{
    bell_poke(&worker->stop, 1u);
    return 0;
}

static bool finished_wait(struct bell_worker *worker, uint32_t timeout_ms)
{
    uint64_t until = bell_now() + timeout_ms * BELL_NS_PER_MS;
    const struct timespec time = {.tv_sec = (time_t)(until / BELL_NS_PER_S), .tv_nsec = (long)(until % BELL_NS_PER_S)};

    while (!worker->finished) {
        int err = timeout_ms == WAIT_FOREVER_MS ? pthread_cond_wait(&worker->ended, &worker->lock)
                                                : pthread_cond_timedwait(&worker->ended, &worker->lock, &time);
        if (err == ETIMEDOUT)
            break;
    }
    return worker->finished;
}

int bell_worker_wait(bell_worker *worker, uint32_t timeout_ms)
{
    int err = 0;

    pthread_mutex_lock(&worker->lock);
    if (!worker->started)
        err = bell_error_set(-EINVAL, "the worker has not been started");
    else if (!finished_wait(worker, timeout_ms))
        err = bell_error_set(-ETIMEDOUT, "the worker is still running after %u ms", timeout_ms);
    else if (!worker->joined)
        /* Under the lock: the thread has released it for the last time, and another waiter returns only after the end.
         */
        worker->joined = pthread_join(worker->thread, NULL) == 0;
    pthread_mutex_unlock(&worker->lock);
    return err;
}

const bell_worker_counters *bell_worker_counters_of(bell_worker *worker)
{
    return worker->counters;
}

const char *bell_worker_error(bell_worker *worker)
{
    /* Acquire: the text was written before the state. */
    uint64_t state = __atomic_load_n(&worker->counters->state, __ATOMIC_ACQUIRE);

    return state == BELL_WORKER_FAILED ? worker->error : "";
}

bell_qpair *bell_worker_qpair(bell_worker *worker)
{
    return worker->qpair;
}

int bell_worker_close(bell_worker *worker)
{
    bell_device *device = worker->device;
    int err;

    bell_worker_stop(worker);
    bell_worker_wait(worker, WAIT_FOREVER_MS);
    err = qpair_delete(worker);
    release(worker);
    bell_device_worker_closed(device);
    return err;
}
