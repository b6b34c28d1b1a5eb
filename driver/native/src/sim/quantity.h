/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units, as options and fault plans write them. */
#ifndef BELL_SIM_QUANTITY_H
#define BELL_SIM_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

struct sim_unit {
    const char *suffix;
    uint64_t factor;
};

/* Tables end with a NULL suffix: no unit; bytes; nanoseconds, whose unit must be written. */
extern const struct sim_unit sim_plain_units[];
extern const struct sim_unit sim_size_units[];
extern const struct sim_unit sim_time_units[];

/* sim_quantity_parse - a whole number, decimal or (without a unit) 0x, with a unit. Return: false for anything else. */
bool sim_quantity_parse(const char *text, const struct sim_unit *units, uint64_t *out);

#endif
