/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/tick.h"

#include "sim/controller.h"
#include "sim/sim.h"

static void step(struct sim *sim, uint64_t now)
{
    const uint64_t elapsed = now - sim->ticked_ns;
    struct sim_state *state = sim->state;

    sim_temperature_step(sim, elapsed, sim->bytes_since_tick, sim->commands_since_tick);
    state->power_on_ns += elapsed;
    if (sim->commands_since_tick != 0)
        state->busy_ns += elapsed;
    if (sim->temperature.celsius >= SIM_CRITICAL_CELSIUS)
        state->critical_ns += elapsed;
    else if (sim->temperature.celsius >= SIM_WARNING_CELSIUS)
        state->warning_ns += elapsed;
    sim->bytes_since_tick = 0;
    sim->commands_since_tick = 0;
    sim->ticked_ns = now;
}

void sim_tick_now(struct sim *sim)
{
    const uint64_t now = bell_now();

    if (now - sim->ticked_ns >= BELL_NS_PER_S / 100)
        step(sim, now);
    sim_hmb_patrol(sim);
}

uint64_t sim_tick_run(struct sim *sim, uint64_t now)
{
    if (now >= sim->features.keep_alive_ns) {
        /* NVMe Base 2.0c 3.9: without a sign of life from the host the controller stops. */
        sim->features.keep_alive_ns = UINT64_MAX;
        sim->keep_alive_expired = true;
        sim_controller_fail(sim);
    }
    if (now - sim->ticked_ns >= BELL_NS_PER_S) {
        step(sim, now);
        sim_hmb_patrol(sim);
    }
    if (!sim->enabled)
        return UINT64_MAX;
    const uint64_t next = sim->ticked_ns + BELL_NS_PER_S;
    return next < sim->features.keep_alive_ns ? next : sim->features.keep_alive_ns;
}

void sim_tick_end(struct sim *sim)
{
    step(sim, bell_now());
    if (sim->enabled && (sim->stop & SIM_STOP_SHUT_DOWN) == 0)
        sim->state->unsafe_shutdowns++;
}
