/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resets that a function can be told through its own config space. They leave BARs, the command register and MSI-X as
 * the device resets them: the caller programs them again.
 */
#ifndef BELL_PCI_RESET_H
#define BELL_PCI_RESET_H

#include "pci/function.h"

/*
 * bell_pci_reset_flr - Function Level Reset (PCIe Base 5.0 §6.6.2): bus mastering off, Initiate Function Level Reset,
 * then wait settle_ms (100 for real devices). -ENOTSUP where Device Capabilities say that the function has no FLR.
 */
int bell_pci_reset_flr(struct bell_pci_function *fn, uint32_t settle_ms);

/*
 * bell_pci_reset_pm - D3hot and back to D0 (PCI Power Management 1.2 §5.4), settle_ms (10 for real devices) after each
 * step. -ENOTSUP without the capability, or where No_Soft_Reset says that nothing is reset on the way.
 */
int bell_pci_reset_pm(struct bell_pci_function *fn, uint32_t settle_ms);

#endif
