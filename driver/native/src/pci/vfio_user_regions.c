/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pci/vfio_user_function.h"
#include "spec/nvme.h"
#include "support/error.h"

#define PAGE           UINT64_C(4096)
#define INFO_BYTES     4096u
#define BAR_BYTES_MAX  (UINT64_C(1) << 40)
#define DOORBELL_BYTES (UINT64_C(1) << 20) /* more doorbells than there are queue ids */

/* ---- access ------------------------------------------------------------------------------------------------------ */

int bell_vu_region_read(struct bell_vu_function *function, uint32_t region, uint64_t offset, void *data, uint32_t bytes)
{
    const struct vfio_user_region_access access = {offset, region, bytes};
    uint8_t reply[sizeof access + 8];
    struct bell_vu_request request = {
        .command = VFIO_USER_REGION_READ,
        .first = {&access, sizeof access},
        .reply_least = (uint32_t)sizeof access + bytes,
        .reply = reply,
        .reply_room = (uint32_t)sizeof access + bytes,
    };
    int err = bell_vu_link_ask(&function->link, &request);

    memset(data, 0xff, bytes);
    if (err != 0)
        return err;
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    memcpy(data, reply + sizeof access, bytes);
    return 0;
}

int bell_vu_region_write(struct bell_vu_function *function, uint32_t region, uint64_t offset, const void *data,
                         uint32_t bytes)
{
    const struct vfio_user_region_access access = {offset, region, bytes};
    struct bell_vu_request request = {
        .command = VFIO_USER_REGION_WRITE,
        .first = {&access, sizeof access},
        .second = {data, bytes},
    };
    int err = bell_vu_link_ask(&function->link, &request);

    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return err;
}

/* ---- doorbells --------------------------------------------------------------------------------------------------- */

struct span {
    uint64_t offset; /* in the region */
    uint64_t bytes;
};

/* The part of the span that doorbells are in, whole pages. */
static bool doorbells_of(struct span *span, uint64_t region_bytes)
{
    uint64_t end;

    if (__builtin_add_overflow(span->offset, span->bytes, &end) || end > region_bytes || span->offset % PAGE != 0)
        return false;
    if (span->offset > NVME_REG_DOORBELLS || end <= NVME_REG_DOORBELLS)
        return false;
    span->offset = NVME_REG_DOORBELLS;
    span->bytes = (end - NVME_REG_DOORBELLS) / PAGE * PAGE;
    if (span->bytes > DOORBELL_BYTES)
        span->bytes = DOORBELL_BYTES;
    return span->bytes != 0;
}

/* Look through the capabilities behind the region info for the span with the doorbells. */
static bool span_find(const uint8_t *info, uint32_t bytes, const struct vfio_user_region_info *region, struct span *out)
{
    uint32_t at = region->cap_offset;
    bool sparse = false;

    for (int steps = 0; (region->flags & VFIO_USER_REGION_CAPS) != 0 && at != 0 && steps < 16; steps++) {
        struct vfio_user_sparse_mmap cap = {0};
        struct vfio_user_sparse_area area;

        if (at < sizeof *region || at > bytes || bytes - at < sizeof cap.cap)
            return false;
        memcpy(&cap.cap, info + at, sizeof cap.cap);
        if (cap.cap.id == VFIO_USER_CAP_SPARSE_MMAP && bytes - at >= sizeof cap) {
            memcpy(&cap, info + at, sizeof cap);
            sparse = true;
            for (uint32_t i = 0; i < cap.areas && (uint64_t)(i + 1) * sizeof area <= bytes - at - sizeof cap; i++) {
                memcpy(&area, info + at + sizeof cap + (size_t)i * sizeof area, sizeof area);
                *out = (struct span){area.offset, area.bytes};
                if (doorbells_of(out, region->bytes))
                    return true;
            }
        }
        at = cap.cap.next;
    }
    *out = (struct span){0, region->bytes}; /* without such a capability, all of it may be mapped */
    return !sparse && doorbells_of(out, region->bytes);
}

/* Doorbells that cannot be mapped are no error: they go through messages. */
static void doorbells_map(struct bell_vu_function *function, int fd, const struct vfio_user_region_info *region,
                          const struct span *span)
{
    struct stat status;
    uint64_t offset;
    uint64_t end;
    void *page;

    if (__builtin_add_overflow(region->offset, span->offset, &offset) || offset % PAGE != 0 ||
        __builtin_add_overflow(offset, span->bytes, &end) || end > INT64_MAX)
        return;
    /* A store behind the end of the file would end this program. */
    if (fstat(fd, &status) != 0 || (S_ISREG(status.st_mode) && (uint64_t)status.st_size < end))
        return;
    page = mmap(NULL, span->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
    if (page == MAP_FAILED)
        return;
    function->doorbell_page = page;
    function->doorbell_page_bytes = span->bytes;
    function->fn.doorbells = page;
    function->fn.doorbell_bytes = span->bytes;
}

/* All of a BAR behind BAR0, which is memory then. That it cannot be mapped is no error. */
static void bar_mmap(struct bell_vu_function *function, uint32_t index, int fd,
                     const struct vfio_user_region_info *region)
{
    struct stat status;
    uint64_t end;
    void *memory;

    if ((region->flags & VFIO_USER_REGION_MMAP) == 0 || (region->flags & VFIO_USER_REGION_CAPS) != 0 ||
        region->bytes == 0 || region->offset % PAGE != 0 ||
        __builtin_add_overflow(region->offset, region->bytes, &end) || end > INT64_MAX)
        return;
    if (fstat(fd, &status) != 0 || (S_ISREG(status.st_mode) && (uint64_t)status.st_size < end))
        return;
    memory = mmap(NULL, region->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)region->offset);
    if (memory != MAP_FAILED)
        function->bar_memory[index] = memory;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static int region_ask(struct bell_vu_function *function, uint32_t index)
{
    union {
        struct vfio_user_region_info region;
        uint8_t bytes[INFO_BYTES];
    } info = {.region = {.argsz = sizeof info, .index = index}};
    struct bell_vu_request request = {
        .command = VFIO_USER_GET_REGION_INFO,
        .first = {&info.region, sizeof info.region},
        .reply_least = sizeof info.region,
        .reply = &info,
        .reply_room = sizeof info,
    };
    struct span span;
    int err = bell_vu_link_ask(&function->link, &request);

    if (err != 0)
        return err;
    function->region_flags[index] = info.region.flags;
    if (info.region.bytes > BAR_BYTES_MAX)
        err = bell_error_set(-EPROTO, "vfio-user:%s: the server says that region %u has %llu bytes",
                             function->link.path, index, (unsigned long long)info.region.bytes);
    else if (index < 6)
        function->fn.bar_bytes[index] = info.region.bytes;
    else if (index == VFIO_USER_REGION_CONFIG)
        function->fn.config_bytes = info.region.bytes >= 4096 ? 4096 : info.region.bytes >= 256 ? 256 : 0;
    if (err == 0 && index == VFIO_USER_REGION_BAR0 && request.reply_fd >= 0 &&
        (info.region.flags & VFIO_USER_REGION_MMAP) != 0 &&
        span_find(info.bytes, request.reply_bytes, &info.region, &span))
        doorbells_map(function, request.reply_fd, &info.region, &span);
    if (err == 0 && index > VFIO_USER_REGION_BAR0 && index < 6 && request.reply_fd >= 0)
        bar_mmap(function, index, request.reply_fd, &info.region);
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return err;
}

int bell_vu_regions_find(struct bell_vu_function *function)
{
    struct vfio_user_device_info info = {.argsz = sizeof info};
    struct bell_vu_request request = {
        .command = VFIO_USER_DEVICE_GET_INFO,
        .first = {&info, sizeof info},
        .reply_least = sizeof info,
        .reply = &info,
        .reply_room = sizeof info,
    };
    int err = bell_vu_link_ask(&function->link, &request);

    if (err != 0)
        return err;
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    if ((info.flags & VFIO_USER_DEVICE_PCI) == 0 || info.regions <= VFIO_USER_REGION_CONFIG ||
        info.irqs <= VFIO_USER_IRQ_MSIX)
        return bell_error_set(-EPROTO, "vfio-user:%s: the server does not serve a PCI device (%u regions)",
                              function->link.path, info.regions);
    for (uint32_t index = 0; err == 0 && index <= VFIO_USER_REGION_CONFIG; index++)
        err = region_ask(function, index);
    if (err == 0 && function->fn.config_bytes == 0)
        err = bell_error_set(-EPROTO, "vfio-user:%s: the device has no config space", function->link.path);
    if (err == 0 && function->fn.bar_bytes[0] < NVME_REG_DOORBELLS + 8)
        err = bell_error_set(-EPROTO, "vfio-user:%s: BAR0 has %llu bytes, too few for an NVMe controller",
                             function->link.path, (unsigned long long)function->fn.bar_bytes[0]);
    return err;
}

void bell_vu_regions_release(struct bell_vu_function *function)
{
    if (function->doorbell_page != NULL)
        munmap(function->doorbell_page, function->doorbell_page_bytes);
    function->doorbell_page = NULL;
    for (uint32_t bar = 0; bar < 6; bar++) {
        if (function->bar_memory[bar] != NULL)
            munmap(function->bar_memory[bar], function->fn.bar_bytes[bar]);
        function->bar_memory[bar] = NULL;
    }
}
