// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

bool instruction_has_crc32(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    // Bit 1 is PCLMULQDQ, bit 19 SSE4.1.
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & 1u << 1) != 0 && (c & 1u << 19) != 0;
}

// A block of the text is a polynomial over GF(2), and so is what came before it. "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction" (Gopal and others, Intel, 2009) shows how to move one over the other: by powers of x modulo the checksum's polynomial, which are the
// numbers below, with their bits reflected as those of the text are.

#define WITH_MULTIPLICATION __attribute__((target("pclmul,sse4.1")))

/// Moves what came before over so many blocks as the factors say, onto what stands there.
WITH_MULTIPLICATION static inline __m128i fold(__m128i before, __m128i factors, __m128i block) {
    __m128i low = _mm_clmulepi64_si128(before, factors, 0x00);
    __m128i high = _mm_clmulepi64_si128(before, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), block);
}

WITH_MULTIPLICATION static inline __m128i load(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

WITH_MULTIPLICATION uint32_t instruction_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
    const __m128i over4 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i over1 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i over64bits = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i even = _mm_setr_epi32(-1, 0, -1, 0);

    // Four at a time, since one multiplication has to wait for the one before it.
    __m128i a = _mm_xor_si128(load(bytes), _mm_cvtsi32_si128((int)~checksum));
    __m128i b = load(bytes + 16), c = load(bytes + 32), d = load(bytes + 48);
    const uint8_t *end = bytes + count;
    bytes += 64;
    for (; end - bytes >= 64; bytes += 64) {
        a = fold(a, over4, load(bytes));
        b = fold(b, over4, load(bytes + 16));
        c = fold(c, over4, load(bytes + 32));
        d = fold(d, over4, load(bytes + 48));
    }
    a = fold(a, over1, b);
    a = fold(a, over1, c);
    a = fold(a, over1, d);
    for (; end - bytes >= 16; bytes += 16) a = fold(a, over1, load(bytes));

    // 128 bits to 64, to 32.
    a = _mm_xor_si128(_mm_srli_si128(a, 8), _mm_clmulepi64_si128(a, over1, 0x10));
    a = _mm_xor_si128(_mm_srli_si128(a, 4), _mm_clmulepi64_si128(_mm_and_si128(a, even), over64bits, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(a, even), polynomial, 0x10);
    __m128i rest = _mm_clmulepi64_si128(_mm_and_si128(quotient, even), polynomial, 0x00);
    return ~(uint32_t)_mm_extract_epi32(_mm_xor_si128(a, rest), 1);
}

#else

bool instruction_has_crc32(void) { return false; }

uint32_t instruction_crc32(uint32_t checksum, const uint8_t *bytes, size_t count) {
    // Nobody asks for it where the function above says no; a bit at a time it is right all the same.
    uint32_t state = ~checksum;
    for (size_t place = 0; place < count; place++) {
        state ^= bytes[place];
        for (int bit = 0; bit < 8; bit++) state = state >> 1 ^ (0xEDB88320u & (0u - (state & 1)));
    }
    return ~state;
}

#endif
