/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MSI-X over vfio-user: the server raises a vector by writing to its eventfd. Where the server does not mask vectors
 * (VFIO_USER_IRQ_MASKABLE), a masked vector's events stay in the eventfd, which is what a pending bit would do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pci/capability.h"
#include "pci/vfio_user_function.h"
#include "spec/pci.h"
#include "support/error.h"

int bell_vu_irqs_find(struct bell_vu_function *function)
{
    struct bell_vu_irqs *irqs = &function->irqs;
    struct vfio_user_irq_info info = {.argsz = sizeof info, .index = VFIO_USER_IRQ_MSIX};
    struct bell_vu_request request = {
        .command = VFIO_USER_GET_IRQ_INFO,
        .first = {&info, sizeof info},
        .reply_least = sizeof info,
        .reply = &info,
        .reply_room = sizeof info,
    };
    int err = bell_vu_link_ask(&function->link, &request);

    if (err != 0)
        return err;
    if (request.reply_fd >= 0)
        close(request.reply_fd);
    if ((info.flags & VFIO_USER_IRQ_EVENTFD) == 0 || info.count == 0 || function->link.peer.max_msg_fds == 0)
        return 0; /* no interrupts: completions are polled for anyway */
    if (info.count > BELL_VU_VECTORS)
        return bell_error_set(-EPROTO, "vfio-user:%s: the server says that the device has %u MSI-X vectors",
                              function->link.path, info.count);
    irqs->eventfd = malloc(info.count * sizeof *irqs->eventfd);
    irqs->seen = calloc(info.count, 1);
    irqs->masked = calloc(info.count, 1);
    if (irqs->eventfd == NULL || irqs->seen == NULL || irqs->masked == NULL)
        return bell_error_set(-ENOMEM, "out of memory");
    for (uint32_t i = 0; i < info.count; i++)
        irqs->eventfd[i] = -1;
    irqs->count = info.count;
    irqs->maskable = (info.flags & VFIO_USER_IRQ_MASKABLE) != 0;
    function->fn.vectors = info.count;
    return 0;
}

static int set_send(struct bell_vu_function *function, uint32_t flags, uint32_t start, uint32_t count, const int *fds,
                    uint32_t fd_count)
{
    const struct vfio_user_irq_set set = {
        .argsz = sizeof set, .flags = flags, .index = VFIO_USER_IRQ_MSIX, .start = start, .count = count};
    struct bell_vu_request request = {
        .command = VFIO_USER_SET_IRQS, .first = {&set, sizeof set}, .fds = fds, .fd_count = fd_count};
    int err = bell_vu_link_ask(&function->link, &request);

    if (request.reply_fd >= 0)
        close(request.reply_fd);
    return err;
}

static int eventfds_make(struct bell_vu_irqs *irqs)
{
    for (uint32_t i = 0; i < irqs->count; i++) {
        if (irqs->eventfd[i] < 0)
            irqs->eventfd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (irqs->eventfd[i] < 0)
            return bell_error_set(-errno, "no eventfd for MSI-X vector %u: %s", i, strerror(errno));
    }
    return 0;
}

static void events_take(struct bell_vu_irqs *irqs, uint32_t vector)
{
    uint64_t events;

    if (irqs->eventfd[vector] >= 0 && read(irqs->eventfd[vector], &events, sizeof events) == sizeof events)
        irqs->seen[vector] = 1;
}

/* The messages go through eventfds, but a device sends none while its own switch is off (PCI Local Bus 3.0 6.8.2.3). */
static int messages_enable(struct bell_pci_function *fn)
{
    uint32_t capability = 0;
    uint32_t control = 0;
    int err = bell_pci_capability_find(fn, PCI_CAP_MSIX, &capability);

    if (err != 0 || capability == 0)
        return err;
    err = fn->ops->config_read(fn, capability + PCI_MSIX_CONTROL, 2, &control);
    control = (control & ~PCI_MSIX_CONTROL_MASK) | PCI_MSIX_CONTROL_ENABLE;
    return err != 0 ? err : fn->ops->config_write(fn, capability + PCI_MSIX_CONTROL, 2, control);
}

int bell_vu_irqs_setup(struct bell_vu_function *function)
{
    struct bell_vu_irqs *irqs = &function->irqs;
    uint32_t share =
        BELL_VU_FDS < function->link.peer.max_msg_fds ? BELL_VU_FDS : (uint32_t)function->link.peer.max_msg_fds;
    int err = 0;

    if (irqs->count == 0)
        return 0;
    pthread_mutex_lock(&irqs->lock);
    err = eventfds_make(irqs);
    for (uint32_t start = 0; err == 0 && start < irqs->count; start += share) {
        const uint32_t count = irqs->count - start < share ? irqs->count - start : share;

        err = set_send(function, VFIO_USER_IRQ_DATA_EVENTFD | VFIO_USER_IRQ_ACTION_TRIGGER, start, count,
                       irqs->eventfd + start, count);
    }
    if (err == 0 && irqs->maskable)
        err = set_send(function, VFIO_USER_IRQ_DATA_NONE | VFIO_USER_IRQ_ACTION_UNMASK, 0, irqs->count, NULL, 0);
    if (err == 0)
        err = messages_enable(&function->fn);
    for (uint32_t i = 0; i < irqs->count; i++) {
        events_take(irqs, i);
        irqs->seen[i] = 0;
        irqs->masked[i] = 0;
    }
    pthread_mutex_unlock(&irqs->lock);
    return err;
}

static int vector_check(const struct bell_vu_irqs *irqs, uint32_t vector)
{
    if (vector < irqs->count)
        return 0;
    if (irqs->count == 0)
        return bell_error_set(-EINVAL, "vector %u: the device has no MSI-X vectors", vector);
    return bell_error_set(-EINVAL, "vector %u: the device has MSI-X vectors 0 to %u", vector, irqs->count - 1);
}

int bell_vu_irqs_isset(struct bell_vu_function *function, uint32_t vector)
{
    struct bell_vu_irqs *irqs = &function->irqs;
    int err = vector_check(irqs, vector);

    if (err != 0)
        return err;
    pthread_mutex_lock(&irqs->lock);
    if (!irqs->masked[vector])
        events_take(irqs, vector);
    err = irqs->seen[vector];
    pthread_mutex_unlock(&irqs->lock);
    return err;
}

int bell_vu_irqs_clear(struct bell_vu_function *function, uint32_t vector)
{
    struct bell_vu_irqs *irqs = &function->irqs;
    int err = vector_check(irqs, vector);

    if (err != 0)
        return err;
    pthread_mutex_lock(&irqs->lock);
    if (!irqs->masked[vector])
        events_take(irqs, vector);
    irqs->seen[vector] = 0;
    pthread_mutex_unlock(&irqs->lock);
    return 0;
}

int bell_vu_irqs_mask(struct bell_vu_function *function, uint32_t vector, bool mask)
{
    struct bell_vu_irqs *irqs = &function->irqs;
    int err = vector_check(irqs, vector);

    if (err != 0)
        return err;
    if (irqs->maskable)
        return set_send(function,
                        VFIO_USER_IRQ_DATA_NONE | (mask ? VFIO_USER_IRQ_ACTION_MASK : VFIO_USER_IRQ_ACTION_UNMASK),
                        vector, 1, NULL, 0);
    pthread_mutex_lock(&irqs->lock);
    if (mask && !irqs->masked[vector])
        events_take(irqs, vector); /* what came before the mask has arrived */
    irqs->masked[vector] = mask;
    pthread_mutex_unlock(&irqs->lock);
    return 0;
}

void bell_vu_irqs_release(struct bell_vu_function *function)
{
    struct bell_vu_irqs *irqs = &function->irqs;

    for (uint32_t i = 0; i < irqs->count; i++)
        if (irqs->eventfd[i] >= 0)
            close(irqs->eventfd[i]);
    free(irqs->eventfd);
    free(irqs->seen);
    free(irqs->masked);
    pthread_mutex_destroy(&irqs->lock);
}
