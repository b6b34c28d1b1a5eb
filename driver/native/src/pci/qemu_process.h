/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU process that cannot outlive ours. The parent-death signal is of no use here: it follows the thread that
 * spawned, and in a JVM that thread may end long before the process. Instead QEMU inherits the reading end of a pipe
 * that is set to send it SIGKILL when the last writing end closes (F_SETSIG, F_SETOWN) - which the kernel does for us
 * however we die.
 */
#ifndef BELL_PCI_QEMU_PROCESS_H
#define BELL_PCI_QEMU_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

/* The first descriptor number of what a QEMU process inherits; the others follow it. */
#define BELL_QEMU_FIRST_FD    4
#define BELL_QEMU_INHERIT_MAX 40

struct bell_qemu_process {
    pid_t pid; /* 0: none */
    int life;  /* writing end of the pipe; closing it kills */
    int log;   /* memory file with what QEMU has printed */
};

/*
 * bell_qemu_process_start - run argv[0] from PATH, in a process group of its own, with stdio as its standard input and
 * output, inherit[i] as descriptor BELL_QEMU_FIRST_FD + i and no others of ours. Return: 0, -ENOENT where it is not
 * installed, or another negative errno, with the error text set.
 */
int bell_qemu_process_start(struct bell_qemu_process *process, char *const argv[], int stdio, const int inherit[],
                            size_t count);

/* bell_qemu_process_complaint - what QEMU printed, in one line, cut to fit; "" if nothing. */
void bell_qemu_process_complaint(const struct bell_qemu_process *process, char *text, size_t bytes);

/* bell_qemu_process_end - kill and reap. Does nothing when none was started. */
void bell_qemu_process_end(struct bell_qemu_process *process);

#endif
