/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A qpair on a device of the kernel's: commands wait in a list, one thread hands them to the kernel in order, ends wait
 * in a second list until the qpair's owner polls. Both lists have room for every command slot of the queue.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/nvme_ioctl.h>

#include "nvme/device.h"
#include "nvme/kernel_device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "spec/nvme_status.h"
#include "support/error.h"

enum {
    ADMIN_LIMIT_MS = 60000, /* what the kernel waits by itself */
    IO_LIMIT_MS = 30000,
    /* NVMe Base 2.0c §3.3.3.2.1, path related status 71h: the host's software ended the command. */
    HOST_ABORTED = 0x371,
    SQE_MPTR = 2,
    SQE_CDW10 = 5,
};

struct request {
    struct nvme_passthru_cmd64 command;
    struct kernel_namespace *space; /* NULL on the admin queue */
    struct kernel_memory *memory;   /* kept while the kernel may use it */
    struct kernel_memory *metadata; /* the same */
    uint16_t cid;
};

/* Where the data of a command slot is, from data_map to queue_post. */
struct mapped {
    struct kernel_memory *memory;
    uint64_t address;
    uint32_t bytes;
};

struct kernel_queue {
    struct kernel_device *device;
    bell_qpair *qpair;
    uint32_t depth;
    struct mapped *mapped; /* by slot */

    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;
    bool stop;
    struct request *waiting;
    uint32_t waiting_first, waiting_count;
    uint64_t (*ended)[2];
    uint32_t ended_first, ended_count;
    uint32_t taken; /* commands that the thread has taken, modulo depth: what SQ head says */
};

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static void end_push(struct kernel_queue *queue, uint16_t cid, uint64_t result, uint32_t status)
{
    pthread_mutex_lock(&queue->lock);
    uint64_t *cqe = queue->ended[(queue->ended_first + queue->ended_count) % queue->depth];
    cqe[0] = result;
    cqe[1] = queue->taken | (uint64_t)queue->qpair->qid << 16 | (uint64_t)cid << 32 | (uint64_t)status << 49;
    bell_poke(&queue->ended_count, queue->ended_count + 1);
    pthread_mutex_unlock(&queue->lock);
}

/* The kernel has not sent the command, or has given it up. A controller that has gone takes all queues with it. */
static void end_without_device(struct kernel_queue *queue, const struct request *request, int code)
{
    struct kernel_device *device = queue->device;
    if (request->space && (code == ENODEV || code == ENXIO))
        __atomic_store_n(&request->space->stale, true, __ATOMIC_RELAXED);
    else if (code == ENODEV || code == ENXIO)
        bell_poke(&device->gone, UINT32_C(1));
    if (kernel_state(device) == KERNEL_GONE) {
        bell_poke(&device->gone, UINT32_C(1));
        bell_device_lose(queue->qpair->device);
    } else {
        end_push(queue, request->cid, (uint32_t)code, HOST_ABORTED | NVME_STATUS_DNR);
    }
}

static void request_leave(struct kernel_device *device, const struct request *request)
{
    kernel_memory_leave(device, request->memory);
    kernel_memory_leave(device, request->metadata);
}

static void request_run(struct kernel_queue *queue, struct request *request)
{
    struct kernel_device *device = queue->device;
    int fd = request->space ? request->space->fd : device->admin_fd;
    unsigned long how = request->space ? NVME_IOCTL_IO64_CMD : NVME_IOCTL_ADMIN64_CMD;
    int rc = device->control(fd, how, &request->command);
    int code = errno;
    if (rc < 0)
        end_without_device(queue, request, code);
    else
        end_push(queue, request->cid, request->command.result, (uint32_t)rc & 0x7fff);
    request_leave(device, request);
}

static bool request_take(struct kernel_queue *queue, struct request *request)
{
    pthread_mutex_lock(&queue->lock);
    while (!queue->stop && queue->waiting_count == 0)
        pthread_cond_wait(&queue->work, &queue->lock);
    bool more = !queue->stop;
    if (more) {
        *request = queue->waiting[queue->waiting_first];
        queue->waiting_first = (queue->waiting_first + 1) % queue->depth;
        queue->waiting_count--;
        queue->taken = (queue->taken + 1) % queue->depth;
    }
    pthread_mutex_unlock(&queue->lock);
    return more;
}

static void *thread_main(void *context)
{
    struct kernel_queue *queue = context;
    struct request request;
    while (request_take(queue, &request))
        request_run(queue, &request);
    return NULL;
}

/* No signal of the program's is for this thread. */
static int thread_start(struct kernel_queue *queue)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&queue->thread, NULL, thread_main, queue);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    queue->started = rc == 0;
    return rc ? bell_error_set(-rc, "The thread of queue %u cannot be started: %s.", queue->qpair->qid, strerror(rc))
              : 0;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void queue_free(struct kernel_queue *queue)
{
    free(queue->ended);
    free(queue->waiting);
    free(queue->mapped);
    free(queue);
}

int kernel_queue_open(struct bell_transport *transport, bell_qpair *qpair)
{
    struct kernel_queue *queue = calloc(1, sizeof *queue);
    if (queue) {
        queue->device = kernel_device_of(transport);
        queue->qpair = qpair;
        queue->depth = qpair->depth;
        queue->mapped = calloc(qpair->depth, sizeof *queue->mapped);
        queue->waiting = calloc(qpair->depth, sizeof *queue->waiting);
        queue->ended = calloc(qpair->depth, sizeof *queue->ended);
    }
    if (!queue || !queue->mapped || !queue->waiting || !queue->ended) {
        if (queue)
            queue_free(queue);
        return bell_error_set(-ENOMEM, "No memory for a queue of %u entries.", qpair->depth);
    }
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->work, NULL);
    qpair->carrier = queue;
    return 0;
}

void kernel_queue_close(struct bell_transport *transport, bell_qpair *qpair)
{
    struct kernel_queue *queue = qpair->carrier;
    if (!queue)
        return;
    pthread_mutex_lock(&queue->lock);
    queue->stop = true;
    pthread_cond_signal(&queue->work);
    pthread_mutex_unlock(&queue->lock);
    if (queue->started)
        pthread_join(queue->thread, NULL);
    for (; queue->waiting_count; queue->waiting_count--) {
        request_leave(queue->device, &queue->waiting[queue->waiting_first]);
        queue->waiting_first = (queue->waiting_first + 1) % queue->depth;
    }
    pthread_cond_destroy(&queue->work);
    pthread_mutex_destroy(&queue->lock);
    queue_free(queue);
    qpair->carrier = NULL;
}

/* ---- commands in ------------------------------------------------------------------------------------------------- */

int kernel_queue_check(struct bell_transport *transport, bell_qpair *qpair, const bell_command *command)
{
    struct kernel_device *device = kernel_device_of(transport);
    struct kernel_queue *queue = qpair->carrier;
    uint64_t sqe[8];
    memcpy(sqe, command->sqe, sizeof sqe);
    if (!queue)
        return bell_error_set(-ENODEV, "Queue %u has no memory; enable the controller again.", qpair->qid);
    int rc = kernel_command_check(device, qpair->qid == 0, command->flags, sqe);
    if (rc == 0 && command->data_bytes > transport->max_data_bytes)
        rc = bell_error_set(-E2BIG,
                            "/dev/%s: %" PRIu64 " bytes of data; a command through the kernel takes up to %" PRIu64 ".",
                            device->node, command->data_bytes, transport->max_data_bytes);
    if (rc == 0 && !queue->started)
        rc = thread_start(queue);
    return rc;
}

int kernel_queue_map(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, uint64_t iova, uint64_t bytes,
                     uint64_t sqe[8])
{
    struct kernel_queue *queue = qpair->carrier;
    struct mapped *mapped = &queue->mapped[cid];
    *mapped = (struct mapped){0};
    if (bytes == 0)
        return 0;
    mapped->memory = kernel_memory_use(queue->device, iova, bytes);
    if (!mapped->memory)
        return bell_error_set(-EINVAL, "No buffer of this device holds the %" PRIu64 " bytes at %#" PRIx64 ".", bytes,
                              iova);
    mapped->address = iova;
    mapped->bytes = (uint32_t)bytes;
    return 0;
}

/* As long as the sender is ready to wait, where the kernel would reset the controller before. 0: the kernel's own
 * limit. */
static uint32_t limit_ms(const struct bell_qpair *qpair, const struct bell_slot *slot)
{
    uint64_t own = qpair->qid == 0 ? ADMIN_LIMIT_MS : IO_LIMIT_MS;
    if (slot->deadline_ns == BELL_NEVER)
        return 0;
    uint64_t asked = (slot->deadline_ns - slot->submitted_ns) / BELL_NS_PER_MS;
    return asked > own ? (uint32_t)(asked < UINT32_MAX ? asked : UINT32_MAX) : 0;
}

void kernel_queue_post(bell_qpair *qpair, uint64_t sqe[8])
{
    struct kernel_queue *queue = qpair->carrier;
    uint16_t cid = (uint16_t)(sqe[0] >> 16);
    struct mapped *mapped = &queue->mapped[cid];
    struct request request = {.memory = mapped->memory, .cid = cid};
    struct nvme_passthru_cmd64 *command = &request.command;
    command->opcode = (uint8_t)sqe[0];
    command->nsid = (uint32_t)(sqe[0] >> 32);
    command->cdw2 = (uint32_t)sqe[1];
    command->cdw3 = (uint32_t)(sqe[1] >> 32);
    command->addr = mapped->address;
    command->data_len = mapped->bytes;
    memcpy(&command->cdw10, &sqe[SQE_CDW10], 24);
    command->timeout_ms = limit_ms(qpair, &qpair->slots[cid]);
    *mapped = (struct mapped){0};
    if (qpair->qid != 0 && kernel_namespace_get(queue->device, command->nsid, &request.space) < 0) {
        end_push(queue, cid, ENODEV, HOST_ABORTED | NVME_STATUS_DNR); /* gone since it was checked */
        request_leave(queue->device, &request);
        return;
    }
    command->metadata_len = kernel_metadata_bytes(request.space, sqe);
    if (command->metadata_len > 0) {
        command->metadata = sqe[SQE_MPTR];
        request.metadata = kernel_memory_use(queue->device, command->metadata, command->metadata_len);
    }

    pthread_mutex_lock(&queue->lock);
    queue->waiting[(queue->waiting_first + queue->waiting_count) % queue->depth] = request;
    queue->waiting_count++;
    pthread_cond_signal(&queue->work);
    pthread_mutex_unlock(&queue->lock);
}

/* ---- ends out ---------------------------------------------------------------------------------------------------- */

bool kernel_queue_take(bell_qpair *qpair, uint64_t cqe[2])
{
    struct kernel_queue *queue = qpair->carrier;
    if (!queue || bell_peek(&queue->ended_count) == 0)
        return false;
    pthread_mutex_lock(&queue->lock);
    memcpy(cqe, queue->ended[queue->ended_first], 16);
    queue->ended_first = (queue->ended_first + 1) % queue->depth;
    bell_poke(&queue->ended_count, queue->ended_count - 1);
    pthread_mutex_unlock(&queue->lock);
    return true;
}
