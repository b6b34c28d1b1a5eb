/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doorbell.h"
#include "sim/lend.h"
#include "support/error.h"

int serve_session_open(struct serve_session *session, struct bell_pci_function *fn, int doorbells, int socket, int stop,
                       int door)
{
    int err;

    memset(session, 0, sizeof *session);
    session->fn = fn;
    session->doorbells = doorbells;
    session->memory.fn = fn;
    for (uint32_t i = 0; i < SIM_MAX_VECTORS; i++)
        session->eventfds[i] = -1;
    err = serve_line_init(&session->line, socket, stop, door);
    if (err == 0) {
        err = bell_vu_message_init(&session->message);
        if (err == 0) {
            sim_lend_remote(fn, &(struct sim_remote){serve_line_dma_read, serve_line_dma_write, &session->line});
            return 0;
        }
    }
    serve_line_destroy(&session->line);
    return bell_error_set(err, "out of memory");
}

void serve_session_close(struct serve_session *session)
{
    serve_line_end(&session->line); /* the device asks no more */
    sim_lend_renew(session->fn);
    serve_irqs_release(session);
    serve_memory_release(&session->memory);
    sim_lend_remote(session->fn, &(struct sim_remote){0});
    bell_vu_message_free(&session->message);
    serve_line_destroy(&session->line);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static void version_answer(struct serve_session *session, struct serve_answer *answer)
{
    const char *text = bell_vu_capabilities_text();
    struct vfio_user_version *version = (struct vfio_user_version *)answer->head;

    if (session->greeted || session->message.bytes < sizeof *version) {
        answer->error = EINVAL;
        return;
    }
    memcpy(version, session->message.payload, sizeof *version);
    if (version->major != VFIO_USER_MAJOR ||
        bell_vu_capabilities_parse((const char *)session->message.payload + sizeof *version,
                                   session->message.bytes - sizeof *version, &session->line.peer) != 0) {
        answer->error = EINVAL;
        return;
    }
    if (version->minor > VFIO_USER_MINOR)
        version->minor = VFIO_USER_MINOR;
    session->greeted = true;
    answer->first = (struct bell_vu_part){version, sizeof *version};
    answer->second = (struct bell_vu_part){text, strlen(text) + 1};
}

static void info_answer(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_device_info *info = (struct vfio_user_device_info *)answer->head;

    if (session->message.bytes < sizeof *info) {
        answer->error = EINVAL;
        return;
    }
    *info = (struct vfio_user_device_info){.argsz = sizeof *info,
                                           .flags = VFIO_USER_DEVICE_RESETS | VFIO_USER_DEVICE_PCI,
                                           .regions = VFIO_USER_PCI_REGIONS,
                                           .irqs = VFIO_USER_PCI_IRQS};
    answer->first = (struct bell_vu_part){info, sizeof *info};
}

static void map_answer(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_dma_map map;

    if (session->message.bytes < sizeof map) {
        answer->error = EINVAL;
        return;
    }
    memcpy(&map, session->message.payload, sizeof map);
    answer->error =
        serve_memory_map(&session->memory, &map, session->message.fd_count != 0 ? session->message.fds[0] : -1);
}

static void unmap_answer(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_dma_unmap unmap;

    if (session->message.bytes < sizeof unmap) {
        answer->error = EINVAL;
        return;
    }
    memcpy(&unmap, session->message.payload, sizeof unmap);
    answer->error = serve_memory_unmap(&session->memory, &unmap);
    answer->first = (struct bell_vu_part){session->message.payload, sizeof unmap};
}

static void request_answer(struct serve_session *session, struct serve_answer *answer)
{
    switch (session->message.header.command) {
    case VFIO_USER_VERSION:
        version_answer(session, answer);
        break;
    case VFIO_USER_DMA_MAP:
        map_answer(session, answer);
        break;
    case VFIO_USER_DMA_UNMAP:
        unmap_answer(session, answer);
        break;
    case VFIO_USER_DEVICE_GET_INFO:
        info_answer(session, answer);
        break;
    case VFIO_USER_GET_REGION_INFO:
        serve_regions_info(session, answer);
        break;
    case VFIO_USER_GET_IRQ_INFO:
        serve_irqs_info(session, answer);
        break;
    case VFIO_USER_SET_IRQS:
        serve_irqs_set(session, answer);
        break;
    case VFIO_USER_REGION_READ:
        serve_regions_read(session, answer);
        break;
    case VFIO_USER_REGION_WRITE:
        serve_regions_write(session, answer);
        break;
    case VFIO_USER_DEVICE_RESET:
        /* With the header kept, as the kernel's VFIO resets: the client need not assign BARs again. */
        answer->error = -session->fn->ops->reset(session->fn, BELL_RESET_HOT);
        break;
    default: /* migration, several writes at once, I/O by descriptor: optional, and not stated */
        answer->error = ENOTSUP;
        break;
    }
}

/* Return: whether the session goes on. */
static bool request_run(struct serve_session *session)
{
    const struct vfio_user_header header = session->message.header;
    struct serve_answer answer = {.fd = -1};
    int err;

    session->requests++;
    if (!session->greeted && header.command != VFIO_USER_VERSION)
        answer.error = EINVAL;
    else
        request_answer(session, &answer);
    bell_vu_message_drop(&session->message);
    err = serve_line_reply(&session->line, &header, answer.error, answer.first, answer.second, &answer.fd,
                           answer.error == 0 && answer.fd >= 0);
    if (err != 0)
        snprintf(session->reason, sizeof session->reason, "it took no answer: %s", strerror(-err));
    else if (!session->greeted)
        snprintf(session->reason, sizeof session->reason, "it does not speak vfio-user %u.x", VFIO_USER_MAJOR);
    return err == 0 && session->greeted;
}

int serve_session_run(struct serve_session *session)
{
    for (;;) {
        int next = serve_line_next(&session->line, &session->message);

        if (next == SERVE_STOP || next == SERVE_KNOCK)
            return next;
        if (next < 0) {
            snprintf(session->reason, sizeof session->reason, "%s",
                     next == -EPIPE    ? "it has left"
                     : next == -EPROTO ? "it sent what is no vfio-user message"
                                       : strerror(-next));
            return 0;
        }
        if (!request_run(session))
            return 0;
    }
}
