/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's end of a vfio-user connection. Two threads use it: the session's takes the client's requests one by one,
 * and the device's asks the client for memory that cannot be mapped. Whichever of them waits reads the socket, and
 * hands over what is meant for the other; so the device may ask while the session waits for the device.
 */
#ifndef BELL_SERVE_LINE_H
#define BELL_SERVE_LINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "vfiouser/capabilities.h"
#include "vfiouser/message.h"

#define SERVE_TIMEOUT_MS 5000u /* for the rest of a message, a reply to be taken, an answer of the client */

struct serve_waiting;

struct serve_line {
    int socket;
    int stop; /* readable: the server is to end; -1: never */
    int door; /* readable: another client knocks; -1 */
    struct bell_vu_capabilities peer;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_mutex_t sending;
    bool reading; /* one of the threads reads the socket */
    bool dead;    /* closed or out of step: nothing more is sent or taken */
    struct serve_waiting *first;
    struct serve_waiting *last;
    uint32_t waiting; /* requests that the device's thread took */

    /* The device's question, one at a time. */
    uint16_t question_id;
    uint16_t question;
    bool asked;
    int answer; /* 1: none yet; 0 or a negative errno */
    uint8_t *answer_to;
    uint64_t answer_bytes;
    struct bell_vu_message in; /* for the device's thread */
};

/* serve_line_init - over a connected, non-blocking socket, which the line owns from here on. -ENOMEM. */
int serve_line_init(struct serve_line *line, int socket, int stop, int door);
void serve_line_destroy(struct serve_line *line);

/* serve_line_end - no thread waits on this line any longer, and no question gets an answer. Any thread. */
void serve_line_end(struct serve_line *line);

enum { SERVE_REQUEST = 1, SERVE_STOP = 2, SERVE_KNOCK = 3 };

/*
 * serve_line_next - session's thread: wait for the client's next request. Return: SERVE_REQUEST with *message filled;
 * SERVE_STOP; SERVE_KNOCK (another client connects, and this one has nothing to say); or a negative errno as
 * bell_vu_receive gives it, after which the line is dead.
 */
int serve_line_next(struct serve_line *line, struct bell_vu_message *message);

/* serve_line_reply - to the request in `request`, unless it wants none. error: 0 or an errno, then without payload. */
int serve_line_reply(struct serve_line *line, const struct vfio_user_header *request, int error,
                     struct bell_vu_part first, struct bell_vu_part second, const int *fds, uint32_t fd_count);

/* serve_line_dma - device's thread: move bytes of client memory with messages. False: it did not work. */
bool serve_line_dma_read(void *line, uint64_t iova, void *to, uint64_t bytes);
bool serve_line_dma_write(void *line, uint64_t iova, const void *from, uint64_t bytes);

#endif
