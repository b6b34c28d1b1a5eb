/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/msix.h"

#include <errno.h>
#include <string.h>

#include "pci/capability.h"
#include "spec/pci.h"
#include "support/error.h"

/* What a message leaves in its cell: never zero, and recognisable with its vector in a memory dump. */
#define MESSAGE_DATA 0xbe110000u

#define PAGE_BYTES 4096u

int bell_msix_find(struct bell_pci_function *fn, struct bell_msix *msix)
{
    uint32_t control = 0;
    uint32_t table = 0;
    int err;

    memset(msix, 0, sizeof *msix);
    err = bell_pci_capability_find(fn, PCI_CAP_MSIX, &msix->capability);
    if (err != 0 || msix->capability == 0)
        return err;
    err = fn->ops->config_read(fn, msix->capability + PCI_MSIX_CONTROL, 2, &control);
    if (err == 0)
        err = fn->ops->config_read(fn, msix->capability + PCI_MSIX_TABLE, 4, &table);
    if (err != 0)
        return err;
    msix->vectors = (control & PCI_MSIX_CONTROL_SIZE) + 1;
    msix->table_bar = table & PCI_MSIX_BIR;
    msix->table_offset = table & ~PCI_MSIX_BIR;
    return 0;
}

static int entry_write(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector, uint32_t field,
                       uint32_t value)
{
    uint64_t offset = msix->table_offset + (uint64_t)vector * PCI_MSIX_ENTRY_BYTES + field;

    return fn->ops->bar_write(fn, msix->table_bar, offset, 4, value);
}

static int vector_program(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector)
{
    uint64_t address = msix->cells_iova + (uint64_t)vector * sizeof(uint32_t);
    int err = entry_write(fn, msix, vector, PCI_MSIX_ENTRY_ADDRESS, (uint32_t)address);

    if (err == 0)
        err = entry_write(fn, msix, vector, PCI_MSIX_ENTRY_UPPER, (uint32_t)(address >> 32));
    if (err == 0)
        err = entry_write(fn, msix, vector, PCI_MSIX_ENTRY_DATA, MESSAGE_DATA | vector);
    if (err == 0)
        err = entry_write(fn, msix, vector, PCI_MSIX_ENTRY_CONTROL, 0);
    return err;
}

static int cells_alloc(struct bell_pci_function *fn, struct bell_msix *msix)
{
    uint64_t bytes = (msix->vectors * sizeof(uint32_t) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    void *cells = NULL;
    int err = fn->ops->dma_alloc(fn, bytes, &cells, &msix->cells_iova);

    if (err != 0)
        return err;
    msix->cells = cells;
    msix->cells_bytes = bytes;
    return 0;
}

int bell_msix_setup(struct bell_pci_function *fn, struct bell_msix *msix)
{
    uint32_t control = 0;
    int err = 0;

    if (msix->vectors == 0)
        return 0;
    if (msix->cells == NULL)
        err = cells_alloc(fn, msix);
    if (err == 0)
        err = fn->ops->config_read(fn, msix->capability + PCI_MSIX_CONTROL, 2, &control);
    if (err != 0)
        return err;
    /* The function stays masked as a whole until every vector has an address. */
    control |= PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK;
    err = fn->ops->config_write(fn, msix->capability + PCI_MSIX_CONTROL, 2, control);
    for (uint32_t vector = 0; err == 0 && vector < msix->vectors; vector++) {
        atomic_store_explicit(&msix->cells[vector], 0, memory_order_relaxed);
        err = vector_program(fn, msix, vector);
    }
    if (err != 0)
        return err;
    control &= ~PCI_MSIX_CONTROL_MASK;
    return fn->ops->config_write(fn, msix->capability + PCI_MSIX_CONTROL, 2, control);
}

static int vector_check(const struct bell_msix *msix, uint32_t vector)
{
    if (vector < msix->vectors)
        return 0;
    if (msix->vectors == 0)
        return bell_error_set(-EINVAL, "vector %u: the device has no MSI-X vectors", vector);
    return bell_error_set(-EINVAL, "vector %u: the device has MSI-X vectors 0 to %u", vector, msix->vectors - 1);
}

/* Before the first setup no message can have come: the cells are not there, and every vector reads as not set. */
int bell_msix_isset(const struct bell_msix *msix, uint32_t vector)
{
    int err = vector_check(msix, vector);

    if (err != 0 || msix->cells == NULL)
        return err;
    return atomic_load_explicit(&msix->cells[vector], memory_order_acquire) != 0;
}

int bell_msix_clear(const struct bell_msix *msix, uint32_t vector)
{
    int err = vector_check(msix, vector);

    if (err == 0 && msix->cells != NULL)
        atomic_store_explicit(&msix->cells[vector], 0, memory_order_release);
    return err;
}

int bell_msix_mask(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector)
{
    int err = vector_check(msix, vector);

    return err != 0 ? err : entry_write(fn, msix, vector, PCI_MSIX_ENTRY_CONTROL, PCI_MSIX_ENTRY_MASKED);
}

int bell_msix_unmask(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector)
{
    int err = vector_check(msix, vector);

    return err != 0 ? err : entry_write(fn, msix, vector, PCI_MSIX_ENTRY_CONTROL, 0);
}

void bell_msix_release(struct bell_pci_function *fn, struct bell_msix *msix)
{
    if (msix->cells != NULL)
        fn->ops->dma_free(fn, (void *)msix->cells, msix->cells_iova, msix->cells_bytes);
    msix->cells = NULL;
}
