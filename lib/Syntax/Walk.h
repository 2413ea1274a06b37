//===- Walk.h - Looking at every node -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_SYNTAX_WALK_H
#define TEGULA_SYNTAX_WALK_H

#include "lib/Syntax/AST.h"

namespace tegula::ast {

/// Calls `visit` with each direct child, in the order of the source's evaluation
/// as far as the fields' order gives it.
void forEachChild(const Node &node, const std::function<void(const Node &)> &visit);

/// Calls `visit` with the node and everything below it, parents first; where it
/// returns false, what is below is skipped.
void walk(const Node &node, const std::function<bool(const Node &)> &visit);

} // namespace tegula::ast

#endif // TEGULA_SYNTAX_WALK_H
