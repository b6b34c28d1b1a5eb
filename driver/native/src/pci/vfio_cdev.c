/* SPDX-License-Identifier: Apache-2.0 */
/* The way by device file and iommufd. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pci/vfio_abi.h"
#include "pci/vfio_iommu.h"
#include "support/error.h"

#define IOMMU "/dev/iommu"

static int map(struct bell_vfio_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes)
{
    struct bell_ioas_map request = {
        .size = sizeof request,
        .flags = BELL_IOAS_MAP_FIXED_IOVA | BELL_IOAS_MAP_WRITEABLE | BELL_IOAS_MAP_READABLE,
        .ioas_id = iommu->space,
        .user_va = (uintptr_t)vaddr,
        .length = bytes,
        .iova = iova,
    };

    return ioctl(iommu->owner, BELL_IOAS_MAP, &request) == 0 ? 0 : -errno;
}

static int unmap(struct bell_vfio_iommu *iommu, uint64_t iova, uint64_t bytes)
{
    struct bell_ioas_unmap request = {.size = sizeof request, .ioas_id = iommu->space, .iova = iova, .length = bytes};

    return ioctl(iommu->owner, BELL_IOAS_UNMAP, &request) == 0 ? 0 : -errno;
}

static const struct bell_vfio_iommu_ops cdev_ops = {.map = map, .unmap = unmap};

static int files_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    char node[64];

    snprintf(node, sizeof node, "/dev/vfio/devices/%s", place->cdev);
    iommu->device = open(node, O_RDWR | O_CLOEXEC);
    if (iommu->device < 0)
        return bell_vfio_node_error(place, node, errno);
    iommu->owner = open(IOMMU, O_RDWR | O_CLOEXEC);
    if (iommu->owner < 0)
        return bell_vfio_node_error(place, IOMMU, errno);
    struct bell_vfio_bind bind = {.argsz = sizeof bind, .iommufd = iommu->owner};
    if (ioctl(iommu->device, BELL_VFIO_DEVICE_BIND_IOMMUFD, &bind) == 0)
        return 0;
    /* The kernel says EBUSY for a group whose DMA another process owns, EINVAL for a file that is bound already. */
    return bell_vfio_node_error(place, node, errno == EINVAL ? EBUSY : errno);
}

static int space_attach(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    struct bell_ioas_alloc alloc = {.size = sizeof alloc};

    if (ioctl(iommu->owner, BELL_IOAS_ALLOC, &alloc) != 0)
        return bell_error_set(-errno, "%s: no address space could be made in " IOMMU ": %s", place->address,
                              strerror(errno));
    iommu->space = alloc.out_ioas_id;
    struct bell_vfio_attach attach = {.argsz = sizeof attach, .pt_id = iommu->space};
    if (ioctl(iommu->device, BELL_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach) != 0)
        return bell_error_set(-errno, "%s cannot be attached to an address space of " IOMMU ": %s", place->address,
                              strerror(errno));
    return 0;
}

/* Known once the device is attached: its reserved regions are part of the answer. */
static void ranges_read(struct bell_vfio_iommu *iommu)
{
    struct bell_ioas_range list[BELL_IOVA_RANGES_MAX];
    struct bell_ioas_ranges request = {.size = sizeof request,
                                       .ioas_id = iommu->space,
                                       .num_iovas = BELL_IOVA_RANGES_MAX,
                                       .allowed_iovas = (uintptr_t)list};

    if (ioctl(iommu->owner, BELL_IOAS_RANGES, &request) != 0)
        return;
    for (uint32_t i = 0; i < request.num_iovas && i < BELL_IOVA_RANGES_MAX; i++)
        iommu->ranges[iommu->range_count++] = (struct bell_iova_range){list[i].start, list[i].last};
}

int bell_vfio_cdev_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    int err;

    *iommu = (struct bell_vfio_iommu){.ops = &cdev_ops, .device = -1, .owner = -1, .group = -1};
    err = files_open(place, iommu);
    if (err == 0)
        err = space_attach(place, iommu);
    if (err == 0)
        ranges_read(iommu);
    else
        bell_vfio_iommu_close(iommu);
    return err;
}
