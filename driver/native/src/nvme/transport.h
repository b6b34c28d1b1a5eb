/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the NVMe core reaches a controller: over a PCI function (pcie.c), and over whatever else carries registers and
 * queues.
 *
 * A transport whose queues are rings in memory that the device can reach gives them to the core in queue_open
 * (bell_qpair.ring) and leaves queue_post and queue_take NULL; the core then fills and empties the rings itself,
 * inline. A message transport leaves the rings NULL and implements these two.
 *
 * All functions return 0 or a negative errno with the error text set. Pointers marked "optional" may be NULL.
 */
#ifndef BELL_NVME_TRANSPORT_H
#define BELL_NVME_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "doorbell.h"

struct bell_pci_function;
struct bell_transport;
struct nvme_sgl;

struct bell_transport_ops {
    /* NVMe registers (Fabrics: properties); width 4 or 8. Safe from any thread. */
    int (*register_read)(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t *value);
    int (*register_write)(struct bell_transport *transport, uint32_t offset, uint32_t width, uint64_t value);

    /* Make a connection that has ended anew; nothing to do if it stands. Before a controller is brought up. Optional.
     */
    int (*reconnect)(struct bell_transport *transport);
    /* Why a queue was lost, a sentence; "": nothing more to say. Optional. Safe from any thread. */
    void (*lost_reason)(bell_qpair *qpair, char *text, size_t room);

    /* Zeroed memory, 4 KiB aligned, that commands can name by its IOVA. */
    int (*dma_alloc)(struct bell_transport *transport, uint64_t bytes, void **vaddr, uint64_t *iova);
    void (*dma_free)(struct bell_transport *transport, void *vaddr, uint64_t iova, uint64_t bytes);

    /* Everything between CC.EN=0 and CC.EN=1 that is not an NVMe register: bus mastering, interrupts. */
    int (*enable)(struct bell_transport *transport);

    /* Memory, all zero, and doorbells of a queue; qid, depth and page_bytes of the qpair are set. The device is not
     * told yet. */
    int (*queue_open)(struct bell_transport *transport, bell_qpair *qpair);
    void (*queue_close)(struct bell_transport *transport, bell_qpair *qpair);

    /* Tell the device of an opened queue: AQA, ASQ and ACQ for the admin queue; commands on the admin queue for the
     * others. */
    int (*admin_attach)(struct bell_transport *transport, bell_qpair *admin);
    int (*queue_create)(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair);
    int (*queue_delete)(struct bell_transport *transport, bell_qpair *admin, bell_qpair *qpair);

    /* Refuse a command that cannot be carried as its sender means it: -ENOTSUP, -E2BIG or -EINVAL. Before data_map.
     * Optional. */
    int (*command_check)(struct bell_transport *transport, bell_qpair *qpair, const bell_command *command);

    /* Describe the data of command slot `cid` in the SQE. -EINVAL and -E2BIG as bell_qpair_submit says. */
    int (*data_map)(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid, uint64_t iova, uint64_t bytes,
                    uint64_t sqe[8]);
    /* The same with an SGL of the caller's descriptors, in segments of at most `segment`. Optional: NULL where the
     * transport describes data in a way of its own. */
    int (*sgl_map)(struct bell_transport *transport, bell_qpair *qpair, uint16_t cid,
                   const struct nvme_sgl *descriptors, uint32_t count, uint32_t segment, uint64_t sqe[8]);
    /* Optional. Of the command whose slot was taken last; what it changes in the SQE is what the command log shows. */
    void (*queue_post)(bell_qpair *qpair, uint64_t sqe[8]);
    bool (*queue_take)(bell_qpair *qpair, uint64_t cqe[2]); /* optional; true: one completion taken */
    void (*queue_ring)(bell_qpair *qpair, uint32_t tail);   /* where the doorbells are not mapped */
    void (*queue_wake)(bell_qpair *qpair);                  /* optional; the device sleeps and doorbells were stored */

    /* Called in polling loops when nothing came back; false: the core waits by its own rule. Optional. */
    bool (*relax)(struct bell_transport *transport);

    void (*close)(struct bell_transport *transport);
};

struct bell_transport {
    const struct bell_transport_ops *ops;
    struct bell_pci_function *function; /* NULL where the device is not a PCI function */
    uint32_t kind;                      /* BELL_KIND_... */
    uint32_t features;                  /* BELL_HAS_... */
    uint32_t vectors;
    uint32_t data_blocks; /* 1: commands that are posted without data_map name their data by an SGL data block of local
                             memory; 0: by PRPs */
    char absent[256];     /* why BELL_HAS_... bits are missing and what to do, a sentence; "": nothing to say */
    uint32_t read_only;   /* 1: the device starts read-only, see bell_device_set_read_only */
    uint64_t max_data_bytes; /* largest data of one command that the transport carries; 0: no limit of its own */
    char name[64];
};

/** bell_pcie_open - the PCIe transport over function, which it then owns and closes. On failure the function is still
 * the caller's. */
int bell_pcie_open(struct bell_pci_function *function, struct bell_transport **out);

#endif
