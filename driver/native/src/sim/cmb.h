/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The controller memory buffer, NVMe Base 2.0c 8.5: memory of the device in BAR2, which commands may name as they name
 * the host's, under addresses that the host chooses (CMBMSC.CBA).
 *
 * Host threads own `memory`'s contents and, under sim->lock, `msc` and `invalid`; the device thread follows them.
 */
#ifndef BELL_SIM_CMB_H
#define BELL_SIM_CMB_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

#define SIM_CMB_BAR 2u

struct sim_cmb {
    uint64_t bytes; /* 0: there is none */
    uint8_t *memory;
    int fd; /* the same memory, for other processes; -1: none */
    uint64_t msc;
    bool invalid; /* CMBSTS.CBAI */
};

/* sim_cmb_init - memory of this size; 0: none. */
int sim_cmb_init(struct sim *sim, uint64_t bytes);
void sim_cmb_destroy(struct sim *sim);

/* sim_cmb_read, sim_cmb_write - CMBLOC, CMBSZ, CMBMSC and CMBSTS, with sim->lock held. */
uint32_t sim_cmb_read(const struct sim *sim, uint64_t offset);
void sim_cmb_write(struct sim *sim, uint64_t offset, uint32_t value);

/* sim_cmb_reset - device thread, with sim->lock held: the address space is off. */
void sim_cmb_reset(struct sim *sim);

/* sim_cmb_follow - device thread: do as CMBMSC says now. */
void sim_cmb_follow(struct sim *sim);

/* sim_cmb_power_on - nothing of what was in it is left. */
void sim_cmb_power_on(struct sim *sim);

/* sim_cmb_bar_read, sim_cmb_bar_write - the memory as BAR2 shows it; the offset is aligned to the width of 4 or 8. */
uint64_t sim_cmb_bar_read(const struct sim *sim, uint64_t offset, uint32_t width);
void sim_cmb_bar_write(struct sim *sim, uint64_t offset, uint32_t width, uint64_t value);

#endif
