/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/crc32c.h"

#include <string.h>

#include "integrity/crc32c_ways.h"

/* The polynomial without its x^32, lowest power in the highest bit. */
#define POLYNOMIAL UINT32_C(0x82f63b78)

/* Entry [n][b] is what byte b adds when n bytes follow it. Written once, while the library is loaded. */
static uint32_t tables[8][256];

static uint32_t table_crc(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    uint64_t word;

    crc = ~crc;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        word = bell_crc32c_word(at) ^ crc;
        crc = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff] ^
              tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff] ^
              tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
    for (; bytes > 0; bytes--)
        crc = crc >> 8 ^ tables[0][(crc ^ *at++) & 0xff];
    return ~crc;
}

static struct bell_crc32c_way ways[] = {
#ifdef BELL_CRC32C_HARDWARE
    {BELL_CRC32C_HARDWARE, bell_crc32c_hardware, 0},
#endif
    {"tables", table_crc, 1},
};

static uint32_t (*chosen)(uint32_t crc, const void *data, size_t bytes) = table_crc;

/* Before anything can call, so that nobody needs a lock to read what is written here. */
__attribute__((constructor)) static void choose(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;

        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        tables[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (int n = 1; n < 8; n++)
            tables[n][byte] = tables[n - 1][byte] >> 8 ^ tables[0][tables[n - 1][byte] & 0xff];
    }
#ifdef BELL_CRC32C_HARDWARE
    ways[0].usable = bell_crc32c_hardware_usable();
    if (ways[0].usable)
        chosen = bell_crc32c_hardware;
#endif
}

uint32_t bell_crc32c(uint32_t crc, const void *data, size_t bytes)
{
    return chosen(crc, data, bytes);
}

size_t bell_crc32c_ways(const struct bell_crc32c_way **all)
{
    *all = ways;
    return sizeof ways / sizeof ways[0];
}
