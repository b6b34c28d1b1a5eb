/* SPDX-License-Identifier: Apache-2.0 */
/* What a well-behaved host meets: handshake, Connect, properties, commands with data in every way. */
#include "scripted.h"

#define BOTH (NVME_TCP_DGST_HEADER | NVME_TCP_DGST_DATA)

static struct served_target served;

static int start(void **state)
{
    target_start(&served, "device sim:size=64MiB,lba=512,queues=4\nlisten 127.0.0.1:0");
    return 0;
}

static int end(void **state)
{
    target_end(&served);
    return 0;
}

static void pattern(uint8_t *data, uint32_t bytes, uint32_t seed)
{
    for (uint32_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(i * 7 + i / 253 + seed);
}

static void test_controller_on_a_fabric(void **state)
{
    struct host host;
    struct nvme_identify_controller id;
    host_admin(&host, &served, 0);
    const uint64_t cap = host_get(&host, NVME_REG_CAP, 8);
    assert_int_equal(NVME_GET(cap, NVME_CAP_MQES), 1023);
    assert_int_equal(host_get(&host, NVME_REG_VS, 4), NVME_VS_2_0);
    struct nvme_sqe sqe = command_of(&host, NVME_ADMIN_IDENTIFY, 0, NVME_SGL_TRANSPORT, sizeof id);
    sqe.cdw10 = NVME_CNS_CONTROLLER;
    assert_int_equal(host_fetch(&host, &sqe, &id, sizeof id), 0);
    assert_string_equal(id.subnqn, served.nqn);
    assert_int_equal(id.ioccsz, (64 + 8192) / 16);
    assert_int_equal(id.iorcsz, 1);
    assert_int_equal(id.icdoff, 0);
    assert_int_equal(id.msdbd, 1);
    assert_int_equal(id.cntlid, 1);
    assert_int_equal(id.maxcmd, 1024);
    assert_true((id.sgls & 1) != 0 && (id.sgls & 1u << 20) != 0);
    assert_true(id.kas != 0);
    host_close(&host);
}

static void data_every_way(uint8_t digests, uint8_t cattr)
{
    static uint8_t out[524288], in[524288];
    static const uint32_t sizes[] = {512, 4096, 8192, 16384, 131072, 524288};
    struct host admin, io;
    host_admin(&admin, &served, digests);
    host_io(&io, &served, digests, 1, 16, cattr);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const uint32_t bytes = sizes[i];
        pattern(out, bytes, (uint32_t)i);
        struct nvme_sqe sqe = io_of(&io, NVME_NVM_WRITE, 1024 * i, bytes / 512, NVME_SGL_TRANSPORT, bytes);
        host_capsule(&io, &sqe, NULL, 0);
        assert_int_equal(host_feed(&io, &sqe, out, i % 2 == 0 ? io.maxh2cdata : 4096), 0);
        memset(in, 0, bytes);
        sqe = io_of(&io, NVME_NVM_READ, 1024 * i, bytes / 512, NVME_SGL_TRANSPORT, bytes);
        assert_int_equal(host_fetch(&io, &sqe, in, bytes), 0);
        assert_memory_equal(in, out, bytes);
        if (bytes > 8192)
            continue;
        pattern(out, bytes, 77);
        sqe = io_of(&io, NVME_NVM_WRITE, 1024 * i + 200, bytes / 512, NVME_SGL_IN_CAPSULE, bytes);
        host_capsule(&io, &sqe, out, bytes);
        assert_int_equal(host_feed(&io, &sqe, NULL, 0), 0);
        sqe = io_of(&io, NVME_NVM_COMPARE, 1024 * i + 200, bytes / 512, NVME_SGL_IN_CAPSULE, bytes);
        host_capsule(&io, &sqe, out, bytes);
        assert_int_equal(host_feed(&io, &sqe, NULL, 0), 0);
        out[bytes - 1] ^= 1;
        sqe = io_of(&io, NVME_NVM_COMPARE, 1024 * i + 200, bytes / 512, NVME_SGL_TRANSPORT, bytes);
        host_capsule(&io, &sqe, NULL, 0);
        assert_int_equal(host_feed(&io, &sqe, out, 512) & NVME_STATUS_CODE, NVME_SC_COMPARE_FAILURE);
    }
    host_close(&io);
    host_close(&admin);
}

static void test_data_without_digests(void **state)
{
    data_every_way(0, 0);
}

static void test_data_with_digests(void **state)
{
    data_every_way(BOTH, 0);
}

static void test_data_without_flow_control_needs_no_response(void **state)
{
    data_every_way(NVME_TCP_DGST_DATA, NVMF_CATTR_NO_FLOW);
}

/* More large reads than there are large buffers, and writes between them: each waits its turn, none is lost. */
static void test_more_data_than_memory(void **state)
{
    enum { DEPTH = 128, BYTES = 262144 };
    static uint8_t out[BYTES], in[BYTES];
    struct host admin, io;
    struct incoming pdu;
    host_admin(&admin, &served, 0);
    host_io(&io, &served, 0, 1, DEPTH, 0);
    pattern(out, BYTES, 3);
    struct nvme_sqe sqe = io_of(&io, NVME_NVM_WRITE, 0, BYTES / 512, NVME_SGL_TRANSPORT, BYTES);
    host_capsule(&io, &sqe, NULL, 0);
    assert_int_equal(host_feed(&io, &sqe, out, io.maxh2cdata), 0);
    for (int round = 0; round < 3; round++) {
        const uint16_t first = io.cid;
        bool data[DEPTH] = {false}, done[DEPTH] = {false};
        for (int i = 0; i < DEPTH - 1; i++) {
            sqe = io_of(&io, NVME_NVM_READ, 0, BYTES / 512, NVME_SGL_TRANSPORT, BYTES);
            host_capsule(&io, &sqe, NULL, 0);
        }
        for (int left = DEPTH - 1; left > 0;) {
            assert_true(host_next(&io, &pdu));
            if (pdu.head.header.type == NVME_TCP_C2H_DATA) {
                const uint16_t which = (uint16_t)(pdu.head.data.cccid - first);
                assert_true(which < DEPTH && !data[which] && !done[which]);
                data[which] = true;
                assert_int_equal(pdu.bytes, BYTES);
                memcpy(in, pdu.data, BYTES);
                assert_memory_equal(in, out, BYTES);
                incoming_free(&pdu);
                continue;
            }
            assert_int_equal(pdu.head.header.type, NVME_TCP_CAPSULE_RESP);
            const uint16_t which = (uint16_t)(pdu.head.capsule_resp.cqe.cid - first);
            assert_int_equal(pdu.head.capsule_resp.cqe.status, 0);
            assert_true(which < DEPTH && data[which] && !done[which]);
            done[which] = true;
            left--;
        }
    }
    host_close(&io);
    host_close(&admin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_controller_on_a_fabric),
        cmocka_unit_test(test_data_without_digests),
        cmocka_unit_test(test_data_with_digests),
        cmocka_unit_test(test_data_without_flow_control_needs_no_response),
        cmocka_unit_test(test_more_data_than_memory),
    };
    return cmocka_run_group_tests(tests, start, end);
}
