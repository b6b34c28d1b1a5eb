/* SPDX-License-Identifier: Apache-2.0 */
/* One client from its first message to its last: what it asks of the simulated function, and the answers. */
#ifndef BELL_SERVE_SESSION_H
#define BELL_SERVE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "serve/line.h"
#include "serve/memory.h"
#include "sim/interrupts.h"

struct serve_session {
    struct bell_pci_function *fn;
    int doorbells; /* memory file, doorbells at their offset in BAR0; -1: they are not offered */
    struct serve_line line;
    struct serve_memory memory;
    struct bell_vu_message message;
    bool greeted; /* version and capabilities are agreed */
    int eventfds[SIM_MAX_VECTORS];
    uint64_t requests;
    char reason[160]; /* why it ended */
};

/*
 * serve_session_open - over a connected socket, which the session owns from here on even on failure. -ENOMEM.
 * serve_session_run - answer requests. Return: 0 when the client has left or was sent away (reason says why),
 * SERVE_STOP, or SERVE_KNOCK: another client is at the door, and this may be called again. serve_session_close - take
 * back memory and interrupts, and leave the function as after power-on.
 */
int serve_session_open(struct serve_session *session, struct bell_pci_function *fn, int doorbells, int socket, int stop,
                       int door);
int serve_session_run(struct serve_session *session);
void serve_session_close(struct serve_session *session);

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* An answer in the making; error is an errno for the reply, its other fields then do not count. */
struct serve_answer {
    int error;
    struct bell_vu_part first;
    struct bell_vu_part second;
    int fd; /* -1: none; it stays the session's */
    _Alignas(8) uint8_t head[128];
};

/* serve_regions_info, _read, _write (regions.c), serve_irqs_info, _set (irqs.c) - one request each. */
void serve_regions_info(struct serve_session *session, struct serve_answer *answer);
void serve_regions_read(struct serve_session *session, struct serve_answer *answer);
void serve_regions_write(struct serve_session *session, struct serve_answer *answer);
void serve_irqs_info(struct serve_session *session, struct serve_answer *answer);
void serve_irqs_set(struct serve_session *session, struct serve_answer *answer);
void serve_irqs_release(struct serve_session *session);

#endif
