/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_iommu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/error.h"

int bell_vfio_node_error(const struct bell_place *place, const char *node, int err)
{
    char who[96];

    if (err == EBUSY) {
        if (!bell_place_holder("", node, who, sizeof who))
            snprintf(who, sizeof who, "another process");
        return bell_error_set(-EBUSY, "%s is in use: %s has %s open; close the device there first", place->address, who,
                              node);
    }
    if (err == EACCES || err == EPERM)
        return bell_error_set(-EACCES,
                              "%s: you may not open %s; give your user access to it (chown, or a udev rule: "
                              "docs/pcie.md), or run as root",
                              place->address, node);
    if (err == ENOENT)
        return bell_error_set(-ENODEV, "%s: there is no %s; load the module vfio-pci (modprobe vfio-pci)",
                              place->address, node);
    return bell_error_set(-err, "%s: %s cannot be opened: %s", place->address, node, strerror(err));
}

int bell_vfio_iommu_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    char node[64];

    snprintf(node, sizeof node, "/dev/vfio/devices/%s", place->cdev);
    /* Both ways may be there, and only one of them be given to the user. */
    if (place->cdev[0] != '\0' && access(node, R_OK | W_OK) == 0 && access("/dev/iommu", R_OK | W_OK) == 0)
        return bell_vfio_cdev_open(place, iommu);
    return bell_vfio_group_open(place, iommu);
}

void bell_vfio_iommu_close(struct bell_vfio_iommu *iommu)
{
    /* The function's file first: with it goes what the group and the address space are held by. */
    if (iommu->device >= 0)
        close(iommu->device);
    iommu->device = -1;
    if (iommu->shared != NULL) {
        bell_vfio_group_leave(iommu);
        return;
    }
    int *files[] = {&iommu->group, &iommu->owner};

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (*files[i] >= 0)
            close(*files[i]);
        *files[i] = -1;
    }
}
