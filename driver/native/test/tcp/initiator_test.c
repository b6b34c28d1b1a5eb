/* SPDX-License-Identifier: Apache-2.0 */
/* The host's side of NVMe/TCP against a peer that behaves in every way that the transport allows. */
#include "peer.h"

#define MUST(call) must((call), #call, __LINE__)

static int must(int rc, const char *what, int line)
{
    if (rc < 0)
        fail_msg("line %d: %s = %d: %s", line, what, rc, bell_last_error());
    return rc;
}

struct bench {
    struct peer peer;
    bell_device *device;
    bell_qpair *qpair;
    bell_buffer *buffer;
    uint8_t *data;
    uint64_t iova;
};

enum { WAIT_US = 60000000, BUFFER = 1 << 20 };

static void bench_open(struct bench *bench, const char *options)
{
    const bell_controller_config config = {.timeout_ms = 60000};
    const bell_qpair_config queue = {.depth = 32};
    peer_start(&bench->peer, options);
    MUST(bell_device_open(bench->peer.address, &bench->device));
    MUST(bell_controller_enable(bench->device, &config));
    MUST(bell_buffer_alloc(bench->device, BUFFER, &bench->buffer));
    MUST(bell_qpair_create(bench->device, &queue, &bench->qpair));
    bench->data = bell_buffer_data(bench->buffer);
    bench->iova = bell_buffer_iova(bench->buffer);
}

static void bench_close(struct bench *bench)
{
    MUST(bell_qpair_close(bench->qpair));
    MUST(bell_buffer_free(bench->buffer));
    MUST(bell_device_close(bench->device));
    peer_stop(&bench->peer);
}

static bell_command io(uint8_t opcode, uint32_t lba, uint32_t count, uint64_t iova)
{
    const struct nvme_sqe sqe = {.opcode = opcode, .nsid = 1, .cdw10 = lba, .cdw12 = count - 1};
    bell_command command = {.data_iova = iova, .data_bytes = (uint64_t)count * PEER_LBA, .timeout_ms = 60000};
    memcpy(command.sqe, &sqe, sizeof sqe);
    return command;
}

static bell_completion run(bell_qpair *qpair, bell_command command)
{
    bell_completion end;
    MUST(bell_qpair_submit(qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(qpair, &end, 1, WAIT_US)), 1);
    return end;
}

static uint16_t status_of(const bell_completion *end)
{
    return (uint16_t)(end->cqe[14] | end->cqe[15] << 8) >> 1 & NVME_STATUS_CODE;
}

static void pattern(uint8_t *data, uint32_t bytes, uint8_t seed)
{
    for (uint32_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(i * 7 + (i >> 9) * 13 + seed);
}

/* Writes and reads of several sizes come back as they were sent. */
static void moves_data(struct bench *bench)
{
    static const uint32_t sizes[] = {1, 8, 9, 16, 17, 64, 255, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint32_t bytes = sizes[i] * PEER_LBA;
        pattern(bench->data, bytes, (uint8_t)i);
        bell_completion end = run(bench->qpair, io(NVME_NVM_WRITE, 3, sizes[i], bench->iova));
        assert_int_equal(end.flags, 0);
        assert_int_equal(status_of(&end), 0);
        assert_memory_equal(bench->peer.disk + 3 * PEER_LBA, bench->data, bytes);
        memset(bench->data + bytes / 2, 0, bytes / 2);
        end = run(bench->qpair, io(NVME_NVM_READ, 3, sizes[i], bench->iova));
        assert_int_equal(end.flags, 0);
        assert_int_equal(status_of(&end), 0);
        assert_memory_equal(bench->peer.disk + 3 * PEER_LBA, bench->data, bytes);
    }
}

static void test_data_in_capsules_and_by_r2t(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bench_open(&bench, "");
    moves_data(&bench);
    assert_true(atomic_load(&bench.peer.in_capsule) > 0);
    assert_true(atomic_load(&bench.peer.h2c_pdus) > 0);
    bench_close(&bench);
}

static void test_every_alignment_and_digest(void **state)
{
    static const struct {
        uint8_t cpda, hpda;
        bool hdgst, ddgst;
    } mixes[] = {
        {0, 0, true, false}, {31, 0, false, true}, {0, 31, true, true}, {15, 7, true, true}, {3, 3, false, false}};
    for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++) {
        struct bench bench = {.peer = {.ioccsz = 4096,
                                       .cpda = mixes[i].cpda,
                                       .hdgst = mixes[i].hdgst,
                                       .ddgst = mixes[i].ddgst,
                                       .maxh2c = 4096,
                                       .r2t_each = 10000 / 4 * 4,
                                       .piece = 5000}};
        char options[80];
        snprintf(options, sizeof options, "&hdgst=%s&ddgst=%s&hpda=%u&r2ts=3", mixes[i].hdgst ? "on" : "off",
                 mixes[i].ddgst ? "on" : "off", mixes[i].hpda);
        bench_open(&bench, options);
        moves_data(&bench);
        bench_close(&bench);
    }
}

static void test_responses_in_the_last_data(void **state)
{
    struct bench bench = {.peer = {.success = true, .piece = 4096, .r2t_each = 4096}};
    bench_open(&bench, "&r2ts=16&incapsule=off");
    moves_data(&bench);
    assert_int_equal(atomic_load(&bench.peer.in_capsule), 0);
    bench_close(&bench);
}

/* A batch is one doorbell; what comes back in one read is many completions. */
static void test_many_commands_a_doorbell(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_completion ends[31];
    uint64_t seen = 0;
    bench_open(&bench, "");
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < 31; i++) {
            bell_command command =
                io(i % 2 ? NVME_NVM_READ : NVME_NVM_WRITE, 40 * i, 8 + i, bench.iova + 32768 * (uint64_t)i);
            command.flags = i < 30 ? BELL_CMD_HOLD_DOORBELL : 0;
            command.tag = i;
            MUST(bell_qpair_submit(bench.qpair, &command, NULL));
        }
        bell_command extra = io(NVME_NVM_READ, 0, 1, bench.iova);
        assert_int_equal(bell_qpair_submit(bench.qpair, &extra, NULL), -EAGAIN);
        for (uint32_t count = 0; count < 31;) {
            int got = MUST(bell_qpair_wait(bench.qpair, ends, 31, WAIT_US));
            assert_true(got > 0);
            for (int i = 0; i < got; i++) {
                assert_int_equal(ends[i].flags, 0);
                seen |= UINT64_C(1) << ends[i].tag;
            }
            count += (uint32_t)got;
        }
        assert_int_equal(seen, 0x7fffffff);
        seen = 0;
    }
    bench_close(&bench);
}

static void test_held_commands_stay_until_the_doorbell(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_completion end;
    bench_open(&bench, "");
    bell_command command = io(NVME_NVM_WRITE, 1, 1, bench.iova);
    command.flags = BELL_CMD_HOLD_DOORBELL;
    MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, 50000)), 0);
    assert_int_equal(atomic_load(&bench.peer.in_capsule), 0);
    MUST(bell_qpair_ring(bench.qpair));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
    bench_close(&bench);
}

/* What the transport changes in an SQE, and that the command log has what was sent. */
static void test_capsules_are_raw_but_for_the_data_pointer(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_cmdlog_entry entry;
    uint64_t next;
    bench_open(&bench, "");
    bell_command command = io(NVME_NVM_WRITE, 1, 1, bench.iova);
    for (uint32_t i = 8; i < 24; i++)
        command.sqe[i] = (uint8_t)(0xa0 + i); /* CDW2, CDW3, MPTR */
    for (uint32_t i = 52; i < 64; i++)
        command.sqe[i] = (uint8_t)(0xa0 + i);
    run(bench.qpair, command);
    uint8_t sent[64];
    memcpy(sent, &bench.peer.last_io, sizeof sent);
    assert_memory_equal(sent + 4, command.sqe + 4, 20);
    assert_memory_equal(sent + 40, command.sqe + 40, 24);
    assert_int_equal(sent[1], 0x40);
    const struct nvme_sgl *sgl = (const struct nvme_sgl *)(sent + 24);
    assert_int_equal(sgl->address, 0);
    assert_int_equal(sgl->length, 512);
    assert_int_equal(sgl->id, NVME_SGL_IN_CAPSULE);
    assert_int_equal(MUST(bell_cmdlog_read(bench.qpair, 0, &entry, 1, &next)), 1);
    assert_memory_equal(entry.sqe, sent, 64);

    /* An own data pointer goes out as it is. */
    command = io(NVME_NVM_READ, 1, 1, bench.iova);
    command.flags = BELL_CMD_RAW_DATA_POINTER | BELL_CMD_RAW_CID;
    command.sqe[1] = 0x80;
    command.sqe[2] = 0x34;
    command.sqe[3] = 0x12;
    memset(command.sqe + 24, 0x5a, 16);
    bell_completion end = run(bench.qpair, command);
    assert_int_equal(end.cid, 0x1234);
    assert_memory_equal(&bench.peer.last_io, command.sqe, 64);
    bench_close(&bench);
}

static void test_duplicate_cids_end_in_their_order(void **state)
{
    struct bench bench = {.peer = {.success = true}};
    bell_completion end;
    bench_open(&bench, "");
    bench.peer.disk[0] = 1;
    bench.peer.disk[PEER_LBA] = 2;
    for (uint32_t i = 0; i < 2; i++) {
        bell_command command = io(NVME_NVM_READ, i, 1, bench.iova + PEER_LBA * i);
        command.flags = BELL_CMD_RAW_CID;
        command.sqe[2] = 9;
        command.tag = i;
        MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    }
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
        assert_int_equal(end.tag, i);
        assert_int_equal(bench.data[PEER_LBA * i], i + 1);
    }
    bench_close(&bench);
}

static void test_sixteen_queues(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_qpair *qpairs[16];
    bench_open(&bench, "");
    for (uint32_t i = 0; i < 16; i++) {
        const bell_qpair_config config = {.depth = 8};
        MUST(bell_qpair_create(bench.device, &config, &qpairs[i]));
    }
    for (uint32_t i = 0; i < 16; i++) {
        bell_command command = io(NVME_NVM_READ, i, 1, bench.iova + PEER_LBA * i);
        MUST(bell_qpair_submit(qpairs[i], &command, NULL));
    }
    for (uint32_t i = 0; i < 16; i++) {
        bell_completion end;
        assert_int_equal(MUST(bell_qpair_wait(qpairs[i], &end, 1, WAIT_US)), 1);
        assert_int_equal(end.flags, 0);
        MUST(bell_qpair_close(qpairs[i]));
    }
    bench_close(&bench);
}

static void test_registers_are_properties(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    uint64_t value;
    bench_open(&bench, "");
    MUST(bell_register_read(bench.device, NVME_REG_CAP, 8, &value));
    assert_int_equal(NVME_GET(value, NVME_CAP_MQES), 1023);
    MUST(bell_register_read(bench.device, NVME_REG_CAP + 4, 4, &value));
    assert_int_equal(value, NVME_PUT(1, NVME_CAP_CSS) >> 32);
    MUST(bell_register_read(bench.device, NVME_REG_VS, 4, &value));
    assert_int_equal(value, NVME_VS_2_0);
    assert_int_equal(bell_register_read(bench.device, NVME_REG_AQA, 4, &value), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "no register"));
    assert_int_equal(bell_register_read(bench.device, NVME_REG_CRTO, 4, &value), -ENOTSUP);
    assert_non_null(strstr(bell_last_error(), "no property"));
    MUST(bell_controller_shutdown(bench.device, 0, 60000));
    bench_close(&bench);
}

static void test_a_reset_is_a_new_association(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    const bell_controller_config config = {.timeout_ms = 60000, .admin_depth = 16};
    const bell_qpair_config queue = {.depth = 8};
    bell_qpair_info info;
    bench_open(&bench, "");
    assert_int_equal(atomic_load(&bench.peer.associations), 1);
    MUST(bell_controller_enable(bench.device, &config));
    assert_int_equal(atomic_load(&bench.peer.associations), 2);
    MUST(bell_qpair_get_info(bench.qpair, &info));
    assert_int_equal(info.alive, 0);
    MUST(bell_qpair_close(bench.qpair));
    MUST(bell_qpair_create(bench.device, &queue, &bench.qpair));
    moves_data(&bench);
    bench_close(&bench);
}

static void test_keep_alive_while_nobody_polls(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bench_open(&bench, "&kato=100");
    for (uint64_t until = bell_clock_now() + UINT64_C(60000000000);
         atomic_load(&bench.peer.keep_alives) < 3 && bell_clock_now() < until;)
        usleep(1000);
    assert_true(atomic_load(&bench.peer.keep_alives) >= 3);
    bench_close(&bench);
}

static void test_a_wrong_cid_is_counted_and_harmless(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bench_open(&bench, "");
    atomic_store(&bench.peer.fault, PEER_WRONG_CID);
    bell_completion end = run(bench.qpair, io(NVME_NVM_READ, 0, 8, bench.iova));
    assert_int_equal(end.flags, 0);
    assert_int_equal(bell_qpair_unmatched(bench.qpair), 1);
    bench_close(&bench);
}

/* A buffer that is freed under a command which the target still owes does not take what comes late to others. */
static void test_memory_of_a_late_command_stays(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_buffer *buffer;
    bell_completion end;
    bench_open(&bench, "");
    MUST(bell_buffer_alloc(bench.device, 65536, &buffer));
    bell_command command = io(NVME_NVM_READ, 0, 128, bell_buffer_iova(buffer));
    MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    MUST(bell_buffer_free(buffer));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, 0);
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -EINVAL);
    assert_non_null(strstr(bell_last_error(), "No buffer"));
    bench_close(&bench);
}

/* What goes over the connections can be written down: each direction's bytes are in the file. */
static void test_a_trace_has_what_was_sent_and_received(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    char path[] = "/tmp/doorbell-trace-XXXXXX";
    char options[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(options, sizeof options, "&trace=%s", path);
    bench_open(&bench, options);
    memset(bench.data, 0, 512);
    memcpy(bench.data, "a block that is written", 24);
    run(bench.qpair, io(NVME_NVM_WRITE, 0, 1, bench.iova));
    memcpy(bench.peer.disk + PEER_LBA, "a block that is read", 21);
    run(bench.qpair, io(NVME_NVM_READ, 1, 1, bench.iova));
    bench_close(&bench);

    off_t bytes = lseek(fd, 0, SEEK_END);
    char *trace = malloc((size_t)bytes);
    assert_int_equal(pread(fd, trace, (size_t)bytes, 0), bytes);
    assert_non_null(memmem(trace, (size_t)bytes, "nqn.2014-08.example:host", 24));
    assert_non_null(memmem(trace, (size_t)bytes, "a block that is written", 23));
    assert_non_null(memmem(trace, (size_t)bytes, "a block that is read", 20));
    free(trace);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_in_capsules_and_by_r2t),
        cmocka_unit_test(test_every_alignment_and_digest),
        cmocka_unit_test(test_responses_in_the_last_data),
        cmocka_unit_test(test_many_commands_a_doorbell),
        cmocka_unit_test(test_held_commands_stay_until_the_doorbell),
        cmocka_unit_test(test_capsules_are_raw_but_for_the_data_pointer),
        cmocka_unit_test(test_duplicate_cids_end_in_their_order),
        cmocka_unit_test(test_sixteen_queues),
        cmocka_unit_test(test_registers_are_properties),
        cmocka_unit_test(test_a_reset_is_a_new_association),
        cmocka_unit_test(test_keep_alive_while_nobody_polls),
        cmocka_unit_test(test_a_wrong_cid_is_counted_and_harmless),
        cmocka_unit_test(test_memory_of_a_late_command_stays),
        cmocka_unit_test(test_a_trace_has_what_was_sent_and_received),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
