/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that the kernel's nvme driver owns: commands through the passthrough ioctls of /dev/nvmeN and its namespaces,
 * config space through sysfs.
 *
 * The device's queues are the kernel's. A qpair here is a list of commands that one thread of its own hands to the
 * kernel, one after the other, each blocking until it has ended; so submit, poll, wait, time-outs and the command log
 * are as on other devices, and commands on different qpairs overlap. The thread starts with the first command and is
 * joined when the qpair is closed.
 *
 * A time-out of the driver's ends a command for its sender only: the kernel goes on waiting, 30 s for I/O and 60 s for
 * admin commands (or as long as the sender was ready to wait, if that is longer), and then resets the controller. The
 * driver never asks the kernel for less, as a short limit would reset a disk that is in use. Closing a qpair waits for
 * the command that is in the kernel's hands.
 *
 * The core's sequence of CC and CSTS runs on a shadow of these registers, which stand for this attachment: enabling and
 * disabling does not touch the controller. CSTS.RDY follows the state that the kernel reports; a controller that the
 * kernel has given up or removed reads as all ones.
 */
#ifndef BELL_NVME_KERNEL_H
#define BELL_NVME_KERNEL_H

struct bell_transport;

/* Where the kernel is met; tests bring their own. */
struct bell_kernel_host {
    const char *sysfs;                                             /* "/sys" */
    const char *dev;                                               /* "/dev" */
    int (*control)(int fd, unsigned long request, void *argument); /* ioctl: -1 and errno, 0, or an NVMe status */
};

/**
 * bell_kernel_open - attach to "/dev/nvmeN" or "/dev/nvmeN?write=on". Sends one Identify, which tells whether the user
 * may send commands at all. -EINVAL (address), -ENOENT, -EACCES, -ENODEV.
 */
int bell_kernel_open(const char *address, struct bell_transport **out);
int bell_kernel_open_at(const struct bell_kernel_host *host, const char *address, struct bell_transport **out);

#endif
