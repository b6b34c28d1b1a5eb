/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/latency.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/sim.h"
#include "support/atomics.h"
#include "support/error.h"

#define HEAP_CAPACITY 131072u /* commands in flight; the queues wait when there are more */
#define HEAP_RESERVE  1024u
#define RETRY_NS      2000u /* when the completion queue was full */

void sim_latency_follow(struct sim *sim)
{
    const struct sim_options *options = &sim->options;

    sim->latency.active = (options->read_latency_ns | options->write_latency_ns | options->flush_latency_ns |
                           options->other_latency_ns | options->admin_latency_ns) != 0 ||
                          sim->hmb.pages != 0;
}

int sim_latency_init(struct sim *sim)
{
    const struct sim_options *options = &sim->options;
    struct sim_latency *latency = &sim->latency;

    sim_latency_follow(sim);
    latency->random = options->seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    latency->capacity = HEAP_CAPACITY;
    latency->heap = malloc(HEAP_CAPACITY * sizeof latency->heap[0]);
    return latency->heap != NULL ? 0 : bell_error_set(-ENOMEM, "sim: out of memory");
}

void sim_latency_destroy(struct sim *sim)
{
    free(sim->latency.heap);
    sim->latency.heap = NULL;
}

static uint64_t random_next(struct sim_latency *latency) /* xorshift64* */
{
    uint64_t x = latency->random;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    latency->random = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t base_of(const struct sim_options *options, const struct sim_command *command)
{
    if (command->sq->id == 0)
        return options->admin_latency_ns;
    switch (command->sqe.opcode) {
    case NVME_NVM_READ:
        return options->read_latency_ns;
    case NVME_NVM_WRITE:
    case NVME_NVM_WRITE_ZEROES:
    case NVME_NVM_WRITE_UNCORRECTABLE:
    case NVME_NVM_COPY:
        return options->write_latency_ns;
    case NVME_NVM_FLUSH:
        return options->flush_latency_ns;
    default:
        return options->other_latency_ns;
    }
}

uint64_t sim_latency_of(struct sim *sim, const struct sim_command *command)
{
    uint64_t base = base_of(&sim->options, command);

    if (base != 0 && sim->options.jitter_ns != 0)
        base += random_next(&sim->latency) % (sim->options.jitter_ns + 1);
    return base;
}

bool sim_latency_full(const struct sim *sim)
{
    return sim->latency.count >= HEAP_CAPACITY - HEAP_RESERVE;
}

static bool before(const struct sim_due *a, const struct sim_due *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void sift_up(struct sim_due *heap, uint32_t index)
{
    struct sim_due item = heap[index];

    while (index > 0 && before(&item, &heap[(index - 1) / 2])) {
        heap[index] = heap[(index - 1) / 2];
        index = (index - 1) / 2;
    }
    heap[index] = item;
}

static void sift_down(struct sim_due *heap, uint32_t count, uint32_t index)
{
    struct sim_due item = heap[index];

    for (;;) {
        uint32_t child = 2 * index + 1;

        if (child >= count)
            break;
        if (child + 1 < count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &item))
            break;
        heap[index] = heap[child];
        index = child;
    }
    heap[index] = item;
}

bool sim_latency_put(struct sim *sim, const struct sim_due *due)
{
    struct sim_latency *latency = &sim->latency;

    if (latency->count == latency->capacity)
        return false;
    latency->heap[latency->count] = *due;
    latency->heap[latency->count].order = latency->order++;
    sift_up(latency->heap, latency->count++);
    return true;
}

static struct sim_due remove_at(struct sim_latency *latency, uint32_t index)
{
    struct sim_due item = latency->heap[index];

    latency->heap[index] = latency->heap[--latency->count];
    if (index < latency->count) {
        sift_down(latency->heap, latency->count, index);
        sift_up(latency->heap, index);
    }
    return item;
}

uint64_t sim_latency_run(struct sim *sim, uint64_t now)
{
    struct sim_latency *latency = &sim->latency;

    if ((sim->stop & (SIM_STOP_FAILED | SIM_STOP_FROZEN)) != 0)
        return UINT64_MAX;
    while (latency->count != 0 && latency->heap[0].due_ns <= now) {
        struct sim_due due = remove_at(latency, 0);
        struct sim_sq *sq = &sim->sq[due.sqid];

        if (sim_cq_full(sim, sq->cq)) {
            due.due_ns = now + RETRY_NS;
            sim_latency_put(sim, &due);
            continue;
        }
        if (BELL_UNLIKELY(due.fault != 0))
            sim_faults_post(sim, sq, &due);
        else
            sim_cq_post(sim, sq, due.cid, due.status, due.dw0, due.dw1);
        sim_cq_signal(sim, sq->cq);
    }
    return latency->count != 0 ? latency->heap[0].due_ns : UINT64_MAX;
}

bool sim_latency_take(struct sim *sim, uint16_t sqid, int cid, struct sim_due *out)
{
    struct sim_latency *latency = &sim->latency;

    for (uint32_t i = 0; i < latency->count; i++) {
        if (latency->heap[i].sqid == sqid && (cid < 0 || latency->heap[i].cid == cid)) {
            *out = remove_at(latency, i);
            return true;
        }
    }
    return false;
}

void sim_latency_clear(struct sim *sim)
{
    sim->latency.count = 0;
}

void sim_latency_forget_faults(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->latency.count; i++)
        sim->latency.heap[i].fault = 0;
}
