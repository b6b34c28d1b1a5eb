/* SPDX-License-Identifier: Apache-2.0 */
/* What a watched command is between its beginning (watch.c) and its end (watch_end.c). */
#ifndef BELL_NVME_WATCH_PARTS_H
#define BELL_NVME_WATCH_PARTS_H

#include "nvme/qpair.h"
#include "nvme/verification.h"
#include "nvme/watch.h"
#include "nvme/watch_data.h"

enum kind {
    KIND_NONE = 0,
    KIND_READ,
    KIND_WRITE,
    KIND_CONSTANT, /* Write Zeroes, Write Uncorrectable */
    KIND_TRIM,
    KIND_COMPARE,
    KIND_VERIFY,
    KIND_COPY,
    KIND_FORMAT, /* on the admin queue: everything is new */
    KIND_SANITIZE,
    KIND_DELETE,
    KIND_STRANGE, /* may write, but nobody here knows where */
};

struct watch {
    bell_integrity *integrity; /* held */
    struct bell_tally *tally;
    uint64_t lba;
    uint32_t blocks;
    uint32_t stride; /* bytes in memory from one block to the next */
    struct bell_table_moment moment;
    uint32_t churn;
    uint8_t kind;
    uint8_t opcode;
    bool found; /* its data was */
    bool held;  /* integrity is, for as long as the command is outstanding */
    bool busy;
    uint32_t constant;
    uint32_t nsid, format;
    uint8_t *own;
    /* WRITE, COPY: what is written; READ, COMPARE: the entries at submission, then the data's values. */
    uint32_t *values;
    uint32_t room;
    struct bell_spans spans;  /* of data */
    struct bell_spans ranges; /* of LBAs */
};

struct bell_watches {
    struct watch *watches; /* by slot */
    uint32_t count;
    struct bell_tally *tallies;
    uint8_t *scratch;
    uint32_t scratch_bytes;
    bool takes_many; /* versions, of the one namespace that a worker uses */
    uint32_t versions;
    uint64_t version; /* the first of those taken */
};

static inline void tally_count(uint64_t *counter, uint64_t value)
{
    bell_poke(counter, *counter + value);
}

/* Block `index` of the command's data, in one piece; NULL: it is in no memory of the device any more. */
static inline uint8_t *block_at(struct bell_watches *watches, const struct watch *watch, const struct bell_dma_map *map,
                                uint32_t index)
{
    uint64_t offset = (uint64_t)index * watch->stride;

    if (watch->own)
        return watch->own + offset;
    return bell_spans_gather(&watch->spans, map, offset, watch->integrity->config.lba_bytes, watches->scratch);
}

/* Its data is no longer busy. */
void bell_watch_data_release(struct bell_qpair *qpair, struct watch *watch);

#endif
