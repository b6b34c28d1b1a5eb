/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of one block, in 32 bits.
 *
 *   31    LOCKED: a command that may change the block is outstanding
 *   30    TRIMMED: deallocated since; its content may be the promised one in place of what the rest says
 *   29:0  below BELL_VALUE_FIRST_CRC a state, else the upper 30 bits of its CRC-32C
 *
 * 0 is "unknown", so that a table of zeroed pages needs no memory for what nobody has written.
 */
#ifndef BELL_INTEGRITY_ENTRY_H
#define BELL_INTEGRITY_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#define BELL_ENTRY_LOCKED  UINT32_C(0x80000000)
#define BELL_ENTRY_TRIMMED UINT32_C(0x40000000)
#define BELL_ENTRY_VALUE   UINT32_C(0x3fffffff)

enum {
    BELL_VALUE_UNKNOWN = 0,
    BELL_VALUE_ZEROES = 1,
    BELL_VALUE_UNCORRECTABLE = 2,
    BELL_VALUE_DOUBTFUL = 3, /* one of several contents, or several writes are outstanding: see doubts.h */
    BELL_VALUE_GIVEN_UP = 4, /* there was no memory to follow it; stays so until the table is cleared */
    BELL_VALUE_FIRST_CRC = 16,
};

/** bell_value_of - the value that stands for a block with this CRC-32C. */
static inline uint32_t bell_value_of(uint32_t crc)
{
    uint32_t value = crc >> 2;
    return value < BELL_VALUE_FIRST_CRC ? value + BELL_VALUE_FIRST_CRC : value;
}

static inline bool bell_value_is_crc(uint32_t value)
{
    return value >= BELL_VALUE_FIRST_CRC;
}

#endif
