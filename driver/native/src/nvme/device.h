/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attached device: its transport, what is open on it, and the state of its controller as the driver knows it.
 *
 * The lock guards the list of qpairs, the queue ids and the counts; it is never held while a command runs.
 */
#ifndef BELL_NVME_DEVICE_H
#define BELL_NVME_DEVICE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "nvme/dma_map.h"
#include "nvme/transport.h"

enum { BELL_QIDS = 65536 };

struct bell_device {
    struct bell_transport *transport;
    char address[256];

    pthread_mutex_t lock;
    struct bell_qpair *qpairs; /* I/O qpairs, dead ones too */
    uint64_t qids[BELL_QIDS / 64];
    uint8_t reserved_qids[BELL_QIDS]; /* how often each is reserved, by users that make queues themselves */
    uint32_t buffers;
    uint32_t workers;

    struct bell_dma_map dma;
    struct bell_verification *verification; /* NULL until a namespace was first put under verification */

    struct bell_qpair *admin; /* NULL before the first enable */
    uint64_t timeout_ns;
    uint32_t page_bytes; /* CC.MPS of the last enable */
    uint32_t read_only;  /* 1: nothing that may change the device is sent, see bell_device_set_read_only */
    uint32_t enabled;    /* 1: bell_controller_enable succeeded and nothing has disabled the controller since */
};

struct bell_buffer {
    bell_device *device;
    void *data;
    uint64_t iova;
    uint64_t bytes;
    bool in_bar; /* the memory is the device's */
};

/** bell_device_attach - make a device of an open transport, which it owns afterwards. */
int bell_device_attach(struct bell_transport *transport, const char *address, bell_device **out);

/** bell_device_lose - every qpair is lost, the admin qpair too; the controller is no longer enabled. Safe from any
 * thread. */
void bell_device_lose(bell_device *device);

/** bell_device_gone - the function has gone (bell_pci_function.gone): every qpair from before is lost. Those of a
 * controller that came back and was enabled since are not. Safe from any thread. */
void bell_device_gone(bell_device *device);

/**
 * bell_device_observe - look whether the controller is still enabled after the user wrote to a register or to config
 * space, which may have disabled or reset it behind the driver's back; if not, every qpair is lost.
 */
void bell_device_observe(bell_device *device);

/** bell_device_forgotten - whether CC.EN reads 0, or all ones as on a device that has gone: then no queue will answer.
 */
bool bell_device_forgotten(bell_device *device, bool gone_counts);

/** bell_device_write_check - -EPERM with a text that names what, while the device is read-only; else 0. */
int bell_device_write_check(bell_device *device, const char *what);

/** bell_device_worker_opened - count I/O workers; a device with workers cannot be closed. */
void bell_device_worker_opened(bell_device *device);
void bell_device_worker_closed(bell_device *device);

/** bell_device_dma_alloc - DMA memory that is not counted as a buffer: zeroed, 4 KiB aligned, contiguous in IOVA space.
 */
int bell_device_dma_alloc(bell_device *device, uint64_t bytes, void **vaddr, uint64_t *iova);
void bell_device_dma_free(bell_device *device, void *vaddr, uint64_t iova, uint64_t bytes);

/* Queue ids: take qid, or the lowest free one where it is 0. Negative errno, else the id. */
int bell_device_qid_take(bell_device *device, uint32_t qid);
void bell_device_qid_release(bell_device *device, uint32_t qid);

#endif
