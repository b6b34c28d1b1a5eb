/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nvme/address.h"
#include "nvme/qpair.h"
#include "nvme/watch.h"
#include "pci/function.h"
#include "spec/nvme.h"
#include "support/error.h"

enum { DEFAULT_TIMEOUT_MS = 10000, DEFAULT_PAGE_BYTES = 4096 };

int bell_device_attach(struct bell_transport *transport, const char *address, bell_device **out)
{
    struct bell_device *device = calloc(1, sizeof *device);
    if (!device)
        return bell_error_set(-ENOMEM, "No memory for the device %s.", address);
    device->transport = transport;
    snprintf(device->address, sizeof device->address, "%s", address);
    pthread_mutex_init(&device->lock, NULL);
    bell_dma_map_init(&device->dma);
    device->timeout_ns = DEFAULT_TIMEOUT_MS * BELL_NS_PER_MS;
    device->page_bytes = DEFAULT_PAGE_BYTES;
    device->read_only = transport->read_only;
    *out = device;
    return 0;
}

int bell_device_open(const char *address, bell_device **out)
{
    if (!address || !out)
        return bell_error_set(-EINVAL, "No device address or no place for the device was given.");
    if (strlen(address) >= sizeof((bell_device *)0)->address)
        return bell_error_set(-EINVAL, "The device address is longer than %zu characters.",
                              sizeof((bell_device *)0)->address - 1);

    struct bell_transport *transport;
    int rc = bell_address_open(address, &transport);
    if (rc < 0)
        return rc;
    rc = bell_device_attach(transport, address, out);
    if (rc < 0)
        transport->ops->close(transport);
    return rc;
}

static int close_check(bell_device *device)
{
    uint32_t qpairs = 0;
    pthread_mutex_lock(&device->lock);
    for (struct bell_qpair *qpair = device->qpairs; qpair; qpair = qpair->next)
        qpairs += !bell_peek(&qpair->worker);
    uint32_t workers = device->workers;
    uint32_t buffers = device->buffers;
    pthread_mutex_unlock(&device->lock);
    if (qpairs || workers || buffers)
        return bell_error_set(-EBUSY, "%s is in use: %u qpairs, %u workers and %u buffers are open; close them first.",
                              device->address, qpairs, workers, buffers);
    return 0;
}

int bell_device_close(bell_device *device)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    int rc = close_check(device);
    if (rc < 0)
        return rc;

    if (bell_peek(&device->enabled))
        bell_controller_disable(device); /* a device that does not obey is detached all the same */
    if (device->admin)
        bell_qpair_delete(device->admin);
    device->transport->ops->close(device->transport);
    bell_verification_free(device->verification);
    bell_dma_map_free(&device->dma);
    pthread_mutex_destroy(&device->lock);
    free(device);
    return 0;
}

int bell_device_get_info(bell_device *device, bell_device_info *out)
{
    if (!device || !out)
        return bell_error_set(-EINVAL, "No device or no place for its description was given.");
    const struct bell_transport *transport = device->transport;
    *out = (bell_device_info){.kind = transport->kind, .features = transport->features, .vectors = transport->vectors};
    if (transport->function) {
        out->config_bytes = transport->function->config_bytes;
        memcpy(out->bar_bytes, transport->function->bar_bytes, sizeof out->bar_bytes);
    }
    snprintf(out->address, sizeof out->address, "%s", device->address);
    snprintf(out->name, sizeof out->name, "%s", transport->name);
    return 0;
}

int bell_device_set_read_only(bell_device *device, int on)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    bell_poke(&device->read_only, (uint32_t)(on != 0));
    return 0;
}

int bell_device_is_read_only(bell_device *device)
{
    return device ? (int)bell_peek(&device->read_only) : bell_error_set(-EINVAL, "No device was given.");
}

int bell_device_write_check(bell_device *device, const char *what)
{
    if (!bell_peek(&device->read_only))
        return 0;
    return bell_error_set(-EPERM,
                          "%s is read-only and %s may change it. Allow writes first: lift the shield, give --force, or "
                          "open it with allowed writes.",
                          device->address, what);
}

void bell_device_lose(bell_device *device)
{
    pthread_mutex_lock(&device->lock);
    bell_poke(&device->enabled, UINT32_C(0));
    if (device->admin)
        bell_qpair_lose(device->admin);
    for (struct bell_qpair *qpair = device->qpairs; qpair; qpair = qpair->next) {
        bell_qpair_lose(qpair);
        qpair->holds_qid = false;
    }
    memset(device->qids, 0, sizeof device->qids);
    pthread_mutex_unlock(&device->lock);
}

/* Lock held. True: the queue was of the time before. */
static bool qpair_gone(struct bell_qpair *qpair)
{
    if (!qpair->gone || bell_peek(&qpair->lost) || bell_peek(qpair->gone) == bell_peek(&qpair->gone_seen))
        return false;
    bell_qpair_lose(qpair);
    return true;
}

void bell_device_gone(bell_device *device)
{
    pthread_mutex_lock(&device->lock);
    if (device->admin && qpair_gone(device->admin))
        bell_poke(&device->enabled, UINT32_C(0));
    for (struct bell_qpair *qpair = device->qpairs; qpair; qpair = qpair->next) {
        if (!qpair_gone(qpair) || !qpair->holds_qid)
            continue;
        qpair->holds_qid = false;
        device->qids[qpair->qid / 64] &= ~(UINT64_C(1) << qpair->qid % 64);
    }
    pthread_mutex_unlock(&device->lock);
}

bool bell_device_forgotten(bell_device *device, bool gone_counts)
{
    uint64_t cc;
    int rc = device->transport->ops->register_read(device->transport, NVME_REG_CC, 4, &cc);
    if (rc == -ENODEV || (rc == 0 && (uint32_t)cc == UINT32_MAX))
        return gone_counts;
    return rc == 0 && !(cc & NVME_CC_EN);
}

void bell_device_observe(bell_device *device)
{
    /* All ones may pass: memory space switched off, or D3hot, from which the controller can come back as it was. */
    if (bell_peek(&device->enabled) && bell_device_forgotten(device, false))
        bell_device_lose(device);
}

static void workers_count(bell_device *device, int32_t change)
{
    pthread_mutex_lock(&device->lock);
    device->workers += (uint32_t)change;
    pthread_mutex_unlock(&device->lock);
}

void bell_device_worker_opened(bell_device *device)
{
    workers_count(device, 1);
}

void bell_device_worker_closed(bell_device *device)
{
    workers_count(device, -1);
}
