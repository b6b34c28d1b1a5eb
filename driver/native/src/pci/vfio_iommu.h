/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a function's VFIO file is come by, and how memory becomes visible to it. Two ways lead there: an IOMMU group in a
 * container (every kernel with VFIO), and a device file with an address space of /dev/iommu (Linux 6.6 and newer).
 */
#ifndef BELL_PCI_VFIO_IOMMU_H
#define BELL_PCI_VFIO_IOMMU_H

#include <stddef.h>
#include <stdint.h>

#include "pci/iova.h"
#include "pci/place.h"

struct bell_vfio_iommu;
struct bell_vfio_group;

struct bell_vfio_iommu_ops {
    /* Memory of whole pages becomes visible at iova, for reads and writes; -errno of the kernel, no text set. */
    int (*map)(struct bell_vfio_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes);
    int (*unmap)(struct bell_vfio_iommu *iommu, uint64_t iova, uint64_t bytes);
};

struct bell_vfio_iommu {
    const struct bell_vfio_iommu_ops *ops;
    int device; /* the function's file: regions, interrupts, resets */
    int owner;  /* container, or /dev/iommu */
    int group;  /* -1 for a device file */
    /* For a group, which the kernel gives to a process once: what its functions that are open here share. The files
     * owner and group are its, and addresses are handed out for all of them. Else NULL. */
    struct bell_vfio_group *shared;
    struct bell_iova_space *addresses;
    char address[24]; /* of the function, for a group */
    uint32_t space;   /* of /dev/iommu */
    struct bell_iova_range ranges[BELL_IOVA_RANGES_MAX];
    size_t range_count; /* 0: the kernel does not say */
};

/*
 * bell_vfio_iommu_open - by the device file where the function has one that may be opened, else by its group.
 * Return: 0; -EACCES, -EBUSY, -ENODEV (no IOMMU) or another errno, with what to do in words.
 */
int bell_vfio_iommu_open(const struct bell_place *place, struct bell_vfio_iommu *iommu);

/* The two ways, one by one. */
int bell_vfio_group_open(const struct bell_place *place, struct bell_vfio_iommu *iommu);
int bell_vfio_cdev_open(const struct bell_place *place, struct bell_vfio_iommu *iommu);

void bell_vfio_iommu_close(struct bell_vfio_iommu *iommu);

/* bell_vfio_group_leave - the part of that for a group: its files close with its last function. */
void bell_vfio_group_leave(struct bell_vfio_iommu *iommu);

/* bell_vfio_node_error - a device node could not be opened, err says why: the sentence for the user, and -err. */
int bell_vfio_node_error(const struct bell_place *place, const char *node, int err);

#endif
