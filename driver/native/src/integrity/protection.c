/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/protection.h"

#include <errno.h>

#include "integrity/guards.h"
#include "support/error.h"

typedef unsigned __int128 tags;

static int format_check(const bell_protection *protection)
{
    const uint32_t bits = protection->guard_bits;

    if (bits != 16 && bits != 32 && bits != 64)
        return bell_error_set(-EINVAL, "protection information: a guard has 16, 32 or 64 bits, not %u", bits);
    if (protection->type < 1 || protection->type > 3)
        return bell_error_set(-EINVAL, "protection information: there are types 1, 2 and 3, not %u", protection->type);
    if (protection->block_bytes == 0)
        return bell_error_set(-EINVAL, "protection information: a block has data, not 0 bytes");
    if (protection->metadata_bytes < bell_protection_bytes(bits))
        return bell_error_set(-EINVAL, "protection information with a %u-bit guard needs %u bytes of metadata, not %u",
                              bits, bell_protection_bytes(bits), protection->metadata_bytes);
    if (!bell_protection_storage_bits_fit(bits, protection->storage_tag_bits))
        return bell_error_set(-EINVAL, "protection information with a %u-bit guard has no storage tag of %u bits", bits,
                              protection->storage_tag_bits);
    return 0;
}

/* ---- fields, all with the highest byte first ------------------------------------------------------------------------
 */

static void number_put(uint8_t *at, tags number, uint32_t bytes)
{
    while (bytes-- > 0) {
        at[bytes] = (uint8_t)number;
        number >>= 8;
    }
}

static tags number_get(const uint8_t *at, uint32_t bytes)
{
    tags number = 0;

    for (uint32_t i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

static void fields_put(const bell_protection *protection, uint8_t *at, uint64_t guard, uint64_t reference)
{
    const uint32_t guard_bytes = protection->guard_bits / 8;
    const uint32_t bits = bell_protection_reference_bits(protection);
    const tags both = (tags)(protection->storage_tag & bell_protection_mask(protection->storage_tag_bits)) << bits |
                      (reference & bell_protection_mask(bits));

    number_put(at, guard, guard_bytes);
    number_put(at + guard_bytes, protection->application_tag, 2);
    number_put(at + guard_bytes + 2, both, bell_protection_tag_bits(protection->guard_bits) / 8);
}

static void fields_get(const bell_protection *protection, const uint8_t *at, bell_protection_fields *out)
{
    const uint32_t guard_bytes = protection->guard_bits / 8;
    const uint32_t bits = bell_protection_reference_bits(protection);
    const uint64_t ones = bell_protection_mask(bits);
    const tags both = number_get(at + guard_bytes + 2, bell_protection_tag_bits(protection->guard_bits) / 8);

    out->guard = (uint64_t)number_get(at, guard_bytes);
    out->application_tag = (uint32_t)number_get(at + guard_bytes, 2);
    out->reference_tag = (uint64_t)both & ones;
    out->storage_tag = (uint64_t)(both >> bits);
    out->escaped = out->application_tag == 0xffff && (protection->type != 3 || out->reference_tag == ones);
}

/* Of the data, and of metadata that comes before the protection information. */
static uint64_t guard_of(const bell_protection *protection, const uint8_t *data, const uint8_t *metadata)
{
    const uint64_t guard = bell_guard_continue(protection->guard_bits, 0, data, protection->block_bytes);

    return bell_guard_continue(protection->guard_bits, guard, metadata, bell_protection_at(protection));
}

/* ---- ranges of blocks -----------------------------------------------------------------------------------------------
 */

struct range {
    uint64_t data_stride;
    uint64_t metadata_stride;
    uint64_t step; /* of the reference tag */
};

static struct range range_of(const bell_protection *protection)
{
    return (struct range){
        .data_stride = protection->data_stride != 0 ? protection->data_stride : protection->block_bytes,
        .metadata_stride = protection->metadata_stride != 0 ? protection->metadata_stride : protection->metadata_bytes,
        .step = protection->type != 3,
    };
}

int bell_protection_generate(const bell_protection *protection, const void *data, void *metadata, uint32_t blocks)
{
    const uint8_t *block = data;
    uint8_t *meta = metadata;
    int err = format_check(protection);

    if (err != 0)
        return err;
    const struct range range = range_of(protection);
    for (uint64_t i = 0; i < blocks; i++, block += range.data_stride, meta += range.metadata_stride)
        fields_put(protection, meta + bell_protection_at(protection), guard_of(protection, block, meta),
                   protection->reference_tag + i * range.step);
    return 0;
}

void bell_protection_generate_zeroes(const bell_protection *protection, void *metadata, uint32_t blocks)
{
    static const uint8_t zeroes[512];
    const struct range range = range_of(protection);
    uint8_t *meta = metadata;
    uint64_t guard = 0;

    for (uint32_t left = protection->block_bytes + bell_protection_at(protection), part; left > 0; left -= part) {
        part = left < sizeof zeroes ? left : (uint32_t)sizeof zeroes;
        guard = bell_guard_continue(protection->guard_bits, guard, zeroes, part);
    }
    for (uint64_t i = 0; i < blocks; i++, meta += range.metadata_stride)
        fields_put(protection, meta + bell_protection_at(protection), guard,
                   protection->reference_tag + i * range.step);
}

static bool differs(uint64_t expected, uint64_t found, uint32_t field, bell_protection_mismatch *out)
{
    if (expected == found)
        return false;
    out->expected = expected;
    out->found = found;
    out->field = field;
    return true;
}

/* Whether a block is wrong. */
static bool block_wrong(const bell_protection *protection, const uint8_t *data, const uint8_t *metadata,
                        uint64_t reference, bell_protection_mismatch *out)
{
    const uint32_t checks = protection->checks;
    const uint64_t mask = protection->application_mask;
    const uint64_t storage = protection->storage_tag_mask & bell_protection_mask(protection->storage_tag_bits);
    bell_protection_fields found;

    fields_get(protection, metadata + bell_protection_at(protection), &found);
    if (found.escaped)
        return false;
    if ((checks & BELL_PI_GUARD) != 0 && differs(guard_of(protection, data, metadata), found.guard, BELL_PI_GUARD, out))
        return true;
    if ((checks & BELL_PI_APPLICATION) != 0 &&
        differs(protection->application_tag & mask, found.application_tag & mask, BELL_PI_APPLICATION, out))
        return true;
    if ((checks & BELL_PI_STORAGE) != 0 &&
        differs(protection->storage_tag & storage, found.storage_tag & storage, BELL_PI_STORAGE, out))
        return true;
    return (checks & BELL_PI_REFERENCE) != 0 && protection->type != 3 &&
           differs(reference & bell_protection_mask(bell_protection_reference_bits(protection)), found.reference_tag,
                   BELL_PI_REFERENCE, out);
}

int bell_protection_check(const bell_protection *protection, const void *data, const void *metadata, uint32_t blocks,
                          bell_protection_mismatch *out)
{
    const uint8_t *block = data;
    const uint8_t *meta = metadata;
    int err = format_check(protection);

    if (err != 0)
        return err;
    const struct range range = range_of(protection);
    *out = (bell_protection_mismatch){0};
    for (uint64_t i = 0; i < blocks; i++, block += range.data_stride, meta += range.metadata_stride) {
        if (block_wrong(protection, block, meta, protection->reference_tag + i * range.step, out)) {
            out->block = i;
            return 1;
        }
    }
    return 0;
}

int bell_protection_get(const bell_protection *protection, const void *metadata, bell_protection_fields *out)
{
    int err = format_check(protection);

    if (err == 0)
        fields_get(protection, (const uint8_t *)metadata + bell_protection_at(protection), out);
    return err;
}

uint64_t bell_guard(uint32_t bits, uint64_t crc, const void *data, uint64_t bytes)
{
    return bits == 16 || bits == 32 || bits == 64 ? bell_guard_continue(bits, crc, data, bytes) : 0;
}
