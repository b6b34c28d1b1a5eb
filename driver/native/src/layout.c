/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "support/error.h"

struct row {
    const char *structure;
    const char *field;
    uint32_t offset;
    uint32_t size;
};

#define STRUCTURE(name)                                                                                                \
    {                                                                                                                  \
#name, "", 0, sizeof(bell_##name)                                                                              \
    }
#define FIELD(name, field)                                                                                             \
    {                                                                                                                  \
#name, #field, offsetof(bell_##name, field), sizeof(((bell_##name *)0)->field)                                 \
    }

static const struct row rows[] = {
    /* clang-format off */
    STRUCTURE(layout),
    FIELD(layout, structure),
    FIELD(layout, field),
    FIELD(layout, offset),
    FIELD(layout, size),
    STRUCTURE(device_info),
    FIELD(device_info, kind),
    FIELD(device_info, features),
    FIELD(device_info, vectors),
    FIELD(device_info, config_bytes),
    FIELD(device_info, bar_bytes),
    FIELD(device_info, address),
    FIELD(device_info, name),
    STRUCTURE(pci_place),
    FIELD(pci_place, refusal),
    FIELD(pci_place, users),
    FIELD(pci_place, neighbours),
    FIELD(pci_place, holder),
    STRUCTURE(controller_config),
    FIELD(controller_config, admin_depth),
    FIELD(controller_config, timeout_ms),
    FIELD(controller_config, css),
    FIELD(controller_config, ams),
    FIELD(controller_config, mps),
    FIELD(controller_config, aer_count),
    STRUCTURE(controller_state),
    FIELD(controller_state, state),
    FIELD(controller_state, max_depth),
    FIELD(controller_state, min_page_bytes),
    FIELD(controller_state, reserved),
    FIELD(controller_state, max_data_bytes),
    STRUCTURE(admin_memory),
    FIELD(admin_memory, sq_iova),
    FIELD(admin_memory, cq_iova),
    FIELD(admin_memory, depth),
    FIELD(admin_memory, reserved),
    STRUCTURE(qpair_config),
    FIELD(qpair_config, depth),
    FIELD(qpair_config, priority),
    FIELD(qpair_config, interrupts),
    FIELD(qpair_config, vector),
    FIELD(qpair_config, qid),
    STRUCTURE(qpair_info),
    FIELD(qpair_info, qid),
    FIELD(qpair_info, depth),
    FIELD(qpair_info, outstanding),
    FIELD(qpair_info, sq_tail),
    FIELD(qpair_info, sq_head),
    FIELD(qpair_info, cq_head),
    FIELD(qpair_info, cq_phase),
    FIELD(qpair_info, vector),
    FIELD(qpair_info, alive),
    FIELD(qpair_info, worker),
    FIELD(qpair_info, submitted),
    FIELD(qpair_info, completed),
    STRUCTURE(command),
    FIELD(command, sqe),
    FIELD(command, data_iova),
    FIELD(command, data_bytes),
    FIELD(command, tag),
    FIELD(command, timeout_ms),
    FIELD(command, flags),
    STRUCTURE(sgl),
    FIELD(sgl, count),
    FIELD(sgl, segment),
    FIELD(sgl, reserved),
    STRUCTURE(completion),
    FIELD(completion, cqe),
    FIELD(completion, tag),
    FIELD(completion, submitted_ns),
    FIELD(completion, completed_ns),
    FIELD(completion, flags),
    FIELD(completion, cid),
    FIELD(completion, qid),
    STRUCTURE(cmdlog_entry),
    FIELD(cmdlog_entry, sequence),
    FIELD(cmdlog_entry, submitted_ns),
    FIELD(cmdlog_entry, completed_ns),
    FIELD(cmdlog_entry, sqe),
    FIELD(cmdlog_entry, cqe),
    FIELD(cmdlog_entry, flags),
    FIELD(cmdlog_entry, qid),
    FIELD(cmdlog_entry, reserved),
    FIELD(cmdlog_entry, reserved2),
    STRUCTURE(worker_config),
    FIELD(worker_config, nsid),
    FIELD(worker_config, lba_bytes),
    FIELD(worker_config, region_start),
    FIELD(worker_config, region_end),
    FIELD(worker_config, size_count),
    FIELD(worker_config, sizes),
    FIELD(worker_config, size_weights),
    FIELD(worker_config, random_percent),
    FIELD(worker_config, read_percent),
    FIELD(worker_config, qdepth),
    FIELD(worker_config, pattern),
    FIELD(worker_config, pattern_value),
    FIELD(worker_config, cpu),
    FIELD(worker_config, flags),
    FIELD(worker_config, seed),
    FIELD(worker_config, duration_ns),
    FIELD(worker_config, io_count),
    FIELD(worker_config, iops_limit),
    STRUCTURE(worker_counters),
    FIELD(worker_counters, state),
    FIELD(worker_counters, started_ns),
    FIELD(worker_counters, updated_ns),
    FIELD(worker_counters, finished_ns),
    FIELD(worker_counters, submitted),
    FIELD(worker_counters, completed),
    FIELD(worker_counters, outstanding),
    FIELD(worker_counters, reads),
    FIELD(worker_counters, writes),
    FIELD(worker_counters, read_bytes),
    FIELD(worker_counters, write_bytes),
    FIELD(worker_counters, errors),
    FIELD(worker_counters, first_error),
    FIELD(worker_counters, first_error_lba),
    FIELD(worker_counters, latency_sum_ns),
    FIELD(worker_counters, latency_min_ns),
    FIELD(worker_counters, latency_max_ns),
    FIELD(worker_counters, cpu_ns),
    FIELD(worker_counters, qid),
    FIELD(worker_counters, reserved),
    FIELD(worker_counters, read_latency),
    FIELD(worker_counters, write_latency),
    STRUCTURE(fault_rule),
    FIELD(fault_rule, enabled),
    FIELD(fault_rule, trigger),
    FIELD(fault_rule, matches),
    FIELD(fault_rule, queue),
    FIELD(fault_rule, opcode),
    FIELD(fault_rule, nsid),
    FIELD(fault_rule, register_offset),
    FIELD(fault_rule, dword_count),
    FIELD(fault_rule, dword_index),
    FIELD(fault_rule, dword_mask),
    FIELD(fault_rule, dword_value),
    FIELD(fault_rule, lba_first),
    FIELD(fault_rule, lba_last),
    FIELD(fault_rule, after_ns),
    FIELD(fault_rule, skip),
    FIELD(fault_rule, every),
    FIELD(fault_rule, times),
    FIELD(fault_rule, chance_ppb),
    FIELD(fault_rule, effects),
    FIELD(fault_rule, delay_min_ns),
    FIELD(fault_rule, delay_max_ns),
    FIELD(fault_rule, hold_ns),
    FIELD(fault_rule, status),
    FIELD(fault_rule, executed),
    FIELD(fault_rule, corrupt_bits),
    FIELD(fault_rule, corrupt_at),
    FIELD(fault_rule, cid),
    FIELD(fault_rule, sqid),
    FIELD(fault_rule, sqhd),
    FIELD(fault_rule, copies),
    FIELD(fault_rule, event),
    FIELD(fault_rule, reserved),
    FIELD(fault_rule, matched),
    FIELD(fault_rule, hits),
    STRUCTURE(server_info),
    FIELD(server_info, connected),
    FIELD(server_info, reserved),
    FIELD(server_info, clients),
    FIELD(server_info, requests),
    FIELD(server_info, path),
    FIELD(server_info, name),
    FIELD(server_info, last_end),
    /* clang-format on */
};

int bell_layout_get(uint32_t index, bell_layout *out)
{
    if (!out)
        return bell_error_set(-EINVAL, "No place for the layout entry was given.");
    if (index >= sizeof rows / sizeof rows[0])
        return bell_error_set(-ENOENT, "The layout table has %zu entries; %u is past its end.",
                              sizeof rows / sizeof rows[0], index);
    const struct row *row = &rows[index];
    *out = (bell_layout){.offset = row->offset, .size = row->size};
    snprintf(out->structure, sizeof out->structure, "%s", row->structure);
    snprintf(out->field, sizeof out->field, "%s", row->field);
    return 0;
}
