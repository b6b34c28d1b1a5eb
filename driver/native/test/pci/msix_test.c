/* SPDX-License-Identifier: Apache-2.0 */
/* MSI-X and the resets through config space, on a function that is nothing but memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pci/capability.h"
#include "pci/msix.h"
#include "pci/reset.h"
#include "spec/pci.h"
#include "support/error.h"

enum { TABLE_BAR = 4, TABLE_OFFSET = 0x800, VECTORS = 9, CAP_PM = 0x40, CAP_MSIX = 0x50, CAP_EXPRESS = 0x60 };

struct fake {
    struct bell_pci_function fn;
    uint8_t config[256];
    uint8_t bar[4096];
    uint32_t enabled_early; /* MSI-X was on and not masked as a whole while a vector was programmed */
    uint32_t allocated;
    uint8_t power_states[4];
    uint32_t power_writes;
};

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    *value = 0;
    memcpy(value, ((struct fake *)fn)->config + offset, width);
    return 0;
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    struct fake *fake = (struct fake *)fn;

    memcpy(fake->config + offset, &value, width);
    if (offset == CAP_PM + PCI_PM_CSR)
        fake->power_states[fake->power_writes++ % 4] = value & PCI_PM_CSR_STATE;
    return 0;
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    struct fake *fake = (struct fake *)fn;
    uint32_t control = 0;

    assert_int_equal(bar, TABLE_BAR);
    assert_int_equal(width, 4);
    assert_in_range(offset, TABLE_OFFSET, TABLE_OFFSET + 16 * VECTORS - 4);
    memcpy(fake->bar + offset, &value, width);
    config_read(fn, CAP_MSIX + PCI_MSIX_CONTROL, 2, &control);
    fake->enabled_early += (control & (PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK)) == PCI_MSIX_CONTROL_ENABLE;
    return 0;
}

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    *vaddr = aligned_alloc(4096, bytes);
    memset(*vaddr, 0, bytes);
    *iova = UINT64_C(0x500000000);
    ((struct fake *)fn)->allocated++;
    return 0;
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    free(vaddr);
    ((struct fake *)fn)->allocated--;
}

static const struct bell_pci_ops fake_ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_write = bar_write,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
};

static void put(struct fake *fake, uint32_t offset, uint32_t width, uint32_t value)
{
    memcpy(fake->config + offset, &value, width);
}

static struct fake *fake_make(void)
{
    static struct fake fake;

    memset(&fake, 0, sizeof fake);
    fake.fn.ops = &fake_ops;
    memcpy(fake.fn.name, "fake", 5);
    put(&fake, PCI_CAPABILITIES, 1, CAP_PM);
    put(&fake, CAP_PM, 2, PCI_CAP_PM | CAP_MSIX << 8);
    put(&fake, CAP_MSIX, 2, PCI_CAP_MSIX | CAP_EXPRESS << 8);
    put(&fake, CAP_MSIX + PCI_MSIX_CONTROL, 2, VECTORS - 1);
    put(&fake, CAP_MSIX + PCI_MSIX_TABLE, 4, TABLE_OFFSET | TABLE_BAR);
    put(&fake, CAP_EXPRESS, 2, PCI_CAP_PCIE);
    return &fake;
}

/* What the device does when it signals: the data to the address, unless masked. */
static void fire(struct fake *fake, const struct bell_msix *msix, uint32_t vector)
{
    uint64_t address;
    uint32_t data, control;

    memcpy(&address, fake->bar + TABLE_OFFSET + 16 * vector, 8);
    memcpy(&data, fake->bar + TABLE_OFFSET + 16 * vector + 8, 4);
    memcpy(&control, fake->bar + TABLE_OFFSET + 16 * vector + 12, 4);
    if ((control & 1) == 0)
        *(uint32_t *)(void *)((uint8_t *)(void *)msix->cells + (address - msix->cells_iova)) = data;
}

static void each_vector_has_its_own_cell(void **state)
{
    struct fake *fake = fake_make();
    struct bell_msix msix;
    uint32_t control = 0;

    assert_int_equal(bell_msix_find(&fake->fn, &msix), 0);
    assert_int_equal(msix.vectors, VECTORS);
    assert_int_equal(bell_msix_isset(&msix, 0), 0);
    assert_int_equal(bell_msix_setup(&fake->fn, &msix), 0);
    config_read(&fake->fn, CAP_MSIX + PCI_MSIX_CONTROL, 2, &control);
    assert_int_equal(control, PCI_MSIX_CONTROL_ENABLE | (VECTORS - 1));
    assert_int_equal(fake->enabled_early, 0);
    for (uint32_t fired = 0; fired < VECTORS; fired++) {
        fire(fake, &msix, fired);
        for (uint32_t vector = 0; vector < VECTORS; vector++)
            assert_int_equal(bell_msix_isset(&msix, vector), vector == fired);
        assert_int_equal(bell_msix_clear(&msix, fired), 0);
    }
    bell_msix_release(&fake->fn, &msix);
    assert_int_equal(fake->allocated, 0);
}

static void masking_goes_to_the_table(void **state)
{
    struct fake *fake = fake_make();
    struct bell_msix msix;

    bell_msix_find(&fake->fn, &msix);
    bell_msix_setup(&fake->fn, &msix);
    assert_int_equal(bell_msix_mask(&fake->fn, &msix, 3), 0);
    fire(fake, &msix, 3);
    assert_int_equal(bell_msix_isset(&msix, 3), 0);
    assert_int_equal(bell_msix_unmask(&fake->fn, &msix, 3), 0);
    fire(fake, &msix, 3);
    assert_int_equal(bell_msix_isset(&msix, 3), 1);
    /* Set up again, as after a reset: nothing pending is left, and no second page is taken. */
    assert_int_equal(bell_msix_setup(&fake->fn, &msix), 0);
    assert_int_equal(bell_msix_isset(&msix, 3), 0);
    assert_int_equal(fake->allocated, 1);
    bell_msix_release(&fake->fn, &msix);
}

static void wrong_vectors_are_named(void **state)
{
    struct fake *fake = fake_make();
    struct bell_msix msix;

    bell_msix_find(&fake->fn, &msix);
    assert_int_equal(bell_msix_isset(&msix, VECTORS), -EINVAL);
    assert_string_equal(bell_error_text(), "vector 9: the device has MSI-X vectors 0 to 8");
    assert_int_equal(bell_msix_clear(&msix, VECTORS), -EINVAL);
    assert_int_equal(bell_msix_mask(&fake->fn, &msix, VECTORS), -EINVAL);
    assert_int_equal(bell_msix_unmask(&fake->fn, &msix, VECTORS), -EINVAL);
}

static void a_function_without_msix_has_no_vectors(void **state)
{
    struct fake *fake = fake_make();
    struct bell_msix msix;

    put(fake, CAP_PM, 2, PCI_CAP_PM);
    assert_int_equal(bell_msix_find(&fake->fn, &msix), 0);
    assert_int_equal(msix.vectors, 0);
    assert_int_equal(bell_msix_setup(&fake->fn, &msix), 0);
    assert_int_equal(bell_msix_isset(&msix, 0), -EINVAL);
    assert_int_equal(fake->allocated, 0);
}

static void a_looping_capability_list_ends_in_an_error(void **state)
{
    struct fake *fake = fake_make();
    struct bell_msix msix;

    put(fake, CAP_MSIX, 2, 0x09 | CAP_PM << 8);
    assert_int_equal(bell_msix_find(&fake->fn, &msix), -EIO);
}

static void resets_are_refused_where_the_function_says_so(void **state)
{
    struct fake *fake = fake_make();

    assert_int_equal(bell_pci_reset_flr(&fake->fn, 0), -ENOTSUP);
    put(fake, CAP_PM + PCI_PM_CSR, 2, PCI_PM_CSR_NO_SOFT_RESET);
    assert_int_equal(bell_pci_reset_pm(&fake->fn, 0), -ENOTSUP);
    assert_int_equal(fake->power_writes, 0);
}

static void resets_write_what_the_standard_says(void **state)
{
    struct fake *fake = fake_make();
    uint32_t value = 0;

    put(fake, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    put(fake, CAP_EXPRESS + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR);
    assert_int_equal(bell_pci_reset_flr(&fake->fn, 0), 0);
    config_read(&fake->fn, PCI_COMMAND, 2, &value);
    assert_int_equal(value, PCI_COMMAND_MEMORY);
    config_read(&fake->fn, CAP_EXPRESS + PCI_EXP_DEVCTL, 2, &value);
    assert_int_equal(value, PCI_EXP_DEVCTL_FLR);

    assert_int_equal(bell_pci_reset_pm(&fake->fn, 0), 0);
    assert_int_equal(fake->power_writes, 2);
    assert_int_equal(fake->power_states[0], PCI_PM_D3HOT);
    assert_int_equal(fake->power_states[1], PCI_PM_D0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vector_has_its_own_cell),
        cmocka_unit_test(masking_goes_to_the_table),
        cmocka_unit_test(wrong_vectors_are_named),
        cmocka_unit_test(a_function_without_msix_has_no_vectors),
        cmocka_unit_test(a_looping_capability_list_ends_in_an_error),
        cmocka_unit_test(resets_are_refused_where_the_function_says_so),
        cmocka_unit_test(resets_write_what_the_standard_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
