/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/line.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/clock.h"

enum { WAITING_MAX = 64 }; /* requests that a client may send while it owes an answer */

struct serve_waiting {
    struct serve_waiting *next;
    struct bell_vu_message message; /* payload points behind */
};

static uint64_t deadline(void)
{
    return bell_now() + SERVE_TIMEOUT_MS * BELL_NS_PER_MS;
}

int serve_line_init(struct serve_line *line, int socket, int stop, int door)
{
    pthread_condattr_t clock;

    memset(line, 0, sizeof *line);
    line->socket = socket;
    line->stop = stop;
    line->door = door;
    bell_vu_capabilities_parse("", 0, &line->peer);
    pthread_mutex_init(&line->lock, NULL);
    pthread_mutex_init(&line->sending, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&line->changed, &clock);
    pthread_condattr_destroy(&clock);
    return bell_vu_message_init(&line->in);
}

void serve_line_destroy(struct serve_line *line)
{
    while (line->first != NULL) {
        struct serve_waiting *next = line->first->next;

        bell_vu_message_drop(&line->first->message);
        free(line->first);
        line->first = next;
    }
    bell_vu_message_free(&line->in);
    pthread_cond_destroy(&line->changed);
    pthread_mutex_destroy(&line->sending);
    pthread_mutex_destroy(&line->lock);
    close(line->socket);
}

void serve_line_end(struct serve_line *line)
{
    pthread_mutex_lock(&line->lock);
    if (!line->dead)
        shutdown(line->socket, SHUT_RDWR);
    line->dead = true;
    if (line->asked && line->answer > 0)
        line->answer = -EPIPE;
    pthread_cond_broadcast(&line->changed);
    pthread_mutex_unlock(&line->lock);
}

/* ---- taking turns ------------------------------------------------------------------------------------------------ */

static bool is_reply(const struct bell_vu_message *message)
{
    return (message->header.flags & VFIO_USER_TYPE) == VFIO_USER_REPLY;
}

/* With the lock: the answer to the device's question. Return: -EPROTO where there is no such question. */
static int answer_take(struct serve_line *line, const struct bell_vu_message *message)
{
    const uint64_t head = sizeof(struct vfio_user_dma_access);

    if (!line->asked || message->header.id != line->question_id || message->header.command != line->question)
        return -EPROTO;
    if ((message->header.flags & VFIO_USER_ERROR) != 0) {
        line->answer = -EFAULT;
    } else if (line->answer_to != NULL && message->bytes < head + line->answer_bytes) {
        line->answer = -EFAULT;
        return -EPROTO;
    } else {
        if (line->answer_to != NULL)
            memcpy(line->answer_to, message->payload + head, line->answer_bytes);
        line->answer = 0;
    }
    return 0;
}

/* With the lock: keep a request for the session's thread. */
static int request_keep(struct serve_line *line, struct bell_vu_message *message)
{
    struct serve_waiting *kept;

    if (line->waiting == WAITING_MAX)
        return -EPROTO;
    kept = malloc(sizeof *kept + message->bytes);
    if (kept == NULL)
        return -ENOMEM;
    kept->next = NULL;
    kept->message = *message;
    kept->message.payload = (uint8_t *)(kept + 1);
    memcpy(kept->message.payload, message->payload, message->bytes);
    message->fd_count = 0;
    if (line->last != NULL)
        line->last->next = kept;
    else
        line->first = kept;
    line->last = kept;
    line->waiting++;
    return 0;
}

/* With the lock: what was kept comes first. */
static bool kept_take(struct serve_line *line, struct bell_vu_message *message)
{
    struct serve_waiting *kept = line->first;
    uint8_t *payload = message->payload;

    if (kept == NULL)
        return false;
    line->first = kept->next;
    if (line->first == NULL)
        line->last = NULL;
    line->waiting--;
    bell_vu_message_drop(message);
    *message = kept->message;
    message->payload = payload;
    memcpy(payload, kept->message.payload, message->bytes);
    free(kept);
    return true;
}

/* With the lock: wait until something changes, for a while. */
static void change_await(struct serve_line *line)
{
    const uint64_t until = bell_now() + 100 * BELL_NS_PER_MS;
    const struct timespec time = {.tv_sec = (time_t)(until / BELL_NS_PER_S), .tv_nsec = (long)(until % BELL_NS_PER_S)};

    pthread_cond_timedwait(&line->changed, &line->lock, &time);
}

/* What the session waits for besides the device. Return: 0 the socket has something, or SERVE_STOP, SERVE_KNOCK. */
static int events_await(struct serve_line *line)
{
    struct pollfd wanted[3] = {{.fd = line->socket, .events = POLLIN | POLLRDHUP},
                               {.fd = line->stop, .events = POLLIN},
                               {.fd = line->door, .events = POLLIN}};

    while (poll(wanted, 3, -1) < 0 && errno == EINTR)
        ;
    if (wanted[1].revents != 0)
        return SERVE_STOP;
    return wanted[0].revents == 0 && wanted[2].revents != 0 ? SERVE_KNOCK : 0;
}

int serve_line_next(struct serve_line *line, struct bell_vu_message *message)
{
    int result = 0;

    pthread_mutex_lock(&line->lock);
    while (result == 0) {
        if (kept_take(line, message)) {
            result = SERVE_REQUEST;
        } else if (line->dead) {
            result = -EPIPE;
        } else if (line->reading) {
            change_await(line);
        } else {
            line->reading = true;
            pthread_mutex_unlock(&line->lock);
            result = events_await(line);
            if (result == 0)
                result = bell_vu_receive(line->socket, message, deadline());
            pthread_mutex_lock(&line->lock);
            line->reading = false;
            if (result == 0)
                result = is_reply(message) ? answer_take(line, message) : SERVE_REQUEST;
            pthread_cond_broadcast(&line->changed);
        }
    }
    pthread_mutex_unlock(&line->lock);
    if (result < 0)
        serve_line_end(line);
    return result;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static int line_send(struct serve_line *line, struct vfio_user_header *header, struct bell_vu_part first,
                     struct bell_vu_part second, const int *fds, uint32_t fd_count)
{
    int err;

    pthread_mutex_lock(&line->sending);
    err = bell_vu_send(line->socket, header, first, second, fds, fd_count, deadline());
    pthread_mutex_unlock(&line->sending);
    if (err != 0)
        serve_line_end(line); /* half a message may be out */
    return err;
}

int serve_line_reply(struct serve_line *line, const struct vfio_user_header *request, int error,
                     struct bell_vu_part first, struct bell_vu_part second, const int *fds, uint32_t fd_count)
{
    const struct bell_vu_part nothing = {NULL, 0};
    struct vfio_user_header header = {
        .id = request->id,
        .command = request->command,
        .flags = VFIO_USER_REPLY | (error != 0 ? VFIO_USER_ERROR : 0),
        .error = (uint32_t)error,
    };

    if ((request->flags & VFIO_USER_NO_REPLY) != 0)
        return 0;
    if (error != 0)
        return line_send(line, &header, nothing, nothing, NULL, 0);
    return line_send(line, &header, first, second, fds, fd_count);
}

/* ---- the device's questions -------------------------------------------------------------------------------------- */

/* With the lock: read the socket in the session's place, or wait for it to. */
static void answer_await(struct serve_line *line, uint64_t until)
{
    while (line->answer > 0 && !line->dead && bell_now() < until) {
        int err = 0;

        if (line->reading) {
            change_await(line);
            continue;
        }
        line->reading = true;
        pthread_mutex_unlock(&line->lock);
        err = bell_vu_receive(line->socket, &line->in, until);
        pthread_mutex_lock(&line->lock);
        line->reading = false;
        if (err == 0)
            err = is_reply(&line->in) ? answer_take(line, &line->in) : request_keep(line, &line->in);
        pthread_cond_broadcast(&line->changed);
        if (err != 0) {
            pthread_mutex_unlock(&line->lock);
            serve_line_end(line);
            pthread_mutex_lock(&line->lock);
        }
    }
}

static bool ask(struct serve_line *line, uint16_t command, uint64_t iova, uint8_t *to, const uint8_t *from,
                uint64_t bytes)
{
    const struct vfio_user_dma_access access = {iova, bytes};
    struct vfio_user_header header = {.command = command};
    bool done;

    pthread_mutex_lock(&line->lock);
    if (line->dead) {
        pthread_mutex_unlock(&line->lock);
        return false;
    }
    header.id = ++line->question_id;
    line->question = command;
    line->asked = true;
    line->answer = 1;
    line->answer_to = to;
    line->answer_bytes = bytes;
    pthread_mutex_unlock(&line->lock);

    const int err = line_send(line, &header, (struct bell_vu_part){&access, sizeof access},
                              (struct bell_vu_part){from, from != NULL ? bytes : 0}, NULL, 0);
    pthread_mutex_lock(&line->lock);
    if (err == 0)
        answer_await(line, deadline());
    done = err == 0 && line->answer == 0;
    line->asked = false;
    line->answer_to = NULL;
    const bool late = err == 0 && line->answer > 0;
    pthread_mutex_unlock(&line->lock);
    if (late)
        serve_line_end(line); /* its answer would be taken for another's */
    return done;
}

static uint64_t share(const struct serve_line *line, uint64_t bytes)
{
    uint64_t most =
        line->peer.max_data_xfer_size < BELL_VU_XFER_BYTES ? line->peer.max_data_xfer_size : BELL_VU_XFER_BYTES;

    return bytes < most ? bytes : most;
}

bool serve_line_dma_read(void *context, uint64_t iova, void *to, uint64_t bytes)
{
    struct serve_line *line = context;
    uint8_t *at = to;

    for (uint64_t part; bytes > 0; bytes -= part, iova += part, at += part) {
        part = share(line, bytes);
        if (!ask(line, VFIO_USER_DMA_READ, iova, at, NULL, part))
            return false;
    }
    return true;
}

bool serve_line_dma_write(void *context, uint64_t iova, const void *from, uint64_t bytes)
{
    struct serve_line *line = context;
    const uint8_t *at = from;

    for (uint64_t part; bytes > 0; bytes -= part, iova += part, at += part) {
        part = share(line, bytes);
        if (!ask(line, VFIO_USER_DMA_WRITE, iova, NULL, at, part))
            return false;
    }
    return true;
}
