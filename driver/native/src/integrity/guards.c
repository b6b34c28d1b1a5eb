/* SPDX-License-Identifier: Apache-2.0 */
/* Eight bytes a step, by tables: entry [n][b] is what byte b adds when n bytes follow it. */
#include "integrity/guards.h"

#include <string.h>

#include "integrity/crc32c.h"

/* SBC-4 4.22.4.2, highest power first. */
#define T10DIF UINT32_C(0x8bb7)
/* NVM 1.0c figure 119: AD93D235_94C93659h with the lowest power in the highest bit. */
#define NVME UINT64_C(0x9a6c9329ac4bc9b5)

static uint16_t t10dif[8][256];
static uint64_t nvme[8][256];

/* Before anything can call, so that nobody needs a lock to read what is written here. */
__attribute__((constructor)) static void tables_make(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc16 = byte << 8;
        uint64_t crc64 = byte;

        for (int bit = 0; bit < 8; bit++) {
            crc16 = crc16 << 1 ^ ((crc16 & 0x8000) != 0 ? T10DIF : 0);
            crc64 = crc64 >> 1 ^ ((crc64 & 1) != 0 ? NVME : 0);
        }
        t10dif[0][byte] = (uint16_t)crc16;
        nvme[0][byte] = crc64;
    }
    for (uint32_t byte = 0; byte < 256; byte++) {
        for (int n = 1; n < 8; n++) {
            t10dif[n][byte] = (uint16_t)(t10dif[n - 1][byte] << 8 ^ t10dif[0][t10dif[n - 1][byte] >> 8]);
            nvme[n][byte] = nvme[n - 1][byte] >> 8 ^ nvme[0][nvme[n - 1][byte] & 0xff];
        }
    }
}

/* Both architectures are little-endian: the byte that comes first is the lowest. */
static inline uint64_t word_at(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

uint16_t bell_crc16_t10dif(uint16_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;

    for (; bytes >= 8; bytes -= 8, at += 8) {
        const uint64_t word = word_at(at) ^ crc >> 8 ^ (crc & 0xffu) << 8;

        crc = t10dif[7][word & 0xff] ^ t10dif[6][word >> 8 & 0xff] ^ t10dif[5][word >> 16 & 0xff] ^
              t10dif[4][word >> 24 & 0xff] ^ t10dif[3][word >> 32 & 0xff] ^ t10dif[2][word >> 40 & 0xff] ^
              t10dif[1][word >> 48 & 0xff] ^ t10dif[0][word >> 56];
    }
    for (; bytes > 0; bytes--)
        crc = (uint16_t)(crc << 8 ^ t10dif[0][crc >> 8 ^ *at++]);
    return crc;
}

uint64_t bell_crc64_nvme(uint64_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;

    crc = ~crc;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        crc ^= word_at(at);
        crc = nvme[7][crc & 0xff] ^ nvme[6][crc >> 8 & 0xff] ^ nvme[5][crc >> 16 & 0xff] ^ nvme[4][crc >> 24 & 0xff] ^
              nvme[3][crc >> 32 & 0xff] ^ nvme[2][crc >> 40 & 0xff] ^ nvme[1][crc >> 48 & 0xff] ^ nvme[0][crc >> 56];
    }
    for (; bytes > 0; bytes--)
        crc = crc >> 8 ^ nvme[0][(crc ^ *at++) & 0xff];
    return ~crc;
}

uint64_t bell_guard_continue(uint32_t guard_bits, uint64_t crc, const void *data, size_t bytes)
{
    switch (guard_bits) {
    case 16:
        return bell_crc16_t10dif((uint16_t)crc, data, bytes);
    case 32:
        return bell_crc32c((uint32_t)crc, data, bytes);
    default:
        return bell_crc64_nvme(crc, data, bytes);
    }
}
