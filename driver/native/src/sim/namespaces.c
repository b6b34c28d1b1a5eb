/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/namespaces.h"

#include <string.h>

#include "sim/sim.h"

#define MIB UINT64_C(1048576)

uint32_t sim_format_shift(uint32_t format)
{
    return format == 0 ? 9 : 12;
}

static void namespace_refresh(struct sim_namespace *ns)
{
    ns->shift = (uint8_t)sim_format_shift(ns->record->format);
    ns->blocks = ns->record->bytes >> ns->shift;
    ns->attached = ns->record->attached != 0;
    ns->write_protected = ns->record->write_protect != 0;
}

int sim_namespace_create(struct sim *sim, uint32_t slot, uint64_t bytes, uint32_t format, bool shared)
{
    struct sim_namespace *ns = &sim->ns[slot];
    struct sim_namespace_record *record = &sim->state->ns[slot];
    int err = sim_media_map(&ns->media, &sim->store, slot, bytes);

    if (err != 0)
        return err;
    record->allocated = 1;
    record->attached = 0;
    record->format = format;
    record->write_protect = 0;
    record->shared = shared;
    record->generation++;
    record->bytes = bytes;
    ns->record = record;
    ns->nsid = slot + 1;
    ns->hurdles = 0;
    namespace_refresh(ns);
    return 0;
}

void sim_namespace_delete(struct sim *sim, uint32_t slot)
{
    struct sim_namespace *ns = &sim->ns[slot];

    sim_media_discard(&ns->media, 0, ns->media.bytes);
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

void sim_namespace_format(struct sim *sim, uint32_t slot, uint32_t format)
{
    struct sim_namespace *ns = &sim->ns[slot];

    sim_media_discard(&ns->media, 0, ns->media.bytes);
    ns->record->format = format;
    namespace_refresh(ns);
}

static int namespaces_first(struct sim *sim)
{
    const struct sim_options *options = &sim->options;
    const uint32_t count = options->ns != 0 ? options->ns : 2;
    const uint64_t bytes = options->size / count / MIB * MIB;

    for (uint32_t slot = 0; slot < count; slot++) {
        /* Without an option the second namespace shows that block sizes differ. */
        bool large = options->lba != 0 ? options->lba == 4096 : slot == 1;
        int err = sim_namespace_create(sim, slot, bytes, large, false);

        if (err != 0)
            return err;
        sim_namespace_attach(sim, slot, true);
    }
    return 0;
}

int sim_namespaces_init(struct sim *sim)
{
    if (sim->store.fresh)
        return namespaces_first(sim);
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
        namespace_refresh(ns);
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
