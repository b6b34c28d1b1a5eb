/* SPDX-License-Identifier: Apache-2.0 */
/* The error information log, NVMe Base 2.0c 5.16.1.2. Device thread only. */
#ifndef BELL_SIM_ERROR_LOG_H
#define BELL_SIM_ERROR_LOG_H

#include <stdint.h>

struct sim;
struct sim_command;

/* sim_error_log_command - record a command's failure. Return: the status, with MORE set if an entry was written. */
uint16_t sim_error_log_command(struct sim_command *command, uint16_t status);

/* sim_error_log_doorbell - record a bad doorbell write, which belongs to no command. */
void sim_error_log_doorbell(struct sim *sim, uint32_t qid);

/* sim_error_log_internal - record an error that belongs to no command, and an address that it is about. */
void sim_error_log_internal(struct sim *sim, uint64_t address);

#endif
