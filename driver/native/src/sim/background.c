/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/background.h"

#include "sim/sim.h"

#define PROGRESS_NS UINT64_C(10000000) /* how often the progress of a format is brought up to date */

void sim_span_begin(const struct sim *sim, struct sim_span *span, uint64_t nominal_ms)
{
    span->start_ns = bell_now();
    span->end_ns = span->start_ns + nominal_ms * 1000000 / sim->options.time_scale;
}

uint32_t sim_span_done(const struct sim_span *span, uint64_t now, uint32_t whole)
{
    if (now >= span->end_ns)
        return whole;
    return (uint32_t)((double)(now - span->start_ns) / (double)(span->end_ns - span->start_ns) * whole);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t sim_background_run(struct sim *sim, uint64_t now)
{
    struct sim_background *background = &sim->background;
    uint64_t next = UINT64_MAX;

    if (sim_span_runs(&background->test)) {
        if (now >= background->test.end_ns)
            sim_self_test_finish(sim);
        else
            next = background->test.end_ns;
    }
    if (sim_span_runs(&background->sanitize)) {
        if (now < background->sanitize.end_ns)
            next = earlier(next, background->sanitize.end_ns);
        else if (!sim_sanitize_finish(sim))
            next = now;
    }
    if (sim_span_runs(&background->format)) {
        if (now >= background->format.end_ns) {
            sim_format_finish(sim, true);
        } else {
            sim_format_progress(sim, now);
            next = earlier(next, earlier(background->format.end_ns, now + PROGRESS_NS));
        }
    }
    return next;
}

void sim_background_reset(struct sim *sim)
{
    /* NVMe Base 2.0c 5.9: the short self-test ends with a reset, the extended one goes on. */
    if (sim_span_runs(&sim->background.test) && sim->background.test_kind == 1)
        sim_self_test_stop(sim, NVME_SELF_TEST_RESET);
    if (sim_span_runs(&sim->background.format))
        sim_format_finish(sim, false);
}
