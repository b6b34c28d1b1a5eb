/* SPDX-License-Identifier: Apache-2.0 */
/* Device self-test, NVMe Base 2.0c 5.9. The extended test reads all media and so finds uncorrectable blocks. */
#include <string.h>

#include "sim/background.h"
#include "sim/sim.h"

#define SHORT_MS      120000u
#define EXTENDED_MS   300000u
#define MEDIA_SEGMENT 7u

enum { STC_SHORT = 1, STC_EXTENDED = 2, STC_ABORT = 15 };

uint64_t sim_self_test_seconds(const struct sim *sim, bool extended)
{
    return ((extended ? EXTENDED_MS : SHORT_MS) / sim->options.time_scale + 999) / 1000;
}

static struct nvme_self_test_result *result_new(struct sim *sim, uint8_t result)
{
    struct nvme_self_test_result *results = sim->state->self_tests;

    memmove(&results[1], &results[0], (SIM_SELF_TESTS - 1) * sizeof results[0]);
    results[0] = (struct nvme_self_test_result){
        .status = (uint8_t)(result | sim->background.test_kind << 4),
        .power_on_hours = sim->state->power_on_ns / (3600 * BELL_NS_PER_S),
        .nsid = sim->background.test_nsid,
        .valid = sim->background.test_nsid != 0 ? 0x01 : 0,
    };
    sim->background.test.end_ns = 0;
    return &results[0];
}

void sim_self_test_stop(struct sim *sim, uint8_t result)
{
    if (sim_span_runs(&sim->background.test))
        result_new(sim, result);
}

void sim_self_test_finish(struct sim *sim)
{
    struct nvme_self_test_result *result = result_new(sim, NVME_SELF_TEST_PASSED);

    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES && sim->background.test_kind == STC_EXTENDED; slot++) {
        const struct sim_namespace *ns = &sim->ns[slot];

        if (!ns->attached || (sim->background.test_nsid != NVME_NSID_ALL && sim->background.test_nsid != ns->nsid))
            continue;
        const uint64_t bad = sim_media_bad_find(&ns->media, 0, ns->media.bytes);
        if (bad == UINT64_MAX)
            continue;
        result->status = (uint8_t)(NVME_SELF_TEST_FAILED | STC_EXTENDED << 4);
        result->segment = MEDIA_SEGMENT;
        result->valid = 0x0f;
        result->nsid = ns->nsid;
        result->failing_lba = bad >> ns->shift;
        result->sct = NVME_SC_UNRECOVERED_READ >> 8;
        result->sc = NVME_SC_UNRECOVERED_READ & 0xff;
        break;
    }
}

uint16_t sim_self_test(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t code = command->sqe.cdw10 & 0xf;
    struct sim_namespace *ns;

    if (code != STC_SHORT && code != STC_EXTENDED && code != STC_ABORT)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (command->sqe.nsid != 0 && command->sqe.nsid != NVME_NSID_ALL) {
        uint16_t status = sim_namespace_active(command, &ns);

        if (status != 0)
            return status;
    }
    if (code == STC_ABORT) {
        sim_self_test_stop(sim, NVME_SELF_TEST_ABORTED);
        return 0;
    }
    if (sim_span_runs(&sim->background.test))
        return sim_refuse(command, NVME_SC_SELF_TEST_IN_PROGRESS, SIM_AT_CDW10, 0);
    sim->background.test_kind = code;
    sim->background.test_nsid = command->sqe.nsid;
    sim_span_begin(sim, &sim->background.test, code == STC_EXTENDED ? EXTENDED_MS : SHORT_MS);
    return 0;
}
