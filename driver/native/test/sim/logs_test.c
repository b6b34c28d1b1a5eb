/* SPDX-License-Identifier: Apache-2.0 */
/* Log pages: what they say after something happened, and how parts of them are read. */
#include "host.h"

static uint32_t log_part(struct host *host, uint32_t lid, uint32_t bytes, uint64_t offset)
{
    struct nvme_sqe sqe =
        host_admin(host, NVME_ADMIN_GET_LOG_PAGE, NVME_NSID_ALL, lid | (bytes / 4 - 1) << 16, (bytes / 4 - 1) >> 16);

    sqe.prp2 = host->data_iova + 4096;
    sqe.cdw12 = (uint32_t)offset;
    sqe.cdw13 = (uint32_t)(offset >> 32);
    memset(host->data, 0xee, bytes);
    return host_status(host, 0, &sqe);
}

static void log_get(struct host *host, uint32_t lid, uint32_t bytes)
{
    assert_int_equal(log_part(host, lid, bytes, 0), 0);
}

static void errors_are_logged_with_their_place(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_error_log_entry *entries = (const struct nvme_error_log_entry *)host->data;
    struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 1048576, 1);
    struct nvme_cqe cqe;

    log_get(host, NVME_LID_ERROR, 4096);
    assert_int_equal(entries[0].error_count, 0);
    cqe = host_run(host, 1, &sqe);
    sqe = host_admin(host, NVME_ADMIN_IDENTIFY, 77, NVME_CNS_NAMESPACE, 0);
    host_run(host, 0, &sqe);
    log_get(host, NVME_LID_ERROR, 4096);
    assert_int_equal(entries[0].error_count, 2);
    assert_int_equal(entries[0].sqid, 0);
    assert_int_equal(entries[0].nsid, 77);
    assert_int_equal(entries[0].parameter_location, 4);
    assert_int_equal(entries[1].error_count, 1);
    assert_int_equal(entries[1].sqid, 1);
    assert_int_equal(entries[1].cid, cqe.cid);
    assert_int_equal(entries[1].status, cqe.status);
    assert_int_equal(entries[1].lba, 1048576);
    assert_int_equal(entries[1].parameter_location, 40);
    assert_int_equal(entries[2].error_count, 0);
    host_close(host);
}

static void error_log_keeps_the_newest(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_error_log_entry *entries = (const struct nvme_error_log_entry *)host->data;

    for (uint32_t i = 0; i < 70; i++) {
        const struct nvme_sqe sqe = host_io(host, NVME_NVM_READ, 1, 2000000 + i, 1);

        host_run(host, 1, &sqe);
    }
    log_get(host, NVME_LID_ERROR, 4096);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(entries[i].error_count, 70 - i);
        assert_int_equal(entries[i].lba, 2000069 - i);
    }
    host_close(host);
}

static void smart_counters_move(void **state)
{
    struct host *host = host_ready("temp=40");
    const struct nvme_smart_log *smart = (const struct nvme_smart_log *)host->data;
    const struct nvme_sqe read = host_io(host, NVME_NVM_READ, 1, 0, 16);
    const struct nvme_sqe write = host_io(host, NVME_NVM_WRITE, 1, 0, 16);
    const struct nvme_sqe bad = host_io(host, NVME_NVM_WRITE_UNCORRECTABLE, 1, 0, 1);

    for (int i = 0; i < 63; i++)
        host_run(host, 1, &read);
    for (int i = 0; i < 10; i++)
        host_run(host, 1, &write);
    host_run(host, 1, &bad);
    host_run(host, 1, &read);
    log_get(host, NVME_LID_SMART, 512);
    assert_int_equal(smart->host_reads.low, 63);
    assert_int_equal(smart->host_writes.low, 10);
    assert_int_equal(smart->data_units_read.low, 2); /* 1008 blocks make two thousands, rounded up */
    assert_int_equal(smart->data_units_written.low, 1);
    assert_int_equal(smart->power_cycles.low, 1);
    assert_int_equal(smart->media_errors.low, 1);
    assert_int_equal(smart->error_log_entries.low, 1);
    assert_int_equal(smart->available_spare, 100);
    assert_in_range(smart->composite_temperature, 273 + 40, 273 + 50);
    assert_int_equal(smart->critical_warning, 0);
    host_close(host);
}

static void a_hot_device_warns(void **state)
{
    struct host *host = host_ready("temp=75");
    const struct nvme_smart_log *smart = (const struct nvme_smart_log *)host->data;

    log_get(host, NVME_LID_SMART, 512);
    assert_int_equal(smart->critical_warning, NVME_SMART_TEMPERATURE);
    assert_int_equal(smart->composite_temperature, 348);
    host_close(host);
}

static void supported_lists_agree_with_behaviour(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_commands_log *commands = (const struct nvme_commands_log *)host->data;
    uint32_t pages[256];
    uint32_t features[256];

    log_get(host, NVME_LID_SUPPORTED, 1024);
    memcpy(pages, host->data, sizeof pages);
    for (uint32_t lid = 0; lid < 256; lid++) {
        const uint32_t status = log_part(host, lid, 512, 0);

        if (lid != NVME_LID_PERSISTENT_EVENT) /* which wants a context */
            assert_int_equal(status, pages[lid] & 1 ? NVME_SC_SUCCESS : NVME_SC_INVALID_LOG);
    }
    log_get(host, NVME_LID_FEATURES, 1024);
    memcpy(features, host->data, sizeof features);
    for (uint32_t fid = 0; fid < 256; fid++) {
        const struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_GET_FEATURES, 1, fid, 0);

        assert_int_equal(host_status(host, 0, &sqe) == 0, features[fid] & 1);
    }
    log_get(host, NVME_LID_COMMANDS, 4096);
    assert_int_equal(commands->admin[NVME_ADMIN_IDENTIFY] & NVME_EFFECT_CSUPP, 1);
    assert_int_equal(commands->admin[0x03], 0);
    assert_int_equal(commands->io[NVME_NVM_WRITE], NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC);
    assert_int_equal(commands->io[NVME_NVM_RESERVATION_REGISTER], NVME_EFFECT_CSUPP);
    assert_int_equal(commands->io[0x03], 0);
    host_close(host);
}

static void logs_are_read_in_parts(void **state)
{
    struct host *host = host_ready("");
    uint8_t whole[4096];

    log_get(host, NVME_LID_COMMANDS, 4096);
    memcpy(whole, host->data, sizeof whole);
    assert_int_equal(log_part(host, NVME_LID_COMMANDS, 256, 1024), 0);
    assert_memory_equal(host->data, whole + 1024, 256);
    assert_int_equal(host->data[256], whole[256]); /* no byte more than asked for */
    assert_int_equal(log_part(host, NVME_LID_SMART, 1024, 0), 0);
    assert_int_equal(host->data[1023], 0); /* beyond the end */
    assert_int_equal(log_part(host, NVME_LID_SMART, 512, 2), NVME_SC_INVALID_FIELD);
    assert_int_equal(log_part(host, NVME_LID_SMART, 512, 516), NVME_SC_INVALID_FIELD);
    assert_int_equal(log_part(host, NVME_LID_SMART, 512, UINT64_C(1) << 40), NVME_SC_INVALID_FIELD);
    host_close(host);
}

static void persistent_events_want_a_context(void **state)
{
    struct host *host = host_ready("time-scale=1000000");
    const struct nvme_persistent_event_header *header = (const struct nvme_persistent_event_header *)host->data;
    const struct nvme_persistent_event *event = (const struct nvme_persistent_event *)(header + 1);
    const struct nvme_sqe format = host_admin(host, NVME_ADMIN_FORMAT_NVM, 1, 0, 0);

    assert_int_equal(host_status(host, 0, &format), 0);
    assert_int_equal(log_part(host, NVME_LID_PERSISTENT_EVENT, 4096, 0), NVME_SC_COMMAND_SEQUENCE);
    log_get(host, NVME_LID_PERSISTENT_EVENT | 1 << 8, 4096);
    assert_int_equal(log_part(host, NVME_LID_PERSISTENT_EVENT | 1 << 8, 4096, 0), NVME_SC_COMMAND_SEQUENCE);
    log_get(host, NVME_LID_PERSISTENT_EVENT, 4096);
    assert_int_equal(header->lid, NVME_LID_PERSISTENT_EVENT);
    assert_int_equal(header->events, 3); /* power on, format started, format done */
    assert_int_equal(event->type, 0x08);
    assert_memory_equal(header->sn, "SIM00000000000000001", 20);
    assert_int_equal(log_part(host, NVME_LID_PERSISTENT_EVENT | 2 << 8, 512, 0), 0);
    assert_int_equal(log_part(host, NVME_LID_PERSISTENT_EVENT, 4096, 0), NVME_SC_COMMAND_SEQUENCE);
    host_close(host);
}

/* ---- asynchronous events
 * ------------------------------------------------------------------------------------------------ */

static void requests_have_a_limit(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct nvme_sqe abort = {.opcode = NVME_ADMIN_ABORT};
    struct nvme_cqe cqe;
    uint16_t first = 0;

    for (int i = 0; i < 4; i++) {
        const uint16_t cid = host_submit(host, 0, &aer);

        first = i == 0 ? cid : first;
    }
    assert_int_equal(host_status(host, 0, &aer), NVME_SC_AER_LIMIT);
    abort.cdw10 = (uint32_t)first << 16;
    host_submit(host, 0, &abort);
    for (int i = 0; i < 2; i++) {
        assert_true(host_wait(host, 0, &cqe));
        if (cqe.cid == first)
            assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_ABORT_REQUESTED);
        else
            assert_int_equal(cqe.dw0, 0);
    }
    host_close(host);
}

static void events_come_once_until_their_log_is_read(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    struct nvme_sqe retain = host_admin(host, NVME_ADMIN_GET_LOG_PAGE, 0, NVME_LID_SMART | NVME_LOG_RAE | 127 << 16, 0);
    struct nvme_sqe set = host_admin(host, NVME_ADMIN_SET_FEATURES, 0, NVME_FEAT_TEMPERATURE_THRESHOLD, 300);
    struct nvme_cqe cqe;

    host_submit(host, 0, &aer);
    host_submit(host, 0, &aer);
    assert_int_equal(host_status(host, 0, &set), 0);
    assert_int_equal(host_status(host, 0, &retain), 0); /* brings the temperature up to date, too */
    assert_true(host_wait(host, 0, &cqe));
    assert_int_equal(cqe.dw0, 0x020101);             /* SMART log, temperature threshold */
    assert_int_equal(host_status(host, 0, &set), 0); /* passed again, but masked */
    host_sleep_us(1200000);
    assert_false(host_poll(host, 0, &cqe));
    log_get(host, NVME_LID_SMART, 512);
    assert_true(host_wait(host, 0, &cqe));
    assert_int_equal(cqe.dw0, 0x020101);
    host_close(host);
}

static void changed_namespaces_are_announced(void **state)
{
    struct host *host = host_ready("");
    const struct nvme_sqe aer = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    const struct nvme_sqe delete_ns = host_admin(host, NVME_ADMIN_NS_MANAGEMENT, 2, 1, 0);
    struct nvme_cqe cqe;
    const uint16_t cid = host_submit(host, 0, &aer);

    host_submit(host, 0, &delete_ns);
    for (int i = 0; i < 2; i++) {
        assert_true(host_wait(host, 0, &cqe));
        if (cqe.cid == cid)
            assert_int_equal(cqe.dw0, 0x040002);
    }
    log_get(host, NVME_LID_CHANGED_NS, 4096);
    assert_int_equal(((uint32_t *)host->data)[0], 2);
    assert_int_equal(((uint32_t *)host->data)[1], 0);
    log_get(host, NVME_LID_CHANGED_NS, 4096);
    assert_int_equal(((uint32_t *)host->data)[0], 0);
    host_close(host);
}

static void security_lists_its_one_protocol(void **state)
{
    struct host *host = host_ready("");
    struct nvme_sqe sqe = host_admin(host, NVME_ADMIN_SECURITY_RECEIVE, 0, 0, 512);

    memset(host->data, 0xee, 512);
    assert_int_equal(host_status(host, 0, &sqe), 0);
    assert_int_equal(host->data[6] << 8 | host->data[7], 1);
    assert_int_equal(host->data[8], 0);
    sqe.cdw10 = UINT32_C(0x01000000);
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    sqe.opcode = NVME_ADMIN_SECURITY_SEND;
    assert_int_equal(host_status(host, 0, &sqe), NVME_SC_INVALID_FIELD);
    host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_logged_with_their_place),
        cmocka_unit_test(error_log_keeps_the_newest),
        cmocka_unit_test(smart_counters_move),
        cmocka_unit_test(a_hot_device_warns),
        cmocka_unit_test(supported_lists_agree_with_behaviour),
        cmocka_unit_test(logs_are_read_in_parts),
        cmocka_unit_test(persistent_events_want_a_context),
        cmocka_unit_test(requests_have_a_limit),
        cmocka_unit_test(events_come_once_until_their_log_is_read),
        cmocka_unit_test(changed_namespaces_are_announced),
        cmocka_unit_test(security_lists_its_one_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
