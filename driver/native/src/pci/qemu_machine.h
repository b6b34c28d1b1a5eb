/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU machine without a guest: a q35 board whose CPU never runs, one to four NVMe controllers, each behind a PCIe
 * root port, and RAM that we share. Nothing of it has a name in the file system: RAM and log are memory files, the
 * private disk is unlinked from the start, and the qtest socket is one half of a pair.
 *
 * Threads: any.
 */
#ifndef BELL_PCI_QEMU_MACHINE_H
#define BELL_PCI_QEMU_MACHINE_H

#include "pci/dma_pool.h"
#include "pci/qemu_options.h"
#include "pci/qemu_process.h"
#include "pci/qtest.h"
#include "pci/shared.h"

/* Guest-physical address == offset in RAM, up to here; memory is used page by page as it is touched. */
#define BELL_QEMU_RAM_BYTES (2ull << 30)
/* Below are the legacy holes and ROMs of a PC. */
#define BELL_QEMU_RAM_FIRST (2ull << 20)
/* Where BARs of controller number 0 can be put; those of the others follow. */
#define BELL_QEMU_WINDOW       0xc0000000ull
#define BELL_QEMU_WINDOW_BYTES 0x08000000ull

struct bell_qemu_machine {
    struct bell_shared shared; /* first; not in use where the machine has no name */
    struct bell_qemu_options options;
    struct bell_qtest qtest;
    struct bell_qemu_process process;
    struct bell_dma_pool pool;
    uint8_t *ram;
    uint64_t disk_bytes;
    /* BAR0 of the virtual functions, one behind the other, as the SR-IOV capability says; 0 before it was sized. */
    uint64_t vf_bar;
    uint64_t vf_bar_bytes;
    /* Functions that somebody has open, by controller and virtual function; guarded by bell_shared_lock. */
    bool taken[BELL_QEMU_CONTROLLERS_MAX][1 + BELL_QEMU_VFS_MAX];
};

/*
 * bell_qemu_machine_get - the function that the options mean, taken for the caller, on the machine of that name if it
 * runs, else on a new one, that answers and whose buses are open. bell_qemu_machine_put gives the function back; the
 * last one ends the machine.
 */
int bell_qemu_machine_get(const struct bell_qemu_options *options, struct bell_qemu_machine **out);
void bell_qemu_machine_put(struct bell_qemu_machine *machine, uint32_t controller, uint32_t vf);

/* bell_qemu_config_address - of 4096 bytes of config space: the device function on the bus of that controller. */
uint64_t bell_qemu_config_address(uint32_t controller, uint32_t devfn);

/* bell_qemu_hot_reset - Secondary Bus Reset of the root port above that controller. */
int bell_qemu_hot_reset(struct bell_qemu_machine *machine, uint32_t controller);

#endif
