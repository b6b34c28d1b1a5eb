/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's command line. */
#ifndef BELL_PCI_QEMU_COMMAND_H
#define BELL_PCI_QEMU_COMMAND_H

#include <stddef.h>

#include "pci/qemu_options.h"

/* Where the first root port sits on the board's bus; the others follow. */
#define BELL_QEMU_FIRST_PORT 3u

/* Too large for a stack. */
struct bell_qemu_command {
    char *argv[192]; /* NULL-terminated; points into text */
    char text[98304];
    size_t arguments;
    size_t used;
};

/*
 * bell_qemu_command_make - a machine whose qtest protocol goes over standard input and output, whose RAM is descriptor
 * BELL_QEMU_FIRST_FD, and whose namespaces have the descriptors behind that as disks.
 */
void bell_qemu_command_make(struct bell_qemu_command *command, const struct bell_qemu_options *options,
                            uint64_t ram_bytes);

#endif
