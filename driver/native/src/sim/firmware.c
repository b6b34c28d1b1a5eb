/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware download and commit. An image of this device is anything that starts with its revision: eight bytes of
 * printable ASCII, which may end in zeroes or blanks.
 */
#include "sim/firmware.h"

#include <stdlib.h>
#include <string.h>

#include "sim/events.h"
#include "sim/identify.h"
#include "sim/sim.h"

enum { ACTION_STORE = 0, ACTION_STORE_AND_ACTIVATE = 1, ACTION_ACTIVATE = 2, ACTION_ACTIVATE_NOW = 3 };

void sim_firmware_init(struct sim *sim)
{
    struct sim_state *state = sim->state;

    if (state->fw_active == 0) {
        memset(state->fw[0], ' ', sizeof state->fw[0]);
        memcpy(state->fw[0], sim->options.fw, strlen(sim->options.fw));
        state->fw_active = 1;
    }
    sim_firmware_reset(sim);
}

void sim_firmware_reset(struct sim *sim)
{
    if (sim->state->fw_next != 0)
        sim->state->fw_active = sim->state->fw_next;
    sim->state->fw_next = 0;
    memset(&sim->firmware, 0, sizeof sim->firmware);
}

static bool slot_empty(const struct sim *sim, uint32_t slot)
{
    return sim->state->fw[slot - 1][0] == '\0';
}

/* ---- download
 * ----------------------------------------------------------------------------------------------------------- */

uint16_t sim_fw_download(struct sim_command *command)
{
    struct sim_firmware *firmware = &command->sim->firmware;
    const uint64_t bytes = ((uint64_t)command->sqe.cdw10 + 1) * 4;
    const uint64_t offset = (uint64_t)command->sqe.cdw11 * 4;
    const uint64_t first = offset / SIM_FW_GRANULARITY;
    const uint64_t count = bytes / SIM_FW_GRANULARITY;
    uint32_t segments;

    if (bytes % SIM_FW_GRANULARITY != 0 || (command->sim->mdts_bytes != 0 && bytes > command->sim->mdts_bytes))
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (offset % SIM_FW_GRANULARITY != 0 || first + count > SIM_FW_PIECES)
        return sim_invalid(command, SIM_AT_CDW11, 0);
    uint16_t status = sim_data_map(command, bytes, &segments);
    if (status != 0)
        return status;
    for (uint64_t i = first; i < first + count; i++)
        if ((firmware->have[i / 64] & UINT64_C(1) << i % 64) != 0)
            return sim_refuse(command, NVME_SC_OVERLAPPING_RANGE, SIM_AT_CDW11, 0);
    for (uint64_t i = first; i < first + count; i++)
        firmware->have[i / 64] |= UINT64_C(1) << i % 64;
    firmware->pieces += (uint32_t)count;
    if (first + count > firmware->end)
        firmware->end = (uint32_t)(first + count);
    if (first == 0) /* of the image only its revision is kept */
        memcpy(firmware->revision, command->sim->segments[0].data, segments != 0 ? sizeof firmware->revision : 0);
    return 0;
}

/* ---- commit
 * --------------------------------------------------------------------------------------------------------------- */

static bool image_valid(const struct sim_firmware *firmware)
{
    bool ended = false;

    if (firmware->pieces == 0 || firmware->pieces != firmware->end) /* nothing there, or a hole */
        return false;
    for (size_t i = 0; i < sizeof firmware->revision; i++) {
        const char c = firmware->revision[i];

        ended = ended || c == '\0';
        if (ended ? c != '\0' : c < 0x20 || c > 0x7e)
            return false;
    }
    return firmware->revision[0] > ' ';
}

static void image_store(struct sim *sim, uint32_t slot)
{
    char *revision = sim->state->fw[slot - 1];

    memset(revision, ' ', sizeof sim->state->fw[0]);
    memcpy(revision, sim->firmware.revision, strnlen(sim->firmware.revision, sizeof sim->firmware.revision));
    memset(&sim->firmware, 0, sizeof sim->firmware);
}

static void event_record(struct sim *sim, const char *old, uint32_t slot, uint32_t action)
{
    uint8_t data[22] = {0};

    memcpy(data, old, 8);
    memcpy(data + 8, sim->state->fw[slot - 1], 8);
    data[16] = (uint8_t)action;
    data[17] = (uint8_t)slot;
    sim_event_record(sim, SIM_PEL_FW_COMMIT, data, sizeof data);
}

/* Slot 0 leaves the choice to the controller: the first empty one, else one that does not run. Slot 1 is read-only. */
static uint32_t slot_choose(const struct sim *sim)
{
    for (uint32_t slot = 2; slot <= SIM_FW_SLOTS; slot++)
        if (slot_empty(sim, slot))
            return slot;
    return sim->state->fw_active == 2 ? 3 : 2;
}

uint16_t sim_fw_commit(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t action = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_FW_ACTION);
    uint32_t slot = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_FW_SLOT);
    const bool stores =
        action <= ACTION_STORE_AND_ACTIVATE || (action == ACTION_ACTIVATE_NOW && sim->firmware.pieces != 0);
    const char *old = sim->state->fw[sim->state->fw_active - 1];
    char before[8];

    memcpy(before, old, sizeof before);
    if (action > ACTION_ACTIVATE_NOW) /* no boot partitions */
        return sim_invalid(command, SIM_AT_CDW10, 3);
    if (slot == 0)
        slot = stores ? slot_choose(sim) : sim->state->fw_active;
    if (slot > SIM_FW_SLOTS || (stores && slot == 1) || (!stores && slot_empty(sim, slot)))
        return sim_refuse(command, NVME_SC_INVALID_FW_SLOT, SIM_AT_CDW10, 0);
    if (stores && !image_valid(&sim->firmware)) {
        memset(&sim->firmware, 0, sizeof sim->firmware);
        return sim_refuse(command, NVME_SC_INVALID_FW_IMAGE, SIM_AT_CDW10, 0);
    }
    if (stores)
        image_store(sim, slot);
    if (action == ACTION_STORE_AND_ACTIVATE || action == ACTION_ACTIVATE)
        sim->state->fw_next = slot;
    if (action == ACTION_ACTIVATE_NOW) {
        sim->state->fw_active = slot;
        sim->state->fw_next = 0;
        if ((sim->features.value[NVME_FEAT_ASYNC_EVENT] & NVME_OAES_FIRMWARE) != 0)
            sim_async_report(sim, NVME_AER_NOTICE, NVME_AER_NOTICE_FW_ACTIVATION, NVME_LID_FW_SLOT);
    }
    event_record(sim, before, slot, action);
    return 0;
}
