//===- Pipelines.h - The order of passes, as named phases --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The one place where the order of passes is written. Each phase ends in a form that the next one may rely on:
//
//   phase      ends with                                                       next
//   tile       tile dialect without redundant work                             tile-gpu or host
//   tile-gpu   a layout on every block, shared memory and barriers placed      gpu-llvm
//   gpu-llvm   llvm and nvvm dialects only                                     lib/Target/NVPTX
//   host       llvm dialect only                                               lib/Target/Host
//
// `tegula-opt --tegula-phase="name=tile-gpu target=sm_90a num-warps=4"` replays one phase exactly as jit and tegulac
// do.
//===----------------------------------------------------------------------===//
#pragma once

#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tegula {

struct PhaseOptions {
  std::string target = "sm_90a";
  int numWarps = 4;
  int maxRegisters = 0;
  bool remarks = false;
};

void addTilePhase(mlir::OpPassManager &passes, const PhaseOptions &options);
void addTileGPUPhase(mlir::OpPassManager &passes, const PhaseOptions &options);
void addGPULLVMPhase(mlir::OpPassManager &passes, const PhaseOptions &options);
void addHostPhase(mlir::OpPassManager &passes, const PhaseOptions &options);

/// Makes --tegula-phase known to tegula-opt.
void registerPhases();

} // namespace tegula
