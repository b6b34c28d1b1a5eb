/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/lend.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/function.h"
#include "sim/sim.h"
#include "support/error.h"

int sim_lend(struct bell_pci_function *fn, int *fd)
{
    struct sim *sim = sim_of(fn);
    const off_t at = NVME_REG_DOORBELLS;
    const size_t bytes = fn->doorbell_bytes;
    void *place = (void *)(uintptr_t)sim->doorbells;
    int err;

    *fd = memfd_create("doorbell-bar0", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd < 0)
        return bell_error_set(-errno, "sim: no memory file for the doorbells: %s", strerror(errno));
    /* The same words, then the same address: whoever looks at them sees no change. */
    if (ftruncate(*fd, at + (off_t)bytes) != 0 || pwrite(*fd, place, bytes, at) != (ssize_t)bytes ||
        fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
        mmap(place, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, *fd, at) == MAP_FAILED) {
        err = bell_error_set(-errno, "sim: no shared memory for the doorbells: %s", strerror(errno));
        close(*fd);
        *fd = -1;
        return err;
    }
    atomic_store(&sim->lent, 1);
    sim_wake(sim);
    return 0;
}

int sim_lend_cmb(struct bell_pci_function *fn)
{
    return sim_of(fn)->cmb.fd;
}

void sim_lend_remote(struct bell_pci_function *fn, const struct sim_remote *remote)
{
    sim_of(fn)->iommu.remote = *remote;
    sim_event_wait(sim_of(fn), SIM_EVENT_LOOK);
}

int sim_lend_map(struct bell_pci_function *fn, uint64_t iova, uint64_t bytes, uint8_t *host, uint32_t access,
                 bool remote)
{
    return sim_iommu_map(&sim_of(fn)->iommu, iova, bytes, host, access, remote);
}

int sim_lend_unmap(struct bell_pci_function *fn, uint64_t iova, uint64_t bytes)
{
    return sim_iommu_unmap(&sim_of(fn)->iommu, iova, bytes);
}

static int vector_check(const struct sim *sim, uint32_t vector)
{
    if (vector < sim->irq.count)
        return 0;
    return bell_error_set(-EINVAL, "sim: MSI-X vector %u is not there, 0 to %u are", vector, sim->irq.count - 1);
}

int sim_lend_irq(struct bell_pci_function *fn, uint32_t vector, int eventfd)
{
    struct sim *sim = sim_of(fn);
    int err = vector_check(sim, vector);

    if (err != 0)
        return err;
    if (sim_interrupts_eventfd(&sim->irq, vector, eventfd) >= 0)
        sim_event_wait(sim, SIM_EVENT_LOOK); /* the device thread may be writing to the former one */
    return 0;
}

int sim_lend_irq_mask(struct bell_pci_function *fn, uint32_t vector, bool mask)
{
    struct sim *sim = sim_of(fn);
    int err = vector_check(sim, vector);

    if (err == 0)
        sim_interrupts_mask(&sim->irq, vector, mask);
    return err;
}

int sim_lend_irq_raise(struct bell_pci_function *fn, uint32_t vector)
{
    struct sim *sim = sim_of(fn);
    int err = vector_check(sim, vector);

    if (err == 0)
        sim_interrupts_trigger(&sim->irq, vector);
    return err;
}

void sim_lend_renew(struct bell_pci_function *fn)
{
    struct sim *sim = sim_of(fn);

    for (uint32_t i = 0; i < sim->irq.count; i++) {
        sim_interrupts_eventfd(&sim->irq, i, -1);
        sim_interrupts_mask(&sim->irq, i, false);
    }
    sim_function_renew(sim);
}
