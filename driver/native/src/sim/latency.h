/* SPDX-License-Identifier: Apache-2.0 */
/* Completions that are due later: a heap by due time. Device thread only. */
#ifndef BELL_SIM_LATENCY_H
#define BELL_SIM_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

struct sim;
struct sim_command;

struct sim_due {
    uint64_t due_ns;
    uint64_t order; /* equal times complete in order of arrival */
    uint32_t dw0;
    uint32_t dw1;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status;
    uint16_t fault; /* 1 + the rule of the fault plan that changes the completion; 0: none */
};

struct sim_latency {
    bool active; /* an option sets a latency, or commands use the host memory buffer */
    uint64_t random;
    uint64_t order;
    struct sim_due *heap;
    uint32_t count;
    uint32_t capacity;
};

int sim_latency_init(struct sim *sim);

/* sim_latency_follow - the host memory buffer was enabled or disabled. */
void sim_latency_follow(struct sim *sim);
void sim_latency_destroy(struct sim *sim);

/* sim_latency_of - how long this command takes, jitter included. 0: it completes at once. */
uint64_t sim_latency_of(struct sim *sim, const struct sim_command *command);

/* sim_latency_full - true if a command had better complete at once. Some room is kept for completions that cannot. */
bool sim_latency_full(const struct sim *sim);

/* sim_latency_put - complete at due_ns. False if the heap is full. */
bool sim_latency_put(struct sim *sim, const struct sim_due *due);

/* sim_latency_run - complete what is due. Return: the next due time, UINT64_MAX if there is none. */
uint64_t sim_latency_run(struct sim *sim, uint64_t now);

/* sim_latency_take - remove a command (abort, queue deletion). cid < 0: any. Return: true if one was found. */
bool sim_latency_take(struct sim *sim, uint16_t sqid, int cid, struct sim_due *out);
void sim_latency_clear(struct sim *sim);

/* sim_latency_forget_faults - the rules that completions wait to be changed by are gone. */
void sim_latency_forget_faults(struct sim *sim);

#endif
