/* SPDX-License-Identifier: Apache-2.0 */
/* Loss of power with commands outstanding and workers running: everything ends, data is kept, the controller comes
 * back. */
#include "rig.h"

static uint64_t reg_read(struct rig *rig, uint32_t offset, uint32_t width)
{
    uint64_t value = 0;
    int rc = bell_register_read(rig->device, offset, width, &value);
    assert_true(rc == 0 || rc == -ENODEV);
    return value;
}

static void test_power_loss_ends_every_command_and_keeps_data(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 8, false);
    memset(rig->data, 0x5a, 4096);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 8, 8, rig->iova), NULL), NVME_SC_SUCCESS);
    bell_command held = io_command(NVME_NVM_READ, 8, 8, rig->iova);
    held.flags = BELL_CMD_HOLD_DOORBELL;
    for (int i = 0; i < 3; i++)
        MUST(bell_qpair_submit(qpair, &held, NULL));

    MUST(bell_device_power(rig->device, 0));
    MUST(bell_device_power(rig->device, 0));
    assert_int_equal(reg_read(rig, NVME_REG_CSTS, 4), UINT32_MAX);
    uint32_t vendor = 0;
    assert_int_equal(bell_pci_config_read(rig->device, 0, 2, &vendor), -ENODEV);
    assert_int_equal(vendor, UINT16_MAX);
    bell_completion ends[4];
    assert_int_equal(MUST(bell_qpair_wait(qpair, ends, 4, WAIT_US)), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ends[i].flags, BELL_CQ_LOST);
    const bell_controller_config config = {0};
    assert_int_equal(bell_controller_enable(rig->device, &config), -ENODEV);

    MUST(bell_device_power(rig->device, 1));
    assert_int_equal(reg_read(rig, NVME_REG_CC, 4), 0);
    MUST(bell_controller_enable(rig->device, &config));
    MUST(bell_qpair_close(qpair));
    qpair = qpair_new(rig, 8, true);
    memset(rig->data, 0, 4096);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 8, 8, rig->iova), NULL), NVME_SC_SUCCESS);
    assert_int_equal(rig->data[4095], 0x5a);
    MUST(bell_qpair_close(qpair));
}

static uint64_t smart(struct rig *rig, uint32_t offset)
{
    const struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_GET_LOG_PAGE, .nsid = NVME_NSID_ALL, .cdw10 = 127u << 16 | NVME_LID_SMART};
    uint64_t value;
    assert_int_equal(run(rig->admin, command_of(&sqe, rig->iova, 512), NULL), NVME_SC_SUCCESS);
    memcpy(&value, rig->data + offset, sizeof value);
    return value;
}

static void test_power_cycles_and_unsafe_shutdowns_are_counted(void **state)
{
    enum { POWER_CYCLES = 112, UNSAFE_SHUTDOWNS = 144 };
    struct rig *rig = rig_of(state);
    const bell_controller_config config = {0};
    uint64_t cycles = smart(rig, POWER_CYCLES);
    uint64_t unsafe = smart(rig, UNSAFE_SHUTDOWNS);
    MUST(bell_device_power(rig->device, 0));
    MUST(bell_device_power(rig->device, 1));
    MUST(bell_controller_enable(rig->device, &config));
    assert_int_equal(smart(rig, POWER_CYCLES), cycles + 1);
    assert_int_equal(smart(rig, UNSAFE_SHUTDOWNS), unsafe + 1);
    MUST(bell_controller_shutdown(rig->device, 0, 10000));
    MUST(bell_device_power(rig->device, 0));
    MUST(bell_device_power(rig->device, 1));
    MUST(bell_controller_enable(rig->device, &config));
    assert_int_equal(smart(rig, POWER_CYCLES), cycles + 2);
    assert_int_equal(smart(rig, UNSAFE_SHUTDOWNS), unsafe + 1);
}

static void test_power_without_a_hand_on_it_is_refused_in_words(void **state)
{
    struct rig *rig = rig_of(state);
    assert_int_equal(bell_device_power(rig->device, 0), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "power controller"));
    bell_qpair *qpair = qpair_new(rig, 8, false);
    bell_completion end;
    bell_command held = io_command(NVME_NVM_READ, 8, 8, rig->iova);
    held.flags = BELL_CMD_HOLD_DOORBELL;
    MUST(bell_qpair_submit(qpair, &held, NULL));
    MUST(bell_device_lost(rig->device));
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    MUST(bell_qpair_close(qpair));
}

int main(void)
{
    static struct rig sim = {.address = "sim:size=64MiB"};
    static struct rig qemu = {.address = "qemu:size=64MiB"};
    const struct CMUnitTest tests[] = {
        ON(sim, test_power_loss_ends_every_command_and_keeps_data),
        ON(sim, test_power_cycles_and_unsafe_shutdowns_are_counted),
        ON(qemu, test_power_without_a_hand_on_it_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
