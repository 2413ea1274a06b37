//===- MLIRDiagnostics.h - What passes say, told to the user -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "tegula/Diagnostics.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"

namespace tegula {

/// The place in a source that a location means: the innermost one of a chain of inlined calls; nowhere when it has
/// none.
SourceRange sourceRangeOf(mlir::Location location);

/// While it lives, diagnostics of the context go to the engine: with the source's line, the chain of inlined calls as
/// notes. Remarks are kept only on request.
class DiagnosticBridge {
public:
  DiagnosticBridge(mlir::MLIRContext *context, DiagnosticEngine &engine, bool keepRemarks);

private:
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace tegula
