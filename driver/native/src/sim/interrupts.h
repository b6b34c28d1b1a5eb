/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MSI-X: the table and the pending bits in BAR0, and messages as memory writes.
 *
 * The device thread raises; any thread masks, unmasks and programs. A vector that is masked keeps its event in the
 * pending bit, and unmasking sends it.
 */
#ifndef BELL_SIM_INTERRUPTS_H
#define BELL_SIM_INTERRUPTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/iommu.h"

#define SIM_MAX_VECTORS 129u

struct sim_vector {
    _Atomic uint32_t address_low;
    _Atomic uint32_t address_high;
    _Atomic uint32_t data;
    _Atomic uint32_t control;
    _Atomic int eventfd;      /* where another process wants its events; -1: the table above counts */
    _Atomic uint32_t fd_mask; /* it has masked them */
    /* coalescing, device thread only (Base 2.0c 5.27.1.6) */
    uint32_t waiting;
    uint64_t deadline_ns;
    bool coalescing_off;
};

struct sim_interrupts {
    struct sim_iommu *iommu;
    uint32_t count;
    _Atomic uint32_t enabled; /* MSI-X Enable and bus mastering */
    _Atomic uint32_t masked;  /* Function Mask */
    _Atomic uint64_t pending[3];
    struct sim_vector vector[SIM_MAX_VECTORS];

    /* device thread only */
    uint32_t threshold; /* entries to collect; 0 or 1: none */
    uint64_t aggregation_ns;
    uint32_t held; /* vectors with waiting entries */
};

void sim_interrupts_reset(struct sim_interrupts *irq);

/*
 * sim_interrupts_gate, _table_write - any thread but the device's, without sim->lock: sending may wait for the IOMMU's
 * lock. The gate follows MSI-X Enable, Function Mask and bus mastering, and sends what became possible.
 */
void sim_interrupts_gate(struct sim_interrupts *irq, bool enabled, bool masked);

void sim_interrupts_table_write(struct sim_interrupts *irq, uint32_t offset, uint32_t value);
uint32_t sim_interrupts_table_read(const struct sim_interrupts *irq, uint32_t offset);
uint32_t sim_interrupts_pba_read(const struct sim_interrupts *irq, uint32_t offset);

/*
 * For a function that is lent (lend.h); any thread but the device's. sim_interrupts_eventfd: -1 for none; returns the
 * former one, which the device thread may still write to in its present turn. sim_interrupts_mask holds events back, or
 * lets them come. sim_interrupts_trigger: one event, as if the device had raised it.
 */
int sim_interrupts_eventfd(struct sim_interrupts *irq, uint32_t vector, int eventfd);
void sim_interrupts_mask(struct sim_interrupts *irq, uint32_t vector, bool mask);
void sim_interrupts_trigger(struct sim_interrupts *irq, uint32_t vector);

/* sim_interrupts_raise - entries were posted to a completion queue of this vector. */
void sim_interrupts_raise(struct sim_interrupts *irq, uint32_t vector, uint32_t entries, bool admin);

/* sim_interrupts_run - send coalesced interrupts whose time is over. Return: when to come back, UINT64_MAX if never. */
uint64_t sim_interrupts_run(struct sim_interrupts *irq, uint64_t now);

#endif
