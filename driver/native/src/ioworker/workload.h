/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream of I/Os that a worker sends: a function of its configuration and seed alone.
 *
 * Each I/O is drawn on its own: its size by weight, then random or sequential, then read or write.
 *  - A random I/O lies inside the region, at a multiple of its own size from the region's start, every place equally
 * likely.
 *  - Sequential I/Os follow each other from the region's start. The last one before the end is cut to what is left, so
 * that a pass touches every LBA; then they start over. Random I/Os do not move their position.
 */
#ifndef BELL_IOWORKER_WORKLOAD_H
#define BELL_IOWORKER_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

/* bell_worker_config.pattern */
enum { BELL_PATTERN_ZEROS = 0, BELL_PATTERN_ONES = 1, BELL_PATTERN_DWORD = 2, BELL_PATTERN_RANDOM = 3 };

struct bell_io {
    uint64_t lba;
    uint32_t lbas; /* 1..65536 */
    bool write;
};

struct bell_workload {
    uint64_t random[4]; /* xoshiro256** */
    uint64_t start;
    uint64_t end;
    uint64_t position; /* of the next sequential I/O */
    uint32_t random_percent;
    uint32_t read_percent;
    uint32_t size_count;
    uint32_t sizes[BELL_WORKER_MAX_SIZES];
    uint64_t places[BELL_WORKER_MAX_SIZES];  /* random places for an I/O of that size */
    uint64_t weights[BELL_WORKER_MAX_SIZES]; /* running totals */
};

/** bell_workload_init - -EINVAL names the parameter that makes no sense. */
int bell_workload_init(struct bell_workload *workload, const bell_worker_config *config);

static inline uint64_t bell_random_next(uint64_t state[4])
{
    uint64_t scrambled = state[1] * 5;
    uint64_t shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = state[3] << 45 | state[3] >> 19;
    return (scrambled << 7 | scrambled >> 57) * 9;
}

/* 0..bound-1. The high half of the product: over 64 bits the bias is beyond measuring. */
static inline uint64_t bell_random_below(uint64_t state[4], uint64_t bound)
{
    return (uint64_t)((unsigned __int128)bell_random_next(state) * bound >> 64);
}

static inline bool bell_random_percent(uint64_t state[4], uint32_t percent)
{
    if (percent == 0 || percent == 100)
        return percent == 100;
    return bell_random_below(state, 100) < percent;
}

static inline uint32_t bell_workload_size(struct bell_workload *workload)
{
    uint32_t index = 0;

    if (workload->size_count > 1) {
        uint64_t drawn = bell_random_below(workload->random, workload->weights[workload->size_count - 1]);
        while (drawn >= workload->weights[index])
            index++;
    }
    return index;
}

static inline void bell_workload_next(struct bell_workload *workload, struct bell_io *io)
{
    uint32_t index = bell_workload_size(workload);

    io->lbas = workload->sizes[index];
    if (bell_random_percent(workload->random, workload->random_percent)) {
        io->lba = workload->start + bell_random_below(workload->random, workload->places[index]) * io->lbas;
    } else {
        uint64_t left = workload->end - workload->position;

        io->lba = workload->position;
        if (io->lbas >= left) {
            io->lbas = (uint32_t)left;
            workload->position = workload->start;
        } else {
            workload->position += io->lbas;
        }
    }
    io->write = !bell_random_percent(workload->random, workload->read_percent);
}

#endif
