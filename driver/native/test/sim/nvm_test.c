/* SPDX-License-Identifier: Apache-2.0 */
/* NVM commands: the good case of each, and the status for everything that can be wrong with it. */
#include "host.h"

#define NS1_BLOCKS UINT64_C(1048576) /* 512 MiB of 512 bytes */

static uint32_t io(struct host *host, uint8_t opcode, uint32_t nsid, uint64_t slba, uint32_t blocks)
{
    const struct nvme_sqe sqe = host_io(host, opcode, nsid, slba, blocks);

    return host_status(host, 1, &sqe);
}

static bool all_bytes(const uint8_t *data, uint8_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (data[i] != value)
            return false;
    return true;
}

static void wrong_fields_have_their_status(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe;

    assert_int_equal(io(host, 0x7f, 1, 0, 1), NVME_SC_INVALID_OPCODE);
    assert_int_equal(io(host, NVME_NVM_READ, 0, 0, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(io(host, NVME_NVM_READ, 9, 0, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(io(host, NVME_NVM_READ, NVME_NSID_ALL, 0, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(io(host, NVME_NVM_READ, 3, 0, 1), NVME_SC_INVALID_FIELD); /* could exist, does not */
    assert_int_equal(io(host, NVME_NVM_READ, 1, NS1_BLOCKS - 1, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, NS1_BLOCKS - 1, 2), NVME_SC_LBA_RANGE);
    assert_int_equal(io(host, NVME_NVM_READ, 1, NS1_BLOCKS, 1), NVME_SC_LBA_RANGE);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, UINT64_MAX, 1), NVME_SC_LBA_RANGE);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0, 1025), NVME_SC_INVALID_FIELD); /* beyond MDTS */
    sqe = host_io(host, NVME_NVM_READ, 1, 0, 8);
    sqe.flags = NVME_SQE_PSDT;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_INVALID_FIELD); /* neither PRPs nor SGLs */
    sqe.flags = 0x03;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_INVALID_FIELD);
    sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 8);
    sqe.cdw12 |= 0x00100000;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_INVALID_FIELD); /* no directive is enabled */
    host_close(host);
}

static void errors_that_stay_say_do_not_retry(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, NS1_BLOCKS, 1);
    const struct nvme_cqe cqe = host_run(host, 1, &sqe);

    assert_int_equal(nvme_cqe_status(&cqe), NVME_SC_LBA_RANGE | NVME_STATUS_DNR | NVME_STATUS_MORE);
    host_close(host);
}

static void mdts_zero_is_no_limit(void **state)
{
    struct host *host = host_ready("mdts=0,size=1GiB,ns=1");
    struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE, 1, 0, 2048);
    uint64_t *list = (uint64_t *)host->list;

    for (uint32_t i = 0; i < 255; i++)
        list[i] = host->data_iova + 4096 * (i + 1);
    sqe.prp2 = host->list_iova;
    host_fill(host, 3, HOST_DATA_BYTES);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    sqe.opcode = NVME_NVM_COMPARE;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    host_close(host);
}

static void flush_takes_one_or_all_namespaces(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(io(host, NVME_NVM_FLUSH, 1, 0, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_FLUSH, NVME_NSID_ALL, 0, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_FLUSH, 0, 0, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(io(host, NVME_NVM_FLUSH, 4, 0, 1), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void uncorrectable_blocks_fail_until_rewritten(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(io(host, NVME_NVM_WRITE_UNCORRECTABLE, 1, 105, 2), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 104, 8), NVME_SC_UNRECOVERED_READ);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 104, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 107, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_COMPARE, 1, 104, 8), NVME_SC_UNRECOVERED_READ);
    assert_int_equal(io(host, NVME_NVM_VERIFY, 1, 104, 8), NVME_SC_UNRECOVERED_READ);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 105, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 105, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 106, 1), NVME_SC_UNRECOVERED_READ);
    assert_int_equal(io(host, NVME_NVM_WRITE_ZEROES, 1, 106, 1), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_VERIFY, 1, 104, 8), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_WRITE_UNCORRECTABLE, 1, NS1_BLOCKS, 1), NVME_SC_LBA_RANGE);
    host_close(host);
}

static void compare_finds_a_single_bit(void **state)
{
    struct host *host = host_ready("");

    host_fill(host, 7, 8192);
    assert_int_equal(io(host, NVME_NVM_WRITE, 2, 50, 2), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_COMPARE, 2, 50, 2), NVME_SC_SUCCESS);
    host->data[8191] ^= 0x80;
    assert_int_equal(io(host, NVME_NVM_COMPARE, 2, 50, 2), NVME_SC_COMPARE_FAILURE);
    host_close(host);
}

static void write_zeroes_clears_the_range_alone(void **state)
{
    struct host *host = host_ready("");

    for (uint32_t deac = 0; deac <= 1; deac++) {
        struct nvme_sqe sqe = host_io(host, NVME_NVM_WRITE_ZEROES, 1, 9, 14);

        memset(host->data, 0x5a, 8192);
        for (uint32_t lba = 0; lba < 32; lba += 16)
            assert_int_equal(io(host, NVME_NVM_WRITE, 1, lba, 16), NVME_SC_SUCCESS);
        sqe.cdw12 |= deac ? NVME_RW_DEAC : 0;
        assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
        assert_int_equal(io(host, NVME_NVM_READ, 1, 0, 16), NVME_SC_SUCCESS);
        assert_true(all_bytes(host->data, 0x5a, 9 * 512));
        assert_true(all_bytes(host->data + 9 * 512, 0, 7 * 512));
        assert_int_equal(io(host, NVME_NVM_READ, 1, 16, 16), NVME_SC_SUCCESS);
        assert_true(all_bytes(host->data, 0, 7 * 512));
        assert_true(all_bytes(host->data + 7 * 512, 0x5a, 9 * 512));
    }
    /* MDTS does not limit it: nothing is transferred. */
    assert_int_equal(io(host, NVME_NVM_WRITE_ZEROES, 1, 0, 65536), NVME_SC_SUCCESS);
    host_close(host);
}

/* ---- ranges ---------------------------------------------------------------------------------------------------------
 */

static struct nvme_sqe dsm(struct host *host, uint32_t count, uint32_t attributes)
{
    return (struct nvme_sqe){
        .opcode = NVME_NVM_DSM, .nsid = 1, .prp1 = host->list_iova, .cdw10 = count - 1, .cdw11 = attributes};
}

static void deallocated_blocks_read_zero(void **state)
{
    struct host *host = host_ready("");
    struct nvme_dsm_range *ranges = (struct nvme_dsm_range *)host->list;
    struct nvme_sqe sqe;

    memset(host->data, 0x77, 8192);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 64, 16), NVME_SC_SUCCESS);
    ranges[0] = (struct nvme_dsm_range){0, 1, 64};
    ranges[1] = (struct nvme_dsm_range){0, 8, 72};
    sqe = dsm(host, 2, NVME_DSM_IDR | NVME_DSM_IDW);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS); /* hints alone */
    assert_int_equal(io(host, NVME_NVM_READ, 1, 64, 16), NVME_SC_SUCCESS);
    assert_true(all_bytes(host->data, 0x77, 8192));
    sqe = dsm(host, 2, NVME_DSM_AD);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 64, 16), NVME_SC_SUCCESS);
    assert_true(all_bytes(host->data, 0, 512));
    assert_true(all_bytes(host->data + 512, 0x77, 7 * 512));
    assert_true(all_bytes(host->data + 4096, 0, 4096));
    host_close(host);
}

static void one_bad_range_deallocates_nothing(void **state)
{
    struct host *host = host_ready("");
    struct nvme_dsm_range *ranges = (struct nvme_dsm_range *)host->list;
    struct nvme_sqe sqe = dsm(host, 2, NVME_DSM_AD);

    memset(host->data, 0x77, 4096);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 0, 8), NVME_SC_SUCCESS);
    ranges[0] = (struct nvme_dsm_range){0, 8, 0};
    ranges[1] = (struct nvme_dsm_range){0, 2, NS1_BLOCKS - 1};
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_LBA_RANGE);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0, 8), NVME_SC_SUCCESS);
    assert_true(all_bytes(host->data, 0x77, 4096));
    host_close(host);
}

static struct nvme_sqe copy(struct host *host, uint64_t target, uint32_t count)
{
    return (struct nvme_sqe){.opcode = NVME_NVM_COPY,
                             .nsid = 1,
                             .prp1 = host->list_iova,
                             .cdw10 = (uint32_t)target,
                             .cdw11 = (uint32_t)(target >> 32),
                             .cdw12 = count - 1};
}

static void copy_gathers_its_ranges(void **state)
{
    struct host *host = host_ready("");
    struct nvme_copy_range *ranges = (struct nvme_copy_range *)host->list;
    uint8_t expected[4096];
    struct nvme_sqe sqe = copy(host, 5000, 2);

    host_fill(host, 11, 8192);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 200, 16), NVME_SC_SUCCESS);
    memcpy(expected, host->data + 12 * 512, 4 * 512);
    memcpy(expected + 4 * 512, host->data, 4 * 512);
    ranges[0].slba = 212;
    ranges[0].nlb = 3;
    ranges[1].slba = 200;
    ranges[1].nlb = 3;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 5000, 8), NVME_SC_SUCCESS);
    assert_memory_equal(host->data, expected, sizeof expected);
    host_close(host);
}

static void copy_has_limits(void **state)
{
    struct host *host = host_ready("");
    struct nvme_copy_range *ranges = (struct nvme_copy_range *)host->list;
    struct nvme_sqe sqe = copy(host, 50000, 1);
    struct nvme_cqe cqe;

    ranges[0].nlb = 1024; /* MSSRL is 1024 blocks, 0's based 1023 */
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_COMMAND_SIZE_LIMIT);
    for (uint32_t i = 0; i < 9; i++)
        ranges[i] = (struct nvme_copy_range){.slba = 1024 * i, .nlb = 1023};
    sqe = copy(host, 50000, 9); /* MCL is 8 * 1024 */
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_COMMAND_SIZE_LIMIT);
    sqe = copy(host, 50000, 8);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SUCCESS);
    sqe = copy(host, 50000, 129);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_COMMAND_SIZE_LIMIT);
    sqe = copy(host, 100, 1);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_OVERLAPPING_RANGE);
    sqe = copy(host, NS1_BLOCKS - 100, 1);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_LBA_RANGE);
    ranges[0].slba = NS1_BLOCKS - 1;
    sqe = copy(host, 50000, 1);
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_LBA_RANGE);
    sqe.cdw12 |= 0x200;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_INVALID_FIELD); /* descriptor format 2 */
    assert_int_equal(io(host, NVME_NVM_WRITE_UNCORRECTABLE, 1, 2000, 1), NVME_SC_SUCCESS);
    ranges[0].slba = 0;
    sqe = copy(host, 50000, 2);
    cqe = host_run(host, 1, &sqe);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_UNRECOVERED_READ);
    assert_int_equal(cqe.dw0, 1); /* the first range was copied */
    host_close(host);
}

/* ---- fused
 * ------------------------------------------------------------------------------------------------------------ */

/* Both commands with one ring of the doorbell; their statuses. */
static void fused(struct host *host, const struct nvme_sqe *first, const struct nvme_sqe *second, uint32_t status[2])
{
    struct nvme_cqe cqe;

    host_put(&host->queue[1], first);
    host_put(&host->queue[1], second);
    host_ring(host, 1, false, host->queue[1].tail);
    for (int i = 0; i < 2; i++) {
        assert_true(host_wait(host, 1, &cqe));
        status[i] = nvme_cqe_status(&cqe) & NVME_STATUS_CODE;
    }
}

static void fused_write_depends_on_the_compare(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe compare = host_io(host, NVME_NVM_COMPARE, 1, 300, 8);
    struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 300, 8);
    uint32_t status[2];

    compare.flags = NVME_FUSE_FIRST;
    write.flags = NVME_FUSE_SECOND;
    write.prp1 = host->data_iova + 8192;
    memset(host->data + 8192, 0x33, 4096);
    fused(host, &compare, &write, status);
    assert_int_equal(status[0], NVME_SC_SUCCESS);
    assert_int_equal(status[1], NVME_SC_SUCCESS);
    memset(host->data + 8192, 0x44, 4096);
    fused(host, &compare, &write, status); /* the media are no longer zero */
    assert_int_equal(status[0], NVME_SC_COMPARE_FAILURE);
    assert_int_equal(status[1], NVME_SC_ABORTED_FUSED_FAILED);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 300, 8), NVME_SC_SUCCESS);
    assert_true(all_bytes(host->data, 0x33, 4096));
    host_close(host);
}

static void half_a_pair_is_aborted(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe compare = host_io(host, NVME_NVM_COMPARE, 1, 300, 8);
    struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 300, 8);
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 8);
    uint32_t status[2];

    compare.flags = NVME_FUSE_FIRST;
    write.flags = NVME_FUSE_SECOND;
    assert_int_equal(host_status(host, 1, &write), NVME_SC_ABORTED_FUSED_MISSING);
    assert_int_equal(host_status(host, 1, &compare), NVME_SC_ABORTED_FUSED_MISSING);
    fused(host, &compare, &read, status);
    assert_int_equal(status[0], NVME_SC_ABORTED_FUSED_MISSING);
    assert_int_equal(status[1], NVME_SC_SUCCESS);
    host_close(host);
}

static void unequal_pairs_fail_together(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe compare = host_io(host, NVME_NVM_COMPARE, 1, 300, 8);
    struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 301, 8);
    uint32_t status[2];

    compare.flags = NVME_FUSE_FIRST;
    write.flags = NVME_FUSE_SECOND;
    fused(host, &compare, &write, status);
    assert_int_equal(status[0], NVME_SC_INVALID_FIELD);
    assert_int_equal(status[1], NVME_SC_ABORTED_FUSED_FAILED);
    compare = host_io(host, NVME_NVM_COMPARE, 1, 300, 257);
    write = host_io(host, NVME_NVM_WRITE, 1, 300, 257);
    compare.flags = NVME_FUSE_FIRST;
    write.flags = NVME_FUSE_SECOND;
    fused(host, &compare, &write, status);
    assert_int_equal(status[0], NVME_SC_ATOMIC_WRITE_UNIT);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_fields_have_their_status),
        cmocka_unit_test(errors_that_stay_say_do_not_retry),
        cmocka_unit_test(mdts_zero_is_no_limit),
        cmocka_unit_test(flush_takes_one_or_all_namespaces),
        cmocka_unit_test(uncorrectable_blocks_fail_until_rewritten),
        cmocka_unit_test(compare_finds_a_single_bit),
        cmocka_unit_test(write_zeroes_clears_the_range_alone),
        cmocka_unit_test(deallocated_blocks_read_zero),
        cmocka_unit_test(one_bad_range_deallocates_nothing),
        cmocka_unit_test(copy_gathers_its_ranges),
        cmocka_unit_test(copy_has_limits),
        cmocka_unit_test(fused_write_depends_on_the_compare),
        cmocka_unit_test(half_a_pair_is_aborted),
        cmocka_unit_test(unequal_pairs_fail_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
