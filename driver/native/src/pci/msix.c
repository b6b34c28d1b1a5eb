/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/msix.h"

#include <errno.h>
#include <string.h>

#include "support/error.h"

/* PCI Local Bus 3.0 §6.1, §6.7, §6.8.2 */
enum {
    CAPABILITY_POINTER = 0x34,
    CAPABILITY_MSIX = 0x11,
    MESSAGE_CONTROL = 2,
    MESSAGE_CONTROL_SIZE = 0x07ff,
    MESSAGE_CONTROL_FUNCTION_MASK = 0x4000,
    MESSAGE_CONTROL_ENABLE = 0x8000,
    TABLE = 4,
    TABLE_BAR = 7,
    ENTRY_BYTES = 16,
    ENTRY_ADDRESS_LOW = 0,
    ENTRY_ADDRESS_HIGH = 4,
    ENTRY_DATA = 8,
    ENTRY_CONTROL = 12,
    ENTRY_CONTROL_MASK = 1,
};

/* What a message leaves in its cell: never zero, and recognisable with its vector in a memory dump. */
#define MESSAGE_DATA 0xbe110000u

#define PAGE_BYTES 4096u

static int capability_find(struct bell_pci_function *fn, uint32_t wanted, uint32_t *offset)
{
    uint32_t pointer = 0;
    int err = fn->ops->config_read(fn, CAPABILITY_POINTER, 1, &pointer);

    *offset = 0;
    /* 48 capabilities of 4 bytes fill the space behind the header: more steps are a loop. */
    for (int steps = 0; err == 0 && (pointer &= ~3u) != 0; steps++) {
        uint32_t header = 0;

        if (steps == 48)
            return bell_error_set(-EIO, "%s: the capability list in config space has a loop", fn->name);
        err = fn->ops->config_read(fn, pointer, 2, &header);
        if (err == 0 && (header & 0xff) == wanted) {
            *offset = pointer;
            break;
        }
        pointer = header >> 8;
    }
    return err;
}

int bell_msix_find(struct bell_pci_function *fn, struct bell_msix *msix)
{
    uint32_t control = 0;
    uint32_t table = 0;
    int err;

    memset(msix, 0, sizeof *msix);
    err = capability_find(fn, CAPABILITY_MSIX, &msix->capability);
    if (err != 0 || msix->capability == 0)
        return err;
    err = fn->ops->config_read(fn, msix->capability + MESSAGE_CONTROL, 2, &control);
    if (err == 0)
        err = fn->ops->config_read(fn, msix->capability + TABLE, 4, &table);
    if (err != 0)
        return err;
    msix->vectors = (control & MESSAGE_CONTROL_SIZE) + 1;
    msix->table_bar = table & TABLE_BAR;
    msix->table_offset = table & ~(uint32_t)TABLE_BAR;
    return 0;
}

static int entry_write(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector, uint32_t field,
                       uint32_t value)
{
    uint64_t offset = msix->table_offset + (uint64_t)vector * ENTRY_BYTES + field;

    return fn->ops->bar_write(fn, msix->table_bar, offset, 4, value);
}

static int vector_program(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector)
{
    uint64_t address = msix->cells_iova + (uint64_t)vector * sizeof(uint32_t);
    int err = entry_write(fn, msix, vector, ENTRY_ADDRESS_LOW, (uint32_t)address);

    if (err == 0)
        err = entry_write(fn, msix, vector, ENTRY_ADDRESS_HIGH, (uint32_t)(address >> 32));
    if (err == 0)
        err = entry_write(fn, msix, vector, ENTRY_DATA, MESSAGE_DATA | vector);
    if (err == 0)
        err = entry_write(fn, msix, vector, ENTRY_CONTROL, 0);
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
        err = fn->ops->config_read(fn, msix->capability + MESSAGE_CONTROL, 2, &control);
    if (err != 0)
        return err;
    /* The function stays masked as a whole until every vector has an address. */
    control |= MESSAGE_CONTROL_ENABLE | MESSAGE_CONTROL_FUNCTION_MASK;
    err = fn->ops->config_write(fn, msix->capability + MESSAGE_CONTROL, 2, control);
    for (uint32_t vector = 0; err == 0 && vector < msix->vectors; vector++) {
        atomic_store_explicit(&msix->cells[vector], 0, memory_order_relaxed);
        err = vector_program(fn, msix, vector);
    }
    if (err != 0)
        return err;
    control &= ~(uint32_t)MESSAGE_CONTROL_FUNCTION_MASK;
    return fn->ops->config_write(fn, msix->capability + MESSAGE_CONTROL, 2, control);
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

    return err != 0 ? err : entry_write(fn, msix, vector, ENTRY_CONTROL, ENTRY_CONTROL_MASK);
}

int bell_msix_unmask(struct bell_pci_function *fn, const struct bell_msix *msix, uint32_t vector)
{
    int err = vector_check(msix, vector);

    return err != 0 ? err : entry_write(fn, msix, vector, ENTRY_CONTROL, 0);
}

void bell_msix_release(struct bell_pci_function *fn, struct bell_msix *msix)
{
    if (msix->cells != NULL)
        fn->ops->dma_free(fn, (void *)msix->cells, msix->cells_iova, msix->cells_bytes);
    msix->cells = NULL;
}
