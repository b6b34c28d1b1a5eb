/* SPDX-License-Identifier: Apache-2.0 */
/* End-to-end protection: what the device inserts, strips, checks and refuses, in every format that it has. */
#include "blocks.h"

#include <stdio.h>

#define COUNT 5u
#define SLBA  UINT64_C(1000)

enum {
    REF = NVME_PRINFO_REFERENCE,
    APP = NVME_PRINFO_APPLICATION,
    GUARD = NVME_PRINFO_GUARD,
    ACT = NVME_PRINFO_ACTION
};
#define ALL (REF | APP | GUARD)

static const char *const formats[] = {
    "lba=512,ms=8",
    "lba=512,ms=64,extended=on",
    "lba=4096,ms=8,extended=on",
    "lba=4096,ms=16,pil=first",
    "lba=4096,ms=64,storage-tag=12",
    "lba=4096,ms=16,guard=32",
    "lba=4096,ms=64,guard=32,storage-tag=33,pil=first,extended=on",
    "lba=4096,ms=16,guard=64,extended=on",
    "lba=4096,ms=64,guard=64,storage-tag=18",
    "lba=4096,ms=16,guard=64,storage-tag=48",
};
#define FORMATS (sizeof formats / sizeof formats[0])

static struct blocks open_protected(const char *format, uint32_t type)
{
    char options[160];

    snprintf(options, sizeof options, "size=64MiB,ns=1,pi=%u,%s", type, format);
    struct blocks blocks = blocks_open(options);

    assert_int_equal(blocks.protection.type, type);
    blocks.protection.checks = BELL_PI_REFERENCE | BELL_PI_APPLICATION | BELL_PI_GUARD | BELL_PI_STORAGE;
    blocks.protection.application_tag = 0x3c5a;
    blocks.protection.application_mask = 0xffff;
    blocks.protection.storage_tag = UINT64_C(0x1122334455667788);
    if (blocks.protection.storage_tag_bits < 64)
        blocks.protection.storage_tag &= (UINT64_C(1) << blocks.protection.storage_tag_bits) - 1;
    blocks.protection.reference_tag = SLBA;
    return blocks;
}

/* Whether there is a reference tag that can be checked. */
static uint32_t checks_of(const struct blocks *blocks)
{
    return blocks->protection.type == 3 ? APP | GUARD : ALL;
}

static bool has_reference(const struct blocks *blocks)
{
    return blocks->protection.type != 3 && blocks_reference_bits(&blocks->protection) != 0;
}

static uint32_t pi_bytes(const struct blocks *blocks)
{
    return blocks->protection.guard_bits == 16 ? 8 : 16;
}

/* Protection information of a block in the metadata of the buffer. */
static uint8_t *pi_of(const struct blocks *blocks, uint32_t block)
{
    const uint32_t stride = blocks->extended ? blocks->lba + blocks->ms : blocks->ms;

    return blocks_metadata(blocks) + block * stride +
           (blocks->protection.first != 0 ? 0 : blocks->ms - pi_bytes(blocks));
}

static void prepare(const struct blocks *blocks, uint8_t seed)
{
    blocks_fill(blocks, seed, COUNT);
    assert_int_equal(bell_protection_generate(&blocks->protection, blocks->host->data, blocks_metadata(blocks), COUNT),
                     0);
}

static uint32_t run(const struct blocks *blocks, uint8_t opcode, uint32_t prinfo)
{
    return blocks_run(blocks, opcode, SLBA, COUNT, prinfo);
}

/* ---- what is passed, inserted and stripped --------------------------------------------------------------------------
 */

static void what_is_right_passes_unchanged(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        for (uint32_t type = 1; type <= 3; type++) {
            const struct blocks blocks = open_protected(formats[i], type);
            uint8_t *side = blocks.host->data + SIDE_AT;

            prepare(&blocks, (uint8_t)(type * 16 + i));
            memcpy(side, blocks.host->data, SIDE_AT);
            assert_int_equal(run(&blocks, NVME_NVM_WRITE, checks_of(&blocks)), 0);
            memset(blocks.host->data, 0xee, SIDE_AT);
            assert_int_equal(run(&blocks, NVME_NVM_READ, checks_of(&blocks)), 0);
            assert_memory_equal(blocks.host->data, side, COUNT * blocks.lba);
            assert_memory_equal(blocks_metadata(&blocks), side + (blocks_metadata(&blocks) - blocks.host->data),
                                blocks.ms);
            assert_memory_equal(pi_of(&blocks, COUNT - 1), side + (pi_of(&blocks, COUNT - 1) - blocks.host->data),
                                pi_bytes(&blocks));
            assert_int_equal(run(&blocks, NVME_NVM_VERIFY, checks_of(&blocks)), 0);
            assert_int_equal(run(&blocks, NVME_NVM_COMPARE, checks_of(&blocks)), 0);
            host_close(blocks.host);
        }
    }
}

static void the_device_inserts_what_a_host_would(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        for (uint32_t type = 1; type <= 3; type++) {
            const struct blocks blocks = open_protected(formats[i], type);
            struct blocks bare = blocks;
            bell_protection_mismatch mismatch;
            uint8_t *side = blocks.host->data + SIDE_AT;
            struct nvme_sqe sqe;

            /* Metadata that is nothing else does not cross the interface: its pointer leads nowhere. */
            if (blocks.ms == pi_bytes(&blocks))
                bare.extended = false;
            blocks_fill(&blocks, (uint8_t)(type + i), COUNT);
            memcpy(side, blocks.host->data, SIDE_AT);
            sqe = blocks_command(&bare, NVME_NVM_WRITE, SLBA, COUNT);
            blocks_tags(&blocks, &sqe, ACT | checks_of(&blocks));
            if (blocks.ms == pi_bytes(&blocks))
                sqe.mptr = 0x1000;
            assert_int_equal(host_status(blocks.host, 1, &sqe), 0);
            memset(blocks.host->data, 0xee, SIDE_AT);
            assert_int_equal(run(&blocks, NVME_NVM_READ, 0), 0);
            assert_int_equal(bell_protection_check(&blocks.protection, blocks.host->data, blocks_metadata(&blocks),
                                                   COUNT, &mismatch),
                             0);
            /* The rest of the metadata is the host's. */
            if (blocks.ms == 64)
                assert_memory_equal(blocks_metadata(&blocks) + 24,
                                    side + (blocks_metadata(&blocks) - blocks.host->data) + 24, 16);

            memset(blocks.host->data, 0xee, SIDE_AT);
            sqe.opcode = NVME_NVM_READ;
            assert_int_equal(host_status(blocks.host, 1, &sqe), 0);
            assert_memory_equal(blocks.host->data, side, blocks.lba);
            if (blocks.ms == pi_bytes(&blocks)) {
                assert_memory_equal(blocks.host->data, side, COUNT * blocks.lba);
                assert_int_equal(blocks.host->data[COUNT * blocks.lba], 0xee);
                assert_int_equal(blocks.host->data[META_AT], 0xee);
            }
            host_close(blocks.host);
        }
    }
}

/* ---- checks ---------------------------------------------------------------------------------------------------------
 */

/* One field made wrong: bytes of the protection information that hold it, and what it is called. */
struct field {
    uint32_t check;
    uint32_t byte;
    uint32_t status;
};

static uint32_t fields_of(const struct blocks *blocks, struct field out[4])
{
    const uint32_t guard = blocks->protection.guard_bits / 8;
    uint32_t count = 0;

    out[count++] = (struct field){GUARD, 0, NVME_SC_GUARD_CHECK};
    out[count++] = (struct field){APP, guard, NVME_SC_APPLICATION_TAG_CHECK};
    if (has_reference(blocks))
        out[count++] = (struct field){REF, pi_bytes(blocks) - 1, NVME_SC_REFERENCE_TAG_CHECK};
    if (blocks->protection.storage_tag_bits != 0)
        out[count++] = (struct field){0, guard + 2, NVME_SC_STORAGE_TAG_CHECK};
    return count;
}

static uint64_t newest_error_lba(struct host *host)
{
    struct nvme_sqe sqe = {
        .opcode = NVME_ADMIN_GET_LOG_PAGE, .prp1 = host->data_iova + SIDE_AT, .cdw10 = NVME_LID_ERROR | 15 << 16};

    assert_int_equal(host_status(host, 0, &sqe), 0);
    return ((const struct nvme_error_log_entry *)(host->data + SIDE_AT))->lba;
}

static void every_field_is_checked_if_asked(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        for (uint32_t type = 1; type <= 3; type++) {
            struct blocks blocks = open_protected(formats[i], type);
            struct field field[4];

            for (uint32_t k = 0; k < fields_of(&blocks, field); k++) {
                const uint32_t others = checks_of(&blocks) & ~field[k].check;
                struct blocks lenient = blocks;

                if (field[k].check == 0)
                    lenient.protection.checks &= ~BELL_PI_STORAGE;
                prepare(&blocks, (uint8_t)k);
                pi_of(&blocks, 3)[field[k].byte] ^= 0x01;
                assert_int_equal(run(&blocks, NVME_NVM_WRITE, checks_of(&blocks)), field[k].status);
                assert_int_equal(newest_error_lba(blocks.host), SLBA + 3);
                assert_int_equal(run(&lenient, NVME_NVM_WRITE, others), 0);
                assert_int_equal(run(&blocks, NVME_NVM_VERIFY, checks_of(&blocks)), field[k].status);
                assert_int_equal(newest_error_lba(blocks.host), SLBA + 3);
                assert_int_equal(run(&lenient, NVME_NVM_VERIFY, others), 0);
                assert_int_equal(run(&blocks, NVME_NVM_READ, checks_of(&blocks)), field[k].status);
                assert_int_equal(run(&lenient, NVME_NVM_READ, others), 0);
                assert_int_equal(run(&lenient, NVME_NVM_READ, others | ACT), 0);
                assert_int_equal(run(&blocks, NVME_NVM_READ, checks_of(&blocks) | ACT), field[k].status);
                /* Three blocks before it are right. */
                assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, SLBA, 3, checks_of(&blocks)), 0);
            }
            host_close(blocks.host);
        }
    }
}

static void masks_leave_bits_out(void **state)
{
    struct blocks blocks = open_protected("lba=4096,ms=16,guard=64,storage-tag=16", 1);
    struct host *host = blocks.host;
    struct nvme_identify_namespace *id = (struct nvme_identify_namespace *)host->data;
    const uint64_t mask = 0xff00;
    struct nvme_sqe sqe;

    prepare(&blocks, 1);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    blocks.protection.application_tag ^= 0x0010;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), NVME_SC_APPLICATION_TAG_CHECK);
    blocks.protection.application_mask = 0xffef;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
    blocks.protection.storage_tag ^= 1;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), NVME_SC_STORAGE_TAG_CHECK);

    /* The mask of the storage tag is chosen when a namespace is made. */
    sqe = (struct nvme_sqe){.opcode = NVME_ADMIN_NS_MANAGEMENT, .nsid = 1, .cdw10 = 1};
    assert_int_equal(host_status(host, 0, &sqe), 0);
    memset(host->data, 0, 4096);
    id->nsze = id->ncap = 4096;
    id->flbas = 10;
    id->dps = 1;
    memcpy(host->data + NVME_CREATE_LBSTM, &mask, sizeof mask);
    sqe = (struct nvme_sqe){.opcode = NVME_ADMIN_NS_MANAGEMENT, .prp1 = host->data_iova};
    assert_int_equal(host_status(host, 0, &sqe), 0);
    memset(host->data, 0, 4096);
    host->data[0] = host->data[2] = 1; /* one controller, 1 */
    sqe = host_admin(host, NVME_ADMIN_NS_ATTACHMENT, 1, 0, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_CSI_NAMESPACE, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(((const struct nvme_identify_namespace_nvm *)host->data)->lbstm, mask);

    prepare(&blocks, 1);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    blocks.protection.storage_tag ^= 0x00ff;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
    blocks.protection.storage_tag ^= 0x0100;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), NVME_SC_STORAGE_TAG_CHECK);
    host_close(host);
}

static void blocks_that_nobody_wrote_are_not_checked(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        for (uint32_t type = 1; type <= 3; type++) {
            const struct blocks blocks = open_protected(formats[i], type);

            memset(blocks.host->data, 0xee, SIDE_AT);
            assert_int_equal(run(&blocks, NVME_NVM_READ, checks_of(&blocks)), 0);
            for (uint32_t block = 0; block < COUNT; block++)
                for (uint32_t byte = 0; byte < pi_bytes(&blocks); byte++)
                    assert_int_equal(pi_of(&blocks, block)[byte], 0xff);
            assert_int_equal(blocks.host->data[0], 0);
            assert_int_equal(run(&blocks, NVME_NVM_VERIFY, checks_of(&blocks)), 0);
            host_close(blocks.host);
        }
    }
}

static void escape_values_switch_checks_off(void **state)
{
    for (uint32_t type = 1; type <= 3; type++) {
        const struct blocks blocks = open_protected("lba=512,ms=8", type);
        struct blocks escaped = blocks;

        escaped.protection.application_tag = 0xffff;
        prepare(&escaped, 1);
        pi_of(&blocks, 2)[0] ^= 1;
        assert_int_equal(run(&blocks, NVME_NVM_WRITE, GUARD | APP), type == 3 ? NVME_SC_APPLICATION_TAG_CHECK : 0);
        if (type == 3) {
            for (uint32_t i = 0; i < COUNT; i++)
                memset(pi_of(&blocks, i) + 4, 0xff, 4);
            assert_int_equal(run(&blocks, NVME_NVM_WRITE, GUARD | APP), 0);
        }
        assert_int_equal(run(&blocks, NVME_NVM_READ, checks_of(&blocks)), 0);
        host_close(blocks.host);
    }
}

static void a_compare_checks_both_sides_and_compares_the_rest(void **state)
{
    struct blocks blocks = open_protected("lba=4096,ms=64", 1);

    prepare(&blocks, 3);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    pi_of(&blocks, 2)[3] ^= 1; /* the host's application tag */
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, GUARD | REF), 0);
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, ALL), NVME_SC_APPLICATION_TAG_CHECK);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, GUARD | REF), 0);
    pi_of(&blocks, 2)[3] ^= 1; /* now the media's */
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, ALL), NVME_SC_APPLICATION_TAG_CHECK);
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, 0), 0);
    blocks_metadata(&blocks)[blocks.ms * 3] ^= 1; /* metadata of another kind */
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, 0), NVME_SC_COMPARE_FAILURE);
    assert_int_equal(newest_error_lba(blocks.host), SLBA + 3);
    host_close(blocks.host);
}

/* ---- what is refused ------------------------------------------------------------------------------------------------
 */

static void settings_that_make_no_sense_are_invalid(void **state)
{
    static const uint8_t checking[] = {NVME_NVM_READ, NVME_NVM_WRITE, NVME_NVM_COMPARE, NVME_NVM_VERIFY};
    struct blocks blocks = open_protected("lba=512,ms=8", 1);

    /* Type 1: the reference tag starts with the LBA. */
    prepare(&blocks, 1);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    blocks.protection.reference_tag = SLBA + 1;
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(run(&blocks, checking[i], REF), NVME_SC_INVALID_PROTECTION);
        assert_int_equal(run(&blocks, checking[i], GUARD), 0);
    }
    blocks.protection.reference_tag = SLBA;
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, ACT), NVME_SC_INVALID_PROTECTION);
    assert_int_equal(run(&blocks, NVME_NVM_VERIFY, ACT), NVME_SC_INVALID_PROTECTION);
    for (uint32_t check = 1; check < 8; check++)
        assert_int_equal(run(&blocks, NVME_NVM_WRITE_ZEROES, check), NVME_SC_INVALID_PROTECTION);
    host_close(blocks.host);

    /* Type 2: any reference tag. */
    blocks = open_protected("lba=512,ms=8", 2);
    blocks.protection.reference_tag = 0xfffffffe; /* rolls over */
    prepare(&blocks, 1);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
    assert_int_equal(run(&blocks, NVME_NVM_COMPARE, ALL), 0);
    blocks.protection.reference_tag = 0;
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), NVME_SC_REFERENCE_TAG_CHECK);
    host_close(blocks.host);

    /* Type 3: none that could be checked. */
    blocks = open_protected("lba=512,ms=8", 3);
    prepare(&blocks, 1);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(run(&blocks, checking[i], REF), NVME_SC_INVALID_PROTECTION);
    host_close(blocks.host);

    /* Without protection information all of this is ignored. */
    blocks = blocks_open("lba=512,ms=8,ns=1");
    blocks.protection.guard_bits = 16;
    blocks.protection.reference_tag = 77;
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(blocks_run(&blocks, checking[i], SLBA, COUNT, 0xf), 0);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_WRITE_ZEROES, SLBA, COUNT, 0xf), 0);
    host_close(blocks.host);
}

/* ---- Write Zeroes and Copy ------------------------------------------------------------------------------------------
 */

static void write_zeroes_protects_as_it_is_told(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        struct blocks blocks = open_protected(formats[i], 1);
        bell_protection_mismatch mismatch;
        struct nvme_sqe sqe;

        blocks.protection.checks &= ~BELL_PI_STORAGE;
        prepare(&blocks, 1);
        assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
        assert_int_equal(run(&blocks, NVME_NVM_WRITE_ZEROES, ACT), 0);
        assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
        assert_int_equal(blocks.host->data[0], 0);
        blocks.protection.checks |= BELL_PI_STORAGE;
        assert_int_equal(
            bell_protection_check(&blocks.protection, blocks.host->data, blocks_metadata(&blocks), COUNT, &mismatch),
            0);
        assert_int_equal(pi_of(&blocks, 0)[blocks.protection.guard_bits / 8], 0x3c);
        blocks.protection.checks &= ~BELL_PI_STORAGE;

        assert_int_equal(run(&blocks, NVME_NVM_WRITE_ZEROES, 0), 0);
        assert_int_equal(run(&blocks, NVME_NVM_READ, 0), 0);
        for (uint32_t byte = 0; byte < pi_bytes(&blocks); byte++)
            assert_int_equal(pi_of(&blocks, 1)[byte], 0);

        sqe = blocks_command(&blocks, NVME_NVM_WRITE_ZEROES, SLBA, COUNT);
        sqe.cdw12 |= NVME_RW_DEAC;
        assert_int_equal(host_status(blocks.host, 1, &sqe), 0);
        assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
        for (uint32_t byte = 0; byte < pi_bytes(&blocks); byte++)
            assert_int_equal(pi_of(&blocks, 1)[byte], 0xff);
        host_close(blocks.host);
    }
}

/* A copy of the blocks at SLBA to another place, in two ranges. */
static uint32_t copy(const struct blocks *blocks, uint64_t target, uint32_t read, uint32_t write, uint32_t format)
{
    const bell_protection *p = &blocks->protection;
    struct nvme_copy_range *ranges = (struct nvme_copy_range *)(blocks->host->data + SIDE_AT);
    struct nvme_copy_range_1 *ranges_1 = (struct nvme_copy_range_1 *)ranges;
    struct blocks there = *blocks;
    struct nvme_sqe sqe;

    memset(ranges, 0, 4096);
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t from = i == 0 ? 0 : 2;
        const uint16_t nlb = i == 0 ? 1 : COUNT - 3;
        unsigned __int128 tags = blocks_both_tags(p, p->reference_tag + (p->type == 3 ? 0 : from));

        if (format == 0) {
            ranges[i] = (struct nvme_copy_range){.slba = SLBA + from,
                                                 .nlb = nlb,
                                                 .elbt = (uint32_t)tags,
                                                 .elbat = p->application_tag,
                                                 .elbatm = p->application_mask};
        } else {
            ranges_1[i] = (struct nvme_copy_range_1){
                .slba = SLBA + from, .nlb = nlb, .elbat = p->application_tag, .elbatm = p->application_mask};
            for (uint32_t byte = 10; byte-- > 0; tags >>= 8)
                ranges_1[i].elbt[byte] = (uint8_t)tags;
        }
    }
    there.protection.reference_tag = p->type == 1 ? target : p->reference_tag;
    sqe = blocks_command(blocks, NVME_NVM_COPY, target, 2);
    sqe.prp1 = blocks->host->data_iova + SIDE_AT;
    sqe.cdw12 |= format << 8 | (uint32_t)NVME_PUT(read, NVME_COPY_PRINFOR) | NVME_COPY_STCR;
    there.protection.checks &= (write & ACT) != 0 ? 0 : ~BELL_PI_STORAGE;
    blocks_tags(&there, &sqe, write);
    return host_status(blocks->host, 1, &sqe);
}

static void a_copy_passes_or_replaces_protection(void **state)
{
    for (size_t i = 0; i < FORMATS; i++) {
        for (uint32_t type = 1; type <= 3; type++) {
            const struct blocks blocks = open_protected(formats[i], type);
            const uint32_t format = blocks.protection.guard_bits == 16 ? 0 : 1;
            const uint32_t checks = checks_of(&blocks);
            struct blocks there = blocks;

            prepare(&blocks, (uint8_t)type);
            assert_int_equal(run(&blocks, NVME_NVM_WRITE, checks), 0);
            assert_int_equal(copy(&blocks, 3000, checks | ACT, ACT, format), 0);
            there.protection.reference_tag = type == 1 ? 3000 : SLBA;
            assert_int_equal(blocks_run(&there, NVME_NVM_READ, 3000, COUNT, checks), 0);
            /* Passed on, it names the blocks that it comes from. */
            assert_int_equal(copy(&blocks, 4000, checks, GUARD | APP, format), 0);
            there.protection.reference_tag = type == 1 ? 4000 : SLBA;
            assert_int_equal(blocks_run(&there, NVME_NVM_READ, 4000, COUNT, checks),
                             type == 1 && has_reference(&blocks) ? NVME_SC_REFERENCE_TAG_CHECK : 0);
            assert_int_equal(blocks_run(&there, NVME_NVM_READ, 4000, COUNT, GUARD | APP), 0);
            assert_int_equal(copy(&blocks, 5000, checks, checks, format),
                             type == 1 && has_reference(&blocks) ? NVME_SC_REFERENCE_TAG_CHECK : 0);

            /* One action without the other, and descriptors of another guard. */
            assert_int_equal(copy(&blocks, 6000, ACT, 0, format), NVME_SC_INVALID_FIELD);
            assert_int_equal(copy(&blocks, 6000, 0, ACT, format), NVME_SC_INVALID_FIELD);
            assert_int_equal(copy(&blocks, 6000, 0, 0, !format), NVME_SC_INVALID_NAMESPACE);

            /* What is wrong at the source is found where it is read. */
            pi_of(&blocks, 4)[0] ^= 1;
            assert_int_equal(run(&blocks, NVME_NVM_WRITE, 0), 0);
            assert_int_equal(copy(&blocks, 6000, checks, 0, format), NVME_SC_GUARD_CHECK);
            assert_int_equal(newest_error_lba(blocks.host), SLBA + 4);
            host_close(blocks.host);
        }
    }
}

/* ---- formats --------------------------------------------------------------------------------------------------------
 */

static void the_device_says_what_it_has(void **state)
{
    struct host *host = host_ready("storage-tag=20");
    const struct nvme_identify_controller *id = (const struct nvme_identify_controller *)host->data;
    const struct nvme_identify_namespace *ns = (const struct nvme_identify_namespace *)host->data;
    const struct nvme_identify_namespace_nvm *nvm = (const struct nvme_identify_namespace_nvm *)host->data;
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0);

    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->ctratt & NVME_CTRATT_ELBAS, NVME_CTRATT_ELBAS);
    assert_int_equal(id->cdfs, 3);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_NAMESPACE, 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(ns->nlbaf, 11);
    assert_int_equal(ns->mc, 3);
    assert_int_equal(ns->dpc, 0x1f);
    assert_int_equal(ns->dlfeat, 0x09);
    assert_int_equal(ns->lbaf[2].ms | ns->lbaf[2].lbads << 16, 8 | 9 << 16);
    assert_int_equal(ns->lbaf[11].ms | ns->lbaf[11].lbads << 16, 64 | 12 << 16);
    for (uint32_t turn = 0; turn < 2; turn++) {
        sqe = host_admin(host, NVME_ADMIN_IDENTIFY, turn == 0 ? 1 : NVME_NSID_ALL, NVME_CNS_CSI_NAMESPACE, 0);
        assert_int_equal(host_status(host, 0, &sqe), 0);
        assert_int_equal(nvm->pic, NVME_PIC_16B_STORAGE | NVME_PIC_READ_CHECK);
        assert_int_equal(nvm->elbaf[0], 0);
        assert_int_equal(nvm->elbaf[3], 20);
        assert_int_equal(nvm->elbaf[8], 20 | NVME_PIF_32B << 7);
        assert_int_equal(nvm->elbaf[11], 20 | NVME_PIF_64B << 7);
        assert_int_equal(nvm->elbaf[12], 0);
    }
    host_close(host);
}

static uint32_t format_status(struct host *host, uint32_t cdw10)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, cdw10, 0);

    return host_status(host, 0, &sqe);
}

static void format_sets_metadata_and_protection(void **state)
{
    struct host *host = host_ready("time-scale=1000000,size=64MiB");
    const struct nvme_identify_namespace *id = (const struct nvme_identify_namespace *)host->data;
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_NAMESPACE, 0);

    assert_int_equal(format_status(host, 4 | 1 << 4 | 2 << 5 | 1 << 8), 0); /* 4096+16, extended, type 2, first */
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->flbas, 0x14);
    assert_int_equal(id->dps, 0x0a);
    assert_int_equal(format_status(host, 2 | 3 << 5), 0); /* 512+8, a buffer of its own, type 3, last */
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->flbas, 0x02);
    assert_int_equal(id->dps, 0x03);
    assert_int_equal(format_status(host, 1 | 1 << 4 | 1 << 8), 0); /* no metadata: there is nothing to place */
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(id->flbas, 0x01);
    assert_int_equal(id->dps, 0);

    assert_int_equal(format_status(host, 0 | 1 << 5), NVME_SC_INVALID_FORMAT); /* no room */
    assert_int_equal(format_status(host, 3 | 4 << 5), NVME_SC_INVALID_FORMAT); /* no such type */
    assert_int_equal(format_status(host, 12), NVME_SC_INVALID_FORMAT);
    host_close(host);
}

static void extended_formats_need_a_host_that_knows_them(void **state)
{
    struct host *host = host_ready("time-scale=1000000,size=64MiB,lba=4096,guard=64,pi=1");
    struct blocks blocks = blocks_of(host, 4096, 16);
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_HOST_BEHAVIOR, 0);

    blocks.protection.guard_bits = 64;
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(format_status(host, 10 | 2 << 5), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(format_status(host, 8 | 1 << 5), NVME_SC_INVALID_NAMESPACE);
    host->data[NVME_HOST_BEHAVIOR_LBAFEE] = 2;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    assert_int_equal(blocks_enable_extended(host), 0);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), 0);
    assert_int_equal(format_status(host, 10 | 2 << 5), 0);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), 0);

    /* A reset forgets what the host said; without protection information nobody needs it. */
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(format_status(host, 10), 0);
    assert_int_equal(blocks_run(&blocks, NVME_NVM_READ, 0, 1, 0), 0);
    host_close(host);
}

static void an_overwrite_leaves_protection_as_never_written(void **state)
{
    const struct blocks blocks = open_protected("lba=512,ms=16,time-scale=1000000", 1);
    struct host *host = blocks.host;
    struct nvme_sqe sqe = {.opcode = NVME_ADMIN_SANITIZE,
                           .cdw10 = NVME_SANACT_OVERWRITE | NVME_SANITIZE_NDAS | 1 << 4,
                           .cdw11 = 0x12345678};
    const uint64_t end = host_now() + UINT64_C(60000000000);

    prepare(&blocks, 1);
    assert_int_equal(run(&blocks, NVME_NVM_WRITE, ALL), 0);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    while (run(&blocks, NVME_NVM_READ, ALL) == NVME_SC_SANITIZE_IN_PROGRESS) {
        assert_true(host_now() < end);
        host_sleep_us(1000);
    }
    assert_int_equal(run(&blocks, NVME_NVM_READ, ALL), 0);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(host->data[i], (uint8_t)(0x12345678 >> i % 4 * 8));
        assert_int_equal(blocks_metadata(&blocks)[i], (uint8_t)(0x12345678 >> i % 4 * 8));
        assert_int_equal(pi_of(&blocks, 0)[i], 0xff);
    }
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_passes_unchanged),
        cmocka_unit_test(the_device_inserts_what_a_host_would),
        cmocka_unit_test(every_field_is_checked_if_asked),
        cmocka_unit_test(masks_leave_bits_out),
        cmocka_unit_test(blocks_that_nobody_wrote_are_not_checked),
        cmocka_unit_test(escape_values_switch_checks_off),
        cmocka_unit_test(a_compare_checks_both_sides_and_compares_the_rest),
        cmocka_unit_test(settings_that_make_no_sense_are_invalid),
        cmocka_unit_test(write_zeroes_protects_as_it_is_told),
        cmocka_unit_test(a_copy_passes_or_replaces_protection),
        cmocka_unit_test(the_device_says_what_it_has),
        cmocka_unit_test(format_sets_metadata_and_protection),
        cmocka_unit_test(extended_formats_need_a_host_that_knows_them),
        cmocka_unit_test(an_overwrite_leaves_protection_as_never_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
