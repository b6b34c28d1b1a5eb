/* SPDX-License-Identifier: Apache-2.0 */
/* Where random I/Os go among the places of their region, other than everywhere alike. */
#ifndef BELL_IOWORKER_DISTRIBUTION_H
#define BELL_IOWORKER_DISTRIBUTION_H

#include <stdint.h>

#include "doorbell.h"
#include "ioworker/alias.h"

struct bell_distribution {
    uint32_t kind; /* BELL_DISTRIBUTION_... */
    double a;
    double b;
    struct bell_alias sections;
    /* Zipf: constants for `places`, which is nearly always the same. */
    uint64_t places;
    double h_first, h_last, shortcut;
};

/** bell_distribution_init - -EINVAL names the parameter that makes no sense. */
int bell_distribution_init(struct bell_distribution *distribution, const bell_workload_config *config);

/** bell_distribution_take - a place, 0..places-1; places is 1 or more. */
uint64_t bell_distribution_take(struct bell_distribution *distribution, uint64_t random[4], uint64_t places);

/** bell_place_scatter - another place for each place: neighbours come to lie far from each other. */
uint64_t bell_place_scatter(uint64_t place, uint64_t places);

#endif
