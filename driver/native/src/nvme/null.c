/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/null.h"

#include <errno.h>
#include <stdlib.h>

#include "nvme/qpair.h"
#include "support/error.h"

int bell_null_open(struct bell_qpair *qpair)
{
    struct bell_null_queue *queue = calloc(1, sizeof *queue);

    if (!queue)
        return bell_error_set(-ENOMEM, "out of memory");
    queue->phase = 1;
    qpair->carrier = queue;
    return 0;
}

void bell_null_close(struct bell_qpair *qpair)
{
    free(qpair->carrier);
    qpair->carrier = NULL;
}

void bell_null_ring(struct bell_qpair *qpair, uint32_t tail)
{
    struct bell_null_queue *queue = qpair->carrier;
    uint64_t *cq = (uint64_t *)(uintptr_t)qpair->cq;
    uint32_t head = queue->sq_head;

    while (head != tail) {
        uint64_t cid = qpair->sq[8 * (uint64_t)head] >> 16 & 0xffff;
        uint64_t *entry = cq + 2 * (uint64_t)queue->cq_tail;

        head = head + 1 == qpair->depth ? 0 : head + 1;
        entry[0] = 0;
        entry[1] = head | (uint64_t)qpair->qid << 16 | cid << 32 | (uint64_t)queue->phase << 48;
        if (++queue->cq_tail == qpair->depth) {
            queue->cq_tail = 0;
            queue->phase ^= 1;
        }
    }
    queue->sq_head = head;
}
