/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MSI-X aimed at host memory: for functions whose interrupt messages are plain memory writes that the driver may direct
 * (a simulated SSD, QEMU's model without a guest). Every vector gets a dword in a DMA page; the message's data lands
 * there, so that an interrupt is seen by reading memory.
 *
 * Threads: bell_msix_find, _setup and _release are called by one thread at a time; the others from any thread.
 */
#ifndef BELL_PCI_MSIX_H
#define BELL_PCI_MSIX_H

#include "pci/function.h"

struct bell_msix {
    uint32_t capability; /* offset in config space; 0: the function has no MSI-X */
    uint32_t vectors;
    uint32_t table_bar;
    uint64_t table_offset;
    _Atomic uint32_t *_Atomic cells; /* one dword a vector; NULL before the first setup */
    uint64_t cells_iova;
    uint64_t cells_bytes;
};

/*
 * bell_msix_find - read the MSI-X capability (PCI Local Bus 3.0 §6.8.2) through fn's config_read.
 * Return: 0 (msix->vectors is 0 when the function has none), -EIO where the capability list has a loop.
 */
int bell_msix_find(struct bell_pci_function *fn, struct bell_msix *msix);

/*
 * bell_msix_setup - clear the cells, aim every vector at its own, unmask all and enable MSI-X. Call it again after a
 * reset. The BAR must be decoding and bus mastering on. QEMU's model binds a vector when its completion queue is
 * created, so this comes before CC.EN = 1.
 */
int bell_msix_setup(struct bell_pci_function *fn, struct bell_msix *msix);

/* Return: 1 or 0 for isset, 0 for the others; -EINVAL for a vector the function has not. */
int bell_msix_isset(const struct bell_msix *msix, uint32_t vector);
int bell_msix_clear(const struct bell_msix *msix, uint32_t vector);
int bell_msix_mask(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector);
int bell_msix_unmask(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector);

/* bell_msix_release - give the DMA page back; the device must have been stopped or reset before. */
void bell_msix_release(struct bell_pci_function *fn, struct bell_msix *msix);

#endif
