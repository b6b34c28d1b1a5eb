/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand behind "qemu:" in a device address. */
#ifndef BELL_PCI_QEMU_OPTIONS_H
#define BELL_PCI_QEMU_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

enum { BELL_QEMU_NAMESPACES_MAX = 32, BELL_QEMU_CONTROLLERS_MAX = 4, BELL_QEMU_VFS_MAX = 7, BELL_QEMU_BAD_MAX = 8 };

/* One namespace. */
struct bell_qemu_format {
    uint32_t lba;   /* bytes of an LBA: 512 or 4096 */
    uint32_t ms;    /* metadata bytes of an LBA */
    uint32_t pi;    /* protection information type, 0 none */
    uint32_t guard; /* bits of its guard: 64, or 0 for 16 */
    bool zoned;
    bool shared; /* among all controllers; else it belongs to one */
};

/* Where the medium fails. */
struct bell_qemu_bad {
    bool any;       /* everywhere */
    uint32_t count; /* of lba */
    uint64_t lba[BELL_QEMU_BAD_MAX];
};

struct bell_qemu_options {
    char machine[33];    /* the name under which several devices share a machine; "": one of its own */
    uint32_t controller; /* the one that is meant, from 0 */
    uint32_t vf;         /* its virtual function, from 1; 0: the physical one */
    bool shaped;         /* some option said what the machine is like */

    uint64_t size; /* bytes of all namespaces together; 0: not given */
    uint32_t ns;   /* namespaces */
    struct bell_qemu_format format[BELL_QEMU_NAMESPACES_MAX];
    uint64_t zone;       /* bytes of a zone */
    uint64_t zone_cap;   /* bytes of it that can be written; 0: all */
    uint32_t max_open;   /* zones; 0: no limit */
    uint32_t max_active; /* zones; 0: no limit */
    uint32_t mdts;       /* Identify Controller MDTS: 2^mdts pages of 4 KiB, 0 no limit */
    uint32_t controllers;
    uint32_t vfs;       /* virtual functions that can be enabled */
    uint64_t cmb;       /* bytes of the controller memory buffer, 0 none */
    uint64_t iops;      /* most I/O operations a second on each namespace, 0 no limit */
    uint64_t bandwidth; /* most bytes a second, likewise */
    struct bell_qemu_bad bad_reads;
    struct bell_qemu_bad bad_writes;
    bool bad_flushes;
    char serial[21];     /* Identify Controller SN */
    char file[PATH_MAX]; /* disk image; "": a private one that is gone after close */
};

/*
 * bell_qemu_options_parse - text is "key=value,key=value", possibly empty or NULL; docs/qemu.md lists the keys.
 * Return: 0, or -EINVAL with a text that names the option.
 */
int bell_qemu_options_parse(const char *text, struct bell_qemu_options *options);

/* bell_qemu_options_same_machine - whether both describe the same machine, whichever of its functions they mean. */
bool bell_qemu_options_same_machine(const struct bell_qemu_options *a, const struct bell_qemu_options *b);

#endif
