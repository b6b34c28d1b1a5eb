/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions on a qpair: commands in, ends out, and what can be seen of it meanwhile. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "nvme/device.h"
#include "nvme/effects.h"
#include "nvme/qpair.h"
#include "nvme/sgl.h"
#include "nvme/watch.h"
#include "spec/nvme.h"
#include "support/error.h"

static int owner_check(const struct bell_qpair *qpair)
{
    if (!qpair)
        return bell_error_set(-EINVAL, "No queue was given.");
    if (BELL_UNLIKELY(bell_peek(&qpair->worker)))
        return bell_error_set(-EBUSY, "Queue %u belongs to an I/O worker; create another queue for own commands.",
                              qpair->qid);
    return 0;
}

static int lost_error(struct bell_qpair *qpair)
{
    char reason[360] = "";
    if (qpair->transport->ops->lost_reason)
        qpair->transport->ops->lost_reason(qpair, reason, sizeof reason);
    return bell_error_set(
        -ENODEV, "Queue %u was lost by a reset, disable or removal; enable the controller and create it anew.%s%s",
        qpair->qid, reason[0] ? " " : "", reason);
}

/* Asynchronous Event Requests wait for an event, however long that takes (NVMe Base 2.0c §5.2). */
static bool waits_for_event(const struct bell_qpair *qpair, const uint64_t sqe[8])
{
    return qpair->qid == 0 && (sqe[0] & 0xff) == NVME_ADMIN_ASYNC_EVENT;
}

/* The guard that bell_device_set_read_only puts up, and what the transport cannot carry. */
static int command_check(struct bell_qpair *qpair, const bell_command *command)
{
    const struct bell_transport_ops *ops = qpair->transport->ops;
    uint64_t sqe[8];
    memcpy(sqe, command->sqe, sizeof sqe);
    if (BELL_UNLIKELY(bell_peek(&qpair->device->read_only)) && bell_command_writes(qpair->qid == 0, sqe))
        return bell_error_set(-EPERM,
                              "%s is read-only and %s opcode %02xh may change it. Allow writes first: lift the shield, "
                              "give --force, or open it with allowed writes.",
                              qpair->device->address, qpair->qid == 0 ? "admin" : "I/O", (unsigned)(sqe[0] & 0xff));
    return ops->command_check ? ops->command_check(qpair->transport, qpair, command) : 0;
}

/* The data of a command: an SGL of the caller's, one of the driver's, or PRPs. */
struct data {
    const struct nvme_sgl *descriptors; /* NULL: none of the caller's */
    uint32_t count;
    uint32_t segment;
};

static int sgl_describe(bell_qpair *qpair, const bell_command *command, const struct data *data, uint16_t number,
                        uint64_t sqe[8])
{
    struct bell_transport *transport = qpair->transport;
    if (!transport->ops->sgl_map)
        return bell_error_set(-ENOTSUP,
                              "%s describes data in a way of its own; SGLs of one's own are for PCIe transports.",
                              qpair->device->address);
    struct nvme_sgl block = bell_sgl_block(command->data_iova, (uint32_t)command->data_bytes);
    if (!data && command->data_bytes > UINT32_MAX)
        return bell_error_set(-E2BIG, "%" PRIu64 " bytes do not fit one SGL descriptor; the most is 4 GiB - 1.",
                              command->data_bytes);
    if (NVME_GET(sqe[0] >> 8, NVME_SQE_PSDT) == NVME_PSDT_PRP)
        sqe[0] |= NVME_PUT(NVME_PSDT_SGL_MPTR_BUFFER, NVME_SQE_PSDT) << 8;
    return data ? transport->ops->sgl_map(transport, qpair, number, data->descriptors, data->count, data->segment, sqe)
                : transport->ops->sgl_map(transport, qpair, number, &block, 1, BELL_SGL_SEGMENT_DEFAULT, sqe);
}

static int submit(bell_qpair *qpair, const bell_command *command, const struct data *data, uint16_t *cid)
{
    int rc = owner_check(qpair);
    if (rc < 0)
        return rc;
    if (BELL_UNLIKELY(bell_peek(&qpair->lost)))
        return lost_error(qpair);
    if (BELL_UNLIKELY(bell_fast_room(qpair) == 0))
        return bell_error_set(-EAGAIN, "Queue %u is full: its %u command slots are in use.", qpair->qid,
                              qpair->depth - 1);

    rc = command_check(qpair, command);
    if (rc < 0)
        return rc;

    uint16_t number = qpair->free_slots[qpair->free_head & qpair->free_mask];
    uint64_t sqe[8];
    memcpy(sqe, command->sqe, sizeof sqe);
    if (data || (command->flags & BELL_CMD_SGL))
        rc = sgl_describe(qpair, command, data, number, sqe);
    else if (!(command->flags & BELL_CMD_RAW_DATA_POINTER))
        rc = qpair->transport->ops->data_map(qpair->transport, qpair, number, command->data_iova, command->data_bytes,
                                             sqe);
    if (rc < 0)
        return rc;

    bool watched = false;
    if (BELL_UNLIKELY(__atomic_load_n(&qpair->device->verification, __ATOMIC_ACQUIRE) != NULL)) {
        const struct bell_watch_data place = {.iova = command->data_iova,
                                              .bytes =
                                                  command->flags & BELL_CMD_RAW_DATA_POINTER ? 0 : command->data_bytes,
                                              .sgl = data ? data->descriptors : NULL,
                                              .sgl_count = data ? data->count : 0};
        watched = bell_watch_begin(qpair, number, sqe, &place, NULL);
    }

    bool raw_cid = command->flags & BELL_CMD_RAW_CID;
    uint16_t wire_cid = raw_cid ? (uint16_t)(sqe[0] >> 16) : number;

    uint64_t now = bell_now();
    uint64_t timeout = command->timeout_ms ? command->timeout_ms * BELL_NS_PER_MS : bell_peek(&qpair->timeout_ns);
    struct bell_slot *slot = bell_slot_take(qpair, &number);
    slot->tag = command->tag;
    slot->deadline_ns = waits_for_event(qpair, sqe) ? BELL_NEVER : now + timeout;
    slot->cid = wire_cid;
    slot->state = raw_cid || watched ? BELL_SLOT_SPECIAL : BELL_SLOT_BUSY;
    slot->flags = (uint8_t)((raw_cid ? BELL_SLOT_RAW_CID : 0) | (watched ? BELL_SLOT_WATCHED : 0) |
                            (command->flags & BELL_CMD_RAW_DATA_POINTER ? BELL_SLOT_RAW_DATA : 0));
    qpair->raw_cids += raw_cid;
    bell_slot_post(qpair, slot, sqe, now);

    if (!(command->flags & BELL_CMD_HOLD_DOORBELL))
        bell_fast_ring(qpair);
    if (cid)
        *cid = wire_cid;
    return 0;
}

int bell_qpair_submit(bell_qpair *qpair, const bell_command *command, uint16_t *cid)
{
    return submit(qpair, command, NULL, cid);
}

int bell_qpair_submit_sgl(bell_qpair *qpair, const bell_command *command, const bell_sgl *list, uint16_t *cid)
{
    if (!list || list->count == 0)
        return bell_error_set(-EINVAL, "An SGL has at least one descriptor.");
    uint32_t segment = list->segment ? list->segment : BELL_SGL_SEGMENT_DEFAULT;
    if (segment < 2 || segment > BELL_SGL_SEGMENT_MOST)
        return bell_error_set(-EINVAL, "SGL segments of %u descriptors; it must be 2 to %d.", segment,
                              BELL_SGL_SEGMENT_MOST);
    const struct data data = {
        .descriptors = (const struct nvme_sgl *)(list + 1), .count = list->count, .segment = segment};
    return submit(qpair, command, &data, cid);
}

int bell_qpair_ring(bell_qpair *qpair)
{
    int rc = owner_check(qpair);
    if (rc < 0)
        return rc;
    if (bell_peek(&qpair->lost))
        return lost_error(qpair);
    bell_fast_ring(qpair);
    return 0;
}

struct sink {
    bell_completion *out;
    uint32_t count;
    uint16_t qid;
};

static inline void sink_end(void *context, const struct bell_end *end)
{
    struct sink *sink = context;
    bell_completion *out = &sink->out[sink->count++];
    memcpy(out->cqe, end->cqe, sizeof out->cqe);
    out->tag = end->tag;
    out->submitted_ns = end->submitted_ns;
    out->completed_ns = end->completed_ns;
    out->flags = end->flags;
    out->cid = end->cid;
    out->qid = sink->qid;
}

static uint32_t poll_once(bell_qpair *qpair, bell_completion *out, uint32_t max)
{
    struct sink sink = {.out = out, .qid = (uint16_t)qpair->qid};
    qpair->idle_polls = 63; /* these callers may poll rarely: look at the clock each time */
    uint32_t count = bell_fast_poll(qpair, max, sink_end, &sink);
    bell_cq_ring(qpair);
    if (count > 0)
        return count;
    bell_fast_watch(qpair, bell_now());
    return bell_peek(&qpair->lost) ? bell_fast_poll(qpair, max, sink_end, &sink) : 0;
}

int bell_qpair_poll(bell_qpair *qpair, bell_completion *out, uint32_t max)
{
    int rc = owner_check(qpair);
    return rc < 0 ? rc : (int)poll_once(qpair, out, max > INT32_MAX ? INT32_MAX : max);
}

int bell_qpair_wait(bell_qpair *qpair, bell_completion *out, uint32_t max, uint64_t timeout_us)
{
    int rc = owner_check(qpair);
    if (rc < 0)
        return rc;
    if (max > INT32_MAX)
        max = INT32_MAX;

    uint64_t start = bell_now();
    uint64_t limit =
        timeout_us > (BELL_NEVER - start) / BELL_NS_PER_US ? BELL_NEVER : start + timeout_us * BELL_NS_PER_US;
    bell_fast_busy(qpair);
    for (;;) {
        uint32_t count = poll_once(qpair, out, max);
        if (count > 0 || bell_now() >= limit)
            return (int)count;
        bell_fast_idle(qpair);
    }
}

/* Both counters at one moment, or as near to it as a queue at full speed lets a stranger come. */
static uint32_t counters_read(const struct bell_qpair *qpair, uint64_t *submitted, uint64_t *completed)
{
    for (int attempt = 0; attempt < 16; attempt++) {
        *completed = __atomic_load_n(&qpair->completed, __ATOMIC_ACQUIRE);
        *submitted = __atomic_load_n(&qpair->submitted, __ATOMIC_ACQUIRE);
        if (bell_peek(&qpair->completed) == *completed)
            return (uint32_t)(*submitted - *completed);
    }
    uint64_t most = bell_peek(&qpair->depth) - 1;
    return (uint32_t)(*submitted - *completed < most ? *submitted - *completed : most);
}

int bell_qpair_get_info(bell_qpair *qpair, bell_qpair_info *out)
{
    if (!qpair || !out)
        return bell_error_set(-EINVAL, "No queue or no place for its state was given.");
    uint64_t submitted, completed;
    uint32_t outstanding = counters_read(qpair, &submitted, &completed);
    *out = (bell_qpair_info){.qid = qpair->qid,
                             .depth = bell_peek(&qpair->depth),
                             .outstanding = outstanding,
                             .sq_tail = bell_peek(&qpair->sq_tail),
                             .sq_head = bell_peek(&qpair->sq_head),
                             .cq_head = bell_peek(&qpair->cq_head),
                             .cq_phase = bell_peek(&qpair->cq_phase),
                             .vector = qpair->vector,
                             .alive = !__atomic_load_n(&qpair->lost, __ATOMIC_ACQUIRE),
                             .worker = bell_peek(&qpair->worker),
                             .submitted = submitted,
                             .completed = completed};
    return 0;
}

uint64_t bell_qpair_unmatched(bell_qpair *qpair)
{
    return qpair ? bell_peek(&qpair->unmatched) : 0;
}

int bell_cmdlog_read(bell_qpair *qpair, uint64_t from, bell_cmdlog_entry *out, uint32_t max, uint64_t *next)
{
    if (!qpair || !next || (!out && max > 0))
        return bell_error_set(-EINVAL, "No queue or no place for its command log was given.");
    return bell_cmdlog_copy(&qpair->log, from, out, max > BELL_CMDLOG_ENTRIES ? BELL_CMDLOG_ENTRIES : max, next);
}
