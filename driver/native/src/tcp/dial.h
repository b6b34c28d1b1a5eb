/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections within a time: names, connecting, waiting, ending. */
#ifndef BELL_TCP_DIAL_H
#define BELL_TCP_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where a host name leads. */
struct tcp_place {
    struct sockaddr_storage address;
    socklen_t bytes;
};

enum { TCP_PLACES = 8 };

/**
 * tcp_resolve - the addresses of a host, at most TCP_PLACES. A name that is no number is looked up by a thread of its
 * own, which is left behind when the time is up and ends by itself.
 * Return: how many, -ETIMEDOUT, -ENOENT or -ENOMEM with the error text set.
 */
int tcp_resolve(const char *host, const char *port, uint64_t deadline_ns, struct tcp_place *out);

/**
 * tcp_dial - connect to the first of `count` places that answers, which goes to the front of the list.
 * Return: a socket that does not block, without Nagle's delay; or -ECONNREFUSED, -ETIMEDOUT … with the error text set.
 */
int tcp_dial(const char *name, struct tcp_place *places, int count, uint64_t deadline_ns);

/** tcp_wait - until the socket can be read (or written, if asked for), at most until deadline_ns. Return: true if so.
 */
bool tcp_wait(int socket, bool write, uint64_t deadline_ns);

/** tcp_hang_up - close a connection of our own accord: the peer gets to see its end, and up to `ms` to do the same, so
 * that it has put its side away when this returns. */
void tcp_hang_up(int socket, uint32_t ms);

#endif
