/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client of QEMU's qtest protocol (docs/devel/testing, qtest): lines of text over a socket by which a process outside
 * plays the part of the CPU - port I/O and loads and stores to physical addresses.
 *
 * Threads: any; one command at a time. No call waits for longer than BELL_QTEST_TIMEOUT_MS. When QEMU goes away or
 * stops answering, the client is lost for good: every call returns -ENODEV at once, reads give all ones.
 */
#ifndef BELL_PCI_QTEST_H
#define BELL_PCI_QTEST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BELL_QTEST_TIMEOUT_MS 20000

struct bell_qtest {
    int fd;
    _Atomic uint32_t lost; /* 1: for good */
    pid_t pid;             /* of QEMU, a child of ours, to say how it ended; 0: not known */
    unsigned posted;       /* stores sent whose "OK" is not yet read */
    size_t begin, end;     /* of what is unread in input */
    char input[1024];
    pthread_mutex_t lock;
};

/* bell_qtest_init - take over a connected socket; bell_qtest_destroy closes it. */
void bell_qtest_init(struct bell_qtest *qtest, int fd);
void bell_qtest_destroy(struct bell_qtest *qtest);

/* bell_qtest_hello - wait until QEMU answers. Return: 0, -ENODEV when it ended or did not answer in time. */
int bell_qtest_hello(struct bell_qtest *qtest);

/* bell_qtest_look - notice that QEMU has ended without asking it anything. */
void bell_qtest_look(struct bell_qtest *qtest);

/* bell_qtest_load, bell_qtest_store - one access of 1, 2, 4 or 8 bytes to a physical address, done when the call
 * returns. */
int bell_qtest_load(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t *value);
int bell_qtest_store(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t value);

/* bell_qtest_post - a store that is on its way when the call returns, in order with what follows; as posted writes on
 * PCIe. */
int bell_qtest_post(struct bell_qtest *qtest, uint64_t address, uint32_t width, uint64_t value);

/* bell_qtest_out - 32-bit write to an I/O port. */
int bell_qtest_out(struct bell_qtest *qtest, uint16_t port, uint32_t value);

#endif
