/* SPDX-License-Identifier: Apache-2.0 */
/* A PCI function as sysfs describes it: what is there, and who has it. root is "" but in tests, which bring their own
 * tree. */
#ifndef BELL_PCI_PLACE_H
#define BELL_PCI_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bell_place {
    char address[24]; /* 0000:01:00.0 */
    char driver[48];  /* "" where it has none */
    char cdev[24];    /* "vfio0" in /dev/vfio/devices, "" where there is none */
    int group;        /* IOMMU group, -1 where it has none */
    uint32_t class_code;
    uint32_t vendor;
    uint32_t device;
};

/* bell_place_parse - "01:00.0", "0000:01:00.0", either with "pcie:" before it. False: text is no PCI address. */
bool bell_place_parse(const char *text, char address[24]);

/* bell_place_find - Return: 0, or -ENOENT with the words for a user where no such function is on the bus. */
int bell_place_find(const char *root, const char *address, struct bell_place *place);

/*
 * bell_place_users - what the kernel and its users do with the namespaces of a controller that is bound to the kernel's
 * nvme driver, in words: "nvme0n1p2 is mounted on /home; nvme0n1p3 is swap space". "" when nothing is known: processes
 * of other users are seen by root only. Return: whether anything was found.
 */
bool bell_place_users(const char *root, const struct bell_place *place, char *text, size_t size);

/* bell_place_neighbours - other functions of its IOMMU group that keep it from being handed out, in words
 * ("0000:01:00.1 is bound to snd_hda_intel"). Return: whether there are any. */
bool bell_place_neighbours(const char *root, const struct bell_place *place, char *text, size_t size);

/* bell_place_holder - the process that has a device node open: "java (process 4711)". False: none that may be seen. */
bool bell_place_holder(const char *root, const char *node, char *text, size_t size);

#endif
