/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata without protection information: it comes back as it was written, in both places where it can lie. */
#include "blocks.h"

#include <stdio.h>
#include <unistd.h>

#define COUNT 9u

static const char *const formats[] = {
    "lba=512,ms=8,ns=1",
    "lba=512,ms=64,ns=1",
    "lba=4096,ms=16,ns=1",
    "lba=4096,ms=64,ns=1",
    "lba=512,ms=16,ns=1,extended=on",
    "lba=4096,ms=8,ns=1,extended=on",
    "lba=4096,ms=64,ns=1,guard=64,extended=on",
};
#define FORMATS (sizeof formats / sizeof formats[0])

/* Bytes of data and metadata that a transfer fills. */
static uint32_t data_bytes(const struct blocks *blocks)
{
    return COUNT * (blocks->lba + (blocks->extended ? blocks->ms : 0));
}

static void wipe(const struct blocks *blocks)
{
    memset(blocks->host->data, 0xee, SIDE_AT);
}

static void metadata_comes_back_with_its_blocks(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        const struct blocks blocks = blocks_open(formats[i]);
        uint8_t *data = blocks.host->data;
        uint8_t *kept = data + SIDE_AT;

        blocks_fill(&blocks, 7, COUNT);
        memcpy(kept, data, SIDE_AT);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE, 3, COUNT, 0), 0);
        wipe(&blocks);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 3, COUNT, 0), 0);
        assert_memory_equal(data, kept, data_bytes(&blocks));
        assert_int_equal(data[data_bytes(&blocks)], 0xee);
        if (!blocks.extended) {
            assert_memory_equal(data + META_AT, kept + META_AT, COUNT * blocks.ms);
            assert_int_equal(data[META_AT + COUNT * blocks.ms], 0xee);
        }
        /* One block of them, and one beside them that nobody wrote. */
        wipe(&blocks);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 5, 1, 0), 0);
        assert_memory_equal(blocks_metadata(&blocks),
                            kept + (blocks_metadata(&blocks) - data) +
                                2 * (blocks.extended ? blocks.lba + blocks.ms : blocks.ms),
                            blocks.ms);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 2, 1, 0), 0);
        for (uint32_t k = 0; k < blocks.ms; k++)
            assert_int_equal(blocks_metadata(&blocks)[k], 0);
        host_close(blocks.host);
    }
}

static void every_bit_of_metadata_is_compared(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        const struct blocks blocks = blocks_open(formats[i]);

        blocks_fill(&blocks, 1, COUNT);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE, 100, COUNT, 0), 0);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_COMPARE, 100, COUNT, 0), 0);
        uint8_t *last = blocks.extended ? blocks.host->data + data_bytes(&blocks) - 1
                                        : blocks.host->data + META_AT + COUNT * blocks.ms - 1;
        *last ^= 1;
        assert_int_equal(blocks_run(&blocks, NVME_NVM_COMPARE, 100, COUNT, 0), NVME_SC_COMPARE_FAILURE);
        *last ^= 1;
        blocks.host->data[0] ^= 0x80;
        assert_int_equal(blocks_run(&blocks, NVME_NVM_COMPARE, 100, COUNT, 0), NVME_SC_COMPARE_FAILURE);
        host_close(blocks.host);
    }
}

static void what_takes_blocks_away_takes_their_metadata(void **state)
{
    const struct blocks blocks = blocks_open("lba=512,ms=64,ns=1,time-scale=1000000,size=64MiB");
    struct host *host = blocks.host;

    for (uint32_t way = 0; way < 4; way++) {
        struct nvme_sqe sqe = {0};

        blocks_fill(&blocks, (uint8_t)(way + 1), COUNT);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE, 70, COUNT, 0), 0);
        if (way == 0) {
            struct nvme_dsm_range *range = (struct nvme_dsm_range *)host->data;

            *range = (struct nvme_dsm_range){.slba = 71, .nlb = COUNT - 2};
            sqe = (struct nvme_sqe){.opcode = NVME_NVM_DSM, .nsid = 1, .prp1 = host->data_iova, .cdw11 = NVME_DSM_AD};
        } else if (way < 3) {
            sqe = blocks_command(&blocks, NVME_NVM_WRITE_ZEROES, 71, COUNT - 2);
            sqe.cdw12 |= way == 2 ? NVME_RW_DEAC : 0;
        } else {
            sqe = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 7, 0);
        }
        assert_int_equal(host_status(host, way == 3 ? 0 : 1, &sqe), 0);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 70, COUNT, 0), 0);
        for (uint32_t i = 0; i < COUNT * 64; i++) {
            const bool gone = way == 3 || (i >= 64 && i < (COUNT - 1) * 64);

            assert_int_equal(host->data[META_AT + i], gone ? 0 : (uint8_t)((way + 1) * 3 + i * 5 + i / 256));
        }
    }
    host_close(host);
}

static void a_copy_takes_metadata_along(void **state)
{
    const struct blocks blocks = blocks_open("lba=512,ms=8,ns=1");
    struct nvme_copy_range *ranges = (struct nvme_copy_range *)blocks.host->data;
    struct nvme_copy_range_1 *ranges_1 = (struct nvme_copy_range_1 *)blocks.host->data;
    uint8_t kept[COUNT * 8];
    struct nvme_sqe sqe;

    blocks_fill(&blocks, 2, COUNT);
    memcpy(kept, blocks.host->data + META_AT, sizeof kept);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE, 0, COUNT, 0), 0);
    for (uint32_t format = 0; format < 2; format++) {
        memset(blocks.host->data, 0, 4096);
        if (format == 0) {
            ranges[0] = (struct nvme_copy_range){.slba = 4, .nlb = 4};
            ranges[1] = (struct nvme_copy_range){.slba = 0, .nlb = 3};
        } else {
            ranges_1[0] = (struct nvme_copy_range_1){.slba = 4, .nlb = 4};
            ranges_1[1] = (struct nvme_copy_range_1){.slba = 0, .nlb = 3};
        }
        sqe = blocks_command(&blocks, NVME_NVM_COPY, 1000 + format * 100, 2);
        sqe.cdw12 |= format << 8;
        assert_int_equal(host_status(blocks.host, 1, &sqe), 0);
        wipe(&blocks);
        assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 1000 + format * 100, COUNT, 0), 0);
        assert_memory_equal(blocks.host->data + META_AT, kept + 4 * 8, 5 * 8);
        assert_memory_equal(blocks.host->data + META_AT + 5 * 8, kept, 4 * 8);
    }
    host_close(blocks.host);
}

static void the_metadata_pointer_may_be_an_sgl(void **state)
{
    const struct blocks blocks = blocks_open("lba=512,ms=16,ns=1");
    struct host *host = blocks.host;
    struct nvme_sgl *list = (struct nvme_sgl *)(host->data + SIDE_AT);
    const uint64_t list_iova = host->data_iova + SIDE_AT;
    struct nvme_sgl data = {.address = host->data_iova, .length = COUNT * 512};
    struct nvme_sqe sqe = blocks_command(&blocks, NVME_NVM_WRITE, 0, COUNT);

    blocks_fill(&blocks, 11, COUNT);
    /* PSDT 01b: an address, of any alignment. */
    memmove(host->data + META_AT + 1, host->data + META_AT, COUNT * 16);
    sqe.flags = 0x40;
    sqe.mptr++;
    memcpy(&sqe.prp1, &data, sizeof data);
    assert_int_equal(host_status(host, 1, &sqe), 0);
    /* PSDT 10b: a descriptor, here of a segment with three pieces. */
    list[0] = (struct nvme_sgl){.address = list_iova + 64, .length = 48, .id = NVME_SGL_LAST_SEGMENT};
    list[4] = (struct nvme_sgl){.address = host->data_iova + META_AT + 4096, .length = 17};
    list[5] = (struct nvme_sgl){.length = 10, .id = NVME_SGL_BIT_BUCKET};
    list[6] = (struct nvme_sgl){.address = host->data_iova + META_AT + 8192, .length = COUNT * 16 - 27};
    sqe.opcode = NVME_NVM_READ;
    sqe.flags = 0x80;
    sqe.mptr = list_iova;
    assert_int_equal(host_status(host, 1, &sqe), 0);
    assert_memory_equal(host->data + META_AT + 4096, host->data + META_AT + 1, 17);
    assert_memory_equal(host->data + META_AT + 8192, host->data + META_AT + 1 + 27, COUNT * 16 - 27);

    list[6].length--;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SGL_METADATA_LENGTH);
    list[6].length += 2;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SGL_METADATA_LENGTH);
    list[0] = (struct nvme_sgl){.address = host->data_iova + META_AT, .length = COUNT * 16};
    assert_int_equal(host_status(host, 1, &sqe), 0);
    list[0].id = 0x40;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_SGL_DESCRIPTOR_TYPE);
    sqe.mptr = list_iova + 4;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_INVALID_FIELD);
    sqe.mptr = 0x1000;
    assert_int_equal(host_status(host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    host_close(host);
}

static void wrong_metadata_pointers_have_their_status(void **state)
{
    const struct blocks blocks = blocks_open("lba=512,ms=8,ns=1");
    struct nvme_sqe sqe = blocks_command(&blocks, NVME_NVM_READ, 0, 8);

    sqe.mptr += 2;
    assert_int_equal(host_status(blocks.host, 1, &sqe), NVME_SC_INVALID_FIELD);
    sqe.mptr = 0x1000;
    assert_int_equal(host_status(blocks.host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    sqe.mptr = blocks.host->data_iova + HOST_DATA_BYTES - 60;
    assert_int_equal(host_status(blocks.host, 1, &sqe), NVME_SC_DATA_TRANSFER_ERROR);
    sqe.mptr -= 4;
    assert_int_equal(host_status(blocks.host, 1, &sqe), 0);
    host_close(blocks.host);
}

static void mdts_counts_metadata_between_the_data(void **state)
{
    struct blocks blocks = blocks_open("lba=4096,ms=8,ns=1,mdts=8KiB");

    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 2, 0), 0);
    host_close(blocks.host);
    blocks = blocks_open("lba=4096,ms=8,ns=1,mdts=8KiB,extended=on");
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 2, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), 0);
    host_close(blocks.host);
}

static void a_file_keeps_metadata_and_formats(void **state)
{
    char path[] = "/tmp/doorbell-metadata-XXXXXX";
    char options[200];
    uint8_t kept[COUNT * 64];
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    snprintf(options, sizeof options,
             "file=%s,size=64MiB,ns=2,lba=4096,ms=64,extended=on,pi=2,guard=64,pil=first,storage-tag=9", path);
    for (uint32_t turn = 0; turn < 2; turn++) {
        struct blocks blocks = blocks_open(options);

        assert_true(blocks.extended);
        assert_int_equal(blocks.protection.type, 2);
        assert_int_equal(blocks.protection.first, 1);
        assert_int_equal(blocks.protection.guard_bits, 64);
        assert_int_equal(blocks.protection.storage_tag_bits, 9);
        if (turn == 0) {
            blocks_fill(&blocks, 77, COUNT);
            memcpy(kept, blocks_metadata(&blocks), 64);
            assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE, 4000, COUNT, 0), 0);
            /* What the address says later does not change what is there. */
            snprintf(options, sizeof options, "file=%s,size=64MiB", path);
        } else {
            assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 4000, COUNT, 0), 0);
            assert_memory_equal(blocks_metadata(&blocks), kept, 64);
            assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 3999, 1, 0), 0);
            for (uint32_t i = 0; i < 64; i++) /* protection information that nobody wrote is FFh */
                assert_int_equal(blocks_metadata(&blocks)[i], i < 16 ? 0xff : 0);
        }
        host_close(blocks.host);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_comes_back_with_its_blocks),
        cmocka_unit_test(every_bit_of_metadata_is_compared),
        cmocka_unit_test(what_takes_blocks_away_takes_their_metadata),
        cmocka_unit_test(a_copy_takes_metadata_along),
        cmocka_unit_test(the_metadata_pointer_may_be_an_sgl),
        cmocka_unit_test(wrong_metadata_pointers_have_their_status),
        cmocka_unit_test(mdts_counts_metadata_between_the_data),
        cmocka_unit_test(a_file_keeps_metadata_and_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
