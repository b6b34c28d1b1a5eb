/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BELL_TEST_QEMU_CHILD_H
#define BELL_TEST_QEMU_CHILD_H

#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* The QEMU that this thread has started and not yet ended; 0 if none, -1 where the kernel does not tell. */
static inline pid_t qemu_child_find(void)
{
    char path[64];
    int pid = 0;
    FILE *children;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)gettid());
    children = fopen(path, "r");
    if (children == NULL)
        return -1;
    if (fscanf(children, "%d", &pid) != 1)
        pid = 0;
    fclose(children);
    return pid;
}

#endif
