/* SPDX-License-Identifier: Apache-2.0 */
#include "vfiouser/message.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "support/clock.h"

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(BELL_VU_FDS * sizeof(int))];
};

int bell_vu_message_init(struct bell_vu_message *message)
{
    memset(message, 0, sizeof *message);
    message->payload = malloc(BELL_VU_PAYLOAD);
    return message->payload != NULL ? 0 : -ENOMEM;
}

void bell_vu_message_free(struct bell_vu_message *message)
{
    bell_vu_message_drop(message);
    free(message->payload);
    message->payload = NULL;
}

void bell_vu_message_drop(struct bell_vu_message *message)
{
    for (uint32_t i = 0; i < message->fd_count; i++)
        close(message->fds[i]);
    message->fd_count = 0;
}

int bell_vu_message_take_fd(struct bell_vu_message *message)
{
    int fd;

    if (message->fd_count == 0)
        return -1;
    fd = message->fds[0];
    message->fd_count--;
    memmove(message->fds, message->fds + 1, message->fd_count * sizeof fd);
    return fd;
}

/* Return: 1 ready, 0 the deadline has passed, or a negative errno. */
static int ready_wait(int socket, short events, uint64_t deadline_ns)
{
    struct pollfd wanted = {.fd = socket, .events = events};

    for (;;) {
        const uint64_t now = bell_now();
        const uint64_t left = deadline_ns > now ? (deadline_ns - now + BELL_NS_PER_MS - 1) / BELL_NS_PER_MS : 0;
        const int ready = poll(&wanted, 1, left > 60000 ? 60000 : (int)left);

        if (ready > 0)
            return 1;
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready == 0 && bell_now() >= deadline_ns)
            return 0;
    }
}

int bell_vu_readable(int socket, uint64_t deadline_ns)
{
    return ready_wait(socket, POLLIN, deadline_ns) > 0;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static void fds_attach(struct msghdr *message, union control *control, const int *fds, uint32_t count)
{
    struct cmsghdr *part;

    memset(control, 0, sizeof *control);
    message->msg_control = control->bytes;
    message->msg_controllen = CMSG_SPACE(count * sizeof *fds);
    part = CMSG_FIRSTHDR(message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(count * sizeof *fds);
    memcpy(CMSG_DATA(part), fds, count * sizeof *fds);
}

int bell_vu_send(int socket, struct vfio_user_header *header, struct bell_vu_part first, struct bell_vu_part second,
                 const int *fds, uint32_t fd_count, uint64_t deadline_ns)
{
    struct iovec parts[3] = {{header, sizeof *header},
                             {(void *)(uintptr_t)first.data, first.bytes},
                             {(void *)(uintptr_t)second.data, second.bytes}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
    union control control;

    if (fd_count > BELL_VU_FDS)
        return -EINVAL;
    header->bytes = (uint32_t)(sizeof *header + first.bytes + second.bytes);
    if (fd_count != 0)
        fds_attach(&message, &control, fds, fd_count);
    while (message.msg_iovlen != 0) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            int ready = ready_wait(socket, POLLOUT, deadline_ns);

            if (ready <= 0)
                return ready == 0 ? -ETIMEDOUT : ready;
            continue;
        }
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == ECONNRESET ? -EPIPE : -errno;
        message.msg_control = NULL; /* they went with the first byte */
        message.msg_controllen = 0;
        while (message.msg_iovlen != 0 && (size_t)sent >= message.msg_iov[0].iov_len) {
            sent -= (ssize_t)message.msg_iov[0].iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen != 0) {
            message.msg_iov[0].iov_base = (char *)message.msg_iov[0].iov_base + sent;
            message.msg_iov[0].iov_len -= (size_t)sent;
        }
    }
    return 0;
}

/* ---- receiving --------------------------------------------------------------------------------------------------- */

static int fds_collect(struct bell_vu_message *message, struct msghdr *received)
{
    bool fits = (received->msg_flags & MSG_CTRUNC) == 0;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(received); part != NULL; part = CMSG_NXTHDR(received, part)) {
        const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            if (message->fd_count < BELL_VU_FDS) {
                message->fds[message->fd_count++] = fd;
            } else {
                close(fd);
                fits = false;
            }
        }
    }
    return fits ? 0 : -EPROTO;
}

/* All of `bytes`, or an error. */
static int bytes_receive(int socket, struct bell_vu_message *message, void *data, size_t bytes, uint64_t deadline_ns)
{
    uint8_t *to = data;

    while (bytes > 0) {
        union control control;
        struct iovec part = {to, bytes};
        struct msghdr received = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
        ssize_t count = recvmsg(socket, &received, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

        if (count == 0)
            return -EPIPE;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            int ready = ready_wait(socket, POLLIN, deadline_ns);

            if (ready <= 0)
                return ready == 0 ? -ETIMEDOUT : ready;
            continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == ECONNRESET ? -EPIPE : -errno;
        if (fds_collect(message, &received) != 0)
            return -EPROTO;
        to += count;
        bytes -= (size_t)count;
    }
    return 0;
}

int bell_vu_receive(int socket, struct bell_vu_message *message, uint64_t deadline_ns)
{
    int err;

    bell_vu_message_drop(message);
    message->bytes = 0;
    err = bytes_receive(socket, message, &message->header, sizeof message->header, deadline_ns);
    if (err != 0)
        return err;
    if (message->header.bytes < sizeof message->header ||
        message->header.bytes - sizeof message->header > BELL_VU_PAYLOAD)
        return -EPROTO;
    message->bytes = message->header.bytes - (uint32_t)sizeof message->header;
    return bytes_receive(socket, message, message->payload, message->bytes, deadline_ns);
}
