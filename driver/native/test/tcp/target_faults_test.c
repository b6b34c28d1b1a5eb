/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the fault plan for what goes over the wire, and others that take another way there than on PCIe. */
#include "scripted.h"

#define BOTH (NVME_TCP_DGST_HEADER | NVME_TCP_DGST_DATA)

static void start(struct served_target *served, const char *faults)
{
    char text[400];
    snprintf(text, sizeof text, "device sim:size=64MiB,lba=512,faults=%s\nlisten 127.0.0.1:0", faults);
    target_start(served, text);
}

static struct nvme_sqe read_of(struct host *host)
{
    return io_of(host, NVME_NVM_READ, 0, 1, NVME_SGL_TRANSPORT, 512);
}

/* The header of the next PDU as it is, unchecked. */
static void raw_next(const struct host *host, union nvme_tcp_pdu *pdu)
{
    assert_true(host_receive(host, &pdu->header, sizeof pdu->header));
    assert_true(host_receive(host, pdu->bytes + 8, pdu->header.hlen - 8u + (host->hdgst ? 4 : 0)));
}

static bool digest_right(const void *data, uint32_t bytes, const void *at)
{
    uint32_t digest;
    memcpy(&digest, at, sizeof digest);
    return digest == bell_crc32c(0, data, bytes);
}

static void test_answers_that_never_come(void **state)
{
    struct served_target served;
    struct host admin, io;
    start(&served, "opcode=read skip=1 times=1 then drop-pdu; opcode=flush times=1 then drop");
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 8, 0);
    uint8_t data[512];
    struct nvme_sqe first = read_of(&io), lost = read_of(&io), last = read_of(&io);
    assert_int_equal(host_fetch(&io, &first, data, sizeof data), 0);
    host_capsule(&io, &lost, NULL, 0);
    struct nvme_sqe flush = io_of(&io, NVME_NVM_FLUSH, 0, 1, NVME_SGL_TRANSPORT, 0);
    host_capsule(&io, &flush, NULL, 0);
    assert_int_equal(host_fetch(&io, &last, data, sizeof data), 0); /* what comes next is its answer */
    host_close(&io);
    host_close(&admin);
    target_end(&served);
}

static void test_wrong_digests(void **state)
{
    struct served_target served;
    struct host admin, io;
    union nvme_tcp_pdu pdu;
    uint8_t data[512 + 4];
    start(&served, "opcode=read times=1 then header-digest; opcode=read times=1 then data-digest");
    host_admin(&admin, &served, BOTH);
    host_io(&io, &served, BOTH, 1, 8, NVMF_CATTR_NO_FLOW);
    for (int round = 0; round < 3; round++) {
        struct nvme_sqe sqe = read_of(&io);
        host_capsule(&io, &sqe, NULL, 0);
        raw_next(&io, &pdu);
        assert_int_equal(pdu.header.type, NVME_TCP_C2H_DATA);
        assert_true(host_receive(&io, data, sizeof data));
        assert_int_equal(digest_right(pdu.bytes, 24, pdu.bytes + 24), round != 0);
        assert_int_equal(digest_right(data, 512, data + 512), round != 1);
    }
    host_close(&io);
    host_close(&admin);
    target_end(&served);
}

static void test_pdu_of_no_type_and_a_lost_connection(void **state)
{
    struct served_target served;
    struct host admin, io;
    union nvme_tcp_pdu pdu;
    start(&served, "opcode=flush times=1 then malformed-pdu; opcode=flush times=1 then disconnect");
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 8, 0);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_FLUSH, 0, 1, NVME_SGL_TRANSPORT, 0);
    host_capsule(&io, &sqe, NULL, 0);
    raw_next(&io, &pdu);
    assert_int_equal(pdu.header.type, 0x0f);
    sqe.cid++;
    host_capsule(&io, &sqe, NULL, 0);
    host_expect_end(&io);
    host_expect_end(&admin);
    host_close(&io);
    host_close(&admin);
    target_end(&served);
}

static void test_rules_on_fabrics_commands(void **state)
{
    struct served_target served;
    struct host host;
    start(&served, "opcode=fabrics dw1=0x4/0xff skip=1 times=1 then status=0/0x06; "
                   "opcode=fabrics dw1=0x1/0xff times=1 then disconnect; "
                   "opcode=fabrics dw1=0x4/0xff times=1 then delay=1ms");
    host_open(&host, &served);
    host_greet(&host, 0, 0);
    const struct connection wanted = {.nqn = served.nqn, .sqsize = 31};
    struct nvmf_connect_data data = {.cntlid = NVMF_CNTLID_DYNAMIC};
    struct nvmf_connect command = {.opcode = NVME_ADMIN_FABRICS,
                                   .flags = NVME_PSDT_SGL_MPTR_BUFFER << 6,
                                   .fctype = NVMF_CONNECT,
                                   .sgl1 = sgl_of(NVME_SGL_IN_CAPSULE, sizeof data),
                                   .sqsize = 31};
    snprintf(data.subnqn, sizeof data.subnqn, "%s", served.nqn);
    snprintf(data.hostnqn, sizeof data.hostnqn, "nqn.2026-01.dev.doorbell:test");
    host_capsule(&host, &command, &data, sizeof data);
    host_expect_end(&host); /* instead of the answer */
    host_close(&host);

    target_settle(&served);
    host_open(&host, &served);
    host_greet(&host, 0, 0);
    struct nvme_cqe cqe = host_connect(&host, &wanted);
    assert_int_equal(cqe.status, 0);
    cqe = host_property(&host, false, NVME_REG_VS, 4, 0); /* late, but right */
    assert_int_equal(cqe.dw0, NVME_VS_2_0);
    cqe = host_property(&host, false, NVME_REG_VS, 4, 0);
    assert_int_equal(nvme_cqe_status(&cqe), NVME_SC_INTERNAL);
    assert_int_equal(host_get(&host, NVME_REG_VS, 4), NVME_VS_2_0);
    host_close(&host);
    target_end(&served);
}

static void test_completions_with_wrong_fields(void **state)
{
    struct served_target served;
    struct host admin, io;
    struct incoming pdu;
    start(&served, "opcode=flush times=1 then wrong-cid=0x7777; opcode=flush times=1 then wrong-sqhd=9; "
                   "opcode=flush times=1 then duplicate");
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 4, 0);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_FLUSH, 0, 1, NVME_SGL_TRANSPORT, 0);
    host_capsule(&io, &sqe, NULL, 0);
    host_expect(&io, NVME_TCP_CAPSULE_RESP, &pdu);
    assert_int_equal(pdu.head.capsule_resp.cqe.cid, 0x7777);
    assert_int_equal(pdu.head.capsule_resp.cqe.sqhd, 2); /* Connect was the first command */
    sqe.cid++;
    host_capsule(&io, &sqe, NULL, 0);
    host_expect(&io, NVME_TCP_CAPSULE_RESP, &pdu);
    assert_int_equal(pdu.head.capsule_resp.cqe.sqhd, 9);
    sqe.cid++;
    host_capsule(&io, &sqe, NULL, 0);
    for (int i = 0; i < 2; i++) {
        host_expect(&io, NVME_TCP_CAPSULE_RESP, &pdu);
        assert_int_equal(pdu.head.capsule_resp.cqe.cid, sqe.cid);
        assert_int_equal(pdu.head.capsule_resp.cqe.sqhd, 0); /* the fourth of a queue of four */
    }
    host_close(&io);
    host_close(&admin);
    target_end(&served);
}

static void test_a_device_that_goes_takes_its_host_along(void **state)
{
    struct served_target served;
    struct host admin, other;
    start(&served, "opcode=keep-alive then remove");
    host_admin(&admin, &served, 0);
    struct nvme_sqe sqe = command_of(&admin, NVME_ADMIN_KEEP_ALIVE, 0, NVME_SGL_TRANSPORT, 0);
    host_capsule(&admin, &sqe, NULL, 0);
    host_expect_end(&admin);
    host_close(&admin);
    host_open(&other, &served);
    host_greet(&other, 0, 0);
    struct nvme_cqe cqe = host_connect(&other, &(struct connection){.nqn = served.nqn, .sqsize = 31});
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVMF_SC_CONNECT_PARAMETERS);
    host_close(&other);
    target_end(&served);
}

static void test_events_and_fatal_status(void **state)
{
    struct served_target served;
    struct host admin;
    struct incoming pdu;
    start(&served, "opcode=keep-alive times=1 then event=2/0x00/0x04; opcode=keep-alive then fatal");
    host_admin(&admin, &served, 0);
    struct nvme_sqe event = command_of(&admin, NVME_ADMIN_ASYNC_EVENT, 0, NVME_SGL_TRANSPORT, 0);
    host_capsule(&admin, &event, NULL, 0);
    struct nvme_sqe sqe = command_of(&admin, NVME_ADMIN_KEEP_ALIVE, 0, NVME_SGL_TRANSPORT, 0);
    host_capsule(&admin, &sqe, NULL, 0);
    uint32_t seen = 0;
    for (int i = 0; i < 2; i++) {
        host_expect(&admin, NVME_TCP_CAPSULE_RESP, &pdu);
        if (pdu.head.capsule_resp.cqe.cid == event.cid)
            seen = pdu.head.capsule_resp.cqe.dw0;
    }
    assert_int_equal(seen, 0x040002);
    sqe.cid = admin.cid++;
    host_capsule(&admin, &sqe, NULL, 0);
    while ((host_get(&admin, NVME_REG_CSTS, 4) & NVME_CSTS_CFS) == 0)
        ;
    host_close(&admin);
    target_end(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_that_never_come),
        cmocka_unit_test(test_wrong_digests),
        cmocka_unit_test(test_pdu_of_no_type_and_a_lost_connection),
        cmocka_unit_test(test_rules_on_fabrics_commands),
        cmocka_unit_test(test_completions_with_wrong_fields),
        cmocka_unit_test(test_a_device_that_goes_takes_its_host_along),
        cmocka_unit_test(test_events_and_fatal_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
