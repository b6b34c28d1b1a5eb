/* SPDX-License-Identifier: Apache-2.0 */
/* I/O qpairs: their ids, and creating and deleting them on the device. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "spec/nvme.h"
#include "support/error.h"

/* With the lock held. */
static bool qid_is_free(const bell_device *device, uint32_t id)
{
    return !(device->qids[id / 64] >> id % 64 & 1) && device->reserved_qids[id] == 0;
}

/* The lowest free id; 0 where there is none. With the lock held. */
static uint32_t qid_lowest(const bell_device *device)
{
    for (uint32_t id = 1; id < BELL_QIDS - 1; id++)
        if (qid_is_free(device, id))
            return id;
    return 0;
}

int bell_device_qid_take(bell_device *device, uint32_t qid)
{
    int rc = -ENOSPC;
    pthread_mutex_lock(&device->lock);
    uint32_t id = qid ? qid : qid_lowest(device);
    if (id != 0 && id < BELL_QIDS - 1 && qid_is_free(device, id)) {
        device->qids[id / 64] |= UINT64_C(1) << id % 64;
        rc = (int)id;
    }
    pthread_mutex_unlock(&device->lock);
    if (rc < 0 && qid)
        return bell_error_set(rc, "Queue id %u is in use or out of range (1 to %d).", qid, BELL_QIDS - 2);
    return rc < 0 ? bell_error_set(rc, "All queue ids are in use.") : rc;
}

int bell_qid_reserve(bell_device *device, uint32_t qid)
{
    if (!device || qid > BELL_QIDS - 2)
        return bell_error_set(-EINVAL, "Queue id %u is out of range: 1 to %d, or 0 for a free one.", qid,
                              BELL_QIDS - 2);
    pthread_mutex_lock(&device->lock);
    uint32_t id = qid ? qid : qid_lowest(device);
    bool full = id == 0 || device->reserved_qids[id] == UINT8_MAX;
    if (!full)
        device->reserved_qids[id]++;
    pthread_mutex_unlock(&device->lock);
    return full ? bell_error_set(-ENOSPC, "Queue id %u cannot be reserved once more, or all ids are in use.", qid)
                : (int)id;
}

int bell_qid_release(bell_device *device, uint32_t qid)
{
    if (!device || qid == 0 || qid > BELL_QIDS - 2)
        return bell_error_set(-EINVAL, "Queue id %u is not reserved.", qid);
    pthread_mutex_lock(&device->lock);
    bool reserved = device->reserved_qids[qid] > 0;
    device->reserved_qids[qid] -= reserved;
    pthread_mutex_unlock(&device->lock);
    return reserved ? 0 : bell_error_set(-EINVAL, "Queue id %u is not reserved.", qid);
}

void bell_device_qid_release(bell_device *device, uint32_t qid)
{
    pthread_mutex_lock(&device->lock);
    device->qids[qid / 64] &= ~(UINT64_C(1) << qid % 64);
    pthread_mutex_unlock(&device->lock);
}

static void list_add(bell_device *device, struct bell_qpair *qpair)
{
    pthread_mutex_lock(&device->lock);
    qpair->next = device->qpairs;
    device->qpairs = qpair;
    pthread_mutex_unlock(&device->lock);
}

static void list_remove(bell_device *device, struct bell_qpair *qpair)
{
    pthread_mutex_lock(&device->lock);
    struct bell_qpair **link = &device->qpairs;
    while (*link != qpair)
        link = &(*link)->next;
    *link = qpair->next;
    if (qpair->holds_qid)
        device->qids[qpair->qid / 64] &= ~(UINT64_C(1) << qpair->qid % 64);
    pthread_mutex_unlock(&device->lock);
}

static int config_check(bell_device *device, const bell_qpair_config *config)
{
    if (!bell_peek(&device->enabled) || !device->admin)
        return bell_error_set(-ENOTCONN, "%s: the controller is not enabled; enable it before creating queues.",
                              device->address);
    uint64_t cap;
    int rc = device->transport->ops->register_read(device->transport, NVME_REG_CAP, 8, &cap);
    if (rc < 0)
        return rc;
    uint64_t most = NVME_GET(cap, NVME_CAP_MQES) + 1;
    if (config->depth < 2 || config->depth > most)
        return bell_error_set(-EINVAL, "Queue depth %u is out of range: this controller takes 2 to %u (CAP.MQES + 1).",
                              config->depth, (unsigned)most);
    if (config->priority > 3)
        return bell_error_set(-EINVAL, "Queue priority %u is out of range: 0 (urgent) to 3 (low).", config->priority);
    if (config->interrupts && config->vector != BELL_NO_VECTOR && config->vector > UINT16_MAX)
        return bell_error_set(-EINVAL, "Interrupt vector %u does not fit in 16 bits.", config->vector);
    return 0;
}

static uint32_t vector_choose(const struct bell_transport *transport, const bell_qpair_config *config, uint32_t qid)
{
    if (!config->interrupts)
        return BELL_NO_VECTOR;
    if (config->vector != BELL_NO_VECTOR)
        return config->vector;
    return transport->vectors ? qid % transport->vectors : 0;
}

int bell_qpair_create(bell_device *device, const bell_qpair_config *config, bell_qpair **out)
{
    return bell_qpair_create_in(device, config, NULL, NULL, out);
}

static int place_check(const bell_device *device, const bell_buffer *buffer, const char *name, uint64_t bytes)
{
    if (!buffer)
        return 0;
    if (buffer->device != device)
        return bell_error_set(-EINVAL, "The %s's buffer belongs to another device.", name);
    if (!device->transport->function)
        return bell_error_set(-ENOTSUP, "%s has no queues in memory.", device->address);
    if (buffer->bytes < bytes || buffer->iova % device->page_bytes != 0)
        return bell_error_set(
            -EINVAL, "The %s needs %" PRIu64 " bytes at a multiple of %u; its buffer has %" PRIu64 " at %#" PRIx64 ".",
            name, bytes, device->page_bytes, buffer->bytes, buffer->iova);
    return 0;
}

int bell_qpair_create_in(bell_device *device, const bell_qpair_config *config, bell_buffer *sq, bell_buffer *cq,
                         bell_qpair **out)
{
    if (!device || !config || !out)
        return bell_error_set(-EINVAL, "No device, no configuration or no place for the queue was given.");
    int rc = config_check(device, config);
    if (rc == 0)
        rc = place_check(device, sq, "submission queue", UINT64_C(64) * config->depth);
    if (rc == 0)
        rc = place_check(device, cq, "completion queue", UINT64_C(16) * config->depth);
    if (rc < 0)
        return rc;
    int qid = bell_device_qid_take(device, config->qid);
    if (qid < 0)
        return qid;

    struct bell_transport *transport = device->transport;
    struct bell_qpair *qpair;
    bell_qpair_config chosen = *config;
    chosen.qid = (uint32_t)qid;
    rc = bell_qpair_new_in(device, &chosen, sq, cq, &qpair);
    if (rc < 0) {
        bell_device_qid_release(device, (uint32_t)qid);
        return rc;
    }
    qpair->priority = config->priority;
    qpair->vector = vector_choose(transport, config, (uint32_t)qid);
    qpair->holds_qid = true;
    list_add(device, qpair); /* before the device knows it: a reset meanwhile loses it like the others */
    rc = transport->ops->queue_create(transport, device->admin, qpair);
    if (rc < 0) {
        list_remove(device, qpair);
        bell_qpair_delete(qpair);
        return rc;
    }
    *out = qpair;
    return 0;
}

int bell_qpair_close(bell_qpair *qpair)
{
    if (!qpair)
        return bell_error_set(-EINVAL, "No queue was given.");
    bell_device *device = qpair->device;
    if (qpair == device->admin)
        return bell_error_set(-EINVAL, "The admin queue belongs to the device and cannot be closed.");
    if (bell_peek(&qpair->worker))
        return bell_error_set(-EBUSY, "Queue %u belongs to an I/O worker; close the worker.", qpair->qid);

    int rc = 0;
    if (!bell_peek(&qpair->lost))
        rc = device->transport->ops->queue_delete(device->transport, device->admin, qpair);
    list_remove(device, qpair);
    bell_qpair_delete(qpair);
    return rc;
}
