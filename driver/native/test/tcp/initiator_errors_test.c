/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets that break: whatever they do, every outstanding command ends, the error says what was wrong, and the
 * controller can be brought up again.
 */
#include "peer.h"

#define MUST(call) must((call), #call, __LINE__)

static int must(int rc, const char *what, int line)
{
    if (rc < 0)
        fail_msg("line %d: %s = %d: %s", line, what, rc, bell_last_error());
    return rc;
}

enum { WAIT_US = 60000000, OUTSTANDING = 5 };

struct bench {
    struct peer peer;
    bell_device *device;
    bell_qpair *qpair;
    bell_buffer *buffer;
    uint64_t iova;
};

static const bell_controller_config controller = {.timeout_ms = 60000};

static void bench_open(struct bench *bench, const char *options)
{
    const bell_qpair_config queue = {.depth = 32};
    peer_start(&bench->peer, options);
    MUST(bell_device_open(bench->peer.address, &bench->device));
    MUST(bell_controller_enable(bench->device, &controller));
    MUST(bell_buffer_alloc(bench->device, 1 << 20, &bench->buffer));
    MUST(bell_qpair_create(bench->device, &queue, &bench->qpair));
    bench->iova = bell_buffer_iova(bench->buffer);
}

static void bench_close(struct bench *bench)
{
    MUST(bell_qpair_close(bench->qpair));
    MUST(bell_buffer_free(bench->buffer));
    MUST(bell_device_close(bench->device));
    peer_stop(&bench->peer);
}

static bell_command io(uint8_t opcode, uint32_t count, uint64_t iova)
{
    const struct nvme_sqe sqe = {.opcode = opcode, .nsid = 1, .cdw12 = count - 1};
    bell_command command = {.data_iova = iova, .data_bytes = (uint64_t)count * PEER_LBA, .timeout_ms = 60000};
    memcpy(command.sqe, &sqe, sizeof sqe);
    return command;
}

static uint16_t status_of(const bell_completion *end)
{
    return (uint16_t)(end->cqe[14] | end->cqe[15] << 8) >> 1 & NVME_STATUS_CODE;
}

static void names(const char *text)
{
    if (!strstr(bell_last_error(), text))
        fail_msg("\"%s\" does not say \"%s\"", bell_last_error(), text);
}

/* Several commands are outstanding, the first meets the fault: all are lost, with the reason. */
static void loses_all(struct bench *bench, enum peer_fault fault, uint8_t opcode, const char *reason)
{
    const bell_qpair_config queue = {.depth = 32};
    bell_completion end;
    bell_qpair_info info;
    bell_command command = io(opcode, 64, bench->iova);
    atomic_store(&bench->peer.fault, fault);
    for (uint32_t i = 0; i < OUTSTANDING; i++) {
        command.flags = i + 1 < OUTSTANDING ? BELL_CMD_HOLD_DOORBELL : 0;
        MUST(bell_qpair_submit(bench->qpair, &command, NULL));
    }
    for (uint32_t i = 0; i < OUTSTANDING; i++) {
        assert_int_equal(MUST(bell_qpair_wait(bench->qpair, &end, 1, WAIT_US)), 1);
        assert_int_equal(end.flags, BELL_CQ_LOST);
    }
    command.flags = 0;
    assert_int_equal(bell_qpair_submit(bench->qpair, &command, NULL), -ENODEV);
    names(reason);

    /* The queue is lost, the controller is not: another queue works. */
    MUST(bell_qpair_get_info(bench->qpair, &info));
    assert_int_equal(info.alive, 0);
    MUST(bell_qpair_close(bench->qpair));
    MUST(bell_qpair_create(bench->device, &queue, &bench->qpair));
    MUST(bell_qpair_submit(bench->qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(bench->qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, 0);
}

static void test_broken_streams(void **state)
{
    static const struct {
        enum peer_fault fault;
        uint8_t opcode;
        const char *reason;
        uint16_t fes; /* 0: no H2CTermReq */
    } cases[] = {
        {PEER_CLOSE, NVME_NVM_READ, "closed it", 0},
        {PEER_CLOSE_IN_PDU, NVME_NVM_READ, "middle of a PDU", 0},
        {PEER_BAD_TYPE, NVME_NVM_READ, "type 0ch", NVME_TCP_FES_HEADER_FIELD},
        {PEER_BAD_HLEN, NVME_NVM_READ, "HLEN", NVME_TCP_FES_HEADER_FIELD},
        {PEER_BAD_PLEN, NVME_NVM_READ, "PLEN 7", NVME_TCP_FES_HEADER_FIELD},
        {PEER_BAD_PLEN, NVME_NVM_WRITE, "PLEN 7", NVME_TCP_FES_HEADER_FIELD},
        {PEER_BAD_HEADER_DIGEST, NVME_NVM_READ, "header digest", NVME_TCP_FES_HEADER_DIGEST},
        {PEER_DATA_BEYOND, NVME_NVM_READ, "beyond the data", NVME_TCP_FES_DATA_RANGE},
        {PEER_DATA_DISORDER, NVME_NVM_READ, "out of order", NVME_TCP_FES_DATA_RANGE},
        {PEER_DATA_UNKNOWN, NVME_NVM_READ, "no command", NVME_TCP_FES_HEADER_FIELD},
        {PEER_R2T_BEYOND, NVME_NVM_WRITE, "beyond the data", NVME_TCP_FES_DATA_RANGE},
        {PEER_R2T_FLOOD, NVME_NVM_WRITE, "MAXR2T", NVME_TCP_FES_LIMIT},
        {PEER_TERM, NVME_NVM_READ, "data transfer limit exceeded", 0},
    };
    struct bench bench = {.peer = {.hdgst = true, .ddgst = true}};
    bench_open(&bench, "&hdgst=on&ddgst=on&r2ts=2");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned terms = atomic_load(&bench.peer.terms);
        loses_all(&bench, cases[i].fault, cases[i].opcode, cases[i].reason);
        if (cases[i].fes == 0)
            continue;
        for (uint64_t until = bell_clock_now() + UINT64_C(30000000000);
             atomic_load(&bench.peer.terms) == terms && bell_clock_now() < until;)
            usleep(500);
        pthread_mutex_lock(&bench.peer.lock);
        uint16_t fes = bench.peer.last_term.fes;
        pthread_mutex_unlock(&bench.peer.lock);
        if (atomic_load(&bench.peer.terms) == terms || fes != cases[i].fes)
            fail_msg("case %zu: H2CTermReq %u with FES %u", i, atomic_load(&bench.peer.terms) - terms, fes);
    }
    bench_close(&bench);
}

static void test_a_wrong_data_digest_ends_one_command(void **state)
{
    struct bench bench = {.peer = {.hdgst = true, .ddgst = true}};
    bell_completion end;
    bench_open(&bench, "&hdgst=on&ddgst=on");
    bell_command command = io(NVME_NVM_READ, 64, bench.iova);
    atomic_store(&bench.peer.fault, PEER_BAD_DATA_DIGEST);
    for (uint32_t i = 0; i < 2; i++) {
        MUST(bell_qpair_submit(bench.qpair, &command, NULL));
        assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
        assert_int_equal(end.flags, 0);
        assert_int_equal(status_of(&end), i == 0 ? NVME_SC_TRANSIENT_TRANSPORT : NVME_SC_SUCCESS);
    }
    bench_close(&bench);
}

/* A response before the data it is about were all sent: with more data than any socket takes at once. */
static void test_a_response_that_comes_too_early(void **state)
{
    struct bench bench = {.peer = {.maxh2c = 4096}};
    bell_completion end;
    bench_open(&bench, "");
    bell_buffer *buffer;
    MUST(bell_buffer_alloc(bench.device, 64 << 20, &buffer));
    bell_command command = io(NVME_NVM_WRITE, 65536, bell_buffer_iova(buffer));
    atomic_store(&bench.peer.fault, PEER_EARLY_RESPONSE);
    MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    MUST(bell_buffer_free(buffer));
    bench_close(&bench);
}

static void test_commands_that_are_not_answered_time_out(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    bell_completion end;
    bench_open(&bench, "");
    bell_command command = io(NVME_NVM_READ, 8, bench.iova);
    command.timeout_ms = 50;
    atomic_store(&bench.peer.fault, PEER_SILENCE);
    MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_TIMEOUT);
    bench_close(&bench);
}

/* A target that says nothing any more: the keep alive notices, everything ends, and a new association works. */
static void test_a_frozen_target_is_lost_and_found(void **state)
{
    struct bench bench = {.peer = {.ioccsz = 8192}};
    const bell_qpair_config queue = {.depth = 8};
    bell_controller_state now;
    bell_completion end;
    bench_open(&bench, "&timeout=3000&kato=400");
    bell_command command = io(NVME_NVM_READ, 8, bench.iova);
    atomic_store(&bench.peer.fault, PEER_FREEZE);
    MUST(bell_qpair_submit(bench.qpair, &command, NULL));
    assert_int_equal(MUST(bell_qpair_wait(bench.qpair, &end, 1, WAIT_US)), 1);
    assert_int_equal(end.flags, BELL_CQ_LOST);
    MUST(bell_controller_get_state(bench.device, &now));
    assert_int_equal(now.state, BELL_STATE_LOST);
    uint64_t value;
    assert_int_equal(bell_register_read(bench.device, NVME_REG_CSTS, 4, &value), -ENODEV);
    names("not answered within 3000 ms");
    assert_int_equal(bell_qpair_submit(bench.qpair, &command, NULL), -ENODEV);
    names("not answered within 3000 ms");

    atomic_store(&bench.peer.fault, PEER_FINE);
    MUST(bell_qpair_close(bench.qpair));
    MUST(bell_controller_enable(bench.device, &controller));
    MUST(bell_qpair_create(bench.device, &queue, &bench.qpair));
    bench_close(&bench);
}

static void refused(const char *address, int code, const char *text)
{
    bell_device *device = NULL;
    int rc = bell_device_open(address, &device);
    if (rc != code)
        fail_msg("%s: %d instead of %d: %s", address, rc, code, bell_last_error());
    names(text);
}

static void test_targets_that_cannot_be_opened(void **state)
{
    struct peer closed = {0};
    peer_start(&closed, "");
    peer_stop(&closed);
    refused(closed.address, -ECONNREFUSED, "refuses the connection");
    /* A machine whose name server does not answer learns that too, in time. */
    bell_device *device = NULL;
    int rc = bell_device_open("tcp://no-such-host.invalid/nqn.2014-08.example:x?timeout=5000", &device);
    assert_true(rc == -ENOENT || rc == -ETIMEDOUT);
    names("no-such-host.invalid");

    static const struct {
        struct peer peer;
        const char *options;
        int code;
        const char *text;
    } cases[] = {
        {{.greeting = "HTTP/1.1 400 Bad Request\r\n\r\n", .greeting_bytes = 28}, "", -EPROTO, "no NVMe/TCP target"},
        {{.greeting = "", .greeting_bytes = 0}, "", -ECONNRESET, "closed the connection"},
        {{.icresp_pfv = 1}, "", -EPROTO, "format version 1"},
        {{.cpda = 32}, "", -EPROTO, "CPDA 32"},
        {{.maxh2c = 4094}, "", -EPROTO, "MAXH2CDATA 4094"},
        {{.hdgst = true}, "", -EPROTO, "hdgst"},
        {{0}, "&ddgst=on", -EPROTO, "digest"},
        {{.connect_status = NVMF_SC_CONNECT_PARAMETERS, .connect_dword = 0x10100}, "", -ENOENT, "subsystem NQN"},
        {{.connect_status = NVMF_SC_CONNECT_HOST}, "", -EACCES, "nqn.2014-08.example:host"},
        {{.connect_status = NVMF_SC_AUTH_REQUIRED}, "", -EACCES, "DH-HMAC-CHAP"},
        {{.connect_dword = NVMF_CONNECT_AUTH | 1}, "", -EACCES, "DH-HMAC-CHAP"},
        {{.connect_status = NVMF_SC_CONNECT_BUSY}, "", -EBUSY, "busy"},
        {{.connect_status = NVME_SC_INTERNAL}, "", -EIO, "code 06h"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peer peer;
        memcpy(&peer, &cases[i].peer, sizeof peer);
        peer_start(&peer, cases[i].options);
        refused(peer.address, cases[i].code, cases[i].text);
        peer_stop(&peer);
    }
}

/* A listener that never answers: opening ends when the time is up. */
static void test_opening_is_bounded(void **state)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof here;
    char address[120];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&here, &bytes), 0);
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u/nqn.2014-08.example:x?timeout=200", ntohs(here.sin_port));
    refused(address, -ETIMEDOUT, "does not answer ICReq");
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_streams),
        cmocka_unit_test(test_a_wrong_data_digest_ends_one_command),
        cmocka_unit_test(test_a_response_that_comes_too_early),
        cmocka_unit_test(test_commands_that_are_not_answered_time_out),
        cmocka_unit_test(test_a_frozen_target_is_lost_and_found),
        cmocka_unit_test(test_targets_that_cannot_be_opened),
        cmocka_unit_test(test_opening_is_bounded),
    };
    char home[] = "/tmp/doorbell-home-XXXXXX";
    if (!mkdtemp(home) || setenv("DOORBELL_HOME", home, 1) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[64];
    snprintf(path, sizeof path, "%s/hostnqn", home);
    unlink(path);
    snprintf(path, sizeof path, "%s/hostid", home);
    unlink(path);
    rmdir(home);
    return failed;
}
