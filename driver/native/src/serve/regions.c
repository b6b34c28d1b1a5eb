/* SPDX-License-Identifier: Apache-2.0 */
/* Regions of the function: BAR0 with its mappable doorbells, and config space. */
#include <errno.h>
#include <string.h>

#include "serve/session.h"
#include "sim/cmb.h"
#include "sim/lend.h"
#include "spec/nvme.h"

static uint64_t region_bytes(const struct serve_session *session, uint32_t index)
{
    if (index < 6)
        return session->fn->bar_bytes[index];
    return index == VFIO_USER_REGION_CONFIG ? session->fn->config_bytes : 0;
}

struct info {
    struct vfio_user_region_info region;
    struct vfio_user_sparse_mmap sparse;
    struct vfio_user_sparse_area area;
};
static_assert(sizeof(struct info) == 64, "no holes between the parts of a region info");

void serve_regions_info(struct serve_session *session, struct serve_answer *answer)
{
    struct info *info = (struct info *)answer->head;
    struct vfio_user_region_info asked;

    static_assert(sizeof *info <= sizeof answer->head, "the answer fits");
    if (session->message.bytes < sizeof asked) {
        answer->error = EINVAL;
        return;
    }
    memcpy(&asked, session->message.payload, sizeof asked);
    if (asked.index >= VFIO_USER_PCI_REGIONS || asked.argsz < sizeof asked) {
        answer->error = EINVAL;
        return;
    }
    memset(info, 0, sizeof *info);
    info->region.argsz = sizeof info->region;
    info->region.index = asked.index;
    info->region.bytes = region_bytes(session, asked.index);
    if (info->region.bytes != 0)
        info->region.flags = VFIO_USER_REGION_READABLE | VFIO_USER_REGION_WRITEABLE;
    answer->first = (struct bell_vu_part){info, sizeof info->region};
    if (asked.index == SIM_CMB_BAR && info->region.bytes != 0) { /* memory, all of it */
        info->region.flags |= VFIO_USER_REGION_MMAP;
        answer->fd = sim_lend_cmb(session->fn);
        return;
    }
    if (asked.index != VFIO_USER_REGION_BAR0 || session->doorbells < 0)
        return;

    info->region.argsz = sizeof *info;
    info->region.flags |= VFIO_USER_REGION_MMAP | VFIO_USER_REGION_CAPS;
    info->region.cap_offset = sizeof info->region; /* QEMU takes none below that, even where it has no room yet */
    answer->fd = session->doorbells;
    if (asked.argsz < sizeof *info)
        return; /* it asks again with more room */
    info->sparse = (struct vfio_user_sparse_mmap){.cap = {.id = VFIO_USER_CAP_SPARSE_MMAP, .version = 1}, .areas = 1};
    info->area = (struct vfio_user_sparse_area){NVME_REG_DOORBELLS, session->fn->doorbell_bytes};
    answer->first.bytes = sizeof *info;
}

/* ---- access ------------------------------------------------------------------------------------------------------ */

/* The widest single access that starts here. */
static uint32_t width_at(uint64_t offset, uint64_t left, uint32_t most)
{
    uint32_t width = most;

    while (width > left || offset % width != 0)
        width /= 2;
    return width;
}

static int config_move(struct bell_pci_function *fn, uint64_t offset, uint8_t *data, uint64_t bytes, bool write)
{
    int err = 0;

    for (uint32_t width; bytes > 0 && err == 0; bytes -= width, offset += width, data += width) {
        uint32_t value = 0;

        width = width_at(offset, bytes, 4);
        if (write) {
            memcpy(&value, data, width);
            err = fn->ops->config_write(fn, (uint32_t)offset, width, value);
        } else {
            err = fn->ops->config_read(fn, (uint32_t)offset, width, &value);
            memcpy(data, &value, width);
        }
    }
    return -err;
}

/* Registers are accessed as dwords or pairs of them; a read of fewer bytes is a part of such a one. */
static int bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint8_t *data, uint64_t bytes)
{
    int err = 0;

    for (uint32_t width; bytes > 0 && err == 0; bytes -= width, offset += width, data += width) {
        uint64_t value = 0;

        width = width_at(offset, bytes, 8);
        err = fn->ops->bar_read(fn, bar, offset & ~UINT64_C(3), width < 4 ? 4 : width, &value);
        if (width < 4)
            value >>= 8 * (offset & 3);
        memcpy(data, &value, width);
    }
    return -err;
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, const uint8_t *data, uint64_t bytes)
{
    int err = 0;

    if (offset % 4 != 0 || bytes % 4 != 0)
        return EINVAL; /* NVMe Base 2.0c 3.1: no register is written in parts of a dword */
    for (uint32_t width; bytes > 0 && err == 0; bytes -= width, offset += width, data += width) {
        uint64_t value = 0;

        width = width_at(offset, bytes, 8);
        memcpy(&value, data, width);
        err = fn->ops->bar_write(fn, bar, offset, width, value);
    }
    return -err;
}

static int access_take(const struct serve_session *session, struct vfio_user_region_access *access)
{
    uint64_t end;

    if (session->message.bytes < sizeof *access)
        return EINVAL;
    memcpy(access, session->message.payload, sizeof *access);
    if (access->region >= VFIO_USER_PCI_REGIONS || access->count > BELL_VU_XFER_BYTES ||
        __builtin_add_overflow(access->offset, access->count, &end) || end > region_bytes(session, access->region))
        return EINVAL;
    return 0;
}

void serve_regions_read(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_region_access access;
    uint8_t *data = session->message.payload + sizeof access;

    answer->error = access_take(session, &access);
    if (answer->error != 0)
        return;
    answer->error = access.region == VFIO_USER_REGION_CONFIG
                        ? config_move(session->fn, access.offset, data, access.count, false)
                        : bar_read(session->fn, access.region, access.offset, data, access.count);
    answer->first = (struct bell_vu_part){session->message.payload, sizeof access};
    answer->second = (struct bell_vu_part){data, access.count};
}

void serve_regions_write(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_region_access access;
    uint8_t *data = session->message.payload + sizeof access;

    answer->error = access_take(session, &access);
    if (answer->error == 0 && session->message.bytes - sizeof access < access.count)
        answer->error = EINVAL;
    if (answer->error != 0)
        return;
    answer->error = access.region == VFIO_USER_REGION_CONFIG
                        ? config_move(session->fn, access.offset, data, access.count, true)
                        : bar_write(session->fn, access.region, access.offset, data, access.count);
    answer->first = (struct bell_vu_part){session->message.payload, sizeof access};
}
