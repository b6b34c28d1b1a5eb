/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON text in VFIO_USER_VERSION by which each side says what it can take. */
#ifndef BELL_VFIOUSER_CAPABILITIES_H
#define BELL_VFIOUSER_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bell_vu_capabilities {
    uint64_t max_msg_fds;
    uint64_t max_data_xfer_size;
    uint64_t max_dma_maps;
    uint64_t pgsizes;
    bool max_dma_maps_stated; /* false: it is the protocol's default, which not every server lives up to */
};

/*
 * bell_vu_capabilities_parse - read what the peer sent, bytes long, terminated by NUL or not. What it does not state
 * has the protocol's default; names that are not known are skipped. Return: 0, or -EPROTO with the error text set where
 * it is no JSON object or a value has the wrong type or range; *out then has the defaults.
 */
int bell_vu_capabilities_parse(const char *text, size_t bytes, struct bell_vu_capabilities *out);

/* bell_vu_capabilities_text - what this program states, as JSON. */
const char *bell_vu_capabilities_text(void);

#endif
