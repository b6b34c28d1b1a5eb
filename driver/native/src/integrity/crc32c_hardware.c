/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-32C by the instruction that x86-64 and ARMv8 have for it. It takes a word a cycle but needs three cycles for
 * each, so three parts of the data are computed side by side. The CRC of a part that N bytes follow is multiplied by
 * x^(8N), without carries, and all are added.
 */
#include "integrity/crc32c_ways.h"

#ifdef BELL_CRC32C_HARDWARE

#if defined(__x86_64__)
#include <immintrin.h>

#define HARDWARE __attribute__((target("sse4.2,pclmul")))

int bell_crc32c_hardware_usable(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}

HARDWARE static inline uint64_t take_word(uint64_t crc, uint64_t word)
{
    return _mm_crc32_u64(crc, word);
}

HARDWARE static inline uint32_t take_byte(uint32_t crc, uint8_t byte)
{
    return _mm_crc32_u8(crc, byte);
}

HARDWARE static inline uint64_t multiply(uint64_t a, uint64_t b)
{
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)a), _mm_cvtsi64_si128((long long)b), 0));
}

#else /* aarch64 */
#include <sys/auxv.h>

#define HARDWARE

/* HWCAP_PMULL and HWCAP_CRC32 of the kernel's asm/hwcap.h. */
int bell_crc32c_hardware_usable(void)
{
    const unsigned long needed = 1ul << 4 | 1ul << 7;

    return (getauxval(AT_HWCAP) & needed) == needed;
}

/* In assembly, because GCC and Clang offer the intrinsics in different ways where they are not on for everything. */
static inline uint64_t take_word(uint64_t crc, uint64_t word)
{
    uint32_t next;

    __asm__(".arch_extension crc\n\tcrc32cx %w0, %w1, %x2" : "=r"(next) : "r"(crc), "r"(word));
    return next;
}

static inline uint32_t take_byte(uint32_t crc, uint8_t byte)
{
    uint32_t next;

    __asm__(".arch_extension crc\n\tcrc32cb %w0, %w1, %w2" : "=r"(next) : "r"(crc), "r"(byte));
    return next;
}

static inline uint64_t multiply(uint64_t a, uint64_t b)
{
    uint64_t product;

    __asm__(".arch_extension aes\n\tfmov d16, %1\n\tfmov d17, %2\n\tpmull v16.1q, v16.1d, v17.1d\n\tfmov %0, d16"
            : "=r"(product)
            : "r"(a), "r"(b)
            : "v16", "v17");
    return product;
}
#endif

/*
 * A part's length in bytes, and x^(8N - 33) for the one and the two parts behind it, lowest power in the highest bit:
 * the product of two such numbers has one x too many, and taking it as a word multiplies by x^32.
 * Three parts of 1360 bytes and two words are 4 KiB; three of 168 and one word are 512 bytes.
 */
struct part {
    uint32_t bytes, one_behind, two_behind;
};

static const struct part parts[] = {
    {1360, 0x3f70cc6f, 0x5aa1f3cf}, {168, 0x1b3d8f29, 0xa60ce07b}, {40, 0x3da6d0cb, 0x39d3b296}};

HARDWARE static inline uint64_t take_three(uint64_t first, const uint8_t *at, const struct part *part)
{
    const uint8_t *second_at = at + part->bytes, *third_at = second_at + part->bytes;
    uint64_t second = 0, third = 0;

    for (uint32_t i = 0; i < part->bytes; i += 8) {
        first = take_word(first, bell_crc32c_word(at + i));
        second = take_word(second, bell_crc32c_word(second_at + i));
        third = take_word(third, bell_crc32c_word(third_at + i));
    }
    return third ^ take_word(0, multiply(first, part->two_behind) ^ multiply(second, part->one_behind));
}

HARDWARE uint32_t bell_crc32c_hardware(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    uint64_t state = (uint32_t)~crc;

    for (const struct part *part = parts; part < parts + sizeof parts / sizeof parts[0]; part++) {
        for (; bytes >= 3 * part->bytes; bytes -= 3 * part->bytes, at += 3 * part->bytes)
            state = take_three(state, at, part);
    }
    for (; bytes >= 8; bytes -= 8, at += 8)
        state = take_word(state, bell_crc32c_word(at));
    for (; bytes > 0; bytes--)
        state = take_byte((uint32_t)state, *at++);
    return ~(uint32_t)state;
}

#endif
