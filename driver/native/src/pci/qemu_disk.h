/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind each namespace of a QEMU machine. */
#ifndef BELL_PCI_QEMU_DISK_H
#define BELL_PCI_QEMU_DISK_H

#include "pci/qemu_options.h"

/* bell_qemu_disk_open - the image the options ask for; *bytes is its size. Return: a descriptor, or a negative errno
 * with a text that names it. */
int bell_qemu_disk_open(const struct bell_qemu_options *options, uint64_t *bytes);

#endif
