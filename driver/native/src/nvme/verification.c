/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/verification.h"

#include <errno.h>
#include <stdlib.h>

#include "nvme/device.h"
#include "nvme/qpair.h"
#include "nvme/watch.h"
#include "support/error.h"

static struct bell_verification *verification_of(bell_device *device)
{
    pthread_mutex_lock(&device->lock);
    struct bell_verification *verification = device->verification;
    if (!verification) {
        verification = calloc(1, sizeof *verification);
        if (verification)
            pthread_mutex_init(&verification->lock, NULL);
        __atomic_store_n(&device->verification, verification, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&device->lock);
    return verification;
}

void bell_verification_free(struct bell_verification *verification)
{
    if (!verification)
        return;
    for (uint32_t i = 0; i < verification->count; i++)
        bell_integrity_drop(verification->namespaces[i]);
    free(verification->busy);
    pthread_mutex_destroy(&verification->lock);
    free(verification);
}

int bell_integrity_open(bell_device *device, const bell_integrity_config *config, bell_integrity **out)
{
    if (!device || !config || !out)
        return bell_error_set(-EINVAL, "No device, no configuration or no place for the verification was given.");
    struct bell_verification *verification = verification_of(device);
    if (!verification)
        return bell_error_set(-ENOMEM, "out of memory");
    bell_integrity *integrity;
    int rc = bell_integrity_new(config, &integrity);
    if (rc < 0)
        return rc;
    integrity->device = device;
    pthread_mutex_lock(&device->lock);
    uint32_t workers = device->workers;
    pthread_mutex_unlock(&device->lock);
    if (workers > 0) {
        bell_integrity_drop(integrity);
        return bell_error_set(-EBUSY,
                              "%s has %u workers, whose writes would not be followed; close them before verification "
                              "begins.",
                              device->address, workers);
    }
    pthread_mutex_lock(&verification->lock);
    for (uint32_t i = 0; rc == 0 && i < verification->count; i++) {
        if (verification->namespaces[i]->config.nsid == config->nsid)
            rc = -EEXIST;
    }
    if (rc == 0 && verification->count == BELL_VERIFIED_NAMESPACES)
        rc = -ENOSPC;
    if (rc == 0)
        verification->namespaces[verification->count++] = integrity;
    pthread_mutex_unlock(&verification->lock);
    if (rc == 0) {
        *out = integrity;
        return 0;
    }
    bell_integrity_drop(integrity);
    return rc == -EEXIST ? bell_error_set(rc, "Namespace %u of %s is under verification already; close that first.",
                                          config->nsid, device->address)
                         : bell_error_set(rc, "%s: at most %d namespaces can be under verification.", device->address,
                                          BELL_VERIFIED_NAMESPACES);
}

int bell_integrity_close(bell_integrity *integrity)
{
    if (!integrity)
        return bell_error_set(-EINVAL, "No verification was given.");
    struct bell_verification *verification = integrity->device->verification;
    pthread_mutex_lock(&verification->lock);
    uint32_t workers = integrity->workers;
    for (uint32_t i = 0; workers == 0 && i < verification->count; i++) {
        if (verification->namespaces[i] == integrity)
            verification->namespaces[i] = verification->namespaces[--verification->count];
    }
    pthread_mutex_unlock(&verification->lock);
    if (workers > 0)
        return bell_error_set(-EBUSY, "%u workers verify namespace %u; close them first.", workers,
                              integrity->config.nsid);
    bell_integrity_drop(integrity);
    return 0;
}

bell_integrity *bell_integrity_of(bell_device *device, uint32_t nsid)
{
    struct bell_verification *verification = __atomic_load_n(&device->verification, __ATOMIC_ACQUIRE);
    bell_integrity *found = NULL;

    if (!verification)
        return NULL;
    pthread_mutex_lock(&verification->lock);
    for (uint32_t i = 0; !found && i < verification->count; i++) {
        if (verification->namespaces[i]->config.nsid == nsid)
            found = verification->namespaces[i];
    }
    if (found)
        bell_integrity_hold(found);
    pthread_mutex_unlock(&verification->lock);
    return found;
}

void bell_integrity_worker(bell_integrity *integrity, int change)
{
    struct bell_verification *verification = integrity->device->verification;

    pthread_mutex_lock(&verification->lock);
    integrity->workers += (uint32_t)change;
    pthread_mutex_unlock(&verification->lock);
}

int bell_qpair_check(bell_qpair *qpair, int on)
{
    if (!qpair)
        return bell_error_set(-EINVAL, "No queue was given.");
    bell_poke(&qpair->unchecked, (uint32_t)(on == 0));
    return 0;
}

bool bell_busy_add(struct bell_verification *verification, const struct bell_busy_data *data, uint32_t count)
{
    bool alone = true;

    pthread_mutex_lock(&verification->lock);
    for (uint32_t i = 0; i < verification->busy_count; i++) {
        const struct bell_busy_data *busy = &verification->busy[i];
        for (uint32_t j = 0; alone && j < count; j++)
            alone = data[j].iova >= busy->iova + busy->bytes || busy->iova >= data[j].iova + data[j].bytes;
    }
    if (verification->busy_count + count > verification->busy_room) {
        uint32_t room = 2 * verification->busy_room + count;
        struct bell_busy_data *busy = realloc(verification->busy, room * sizeof *busy);
        if (busy) {
            verification->busy = busy;
            verification->busy_room = room;
        }
    }
    if (verification->busy_count + count <= verification->busy_room) {
        for (uint32_t j = 0; j < count; j++)
            verification->busy[verification->busy_count++] = data[j];
    }
    pthread_mutex_unlock(&verification->lock);
    return alone;
}

void bell_busy_remove(struct bell_verification *verification, const struct bell_busy_data *data, uint32_t count)
{
    pthread_mutex_lock(&verification->lock);
    for (uint32_t j = 0; j < count; j++) {
        for (uint32_t i = 0; i < verification->busy_count; i++) {
            if (verification->busy[i].iova != data[j].iova || verification->busy[i].bytes != data[j].bytes)
                continue;
            verification->busy[i] = verification->busy[--verification->busy_count];
            break;
        }
    }
    pthread_mutex_unlock(&verification->lock);
}

void bell_verification_upheaval(struct bell_verification *verification, uint32_t nsid, int change)
{
    pthread_mutex_lock(&verification->lock);
    for (uint32_t i = 0; i < verification->count; i++) {
        bell_integrity *integrity = verification->namespaces[i];
        if (nsid != UINT32_MAX && integrity->config.nsid != nsid)
            continue;
        /* One that was opened meanwhile has not counted the beginning. */
        if (change > 0 || bell_peek(&integrity->upheavals) > 0)
            __atomic_fetch_add(&integrity->upheavals, (uint32_t)change, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&verification->lock);
}
