/* SPDX-License-Identifier: Apache-2.0 */
/* Commands, queues, interrupts, resets and shutdown over whole devices. */
#include <stdlib.h>

#include "rig.h"

static void test_identify_names_the_controller(void **state)
{
    struct rig *rig = rig_of(state);
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
    assert_int_not_equal(rig->data[4], 0);
    uint32_t namespaces;
    memcpy(&namespaces, rig->data + 516, sizeof namespaces);
    assert_int_not_equal(namespaces, 0);
    assert_int_equal(identify(rig, NVME_CNS_NAMESPACE, 1), NVME_SC_SUCCESS);
}

static void test_any_command_reaches_the_device(void **state)
{
    struct rig *rig = rig_of(state);
    const struct nvme_sqe illegal = {.opcode = 0x7e, .nsid = 0xdeadbeef};
    bell_completion end;
    assert_int_equal(run(rig->admin, command_of(&illegal, 0, 0), &end), NVME_SC_INVALID_OPCODE);
}

static void test_sixteen_qpairs_carry_data(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpairs[16];
    const struct nvme_sqe queues = {
        .opcode = NVME_ADMIN_SET_FEATURES, .cdw10 = NVME_FEAT_NUMBER_OF_QUEUES, .cdw11 = 0x000f000f};
    assert_int_equal(run(rig->admin, command_of(&queues, 0, 0), NULL), NVME_SC_SUCCESS);
    for (uint32_t i = 0; i < 16; i++) {
        qpairs[i] = qpair_new(rig, 16, true);
        memset(rig->data + 4096 * (uint64_t)i, (int)i + 1, 4096);
        const bell_command write = io_command(NVME_NVM_WRITE, 8 * i, 8, rig->iova + 4096 * (uint64_t)i);
        assert_int_equal(run(qpairs[i], write, NULL), NVME_SC_SUCCESS);
    }
    for (uint32_t i = 0; i < 16; i++) {
        const bell_command read = io_command(NVME_NVM_READ, 8 * i, 8, rig->iova + 65536);
        assert_int_equal(run(qpairs[15 - i], read, NULL), NVME_SC_SUCCESS);
        assert_memory_equal(rig->data + 65536, rig->data + 4096 * (uint64_t)i, 4096);
    }
    for (uint32_t i = 0; i < 16; i++)
        MUST(bell_qpair_close(qpairs[i]));
}

static void test_unaligned_and_long_transfers_arrive_whole(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 4, false);
    static const struct {
        uint32_t offset, lbas;
    } transfers[] = {{0, 1}, {4, 1}, {3840, 1}, {512, 8}, {4, 16}, {2048, 64}, {4092, 256}, {0, 512}};
    for (size_t i = 0; i < sizeof transfers / sizeof transfers[0]; i++) {
        uint64_t bytes = (uint64_t)transfers[i].lbas * LBA_BYTES;
        uint8_t *source = rig->data + transfers[i].offset;
        uint8_t *target = rig->data + (2u << 20) + 1028;
        for (uint64_t b = 0; b < bytes; b++)
            source[b] = (uint8_t)(b * 7 + b / 253 + i);
        memset(target - 4, 0, bytes + 8);
        bell_command write = io_command(NVME_NVM_WRITE, 1000, transfers[i].lbas, rig->iova + transfers[i].offset);
        assert_int_equal(run(qpair, write, NULL), NVME_SC_SUCCESS);
        bell_command read = io_command(NVME_NVM_READ, 1000, transfers[i].lbas, rig->iova + (2u << 20) + 1028);
        assert_int_equal(run(qpair, read, NULL), NVME_SC_SUCCESS);
        assert_memory_equal(source, target, bytes);
        assert_int_equal(target[-1], 0);
        assert_int_equal(target[bytes], 0);
    }
    MUST(bell_qpair_close(qpair));
}

static void test_cids_are_used_again_over_many_commands(void **state)
{
    struct rig *rig = rig_of(state);
    bool sim = strncmp(rig->address, "sim:", 4) == 0;
    uint64_t total = sim ? 70000 : 2000;
    uint64_t sent = 0, ended = 0, tags = 0;
    bell_qpair *qpair = qpair_new(rig, 32, false);
    bell_completion ends[32];
    bell_command read = io_command(NVME_NVM_READ, 0, 1, rig->iova);
    while (ended < total) {
        read.tag = sent;
        while (sent < total && bell_qpair_submit(qpair, &read, NULL) == 0)
            read.tag = ++sent;
        int count = MUST(bell_qpair_wait(qpair, ends, 32, WAIT_US));
        assert_true(count > 0);
        for (int i = 0; i < count; i++) {
            assert_int_equal(ends[i].flags, 0);
            assert_int_equal(status_of(&ends[i]), NVME_SC_SUCCESS);
            assert_true(ends[i].cid < 31);
            tags += ends[i].tag;
        }
        ended += (uint64_t)count;
    }
    assert_int_equal(tags, total * (total - 1) / 2);
    bell_qpair_info info;
    MUST(bell_qpair_get_info(qpair, &info));
    assert_int_equal(info.submitted, total);
    assert_int_equal(info.outstanding, 0);
    MUST(bell_qpair_close(qpair));
}

/* Sends a command, and looks at the vector until its message is there. */
static bool message_comes(struct rig *rig, bell_qpair *qpair, uint32_t vector)
{
    bell_completion end;
    assert_int_equal(run(qpair, io_command(NVME_NVM_READ, 0, 1, rig->iova), NULL), NVME_SC_SUCCESS);
    for (int i = 0; i < 100; i++) {
        if (MUST(bell_irq_isset(rig->device, vector)) == 1)
            return true;
        bell_qpair_wait(qpair, &end, 1, 1000);
    }
    return false;
}

/* A device without interrupts says so wherever they are asked for. */
static void no_interrupts(struct rig *rig)
{
    bell_qpair *qpair;
    const bell_qpair_config config = {.depth = 4, .interrupts = 1, .vector = UINT32_MAX};
    assert_int_equal(bell_qpair_create(rig->device, &config, &qpair), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "interrupts"));
    assert_int_equal(bell_irq_isset(rig->device, 0), -ENOTSUP);
    assert_int_equal(bell_irq_mask(rig->device, 0), -ENOTSUP);
}

static void test_interrupts_are_seen_cleared_and_masked(void **state)
{
    struct rig *rig = rig_of(state);
    if (!rig_has(rig, BELL_HAS_INTERRUPTS)) {
        no_interrupts(rig);
        return;
    }
    bell_qpair *qpair = qpair_new(rig, 4, true);
    bell_qpair_info info;
    MUST(bell_qpair_get_info(qpair, &info));
    uint32_t vector = info.vector;
    assert_int_not_equal(vector, UINT32_MAX);

    MUST(bell_irq_clear(rig->device, vector));
    assert_int_equal(MUST(bell_irq_isset(rig->device, vector)), 0);
    assert_true(message_comes(rig, qpair, vector));
    MUST(bell_irq_clear(rig->device, vector));
    assert_int_equal(MUST(bell_irq_isset(rig->device, vector)), 0);

    MUST(bell_irq_mask(rig->device, vector));
    assert_false(message_comes(rig, qpair, vector));
    MUST(bell_irq_unmask(rig->device, vector)); /* what was pending is delivered now */
    bell_completion end;
    for (int i = 0; i < 1000 && MUST(bell_irq_isset(rig->device, vector)) == 0; i++)
        bell_qpair_wait(qpair, &end, 1, 1000);
    assert_int_equal(MUST(bell_irq_isset(rig->device, vector)), 1);
    MUST(bell_irq_clear(rig->device, vector));
    assert_true(message_comes(rig, qpair, vector));
    MUST(bell_qpair_close(qpair));
}

static void test_reset_and_enable_bring_a_working_controller(void **state)
{
    struct rig *rig = rig_of(state);
    static const uint32_t kinds[] = {0, BELL_RESET_FLR, BELL_RESET_PM};
    const bell_controller_config config = {.admin_depth = 32};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bell_qpair *qpair = qpair_new(rig, 8, false);
        int rc = kinds[i] ? bell_pci_reset(rig->device, kinds[i]) : bell_controller_disable(rig->device);
        if (rc == -ENOTSUP) {
            MUST(bell_qpair_close(qpair));
            continue;
        }
        MUST(rc);
        bell_command read = io_command(NVME_NVM_READ, 0, 1, rig->iova);
        assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -ENODEV);
        uint64_t cc;
        MUST(bell_register_read(rig->device, NVME_REG_CC, 4, &cc));
        assert_int_equal(cc & NVME_CC_EN, 0);
        MUST(bell_controller_enable(rig->device, &config));
        assert_ptr_equal(bell_controller_admin(rig->device), rig->admin);
        assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
        bell_qpair *fresh = qpair_new(rig, 8, false);
        assert_int_equal(run(fresh, read, NULL), NVME_SC_SUCCESS);
        MUST(bell_qpair_close(qpair));
        assert_int_equal(run(fresh, read, NULL), NVME_SC_SUCCESS);
        MUST(bell_qpair_close(fresh));
    }
}

static void test_shutdown_completes(void **state)
{
    struct rig *rig = rig_of(state);
    const bell_controller_config config = {0};
    uint64_t csts;
    MUST(bell_controller_shutdown(rig->device, 0, 10000));
    MUST(bell_register_read(rig->device, NVME_REG_CSTS, 4, &csts));
    assert_int_equal(NVME_GET(csts, NVME_CSTS_SHST), NVME_CSTS_SHST_COMPLETE);
    MUST(bell_controller_enable(rig->device, &config));
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
}

static void test_slow_command_times_out_and_its_late_completion_is_dropped(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 3, false);
    bell_completion end;
    bell_cmdlog_entry entry;
    uint64_t next;
    bell_command read = io_command(NVME_NVM_READ, 0, 1, rig->iova);
    read.timeout_ms = 1;
    read.tag = 1;
    MUST(bell_qpair_submit(qpair, &read, NULL));
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);

    read.timeout_ms = 0;
    read.tag = 2;
    MUST(bell_qpair_submit(qpair, &read, NULL));
    assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -EAGAIN);
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, 0);
    assert_int_equal(end.tag, 2);
    assert_int_equal(bell_cmdlog_read(qpair, 0, &entry, 1, &next), 1);
    assert_int_equal(entry.flags, BELL_LOG_DONE | BELL_LOG_LATE | BELL_CQ_TIMEOUT);
    MUST(bell_qpair_submit(qpair, &read, NULL));
    MUST(bell_qpair_submit(qpair, &read, NULL));
    MUST(bell_qpair_close(qpair));
}

static void test_deepest_queue_fills_and_drains(void **state)
{
    struct rig *rig = rig_of(state);
    enum { SLOTS = 65535 };
    bell_qpair *qpair = qpair_new(rig, SLOTS + 1, false);
    uint8_t *ended = calloc(SLOTS, 1);
    bell_completion ends[64];
    bell_command read = io_command(NVME_NVM_READ, 0, 1, rig->iova);
    read.flags = BELL_CMD_HOLD_DOORBELL;
    for (read.tag = 0; read.tag < SLOTS; read.tag++)
        MUST(bell_qpair_submit(qpair, &read, NULL));
    assert_int_equal(bell_qpair_submit(qpair, &read, NULL), -EAGAIN);
    MUST(bell_qpair_ring(qpair));
    for (uint32_t count = 0; count < SLOTS;) {
        int taken = MUST(bell_qpair_wait(qpair, ends, 64, WAIT_US));
        assert_true(taken > 0);
        for (int i = 0; i < taken; i++)
            assert_int_equal(ended[ends[i].tag]++, 0);
        count += (uint32_t)taken;
    }
    free(ended);
    MUST(bell_qpair_close(qpair));
}

static void test_ids_beyond_the_devices_queues_are_refused_in_words(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpairs[3], *other;
    for (int i = 0; i < 3; i++)
        qpairs[i] = qpair_new(rig, 4, false);
    assert_int_equal(bell_qpair_create(rig->device, &(bell_qpair_config){.depth = 4}, &other), -EIO);
    assert_non_null(strstr(bell_last_error(), "queue 4: status type 1h, code 01h"));
    MUST(bell_qpair_close(qpairs[1]));
    qpairs[1] = qpair_new(rig, 4, false);
    for (int i = 0; i < 3; i++)
        MUST(bell_qpair_close(qpairs[i]));
}

int main(void)
{
    static struct rig sim = {.address = "sim:"};
    static struct rig slow_sim = {.address = "sim:read-latency=200ms"};
    static struct rig deep_sim = {.address = "sim:mqes=65536"};
    static struct rig three_queue_sim = {.address = "sim:queues=3"};
    static struct rig vfio_user = {.serve = "sim:"};
    static struct rig tcp = {.serve_tcp = "sim:", .options = ""};
    static struct rig tcp_digests = {.serve_tcp = "sim:", .options = "?hdgst=on&ddgst=on&hpda=7&r2ts=2"};
    static struct rig qemu = {.address = "qemu:"};
    const struct CMUnitTest tests[] = {
        ON_EVERY(test_identify_names_the_controller),
        ON(tcp, test_identify_names_the_controller),
        ON(tcp_digests, test_identify_names_the_controller),
        ON_EVERY(test_any_command_reaches_the_device),
        ON(tcp, test_any_command_reaches_the_device),
        ON(tcp_digests, test_any_command_reaches_the_device),
        ON_EVERY(test_sixteen_qpairs_carry_data),
        ON(tcp, test_sixteen_qpairs_carry_data),
        ON(tcp_digests, test_sixteen_qpairs_carry_data),
        ON_EVERY(test_unaligned_and_long_transfers_arrive_whole),
        ON(tcp, test_unaligned_and_long_transfers_arrive_whole),
        ON(tcp_digests, test_unaligned_and_long_transfers_arrive_whole),
        ON_EVERY(test_cids_are_used_again_over_many_commands),
        ON(tcp, test_cids_are_used_again_over_many_commands),
        ON(tcp_digests, test_cids_are_used_again_over_many_commands),
        ON_EVERY(test_interrupts_are_seen_cleared_and_masked),
        ON(tcp, test_interrupts_are_seen_cleared_and_masked),
        ON(tcp_digests, test_interrupts_are_seen_cleared_and_masked),
        ON_EVERY(test_reset_and_enable_bring_a_working_controller),
        ON(tcp, test_reset_and_enable_bring_a_working_controller),
        ON(tcp_digests, test_reset_and_enable_bring_a_working_controller),
        ON_EVERY(test_shutdown_completes),
        ON(tcp, test_shutdown_completes),
        ON(tcp_digests, test_shutdown_completes),
        ON(slow_sim, test_slow_command_times_out_and_its_late_completion_is_dropped),
        ON(deep_sim, test_deepest_queue_fills_and_drains),
        ON(three_queue_sim, test_ids_beyond_the_devices_queues_are_refused_in_words),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
