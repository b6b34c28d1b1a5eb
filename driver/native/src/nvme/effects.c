/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/effects.h"

#include <stddef.h>

#include "spec/nvme.h"

enum {
    NVME_IO_ZONE_RECEIVE = 0x7a,
    NVME_IO_MANAGEMENT_RECEIVE = 0x12,
    DIRECTIVE_STREAMS = 1,
    STREAMS_ALLOCATE = 3,
    TELEMETRY_CREATE = 1,
    LID_TELEMETRY_HOST = 0x07,
    FID_NUMBER_OF_QUEUES = 0x07,
};

static const uint8_t admin_reads[] = {
    NVME_ADMIN_GET_LOG_PAGE, NVME_ADMIN_IDENTIFY,         NVME_ADMIN_GET_FEATURES,
    NVME_ADMIN_ASYNC_EVENT,  NVME_ADMIN_KEEP_ALIVE,       NVME_ADMIN_DIRECTIVE_RECEIVE,
    NVME_ADMIN_MI_RECEIVE,   NVME_ADMIN_SECURITY_RECEIVE, NVME_ADMIN_GET_LBA_STATUS,
};

/* Flush is among them: it makes durable what was written before, and changes nothing else. */
static const uint8_t io_reads[] = {
    NVME_NVM_FLUSH,
    NVME_NVM_READ,
    NVME_NVM_COMPARE,
    NVME_NVM_VERIFY,
    NVME_NVM_RESERVATION_REPORT,
    NVME_IO_MANAGEMENT_RECEIVE,
    NVME_IO_ZONE_RECEIVE,
};

static bool among(const uint8_t *opcodes, size_t count, uint8_t opcode)
{
    for (size_t i = 0; i < count; i++)
        if (opcodes[i] == opcode)
            return true;
    return false;
}

/* Receiving commands with an operation that does more than report. */
static bool operation_writes(uint8_t opcode, uint32_t cdw10, uint32_t cdw11)
{
    switch (opcode) {
    case NVME_ADMIN_DIRECTIVE_RECEIVE: /* NVMe Base 2.0c §8.7.3.1.2.3: allocates stream resources */
        return (cdw11 >> 8 & 0xff) == DIRECTIVE_STREAMS && (cdw11 & 0xff) == STREAMS_ALLOCATE;
    case NVME_ADMIN_GET_LOG_PAGE: /* §5.16.1.8: replaces the telemetry data that was captured before */
        return (cdw10 & 0xff) == LID_TELEMETRY_HOST && (cdw10 >> 8 & TELEMETRY_CREATE);
    default:
        return false;
    }
}

bool bell_command_writes(bool admin, const uint64_t sqe[8])
{
    uint8_t opcode = (uint8_t)sqe[0];
    if (!admin)
        return !among(io_reads, sizeof io_reads, opcode);
    uint32_t cdw10 = (uint32_t)sqe[5];
    /* A part of initialising a controller, which is not forbidden, and forgotten at its next reset. */
    if (opcode == NVME_ADMIN_SET_FEATURES && cdw10 == FID_NUMBER_OF_QUEUES)
        return false;
    return !among(admin_reads, sizeof admin_reads, opcode) || operation_writes(opcode, cdw10, (uint32_t)(sqe[5] >> 32));
}
