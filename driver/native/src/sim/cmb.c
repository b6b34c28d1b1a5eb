/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/cmb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/sim.h"
#include "support/error.h"

#define PAGE UINT64_C(4096) /* CMBSZ.SZU is 0 */

int sim_cmb_init(struct sim *sim, uint64_t bytes)
{
    struct sim_cmb *cmb = &sim->cmb;
    void *memory;

    cmb->fd = -1;
    if (bytes == 0)
        return 0;
    cmb->fd = memfd_create("doorbell-cmb", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (cmb->fd < 0 || ftruncate(cmb->fd, (off_t)bytes) != 0 ||
        fcntl(cmb->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return bell_error_set(-errno, "sim: no memory file for the controller memory buffer: %s", strerror(errno));
    memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, cmb->fd, 0);
    if (memory == MAP_FAILED)
        return bell_error_set(-ENOMEM, "sim: no memory for a controller memory buffer of %llu bytes",
                              (unsigned long long)bytes);
    cmb->memory = memory;
    cmb->bytes = bytes;
    return 0;
}

void sim_cmb_destroy(struct sim *sim)
{
    if (sim->cmb.memory != NULL)
        munmap(sim->cmb.memory, sim->cmb.bytes);
    if (sim->cmb.fd >= 0)
        close(sim->cmb.fd);
}

void sim_cmb_power_on(struct sim *sim)
{
    if (sim->cmb.bytes != 0)
        memset(sim->cmb.memory, 0, sim->cmb.bytes);
}

/* ---- registers, 3.1.3.11 to 3.1.3.17 ----------------------------------------------------------------------------- */

uint32_t sim_cmb_read(const struct sim *sim, uint64_t offset)
{
    const struct sim_cmb *cmb = &sim->cmb;
    const bool shown = (cmb->msc & NVME_CMBMSC_CRE) != 0;

    switch (offset) {
    case NVME_REG_CMBLOC:
        return shown ? (uint32_t)NVME_PUT(SIM_CMB_BAR, NVME_CMBLOC_BIR) | NVME_CMBLOC_ALLOWANCES : 0;
    case NVME_REG_CMBSZ:
        return shown ? (uint32_t)NVME_PUT(cmb->bytes / PAGE, NVME_CMBSZ_SZ) | NVME_CMBSZ_USES : 0;
    case NVME_REG_CMBMSC:
        return (uint32_t)cmb->msc;
    case NVME_REG_CMBMSC + 4:
        return (uint32_t)(cmb->msc >> 32);
    default:
        return cmb->invalid ? NVME_CMBSTS_CBAI : 0;
    }
}

void sim_cmb_write(struct sim *sim, uint64_t offset, uint32_t value)
{
    struct sim_cmb *cmb = &sim->cmb;

    if (cmb->bytes == 0)
        return;
    if (offset == NVME_REG_CMBMSC)
        cmb->msc = (cmb->msc & ~UINT64_C(0xffffffff)) |
                   (value & (uint32_t)(NVME_CMBMSC_CRE | NVME_CMBMSC_CMSE | NVME_CMBMSC_CBA));
    else
        cmb->msc = (cmb->msc & UINT64_C(0xffffffff)) | (uint64_t)value << 32;
}

/* ---- the device's side ------------------------------------------------------------------------------------------- */

static void region_put(struct sim *sim, uint64_t start, uint64_t end)
{
    sim->iommu.cmb = (struct sim_region){
        .start = start, .end = end, .host = sim->cmb.memory, .access = SIM_READ | SIM_WRITE, .plain = true};
    /* Queues may lie there, or lie there no more. */
    for (uint32_t i = 0; i < SIM_MAX_QUEUES; i++) {
        sim->sq[i].ring = NULL;
        sim->cq[i].ring = NULL;
    }
}

void sim_cmb_reset(struct sim *sim)
{
    sim->cmb.msc = 0;
    sim->cmb.invalid = false;
    region_put(sim, 0, 0);
}

/* An address is one thing's alone. */
static bool overlaps(const struct sim *sim, uint64_t start, uint64_t end)
{
    const struct sim_region_table *table = sim->iommu.current;

    for (uint32_t i = 0; i < table->count; i++)
        if (table->regions[i].start < end && start < table->regions[i].end)
            return true;
    return false;
}

void sim_cmb_follow(struct sim *sim)
{
    struct sim_cmb *cmb = &sim->cmb;

    pthread_mutex_lock(&sim->lock);
    const uint64_t start = cmb->msc & NVME_CMBMSC_CBA;
    const uint64_t end = start + cmb->bytes;
    const bool wanted = (cmb->msc & NVME_CMBMSC_CRE) != 0 && (cmb->msc & NVME_CMBMSC_CMSE) != 0;

    cmb->invalid = wanted && (end < start || overlaps(sim, start, end));
    const bool on = wanted && !cmb->invalid;
    pthread_mutex_unlock(&sim->lock);
    region_put(sim, on ? start : 0, on ? end : 0);
}

/* ---- BAR2 -------------------------------------------------------------------------------------------------------- */

uint64_t sim_cmb_bar_read(const struct sim *sim, uint64_t offset, uint32_t width)
{
    const void *at = sim->cmb.memory + offset;

    if (!atomic_load(&sim->decoding))
        return width == 8 ? UINT64_MAX : UINT32_MAX;
    return width == 8 ? __atomic_load_n((const uint64_t *)at, __ATOMIC_ACQUIRE)
                      : __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);
}

void sim_cmb_bar_write(struct sim *sim, uint64_t offset, uint32_t width, uint64_t value)
{
    void *at = sim->cmb.memory + offset;

    if (!atomic_load(&sim->decoding))
        return;
    if (width == 8)
        __atomic_store_n((uint64_t *)at, value, __ATOMIC_RELEASE);
    else
        __atomic_store_n((uint32_t *)at, (uint32_t)value, __ATOMIC_RELEASE);
}
