/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU machine without a guest: a q35 board whose CPU never runs, one NVMe controller behind a PCIe root port, and
 * RAM that we share. Nothing of it has a name in the file system: RAM and log are memory files, the private disk is
 * unlinked from the start, and the qtest socket is one half of a pair.
 */
#ifndef BELL_PCI_QEMU_MACHINE_H
#define BELL_PCI_QEMU_MACHINE_H

#include "pci/qemu_options.h"
#include "pci/qemu_process.h"
#include "pci/qtest.h"

/* Guest-physical address == offset in RAM, up to here; memory is used page by page as it is touched. */
#define BELL_QEMU_RAM_BYTES (2ull << 30)
/* Below are the legacy holes and ROMs of a PC. */
#define BELL_QEMU_RAM_FIRST (2ull << 20)
/* Where BARs can be put. */
#define BELL_QEMU_WINDOW       0xee000000ull
#define BELL_QEMU_WINDOW_BYTES 0x02000000ull

struct bell_qemu_machine {
    struct bell_qtest qtest;
    struct bell_qemu_process process;
    uint8_t *ram;
    uint64_t disk_bytes;
};

/* bell_qemu_machine_start - start QEMU, wait until it answers, map config space and open the way to the controller's
 * bus. */
int bell_qemu_machine_start(struct bell_qemu_machine *machine, const struct bell_qemu_options *options);
void bell_qemu_machine_end(struct bell_qemu_machine *machine);

/* The controller's config space: 4096 bytes. */
int bell_qemu_config_read(struct bell_qemu_machine *machine, uint32_t offset, uint32_t width, uint32_t *value);
int bell_qemu_config_write(struct bell_qemu_machine *machine, uint32_t offset, uint32_t width, uint32_t value);

/* bell_qemu_hot_reset - Secondary Bus Reset of the root port. */
int bell_qemu_hot_reset(struct bell_qemu_machine *machine);

#endif
