/* SPDX-License-Identifier: Apache-2.0 */
/* A PCI function that the kernel hands out through VFIO: a real device behind a real IOMMU. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doorbell.h"
#include "pci/capability.h"
#include "pci/place.h"
#include "pci/reset.h"
#include "pci/vfio_abi.h"
#include "pci/vfio_bars.h"
#include "pci/vfio_dma.h"
#include "pci/vfio_iommu.h"
#include "pci/vfio_irqs.h"
#include "pci/vfio_refusal.h"
#include "pci/vfio_reset.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/atomics.h"
#include "support/error.h"

/* After a reset and after each step to D3hot and back: PCIe Base 5.0 §6.6.2, PCI Power Management 1.2 §5.4. */
enum { FLR_SETTLE_MS = 100, PM_SETTLE_MS = 10 };

struct vfio {
    struct bell_pci_function fn; /* first: the operations cast back */
    struct bell_place place;
    struct bell_vfio_iommu iommu;
    struct bell_vfio_dma dma;
    struct bell_vfio_bars bars;
    struct bell_vfio_irqs irqs;
    uint64_t config; /* position of config space in the function's file */
    uint32_t power;  /* Power Management capability, 0: none */
    int request;     /* eventfd: the kernel wants the function back */
    int error;       /* eventfd: the system has reported an uncorrectable error of it */
    uint32_t taken;  /* 1: the kernel wants it back */
    _Atomic uint32_t gone;
    uint64_t errors; /* reported so far */
    /* Guards what decides whether the BARs answer: command register and power state, with the mappings that follow. */
    pthread_mutex_t lock;
};

static struct vfio *of(struct bell_pci_function *fn)
{
    return (struct vfio *)fn;
}

/* ---- config space and whether anybody answers ----------------------------------------------------------------------
 */

/* The device is unplugged, or its owner unbinds it: the kernel waits until this process lets go. */
static bool taken_away(struct vfio *vfio)
{
    if (BELL_LIKELY(bell_peek(&vfio->taken) == 0)) {
        if (BELL_LIKELY(!bell_vfio_event_take(vfio->request)))
            return false;
        pthread_mutex_lock(&vfio->lock);
        bell_poke(&vfio->taken, UINT32_C(1));
        bell_vfio_bars_away(&vfio->bars);
        pthread_mutex_unlock(&vfio->lock);
        atomic_store(&vfio->gone, 1);
    }
    bell_error_set(-ENODEV, "%s is being removed or unbound; close it, the kernel waits for that", vfio->place.address);
    return true;
}

static int config_get(struct vfio *vfio, uint32_t offset, uint32_t width, uint32_t *value)
{
    *value = 0;
    if (pread(vfio->iommu.device, value, width, (off_t)(vfio->config + offset)) == (ssize_t)width)
        return 0;
    *value = UINT32_MAX >> (32 - 8 * width);
    if (errno == EIO || errno == ENODEV || errno == ENXIO)
        return 0; /* nobody answers: all ones, as on the bus */
    return bell_error_set(-errno, "%s: config space at %xh cannot be read: %s", vfio->place.address, offset,
                          strerror(errno));
}

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    struct vfio *vfio = of(fn);
    uint32_t class_and_revision;
    int err;

    if (taken_away(vfio)) {
        *value = UINT32_MAX >> (32 - 8 * width);
        return -ENODEV;
    }
    err = config_get(vfio, offset, width, value);
    /* VFIO answers for the ids from a copy, even for a device that has gone. */
    if (err == 0 && offset < PCI_COMMAND && config_get(vfio, PCI_REVISION, 4, &class_and_revision) == 0 &&
        class_and_revision == UINT32_MAX)
        *value = UINT32_MAX >> (32 - 8 * width);
    return err;
}

static void errors_take(struct vfio *vfio)
{
    if (bell_vfio_event_take(vfio->error))
        __atomic_fetch_add(&vfio->errors, 1, __ATOMIC_RELAXED);
}

/* Pulled out, nobody answers on the bus; the kernel may take seconds to see that. */
static void watch(struct bell_pci_function *fn, bool silent)
{
    struct vfio *vfio = of(fn);
    uint32_t class_and_revision = 0;

    if (atomic_load(&vfio->gone) != 0 || taken_away(vfio))
        return;
    errors_take(vfio);
    if (silent && config_get(vfio, PCI_REVISION, 4, &class_and_revision) == 0 && class_and_revision == UINT32_MAX)
        atomic_store(&vfio->gone, 1);
}

static int notices(struct bell_pci_function *fn, bell_pci_notices *out)
{
    struct vfio *vfio = of(fn);

    watch(fn, true);
    taken_away(vfio); /* for one that was pulled out the kernel asks later */
    out->errors = __atomic_load_n(&vfio->errors, __ATOMIC_RELAXED);
    out->removal = bell_peek(&vfio->taken);
    out->gone = atomic_load(&vfio->gone);
    return 0;
}

static bool covers(uint32_t offset, uint32_t width, uint32_t reg)
{
    return offset < reg + 2 && reg < offset + width;
}

/* The 16 bits of reg as they will be after the write. */
static uint32_t after_write(struct vfio *vfio, uint32_t reg, uint32_t offset, uint32_t width, uint32_t value)
{
    uint8_t bytes[2];
    uint32_t now = 0;

    config_get(vfio, reg, 2, &now);
    for (uint32_t i = 0; i < 2; i++) {
        bytes[i] = (uint8_t)(now >> 8 * i);
        if (reg + i >= offset && reg + i < offset + width)
            bytes[i] = (uint8_t)(value >> 8 * (reg + i - offset));
    }
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static bool answers(uint32_t command, uint32_t power_control)
{
    return (command & PCI_COMMAND_MEMORY) != 0 && (power_control & PCI_PM_CSR_STATE) != PCI_PM_D3HOT;
}

/* Bring the mappings in line with what the function is now. The lock is held. */
static int bars_follow(struct vfio *vfio)
{
    uint32_t command = 0;
    uint32_t control = 0;

    config_get(vfio, PCI_COMMAND, 2, &command);
    if (vfio->power != 0)
        config_get(vfio, vfio->power + PCI_PM_CSR, 2, &control);
    if (bell_peek(&vfio->taken) != 0 || command == UINT16_MAX || !answers(command, control)) {
        bell_vfio_bars_away(&vfio->bars);
        return 0;
    }
    return bell_peek(&vfio->bars.away) != 0 ? bell_vfio_bars_back(&vfio->bars) : 0;
}

static int config_put(struct vfio *vfio, uint32_t offset, uint32_t width, uint32_t value)
{
    if (pwrite(vfio->iommu.device, &value, width, (off_t)(vfio->config + offset)) == (ssize_t)width)
        return 0;
    return bell_error_set(-errno, "%s: config space at %xh cannot be written: %s", vfio->place.address, offset,
                          strerror(errno));
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    struct vfio *vfio = of(fn);
    uint32_t control = vfio->power + PCI_PM_CSR;
    bool decides = covers(offset, width, PCI_COMMAND) || (vfio->power != 0 && covers(offset, width, control));
    int err;

    if (taken_away(vfio))
        return -ENODEV;
    if (!decides)
        return config_put(vfio, offset, width, value);
    pthread_mutex_lock(&vfio->lock);
    if (!answers(after_write(vfio, PCI_COMMAND, offset, width, value),
                 vfio->power == 0 ? 0 : after_write(vfio, control, offset, width, value)))
        bell_vfio_bars_away(&vfio->bars); /* before the kernel takes the mapping from under a reader */
    err = config_put(vfio, offset, width, value);
    if (err == 0)
        err = bars_follow(vfio);
    else
        bars_follow(vfio);
    pthread_mutex_unlock(&vfio->lock);
    return err;
}

/* ---- BARs, memory, interrupts --------------------------------------------------------------------------------------
 */

static int bar_check(const struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width)
{
    if (bar >= BELL_VFIO_BARS || fn->bar_bytes[bar] < width || offset > fn->bar_bytes[bar] - width)
        return bell_error_set(-EINVAL, "offset %llxh is outside BAR%u", (unsigned long long)offset, bar);
    return 0;
}

static int bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    int err = bar_check(fn, bar, offset, width);

    if (err != 0)
        return err;
    if (taken_away(of(fn))) {
        *value = width == 8 ? UINT64_MAX : UINT32_MAX;
        return -ENODEV;
    }
    return bell_vfio_bars_read(&of(fn)->bars, bar, offset, width, value);
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    int err = bar_check(fn, bar, offset, width);

    return err != 0 ? err : bell_vfio_bars_write(&of(fn)->bars, bar, offset, width, value);
}

static void *bar_map(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint64_t bytes)
{
    uint64_t left = 0;
    volatile void *at = bell_vfio_bars_mapped(&of(fn)->bars, bar, offset, &left);

    return at != NULL && left >= bytes ? (void *)(uintptr_t)at : NULL;
}

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return bell_vfio_dma_alloc(&of(fn)->dma, bytes, vaddr, iova);
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    bell_vfio_dma_free(&of(fn)->dma, vaddr, iova, bytes);
}

static int irq_setup(struct bell_pci_function *fn)
{
    return bell_vfio_irqs_setup(&of(fn)->irqs);
}

static int irq_isset(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vfio_irqs_isset(&of(fn)->irqs, vector);
}

static int irq_clear(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vfio_irqs_clear(&of(fn)->irqs, vector);
}

static int irq_mask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vfio_irqs_mask(&of(fn)->irqs, vector, true);
}

static int irq_unmask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_vfio_irqs_mask(&of(fn)->irqs, vector, false);
}

static int reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct vfio *vfio = of(fn);
    int err;
    int follow;

    if (taken_away(vfio))
        return -ENODEV;
    if (kind == BELL_RESET_FLR)
        err = bell_vfio_reset_function(fn, vfio->iommu.device, FLR_SETTLE_MS);
    else if (kind == BELL_RESET_HOT)
        err = bell_vfio_reset_hot(fn, &vfio->iommu, FLR_SETTLE_MS);
    else
        err = bell_pci_reset_pm(fn, PM_SETTLE_MS);
    if (err == -ENOTSUP)
        return err;
    pthread_mutex_lock(&vfio->lock);
    follow = bars_follow(vfio);
    pthread_mutex_unlock(&vfio->lock);
    return err != 0 ? err : follow;
}

/* ---- life
 * ------------------------------------------------------------------------------------------------------------ */

static void detach(struct bell_pci_function *fn)
{
    struct vfio *vfio = of(fn);

    bell_vfio_irqs_close(&vfio->irqs);
    if (vfio->request >= 0)
        close(vfio->request);
    if (vfio->error >= 0)
        close(vfio->error);
    bell_vfio_bars_close(&vfio->bars);
    bell_vfio_iommu_close(&vfio->iommu);
    bell_vfio_dma_destroy(&vfio->dma);
    pthread_mutex_destroy(&vfio->lock);
    free(vfio);
}

static const struct bell_pci_ops vfio_ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .bar_map = bar_map,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .irq_setup = irq_setup,
    .irq_isset = irq_isset,
    .irq_clear = irq_clear,
    .irq_mask = irq_mask,
    .irq_unmask = irq_unmask,
    .reset = reset,
    .notices = notices,
    .close = detach,
};

static int config_find(struct vfio *vfio)
{
    struct vfio_region_info info = {.argsz = sizeof info, .index = VFIO_PCI_CONFIG_REGION_INDEX};

    if (ioctl(vfio->iommu.device, VFIO_DEVICE_GET_REGION_INFO, &info) != 0 || info.size == 0)
        return bell_error_set(-EIO, "%s: VFIO shows no config space", vfio->place.address);
    vfio->config = info.offset;
    vfio->fn.config_bytes = (uint32_t)info.size;
    return bell_pci_capability_find(&vfio->fn, PCI_CAP_PM, &vfio->power);
}

/* Doorbells are stores where the whole of them is mapped. */
static void doorbells_find(struct vfio *vfio)
{
    uint64_t bytes = 0;
    volatile void *at = bell_vfio_bars_mapped(&vfio->bars, 0, NVME_REG_DOORBELLS, &bytes);

    vfio->fn.doorbells = at;
    vfio->fn.doorbell_bytes = at == NULL ? 0 : bytes;
}

static int function_open(struct vfio *vfio)
{
    int err = bell_vfio_bars_open(&vfio->bars, vfio->iommu.device);

    if (err == 0)
        err = config_find(vfio);
    if (err != 0)
        return err;
    for (uint32_t i = 0; i < BELL_VFIO_BARS; i++)
        vfio->fn.bar_bytes[i] = vfio->bars.bar[i].bytes;
    doorbells_find(vfio);
    err = bell_vfio_irqs_open(&vfio->irqs, &vfio->fn, &vfio->bars, vfio->iommu.device);
    if (err != 0)
        return err;
    vfio->fn.vectors = vfio->irqs.count;
    vfio->request = bell_vfio_event_connect(vfio->iommu.device, VFIO_PCI_REQ_IRQ_INDEX);
    vfio->error = bell_vfio_event_connect(vfio->iommu.device, VFIO_PCI_ERR_IRQ_INDEX);
    pthread_mutex_lock(&vfio->lock);
    err = bars_follow(vfio);
    pthread_mutex_unlock(&vfio->lock);
    return err;
}

int bell_vfio_open(const char *address, struct bell_pci_function **out)
{
    char function[24];
    struct vfio *vfio;
    int err;

    if (!bell_place_parse(address, function))
        return bell_error_set(-EINVAL, "\"%s\" is no PCI function; write it as 0000:01:00.0", address);
    vfio = calloc(1, sizeof *vfio);
    if (vfio == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    vfio->request = -1;
    vfio->error = -1;
    err = bell_place_find("", function, &vfio->place);
    if (err == 0)
        err = bell_vfio_refusal("", &vfio->place);
    if (err == 0)
        err = bell_vfio_iommu_open(&vfio->place, &vfio->iommu);
    if (err != 0) {
        free(vfio);
        return err;
    }
    vfio->fn.ops = &vfio_ops;
    vfio->fn.kind = BELL_KIND_VFIO;
    vfio->fn.gone = &vfio->gone;
    vfio->fn.watch = watch;
    snprintf(vfio->fn.name, sizeof vfio->fn.name, "NVMe %s (%04x:%04x)", vfio->place.address, vfio->place.vendor,
             vfio->place.device);
    pthread_mutex_init(&vfio->lock, NULL);
    bell_vfio_dma_init(&vfio->dma, &vfio->iommu);
    err = function_open(vfio);
    if (err != 0) {
        detach(&vfio->fn);
        return err;
    }
    *out = &vfio->fn;
    return 0;
}
