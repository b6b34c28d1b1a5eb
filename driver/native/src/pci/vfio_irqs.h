/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of a VFIO function through eventfds: MSI-X, else MSI, else the pin. A vector is seen by reading its
 * eventfd's counter; nobody waits for it.
 *
 * Masking is the hardware's wherever it can be reached: the MSI-X table where it is mapped, the mask bits of MSI, the
 * kernel's masking of the pin. Elsewhere a masked vector is only not shown until it is unmasked.
 *
 * Threads: open, setup and close by one at a time; the others from any.
 */
#ifndef BELL_PCI_VFIO_IRQS_H
#define BELL_PCI_VFIO_IRQS_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/function.h"
#include "pci/vfio_bars.h"

struct bell_vfio_vector {
    int event; /* eventfd, -1 before the first setup */
    uint32_t set;
    uint32_t hidden; /* masked in software */
};

struct bell_vfio_irqs {
    struct bell_pci_function *fn;
    struct bell_vfio_bars *bars;
    int device;
    uint32_t index;   /* VFIO_PCI_..._IRQ_INDEX */
    uint32_t count;   /* vectors of that kind; 0: the function has no interrupt at all */
    uint32_t granted; /* of these, the kernel gave */
    bool on;
    uint32_t capability; /* of MSI or MSI-X in config space */
    uint32_t table_bar;
    uint64_t table_offset;
    struct bell_vfio_vector *vectors;
};

/* bell_vfio_irqs_open - which kind the function has; fn's config_read works, bars are open. */
int bell_vfio_irqs_open(struct bell_vfio_irqs *irqs, struct bell_pci_function *fn, struct bell_vfio_bars *bars,
                        int device);
void bell_vfio_irqs_close(struct bell_vfio_irqs *irqs);

/* bell_vfio_irqs_setup - clear, connect and unmask every vector; again after a reset. -EMFILE: too few open files are
 * allowed for so many vectors. */
int bell_vfio_irqs_setup(struct bell_vfio_irqs *irqs);

/* Return as bell_pci_ops: 1 or 0 for isset, 0 for the others, -EINVAL for a vector that is not there. */
int bell_vfio_irqs_isset(struct bell_vfio_irqs *irqs, uint32_t vector);
int bell_vfio_irqs_clear(struct bell_vfio_irqs *irqs, uint32_t vector);
int bell_vfio_irqs_mask(struct bell_vfio_irqs *irqs, uint32_t vector, bool masked);

/* bell_vfio_event_connect - an eventfd for one of the function's own notices (VFIO_PCI_REQ_IRQ_INDEX). -1: none. */
int bell_vfio_event_connect(int device, uint32_t index);

/* bell_vfio_event_take - whether an eventfd was signalled since the last call. */
bool bell_vfio_event_take(int event);

#endif
