//===- Parsing.h - Parse a text in a test ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_TEST_UNIT_SYNTAX_PARSING_H
#define TEGULA_TEST_UNIT_SYNTAX_PARSING_H

#include "lib/Syntax/Dump.h"
#include "lib/Syntax/Parser.h"

namespace tegula::testing {

/// A text, its tree (null when it does not parse) and what was said about it.
struct Parsed {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  std::unique_ptr<ast::Tree> tree;

  explicit Parsed(std::string text, uint32_t firstLine = 1, const ParseOptions &options = {}) {
    tree = parse(sources.add("kernel.py", std::move(text), firstLine), diagnostics, options);
  }

  std::string errors() const { return diagnostics.text(sources.lineLookup()); }
  std::string dump() const { return tree ? ast::dump(*tree->module) : errors(); }
  const ast::Stmt *statement(size_t index = 0) const { return tree->module->body[index]; }
  /// The value of an expression statement.
  const ast::Expr *expression(size_t index = 0) const { return statement(index)->as<ast::ExprStmt>()->value; }
};

} // namespace tegula::testing

#endif // TEGULA_TEST_UNIT_SYNTAX_PARSING_H
