/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BELL_PCI_VFIO_REFUSAL_H
#define BELL_PCI_VFIO_REFUSAL_H

#include "pci/place.h"

/*
 * bell_vfio_refusal - whether a function may be driven: it is an NVMe controller, bound to vfio-pci, behind an IOMMU.
 * Return: 0; -EBUSY (another driver has it, and the words say who uses its namespaces), -ENODEV, -ENOTSUP.
 */
int bell_vfio_refusal(const char *root, const struct bell_place *place);

#endif
