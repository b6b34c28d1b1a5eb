/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated device that a thread of the test serves over vfio-user. */
#ifndef BELL_TEST_SERVED_H
#define BELL_TEST_SERVED_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "doorbell.h"

struct served {
    bell_server *server;
    pthread_t thread;
    char path[64];
    char address[80]; /* for bell_device_open */
};

static inline void *served_run(void *server)
{
    return (void *)(intptr_t)bell_server_run(server);
}

static inline int served_start(struct served *served, const char *device)
{
    static int count;
    snprintf(served->path, sizeof served->path, "/tmp/doorbell-test-%d-%d.sock", (int)getpid(), count++);
    snprintf(served->address, sizeof served->address, "vfio-user:%s", served->path);
    int rc = bell_server_open(device, served->path, &served->server);
    return rc < 0 ? rc : -pthread_create(&served->thread, NULL, served_run, served->server);
}

static inline int served_stop(struct served *served)
{
    void *result = NULL;
    int rc = bell_server_stop(served->server);
    pthread_join(served->thread, &result);
    if (rc == 0)
        rc = (int)(intptr_t)result;
    int closed = bell_server_close(served->server);
    return rc < 0 ? rc : closed;
}

#endif
