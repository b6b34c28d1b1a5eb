/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that take their time: format, sanitize, self-test. Device thread only. */
#ifndef BELL_SIM_BACKGROUND_H
#define BELL_SIM_BACKGROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/namespaces.h"

struct sim;

/* One operation: it runs from start to end, or not at all (end 0). */
struct sim_span {
    uint64_t start_ns;
    uint64_t end_ns;
};

struct sim_background {
    struct sim_span test;
    uint32_t test_kind; /* 1 short, 2 extended */
    uint32_t test_nsid;

    struct sim_span sanitize;
    uint32_t fill_slot; /* overwrite that stays visible: how far it has come */
    uint64_t fill_offset;

    struct sim_span format;
    uint16_t format_cid;
    uint32_t format_slots; /* bit by slot */
    struct sim_formatting formatting;
    uint32_t format_cdw10;
};

static inline bool sim_span_runs(const struct sim_span *span)
{
    return span->end_ns != 0;
}

/* sim_span_begin - nominal_ms of the device's time, from now on. */
void sim_span_begin(const struct sim *sim, struct sim_span *span, uint64_t nominal_ms);

/* sim_span_done - what part of it is over at this time, in units of 1/whole. */
uint32_t sim_span_done(const struct sim_span *span, uint64_t now, uint32_t whole);

/* sim_background_run - advance them. Return: when to come back, UINT64_MAX if none runs. */
uint64_t sim_background_run(struct sim *sim, uint64_t now);

/* sim_background_reset - a Controller Level Reset: what must end ends, sanitize and the extended self-test go on. */
void sim_background_reset(struct sim *sim);

/* sim_background_resume - power is on: a sanitize operation that was interrupted starts again. */
void sim_background_resume(struct sim *sim);

/* sim_self_test_seconds - how long a self-test takes at the device's pace. */
uint64_t sim_self_test_seconds(const struct sim *sim, bool extended);
/* sim_self_test_stop - end a running test with this result, NVME_SELF_TEST_.... */
void sim_self_test_stop(struct sim *sim, uint8_t result);
void sim_self_test_finish(struct sim *sim);

uint64_t sim_sanitize_seconds(const struct sim *sim, uint32_t action, uint32_t passes);
/* sim_sanitize_finish - time is over. Return: false if overwriting is not done yet. */
bool sim_sanitize_finish(struct sim *sim);

void sim_format_progress(struct sim *sim, uint64_t now);
/* sim_format_finish - the blocks are gone. completes: the command is still there to be completed. */
void sim_format_finish(struct sim *sim, bool completes);

#endif
