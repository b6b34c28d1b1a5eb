/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/vfio_user_link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/error.h"

static const struct bell_vu_part nothing = {NULL, 0};

static uint64_t deadline(const struct bell_vu_link *link)
{
    return bell_now() + link->timeout_ns;
}

/* ---- loss -------------------------------------------------------------------------------------------------------- */

static int __attribute__((format(printf, 2, 3))) lose(struct bell_vu_link *link, const char *format, ...)
{
    va_list args;

    if (!atomic_load(&link->lost)) {
        va_start(args, format);
        vsnprintf(link->reason, sizeof link->reason, format, args);
        va_end(args);
        atomic_store(&link->lost, 1);
        shutdown(link->socket, SHUT_RDWR); /* the server need not wait for us either */
    }
    return bell_error_set(-ENODEV, "vfio-user:%s: %s; close the device and open it again", link->path, link->reason);
}

/* An error of bell_vu_send or bell_vu_receive. */
static int broken(struct bell_vu_link *link, int err)
{
    if (err == -EPIPE)
        return lose(link, "the server has closed the connection");
    if (err == -ETIMEDOUT)
        return lose(link, "the server did not answer within %llu ms",
                    (unsigned long long)(link->timeout_ns / BELL_NS_PER_MS));
    if (err == -EPROTO)
        return lose(link, "the server sent a malformed message");
    return lose(link, "the connection failed: %s", strerror(-err));
}

/* ---- what the server asks ---------------------------------------------------------------------------------------- */

static int memory_serve(struct bell_vu_link *link, struct vfio_user_header *header, struct bell_vu_part *data)
{
    const bool reads = header->command == VFIO_USER_DMA_READ;
    struct vfio_user_dma_access access;
    uint8_t *memory;

    if (link->in.bytes < sizeof access)
        return EINVAL;
    memcpy(&access, link->in.payload, sizeof access);
    if (access.count > BELL_VU_XFER_BYTES || (!reads && access.count > link->in.bytes - sizeof access))
        return EINVAL;
    memory = link->reach == NULL ? NULL : link->reach(link->context, access.address, access.count);
    if (memory == NULL)
        return EFAULT;
    if (reads)
        *data = (struct bell_vu_part){memory, access.count};
    else
        memcpy(memory, link->in.payload + sizeof access, access.count);
    return 0;
}

/* The request in link->in. Return: 0 or what broken() makes of a failure. */
static int request_serve(struct bell_vu_link *link)
{
    struct vfio_user_header header = link->in.header;
    struct bell_vu_part access = {link->in.payload, sizeof(struct vfio_user_dma_access)};
    struct bell_vu_part data = nothing;
    int refused = ENOTSUP;
    int err;

    if (header.command == VFIO_USER_DMA_READ || header.command == VFIO_USER_DMA_WRITE)
        refused = memory_serve(link, &header, &data);
    if ((header.flags & VFIO_USER_NO_REPLY) != 0)
        return 0;
    header.flags = VFIO_USER_REPLY | (refused != 0 ? VFIO_USER_ERROR : 0);
    header.error = (uint32_t)refused;
    err = bell_vu_send(link->socket, &header, refused != 0 ? nothing : access, data, NULL, 0, deadline(link));
    return err == 0 ? 0 : broken(link, err);
}

static bool is_request(const struct bell_vu_message *message)
{
    return (message->header.flags & VFIO_USER_TYPE) == VFIO_USER_REQUEST;
}

void bell_vu_link_attend(struct bell_vu_link *link)
{
    if (atomic_load_explicit(&link->lost, memory_order_relaxed) || pthread_mutex_trylock(&link->lock) != 0)
        return;
    while (!atomic_load(&link->lost) && bell_vu_readable(link->socket, 0)) {
        int err = bell_vu_receive(link->socket, &link->in, deadline(link));

        if (err != 0)
            broken(link, err);
        else if (!is_request(&link->in))
            lose(link, "the server answered what was not asked (command %u)", link->in.header.command);
        else
            request_serve(link);
    }
    pthread_mutex_unlock(&link->lock);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static int reply_await(struct bell_vu_link *link, uint16_t id, uint16_t command)
{
    const uint64_t until = deadline(link);

    for (;;) {
        int err = bell_vu_receive(link->socket, &link->in, until);

        if (err != 0)
            return broken(link, err);
        if (is_request(&link->in)) {
            err = request_serve(link);
            if (err != 0)
                return err;
            if (bell_now() > until) /* one that asks for ever answers never */
                return broken(link, -ETIMEDOUT);
            continue;
        }
        if ((link->in.header.flags & VFIO_USER_TYPE) != VFIO_USER_REPLY || link->in.header.id != id ||
            link->in.header.command != command)
            return lose(link, "the server answered command %u, message %u, where %u, message %u, was asked",
                        link->in.header.command, link->in.header.id, command, id);
        return 0;
    }
}

static int reply_take(struct bell_vu_link *link, struct bell_vu_request *request)
{
    const struct bell_vu_message *in = &link->in;

    if ((in->header.flags & VFIO_USER_ERROR) != 0) {
        const int error = in->header.error > 0 && in->header.error < 4096 ? (int)in->header.error : EIO;

        return bell_error_set(-error, "vfio-user:%s: the server refused command %u: %s", link->path, request->command,
                              strerror(error));
    }
    if (in->bytes < request->reply_least)
        return lose(link, "the server's answer to command %u has %u bytes, at least %u are due", request->command,
                    in->bytes, request->reply_least);
    request->reply_bytes = in->bytes < request->reply_room ? in->bytes : request->reply_room;
    if (request->reply_bytes != 0)
        memcpy(request->reply, in->payload, request->reply_bytes);
    request->reply_fd = bell_vu_message_take_fd(&link->in);
    return 0;
}

int bell_vu_link_ask(struct bell_vu_link *link, struct bell_vu_request *request)
{
    struct vfio_user_header header = {.command = request->command};
    int err;

    request->reply_fd = -1;
    request->reply_bytes = 0;
    pthread_mutex_lock(&link->lock);
    if (atomic_load(&link->lost)) {
        err = lose(link, "lost");
    } else {
        header.id = ++link->next_id;
        err = bell_vu_send(link->socket, &header, request->first, request->second, request->fds, request->fd_count,
                           deadline(link));
        err = err != 0 ? broken(link, err) : reply_await(link, header.id, header.command);
        if (err == 0)
            err = reply_take(link, request);
        bell_vu_message_drop(&link->in);
    }
    pthread_mutex_unlock(&link->lock);
    return err;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int version_agree(struct bell_vu_link *link)
{
    const struct vfio_user_version version = {VFIO_USER_MAJOR, VFIO_USER_MINOR};
    const char *text = bell_vu_capabilities_text();
    char answer[sizeof version + 4096];
    struct bell_vu_request request = {
        .command = VFIO_USER_VERSION,
        .first = {&version, sizeof version},
        .second = {text, strlen(text) + 1},
        .reply_least = sizeof version,
        .reply = answer,
        .reply_room = sizeof answer,
    };
    struct vfio_user_version agreed;
    int err = bell_vu_link_ask(link, &request);

    if (err == -EBUSY)
        return bell_error_set(-EBUSY, "vfio-user:%s: the server has another client; one at a time may use the device",
                              link->path);
    if (err != 0)
        return err;
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    memcpy(&agreed, answer, sizeof agreed);
    if (agreed.major != version.major || agreed.minor > version.minor)
        return bell_error_set(-EPROTO, "vfio-user:%s: the server speaks version %u.%u, this program %u.%u", link->path,
                              agreed.major, agreed.minor, version.major, version.minor);
    return bell_vu_capabilities_parse(answer + sizeof agreed, request.reply_bytes - sizeof agreed, &link->peer);
}

int bell_vu_link_adopt(struct bell_vu_link *link, int socket, const char *name)
{
    int err;

    memset(link, 0, sizeof *link);
    link->socket = socket;
    link->timeout_ns = BELL_VU_TIMEOUT_MS * BELL_NS_PER_MS;
    snprintf(link->path, sizeof link->path, "%s", name);
    pthread_mutex_init(&link->lock, NULL);
    err = bell_vu_message_init(&link->in);
    if (err != 0)
        bell_error_set(err, "out of memory");
    else
        err = version_agree(link);
    if (err != 0)
        bell_vu_link_close(link);
    return err;
}

static int connect_explain(const char *path, int error)
{
    if (error == ENOENT)
        return bell_error_set(-ENOENT, "vfio-user:%s: there is no such socket; start the server first", path);
    if (error == ECONNREFUSED)
        return bell_error_set(-ENOENT, "vfio-user:%s: nobody serves this socket any more; start the server again",
                              path);
    if (error == EACCES || error == EPERM)
        return bell_error_set(-EACCES, "vfio-user:%s: no permission to connect; the socket's owner must grant it",
                              path);
    if (error == EAGAIN)
        return bell_error_set(-EBUSY, "vfio-user:%s: too many clients wait for the server", path);
    return bell_error_set(-error, "vfio-user:%s: %s", path, strerror(error));
}

int bell_vu_link_open(struct bell_vu_link *link, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return bell_error_set(-EINVAL, "vfio-user:%s: a socket's path may have %zu characters, this one has %zu", path,
                              sizeof address.sun_path - 1, strlen(path));
    memcpy(address.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return bell_error_set(-errno, "vfio-user:%s: no socket: %s", path, strerror(errno));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        int error = errno;

        close(fd);
        return connect_explain(path, error);
    }
    return bell_vu_link_adopt(link, fd, path);
}

void bell_vu_link_close(struct bell_vu_link *link)
{
    close(link->socket);
    bell_vu_message_free(&link->in);
    pthread_mutex_destroy(&link->lock);
}
