/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing: what was written is read back, through every shape of data pointer. */
#include "host.h"

static uint32_t io(struct host *host, uint8_t opcode, uint32_t nsid, uint64_t slba, uint32_t blocks)
{
    const struct nvme_sqe sqe = host_io(host, opcode, nsid, slba, blocks);

    return host_status(host, 1, &sqe);
}

static void written_data_is_read_back(void **state)
{
    struct host *host = host_ready("");
    uint8_t expected[8192];

    host_fill(host, 1, sizeof expected);
    memcpy(expected, host->data, sizeof expected);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 1000, 16), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_WRITE, 2, 1000, 2), NVME_SC_SUCCESS);
    memset(host->data, 0xee, 16384);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 1000, 16), NVME_SC_SUCCESS);
    assert_memory_equal(host->data, expected, sizeof expected);
    assert_int_equal(host->data[8192], 0xee);
    memset(host->data, 0, 16384);
    assert_int_equal(io(host, NVME_NVM_READ, 2, 1000, 2), NVME_SC_SUCCESS);
    assert_memory_equal(host->data, expected, sizeof expected);
    host_close(host);
}

static void unwritten_blocks_read_zero(void **state)
{
    struct host *host = host_ready("");
    const uint8_t zero[4096] = {0};

    memset(host->data, 0xee, 4096);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 77777, 8), NVME_SC_SUCCESS);
    assert_memory_equal(host->data, zero, sizeof zero);
    host_close(host);
}

/* 512 KiB is MDTS: 128 pages, whose list fits one page. Odd pages in odd order show that each entry is obeyed. */
static void prp_list_scatters_the_data(void **state)
{
    struct host *host = host_ready("");
    uint64_t *list = (uint64_t *)host->list;
    struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 1024);

    for (uint32_t i = 0; i < 127; i++)
        list[i] = host->data_iova + UINT64_C(4096) * (127 - i);
    host_fill(host, 9, 128 * 4096);
    sqe.prp2 = host->list_iova;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    memset(host->data + 128 * 4096, 0, 4096);
    sqe = host_io(host, NVME_NVM_READ, 1, 8, 8);
    sqe.prp1 = host->data_iova + 128 * 4096;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    assert_memory_equal(host->data + 128 * 4096, host->data + 127 * 4096, 4096);
    host_close(host);
}

/* A list that starts near the end of its page goes on in another one. */
static void prp_list_is_chained(void **state)
{
    struct host *host = host_ready("");
    uint64_t *list = (uint64_t *)host->list;
    uint64_t *second = (uint64_t *)(host->data + 64 * 4096);
    struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 64);

    host_fill(host, 3, 8 * 4096);
    list[510] = host->data_iova + 4096;
    list[511] = host->data_iova + 64 * 4096;
    for (uint32_t i = 0; i < 6; i++)
        second[i] = host->data_iova + UINT64_C(4096) * (2 + i);
    sqe.prp2 = host->list_iova + 510 * 8;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    sqe.opcode = NVME_NVM_COMPARE;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    host->data[7 * 4096 + 5] ^= 1;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_COMPARE_FAILURE);
    host_close(host);
}

static void prp1_may_have_an_offset(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 40, 8);

    host_fill(host, 5, 16384);
    sqe.prp1 = host->data_iova + 1028;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    sqe = host_io(host, NVME_NVM_READ, 1, 40, 8);
    sqe.prp1 = host->data_iova + 8192;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    assert_memory_equal(host->data + 8192, host->data + 1028, 4096 - 1028);
    host_close(host);
}

static void bad_data_pointers_are_refused(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    uint64_t *list = (uint64_t *)host->list;

    sqe.prp1 = host->data_iova + 2;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_PRP_OFFSET);
    sqe = host_io(host, NVME_NVM_READ, 1, 0, 16);
    sqe.prp2 = host->data_iova + 4096 + 512;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_PRP_OFFSET);
    sqe = host_io(host, NVME_NVM_READ, 1, 0, 64);
    sqe.prp2 = host->list_iova + 4;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_PRP_OFFSET);
    for (uint32_t i = 0; i < 7; i++)
        list[i] = host->data_iova + 4096 * (i + 1) + (i == 5 ? 8 : 0);
    sqe.prp2 = host->list_iova;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_PRP_OFFSET);
    host_close(host);
}

/* Nothing outside the allocations is reachable, not even the program's own memory. */
static void foreign_memory_is_refused(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    uint8_t *own = aligned_alloc(4096, 4096);

    memset(own, 0xaa, 4096);
    sqe.prp1 = (uint64_t)own;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(own[0], 0xaa);
    sqe.prp1 = host->data_iova + HOST_DATA_BYTES;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    sqe = host_io(host, NVME_NVM_READ, 1, 0, 16);
    sqe.prp1 = host->data_iova + HOST_DATA_BYTES - 4096;
    sqe.prp2 = host->data_iova + HOST_DATA_BYTES;
    memset(host->data + HOST_DATA_BYTES - 4096, 0xbb, 4096);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(host->data[HOST_DATA_BYTES - 1], 0xbb); /* all or nothing */
    free(own);
    host_close(host);
}

static void freed_memory_is_refused(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    void *memory;

    assert_int_equal(host->fn->ops->dma_alloc(host->fn, 4096, &memory, &sqe.prp1), 0);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    host->fn->ops->dma_free(host->fn, memory, sqe.prp1, 4096);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    host_close(host);
}

/* The queue wraps many times while it is kept full, and every command ends once. */
static void full_queues_wrap(void **state)
{
    struct host *host = host_ready("");
    struct host_queue *queue = &host->queue[1];
    const uint32_t total = 20000;
    uint32_t sent = 0;
    uint32_t ended = 0;
    uint8_t *outstanding = calloc(65536, 1);

    while (ended < total) {
        struct nvme_cqe cqe;
        bool put = false;

        while (sent < total && sent - ended < HOST_DEPTH - 1) {
            const struct nvme_sqe sqe =
                host_io(host, sent % 3 ? NVME_NVM_READ : NVME_NVM_WRITE, 1, sent % 100000 * 8, 8);

            outstanding[host_put(queue, &sqe)] = 1;
            sent++;
            put = true;
        }
        if (put)
            host_ring(host, 1, false, queue->tail);
        assert_true(host_wait(host, 1, &cqe));
        assert_int_equal(nvme_cqe_status(&cqe), 0);
        assert_int_equal(outstanding[cqe.cid], 1);
        outstanding[cqe.cid] = 0;
        ended++;
    }
    free(outstanding);
    host_close(host);
}

/* The controller waits for room in the completion queue, and loses nothing. */
static void a_full_completion_queue_holds_commands_back(void **state)
{
    struct host *host = host_open("");
    struct nvme_sqe sqe;
    struct nvme_cqe cqe;

    host_enable(host);
    host_queue_init(host, &host->queue[1], 1, 4);
    sqe = (struct nvme_sqe){
        .opcode = NVME_ADMIN_CREATE_CQ, .prp1 = host->queue[1].cq_iova, .cdw10 = 1 | 3 << 16, .cdw11 = 1};
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_SUCCESS);
    host_queue_init(host, &host->queue[2], 2, 32);
    sqe = (struct nvme_sqe){
        .opcode = NVME_ADMIN_CREATE_SQ, .prp1 = host->queue[2].sq_iova, .cdw10 = 2 | 31 << 16, .cdw11 = 1 | 1 << 16};
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_SUCCESS);
    for (uint32_t i = 0; i < 20; i++) {
        sqe = host_io(host, NVME_NVM_READ, 1, i, 1);
        host_put(&host->queue[2], &sqe);
    }
    host_ring(host, 2, false, host->queue[2].tail);
    host_sleep_us(2000);
    for (uint32_t i = 0; i < 20; i++) {
        assert_true(host_wait(host, 1, &cqe));
        assert_int_equal(cqe.cid, i);
        assert_int_equal(cqe.sqid, 2);
    }
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_data_is_read_back),  cmocka_unit_test(unwritten_blocks_read_zero),
        cmocka_unit_test(prp_list_scatters_the_data), cmocka_unit_test(prp_list_is_chained),
        cmocka_unit_test(prp1_may_have_an_offset),    cmocka_unit_test(bad_data_pointers_are_refused),
        cmocka_unit_test(foreign_memory_is_refused),  cmocka_unit_test(freed_memory_is_refused),
        cmocka_unit_test(full_queues_wrap),           cmocka_unit_test(a_full_completion_queue_holds_commands_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
