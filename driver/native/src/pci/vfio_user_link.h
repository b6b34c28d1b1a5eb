/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's end of a vfio-user connection: requests and their replies, and the server's own requests for memory that
 * it has not mapped (VFIO_USER_DMA_READ, _DMA_WRITE). No thread listens: those are answered while a reply is awaited,
 * and by bell_vu_link_attend, which polling loops call.
 *
 * Threads: any; one request at a time. No call waits for longer than BELL_VU_TIMEOUT_MS for the server. When the server
 * goes away, does not answer or says what cannot be understood, the link is lost for good: every call returns -ENODEV
 * at once, with the reason.
 */
#ifndef BELL_PCI_VFIO_USER_LINK_H
#define BELL_PCI_VFIO_USER_LINK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vfiouser/capabilities.h"
#include "vfiouser/message.h"

#define BELL_VU_TIMEOUT_MS 10000u

struct bell_vu_link {
    int socket;
    pthread_mutex_t lock;
    _Atomic uint32_t lost; /* 1: for good */
    char reason[160];      /* of the loss; under the lock */
    char path[128];
    uint16_t next_id;
    struct bell_vu_message in;
    struct bell_vu_capabilities peer;
    uint64_t timeout_ns;

    /* Memory of ours that the server may ask for; NULL: none of it. The address is the server's, not to be trusted. */
    uint8_t *(*reach)(void *context, uint64_t address, uint64_t bytes);
    void *context;
};

/*
 * bell_vu_link_open - connect to the socket at path and agree on version and capabilities. Return: 0, or -ENOENT (no
 * such socket, or no server behind it), -EACCES, -EBUSY (it serves another client), -EPROTO (another version, or no
 * vfio-user server), -ENODEV; with the error text set.
 */
int bell_vu_link_open(struct bell_vu_link *link, const char *path);

/* bell_vu_link_adopt - the same over a connected socket, which the link owns from here on even on failure. */
int bell_vu_link_adopt(struct bell_vu_link *link, int socket, const char *name);
void bell_vu_link_close(struct bell_vu_link *link);

struct bell_vu_request {
    uint16_t command;
    struct bell_vu_part first; /* the payload, in two parts */
    struct bell_vu_part second;
    const int *fds; /* sent with it; they stay the caller's */
    uint32_t fd_count;

    uint32_t reply_least; /* bytes that the reply's payload must have; more is taken up to reply_room */
    void *reply;          /* receives the payload */
    uint32_t reply_room;
    uint32_t reply_bytes; /* out */
    int reply_fd; /* out: the first descriptor of the reply, the caller's to close; -1: none. Others are closed */
};

/*
 * bell_vu_link_ask - send and wait for the reply. Return: 0; -ENODEV (the link is lost); or the error that the server
 * answered with, a negative errno, -EIO where it named none. The error text is set.
 */
int bell_vu_link_ask(struct bell_vu_link *link, struct bell_vu_request *request);

/* bell_vu_link_attend - answer what the server asks, without waiting. Does nothing while another thread is at it. */
void bell_vu_link_attend(struct bell_vu_link *link);

#endif
