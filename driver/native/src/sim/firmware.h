/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware slots, NVMe Base 2.0c 5.12 and 5.13. Device thread only. */
#ifndef BELL_SIM_FIRMWARE_H
#define BELL_SIM_FIRMWARE_H

#include <stdint.h>

struct sim;

#define SIM_FW_PIECES 1024u /* of 4 KiB: the largest image */

/* A download in the making. */
struct sim_firmware {
    uint64_t have[SIM_FW_PIECES / 64];
    uint32_t pieces;
    uint32_t end; /* behind the last piece */
    char revision[8];
};

void sim_firmware_init(struct sim *sim);

/* sim_firmware_reset - a Controller Level Reset activates the image that waits for it and forgets a partial download.
 */
void sim_firmware_reset(struct sim *sim);

#endif
