//===- Translate.h - LLVM dialect to PTX ---------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   llvm + nvvm dialects  ->  LLVM IR  ->  libdevice linked, if it is called  ->  O3 without the vectorisers  ->  PTX
//
// In memory all the way; 7 ms for a small kernel. Nothing that the code generator cannot select ends the process: its
// fatal errors come back as llvm::Error.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Target/NVPTX/Features.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace tegula::nvptx {

/// The interfaces that translation needs, of the dialects builtin, llvm and nvvm. Call before the context is in use;
/// translateToPtx() adds them itself when that was forgotten and the context is idle.
void registerTranslations(mlir::DialectRegistry &registry);

struct TranslateOptions {
  const Features *features = nullptr;
  /// Treat denormal f32 as zero.
  bool flushDenormals = false;
  /// The short pass list: a third of the time, nearly the same code. For trial compiles of a tuner.
  bool quick = false;
  /// Keep the text of the optimised LLVM IR in the result.
  bool keepLLVMIR = false;
  /// Told "translate", "libdevice", "llvm-opt", "codegen" with milliseconds, as each ends; may be null.
  llvm::function_ref<void(llvm::StringRef stage, double milliseconds)> onStage;
};

struct PtxModule {
  std::string ptx;
  std::string llvmIR;
  bool usesLibdevice = false;
};

/// Makes PTX of a module whose functions are `llvm.func`.
llvm::Expected<PtxModule> translateToPtx(mlir::ModuleOp module, const TranslateOptions &options);

} // namespace tegula::nvptx
