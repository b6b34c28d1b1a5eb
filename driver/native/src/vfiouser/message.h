/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole vfio-user messages over a stream socket, with file descriptors, each within a time. Both sides of the protocol
 * use this; it knows framing and nothing about what a message means.
 *
 * Errors are negative errnos, without error text: the caller knows whom it talks to. -EPIPE: the peer has closed the
 * connection; -ETIMEDOUT; -EPROTO: what came is no message (shorter than its header, longer than is taken, more
 * descriptors than are taken); then the stream is out of step and must be closed.
 */
#ifndef BELL_VFIOUSER_MESSAGE_H
#define BELL_VFIOUSER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "spec/vfio_user.h"

/* What this program takes, and says so in its capabilities. */
#define BELL_VU_FDS        16u
#define BELL_VU_XFER_BYTES (1024u * 1024u)
#define BELL_VU_PAYLOAD    (BELL_VU_XFER_BYTES + 4096u)

struct bell_vu_message {
    struct vfio_user_header header;
    uint8_t *payload; /* BELL_VU_PAYLOAD bytes of room */
    uint32_t bytes;   /* of payload */
    int fds[BELL_VU_FDS];
    uint32_t fd_count;
};

/* bell_vu_message_init - room for any payload. -ENOMEM. bell_vu_message_free frees it and closes descriptors. */
int bell_vu_message_init(struct bell_vu_message *message);
void bell_vu_message_free(struct bell_vu_message *message);

/* bell_vu_message_drop - close the descriptors that nobody took. */
void bell_vu_message_drop(struct bell_vu_message *message);

/* bell_vu_message_take_fd - the next descriptor, which is then the caller's to close; -1 if there is none left. */
int bell_vu_message_take_fd(struct bell_vu_message *message);

struct bell_vu_part {
    const void *data;
    size_t bytes;
};

/*
 * bell_vu_send - the header, whose `bytes` is filled in, then both parts of the payload (bytes 0: none). The
 * descriptors stay the caller's. deadline_ns is of bell_now().
 */
int bell_vu_send(int socket, struct vfio_user_header *header, struct bell_vu_part first, struct bell_vu_part second,
                 const int *fds, uint32_t fd_count, uint64_t deadline_ns);

/* bell_vu_receive - the next message; descriptors left in *message are dropped first. */
int bell_vu_receive(int socket, struct bell_vu_message *message, uint64_t deadline_ns);

/* bell_vu_readable - 1: a message, an end or an error can be read; 0: not before the deadline. */
int bell_vu_readable(int socket, uint64_t deadline_ns);

#endif
