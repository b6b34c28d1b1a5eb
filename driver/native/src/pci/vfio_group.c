/* SPDX-License-Identifier: Apache-2.0 */
/* The way by group and container, with the kernel's IOMMU driver "type 1, version 2". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci/shared.h"
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

enum { FUNCTIONS_MAX = 64 };

/* The kernel opens a group once for a process, and a container may be shared: so all its functions here use these. */
struct bell_vfio_group {
    struct bell_shared shared; /* first */
    int container;
    int file;
    struct bell_iova_range ranges[BELL_IOVA_RANGES_MAX];
    size_t range_count;
    struct bell_iova_space addresses;
    char open[FUNCTIONS_MAX][24]; /* addresses of functions that are; guarded by bell_shared_lock */
};

static int container_open(const struct bell_place *place, struct bell_vfio_group *group)
{
    group->container = open(CONTAINER, O_RDWR | O_CLOEXEC);
    if (group->container < 0)
        return bell_vfio_node_error(place, CONTAINER, errno);
    if (ioctl(group->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
        return bell_error_set(-ENOTSUP, "%s: this kernel's VFIO speaks another version of its interface",
                              place->address);
    if (ioctl(group->container, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) != 1)
        return bell_error_set(-ENODEV,
                              "%s: the kernel has no IOMMU for VFIO; load vfio_iommu_type1, and see that the IOMMU "
                              "is on (docs/pcie.md)",
                              place->address);
    return 0;
}

static int group_take(const struct bell_place *place, struct bell_vfio_group *group)
{
    struct vfio_group_status status = {.argsz = sizeof status};
    char node[32];
    char others[256];

    snprintf(node, sizeof node, "/dev/vfio/%d", place->group);
    group->file = open(node, O_RDWR | O_CLOEXEC);
    if (group->file < 0)
        return bell_vfio_node_error(place, node, errno);
    if (ioctl(group->file, VFIO_GROUP_GET_STATUS, &status) != 0)
        return bell_vfio_node_error(place, node, errno);
    if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
        bell_place_neighbours("", place, others, sizeof others);
        return bell_error_set(-EBUSY,
                              "%s shares IOMMU group %d with functions that the kernel uses: %s; bind them to vfio-pci "
                              "too, or put the device into another slot",
                              place->address, place->group, others[0] != '\0' ? others : "unknown ones");
    }
    if (ioctl(group->file, VFIO_GROUP_SET_CONTAINER, &group->container) != 0 ||
        ioctl(group->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
        return bell_error_set(-errno, "%s: the IOMMU cannot be set up for group %d: %s", place->address, place->group,
                              strerror(errno));
    return 0;
}

/* Capabilities lie at offsets of 4 bytes, whatever they contain: they are copied, never pointed to. */
static void ranges_take(struct bell_vfio_group *group, const uint8_t *capability, const uint8_t *end)
{
    struct vfio_iommu_type1_info_cap_iova_range list;
    const uint8_t *at = capability + sizeof list;

    memcpy(&list, capability, sizeof list);
    for (uint32_t i = 0; i < list.nr_iovas && group->range_count < BELL_IOVA_RANGES_MAX; i++) {
        struct vfio_iova_range range;

        if ((size_t)(end - at) < sizeof range)
            return;
        memcpy(&range, at, sizeof range);
        at += sizeof range;
        group->ranges[group->range_count++] = (struct bell_iova_range){range.start, range.end};
    }
}

/* A kernel that does not say (before 5.4) leaves range_count 0. */
static void ranges_read(struct bell_vfio_group *group)
{
    enum { ROOM = 4096 };
    uint8_t *answer = calloc(1, ROOM);
    struct vfio_iommu_type1_info *info = (struct vfio_iommu_type1_info *)answer;
    uint32_t offset = 0;

    if (answer == NULL)
        return;
    info->argsz = ROOM;
    if (ioctl(group->container, VFIO_IOMMU_GET_INFO, info) == 0 && (info->flags & VFIO_IOMMU_INFO_CAPS) != 0)
        offset = info->cap_offset;
    while (offset != 0 && offset + sizeof(struct vfio_iommu_type1_info_cap_iova_range) <= ROOM) {
        struct vfio_info_cap_header header;

        memcpy(&header, answer + offset, sizeof header);
        if (header.id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
            ranges_take(group, answer + offset, answer + ROOM);
        offset = header.next > offset ? header.next : 0;
    }
    free(answer);
}

/* ---- what functions of a group share --------------------------------------------------------------------------------
 */

static void group_close(struct bell_vfio_group *group)
{
    if (group->file >= 0)
        close(group->file);
    if (group->container >= 0)
        close(group->container);
    free(group);
}

static int group_make(const char *key, void *context, struct bell_shared **out)
{
    const struct bell_place *place = context;
    struct bell_vfio_group *group = calloc(1, sizeof *group);
    int err;

    if (group == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    group->file = -1;
    group->container = -1;
    err = container_open(place, group);
    if (err == 0)
        err = group_take(place, group);
    if (err != 0) {
        group_close(group);
        return err;
    }
    ranges_read(group);
    bell_iova_init(&group->addresses, group->ranges, group->range_count, (uint64_t)sysconf(_SC_PAGESIZE));
    snprintf(group->open[0], sizeof group->open[0], "%s", place->address);
    *out = &group->shared;
    return 0;
}

/* The kernel would open a function twice. */
static int group_join(struct bell_shared *shared, void *context)
{
    struct bell_vfio_group *group = (struct bell_vfio_group *)shared;
    const struct bell_place *place = context;
    char *room = NULL;
    char node[32];

    snprintf(node, sizeof node, "/dev/vfio/%d", place->group);
    for (size_t i = 0; i < FUNCTIONS_MAX; i++) {
        if (strcmp(group->open[i], place->address) == 0)
            return bell_vfio_node_error(place, node, EBUSY);
        if (group->open[i][0] == '\0')
            room = group->open[i];
    }
    if (room == NULL)
        return bell_error_set(-EMFILE, "%s: %d functions of its IOMMU group are open already", place->address,
                              FUNCTIONS_MAX);
    snprintf(room, sizeof group->open[0], "%s", place->address);
    return 0;
}

static void group_end(struct bell_shared *shared)
{
    struct bell_vfio_group *group = (struct bell_vfio_group *)shared;

    bell_iova_destroy(&group->addresses);
    group_close(group);
}

static const struct bell_shared_kind groups = {group_make, group_join, group_end};

void bell_vfio_group_leave(struct bell_vfio_iommu *iommu)
{
    struct bell_vfio_group *group = iommu->shared;

    bell_shared_lock();
    for (size_t i = 0; i < FUNCTIONS_MAX; i++) {
        if (strcmp(group->open[i], iommu->address) == 0)
            group->open[i][0] = '\0';
    }
    bell_shared_unlock();
    iommu->shared = NULL;
    iommu->addresses = NULL;
    iommu->owner = -1;
    iommu->group = -1;
    bell_shared_put(&groups, &group->shared);
}

int bell_vfio_group_open(const struct bell_place *place, struct bell_vfio_iommu *iommu)
{
    struct bell_place wanted = *place;
    struct bell_shared *shared = NULL;
    char key[32];
    int err;

    *iommu = (struct bell_vfio_iommu){.ops = &group_ops, .device = -1, .owner = -1, .group = -1};
    snprintf(key, sizeof key, "vfio-group:%d", place->group);
    err = bell_shared_get(&groups, key, &wanted, &shared);
    if (err != 0)
        return err;
    iommu->shared = (struct bell_vfio_group *)shared;
    iommu->addresses = &iommu->shared->addresses;
    iommu->owner = iommu->shared->container;
    iommu->group = iommu->shared->file;
    iommu->range_count = iommu->shared->range_count;
    memcpy(iommu->ranges, iommu->shared->ranges, sizeof iommu->ranges);
    snprintf(iommu->address, sizeof iommu->address, "%s", place->address);
    iommu->device = ioctl(iommu->group, VFIO_GROUP_GET_DEVICE_FD, place->address);
    if (iommu->device < 0) {
        err = bell_error_set(-errno, "%s cannot be had from its IOMMU group %d: %s", place->address, place->group,
                             strerror(errno));
        bell_vfio_iommu_close(iommu);
        return err;
    }
    fcntl(iommu->device, F_SETFD, FD_CLOEXEC);
    return 0;
}
