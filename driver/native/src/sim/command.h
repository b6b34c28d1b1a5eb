/* SPDX-License-Identifier: Apache-2.0 */
/* A command while it executes, and the executing functions. Device thread only. */
#ifndef BELL_SIM_COMMAND_H
#define BELL_SIM_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "spec/nvme.h"

struct sim;
struct sim_sq;

#define SIM_NO_LOCATION 0xffffu

/* Returned instead of a status: the command completes later. */
#define SIM_DEFERRED 0xffffu

struct sim_command {
    struct sim *sim;
    struct sim_sq *sq;
    struct nvme_sqe sqe; /* a copy: the host may already write the next command there */
    uint32_t dw0;
    uint32_t dw1;
    uint16_t location; /* of the parameter in error, byte | bit << 8, for the error log */
    uint64_t error_lba;
};

/* sim_refuse, sim_invalid - a status that no retry changes, for the parameter at this byte and bit of the SQE. */
static inline uint16_t sim_refuse(struct sim_command *command, uint16_t status, uint32_t byte, uint32_t bit)
{
    command->location = (uint16_t)(byte | bit << 8);
    return status | NVME_STATUS_DNR;
}

static inline uint16_t sim_invalid(struct sim_command *command, uint32_t byte, uint32_t bit)
{
    return sim_refuse(command, NVME_SC_INVALID_FIELD, byte, bit);
}

/* SQE bytes of fields, for error locations. */
enum {
    SIM_AT_OPCODE = 0,
    SIM_AT_FLAGS = 1,
    SIM_AT_NSID = 4,
    SIM_AT_MPTR = 16,
    SIM_AT_PRP1 = 24,
    SIM_AT_PRP2 = 32,
    SIM_AT_CDW10 = 40,
    SIM_AT_CDW11 = 44,
    SIM_AT_CDW12 = 48,
    SIM_AT_CDW13 = 52,
    SIM_AT_CDW14 = 56,
    SIM_AT_CDW15 = 60,
};

/* sim_admin_execute, sim_nvm_execute - run a command. Return: its status, or SIM_DEFERRED. */
uint16_t sim_admin_execute(struct sim_command *command);
uint16_t sim_nvm_execute(struct sim_command *command);

/* sim_fused_pair - compare and write as one, NVM 1.0c 2.1.4; completes both. */
void sim_fused_pair(struct sim_command *compare, struct sim_command *write);

/* sim_command_end - complete: log errors, apply the latency model, post. */
void sim_command_end(struct sim_command *command, uint16_t status);

/* sim_complete_soon - complete a deferred command, or one that found its completion queue full. */
void sim_complete_soon(struct sim *sim, uint16_t sqid, uint16_t cid, uint16_t status, uint32_t dw0);

typedef uint16_t sim_handler(struct sim_command *command);

sim_handler sim_create_cq, sim_create_sq, sim_delete_cq, sim_delete_sq, sim_identify, sim_get_features,
    sim_set_features, sim_get_log_page, sim_abort, sim_async_event, sim_ns_management, sim_ns_attachment,
    sim_fw_download, sim_fw_commit, sim_self_test, sim_format, sim_sanitize, sim_security_send, sim_security_receive,
    sim_keep_alive;
sim_handler sim_flush, sim_write, sim_read, sim_write_uncorrectable, sim_compare, sim_write_zeroes, sim_dsm, sim_verify,
    sim_copy;
sim_handler sim_directive_send, sim_directive_receive;
sim_handler sim_reservation_register, sim_reservation_report, sim_reservation_acquire, sim_reservation_release,
    sim_reservation_peer;

#endif
