/* SPDX-License-Identifier: Apache-2.0 */
/* NVM command set: read, write and their kin. The range commands (DSM, copy) are in ranges.c, fused pairs in fused.c.
 */
#include "sim/nvm.h"

#include <string.h>

#include "sim/admin.h"
#include "sim/metadata.h"
#include "sim/sim.h"
#include "support/atomics.h"

#define DISCARD_BYTES 65536u /* what Write Zeroes no longer writes */

/* ---- checks ---------------------------------------------------------------------------------------------------------
 */

static inline uint16_t namespace_check(struct sim_command *command, struct sim_namespace **out)
{
    const uint32_t nsid = command->sqe.nsid;

    if (BELL_LIKELY(nsid - 1 < SIM_MAX_NAMESPACES)) {
        struct sim_namespace *ns = &command->sim->ns[nsid - 1];

        if (BELL_LIKELY(ns->attached)) {
            *out = ns;
            return BELL_LIKELY(ns->hurdles == 0) ? 0 : sim_namespace_hurdle(command, ns);
        }
    }
    return sim_namespace_active(command, out);
}

/* The range of a command with SLBA and NLB. moves: MDTS applies. */
static inline uint16_t extent_check(struct sim_command *command, bool moves, struct sim_extent *extent)
{
    uint16_t status = namespace_check(command, &extent->ns);

    if (BELL_UNLIKELY(status != 0))
        return status;
    const struct sim_namespace *ns = extent->ns;
    const uint64_t slba = command->sqe.cdw10 | (uint64_t)command->sqe.cdw11 << 32;
    const uint64_t blocks = (uint64_t)(command->sqe.cdw12 & NVME_RW_NLB) + 1;

    extent->offset = slba << ns->shift;
    extent->bytes = blocks << ns->shift;
    if (BELL_UNLIKELY(moves && command->sim->mdts_bytes != 0 && extent->bytes > command->sim->mdts_bytes))
        return sim_invalid(command, SIM_AT_CDW12, 0);
    if (BELL_UNLIKELY(blocks > ns->blocks || slba > ns->blocks - blocks)) {
        command->error_lba = slba;
        return sim_refuse(command, NVME_SC_LBA_RANGE, SIM_AT_CDW10, 0);
    }
    return 0;
}

static inline uint16_t write_check(struct sim_command *command, const struct sim_namespace *ns)
{
    if (BELL_UNLIKELY(ns->write_protected))
        return sim_refuse(command, NVME_SC_WRITE_PROTECTED, SIM_AT_NSID, 0);
    if (BELL_UNLIKELY((command->sqe.cdw12 & NVME_RW_DTYPE) != 0))
        return sim_directive_write(command, ns);
    return 0;
}

uint16_t sim_unrecovered(struct sim_command *command, const struct sim_extent *extent)
{
    const uint64_t bad = sim_media_bad_find(&extent->ns->media, extent->offset, extent->bytes);

    if (bad == UINT64_MAX)
        return 0;
    command->error_lba = bad >> extent->ns->shift;
    return NVME_SC_UNRECOVERED_READ | NVME_STATUS_DNR;
}

uint16_t sim_extent_of(struct sim_command *command, bool moves, struct sim_extent *extent)
{
    return extent_check(command, moves, extent);
}

uint16_t sim_write_allowed(struct sim_command *command, const struct sim_namespace *ns)
{
    return write_check(command, ns);
}

static inline void count_read(struct sim *sim, uint64_t bytes)
{
    sim->state->data_read.low += bytes / 512;
    sim->state->host_reads++;
    sim->bytes_since_tick += bytes;
    sim->commands_since_tick++;
}

static inline void count_write(struct sim *sim, uint64_t bytes)
{
    sim->state->data_written.low += bytes / 512;
    sim->state->host_writes++;
    sim->state->sanitize_wrote = 1;
    sim->bytes_since_tick += bytes;
    sim->commands_since_tick++;
}

void sim_count_read(struct sim *sim, uint64_t bytes)
{
    count_read(sim, bytes);
}

void sim_count_write(struct sim *sim, uint64_t bytes)
{
    count_write(sim, bytes);
}

/* ---- read and write
 * --------------------------------------------------------------------------------------------------- */

/* One page that one PRP describes: by far the most frequent transfer. NULL if it is not that. */
static inline uint8_t *single_page(struct sim_command *command, uint64_t bytes)
{
    const struct sim *sim = command->sim;
    const uint64_t prp1 = command->sqe.prp1;

    if (BELL_LIKELY((prp1 & (sim->page_bytes - 1)) + bytes <= sim->page_bytes && (prp1 & 3) == 0))
        return sim_iommu_translate(&command->sim->iommu, prp1, bytes, sim_data_access(command));
    return NULL;
}

/* simple is a constant where this is called: PRPs. */
static inline __attribute__((always_inline)) uint16_t read_run(struct sim_command *command, bool simple)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, true, &extent);

    if (BELL_UNLIKELY(status != 0))
        return status;
    if (BELL_UNLIKELY(extent.ns->metadata_bytes != 0))
        return sim_metadata_read(command, &extent);
    if (BELL_UNLIKELY(extent.ns->media.bad_count != 0)) {
        status = sim_unrecovered(command, &extent);
        if (status != 0)
            return status;
    }
    const uint8_t *from = extent.ns->media.data + extent.offset;
    uint8_t *to = simple ? single_page(command, extent.bytes) : NULL;

    if (BELL_LIKELY(to != NULL)) {
        memcpy(to, from, extent.bytes);
    } else {
        status = sim_data_to_host(command, from, extent.bytes);
        if (status != 0)
            return status;
    }
    count_read(command->sim, extent.bytes);
    return 0;
}

uint16_t sim_read(struct sim_command *command)
{
    return read_run(command, false);
}

static inline __attribute__((always_inline)) uint16_t extent_write(struct sim_command *command,
                                                                   const struct sim_extent *extent, bool simple)
{
    if (BELL_UNLIKELY(extent->ns->metadata_bytes != 0))
        return sim_metadata_write(command, extent);
    uint8_t *to = extent->ns->media.data + extent->offset;
    const uint8_t *from = simple ? single_page(command, extent->bytes) : NULL;

    if (BELL_LIKELY(from != NULL)) {
        memcpy(to, from, extent->bytes);
    } else {
        uint16_t status = sim_data_from_host(command, to, extent->bytes);

        if (status != 0)
            return status;
    }
    if (BELL_UNLIKELY(extent->ns->media.bad_count != 0))
        sim_media_bad_clear(&extent->ns->media, extent->offset, extent->bytes);
    count_write(command->sim, extent->bytes);
    if (BELL_UNLIKELY((command->sqe.cdw12 & NVME_RW_FUA) != 0))
        return sim_flush_namespace(extent->ns);
    return 0;
}

uint16_t sim_write_extent(struct sim_command *command, const struct sim_extent *extent)
{
    return extent_write(command, extent, false);
}

static inline __attribute__((always_inline)) uint16_t write_run(struct sim_command *command, bool simple)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, true, &extent);

    if (BELL_LIKELY(status == 0))
        status = write_check(command, extent.ns);
    return BELL_LIKELY(status == 0) ? extent_write(command, &extent, simple) : status;
}

uint16_t sim_write(struct sim_command *command)
{
    return write_run(command, false);
}

/* ---- commands that move no data to or from the host
 * ------------------------------------------------------------------- */

uint16_t sim_flush_namespace(struct sim_namespace *ns)
{
    return sim_media_flush(&ns->media) == 0 ? 0 : NVME_SC_WRITE_FAULT;
}

uint16_t sim_flush(struct sim_command *command)
{
    struct sim_namespace *ns;
    uint16_t status = 0;

    if (command->sqe.nsid == NVME_NSID_ALL) {
        for (uint32_t i = 0; i < SIM_MAX_NAMESPACES && status == 0; i++)
            if (command->sim->ns[i].attached) {
                status = sim_namespace_hurdle(command, &command->sim->ns[i]);
                if (status == 0)
                    status = sim_flush_namespace(&command->sim->ns[i]);
            }
        return status;
    }
    status = namespace_check(command, &ns);
    return status != 0 ? status : sim_flush_namespace(ns);
}

uint16_t sim_write_uncorrectable(struct sim_command *command)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, false, &extent);

    if (status == 0)
        status = write_check(command, extent.ns);
    if (status == 0)
        sim_media_bad_set(&extent.ns->media, extent.offset, extent.bytes);
    return status;
}

uint16_t sim_write_zeroes(struct sim_command *command)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, false, &extent);

    if (status == 0)
        status = write_check(command, extent.ns);
    if (status == 0 && extent.ns->metadata_bytes != 0)
        status = sim_metadata_write_zeroes(command, &extent);
    if (status != 0)
        return status;
    /* Blocks given back read zero, too: DEAC asks for it, and large ranges save memory by it. */
    if ((command->sqe.cdw12 & NVME_RW_DEAC) != 0 || extent.bytes >= DISCARD_BYTES) {
        sim_media_discard(&extent.ns->media, extent.offset, extent.bytes);
    } else {
        memset(extent.ns->media.data + extent.offset, 0, extent.bytes);
        sim_media_bad_clear(&extent.ns->media, extent.offset, extent.bytes);
    }
    return 0;
}

uint16_t sim_verify(struct sim_command *command)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, false, &extent);

    if (status == 0)
        status = sim_unrecovered(command, &extent);
    return status == 0 && extent.ns->metadata_bytes != 0 ? sim_metadata_verify(command, &extent) : status;
}

uint16_t sim_compare_extent(struct sim_command *command, const struct sim_extent *extent)
{
    const uint8_t *media = extent->ns->media.data + extent->offset;
    uint32_t count;
    uint16_t status = sim_unrecovered(command, extent);

    if (status == 0 && extent->ns->metadata_bytes != 0)
        return sim_metadata_compare(command, extent);
    if (status == 0)
        status = sim_data_map(command, extent->bytes, &count);
    if (status != 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct sim_segment *segment = &command->sim->segments[i];

        if (memcmp(segment->data, media, segment->bytes) != 0) {
            command->error_lba = extent->offset >> extent->ns->shift;
            return NVME_SC_COMPARE_FAILURE | NVME_STATUS_DNR;
        }
        media += segment->bytes;
    }
    count_read(command->sim, extent->bytes);
    return 0;
}

uint16_t sim_compare(struct sim_command *command)
{
    struct sim_extent extent;
    uint16_t status = extent_check(command, true, &extent);

    return status != 0 ? status : sim_compare_extent(command, &extent);
}

/* ---- the command set
 * ---------------------------------------------------------------------------------------------------- */

struct nvm_command {
    sim_handler *run;
    uint32_t effects;
};

static const struct nvm_command commands[256] = {
    [NVME_NVM_FLUSH] = {sim_flush, NVME_EFFECT_CSUPP},
    [NVME_NVM_WRITE] = {sim_write, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC},
    [NVME_NVM_READ] = {sim_read, NVME_EFFECT_CSUPP},
    [NVME_NVM_WRITE_UNCORRECTABLE] = {sim_write_uncorrectable, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC},
    [NVME_NVM_COMPARE] = {sim_compare, NVME_EFFECT_CSUPP},
    [NVME_NVM_WRITE_ZEROES] = {sim_write_zeroes, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC},
    [NVME_NVM_DSM] = {sim_dsm, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC},
    [NVME_NVM_VERIFY] = {sim_verify, NVME_EFFECT_CSUPP},
    [NVME_NVM_RESERVATION_REGISTER] = {sim_reservation_register, NVME_EFFECT_CSUPP},
    [NVME_NVM_RESERVATION_REPORT] = {sim_reservation_report, NVME_EFFECT_CSUPP},
    [NVME_NVM_RESERVATION_ACQUIRE] = {sim_reservation_acquire, NVME_EFFECT_CSUPP},
    [NVME_NVM_RESERVATION_RELEASE] = {sim_reservation_release, NVME_EFFECT_CSUPP},
    [NVME_NVM_COPY] = {sim_copy, NVME_EFFECT_CSUPP | NVME_EFFECT_LBCC},
};

uint32_t sim_nvm_effects(uint8_t opcode)
{
    return commands[opcode].effects;
}

uint16_t sim_nvm_execute(struct sim_command *command)
{
    if (BELL_LIKELY(command->sqe.flags == 0 && !command->sim->admin_only)) {
        if (command->sqe.opcode == NVME_NVM_READ)
            return read_run(command, true);
        if (command->sqe.opcode == NVME_NVM_WRITE)
            return write_run(command, true);
    }
    if (commands[command->sqe.opcode].run == NULL || command->sim->admin_only)
        return sim_refuse(command, NVME_SC_INVALID_OPCODE, SIM_AT_OPCODE, 0);
    if ((command->sqe.flags & NVME_SQE_PSDT) == NVME_SQE_PSDT) /* a value that means nothing */
        return sim_invalid(command, SIM_AT_FLAGS, 6);
    if ((command->sqe.flags & NVME_SQE_FUSE) == NVME_SQE_FUSE)
        return sim_invalid(command, SIM_AT_FLAGS, 0);
    if ((command->sqe.flags & NVME_SQE_FUSE) == NVME_FUSE_SECOND) /* without a first */
        return NVME_SC_ABORTED_FUSED_MISSING;
    return commands[command->sqe.opcode].run(command);
}
