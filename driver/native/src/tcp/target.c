/* SPDX-License-Identifier: Apache-2.0 */
/* The target as a whole: sockets, the loop that serves them, and bell_target_... of doorbell.h. */
#include "tcp/target.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "support/error.h"
#include "support/slice.h"
#include "tcp/trace.h"

#define EVENTS_MAX 64
#define ROUNDS_MAX 64 /* of work that follows from work, before sockets are looked at again */

void target_told(struct target *target, const char *format, ...)
{
    va_list arguments;

    pthread_mutex_lock(&target->lock);
    va_start(arguments, format);
    vsnprintf(target->last_end, sizeof target->last_end, format, arguments);
    va_end(arguments);
    pthread_mutex_unlock(&target->lock);
}

/* ---- connections ------------------------------------------------------------------------------------------------- */

static uint32_t interest_of(const struct target_connection *connection)
{
    return (target_busy(connection) ? 0 : EPOLLIN) | (connection->writable_wanted ? EPOLLOUT : 0);
}

static void interest_follow(struct target_connection *connection)
{
    struct epoll_event event = {.events = interest_of(connection), .data.ptr = connection};

    if (event.events == connection->interest)
        return;
    connection->interest = event.events;
    epoll_ctl(connection->target->poll, EPOLL_CTL_MOD, connection->socket, &event);
}

int target_adopt(struct target *target, int socket)
{
    struct target_connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    int err = -ENOMEM;

    if (connection != NULL)
        connection->in = malloc(TARGET_RECEIVE_BYTES);
    if (connection == NULL || connection->in == NULL)
        goto fail;
    if (target->connection_count == TARGET_CONNECTIONS) {
        err = -EMFILE;
        goto fail;
    }
    if (epoll_ctl(target->poll, EPOLL_CTL_ADD, socket, &event) != 0) {
        err = -errno;
        goto fail;
    }
    connection->interest = event.events;
    connection->target = target;
    connection->socket = socket;
    connection->deadline_ns = bell_now() + TARGET_HANDSHAKE_NS;
    connection->fused = TARGET_NO_SLOT;
    connection->rules = (struct bell_pdu_rules){
        .controller = true, .data_most = TARGET_CAPSULE_DATA, .h2c_most = TARGET_H2C_DATA, .pda = target->cpda};
    if (target->trace != NULL)
        connection->flow = tcp_trace_flow_open(target->trace, socket, false);
    connection->next = target->connections;
    target->connections = connection;
    target->connection_count++;
    atomic_store(&target->connected, target->connection_count);
    return 0;

fail:
    if (connection != NULL)
        free(connection->in);
    free(connection);
    close(socket);
    return err;
}

static void connection_free(struct target_connection *connection)
{
    target_leave(connection, "its connection was closed");
    tcp_trace_flow_close(connection->flow);
    target_send_release(connection);
    close(connection->socket);
    free(connection->in);
    free(connection);
}

static void dead_bury(struct target *target)
{
    struct target_connection **at = &target->connections;

    while (*at != NULL) {
        struct target_connection *connection = *at;

        if (!connection->dead) {
            at = &connection->next;
            continue;
        }
        *at = connection->next;
        target->connection_count--;
        connection_free(connection);
    }
    atomic_store(&target->connected, target->connection_count);
}

static void listener_accept(struct target *target, const struct target_listener *listener)
{
    for (;;) {
        const int one = 1;
        const int socket = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (socket < 0)
            return; /* nobody any more, or no descriptor to be had: then those who wait go on waiting */
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        target_adopt(target, socket);
    }
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

void target_subsystem_run(struct target_subsystem *subsystem)
{
    struct target_association *association = subsystem->association;

    for (uint32_t qid = 0; association != NULL && qid < TARGET_QUEUES_MAX; qid++) {
        struct target_connection *connection = association->queue[qid];

        if (connection != NULL && connection->rung) {
            connection->rung = false;
            sim_fabric_ring(subsystem->sim, &connection->queue);
        }
    }
    subsystem->next_ns = sim_fabric_run(subsystem->sim);
    /* A controller that has just been enabled is looked at below first: its queues begin anew. */
    for (uint32_t qid = 0; subsystem->association != NULL && subsystem->association->enabled && qid < TARGET_QUEUES_MAX;
         qid++)
        if (subsystem->association->queue[qid] != NULL)
            target_collect(subsystem->association->queue[qid]);
    target_subsystem_follow(subsystem);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What happens to a connection by itself. Return: when the next thing does. */
static uint64_t connection_time(struct target_connection *connection, uint64_t now)
{
    uint64_t next = target_held_run(connection, now);
    const struct target_association *association = connection->association;

    if (now >= connection->deadline_ns) {
        target_leave(connection, "it said nothing");
        connection->dead = true;
    }
    if (association != NULL && connection->association == association && association->subsystem == NULL) {
        if (now >= association->discovery.expires_ns)
            target_leave(connection, "its keep alive timer expired");
        else
            next = earlier(next, association->discovery.expires_ns);
    }
    return earlier(next, connection->deadline_ns);
}

/* Devices, then what they have to say, until nothing is left that can be done. Return: the next time of something. */
static uint64_t work(struct target *target)
{
    uint64_t next = 0;

    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        bool again = false;
        const uint64_t now = bell_now();

        next = UINT64_MAX;
        for (uint32_t i = 0; i < target->subsystem_count; i++) {
            target_subsystem_run(&target->subsystem[i]);
            next = earlier(next, target->subsystem[i].next_ns);
        }
        for (struct target_connection *connection = target->connections; connection != NULL;
             connection = connection->next) {
            const bool was_busy = target_busy(connection);

            if (connection->dead)
                continue;
            next = earlier(next, connection_time(connection, now));
            target_flush(connection);
            again |= connection->rung || (was_busy && !target_busy(connection));
            interest_follow(connection);
        }
        dead_bury(target);
        if (!again)
            return next;
    }
    return 0;
}

static int wait_for(struct target *target, struct epoll_event *events, uint64_t next, int timeout_ms)
{
    const uint64_t now = bell_now();
    uint64_t left = next <= now ? 0 : next - now;

    if (timeout_ms >= 0)
        left = earlier(left, (uint64_t)timeout_ms * BELL_NS_PER_MS);
    if (next == UINT64_MAX && timeout_ms < 0)
        return epoll_wait(target->poll, events, EVENTS_MAX, -1);
    const struct timespec time = {.tv_sec = (time_t)(left / BELL_NS_PER_S), .tv_nsec = (long)(left % BELL_NS_PER_S)};
    const int count = epoll_pwait2(target->poll, events, EVENTS_MAX, &time, NULL);

    if (count >= 0 || errno != ENOSYS) /* before Linux 5.11 */
        return count;
    const uint64_t ms = (left + BELL_NS_PER_MS - 1) / BELL_NS_PER_MS;
    return epoll_wait(target->poll, events, EVENTS_MAX, ms > 60000 ? 60000 : (int)ms);
}

static bool event_act(struct target *target, const struct epoll_event *event)
{
    void *what = event->data.ptr;

    if (what == &target->stop)
        return true;
    if (what >= (void *)&target->listener[0] && what < (void *)&target->listener[TARGET_LISTENERS_MAX]) {
        listener_accept(target, what);
        return false;
    }
    struct target_connection *connection = what;

    if (!connection->dead && (event->events & ~(uint32_t)EPOLLOUT) != 0 && !target_busy(connection))
        target_receive(connection);
    else if (!connection->dead && (event->events & (EPOLLERR | EPOLLHUP)) != 0)
        connection->dead = true; /* nobody will take what waits */
    return false;
}

int target_run_once(struct target *target, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    const int count = wait_for(target, events, target->next_ns, timeout_ms);
    bool stopped = false;

    if (count < 0 && errno != EINTR)
        return bell_error_set(-errno, "the target cannot wait for its hosts: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        stopped |= event_act(target, &events[i]);
    target->next_ns = work(target);
    return stopped ? 1 : 0;
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static int subsystem_open(struct target *target, uint32_t index)
{
    struct target_subsystem *subsystem = &target->subsystem[index];
    char options[sizeof subsystem->address + 32];

    subsystem->target = target;
    target_subsystem_init(subsystem);
    snprintf(options, sizeof options, "%s", subsystem->address + strlen("sim:"));
    /* Hosts tell devices apart by what follows from the serial number. */
    if (index > 0 && strstr(options, "serial=") == NULL)
        snprintf(options + strlen(options), 32, "%sserial=SIM%017u", options[0] != '\0' ? "," : "", index + 1);
    int err = sim_fabric_open(options, &subsystem->fabric, &subsystem->sim);

    if (err != 0) {
        subsystem->sim = NULL;
        return err;
    }
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(target->subsystem[i].fabric.subnqn, subsystem->fabric.subnqn) == 0)
            return bell_error_set(-EEXIST,
                                  "two devices have the name %s; give one of them another serial number or NQN",
                                  subsystem->fabric.subnqn);
    return 0;
}

static int watch(struct target *target, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

    return epoll_ctl(target->poll, EPOLL_CTL_ADD, fd, &event) == 0
               ? 0
               : bell_error_set(-errno, "no epoll: %s", strerror(errno));
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static int listener_open(struct target *target, struct target_listener *listener)
{
    const int one = 1;
    const bool ipv6 = listener->address.ss_family == AF_INET6;
    const socklen_t bytes = ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    socklen_t room = sizeof listener->address;
    char host[48];
    char port[8];

    target_address_text(&listener->address, host, sizeof host, port, sizeof port);
    listener->socket = socket(listener->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->socket < 0)
        return bell_error_set(-errno, "%s port %s: no socket: %s", host, port, strerror(errno));
    setsockopt(listener->socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (ipv6)
        setsockopt(listener->socket, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind(listener->socket, (const struct sockaddr *)&listener->address, bytes) != 0 ||
        listen(listener->socket, 128) != 0)
        return bell_error_set(-errno, "%s port %s cannot be listened at: %s%s", host, port, strerror(errno),
                              errno == EADDRINUSE ? "; choose another port, or 0 for any free one" : "");
    getsockname(listener->socket, (struct sockaddr *)&listener->address, &room);
    target_address_text(&listener->address, host, sizeof host, port, sizeof port);
    snprintf(listener->text, sizeof listener->text, ipv6 ? "[%s]:%s" : "%s:%s", host, port);
    return watch(target, listener->socket, listener);
}

static void target_free(struct target *target)
{
    for (struct target_connection *connection = target->connections; connection != NULL; connection = connection->next)
        connection->dead = true;
    dead_bury(target);
    for (uint32_t i = 0; i < target->subsystem_count; i++)
        if (target->subsystem[i].sim != NULL)
            sim_fabric_close(target->subsystem[i].sim);
    for (uint32_t i = 0; i < target->listener_count; i++)
        if (target->listener[i].socket >= 0)
            close(target->listener[i].socket);
    if (target->poll >= 0)
        close(target->poll);
    if (target->stop >= 0)
        close(target->stop);
    pthread_mutex_destroy(&target->lock);
    free(target);
}

static int parts_open(struct target *target, const char *text)
{
    int err = target_options_read(target, text);

    target->poll = epoll_create1(EPOLL_CLOEXEC);
    target->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (err == 0 && (target->poll < 0 || target->stop < 0))
        err = bell_error_set(-errno, "no epoll or eventfd: %s", strerror(errno));
    if (err == 0)
        err = watch(target, target->stop, &target->stop);
    for (uint32_t i = 0; i < target->subsystem_count && err == 0; i++)
        err = subsystem_open(target, i);
    for (uint32_t i = 0; i < target->listener_count && err == 0; i++)
        err = listener_open(target, &target->listener[i]);
    if (err == 0 && target->trace_path[0] != '\0')
        err = tcp_trace_open(target->trace_path, &target->trace);
    return err;
}

int bell_target_open(const char *text, bell_target **out)
{
    struct target *target;
    int err;

    if (!text || !out)
        return bell_error_set(-EINVAL, "No description of the target, or no place for it, was given.");
    target = calloc(1, sizeof *target);
    if (target == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    pthread_mutex_init(&target->lock, NULL);
    target->generation = 1;
    target->poll = -1;
    target->stop = -1;
    for (uint32_t i = 0; i < TARGET_LISTENERS_MAX; i++)
        target->listener[i].socket = -1;
    err = parts_open(target, text);
    if (err != 0) {
        target_free(target);
        return err;
    }
    *out = (bell_target *)target;
    return 0;
}

int bell_target_close(bell_target *handle)
{
    struct target *target = (struct target *)handle;
    struct tcp_trace *trace;

    if (!target)
        return bell_error_set(-EINVAL, "No target was given.");
    if (atomic_load(&target->running))
        return bell_error_set(-EBUSY,
                              "The target is still serving: call bell_target_stop and wait for bell_target_run.");
    trace = target->trace;
    target_free(target);
    return tcp_trace_close(trace);
}

/* ---- serving ----------------------------------------------------------------------------------------------------- */

int bell_target_run(bell_target *handle)
{
    struct target *target = (struct target *)handle;
    int result = 0;

    if (!target)
        return bell_error_set(-EINVAL, "No target was given.");
    if (atomic_exchange(&target->running, true))
        return bell_error_set(-EBUSY, "The target is being served by another thread already.");
    bell_slice_shorten();
    while (result == 0)
        result = target_run_once(target, -1);
    atomic_store(&target->running, false);
    return result < 0 ? result : 0;
}

int bell_target_stop(bell_target *handle)
{
    struct target *target = (struct target *)handle;

    if (!target)
        return bell_error_set(-EINVAL, "No target was given.");
    return write(target->stop, &(uint64_t){1}, sizeof(uint64_t)) < 0 && errno != EAGAIN
               ? bell_error_set(-errno, "the target cannot be stopped: %s", strerror(errno))
               : 0;
}

/* One a line. */
static void line_add(char *out, size_t bytes, const char *line)
{
    const size_t length = strlen(out);

    snprintf(out + length, bytes - length, "%s%s", length != 0 ? "\n" : "", line);
}

int bell_target_get_info(bell_target *handle, bell_target_info *out)
{
    struct target *target = (struct target *)handle;

    if (!target || !out)
        return bell_error_set(-EINVAL, "No target or no place for its description was given.");
    memset(out, 0, sizeof *out);
    out->connections = atomic_load(&target->connected);
    out->associations = atomic_load(&target->associations);
    out->hosts = atomic_load(&target->hosts);
    out->commands = atomic_load(&target->commands);
    for (uint32_t i = 0; i < target->listener_count; i++) {
        line_add(out->addresses, sizeof out->addresses, target->listener[i].text);
        out->exposed |= !is_loopback(&target->listener[i].address);
    }
    for (uint32_t i = 0; i < target->subsystem_count; i++)
        line_add(out->subsystems, sizeof out->subsystems, target->subsystem[i].fabric.subnqn);
    pthread_mutex_lock(&target->lock);
    snprintf(out->last_end, sizeof out->last_end, "%s", target->last_end);
    pthread_mutex_unlock(&target->lock);
    return 0;
}
