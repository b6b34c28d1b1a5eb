/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/qtest.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/error.h"

/*
 * Unread answers fill the socket, and QEMU stops when it cannot send: from POSTED_DRAIN on every post collects what has
 * come, at POSTED_MAX it waits.
 */
enum { POSTED_DRAIN = 16, POSTED_MAX = 64 };

void bell_qtest_init(struct bell_qtest *qtest, int fd)
{
    memset(qtest, 0, sizeof *qtest);
    qtest->fd = fd;
    pthread_mutex_init(&qtest->lock, NULL);
}

void bell_qtest_destroy(struct bell_qtest *qtest)
{
    close(qtest->fd);
    pthread_mutex_destroy(&qtest->lock);
}

/* The signal that ended QEMU, which stays to be reaped; 0: it ended by itself, or has not ended yet. */
static int ended_by(const struct bell_qtest *qtest)
{
    siginfo_t info = {0};

    if (qtest->pid <= 0 || waitid(P_PID, (id_t)qtest->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return 0;
    return info.si_pid == qtest->pid && info.si_code != CLD_EXITED ? info.si_status : 0;
}

static int lost(struct bell_qtest *qtest)
{
    int number = ended_by(qtest);

    atomic_store(&qtest->lost, 1);
    if (number != 0)
        return bell_error_set(-ENODEV, "qemu: QEMU was ended by signal %d%s; close the device and open it again",
                              number, number == SIGSEGV || number == SIGABRT ? ", a fault of QEMU's own" : "");
    return bell_error_set(-ENODEV, "qemu: QEMU has ended or does not answer; close the device and open it again");
}

static int ready_wait(struct bell_qtest *qtest, short events)
{
    struct pollfd wanted = {.fd = qtest->fd, .events = events};
    int ready;

    do {
        ready = poll(&wanted, 1, BELL_QTEST_TIMEOUT_MS);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 ? 0 : lost(qtest);
}

static int line_send(struct bell_qtest *qtest, const char *line, size_t bytes)
{
    while (bytes > 0) {
        ssize_t sent = send(qtest->fd, line, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent > 0) {
            line += sent;
            bytes -= (size_t)sent;
        } else if (errno == EAGAIN) {
            int err = ready_wait(qtest, POLLOUT);
            if (err != 0)
                return err;
        } else if (errno != EINTR) {
            return lost(qtest);
        }
    }
    return 0;
}

/* More input behind what is unread. Return: 1 when something came, 0 when nothing is there and may_wait is false. */
static int input_fill(struct bell_qtest *qtest, bool may_wait)
{
    memmove(qtest->input, qtest->input + qtest->begin, qtest->end - qtest->begin);
    qtest->end -= qtest->begin;
    qtest->begin = 0;
    if (qtest->end == sizeof qtest->input)
        return lost(qtest);
    for (;;) {
        ssize_t got = recv(qtest->fd, qtest->input + qtest->end, sizeof qtest->input - qtest->end, MSG_DONTWAIT);

        if (got > 0) {
            qtest->end += (size_t)got;
            return 1;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return lost(qtest);
        if (errno == EAGAIN) {
            int err;
            if (!may_wait)
                return 0;
            err = ready_wait(qtest, POLLIN);
            if (err != 0)
                return err;
        }
    }
}

/* The next whole line, NUL-terminated, valid until the next fill. Return: 1, 0 when none is there, or -ENODEV. */
static int line_next(struct bell_qtest *qtest, bool may_wait, char **line)
{
    for (;;) {
        char *newline = memchr(qtest->input + qtest->begin, '\n', qtest->end - qtest->begin);
        int filled;

        if (newline != NULL) {
            *newline = '\0';
            *line = qtest->input + qtest->begin;
            qtest->begin = (size_t)(newline + 1 - qtest->input);
            return 1;
        }
        filled = input_fill(qtest, may_wait);
        if (filled <= 0)
            return filled;
    }
}

/* Collect the answers of posted stores until at most `left` are open; those that are there already in any case. */
static int posted_collect(struct bell_qtest *qtest, unsigned left)
{
    while (qtest->posted > 0) {
        char *line;
        int got = line_next(qtest, qtest->posted > left, &line);

        if (got <= 0)
            return got;
        qtest->posted--;
    }
    return 0;
}

static int command(struct bell_qtest *qtest, const char *line, size_t bytes, uint64_t *value)
{
    char *answer;
    int err;

    pthread_mutex_lock(&qtest->lock);
    err = atomic_load(&qtest->lost) ? lost(qtest) : line_send(qtest, line, bytes);
    if (err == 0)
        err = posted_collect(qtest, 0);
    if (err == 0)
        err = line_next(qtest, true, &answer);
    if (err > 0) {
        err = 0;
        if (strncmp(answer, "OK", 2) != 0)
            err = bell_error_set(-EIO, "qemu: qtest answered \"%s\"", answer);
        else if (value != NULL)
            *value = strtoull(answer + 2, NULL, 0);
    }
    pthread_mutex_unlock(&qtest->lock);
    return err;
}

static char width_letter(uint32_t width)
{
    return width == 1 ? 'b' : width == 2 ? 'w' : width == 4 ? 'l' : 'q';
}

static size_t store_format(char line[64], uint64_t address, uint32_t width, uint64_t value)
{
    return (size_t)snprintf(line, 64, "write%c 0x%" PRIx64 " 0x%" PRIx64 "\n", width_letter(width), address, value);
}

int bell_qtest_hello(struct bell_qtest *qtest)
{
    static const char line[] = "inl 0xcf8\n";

    return command(qtest, line, sizeof line - 1, NULL);
}

void bell_qtest_look(struct bell_qtest *qtest)
{
    struct pollfd socket = {.fd = qtest->fd, .events = POLLRDHUP};

    if (poll(&socket, 1, 0) == 1)
        atomic_store(&qtest->lost, 1);
}

int bell_qtest_load(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t *value)
{
    char line[64];
    int bytes = snprintf(line, sizeof line, "read%c 0x%" PRIx64 "\n", width_letter(width), address);
    int err;

    *value = UINT64_MAX;
    err = command(qtest, line, (size_t)bytes, value);
    if (width < 8)
        *value &= (1ull << width * 8) - 1;
    return err;
}

int bell_qtest_store(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t value)
{
    char line[64];
    size_t bytes = store_format(line, address, width, value);

    return command(qtest, line, bytes, NULL);
}

int bell_qtest_post(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t value)
{
    char line[64];
    size_t bytes = store_format(line, address, width, value);
    int err;

    pthread_mutex_lock(&qtest->lock);
    err = atomic_load(&qtest->lost) ? lost(qtest) : 0;
    if (err == 0 && qtest->posted >= POSTED_DRAIN)
        err = posted_collect(qtest, POSTED_MAX - 1);
    if (err == 0)
        err = line_send(qtest, line, bytes);
    if (err == 0)
        qtest->posted++;
    pthread_mutex_unlock(&qtest->lock);
    return err;
}

int bell_qtest_out(struct bell_qtest *qtest, uint16_t port, uint32_t value)
{
    char line[64];
    int bytes = snprintf(line, sizeof line, "outl 0x%x 0x%" PRIx32 "\n", port, value);

    return command(qtest, line, (size_t)bytes, NULL);
}
