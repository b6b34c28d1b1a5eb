/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/interrupts.h"

#include <poll.h>
#include <unistd.h>

#include "spec/pci.h"
#include "support/clock.h"

void sim_interrupts_reset(struct sim_interrupts *irq)
{
    atomic_store(&irq->enabled, 0);
    atomic_store(&irq->masked, 0);
    for (uint32_t i = 0; i < irq->count; i++) {
        struct sim_vector *vector = &irq->vector[i];

        atomic_store(&vector->control, PCI_MSIX_ENTRY_MASKED);
        atomic_store(&vector->address_low, 0);
        atomic_store(&vector->address_high, 0);
        atomic_store(&vector->data, 0);
    }
    for (uint32_t i = 0; i < 3; i++)
        atomic_store(&irq->pending[i], 0);
}

static bool vector_open(const struct sim_interrupts *irq, uint32_t vector)
{
    if (atomic_load(&irq->vector[vector].eventfd) >= 0)
        return atomic_load(&irq->vector[vector].fd_mask) == 0;
    return atomic_load(&irq->enabled) && !atomic_load(&irq->masked) &&
           (atomic_load(&irq->vector[vector].control) & PCI_MSIX_ENTRY_MASKED) == 0;
}

enum sender { SENDER_DEVICE, SENDER_HOST };

/* A message to nowhere is lost, as on the bus. The device thread must not wait for the lock of the IOMMU. */
static void message_send(struct sim_interrupts *irq, uint32_t vector, enum sender sender)
{
    const struct sim_vector *entry = &irq->vector[vector];
    uint64_t address = atomic_load(&entry->address_low) | (uint64_t)atomic_load(&entry->address_high) << 32;
    const int eventfd = atomic_load(&entry->eventfd);

    if (eventfd >= 0) {
        struct pollfd room = {.fd = eventfd, .events = POLLOUT};

        /* A counter that is full has events to tell already; the device does not wait for its reader. */
        if (poll(&room, 1, 0) == 1)
            (void)!write(eventfd, &(uint64_t){1}, sizeof(uint64_t));
        return;
    }
    if (sender == SENDER_HOST) {
        sim_iommu_store32(irq->iommu, address, atomic_load(&entry->data));
    } else {
        uint32_t *cell = (uint32_t *)sim_iommu_translate(irq->iommu, address, sizeof *cell, SIM_WRITE);

        if (cell != NULL)
            __atomic_store_n(cell, atomic_load(&entry->data), __ATOMIC_RELEASE);
        if (irq->iommu->dirty_count != 0)
            sim_iommu_flush(irq->iommu);
    }
}

/* Whoever takes the pending bit sends: the device thread and the one that unmasks may both come here. */
static void pending_flush(struct sim_interrupts *irq, uint32_t vector, enum sender sender)
{
    const uint64_t bit = UINT64_C(1) << (vector % 64);

    if (vector_open(irq, vector) && (atomic_fetch_and(&irq->pending[vector / 64], ~bit) & bit) != 0)
        message_send(irq, vector, sender);
}

static void vector_signal(struct sim_interrupts *irq, uint32_t vector)
{
    if (atomic_load(&irq->enabled) == 0 && atomic_load(&irq->vector[vector].eventfd) < 0)
        return;
    if (vector_open(irq, vector)) {
        message_send(irq, vector, SENDER_DEVICE);
        return;
    }
    atomic_fetch_or(&irq->pending[vector / 64], UINT64_C(1) << (vector % 64));
    pending_flush(irq, vector, SENDER_DEVICE); /* it may have been unmasked in between */
}

int sim_interrupts_eventfd(struct sim_interrupts *irq, uint32_t vector, int eventfd)
{
    const int former = atomic_exchange(&irq->vector[vector].eventfd, eventfd);

    pending_flush(irq, vector, SENDER_HOST);
    return former;
}

void sim_interrupts_mask(struct sim_interrupts *irq, uint32_t vector, bool mask)
{
    atomic_store(&irq->vector[vector].fd_mask, mask);
    pending_flush(irq, vector, SENDER_HOST);
}

void sim_interrupts_trigger(struct sim_interrupts *irq, uint32_t vector)
{
    atomic_fetch_or(&irq->pending[vector / 64], UINT64_C(1) << (vector % 64));
    pending_flush(irq, vector, SENDER_HOST);
}

void sim_interrupts_gate(struct sim_interrupts *irq, bool enabled, bool masked)
{
    atomic_store(&irq->enabled, enabled);
    atomic_store(&irq->masked, masked);
    for (uint32_t i = 0; i < irq->count; i++)
        pending_flush(irq, i, SENDER_HOST);
}

static _Atomic uint32_t *table_dword(const struct sim_interrupts *irq, uint32_t offset)
{
    struct sim_vector *entry = (struct sim_vector *)&irq->vector[offset / PCI_MSIX_ENTRY_BYTES];

    switch (offset % PCI_MSIX_ENTRY_BYTES) {
    case PCI_MSIX_ENTRY_ADDRESS:
        return &entry->address_low;
    case PCI_MSIX_ENTRY_UPPER:
        return &entry->address_high;
    case PCI_MSIX_ENTRY_DATA:
        return &entry->data;
    default:
        return &entry->control;
    }
}

uint32_t sim_interrupts_table_read(const struct sim_interrupts *irq, uint32_t offset)
{
    return offset / PCI_MSIX_ENTRY_BYTES < irq->count ? atomic_load(table_dword(irq, offset)) : 0;
}

void sim_interrupts_table_write(struct sim_interrupts *irq, uint32_t offset, uint32_t value)
{
    uint32_t vector = offset / PCI_MSIX_ENTRY_BYTES;

    if (vector >= irq->count)
        return;
    if (offset % PCI_MSIX_ENTRY_BYTES == PCI_MSIX_ENTRY_CONTROL)
        value &= PCI_MSIX_ENTRY_MASKED;
    else if (offset % PCI_MSIX_ENTRY_BYTES == PCI_MSIX_ENTRY_ADDRESS)
        value &= ~3u;
    atomic_store(table_dword(irq, offset), value);
    pending_flush(irq, vector, SENDER_HOST);
}

uint32_t sim_interrupts_pba_read(const struct sim_interrupts *irq, uint32_t offset)
{
    return offset < sizeof irq->pending ? (uint32_t)(atomic_load(&irq->pending[offset / 8]) >> (offset % 8 * 8)) : 0;
}

void sim_interrupts_raise(struct sim_interrupts *irq, uint32_t vector, uint32_t entries, bool admin)
{
    struct sim_vector *entry = &irq->vector[vector];

    if (admin || irq->threshold <= 1 || irq->aggregation_ns == 0 || entry->coalescing_off) {
        vector_signal(irq, vector);
        return;
    }
    if (entry->waiting == 0) {
        entry->deadline_ns = bell_now() + irq->aggregation_ns;
        irq->held++;
    }
    entry->waiting += entries;
    if (entry->waiting >= irq->threshold) {
        entry->waiting = 0;
        irq->held--;
        vector_signal(irq, vector);
    }
}

uint64_t sim_interrupts_run(struct sim_interrupts *irq, uint64_t now)
{
    uint64_t next = UINT64_MAX;

    for (uint32_t i = 0; i < irq->count && irq->held != 0; i++) {
        struct sim_vector *entry = &irq->vector[i];

        if (entry->waiting == 0)
            continue;
        if (now >= entry->deadline_ns) {
            entry->waiting = 0;
            irq->held--;
            vector_signal(irq, i);
        } else if (entry->deadline_ns < next) {
            next = entry->deadline_ns;
        }
    }
    return next;
}
