/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CRCs of protection information, NVM 1.0c 5.2.1, beside CRC-32C: CRC-16 T10-DIF (SBC-4) of 16-bit guards, and
 * CRC-64 NVME of 64-bit guards.
 */
#ifndef BELL_INTEGRITY_GUARDS_H
#define BELL_INTEGRITY_GUARDS_H

#include <stddef.h>
#include <stdint.h>

/**
 * bell_crc16_t10dif, bell_crc64_nvme - go on with a CRC
 * @crc: 0 to begin, or what was returned for the data before
 * @data: any alignment; may be NULL if @bytes is 0
 * Return: the CRC of everything so far: "123456789" gives 0xd0db and 0xae8b14860a799888.
 */
uint16_t bell_crc16_t10dif(uint16_t crc, const void *data, size_t bytes);
uint64_t bell_crc64_nvme(uint64_t crc, const void *data, size_t bytes);

/**
 * bell_guard_continue - the CRC of a guard of 16, 32 or 64 bits.
 */
uint64_t bell_guard_continue(uint32_t guard_bits, uint64_t crc, const void *data, size_t bytes);

#endif
