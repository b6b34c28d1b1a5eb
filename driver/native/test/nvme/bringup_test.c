/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a controller up in parts, and queue ids that are kept for queues made by hand. */
#include "rig.h"

static void reg_write(struct rig *rig, uint32_t offset, uint64_t value)
{
    MUST(bell_register_write(rig->device, offset, 4, value));
}

static uint64_t reg_read(struct rig *rig, uint32_t offset)
{
    uint64_t value = 0;
    MUST(bell_register_read(rig->device, offset, 4, &value));
    return value;
}

static void test_parts_make_a_working_controller(void **state)
{
    struct rig *rig = rig_of(state);
    bell_admin_memory memory;
    bell_qpair *lost = qpair_new(rig, 4, false);
    assert_int_equal(bell_controller_admin_prepare(rig->device, 16, 0, &memory), -EBUSY);
    MUST(bell_controller_disable(rig->device));
    MUST(bell_controller_admin_prepare(rig->device, 16, 0, &memory));
    assert_int_equal(memory.depth, 16);
    assert_int_equal(bell_controller_ready(rig->device), -EINVAL);
    assert_ptr_equal(bell_controller_admin(rig->device), rig->admin);

    /* By hand what bell_controller_admin_attach does. */
    reg_write(rig, NVME_REG_AQA, 15u << 16 | 15u);
    MUST(bell_register_write(rig->device, NVME_REG_ASQ, 8, memory.sq_iova));
    MUST(bell_register_write(rig->device, NVME_REG_ACQ, 8, memory.cq_iova));
    reg_write(rig, NVME_REG_CC, 0x00460000);
    reg_write(rig, NVME_REG_CC, 0x00460001);
    MUST(bell_controller_ready(rig->device));
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    bell_qpair_info info;
    MUST(bell_qpair_get_info(rig->admin, &info));
    assert_int_equal(info.depth, 16);
    MUST(bell_controller_arm(rig->device, 2));
    MUST(bell_qpair_get_info(rig->admin, &info));
    assert_int_equal(info.outstanding, 2);

    MUST(bell_qpair_get_info(lost, &info));
    assert_false(info.alive);
    MUST(bell_qpair_close(lost));
    bell_qpair *qpair = qpair_new(rig, 8, true);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 8, rig->iova), NULL), NVME_SC_SUCCESS);
    MUST(bell_qpair_close(qpair));
}

static void test_a_larger_page_size_is_followed(void **state)
{
    struct rig *rig = rig_of(state);
    uint64_t cap = 0;
    MUST(bell_register_read(rig->device, NVME_REG_CAP, 8, &cap));
    uint32_t mps = NVME_GET(cap, NVME_CAP_MPSMAX) > 2 ? 2 : (uint32_t)NVME_GET(cap, NVME_CAP_MPSMAX);
    MUST(bell_controller_disable(rig->device));
    assert_int_equal(bell_controller_admin_prepare(rig->device, 0, 16, NULL), -EINVAL);
    assert_int_equal(bell_controller_admin_prepare(rig->device, 1, 0, NULL), -EINVAL);
    MUST(bell_controller_admin_prepare(rig->device, 0, mps, NULL));
    MUST(bell_controller_admin_attach(rig->device));
    uint64_t cc = 0x00460000 | NVME_PUT(mps, NVME_CC_MPS);
    reg_write(rig, NVME_REG_CC, cc);
    reg_write(rig, NVME_REG_CC, cc | NVME_CC_EN);
    MUST(bell_controller_ready(rig->device));
    assert_int_equal(reg_read(rig, NVME_REG_AQA), 127u << 16 | 127u);

    bell_qpair *qpair = qpair_new(rig, 8, false);
    for (uint32_t i = 0; i < 256 * LBA_BYTES; i++)
        rig->data[512 + i] = (uint8_t)(i * 13 + i / 4096);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 64, 256, rig->iova + 512), NULL), NVME_SC_SUCCESS);
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 64, 256, rig->iova + (1u << 20)), NULL), NVME_SC_SUCCESS);
    assert_memory_equal(rig->data + (1u << 20), rig->data + 512, 256 * LBA_BYTES);
    MUST(bell_qpair_close(qpair));
}

static void test_reserved_ids_are_left_alone(void **state)
{
    struct rig *rig = rig_of(state);
    assert_int_equal(MUST(bell_qid_reserve(rig->device, 1)), 1);
    assert_int_equal(MUST(bell_qid_reserve(rig->device, 1)), 1);
    assert_int_equal(MUST(bell_qid_reserve(rig->device, 0)), 2);
    bell_qpair *qpair = qpair_new(rig, 4, false);
    bell_qpair_info info;
    MUST(bell_qpair_get_info(qpair, &info));
    assert_int_equal(info.qid, 3);
    MUST(bell_qpair_close(qpair));
    const bell_qpair_config config = {.depth = 4, .qid = 2};
    assert_int_equal(bell_qpair_create(rig->device, &config, &qpair), -ENOSPC);
    MUST(bell_qid_release(rig->device, 2));
    MUST(bell_qpair_create(rig->device, &config, &qpair));
    MUST(bell_qpair_close(qpair));

    MUST(bell_qid_release(rig->device, 1)); /* once more is left */
    assert_int_equal(MUST(bell_qid_reserve(rig->device, 0)), 2);
    MUST(bell_qid_release(rig->device, 1));
    MUST(bell_qid_release(rig->device, 2));
    assert_int_equal(bell_qid_release(rig->device, 2), -EINVAL);
    assert_int_equal(bell_qid_reserve(rig->device, 65535), -EINVAL);
}

static struct rig sim = {.address = "sim:size=64MiB"};
static struct rig qemu = {.address = "qemu:size=64MiB"};
static struct rig vfio_user = {.serve = "sim:"};

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_EVERY(test_parts_make_a_working_controller),
        ON_EVERY(test_a_larger_page_size_is_followed),
        ON_EVERY(test_reserved_ids_are_left_alone),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
