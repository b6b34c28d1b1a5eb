/* SPDX-License-Identifier: Apache-2.0 */
/* What a read-only device lets through. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "nvme/effects.h"
#include "rig.h"
#include "spec/nvme.h"

static bool writes(bool admin, uint8_t opcode, uint32_t cdw10, uint32_t cdw11)
{
    struct nvme_sqe sqe = {.opcode = opcode, .cdw10 = cdw10, .cdw11 = cdw11};
    uint64_t words[8];
    memcpy(words, &sqe, sizeof words);
    return bell_command_writes(admin, words);
}

static void test_only_known_readers_are_no_writes(void **state)
{
    static const uint8_t admin[] = {0x02, 0x06, 0x0a, 0x0c, 0x18, 0x1a, 0x1e, 0x82, 0x86};
    static const uint8_t io[] = {0x00, 0x02, 0x05, 0x0c, 0x0e, 0x12, 0x7a};
    uint32_t admin_reads = 0, io_reads = 0;
    for (uint32_t opcode = 0; opcode < 256; opcode++) {
        admin_reads += !writes(true, (uint8_t)opcode, 0, 0);
        io_reads += !writes(false, (uint8_t)opcode, 0, 0);
    }
    assert_int_equal(admin_reads, sizeof admin);
    assert_int_equal(io_reads, sizeof io);
    for (size_t i = 0; i < sizeof admin; i++)
        assert_false(writes(true, admin[i], 0, 0));
    for (size_t i = 0; i < sizeof io; i++)
        assert_false(writes(false, io[i], 0, 0));
}

static void test_operations_of_receiving_commands_that_change_something(void **state)
{
    assert_true(writes(true, NVME_ADMIN_GET_LOG_PAGE, 0x0107, 0));      /* telemetry, create */
    assert_false(writes(true, NVME_ADMIN_GET_LOG_PAGE, 0x0007, 0));     /* telemetry, as it was */
    assert_false(writes(true, NVME_ADMIN_GET_LOG_PAGE, 0x0102, 0));     /* that bit of another page */
    assert_true(writes(true, NVME_ADMIN_DIRECTIVE_RECEIVE, 0, 0x0103)); /* streams, allocate resources */
    assert_false(writes(true, NVME_ADMIN_DIRECTIVE_RECEIVE, 0, 0x0102));
    assert_false(writes(true, NVME_ADMIN_SET_FEATURES, 0x07, 0));       /* number of queues: initialising */
    assert_true(writes(true, NVME_ADMIN_SET_FEATURES, 0x80000007u, 0)); /* saved */
}

static int submit(bell_qpair *qpair, uint8_t opcode, uint64_t iova, uint64_t bytes)
{
    bell_command command = {.data_iova = iova, .data_bytes = bytes};
    struct nvme_sqe sqe = {.opcode = opcode, .nsid = 1, .cdw10 = opcode == NVME_ADMIN_IDENTIFY};
    memcpy(command.sqe, &sqe, sizeof sqe);
    return bell_qpair_submit(qpair, &command, NULL);
}

/* The guard can be put up before any device, and is down again at once. */
static void test_a_read_only_device_sends_nothing_that_writes(void **state)
{
    struct rig rig = {.address = "sim:size=64MiB"};
    void *context = &rig;
    assert_int_equal(rig_setup(&context), 0);
    assert_int_equal(bell_device_is_read_only(rig.device), 0);
    const bell_qpair_config config = {.depth = 8};
    bell_qpair *qpair;
    MUST(bell_qpair_create(rig.device, &config, &qpair));

    MUST(bell_device_set_read_only(rig.device, 1));
    assert_int_equal(bell_device_is_read_only(rig.device), 1);
    assert_int_equal(submit(qpair, NVME_NVM_WRITE, rig.iova, LBA_BYTES), -EPERM);
    assert_non_null(strstr(bell_last_error(), "sim:size=64MiB is read-only and I/O opcode 01h"));
    assert_int_equal(submit(rig.admin, NVME_ADMIN_FORMAT_NVM, 0, 0), -EPERM);
    assert_int_equal(bell_register_write(rig.device, NVME_REG_INTMS, 4, 0), -EPERM);
    assert_int_equal(bell_pci_config_write(rig.device, 4, 2, 0), -EPERM);
    assert_int_equal(bell_pci_bar_write(rig.device, 0, 0, 4, 0), -EPERM);
    assert_int_equal(bell_pci_reset(rig.device, BELL_RESET_FLR), -EPERM);
    bell_worker_config work = {.nsid = 1,
                               .lba_bytes = LBA_BYTES,
                               .region_end = 8,
                               .size_count = 1,
                               .sizes = {1},
                               .size_weights = {1},
                               .read_percent = 99,
                               .qdepth = 1,
                               .cpu = UINT32_MAX};
    bell_worker *worker;
    assert_int_equal(bell_worker_create(rig.device, &work, &worker), -EPERM);

    bell_completion end;
    MUST(submit(qpair, NVME_NVM_READ, rig.iova, LBA_BYTES));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
    work.read_percent = 100;
    MUST(bell_worker_create(rig.device, &work, &worker));
    MUST(bell_worker_close(worker));

    MUST(bell_device_set_read_only(rig.device, 0));
    MUST(submit(qpair, NVME_NVM_WRITE, rig.iova, LBA_BYTES));
    assert_int_equal(bell_qpair_wait(qpair, &end, 1, WAIT_US), 1);
    bell_qpair_info info;
    MUST(bell_qpair_get_info(qpair, &info));
    assert_int_equal(info.submitted, 2); /* what was refused is not in the log either */
    MUST(bell_qpair_close(qpair));
    assert_int_equal(rig_teardown(&context), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_known_readers_are_no_writes),
        cmocka_unit_test(test_operations_of_receiving_commands_that_change_something),
        cmocka_unit_test(test_a_read_only_device_sends_nothing_that_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
