/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/async_events.h"

#include <string.h>

#include "sim/sim.h"

static uint32_t type_of(uint32_t dword)
{
    return (uint32_t)NVME_GET(dword, NVME_AER_TYPE);
}

/* Pair requests with events whose type is not masked, oldest first. */
static void pairs_complete(struct sim *sim)
{
    struct sim_async_events *async = &sim->async;

    for (uint32_t i = 0; i < async->waiting_count && async->requests != 0;) {
        const uint32_t dword = async->waiting[i];

        if ((async->masked & 1u << type_of(dword)) != 0) {
            i++;
            continue;
        }
        async->masked |= 1u << type_of(dword);
        memmove(&async->waiting[i], &async->waiting[i + 1], (async->waiting_count - i - 1) * sizeof dword);
        async->waiting_count--;
        sim_complete_soon(sim, 0, async->cid[0], NVME_SC_SUCCESS, dword);
        memmove(&async->cid[0], &async->cid[1], (async->requests - 1) * sizeof async->cid[0]);
        async->requests--;
    }
}

void sim_async_report(struct sim *sim, uint32_t type, uint32_t information, uint32_t lid)
{
    struct sim_async_events *async = &sim->async;
    const uint32_t dword =
        (uint32_t)(NVME_PUT(type, NVME_AER_TYPE) | NVME_PUT(information, NVME_AER_INFO) | NVME_PUT(lid, NVME_AER_LID));

    if (!sim->enabled)
        return;
    /* While an event waits, another of the same kind adds nothing, NVMe Base 2.0c 5.2. */
    for (uint32_t i = 0; i < async->waiting_count; i++)
        if (async->waiting[i] == dword)
            return;
    if (async->waiting_count == SIM_EVENT_QUEUE)
        return;
    async->waiting[async->waiting_count++] = dword;
    pairs_complete(sim);
}

void sim_async_unmask(struct sim *sim, uint32_t type)
{
    sim->async.masked &= ~(1u << type);
    pairs_complete(sim);
}

void sim_async_reset(struct sim *sim)
{
    memset(&sim->async, 0, sizeof sim->async);
}

bool sim_async_abort(struct sim *sim, uint16_t cid)
{
    struct sim_async_events *async = &sim->async;

    for (uint32_t i = 0; i < async->requests; i++) {
        if (async->cid[i] != cid)
            continue;
        memmove(&async->cid[i], &async->cid[i + 1], (async->requests - i - 1) * sizeof async->cid[0]);
        async->requests--;
        return true;
    }
    return false;
}

uint16_t sim_async_event(struct sim_command *command)
{
    struct sim_async_events *async = &command->sim->async;

    if (async->requests == SIM_AER_LIMIT)
        return sim_refuse(command, NVME_SC_AER_LIMIT, SIM_AT_OPCODE, 0);
    async->cid[async->requests++] = command->sqe.cid;
    pairs_complete(command->sim);
    return SIM_DEFERRED;
}
