//===- Frontend.h - From a kernel's text to tile IR -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   ModuleEnvironment environment("rmsnorm.py", sources, diagnostics);
//   auto module = emitKernel(context, environment, environment.find("rmsnorm"), arguments, {}, sources, diagnostics);
//
// gives a module with one `func.func` of attribute `tile.kernel`: helpers inlined,
// control flow structured, nothing left of Python.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Environment.h"
#include "lib/Syntax/SourceManager.h"
#include "tegula/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/OwningOpRef.h"

namespace tegula {

/// What one parameter of the kernel is bound to: a type, or a value of compile time.
struct ArgumentBinding {
  std::string name;
  /// Invalid when `constant` is given.
  Type type;
  /// 16: the value, or the address in bytes, is known to be divisible by 16.
  unsigned divisibility = 1;
  /// Invalid for a run-time argument. A constexpr, a None, an int that is always 1.
  Value constant;
};

struct FrontendOptions {
  /// Let a multiplication and an addition become one operation.
  bool fuseFloats = true;
  /// Device asserts, and overflow checks on integers.
  bool debug = false;
  /// What `num_warps` and the target answer to compile-time questions.
  int numWarps = 4;
  int numCtas = 1;
  /// The target's compute capability ("sm_90a" is 90), 0 on the host: what `tl.target_info` answers.
  unsigned computeCapability = 0;
};

/// Loads the dialects that the front end emits.
void registerFrontendDialects(mlir::DialectRegistry &registry);

/// Compiles one kernel; null after reporting errors. Texts that diagnostics may quote are added to `sources`.
mlir::OwningOpRef<mlir::ModuleOp> emitKernel(mlir::MLIRContext &context, Environment &environment, void *kernel,
                                             llvm::ArrayRef<ArgumentBinding> arguments, const FrontendOptions &options,
                                             SourceManager &sources, DiagnosticEngine &diagnostics);

} // namespace tegula
