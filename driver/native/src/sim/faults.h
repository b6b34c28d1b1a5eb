/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault plan of a simulated SSD: rules that make it misbehave in a chosen, reproducible way.
 *
 * Host threads set, switch and look at the plan under `lock`; the device thread takes a new one over when the setter
 * asks it to (SIM_EVENT_FAULTS) and waits. Only rules on register reads are applied by host threads, under the lock.
 * While no plan is in force the device thread looks at `armed` once a turn of each queue.
 */
#ifndef BELL_SIM_FAULTS_H
#define BELL_SIM_FAULTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "sim/latency.h"

struct bell_pci_function;
struct sim;
struct sim_command;
struct sim_sq;

#define SIM_FAULT_NONE     UINT32_MAX
#define SIM_FAULT_DEFERRED 64u

/* Effects that the one who drives a fabric's device carries out. */
#define BELL_FAULT_PDU                                                                                                 \
    (BELL_FAULT_PDU_DROP | BELL_FAULT_PDU_HEADER_DIGEST | BELL_FAULT_PDU_DATA_DIGEST | BELL_FAULT_PDU_MALFORMED |      \
     BELL_FAULT_PDU_DISCONNECT)

struct sim_fault {
    bell_fault_rule rule; /* never changes; its enabled, matched and hits are those below */
    _Atomic uint32_t enabled;
    _Atomic uint64_t matched;
    _Atomic uint64_t hits;

    /* device thread */
    bool in_force;
    uint64_t due_ns; /* of a rule on time; UINT64_MAX: it is over */
};

struct sim_fault_plan {
    uint64_t seed;
    uint64_t device_random; /* one generator for each side, so that both are reproducible */
    uint64_t host_random;
    uint32_t count;
    struct sim_fault faults[];
};

/* A change of CSTS that a rule holds back. */
struct sim_fault_hold {
    bool active;
    uint32_t rule;
    uint64_t until_ns; /* UINT64_MAX: for ever */
};

/* A command that completes later by itself, and the rule for its completion. */
struct sim_fault_deferred {
    uint16_t sqid;
    uint16_t cid;
    uint32_t rule;
};

struct sim_faults {
    pthread_mutex_t lock;
    struct sim_fault_plan *plan; /* changed by the device thread, while the one that holds the lock waits for it */
    _Atomic(struct sim_fault_plan *) next; /* the device thread takes it, once */
    _Atomic bool on;
    _Atomic uint32_t registers; /* there are rules on register reads in force */

    /* ---- device thread ---- */
    uint32_t armed;                 /* the plan has rules and is switched on */
    struct sim_fault_hold ready[4]; /* by BELL_FAULT_ON_ENABLE, _DISABLE, _SHUTDOWN */
    struct sim_fault_hold stall;    /* stalled or hung */
    struct sim_fault_hold gone;
    bool hung;
    uint32_t held_events; /* of the host, while hung */
    uint32_t coming;      /* rule of a reset or removal that the next turn carries out */
    uint32_t deferred_count;
    struct sim_fault_deferred deferred[SIM_FAULT_DEFERRED];
};

/* ---- host threads --------------------------------------------------------------------------------------------------
 */

int sim_faults_init(struct sim *sim, const char *text);
void sim_faults_destroy(struct sim *sim);

/* sim_faults_set, _get, _switch - as bell_sim_faults_... of doorbell.h. */
int sim_faults_set(struct bell_pci_function *fn, const char *text);
int sim_faults_get(struct bell_pci_function *fn, uint64_t *seed, uint32_t *on, bell_fault_rule *out, uint32_t max);
int sim_faults_switch(struct bell_pci_function *fn, uint32_t rule, uint32_t on);

/* sim_faults_register - a register is read: wait as long as a rule says. No lock may be held. */
void sim_faults_register(struct sim *sim, uint64_t offset);

/* sim_faults_register_delay - the same without waiting: how long. */
uint64_t sim_faults_register_delay(struct sim *sim, uint64_t offset);

/* ---- device thread ------------------------------------------------------------------------------------------------
 */

/* sim_faults_command - execute a fetched command, and end it, as the plan wants it. */
void sim_faults_command(struct sim_command *command);

/* sim_faults_deferred - a command that was deferred ends: what its rule says about its completion goes into due. */
void sim_faults_deferred(struct sim *sim, struct sim_due *due);

/* sim_faults_post - a completion that a rule changes; there is room for one. */
void sim_faults_post(struct sim *sim, const struct sim_sq *sq, const struct sim_due *due);

/* sim_faults_holds - whether the change of CSTS has to wait, or never comes. */
bool sim_faults_holds(struct sim *sim, uint32_t trigger);

/* sim_faults_keep - of the events of host threads, those that the controller sees now; the others come when the hang is
 * over. */
uint32_t sim_faults_keep(struct sim *sim, uint32_t events);

/* sim_faults_follow - take over what host threads asked for. */
void sim_faults_follow(struct sim *sim);

/* sim_faults_befall - carry out the removal or reset that a command set off. */
void sim_faults_befall(struct sim *sim);

/* sim_faults_reset - a reset of the controller ends what a reset ends. */
void sim_faults_reset(struct sim *sim);

/* sim_faults_run - what happens at a time. Return: the next such time, UINT64_MAX if there is none. */
uint64_t sim_faults_run(struct sim *sim, uint64_t now);

/* ---- between the files of the plan --------------------------------------------------------------------------------
 */

/* sim_fault_applies - count what met the conditions of a rule, and tell whether the rule applies to it. */
bool sim_fault_applies(struct sim_fault *fault, uint64_t *random);

/* sim_fault_for_command, _for_trigger - the first rule that applies. Return: its number, or SIM_FAULT_NONE. */
uint32_t sim_fault_for_command(struct sim *sim, const struct sim_command *command);
uint32_t sim_fault_for_trigger(struct sim *sim, uint32_t trigger);

/* sim_fault_data_bytes - bytes that a command moves, to the host or from it; 0 where that is not known here. */
uint64_t sim_fault_data_bytes(struct sim *sim, const struct sim_command *command, bool *to_host);

/* sim_fault_random - from low to high, both included. */
uint64_t sim_fault_random(uint64_t *random, uint64_t low, uint64_t high);

/* sim_fault_disaster - a fatal status, stall, hang, removal or reset, as the rule says. */
void sim_fault_disaster(struct sim *sim, uint32_t number);

/* sim_fault_event - the asynchronous event of a rule. */
void sim_fault_event(struct sim *sim, const bell_fault_rule *rule);

#endif
