/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lending the simulated function to another process: what a server needs beyond bell_pci_ops. The doorbells move into a
 * memory file that the other process maps, memory is what it lends, and interrupts are eventfds.
 *
 * Threads: one at a time, not the device's. A function that is lent is not used otherwise.
 */
#ifndef BELL_SIM_LEND_H
#define BELL_SIM_LEND_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/function.h"
#include "sim/iommu.h"

/*
 * sim_lend - put the doorbell page at offset NVME_REG_DOORBELLS of a memory file, *fd, which is the caller's to close.
 * From here on the device looks at the doorbells at least once a millisecond while its controller is enabled, for who
 * stores there wakes nobody.
 */
int sim_lend(struct bell_pci_function *fn, int *fd);

/* sim_lend_cmb - memory file of the controller memory buffer, all of BAR2, which stays the function's; -1: none. */
int sim_lend_cmb(struct bell_pci_function *fn);

/* sim_lend_remote - how memory is reached that cannot be mapped. Set it while none is mapped. */
void sim_lend_remote(struct bell_pci_function *fn, const struct sim_remote *remote);

/* sim_lend_map, sim_lend_unmap - as sim_iommu_map and _unmap. */
int sim_lend_map(struct bell_pci_function *fn, uint64_t iova, uint64_t bytes, uint8_t *host, uint32_t access,
                 bool remote);
int sim_lend_unmap(struct bell_pci_function *fn, uint64_t iova, uint64_t bytes);

/*
 * sim_lend_irq - MSI-X vector `vector` writes to this eventfd, whatever the MSI-X table in BAR0 says; -1: no more. When
 * it returns the former one is not used any more. -EINVAL without such a vector. sim_lend_irq_mask: while masked,
 * events wait, and come with the unmasking. sim_lend_irq_raise: as if the device had.
 */
int sim_lend_irq(struct bell_pci_function *fn, uint32_t vector, int eventfd);
int sim_lend_irq_mask(struct bell_pci_function *fn, uint32_t vector, bool mask);
int sim_lend_irq_raise(struct bell_pci_function *fn, uint32_t vector);

/* sim_lend_renew - as after power-on: the function reset, config space as firmware leaves it, no eventfds. */
void sim_lend_renew(struct bell_pci_function *fn);

#endif
