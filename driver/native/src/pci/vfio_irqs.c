/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_irqs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pci/capability.h"
#include "pci/vfio_abi.h"
#include "spec/pci.h"
#include "support/atomics.h"
#include "support/error.h"

static int irqs_set(int device, uint32_t flags, uint32_t index, uint32_t count, const int32_t *events)
{
    size_t bytes = sizeof(struct vfio_irq_set) + (events != NULL ? count * sizeof *events : 0);
    struct vfio_irq_set *request = calloc(1, bytes);
    int rc;

    if (request == NULL)
        return -ENOMEM;
    request->argsz = (uint32_t)bytes;
    request->flags = flags;
    request->index = index;
    request->count = count;
    if (events != NULL)
        memcpy(request->data, events, count * sizeof *events);
    rc = ioctl(device, VFIO_DEVICE_SET_IRQS, request);
    rc = rc < 0 ? -errno : rc;
    free(request);
    return rc;
}

static uint32_t irqs_count(int device, uint32_t index)
{
    struct vfio_irq_info info = {.argsz = sizeof info, .index = index};

    if (ioctl(device, VFIO_DEVICE_GET_IRQ_INFO, &info) != 0 || (info.flags & VFIO_IRQ_INFO_EVENTFD) == 0)
        return 0;
    return info.count;
}

bool bell_vfio_event_take(int event)
{
    uint64_t count;

    return event >= 0 && read(event, &count, sizeof count) == (ssize_t)sizeof count;
}

int bell_vfio_event_connect(int device, uint32_t index)
{
    int32_t event;

    if (irqs_count(device, index) == 0)
        return -1;
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event >= 0 && irqs_set(device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, index, 1, &event) < 0) {
        close(event);
        return -1;
    }
    return event;
}

static int table_find(struct bell_vfio_irqs *irqs)
{
    uint32_t table = 0;
    int err = bell_pci_capability_find(irqs->fn, PCI_CAP_MSIX, &irqs->capability);

    if (err == 0 && irqs->capability != 0)
        err = irqs->fn->ops->config_read(irqs->fn, irqs->capability + PCI_MSIX_TABLE, 4, &table);
    irqs->table_bar = table & PCI_MSIX_BIR;
    irqs->table_offset = table & ~PCI_MSIX_BIR;
    return err;
}

int bell_vfio_irqs_open(struct bell_vfio_irqs *irqs, struct bell_pci_function *fn, struct bell_vfio_bars *bars,
                        int device)
{
    static const uint32_t kinds[] = {VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_MSI_IRQ_INDEX, VFIO_PCI_INTX_IRQ_INDEX};
    int err = 0;

    *irqs = (struct bell_vfio_irqs){.fn = fn, .bars = bars, .device = device};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && irqs->count == 0; i++) {
        irqs->index = kinds[i];
        irqs->count = irqs_count(device, kinds[i]);
    }
    if (irqs->count == 0)
        return 0;
    irqs->vectors = calloc(irqs->count, sizeof *irqs->vectors);
    if (irqs->vectors == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    for (uint32_t i = 0; i < irqs->count; i++)
        irqs->vectors[i].event = -1;
    if (irqs->index == VFIO_PCI_MSIX_IRQ_INDEX)
        err = table_find(irqs);
    else if (irqs->index == VFIO_PCI_MSI_IRQ_INDEX)
        err = bell_pci_capability_find(fn, PCI_CAP_MSI, &irqs->capability);
    return err;
}

static void irqs_off(struct bell_vfio_irqs *irqs)
{
    if (irqs->on)
        irqs_set(irqs->device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER, irqs->index, 0, NULL);
    irqs->on = false;
}

void bell_vfio_irqs_close(struct bell_vfio_irqs *irqs)
{
    irqs_off(irqs);
    for (uint32_t i = 0; irqs->vectors != NULL && i < irqs->count; i++) {
        if (irqs->vectors[i].event >= 0)
            close(irqs->vectors[i].event);
    }
    free(irqs->vectors);
    irqs->vectors = NULL;
}

static int events_make(struct bell_vfio_irqs *irqs)
{
    for (uint32_t i = 0; i < irqs->count; i++) {
        struct bell_vfio_vector *vector = &irqs->vectors[i];

        if (vector->event < 0)
            vector->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (vector->event < 0)
            return bell_error_set(-errno, "%s: no event file for interrupt vector %u of %u: %s%s", irqs->fn->name, i,
                                  irqs->count, strerror(errno),
                                  errno == EMFILE ? "; raise the limit of open files (ulimit -n)" : "");
        bell_vfio_event_take(vector->event);
        bell_poke(&vector->set, UINT32_C(0));
        bell_poke(&vector->hidden, UINT32_C(0));
    }
    return 0;
}

int bell_vfio_irqs_setup(struct bell_vfio_irqs *irqs)
{
    int32_t *events;
    int rc;

    if (irqs->count == 0)
        return 0;
    irqs_off(irqs);
    rc = events_make(irqs);
    if (rc != 0)
        return rc;
    events = calloc(irqs->count, sizeof *events);
    if (events == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    for (uint32_t i = 0; i < irqs->count; i++)
        events[i] = irqs->vectors[i].event;
    irqs->granted = irqs->count;
    rc = irqs_set(irqs->device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, irqs->index, irqs->count,
                  events);
    if (rc > 0) { /* so many could be had instead */
        irqs->granted = (uint32_t)rc;
        rc = irqs_set(irqs->device, VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, irqs->index, irqs->granted,
                      events);
    }
    free(events);
    irqs->on = rc == 0;
    if (rc != 0)
        return bell_error_set(rc < 0 ? rc : -ENOSPC, "%s: %u interrupt vectors cannot be set up: %s", irqs->fn->name,
                              irqs->granted, strerror(rc < 0 ? -rc : ENOSPC));
    return 0;
}

static int vector_check(const struct bell_vfio_irqs *irqs, uint32_t vector)
{
    if (vector >= irqs->count)
        return bell_error_set(-EINVAL, "vector %u: the device has %u interrupt vectors", vector, irqs->count);
    if (irqs->on && vector >= irqs->granted)
        return bell_error_set(-EINVAL, "vector %u: of the device's %u interrupt vectors, the kernel could give %u",
                              vector, irqs->count, irqs->granted);
    return 0;
}

/* The kernel masks the pin when it signals it, until the eventfd's owner says that it has been served. */
static void pin_rearm(const struct bell_vfio_irqs *irqs)
{
    if (irqs->index == VFIO_PCI_INTX_IRQ_INDEX && irqs->on)
        irqs_set(irqs->device, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_UNMASK, irqs->index, 1, NULL);
}

int bell_vfio_irqs_isset(struct bell_vfio_irqs *irqs, uint32_t vector)
{
    int err = vector_check(irqs, vector);

    if (err != 0)
        return err;
    if (bell_vfio_event_take(irqs->vectors[vector].event))
        bell_poke(&irqs->vectors[vector].set, UINT32_C(1));
    return bell_peek(&irqs->vectors[vector].set) != 0 && bell_peek(&irqs->vectors[vector].hidden) == 0;
}

int bell_vfio_irqs_clear(struct bell_vfio_irqs *irqs, uint32_t vector)
{
    int err = vector_check(irqs, vector);

    if (err != 0)
        return err;
    bell_vfio_event_take(irqs->vectors[vector].event);
    bell_poke(&irqs->vectors[vector].set, UINT32_C(0));
    if (bell_peek(&irqs->vectors[vector].hidden) == 0)
        pin_rearm(irqs);
    return 0;
}

static bool msix_mask(struct bell_vfio_irqs *irqs, uint32_t vector, bool masked)
{
    uint64_t offset = irqs->table_offset + (uint64_t)vector * PCI_MSIX_ENTRY_BYTES + PCI_MSIX_ENTRY_CONTROL;
    uint64_t bytes = 0;
    volatile uint32_t *control;

    if (irqs->capability == 0 || irqs->table_bar >= BELL_VFIO_BARS)
        return false;
    control = bell_vfio_bars_mapped(irqs->bars, irqs->table_bar, offset, &bytes);
    if (control == NULL || bytes < sizeof *control)
        return false;
    *control = masked ? *control | PCI_MSIX_ENTRY_MASKED : *control & ~PCI_MSIX_ENTRY_MASKED;
    (void)*control; /* a read pushes the write to the device before anything that follows */
    return true;
}

static bool msi_mask(struct bell_vfio_irqs *irqs, uint32_t vector, bool masked)
{
    const struct bell_pci_ops *ops = irqs->fn->ops;
    uint32_t control = 0;
    uint32_t bits = 0;
    uint32_t offset;

    if (irqs->capability == 0 || ops->config_read(irqs->fn, irqs->capability + PCI_MSI_CONTROL, 2, &control) != 0 ||
        (control & PCI_MSI_CONTROL_MASKABLE) == 0)
        return false;
    offset = irqs->capability + ((control & PCI_MSI_CONTROL_64BIT) != 0 ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
    if (ops->config_read(irqs->fn, offset, 4, &bits) != 0)
        return false;
    bits = masked ? bits | UINT32_C(1) << vector : bits & ~(UINT32_C(1) << vector);
    return ops->config_write(irqs->fn, offset, 4, bits) == 0;
}

static bool pin_mask(struct bell_vfio_irqs *irqs, bool masked)
{
    uint32_t action = masked ? VFIO_IRQ_SET_ACTION_MASK : VFIO_IRQ_SET_ACTION_UNMASK;

    return irqs->on && irqs_set(irqs->device, VFIO_IRQ_SET_DATA_NONE | action, irqs->index, 1, NULL) == 0;
}

int bell_vfio_irqs_mask(struct bell_vfio_irqs *irqs, uint32_t vector, bool masked)
{
    int err = vector_check(irqs, vector);
    bool done;

    if (err != 0)
        return err;
    if (irqs->index == VFIO_PCI_MSIX_IRQ_INDEX)
        done = msix_mask(irqs, vector, masked);
    else if (irqs->index == VFIO_PCI_MSI_IRQ_INDEX)
        done = msi_mask(irqs, vector, masked);
    else
        done = pin_mask(irqs, masked);
    if (!done)
        bell_poke(&irqs->vectors[vector].hidden, (uint32_t)masked);
    return 0;
}
