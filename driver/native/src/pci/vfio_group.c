/* SPDX-License-Identifier: Apache-2.0 */
/* The way by group and container, with the kernel's IOMMU driver "type 1, version 2". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci/vfio_abi.h"
#include "pci/vfio_iommu.h"
#include "support/error.h"

#define CONTAINER "/dev/vfio/vfio"

static int map(struct bell_vfio_iommu *iommu, void *vaddr, uint64_t iova, uint64_t bytes)
{
    struct vfio_iommu_type1_dma_map request = {
        .argsz = sizeof request,
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)vaddr,
        .iova = iova,
        .size = bytes,
    };

    return ioctl(iommu->owner, VFIO_IOMMU_MAP_DMA, &request) == 0 ? 0 : -errno;
}

static int unmap(struct bell_vfio_iommu *iommu, uint64_t iova, uint64_t bytes)
{
    struct vfio_iommu_type1_dma_unmap request = {.argsz = sizeof request, .iova = iova, .size = bytes};

    return ioctl(iommu->owner, VFIO_IOMMU_UNMAP_DMA, &request) == 0 ? 0 : -errno;
}

static const struct bell_vfio_iommu_ops group_ops = {.map = map, .unmap = unmap};

static int container_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    iommu->owner = open(CONTAINER, O_RDWR | O_CLOEXEC);
    if (iommu->owner < 0)
        return bell_vfio_node_error(place, CONTAINER, errno);
    if (ioctl(iommu->owner, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
        return bell_error_set(-ENOTSUP, "%s: this kernel's VFIO speaks another version of its interface",
                              place->address);
    if (ioctl(iommu->owner, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1)
        return bell_error_set(-ENODEV,
                              "%s: the kernel has no IOMMU for VFIO; load vfio_iommu_type1, and see that the IOMMU "
                              "is on (docs/pcie.md)",
                              place->address);
    return 0;
}

static int group_take(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    struct vfio_group_status status = {.argsz = sizeof status};
    char node[32];
    char others[256];

    snprintf(node, sizeof node, "/dev/vfio/%d", place->group);
    iommu->group = open(node, O_RDWR | O_CLOEXEC);
    if (iommu->group < 0)
        return bell_vfio_node_error(place, node, errno);
    if (ioctl(iommu->group, VFIO_GROUP_GET_STATUS, &status) != 0)
        return bell_vfio_node_error(place, node, errno);
    if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
        bell_place_neighbours("", place, others, sizeof others);
        return bell_error_set(-EBUSY,
                              "%s shares IOMMU group %d with functions that the kernel uses: %s; bind them to vfio-pci "
                              "too, or put the device into another slot",
                              place->address, place->group, others[0] != '\0' ? others : "unknown ones");
    }
    if (ioctl(iommu->group, VFIO_GROUP_SET_CONTAINER, &iommu->owner) != 0 ||
        ioctl(iommu->owner, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
        return bell_error_set(-errno, "%s: the IOMMU cannot be set up for group %d: %s", place->address, place->group,
                              strerror(errno));
    iommu->device = ioctl(iommu->group, VFIO_GROUP_GET_DEVICE_FD, place->address);
    if (iommu->device < 0)
        return bell_error_set(-errno, "%s cannot be had from its IOMMU group %d: %s", place->address, place->group,
                              strerror(errno));
    fcntl(iommu->device, F_SETFD, FD_CLOEXEC);
    return 0;
}

/* Capabilities lie at offsets of 4 bytes, whatever they contain: they are copied, never pointed to. */
static void ranges_take(struct bell_vfio_iommu *iommu, const uint8_t *capability, const uint8_t *end)
{
    struct vfio_iommu_type1_info_cap_iova_range list;
    const uint8_t *at = capability + sizeof list;

    memcpy(&list, capability, sizeof list);
    for (uint32_t i = 0; i < list.nr_iovas && iommu->range_count < BELL_IOVA_RANGES_MAX; i++) {
        struct vfio_iova_range range;

        if ((size_t)(end - at) < sizeof range)
            return;
        memcpy(&range, at, sizeof range);
        at += sizeof range;
        iommu->ranges[iommu->range_count++] = (struct bell_iova_range){range.start, range.end};
    }
}

/* A kernel that does not say (before 5.4) leaves range_count 0. */
static void ranges_read(struct bell_vfio_iommu *iommu)
{
    enum { ROOM = 4096 };
    uint8_t *answer = calloc(1, ROOM);
    struct vfio_iommu_type1_info *info = (struct vfio_iommu_type1_info *)answer;
    uint32_t offset = 0;

    if (answer == NULL)
        return;
    info->argsz = ROOM;
    if (ioctl(iommu->owner, VFIO_IOMMU_GET_INFO, info) == 0 && (info->flags & VFIO_IOMMU_INFO_CAPS) != 0)
        offset = info->cap_offset;
    while (offset != 0 && offset + sizeof(struct vfio_iommu_type1_info_cap_iova_range) <= ROOM) {
        struct vfio_info_cap_header header;

        memcpy(&header, answer + offset, sizeof header);
        if (header.id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
            ranges_take(iommu, answer + offset, answer + ROOM);
        offset = header.next > offset ? header.next : 0;
    }
    free(answer);
}

int bell_vfio_group_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    int err;

    *iommu = (struct bell_vfio_iommu){.ops = &group_ops, .device = -1, .owner = -1, .group = -1};
    err = container_open(place, iommu);
    if (err == 0)
        err = group_take(place, iommu);
    if (err == 0)
        ranges_read(iommu);
    else
        bell_vfio_iommu_close(iommu);
    return err;
}
