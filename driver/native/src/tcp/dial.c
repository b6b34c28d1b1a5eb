/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/error.h"

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* Shared by the thread that asks and the one that looks up; the last to leave frees it. */
struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t done_now;
    uint32_t users;
    bool done;
    int code; /* of getaddrinfo */
    int count;
    struct tcp_place places[TCP_PLACES];
    char host[256];
    char port[8];
};

static int places_collect(const char *host, const char *port, int flags, struct tcp_place *out, int *code)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *found = NULL;
    int count = 0;
    *code = getaddrinfo(host, port, &hints, &found);
    if (*code != 0)
        return 0;
    for (const struct addrinfo *at = found; at && count < TCP_PLACES; at = at->ai_next) {
        if (at->ai_addrlen > sizeof out[count].address)
            continue;
        memcpy(&out[count].address, at->ai_addr, at->ai_addrlen);
        out[count++].bytes = at->ai_addrlen;
    }
    freeaddrinfo(found);
    return count;
}

static void lookup_leave(struct lookup *lookup)
{
    pthread_mutex_lock(&lookup->lock);
    bool last = --lookup->users == 0;
    pthread_mutex_unlock(&lookup->lock);
    if (!last)
        return;
    pthread_cond_destroy(&lookup->done_now);
    pthread_mutex_destroy(&lookup->lock);
    free(lookup);
}

static void *lookup_main(void *context)
{
    struct lookup *lookup = context;
    struct tcp_place places[TCP_PLACES];
    int code;
    int count = places_collect(lookup->host, lookup->port, AI_ADDRCONFIG, places, &code);
    if (count == 0) /* without an interface but loopback that flag hides even what leads there */
        count = places_collect(lookup->host, lookup->port, 0, places, &code);
    pthread_mutex_lock(&lookup->lock);
    memcpy(lookup->places, places, sizeof *places * (size_t)count);
    lookup->count = count;
    lookup->code = code;
    lookup->done = true;
    pthread_cond_signal(&lookup->done_now);
    pthread_mutex_unlock(&lookup->lock);
    lookup_leave(lookup);
    return NULL;
}

static int thread_start(struct lookup *lookup)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&thread, &attributes, lookup_main, lookup);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

static struct lookup *lookup_new(const char *host, const char *port)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&lookup->done_now, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&lookup->lock, NULL);
    snprintf(lookup->host, sizeof lookup->host, "%s", host);
    snprintf(lookup->port, sizeof lookup->port, "%s", port);
    lookup->users = 2;
    return lookup;
}

int tcp_resolve(const char *host, const char *port, uint64_t deadline_ns, struct tcp_place *out)
{
    int code;
    int count = places_collect(host, port, AI_NUMERICHOST | AI_NUMERICSERV, out, &code);
    if (count > 0)
        return count;

    struct lookup *lookup = lookup_new(host, port);
    if (!lookup)
        return bell_error_set(-ENOMEM, "No memory to look %s up.", host);
    code = thread_start(lookup);
    if (code != 0) {
        lookup->users = 1;
        lookup_leave(lookup);
        return bell_error_set(-code, "%s cannot be looked up: %s.", host, strerror(code));
    }
    const struct timespec until = {.tv_sec = (time_t)(deadline_ns / BELL_NS_PER_S),
                                   .tv_nsec = (long)(deadline_ns % BELL_NS_PER_S)};
    pthread_mutex_lock(&lookup->lock);
    while (!lookup->done && pthread_cond_timedwait(&lookup->done_now, &lookup->lock, &until) != ETIMEDOUT)
        ;
    bool done = lookup->done;
    count = lookup->count;
    code = lookup->code;
    memcpy(out, lookup->places, sizeof lookup->places);
    pthread_mutex_unlock(&lookup->lock);
    lookup_leave(lookup);
    if (!done)
        return bell_error_set(-ETIMEDOUT, "The name %s was not found in time; the name server does not answer.", host);
    if (count == 0)
        return bell_error_set(-ENOENT, "There is no host %s: %s.", host, gai_strerror(code));
    return count;
}

/* ---- connections ------------------------------------------------------------------------------------------------- */

bool tcp_wait(int socket, bool write, uint64_t deadline_ns)
{
    struct pollfd wanted = {.fd = socket, .events = (short)(write ? POLLIN | POLLOUT : POLLIN)};
    for (;;) {
        uint64_t now = bell_now();
        uint64_t left = deadline_ns > now ? (deadline_ns - now + BELL_NS_PER_MS - 1) / BELL_NS_PER_MS : 0;
        int ready = poll(&wanted, 1, left > 60000 ? 60000 : (int)left);
        if (ready != 0 && !(ready < 0 && errno == EINTR))
            return true;
        if (ready == 0 && bell_now() >= deadline_ns)
            return false;
    }
}

static int connected_wait(int socket, uint64_t deadline_ns)
{
    struct pollfd wanted = {.fd = socket, .events = POLLOUT};
    for (;;) {
        uint64_t now = bell_now();
        uint64_t left = deadline_ns > now ? (deadline_ns - now + BELL_NS_PER_MS - 1) / BELL_NS_PER_MS : 0;
        int ready = poll(&wanted, 1, left > 60000 ? 60000 : (int)left);
        if (ready > 0) {
            int code = 0;
            socklen_t bytes = sizeof code;
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &bytes);
            return code;
        }
        if (ready == 0 && bell_now() >= deadline_ns)
            return ETIMEDOUT;
    }
}

/* A socket, or an errno below 0. */
static int dial_one(const struct tcp_place *place, uint64_t deadline_ns)
{
    const int on = 1;
    int fd = socket(place->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0)
        return -errno;
    int code = connect(fd, (const struct sockaddr *)&place->address, place->bytes) == 0 ? 0 : errno;
    if (code == EINPROGRESS || code == EINTR)
        code = connected_wait(fd, deadline_ns);
    if (code != 0) {
        close(fd);
        return -code;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int tcp_dial(const char *name, struct tcp_place *places, int count, uint64_t deadline_ns)
{
    int rc = -ENOENT;
    for (int i = 0; i < count; i++) {
        /* Each of the places left has its share of the time that is left. */
        uint64_t now = bell_now();
        uint64_t share = deadline_ns > now ? (deadline_ns - now) / (uint64_t)(count - i) : 0;
        rc = dial_one(&places[i], now + share);
        if (rc >= 0) {
            struct tcp_place first = places[i];
            places[i] = places[0];
            places[0] = first;
            return rc;
        }
    }
    if (rc == -ECONNREFUSED)
        return bell_error_set(rc, "%s refuses the connection: nothing listens at that port.", name);
    if (rc == -ETIMEDOUT)
        return bell_error_set(rc, "%s does not answer; check the address, and firewalls on the way.", name);
    return bell_error_set(rc, "%s cannot be reached: %s.", name, strerror(-rc));
}

void tcp_hang_up(int socket, uint32_t ms)
{
    uint64_t deadline = bell_now() + ms * BELL_NS_PER_MS;
    char dropped[4096];
    shutdown(socket, SHUT_WR);
    while (ms > 0 && tcp_wait(socket, false, deadline)) {
        ssize_t got = recv(socket, dropped, sizeof dropped, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) || bell_now() >= deadline)
            break;
    }
    close(socket);
}
