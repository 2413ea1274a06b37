//===- Unicode.h - UTF-8 in and out ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_SYNTAX_UNICODE_H
#define TEGULA_SYNTAX_UNICODE_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tegula::unicode {

struct Decoded {
  char32_t value;
  unsigned length; // bytes; 1 when not valid
  bool valid;
};

/// The character at a byte; `at` must be inside.
Decoded decode(std::string_view text, size_t at);

/// The offset of the first byte that is not UTF-8.
std::optional<size_t> findInvalid(std::string_view text);

/// Appends a code point; a lone surrogate becomes three bytes ("WTF-8").
void append(std::string &out, char32_t value);

/// May a non-ASCII character start, or continue, a Python identifier (before
/// NFKC, which is not applied)?
bool isIdentifierStart(char32_t value);
bool isIdentifierContinue(char32_t value);

/// Appends a JSON string literal in ASCII. Bytes that are not UTF-8 become
/// U+FFFD; lone surrogates stay what they are.
void appendJsonString(std::string &out, std::string_view text);

} // namespace tegula::unicode

#endif // TEGULA_SYNTAX_UNICODE_H
