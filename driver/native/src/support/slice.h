/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short time slices for threads that hand work to each other: where they share a core, or the machine is busy, each
 * gets the core back within a fraction of a millisecond instead of several.
 */
#ifndef BELL_SUPPORT_SLICE_H
#define BELL_SUPPORT_SLICE_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's struct sched_attr; libc headers before 2.41 lack it, and the kernel's own clash with theirs. */
struct bell_sched_attr {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns; /* of the normal policy: the wished slice */
    uint64_t deadline_ns;
    uint64_t period_ns;
};

/** bell_slice_shorten - ask for slices of 100 us for the calling thread, without a change of its share or priority.
 * Kernels before 6.12 have no such wish and ignore it. */
static inline void bell_slice_shorten(void)
{
    struct bell_sched_attr attr = {0};

    if (syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) != 0 || attr.policy != 0)
        return;
    attr.size = sizeof attr;
    attr.flags = 0;
    attr.runtime_ns = 100000;
    (void)syscall(SYS_sched_setattr, 0, &attr, 0);
}

#endif
