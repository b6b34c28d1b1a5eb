/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-32C (Castagnoli, RFC 3720 §12.1): of NVMe/TCP digests, of 32-bit guards, and of the blocks that data verification
 * knows.
 */
#ifndef BELL_INTEGRITY_CRC32C_H
#define BELL_INTEGRITY_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/**
 * bell_crc32c - go on with a CRC-32C, by the fastest way that this CPU has
 * @crc: 0 to begin, or what was returned for the data before
 * @data: any alignment; may be NULL if @bytes is 0
 * Return: the CRC of everything so far, inverted as on the wire: "123456789" gives 0xe3069283.
 */
uint32_t bell_crc32c(uint32_t crc, const void *data, size_t bytes);

/* One way to compute it, and whether this CPU can go it. */
struct bell_crc32c_way {
    const char *name;
    uint32_t (*run)(uint32_t crc, const void *data, size_t bytes);
    int usable;
};

/** bell_crc32c_ways - all ways that this build knows, the fastest first; the last is by tables and always usable.
 * Return: how many there are. */
size_t bell_crc32c_ways(const struct bell_crc32c_way **ways);

#endif
