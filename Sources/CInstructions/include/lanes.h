// SPDX-License-Identifier: Apache-2.0
//
// One instruction that Swift's SIMD types cannot ask for: the highest bit of each of 16 lanes as a number. Without it a scan of a string needs a
// branch more for every 16 bytes, which no processor predicts.
//
// Every function reads 16 bytes from where it is told to, which must all be readable, and writes nothing.
#ifndef INSTRUCTION_LANES_H
#define INSTRUCTION_LANES_H

#include <stdint.h>

#define INSTRUCTION_INLINE static inline __attribute__((always_inline))

/// What the functions below say, byte by byte: for processors that have neither of the instruction sets, and for the tests.
INSTRUCTION_INLINE uint32_t instruction_string_portable(const uint8_t *_Nonnull bytes) {
    uint32_t mask = 0;
    for (int lane = 0; lane < 16; lane++) {
        uint8_t byte = bytes[lane];
        mask |= (uint32_t)(byte == 0x22) << lane | (uint32_t)(byte == 0x5C || byte < 0x20 || byte > 0x7F) << (lane + 16);
    }
    return mask;
}

INSTRUCTION_INLINE uint32_t instruction_nondigits_portable(const uint8_t *_Nonnull bytes) {
    uint32_t mask = 0;
    for (int lane = 0; lane < 16; lane++) mask |= (uint32_t)(bytes[lane] < 0x30 || bytes[lane] > 0x39) << lane;
    return mask;
}

INSTRUCTION_INLINE uint32_t instruction_both_portable(const uint8_t *_Nonnull a, uint8_t x, const uint8_t *_Nonnull b, uint8_t y) {
    uint32_t mask = 0;
    for (int lane = 0; lane < 16; lane++) mask |= (uint32_t)(a[lane] == x && b[lane] == y) << lane;
    return mask;
}

#if defined(__SSE2__)

#include <emmintrin.h>

INSTRUCTION_INLINE uint32_t instruction_mask(__m128i lanes) { return (uint32_t)_mm_movemask_epi8(lanes); }

/// Where a string's bytes need a look, the first one lowest: quotes in bits 0 to 15; backslashes, control characters and all that is not ASCII in bits
/// 16 to 31.
INSTRUCTION_INLINE uint32_t instruction_string(const uint8_t *_Nonnull place) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)place);
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x22));
    // As signed numbers, control characters and everything that is not ASCII lie below 32.
    __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x5C)), _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
    return instruction_mask(quotes) | instruction_mask(others) << 16;
}

/// Which bytes are no decimal digits, in bits 0 to 15.
INSTRUCTION_INLINE uint32_t instruction_nondigits(const uint8_t *_Nonnull place) {
    __m128i value = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)place), _mm_set1_epi8(0x30));
    return instruction_mask(_mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value)) ^ 0xFFFF;
}

/// Where one byte stands at the one place and another one at the other, in bits 0 to 15.
INSTRUCTION_INLINE uint32_t instruction_both(const uint8_t *_Nonnull a, uint8_t x, const uint8_t *_Nonnull b, uint8_t y) {
    __m128i first = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)a), _mm_set1_epi8((char)x));
    __m128i second = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)b), _mm_set1_epi8((char)y));
    return instruction_mask(_mm_and_si128(first, second));
}

#elif defined(__ARM_NEON) && defined(__aarch64__)

#include <arm_neon.h>

INSTRUCTION_INLINE uint32_t instruction_mask(uint8x16_t lanes) {
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bits = vandq_u8(lanes, weights);
    return (uint32_t)vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

INSTRUCTION_INLINE uint32_t instruction_string(const uint8_t *_Nonnull place) {
    uint8x16_t bytes = vld1q_u8(place);
    uint8x16_t quotes = vceqq_u8(bytes, vdupq_n_u8(0x22));
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0x20));
    uint8x16_t others = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8(0x5C)), low);
    return instruction_mask(quotes) | instruction_mask(others) << 16;
}

INSTRUCTION_INLINE uint32_t instruction_nondigits(const uint8_t *_Nonnull place) {
    return instruction_mask(vcgtq_u8(vsubq_u8(vld1q_u8(place), vdupq_n_u8(0x30)), vdupq_n_u8(9)));
}

INSTRUCTION_INLINE uint32_t instruction_both(const uint8_t *_Nonnull a, uint8_t x, const uint8_t *_Nonnull b, uint8_t y) {
    return instruction_mask(vandq_u8(vceqq_u8(vld1q_u8(a), vdupq_n_u8(x)), vceqq_u8(vld1q_u8(b), vdupq_n_u8(y))));
}

#else

INSTRUCTION_INLINE uint32_t instruction_string(const uint8_t *_Nonnull place) { return instruction_string_portable(place); }
INSTRUCTION_INLINE uint32_t instruction_nondigits(const uint8_t *_Nonnull place) { return instruction_nondigits_portable(place); }
INSTRUCTION_INLINE uint32_t instruction_both(const uint8_t *_Nonnull a, uint8_t x, const uint8_t *_Nonnull b, uint8_t y) {
    return instruction_both_portable(a, x, b, y);
}

#endif
#endif
