/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of the function: MSI-X through eventfds. It has no pin and no MSI. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve/session.h"
#include "sim/lend.h"

void serve_irqs_info(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_irq_info *info = (struct vfio_user_irq_info *)answer->head;

    if (session->message.bytes < sizeof *info) {
        answer->error = EINVAL;
        return;
    }
    memcpy(info, session->message.payload, sizeof *info);
    if (info->argsz < sizeof *info || info->index >= VFIO_USER_PCI_IRQS) {
        answer->error = EINVAL;
        return;
    }
    info->argsz = sizeof *info;
    info->flags = 0;
    info->count = 0;
    if (info->index == VFIO_USER_IRQ_MSIX) {
        info->flags = VFIO_USER_IRQ_EVENTFD | VFIO_USER_IRQ_MASKABLE;
        info->count = session->fn->vectors;
    }
    answer->first = (struct bell_vu_part){info, sizeof *info};
}

static void eventfd_set(struct serve_session *session, uint32_t vector, int fd)
{
    sim_lend_irq(session->fn, vector, fd);
    if (session->eventfds[vector] >= 0)
        close(session->eventfds[vector]);
    session->eventfds[vector] = fd;
}

void serve_irqs_release(struct serve_session *session)
{
    for (uint32_t i = 0; i < session->fn->vectors; i++)
        if (session->eventfds[i] >= 0)
            eventfd_set(session, i, -1);
}

static int act(struct serve_session *session, uint32_t action, uint32_t vector)
{
    if (action == VFIO_USER_IRQ_ACTION_TRIGGER)
        return -sim_lend_irq_raise(session->fn, vector);
    return -sim_lend_irq_mask(session->fn, vector, action == VFIO_USER_IRQ_ACTION_MASK);
}

/* Writing to anything else might wait for ever, or go where it does harm. */
static bool is_eventfd(int fd)
{
    static const char kind[] = "anon_inode:[eventfd]";
    char path[64];
    char target[sizeof kind];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return readlink(path, target, sizeof target) == (ssize_t)sizeof kind - 1 &&
           memcmp(target, kind, sizeof kind - 1) == 0;
}

/* Descriptors for as many vectors, or none for them. */
static int eventfds_set(struct serve_session *session, const struct vfio_user_irq_set *set, uint32_t action)
{
    const bool given = session->message.fd_count != 0;

    if (action != VFIO_USER_IRQ_ACTION_TRIGGER)
        return ENOTSUP; /* nobody here wants to hear of masking */
    if (given && session->message.fd_count != set->count)
        return EINVAL;
    for (uint32_t i = 0; i < session->message.fd_count; i++)
        if (!is_eventfd(session->message.fds[i]))
            return EINVAL;
    for (uint32_t i = 0; i < set->count; i++)
        eventfd_set(session, set->start + i, given ? bell_vu_message_take_fd(&session->message) : -1);
    return 0;
}

static int set_run(struct serve_session *session, const struct vfio_user_irq_set *set)
{
    const uint32_t data = set->flags & (VFIO_USER_IRQ_DATA_NONE | VFIO_USER_IRQ_DATA_BOOL | VFIO_USER_IRQ_DATA_EVENTFD);
    const uint32_t action =
        set->flags & (VFIO_USER_IRQ_ACTION_MASK | VFIO_USER_IRQ_ACTION_UNMASK | VFIO_USER_IRQ_ACTION_TRIGGER);
    const uint8_t *chosen = session->message.payload + sizeof *set;
    int err = 0;

    if (__builtin_popcount(data) != 1 || __builtin_popcount(action) != 1 || (set->flags & ~(data | action)) != 0)
        return EINVAL;
    if (set->index >= VFIO_USER_PCI_IRQS)
        return EINVAL;
    if (set->index != VFIO_USER_IRQ_MSIX)
        return set->count == 0 ? 0 : EINVAL; /* there are none */
    if (set->start > session->fn->vectors || set->count > session->fn->vectors - set->start)
        return EINVAL;
    if (data == VFIO_USER_IRQ_DATA_EVENTFD)
        return eventfds_set(session, set, action);
    if (data == VFIO_USER_IRQ_DATA_BOOL && session->message.bytes - sizeof *set < set->count)
        return EINVAL;
    if (data == VFIO_USER_IRQ_DATA_NONE && action == VFIO_USER_IRQ_ACTION_TRIGGER && set->count == 0) {
        serve_irqs_release(session);
        return 0;
    }
    for (uint32_t i = 0; i < set->count && err == 0; i++)
        if (data == VFIO_USER_IRQ_DATA_NONE || chosen[i] != 0)
            err = act(session, action, set->start + i);
    return err;
}

void serve_irqs_set(struct serve_session *session, struct serve_answer *answer)
{
    struct vfio_user_irq_set set;

    if (session->message.bytes < sizeof set) {
        answer->error = EINVAL;
        return;
    }
    memcpy(&set, session->message.payload, sizeof set);
    answer->error = set_run(session, &set);
}
