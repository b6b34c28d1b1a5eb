/* SPDX-License-Identifier: Apache-2.0 */
/* What a command may do to a device, told from its 64 bytes alone. */
#ifndef BELL_NVME_EFFECTS_H
#define BELL_NVME_EFFECTS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * bell_command_writes - whether a command may change data, settings or the state of the device.
 * @admin: it goes to the admin queue; otherwise to an I/O queue.
 * @sqe: the command as it goes to the wire.
 *
 * Only commands that are known to read are believed to: whatever carries data to the controller (opcode bit 0, NVMe
 * Base 2.0c §3.3.3.1), vendor specific opcodes and opcodes that nobody knows yet count as writes.
 */
bool bell_command_writes(bool admin, const uint64_t sqe[8]);

#endif
