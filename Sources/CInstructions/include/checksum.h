// SPDX-License-Identifier: Apache-2.0
//
// The checksum of gzip (CRC-32, RFC 1952 section 8) by multiplication without carries, several times as fast as zlib's own way.
#ifndef INSTRUCTION_CHECKSUM_H
#define INSTRUCTION_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether the processor has what it takes. Elsewhere nothing but zlib's own is to be used.
bool instruction_has_crc32(void);

/// Goes on with a checksum as zlib's `crc32` does, over a whole number of blocks of 16 bytes, of which there are at least four.
uint32_t instruction_crc32(uint32_t checksum, const uint8_t *_Nonnull bytes, size_t count);

#endif
