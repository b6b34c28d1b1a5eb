/* SPDX-License-Identifier: Apache-2.0 */
#include "ioworker/distribution.h"

#include <errno.h>
#include <math.h>

#include "ioworker/random.h"
#include "support/error.h"

/* A prime near 2^64 divided by the golden ratio: it has no divisor in common with any smaller number of places, so that
 * multiplying by it is a permutation, and one that spreads well. */
#define SCATTER UINT64_C(0x9e3779b97f4a7c55)

#define MILLIONTHS 1e-6
/* A bell far outside the region hits it too seldom to wait for. */
enum { TRIES_MAX = 1000 };

int bell_distribution_init(struct bell_distribution *distribution, const bell_workload_config *config)
{
    uint64_t shares = 0;

    distribution->kind = config->distribution;
    distribution->a = (double)config->distribution_a * MILLIONTHS;
    distribution->b = (double)config->distribution_b * MILLIONTHS;
    distribution->places = 0;
    switch (config->distribution) {
    case BELL_DISTRIBUTION_UNIFORM:
        return 0;
    case BELL_DISTRIBUTION_SECTIONS:
        for (uint32_t i = 0; i < BELL_WORKLOAD_SECTIONS; i++)
            shares += config->sections[i];
        if (shares == 0)
            return bell_error_set(-EINVAL, "sections: all are 0; at least one needs a share");
        bell_alias_init(&distribution->sections, config->sections, BELL_WORKLOAD_SECTIONS);
        return 0;
    case BELL_DISTRIBUTION_ZIPF:
        return distribution->a > 0 && distribution->a < 10
                   ? 0
                   : bell_error_set(-EINVAL, "zipf %g: theta must be above 0 and below 10", distribution->a);
    case BELL_DISTRIBUTION_PARETO:
        return distribution->a > 0 && distribution->a < 1
                   ? 0
                   : bell_error_set(-EINVAL, "pareto %g: h must be above 0 and below 1", distribution->a);
    case BELL_DISTRIBUTION_NORMAL:
        if (distribution->a > 1)
            return bell_error_set(-EINVAL, "normal: the centre %g must lie in the region, 0 to 1", distribution->a);
        return distribution->b > 0
                   ? 0
                   : bell_error_set(-EINVAL, "normal: the standard deviation %g must be above 0", distribution->b);
    default:
        return bell_error_set(-EINVAL, "distribution %u: must be 0 uniform, 1 sections, 2 zipf, 3 pareto or 4 normal",
                              config->distribution);
    }
}

uint64_t bell_place_scatter(uint64_t place, uint64_t places)
{
    return (uint64_t)((unsigned __int128)place * SCATTER % places);
}

/* The first place of section number `section` of 100. */
static uint64_t section_start(uint64_t places, uint32_t section)
{
    return (uint64_t)((unsigned __int128)places * section / BELL_WORKLOAD_SECTIONS);
}

static uint64_t sections_take(const struct bell_distribution *d, uint64_t random[4], uint64_t places)
{
    uint32_t section = bell_alias_take(&d->sections, bell_random_next(random));
    uint64_t start = section_start(places, section);
    uint64_t end = section_start(places, section + 1);

    return end == start ? start : start + bell_random_below(random, end - start);
}

/* The integral of x^-a, and its inverse; a = 1 is the logarithm. */
static double zipf_integral(double a, double x)
{
    return a == 1 ? log(x) : (pow(x, 1 - a) - 1) / (1 - a);
}

static double zipf_inverse(double a, double y)
{
    if (a == 1)
        return exp(y);
    double base = 1 + y * (1 - a);
    return pow(base > 0 ? base : 0, 1 / (1 - a));
}

/*
 * Rejection-inversion (Hörmann and Derflinger, 1996): invert the integral of the hat, and take the whole number that it
 * is nearest to; it is turned down rarely. Needs no table, so that it does for 2^40 places too.
 */
static uint64_t zipf_take(struct bell_distribution *d, uint64_t random[4], uint64_t places)
{
    const double a = d->a;

    if (d->places != places) {
        d->places = places;
        d->h_first = zipf_integral(a, 1.5) - 1;
        d->h_last = zipf_integral(a, (double)places + 0.5);
        d->shortcut = 2 - zipf_inverse(a, zipf_integral(a, 2.5) - pow(2, -a));
    }
    for (;;) {
        double y = d->h_last + bell_random_unit(random) * (d->h_first - d->h_last);
        double x = zipf_inverse(a, y);
        double k = floor(x + 0.5);

        if (k < 1)
            k = 1;
        else if (k > (double)places)
            k = (double)places;
        if (k - x <= d->shortcut || y >= zipf_integral(a, k + 0.5) - pow(k, -a)) {
            uint64_t place = (uint64_t)k - 1;
            return bell_place_scatter(place < places ? place : places - 1, places);
        }
    }
}

static uint64_t pareto_take(const struct bell_distribution *d, uint64_t random[4], uint64_t places)
{
    double share = pow(bell_random_unit(random), log(d->a) / log(1 - d->a));
    uint64_t place = (uint64_t)(share * (double)places);

    return bell_place_scatter(place < places ? place : places - 1, places);
}

static uint64_t normal_take(const struct bell_distribution *d, uint64_t random[4], uint64_t places)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        /* Box and Muller; the unit is never 0 in the logarithm. */
        double radius = sqrt(-2 * log(1 - bell_random_unit(random)));
        double at = d->a + d->b * radius * cos(2 * M_PI * bell_random_unit(random));

        if (at >= 0 && at < 1) {
            uint64_t place = (uint64_t)(at * (double)places);
            return place < places ? place : places - 1;
        }
    }
    return bell_random_below(random, places);
}

uint64_t bell_distribution_take(struct bell_distribution *distribution, uint64_t random[4], uint64_t places)
{
    switch (distribution->kind) {
    case BELL_DISTRIBUTION_SECTIONS:
        return sections_take(distribution, random, places);
    case BELL_DISTRIBUTION_ZIPF:
        return zipf_take(distribution, random, places);
    case BELL_DISTRIBUTION_PARETO:
        return pareto_take(distribution, random, places);
    case BELL_DISTRIBUTION_NORMAL:
        return normal_take(distribution, random, places);
    default:
        return bell_random_below(random, places);
    }
}
