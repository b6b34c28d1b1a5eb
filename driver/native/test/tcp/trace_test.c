/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace of a target: a pcapng file whose packets have the right checksums and sequence numbers, and whose bytes are
 * those that went over the connection. With DOORBELL_TEST_TRACE set, the last one is left there.
 */
#include "scripted.h"

struct walk {
    uint8_t *file;
    long bytes;
    uint32_t packets;
    uint32_t next[2]; /* sequence number of each side */
    uint8_t *stream[2];
    uint32_t length[2];
    bool known[2];
};

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

static uint32_t word(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t sum(uint32_t so_far, const uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        so_far += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
    while (so_far >> 16 != 0)
        so_far = (so_far & 0xffff) + (so_far >> 16);
    return so_far;
}

static void packet_check(struct walk *walk, const uint8_t *packet, uint32_t bytes)
{
    const bool ipv6 = get16(packet + 12) == 0x86dd;
    const uint8_t *ip = packet + 14;
    const uint8_t *tcp = ip + (ipv6 ? 40 : 20);
    const uint32_t tcp_bytes = bytes - 14 - (ipv6 ? 40 : 20);
    if (ipv6) {
        assert_int_equal(get16(ip + 4), tcp_bytes);
        assert_int_equal(sum(sum(6 + tcp_bytes, ip + 8, 32), tcp, tcp_bytes), 0xffff);
    } else {
        assert_int_equal(get16(ip + 2), 20 + tcp_bytes);
        assert_int_equal(sum(0, ip, 20), 0xffff);
        assert_int_equal(sum(sum(6 + tcp_bytes, ip + 12, 8), tcp, tcp_bytes), 0xffff);
    }
    const int side = packet[11] != 1; /* 0: from this program, which is the target */
    const uint32_t data = tcp_bytes - 20;
    if (walk->known[side])
        assert_int_equal(get32(tcp + 4), walk->next[side]);
    walk->known[side] = true;
    walk->next[side] = get32(tcp + 4) + data + ((tcp[13] & 3) != 0);
    if ((tcp[13] & 0x10) != 0)
        assert_int_equal(get32(tcp + 8), walk->next[!side]);
    walk->stream[side] = realloc(walk->stream[side], walk->length[side] + data + 1);
    memcpy(walk->stream[side] + walk->length[side], tcp + 20, data);
    walk->length[side] += data;
    walk->packets++;
}

static void walk_file(struct walk *walk, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    walk->bytes = ftell(file);
    rewind(file);
    walk->file = malloc((size_t)walk->bytes);
    assert_int_equal(fread(walk->file, 1, (size_t)walk->bytes, file), walk->bytes);
    fclose(file);
    const uint8_t *at = walk->file;
    const uint8_t *end = walk->file + walk->bytes;
    assert_int_equal(word(at), 0x0a0d0d0a);
    assert_int_equal(word(at + 8), 0x1a2b3c4d);
    at += word(at + 4);
    assert_int_equal(word(at), 1);
    assert_int_equal(word(at + 8) & 0xffff, 1); /* Ethernet */
    for (at += word(at + 4); at < end; at += word(at + 4)) {
        const uint32_t total = word(at + 4);
        assert_int_equal(word(at), 6);
        assert_true(total % 4 == 0 && at + total <= end);
        assert_int_equal(word(at + total - 4), total);
        assert_int_equal(word(at + 20), word(at + 24));
        packet_check(walk, at + 28, word(at + 20));
    }
    assert_true(at == end);
}

/* The types of the PDUs of one direction, as a text of hex digits. */
static void types(const struct walk *walk, int side, char *out)
{
    for (uint32_t at = 0; at < walk->length[side]; at += word(walk->stream[side] + at + 4))
        *out++ = "0123456789abcdef"[walk->stream[side][at] & 15];
    *out = '\0';
}

static void traced(const char *listen)
{
    struct served_target served;
    struct host admin;
    struct walk walk = {0};
    const char *kept = getenv("DOORBELL_TEST_TRACE");
    char path[256];
    char text[512];
    char told[64];
    static uint8_t data[4096];
    snprintf(path, sizeof path, "/tmp/doorbell-test-trace-%d.pcapng", (int)getpid());
    snprintf(text, sizeof text, "device sim:size=64MiB\nlisten %s\ntrace %s", listen, kept != NULL ? kept : path);
    target_start(&served, text);
    host_admin(&admin, &served, NVME_TCP_DGST_HEADER | NVME_TCP_DGST_DATA);
    struct nvme_sqe sqe = command_of(&admin, NVME_ADMIN_IDENTIFY, 0, NVME_SGL_TRANSPORT, sizeof data);
    sqe.cdw10 = NVME_CNS_CONTROLLER;
    assert_int_equal(host_fetch(&admin, &sqe, data, sizeof data), 0);
    sqe = command_of(&admin, 0xfe, 0, NVME_SGL_TRANSPORT, 0);
    assert_int_equal(host_fetch(&admin, &sqe, NULL, 0) & NVME_STATUS_CODE, NVME_SC_INVALID_OPCODE);
    host_close(&admin);
    target_settle(&served);
    target_end(&served);

    walk_file(&walk, kept != NULL ? kept : path);
    assert_true(walk.packets > 8);
    types(&walk, 1, told);
    assert_string_equal(told, "044444"); /* ICReq, Connect, Property Set and Get, Identify, and one unknown */
    types(&walk, 0, told);
    assert_string_equal(told, "1555755");
    assert_memory_equal(walk.stream[0] + walk.length[0] - 28 - 28 - 4 - 4096, data, 4096);
    free(walk.file);
    free(walk.stream[0]);
    free(walk.stream[1]);
    unlink(path);
}

static void test_trace_of_ipv4(void **state)
{
    traced("127.0.0.1:0");
}

static void test_trace_of_ipv6(void **state)
{
    traced("[::1]:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace_of_ipv4),
        cmocka_unit_test(test_trace_of_ipv6),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
