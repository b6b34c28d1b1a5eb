/* SPDX-License-Identifier: Apache-2.0 */
/* Feature values, NVMe Base 2.0c 5.27. Saved ones are in struct sim_state. Device thread only. */
#ifndef BELL_SIM_FEATURES_H
#define BELL_SIM_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/options.h"
#include "spec/nvme.h"

struct sim;

#define SIM_SENSORS    3u /* composite and two */
#define SIM_LBA_RANGES 64u

struct sim_features {
    uint32_t value[256];                /* by feature id, where one dword says all */
    uint32_t threshold[SIM_SENSORS][2]; /* by sensor; over, under; kelvin */
    uint32_t error_recovery[SIM_MAX_NAMESPACES];
    struct nvme_lba_range range[SIM_MAX_NAMESPACES][SIM_LBA_RANGES];
    uint32_t ranges[SIM_MAX_NAMESPACES]; /* 0's based */
    uint8_t host_id[16];
    bool host_id_extended;                         /* it has 128 bits */
    uint32_t reservation_mask[SIM_MAX_NAMESPACES]; /* bit by type of notification */
    uint8_t host_behavior[512];
    uint64_t timestamp_ms; /* at timestamp_set_ns */
    uint64_t timestamp_set_ns;
    uint8_t timestamp_origin; /* 0: reset, 1: the host */
    uint64_t keep_alive_ns;   /* deadline, UINT64_MAX: none */
};

/* sim_features_reset - current values after a reset: saved, else default. */
void sim_features_reset(struct sim *sim);
void sim_features_namespace_gone(struct sim *sim, uint32_t slot);

/* sim_features_apply - make the device act by its feature values. */
void sim_features_apply(struct sim *sim);

/* sim_features_extended_formats - whether the host has said that it knows them, NVM 1.0c 4.1.3.4. */
bool sim_features_extended_formats(const struct sim *sim);

/* sim_feature_known - true for an implemented feature; its capabilities as SEL 3 reports them. */
bool sim_feature_known(uint8_t fid, uint32_t *capabilities);

/* sim_timestamp - milliseconds since 1970 as the host set them, or since the reset. */
uint64_t sim_timestamp(const struct sim *sim);

#endif
