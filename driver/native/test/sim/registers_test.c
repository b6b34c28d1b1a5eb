/* SPDX-License-Identifier: Apache-2.0 */
/* Controller registers: what is read-only, what is cleared by ones, and what CC sets off. */
#include <errno.h>

#include "host.h"

static struct host *open_plain(void)
{
    return host_open("");
}

static void capabilities_are_those_of_the_options(void **state)
{
    struct host *host = host_open("mqes=256");
    const uint64_t cap = host_read(host, NVME_REG_CAP, 8);

    assert_int_equal(NVME_GET(cap, NVME_CAP_MQES), 255);
    assert_int_equal(NVME_GET(cap, NVME_CAP_CQR), 1);
    assert_int_equal(NVME_GET(cap, NVME_CAP_DSTRD), 0);
    assert_int_equal(NVME_GET(cap, NVME_CAP_NSSRS), 1);
    assert_int_equal(NVME_GET(cap, NVME_CAP_MPSMIN), 0);
    assert_int_equal(NVME_GET(cap, NVME_CAP_MPSMAX), 4);
    assert_int_not_equal(NVME_GET(cap, NVME_CAP_TO), 0);
    assert_int_equal(host_read(host, NVME_REG_VS, 4), NVME_VS_2_0);
    assert_int_equal(host_read(host, NVME_REG_CAP, 4), cap & 0xffffffff);
    assert_int_equal(host_read(host, NVME_REG_CAP + 4, 4), cap >> 32);
    host_close(host);
}

static void read_only_registers_keep_their_values(void **state)
{
    static const uint32_t offsets[] = {NVME_REG_CAP,   NVME_REG_CAP + 4,
                                       NVME_REG_VS,    NVME_REG_CMBLOC,
                                       NVME_REG_CMBSZ, NVME_REG_BPINFO,
                                       NVME_REG_CRTO,  NVME_REG_PMRCAP,
                                       0x18,           0x6c,
                                       0x800,          NVME_REG_NSSR};
    struct host *host = open_plain();

    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        const uint64_t before = host_read(host, offsets[i], 4);

        host_write(host, offsets[i], 4, 0xffffffff);
        assert_int_equal(host_read(host, offsets[i], 4), before);
    }
    host_close(host);
}

static void interrupt_mask_is_set_and_cleared_by_ones(void **state)
{
    struct host *host = open_plain();

    host_write(host, NVME_REG_INTMS, 4, 0x0f0f);
    host_write(host, NVME_REG_INTMS, 4, 0x00f0);
    assert_int_equal(host_read(host, NVME_REG_INTMS, 4), 0x0fff);
    host_write(host, NVME_REG_INTMC, 4, 0x000f);
    assert_int_equal(host_read(host, NVME_REG_INTMC, 4), 0x0ff0);
    assert_int_equal(host_read(host, NVME_REG_INTMS, 4), 0x0ff0);
    host_close(host);
}

static void queue_addresses_drop_their_low_bits(void **state)
{
    struct host *host = open_plain();

    host_write(host, NVME_REG_ASQ, 8, UINT64_C(0x123456789abcdfff));
    assert_int_equal(host_read(host, NVME_REG_ASQ, 8), UINT64_C(0x123456789abcd000));
    host_write(host, NVME_REG_ACQ, 4, 0xfffff123);
    host_write(host, NVME_REG_ACQ + 4, 4, 7);
    assert_int_equal(host_read(host, NVME_REG_ACQ, 8), UINT64_C(0x7fffff000));
    host_write(host, NVME_REG_AQA, 4, 0xffffffff);
    assert_int_equal(host_read(host, NVME_REG_AQA, 4), 0x0fff0fff);
    host_close(host);
}

static void accesses_outside_the_bar_are_errors(void **state)
{
    struct host *host = open_plain();
    const struct bell_pci_ops *ops = host->fn->ops;
    uint64_t value;

    assert_int_equal(ops->bar_read(host->fn, 0, 0x4000, 4, &value), -EINVAL);
    assert_int_equal(ops->bar_read(host->fn, 0, 0x3ffc, 8, &value), -EINVAL);
    assert_int_equal(ops->bar_read(host->fn, 0, 2, 4, &value), -EINVAL);
    assert_int_equal(ops->bar_read(host->fn, 0, 0, 2, &value), -EINVAL);
    assert_int_equal(ops->bar_read(host->fn, 2, 0, 4, &value), -EINVAL);
    assert_int_equal(ops->bar_write(host->fn, 0, UINT64_MAX - 3, 4, 0), -EINVAL);
    assert_non_null(strstr(bell_error_text(), "BAR 0"));
    host_close(host);
}

/* ---- CC -------------------------------------------------------------------------------------------------------------
 */

static void enable_and_disable_follow_ready(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(host_read(host, NVME_REG_CC, 4), 0x00460001);
    host_write(host, NVME_REG_CC, 4, 0x00460000);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY, 0));
    assert_int_not_equal(host_read(host, NVME_REG_AQA, 4), 0); /* kept over a controller reset */
    assert_int_equal(host_read(host, NVME_REG_ASQ, 8), host->queue[0].sq_iova);
    host_enable(host);
    host_close(host);
}

static void fields_fixed_by_enable_cannot_change(void **state)
{
    struct host *host = host_ready("");

    host_write(host, NVME_REG_CC, 4, 0x00460001 | (uint32_t)(NVME_PUT(2, NVME_CC_MPS) | NVME_PUT(6, NVME_CC_CSS)));
    assert_int_equal(host_read(host, NVME_REG_CC, 4), 0x00460001);
    host_write(host, NVME_REG_ASQ, 8, 0x5000);
    assert_int_equal(host_read(host, NVME_REG_ASQ, 8), host->queue[0].sq_iova);
    host_close(host);
}

static void enable_with(struct host *host, uint32_t cc, uint32_t aqa, uint64_t asq, uint64_t acq)
{
    host_write(host, NVME_REG_AQA, 4, aqa);
    host_write(host, NVME_REG_ASQ, 8, asq);
    host_write(host, NVME_REG_ACQ, 8, acq);
    host_write(host, NVME_REG_CC, 4, cc | NVME_CC_EN);
}

static void bad_settings_are_fatal_until_a_reset(void **state)
{
    struct host *host = open_plain();
    const uint64_t a = host->data_iova;
    const uint64_t b = host->list_iova;
    const struct {
        uint32_t cc;
        uint32_t aqa;
        uint64_t asq;
        uint64_t acq;
    } bad[] = {
        {(uint32_t)NVME_PUT(5, NVME_CC_MPS), 0x003f003f, a, b},
        {(uint32_t)NVME_PUT(1, NVME_CC_CSS), 0x003f003f, a, b},
        {(uint32_t)NVME_PUT(3, NVME_CC_AMS), 0x003f003f, a, b},
        {0, 0x003f0000, a, b},
        {0, 0x0000003f, a, b},
        {0, 0x003f003f, 0, b},
        {0, 0x003f003f, a, 0},
        {(uint32_t)NVME_PUT(4, NVME_CC_MPS), 0x003f003f, a | 0x1000, b},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        enable_with(host, bad[i].cc, bad[i].aqa, bad[i].asq, bad[i].acq);
        assert_true(host_csts_wait(host, NVME_CSTS_CFS | NVME_CSTS_RDY, NVME_CSTS_CFS));
        host_write(host, NVME_REG_CC, 4, 0);
        assert_true(host_csts_wait(host, NVME_CSTS_CFS | NVME_CSTS_RDY, 0));
    }
    host_enable(host);
    host_close(host);
}

static void unreachable_admin_queue_is_fatal(void **state)
{
    struct host *host = open_plain();

    enable_with(host, 0x00460000, 0x003f003f, 0x10000, 0x20000);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY, NVME_CSTS_RDY));
    host_ring(host, 0, false, 1);
    assert_true(host_csts_wait(host, NVME_CSTS_CFS, NVME_CSTS_CFS));
    host_close(host);
}

/* 64 KiB pages: the admin queues lie on such boundaries inside the data buffer. */
static void larger_pages_work(void **state)
{
    struct host *host = open_plain();
    struct host_queue *admin = &host->queue[0];
    const uint64_t skip = (0x10000 - host->data_iova % 0x10000) % 0x10000;
    struct nvme_sqe sqe;

    admin->depth = HOST_DEPTH;
    admin->phase = 1;
    admin->sq = (struct nvme_sqe *)(host->data + skip);
    admin->cq = (struct nvme_cqe *)(host->data + skip + 0x10000);
    enable_with(host, 0x00460000 | (uint32_t)NVME_PUT(4, NVME_CC_MPS), 0x003f003f, host->data_iova + skip,
                host->data_iova + skip + 0x10000);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY | NVME_CSTS_CFS, NVME_CSTS_RDY));
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);
    sqe.prp1 = host->data_iova + skip + 0x20000 + 4096 + 8; /* one page has room for it all */
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_SUCCESS);
    assert_int_equal(host->data[skip + 0x20000 + 4096 + 8], 0x36);
    host_write(host, NVME_REG_CC, 4, 0);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY, 0));
    admin->sq = NULL;
    host_close(host);
}

static void shutdown_completes_and_stops_commands(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    struct nvme_cqe cqe;

    host_write(host, NVME_REG_CC, 4, 0x00460001 | (uint32_t)NVME_PUT(NVME_CC_SHN_NORMAL, NVME_CC_SHN));
    assert_true(host_csts_wait(host, NVME_CSTS_SHST, (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST)));
    host_submit(host, 1, &sqe);
    host_sleep_us(2000);
    assert_false(host_poll(host, 1, &cqe));
    host_disable(host);
    assert_int_equal(NVME_GET(host_read(host, NVME_REG_CSTS, 4), NVME_CSTS_SHST), NVME_CSTS_SHST_NORMAL);
    host_enable(host);
    host_close(host);
}

/* Hosts clear EN and leave SHN as it is: that is no second shutdown. */
static void shutdown_left_in_cc_is_not_repeated(void **state)
{
    struct host *host = host_ready("");
    const uint32_t normal = (uint32_t)NVME_PUT(NVME_CC_SHN_NORMAL, NVME_CC_SHN);
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);

    for (int round = 0; round < 3; round++) {
        host_write(host, NVME_REG_CC, 4, 0x00460001 | normal);
        assert_true(host_csts_wait(host, NVME_CSTS_SHST, (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST)));
        host_write(host, NVME_REG_CC, 4, 0x00460000 | normal);
        assert_true(host_csts_wait(host, NVME_CSTS_RDY | NVME_CSTS_SHST, 0));
        host_enable(host);
        assert_int_equal(host_status(host, 0, &sqe), 0);
    }
    host_close(host);
}

static void subsystem_reset_shows_until_cleared(void **state)
{
    struct host *host = host_ready("");

    host_write(host, NVME_REG_NSSR, 4, 0x12345678);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), NVME_CSTS_RDY);
    host_write(host, NVME_REG_NSSR, 4, NVME_NSSR_RESET);
    assert_true(host_csts_wait(host, NVME_CSTS_RDY | NVME_CSTS_NSSRO, NVME_CSTS_NSSRO));
    assert_int_equal(host_read(host, NVME_REG_CC, 4), 0);
    assert_int_equal(host_read(host, NVME_REG_AQA, 4), 0);
    host_enable(host);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), NVME_CSTS_RDY | NVME_CSTS_NSSRO);
    host_write(host, NVME_REG_CSTS, 4, NVME_CSTS_NSSRO | NVME_CSTS_RDY);
    assert_int_equal(host_read(host, NVME_REG_CSTS, 4), NVME_CSTS_RDY);
    host_close(host);
}

static void reset_makes_queues_vanish(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_DELETE_SQ, 0, 1, 0);

    host_disable(host);
    host_enable(host);
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_QID);
    host_queue_create(host, 1, HOST_DEPTH);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities_are_those_of_the_options),
        cmocka_unit_test(read_only_registers_keep_their_values),
        cmocka_unit_test(interrupt_mask_is_set_and_cleared_by_ones),
        cmocka_unit_test(queue_addresses_drop_their_low_bits),
        cmocka_unit_test(accesses_outside_the_bar_are_errors),
        cmocka_unit_test(enable_and_disable_follow_ready),
        cmocka_unit_test(fields_fixed_by_enable_cannot_change),
        cmocka_unit_test(bad_settings_are_fatal_until_a_reset),
        cmocka_unit_test(unreachable_admin_queue_is_fatal),
        cmocka_unit_test(larger_pages_work),
        cmocka_unit_test(shutdown_completes_and_stops_commands),
        cmocka_unit_test(shutdown_left_in_cc_is_not_repeated),
        cmocka_unit_test(subsystem_reset_shows_until_cleared),
        cmocka_unit_test(reset_makes_queues_vanish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
