/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vfio-user protocol, version 0.x, on the wire (QEMU, docs/interop/vfio-user.rst; headings of that page stand in
 * the comments). Messages are a header and a payload in the host's byte order; file descriptors travel beside them. A
 * structure's payload may be longer than what is declared here: capabilities, data, or a sender's room for the answer.
 */
#ifndef BELL_SPEC_VFIO_USER_H
#define BELL_SPEC_VFIO_USER_H

#include <assert.h>
#include <stdint.h>

#define VFIO_USER_MAJOR 0u
#define VFIO_USER_MINOR 1u

enum vfio_user_command {
    VFIO_USER_VERSION = 1,
    VFIO_USER_DMA_MAP = 2,
    VFIO_USER_DMA_UNMAP = 3,
    VFIO_USER_DEVICE_GET_INFO = 4,
    VFIO_USER_GET_REGION_INFO = 5,
    VFIO_USER_GET_REGION_IO_FDS = 6,
    VFIO_USER_GET_IRQ_INFO = 7,
    VFIO_USER_SET_IRQS = 8,
    VFIO_USER_REGION_READ = 9,
    VFIO_USER_REGION_WRITE = 10,
    VFIO_USER_DMA_READ = 11,  /* from the server */
    VFIO_USER_DMA_WRITE = 12, /* from the server */
    VFIO_USER_DEVICE_RESET = 13,
    VFIO_USER_REGION_WRITE_MULTI = 15,
    VFIO_USER_DEVICE_FEATURE = 16,
};

/* vfio_user_header.flags */
#define VFIO_USER_TYPE     0x0fu
#define VFIO_USER_REQUEST  0x00u
#define VFIO_USER_REPLY    0x01u
#define VFIO_USER_NO_REPLY 0x10u
#define VFIO_USER_ERROR    0x20u

/* Header */
struct vfio_user_header {
    uint16_t id;      /* the reply repeats the request's */
    uint16_t command; /* likewise */
    uint32_t bytes;   /* of the whole message */
    uint32_t flags;
    uint32_t error; /* errno, with VFIO_USER_ERROR */
};
static_assert(sizeof(struct vfio_user_header) == 16, "vfio-user header");

/* VFIO_USER_VERSION; a NUL-terminated JSON text of capabilities may follow */
struct vfio_user_version {
    uint16_t major;
    uint16_t minor;
};
static_assert(sizeof(struct vfio_user_version) == 4, "VFIO_USER_VERSION");

/* What holds for a capability that the peer does not state. */
#define VFIO_USER_DEFAULT_FDS        1u
#define VFIO_USER_DEFAULT_XFER_BYTES 1048576u
#define VFIO_USER_DEFAULT_DMA_MAPS   65535u
#define VFIO_USER_DEFAULT_PGSIZES    4096u

/* VFIO_USER_DMA_MAP, flags */
#define VFIO_USER_DMA_READABLE  0x1u
#define VFIO_USER_DMA_WRITEABLE 0x2u

struct vfio_user_dma_map {
    uint32_t argsz;
    uint32_t flags;
    uint64_t offset; /* in the file */
    uint64_t address;
    uint64_t bytes;
};
static_assert(sizeof(struct vfio_user_dma_map) == 32, "VFIO_USER_DMA_MAP");

/* VFIO_USER_DMA_UNMAP, flags: of the VFIO kernel interface; servers of SPDK's kind know the second one */
#define VFIO_USER_UNMAP_DIRTY_BITMAP 0x1u
#define VFIO_USER_UNMAP_ALL          0x2u

struct vfio_user_dma_unmap {
    uint32_t argsz;
    uint32_t flags;
    uint64_t address;
    uint64_t bytes;
};
static_assert(sizeof(struct vfio_user_dma_unmap) == 24, "VFIO_USER_DMA_UNMAP");

/* VFIO_USER_DEVICE_GET_INFO, flags */
#define VFIO_USER_DEVICE_RESETS 0x1u
#define VFIO_USER_DEVICE_PCI    0x2u

struct vfio_user_device_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t regions;
    uint32_t irqs;
};
static_assert(sizeof(struct vfio_user_device_info) == 16, "VFIO_USER_DEVICE_GET_INFO");

/* The regions and interrupt types of a PCI device (linux/vfio.h). */
enum {
    VFIO_USER_REGION_BAR0 = 0,
    VFIO_USER_REGION_ROM = 6,
    VFIO_USER_REGION_CONFIG = 7,
    VFIO_USER_REGION_VGA = 8,
    VFIO_USER_PCI_REGIONS = 9
};
enum { VFIO_USER_IRQ_INTX = 0, VFIO_USER_IRQ_MSI = 1, VFIO_USER_IRQ_MSIX = 2, VFIO_USER_PCI_IRQS = 5 };

/* VFIO_USER_DEVICE_GET_REGION_INFO, flags */
#define VFIO_USER_REGION_READABLE  0x1u
#define VFIO_USER_REGION_WRITEABLE 0x2u
#define VFIO_USER_REGION_MMAP      0x4u
#define VFIO_USER_REGION_CAPS      0x8u

struct vfio_user_region_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t cap_offset; /* from the start of this structure */
    uint64_t bytes;
    uint64_t offset; /* in the file, of the region's start */
};
static_assert(sizeof(struct vfio_user_region_info) == 32, "VFIO_USER_DEVICE_GET_REGION_INFO");

#define VFIO_USER_CAP_SPARSE_MMAP 1u

struct vfio_user_cap {
    uint16_t id;
    uint16_t version;
    uint32_t next; /* from the start of the region info; 0: the last */
};
static_assert(sizeof(struct vfio_user_cap) == 8, "VFIO cap header");

struct vfio_user_sparse_mmap {
    struct vfio_user_cap cap;
    uint32_t areas;
    uint32_t reserved;
};
static_assert(sizeof(struct vfio_user_sparse_mmap) == 16, "VFIO sparse mmap");

struct vfio_user_sparse_area {
    uint64_t offset; /* in the region */
    uint64_t bytes;
};
static_assert(sizeof(struct vfio_user_sparse_area) == 16, "VFIO sparse mmap area");

/* VFIO_USER_DEVICE_GET_IRQ_INFO, flags */
#define VFIO_USER_IRQ_EVENTFD  0x1u
#define VFIO_USER_IRQ_MASKABLE 0x2u

struct vfio_user_irq_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t count;
};
static_assert(sizeof(struct vfio_user_irq_info) == 16, "VFIO_USER_DEVICE_GET_IRQ_INFO");

/* VFIO_USER_DEVICE_SET_IRQS, flags: one DATA and one ACTION */
#define VFIO_USER_IRQ_DATA_NONE      0x01u
#define VFIO_USER_IRQ_DATA_BOOL      0x02u
#define VFIO_USER_IRQ_DATA_EVENTFD   0x04u
#define VFIO_USER_IRQ_ACTION_MASK    0x08u
#define VFIO_USER_IRQ_ACTION_UNMASK  0x10u
#define VFIO_USER_IRQ_ACTION_TRIGGER 0x20u

struct vfio_user_irq_set {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t start;
    uint32_t count;
};
static_assert(sizeof(struct vfio_user_irq_set) == 20, "VFIO_USER_DEVICE_SET_IRQS");

/* VFIO_USER_REGION_READ, VFIO_USER_REGION_WRITE; data follows in a read's reply and in a write */
struct vfio_user_region_access {
    uint64_t offset;
    uint32_t region;
    uint32_t count;
};
static_assert(sizeof(struct vfio_user_region_access) == 16, "VFIO_USER_REGION_READ and _WRITE");

/* VFIO_USER_DMA_READ, VFIO_USER_DMA_WRITE; data likewise */
struct vfio_user_dma_access {
    uint64_t address;
    uint64_t count;
};
static_assert(sizeof(struct vfio_user_dma_access) == 16, "VFIO_USER_DMA_READ and _WRITE");

#endif
