/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind "qemu:" in a device address. */
#ifndef BELL_PCI_QEMU_OPTIONS_H
#define BELL_PCI_QEMU_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum { BELL_QEMU_NAMESPACES_MAX = 32 };

struct bell_qemu_options {
    uint64_t size;       /* bytes of all namespaces together; 0: not given */
    uint32_t ns;         /* namespaces */
    uint32_t lba;        /* bytes of an LBA: 512 or 4096 */
    uint32_t mdts;       /* Identify Controller MDTS: 2^mdts pages of 4 KiB, 0 no limit */
    uint32_t ms;         /* metadata bytes of an LBA */
    uint32_t pi;         /* protection information type, 0 none */
    bool zoned;          /* zoned namespaces instead of conventional ones */
    uint64_t zone;       /* bytes of a zone */
    char serial[21];     /* Identify Controller SN */
    char file[PATH_MAX]; /* disk image; "": a private one that is gone after close */
};

/*
 * bell_qemu_options_parse - text is "key=value,key=value", possibly empty or NULL.
 *   size=1GiB      of all namespaces together; bytes, or with KiB, MiB, GiB, TiB; 1 GiB unless told
 *   ns=1..32       namespaces of equal size, each with a disk of its own, in whole MiB
 *   lba=512|4096
 *   ms=0..4096     metadata bytes of an LBA, in a separate buffer; a multiple of 8
 *   pi=0..3        protection information type; needs ms=8 or more
 *   zoned=on|off
 *   zone=4MiB      size of a zone, with zoned=on
 *   mdts=512KiB    most a command may move, a power of two from 8KiB to 128MiB; 0: no limit
 *   serial=TEXT    up to 20 characters
 *   file=PATH      keep the data in this raw image, for one namespace; with size= it is made if missing
 * Return: 0, or -EINVAL with a text that names the option.
 */
int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options);

#endif
