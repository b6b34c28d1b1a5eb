/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/namespaces.h"

#include <errno.h>
#include <string.h>

#include "integrity/protection.h"
#include "sim/sim.h"
#include "support/error.h"

#define MIB UINT64_C(1048576)

#define EXTENDED_FORMAT (NVME_SC_INVALID_NAMESPACE | NVME_STATUS_DNR) /* that the host has not enabled */

/* ---- LBA formats ----------------------------------------------------------------------------------------------------
 */

/* Guards of 32 and 64 bits are for blocks of 4 KiB and more, NVM 1.0c 5.2.1. */
static const struct sim_lba_format formats[SIM_FORMATS] = {
    {9, NVME_PIF_16B, 0},   {12, NVME_PIF_16B, 0},  {9, NVME_PIF_16B, 8},   {12, NVME_PIF_16B, 8},
    {12, NVME_PIF_16B, 16}, {12, NVME_PIF_16B, 64}, {9, NVME_PIF_16B, 16},  {9, NVME_PIF_16B, 64},
    {12, NVME_PIF_32B, 16}, {12, NVME_PIF_32B, 64}, {12, NVME_PIF_64B, 16}, {12, NVME_PIF_64B, 64},
};

const struct sim_lba_format *sim_lba_format(uint32_t index)
{
    return &formats[index];
}

static uint32_t guard_bits(const struct sim_lba_format *format)
{
    return 16u << format->pif;
}

uint32_t sim_format_storage_bits(const struct sim *sim, uint32_t index)
{
    const struct sim_lba_format *format = &formats[index];
    uint32_t bits = sim->state->storage_tag_bits;

    if (format->metadata_bytes == 0)
        return 0;
    /* A 32-bit guard leaves 80 bits for both tags, of which neither has more than 64. */
    if (format->pif == NVME_PIF_32B && bits < 16)
        return 16;
    while (!bell_protection_storage_bits_fit(guard_bits(format), bits))
        bits--;
    return bits;
}

/* Whether protection information is other than it was before NVMe 2.0. */
static bool needs_consent(const struct sim *sim, uint32_t format, uint8_t dps)
{
    return (dps & NVME_DPS_TYPE) != 0 &&
           (formats[format].pif != NVME_PIF_16B || sim_format_storage_bits(sim, format) != 0);
}

uint16_t sim_formatting_check(struct sim *sim, const struct sim_formatting *formatting)
{
    const uint32_t type = formatting->dps & NVME_DPS_TYPE;

    if (formatting->format >= SIM_FORMATS || type > 3)
        return NVME_SC_INVALID_FORMAT;
    const struct sim_lba_format *format = &formats[formatting->format];

    if (type != 0 && format->metadata_bytes < bell_protection_bytes(guard_bits(format)))
        return NVME_SC_INVALID_FORMAT;
    if (!sim_features_extended_formats(sim) && needs_consent(sim, formatting->format, formatting->dps))
        return NVME_SC_INVALID_NAMESPACE;
    return 0;
}

static void gate(struct sim *sim, uint32_t slot)
{
    const struct sim_namespace_record *record = &sim->state->ns[slot];
    const bool closed = record->allocated && !sim_features_extended_formats(sim) &&
                        needs_consent(sim, record->format, sim->state->layout[slot].dps);

    sim->ns[slot].blocked = closed ? EXTENDED_FORMAT : 0;
}

void sim_namespace_release(struct sim *sim, uint32_t slot)
{
    gate(sim, slot);
}

void sim_namespaces_gate(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (sim->ns[slot].blocked == 0 || sim->ns[slot].blocked == EXTENDED_FORMAT)
            gate(sim, slot);
}

/* ---- namespaces -----------------------------------------------------------------------------------------------------
 */

static void namespace_refresh(struct sim *sim, struct sim_namespace *ns)
{
    const struct sim_namespace_layout *layout = &sim->state->layout[ns->nsid - 1];
    const struct sim_lba_format *format = &formats[ns->record->format];
    const uint32_t storage_bits = sim_format_storage_bits(sim, ns->record->format);

    ns->shift = format->shift;
    ns->metadata_bytes = format->metadata_bytes;
    ns->extended = layout->extended != 0 && format->metadata_bytes != 0;
    ns->protection = (bell_protection){
        .block_bytes = 1u << format->shift,
        .metadata_bytes = format->metadata_bytes,
        .type = layout->dps & NVME_DPS_TYPE,
        .guard_bits = guard_bits(format),
        .first = (layout->dps & NVME_DPS_FIRST) != 0,
        .storage_tag_bits = storage_bits,
        .storage_tag_mask = layout->storage_tag_mask & bell_protection_mask(storage_bits),
    };
    ns->blocks = ns->record->bytes >> ns->shift;
    ns->attached = ns->record->attached != 0;
    ns->write_protected = ns->record->write_protect != 0;
}

static void formatting_set(struct sim *sim, struct sim_namespace *ns, const struct sim_formatting *formatting)
{
    ns->record->format = formatting->format;
    sim->state->layout[ns->nsid - 1] = (struct sim_namespace_layout){
        .extended = formatting->extended && formats[formatting->format].metadata_bytes != 0,
        .dps = (formatting->dps & NVME_DPS_TYPE) != 0 ? formatting->dps : 0,
        .storage_tag_mask = formatting->storage_tag_mask,
    };
    namespace_refresh(sim, ns);
}

int sim_namespace_create(struct sim *sim, uint32_t slot, uint64_t bytes, const struct sim_formatting *formatting,
                         bool shared)
{
    struct sim_namespace *ns = &sim->ns[slot];
    struct sim_namespace_record *record = &sim->state->ns[slot];
    int err = sim_media_map(&ns->media, &sim->store, slot, bytes);

    if (err != 0)
        return err;
    record->allocated = 1;
    record->attached = 0;
    record->write_protect = 0;
    record->shared = shared;
    record->generation++;
    record->bytes = bytes;
    ns->record = record;
    ns->nsid = slot + 1;
    ns->hurdles = 0;
    formatting_set(sim, ns, formatting);
    gate(sim, slot);
    return 0;
}

void sim_namespace_delete(struct sim *sim, uint32_t slot)
{
    struct sim_namespace *ns = &sim->ns[slot];

    sim_media_clear(&ns->media);
    sim_media_unmap(&ns->media);
    ns->record->allocated = 0;
    ns->record->attached = 0;
    ns->record->bytes = 0;
    ns->attached = false;
    sim_features_namespace_gone(sim, slot);
    sim_reservations_namespace_gone(sim, slot);
    sim_directives_namespace_gone(sim, slot);
}

void sim_namespace_attach(struct sim *sim, uint32_t slot, bool attach)
{
    sim->ns[slot].record->attached = attach;
    sim->ns[slot].attached = attach;
}

void sim_namespace_format(struct sim *sim, uint32_t slot, const struct sim_formatting *formatting)
{
    struct sim_namespace *ns = &sim->ns[slot];

    sim_media_clear(&ns->media);
    formatting_set(sim, ns, formatting);
}

/* The options have been checked: there is such a format. */
static uint32_t format_find(uint32_t shift, uint32_t metadata_bytes, uint32_t guard)
{
    uint32_t index = 0;

    while (formats[index].shift != shift || formats[index].metadata_bytes != metadata_bytes ||
           guard_bits(&formats[index]) != guard)
        index++;
    return index;
}

static int namespaces_first(struct sim *sim)
{
    const struct sim_options *options = &sim->options;
    const uint32_t count = options->ns != 0 ? options->ns : 2;
    const uint64_t bytes = options->size / count / MIB * MIB;
    struct sim_formatting formatting = {
        .extended = options->extended != 0,
        .dps = (uint8_t)(options->pi | (options->pi_first != 0 ? NVME_DPS_FIRST : 0)),
        .storage_tag_mask = UINT64_MAX,
    };

    sim->state->storage_tag_bits = options->storage_tag;
    for (uint32_t slot = 0; slot < count; slot++) {
        /* Without an option the second namespace shows that block sizes differ. */
        const bool large = options->lba != 0 ? options->lba == 4096 : slot == 1;

        formatting.format = format_find(large ? 12 : 9, options->ms, options->ms == 0 ? 16 : options->guard);
        int err = sim_namespace_create(sim, slot, bytes, &formatting, false);

        if (err != 0)
            return err;
        sim_namespace_attach(sim, slot, true);
    }
    return 0;
}

/* A file may have been written by anybody. */
static bool state_valid(const struct sim *sim)
{
    bool valid = sim->state->storage_tag_bits <= 64;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES && valid; slot++) {
        const struct sim_namespace_record *record = &sim->state->ns[slot];
        const uint32_t type = sim->state->layout[slot].dps & NVME_DPS_TYPE;

        valid =
            !record->allocated || (record->format < SIM_FORMATS && type <= 3 && record->bytes <= sim->state->capacity &&
                                   (type == 0 || formats[record->format].metadata_bytes >=
                                                     bell_protection_bytes(guard_bits(&formats[record->format]))));
    }
    return valid;
}

int sim_namespaces_init(struct sim *sim)
{
    if (sim->store.fresh)
        return namespaces_first(sim);
    if (!state_valid(sim))
        return bell_error_set(-EINVAL,
                              "sim: option 'file=%s': what it says of its namespaces cannot be; it is damaged, use "
                              "another file",
                              sim->options.file);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        struct sim_namespace *ns = &sim->ns[slot];
        struct sim_namespace_record *record = &sim->state->ns[slot];

        if (!record->allocated)
            continue;
        int err = sim_media_map(&ns->media, &sim->store, slot, record->bytes);
        if (err != 0)
            return err;
        ns->record = record;
        ns->nsid = slot + 1;
        namespace_refresh(sim, ns);
    }
    return 0;
}

void sim_namespaces_destroy(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        sim_media_unmap(&sim->ns[slot].media);
}

uint64_t sim_capacity_free(const struct sim *sim)
{
    uint64_t used = 0;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (sim->state->ns[slot].allocated)
            used += sim->state->ns[slot].bytes;
    return used < sim->state->capacity ? sim->state->capacity - used : 0;
}

struct sim_namespace *sim_namespace_allocated(struct sim *sim, uint32_t nsid)
{
    if (nsid == 0 || nsid > SIM_MAX_NAMESPACES || !sim->state->ns[nsid - 1].allocated)
        return NULL;
    return &sim->ns[nsid - 1];
}

uint16_t sim_namespace_active(struct sim_command *command, struct sim_namespace **out)
{
    const uint32_t nsid = command->sqe.nsid;

    /* NVMe Base 2.0c 3.2.1.5: an NSID that cannot exist is invalid, one that is not attached is inactive. */
    if (nsid == 0 || nsid > SIM_MAX_NAMESPACES)
        return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
    if (!command->sim->ns[nsid - 1].attached)
        return sim_invalid(command, SIM_AT_NSID, 0);
    *out = &command->sim->ns[nsid - 1];
    return 0;
}

void sim_namespace_identifiers(const struct sim *sim, const struct sim_namespace *ns, uint8_t eui64[8],
                               uint8_t nguid[16])
{
    /* FNV-1a over the serial number, so that two devices differ and one device stays the same. */
    uint32_t hash = 2166136261u;

    for (const char *c = sim->options.serial; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 16777619u;

    /* OUI 52-54-00, as in the controller's IEEE field, then what tells namespaces apart. */
    const uint8_t id[8] = {0x52,
                           0x54,
                           0x00,
                           (uint8_t)(hash >> 16),
                           (uint8_t)(hash >> 8),
                           (uint8_t)hash,
                           (uint8_t)ns->record->generation,
                           (uint8_t)ns->nsid};
    memcpy(eui64, id, 8);
    memset(nguid, 0, 16);
    memcpy(nguid, "DOORBELL", 8);
    memcpy(nguid + 8, id, 8);
}
