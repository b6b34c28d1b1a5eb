/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/hmb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "integrity/crc32c.h"
#include "sim/error_log.h"
#include "sim/sim.h"
#include "support/error.h"

#define PATROL_PAGES 64u

static const char contents_magic[4] = "DBTC";
static const char map_magic[4] = "DBMP";

int sim_hmb_init(struct sim *sim)
{
    sim->hmb.tags = (uint32_t)(sim->options.hmb / SIM_HMB_PAGE);
    sim->hmb.tag = calloc(sim->hmb.tags, sizeof sim->hmb.tag[0]);
    return sim->hmb.tag != NULL ? 0 : bell_error_set(-ENOMEM, "sim: out of memory");
}

void sim_hmb_destroy(struct sim *sim)
{
    free(sim->hmb.tag);
}

static void stop(struct sim *sim, bool kept)
{
    struct sim_hmb *hmb = &sim->hmb;

    hmb->kept = kept;
    hmb->enabled = false;
    hmb->pages = 0;
    sim_latency_follow(sim);
}

void sim_hmb_reset(struct sim *sim, bool lost)
{
    stop(sim, !lost && (sim->hmb.enabled || sim->hmb.kept));
}

/* ---- pages ------------------------------------------------------------------------------------------------------ */

static uint64_t address_of(const struct sim_hmb *hmb, uint32_t page)
{
    uint32_t i = 0;
    uint64_t left = page;

    while (left >= hmb->area[i].pages)
        left -= hmb->area[i++].pages;
    return hmb->area[i].address + left * SIM_HMB_PAGE;
}

/* The memory is gone, or not what the device left there. It has the original, and so nothing is lost. */
static void complain(struct sim *sim, uint32_t page, uint32_t information)
{
    sim_error_log_internal(sim, address_of(&sim->hmb, page));
    sim_async_report(sim, NVME_AER_ERROR, information, NVME_LID_ERROR);
}

/* The page's memory for both ways, or NULL: then the buffer is given up. */
static struct sim_hmb_page *page_map(struct sim *sim, uint32_t page)
{
    void *memory = sim_iommu_translate(&sim->iommu, address_of(&sim->hmb, page), SIM_HMB_PAGE, SIM_READ | SIM_WRITE);

    if (memory == NULL) {
        complain(sim, page, NVME_AER_ERROR_PERSISTENT);
        stop(sim, false);
    }
    return memory;
}

static void page_seal(struct sim *sim, uint32_t page, struct sim_hmb_page *memory)
{
    memory->version++;
    sim->hmb.tag[page].crc = bell_crc32c(0, memory, sizeof *memory);
}

static void contents_write(struct sim *sim, struct sim_hmb_page *memory)
{
    memset(memory, 0, sizeof *memory);
    memcpy(memory->magic, contents_magic, sizeof memory->magic);
    memory->segment = sim->hmb.pages;
    page_seal(sim, 0, memory);
}

static void map_write(struct sim *sim, uint32_t page, struct sim_hmb_page *memory)
{
    const struct sim_hmb_tag *tag = &sim->hmb.tag[page];

    memset(memory, 0, sizeof *memory);
    memcpy(memory->magic, map_magic, sizeof memory->magic);
    memory->nsid = tag->nsid;
    memory->segment = tag->segment;
    for (uint32_t i = 0; i < SIM_HMB_UNITS; i++)
        memory->location[i] = tag->segment * SIM_HMB_UNITS + i;
    page_seal(sim, page, memory);
}

/* What the device left there, or repaired. */
static struct sim_hmb_page *page_check(struct sim *sim, uint32_t page)
{
    struct sim_hmb_page *memory = page_map(sim, page);

    if (memory == NULL || bell_crc32c(0, memory, sizeof *memory) == sim->hmb.tag[page].crc)
        return memory;
    complain(sim, page, NVME_AER_ERROR_TRANSIENT);
    if (page == 0)
        contents_write(sim, memory);
    else
        map_write(sim, page, memory);
    return memory;
}

/* ---- use -------------------------------------------------------------------------------------------------------- */

static void unit_touch(struct sim *sim, uint32_t nsid, uint64_t unit, uint64_t units, bool writes)
{
    struct sim_hmb *hmb = &sim->hmb;
    const uint64_t segment = unit / SIM_HMB_UNITS;
    const uint32_t page = 1 + (uint32_t)((segment * 8 + nsid) % (hmb->pages - 1));
    struct sim_hmb_tag *tag = &hmb->tag[page];
    const bool cached = tag->nsid == nsid && tag->segment == segment;
    struct sim_hmb_page *memory = cached ? page_check(sim, page) : page_map(sim, page);

    if (memory == NULL)
        return;
    if (!cached) {
        *tag = (struct sim_hmb_tag){.segment = segment, .nsid = nsid};
        map_write(sim, page, memory);
    }
    if (!writes)
        return;
    for (uint64_t i = unit % SIM_HMB_UNITS; units > 0 && i < SIM_HMB_UNITS; i++, units--)
        memory->location[i] = ++hmb->location;
    page_seal(sim, page, memory);
}

void sim_hmb_touch(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const struct nvme_sqe *sqe = &command->sqe;
    const bool writes = sqe->opcode == NVME_NVM_WRITE || sqe->opcode == NVME_NVM_WRITE_ZEROES;

    if (command->sq->id == 0 || (!writes && sqe->opcode != NVME_NVM_READ && sqe->opcode != NVME_NVM_COMPARE) ||
        sqe->nsid - 1 >= SIM_MAX_NAMESPACES)
        return;
    const uint32_t shift = sim->ns[sqe->nsid - 1].shift;
    const uint64_t slba = sqe->cdw10 | (uint64_t)sqe->cdw11 << 32;
    const uint64_t end = (slba + (sqe->cdw12 & NVME_RW_NLB) + 1) << shift;
    const uint64_t first = (slba << shift) / SIM_HMB_PAGE;
    const uint64_t last = (end - 1) / SIM_HMB_PAGE;

    for (uint64_t unit = first; unit <= last && sim->hmb.pages != 0; unit = (unit / SIM_HMB_UNITS + 1) * SIM_HMB_UNITS)
        unit_touch(sim, sqe->nsid, unit, last - unit + 1, writes);
    sim_iommu_flush(&sim->iommu);
}

void sim_hmb_patrol(struct sim *sim)
{
    struct sim_hmb *hmb = &sim->hmb;
    struct sim_hmb_page *contents = hmb->pages != 0 ? page_check(sim, 0) : NULL;

    if (contents != NULL)
        page_seal(sim, 0, contents);
    for (uint32_t i = 0; i < PATROL_PAGES && hmb->pages != 0; i++) {
        hmb->patrol = hmb->patrol + 1 < hmb->pages ? hmb->patrol + 1 : 1;
        if (hmb->tag[hmb->patrol].nsid != 0)
            page_check(sim, hmb->patrol);
    }
    sim_iommu_flush(&sim->iommu);
}

/* ---- feature 0Dh, 5.27.1.10 ---------------------------------------------------------------------------------------
 */

static uint16_t areas_read(struct sim_command *command, uint64_t list, uint32_t count, uint32_t size)
{
    struct sim *sim = command->sim;
    struct sim_hmb *hmb = &sim->hmb;
    const uint64_t each = sim->page_bytes / SIM_HMB_PAGE;
    uint64_t pages = 0;
    const struct nvme_hmb_descriptor *descriptors = (const struct nvme_hmb_descriptor *)sim_iommu_translate(
        &sim->iommu, list, (uint64_t)count * sizeof *descriptors, SIM_READ);

    if (descriptors == NULL)
        return sim_refuse(command, NVME_SC_DATA_TRANSFER_ERROR, SIM_AT_CDW13, 0);
    for (uint32_t i = 0; i < count; i++) {
        hmb->area[i].address = descriptors[i].address;
        hmb->area[i].pages = descriptors[i].pages * each;
        pages += hmb->area[i].pages;
        if (hmb->area[i].address == 0 || (hmb->area[i].address & (sim->page_bytes - 1)) != 0 || hmb->area[i].pages == 0)
            return sim_invalid(command, SIM_AT_CDW13, 0);
        if (sim_iommu_region(&sim->iommu, hmb->area[i].address, hmb->area[i].pages * SIM_HMB_PAGE) == NULL)
            return sim_refuse(command, NVME_SC_DATA_TRANSFER_ERROR, SIM_AT_CDW13, 0);
    }
    return pages < size * each ? sim_invalid(command, SIM_AT_CDW12, 0) : 0;
}

static uint16_t enable(struct sim_command *command)
{
    struct sim *sim = command->sim;
    struct sim_hmb *hmb = &sim->hmb;
    const uint32_t size = command->sqe.cdw12;
    const uint64_t list = (command->sqe.cdw13 & ~0xfu) | (uint64_t)command->sqe.cdw14 << 32;
    const uint32_t count = command->sqe.cdw15;
    const bool returned = (command->sqe.cdw11 & NVME_HMB_MR) != 0;
    const uint64_t bytes = size * sim->page_bytes;

    if (hmb->enabled)
        return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    if (bytes < SIM_HMB_MINIMUM)
        return sim_invalid(command, SIM_AT_CDW12, 0);
    if (count == 0 || count > SIM_HMB_DESCRIPTORS)
        return sim_invalid(command, SIM_AT_CDW15, 0);
    /* "The same as before" is what makes it a return. */
    const bool same =
        hmb->kept && hmb->size == size && hmb->list == list && hmb->count == count && hmb->kept_page == sim->page_bytes;
    if (returned && hmb->kept && !same)
        return sim_invalid(command, SIM_AT_CDW11, 1);
    hmb->kept = false;
    uint16_t status = areas_read(command, list, count, size);
    if (status != 0)
        return status;
    hmb->size = size;
    hmb->list = list;
    hmb->count = count;
    hmb->kept_page = (uint32_t)sim->page_bytes;
    hmb->pages = bytes / SIM_HMB_PAGE < hmb->tags ? (uint32_t)(bytes / SIM_HMB_PAGE) : hmb->tags;
    hmb->enabled = true;
    if (returned && same) {
        for (uint32_t page = 0; page < hmb->pages; page++)
            if (page == 0 || hmb->tag[page].nsid != 0)
                page_check(sim, page);
    } else {
        memset(hmb->tag, 0, hmb->tags * sizeof hmb->tag[0]);
        struct sim_hmb_page *contents = page_map(sim, 0);
        if (contents != NULL)
            contents_write(sim, contents);
    }
    sim_latency_follow(sim);
    return 0;
}

uint16_t sim_hmb_set(struct sim_command *command)
{
    if ((command->sqe.cdw11 & NVME_HMB_EHM) != 0)
        return enable(command);
    stop(command->sim, command->sim->hmb.enabled || command->sim->hmb.kept);
    return 0;
}

uint16_t sim_hmb_get(struct sim_command *command, bool current)
{
    const struct sim_hmb *hmb = &command->sim->hmb;
    struct nvme_hmb_attributes *attributes = (struct nvme_hmb_attributes *)command->sim->scratch;

    memset(attributes, 0, sizeof *attributes);
    if (current) {
        command->dw0 = hmb->enabled;
        attributes->size = hmb->size;
        attributes->list_low = (uint32_t)hmb->list;
        attributes->list_high = (uint32_t)(hmb->list >> 32);
        attributes->count = hmb->count;
    }
    return sim_data_to_host(command, attributes, sizeof *attributes);
}
