/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule does to the controller as a whole, and when that ends. */
#include "sim/controller.h"
#include "sim/faults.h"
#include "sim/power.h"
#include "sim/sim.h"

static const bell_fault_rule *rule_of(const struct sim *sim, uint32_t number)
{
    return &sim->faults.plan->faults[number].rule;
}

static void hold(struct sim_fault_hold *held, uint32_t rule, uint64_t duration_ns)
{
    *held = (struct sim_fault_hold){true, rule, duration_ns == UINT64_MAX ? UINT64_MAX : bell_now() + duration_ns};
}

/* ---- stalls and hangs ----------------------------------------------------------------------------------------------
 */

static void stall_end(struct sim *sim)
{
    struct sim_faults *faults = &sim->faults;
    const uint32_t events = faults->held_events;

    faults->stall.active = false;
    faults->hung = false;
    faults->held_events = 0;
    sim->stop &= ~SIM_STOP_STALLED;
    if (events != 0)
        sim_controller_events(sim, events);
}

uint32_t sim_faults_keep(struct sim *sim, uint32_t events)
{
    const uint32_t held = SIM_EVENT_DISABLE | SIM_EVENT_CC;

    if (!sim->faults.hung)
        return events;
    sim->faults.held_events |= events & held;
    return events & ~held;
}

/* ---- removal -------------------------------------------------------------------------------------------------------
 */

static void device_return(struct sim *sim)
{
    sim->faults.gone.active = false;
    sim_power_on(sim);
}

/* ---- disasters -----------------------------------------------------------------------------------------------------
 */

void sim_fault_event(struct sim *sim, const bell_fault_rule *rule)
{
    sim_async_report(sim, rule->event & 7, rule->event >> 8 & 0xff, rule->event >> 16 & 0xff);
}

void sim_fault_disaster(struct sim *sim, uint32_t number)
{
    const bell_fault_rule *rule = rule_of(sim, number);
    const uint64_t duration = rule->hold_ns != 0 ? rule->hold_ns : UINT64_MAX;

    if ((rule->effects & BELL_FAULT_FATAL) != 0)
        sim_controller_fail(sim);
    if ((rule->effects & (BELL_FAULT_STALL | BELL_FAULT_HANG)) != 0) {
        sim->stop |= SIM_STOP_STALLED;
        sim->faults.hung = (rule->effects & BELL_FAULT_HANG) != 0;
        hold(&sim->faults.stall, number, duration);
    }
    /* Queues must not vanish under the one who runs them: the next turn does it. */
    if ((rule->effects & (BELL_FAULT_REMOVE | BELL_FAULT_RESET)) != 0) {
        sim->stop |= SIM_STOP_STALLED;
        sim->faults.coming = number;
        sim_event(sim, SIM_EVENT_FAULTS);
    }
}

void sim_faults_befall(struct sim *sim)
{
    struct sim_faults *faults = &sim->faults;
    const uint32_t number = faults->coming;

    if (number == SIM_FAULT_NONE)
        return;
    faults->coming = SIM_FAULT_NONE;
    const bell_fault_rule *rule = rule_of(sim, number);
    if ((rule->effects & BELL_FAULT_RESET) != 0) {
        sim_controller_restart(sim);
        return;
    }
    sim_power_off(sim);
    hold(&faults->gone, number, rule->hold_ns != 0 ? rule->hold_ns : UINT64_MAX);
}

/* ---- changes of CSTS -----------------------------------------------------------------------------------------------
 */

bool sim_faults_holds(struct sim *sim, uint32_t trigger)
{
    struct sim_fault_hold *held = &sim->faults.ready[trigger];

    if (held->active) {
        held->active = bell_now() < held->until_ns;
        return held->active;
    }
    if (!sim->faults.armed)
        return false;
    const uint32_t number = sim_fault_for_trigger(sim, trigger);
    if (number == SIM_FAULT_NONE)
        return false;
    const bell_fault_rule *rule = rule_of(sim, number);
    if ((rule->effects & BELL_FAULT_FATAL) != 0)
        sim_controller_fail(sim);
    if ((rule->effects & (BELL_FAULT_STUCK | BELL_FAULT_DELAY)) != 0)
        hold(held, number,
             (rule->effects & BELL_FAULT_STUCK) != 0
                 ? UINT64_MAX
                 : sim_fault_random(&sim->faults.plan->device_random, rule->delay_min_ns, rule->delay_max_ns));
    return true;
}

void sim_faults_reset(struct sim *sim)
{
    struct sim_faults *faults = &sim->faults;

    for (uint32_t trigger = BELL_FAULT_ON_ENABLE; trigger <= BELL_FAULT_ON_SHUTDOWN; trigger++)
        faults->ready[trigger].active = false;
    faults->stall.active = false;
    faults->hung = false;
    faults->held_events = 0;
    faults->deferred_count = 0;
}

/* The event that lets the controller look again at what was held back. */
static void ready_release(struct sim *sim, uint32_t trigger)
{
    sim->faults.ready[trigger].until_ns = 0;
    sim_controller_events(sim, trigger == BELL_FAULT_ON_DISABLE ? SIM_EVENT_DISABLE | SIM_EVENT_CC : SIM_EVENT_CC);
}

/* ---- time ----------------------------------------------------------------------------------------------------------
 */

static uint64_t due_run(struct sim *sim, uint64_t now)
{
    struct sim_fault_plan *plan = sim->faults.plan;
    uint64_t next = UINT64_MAX;

    for (uint32_t i = 0; i < plan->count; i++) {
        struct sim_fault *fault = &plan->faults[i];

        if (!fault->in_force || fault->rule.trigger != BELL_FAULT_ON_TIME)
            continue;
        if (fault->due_ns <= now) {
            fault->due_ns = UINT64_MAX;
            if (sim_fault_applies(fault, &plan->device_random)) {
                if ((fault->rule.effects & BELL_FAULT_EVENT) != 0)
                    sim_fault_event(sim, &fault->rule);
                sim_fault_disaster(sim, i);
            }
        }
        next = fault->due_ns < next ? fault->due_ns : next;
    }
    return next;
}

static uint64_t hold_next(const struct sim_fault_hold *held, uint64_t next)
{
    return held->active && held->until_ns < next ? held->until_ns : next;
}

static bool over(const struct sim_fault_hold *held, uint64_t now)
{
    return held->active && held->until_ns <= now;
}

uint64_t sim_faults_run(struct sim *sim, uint64_t now)
{
    struct sim_faults *faults = &sim->faults;
    uint64_t next;

    if (!faults->armed)
        return UINT64_MAX;
    if (over(&faults->gone, now))
        device_return(sim);
    if (over(&faults->stall, now))
        stall_end(sim);
    if (!faults->hung)
        for (uint32_t trigger = BELL_FAULT_ON_ENABLE; trigger <= BELL_FAULT_ON_SHUTDOWN; trigger++)
            if (over(&faults->ready[trigger], now))
                ready_release(sim, trigger);
    next = due_run(sim, now);
    next = hold_next(&faults->gone, next);
    next = hold_next(&faults->stall, next);
    for (uint32_t trigger = BELL_FAULT_ON_ENABLE; trigger <= BELL_FAULT_ON_SHUTDOWN && !faults->hung; trigger++)
        next = hold_next(&faults->ready[trigger], next);
    return next;
}

/* ---- a new plan, or a changed one ----------------------------------------------------------------------------------
 */

static bool forceless(const struct sim *sim, const struct sim_fault_hold *held)
{
    return held->active && !sim->faults.plan->faults[held->rule].in_force;
}

/* What rules hold that are no longer in force. */
static void heal(struct sim *sim)
{
    struct sim_faults *faults = &sim->faults;

    if (forceless(sim, &faults->gone))
        device_return(sim);
    if (forceless(sim, &faults->stall))
        stall_end(sim);
    for (uint32_t trigger = BELL_FAULT_ON_ENABLE; trigger <= BELL_FAULT_ON_SHUTDOWN; trigger++)
        if (forceless(sim, &faults->ready[trigger]))
            ready_release(sim, trigger);
    for (uint32_t i = faults->deferred_count; i-- > 0;)
        if (!faults->plan->faults[faults->deferred[i].rule].in_force)
            faults->deferred[i] = faults->deferred[--faults->deferred_count];
}

static void forces_follow(struct sim *sim, struct sim_fault_plan *plan, bool on)
{
    const uint64_t now = bell_now();

    for (uint32_t i = 0; i < plan->count; i++) {
        struct sim_fault *fault = &plan->faults[i];
        const bool in_force = on && atomic_load(&fault->enabled) != 0;

        if (in_force && !fault->in_force)
            fault->due_ns = fault->rule.trigger == BELL_FAULT_ON_TIME ? now + fault->rule.after_ns : UINT64_MAX;
        fault->in_force = in_force;
    }
}

void sim_faults_follow(struct sim *sim)
{
    struct sim_faults *faults = &sim->faults;
    struct sim_fault_plan *next = atomic_exchange(&faults->next, NULL);

    if (next != NULL) { /* nothing of the old plan stays */
        faults->coming = SIM_FAULT_NONE;
        forces_follow(sim, faults->plan, false);
        heal(sim);
        sim_latency_forget_faults(sim);
        faults->plan = next;
    }
    forces_follow(sim, faults->plan, faults->on);
    heal(sim);
    faults->armed = faults->on && faults->plan->count != 0;
}
