/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/events.h"

#include <stdio.h>
#include <string.h>

#include "sim/identify.h"
#include "sim/sim.h"

void sim_event_record(struct sim *sim, uint8_t type, const void *data, uint8_t length)
{
    struct sim_event_record *event = &sim->state->events[sim->state->event_count++ % SIM_EVENTS];

    *event = (struct sim_event_record){.type = type, .length = length, .timestamp = sim_timestamp(sim)};
    memcpy(event->data, data, length);
}

void sim_event_power_on(struct sim *sim)
{
    uint8_t data[8 + 36] = {0};
    const uint16_t cntlid = SIM_CNTLID;
    const uint32_t cycles = (uint32_t)sim->state->power_cycles;

    memcpy(data, sim->state->fw[sim->state->fw_active - 1], 8);
    memcpy(data + 8, &cntlid, sizeof cntlid);
    memcpy(data + 8 + 16, &cycles, sizeof cycles);
    sim_event_record(sim, SIM_PEL_POWER_ON, data, sizeof data);
}

static void header_fill(const struct sim *sim, struct nvme_persistent_event_header *header)
{
    static const uint8_t types[] = {SIM_PEL_FW_COMMIT,    SIM_PEL_TIMESTAMP,   SIM_PEL_POWER_ON,
                                    SIM_PEL_FORMAT_START, SIM_PEL_FORMAT_DONE, SIM_PEL_SANITIZE_START,
                                    SIM_PEL_SANITIZE_DONE};
    struct nvme_identify_controller id = {0};

    sim_identify_controller(sim, &id);
    header->lid = NVME_LID_PERSISTENT_EVENT;
    header->revision = 2;
    header->header_length = sizeof *header - 20;
    header->timestamp = sim_timestamp(sim);
    header->power_on_hours.low = sim->state->power_on_ns / (3600 * BELL_NS_PER_S);
    header->power_cycles = sim->state->power_cycles;
    header->vid = id.vid;
    header->ssvid = id.ssvid;
    memcpy(header->sn, id.sn, sizeof id.sn);
    memcpy(header->mn, id.mn, sizeof id.mn);
    memcpy(header->subnqn, id.subnqn, sizeof id.subnqn);
    header->generation = (uint16_t)sim->state->event_count;
    for (size_t i = 0; i < sizeof types; i++)
        header->supported_events[types[i] / 8] |= (uint8_t)(1u << types[i] % 8);
}

uint32_t sim_events_log(const struct sim *sim, uint8_t *out)
{
    struct nvme_persistent_event_header *header = (struct nvme_persistent_event_header *)out;
    const uint32_t count = sim->state->event_count < SIM_EVENTS ? sim->state->event_count : SIM_EVENTS;
    uint32_t at = sizeof *header;

    header_fill(sim, header);
    for (uint32_t i = 0; i < count; i++) { /* newest first */
        const struct sim_event_record *record = &sim->state->events[(sim->state->event_count - 1 - i) % SIM_EVENTS];
        const struct nvme_persistent_event event = {
            .type = record->type,
            .revision = 1,
            .header_length = sizeof event - 3,
            .cntlid = SIM_CNTLID,
            .timestamp = record->timestamp,
            .length = record->length,
        };

        memcpy(out + at, &event, sizeof event);
        memcpy(out + at + sizeof event, record->data, record->length);
        at += sizeof event + record->length;
    }
    header->events = count;
    header->bytes = at;
    return at;
}
