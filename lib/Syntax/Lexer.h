//===- Lexer.h - From text to tokens --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Python's tokens: indentation becomes Indent and Dedent, lines inside brackets
// are joined, comments vanish. f-strings are taken apart as PEP 701 has it: the
// expressions in them are ordinary tokens, to any depth.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_LEXER_H
#define TEGULA_SYNTAX_LEXER_H

#include "lib/Syntax/SourceManager.h"
#include "lib/Syntax/Token.h"

namespace tegula {

/// Why the lexer stopped.
struct LexError {
  std::string kind;
  SourceSpan span;
  std::string message;
  std::string hint;
  /// A bracket, at this offset, that is never closed. What follows it was read
  /// as if inside the bracket: this is the likelier cause of a later error.
  std::optional<uint32_t> openBracket;
};

struct LexResult {
  /// Ends in an EndMarker, or in an Error with `error` set.
  std::vector<Token> tokens;
  std::optional<LexError> error;
};

/// `allowIndented`: take the first line's indentation for the text's own.
LexResult lex(const SourceBuffer &buffer, bool allowIndented);

} // namespace tegula

#endif // TEGULA_SYNTAX_LEXER_H
