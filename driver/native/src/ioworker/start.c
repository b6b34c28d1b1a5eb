/* SPDX-License-Identifier: Apache-2.0 */
/* Starting workers: one, or several that wait for each other. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ioworker/worker.h"
#include "support/error.h"
#include "support/slice.h"

#define NOT_PINNED UINT32_MAX

static struct bell_gate *gate_new(uint32_t workers)
{
    struct bell_gate *gate = calloc(1, sizeof *gate);

    if (gate == NULL)
        return NULL;
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    gate->missing = workers;
    gate->users = 1;
    return gate;
}

static void gate_leave(struct bell_gate *gate)
{
    bool last;

    pthread_mutex_lock(&gate->lock);
    last = --gate->users == 0;
    pthread_mutex_unlock(&gate->lock);
    if (!last)
        return;
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->lock);
    free(gate);
}

/* False: not all could be started. */
static bool gate_pass(struct bell_gate *gate)
{
    bool open;

    pthread_mutex_lock(&gate->lock);
    if (--gate->missing == 0)
        pthread_cond_broadcast(&gate->changed);
    while (gate->missing != 0 && !gate->cancelled)
        pthread_cond_wait(&gate->changed, &gate->lock);
    open = !gate->cancelled;
    pthread_mutex_unlock(&gate->lock);
    gate_leave(gate);
    return open;
}

static void gate_cancel(struct bell_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->cancelled = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static void *thread_main(void *context)
{
    struct bell_worker *worker = context;

    bell_slice_shorten();
    if (worker->gate == NULL || gate_pass(worker->gate))
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

/* With a gate, whose user the thread becomes, or without. */
static int start(struct bell_worker *worker, struct bell_gate *gate)
{
    int err;

    pthread_mutex_lock(&worker->lock);
    if (worker->started) {
        err = bell_error_set(-EBUSY, "the worker has been started before; create another one");
    } else {
        worker->gate = gate;
        err = thread_start(worker);
    }
    worker->started = worker->started || err == 0;
    pthread_mutex_unlock(&worker->lock);
    return err;
}

int bell_worker_start(bell_worker *worker)
{
    return start(worker, NULL);
}

/* Take back the start of workers that wait at a gate that will not open. */
static void unstart(bell_worker *const *workers, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bell_worker *worker = workers[i];

        pthread_join(worker->thread, NULL);
        pthread_mutex_lock(&worker->lock);
        worker->started = false;
        worker->finished = false;
        worker->gate = NULL;
        pthread_mutex_unlock(&worker->lock);
    }
}

int bell_workers_start(bell_worker *const *workers, uint32_t count)
{
    struct bell_gate *gate;
    uint32_t started = 0;
    int err = 0;

    if (count == 0)
        return bell_error_set(-EINVAL, "count 0: there is no worker to start");
    gate = gate_new(count);
    if (gate == NULL)
        return bell_error_set(-ENOMEM, "No memory to start %u workers.", count);
    for (; err == 0 && started < count; started += err == 0) {
        pthread_mutex_lock(&gate->lock);
        gate->users++;
        pthread_mutex_unlock(&gate->lock);
        err = start(workers[started], gate);
        if (err != 0)
            gate_leave(gate);
    }
    if (err != 0) {
        gate_cancel(gate);
        unstart(workers, started);
    }
    gate_leave(gate);
    return err;
}
