/* SPDX-License-Identifier: Apache-2.0 */
/* Features that are more than one dword: with a data buffer, or with one value for each namespace, sensor or vector. */
#ifndef BELL_SIM_FEATURE_DATA_H
#define BELL_SIM_FEATURE_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/command.h"

/* sim_feature_data_owns - true if the two functions below must handle this feature. */
bool sim_feature_data_owns(uint8_t fid);

uint16_t sim_feature_data_set(struct sim_command *command, uint8_t fid);
uint16_t sim_feature_data_get(struct sim_command *command, uint8_t fid, uint32_t select);

void sim_feature_data_reset(struct sim *sim);

#endif
