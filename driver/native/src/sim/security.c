/* SPDX-License-Identifier: Apache-2.0 */
/* Security Send and Receive, NVMe Base 2.0c 5.25 and 5.26: protocol 00h alone, which tells what protocols there are
 * (SPC-5 7.7). */
#include <string.h>

#include "sim/sim.h"

#define PROTOCOL          UINT32_C(0xff000000)
#define PROTOCOL_SPECIFIC UINT32_C(0x00ffff00)

enum { SPECIFIC_LIST = 0, SPECIFIC_CERTIFICATE = 1 };

uint16_t sim_security_receive(struct sim_command *command)
{
    const uint32_t specific = (uint32_t)NVME_GET(command->sqe.cdw10, PROTOCOL_SPECIFIC);
    uint8_t *answer = command->sim->scratch;
    const uint32_t asked = command->sqe.cdw11;

    if (NVME_GET(command->sqe.cdw10, PROTOCOL) != 0)
        return sim_invalid(command, SIM_AT_CDW10 + 3, 0);
    if (specific != SPECIFIC_LIST && specific != SPECIFIC_CERTIFICATE)
        return sim_invalid(command, SIM_AT_CDW10 + 1, 0);
    if (asked > SIM_SCRATCH_BYTES)
        return sim_invalid(command, SIM_AT_CDW11, 0);
    memset(answer, 0, SIM_SCRATCH_BYTES);
    if (specific == SPECIFIC_LIST)
        answer[7] = 1; /* bytes 7:6 big-endian: one protocol follows, 00h */
    return sim_data_to_host(command, answer, asked);
}

uint16_t sim_security_send(struct sim_command *command)
{
    return sim_invalid(command, SIM_AT_CDW10 + 3, 0); /* protocol 00h has nothing to send */
}
