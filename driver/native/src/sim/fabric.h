/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated SSD behind a fabric instead of PCIe: no thread of its own, no interrupts, and queues in memory of the
 * one who drives it. A target that receives commands puts them into a queue pair here, lets the device run, and takes
 * the completions out, all in one thread; what the device does, fault plan included, is what it does on PCIe.
 *
 * Threads: one, from open to close, for everything here.
 */
#ifndef BELL_SIM_FABRIC_H
#define BELL_SIM_FABRIC_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "spec/nvme.h"

struct sim;
struct sim_command;
struct sim_options;

/* What the device says of itself on a fabric, and whom it tells of rules for what goes over the wire. */
struct sim_fabric {
    char subnqn[256];
    uint32_t capsule_data; /* in-capsule data bytes of I/O queues */
    uint32_t most_entries; /* of a queue, whatever the device's options say */
    uint64_t most_bytes;   /* of a transfer, likewise */
    uint32_t kato_ms;      /* of Connect: in force from each enable on, as is hostid */
    uint8_t hostid[16];
    /* The next completion of this queue, at this place of its ring, is one that a rule with wire effects applies to. */
    void (*mark)(void *context, uint32_t qid, uint32_t place, const bell_fault_rule *rule);
    void *context;
};

/* One queue pair, the host's side of it. Its memory is the device's to reach until sim_fabric_queue_close. */
struct sim_fabric_queue {
    uint32_t qid;
    uint32_t sq_entries;
    uint32_t cq_entries;
    uint32_t tail;     /* where the next command goes */
    uint32_t head;     /* of completions not yet taken */
    uint32_t skipped;  /* commands that took no place in the ring, but count in SQHD */
    uint32_t consumed; /* commands of the host so far, modulo sq_entries */
    struct nvme_sqe *sq;
    struct nvme_cqe *cq;
    uint64_t iova;
    uint64_t bytes;
};

/* sim_fabric_open - as bell_sim_open, without a thread. *fabric belongs to the caller and outlives the device. */
int sim_fabric_open(const char *options, struct sim_fabric *fabric, struct sim **out);
void sim_fabric_close(struct sim *sim);

/* sim_fabric_run - let the device do all that it can do now. Return: when it has something to do by itself,
 * UINT64_MAX: not before somebody asks. */
uint64_t sim_fabric_run(struct sim *sim);

/* sim_fabric_renew - as after power-on: registers, queues, features. What is on the disk stays. */
void sim_fabric_renew(struct sim *sim);

/* What a target asks of the controller. gone: a rule has removed it. */
bool sim_fabric_gone(const struct sim *sim);
bool sim_fabric_enabled(const struct sim *sim);
bool sim_fabric_expired(const struct sim *sim); /* the keep alive timer has */

/* sim_fabric_property_get - of 4 or 8 bytes. *delay_ns: how long a rule of the fault plan holds the answer back.
 * Return: false for a property that is not there. */
bool sim_fabric_property_get(struct sim *sim, uint32_t offset, uint32_t width, uint64_t *value, uint64_t *delay_ns);
bool sim_fabric_property_set(struct sim *sim, uint32_t offset, uint32_t width, uint64_t value);

uint32_t sim_fabric_max_entries(const struct sim *sim); /* of a queue */
uint32_t sim_fabric_max_queues(const struct sim *sim);  /* I/O queues */
uint64_t sim_fabric_max_transfer(const struct sim *sim);

/* sim_fabric_memory, _memory_free - memory that the device reaches: its iova is what a command's PRP names. */
int sim_fabric_memory(struct sim *sim, uint64_t bytes, void **vaddr, uint64_t *iova);
void sim_fabric_memory_free(struct sim *sim, void *vaddr, uint64_t iova, uint64_t bytes);

/*
 * sim_fabric_queue_open - make the memory of a queue pair of so many entries. Queue 0 comes to life when
 * the controller is enabled; sim_fabric_queue_start then tells where the host's pointers stand. For an I/O queue it is
 * what creates it.
 */
int sim_fabric_queue_open(struct sim *sim, struct sim_fabric_queue *queue, uint32_t qid, uint32_t entries);
void sim_fabric_queue_start(struct sim *sim, struct sim_fabric_queue *queue, uint32_t priority);
void sim_fabric_queue_close(struct sim *sim, struct sim_fabric_queue *queue);

/* sim_fabric_put - a command; false: the ring is full. sim_fabric_ring: the device may fetch what was put. */
bool sim_fabric_put(struct sim_fabric_queue *queue, const struct sim *sim, const struct nvme_sqe *sqe);
void sim_fabric_ring(struct sim *sim, struct sim_fabric_queue *queue);

/* sim_fabric_skip - a command that the target answers itself moves SQHD, too. Return: SQHD for its completion. */
uint16_t sim_fabric_skip(struct sim *sim, struct sim_fabric_queue *queue);

/* sim_fabric_take - the next completion, and its place in the ring; false: there is none. */
bool sim_fabric_take(struct sim *sim, struct sim_fabric_queue *queue, struct nvme_cqe *cqe, uint32_t *place);

/* sim_fabric_transfer_bytes - what a read, write or compare moves, metadata included; 0: no such namespace. */
uint64_t sim_fabric_transfer_bytes(struct sim *sim, const struct nvme_sqe *sqe);

/* sim_fabric_rule - the first rule of the fault plan that applies to a command that the target answers itself; NULL:
 * none. */
const bell_fault_rule *sim_fabric_rule(struct sim *sim, uint32_t qid, const struct nvme_sqe *sqe);

/* sim_fabric_random - of the fault plan's generator, from low to high. */
uint64_t sim_fabric_random(struct sim *sim, uint64_t low, uint64_t high);

/* sim_fabric_limit - options that no fabric's device goes beyond. sim_fabric_enable: the controller is being enabled.
 */
void sim_fabric_limit(const struct sim_fabric *fabric, struct sim_options *options);
void sim_fabric_enable(struct sim *sim);

/* sim_fabric_forbidden - commands and features that NVMe over Fabrics has no place for. */
bool sim_fabric_forbidden(const struct sim_command *command);

#endif
