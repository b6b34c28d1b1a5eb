/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as host threads handle it. */
#include "sim/faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/sim.h"
#include "support/error.h"

static struct sim_fault_plan *plan_new(uint64_t seed, const bell_fault_rule *rules, uint32_t count)
{
    struct sim_fault_plan *plan = calloc(1, sizeof *plan + count * sizeof plan->faults[0]);

    if (plan == NULL)
        return NULL;
    plan->seed = seed;
    plan->device_random = seed;
    plan->host_random = ~seed;
    plan->count = count;
    for (uint32_t i = 0; i < count; i++) {
        plan->faults[i].rule = rules[i];
        atomic_store(&plan->faults[i].enabled, rules[i].enabled);
    }
    return plan;
}

static int plan_parse(const char *text, struct sim_fault_plan **out)
{
    bell_fault_rule rules[BELL_FAULT_MAX_RULES];
    uint64_t seed;
    int count = bell_faults_parse(text, &seed, rules, BELL_FAULT_MAX_RULES);

    if (count < 0)
        return count;
    *out = plan_new(seed, rules, (uint32_t)count);
    return *out != NULL ? 0 : bell_error_set(-ENOMEM, "sim: out of memory");
}

/* With the lock held: whether register reads have to look at the plan. */
static void registers_follow(struct sim_faults *faults, const struct sim_fault_plan *plan)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < plan->count; i++)
        found |= plan->faults[i].rule.trigger == BELL_FAULT_ON_REGISTER && atomic_load(&plan->faults[i].enabled) != 0;
    atomic_store(&faults->registers, faults->on && found);
}

int sim_faults_init(struct sim *sim, const char *text)
{
    struct sim_faults *faults = &sim->faults;
    int err = plan_parse(text, &faults->plan);

    if (err != 0)
        return err;
    faults->on = true;
    faults->coming = SIM_FAULT_NONE;
    registers_follow(faults, faults->plan);
    sim_faults_follow(sim);
    return 0;
}

void sim_faults_destroy(struct sim *sim)
{
    free(sim->faults.plan);
    sim->faults.plan = NULL;
}

int sim_faults_set(struct bell_pci_function *fn, const char *text)
{
    struct sim *sim = sim_of(fn);
    struct sim_faults *faults = &sim->faults;
    struct sim_fault_plan *plan;
    int err = plan_parse(text, &plan);

    if (err != 0)
        return err;
    pthread_mutex_lock(&faults->lock);
    struct sim_fault_plan *old = faults->plan;
    faults->on = true;
    atomic_store(&faults->next, plan);
    registers_follow(faults, plan);
    sim_event_wait(sim, SIM_EVENT_FAULTS);
    pthread_mutex_unlock(&faults->lock);
    free(old);
    return 0;
}

int sim_faults_get(struct bell_pci_function *fn, uint64_t *seed, uint32_t *on, bell_fault_rule *out, uint32_t max)
{
    struct sim_faults *faults = &sim_of(fn)->faults;

    pthread_mutex_lock(&faults->lock);
    const struct sim_fault_plan *plan = faults->plan;
    const uint32_t count = plan->count;

    for (uint32_t i = 0; i < count && i < max; i++) {
        out[i] = plan->faults[i].rule;
        out[i].enabled = atomic_load(&plan->faults[i].enabled);
        out[i].matched = atomic_load(&plan->faults[i].matched);
        out[i].hits = atomic_load(&plan->faults[i].hits);
    }
    if (seed != NULL)
        *seed = plan->seed;
    if (on != NULL)
        *on = faults->on;
    pthread_mutex_unlock(&faults->lock);
    return (int)count;
}

int sim_faults_switch(struct bell_pci_function *fn, uint32_t rule, uint32_t on)
{
    struct sim *sim = sim_of(fn);
    struct sim_faults *faults = &sim->faults;
    int err = 0;

    pthread_mutex_lock(&faults->lock);
    if (rule == UINT32_MAX)
        faults->on = on != 0;
    else if (rule < faults->plan->count)
        atomic_store(&faults->plan->faults[rule].enabled, on != 0);
    else
        err = bell_error_set(-EINVAL, "faults: there is no rule %u; the plan has %u", rule + 1, faults->plan->count);
    if (err == 0) {
        registers_follow(faults, faults->plan);
        sim_event_wait(sim, SIM_EVENT_FAULTS);
    }
    pthread_mutex_unlock(&faults->lock);
    return err;
}

uint64_t sim_faults_register_delay(struct sim *sim, uint64_t offset)
{
    struct sim_faults *faults = &sim->faults;
    uint64_t delay = 0;

    pthread_mutex_lock(&faults->lock);
    struct sim_fault_plan *plan = faults->plan;
    for (uint32_t i = 0; i < plan->count && faults->on; i++) {
        struct sim_fault *fault = &plan->faults[i];
        const bell_fault_rule *rule = &fault->rule;

        if (rule->trigger != BELL_FAULT_ON_REGISTER || atomic_load(&fault->enabled) == 0 ||
            ((rule->matches & BELL_FAULT_MATCH_REGISTER) != 0 && rule->register_offset != offset))
            continue;
        if (sim_fault_applies(fault, &plan->host_random)) {
            delay = sim_fault_random(&plan->host_random, rule->delay_min_ns, rule->delay_max_ns);
            break;
        }
    }
    pthread_mutex_unlock(&faults->lock);
    return delay;
}

void sim_faults_register(struct sim *sim, uint64_t offset)
{
    const uint64_t delay = sim_faults_register_delay(sim, offset);
    struct timespec left = {.tv_sec = (time_t)(delay / BELL_NS_PER_S), .tv_nsec = (long)(delay % BELL_NS_PER_S)};
    while (delay != 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}
