/* SPDX-License-Identifier: Apache-2.0 */
/* What a host does wrong, and what it is told: statuses of Connect and of commands, and C2HTermReq. */
#include "scripted.h"

static struct served_target served;

static int start(void **state)
{
    target_start(&served, "device sim:size=64MiB,lba=512,queues=2\nlisten 127.0.0.1:0");
    return 0;
}

static int end(void **state)
{
    target_end(&served);
    return 0;
}

/* ---- Connect ----------------------------------------------------------------------------------------------------- */

static void connect_refused(const struct connection *wanted, uint16_t status, uint32_t dw0)
{
    struct host host;
    host_open(&host, &served);
    host_greet(&host, 0, 0);
    struct nvme_cqe cqe = host_connect(&host, wanted);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, status);
    assert_int_equal(cqe.dw0, dw0);
    host_close(&host);
}

#define DATA(field) (NVMF_CONNECT_IN_DATA | offsetof(struct nvmf_connect_data, field))
#define SQE(field)  offsetof(struct nvmf_connect, field)

static void test_connect_says_what_is_wrong(void **state)
{
    connect_refused(&(struct connection){.nqn = "nqn.2026-01.org.example:none", .sqsize = 31},
                    NVMF_SC_CONNECT_PARAMETERS, DATA(subnqn));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .cntlid = 7}, NVMF_SC_CONNECT_PARAMETERS,
                    DATA(cntlid));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 0}, NVMF_SC_CONNECT_PARAMETERS, SQE(sqsize));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 4095}, NVMF_SC_CONNECT_PARAMETERS, SQE(sqsize));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .recfmt = 1}, NVMF_SC_CONNECT_FORMAT, 0);
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .qid = 1, .cntlid = 1},
                    NVMF_SC_CONNECT_PARAMETERS, DATA(cntlid));
    connect_refused(&(struct connection){.nqn = NVMF_DISCOVERY_NQN, .sqsize = 31, .qid = 1, .cntlid = 1},
                    NVMF_SC_CONNECT_PARAMETERS, SQE(qid));

    struct host admin;
    host_admin(&admin, &served, 0);
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .host = 1}, NVMF_SC_CONNECT_BUSY, 0);
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .qid = 1, .cntlid = 9},
                    NVMF_SC_CONNECT_PARAMETERS, DATA(cntlid));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .qid = 1, .cntlid = 1, .host = 1},
                    NVMF_SC_CONNECT_PARAMETERS, DATA(hostnqn));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .qid = 3, .cntlid = 1},
                    NVMF_SC_CONNECT_PARAMETERS, SQE(qid));
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 1024, .qid = 1, .cntlid = 1},
                    NVMF_SC_CONNECT_PARAMETERS, SQE(sqsize));
    /* That others were refused has not hurt the first. */
    assert_int_equal(host_get(&admin, NVME_REG_CSTS, 4), NVME_CSTS_RDY);
    struct nvme_cqe cqe = host_connect(&admin, &(struct connection){.nqn = served.nqn, .sqsize = 31});
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_COMMAND_SEQUENCE);
    host_close(&admin);
}

static void test_io_queue_needs_an_enabled_controller(void **state)
{
    struct host admin, io;
    host_open(&admin, &served);
    host_greet(&admin, 0, 0);
    struct nvme_cqe cqe = host_connect(&admin, &(struct connection){.nqn = served.nqn, .sqsize = 31});
    assert_int_equal(cqe.status, 0);
    connect_refused(&(struct connection){.nqn = served.nqn, .sqsize = 31, .qid = 1, .cntlid = 1},
                    NVME_SC_COMMAND_SEQUENCE, 0);
    struct nvme_sqe sqe = command_of(&admin, NVME_ADMIN_KEEP_ALIVE, 0, NVME_SGL_TRANSPORT, 0);
    assert_int_equal(host_fetch(&admin, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_COMMAND_SEQUENCE);
    host_enable(&admin);
    assert_int_equal(host_fetch(&admin, &sqe, NULL, 0), 0);
    host_io(&io, &served, 0, 1, 4, 0);
    /* Without CC.EN the I/O queue goes, and the admin queue stays. */
    host_set(&admin, NVME_REG_CC, 4, 0);
    assert_int_equal(host_get(&admin, NVME_REG_CSTS, 4), 0);
    host_expect_end(&io);
    host_close(&io);
    host_enable(&admin);
    host_io(&io, &served, 0, 1, 4, 0);
    host_close(&io);
    host_expect_end(&admin);
    host_close(&admin);
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

static uint16_t admin_status(struct host *admin, uint8_t opcode, uint32_t cdw10)
{
    static uint8_t data[4096];
    struct nvme_sqe sqe = command_of(admin, opcode, 0, NVME_SGL_TRANSPORT, (opcode & 2) != 0 ? sizeof data : 0);
    sqe.cdw10 = cdw10;
    return host_fetch(admin, &sqe, data, sizeof data) & NVME_STATUS_CODE;
}

static void test_what_has_no_place_on_a_fabric(void **state)
{
    struct host admin, io;
    host_admin(&admin, &served, 0);
    assert_int_equal(admin_status(&admin, NVME_ADMIN_CREATE_SQ, 1), NVME_SC_INVALID_OPCODE);
    assert_int_equal(admin_status(&admin, NVME_ADMIN_CREATE_CQ, 1), NVME_SC_INVALID_OPCODE);
    assert_int_equal(admin_status(&admin, NVME_ADMIN_DELETE_SQ, 1), NVME_SC_INVALID_OPCODE);
    assert_int_equal(admin_status(&admin, NVME_ADMIN_DELETE_CQ, 1), NVME_SC_INVALID_OPCODE);
    assert_int_equal(admin_status(&admin, NVME_ADMIN_GET_FEATURES, NVME_FEAT_INTERRUPT_COALESCING),
                     NVME_SC_INVALID_FIELD);
    assert_int_equal(admin_status(&admin, 0xfc, 0), NVME_SC_INVALID_OPCODE);
    struct nvme_cqe cqe = host_property(&admin, false, NVME_REG_AQA, 4, 0);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    cqe = host_property(&admin, true, NVME_REG_CAP, 8, 0);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    cqe = host_property(&admin, false, NVME_REG_CSTS, 8, 0);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    host_io(&io, &served, 0, 1, 4, 0);
    cqe = host_property(&io, false, NVME_REG_CSTS, 4, 0);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVMF_SC_QUEUE_TYPE);
    struct nvme_sqe prp = io_of(&io, NVME_NVM_READ, 0, 1, 0, 512);
    prp.flags = 0;
    assert_int_equal(host_fetch(&io, &prp, NULL, 0) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_READ, 0, 8, NVME_SGL_TRANSPORT, 512);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_SGL_DATA_LENGTH);
    sqe = io_of(&io, NVME_NVM_READ, 0, 1, NVME_SGL_IN_CAPSULE, 512);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_SGL_DESCRIPTOR_TYPE);
    sqe = io_of(&io, NVME_NVM_WRITE, 0, 1, NVME_SGL_IN_CAPSULE, 512);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_SGL_DATA_LENGTH);
    sqe = io_of(&io, NVME_NVM_WRITE, 0, 1, NVME_SGL_SEGMENT, 512);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_SGL_DESCRIPTOR_TYPE);
    sqe = io_of(&io, NVME_NVM_READ, 0, 4096, NVME_SGL_TRANSPORT, 4096 * 512); /* beyond MDTS */
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_INVALID_FIELD);
    sqe = io_of(&io, NVME_NVM_READ, 1u << 30, 1, NVME_SGL_TRANSPORT, 512);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_LBA_RANGE);
    host_close(&io);
    host_close(&admin);
}

static void test_disconnect_ends_one_queue(void **state)
{
    struct host admin, io;
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 4, 0);
    struct nvmf_disconnect command = {.opcode = NVME_ADMIN_FABRICS,
                                      .flags = NVME_PSDT_SGL_MPTR_BUFFER << 6,
                                      .cid = io.cid++,
                                      .fctype = NVMF_DISCONNECT};
    host_capsule(&io, &command, NULL, 0);
    struct nvme_cqe cqe = host_response(&io);
    assert_int_equal(cqe.status, 0);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_FLUSH, 0, 1, NVME_SGL_TRANSPORT, 0);
    assert_int_equal(host_fetch(&io, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_COMMAND_SEQUENCE);
    host_close(&io);
    /* The association lives on, and the queue can be made anew once its connection is gone. */
    for (;;) {
        const struct connection again = {.nqn = served.nqn, .qid = 1, .sqsize = 3, .cntlid = 1};
        host_open(&io, &served);
        host_greet(&io, 0, 0);
        cqe = host_connect(&io, &again);
        if (cqe.status == 0)
            break;
        host_close(&io);
    }
    assert_int_equal(host_get(&admin, NVME_REG_CSTS, 4), NVME_CSTS_RDY);
    host_close(&io);
    host_close(&admin);
}

/* ---- PDUs -------------------------------------------------------------------------------------------------------- */

/* What the target says of these bytes. Then it ends the connection. */
static void terminated(struct host *host, const void *bytes, uint32_t count, uint16_t fes, uint32_t fei)
{
    struct incoming term;
    host_send(host, bytes, count);
    host_expect(host, NVME_TCP_C2H_TERM_REQ, &term);
    assert_int_equal(term.head.term_req.fes, fes);
    assert_int_equal(term.head.term_req.fei_low | (uint32_t)term.head.term_req.fei_high << 16, fei);
    assert_true(term.bytes <= count);
    assert_memory_equal(term.data, bytes, term.bytes);
    incoming_free(&term);
    host_expect_end(host);
    host_close(host);
}

static void greeting_refused(struct nvme_tcp_ic_req req, uint16_t fes, uint32_t fei)
{
    struct host host;
    host_open(&host, &served);
    terminated(&host, &req, sizeof req, fes, fei);
}

#define AT(type, field) offsetof(struct type, field)

static void test_bad_greetings(void **state)
{
    const struct nvme_tcp_ic_req good = {.header = {.type = NVME_TCP_IC_REQ, .hlen = 128, .plen = 128}};
    struct nvme_tcp_ic_req req = good;
    req.pfv = 1;
    greeting_refused(req, NVME_TCP_FES_PARAMETER, AT(nvme_tcp_ic_req, pfv));
    req = good;
    req.hpda = 32;
    greeting_refused(req, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_ic_req, hpda));
    req = good;
    req.dgst = 4;
    greeting_refused(req, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_ic_req, dgst));
    req = good;
    req.header.type = NVME_TCP_IC_RESP;
    greeting_refused(req, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_header, type));
    req = good;
    req.header.hlen = 64;
    greeting_refused(req, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_header, hlen));
    req = good;
    req.header.plen = 0xffffffff;
    greeting_refused(req, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_header, plen));

    struct host host;
    host_open(&host, &served);
    const struct nvme_tcp_capsule_cmd early = {.header = {.type = NVME_TCP_CAPSULE_CMD, .hlen = 72, .plen = 72}};
    terminated(&host, &early, sizeof early, NVME_TCP_FES_SEQUENCE, 0);
    host_open(&host, &served);
    host_greet(&host, 0, 0);
    terminated(&host, &good, sizeof good, NVME_TCP_FES_SEQUENCE, 0);
}

static void test_bad_pdus_end_the_association(void **state)
{
    struct host admin, io;
    struct incoming pdu;

    /* H2CData that nobody has asked for. */
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 8, 0);
    uint8_t stray[24 + 4] = {0};
    const struct nvme_tcp_data data = {
        .header = {.type = NVME_TCP_H2C_DATA, .flags = NVME_TCP_FLAG_LAST, .hlen = 24, .pdo = 24, .plen = 28},
        .ttag = 3,
        .datal = 4};
    memcpy(stray, &data, sizeof data);
    terminated(&io, stray, sizeof stray, NVME_TCP_FES_HEADER_FIELD, AT(nvme_tcp_data, ttag));
    host_expect_end(&admin);
    host_close(&admin);

    /* More of it than was asked for, and at the wrong place. */
    for (int wrong = 0; wrong < 3; wrong++) {
        host_admin(&admin, &served, 0);
        host_io(&io, &served, 0, 1, 8, 0);
        struct nvme_sqe sqe = io_of(&io, NVME_NVM_WRITE, 0, 2, NVME_SGL_TRANSPORT, 1024);
        host_capsule(&io, &sqe, NULL, 0);
        host_expect(&io, NVME_TCP_R2T, &pdu);
        struct {
            struct nvme_tcp_data head;
            uint8_t bytes[2048];
        } out = {.head = data};
        out.head.cccid = (uint16_t)(sqe.cid + (wrong == 2));
        out.head.ttag = pdu.head.r2t.ttag;
        out.head.datal = wrong == 0 ? 2048 : 512;
        out.head.datao = wrong == 1 ? 512 : 0;
        out.head.header.plen = 24 + out.head.datal;
        if (wrong == 2)
            out.head.header.flags = 0;
        terminated(&io, &out, out.head.header.plen, wrong == 2 ? NVME_TCP_FES_HEADER_FIELD : NVME_TCP_FES_DATA_RANGE,
                   wrong == 2 ? AT(nvme_tcp_data, cccid) : AT(nvme_tcp_data, datao));
        host_expect_end(&admin);
        host_close(&admin);
    }
}

static void test_damaged_header_ends_it_damaged_data_the_command(void **state)
{
    struct host admin, io;
    uint8_t bytes[512] = {7};
    const uint8_t digests = NVME_TCP_DGST_HEADER | NVME_TCP_DGST_DATA;
    host_admin(&admin, &served, digests);
    host_io(&io, &served, digests, 1, 8, 0);
    for (int in_capsule = 0; in_capsule < 2; in_capsule++) {
        struct nvme_sqe sqe =
            io_of(&io, NVME_NVM_WRITE, 8, 1, in_capsule ? NVME_SGL_IN_CAPSULE : NVME_SGL_TRANSPORT, sizeof bytes);
        union nvme_tcp_pdu pdu = {.header.type = NVME_TCP_CAPSULE_CMD};
        struct incoming answer;
        uint32_t header;
        pdu.capsule_cmd.sqe = sqe;
        if (!in_capsule) {
            host_send_pdu(&io, &pdu, NULL, 0);
            host_expect(&io, NVME_TCP_R2T, &answer);
            pdu = (union nvme_tcp_pdu){.data = {.header = {.type = NVME_TCP_H2C_DATA, .flags = NVME_TCP_FLAG_LAST},
                                                .cccid = sqe.cid,
                                                .ttag = answer.head.r2t.ttag,
                                                .datal = sizeof bytes}};
        }
        const uint32_t start = bell_pdu_seal(&pdu, true, true, 0, sizeof bytes, &header);
        const uint32_t wrong = ~bell_crc32c(0, bytes, sizeof bytes);
        host_send(&io, pdu.bytes, start);
        host_send(&io, bytes, sizeof bytes);
        host_send(&io, &wrong, sizeof wrong);
        const struct nvme_cqe cqe = host_response(&io);
        assert_int_equal(cqe.cid, sqe.cid);
        assert_int_equal(nvme_cqe_status(&cqe), NVME_SC_TRANSIENT_TRANSPORT);
    }
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_READ, 8, 1, NVME_SGL_TRANSPORT, sizeof bytes);
    uint8_t back[512];
    assert_int_equal(host_fetch(&io, &sqe, back, sizeof back), 0);
    assert_int_equal(back[0], 0); /* nothing of it was written */

    union nvme_tcp_pdu pdu = {.header.type = NVME_TCP_CAPSULE_CMD};
    uint32_t header;
    pdu.capsule_cmd.sqe = sqe;
    bell_pdu_seal(&pdu, true, true, 0, 0, &header);
    pdu.bytes[72] ^= 0x10;
    uint32_t digest;
    memcpy(&digest, pdu.bytes + 72, sizeof digest);
    terminated(&io, pdu.bytes, 76, NVME_TCP_FES_HEADER_DIGEST, digest);
    host_expect_end(&admin);
    host_close(&admin);
}

static void test_host_that_ends_it(void **state)
{
    struct host admin;
    host_admin(&admin, &served, 0);
    union nvme_tcp_pdu pdu = {
        .term_req = {.header = {.type = NVME_TCP_H2C_TERM_REQ, .hlen = 24, .plen = 24}, .fes = NVME_TCP_FES_SEQUENCE}};
    host_send(&admin, pdu.bytes, 24);
    host_expect_end(&admin);
    host_close(&admin);
    bell_target_info *info = calloc(1, sizeof *info);
    const uint64_t until = bell_now() + PATIENCE_MS * BELL_NS_PER_MS;
    do
        assert_int_equal(bell_target_get_info(served.target, info), 0);
    while (strstr(info->last_end, "PDU sequence error") == NULL && bell_now() < until && usleep(1000) == 0);
    assert_string_equal(info->last_end, "the host ended the connection: PDU sequence error");
    free(info);
}

static void test_more_commands_than_the_queue_holds(void **state)
{
    struct host admin, io;
    struct incoming pdu;
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 4, 0);
    for (int i = 0; i < 5; i++) {
        struct nvme_sqe sqe = io_of(&io, NVME_NVM_WRITE, 0, 1, NVME_SGL_TRANSPORT, 512);
        host_capsule(&io, &sqe, NULL, 0);
    }
    for (int i = 0; i < 4; i++)
        host_expect(&io, NVME_TCP_R2T, &pdu);
    host_expect(&io, NVME_TCP_C2H_TERM_REQ, &pdu);
    assert_int_equal(pdu.head.term_req.fes, NVME_TCP_FES_SEQUENCE);
    incoming_free(&pdu);
    host_expect_end(&io);
    host_expect_end(&admin);
    host_close(&io);
    host_close(&admin);
}

static void test_command_ids_in_use(void **state)
{
    struct host admin, io;
    struct incoming pdu;
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, 4, 0);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_WRITE, 0, 1, NVME_SGL_TRANSPORT, 512);
    host_capsule(&io, &sqe, NULL, 0);
    host_expect(&io, NVME_TCP_R2T, &pdu);
    host_capsule(&io, &sqe, NULL, 0);
    struct nvme_cqe cqe = host_response(&io);
    assert_int_equal(nvme_cqe_status(&cqe) & NVME_STATUS_CODE, NVME_SC_CID_CONFLICT);
    host_close(&io);
    host_close(&admin);
}

static int each(void **state)
{
    target_settle(&served);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_connect_says_what_is_wrong, each),
        cmocka_unit_test_setup(test_io_queue_needs_an_enabled_controller, each),
        cmocka_unit_test_setup(test_what_has_no_place_on_a_fabric, each),
        cmocka_unit_test_setup(test_disconnect_ends_one_queue, each),
        cmocka_unit_test_setup(test_bad_greetings, each),
        cmocka_unit_test_setup(test_bad_pdus_end_the_association, each),
        cmocka_unit_test_setup(test_damaged_header_ends_it_damaged_data_the_command, each),
        cmocka_unit_test_setup(test_host_that_ends_it, each),
        cmocka_unit_test_setup(test_more_commands_than_the_queue_holds, each),
        cmocka_unit_test_setup(test_command_ids_in_use, each),
    };
    return cmocka_run_group_tests(tests, start, end);
}
