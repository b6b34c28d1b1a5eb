/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng: draft-ietf-opsawg-pcapng; IPv4 RFC 791, IPv6 RFC 8200, TCP RFC 9293. */
#include "tcp/trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "support/clock.h"
#include "support/error.h"

#define SEGMENT_BYTES 16384u /* of data in one made-up segment */
#define HEAD_BYTES    (14u + 40u + 20u)
#define FLUSH_NS      (200 * BELL_NS_PER_MS)

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    6u

enum { FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_PSH = 0x08, FLAG_ACK = 0x10 };

struct tcp_trace {
    pthread_mutex_t lock;
    FILE *file;
    uint64_t flushed_ns;
    bool failed;
};

/* One end of a conversation. */
struct side {
    uint8_t address[16]; /* the first four for IPv4 */
    uint16_t port;
    uint32_t next; /* sequence number */
};

struct tcp_trace_flow {
    struct tcp_trace *trace;
    bool ipv6;
    struct side here;
    struct side there;
    uint8_t packet[HEAD_BYTES + SEGMENT_BYTES];
};

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void put(struct tcp_trace *trace, const void *data, size_t bytes)
{
    if (fwrite(data, 1, bytes, trace->file) != bytes)
        trace->failed = true;
}

static void header_write(struct tcp_trace *trace)
{
    static const uint32_t section[] = {BLOCK_SECTION, 28, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff, 28};
    /* Ethernet, no limit; option 9: time stamps in nanoseconds */
    static const uint32_t interface[] = {BLOCK_INTERFACE, 32, 1, 0, 0x00010009, 9, 0, 32};

    put(trace, section, sizeof section);
    put(trace, interface, sizeof interface);
}

static void packet_write(struct tcp_trace *trace, const uint8_t *packet, uint32_t bytes)
{
    static const uint8_t zeroes[4];
    struct timespec now;
    const uint32_t padded = (bytes + 3) & ~3u;
    const uint32_t total = 32 + padded;

    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t stamp = (uint64_t)now.tv_sec * BELL_NS_PER_S + (uint64_t)now.tv_nsec;
    const uint32_t head[] = {BLOCK_PACKET, total, 0, (uint32_t)(stamp >> 32), (uint32_t)stamp, bytes, bytes};

    pthread_mutex_lock(&trace->lock);
    put(trace, head, sizeof head);
    put(trace, packet, bytes);
    put(trace, zeroes, padded - bytes);
    put(trace, &total, sizeof total);
    const uint64_t time = bell_now();
    if (time - trace->flushed_ns >= FLUSH_NS) {
        trace->failed |= fflush(trace->file) != 0;
        trace->flushed_ns = time;
    }
    pthread_mutex_unlock(&trace->lock);
}

/* ---- packets ----------------------------------------------------------------------------------------------------- */

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* Ones' complement sum of big-endian words, RFC 1071. */
static uint32_t sum_add(uint32_t sum, const uint8_t *data, uint32_t bytes)
{
    uint64_t total = sum;

    for (uint32_t i = 0; i + 1 < bytes; i += 2)
        total += (uint32_t)data[i] << 8 | data[i + 1];
    if (bytes % 2 != 0)
        total += (uint32_t)data[bytes - 1] << 8;
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return (uint32_t)total;
}

static uint32_t ipv4_put(uint8_t *at, const struct side *from, const struct side *to, uint32_t tcp_bytes)
{
    memset(at, 0, 20);
    at[0] = 0x45;
    put16(at + 2, 20 + tcp_bytes);
    put16(at + 6, 0x4000); /* not to be fragmented */
    at[8] = 64;
    at[9] = IPPROTO_TCP;
    memcpy(at + 12, from->address, 4);
    memcpy(at + 16, to->address, 4);
    put16(at + 10, ~sum_add(0, at, 20) & 0xffff);
    return sum_add(0, at + 12, 8);
}

static uint32_t ipv6_put(uint8_t *at, const struct side *from, const struct side *to, uint32_t tcp_bytes)
{
    memset(at, 0, 40);
    at[0] = 0x60;
    put16(at + 4, tcp_bytes);
    at[6] = IPPROTO_TCP;
    at[7] = 64;
    memcpy(at + 8, from->address, 16);
    memcpy(at + 24, to->address, 16);
    return sum_add(0, at + 8, 32);
}

/* A segment whose data, if any, lies at packet + HEAD_BYTES. */
static void segment_write(struct tcp_trace_flow *flow, struct side *from, const struct side *to, uint8_t flags,
                          uint32_t bytes)
{
    const uint32_t ip_bytes = flow->ipv6 ? 40 : 20;
    uint8_t *tcp = flow->packet + HEAD_BYTES - 20;
    uint8_t *ip = tcp - ip_bytes;
    uint8_t *ethernet = ip - 14;
    const bool calls = from == &flow->here;
    uint32_t sum;

    /* Locally administered addresses: …:01 is this program. */
    memcpy(ethernet, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
    if (calls) {
        ethernet[5] = 2;
        ethernet[11] = 1;
    }
    put16(ethernet + 12, flow->ipv6 ? 0x86dd : 0x0800);
    sum = flow->ipv6 ? ipv6_put(ip, from, to, 20 + bytes) : ipv4_put(ip, from, to, 20 + bytes);
    memset(tcp, 0, 20);
    put16(tcp, from->port);
    put16(tcp + 2, to->port);
    put32(tcp + 4, from->next);
    put32(tcp + 8, (flags & FLAG_ACK) != 0 ? to->next : 0);
    tcp[12] = 5 << 4;
    tcp[13] = flags;
    put16(tcp + 14, 0xffff);
    sum += IPPROTO_TCP + 20 + bytes;
    put16(tcp + 16, ~sum_add(sum, tcp, 20 + bytes) & 0xffff);
    from->next += bytes + ((flags & (FLAG_SYN | FLAG_FIN)) != 0);
    packet_write(flow->trace, ethernet, 14 + ip_bytes + 20 + bytes);
}

/* ---- flows ------------------------------------------------------------------------------------------------------- */

static bool side_fill(struct side *side, const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;

        memcpy(side->address, &in->sin_addr, 4);
        side->port = ntohs(in->sin_port);
        return false;
    }
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

    memcpy(side->address, &in6->sin6_addr, 16);
    side->port = ntohs(in6->sin6_port);
    return true;
}

/* RFC 5737, for what has no addresses of its own. */
static void sides_invent(struct tcp_trace_flow *flow, bool called)
{
    memcpy(flow->here.address, "\xc0\0\2\1", 4);
    memcpy(flow->there.address, "\xc0\0\2\2", 4);
    flow->here.port = called ? 50000 : 4420;
    flow->there.port = called ? 4420 : 50000;
}

struct tcp_trace_flow *tcp_trace_flow_open(struct tcp_trace *trace, int socket, bool called)
{
    struct tcp_trace_flow *flow = malloc(sizeof *flow);
    struct sockaddr_storage here = {0};
    struct sockaddr_storage there = {0};
    socklen_t here_bytes = sizeof here;
    socklen_t there_bytes = sizeof there;

    if (flow == NULL)
        return NULL;
    memset(flow, 0, offsetof(struct tcp_trace_flow, packet));
    flow->trace = trace;
    if (getsockname(socket, (struct sockaddr *)&here, &here_bytes) == 0 &&
        getpeername(socket, (struct sockaddr *)&there, &there_bytes) == 0 && here.ss_family == there.ss_family &&
        (here.ss_family == AF_INET || here.ss_family == AF_INET6)) {
        flow->ipv6 = side_fill(&flow->here, &here);
        side_fill(&flow->there, &there);
    } else {
        sides_invent(flow, called);
    }
    struct side *client = called ? &flow->here : &flow->there;
    struct side *server = called ? &flow->there : &flow->here;

    segment_write(flow, client, server, FLAG_SYN, 0);
    segment_write(flow, server, client, FLAG_SYN | FLAG_ACK, 0);
    segment_write(flow, client, server, FLAG_ACK, 0);
    return flow;
}

void tcp_trace_sent(struct tcp_trace_flow *flow, const struct iovec *parts, int count, size_t bytes)
{
    uint32_t filled = 0;

    for (int i = 0; i < count && bytes > 0; i++) {
        size_t left = parts[i].iov_len < bytes ? parts[i].iov_len : bytes;
        const uint8_t *at = parts[i].iov_base;

        bytes -= left;
        while (left > 0) {
            const uint32_t part = left < SEGMENT_BYTES - filled ? (uint32_t)left : SEGMENT_BYTES - filled;

            memcpy(flow->packet + HEAD_BYTES + filled, at, part);
            filled += part;
            at += part;
            left -= part;
            if (filled == SEGMENT_BYTES || (bytes == 0 && left == 0)) {
                segment_write(flow, &flow->here, &flow->there, FLAG_PSH | FLAG_ACK, filled);
                filled = 0;
            }
        }
    }
    if (filled != 0)
        segment_write(flow, &flow->here, &flow->there, FLAG_PSH | FLAG_ACK, filled);
}

void tcp_trace_received(struct tcp_trace_flow *flow, const void *data, size_t bytes)
{
    const uint8_t *at = data;

    while (bytes > 0) {
        const uint32_t part = bytes < SEGMENT_BYTES ? (uint32_t)bytes : SEGMENT_BYTES;

        memcpy(flow->packet + HEAD_BYTES, at, part);
        segment_write(flow, &flow->there, &flow->here, FLAG_PSH | FLAG_ACK, part);
        at += part;
        bytes -= part;
    }
}

void tcp_trace_flow_close(struct tcp_trace_flow *flow)
{
    if (flow == NULL)
        return;
    segment_write(flow, &flow->here, &flow->there, FLAG_FIN | FLAG_ACK, 0);
    segment_write(flow, &flow->there, &flow->here, FLAG_FIN | FLAG_ACK, 0);
    segment_write(flow, &flow->here, &flow->there, FLAG_ACK, 0);
    free(flow);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

int tcp_trace_open(const char *path, struct tcp_trace **out)
{
    struct tcp_trace *trace = calloc(1, sizeof *trace);
    int err;

    if (trace == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    trace->file = fopen(path, "wbe");
    if (trace->file == NULL) {
        err = bell_error_set(-errno, "%s: no trace can be written there: %s", path, strerror(errno));
        free(trace);
        return err;
    }
    pthread_mutex_init(&trace->lock, NULL);
    header_write(trace);
    *out = trace;
    return 0;
}

int tcp_trace_close(struct tcp_trace *trace)
{
    bool failed;

    if (trace == NULL)
        return 0;
    failed = fclose(trace->file) != 0 || trace->failed;
    pthread_mutex_destroy(&trace->lock);
    free(trace);
    return failed ? bell_error_set(-EIO, "the trace is not complete: its file could not be written") : 0;
}
