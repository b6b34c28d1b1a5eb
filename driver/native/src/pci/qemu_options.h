/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind "qemu:" in a device address. */
#ifndef BELL_PCI_QEMU_OPTIONS_H
#define BELL_PCI_QEMU_OPTIONS_H

#include <limits.h>
#include <stdint.h>

struct bell_qemu_options {
    uint64_t size;       /* bytes of the disk; 0: not given */
    uint32_t lba;        /* bytes of an LBA: 512 or 4096 */
    uint32_t mdts;       /* Identify Controller MDTS: 2^mdts pages, 0 no limit */
    char serial[21];     /* Identify Controller SN */
    char file[PATH_MAX]; /* disk image; "": a private one that is gone after close */
};

/*
 * bell_qemu_options_parse - text is "key=value,key=value", possibly empty or NULL.
 *   size=1GiB      bytes, or with KiB, MiB, GiB, TiB; a private disk has 1 GiB unless told
 *   lba=512|4096
 *   mdts=0..15
 *   serial=TEXT    up to 20 characters
 *   file=PATH      keep the data in this raw image; with size= it is made if missing
 * Return: 0, or -EINVAL with a text that names the option.
 */
int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options);

#endif
