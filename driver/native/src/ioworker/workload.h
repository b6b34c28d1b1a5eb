/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream of I/Os that a worker sends: a function of its configuration and seed alone.
 *
 * Each I/O is drawn on its own: its operation by weight, then its place, which a flush has none of: size by weight,
 * then random or sequential.
 *  - A random I/O lies inside the region, at a multiple of its alignment, or of its own size from the region's start.
 *  - Sequential I/Os follow each other from the region's start, or by steps. The last one before the end is cut to what
 *    is left, so that a pass touches every LBA; then they start over. Random I/Os do not move their position.
 *
 * One size, places alike and no steps is the plain case, which is inlined.
 */
#ifndef BELL_IOWORKER_WORKLOAD_H
#define BELL_IOWORKER_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "ioworker/alias.h"
#include "ioworker/distribution.h"
#include "ioworker/random.h"
#include "support/atomics.h"

/* bell_workload_config.pattern */
enum { BELL_PATTERN_ZEROS = 0, BELL_PATTERN_ONES = 1, BELL_PATTERN_DWORD = 2, BELL_PATTERN_RANDOM = 3 };

enum { BELL_IO_LBAS_MAX = 65536 };

struct bell_io {
    uint64_t lba;
    uint32_t lbas; /* 1..65536 */
    uint32_t op;
};

/* A size, or a range of sizes. */
struct bell_io_size {
    uint32_t lbas;
    uint32_t step;
    uint32_t count; /* sizes in the range */
    uint32_t align; /* 0: none */
    uint64_t base;  /* the first aligned LBA */
};

struct bell_workload {
    uint64_t random[4];
    uint64_t start;
    uint64_t end;
    uint64_t position; /* of the next sequential I/O */
    uint64_t wraps;    /* passes that are complete */
    uint64_t places;   /* plain: random places */
    uint32_t lbas;     /* plain: the one size */
    uint32_t random_percent;
    bool plain;
    bool stepped;
    bool placeless[BELL_WORKLOAD_OPS]; /* operations without LBAs */
    uint32_t op_count;
    uint32_t size_count;
    int64_t step;
    struct bell_alias ops;
    struct bell_alias size_choice;
    struct bell_io_size sizes[BELL_WORKLOAD_SIZES];
    struct bell_distribution distribution;
};

/** bell_workload_of - the short form of a configuration in the long one. */
void bell_workload_of(const bell_worker_config *config, bell_workload_config *out);

/** bell_workload_init - -EINVAL names the parameter that makes no sense. */
int bell_workload_init(struct bell_workload *workload, const bell_workload_config *config);

/** bell_workload_largest - LBAs of the largest I/O. */
uint32_t bell_workload_largest(const bell_workload_config *config);

/* A place in any case. */
void bell_workload_place_rich(struct bell_workload *workload, struct bell_io *io);

/** bell_workload_place - draw where an I/O goes and how large it is. */
static inline void bell_workload_place(struct bell_workload *workload, struct bell_io *io)
{
    if (BELL_UNLIKELY(!workload->plain)) {
        bell_workload_place_rich(workload, io);
        return;
    }
    io->lbas = workload->lbas;
    if (bell_random_percent(workload->random, workload->random_percent)) {
        io->lba = workload->start + bell_random_below(workload->random, workload->places) * io->lbas;
    } else {
        uint64_t left = workload->end - workload->position;

        io->lba = workload->position;
        if (BELL_UNLIKELY(io->lbas >= left)) {
            io->lbas = (uint32_t)left;
            workload->position = workload->start;
            workload->wraps++;
        } else {
            workload->position += io->lbas;
        }
    }
}

/** bell_workload_next - draw the next I/O. */
static inline void bell_workload_next(struct bell_workload *workload, struct bell_io *io)
{
    uint32_t op = workload->op_count == 1 ? 0 : bell_alias_take(&workload->ops, bell_random_next(workload->random));

    io->op = op;
    if (BELL_UNLIKELY(workload->placeless[op])) {
        io->lba = 0;
        io->lbas = 0;
        return;
    }
    bell_workload_place(workload, io);
}

#endif
