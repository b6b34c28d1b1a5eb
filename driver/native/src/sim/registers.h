/* SPDX-License-Identifier: Apache-2.0 */
/* BAR0 as the host sees it: controller registers, doorbells, MSI-X. */
#ifndef BELL_SIM_REGISTERS_H
#define BELL_SIM_REGISTERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sim;

struct sim_registers {
    uint64_t cap;
    uint32_t crto;
    _Atomic uint32_t cc;
    _Atomic uint32_t csts;
    uint32_t intm; /* interrupt mask, for pins */
    uint32_t aqa;
    uint64_t asq;
    uint64_t acq;
};

void sim_registers_init(struct sim *sim);

/* sim_registers_reset - with sim->lock held. all: AQA, ASQ, ACQ and CC too, which a reset by CC.EN leaves alone. */
void sim_registers_reset(struct sim *sim, bool all);

/* Any thread. The offset is in BAR0 and aligned to the width of 4 or 8 bytes. */
uint64_t sim_bar_read(struct sim *sim, uint64_t offset, uint32_t width);
void sim_bar_write(struct sim *sim, uint64_t offset, uint32_t width, uint64_t value);

#endif
