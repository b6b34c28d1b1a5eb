/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "integrity/protection.h"
#include "sim/protection.h"
#include "sim/sim.h"

#define CHUNK_BLOCKS 256u

/* ---- media ----------------------------------------------------------------------------------------------------------
 */

/* Turn protection information over, as it is on the media or as everybody else sees it. */
static void protection_invert(const struct sim_namespace *ns, uint8_t *metadata, uint64_t blocks)
{
    const uint32_t bytes = bell_protection_bytes(ns->protection.guard_bits);

    if (ns->protection.type == 0)
        return;
    metadata += bell_protection_at(&ns->protection);
    for (; blocks > 0; blocks--, metadata += ns->metadata_bytes)
        for (uint32_t i = 0; i < bytes; i++)
            metadata[i] ^= 0xff;
}

void sim_metadata_load(const struct sim_namespace *ns, uint64_t slba, uint64_t blocks, uint8_t *to)
{
    memcpy(to, ns->media.metadata + slba * ns->metadata_bytes, blocks * ns->metadata_bytes);
    protection_invert(ns, to, blocks);
}

void sim_metadata_store(struct sim_namespace *ns, uint64_t slba, uint64_t blocks, uint8_t *from)
{
    protection_invert(ns, from, blocks);
    memcpy(ns->media.metadata + slba * ns->metadata_bytes, from, blocks * ns->metadata_bytes);
}

void sim_blocks_discard(struct sim_namespace *ns, uint64_t offset, uint64_t bytes)
{
    sim_media_discard(&ns->media, offset, bytes);
    if (ns->metadata_bytes != 0)
        sim_media_metadata_discard(&ns->media, (offset >> ns->shift) * ns->metadata_bytes,
                                   (bytes >> ns->shift) * ns->metadata_bytes);
}

void sim_metadata_fill(struct sim_namespace *ns, uint64_t offset, uint64_t bytes, uint32_t pattern)
{
    uint8_t *metadata = ns->media.metadata + (offset >> ns->shift) * ns->metadata_bytes;
    const uint64_t blocks = bytes >> ns->shift;

    for (uint64_t i = 0; i < blocks * ns->metadata_bytes; i++)
        metadata[i] = (uint8_t)(pattern >> i % 4 * 8);
    if (ns->protection.type == 0)
        return;
    for (uint64_t i = 0; i < blocks; i++)
        memset(metadata + i * ns->metadata_bytes + bell_protection_at(&ns->protection), 0,
               bell_protection_bytes(ns->protection.guard_bits));
}

uint8_t *sim_metadata_bounce(struct sim *sim, uint64_t bytes)
{
    if (bytes > sim->bounce_bytes) {
        uint8_t *grown = realloc(sim->bounce, bytes);

        if (grown == NULL)
            return NULL;
        sim->bounce = grown;
        sim->bounce_bytes = bytes;
    }
    return sim->bounce;
}

/* ---- transfers ------------------------------------------------------------------------------------------------------
 */

/* A range of blocks on the way between host and media. */
struct transfer {
    const struct sim_namespace *ns;
    uint64_t slba;
    uint32_t blocks;
    uint32_t block_bytes;
    uint32_t metadata_bytes; /* of a block that cross the interface */
    struct sim_prinfo info;
    uint8_t *metadata; /* of all blocks, as it is on the media */
    uint8_t *data;     /* of all blocks, where the host's is collected */
    struct sim_cursor host_data;
    struct sim_cursor host_metadata;
};

/* What a command means by its protection information, and memory. collects: for its data, too. */
static uint16_t transfer_begin(struct sim_command *command, const struct sim_extent *extent, bool collects,
                               struct transfer *transfer)
{
    struct sim_namespace *ns = extent->ns;
    const struct sim_prinfo_fields fields = sim_prinfo_command(command, ns);

    *transfer = (struct transfer){
        .ns = ns,
        .slba = extent->offset >> ns->shift,
        .blocks = (uint32_t)(extent->bytes >> ns->shift),
        .block_bytes = 1u << ns->shift,
        .metadata_bytes = ns->metadata_bytes,
    };
    uint16_t status = sim_prinfo_of(command, ns, transfer->slba, &fields, &transfer->info);

    if (status != 0)
        return status;
    if (sim_prinfo_strips(&transfer->info, ns))
        transfer->metadata_bytes = 0;
    const uint64_t metadata_bytes = (uint64_t)transfer->blocks * ns->metadata_bytes;

    transfer->metadata = sim_metadata_bounce(command->sim, metadata_bytes + (collects ? extent->bytes : 0));
    transfer->data = collects ? transfer->metadata + metadata_bytes : NULL;
    return transfer->metadata != NULL ? 0 : NVME_SC_INTERNAL;
}

static uint64_t data_bytes(const struct transfer *transfer)
{
    return (uint64_t)transfer->blocks *
           (transfer->block_bytes + (transfer->ns->extended ? transfer->metadata_bytes : 0));
}

/* Find the host's memory. MDTS counts metadata between the data, Base 2.0c figure 275. */
static uint16_t transfer_map(struct sim_command *command, struct transfer *transfer)
{
    struct sim *sim = command->sim;
    const uint64_t bytes = data_bytes(transfer);
    uint32_t data_count;

    if (sim->mdts_bytes != 0 && bytes > sim->mdts_bytes)
        return sim_invalid(command, SIM_AT_CDW12, 0);
    uint16_t status = sim_data_map(command, bytes, &data_count);
    uint32_t count = data_count;

    if (status == 0 && !transfer->ns->extended)
        status = sim_metadata_map(command, (uint64_t)transfer->blocks * transfer->metadata_bytes, &count);
    transfer->host_data.segment = sim->segments;
    transfer->host_metadata.segment = sim->segments + data_count;
    return status;
}

static void transfer_collect(struct transfer *transfer)
{
    const uint64_t stride = transfer->ns->metadata_bytes;

    if (transfer->metadata_bytes == 0)
        memset(transfer->metadata, 0, transfer->blocks * stride);
    if (!transfer->ns->extended || transfer->metadata_bytes == 0) {
        sim_cursor_get(&transfer->host_data, transfer->data, (uint64_t)transfer->blocks * transfer->block_bytes);
        if (transfer->metadata_bytes != 0)
            sim_cursor_get(&transfer->host_metadata, transfer->metadata, transfer->blocks * stride);
        return;
    }
    for (uint64_t i = 0; i < transfer->blocks; i++) {
        sim_cursor_get(&transfer->host_data, transfer->data + i * transfer->block_bytes, transfer->block_bytes);
        sim_cursor_get(&transfer->host_data, transfer->metadata + i * stride, stride);
    }
}

static void transfer_hand_out(struct transfer *transfer, const uint8_t *data)
{
    const uint64_t stride = transfer->ns->metadata_bytes;

    if (!transfer->ns->extended || transfer->metadata_bytes == 0) {
        sim_cursor_put(&transfer->host_data, data, (uint64_t)transfer->blocks * transfer->block_bytes);
        if (transfer->metadata_bytes != 0)
            sim_cursor_put(&transfer->host_metadata, transfer->metadata, transfer->blocks * stride);
        return;
    }
    for (uint64_t i = 0; i < transfer->blocks; i++) {
        sim_cursor_put(&transfer->host_data, data + i * transfer->block_bytes, transfer->block_bytes);
        sim_cursor_put(&transfer->host_data, transfer->metadata + i * stride, stride);
    }
}

uint64_t sim_transfer_bytes(const struct sim_command *command, const struct sim_namespace *ns)
{
    const uint64_t blocks = (command->sqe.cdw12 & NVME_RW_NLB) + UINT64_C(1);
    const struct sim_prinfo info = {.action = ns->protection.type != 0 && (command->sqe.cdw12 & NVME_RW_PRACT) != 0};

    return (blocks << ns->shift) + (ns->extended && !sim_prinfo_strips(&info, ns) ? blocks * ns->metadata_bytes : 0);
}

/* ---- commands -------------------------------------------------------------------------------------------------------
 */

static const uint8_t *media_data(const struct sim_extent *extent)
{
    return extent->ns->media.data + extent->offset;
}

uint16_t sim_metadata_read(struct sim_command *command, const struct sim_extent *extent)
{
    struct transfer transfer;
    uint16_t status = transfer_begin(command, extent, false, &transfer);

    if (status == 0)
        status = sim_unrecovered(command, extent);
    if (status == 0)
        status = transfer_map(command, &transfer);
    if (status != 0)
        return status;
    sim_metadata_load(extent->ns, transfer.slba, transfer.blocks, transfer.metadata);
    status = sim_prinfo_check(command, &transfer.info, media_data(extent), transfer.metadata, transfer.blocks);
    if (status != 0)
        return status;
    transfer_hand_out(&transfer, media_data(extent));
    sim_count_read(command->sim, extent->bytes);
    return 0;
}

uint16_t sim_metadata_write(struct sim_command *command, const struct sim_extent *extent)
{
    struct sim_namespace *ns = extent->ns;
    struct transfer transfer;
    uint16_t status = transfer_begin(command, extent, true, &transfer);

    if (status == 0)
        status = transfer_map(command, &transfer);
    if (status != 0)
        return status;
    transfer_collect(&transfer);
    if (transfer.info.action)
        bell_protection_generate(&transfer.info.protection, transfer.data, transfer.metadata, transfer.blocks);
    else
        status = sim_prinfo_check(command, &transfer.info, transfer.data, transfer.metadata, transfer.blocks);
    if (status != 0)
        return status;
    memcpy(ns->media.data + extent->offset, transfer.data, extent->bytes);
    sim_metadata_store(ns, transfer.slba, transfer.blocks, transfer.metadata);
    sim_media_bad_clear(&ns->media, extent->offset, extent->bytes);
    sim_count_write(command->sim, extent->bytes);
    return (command->sqe.cdw12 & NVME_RW_FUA) != 0 ? sim_flush_namespace(ns) : 0;
}

/* What may not be asked of commands that neither insert nor strip, NVM 1.0c figures 26 and 55. */
static uint16_t action_refuse(struct sim_command *command, const struct sim_namespace *ns)
{
    if (ns->protection.type != 0 && (command->sqe.cdw12 & NVME_RW_PRACT) != 0)
        return sim_refuse(command, NVME_SC_INVALID_PROTECTION, SIM_AT_CDW12 + 3, 5);
    return 0;
}

/* Whether a block's metadata is the same, but for protection information. */
static bool metadata_equal(const struct sim_namespace *ns, const uint8_t *a, const uint8_t *b)
{
    const uint32_t at = ns->protection.type != 0 ? bell_protection_at(&ns->protection) : ns->metadata_bytes;
    const uint32_t behind = ns->protection.type != 0 ? at + bell_protection_bytes(ns->protection.guard_bits) : at;

    return memcmp(a, b, at) == 0 && memcmp(a + behind, b + behind, ns->metadata_bytes - behind) == 0;
}

/* Both sides of the comparison are checked, 5.2.2.4. */
uint16_t sim_metadata_compare(struct sim_command *command, const struct sim_extent *extent)
{
    const struct sim_namespace *ns = extent->ns;
    struct transfer transfer;
    uint8_t stored[CHUNK_BLOCKS * 64];
    uint16_t status = action_refuse(command, ns);

    if (status == 0)
        status = transfer_begin(command, extent, true, &transfer);
    if (status == 0)
        status = transfer_map(command, &transfer);
    if (status != 0)
        return status;
    transfer_collect(&transfer);
    status = sim_prinfo_check(command, &transfer.info, transfer.data, transfer.metadata, transfer.blocks);
    for (uint32_t done = 0, count; done < transfer.blocks && status == 0; done += count) {
        struct sim_prinfo part = transfer.info;
        const uint8_t *data = media_data(extent) + (uint64_t)done * transfer.block_bytes;

        count = transfer.blocks - done < CHUNK_BLOCKS ? transfer.blocks - done : CHUNK_BLOCKS;
        part.slba += done;
        part.protection.reference_tag += part.protection.type != 3 ? done : 0;
        sim_metadata_load(ns, transfer.slba + done, count, stored);
        status = sim_prinfo_check(command, &part, data, stored, count);
        for (uint64_t i = 0; i < count && status == 0; i++) {
            if (memcmp(data + i * transfer.block_bytes, transfer.data + (done + i) * transfer.block_bytes,
                       transfer.block_bytes) == 0 &&
                metadata_equal(ns, stored + i * ns->metadata_bytes,
                               transfer.metadata + (done + i) * ns->metadata_bytes))
                continue;
            command->error_lba = part.slba + i;
            status = NVME_SC_COMPARE_FAILURE | NVME_STATUS_DNR;
        }
    }
    if (status == 0)
        sim_count_read(command->sim, extent->bytes);
    return status;
}

uint16_t sim_metadata_verify(struct sim_command *command, const struct sim_extent *extent)
{
    struct transfer transfer;
    uint16_t status = action_refuse(command, extent->ns);

    if (status == 0)
        status = transfer_begin(command, extent, false, &transfer);
    if (status != 0)
        return status;
    sim_metadata_load(extent->ns, transfer.slba, transfer.blocks, transfer.metadata);
    return sim_prinfo_check(command, &transfer.info, media_data(extent), transfer.metadata, transfer.blocks);
}

/* NVM 1.0c 3.2.8: blocks that are not given back have protection information of zeroes, or that of zeroes. */
uint16_t sim_metadata_write_zeroes(struct sim_command *command, const struct sim_extent *extent)
{
    struct sim_namespace *ns = extent->ns;
    const uint32_t cdw12 = command->sqe.cdw12;
    struct transfer transfer;

    if (ns->protection.type != 0 && (cdw12 & (NVME_RW_PRCHK | NVME_RW_STC)) != 0)
        return sim_refuse(command, NVME_SC_INVALID_PROTECTION, SIM_AT_CDW12 + 3, 2);
    uint16_t status = transfer_begin(command, extent, false, &transfer);

    if (status != 0)
        return status;
    if (ns->protection.type == 0 || (cdw12 & NVME_RW_DEAC) != 0) {
        sim_media_metadata_discard(&ns->media, transfer.slba * ns->metadata_bytes,
                                   (uint64_t)transfer.blocks * ns->metadata_bytes);
        return 0;
    }
    memset(transfer.metadata, 0, (uint64_t)transfer.blocks * ns->metadata_bytes);
    if (transfer.info.action)
        bell_protection_generate_zeroes(&transfer.info.protection, transfer.metadata, transfer.blocks);
    sim_metadata_store(ns, transfer.slba, transfer.blocks, transfer.metadata);
    return 0;
}
