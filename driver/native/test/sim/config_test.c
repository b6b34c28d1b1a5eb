/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration space, MSI-X and the resets that begin there. */
#include <errno.h>

#include "host.h"

#define PM   0x40u
#define MSIX 0x50u
#define PCIE 0x60u

static void capability_list_leads_to_all_capabilities(void **state)
{
    static const uint32_t expected[] = {PCI_CAP_PM, PCI_CAP_MSIX, PCI_CAP_PCIE};
    struct host *host = host_open("");
    uint32_t at = host_config(host, PCI_CAPABILITIES, 1);

    assert_int_equal(host_config(host, PCI_VENDOR, 2), 0x1b36);
    assert_int_equal(host_config(host, PCI_CLASS - 1, 4) >> 8, PCI_CLASS_NVME);
    assert_int_equal(host_config(host, PCI_STATUS, 2) & PCI_STATUS_CAPABILITIES, PCI_STATUS_CAPABILITIES);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(host_config(host, at, 1), expected[i]);
        at = host_config(host, at + 1, 1);
    }
    assert_int_equal(at, 0);
    host_close(host);
}

static void extended_capabilities_are_aer_and_serial_number(void **state)
{
    struct host *host = host_open("serial=ABC");
    struct host *other = host_open("serial=ABD");
    const uint32_t first = host_config(host, PCI_EXT_CAP_START, 4);
    const uint32_t second = first >> 20;

    assert_int_equal(first & 0xffff, PCI_EXT_CAP_AER);
    assert_int_equal(host_config(host, second, 2), PCI_EXT_CAP_SERIAL);
    assert_int_equal(host_config(host, second, 4) >> 20, 0);
    assert_int_not_equal(host_config(host, second + PCI_SERIAL_LOW, 4), host_config(other, second + PCI_SERIAL_LOW, 4));
    host_close(other);
    host_close(host);
}

static void bar_size_is_found_by_writing_ones(void **state)
{
    struct host *host = host_open("");
    const uint32_t bar = host_config(host, PCI_BAR0, 4);

    assert_int_equal(bar & (PCI_BAR_IO | PCI_BAR_TYPE | PCI_BAR_PREFETCH), PCI_BAR_TYPE_64);
    assert_int_not_equal(bar & ~0xfu, 0);
    host_config_write(host, PCI_BAR0, 4, 0xffffffff);
    host_config_write(host, PCI_BAR0 + 4, 4, 0xffffffff);
    assert_int_equal(host_config(host, PCI_BAR0, 4), 0xffffc004);
    assert_int_equal(host_config(host, PCI_BAR0 + 4, 4), 0xffffffff);
    host_config_write(host, PCI_BAR0 + 8, 4, 0xffffffff);
    assert_int_equal(host_config(host, PCI_BAR0 + 8, 4), 0);
    host_close(host);
}

static void every_bit_obeys_its_mask(void **state)
{
    struct host *host = host_open("");

    host_config_write(host, PCI_VENDOR, 2, 0);
    assert_int_equal(host_config(host, PCI_VENDOR, 2), 0x1b36);
    host_config_write(host, PCI_COMMAND, 2, 0xffff);
    assert_int_equal(host_config(host, PCI_COMMAND, 2), 0x0546);
    host_config_write(host, PCI_INTERRUPT_LINE, 1, 0x5a);
    assert_int_equal(host_config(host, PCI_INTERRUPT_LINE, 1), 0x5a);
    host_config_write(host, PCIE + PCI_EXP_LNKCAP, 4, 0);
    assert_int_equal(host_config(host, PCIE + PCI_EXP_LNKCAP, 4) & 0x3ff, 0x044); /* Gen4 x4 */
    host_config_write(host, PCIE + PCI_EXP_LNKCTL, 2, 3);
    assert_int_equal(host_config(host, PCIE + PCI_EXP_LNKCTL, 2) & PCI_EXP_LNKCTL_ASPM, 3);
    host_config_write(host, 0x800, 4, 0xffffffff);
    assert_int_equal(host_config(host, 0x800, 4), 0);
    host_close(host);
}

static void accesses_out_of_range_are_errors(void **state)
{
    struct host *host = host_open("");
    uint32_t value;

    assert_int_equal(host->fn->ops->config_read(host->fn, 4096, 4, &value), -EINVAL);
    assert_int_equal(host->fn->ops->config_read(host->fn, 2, 4, &value), -EINVAL);
    assert_int_equal(host->fn->ops->config_write(host->fn, 4095, 2, 0), -EINVAL);
    host_close(host);
}

static void registers_do_not_answer_without_memory_decoding(void **state)
{
    struct host *host = host_open("");

    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
    assert_int_equal(host_read(host, NVME_REG_VS, 4), 0xffffffff);
    assert_true(host_read(host, NVME_REG_CAP, 8) == UINT64_MAX);
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
    assert_int_equal(host_read(host, NVME_REG_VS, 4), NVME_VS_2_0);
    host_close(host);
}

static void commands_wait_for_bus_mastering(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    struct nvme_cqe cqe;

    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    host_submit(host, 1, &sqe);
    host_sleep_us(2000);
    assert_false(host_poll(host, 1, &cqe));
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_true(host_wait(host, 1, &cqe));
    host_close(host);
}

/* ---- resets
 * ----------------------------------------------------------------------------------------------------------- */

static void function_level_reset_clears_the_function(void **state)
{
    struct host *host = host_ready("");
    const uint32_t mask = 0x100 + PCI_AER_UNCORRECTABLE_MASK;

    host_config_write(host, mask, 4, 0x00100000);
    host_config_write(host, PCIE + PCI_EXP_DEVCTL, 2, 0x2810 | PCI_EXP_DEVCTL_FLR);
    assert_int_equal(host_config(host, PCIE + PCI_EXP_DEVCTL, 2) & PCI_EXP_DEVCTL_FLR, 0);
    assert_int_equal(host_config(host, PCI_COMMAND, 2), 0);
    assert_int_equal(host_config(host, PCI_BAR0, 4), PCI_BAR_TYPE_64);
    assert_int_equal(host_config(host, mask, 4), 0x00100000); /* sticky */
    assert_int_equal(host_config(host, MSIX + PCI_MSIX_CONTROL, 2), 32);
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), 0);
    assert_int_equal(host_read(host, NVME_REG_CC, 4), 0);
    assert_int_equal(host_read(host, NVME_REG_ASQ, 8), 0);
    host_enable(host);
    host_close(host);
}

static void every_kind_of_reset_disables_and_keeps_the_header(void **state)
{
    static const uint32_t kinds[] = {BELL_RESET_FLR, BELL_RESET_HOT, BELL_RESET_PM};
    struct host *host = host_ready("");
    const uint32_t bar = host_config(host, PCI_BAR0, 4);

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(host->fn->ops->reset(host->fn, kinds[i]), 0);
        assert_int_equal(host_read(host, NVME_REG_CSTS, 4), 0);
        assert_int_equal(host_config(host, PCI_BAR0, 4), bar);
        host_enable(host);
    }
    assert_int_equal(host->fn->ops->reset(host->fn, 9), -ENOTSUP);
    host_close(host);
}

static void d3hot_silences_the_device_and_d0_resets_it(void **state)
{
    struct host *host = host_ready("");

    host_config_write(host, PM + PCI_PM_CSR, 2, PCI_PM_D1); /* not supported */
    assert_int_equal(host_config(host, PM + PCI_PM_CSR, 2) & PCI_PM_CSR_STATE, PCI_PM_D0);
    host_config_write(host, PM + PCI_PM_CSR, 2, PCI_PM_D3HOT);
    assert_int_equal(host_config(host, PM + PCI_PM_CSR, 2) & PCI_PM_CSR_STATE, PCI_PM_D3HOT);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), 0xffffffff);
    host_config_write(host, PM + PCI_PM_CSR, 2, PCI_PM_D0);
    host_config_write(host, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), 0);
    host_close(host);
}

/* ---- MSI-X
 * -------------------------------------------------------------------------------------------------------------- */

static bool irq_comes(struct host *host, uint32_t vector)
{
    for (int i = 0; i < 10000; i++) {
        if (host->fn->ops->irq_isset(host->fn, vector) == 1)
            return true;
        host_sleep_us(100);
    }
    return false;
}

static void completions_raise_their_vector(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);

    assert_true(irq_comes(host, 0));
    assert_int_equal(host->fn->ops->irq_isset(host->fn, 1), 0);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_true(irq_comes(host, 1));
    assert_int_equal(host->fn->ops->irq_isset(host->fn, 2), 0);
    assert_int_equal(host->fn->ops->irq_isset(host->fn, 33), -EINVAL);
    host_close(host);
}

static void masked_interrupts_are_pending_until_unmasked(void **state)
{
    struct host *host = host_ready("");
    const struct bell_pci_ops *ops = host->fn->ops;
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);

    assert_int_equal(ops->irq_mask(host->fn, 1), 0);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    for (int i = 0; i < 10000 && (host_read(host, 0x3000, 8) & 2) == 0; i++)
        host_sleep_us(100);
    assert_int_equal(host_read(host, 0x3000, 8), 2);
    assert_int_equal(ops->irq_isset(host->fn, 1), 0);
    assert_int_equal(ops->irq_unmask(host->fn, 1), 0);
    assert_int_equal(ops->irq_isset(host->fn, 1), 1);
    assert_int_equal(host_read(host, 0x3000, 8), 0);
    host_close(host);
}

static void function_mask_holds_all_vectors(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);

    host_config_write(host, MSIX + PCI_MSIX_CONTROL, 2, PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    for (int i = 0; i < 10000 && (host_read(host, 0x3000, 8) & 2) == 0; i++)
        host_sleep_us(100);
    assert_int_equal(host->fn->ops->irq_isset(host->fn, 1), 0);
    host_config_write(host, MSIX + PCI_MSIX_CONTROL, 2, PCI_MSIX_CONTROL_ENABLE);
    assert_int_equal(host->fn->ops->irq_isset(host->fn, 1), 1);
    host_close(host);
}

static void coalescing_collects_interrupts(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 8);
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_INTERRUPT_COALESCING, 255 << 8 | 9);

    assert_int_equal(host_status(host, 0, &sqe), 0);
    const uint64_t start = host_now();
    for (int i = 0; i < 3; i++)
        assert_int_equal(host_status(host, 1, &read), 0);
    const int set = host->fn->ops->irq_isset(host->fn, 1);
    if (host_now() - start < 20000000) /* on a busy machine the 25.5 ms may be over by now */
        assert_int_equal(set, 0);
    assert_true(irq_comes(host, 1));
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capability_list_leads_to_all_capabilities),
        cmocka_unit_test(extended_capabilities_are_aer_and_serial_number),
        cmocka_unit_test(bar_size_is_found_by_writing_ones),
        cmocka_unit_test(every_bit_obeys_its_mask),
        cmocka_unit_test(accesses_out_of_range_are_errors),
        cmocka_unit_test(registers_do_not_answer_without_memory_decoding),
        cmocka_unit_test(commands_wait_for_bus_mastering),
        cmocka_unit_test(function_level_reset_clears_the_function),
        cmocka_unit_test(every_kind_of_reset_disables_and_keeps_the_header),
        cmocka_unit_test(d3hot_silences_the_device_and_d0_resets_it),
        cmocka_unit_test(completions_raise_their_vector),
        cmocka_unit_test(masked_interrupts_are_pending_until_unmasked),
        cmocka_unit_test(function_mask_holds_all_vectors),
        cmocka_unit_test(coalescing_collects_interrupts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
