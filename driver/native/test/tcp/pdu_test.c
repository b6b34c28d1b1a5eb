/* SPDX-License-Identifier: Apache-2.0 */
/* Which PDU headers are taken from a peer, and what one reads of those that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tcp/pdu.h"

static const struct bell_pdu_rules plain_host = {0};
static const struct bell_pdu_rules digest_host = {.hdgst = true, .ddgst = true, .pda = 3};
static const struct bell_pdu_rules controller = {.controller = true, .data_most = 8192, .h2c_most = 16384};

static int check(const struct bell_pdu_rules *rules, struct nvme_tcp_header header, struct bell_pdu_parts *parts,
                 struct bell_pdu_fault *fault)
{
    memset(parts, 0xee, sizeof *parts);
    memset(fault, 0, sizeof *fault);
    return bell_pdu_check(rules, &header, parts, fault);
}

#define REFUSED(rules, at, code, ...)                                                                                  \
    do {                                                                                                               \
        struct bell_pdu_parts parts_;                                                                                  \
        struct bell_pdu_fault fault_;                                                                                  \
        assert_true(check((rules), (struct nvme_tcp_header){__VA_ARGS__}, &parts_, &fault_) < 0);                      \
        assert_int_equal(fault_.fes, (code));                                                                          \
        assert_int_equal(fault_.fei, (at));                                                                            \
        assert_true(strlen(fault_.text) > 10);                                                                         \
    } while (0)

static void test_parts_without_digests(void **state)
{
    struct bell_pdu_parts parts;
    struct bell_pdu_fault fault;
    assert_int_equal(check(&plain_host, (struct nvme_tcp_header){NVME_TCP_CAPSULE_RESP, 0, 24, 0, 24}, &parts, &fault),
                     0);
    assert_int_equal(parts.header, 24);
    assert_int_equal(parts.hdgst + parts.pad + parts.data + parts.ddgst, 0);
    assert_int_equal(check(&plain_host,
                           (struct nvme_tcp_header){NVME_TCP_C2H_DATA, NVME_TCP_FLAG_LAST, 24, 24, 24 + 4096}, &parts,
                           &fault),
                     0);
    assert_int_equal(parts.data, 4096);
    assert_int_equal(parts.pad, 0);
}

static void test_parts_with_digests_and_padding(void **state)
{
    struct bell_pdu_parts parts;
    struct bell_pdu_fault fault;
    assert_int_equal(check(&digest_host,
                           (struct nvme_tcp_header){NVME_TCP_C2H_DATA, NVME_TCP_FLAG_HDGST | NVME_TCP_FLAG_DDGST, 24,
                                                    32, 32 + 512 + 4},
                           &parts, &fault),
                     0);
    assert_int_equal(parts.hdgst, 4);
    assert_int_equal(parts.pad, 4);
    assert_int_equal(parts.data, 512);
    assert_int_equal(parts.ddgst, 4);
}

static void test_capsule_with_and_without_data(void **state)
{
    struct bell_pdu_parts parts;
    struct bell_pdu_fault fault;
    assert_int_equal(check(&controller, (struct nvme_tcp_header){NVME_TCP_CAPSULE_CMD, 0, 72, 0, 72}, &parts, &fault),
                     0);
    assert_int_equal(parts.data, 0);
    assert_int_equal(
        check(&controller, (struct nvme_tcp_header){NVME_TCP_CAPSULE_CMD, 0, 72, 72, 72 + 8192}, &parts, &fault), 0);
    assert_int_equal(parts.data, 8192);
    REFUSED(&controller, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_CAPSULE_CMD, 0, 72, 72, 72 + 8193);
    REFUSED(&controller, 0, NVME_TCP_FES_LIMIT, NVME_TCP_H2C_DATA, 0, 24, 24, 24 + 16385);
}

static void test_headers_that_may_not_come(void **state)
{
    /* another direction, an unknown type, wrong lengths */
    REFUSED(&plain_host, 0, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_CAPSULE_CMD, 0, 72, 0, 72);
    REFUSED(&controller, 0, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_R2T, 0, 24, 0, 24);
    REFUSED(&plain_host, 0, NVME_TCP_FES_HEADER_FIELD, 8, 0, 24, 0, 24);
    REFUSED(&plain_host, 0, NVME_TCP_FES_HEADER_FIELD, 0xff, 0, 24, 0, 24);
    REFUSED(&plain_host, 2, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_R2T, 0, 25, 0, 24);
    REFUSED(&plain_host, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_R2T, 0, 24, 0, 28);
    REFUSED(&plain_host, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_TERM_REQ, 0, 24, 0, 153);
    REFUSED(&plain_host, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, 0, 24, 24, 24);
    REFUSED(&plain_host, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, 0, 24, 28, 27);
    REFUSED(&plain_host, 4, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, 0, 24, 24, 0);
    /* data that begins inside of the header, or unaligned */
    REFUSED(&plain_host, 3, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, 0, 24, 20, 4096);
    REFUSED(&digest_host, 3, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, 3, 24, 28, 4096);
    /* digests that were not agreed on, or are missing */
    REFUSED(&plain_host, 1, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_R2T, NVME_TCP_FLAG_HDGST, 24, 0, 28);
    REFUSED(&digest_host, 1, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_R2T, 0, 24, 0, 24);
    REFUSED(&digest_host, 1, NVME_TCP_FES_HEADER_FIELD, NVME_TCP_C2H_DATA, NVME_TCP_FLAG_HDGST, 24, 32, 4096);
}

/* What one side seals, the other takes: any mix of digests and alignments. */
static void test_sealed_headers_are_taken(void **state)
{
    for (uint32_t mix = 0; mix < 4 * 32; mix++) {
        struct bell_pdu_rules rules = {.hdgst = mix & 1, .ddgst = mix >> 1 & 1, .pda = (uint8_t)(mix >> 2)};
        union nvme_tcp_pdu pdu = {.data = {.header = {.type = NVME_TCP_C2H_DATA}, .cccid = 7, .datal = 1000}};
        struct bell_pdu_parts parts;
        struct bell_pdu_fault fault;
        uint32_t header_bytes;
        uint32_t start = bell_pdu_seal(&pdu, rules.hdgst, rules.ddgst, rules.pda, 1000, &header_bytes);

        assert_int_equal(bell_pdu_check(&rules, &pdu.header, &parts, &fault), 0);
        assert_int_equal(bell_pdu_check_header(&rules, &pdu, &parts, &fault), 0);
        assert_int_equal(parts.header + parts.hdgst, header_bytes);
        assert_int_equal(header_bytes + parts.pad, start);
        assert_int_equal(parts.data, 1000);
        assert_true(parts.pad <= NVME_TCP_PADDING_MAX);

        pdu.data.datal = 996;
        assert_true(bell_pdu_check_header(&rules, &pdu, &parts, &fault) < 0);
        assert_int_equal(fault.fes, rules.hdgst ? NVME_TCP_FES_HEADER_DIGEST : NVME_TCP_FES_HEADER_FIELD);
    }
}

static void test_a_term_request_says_why(void **state)
{
    struct bell_pdu_fault fault;
    uint8_t term[24 + NVME_TCP_TERM_DATA_MAX];
    uint8_t bad[200] = {9, 9, 9};
    char text[80];
    bell_pdu_fault_set(&fault, NVME_TCP_FES_HEADER_FIELD, 0x10002, "text");
    assert_int_equal(bell_pdu_term_fill(term, NVME_TCP_C2H_TERM_REQ, &fault, bad, sizeof bad), 152);
    bell_pdu_term_text((const struct nvme_tcp_term_req *)term, text, sizeof text);
    assert_string_equal(text, "invalid PDU header field (at offset 65538)");
    assert_memory_equal(term + 24, bad, 128);

    struct bell_pdu_parts parts;
    assert_int_equal(check(&plain_host, *(struct nvme_tcp_header *)term, &parts, &fault), 0);
    assert_int_equal(parts.data, 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_without_digests),         cmocka_unit_test(test_parts_with_digests_and_padding),
        cmocka_unit_test(test_capsule_with_and_without_data), cmocka_unit_test(test_headers_that_may_not_come),
        cmocka_unit_test(test_sealed_headers_are_taken),      cmocka_unit_test(test_a_term_request_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
