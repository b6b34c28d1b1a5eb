/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing the table of regions: what allocation (iommu.c) and lent memory (iommu_map.c) share. The lock is held. */
#ifndef BELL_SIM_IOMMU_TABLE_H
#define BELL_SIM_IOMMU_TABLE_H

#include "sim/iommu.h"

/* sim_table_new - NULL without memory. */
struct sim_region_table *sim_table_new(uint32_t count, uint64_t generation);

/* sim_table_publish - from its next turn on, or its next miss, the device uses this table. */
void sim_table_publish(struct sim_iommu *iommu, struct sim_region_table *table);

/* sim_table_settle - wait until the device thread cannot hold a pointer from an older table. */
void sim_table_settle(struct sim_iommu *iommu);

#endif
