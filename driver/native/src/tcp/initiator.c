/* SPDX-License-Identifier: Apache-2.0 */
/* The NVMe/TCP transport: NVMe over Fabrics (NVM Express Base 2.0c) over TCP (NVMe/TCP Transport Specification 1.0). */
#include "tcp/initiator.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/atomics.h"
#include "support/clock.h"
#include "support/error.h"
#include "tcp/host.h"

enum {
    ADMIN_ENTRIES = 128, /* of the first association, as bell_controller_enable makes them by default */
    GOODBYE_MS = 2000,
};

/* ---- registers: properties, 3.1.3 -------------------------------------------------------------------------------- */

static int property_width(uint32_t offset)
{
    switch (offset) {
    case NVME_REG_CAP:
        return 8;
    case NVME_REG_VS:
    case NVME_REG_CC:
    case NVME_REG_CSTS:
    case NVME_REG_NSSR:
    case NVME_REG_NSSD:
    case NVME_REG_CRTO:
        return 4;
    default:
        return 0;
    }
}

static int no_property(const struct tcp_host *host, uint32_t offset, uint32_t width)
{
    return bell_error_set(-ENOTSUP,
                          "%s: a controller on Fabrics has no register of %u bytes at %#x; its properties are CAP, VS, "
                          "CC, CSTS, NSSR, NSSD and CRTO.",
                          host->name, width, offset);
}

static int register_read(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t *value)
{
    struct tcp_host *host = tcp_host_of(transport);
    if (width == 4 && (offset == NVME_REG_CAP || offset == NVME_REG_CAP + 4)) {
        int rc = host_property_get(host, NVME_REG_CAP, 8, value);
        *value = rc < 0 ? 0 : offset == NVME_REG_CAP ? *value & UINT32_MAX : *value >> 32;
        return rc;
    }
    if (property_width(offset) != (int)width)
        return no_property(host, offset, width);
    return host_property_get(host, offset, width, value);
}

static int register_write(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t value)
{
    struct tcp_host *host = tcp_host_of(transport);
    if (property_width(offset) != (int)width)
        return no_property(host, offset, width);
    return host_property_set(host, offset, width, value);
}

/* ---- associations ------------------------------------------------------------------------------------------------ */

/* Leave the connections of I/O queues that the controller will not know any more; their owners close them. */
static void io_queues_cut(struct tcp_host *host)
{
    pthread_mutex_lock(&host->queues_lock);
    for (const struct host_queue *queue = host->queues; queue; queue = queue->next)
        if (!bell_peek(&queue->dead) && queue->socket >= 0)
            shutdown(queue->socket, SHUT_WR);
    pthread_mutex_unlock(&host->queues_lock);
}

/* Hang up, if there is a connection, and connect anew. With host->internal and the admin lock. */
static int admin_connect(struct tcp_host *host, uint32_t slots, uint32_t entries)
{
    struct host_queue *queue = &host->admin;
    io_queues_cut(host);
    pthread_mutex_lock(&queue->lock);
    host_queue_hang_up(queue, queue->dead ? 0 : GOODBYE_MS);
    int rc = host_queue_slots(queue, slots);
    pthread_mutex_unlock(&queue->lock);
    uint64_t deadline = bell_now() + host->options.timeout_ms * BELL_NS_PER_MS;
    if (rc == 0) {
        rc = tcp_resolve(host->options.host, host->options.port, deadline, host->places);
        host->place_count = rc;
    }
    if (rc > 0)
        rc = host_queue_connect(queue, entries);
    if (rc == 0) {
        queue->used = false;
        host->io_capsule = HOST_UNKNOWN;
    }
    return rc;
}

static int reconnect(struct bell_transport *transport)
{
    struct tcp_host *host = tcp_host_of(transport);
    pthread_mutex_lock(&host->internal);
    int rc = bell_peek(&host->admin.dead) ? admin_connect(host, host->admin.slots, host->admin.entries) : 0;
    pthread_mutex_unlock(&host->internal);
    return rc;
}

/* ---- queues ------------------------------------------------------------------------------------------------------ */

static int admin_open(struct tcp_host *host, bell_qpair *qpair)
{
    struct host_queue *queue = &host->admin;
    int rc = 0;
    pthread_mutex_lock(&host->internal);
    /* A controller that was used is left for a new one: what it still owes would be taken for answers to commands of
     * the queue's new life. */
    if (bell_peek(&queue->dead) || queue->used || qpair->depth > queue->entries) {
        rc = admin_connect(host, qpair->depth - 1, qpair->depth > queue->entries ? qpair->depth : queue->entries);
    } else {
        pthread_mutex_lock(&queue->lock);
        rc = host_queue_slots(queue, qpair->depth - 1);
        pthread_mutex_unlock(&queue->lock);
    }
    pthread_mutex_lock(&queue->lock);
    if (rc == 0) {
        queue->qpair = qpair;
        host->device = qpair->device;
        qpair->carrier = queue;
    }
    pthread_mutex_unlock(&queue->lock);
    pthread_mutex_unlock(&host->internal);
    return rc;
}

static int queue_open(struct bell_transport *transport, bell_qpair *qpair)
{
    struct tcp_host *host = tcp_host_of(transport);
    if (qpair->qid == 0)
        return admin_open(host, qpair);
    struct host_queue *queue = calloc(1, sizeof *queue);
    int rc = queue ? host_queue_init(queue, host, (uint16_t)qpair->qid, qpair->depth - 1)
                   : bell_error_set(-ENOMEM, "No memory for queue %u.", qpair->qid);
    if (rc < 0) {
        if (queue)
            host_queue_free(queue);
        free(queue);
        return rc;
    }
    queue->qpair = qpair;
    qpair->carrier = queue;
    pthread_mutex_lock(&host->queues_lock);
    queue->next = host->queues;
    host->queues = queue;
    pthread_mutex_unlock(&host->queues_lock);
    return 0;
}

static void queue_close(struct bell_transport *transport, bell_qpair *qpair)
{
    struct tcp_host *host = tcp_host_of(transport);
    struct host_queue *queue = qpair->carrier;
    if (!queue)
        return;
    qpair->carrier = NULL;
    if (queue->shared) {
        pthread_mutex_lock(&queue->lock);
        queue->qpair = NULL;
        host->device = NULL;
        pthread_mutex_unlock(&queue->lock);
        return;
    }
    pthread_mutex_lock(&host->queues_lock);
    struct host_queue **link = &host->queues;
    while (*link != queue)
        link = &(*link)->next;
    *link = queue->next;
    pthread_mutex_unlock(&host->queues_lock);
    host_queue_free(queue);
    free(queue);
}

static int queue_create(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair)
{
    struct tcp_host *host = tcp_host_of(transport);
    struct host_queue *queue = qpair->carrier;
    if (qpair->vector != BELL_NO_VECTOR)
        return bell_error_set(-ENOTSUP, "%s: NVMe over TCP has no interrupts; create the queue without.", host->name);
    int rc = host_controller_learn(host);
    if (rc == 0)
        rc = host_queue_connect(queue, qpair->depth);
    if (rc < 0)
        return rc;
    queue->in_most = host->io_capsule;
    return 0;
}

static int queue_delete(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair)
{
    host_queue_disconnect(qpair->carrier);
    return 0;
}

static int nothing_to_enable(struct bell_transport *transport)
{
    return 0;
}

static int admin_attach(struct bell_transport *transport, bell_qpair *admin)
{
    return 0;
}

static int dma_alloc(struct bell_transport *transport, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return host_memory_alloc(tcp_host_of(transport), bytes, vaddr, iova);
}

static void dma_free(struct bell_transport *transport, void *vaddr, uint64_t iova, uint64_t bytes)
{
    host_memory_free(tcp_host_of(transport), vaddr);
}

static void lost_reason(struct bell_qpair *qpair, char *text, size_t room)
{
    struct tcp_host *host = tcp_host_of(qpair->transport);
    text[0] = '\0';
    pthread_mutex_lock(&host->reason_lock);
    if (host->io_reason[0] && host->io_reason_qid == qpair->qid && qpair->qid != 0)
        snprintf(text, room, "The connection has ended: %s.", host->io_reason);
    else if (bell_peek(&host->admin.dead) && host->reason[0])
        snprintf(text, room, "The connection of the admin queue has ended: %s.", host->reason);
    pthread_mutex_unlock(&host->reason_lock);
}

/* ---- keep alive, 3.9 --------------------------------------------------------------------------------------------- */

/*
 * The one thread of an open device: twice in each KATO it sends Keep Alive, whether queues are polled or not, and
 * receives the answer. That is also how the end of an idle connection is noticed.
 */
static void *alive_main(void *context)
{
    struct tcp_host *host = context;
    pthread_mutex_lock(&host->alive_lock);
    while (!host->alive_stop) {
        uint64_t until = bell_now() + host->options.kato_ms * BELL_NS_PER_MS / 2;
        const struct timespec time = {.tv_sec = (time_t)(until / BELL_NS_PER_S),
                                      .tv_nsec = (long)(until % BELL_NS_PER_S)};
        while (!host->alive_stop && pthread_cond_timedwait(&host->alive_wake, &host->alive_lock, &time) != ETIMEDOUT)
            ;
        if (host->alive_stop)
            break;
        pthread_mutex_unlock(&host->alive_lock);
        if (!bell_peek(&host->admin.dead))
            host_keep_alive(host);
        pthread_mutex_lock(&host->alive_lock);
    }
    pthread_mutex_unlock(&host->alive_lock);
    return NULL;
}

static int alive_start(struct tcp_host *host)
{
    sigset_t all, before;
    if (host->options.kato_ms == 0)
        return 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&host->alive_thread, NULL, alive_main, host);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    host->alive_started = code == 0;
    return code ? bell_error_set(-code, "The keep alive thread cannot be started: %s.", strerror(code)) : 0;
}

static void alive_end(struct tcp_host *host)
{
    pthread_mutex_lock(&host->alive_lock);
    host->alive_stop = true;
    pthread_cond_signal(&host->alive_wake);
    pthread_mutex_unlock(&host->alive_lock);
    if (host->alive_started)
        pthread_join(host->alive_thread, NULL);
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static void tcp_close(struct bell_transport *transport)
{
    struct tcp_host *host = tcp_host_of(transport);
    alive_end(host);
    host_queue_hang_up(&host->admin, bell_peek(&host->admin.dead) ? 0 : GOODBYE_MS);
    host_queue_free(&host->admin);
    if (host->trace)
        tcp_trace_close(host->trace);
    host_memory_drop(&host->memory);
    pthread_cond_destroy(&host->alive_wake);
    pthread_mutex_destroy(&host->alive_lock);
    pthread_mutex_destroy(&host->reason_lock);
    pthread_mutex_destroy(&host->queues_lock);
    pthread_mutex_destroy(&host->internal);
    free(host);
}

static const struct bell_transport_ops tcp_ops = {
    .register_read = register_read,
    .register_write = register_write,
    .reconnect = reconnect,
    .lost_reason = lost_reason,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .enable = nothing_to_enable,
    .queue_open = queue_open,
    .queue_close = queue_close,
    .admin_attach = admin_attach,
    .queue_create = queue_create,
    .queue_delete = queue_delete,
    .command_check = host_command_check,
    .data_map = host_data_map,
    .sgl_map = host_sgl_map,
    .queue_post = host_post,
    .queue_take = host_take,
    .queue_ring = host_ring_tail,
    .close = tcp_close,
};

static struct tcp_host *host_new(void)
{
    struct tcp_host *host = calloc(1, sizeof *host);
    pthread_condattr_t attributes;
    if (!host)
        return NULL;
    host->transport.ops = &tcp_ops;
    host->transport.kind = BELL_KIND_TCP;
    host->transport.features = BELL_HAS_REGISTERS | BELL_HAS_QPAIRS;
    host->transport.data_blocks = 1;
    host->io_capsule = HOST_UNKNOWN;
    pthread_mutex_init(&host->internal, NULL);
    pthread_mutex_init(&host->queues_lock, NULL);
    pthread_mutex_init(&host->reason_lock, NULL);
    pthread_mutex_init(&host->alive_lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&host->alive_wake, &attributes);
    pthread_condattr_destroy(&attributes);
    host_memory_init(&host->memory);
    return host;
}

/* "nqn.2014-08.org.example:disk" is "disk" to people. */
static void name_set(struct tcp_host *host)
{
    const struct tcp_options *options = &host->options;
    const char *colon = strrchr(options->subnqn, ':');
    const char *name = tcp_options_discovery(options) ? "Discovery service"
                       : colon && colon[1]            ? colon + 1
                                                      : options->subnqn;
    snprintf(host->transport.name, sizeof host->transport.name, "%.40s", name);
    snprintf(host->name, sizeof host->name, strchr(options->host, ':') ? "[%s]:%s" : "%s:%s", options->host,
             options->port);
    snprintf(host->transport.absent, sizeof host->transport.absent,
             "%.100s is reached over TCP: it has no config space, BARs, doorbells or interrupts.", host->name);
}

int bell_tcp_open(const char *address, struct bell_transport **out)
{
    struct tcp_host *host = host_new();
    if (!host)
        return bell_error_set(-ENOMEM, "No memory for %s.", address);
    int parsed = tcp_options_parse(address, &host->options);
    int rc = host_queue_init(&host->admin, host, 0, ADMIN_ENTRIES - 1);
    host->admin.shared = true;
    rc = parsed < 0 ? parsed : rc;
    if (rc == 0)
        rc = tcp_identity_fill(&host->options);
    if (rc == 0 && host->options.trace[0])
        rc = tcp_trace_open(host->options.trace, &host->trace);
    if (rc == 0) {
        name_set(host);
        pthread_mutex_lock(&host->internal);
        rc = admin_connect(host, ADMIN_ENTRIES - 1, ADMIN_ENTRIES);
        pthread_mutex_unlock(&host->internal);
    }
    if (rc == 0)
        rc = alive_start(host);
    if (rc < 0) {
        tcp_close(&host->transport);
        return rc;
    }
    *out = &host->transport;
    return 0;
}
