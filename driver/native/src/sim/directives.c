/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/directives.h"

#include <string.h>

#include "sim/sim.h"

void sim_directives_reset(struct sim *sim)
{
    memset(&sim->directives, 0, sizeof sim->directives);
}

void sim_directives_namespace_gone(struct sim *sim, uint32_t slot)
{
    struct sim_directives *directives = &sim->directives;

    directives->streams[slot] = false;
    directives->allocated[slot] = 0;
    memset(directives->open[slot], 0, sizeof directives->open[slot]);
}

/* ---- streams, 8.7.3 ----------------------------------------------------------------------------------------------
 *
 * There are options.streams of them. A namespace that was given some of its own uses those; the others share the rest.
 */

static uint32_t open_count(const struct sim_directives *directives, uint32_t slot)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < SIM_MAX_STREAMS; i++)
        count += directives->open[slot][i].used != 0;
    return count;
}

static uint32_t shared_size(const struct sim *sim)
{
    uint32_t size = sim->options.streams;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        size -= sim->directives.allocated[slot];
    return size;
}

static uint32_t shared_open(const struct sim *sim)
{
    uint32_t count = 0;

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (sim->directives.allocated[slot] == 0)
            count += open_count(&sim->directives, slot);
    return count;
}

static struct sim_stream *stream_find(struct sim_directives *directives, uint32_t slot, uint16_t id)
{
    for (uint32_t i = 0; i < SIM_MAX_STREAMS; i++)
        if (directives->open[slot][i].used != 0 && directives->open[slot][i].id == id)
            return &directives->open[slot][i];
    return NULL;
}

/* The stream that was not written for the longest time ends: in one namespace, or among those that share. */
static void oldest_close(struct sim *sim, uint32_t slot, bool shared)
{
    struct sim_directives *directives = &sim->directives;
    struct sim_stream *oldest = NULL;

    for (uint32_t s = 0; s < SIM_MAX_NAMESPACES; s++) {
        if (shared ? directives->allocated[s] != 0 : s != slot)
            continue;
        for (uint32_t i = 0; i < SIM_MAX_STREAMS; i++) {
            struct sim_stream *stream = &directives->open[s][i];

            if (stream->used != 0 && (oldest == NULL || stream->used < oldest->used))
                oldest = stream;
        }
    }
    if (oldest != NULL)
        oldest->used = 0;
}

static void stream_write(struct sim *sim, uint32_t slot, uint16_t id)
{
    struct sim_directives *directives = &sim->directives;
    struct sim_stream *stream = stream_find(directives, slot, id);
    const bool shared = directives->allocated[slot] == 0;
    const uint32_t limit = shared ? shared_size(sim) : directives->allocated[slot];

    directives->clock++;
    if (stream == NULL && limit == 0) /* all belong to other namespaces: an ordinary write */
        return;
    if (stream == NULL) {
        if ((shared ? shared_open(sim) : open_count(directives, slot)) >= limit)
            oldest_close(sim, slot, shared);
        stream = directives->open[slot];
        while (stream->used != 0)
            stream++;
        stream->id = id;
    }
    stream->used = directives->clock;
}

uint16_t sim_directive_write(struct sim_command *command, const struct sim_namespace *ns)
{
    const uint16_t id = (uint16_t)NVME_GET(command->sqe.cdw13, NVME_RW_DSPEC);

    if (NVME_GET(command->sqe.cdw12, NVME_RW_DTYPE) != NVME_DTYPE_STREAMS ||
        !command->sim->directives.streams[ns->nsid - 1])
        return sim_invalid(command, SIM_AT_CDW12 + 2, 4);
    if (id != 0) /* 0 is no stream */
        stream_write(command->sim, ns->nsid - 1, id);
    return 0;
}

/* ---- Directive Receive, 5.9 -------------------------------------------------------------------------------------- */

static uint16_t data_send(struct sim_command *command, uint64_t length)
{
    const uint64_t wanted = ((uint64_t)command->sqe.cdw10 + 1) * 4;

    return sim_data_to_host(command, command->sim->scratch, wanted < length ? wanted : length);
}

static uint16_t identify_parameters(struct sim_command *command, uint32_t slot)
{
    const struct sim *sim = command->sim;
    struct nvme_directive_parameters *parameters = (struct nvme_directive_parameters *)sim->scratch;

    parameters->supported[0] = 1u << NVME_DTYPE_IDENTIFY | (sim->options.streams != 0) << NVME_DTYPE_STREAMS;
    parameters->enabled[0] = (uint8_t)(1u << NVME_DTYPE_IDENTIFY | sim->directives.streams[slot] << NVME_DTYPE_STREAMS);
    return data_send(command, sizeof *parameters);
}

static uint16_t streams_parameters(struct sim_command *command, uint32_t slot)
{
    const struct sim *sim = command->sim;
    struct nvme_streams_parameters *parameters = (struct nvme_streams_parameters *)sim->scratch;

    parameters->msl = (uint16_t)sim->options.streams;
    parameters->nssa = (uint16_t)shared_size(sim);
    parameters->nsso = (uint16_t)shared_open(sim);
    parameters->sws = SIM_STREAM_WRITE_BLOCKS;
    parameters->sgs = SIM_STREAM_GRANULARITY;
    parameters->nsa = sim->directives.allocated[slot];
    parameters->nso = parameters->nsa != 0 ? (uint16_t)open_count(&sim->directives, slot) : 0;
    return data_send(command, sizeof *parameters);
}

static uint16_t streams_status(struct sim_command *command, uint32_t slot)
{
    const struct sim *sim = command->sim;
    uint16_t *status = (uint16_t *)sim->scratch;

    for (uint32_t i = 0; i < SIM_MAX_STREAMS; i++)
        if (sim->directives.open[slot][i].used != 0)
            status[++status[0]] = sim->directives.open[slot][i].id;
    return data_send(command, SIM_SCRATCH_BYTES);
}

static uint16_t streams_allocate(struct sim_command *command, uint32_t slot)
{
    struct sim *sim = command->sim;
    struct sim_directives *directives = &sim->directives;
    const uint32_t wanted = command->sqe.cdw12 & 0xffff;
    const uint32_t free = shared_size(sim);

    if (wanted == 0)
        return sim_invalid(command, SIM_AT_CDW12, 0);
    if (directives->allocated[slot] != 0)
        return sim_invalid(command, SIM_AT_NSID, 0);
    if (free == 0)
        return sim_refuse(command, NVME_SC_STREAM_ALLOCATION, SIM_AT_CDW12, 0);
    directives->allocated[slot] = (uint16_t)(wanted < free ? wanted : free);
    while (open_count(directives, slot) > directives->allocated[slot])
        oldest_close(sim, slot, false);
    while (shared_open(sim) > shared_size(sim))
        oldest_close(sim, slot, true);
    command->dw0 = directives->allocated[slot];
    return 0;
}

static uint16_t type_refuse(struct sim_command *command)
{
    return sim_invalid(command, SIM_AT_CDW11 + 1, 0);
}

static uint16_t operation_refuse(struct sim_command *command)
{
    return sim_invalid(command, SIM_AT_CDW11, 0);
}

uint16_t sim_directive_receive(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t operation = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_DIRECTIVE_DOPER);
    const uint32_t type = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_DIRECTIVE_DTYPE);
    struct sim_namespace *ns;
    uint16_t status = sim_namespace_active(command, &ns);

    if (status != 0)
        return status;
    const uint32_t slot = ns->nsid - 1;
    memset(sim->scratch, 0, SIM_SCRATCH_BYTES);
    if (type == NVME_DTYPE_IDENTIFY)
        return operation == NVME_DIRECTIVE_PARAMETERS ? identify_parameters(command, slot) : operation_refuse(command);
    if (type != NVME_DTYPE_STREAMS || !sim->directives.streams[slot])
        return type_refuse(command);
    switch (operation) {
    case NVME_DIRECTIVE_PARAMETERS:
        return streams_parameters(command, slot);
    case NVME_DIRECTIVE_STATUS:
        return streams_status(command, slot);
    case NVME_DIRECTIVE_ALLOCATE:
        return streams_allocate(command, slot);
    default:
        return operation_refuse(command);
    }
}

/* ---- Directive Send, 5.10 ---------------------------------------------------------------------------------------- */

/* NSID FFFFFFFFh: for all attached namespaces. */
static uint16_t enable(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t nsid = command->sqe.nsid;
    const uint32_t type = (uint32_t)NVME_GET(command->sqe.cdw12, NVME_ENDIR_DTYPE);
    const bool on = (command->sqe.cdw12 & NVME_ENDIR) != 0;
    struct sim_namespace *ns;

    if (nsid != NVME_NSID_ALL) {
        uint16_t status = sim_namespace_active(command, &ns);

        if (status != 0)
            return status;
    }
    /* Identify is always enabled, 8.7.2. */
    if (type != NVME_DTYPE_STREAMS || sim->options.streams == 0)
        return sim_invalid(command, SIM_AT_CDW12 + 1, 0);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        if (nsid != slot + 1 && (nsid != NVME_NSID_ALL || !sim->ns[slot].attached))
            continue;
        if (!on)
            sim_directives_namespace_gone(sim, slot);
        sim->directives.streams[slot] = on;
    }
    return 0;
}

uint16_t sim_directive_send(struct sim_command *command)
{
    struct sim_directives *directives = &command->sim->directives;
    const uint32_t operation = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_DIRECTIVE_DOPER);
    const uint32_t type = (uint32_t)NVME_GET(command->sqe.cdw11, NVME_DIRECTIVE_DTYPE);
    struct sim_stream *stream;
    struct sim_namespace *ns;

    if (type == NVME_DTYPE_IDENTIFY)
        return operation == NVME_DIRECTIVE_ENABLE ? enable(command) : operation_refuse(command);
    uint16_t status = sim_namespace_active(command, &ns);
    if (status != 0)
        return status;
    const uint32_t slot = ns->nsid - 1;
    if (type != NVME_DTYPE_STREAMS || !directives->streams[slot])
        return type_refuse(command);
    switch (operation) {
    case NVME_DIRECTIVE_RELEASE_ID:
        stream = stream_find(directives, slot, (uint16_t)NVME_GET(command->sqe.cdw11, NVME_DIRECTIVE_DSPEC));
        if (stream != NULL)
            stream->used = 0;
        return 0;
    case NVME_DIRECTIVE_RELEASE_ALL:
        directives->allocated[slot] = 0;
        memset(directives->open[slot], 0, sizeof directives->open[slot]);
        return 0;
    default:
        return operation_refuse(command);
    }
}
