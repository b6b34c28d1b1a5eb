/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated device that a thread of the test serves over NVMe/TCP. */
#ifndef BELL_TEST_SERVED_TCP_H
#define BELL_TEST_SERVED_TCP_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "doorbell.h"

struct served_tcp {
    bell_target *target;
    pthread_t thread;
    char address[700]; /* for bell_device_open */
};

static inline void *served_tcp_run(void *target)
{
    return (void *)(intptr_t)bell_target_run(target);
}

/* options: of the address, "" or "?hdgst=on" */
static inline int served_tcp_start(struct served_tcp *served, const char *device, const char *options)
{
    char text[256];
    bell_target_info info;
    snprintf(text, sizeof text, "device %s\nlisten 127.0.0.1:0", device);
    int rc = bell_target_open(text, &served->target);
    if (rc == 0)
        rc = bell_target_get_info(served->target, &info);
    if (rc < 0)
        return rc;
    snprintf(served->address, sizeof served->address, "tcp://%.*s/%.*s%s", (int)strcspn(info.addresses, "\n"),
             info.addresses, (int)strcspn(info.subsystems, "\n"), info.subsystems, options);
    return -pthread_create(&served->thread, NULL, served_tcp_run, served->target);
}

static inline int served_tcp_stop(struct served_tcp *served)
{
    void *result = NULL;
    int rc = bell_target_stop(served->target);
    pthread_join(served->thread, &result);
    if (rc == 0)
        rc = (int)(intptr_t)result;
    int closed = bell_target_close(served->target);
    return rc < 0 ? rc : closed;
}

#endif
