/* SPDX-License-Identifier: Apache-2.0 */
/* Scatter gather lists as the device walks them: what they may be, and the status for what is wrong with them. */
#include "host.h"
#include "sim/sgl.h"

#define BLOCK 512u

/* Descriptors for tests lie from here on in the data buffer, and what is described before. */
#define LIST_AT (HOST_DATA_BYTES / 2)

static struct nvme_sgl *list_of(struct host *host)
{
    return (struct nvme_sgl *)(host->data + LIST_AT);
}

static struct nvme_sgl descriptor(uint8_t id, uint64_t address, uint32_t length)
{
    return (struct nvme_sgl){.address = address, .length = length, .id = id};
}

static struct nvme_sgl piece(const struct host *host, uint64_t offset, uint32_t length)
{
    return descriptor(NVME_SGL_DATA_BLOCK, host->data_iova + offset, length);
}

/* A pointer to descriptors of the list. */
static struct nvme_sgl pointer(const struct host *host, uint8_t id, uint32_t at, uint32_t count)
{
    return descriptor(id, host->data_iova + LIST_AT + at * 16, count * 16);
}

static struct nvme_sqe command(uint8_t opcode, uint64_t slba, uint32_t blocks, struct nvme_sgl first)
{
    struct nvme_sqe sqe = {.opcode = opcode, .flags = 0x40, .nsid = 1, .cdw10 = (uint32_t)slba, .cdw12 = blocks - 1};

    memcpy(&sqe.prp1, &first, sizeof first);
    return sqe;
}

static uint32_t run(struct host *host, uint8_t opcode, uint64_t slba, uint32_t blocks, struct nvme_sgl first)
{
    const struct nvme_sqe sqe = command(opcode, slba, blocks, first);

    return host_status(host, 1, &sqe);
}

static uint32_t read_status(struct host *host, uint32_t blocks, struct nvme_sgl first)
{
    return run(host, NVME_NVM_READ, 0, blocks, first);
}

static void the_controller_says_what_it_takes(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);
    const struct nvme_identify_controller *id = (const struct nvme_identify_controller *)host->data;

    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->sgls, SIM_SGLS);
    sqe.flags = 0x40; /* never for admin commands on PCIe */
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void pieces_of_any_size_are_gathered_and_scattered(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);
    static const uint32_t sizes[] = {1, 3, 500, 8, 0, 511, 1, 2048, 512, 512};
    uint32_t offset = 1;
    uint8_t expected[4096];
    uint32_t done = 0;

    host_fill(host, 5, LIST_AT);
    for (uint32_t i = 0; i < 10; i++) {
        list[i] = piece(host, offset, sizes[i]);
        memcpy(expected + done, host->data + offset, sizes[i]);
        done += sizes[i];
        offset += sizes[i] + 7;
    }
    assert_int_equal(done, 4096);
    assert_int_equal(run(host, NVME_NVM_WRITE, 8, 8, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 10)), 0);
    memset(host->data, 0, 8192);
    assert_int_equal(run(host, NVME_NVM_READ, 8, 8, piece(host, 4097, 4096)), 0);
    assert_memory_equal(host->data + 4097, expected, 4096);
    assert_int_equal(run(host, NVME_NVM_COMPARE, 8, 8, piece(host, 4097, 4096)), 0);
    memset(host->data, 0xee, LIST_AT);
    assert_int_equal(run(host, NVME_NVM_READ, 8, 8, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 10)), 0);
    offset = 1;
    done = 0;
    for (uint32_t i = 0; i < 10; i++) {
        assert_memory_equal(host->data + offset, expected + done, sizes[i]);
        assert_int_equal(host->data[offset + sizes[i]], 0xee);
        done += sizes[i];
        offset += sizes[i] + 7;
    }
    host_close(host);
}

static void segments_are_followed_to_the_last(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    host_fill(host, 9, LIST_AT);
    assert_int_equal(run(host, NVME_NVM_WRITE, 0, 8, piece(host, 0, 4096)), 0);
    memset(host->data, 0, LIST_AT);
    /* One piece and a pointer each, the last segment with two pieces; they lie in no order. */
    list[20] = piece(host, 0, 1024);
    list[21] = pointer(host, NVME_SGL_SEGMENT, 4, 2);
    list[4] = piece(host, 1024, 1024);
    list[5] = pointer(host, NVME_SGL_LAST_SEGMENT, 300, 2);
    list[300] = piece(host, 2048, 1024);
    list[301] = piece(host, 3072, 1024);
    assert_int_equal(read_status(host, 8, pointer(host, NVME_SGL_SEGMENT, 20, 2)), 0);
    for (uint32_t i = 0; i < 4096; i++)
        assert_int_equal(host->data[i], (uint8_t)(9 + i * 7 + i / 256));
    /* More in one segment than the device takes at a time. */
    for (uint32_t i = 0; i < 512; i++)
        list[i] = piece(host, i * 8, 8);
    assert_int_equal(read_status(host, 8, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 512)), 0);
    /* Segments of a pointer alone, and pieces without a byte. */
    list[0] = pointer(host, NVME_SGL_SEGMENT, 2, 1);
    list[2] = pointer(host, NVME_SGL_LAST_SEGMENT, 4, 3);
    list[4] = piece(host, 0, 4096);
    list[5] = descriptor(NVME_SGL_DATA_BLOCK, 0, 0);
    list[6] = descriptor(NVME_SGL_BIT_BUCKET, 0, 0);
    assert_int_equal(read_status(host, 8, pointer(host, NVME_SGL_SEGMENT, 0, 1)), 0);
    host_close(host);
}

static void bit_buckets_swallow_what_is_read(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    host_fill(host, 3, 1024);
    assert_int_equal(run(host, NVME_NVM_WRITE, 0, 2, piece(host, 0, 1024)), 0);
    memset(host->data, 0xee, 1024);
    list[0] = descriptor(NVME_SGL_BIT_BUCKET, 0, 100);
    list[1] = piece(host, 0, 24);
    list[2] = descriptor(NVME_SGL_BIT_BUCKET, 0, 900);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 3)), 0);
    for (uint32_t i = 0; i < 24; i++)
        assert_int_equal(host->data[i], (uint8_t)(3 + (i + 100) * 7));
    assert_int_equal(host->data[24], 0xee);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_BIT_BUCKET, 0, 1024)), 0);
    /* In what the host sends they count for nothing. */
    list[0] = descriptor(NVME_SGL_BIT_BUCKET, 0, 4096);
    list[1] = piece(host, 0, 1024);
    assert_int_equal(run(host, NVME_NVM_WRITE, 0, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), 0);
    assert_int_equal(run(host, NVME_NVM_COMPARE, 0, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), 0);
    host_close(host);
}

static void lists_of_commands_come_by_sgl_too(void **state)
{
    struct host *host = host_ready("");
    struct nvme_dsm_range *ranges = (struct nvme_dsm_range *)host->data;
    struct nvme_sgl *list = list_of(host);
    struct nvme_sqe sqe;

    host_fill(host, 1, 4096);
    assert_int_equal(run(host, NVME_NVM_WRITE, 40, 8, piece(host, 0, 4096)), 0);
    ranges[0] = (struct nvme_dsm_range){.slba = 40, .nlb = 8};
    list[0] = piece(host, 0, 5);
    list[1] = piece(host, 5, 11);
    sqe = command(NVME_NVM_DSM, 0, 1, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2));
    sqe.cdw11 = NVME_DSM_AD;
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_int_equal(run(host, NVME_NVM_READ, 40, 8, piece(host, 0, 4096)), 0);
    assert_int_equal(host->data[0] | host->data[4095], 0);
    host_close(host);
}

static void fused_commands_take_sgls(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe compare = command(NVME_NVM_COMPARE, 0, 1, piece(host, 0, 512));
    struct nvme_sqe write = command(NVME_NVM_WRITE, 0, 1, piece(host, 513, 512));
    struct nvme_cqe cqe;

    memset(host->data + 513, 0x77, 512);
    compare.flags |= NVME_FUSE_FIRST;
    write.flags |= NVME_FUSE_SECOND;
    for (uint32_t turn = 0; turn < 2; turn++) {
        host_put(&host->queue[1], &compare);
        host_submit(host, 1, &write);
        assert_true(host_wait(host, 1, &cqe));
        assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, turn == 0 ? 0 : NVME_SC_COMPARE_FAILURE);
        assert_true(host_wait(host, 1, &cqe));
        assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, turn == 0 ? 0 : NVME_SC_ABORTED_FUSED_FAILED);
    }
    compare.flags |= NVME_SQE_PSDT;
    host_put(&host->queue[1], &compare);
    host_submit(host, 1, &write);
    assert_true(host_wait(host, 1, &cqe));
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    assert_true(host_wait(host, 1, &cqe));
    host_close(host);
}

static void wrong_lengths_have_their_status(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    assert_int_equal(read_status(host, 2, piece(host, 0, 1023)), NVME_SC_SGL_DATA_LENGTH);
    assert_int_equal(read_status(host, 2, piece(host, 0, 1025)), NVME_SC_SGL_DATA_LENGTH);
    assert_int_equal(read_status(host, 2, piece(host, 0, UINT32_MAX)), NVME_SC_SGL_DATA_LENGTH);
    assert_int_equal(read_status(host, 2, piece(host, 0, 0)), NVME_SC_SGL_DATA_LENGTH);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_BIT_BUCKET, 0, 1025)), NVME_SC_SGL_DATA_LENGTH);
    list[0] = piece(host, 0, 1024);
    list[1] = piece(host, 1024, 1); /* behind the end of the data */
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), NVME_SC_SGL_DATA_LENGTH);
    list[0] = piece(host, 0, 512);
    list[1] = pointer(host, NVME_SGL_LAST_SEGMENT, 2, 1);
    list[2] = piece(host, 512, 511);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_SEGMENT, 0, 2)), NVME_SC_SGL_DATA_LENGTH);
    host_close(host);
}

static void wrong_segments_have_their_status(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);
    struct nvme_sgl first;

    list[0] = piece(host, 0, 512);
    list[1] = piece(host, 512, 512);
    for (uint32_t length = 0; length < 40; length++) {
        first = pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2);
        first.length = length;
        if (length != 16 && length != 32)
            assert_int_equal(read_status(host, 2, first), NVME_SC_SGL_SEGMENT_DESCRIPTOR);
    }
    first = pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2);
    first.address += 4; /* not on a multiple of eight */
    assert_int_equal(read_status(host, 2, first), NVME_SC_SGL_SEGMENT_DESCRIPTOR);
    /* A segment that says of itself that it is not the last, and leads nowhere. */
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_SEGMENT, 0, 2)), NVME_SC_SGL_SEGMENT_DESCRIPTOR);
    /* A last segment that leads on. */
    list[1] = pointer(host, NVME_SGL_LAST_SEGMENT, 2, 1);
    list[2] = piece(host, 512, 512);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), NVME_SC_SGL_SEGMENT_DESCRIPTOR);
    /* A pointer in the middle. */
    list[0] = pointer(host, NVME_SGL_LAST_SEGMENT, 2, 1);
    list[1] = piece(host, 0, 512);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), NVME_SC_SGL_DESCRIPTOR_COUNT);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_SEGMENT, 0, 2)), NVME_SC_SGL_DESCRIPTOR_COUNT);
    host_close(host);
}

static void a_list_that_leads_back_to_itself_ends(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    list[0] = pointer(host, NVME_SGL_SEGMENT, 0, 1);
    assert_int_equal(read_status(host, 2, list[0]), NVME_SC_SGL_DESCRIPTOR_COUNT);
    list[0] = descriptor(NVME_SGL_DATA_BLOCK, 0, 0);
    list[1] = pointer(host, NVME_SGL_SEGMENT, 0, 2);
    assert_int_equal(read_status(host, 2, list[1]), NVME_SC_SGL_DESCRIPTOR_COUNT);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_LAST_SEGMENT, host->data_iova, 0xfffffff0)),
                     NVME_SC_SGL_DESCRIPTOR_COUNT);
    host_close(host);
}

static void other_types_have_their_status(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    for (uint32_t id = 0; id < 256; id++) {
        const bool known = id == NVME_SGL_DATA_BLOCK || id == NVME_SGL_BIT_BUCKET;
        const bool leads = (id & NVME_SGL_TYPE) == NVME_SGL_SEGMENT || (id & NVME_SGL_TYPE) == NVME_SGL_LAST_SEGMENT;
        struct nvme_sgl at = piece(host, 0, 1024);

        at.id = (uint8_t)id;
        list[0] = at;
        if (!leads)
            assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 1)),
                             known ? 0 : NVME_SC_SGL_DESCRIPTOR_TYPE);
        if (!leads || (id & NVME_SGL_SUBTYPE) != 0)
            assert_int_equal(read_status(host, 2, at), known ? 0 : NVME_SC_SGL_DESCRIPTOR_TYPE);
    }
    host_close(host);
}

static void memory_outside_is_a_transfer_error(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);

    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_DATA_BLOCK, 0x1000, 1024)), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(read_status(host, 2, piece(host, HOST_DATA_BYTES - 1000, 1024)), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_DATA_BLOCK, UINT64_MAX - 10, 1024)),
                     NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_LAST_SEGMENT, 0x1000, 32)), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(read_status(host, 2, descriptor(NVME_SGL_LAST_SEGMENT, UINT64_MAX - 7, 32)),
                     NVME_SC_DATA_TRANSFER_ERROR);
    /* Nothing was moved where only the second half cannot be. */
    memset(host->data, 0xee, 512);
    list[0] = piece(host, 0, 512);
    list[1] = descriptor(NVME_SGL_DATA_BLOCK, 0x1000, 512);
    assert_int_equal(read_status(host, 2, pointer(host, NVME_SGL_LAST_SEGMENT, 0, 2)), NVME_SC_DATA_TRANSFER_ERROR);
    assert_int_equal(host->data[0], 0xee);
    host_close(host);
}

/* Whatever the bytes say, the command ends, and the device goes on. */
static void any_bytes_end_the_command(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sgl *list = list_of(host);
    uint64_t random = 0x2545f4914f6cdd1d;

    for (uint32_t turn = 0; turn < 3000; turn++) {
        for (uint32_t i = 0; i < 8; i++) {
            static const uint8_t ids[] = {0x00, 0x00, 0x10, 0x20, 0x30, 0x40, 0x01, 0xf0};

            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            list[i] =
                descriptor(ids[random >> 61], host->data_iova + (random >> 8 & 0xfff8) + ((random & 3) == 0) * LIST_AT,
                           (uint32_t)(random >> 24 & 0x1ff) << (random >> 56 & 1 ? 0 : 4));
        }
        list[7].id = (random & 0x100) != 0 ? 0x20 : 0x30;
        list[7].address = host->data_iova + LIST_AT;
        list[7].length = (uint32_t)(random >> 40 & 7) * 16;
        host_submit(host, 1, &(struct nvme_sqe){.opcode = NVME_NVM_READ, .flags = 0x40, .nsid = 1});
        const struct nvme_sqe sqe = command(turn % 2 != 0 ? NVME_NVM_READ : NVME_NVM_WRITE, 0, 2, list[7]);

        host_submit(host, 1, &sqe);
        for (uint32_t i = 0; i < 2; i++) {
            struct nvme_cqe cqe;

            assert_true(host_wait(host, 1, &cqe));
        }
    }
    assert_int_equal(read_status(host, 2, piece(host, 0, 1024)), 0);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_controller_says_what_it_takes),
        cmocka_unit_test(pieces_of_any_size_are_gathered_and_scattered),
        cmocka_unit_test(segments_are_followed_to_the_last),
        cmocka_unit_test(bit_buckets_swallow_what_is_read),
        cmocka_unit_test(lists_of_commands_come_by_sgl_too),
        cmocka_unit_test(fused_commands_take_sgls),
        cmocka_unit_test(wrong_lengths_have_their_status),
        cmocka_unit_test(wrong_segments_have_their_status),
        cmocka_unit_test(a_list_that_leads_back_to_itself_ends),
        cmocka_unit_test(other_types_have_their_status),
        cmocka_unit_test(memory_outside_is_a_transfer_error),
        cmocka_unit_test(any_bytes_end_the_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
