/* SPDX-License-Identifier: Apache-2.0 */
/* Format, sanitize, self-test and firmware: their progress, their effect, and what they keep others from. */
#include "host.h"

static uint32_t admin(struct host *host, uint8_t opcode, uint32_t nsid, uint32_t cdw10)
{
    const struct nvme_sqe sqe = host_admin(host, opcode, nsid, cdw10, 0);

    return host_status(host, 0, &sqe);
}

static uint32_t io(struct host *host, uint8_t opcode, uint32_t nsid, uint64_t slba)
{
    const struct nvme_sqe sqe = host_io(host, opcode, nsid, slba, 1);

    return host_status(host, 1, &sqe);
}

static void *log_get(struct host *host, uint32_t lid, uint32_t bytes)
{
    assert_int_equal(admin(host, NVME_ADMIN_GET_LOG_PAGE, NVME_NSID_ALL, lid | (bytes / 4 - 1) << 16), 0);
    return host->data;
}

static void namespace_get(struct host *host, uint32_t nsid, struct nvme_identify_namespace *out)
{
    assert_int_equal(admin(host, NVME_ADMIN_IDENTIFY, nsid, NVME_CNS_NAMESPACE), 0);
    memcpy(out, host->data, sizeof *out);
}

/* ---- format
 * ----------------------------------------------------------------------------------------------------------- */

static void format_changes_the_block_size_and_erases(void **state)
{
    struct host *host = host_ready("time-scale=1000000");
    struct nvme_identify_namespace id;

    memset(host->data, 0x5a, 4096);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 0), 0);
    assert_int_equal(io(host, NVME_NVM_WRITE, 2, 0), 0);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 1, 1), 0);
    namespace_get(host, 1, &id);
    assert_int_equal(id.nsze, 131072);
    assert_int_equal(id.flbas, 1);
    assert_int_equal(id.fpi, 0x80);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), 0);
    assert_int_equal(host->data[0], 0);
    assert_int_equal(io(host, NVME_NVM_READ, 2, 0), 0);
    assert_int_equal(host->data[0], 0x5a); /* the other one is as it was */
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, NVME_NSID_ALL, 0 | 2 << 9), 0);
    namespace_get(host, 2, &id);
    assert_int_equal(id.nsze, 1048576);
    host_close(host);
}

static void format_shows_progress_and_blocks_its_namespace(void **state)
{
    struct host *host = host_ready("time-scale=8"); /* half a second */
    const struct nvme_sqe format = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0, 0);
    const struct nvme_sqe identify = host_admin(host, NVME_ADMIN_IDENTIFY, 1, NVME_CNS_NAMESPACE, 0);
    const struct nvme_identify_namespace *id = (const struct nvme_identify_namespace *)host->data;
    const uint16_t cid = host_submit(host, 0, &format);
    uint32_t last = 100;
    struct nvme_cqe cqe;

    assert_int_equal(io(host, NVME_NVM_READ, 2, 0), 0);
    for (;;) {
        const uint16_t asked = host_submit(host, 0, &identify);

        assert_true(host_wait(host, 0, &cqe));
        if (cqe.cid == cid)
            break;
        assert_int_equal(cqe.cid, asked);
        assert_in_range(id->fpi & 0x7f, 0, last);
        last = id->fpi & 0x7f;
        if (last > 20 && last < 90) {
            assert_int_equal(io(host, NVME_NVM_READ, 1, 0), NVME_SC_FORMAT_IN_PROGRESS);
            assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 2, 0), NVME_SC_FORMAT_IN_PROGRESS);
        }
    }
    assert_int_equal(nvme_cqe_status(&cqe), 0);
    assert_in_range(last, 0, 99); /* it did count down */
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), 0);
    host_close(host);
}

static void format_errors_have_their_status(void **state)
{
    struct host *host = host_ready("time-scale=1000000");

    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 1, 12), NVME_SC_INVALID_FORMAT);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 1, 1 << 5), NVME_SC_INVALID_FORMAT);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 1, 3 << 9), NVME_SC_INVALID_FIELD);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 0, 0), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 7, 0), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void a_reset_ends_a_format(void **state)
{
    struct host *host = host_ready("time-scale=1"); /* four seconds */
    const struct nvme_sqe format = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0, 0);

    host_submit(host, 0, &format);
    while (io(host, NVME_NVM_READ, 1, 0) == 0)
        ;
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), 0);
    host_close(host);
}

/* ---- sanitize
 * --------------------------------------------------------------------------------------------------------- */

static void sanitize_wait(struct host *host)
{
    const struct nvme_sanitize_log *log = (const struct nvme_sanitize_log *)host->data;

    do {
        host_sleep_us(1000);
        log_get(host, NVME_LID_SANITIZE, 512);
    } while ((log->sstat & NVME_SSTAT_STATUS) == NVME_SSTAT_RUNNING);
    assert_int_equal(log->sprog, 0xffff);
}

static void sanitize_erases_everything_and_reports(void **state)
{
    struct host *host = host_ready("time-scale=20"); /* one second */
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    const struct nvme_sanitize_log *log = (const struct nvme_sanitize_log *)host->data;
    struct nvme_cqe cqe;

    memset(host->data, 0x5a, 4096);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 0), 0);
    log_get(host, NVME_LID_SANITIZE, 512);
    assert_int_equal(log->sstat, NVME_SSTAT_NEVER);
    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, NVME_SANACT_BLOCK_ERASE), 0);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), NVME_SC_SANITIZE_IN_PROGRESS);
    assert_int_equal(admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0), NVME_SC_SANITIZE_IN_PROGRESS);
    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, NVME_SANACT_BLOCK_ERASE), NVME_SC_SANITIZE_IN_PROGRESS);
    log_get(host, NVME_LID_SANITIZE, 512);
    assert_int_equal(log->sstat & NVME_SSTAT_STATUS, NVME_SSTAT_RUNNING);
    assert_in_range(log->sprog, 0, 0xfffe);
    assert_int_equal(log->scdw10, NVME_SANACT_BLOCK_ERASE);
    host_submit(host, 0, &aer);
    assert_true(host_wait(host, 0, &cqe));
    assert_int_equal(cqe.dw0, 0x810106);
    log_get(host, NVME_LID_SANITIZE, 512);
    assert_int_equal(log->sstat, NVME_SSTAT_DONE | NVME_SSTAT_GDE);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), 0);
    assert_int_equal(host->data[0], 0);
    assert_int_equal(io(host, NVME_NVM_WRITE, 1, 0), 0);
    log_get(host, NVME_LID_SANITIZE, 512);
    assert_int_equal(log->sstat, NVME_SSTAT_DONE); /* there are user data again */
    host_close(host);
}

static void sanitize_outlives_a_reset(void **state)
{
    struct host *host = host_ready("time-scale=20"); /* one second */

    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, NVME_SANACT_BLOCK_ERASE), 0);
    host_disable(host);
    host_enable(host);
    host_queue_create(host, 1, HOST_DEPTH);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), NVME_SC_SANITIZE_IN_PROGRESS);
    sanitize_wait(host);
    assert_int_equal(io(host, NVME_NVM_READ, 1, 0), 0);
    host_close(host);
}

static void overwrite_leaves_its_pattern_if_asked(void **state)
{
    struct host *host = host_ready("time-scale=1000000,size=16MiB");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SANITIZE, 0, 0, 0xcafe1234);

    sqe.cdw10 = NVME_SANACT_OVERWRITE | 1 << 4 | NVME_SANITIZE_NDAS;
    assert_int_equal(host_status(host, 0, &sqe), 0);
    sanitize_wait(host);
    assert_int_equal(((struct nvme_sanitize_log *)host->data)->sstat >> 3 & 0x1f, 1);
    assert_int_equal(io(host, NVME_NVM_READ, 2, 2047), 0);
    assert_int_equal(((uint32_t *)host->data)[1023], 0xcafe1234);
    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, 0), NVME_SC_INVALID_FIELD);
    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, 5), NVME_SC_INVALID_FIELD);
    host_close(host);
}

/* ---- self-test
 * --------------------------------------------------------------------------------------------------------- */

static const struct nvme_self_test_log *self_test_wait(struct host *host)
{
    const struct nvme_self_test_log *log = (const struct nvme_self_test_log *)host->data;

    do {
        host_sleep_us(1000);
        log_get(host, NVME_LID_SELF_TEST, 564);
    } while (log->current != 0);
    return log;
}

static void self_test_runs_with_progress(void **state)
{
    struct host *host = host_ready("time-scale=120"); /* one second */
    const struct nvme_self_test_log *log = (const struct nvme_self_test_log *)host->data;

    log_get(host, NVME_LID_SELF_TEST, 564);
    assert_int_equal(log->current, 0);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, NVME_NSID_ALL, 1), 0);
    log_get(host, NVME_LID_SELF_TEST, 564);
    assert_int_equal(log->current, 1);
    assert_in_range(log->completion, 0, 99);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, NVME_NSID_ALL, 1), NVME_SC_SELF_TEST_IN_PROGRESS);
    self_test_wait(host);
    assert_int_equal(log->result[0].status, NVME_SELF_TEST_PASSED | 1 << 4);
    host_close(host);
}

static void self_tests_end_for_a_reason(void **state)
{
    struct host *host = host_ready("time-scale=1");
    const struct nvme_self_test_log *log = (const struct nvme_self_test_log *)host->data;

    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 0, 1), 0);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 0, 15), 0);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 0, 1), 0);
    host_disable(host);
    host_enable(host);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, NVME_NSID_ALL, 2), 0);
    host_disable(host);
    host_enable(host);
    log_get(host, NVME_LID_SELF_TEST, 564);
    assert_int_equal(log->current, 2); /* the extended test goes on */
    assert_int_equal(log->result[0].status, NVME_SELF_TEST_RESET | 1 << 4);
    assert_int_equal(log->result[1].status, NVME_SELF_TEST_ABORTED | 1 << 4);
    assert_int_equal(admin(host, NVME_ADMIN_SANITIZE, 0, NVME_SANACT_CRYPTO_ERASE), 0);
    log_get(host, NVME_LID_SELF_TEST, 564);
    assert_int_equal(log->current, 0);
    assert_int_equal(log->result[0].status, NVME_SELF_TEST_SANITIZE | 2 << 4);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 0, 1), NVME_SC_SANITIZE_IN_PROGRESS);
    host_close(host);
}

static void extended_self_test_finds_bad_blocks(void **state)
{
    struct host *host = host_ready("time-scale=1000000");
    const struct nvme_self_test_log *log;

    assert_int_equal(io(host, NVME_NVM_WRITE_UNCORRECTABLE, 2, 1234), 0);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, NVME_NSID_ALL, 2), 0);
    log = self_test_wait(host);
    assert_int_equal(log->result[0].status & 0xf, NVME_SELF_TEST_FAILED);
    assert_int_equal(log->result[0].nsid, 2);
    assert_int_equal(log->result[0].failing_lba, 1234);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 9, 1), NVME_SC_INVALID_NAMESPACE);
    assert_int_equal(admin(host, NVME_ADMIN_SELF_TEST, 0, 3), NVME_SC_INVALID_FIELD);
    host_close(host);
}

/* ---- firmware
 * ------------------------------------------------------------------------------------------------------------ */

static uint32_t download(struct host *host, const char *revision, uint32_t offset, uint32_t bytes)
{
    const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_FW_DOWNLOAD, 0, bytes / 4 - 1, offset / 4);

    memset(host->data, 0, 8);
    memcpy(host->data, revision, strlen(revision));
    return host_status(host, 0, &sqe);
}

static uint32_t commit(struct host *host, uint32_t action, uint32_t slot)
{
    return admin(host, NVME_ADMIN_FW_COMMIT, 0, slot | action << 3);
}

static void revision_is(struct host *host, const char *revision)
{
    assert_int_equal(admin(host, NVME_ADMIN_IDENTIFY, 0, NVME_CNS_CONTROLLER), 0);
    assert_memory_equal(((struct nvme_identify_controller *)host->data)->fr, revision, 8);
}

static void firmware_is_activated_by_a_reset(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_fw_slot_log *log = (const struct nvme_fw_slot_log *)host->data;

    assert_int_equal(download(host, "1.0.1", 0, 4096), 0);
    assert_int_equal(download(host, "", 4096, 4096), 0);
    assert_int_equal(commit(host, 1, 2), 0);
    revision_is(host, "1.0.0   ");
    log_get(host, NVME_LID_FW_SLOT, 512);
    assert_int_equal(log->afi, 0x21);
    assert_memory_equal(log->frs[1], "1.0.1   ", 8);
    host_disable(host);
    host_enable(host);
    revision_is(host, "1.0.1   ");
    log_get(host, NVME_LID_FW_SLOT, 512);
    assert_int_equal(log->afi, 0x02);
    host_close(host);
}

static void firmware_is_activated_at_once(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct nvme_cqe cqe;

    assert_int_equal(download(host, "2.0", 0, 4096), 0);
    assert_int_equal(commit(host, 3, 3), 0);
    host_submit(host, 0, &aer);
    assert_true(host_wait(host, 0, &cqe));
    assert_int_equal(cqe.dw0, 0x030102);
    revision_is(host, "2.0     ");
    assert_int_equal(commit(host, 3, 1), 0);
    revision_is(host, "1.0.0   ");
    host_close(host);
}

static void firmware_errors_have_their_status(void **state)
{
    struct host *host = host_ready("");

    assert_int_equal(commit(host, 0, 2), NVME_SC_INVALID_FW_IMAGE); /* nothing was downloaded */
    assert_int_equal(commit(host, 2, 3), NVME_SC_INVALID_FW_SLOT);  /* empty */
    assert_int_equal(commit(host, 2, 7), NVME_SC_INVALID_FW_SLOT);
    assert_int_equal(commit(host, 6, 1), NVME_SC_INVALID_FIELD);
    assert_int_equal(download(host, "1", 0, 2048), NVME_SC_INVALID_FIELD);
    assert_int_equal(download(host, "1", 512, 4096), NVME_SC_INVALID_FIELD);
    assert_int_equal(download(host, "1", 0, 4096), 0);
    assert_int_equal(download(host, "1", 0, 4096), NVME_SC_OVERLAPPING_RANGE);
    assert_int_equal(commit(host, 0, 1), NVME_SC_INVALID_FW_SLOT); /* read-only */
    assert_int_equal(download(host, "", 8192, 4096), 0);
    assert_int_equal(commit(host, 0, 2), NVME_SC_INVALID_FW_IMAGE); /* a hole */
    assert_int_equal(download(host, "\x01\x02", 0, 4096), 0);
    assert_int_equal(commit(host, 0, 2), NVME_SC_INVALID_FW_IMAGE); /* no revision */
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format_changes_the_block_size_and_erases),
        cmocka_unit_test(format_shows_progress_and_blocks_its_namespace),
        cmocka_unit_test(format_errors_have_their_status),
        cmocka_unit_test(a_reset_ends_a_format),
        cmocka_unit_test(sanitize_erases_everything_and_reports),
        cmocka_unit_test(sanitize_outlives_a_reset),
        cmocka_unit_test(overwrite_leaves_its_pattern_if_asked),
        cmocka_unit_test(self_test_runs_with_progress),
        cmocka_unit_test(self_tests_end_for_a_reason),
        cmocka_unit_test(extended_self_test_finds_bad_blocks),
        cmocka_unit_test(firmware_is_activated_by_a_reset),
        cmocka_unit_test(firmware_is_activated_at_once),
        cmocka_unit_test(firmware_errors_have_their_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
