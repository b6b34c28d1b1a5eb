/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's controller as a PCI function. */
#include "admin_by_hand.h"
#include "doorbell.h"
#include "qemu_fixture.h"
#include "spec/pci.h"

static void opens_as_an_nvme_function(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    uint32_t value = 0;
    uint64_t cap = 0;
    uint64_t low = 0;

    assert_int_equal(fn->kind, BELL_KIND_QEMU);
    assert_int_equal(fn->config_bytes, 4096);
    assert_string_equal(fn->name, "QEMU NVMe 1 GiB");
    assert_int_equal(fn->ops->config_read(fn, PCI_CLASS - 1, 4, &value), 0);
    assert_int_equal(value >> 8, PCI_CLASS_NVME);
    assert_int_equal(fn->ops->config_read(fn, PCI_VENDOR, 2, &value), 0);
    assert_int_equal(value, 0x1b36);
    assert_int_equal(fn->ops->config_read(fn, PCI_CLASS + 2, 1, &value), 0);
    assert_int_equal(value, 0x01);
    /* The extended space, which port I/O cannot reach, is there: some capability stands at its start. */
    assert_int_equal(fn->ops->config_read(fn, PCI_EXT_CAP_START, 4, &value), 0);
    assert_true(value != 0xffffffffu);
    assert_true(fn->bar_bytes[0] >= 8192);
    assert_true(fn->vectors > 1);

    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 8, &cap), 0);
    assert_int_equal(fn->ops->bar_read(fn, 0, 0, 4, &low), 0);
    assert_true(cap != 0 && cap != ~0ull);
    assert_int_equal(low, cap & 0xffffffffu);
    assert_int_equal(fn->ops->bar_read(fn, 0, fn->bar_bytes[0], 4, &low), -EINVAL);
    fn->ops->close(fn);
}

static void config_space_keeps_what_is_written(void **state)
{
    struct bell_pci_function *fn = open_or_fail("");
    uint32_t value = 0;

    for (uint32_t width = 1; width <= 4; width *= 2) {
        uint32_t written = 0x5a & ((1ull << width * 8) - 1);
        uint32_t offset = width == 1 ? PCI_INTERRUPT_LINE : PCI_COMMAND;

        if (width > 1)
            written = PCI_COMMAND_MEMORY;
        assert_int_equal(fn->ops->config_write(fn, offset, width, written), 0);
        assert_int_equal(fn->ops->config_read(fn, offset, width, &value), 0);
        assert_int_equal(value & 0xffff, written);
    }
    fn->ops->close(fn);
}

static void commands_and_interrupts_work(void **state)
{
    struct bell_pci_function *fn = open_or_fail("serial=Bell 7,mdts=32KiB");
    struct by_hand hand;
    uint8_t *data = NULL;
    double end;

    assert_true(hand_enable(&hand, fn));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 0);
    assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
    assert_memory_equal(data + 4, "Bell 7              ", 20);
    assert_int_equal(data[77], 3);
    end = hand_seconds() + 10;
    while (fn->ops->irq_isset(fn, 0) == 0 && hand_seconds() < end)
        ;
    assert_int_equal(fn->ops->irq_isset(fn, 0), 1);
    assert_int_equal(fn->ops->irq_isset(fn, 1), 0);
    assert_int_equal(fn->ops->irq_isset(fn, fn->vectors), -EINVAL);

    /* A masked vector stays silent and delivers when it is unmasked. */
    assert_int_equal(fn->ops->irq_mask(fn, 0), 0);
    assert_int_equal(fn->ops->irq_clear(fn, 0), 0);
    assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
    assert_true(hand_ready_wait(fn, 1));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 0);
    assert_int_equal(fn->ops->irq_unmask(fn, 0), 0);
    assert_true(hand_ready_wait(fn, 1));
    assert_int_equal(fn->ops->irq_isset(fn, 0), 1);
    hand_release(&hand);
    fn->ops->close(fn);
}

static void every_reset_disables_and_can_be_enabled_again(void **state)
{
    static const uint32_t kinds[] = {BELL_RESET_FLR, BELL_RESET_HOT};
    struct bell_pci_function *fn = open_or_fail("");
    struct by_hand hand;
    uint8_t *data = NULL;
    uint64_t cc = ~0ull;

    for (size_t i = 0; i < 2; i++) {
        assert_true(hand_enable(&hand, fn));
        if (fn->ops->reset(fn, kinds[i]) != 0)
            fail_msg("reset %u: %s", kinds[i], bell_error_text());
        assert_int_equal(fn->ops->bar_read(fn, 0, HAND_CC, 4, &cc), 0);
        assert_int_equal(cc & 1, 0);
        hand_release(&hand);
        assert_true(hand_enable(&hand, fn));
        assert_int_equal(hand_identify(&hand, 0, 1, 0, &data), 0);
        hand_release(&hand);
    }
    assert_int_equal(fn->ops->reset(fn, 99), -EINVAL);
    fn->ops->close(fn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_as_an_nvme_function),
        cmocka_unit_test(config_space_keeps_what_is_written),
        cmocka_unit_test(commands_and_interrupts_work),
        cmocka_unit_test(every_reset_disables_and_can_be_enabled_again),
    };

    return run_with_qemu(tests);
}
