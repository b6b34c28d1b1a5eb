/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's NVMe controller model as a PCI function. QEMU has no IOMMU here: it reaches all of the shared RAM. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doorbell.h"
#include "pci/dma_pool.h"
#include "pci/msix.h"
#include "pci/qemu_machine.h"
#include "pci/reset.h"
#include "spec/pci.h"
#include "support/error.h"

enum { BARS = 6, CONFIG_BYTES = 4096 };

struct qemu {
    struct bell_pci_function fn; /* first: the operations cast back */
    struct bell_qemu_machine machine;
    struct bell_dma_pool pool;
    struct bell_msix msix;
    uint64_t bars[BARS]; /* physical addresses */
};

static struct qemu *of(struct bell_pci_function *fn)
{
    return (struct qemu *)fn;
}

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    return bell_qemu_config_read(&of(fn)->machine, offset, width, value);
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    return bell_qemu_config_write(&of(fn)->machine, offset, width, value);
}

static int bar_check(const struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width)
{
    if (bar >= BARS || fn->bar_bytes[bar] < width || offset > fn->bar_bytes[bar] - width)
        return bell_error_set(-EINVAL, "offset %llxh is outside BAR%u", (unsigned long long)offset, bar);
    return 0;
}

static int bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    int err = bar_check(fn, bar, offset, width);

    return err != 0 ? err : bell_qtest_load(&of(fn)->machine.qtest, of(fn)->bars[bar] + offset, width, value);
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    int err = bar_check(fn, bar, offset, width);

    return err != 0 ? err : bell_qtest_post(&of(fn)->machine.qtest, of(fn)->bars[bar] + offset, width, value);
}

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return bell_dma_pool_alloc(&of(fn)->pool, bytes, vaddr, iova);
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    bell_dma_pool_free(&of(fn)->pool, iova);
}

static int irq_setup(struct bell_pci_function *fn)
{
    return bell_msix_setup(fn, &of(fn)->msix);
}

static int irq_isset(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_isset(&of(fn)->msix, vector);
}

static int irq_clear(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_clear(&of(fn)->msix, vector);
}

static int irq_mask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_mask(fn, &of(fn)->msix, vector);
}

static int irq_unmask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_unmask(fn, &of(fn)->msix, vector);
}

/* BARs where they are to be, decoding and bus mastering on: as after open, and again after each reset. */
static int bars_program(struct qemu *qemu)
{
    int err = 0;

    for (uint32_t bar = 0; err == 0 && bar < BARS; bar++) {
        if (qemu->fn.bar_bytes[bar] != 0)
            err = bell_qemu_config_write(&qemu->machine, PCI_BAR0 + 4 * bar, 4, (uint32_t)qemu->bars[bar]);
    }
    if (err == 0)
        err = bell_qemu_config_write(&qemu->machine, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    return err;
}

static int reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct qemu *qemu = of(fn);
    int err;

    /* The model resets inside the write that asks for it: there is nothing to wait for. */
    if (kind == BELL_RESET_FLR)
        err = bell_pci_reset_flr(fn, 0);
    else if (kind == BELL_RESET_HOT)
        err = bell_qemu_hot_reset(&qemu->machine);
    else if (kind == BELL_RESET_PM)
        err = bell_pci_reset_pm(fn, 0);
    else
        err = bell_error_set(-EINVAL, "reset kind %u is not known", kind);
    return err != 0 ? err : bars_program(qemu);
}

static void relax(struct bell_pci_function *fn)
{
    sched_yield();
}

static void detach(struct bell_pci_function *fn)
{
    struct qemu *qemu = of(fn);

    bell_msix_release(fn, &qemu->msix);
    bell_qemu_machine_end(&qemu->machine);
    bell_dma_pool_destroy(&qemu->pool);
    free(qemu);
}

static const struct bell_pci_ops qemu_ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .irq_setup = irq_setup,
    .irq_isset = irq_isset,
    .irq_clear = irq_clear,
    .irq_mask = irq_mask,
    .irq_unmask = irq_unmask,
    .reset = reset,
    .close = detach,
};

/* Size one BAR by writing ones (PCI Local Bus 3.0 §6.2.5.1). *bar moves on by two for a 64-bit one. */
static int bar_size(struct qemu *qemu, uint32_t *bar, uint64_t *next)
{
    uint32_t index = *bar;
    uint32_t offset = PCI_BAR0 + 4 * index;
    uint32_t low = 0;
    uint64_t bytes;
    int err = bell_qemu_config_write(&qemu->machine, offset, 4, 0xffffffffu);

    if (err == 0)
        err = bell_qemu_config_read(&qemu->machine, offset, 4, &low);
    if (err != 0)
        return err;
    *bar += (low & PCI_BAR_TYPE) == PCI_BAR_TYPE_64 ? 2 : 1;
    bytes = (uint32_t)(~(low & ~0xfu) + 1);
    if ((low & PCI_BAR_IO) != 0 || bytes == 0)
        return 0;
    qemu->bars[index] = (*next + bytes - 1) / bytes * bytes;
    *next = qemu->bars[index] + bytes;
    if (*next > BELL_QEMU_WINDOW + BELL_QEMU_WINDOW_BYTES)
        return bell_error_set(-EIO, "qemu: BAR%u of %llu bytes does not fit", index, (unsigned long long)bytes);
    qemu->fn.bar_bytes[index] = bytes;
    return 0;
}

static int function_probe(struct qemu *qemu)
{
    uint64_t next = BELL_QEMU_WINDOW;
    uint32_t id = 0;
    uint32_t bar = 0;
    int err = bell_qemu_config_read(&qemu->machine, PCI_CLASS - 1, 4, &id);

    if (err == 0 && id >> 8 != PCI_CLASS_NVME)
        err = bell_error_set(-EIO, "qemu: no NVMe controller behind the root port, class %06xh", id >> 8);
    while (err == 0 && bar < BARS)
        err = bar_size(qemu, &bar, &next);
    if (err == 0)
        err = bars_program(qemu);
    if (err == 0)
        err = bell_msix_find(&qemu->fn, &qemu->msix);
    qemu->fn.vectors = qemu->msix.vectors;
    return err;
}

static void name_set(struct qemu *qemu, const struct bell_qemu_options *options)
{
    uint64_t bytes = qemu->machine.disk_bytes;
    unsigned shift = bytes % (UINT64_C(1) << 30) == 0 ? 30 : 20;
    char count[16] = "";

    if (options->ns > 1)
        snprintf(count, sizeof count, "%u x ", options->ns);
    snprintf(qemu->fn.name, sizeof qemu->fn.name, "QEMU NVMe %s%llu %s%s", count, (unsigned long long)(bytes >> shift),
             shift == 30 ? "GiB" : "MiB", options->zoned ? " zoned" : "");
}

int bell_qemu_open(const char *options, struct bell_pci_function **out)
{
    struct bell_qemu_options parsed;
    struct qemu *qemu;
    int err = bell_qemu_options_parse(options, &parsed);

    if (err != 0)
        return err;
    qemu = calloc(1, sizeof *qemu);
    if (qemu == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    qemu->fn.ops = &qemu_ops;
    qemu->fn.kind = BELL_KIND_QEMU;
    qemu->fn.config_bytes = CONFIG_BYTES;
    qemu->fn.relax = relax;
    err = bell_qemu_machine_start(&qemu->machine, &parsed);
    if (err != 0) {
        free(qemu);
        return err;
    }
    name_set(qemu, &parsed);
    bell_dma_pool_init(&qemu->pool, qemu->machine.ram, BELL_QEMU_RAM_FIRST, BELL_QEMU_RAM_BYTES);
    err = function_probe(qemu);
    if (err != 0) {
        detach(&qemu->fn);
        return err;
    }
    *out = &qemu->fn;
    return 0;
}
