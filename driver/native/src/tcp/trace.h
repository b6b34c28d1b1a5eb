/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went over NVMe/TCP connections, as a pcapng file that Wireshark opens: each connection is a TCP conversation
 * with Ethernet and IP headers around it that are made up, and addresses, ports, sequence numbers and checksums that
 * are right. No privilege is needed, and digests and faults are there as they were sent.
 *
 * Threads: a trace may be used by several, a flow by one at a time. What cannot be written (a full disk) is left out,
 * and tcp_trace_close says so.
 */
#ifndef BELL_TCP_TRACE_H
#define BELL_TCP_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

struct tcp_trace;
struct tcp_trace_flow;

/* tcp_trace_open - make the file, or empty it. -errno names the path. */
int tcp_trace_open(const char *path, struct tcp_trace **out);

/* tcp_trace_close - after its flows. Return: 0, or -EIO: not all could be written. */
int tcp_trace_close(struct tcp_trace *trace);

/* tcp_trace_flow_open - a connection, of this socket; called: it was we who connected. Sockets that are not TCP's get
 * addresses of documentation networks. NULL: out of memory. */
struct tcp_trace_flow *tcp_trace_flow_open(struct tcp_trace *trace, int socket, bool called);

/* tcp_trace_sent - the first `bytes` bytes of these parts went out. tcp_trace_received: these came in. */
void tcp_trace_sent(struct tcp_trace_flow *flow, const struct iovec *parts, int count, size_t bytes);
void tcp_trace_received(struct tcp_trace_flow *flow, const void *data, size_t bytes);

/* tcp_trace_flow_close - the connection has ended. NULL is none. */
void tcp_trace_flow_close(struct tcp_trace_flow *flow);

#endif
