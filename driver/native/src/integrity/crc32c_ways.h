/* SPDX-License-Identifier: Apache-2.0 */
/* What crc32c.c and the instruction sets agree on. */
#ifndef BELL_INTEGRITY_CRC32C_WAYS_H
#define BELL_INTEGRITY_CRC32C_WAYS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define BELL_CRC32C_HARDWARE "SSE4.2 and PCLMULQDQ"
#elif defined(__aarch64__)
#define BELL_CRC32C_HARDWARE "ARMv8 CRC and PMULL"
#endif

uint32_t bell_crc32c_hardware(uint32_t crc, const void *data, size_t bytes);
int bell_crc32c_hardware_usable(void);

/* Both architectures are little-endian, as the CRC is. */
static inline uint64_t bell_crc32c_word(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

#endif
