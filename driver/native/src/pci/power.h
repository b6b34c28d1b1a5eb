/* SPDX-License-Identifier: Apache-2.0 */
/* Power states of a function (PCI Express Base 4.0 §5.3, §7.5.2). */
#ifndef BELL_PCI_POWER_H
#define BELL_PCI_POWER_H

#include "pci/function.h"

/*
 * bell_pci_power_set - ask for PCI_PM_D0 .. PCI_PM_D3HOT and wait the 10 ms that a function may take for it. A function
 * that resets itself on its way from D3hot to D0 gets its command register and BARs back, so that it stays reachable;
 * its controller is disabled then.
 * Return: 0, -ENOTSUP without the Power Management capability.
 */
int bell_pci_power_set(struct bell_pci_function *fn, uint32_t state);

#endif
