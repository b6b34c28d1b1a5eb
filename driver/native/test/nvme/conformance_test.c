/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver over whole devices: the embedded simulator always, QEMU's controller model where QEMU is installed. What
 * both must do is tested on both.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doorbell.h"
#include "spec/nvme.h"
#include "support/atomics.h"

enum { LBA_BYTES = 512, WAIT_US = 20000000 };

struct rig {
    const char *address;
    bell_device *device;
    bell_qpair *admin;
    bell_buffer *buffer;
    uint8_t *data;
    uint64_t iova;
};

#define MUST(call) must(call, #call, __LINE__)

static int must(int rc, const char *what, int line)
{
    if (rc < 0)
        fail_msg("line %d: %s = %d: %s", line, what, rc, bell_last_error());
    return rc;
}

static int rig_setup(void **state)
{
    struct rig *rig = *state;
    const bell_controller_config config = {0};
    int rc = bell_device_open(rig->address, &rig->device);
    if (rc < 0) {
        print_message("%s: %s\n", rig->address, bell_last_error());
        rig->device = NULL;
        return rc == -ENOENT ? 0 : rc;
    }
    rc = bell_controller_enable(rig->device, &config);
    if (rc == 0)
        rc = bell_buffer_alloc(rig->device, 4u << 20, &rig->buffer);
    if (rc < 0) {
        print_message("%s: %s\n", rig->address, bell_last_error());
        return rc;
    }
    rig->admin = bell_controller_admin(rig->device);
    rig->data = bell_buffer_data(rig->buffer);
    rig->iova = bell_buffer_iova(rig->buffer);
    return 0;
}

static int rig_teardown(void **state)
{
    struct rig *rig = *state;
    if (!rig->device)
        return 0;
    int rc = bell_buffer_free(rig->buffer);
    return rc < 0 ? rc : bell_device_close(rig->device);
}

static struct rig *rig_of(void **state)
{
    struct rig *rig = *state;
    if (!rig->device)
        skip(); /* not installed; the reason has been printed */
    return rig;
}

static bell_command command_of(const struct nvme_sqe *sqe, uint64_t iova, uint64_t bytes)
{
    bell_command command = {.data_iova = iova, .data_bytes = bytes};
    memcpy(command.sqe, sqe, sizeof command.sqe);
    return command;
}

static uint16_t status_of(const bell_completion *end)
{
    return (uint16_t)(end->cqe[14] | end->cqe[15] << 8) >> 1 & NVME_STATUS_CODE;
}

/* The last event that came while run waited for something else. */
static struct {
    bell_completion end;
    bool seen;
} event;

/* Run one command; an event that comes meanwhile is set aside. Returns its status. */
static uint16_t run(bell_qpair *qpair, bell_command command, bell_completion *end)
{
    bell_completion place;
    end = end ? end : &place;
    MUST(bell_qpair_submit(qpair, &command, NULL));
    for (;;) {
        if (MUST(bell_qpair_wait(qpair, end, 1, WAIT_US)) != 1)
            fail_msg("opcode %02xh did not end", command.sqe[0]);
        if (!(end->flags & BELL_CQ_EVENT))
            break;
        event.end = *end;
        event.seen = true;
    }
    assert_int_equal(end->flags, 0);
    return status_of(end);
}

static uint16_t identify(struct rig *rig, uint32_t cns, uint32_t nsid)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_IDENTIFY, .nsid = nsid, .cdw10 = cns};
    return run(rig->admin, command_of(&sqe, rig->iova, 4096), NULL);
}

static bell_command io_command(uint8_t opcode, uint64_t lba, uint32_t count, uint64_t iova)
{
    const struct nvme_sqe sqe = {
        .opcode = opcode, .nsid = 1, .cdw10 = (uint32_t)lba, .cdw11 = (uint32_t)(lba >> 32), .cdw12 = count - 1};
    return command_of(&sqe, iova, (uint64_t)count * LBA_BYTES);
}

static bell_qpair *qpair_new(struct rig *rig, uint32_t depth, bool interrupts)
{
    bell_qpair *qpair = NULL;
    const bell_qpair_config config = {.depth = depth, .interrupts = interrupts, .vector = UINT32_MAX};
    MUST(bell_qpair_create(rig->device, &config, &qpair));
    return qpair;
}

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

static void test_interrupts_are_seen_cleared_and_masked(void **state)
{
    struct rig *rig = rig_of(state);
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
    static const uint32_t kinds[] = {BELL_RESET_FLR, BELL_RESET_PM};
    const bell_controller_config config = {.admin_depth = 32};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bell_qpair *qpair = qpair_new(rig, 8, false);
        int rc = bell_pci_reset(rig->device, kinds[i]);
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

static void test_too_many_event_requests_and_an_aborted_one(void **state)
{
    struct rig *rig = rig_of(state);
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    const struct nvme_sqe features = {.opcode = NVME_ADMIN_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    assert_int_equal(run(rig->admin, command_of(&features, rig->iova, 4096), NULL), NVME_SC_SUCCESS);
    uint32_t limit = rig->data[259] + 1u; /* AERL */
    uint16_t cid = 0;
    bell_completion end;
    bell_command request = command_of(&sqe, 0, 0);
    for (uint32_t armed = 1; armed < limit; armed++) {
        request.tag = armed;
        MUST(bell_qpair_submit(rig->admin, &request, &cid));
    }
    assert_int_equal(run(rig->admin, request, NULL), 0x105); /* Asynchronous Event Request Limit Exceeded */

    if (limit > 1) {
        const struct nvme_sqe abort = {.opcode = NVME_ADMIN_ABORT, .cdw10 = (uint32_t)cid << 16};
        bell_command command = command_of(&abort, 0, 0);
        command.tag = 1000;
        MUST(bell_qpair_submit(rig->admin, &command, NULL));
        bool aborted = false, answered = false, succeeded = false;
        for (int i = 0; i < 2 && !(answered && !succeeded); i++) {
            assert_int_equal(MUST(bell_qpair_wait(rig->admin, &end, 1, WAIT_US)), 1);
            if (end.tag == 1000) {
                answered = true;
                succeeded = status_of(&end) == NVME_SC_SUCCESS && !(end.cqe[0] & 1);
            } else {
                aborted = end.tag == limit - 1 && status_of(&end) == NVME_SC_ABORT_REQUESTED;
            }
        }
        assert_true(answered);
        assert_int_equal(aborted, succeeded);
    }
    /* The requests that are left end with the reset. */
    const bell_controller_config config = {0};
    MUST(bell_controller_enable(rig->device, &config));
    while (MUST(bell_qpair_poll(rig->admin, &end, 1)) == 1)
        assert_int_equal(end.flags, BELL_CQ_LOST);
}

struct watch {
    bell_qpair *qpair;
    uint32_t stop;
    uint64_t seen;
    uint64_t bad;
};

static void *watch_log(void *argument)
{
    struct watch *watch = argument;
    bell_cmdlog_entry *entries = calloc(256, sizeof *entries);
    bell_qpair_info info;
    uint64_t next = 0;
    while (!bell_peek(&watch->stop)) {
        uint64_t from = next;
        int count = bell_cmdlog_read(watch->qpair, from, entries, 256, &next);
        bell_qpair_get_info(watch->qpair, &info);
        for (int i = 0; i < count; i++) {
            bool done = entries[i].flags & BELL_LOG_DONE;
            bool sane = entries[i].sequence >= from && entries[i].sequence < next && entries[i].qid == info.qid &&
                        entries[i].sqe[0] == NVME_NVM_READ && entries[i].submitted_ns != 0 &&
                        done == (entries[i].completed_ns >= entries[i].submitted_ns);
            watch->bad += !sane;
        }
        watch->bad += info.outstanding > 31;
        watch->seen += (uint64_t)count;
    }
    free(entries);
    return NULL;
}

static void test_log_and_state_are_readable_while_the_queue_works(void **state)
{
    struct rig *rig = rig_of(state);
    bell_qpair *qpair = qpair_new(rig, 32, false);
    struct watch watch = {.qpair = qpair};
    bell_completion ends[32];
    pthread_t thread;
    bell_command read = io_command(NVME_NVM_READ, 0, 8, rig->iova);
    assert_int_equal(pthread_create(&thread, NULL, watch_log, &watch), 0);
    for (int round = 0; round < 500; round++) {
        while (bell_qpair_submit(qpair, &read, NULL) == 0)
            ;
        MUST(bell_qpair_wait(qpair, ends, 32, WAIT_US));
    }
    bell_qpair_info info;
    while (MUST(bell_qpair_get_info(qpair, &info)) == 0 && info.outstanding > 0)
        assert_true(MUST(bell_qpair_wait(qpair, ends, 32, WAIT_US)) > 0);
    bell_poke(&watch.stop, UINT32_C(1));
    pthread_join(thread, NULL);
    assert_int_equal(watch.bad, 0);
    assert_true(watch.seen > 0);

    bell_cmdlog_entry entry;
    uint64_t next;
    assert_int_equal(bell_cmdlog_read(qpair, info.submitted - 1, &entry, 1, &next), 1);
    assert_int_equal(entry.flags, BELL_LOG_DONE);
    assert_int_equal(next, info.submitted);
    MUST(bell_qpair_close(qpair));
}

static void feature_set(struct rig *rig, uint32_t feature, uint32_t value)
{
    const struct nvme_sqe sqe = {.opcode = NVME_ADMIN_SET_FEATURES, .cdw10 = feature, .cdw11 = value};
    assert_int_equal(run(rig->admin, command_of(&sqe, 0, 0), NULL), NVME_SC_SUCCESS);
}

/* The next event; reading the SMART log lets the device report the next one of its kind (NVMe Base 2.0c §5.2). */
static void temperature_event_expect(struct rig *rig)
{
    bell_completion end;
    const struct nvme_sqe smart = {
        .opcode = NVME_ADMIN_GET_LOG_PAGE, .nsid = NVME_NSID_ALL, .cdw10 = NVME_LID_SMART | 127u << 16};
    if (event.seen)
        end = event.end;
    else
        assert_int_equal(MUST(bell_qpair_wait(rig->admin, &end, 1, WAIT_US)), 1);
    event.seen = false;
    assert_int_equal(end.flags, BELL_CQ_EVENT);
    assert_int_equal(status_of(&end), NVME_SC_SUCCESS);
    assert_int_equal(end.cqe[0] & NVME_AER_TYPE, NVME_AER_SMART);
    assert_int_equal(end.cqe[2], NVME_LID_SMART);
    assert_int_equal(run(rig->admin, command_of(&smart, rig->iova, 512), NULL), NVME_SC_SUCCESS);
}

static void test_events_come_again_and_again(void **state)
{
    struct rig *rig = rig_of(state);
    feature_set(rig, NVME_FEAT_ASYNC_EVENT, 0x1f);
    for (int i = 0; i < 5; i++) {
        feature_set(rig, NVME_FEAT_TEMPERATURE_THRESHOLD, 200); /* kelvin: it is warmer */
        temperature_event_expect(rig);
        feature_set(rig, NVME_FEAT_TEMPERATURE_THRESHOLD, 400);
    }
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

struct load {
    bell_qpair *qpair;
    uint64_t iova;
    uint64_t sent, ended, lost, bad;
};

/* Reads until the queue is lost, then takes what is still owed. */
static void *load_run(void *argument)
{
    struct load *load = argument;
    bell_command read = io_command(NVME_NVM_READ, 0, 8, load->iova);
    bell_completion ends[16];
    for (;;) {
        int rc;
        while ((rc = bell_qpair_submit(load->qpair, &read, NULL)) == 0)
            load->sent++;
        if (rc == -ENODEV && load->ended == load->sent)
            break;
        int count = bell_qpair_wait(load->qpair, ends, 16, WAIT_US);
        if (count <= 0) {
            load->bad++;
            break;
        }
        for (int i = 0; i < count; i++) {
            load->lost += ends[i].flags == BELL_CQ_LOST;
            load->bad += ends[i].flags == 0 && status_of(&ends[i]) != NVME_SC_SUCCESS;
        }
        load->ended += (uint64_t)count;
    }
    load->bad += bell_qpair_poll(load->qpair, ends, 16) != 0;
    return NULL;
}

static void test_reset_under_load_ends_everything_once(void **state)
{
    struct rig *rig = rig_of(state);
    const bell_controller_config config = {0};
    struct load loads[2] = {0};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        loads[i].qpair = qpair_new(rig, 16, false);
        loads[i].iova = rig->iova + 4096 * (uint64_t)i;
        assert_int_equal(pthread_create(&threads[i], NULL, load_run, &loads[i]), 0);
    }
    bell_qpair_info info;
    do {
        MUST(bell_qpair_get_info(loads[1].qpair, &info));
        sched_yield();
    } while (info.completed < 200);
    MUST(bell_pci_reset(rig->device, BELL_RESET_FLR));
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(loads[i].bad, 0);
        assert_int_equal(loads[i].ended, loads[i].sent);
        MUST(bell_qpair_close(loads[i].qpair));
    }
    MUST(bell_controller_enable(rig->device, &config));
    assert_int_equal(identify(rig, NVME_CNS_CONTROLLER, 0), NVME_SC_SUCCESS);
}

#define ON(rig, test)                                                                                                  \
    {                                                                                                                  \
#rig ": " #test, test, rig_setup, rig_teardown, &rig                                                           \
    }
#define ON_BOTH(test) ON(sim, test), ON(qemu, test)

int main(void)
{
    static struct rig sim = {.address = "sim:"};
    static struct rig slow_sim = {.address = "sim:read-latency=200ms"};
    static struct rig deep_sim = {.address = "sim:mqes=65536"};
    static struct rig three_queue_sim = {.address = "sim:queues=3"};
    static struct rig qemu = {.address = "qemu:"};
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_identify_names_the_controller),
        ON_BOTH(test_any_command_reaches_the_device),
        ON_BOTH(test_sixteen_qpairs_carry_data),
        ON_BOTH(test_unaligned_and_long_transfers_arrive_whole),
        ON_BOTH(test_cids_are_used_again_over_many_commands),
        ON_BOTH(test_interrupts_are_seen_cleared_and_masked),
        ON_BOTH(test_reset_and_enable_bring_a_working_controller),
        ON_BOTH(test_shutdown_completes),
        ON_BOTH(test_too_many_event_requests_and_an_aborted_one),
        ON_BOTH(test_log_and_state_are_readable_while_the_queue_works),
        ON_BOTH(test_reset_under_load_ends_everything_once),
        ON_BOTH(test_events_come_again_and_again),
        ON(slow_sim, test_slow_command_times_out_and_its_late_completion_is_dropped),
        ON(deep_sim, test_deepest_queue_fills_and_drains),
        ON(three_queue_sim, test_ids_beyond_the_devices_queues_are_refused_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
