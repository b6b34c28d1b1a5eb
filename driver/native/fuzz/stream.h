/* SPDX-License-Identifier: Apache-2.0 */
/* A socket whose other end has said all that it will ever say: the fuzzer's bytes. */
#ifndef BELL_FUZZ_STREAM_H
#define BELL_FUZZ_STREAM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spec/vfio_user.h"
#include "support/clock.h"
#include "vfiouser/message.h"

enum { STREAM_BYTES = 65536 }; /* fits a socket's buffer */

struct stream {
    int ours;
    int theirs;
    pthread_t drain;
};

/* What the side under test sends is taken, so that it never waits. */
static void *stream_drain(void *argument)
{
    struct stream *stream = argument;
    char bytes[4096];
    while (recv(stream->theirs, bytes, sizeof bytes, 0) > 0)
        ;
    return NULL;
}

static void stream_send(int socket, const uint8_t *data, size_t bytes, int fd)
{
    struct iovec part = {(void *)(uintptr_t)data, bytes};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof fd)];
    } control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    if (bytes > 0 && sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        abort();
}

/* The bytes go out message by message as far as they are messages; fd_for says which descriptor goes along, -1: none.
 */
static bool stream_open(struct stream *stream, const uint8_t *data, size_t bytes, int (*fd_for)(uint16_t command))
{
    int ends[2];
    if (bytes > STREAM_BYTES || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    stream->ours = ends[0];
    stream->theirs = ends[1];
    if (pthread_create(&stream->drain, NULL, stream_drain, stream) != 0)
        abort();
    while (bytes > 0) {
        struct vfio_user_header header = {0};
        size_t length = bytes;
        if (bytes >= sizeof header) {
            memcpy(&header, data, sizeof header);
            if (header.bytes >= sizeof header && header.bytes < bytes)
                length = header.bytes;
        }
        stream_send(stream->theirs, data, length, fd_for(header.command));
        data += length;
        bytes -= length;
    }
    shutdown(stream->theirs, SHUT_WR);
    return true;
}

/* After the side under test has closed its end. */
static void stream_close(struct stream *stream)
{
    pthread_join(stream->drain, NULL);
    close(stream->theirs);
}

#endif
