/* SPDX-License-Identifier: Apache-2.0 */
/* The rarer ways in which a worker's commands end, and the sums that are made now and then. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ioworker/worker.h"
#include "nvme/qpair.h"

#define PUBLISH_NS (5 * BELL_NS_PER_MS)

static void command_copy(bell_worker_command *out, const struct bell_worker_slot *slot, const struct bell_end *end)
{
    uint64_t first = bell_sqe_first(slot->sqe, end->cid);

    *out = (bell_worker_command){.submitted_ns = end->submitted_ns,
                                 .completed_ns = end->completed_ns,
                                 .attempts = slot->attempts + 1u,
                                 .flags = end->flags};
    memcpy(out->sqe, slot->sqe, sizeof out->sqe);
    memcpy(out->sqe, &first, sizeof first);
    memcpy(out->cqe, end->cqe, sizeof out->cqe);
}

void bell_worker_slow(struct bell_worker *worker, const struct bell_worker_slot *slot, const struct bell_end *end)
{
    bell_worker_command command;

    command_copy(&command, slot, end);
    command.sequence = worker->counters->completed;
    worker->slow_ns = bell_notes_slow(&worker->notes, &command);
}

static int send_again(struct bell_worker *worker, const struct bell_worker_slot *slot, uint32_t number)
{
    if (worker->verify.integrity != NULL)
        return bell_worker_verify_submit(worker, slot, number);
    return bell_fast_submit(worker->qpair, slot->sqe, number, worker->now_ns);
}

bool bell_worker_failed(struct bell_worker *worker, struct bell_worker_slot *slot, const struct bell_end *end)
{
    bell_worker_counters *counters = worker->counters;
    bell_worker_op *op = worker->operations.each[slot->op].counters;
    uint32_t status = bell_end_status(end);
    bell_worker_command command;

    command_copy(&command, slot, end);
    command.sequence = worker->notes.errors.next;
    bell_notes_add(&worker->notes.errors, &command);
    /* What timed out is still with the device: it is not sent a second time. */
    if (slot->attempts < worker->retries && (end->flags & (BELL_CQ_TIMEOUT | BELL_CQ_MISCOMPARE)) == 0 &&
        send_again(worker, slot, (uint32_t)end->tag) == 0) {
        slot->attempts++;
        bell_poke(&op->retries, op->retries + 1);
        return true;
    }
    if (counters->errors == 0) {
        bell_poke(&counters->first_error, (uint64_t)status);
        bell_poke(&counters->first_error_lba, slot->lba);
    }
    bell_poke(&counters->errors, counters->errors + 1);
    bell_poke(&op->errors, op->errors + 1);
    if (worker->stop_on_error && worker->error[0] == '\0')
        snprintf(worker->error, sizeof worker->error,
                 "stopped at the first error, as it was told: opcode %02xh at LBA %" PRIu64
                 " ended with status %02x/%02x%s",
                 worker->operations.each[slot->op].opcode, slot->lba, status >> 8 & 7, status & 0xff,
                 end->flags & BELL_CQ_TIMEOUT      ? " (time-out)"
                 : end->flags & BELL_CQ_MISCOMPARE ? " (miscompare)"
                                                   : "");
    return false;
}

void bell_worker_publish(struct bell_worker *worker)
{
    bell_worker_counters *counters = worker->counters;
    uint64_t done[BELL_KINDS] = {0}, bytes[BELL_KINDS] = {0};
    uint64_t sum = 0, least = UINT64_MAX, most = 0;
    struct timespec cpu;

    for (uint32_t i = 0; i < worker->operations.count; i++) {
        const struct bell_operation *operation = &worker->operations.each[i];
        const bell_worker_op *op = operation->counters;

        done[operation->kind] += op->completed;
        bytes[operation->kind] += op->bytes;
        sum += op->latency_sum_ns;
        least = op->latency_min_ns < least ? op->latency_min_ns : least;
        most = op->latency_max_ns > most ? op->latency_max_ns : most;
    }
    bell_poke(&counters->reads, done[BELL_KIND_READ]);
    bell_poke(&counters->writes, done[BELL_KIND_WRITE]);
    bell_poke(&counters->read_bytes, bytes[BELL_KIND_READ]);
    bell_poke(&counters->write_bytes, bytes[BELL_KIND_WRITE]);
    bell_poke(&counters->latency_sum_ns, sum);
    bell_poke(&counters->latency_min_ns, least);
    bell_poke(&counters->latency_max_ns, most);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    bell_poke(&counters->cpu_ns, (uint64_t)cpu.tv_sec * BELL_NS_PER_S + (uint64_t)cpu.tv_nsec);
    bell_poke(&counters->updated_ns, worker->now_ns);
    worker->publish_ns = worker->now_ns + PUBLISH_NS;
}
