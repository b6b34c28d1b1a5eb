/* SPDX-License-Identifier: Apache-2.0 */
/* A device that the kernel owns, over a kernel that the test plays. */
#include "fake_kernel.h"

#include "nvme/qpair.h"
#include "support/clock.h"

enum { WAIT_US = 20000000 };

static bell_device *device;
static bell_qpair *admin, *io;
static bell_buffer *buffer;

#define MUST(call)                                                                                                     \
    do {                                                                                                               \
        int must_rc = (call);                                                                                          \
        if (must_rc < 0)                                                                                               \
            fail_msg("%s = %d: %s", #call, must_rc, bell_last_error());                                                \
    } while (0)

static void begin_as(const char *address, size_t config_bytes)
{
    const bell_controller_config config = {.timeout_ms = 10000};
    const bell_qpair_config queue = {.depth = 4};
    fake_setup(config_bytes);
    MUST(fake_open(address, &device));
    MUST(bell_controller_enable(device, &config));
    MUST(bell_qpair_create(device, &queue, &io));
    MUST(bell_buffer_alloc(device, 8192, &buffer));
    admin = bell_controller_admin(device);
}

static int begin(void **state)
{
    begin_as("/dev/nvme0?write=on", 4096);
    return 0;
}

static int end(void **state)
{
    fake_hold(false);
    if (buffer)
        MUST(bell_buffer_free(buffer));
    if (io)
        MUST(bell_qpair_close(io));
    MUST(bell_device_close(device));
    buffer = NULL;
    io = NULL;
    fake_teardown();
    return 0;
}

static bell_command command_of(uint8_t opcode, uint32_t cdw10, uint64_t bytes)
{
    bell_command command = {.tag = opcode};
    struct nvme_sqe sqe = {.opcode = opcode, .nsid = 1, .cdw10 = cdw10, .cdw15 = 0x15151515};
    memcpy(command.sqe, &sqe, sizeof sqe);
    if (bytes) {
        command.data_iova = bell_buffer_iova(buffer);
        command.data_bytes = bytes;
    }
    return command;
}

static uint32_t status_of(const bell_completion *completion)
{
    uint32_t dword3;
    memcpy(&dword3, completion->cqe + 12, 4);
    return dword3 >> 17;
}

static bell_completion run(bell_qpair *qpair, bell_command command)
{
    bell_completion completion = {0};
    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(bell_qpair_wait(qpair, &completion, 1, WAIT_US), 1);
    return completion;
}

static void refused(bell_qpair *qpair, bell_command command, int error, const char *words)
{
    assert_int_equal(bell_qpair_submit(qpair, &command, NULL), error);
    if (!strstr(bell_last_error(), words))
        fail_msg("\"%s\" does not speak of \"%s\"", bell_last_error(), words);
}

static void test_says_what_it_is(void **state)
{
    bell_device_info info;
    MUST(bell_device_get_info(device, &info));
    assert_int_equal(info.kind, BELL_KIND_KERNEL);
    assert_int_equal(info.features, BELL_HAS_PCI);
    assert_int_equal(info.vectors, 0);
    assert_string_equal(info.name, "Fake SSD");
    assert_string_equal(info.address, "/dev/nvme0?write=on");
    bell_controller_state seen;
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.state, BELL_STATE_READY);
    assert_int_equal(seen.min_page_bytes, 4096);
    assert_int_equal(seen.max_data_bytes, 256 << 10);
}

static void test_commands_reach_the_kernel_whole(void **state)
{
    bell_completion completion = run(admin, command_of(NVME_ADMIN_GET_FEATURES, 0x07, 512));
    assert_int_equal(status_of(&completion), 0);
    assert_int_equal(completion.tag, NVME_ADMIN_GET_FEATURES);
    uint64_t result;
    memcpy(&result, completion.cqe, 8);
    assert_int_equal(result, UINT64_C(0x123456789));
    const struct nvme_passthru_cmd64 *last = &fake.last[0];
    assert_int_equal(fake.count, 1);
    assert_int_equal(fake.last_request[0], NVME_IOCTL_ADMIN64_CMD);
    assert_int_equal(last->opcode, NVME_ADMIN_GET_FEATURES);
    assert_int_equal(last->nsid, 1);
    assert_int_equal(last->cdw10, 0x07);
    assert_int_equal(last->cdw15, 0x15151515);
    assert_int_equal(last->addr, (uint64_t)(uintptr_t)bell_buffer_data(buffer));
    assert_int_equal(last->data_len, 512);
    assert_int_equal(last->timeout_ms, 0); /* 10 s: the kernel shall not reset the disk for that */
}

static void test_data_goes_there_and_back(void **state)
{
    memset(bell_buffer_data(buffer), 0x5a, 512);
    bell_completion completion = run(io, command_of(NVME_NVM_WRITE, 3, 512));
    assert_int_equal(status_of(&completion), 0);
    assert_int_equal(completion.qid, 1);
    memset(bell_buffer_data(buffer), 0, 512);
    run(io, command_of(NVME_NVM_READ, 3, 512));
    assert_int_equal(((uint8_t *)bell_buffer_data(buffer))[511], 0x5a);
    assert_int_equal(fake.last_request[1], NVME_IOCTL_IO64_CMD);
    bell_cmdlog_entry entries[4];
    uint64_t next;
    assert_int_equal(bell_cmdlog_read(io, 0, entries, 4, &next), 2);
    assert_int_equal(entries[1].sqe[0], NVME_NVM_READ);
    assert_int_equal(entries[1].flags, BELL_LOG_DONE);
}

static void test_status_of_the_device_comes_back(void **state)
{
    bell_completion completion = run(io, command_of(NVME_NVM_READ, FAKE_BLOCKS, 512));
    assert_int_equal(status_of(&completion), 0x4080);
}

static void test_what_the_kernel_refuses_ends_as_aborted_by_the_host(void **state)
{
    fake.fail = EINVAL;
    bell_completion completion = run(admin, command_of(NVME_ADMIN_GET_LOG_PAGE, 2, 512));
    uint32_t result;
    memcpy(&result, completion.cqe, 4);
    assert_int_equal(status_of(&completion), 0x4371);
    assert_int_equal(result, EINVAL);
    assert_int_equal(completion.flags, 0);
}

static void test_order_is_kept_and_a_full_queue_says_so(void **state)
{
    fake_hold(true);
    for (uint32_t i = 0; i < 3; i++) {
        bell_command command = command_of(NVME_NVM_READ, i, 512);
        command.tag = i;
        MUST(bell_qpair_submit(io, &command, NULL));
    }
    refused(io, command_of(NVME_NVM_READ, 3, 512), -EAGAIN, "full");
    bell_completion ends[4];
    assert_int_equal(bell_qpair_poll(io, ends, 4), 0);
    fake_hold(false);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(bell_qpair_wait(io, ends, 1, WAIT_US), 1);
        assert_int_equal(ends[0].tag, i);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(fake.last[i].cdw10, i);
}

static void test_two_queues_do_not_wait_for_each_other(void **state)
{
    const bell_qpair_config queue = {.depth = 2};
    bell_qpair *other;
    MUST(bell_qpair_create(device, &queue, &other));
    fake_hold(true);
    bell_command command = command_of(NVME_NVM_READ, 0, 512);
    MUST(bell_qpair_submit(io, &command, NULL));
    MUST(bell_qpair_submit(other, &command, NULL));
    fake_await_inside(2);
    fake_hold(false);
    bell_completion completion;
    assert_int_equal(bell_qpair_wait(io, &completion, 1, WAIT_US), 1);
    assert_int_equal(bell_qpair_wait(other, &completion, 1, WAIT_US), 1);
    MUST(bell_qpair_close(other));
}

static void test_a_timeout_ends_the_command_and_the_late_end_is_logged(void **state)
{
    fake_hold(true);
    bell_command command = command_of(NVME_NVM_READ, 0, 512);
    command.timeout_ms = 20;
    MUST(bell_qpair_submit(io, &command, NULL));
    bell_completion completion;
    assert_int_equal(bell_qpair_wait(io, &completion, 1, WAIT_US), 1);
    assert_int_equal(completion.flags, BELL_CQ_TIMEOUT);

    /* The memory is kept for the kernel, though its owner has freed it. */
    MUST(bell_buffer_free(buffer));
    buffer = NULL;
    fake_hold(false);
    bell_cmdlog_entry entry = {0};
    uint64_t next;
    for (uint64_t limit = bell_now() + 20 * BELL_NS_PER_S; !(entry.flags & BELL_LOG_LATE) && bell_now() < limit;) {
        assert_int_equal(bell_qpair_poll(io, &completion, 1), 0);
        assert_int_equal(bell_cmdlog_read(io, 0, &entry, 1, &next), 1);
    }
    assert_true(entry.flags & BELL_LOG_LATE);
}

static void test_the_kernel_waits_as_long_as_the_sender_if_that_is_longer(void **state)
{
    bell_command command = command_of(NVME_ADMIN_FORMAT_NVM, 0, 0);
    command.timeout_ms = 90000;
    run(admin, command);
    assert_int_equal(fake.last[0].timeout_ms, 90000);
    command = command_of(NVME_NVM_READ, 0, 512);
    command.timeout_ms = 40000;
    run(io, command);
    assert_int_equal(fake.last[1].timeout_ms, 40000);
}

static void test_what_cannot_be_carried_is_refused_with_the_reason(void **state)
{
    bell_command command = command_of(NVME_NVM_READ, 0, 512);
    command.flags = BELL_CMD_RAW_CID;
    refused(io, command, -ENOTSUP, "command identifiers");
    command.flags = BELL_CMD_HOLD_DOORBELL;
    refused(io, command, -ENOTSUP, "doorbells");
    command.flags = BELL_CMD_RAW_DATA_POINTER;
    command.sqe[24] = 1;
    refused(io, command, -ENOTSUP, "PRPs");
    command = command_of(NVME_NVM_READ, 0, 512);
    command.sqe[1] = 0x40;
    refused(io, command, -ENOTSUP, "SGLs");
    command = command_of(NVME_NVM_READ, 0, 512);
    command.sqe[16] = 8;
    refused(io, command, -ENOTSUP, "metadata pointer is for");
    refused(admin, command_of(NVME_ADMIN_ASYNC_EVENT, 0, 0), -ENOTSUP, "asynchronous events");
    refused(admin, command_of(NVME_ADMIN_SET_FEATURES, 7, 0), -ENOTSUP, "queues");
    command = command_of(NVME_NVM_READ, 0, 512);
    command.sqe[4] = 9;
    refused(io, command, -ENOENT, "no namespace 9");
    command = command_of(NVME_NVM_READ, 0, 512);
    command.data_bytes = (256 << 10) + 4;
    refused(io, command, -E2BIG, "262144");
    command.data_bytes = 8196;
    refused(io, command, -EINVAL, "No buffer");
    assert_int_equal(fake.count, 0);

    const bell_qpair_config queue = {.depth = 2, .interrupts = 1, .vector = UINT32_MAX};
    bell_qpair *other;
    assert_int_equal(bell_qpair_create(device, &queue, &other), -ENOTSUP);
    uint64_t value;
    assert_int_equal(bell_register_read(device, NVME_REG_CAP, 8, &value), -ENOTSUP);
    assert_int_equal(bell_pci_config_write(device, 4, 2, 0), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "doorbell bind 0000:01:00.0"));
    assert_int_equal(bell_pci_reset(device, BELL_RESET_FLR), -ENOTSUP);
    assert_int_equal(bell_controller_shutdown(device, 0, 100), -ENOTSUP);
    assert_int_equal(bell_irq_isset(device, 0), -ENOTSUP);
    bell_worker *worker;
    const bell_worker_config work = {.nsid = 1, .lba_bytes = 512, .read_percent = 100};
    assert_int_equal(bell_worker_create(device, &work, &worker), -ENOTSUP);
}

static void test_metadata_apart_from_the_data_needs_a_buffer(void **state)
{
    fake.metadata = 8;
    bell_command command = command_of(NVME_NVM_READ, 0, 1024);
    command.sqe[48] = 1; /* two blocks */
    refused(io, command, -EINVAL, "a metadata buffer of 16 bytes");
    uint64_t iova = bell_buffer_iova(buffer) + 4096;
    memcpy(command.sqe + 16, &iova, sizeof iova);
    run(io, command);
    assert_int_equal(fake.last[0].metadata, iova);
    assert_int_equal(fake.last[0].metadata_len, 16);
    run(io, command_of(NVME_NVM_FLUSH, 0, 0));
}

static void test_a_controller_that_vanishes_loses_its_queues(void **state)
{
    fake.fail = ENODEV;
    bell_command command = command_of(NVME_ADMIN_GET_LOG_PAGE, 2, 512);
    MUST(bell_qpair_submit(admin, &command, NULL));
    bell_completion completion;
    assert_int_equal(bell_qpair_wait(admin, &completion, 1, WAIT_US), 1);
    assert_int_equal(completion.flags, BELL_CQ_LOST);
    refused(io, command_of(NVME_NVM_READ, 0, 512), -ENODEV, "lost");
    bell_controller_state seen;
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.state, BELL_STATE_LOST);
}

static void test_the_state_is_the_kernels(void **state)
{
    bell_controller_state seen;
    fake_state("resetting\n");
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.state, BELL_STATE_DISABLED);
    fake_state("dead\n");
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.state, BELL_STATE_LOST);
    fake_state("live\n");
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.state, BELL_STATE_READY);
}

static void test_enabling_again_starts_over(void **state)
{
    const bell_controller_config config = {0};
    run(admin, command_of(NVME_ADMIN_GET_LOG_PAGE, 2, 512));
    MUST(bell_controller_enable(device, &config));
    assert_ptr_equal(bell_controller_admin(device), admin);
    run(admin, command_of(NVME_ADMIN_GET_LOG_PAGE, 2, 512));
    refused(io, command_of(NVME_NVM_READ, 0, 512), -ENODEV, "lost");
}

static void test_config_space_is_sysfss(void **state)
{
    uint32_t value;
    bell_device_info info;
    MUST(bell_device_get_info(device, &info));
    assert_int_equal(info.config_bytes, 4096);
    MUST(bell_pci_config_read(device, 0x100, 4, &value));
    assert_int_equal(value, 0x160f0801);
    MUST(bell_pci_config_read(device, 2, 1, &value));
    assert_int_equal(value, 15);
}

static void test_a_user_who_is_not_root_sees_the_header(void **state)
{
    begin_as("/dev/nvme0", 64);
    bell_device_info info;
    MUST(bell_device_get_info(device, &info));
    assert_int_equal(info.config_bytes, 64);
    uint32_t value;
    assert_int_equal(bell_pci_config_read(device, 64, 4, &value), -EINVAL);
    end(state);
}

static void test_read_only_until_it_is_lifted(void **state)
{
    begin_as("/dev/nvme0", 256);
    assert_int_equal(bell_device_is_read_only(device), 1);
    refused(io, command_of(NVME_NVM_WRITE, 0, 512), -EPERM, "/dev/nvme0 is read-only");
    refused(admin, command_of(0xc0, 0, 0), -EPERM, "c0h");
    run(io, command_of(NVME_NVM_READ, 0, 512));
    MUST(bell_device_set_read_only(device, 0));
    run(io, command_of(NVME_NVM_WRITE, 0, 512));
    end(state);
}

static void test_who_may_not_send_commands_hears_it_when_opening(void **state)
{
    bell_device *none = NULL;
    fake_setup(64);
    fake.held = false;
    char path[300];
    snprintf(path, sizeof path, "%s/nvme0", fake.dev);
    remove(path);
    assert_int_equal(fake_open("/dev/nvme0", &none), -ENOENT);
    fake_text(fake.dev, "nvme0", "");
    fake_state("dead\n");
    assert_int_equal(fake_open("/dev/nvme0", &none), -ENODEV);
    assert_null(none);
    fake_teardown();
}

static void test_mdts_limits_the_data(void **state)
{
    fake_setup(64);
    fake.mdts = 1;
    MUST(fake_open("/dev/nvme0", &device));
    bell_controller_state seen;
    MUST(bell_controller_get_state(device, &seen));
    assert_int_equal(seen.max_data_bytes, 8192);
    assert_int_equal(seen.state, BELL_STATE_DISABLED); /* not enabled: no queues yet */
    MUST(bell_device_close(device));
    fake_teardown();
}

#define ON_DEVICE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DEVICE(test_says_what_it_is),
        ON_DEVICE(test_commands_reach_the_kernel_whole),
        ON_DEVICE(test_data_goes_there_and_back),
        ON_DEVICE(test_status_of_the_device_comes_back),
        ON_DEVICE(test_what_the_kernel_refuses_ends_as_aborted_by_the_host),
        ON_DEVICE(test_order_is_kept_and_a_full_queue_says_so),
        ON_DEVICE(test_two_queues_do_not_wait_for_each_other),
        ON_DEVICE(test_a_timeout_ends_the_command_and_the_late_end_is_logged),
        ON_DEVICE(test_the_kernel_waits_as_long_as_the_sender_if_that_is_longer),
        ON_DEVICE(test_what_cannot_be_carried_is_refused_with_the_reason),
        ON_DEVICE(test_metadata_apart_from_the_data_needs_a_buffer),
        ON_DEVICE(test_a_controller_that_vanishes_loses_its_queues),
        ON_DEVICE(test_the_state_is_the_kernels),
        ON_DEVICE(test_enabling_again_starts_over),
        ON_DEVICE(test_config_space_is_sysfss),
        cmocka_unit_test(test_a_user_who_is_not_root_sees_the_header),
        cmocka_unit_test(test_read_only_until_it_is_lifted),
        cmocka_unit_test(test_who_may_not_send_commands_hears_it_when_opening),
        cmocka_unit_test(test_mdts_limits_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
