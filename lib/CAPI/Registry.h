//===- Registry.h - Every dialect and pass of the compiler -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace mlir {
class DialectRegistry;
}

namespace tegula {

/// Adds every dialect that occurs between the front end and the targets.
void registerDialects(mlir::DialectRegistry &registry);
/// Makes every pass known to textual pipelines; may be called again.
void registerPasses();

} // namespace tegula
