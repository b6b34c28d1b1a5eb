/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)
#define TIB (GIB * KIB)

const struct sim_unit sim_plain_units[] = {{"", 1}, {NULL, 0}};
const struct sim_unit sim_size_units[] = {{"", 1},
                                          {"B", 1},
                                          {"K", KIB},
                                          {"KiB", KIB},
                                          {"M", MIB},
                                          {"MiB", MIB},
                                          {"G", GIB},
                                          {"GiB", GIB},
                                          {"T", TIB},
                                          {"TiB", TIB},
                                          {"kB", 1000},
                                          {"MB", 1000000},
                                          {"GB", 1000000000},
                                          {"TB", UINT64_C(1000000000000)},
                                          {NULL, 0}};
const struct sim_unit sim_time_units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};

bool sim_quantity_parse(const char *text, const struct sim_unit *units, uint64_t *out)
{
    char *end;
    int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    uint64_t value = strtoull(text, &end, base);
    if (errno != 0)
        return false;
    for (const struct sim_unit *unit = units; unit->suffix != NULL; unit++)
        if (strcmp(end, unit->suffix) == 0)
            return !__builtin_mul_overflow(value, unit->factor, out);
    return false;
}
