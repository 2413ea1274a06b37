//===- Parser.h - From text to tree ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole grammar of Python 3.12, which holds 3.11's. What a kernel may not
// use still parses: the front end refuses it by name, so that a module that holds
// a kernel among other code is no problem.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_PARSER_H
#define TEGULA_SYNTAX_PARSER_H

#include "lib/Syntax/AST.h"
#include "lib/Syntax/SourceManager.h"

namespace tegula {

struct ParseOptions {
  /// Accept a text whose lines are all indented, such as a method cut out of its
  /// class.
  bool allowIndented = true;
  /// The longest path down through one expression, and through statements.
  unsigned maxDepth = 400;
};

/// Parses a buffer; null after reporting an error of kind "syntax-error",
/// "indentation-error", "encoding-error" or "too-deeply-nested". Only the first
/// error is reported.
std::unique_ptr<ast::Tree> parse(const SourceBuffer &buffer, DiagnosticEngine &diagnostics,
                                 const ParseOptions &options = {});

} // namespace tegula

#endif // TEGULA_SYNTAX_PARSER_H
