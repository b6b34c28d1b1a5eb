/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of a workload, prepared: what all commands of one have in common is put together once.
 */
#ifndef BELL_IOWORKER_OPERATION_H
#define BELL_IOWORKER_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "ioworker/buffers.h"

/* What its commands look like. */
enum bell_form {
    BELL_FORM_DATA = 0,   /* LBAs and data */
    BELL_FORM_BARE = 1,   /* LBAs without data */
    BELL_FORM_RANGES = 2, /* a list of ranges */
    BELL_FORM_FLUSH = 3,  /* neither */
};

/* What it counts as in intervals and in bell_worker_counters. */
enum bell_kind { BELL_KIND_READ = 0, BELL_KIND_WRITE = 1, BELL_KIND_OTHER = 2, BELL_KINDS = 3 };

struct bell_operation {
    uint64_t first; /* SQE words 0 and 1: opcode, nsid, dwords 2 and 3 */
    uint64_t second;
    uint64_t twelve; /* words 6 and 7: dwords 12 to 15 */
    uint64_t fourteen;
    const struct bell_io_buffer *buffers; /* one a slot */
    bell_worker_op *counters;
    uint64_t *histogram; /* NULL: not wanted */
    uint8_t opcode;
    uint8_t form;
    uint8_t kind;
    bool refresh; /* its data is made anew for each command */
    uint16_t ranges;
};

struct bell_operations {
    uint32_t count;
    struct bell_operation each[BELL_WORKLOAD_OPS];
    bell_worker_op counters[BELL_WORKLOAD_OPS];
    uint64_t *histograms; /* of opcodes other than read and write */
};

/** bell_opcode_form - what commands of an opcode look like; bits 1:0 say which way data goes (NVMe Base 2.0c §3.3.3.1).
 */
enum bell_form bell_opcode_form(uint8_t opcode);

/** bell_opcode_receives - whether its data comes from the device; otherwise, if it has data, that goes there. */
static inline bool bell_opcode_receives(uint8_t opcode)
{
    return (opcode & 2) != 0;
}

/** bell_operations_init - all but the buffers. Reads and writes count their latencies in `totals`. */
int bell_operations_init(struct bell_operations *operations, const bell_workload_config *config,
                         bell_worker_counters *totals);
void bell_operations_free(struct bell_operations *operations);

/** bell_operations_needs - the memory that they need for I/Os of up to `lbas`. */
struct bell_io_needs bell_operations_needs(const struct bell_operations *operations, const bell_workload_config *config,
                                           uint32_t lbas);
void bell_operations_attach(struct bell_operations *operations, const struct bell_io_buffers *buffers);

#endif
