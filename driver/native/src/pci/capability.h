/* SPDX-License-Identifier: Apache-2.0 */
/* The capability list in the first 256 bytes of config space (PCI Local Bus 3.0 §6.7). */
#ifndef BELL_PCI_CAPABILITY_H
#define BELL_PCI_CAPABILITY_H

#include "pci/function.h"

/* bell_pci_capability_find - *offset is 0 where fn has none of that id (enum pci_capability).
 * Return: 0, or a negative errno (-EIO: the list is a loop). */
int bell_pci_capability_find(struct bell_pci_function *fn, uint32_t id, uint32_t *offset);

/* bell_pci_extended_find - likewise in the space from 256 bytes on (PCI Express Base 4.0 §7.6.3), enum
 * pci_extended_capability. */
int bell_pci_extended_find(struct bell_pci_function *fn, uint32_t id, uint32_t *offset);

#endif
