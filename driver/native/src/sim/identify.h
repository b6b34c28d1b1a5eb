/* SPDX-License-Identifier: Apache-2.0 */
/* What the controller says of itself. Device thread only. */
#ifndef BELL_SIM_IDENTIFY_H
#define BELL_SIM_IDENTIFY_H

#include <stddef.h>

#include "spec/nvme.h"

struct sim;

#define SIM_COPY_RANGE_BLOCKS 1024u
#define SIM_COPY_BLOCKS       8192u
#define SIM_COPY_RANGES       128u
#define SIM_ATOMIC_BLOCKS     256u /* of a fused compare and write */
#define SIM_POWER_STATES      5u
#define SIM_FW_GRANULARITY    4096u

/* sim_default_nqn - of the subsystem, as the serial number gives it. */
void sim_default_nqn(const struct sim *sim, char *out, size_t bytes);

void sim_identify_controller(const struct sim *sim, struct nvme_identify_controller *id);

#endif
