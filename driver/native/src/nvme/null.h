/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that costs nothing: commands on its I/O queues complete at once, in the call that rings the doorbell, with
 * success and without moving data. What is left is the cost of the driver, which benchmarks measure this way.
 */
#ifndef BELL_NVME_NULL_H
#define BELL_NVME_NULL_H

#include <stdint.h>

struct bell_qpair;

/* The device's end of a queue. */
struct bell_null_queue {
    uint32_t sq_head;
    uint32_t cq_tail;
    uint32_t phase;
};

/** bell_null_open - Return: 0 or -ENOMEM. */
int bell_null_open(struct bell_qpair *qpair);
void bell_null_close(struct bell_qpair *qpair);

/** bell_null_ring - complete every command up to the tail. */
void bell_null_ring(struct bell_qpair *qpair, uint32_t tail);

#endif
