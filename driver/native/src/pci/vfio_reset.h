/* SPDX-License-Identifier: Apache-2.0 */
/* Resets that the kernel carries out. It saves config space before and restores it afterwards, BARs and command
 * register included. */
#ifndef BELL_PCI_VFIO_RESET_H
#define BELL_PCI_VFIO_RESET_H

#include <stdint.h>

#include "pci/function.h"
#include "pci/vfio_iommu.h"

/* bell_vfio_reset_function - Function Level Reset. -ENOTSUP where the function has none. */
int bell_vfio_reset_function(struct bell_pci_function *fn, int device, uint32_t settle_ms);

/*
 * bell_vfio_reset_hot - the bus behind the upstream port, with every function on it. -ENOTSUP where there is no such
 * port; -EBUSY, with their names, where functions of other owners sit on the bus.
 */
int bell_vfio_reset_hot(struct bell_pci_function *fn, const struct bell_vfio_iommu *iommu, uint32_t settle_ms);

#endif
