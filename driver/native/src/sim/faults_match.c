/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule applies. */
#include <string.h>

#include "sim/faults.h"
#include "sim/metadata.h"
#include "sim/sim.h"

/* splitmix64: any seed will do. */
static uint64_t random_next(uint64_t *random)
{
    uint64_t x = *random += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t sim_fault_random(uint64_t *random, uint64_t low, uint64_t high)
{
    return high - low == UINT64_MAX ? random_next(random) : low + random_next(random) % (high - low + 1);
}

static uint64_t count(_Atomic uint64_t *counter)
{
    return atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) + 1;
}

bool sim_fault_applies(struct sim_fault *fault, uint64_t *random)
{
    const bell_fault_rule *rule = &fault->rule;
    const uint64_t matched = count(&fault->matched);

    if (matched <= rule->skip || (rule->every > 1 && (matched - rule->skip) % rule->every != 0))
        return false;
    if (rule->times != 0 && atomic_load_explicit(&fault->hits, memory_order_relaxed) >= rule->times)
        return false;
    if (rule->chance_ppb != 0 && sim_fault_random(random, 0, 999999999) >= rule->chance_ppb)
        return false;
    count(&fault->hits);
    return true;
}

/* ---- commands ------------------------------------------------------------------------------------------------------
 */

static bool has_blocks(const struct nvme_sqe *sqe)
{
    switch (sqe->opcode) {
    case NVME_NVM_READ:
    case NVME_NVM_WRITE:
    case NVME_NVM_COMPARE:
    case NVME_NVM_WRITE_ZEROES:
    case NVME_NVM_WRITE_UNCORRECTABLE:
    case NVME_NVM_VERIFY:
        return true;
    default:
        return false;
    }
}

static bool touches(const struct nvme_sqe *sqe, uint64_t first, uint64_t last)
{
    const uint64_t slba = sqe->cdw10 | (uint64_t)sqe->cdw11 << 32;
    const uint64_t more = sqe->cdw12 & NVME_RW_NLB;
    const uint64_t end = slba > UINT64_MAX - more ? UINT64_MAX : slba + more;

    return has_blocks(sqe) && slba <= last && end >= first;
}

static bool queue_matches(uint32_t wanted, uint32_t qid)
{
    return wanted == BELL_FAULT_QUEUE_ANY || (wanted == BELL_FAULT_QUEUE_IO ? qid != 0 : wanted == qid);
}

static bool dwords_match(const bell_fault_rule *rule, const struct nvme_sqe *sqe)
{
    uint32_t dwords[16];

    memcpy(dwords, sqe, sizeof dwords);
    for (uint32_t i = 0; i < rule->dword_count; i++)
        if ((dwords[rule->dword_index[i]] & rule->dword_mask[i]) != rule->dword_value[i])
            return false;
    return true;
}

uint64_t sim_fault_data_bytes(struct sim *sim, const struct sim_command *command, bool *to_host)
{
    const struct nvme_sqe *sqe = &command->sqe;

    *to_host = true;
    if (command->sq->id == 0) {
        if (sqe->opcode == NVME_ADMIN_IDENTIFY)
            return 4096;
        if (sqe->opcode == NVME_ADMIN_GET_LOG_PAGE)
            return ((sqe->cdw10 >> 16 | (uint64_t)(sqe->cdw11 & 0xffff) << 16) + 1) * 4;
        return 0;
    }
    *to_host = sqe->opcode == NVME_NVM_READ;
    if ((sqe->opcode != NVME_NVM_READ && sqe->opcode != NVME_NVM_WRITE) || sqe->nsid - 1 >= SIM_MAX_NAMESPACES ||
        !sim->ns[sqe->nsid - 1].attached)
        return 0;
    if (*to_host)
        return sim_transfer_bytes(command, &sim->ns[sqe->nsid - 1]);
    return ((sqe->cdw12 & NVME_RW_NLB) + UINT64_C(1)) << sim->ns[sqe->nsid - 1].shift;
}

/* What is to be corrupted must be there. */
static bool corruptible(struct sim *sim, const bell_fault_rule *rule, const struct sim_command *command)
{
    bool to_host;
    const uint64_t bytes = sim_fault_data_bytes(sim, command, &to_host);

    return bytes != 0 && (rule->corrupt_at == UINT32_MAX || rule->corrupt_at < bytes);
}

static bool command_matches(struct sim *sim, const bell_fault_rule *rule, const struct sim_command *command)
{
    const struct nvme_sqe *sqe = &command->sqe;

    if (rule->trigger != BELL_FAULT_ON_COMMAND || !queue_matches(rule->queue, command->sq->id))
        return false;
    if ((rule->matches & BELL_FAULT_MATCH_OPCODE) != 0 && sqe->opcode != rule->opcode)
        return false;
    if ((rule->matches & BELL_FAULT_MATCH_NSID) != 0 && sqe->nsid != rule->nsid)
        return false;
    if ((rule->matches & BELL_FAULT_MATCH_LBA) != 0 &&
        (command->sq->id == 0 || !touches(sqe, rule->lba_first, rule->lba_last)))
        return false;
    if ((rule->effects & BELL_FAULT_CORRUPT) != 0 && !corruptible(sim, rule, command))
        return false;
    return dwords_match(rule, sqe);
}

uint32_t sim_fault_for_command(struct sim *sim, const struct sim_command *command)
{
    struct sim_fault_plan *plan = sim->faults.plan;

    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->faults[i].in_force && command_matches(sim, &plan->faults[i].rule, command) &&
            sim_fault_applies(&plan->faults[i], &plan->device_random))
            return i;
    return SIM_FAULT_NONE;
}

uint32_t sim_fault_for_trigger(struct sim *sim, uint32_t trigger)
{
    struct sim_fault_plan *plan = sim->faults.plan;

    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->faults[i].in_force && plan->faults[i].rule.trigger == trigger &&
            sim_fault_applies(&plan->faults[i], &plan->device_random))
            return i;
    return SIM_FAULT_NONE;
}
