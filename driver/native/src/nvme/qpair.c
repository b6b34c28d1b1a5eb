/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/qpair.h"

#include <stdlib.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/slot_lists.h"
#include "nvme/watch.h"
#include "pci/function.h"
#include "spec/nvme.h"
#include "support/error.h"

#define WATCH_NS           BELL_NS_PER_MS
#define WATCHES_TO_SILENCE 32

/* Everything whose size depends on the depth. */
static int rings_alloc(struct bell_qpair *qpair, uint32_t depth)
{
    uint32_t slots = depth - 1;
    uint32_t room = 2;
    while (room < slots)
        room *= 2;

    bell_poke(&qpair->depth, depth);
    qpair->slots = calloc(slots, sizeof *qpair->slots);
    qpair->free_slots = calloc(room, sizeof *qpair->free_slots);
    qpair->sweep = calloc(slots, sizeof *qpair->sweep);
    qpair->lists = bell_slot_lists_new(slots);
    if (!qpair->slots || !qpair->free_slots || !qpair->sweep || !qpair->lists)
        return bell_error_set(-ENOMEM, "No memory for a queue of %u entries.", depth);

    qpair->free_mask = room - 1;
    qpair->free_head = 0;
    qpair->free_tail = slots;
    for (uint32_t i = 0; i < slots; i++)
        qpair->free_slots[i] = (uint16_t)i;
    qpair->raw_cids = 0;
    qpair->next_deadline = BELL_NEVER;

    bell_poke(&qpair->sq_tail, UINT32_C(0));
    bell_poke(&qpair->sq_head, UINT32_C(0));
    bell_poke(&qpair->cq_head, UINT32_C(0));
    bell_poke(&qpair->cq_phase, UINT32_C(1));
    qpair->sq_rung = 0;
    qpair->cq_rung = 0;
    return qpair->transport->ops->queue_open(qpair->transport, qpair);
}

static void rings_free(struct bell_qpair *qpair)
{
    bell_watches_free(qpair);
    qpair->transport->ops->queue_close(qpair->transport, qpair);
    bell_slot_lists_delete(qpair->lists, qpair->transport);
    free(qpair->sweep);
    free(qpair->free_slots);
    free(qpair->slots);
    qpair->lists = NULL;
    qpair->sweep = NULL;
    qpair->free_slots = NULL;
    qpair->slots = NULL;
}

int bell_qpair_new(bell_device *device, uint32_t qid, uint32_t depth, struct bell_qpair **out)
{
    const bell_qpair_config config = {.qid = qid, .depth = depth};

    return bell_qpair_new_in(device, &config, NULL, NULL, out);
}

int bell_qpair_new_in(bell_device *device, const bell_qpair_config *config, const struct bell_buffer *sq,
                      const struct bell_buffer *cq, struct bell_qpair **out)
{
    const uint32_t qid = config->qid;
    const uint32_t depth = config->depth;
    struct bell_qpair *qpair = calloc(1, sizeof *qpair);
    if (!qpair)
        return bell_error_set(-ENOMEM, "No memory for a queue.");
    qpair->device = device;
    qpair->transport = device->transport;
    qpair->qid = qid;
    qpair->sq_place = sq;
    qpair->cq_place = cq;
    qpair->vector = BELL_NO_VECTOR;
    qpair->page_bytes = device->page_bytes;
    qpair->timeout_ns = bell_peek(&device->timeout_ns);
    qpair->logging = 1;
    qpair->ends_room = depth;
    qpair->ends = calloc(depth, sizeof *qpair->ends);

    int rc = qpair->ends ? bell_cmdlog_init(&qpair->log, qid) : bell_error_set(-ENOMEM, "No memory for a queue.");
    if (rc == 0)
        rc = rings_alloc(qpair, depth);
    if (rc < 0) {
        bell_qpair_delete(qpair);
        return rc;
    }
    *out = qpair;
    return 0;
}

void bell_qpair_delete(struct bell_qpair *qpair)
{
    rings_free(qpair);
    bell_cmdlog_free(&qpair->log);
    free(qpair->ends);
    free(qpair);
}

void bell_qpair_lose(struct bell_qpair *qpair)
{
    if (__atomic_load_n(&qpair->lost, __ATOMIC_ACQUIRE))
        return;
    bell_poke(&qpair->lost_ns, bell_now());
    __atomic_store_n(&qpair->lost, 1, __ATOMIC_RELEASE);
}

int bell_qpair_revive(struct bell_qpair *qpair, uint32_t depth)
{
    bell_qpair_lose(qpair);
    if (qpair->slots) {
        bell_qpair_drain(qpair);
        bell_qpair_sweep(qpair, 0);
    }
    rings_free(qpair);
    qpair->page_bytes = qpair->device->page_bytes;
    bell_poke(&qpair->timeout_ns, bell_peek(&qpair->device->timeout_ns));
    int rc = rings_alloc(qpair, depth);
    if (rc < 0)
        return rc;
    qpair->lost_swept = 0;
    __atomic_store_n(&qpair->lost, 0, __ATOMIC_RELEASE);
    return 0;
}

void bell_qpair_set_logging(struct bell_qpair *qpair, bool on)
{
    qpair->logging = on;
}

void bell_qpair_set_worker(struct bell_qpair *qpair, bool on)
{
    bell_poke(&qpair->worker, (uint32_t)on);
}

void bell_qpair_ring_indirect(struct bell_qpair *qpair, uint32_t tail)
{
    qpair->transport->ops->queue_ring(qpair, tail);
    qpair->sq_rung = tail;
    qpair->cq_rung = qpair->cq_head;
}

void bell_qpair_post_indirect(struct bell_qpair *qpair, uint64_t first, const uint64_t sqe[8], uint64_t now_ns)
{
    uint64_t words[8];
    memcpy(words, sqe, sizeof words);
    words[0] = first;
    qpair->transport->ops->queue_post(qpair, words);
    /* The end is logged by this thread too, later. */
    if (qpair->logging)
        bell_cmdlog_submitted(&qpair->log, words[0], words, now_ns);
    bell_poke(&qpair->submitted, qpair->submitted + 1);
}

void bell_qpair_wake(struct bell_qpair *qpair)
{
    if (qpair->transport->ops->queue_wake)
        qpair->transport->ops->queue_wake(qpair);
}

void bell_fast_idle(struct bell_qpair *qpair)
{
    struct bell_transport *transport = qpair->transport;
    if (!transport->ops->relax || !transport->ops->relax(transport))
        bell_backoff_wait(&qpair->backoff);
    bell_fast_watch(qpair, bell_now());
}

void bell_qpair_watch(struct bell_qpair *qpair, uint64_t now_ns)
{
    struct bell_pci_function *function = qpair->transport->function;
    uint64_t completed = bell_peek(&qpair->completed);

    qpair->watch_ns = now_ns + WATCH_NS;
    if (bell_peek(&qpair->lost) || !function)
        return;
    if (completed != qpair->watch_completed || completed == bell_peek(&qpair->submitted))
        qpair->watch_silent = 0;
    qpair->watch_completed = completed;
    if (function->watch)
        function->watch(function, ++qpair->watch_silent % WATCHES_TO_SILENCE == 0);
    if (qpair->gone && bell_peek(qpair->gone) != qpair->gone_seen)
        bell_device_gone(qpair->device);
}

/* Send a command of the driver's own. */
static int special_post(struct bell_qpair *qpair, const uint64_t sqe[8], uint8_t flags, uint64_t tag,
                        uint64_t timeout_ns)
{
    if (bell_peek(&qpair->lost))
        return bell_error_set(-ENODEV, "Queue %u was lost by a reset or disable; enable the controller first.",
                              qpair->qid);
    if (bell_fast_room(qpair) == 0)
        return bell_error_set(-EAGAIN, "Queue %u is full: %u commands are outstanding.", qpair->qid, qpair->depth - 1);

    uint16_t number;
    uint64_t now = bell_now();
    struct bell_slot *slot = bell_slot_take(qpair, &number);
    slot->tag = tag;
    slot->deadline_ns = timeout_ns == BELL_NEVER ? BELL_NEVER : now + timeout_ns;
    slot->cid = number;
    slot->state = BELL_SLOT_SPECIAL;
    slot->flags = flags;
    bell_slot_post(qpair, slot, sqe, now);
    bell_fast_ring(qpair);
    return 0;
}

int bell_qpair_arm(struct bell_qpair *qpair)
{
    struct nvme_sqe sqe = {.opcode = NVME_ADMIN_ASYNC_EVENT};
    uint64_t words[8];
    memcpy(words, &sqe, sizeof words);
    return special_post(qpair, words, BELL_SLOT_EVENT, UINT64_MAX, BELL_NEVER);
}

int bell_qpair_execute(struct bell_qpair *qpair, const uint64_t sqe[8], struct bell_end *end)
{
    qpair->sync_end = end;
    qpair->sync_done = 0;
    int rc = special_post(qpair, sqe, BELL_SLOT_SYNC, 0, bell_peek(&qpair->timeout_ns));
    if (rc < 0)
        return rc;

    bell_fast_busy(qpair);
    for (;;) {
        bell_qpair_drain(qpair);
        bell_cq_ring(qpair);
        if (!qpair->sync_done)
            bell_qpair_sweep(qpair, 0);
        if (qpair->sync_done)
            break;
        bell_fast_idle(qpair);
    }
    if (end->flags & BELL_CQ_LOST)
        return bell_error_set(-ENODEV, "The command was lost: the controller was reset, disabled or removed.");
    if (end->flags & BELL_CQ_TIMEOUT)
        return bell_error_set(-ETIMEDOUT, "The device did not complete opcode %02xh on queue %u in %u ms.",
                              (unsigned)(sqe[0] & 0xff), qpair->qid,
                              (unsigned)(bell_peek(&qpair->timeout_ns) / BELL_NS_PER_MS));
    return 0;
}
