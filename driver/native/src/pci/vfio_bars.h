/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BARs of a VFIO function: mapped where the kernel allows it, else accessed through its file.
 *
 * While the function does not answer (memory space off, D3hot, being taken away) the kernel turns an access to the
 * mapping into SIGBUS. So that no store of a doorbell and no read of a register can kill the program, the mapping is
 * replaced in place by ordinary memory for that time; reads then give all ones, as on a bus where nobody answers.
 *
 * Threads: reads and writes from any; bell_vfio_bars_away and _back by one at a time.
 */
#ifndef BELL_PCI_VFIO_BARS_H
#define BELL_PCI_VFIO_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BELL_VFIO_BARS = 6, BELL_VFIO_AREAS = 8 };

struct bell_vfio_area {
    uint64_t offset; /* in the BAR */
    uint64_t bytes;
    uint8_t *at;
};

struct bell_vfio_bar {
    uint64_t position; /* in the function's file */
    uint64_t bytes;    /* 0: not implemented */
    struct bell_vfio_area areas[BELL_VFIO_AREAS];
    size_t area_count;
};

struct bell_vfio_bars {
    int device;
    uint32_t away; /* 1: nobody answers */
    struct bell_vfio_bar bar[BELL_VFIO_BARS];
};

/* bell_vfio_bars_open - ask the kernel, reserve addresses. The BARs are away at first. */
int bell_vfio_bars_open(struct bell_vfio_bars *bars, int device);
void bell_vfio_bars_close(struct bell_vfio_bars *bars);

void bell_vfio_bars_away(struct bell_vfio_bars *bars);
/* bell_vfio_bars_back - the function answers again. Where the kernel refuses, they stay away. */
int bell_vfio_bars_back(struct bell_vfio_bars *bars);

/* The range is inside the BAR. Width 4 or 8. */
int bell_vfio_bars_read(struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value);
int bell_vfio_bars_write(struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value);

/* bell_vfio_bars_mapped - where an offset lies in memory, and how much of the mapping follows; NULL: it is trapped. */
volatile void *bell_vfio_bars_mapped(const struct bell_vfio_bars *bars, uint32_t bar, uint64_t offset, uint64_t *bytes);

#endif
