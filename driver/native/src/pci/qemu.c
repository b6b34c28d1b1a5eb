/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's NVMe controller model as a PCI function. QEMU has no IOMMU here: it reaches all of the shared RAM. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doorbell.h"
#include "pci/capability.h"
#include "pci/dma_pool.h"
#include "pci/msix.h"
#include "pci/qemu_machine.h"
#include "pci/reset.h"
#include "spec/pci.h"
#include "support/error.h"

enum { BARS = 6, CONFIG_BYTES = 4096 };

struct qemu {
    struct bell_pci_function fn; /* first: the operations cast back */
    struct bell_qemu_machine *machine;
    uint32_t controller;
    uint32_t vf;     /* 0: the physical function */
    uint64_t config; /* address of config space */
    uint32_t sriov;  /* capability of a physical function, 0 none */
    struct bell_msix msix;
    uint64_t bars[BARS]; /* physical addresses */
    _Atomic uint32_t disabled;
    uint32_t ids; /* of a virtual function, whose own are all ones (PCI Express Base 4.0 §9.3.4.1) */
};

static struct qemu *of(struct bell_pci_function *fn)
{
    return (struct qemu *)fn;
}

static int config_load(struct qemu *qemu, uint32_t offset, uint32_t width, uint32_t *value)
{
    uint64_t wide;
    int err = bell_qtest_load(&qemu->machine->qtest, qemu->config + offset, width, &wide);

    *value = (uint32_t)wide;
    return err;
}

static int config_store(struct qemu *qemu, uint32_t offset, uint32_t width, uint32_t value)
{
    return bell_qtest_store(&qemu->machine->qtest, qemu->config + offset, width, value);
}

/* What an operating system shows of a virtual function: ids, and the memory that its physical function has enabled. */
static uint32_t vf_shown(const struct qemu *qemu, uint32_t offset, uint32_t width, uint32_t value)
{
    uint32_t mask = UINT32_MAX >> (32 - 8 * width);

    if (offset < PCI_COMMAND)
        return qemu->ids >> 8 * offset & mask;
    return offset == PCI_COMMAND ? value | PCI_COMMAND_MEMORY : value;
}

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    struct qemu *qemu = of(fn);
    uint32_t class_and_revision = 0;
    int err = config_load(qemu, offset, width, value);

    if (err != 0 || qemu->vf == 0 || offset > PCI_COMMAND)
        return err;
    /* All ones: it has been disabled. */
    err = config_load(qemu, PCI_REVISION, 4, &class_and_revision);
    if (err == 0 && class_and_revision != UINT32_MAX)
        *value = vf_shown(qemu, offset, width, *value);
    return err;
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    return config_store(of(fn), offset, width, value);
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

    return err != 0 ? err : bell_qtest_load(&of(fn)->machine->qtest, of(fn)->bars[bar] + offset, width, value);
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    int err = bar_check(fn, bar, offset, width);

    return err != 0 ? err : bell_qtest_post(&of(fn)->machine->qtest, of(fn)->bars[bar] + offset, width, value);
}

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return bell_dma_pool_alloc(&of(fn)->machine->pool, bytes, vaddr, iova);
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    bell_dma_pool_free(&of(fn)->machine->pool, iova);
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

static int bar_program(struct qemu *qemu, uint32_t offset, uint64_t address)
{
    int err = config_store(qemu, offset, 4, (uint32_t)address);

    return err != 0 ? err : config_store(qemu, offset + 4, 4, (uint32_t)(address >> 32));
}

/* BARs where they are to be, decoding and bus mastering on: as after open, and again after each reset. */
static int bars_program(struct qemu *qemu)
{
    int err = 0;

    if (qemu->vf == 0) {
        for (uint32_t bar = 0; err == 0 && bar < BARS; bar++) {
            if (qemu->fn.bar_bytes[bar] != 0)
                err = config_store(qemu, PCI_BAR0 + 4 * bar, 4, (uint32_t)qemu->bars[bar]);
        }
        if (err == 0 && qemu->sriov != 0)
            err = bar_program(qemu, qemu->sriov + PCI_SRIOV_BAR0, qemu->machine->vf_bar);
    }
    if (err == 0)
        err = config_store(qemu, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    return err;
}

static int reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct qemu *qemu = of(fn);
    int err;

    /* The model resets inside the write that asks for it: there is nothing to wait for. */
    if (kind == BELL_RESET_FLR)
        err = bell_pci_reset_flr(fn, 0);
    else if (kind == BELL_RESET_HOT && qemu->vf != 0)
        return bell_error_set(-ENOTSUP, "%s: a hot reset is for the whole device; ask its physical function for it",
                              fn->name);
    else if (kind == BELL_RESET_HOT)
        err = bell_qemu_hot_reset(qemu->machine, qemu->controller);
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

/* QEMU may have ended, and a virtual function may be disabled by its physical one. */
static void watch(struct bell_pci_function *fn, bool silent)
{
    struct qemu *qemu = of(fn);
    uint32_t class_and_revision = 0;

    bell_qtest_look(&qemu->machine->qtest);
    if (qemu->vf == 0)
        return;
    if (atomic_load(&qemu->machine->qtest.lost) != 0)
        atomic_store(&qemu->disabled, 1);
    else if (silent && config_load(qemu, PCI_REVISION, 4, &class_and_revision) == 0 && class_and_revision == UINT32_MAX)
        atomic_store(&qemu->disabled, 1);
}

static void detach(struct bell_pci_function *fn)
{
    struct qemu *qemu = of(fn);

    bell_msix_release(fn, &qemu->msix);
    bell_qemu_machine_put(qemu->machine, qemu->controller, qemu->vf);
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

/* Room for so many bytes in the controller's window, aligned to `unit`. */
static int window_take(const struct qemu *qemu, uint64_t *next, uint64_t unit, uint64_t bytes, uint64_t *address)
{
    uint64_t end = BELL_QEMU_WINDOW + (qemu->controller + 1) * BELL_QEMU_WINDOW_BYTES;

    *address = (*next + unit - 1) / unit * unit;
    *next = *address + bytes;
    if (*next > end)
        return bell_error_set(-EIO, "qemu: a BAR of %llu bytes does not fit", (unsigned long long)bytes);
    return 0;
}

/* Size one BAR by writing ones (PCI Local Bus 3.0 §6.2.5.1). *low is 0 where there is none. */
static int bar_size(struct qemu *qemu, uint32_t offset, uint32_t *low, uint64_t *bytes)
{
    int err = config_store(qemu, offset, 4, 0xffffffffu);

    if (err == 0)
        err = config_load(qemu, offset, 4, low);
    *bytes = (uint32_t)(~(*low & ~0xfu) + 1);
    if ((*low & PCI_BAR_IO) != 0)
        *bytes = 0;
    return err;
}

static int bars_find(struct qemu *qemu, uint64_t *next)
{
    for (uint32_t bar = 0; bar < BARS;) {
        uint32_t low = 0;
        uint64_t bytes = 0;
        int err = bar_size(qemu, PCI_BAR0 + 4 * bar, &low, &bytes);

        if (err == 0 && bytes != 0)
            err = window_take(qemu, next, bytes, bytes, &qemu->bars[bar]);
        if (err != 0)
            return err;
        qemu->fn.bar_bytes[bar] = bytes;
        bar += (low & PCI_BAR_TYPE) == PCI_BAR_TYPE_64 ? 2 : 1;
    }
    return 0;
}

/* The BAR of the virtual functions has room for all of them. */
static int vf_bar_find(struct qemu *qemu, uint64_t *next)
{
    struct bell_qemu_machine *machine = qemu->machine;
    uint32_t low = 0;
    uint64_t bytes = 0;
    int err = bell_pci_extended_find(&qemu->fn, PCI_EXT_CAP_SRIOV, &qemu->sriov);

    if (err != 0 || qemu->sriov == 0 || machine->vf_bar != 0)
        return err;
    err = bar_size(qemu, qemu->sriov + PCI_SRIOV_BAR0, &low, &bytes);
    if (err == 0)
        err = window_take(qemu, next, bytes, bytes * machine->options.vfs, &machine->vf_bar);
    machine->vf_bar_bytes = bytes;
    return err;
}

static int physical_probe(struct qemu *qemu)
{
    uint64_t next = BELL_QEMU_WINDOW + qemu->controller * BELL_QEMU_WINDOW_BYTES;
    int err;

    qemu->config = bell_qemu_config_address(qemu->controller, 0);
    err = bars_find(qemu, &next);
    return err != 0 ? err : vf_bar_find(qemu, &next);
}

/* Where a virtual function is says the SR-IOV capability of the physical one, whose owner enables it. */
static int virtual_probe(struct qemu *qemu)
{
    struct bell_pci_function *fn = &qemu->fn;
    const struct bell_qemu_machine *machine = qemu->machine;
    uint32_t sriov = 0, control = 0, enabled = 0, routing = 0, device = 0, vendor = 0;
    uint32_t vf = qemu->vf;
    int err;

    qemu->config = bell_qemu_config_address(qemu->controller, 0);
    qemu->vf = 0; /* config space is the physical function's for now */
    err = bell_pci_extended_find(fn, PCI_EXT_CAP_SRIOV, &sriov);
    if (err == 0)
        err = config_load(qemu, PCI_VENDOR, 2, &vendor);
    if (err == 0)
        err = config_load(qemu, sriov + PCI_SRIOV_CONTROL, 2, &control);
    if (err == 0)
        err = config_load(qemu, sriov + PCI_SRIOV_NUM_VFS, 2, &enabled);
    if (err == 0)
        err = config_load(qemu, sriov + PCI_SRIOV_VF_OFFSET, 4, &routing);
    if (err == 0)
        err = config_load(qemu, sriov + PCI_SRIOV_VF_DEVICE, 2, &device);
    qemu->vf = vf;
    if (err != 0)
        return err;
    if ((control & PCI_SRIOV_CONTROL_ENABLE) == 0 || enabled < vf || machine->vf_bar == 0)
        return bell_error_set(-ENODEV,
                              "qemu: vf=%u: is not enabled; write NumVFs and then VF Enable and VF MSE in the SR-IOV "
                              "capability of the physical function (machine=%s), at %03xh of its config space",
                              vf, machine->options.machine, sriov);
    qemu->ids = vendor | device << 16;
    qemu->config = bell_qemu_config_address(qemu->controller, (routing & 0xffff) + (vf - 1) * (routing >> 16));
    qemu->bars[0] = machine->vf_bar + (vf - 1) * machine->vf_bar_bytes;
    fn->bar_bytes[0] = machine->vf_bar_bytes;
    return 0;
}

static int function_probe(struct qemu *qemu)
{
    uint32_t id = 0;
    int err = qemu->vf == 0 ? physical_probe(qemu) : virtual_probe(qemu);

    if (err == 0)
        err = config_load(qemu, PCI_CLASS - 1, 4, &id);
    if (err == 0 && id >> 8 != PCI_CLASS_NVME)
        err = bell_error_set(-EIO, "qemu: no NVMe controller behind the root port, class %06xh", id >> 8);
    if (err == 0)
        err = bars_program(qemu);
    if (err == 0)
        err = bell_msix_find(&qemu->fn, &qemu->msix);
    qemu->fn.vectors = qemu->msix.vectors;
    return err;
}

/* "QEMU NVMe 2 x 512 MiB zoned, controller 1 of 2" */
static void name_set(struct qemu *qemu)
{
    const struct bell_qemu_options *options = &qemu->machine->options;
    uint64_t bytes = qemu->machine->disk_bytes;
    unsigned shift = bytes % (UINT64_C(1) << 30) == 0 ? 30 : 20;
    size_t room = sizeof qemu->fn.name;
    char count[16] = "";
    int used;

    if (options->ns > 1)
        snprintf(count, sizeof count, "%u x ", options->ns);
    used = snprintf(qemu->fn.name, room, "QEMU NVMe %s%llu %s%s", count, (unsigned long long)(bytes >> shift),
                    shift == 30 ? "GiB" : "MiB", options->format[0].zoned ? " zoned" : "");
    if (used < 0 || (size_t)used >= room)
        return;
    if (qemu->vf != 0)
        snprintf(qemu->fn.name + used, room - (size_t)used, ", VF %u of %u", qemu->vf, options->vfs);
    else if (options->controllers > 1)
        snprintf(qemu->fn.name + used, room - (size_t)used, ", controller %u of %u", qemu->controller,
                 options->controllers);
}

int bell_qemu_open(const char *options, struct bell_pci_function **out)
{
    struct bell_qemu_options *parsed = malloc(sizeof *parsed);
    struct qemu *qemu = calloc(1, sizeof *qemu);
    int err = -ENOMEM;

    if (parsed != NULL && qemu != NULL)
        err = bell_qemu_options_parse(options, parsed);
    else
        bell_error_set(err, "out of memory");
    if (err == 0) {
        qemu->fn.ops = &qemu_ops;
        qemu->fn.kind = BELL_KIND_QEMU;
        qemu->fn.config_bytes = CONFIG_BYTES;
        qemu->fn.relax = relax;
        qemu->controller = parsed->controller;
        qemu->vf = parsed->vf;
        err = bell_qemu_machine_get(parsed, &qemu->machine);
    }
    free(parsed);
    if (err != 0) {
        free(qemu);
        return err;
    }
    qemu->fn.gone = qemu->vf != 0 ? &qemu->disabled : &qemu->machine->qtest.lost;
    qemu->fn.watch = watch;
    name_set(qemu);
    err = function_probe(qemu);
    if (err != 0) {
        detach(&qemu->fn);
        return err;
    }
    *out = &qemu->fn;
    return 0;
}
