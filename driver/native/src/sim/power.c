/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/power.h"

#include "sim/controller.h"
#include "sim/events.h"
#include "sim/sim.h"

void sim_power_off(struct sim *sim)
{
    if ((sim->stop & SIM_STOP_GONE) != 0)
        return;
    if (sim->enabled && !(sim->stop & SIM_STOP_SHUT_DOWN))
        sim->state->unsafe_shutdowns++;
    pthread_mutex_lock(&sim->lock);
    sim->gone = true;
    atomic_store(&sim->decoding, 0);
    atomic_store(&sim->mastering, 0);
    pthread_mutex_unlock(&sim->lock);
    sim_controller_restart(sim);
    sim_hmb_reset(sim, true);
    sim_interrupts_reset(&sim->irq);
    sim->stop |= SIM_STOP_GONE;
    atomic_fetch_add(&sim->removals, 1); /* from here on it touches no memory of the host's */
}

void sim_power_on(struct sim *sim)
{
    if ((sim->stop & SIM_STOP_GONE) == 0)
        return;
    sim->stop &= ~SIM_STOP_GONE;
    sim->state->power_cycles++;
    sim_reservations_power_on(sim);
    sim_cmb_power_on(sim);
    sim_event_power_on(sim);
    pthread_mutex_lock(&sim->lock);
    sim_config_power_on(&sim->config);
    sim_config_assign(&sim->config);
    sim->gone = false;
    atomic_store(&sim->decoding, 1);
    atomic_store(&sim->mastering, 1);
    pthread_mutex_unlock(&sim->lock);
}
