/* SPDX-License-Identifier: Apache-2.0 */
/* Compare and Write as one atomic operation, NVMe Base 2.0c 3.4.2, NVM 1.0c 2.1.4. */
#include "sim/identify.h"
#include "sim/nvm.h"
#include "sim/sim.h"

/* What must hold for the two to be a pair at all. */
static uint16_t pair_check(struct sim_command *compare, const struct sim_command *write)
{
    if (compare->sqe.opcode != NVME_NVM_COMPARE || write->sqe.opcode != NVME_NVM_WRITE)
        return sim_invalid(compare, SIM_AT_FLAGS, 0);
    if ((compare->sqe.flags & NVME_SQE_PSDT) == NVME_SQE_PSDT || (write->sqe.flags & NVME_SQE_PSDT) == NVME_SQE_PSDT)
        return sim_invalid(compare, SIM_AT_FLAGS, 6);
    if (compare->sqe.nsid != write->sqe.nsid)
        return sim_invalid(compare, SIM_AT_NSID, 0);
    if (compare->sqe.cdw10 != write->sqe.cdw10 || compare->sqe.cdw11 != write->sqe.cdw11 ||
        ((compare->sqe.cdw12 ^ write->sqe.cdw12) & NVME_RW_NLB) != 0)
        return sim_invalid(compare, SIM_AT_CDW10, 0);
    if ((compare->sqe.cdw12 & NVME_RW_NLB) >= SIM_ATOMIC_BLOCKS)
        return sim_refuse(compare, NVME_SC_ATOMIC_WRITE_UNIT, SIM_AT_CDW12, 0);
    return 0;
}

void sim_fused_pair(struct sim_command *compare, struct sim_command *write)
{
    struct sim_extent extent;
    uint16_t second = 0;
    uint16_t first = pair_check(compare, write);

    if (first == 0)
        first = sim_extent_of(compare, true, &extent);
    if (first == 0) /* a reservation may allow the one and not the other */
        first = sim_namespace_hurdle(write, extent.ns);
    if (first == 0)
        first = sim_compare_extent(compare, &extent);
    if (first == 0) {
        second = sim_write_allowed(write, extent.ns);
        if (second == 0)
            second = sim_write_extent(write, &extent);
        /* If the write fails, the compare has no result of its own. */
        if (second != 0)
            first = NVME_SC_ABORTED_FUSED_FAILED;
    } else {
        second = NVME_SC_ABORTED_FUSED_FAILED;
    }
    sim_command_end(compare, first);
    sim_command_end(write, second);
}
