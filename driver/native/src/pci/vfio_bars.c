/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_bars.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pci/vfio_abi.h"
#include "support/atomics.h"
#include "support/error.h"

/* Ordinary memory in the place of an area. at NULL: anywhere. */
static void *blank_map(void *at, uint64_t bytes)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (at != NULL ? MAP_FIXED : 0);

    return mmap(at, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
}

static void area_add(struct bell_vfio_bar *bar, uint64_t offset, uint64_t bytes)
{
    void *at;

    if (bytes == 0 || bar->area_count == BELL_VFIO_AREAS || offset > bar->bytes || bytes > bar->bytes - offset)
        return;
    at = blank_map(NULL, bytes);
    if (at != MAP_FAILED)
        bar->areas[bar->area_count++] = (struct bell_vfio_area){.offset = offset, .bytes = bytes, .at = at};
}

/* The areas of a list that is followed by them; it may lie at any multiple of 4. */
static void areas_take(struct bell_vfio_bar *bar, const uint8_t *list, const uint8_t *end)
{
    struct vfio_region_info_cap_sparse_mmap head;
    const uint8_t *at = list + sizeof head;

    memcpy(&head, list, sizeof head);
    for (uint32_t i = 0; i < head.nr_areas; i++) {
        struct vfio_region_sparse_mmap_area area;

        if ((size_t)(end - at) < sizeof area)
            return;
        memcpy(&area, at, sizeof area);
        at += sizeof area;
        area_add(bar, area.offset, area.size);
    }
}

/* Where the kernel lists areas, only they may be mapped: older kernels keep the page of the MSI-X table to themselves.
 */
static void areas_find(struct bell_vfio_bar *bar, const struct vfio_region_info *info)
{
    const uint8_t *answer = (const uint8_t *)info;
    uint32_t offset = (info->flags & VFIO_REGION_INFO_FLAG_CAPS) != 0 ? info->cap_offset : 0;

    while (offset != 0 && offset + sizeof(struct vfio_region_info_cap_sparse_mmap) <= info->argsz) {
        struct vfio_info_cap_header header;

        memcpy(&header, answer + offset, sizeof header);
        if (header.id == VFIO_REGION_INFO_CAP_SPARSE_MMAP) {
            areas_take(bar, answer + offset, answer + info->argsz);
            return;
        }
        offset = header.next > offset ? header.next : 0;
    }
    area_add(bar, 0, bar->bytes);
}

/* The region's description with its capabilities, which the caller frees. */
static struct vfio_region_info *region_describe(int device, uint32_t index)
{
    uint32_t bytes = sizeof(struct vfio_region_info);

    for (;;) {
        struct vfio_region_info *info = calloc(1, bytes);

        if (info == NULL)
            return NULL;
        info->argsz = bytes;
        info->index = index;
        if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info) != 0) {
            free(info);
            return NULL;
        }
        if (info->argsz <= bytes) {
            info->argsz = bytes;
            return info;
        }
        bytes = info->argsz;
        free(info);
    }
}

int bell_vfio_bars_open(struct bell_vfio_bars *bars, int device)
{
    memset(bars, 0, sizeof *bars);
    bars->device = device;
    bars->away = 1;
    for (uint32_t i = 0; i < BELL_VFIO_BARS; i++) {
        struct vfio_region_info *info = region_describe(device, VFIO_PCI_BAR0_REGION_INDEX + i);

        if (info == NULL) {
            bell_vfio_bars_close(bars);
            return bell_error_set(-EIO, "VFIO does not describe BAR%u: %s", i, strerror(errno));
        }
        bars->bar[i].position = info->offset;
        bars->bar[i].bytes = info->size;
        if (info->size > 0 && (info->flags & VFIO_REGION_INFO_FLAG_MMAP) != 0)
            areas_find(&bars->bar[i], info);
        free(info);
    }
    return 0;
}

void bell_vfio_bars_close(struct bell_vfio_bars *bars)
{
    for (uint32_t i = 0; i < BELL_VFIO_BARS; i++) {
        for (size_t a = 0; a < bars->bar[i].area_count; a++)
            munmap(bars->bar[i].areas[a].at, bars->bar[i].areas[a].bytes);
        bars->bar[i].area_count = 0;
    }
}

void bell_vfio_bars_away(struct bell_vfio_bars *bars)
{
    __atomic_store_n(&bars->away, 1, __ATOMIC_RELEASE);
    for (uint32_t i = 0; i < BELL_VFIO_BARS; i++) {
        for (size_t a = 0; a < bars->bar[i].area_count; a++)
            blank_map(bars->bar[i].areas[a].at, bars->bar[i].areas[a].bytes);
    }
}

int bell_vfio_bars_back(struct bell_vfio_bars *bars)
{
    for (uint32_t i = 0; i < BELL_VFIO_BARS; i++) {
        for (size_t a = 0; a < bars->bar[i].area_count; a++) {
            const struct bell_vfio_area *area = &bars->bar[i].areas[a];
            void *at = mmap(area->at, area->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, bars->device,
                            (off_t)(bars->bar[i].position + area->offset));

            if (at == MAP_FAILED) {
                int err = -errno;

                /* A failed mmap may have removed what was there. */
                bell_vfio_bars_away(bars);
                return bell_error_set(err, "BAR%u cannot be mapped: %s", i, strerror(-err));
            }
            madvise(at, area->bytes, MADV_DONTFORK);
        }
    }
    __atomic_store_n(&bars->away, 0, __ATOMIC_RELEASE);
    return 0;
}

volatile void *bell_vfio_bars_mapped(const struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint64_t *bytes)
{
    for (size_t a = 0; a < bars->bar[bar].area_count; a++) {
        const struct bell_vfio_area *area = &bars->bar[bar].areas[a];

        if (offset >= area->offset && offset - area->offset < area->bytes) {
            *bytes = area->bytes - (offset - area->offset);
            return area->at + (offset - area->offset);
        }
    }
    return NULL;
}

int bell_vfio_bars_read(struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    uint64_t bytes = 0;
    volatile void *at = bell_vfio_bars_mapped(bars, bar, offset, &bytes);

    *value = UINT64_MAX;
    if (__atomic_load_n(&bars->away, __ATOMIC_ACQUIRE) == 0) {
        if (at != NULL && bytes >= width)
            *value = width == 8 ? *(volatile uint64_t *)at : *(volatile uint32_t *)at;
        else if (pread(bars->device, value, width, (off_t)(bars->bar[bar].position + offset)) != (ssize_t)width)
            *value = UINT64_MAX;
        /* Taken away meanwhile: what was read may be the blank memory's. */
        if (__atomic_load_n(&bars->away, __ATOMIC_ACQUIRE) != 0)
            *value = UINT64_MAX;
    }
    if (width == 4)
        *value &= UINT32_MAX;
    return 0;
}

int bell_vfio_bars_write(struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    uint64_t bytes = 0;
    volatile void *at = bell_vfio_bars_mapped(bars, bar, offset, &bytes);

    if (__atomic_load_n(&bars->away, __ATOMIC_ACQUIRE) != 0)
        return 0;
    bell_fence(__ATOMIC_RELEASE); /* whatever the device shall find in memory comes before the register */
    if (at == NULL || bytes < width) {
        if (pwrite(bars->device, &value, width, (off_t)(bars->bar[bar].position + offset)) != (ssize_t)width)
            return 0; /* nobody took it: lost, as on the bus */
    } else if (width == 8) {
        *(volatile uint64_t *)at = value;
    } else {
        *(volatile uint32_t *)at = (uint32_t)value;
    }
    return 0;
}
