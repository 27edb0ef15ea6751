// SPDX-License-Identifier: Apache-2.0
//
// Backslashes for text that becomes a string of JSON. JSON in a string has a quotation mark every few bytes, and so a branch for each of them that no
// processor predicts; to move bytes apart by a table takes none.
#ifndef INSTRUCTION_ESCAPE_H
#define INSTRUCTION_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether the processor has what it takes. Elsewhere the function below reads nothing.
bool instruction_has_escape(void);

/// Copies text with a backslash before each quotation mark and each backslash, 16 bytes at a time: as long as there are so many, and no control character
/// among them.
///
/// - to: has room for twice as many bytes as `count`, which may all be written.
/// - written: gets how many bytes count.
///
/// Returns how many bytes were read.
size_t instruction_escape(const uint8_t *_Nonnull from, size_t count, uint8_t *_Nonnull to, size_t *_Nonnull written);

#endif
