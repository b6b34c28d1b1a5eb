/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BELL_NVME_PCIE_H
#define BELL_NVME_PCIE_H

#include <stdint.h>

struct bell_pci_function;

/** bell_pcie_command_set - set bits of the PCI command register, PCI_COMMAND_..., and leave the others. */
int bell_pcie_command_set(struct bell_pci_function *function, uint32_t bits);

#endif
