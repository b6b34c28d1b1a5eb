/* SPDX-License-Identifier: Apache-2.0 */
/* Protection information in metadata, NVM 1.0c 5.2.1: one way to write and to check it, for hosts and the simulator. */
#ifndef BELL_INTEGRITY_PROTECTION_H
#define BELL_INTEGRITY_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

/* bell_protection_bytes - of one block. */
static inline uint32_t bell_protection_bytes(uint32_t guard_bits)
{
    return guard_bits == 16 ? 8 : 16;
}

/* bell_protection_tag_bits - of storage and reference tag together. */
static inline uint32_t bell_protection_tag_bits(uint32_t guard_bits)
{
    return guard_bits == 16 ? 32 : guard_bits == 32 ? 80 : 48;
}

/* bell_protection_storage_bits_fit - whether so many of them can be storage tag: 64 bits at most, as the reference tag.
 */
static inline bool bell_protection_storage_bits_fit(uint32_t guard_bits, uint32_t bits)
{
    const uint32_t all = bell_protection_tag_bits(guard_bits);

    return bits <= all && bits <= 64 && all - bits <= 64;
}

/* bell_protection_mask - the lowest bits, 0 to 64 of them. */
static inline uint64_t bell_protection_mask(uint32_t bits)
{
    return bits == 0 ? 0 : UINT64_MAX >> (64 - bits);
}

static inline uint32_t bell_protection_reference_bits(const bell_protection *protection)
{
    return bell_protection_tag_bits(protection->guard_bits) - protection->storage_tag_bits;
}

/* bell_protection_generate_zeroes - the same as bell_protection_generate for blocks of zeroes, and metadata that is
 * zero before the protection information. */
void bell_protection_generate_zeroes(const bell_protection *protection, void *metadata, uint32_t blocks);

/* bell_protection_at - where it starts in the metadata of a block. */
static inline uint32_t bell_protection_at(const bell_protection *protection)
{
    return protection->first != 0 ? 0 : protection->metadata_bytes - bell_protection_bytes(protection->guard_bits);
}

#endif
