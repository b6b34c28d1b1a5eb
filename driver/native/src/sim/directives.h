/* SPDX-License-Identifier: Apache-2.0 */
/* Directives, NVMe Base 2.0c 8.7: Identify and Streams. Device thread only. */
#ifndef BELL_SIM_DIRECTIVES_H
#define BELL_SIM_DIRECTIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/command.h"
#include "sim/options.h"

struct sim_namespace;

#define SIM_STREAM_WRITE_BLOCKS 8u /* SWS: writes to a stream are best a multiple of these blocks */
#define SIM_STREAM_GRANULARITY  64u

struct sim_stream {
    uint64_t used; /* when it was written last, by sim_directives.clock; 0: closed */
    uint16_t id;
};

struct sim_directives {
    bool streams[SIM_MAX_NAMESPACES];       /* enabled */
    uint16_t allocated[SIM_MAX_NAMESPACES]; /* streams of this namespace alone */
    struct sim_stream open[SIM_MAX_NAMESPACES][SIM_MAX_STREAMS];
    uint64_t clock;
};

/* sim_directives_reset - nothing of them survives a Controller Level Reset. */
void sim_directives_reset(struct sim *sim);
void sim_directives_namespace_gone(struct sim *sim, uint32_t slot);

/* sim_directive_write - take notice of the directive of a write, or say why it has none. */
uint16_t sim_directive_write(struct sim_command *command, const struct sim_namespace *ns);

#endif
