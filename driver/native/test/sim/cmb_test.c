/* SPDX-License-Identifier: Apache-2.0 */
/* The controller memory buffer: its registers, and data, PRP lists and queues in it. */
#include "host.h"

#define CMB UINT64_C(0x100000)
#define CBA UINT64_C(0x80000000)
#define ON  (CBA | NVME_CMBMSC_CRE | NVME_CMBMSC_CMSE)

static uint8_t *cmb_memory(struct host *host, uint64_t offset)
{
    uint8_t *memory = host->fn->ops->bar_map(host->fn, 2, offset, CMB - offset);

    assert_non_null(memory);
    return memory;
}

static uint64_t bar2_read(struct host *host, uint64_t offset, uint32_t width)
{
    uint64_t value = 0;

    assert_int_equal(host->fn->ops->bar_read(host->fn, 2, offset, width, &value), 0);
    return value;
}

static uint32_t io(struct host *host, uint8_t opcode, uint64_t prp1, uint64_t prp2, uint32_t blocks)
{
    struct nvme_sqe sqe = host_io(host, opcode, 1, 0, blocks);

    sqe.prp1 = prp1;
    sqe.prp2 = prp2;
    return host_status(host, 1, &sqe);
}

static void without_one_there_is_nothing_to_see(void **state)
{
    struct host *host = host_ready("");
    uint64_t value;

    assert_int_equal(host_read(host, NVME_REG_CAP, 8) & NVME_CAP_CMBS, 0);
    host_write(host, NVME_REG_CMBMSC, 8, ON);
    assert_int_equal(host_read(host, NVME_REG_CMBMSC, 8), 0);
    assert_int_equal(host_read(host, NVME_REG_CMBSZ, 4), 0);
    assert_int_equal(host->fn->bar_bytes[2], 0);
    assert_int_equal(host_config(host, PCI_BAR0 + 8, 4), 0);
    assert_int_not_equal(host->fn->ops->bar_read(host->fn, 2, 0, 4, &value), 0);
    assert_null(host->fn->ops->bar_map(host->fn, 2, 0, 4096));
    host_close(host);
}

static void registers_show_it_when_asked_to(void **state)
{
    struct host *host = host_ready("cmb=1MiB");

    assert_int_equal(host->fn->bar_bytes[2], CMB);
    assert_true((host_read(host, NVME_REG_CAP, 8) & NVME_CAP_CMBS) != 0);
    assert_int_equal(host_read(host, NVME_REG_CMBLOC, 4), 0);
    assert_int_equal(host_read(host, NVME_REG_CMBSZ, 4), 0);
    host_write(host, NVME_REG_CMBMSC, 4, NVME_CMBMSC_CRE);
    assert_int_equal(host_read(host, NVME_REG_CMBLOC, 4) & NVME_CMBLOC_BIR, 2);
    assert_int_equal(host_read(host, NVME_REG_CMBSZ, 4) & NVME_CMBSZ_USES, NVME_CMBSZ_USES);
    assert_int_equal(NVME_GET(host_read(host, NVME_REG_CMBSZ, 4), NVME_CMBSZ_SZ), CMB / 4096);
    host_write(host, NVME_REG_CMBMSC, 8, ON | 0xffc);
    assert_int_equal(host_read(host, NVME_REG_CMBMSC, 8), ON);
    assert_int_equal(host_read(host, NVME_REG_CMBSTS, 4), 0);
    /* CBA goes with a reset of the function, and stays over one of the controller. */
    host_disable(host);
    assert_int_equal(host_read(host, NVME_REG_CMBMSC, 8), ON);
    assert_int_equal(host->fn->ops->reset(host->fn, BELL_RESET_FLR), 0);
    assert_int_equal(host_read(host, NVME_REG_CMBMSC, 8), 0);
    host_close(host);
}

static void an_address_that_is_taken_is_invalid(void **state)
{
    struct host *host = host_ready("cmb=1MiB");

    host_write(host, NVME_REG_CMBMSC, 8, (host->data_iova - CMB + 4096) | 3);
    assert_int_equal(host_read(host, NVME_REG_CMBSTS, 4), NVME_CMBSTS_CBAI);
    assert_int_equal(io(host, NVME_NVM_READ, host->data_iova - 8192, 0, 1), NVME_SC_DATA_TRANSFER_ERROR);
    host_write(host, NVME_REG_CMBMSC, 8, UINT64_C(0xfffffffffff80000) | 3);
    assert_int_equal(host_read(host, NVME_REG_CMBSTS, 4), NVME_CMBSTS_CBAI);
    host_write(host, NVME_REG_CMBMSC, 8, ON);
    assert_int_equal(host_read(host, NVME_REG_CMBSTS, 4), 0);
    host_close(host);
}

static void the_bar_sizes_and_shows_the_memory(void **state)
{
    struct host *host = host_ready("cmb=1MiB");
    uint64_t value;

    assert_int_equal(host_config(host, PCI_BAR0 + 8, 4), 0xe0000000u | PCI_BAR_TYPE_64 | PCI_BAR_PREFETCH);
    host_config_write(host, PCI_BAR0 + 8, 4, 0xffffffff);
    assert_int_equal(host_config(host, PCI_BAR0 + 8, 4), (0xffffffff - (CMB - 1)) | 0xc);
    assert_int_equal(host->fn->ops->bar_write(host->fn, 2, 8, 8, UINT64_C(0x1122334455667788)), 0);
    assert_int_equal(bar2_read(host, 12, 4), 0x11223344);
    assert_int_equal(cmb_memory(host, 8)[0], 0x88);
    assert_int_not_equal(host->fn->ops->bar_read(host->fn, 2, CMB, 4, &value), 0);
    assert_int_not_equal(host->fn->ops->bar_read(host->fn, 2, CMB - 4, 8, &value), 0);
    assert_int_not_equal(host->fn->ops->bar_read(host->fn, 2, 2, 4, &value), 0);
    assert_null(host->fn->ops->bar_map(host->fn, 2, CMB - 4096, 8192));
    assert_null(host->fn->ops->bar_map(host->fn, 0, 0, 4096));
    assert_int_equal(host->fn->ops->power(host->fn, false), 0);
    assert_int_equal(bar2_read(host, 8, 4), 0xffffffff);
    assert_int_equal(host->fn->ops->power(host->fn, true), 0);
    assert_int_equal(bar2_read(host, 8, 8), 0);
    host_close(host);
}

static void data_and_lists_lie_in_it(void **state)
{
    struct host *host = host_ready("cmb=1MiB");
    uint8_t *memory = cmb_memory(host, 0);
    uint64_t *list = (uint64_t *)(memory + 0x10000);

    for (uint32_t i = 0; i < 32768; i++)
        memory[i] = (uint8_t)(i * 13 + i / 256);
    assert_int_equal(io(host, NVME_NVM_WRITE, CBA, 0, 8), NVME_SC_DATA_TRANSFER_ERROR); /* not enabled */
    host_write(host, NVME_REG_CMBMSC, 8, ON);
    assert_int_equal(io(host, NVME_NVM_WRITE, CBA, CBA + 4096, 16), 0);
    assert_int_equal(io(host, NVME_NVM_READ, host->data_iova, host->data_iova + 4096, 16), 0);
    assert_memory_equal(host->data, memory, 8192);
    /* a list in it that names its pages and pages of the host */
    for (uint32_t i = 0; i < 7; i++)
        list[i] = i % 2 == 0 ? CBA + (i + 1) * 4096 : host->data_iova + (i + 1) * 4096;
    memset(host->data, 0x5a, 32768);
    assert_int_equal(io(host, NVME_NVM_WRITE, CBA, CBA + 0x10000, 64), 0);
    memset(memory + 0x20000, 0, 32768);
    for (uint32_t i = 0; i < 7; i++)
        list[i] = CBA + 0x20000 + (i + 1) * 4096;
    assert_int_equal(io(host, NVME_NVM_READ, CBA + 0x20000, CBA + 0x10000, 64), 0);
    for (uint32_t page = 0; page < 8; page++)
        assert_memory_equal(memory + 0x20000 + page * 4096,
                            page == 0 || page % 2 == 1 ? memory + page * 4096 : host->data + page * 4096, 4096);
    assert_int_equal(io(host, NVME_NVM_READ, CBA + CMB - 4096, CBA + CMB, 16), NVME_SC_DATA_TRANSFER_ERROR);
    host_write(host, NVME_REG_CMBMSC, 8, 0);
    assert_int_equal(io(host, NVME_NVM_READ, CBA, 0, 8), NVME_SC_DATA_TRANSFER_ERROR);
    host_close(host);
}

static void queues_lie_in_it(void **state)
{
    struct host *host = host_ready("cmb=1MiB");
    struct host_queue *queue = &host->queue[2];
    struct nvme_sqe sqe;
    struct nvme_cqe cqe;

    host_write(host, NVME_REG_CMBMSC, 8, ON);
    *queue = (struct host_queue){.qid = 2,
                                 .depth = 4,
                                 .phase = 1,
                                 .sq = (struct nvme_sqe *)cmb_memory(host, 0x4000),
                                 .cq = (struct nvme_cqe *)cmb_memory(host, 0x8000)};
    sqe = (struct nvme_sqe){
        .opcode = NVME_ADMIN_CREATE_CQ, .prp1 = CBA + 0x8000, .cdw10 = 2 | 3 << 16, .cdw11 = 3 | 2 << 16};
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sqe = (struct nvme_sqe){
        .opcode = NVME_ADMIN_CREATE_SQ, .prp1 = CBA + 0x4000, .cdw10 = 2 | 3 << 16, .cdw11 = 1 | 2 << 16};
    assert_int_equal(host_status(host, 0, &sqe), 0);
    for (uint32_t i = 0; i < 10; i++) {
        sqe = host_io(host, NVME_NVM_WRITE, 1, i, 1);
        assert_int_equal(host_status(host, 2, &sqe), 0);
    }
    /* Without its memory a queue ends the controller, as one in the host's would. */
    host_write(host, NVME_REG_CMBMSC, 8, 0);
    sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 1);
    host_submit(host, 2, &sqe);
    assert_true(host_csts_wait(host, NVME_CSTS_CFS, NVME_CSTS_CFS));
    assert_false(host_poll(host, 2, &cqe));
    queue->sq = NULL; /* not the host's to free */
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_one_there_is_nothing_to_see),
        cmocka_unit_test(registers_show_it_when_asked_to),
        cmocka_unit_test(an_address_that_is_taken_is_invalid),
        cmocka_unit_test(the_bar_sizes_and_shows_the_memory),
        cmocka_unit_test(data_and_lists_lie_in_it),
        cmocka_unit_test(queues_lie_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
