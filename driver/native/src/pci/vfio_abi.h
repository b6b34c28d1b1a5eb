/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's VFIO and IOMMUFD interfaces, as Documentation/driver-api/vfio.rst and
 * Documentation/userspace-api/iommufd.rst describe them. The headers of distributions that Doorbell is built on are
 * older than device files (Linux 6.6) and have no iommufd at all, so that those numbers and structures stand here.
 */
#ifndef BELL_PCI_VFIO_ABI_H
#define BELL_PCI_VFIO_ABI_H

#include <linux/vfio.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* ---- device files: /dev/vfio/devices/vfioN ---------------------------------------------------------------------- */

struct bell_vfio_bind {
    uint32_t argsz;
    uint32_t flags;
    int32_t iommufd;
    uint32_t out_devid;
};

struct bell_vfio_attach {
    uint32_t argsz;
    uint32_t flags;
    uint32_t pt_id; /* in: an address space; out: the page table that was attached */
};

#define BELL_VFIO_DEVICE_BIND_IOMMUFD      _IO(VFIO_TYPE, VFIO_BASE + 18)
#define BELL_VFIO_DEVICE_ATTACH_IOMMUFD_PT _IO(VFIO_TYPE, VFIO_BASE + 19)

/* ---- /dev/iommu ---------------------------------------------------------------------------------------------------
 */

#define BELL_IOMMU_TYPE    ';'
#define BELL_IOMMU_DESTROY _IO(BELL_IOMMU_TYPE, 0x80)
#define BELL_IOAS_ALLOC    _IO(BELL_IOMMU_TYPE, 0x81)
#define BELL_IOAS_RANGES   _IO(BELL_IOMMU_TYPE, 0x84)
#define BELL_IOAS_MAP      _IO(BELL_IOMMU_TYPE, 0x85)
#define BELL_IOAS_UNMAP    _IO(BELL_IOMMU_TYPE, 0x86)

struct bell_ioas_alloc {
    uint32_t size;
    uint32_t flags;
    uint32_t out_ioas_id;
};

struct bell_ioas_range {
    uint64_t start;
    uint64_t last;
};

struct bell_ioas_ranges {
    uint32_t size;
    uint32_t ioas_id;
    uint32_t num_iovas; /* in: room; out: how many there are */
    uint32_t reserved;
    uint64_t allowed_iovas; /* address of struct bell_ioas_range[] */
    uint64_t out_iova_alignment;
};

#define BELL_IOAS_MAP_FIXED_IOVA 0x1u
#define BELL_IOAS_MAP_WRITEABLE  0x2u
#define BELL_IOAS_MAP_READABLE   0x4u

struct bell_ioas_map {
    uint32_t size;
    uint32_t flags;
    uint32_t ioas_id;
    uint32_t reserved;
    uint64_t user_va;
    uint64_t length;
    uint64_t iova;
};

struct bell_ioas_unmap {
    uint32_t size;
    uint32_t ioas_id;
    uint64_t iova;
    uint64_t length;
};

_Static_assert(sizeof(struct bell_vfio_bind) == 16, "vfio_device_bind_iommufd");
_Static_assert(sizeof(struct bell_vfio_attach) == 12, "vfio_device_attach_iommufd_pt");
_Static_assert(sizeof(struct bell_ioas_alloc) == 12, "iommu_ioas_alloc");
_Static_assert(sizeof(struct bell_ioas_ranges) == 32, "iommu_ioas_iova_ranges");
_Static_assert(sizeof(struct bell_ioas_map) == 40, "iommu_ioas_map");
_Static_assert(sizeof(struct bell_ioas_unmap) == 24, "iommu_ioas_unmap");

#endif
