/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stamp in a block: its LBA in the first eight bytes, its version token in the last eight, little-endian.
 *
 * A token is 63:56 the source (0: a caller's data; else the pool of a worker), 55:40 the block in that pool, 39:0 the
 * version, which grows with each block that is written under the same table.
 */
#ifndef BELL_INTEGRITY_STAMP_H
#define BELL_INTEGRITY_STAMP_H

#include <stdint.h>
#include <string.h>

#define BELL_TOKEN_VERSION      ((UINT64_C(1) << 40) - 1)
#define BELL_TOKEN_SOURCE_SHIFT 56
#define BELL_TOKEN_BLOCK_SHIFT  40
#define BELL_STAMP_LEAST_BYTES  16u

struct bell_stamp {
    uint64_t lba;
    uint64_t token;
};

static inline struct bell_stamp bell_stamp_read(const void *block, uint32_t bytes)
{
    struct bell_stamp stamp;

    memcpy(&stamp.lba, block, 8);
    memcpy(&stamp.token, (const uint8_t *)block + bytes - 8, 8);
    return stamp;
}

static inline void bell_stamp_write(void *block, uint32_t bytes, struct bell_stamp stamp)
{
    memcpy(block, &stamp.lba, 8);
    memcpy((uint8_t *)block + bytes - 8, &stamp.token, 8);
}

#endif
