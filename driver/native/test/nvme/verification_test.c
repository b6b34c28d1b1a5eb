/* SPDX-License-Identifier: Apache-2.0 */
/* Data verification on whole devices: what it follows, what it finds, and what it leaves in peace. */
#include "faults.h"

#include <stdio.h>
#include <unistd.h>

#include "integrity/stamp.h"

static struct rig sim = {.address = "sim:size=64MiB,ns=1,lba=512"};
static struct rig vfio_user = {.serve = "sim:size=64MiB,ns=1,lba=512"};
static struct rig qemu = {.address = "qemu:size=64MiB"};

enum { KEEP = 1 << 20, BLANK_ZEROES = 1 };

static uint64_t lbas_of(struct rig *rig)
{
    uint64_t lbas;

    assert_int_equal(identify(rig, 0, 1), 0);
    memcpy(&lbas, rig->data, 8);
    memset(rig->data, 0, 4096);
    return lbas;
}

static bell_integrity *follow(struct rig *rig, uint32_t flags)
{
    const bell_integrity_config config = {
        .nsid = 1, .lba_bytes = LBA_BYTES, .lbas = lbas_of(rig), .flags = flags, .keep_bytes = KEEP};
    bell_integrity *integrity;

    MUST(bell_integrity_open(rig->device, &config, &integrity));
    return integrity;
}

static bell_integrity_info counts_of(bell_integrity *integrity)
{
    bell_integrity_info info;

    MUST(bell_integrity_get_info(integrity, &info));
    return info;
}

static void fill(struct rig *rig, uint64_t at, uint32_t blocks, uint8_t seed)
{
    for (uint32_t i = 0; i < blocks * LBA_BYTES; i++)
        rig->data[at + i] = (uint8_t)(i * 7 + seed + i / 251);
}

/* Send a command of which a miscompare is no surprise: its flags. */
static uint32_t flags_of(bell_qpair *qpair, bell_command command, uint16_t *status)
{
    bell_completion end;

    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
    if (status)
        *status = status_of(&end);
    return end.flags;
}

static void write_blocks(struct rig *rig, bell_qpair *qpair, uint64_t lba, uint32_t blocks, uint8_t seed)
{
    fill(rig, 0, blocks, seed);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, lba, blocks, rig->iova), NULL), 0);
}

enum { READ_AT = 1 << 20 };

static uint32_t read_flags(struct rig *rig, bell_qpair *qpair, uint64_t lba, uint32_t blocks)
{
    return flags_of(qpair, io_command(NVME_NVM_READ, lba, blocks, rig->iova + READ_AT), NULL);
}

static bell_miscompare only_miscompare(bell_integrity *integrity)
{
    bell_miscompare found[2];
    uint64_t next;

    assert_int_equal(MUST(bell_integrity_miscompares(integrity, 0, found, 2, &next)), 1);
    assert_int_equal(next, 1);
    return found[0];
}

/* ---- on every device ----------------------------------------------------------------------------------------------
 */

static void what_was_written_is_read_and_compared(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 16, false);
    bell_integrity *integrity = follow(rig, 0);

    write_blocks(rig, qpair, 100, 24, 1);
    struct bell_stamp stamp = bell_stamp_read(rig->data + 3 * LBA_BYTES, LBA_BYTES);
    assert_int_equal(stamp.lba, 103); /* the caller's buffer has been stamped */
    assert_int_equal(stamp.token, 4);
    assert_int_equal(read_flags(rig, qpair, 90, 40), 0);
    assert_memory_equal(rig->data, rig->data + READ_AT + 10 * LBA_BYTES, 24 * LBA_BYTES);
    bell_integrity_info info = counts_of(integrity);
    assert_int_equal(info.written, 24);
    assert_int_equal(info.checked, 24);
    assert_int_equal(info.unknown, 16);
    assert_int_equal(info.skipped, 0);
    assert_int_equal(info.miscompares, 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

static void raw_prps_obey_the_same_rules(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 16, false);
    bell_integrity *integrity = follow(rig, 0);
    uint64_t *list = (uint64_t *)(void *)(rig->data + (2u << 20));
    bell_command command = io_command(NVME_NVM_WRITE, 40, 32, rig->iova);
    uint64_t prp[2] = {rig->iova + 0x200, rig->iova + (2u << 20)};

    /* 16 KiB from the middle of a page on, in pages that do not follow each other. */
    for (uint64_t i = 0; i < 4; i++)
        list[i] = rig->iova + 0x10000 * (4 - i);
    memcpy(command.sqe + 24, prp, sizeof prp);
    command.flags = BELL_CMD_RAW_DATA_POINTER;
    command.data_bytes = 0;
    fill(rig, 0, 1024, 9);
    assert_int_equal(run(qpair, command, NULL), 0);
    struct bell_stamp stamp = bell_stamp_read(rig->data + 0x40000 - 0 + LBA_BYTES, LBA_BYTES);
    assert_int_equal(stamp.lba, 40 + 7 + 1);
    command.sqe[0] = NVME_NVM_READ;
    assert_int_equal(run(qpair, command, NULL), 0);
    assert_int_equal(read_flags(rig, qpair, 40, 32), 0);
    assert_int_equal(counts_of(integrity).checked, 64);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

static void zeroed_blocks_are_zeroes_and_forgotten_ones_anything(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 16, false);
    bell_integrity *integrity = follow(rig, 0);

    write_blocks(rig, qpair, 8, 8, 3);
    bell_command zeroes = io_command(NVME_NVM_WRITE_ZEROES, 10, 2, 0);
    zeroes.data_bytes = 0;
    assert_int_equal(run(qpair, zeroes, NULL), 0);
    assert_int_equal(bell_integrity_state(integrity, 9), BELL_BLOCK_WRITTEN);
    assert_int_equal(bell_integrity_state(integrity, 10), BELL_BLOCK_ZEROED);
    assert_int_equal(bell_integrity_state(integrity, 7), BELL_BLOCK_UNKNOWN);
    assert_int_equal(read_flags(rig, qpair, 8, 8), 0);
    assert_int_equal(counts_of(integrity).checked, 8);
    MUST(bell_integrity_forget(integrity, 10, 1));
    assert_int_equal(bell_integrity_state(integrity, 10), BELL_BLOCK_UNKNOWN);
    assert_int_equal(read_flags(rig, qpair, 8, 8), 0);
    assert_int_equal(counts_of(integrity).checked, 15);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

static void deallocated_blocks_may_be_blank_or_what_they_were(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 16, false);
    bell_integrity *integrity = follow(rig, 0);
    const struct nvme_sqe dsm = {.opcode = NVME_NVM_DSM, .nsid = 1, .cdw11 = 4};
    const uint32_t range[4] = {0, 4, 18, 0};

    write_blocks(rig, qpair, 16, 8, 5);
    memcpy(rig->data, range, sizeof range);
    assert_int_equal(run(qpair, command_of(&dsm, rig->iova, 16), NULL), 0);
    assert_int_equal(bell_integrity_state(integrity, 17), BELL_BLOCK_WRITTEN);
    assert_int_equal(bell_integrity_state(integrity, 18), BELL_BLOCK_TRIMMED);
    assert_int_equal(bell_integrity_state(integrity, 22), BELL_BLOCK_WRITTEN);
    assert_int_equal(read_flags(rig, qpair, 16, 8), 0);
    assert_int_equal(counts_of(integrity).miscompares, 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

/* Random commands, several at a time, over few blocks: whatever comes back, a good device is never accused. */
static void a_good_device_is_never_accused(void **state)
{
    static const uint8_t opcodes[] = {NVME_NVM_READ,  NVME_NVM_READ,  NVME_NVM_READ,         NVME_NVM_WRITE,
                                      NVME_NVM_WRITE, NVME_NVM_WRITE, NVME_NVM_WRITE_ZEROES, NVME_NVM_COMPARE};
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 9, false);
    bell_integrity *integrity = follow(rig, 0);
    uint64_t random = 42;
    uint32_t outstanding = 0;

    fill(rig, 0, 2048, 77);
    for (uint32_t sent = 0; sent < 1500 || outstanding > 0;) {
        bell_completion end;
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        if (sent < 1500 && outstanding < 8 && random >> 63) {
            uint32_t blocks = 1 + (random >> 50 & 7);
            uint8_t opcode = opcodes[random >> 40 & 7];
            bell_command command =
                io_command(opcode, random >> 30 & 31, blocks, rig->iova + (random >> 20 & 15) * 0x1000);
            if (opcode == NVME_NVM_WRITE_ZEROES)
                command.data_bytes = 0;
            if (opcode == NVME_NVM_READ)
                command.data_iova = rig->iova + READ_AT + sent % 16 * 0x1000;
            MUST(bell_qpair_submit(qpair, &command, NULL));
            outstanding++;
            sent++;
        } else if (outstanding > 0) {
            assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
            assert_int_equal(end.flags, 0);
            outstanding--;
        }
    }
    bell_integrity_info info = counts_of(integrity);
    assert_int_equal(info.miscompares, 0);
    assert_true(info.checked > 100);
    assert_int_equal(read_flags(rig, qpair, 0, 64), 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

static void what_is_saved_is_known_again(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 16, false);
    bell_integrity *integrity = follow(rig, 0);
    char path[] = "/tmp/bell-verification-XXXXXX";

    close(mkstemp(path));
    write_blocks(rig, qpair, 70000, 16, 8);
    write_blocks(rig, qpair, 4, 8, 11);
    MUST(bell_integrity_save(integrity, path));
    MUST(bell_integrity_close(integrity));
    integrity = follow(rig, 0);
    assert_int_equal(bell_integrity_state(integrity, 70000), BELL_BLOCK_UNKNOWN);
    MUST(bell_integrity_load(integrity, path));
    assert_int_equal(bell_integrity_state(integrity, 70000), BELL_BLOCK_WRITTEN);
    assert_int_equal(bell_integrity_state(integrity, 70016), BELL_BLOCK_UNKNOWN);
    assert_int_equal(counts_of(integrity).version, 25);
    assert_int_equal(read_flags(rig, qpair, 70000, 16), 0);
    assert_int_equal(read_flags(rig, qpair, 0, 16), 0);
    assert_int_equal(counts_of(integrity).checked, 24);

    /* A byte of it is wrong: nothing is taken from it, nothing is lost. */
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 100, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, 100, SEEK_SET), 0);
    fputc(byte ^ 1, file);
    fclose(file);
    assert_int_equal(bell_integrity_load(integrity, path), -EINVAL);
    assert_int_equal(bell_integrity_state(integrity, 70000), BELL_BLOCK_WRITTEN);
    unlink(path);
    assert_int_equal(bell_integrity_load(integrity, path), -ENOENT);
    assert_true(bell_integrity_save(integrity, "/nowhere/at/all") < 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
}

static void a_namespace_is_followed_once_and_parameters_are_checked(void **state)
{
    struct rig *rig = rig_of(state);
    bell_integrity *integrity = follow(rig, 0), *other;
    bell_integrity_config config = {.nsid = 1, .lba_bytes = LBA_BYTES, .lbas = 1000};

    assert_int_equal(bell_integrity_open(rig->device, &config, &other), -EEXIST);
    config.nsid = 0;
    assert_int_equal(bell_integrity_open(rig->device, &config, &other), -EINVAL);
    config = (bell_integrity_config){.nsid = 2, .lba_bytes = 100, .lbas = 1000};
    assert_int_equal(bell_integrity_open(rig->device, &config, &other), -EINVAL);
    assert_int_equal(bell_integrity_state(integrity, UINT64_MAX), -EINVAL);
    MUST(bell_integrity_close(integrity));
}

/* ---- devices that err ----------------------------------------------------------------------------------------------
 */

static void a_corrupt_read_names_the_block_and_keeps_both(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    uint8_t expected[LBA_BYTES], found[LBA_BYTES];
    bell_cmdlog_entry log[8];
    uint64_t next;

    write_blocks(&rig, qpair, 50, 16, 2);
    plan(&rig, "io opcode=read times=1 then corrupt=1 at=2660");
    assert_int_equal(read_flags(&rig, qpair, 50, 16), BELL_CQ_MISCOMPARE);
    bell_miscompare what = only_miscompare(integrity);
    assert_int_equal(what.lba, 55);
    assert_int_equal(what.kind, BELL_MISCOMPARE_DATA);
    assert_int_equal(what.expected_state, BELL_BLOCK_WRITTEN);
    assert_int_equal(what.found_lba, 55);
    assert_int_equal(what.expected_token, 6);
    assert_int_equal(what.byte_count, 1);
    assert_int_equal(what.first_byte, 100);
    assert_int_equal(what.opcode, NVME_NVM_READ);
    assert_int_equal(what.has,
                     BELL_MISCOMPARE_EXPECTED_TOKEN | BELL_MISCOMPARE_EXPECTED_BLOCK | BELL_MISCOMPARE_FOUND_BLOCK);
    assert_int_not_equal(what.expected_crc & ~3u, what.found_crc & ~3u);
    MUST(bell_integrity_block(integrity, 0, 0, expected, LBA_BYTES));
    MUST(bell_integrity_block(integrity, 0, 1, found, LBA_BYTES));
    assert_memory_equal(expected, rig.data + 5 * LBA_BYTES, LBA_BYTES);
    assert_memory_equal(found, rig.data + READ_AT + 5 * LBA_BYTES, LBA_BYTES);
    assert_int_equal(bell_integrity_block(integrity, 1, 1, found, LBA_BYTES), -ENOENT);
    assert_int_equal(MUST(bell_cmdlog_read(qpair, 1, log, 8, &next)), 1);
    assert_true(log[0].flags & BELL_CQ_MISCOMPARE);

    /* It was on the way only: the next read is right. */
    assert_int_equal(read_flags(&rig, qpair, 50, 16), 0);
    MUST(bell_integrity_check(integrity, 0));
    plan(&rig, "io opcode=read times=2 then corrupt=1 at=0");
    assert_int_equal(read_flags(&rig, qpair, 50, 1), 0); /* switched off */
    MUST(bell_integrity_check(integrity, 1));
    MUST(bell_qpair_check(qpair, 0));
    assert_int_equal(read_flags(&rig, qpair, 50, 1), 0);
    MUST(bell_qpair_check(qpair, 1));
    assert_int_equal(counts_of(integrity).miscompares, 1);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_corrupt_raw_read_is_found(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, BELL_INTEGRITY_NO_STAMPS);
    bell_command raw = io_command(NVME_NVM_READ, 300, 4, 0);
    uint64_t prp1 = rig.iova + READ_AT + 0x100;

    write_blocks(&rig, qpair, 300, 4, 2);
    assert_int_not_equal(bell_stamp_read(rig.data, LBA_BYTES).lba, 300);
    plan(&rig, "io opcode=read then corrupt=2 at=1024");
    memcpy(raw.sqe + 24, &prp1, sizeof prp1);
    raw.flags = BELL_CMD_RAW_DATA_POINTER | BELL_CMD_RAW_CID;
    raw.data_bytes = 0;
    raw.sqe[2] = 0xcd;
    assert_int_equal(flags_of(qpair, raw, NULL), BELL_CQ_MISCOMPARE);
    assert_int_equal(only_miscompare(integrity).lba, 302);
    assert_int_equal(only_miscompare(integrity).cid, 0xcd);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void compare_is_judged_by_what_was_written(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    uint16_t status;

    write_blocks(&rig, qpair, 500, 2, 2);
    assert_int_equal(flags_of(qpair, io_command(NVME_NVM_COMPARE, 500, 2, rig.iova), &status), 0);
    assert_int_equal(status, 0);
    /* Rightly different: no miscompare. */
    assert_int_equal(flags_of(qpair, io_command(NVME_NVM_COMPARE, 500, 2, rig.iova + READ_AT), &status), 0);
    assert_int_equal(status, 0x285);

    plan(&rig, "io opcode=write then corrupt=1 at=77");
    write_blocks(&rig, qpair, 600, 1, 6);
    plan(&rig, "");
    assert_int_equal(flags_of(qpair, io_command(NVME_NVM_COMPARE, 600, 1, rig.iova), &status), BELL_CQ_MISCOMPARE);
    assert_int_equal(status, 0x285);
    assert_int_equal(only_miscompare(integrity).lba, 600);
    assert_int_equal(only_miscompare(integrity).kind, BELL_MISCOMPARE_VERDICT);
    assert_int_equal(read_flags(&rig, qpair, 600, 1), BELL_CQ_MISCOMPARE);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* What is known, saved; what happens until known_again is not followed. */
static void known_save(bell_integrity *integrity, char path[])
{
    close(mkstemp(path));
    MUST(bell_integrity_save(integrity, path));
    MUST(bell_integrity_close(integrity));
}

static bell_integrity *known_again(struct rig *rig, const char *path)
{
    fill(rig, READ_AT, 8, 0);
    bell_integrity *integrity = follow(rig, 0);

    MUST(bell_integrity_load(integrity, path));
    unlink(path);
    return integrity;
}

static void a_write_that_never_happened_is_told_as_stale(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    char path[] = "/tmp/bell-verification-XXXXXX";

    write_blocks(&rig, qpair, 20, 4, 2);
    memcpy(rig.data + 8 * LBA_BYTES, rig.data + LBA_BYTES, LBA_BYTES); /* the first version of LBA 21 */
    write_blocks(&rig, qpair, 21, 1, 3);
    known_save(integrity, path);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 21, 1, rig.iova + 8 * LBA_BYTES), NULL), 0);
    integrity = known_again(&rig, path);
    assert_int_equal(read_flags(&rig, qpair, 20, 4), BELL_CQ_MISCOMPARE);
    bell_miscompare what = only_miscompare(integrity);
    assert_int_equal(what.lba, 21);
    assert_int_equal(what.kind, BELL_MISCOMPARE_STALE);
    assert_int_equal(what.found_token, 2);
    assert_int_equal(what.expected_token, 5);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_block_of_another_place_is_told_as_misplaced(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    char path[] = "/tmp/bell-verification-XXXXXX";

    write_blocks(&rig, qpair, 20, 4, 2);
    memcpy(rig.data + 8 * LBA_BYTES, rig.data + 3 * LBA_BYTES, LBA_BYTES);
    known_save(integrity, path);
    assert_int_equal(run(qpair, io_command(NVME_NVM_WRITE, 21, 1, rig.iova + 8 * LBA_BYTES), NULL), 0);
    integrity = known_again(&rig, path);
    assert_int_equal(read_flags(&rig, qpair, 20, 4), BELL_CQ_MISCOMPARE);
    bell_miscompare what = only_miscompare(integrity);
    assert_int_equal(what.lba, 21);
    assert_int_equal(what.kind, BELL_MISCOMPARE_MISPLACED);
    assert_int_equal(what.found_lba, 23);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_failed_write_may_have_happened_or_not(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    uint16_t status;

    write_blocks(&rig, qpair, 30, 2, 2);
    fill(&rig, 0, 2, 90);
    plan(&rig, "io opcode=write times=1 then status=2/0x80\nio opcode=write times=1 then status=2/0x80 executed");
    flags_of(qpair, io_command(NVME_NVM_WRITE, 30, 1, rig.iova), &status);
    assert_int_equal(status, 0x280);
    flags_of(qpair, io_command(NVME_NVM_WRITE, 31, 1, rig.iova), &status);
    assert_int_equal(status, 0x280);
    assert_int_equal(bell_integrity_state(integrity, 30), BELL_BLOCK_DOUBTFUL);
    assert_int_equal(counts_of(integrity).doubtful, 2);
    assert_int_equal(read_flags(&rig, qpair, 30, 2), 0); /* the one has the old, the other the new */
    assert_int_equal(counts_of(integrity).checked, 2);
    plan(&rig, "io opcode=read times=1 then corrupt=1 at=33");
    assert_int_equal(read_flags(&rig, qpair, 30, 2), BELL_CQ_MISCOMPARE);
    assert_int_equal(only_miscompare(integrity).lba, 30);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* A write that timed out is outstanding for all the driver knows: nothing is said of its block until the reset. */
static void a_timed_out_write_is_followed_to_its_real_end(void **state)
{
    struct rig rig = faulty_open(300);
    const bell_controller_config config = {0};
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    bell_completion end;

    write_blocks(&rig, qpair, 30, 2, 2);
    plan(&rig, "io opcode=write times=1 then drop");
    fill(&rig, 0, 1, 91);
    bell_command command = io_command(NVME_NVM_WRITE, 30, 1, rig.iova);
    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);
    assert_int_equal(read_flags(&rig, qpair, 30, 2), 0);
    assert_int_equal(counts_of(integrity).skipped, 1);
    MUST(bell_controller_enable(rig.device, &config));
    MUST(bell_qpair_poll(qpair, &end, 1));
    MUST(bell_qpair_close(qpair));
    qpair = qpair_new(&rig, 16, false);
    assert_int_equal(bell_integrity_state(integrity, 30), BELL_BLOCK_DOUBTFUL);
    assert_int_equal(read_flags(&rig, qpair, 30, 2), 0);
    assert_int_equal(counts_of(integrity).checked, 3);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void uncorrectable_blocks_must_not_be_readable(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    bell_command mark = io_command(NVME_NVM_WRITE_UNCORRECTABLE, 60, 2, 0);
    uint16_t status;

    char path[] = "/tmp/bell-verification-XXXXXX";

    mark.data_bytes = 0;
    write_blocks(&rig, qpair, 60, 4, 2);
    assert_int_equal(run(qpair, mark, NULL), 0);
    assert_int_equal(bell_integrity_state(integrity, 61), BELL_BLOCK_UNCORRECTABLE);
    assert_int_equal(flags_of(qpair, io_command(NVME_NVM_READ, 61, 1, rig.iova), &status), 0);
    assert_int_equal(status, 0x281);
    known_save(integrity, path);
    write_blocks(&rig, qpair, 61, 1, 1);
    integrity = known_again(&rig, path);
    assert_int_equal(read_flags(&rig, qpair, 61, 1), BELL_CQ_MISCOMPARE);
    assert_int_equal(only_miscompare(integrity).kind, BELL_MISCOMPARE_READABLE);
    assert_int_equal(only_miscompare(integrity).lba, 61);
    write_blocks(&rig, qpair, 60, 2, 3);
    assert_int_equal(read_flags(&rig, qpair, 60, 4), 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void a_deallocated_block_reads_as_promised(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    const bell_integrity_config config = {
        .nsid = 1, .lba_bytes = LBA_BYTES, .lbas = lbas_of(&rig), .deallocated = BLANK_ZEROES, .keep_bytes = KEEP};
    const struct nvme_sqe dsm = {.opcode = NVME_NVM_DSM, .nsid = 1, .cdw11 = 4};
    const uint32_t range[4] = {0, 4, 80, 0};
    bell_integrity *integrity;

    MUST(bell_integrity_open(rig.device, &config, &integrity));
    write_blocks(&rig, qpair, 80, 4, 5);
    memcpy(rig.data, range, sizeof range);
    assert_int_equal(run(qpair, command_of(&dsm, rig.iova, 16), NULL), 0);
    assert_int_equal(read_flags(&rig, qpair, 80, 4), 0);
    plan(&rig, "io opcode=read times=1 then corrupt=1 at=513");
    assert_int_equal(read_flags(&rig, qpair, 80, 4), BELL_CQ_MISCOMPARE);
    assert_int_equal(only_miscompare(integrity).lba, 81);
    assert_int_equal(only_miscompare(integrity).kind, BELL_MISCOMPARE_NOT_BLANK);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

static void copied_blocks_are_known_and_a_format_forgets_all(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    const struct nvme_sqe copy = {.opcode = NVME_NVM_COPY, .nsid = 1, .cdw10 = 900};
    struct nvme_sqe format = {.opcode = NVME_ADMIN_FORMAT_NVM, .nsid = 1, .cdw10 = 0x0f};
    bell_completion end;

    write_blocks(&rig, qpair, 80, 4, 5);
    memset(rig.data, 0, 32);
    rig.data[8] = 80;
    rig.data[16] = 3;
    assert_int_equal(run(qpair, command_of(&copy, rig.iova, 32), NULL), 0);
    assert_int_equal(bell_integrity_state(integrity, 903), BELL_BLOCK_WRITTEN);
    assert_int_equal(bell_integrity_state(integrity, 904), BELL_BLOCK_UNKNOWN);
    assert_int_equal(read_flags(&rig, qpair, 900, 4), 0);
    assert_int_equal(counts_of(integrity).checked, 4);
    plan(&rig, "io opcode=read times=1 then corrupt=1 at=600");
    assert_int_equal(read_flags(&rig, qpair, 900, 4), BELL_CQ_MISCOMPARE);
    assert_int_equal(only_miscompare(integrity).lba, 901);

    assert_int_not_equal(run(rig.admin, command_of(&format, 0, 0), &end), 0); /* refused: nothing has changed */
    assert_int_equal(bell_integrity_state(integrity, 903), BELL_BLOCK_WRITTEN);
    format.cdw10 = 0;
    assert_int_equal(run(rig.admin, command_of(&format, 0, 0), &end), 0);
    assert_int_equal(bell_integrity_state(integrity, 903), BELL_BLOCK_FORMATTED);
    assert_int_equal(counts_of(integrity).suspended, 0);
    assert_int_equal(read_flags(&rig, qpair, 900, 4), 0);
    format.cdw10 = 1; /* blocks of another size */
    assert_int_equal(run(rig.admin, command_of(&format, 0, 0), &end), 0);
    assert_int_equal(counts_of(integrity).suspended, 1);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* Of two writes from one buffer the second must not stamp what the first one still needs. */
static void data_in_use_is_not_stamped(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    bell_completion ends[8];

    fill(&rig, 0, 8, 1);
    for (uint64_t i = 0; i < 8; i++) {
        bell_command command = io_command(NVME_NVM_WRITE, 1000 + 8 * i, 8, rig.iova);
        command.flags = BELL_CMD_HOLD_DOORBELL;
        MUST(bell_qpair_submit(qpair, &command, NULL));
    }
    MUST(bell_qpair_ring(qpair));
    for (int count = 0; count < 8;) {
        int more = MUST(bell_qpair_wait(qpair, ends, 8, WAIT_US));
        assert_true(more > 0);
        count += more;
    }
    assert_int_equal(bell_stamp_read(rig.data, LBA_BYTES).lba, 1000);
    assert_int_equal(read_flags(&rig, qpair, 1000, 64), 0);
    assert_int_equal(counts_of(integrity).checked, 64);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

/* A buffer that is freed before its read is reaped. */
static void memory_that_is_gone_is_not_looked_at(void **state)
{
    struct rig rig = faulty_open(0);
    bell_qpair *qpair = qpair_new(&rig, 16, false);
    bell_integrity *integrity = follow(&rig, 0);
    bell_buffer *gone;
    bell_completion end;

    write_blocks(&rig, qpair, 5, 1, 2);
    MUST(bell_buffer_alloc(rig.device, 4096, &gone));
    bell_command command = io_command(NVME_NVM_READ, 5, 1, bell_buffer_iova(gone));
    MUST(bell_qpair_submit(qpair, &command, NULL));
    bell_qpair_info info;
    for (int i = 0; i < 1000; i++) /* let the device have it, whether it has done with it or not */
        MUST(bell_qpair_get_info(qpair, &info));
    MUST(bell_buffer_free(gone));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
    assert_int_equal(end.flags, 0);
    assert_int_equal(counts_of(integrity).checked, 0);
    assert_int_equal(counts_of(integrity).skipped, status_of(&end) == 0 ? 1 : 0);
    MUST(bell_integrity_close(integrity));
    MUST(bell_qpair_close(qpair));
    faulty_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_EVERY(what_was_written_is_read_and_compared),
        ON_EVERY(raw_prps_obey_the_same_rules),
        ON_EVERY(zeroed_blocks_are_zeroes_and_forgotten_ones_anything),
        ON_EVERY(deallocated_blocks_may_be_blank_or_what_they_were),
        ON_EVERY(a_good_device_is_never_accused),
        ON_EVERY(what_is_saved_is_known_again),
        ON_EVERY(a_namespace_is_followed_once_and_parameters_are_checked),
        cmocka_unit_test(a_corrupt_read_names_the_block_and_keeps_both),
        cmocka_unit_test(a_corrupt_raw_read_is_found),
        cmocka_unit_test(compare_is_judged_by_what_was_written),
        cmocka_unit_test(a_write_that_never_happened_is_told_as_stale),
        cmocka_unit_test(a_block_of_another_place_is_told_as_misplaced),
        cmocka_unit_test(a_failed_write_may_have_happened_or_not),
        cmocka_unit_test(a_timed_out_write_is_followed_to_its_real_end),
        cmocka_unit_test(uncorrectable_blocks_must_not_be_readable),
        cmocka_unit_test(a_deallocated_block_reads_as_promised),
        cmocka_unit_test(copied_blocks_are_known_and_a_format_forgets_all),
        cmocka_unit_test(data_in_use_is_not_stamped),
        cmocka_unit_test(memory_that_is_gone_is_not_looked_at),
    };

    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
