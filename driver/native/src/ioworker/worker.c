/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "support/error.h"

#define CACHE_LINE           64u
#define INTERVAL_STANDARD_NS (100 * BELL_NS_PER_MS)
/* For stopping the thread when the worker is closed: its commands end by their time-outs at the latest. */
#define WAIT_FOREVER_MS UINT32_MAX

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

static int qpair_open(struct bell_worker *worker, const bell_workload_config *config)
{
    const bell_qpair_config qpair = {.depth = config->qdepth + 1, .priority = config->priority, .vector = UINT32_MAX};
    int err = bell_qpair_create(worker->device, &qpair, &worker->qpair);

    if (err != 0)
        return err;
    bell_qpair_set_worker(worker->qpair, true);
    bell_qpair_set_logging(worker->qpair, (config->flags & BELL_WORKLOAD_NO_CMDLOG) == 0);
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
    bell_operations_free(&worker->operations);
    bell_intervals_free(&worker->intervals);
    bell_notes_free(&worker->notes);
    free(worker->trace.entries);
    free(worker->trace.ops);
    pthread_cond_destroy(&worker->ended);
    pthread_mutex_destroy(&worker->lock);
    free(worker->counters);
    free(worker->free);
    free(worker->slots);
    free(worker);
}

static void settings_take(struct bell_worker *worker, const bell_workload_config *config)
{
    worker->lba_bytes = config->lba_bytes;
    worker->stop_on_error = (config->flags & BELL_WORKLOAD_STOP_ON_ERROR) != 0;
    worker->io_count = config->io_count == 0 ? UINT64_MAX : config->io_count;
    worker->byte_count = config->byte_count == 0 ? UINT64_MAX : config->byte_count;
    worker->passes = config->passes == 0 ? UINT64_MAX : config->passes;
    worker->bytes_until = UINT64_MAX;
    worker->slow_ns = config->slowest == 0 ? UINT64_MAX : 0;
    worker->duration_ns = config->duration_ns;
    worker->retries = config->retries;
    worker->cpu = config->cpu;
    worker->pacing = (struct bell_pacing){.limit = config->iops_limit,
                                          .byte_limit = config->byte_limit,
                                          .burst_ns = config->burst_ns,
                                          .idle_ns = config->idle_ns,
                                          .ramp_ns = config->ramp_ns,
                                          .ramp_from = config->ramp_from};
    worker->paced =
        config->iops_limit != 0 || config->byte_limit != 0 || config->burst_ns != 0 || worker->trace.entries != NULL;
}

/* Everything that needs no device. */
static int parts_init(struct bell_worker *worker, const bell_workload_config *config)
{
    int err = bell_workload_init(&worker->workload, config);

    if (err == 0)
        err = bell_io_data_init(&worker->data, config);
    if (err == 0)
        err = memory_alloc(worker);
    if (err == 0)
        err = bell_operations_init(&worker->operations, config, worker->counters);
    if (err == 0)
        err = bell_intervals_init(&worker->intervals,
                                  config->interval_ns == 0 ? INTERVAL_STANDARD_NS : config->interval_ns);
    if (err == 0)
        err = bell_notes_init(&worker->notes, config->slowest, config->last);
    return err;
}

static int buffers_open(struct bell_worker *worker, const bell_workload_config *config)
{
    struct bell_io_needs needs = bell_operations_needs(&worker->operations, config, bell_workload_largest(config));
    int err;

    needs.own_writes |= worker->verify.integrity != NULL; /* each is stamped */
    err = bell_io_buffers_alloc(&worker->buffers, worker->device, &needs, &worker->data);

    if (err == 0)
        bell_operations_attach(&worker->operations, &worker->buffers);
    if (err == 0)
        bell_worker_verify_attach(worker);
    return err;
}

int bell_worker_create_workload(bell_device *device, const bell_workload_config *asked, const bell_trace_entry *trace,
                                uint64_t trace_count, bell_worker **out)
{
    bell_workload_config config = *asked;
    struct bell_worker *worker = aligned_alloc(CACHE_LINE, (sizeof *worker + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    int err;

    if (worker == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    memset(worker, 0, sizeof *worker);
    worker->device = device;
    worker->qdepth = config.qdepth;
    sync_init(worker);
    err = trace_count == 0 ? 0 : bell_worker_trace_init(worker, &config, trace, trace_count);
    if (err == 0)
        err = bell_worker_check(device, &config);
    if (err == 0)
        err = parts_init(worker, &config);
    settings_take(worker, &config);
    /* The queue before the buffers: it says that the controller is enabled, which fixes the page size. */
    if (err == 0)
        err = qpair_open(worker, &config);
    if (err == 0)
        err = bell_worker_verify_open(worker, &config);
    if (err == 0)
        err = buffers_open(worker, &config);
    if (err != 0) {
        if (worker->qpair != NULL)
            qpair_delete(worker);
        bell_worker_verify_close(worker);
        release(worker);
        return err;
    }
    bell_device_worker_opened(device);
    *out = worker;
    return 0;
}

int bell_worker_create(bell_device *device, const bell_worker_config *config, bell_worker **out)
{
    bell_workload_config workload;

    if (config->read_percent > 100)
        return bell_error_set(-EINVAL, "read_percent %u: must be 0 to 100", config->read_percent);
    if (config->size_count > BELL_WORKER_MAX_SIZES)
        return bell_error_set(-EINVAL, "size_count %u: must be 1 to %u", config->size_count, BELL_WORKER_MAX_SIZES);
    if ((config->flags & ~BELL_WORKER_NO_CMDLOG) != 0)
        return bell_error_set(-EINVAL, "flags %xh: only BELL_WORKER_NO_CMDLOG is known", config->flags);
    bell_workload_of(config, &workload);
    return bell_worker_create_workload(device, &workload, NULL, 0, out);
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

int bell_worker_ops(bell_worker *worker, bell_worker_op *out, uint32_t max)
{
    uint32_t count = worker->operations.count < max ? worker->operations.count : max;

    for (uint32_t i = 0; i < count; i++) {
        const bell_worker_op *op = &worker->operations.counters[i];

        out[i] = (bell_worker_op){.opcode = op->opcode,
                                  .completed = bell_peek(&op->completed),
                                  .bytes = bell_peek(&op->bytes),
                                  .errors = bell_peek(&op->errors),
                                  .retries = bell_peek(&op->retries),
                                  .latency_sum_ns = bell_peek(&op->latency_sum_ns),
                                  .latency_min_ns = bell_peek(&op->latency_min_ns),
                                  .latency_max_ns = bell_peek(&op->latency_max_ns)};
    }
    return (int)count;
}

const uint64_t *bell_worker_histogram(bell_worker *worker, uint32_t op)
{
    return op < worker->operations.count ? worker->operations.each[op].histogram : NULL;
}

int bell_worker_intervals(bell_worker *worker, uint64_t from, bell_worker_interval *out, uint32_t max, uint64_t *next)
{
    return (int)bell_notes_copy(&worker->notes.intervals, from, out, max, next);
}

int bell_worker_errors(bell_worker *worker, uint64_t from, bell_worker_command *out, uint32_t max, uint64_t *next)
{
    return (int)bell_notes_copy(&worker->notes.errors, from, out, max, next);
}

int bell_worker_slowest(bell_worker *worker, bell_worker_command *out, uint32_t max)
{
    return (int)bell_notes_slowest(&worker->notes, out, max);
}

int bell_worker_last(bell_worker *worker, bell_worker_io *out, uint32_t max)
{
    const struct bell_notes_ring *ring = &worker->notes.last;
    uint64_t end = __atomic_load_n(&ring->next, __ATOMIC_ACQUIRE);
    uint64_t next;

    if (ring->records == 0)
        return 0;
    return (int)bell_notes_copy(ring, end > max ? end - max : 0, out, max, &next);
}

int bell_worker_close(bell_worker *worker)
{
    bell_device *device = worker->device;
    int err;

    bell_worker_stop(worker);
    bell_worker_wait(worker, WAIT_FOREVER_MS);
    err = qpair_delete(worker);
    bell_worker_verify_close(worker);
    release(worker);
    bell_device_worker_closed(device);
    return err;
}
