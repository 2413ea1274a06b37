//===- Dump.h - The tree as text ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The form is that of CPython 3.12's `ast.dump`, with `ascii` in place of `repr`
// for strings:
//
//   Module(body=[Expr(value=Constant(value=1))], type_ignores=[])
//
// `tegulac --emit ast` and the comparison with CPython both use it.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_SYNTAX_DUMP_H
#define TEGULA_SYNTAX_DUMP_H

#include "lib/Syntax/AST.h"

namespace tegula::ast {

struct DumpOptions {
  /// lineno, col_offset, end_lineno and end_col_offset, as CPython counts them.
  bool positions = false;
  /// The same inside f-strings, where CPython before 3.12 gave useless ones.
  bool positionsInFStrings = true;
  /// Spaces for each level; 0: all on one line.
  unsigned indent = 0;
};

std::string dump(const Node &node, const DumpOptions &options = {});

} // namespace tegula::ast

#endif // TEGULA_SYNTAX_DUMP_H
