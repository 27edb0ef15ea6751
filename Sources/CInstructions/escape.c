// SPDX-License-Identifier: Apache-2.0
#include "escape.h"

// Where each of eight bytes comes from, for each set of those among the next four that get a backslash: from one of these four, or, above 127, from nowhere.
static const uint8_t origins[16][8] = {
    {0, 1, 2, 3, 255, 255, 255, 255},     {255, 0, 1, 2, 3, 255, 255, 255}, {0, 255, 1, 2, 3, 255, 255, 255}, {255, 0, 255, 1, 2, 3, 255, 255},
    {0, 1, 255, 2, 3, 255, 255, 255},     {255, 0, 1, 255, 2, 3, 255, 255}, {0, 255, 1, 255, 2, 3, 255, 255}, {255, 0, 255, 1, 255, 2, 3, 255},
    {0, 1, 2, 255, 3, 255, 255, 255},     {255, 0, 1, 2, 255, 3, 255, 255}, {0, 255, 1, 2, 255, 3, 255, 255}, {255, 0, 255, 1, 2, 255, 3, 255},
    {0, 1, 255, 2, 255, 3, 255, 255},     {255, 0, 1, 255, 2, 255, 3, 255}, {0, 255, 1, 255, 2, 255, 3, 255}, {255, 0, 255, 1, 255, 2, 255, 3},
};

// How many of these eight count.
static const uint8_t lengths[16] = {4, 5, 5, 6, 5, 6, 6, 7, 5, 6, 6, 7, 6, 7, 7, 8};

// Invariant: before each step of four bytes no more than twice as many bytes are written as have been read, so the eight that the step writes lie within
// twice the count.

#if defined(__x86_64__)

#include <cpuid.h>
#include <tmmintrin.h>

bool instruction_has_escape(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    // Bit 9 is SSSE3.
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & 1u << 9) != 0;
}

__attribute__((target("ssse3"))) size_t instruction_escape(const uint8_t *from, size_t count, uint8_t *to, size_t *written) {
    const uint8_t *start = to;
    size_t read = 0;
    for (; count - read >= 16; read += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(from + read));
        __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
        if (_mm_movemask_epi8(controls) != 0) break;
        __m128i marked = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x22)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x5C)));
        unsigned marks = (unsigned)_mm_movemask_epi8(marked);
        for (int step = 0; step < 4; step++) {
            __m128i origin = _mm_loadl_epi64((const __m128i *)origins[marks & 15]);
            // As a signed number, nowhere lies below 0.
            __m128i backslashes = _mm_and_si128(_mm_cmplt_epi8(origin, _mm_setzero_si128()), _mm_set1_epi8(0x5C));
            _mm_storel_epi64((__m128i *)to, _mm_or_si128(_mm_shuffle_epi8(bytes, origin), backslashes));
            to += lengths[marks & 15];
            marks >>= 4;
            bytes = _mm_srli_si128(bytes, 4);
        }
    }
    *written = (size_t)(to - start);
    return read;
}

#elif defined(__ARM_NEON) && defined(__aarch64__)

#include "lanes.h"

bool instruction_has_escape(void) { return true; }

size_t instruction_escape(const uint8_t *from, size_t count, uint8_t *to, size_t *written) {
    const uint8_t *start = to;
    size_t read = 0;
    for (; count - read >= 16; read += 16) {
        uint8x16_t bytes = vld1q_u8(from + read);
        if (vminvq_u8(bytes) < 0x20) break;
        unsigned marks = instruction_mask(vorrq_u8(vceqq_u8(bytes, vdupq_n_u8(0x22)), vceqq_u8(bytes, vdupq_n_u8(0x5C))));
        for (int step = 0; step < 4; step++) {
            uint8x8_t origin = vld1_u8(origins[marks & 15]);
            // What comes from nowhere stays as it is.
            vst1_u8(to, vqtbx1_u8(vdup_n_u8(0x5C), bytes, origin));
            to += lengths[marks & 15];
            marks >>= 4;
            bytes = vextq_u8(bytes, bytes, 4);
        }
    }
    *written = (size_t)(to - start);
    return read;
}

#else

bool instruction_has_escape(void) { return false; }

size_t instruction_escape(const uint8_t *from, size_t count, uint8_t *to, size_t *written) {
    (void)from, (void)count, (void)to;
    *written = 0;
    return 0;
}

#endif
