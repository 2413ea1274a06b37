//===- Host.h - LLVM dialect to native code -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   llvm dialect  ->  LLVM IR  ->  O3 with the loop and SLP vectorisers  ->  object  ->  ELF shared object
//
// for the processor of this machine, in memory all the way. The shared object is what the runtime loads, whether it was
// made a moment ago or comes from a cache or a file: there is one path, not a JIT and an ahead-of-time compiler. What
// the code calls of libm is left open; the runtime is linked with libm.
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace tegula::host {

/// The module attribute (i64) by which a lowering says how many bytes of scratch a thread needs.
inline constexpr llvm::StringLiteral kScratchAttr = "tegula.scratch_bytes";

/// The interfaces that translation needs, of the dialects builtin and llvm.
void registerTranslations(mlir::DialectRegistry &registry);

struct HostOptions {
  /// Keep the text of the optimised LLVM IR and of the assembly, and the object, in the result.
  bool keepText = false;
  /// Told "translate", "llvm-opt", "codegen", "link" with milliseconds, as each ends; may be null.
  llvm::function_ref<void(llvm::StringRef stage, double milliseconds)> onStage;
};

struct HostCode {
  std::string sharedObject;
  std::string object, assembly, llvmIR; ///< with keepText
  std::string cpu;                      ///< the processor compiled for, "znver4"
  std::vector<std::string> features;    ///< what of the machine the code may use, as the runtime checks it
  size_t scratchBytes = 0;
};

/// Makes a shared object of a module whose functions are `llvm.func`; every function that is not private is exported.
llvm::Expected<HostCode> compileForHost(mlir::ModuleOp module, const HostOptions &options);

/// Links one relocatable object into a shared object. Thread-safe, one at a time: lld keeps global state.
llvm::Expected<std::string> linkSharedObject(llvm::StringRef object);

} // namespace tegula::host
