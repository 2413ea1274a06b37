//===- Scan.cpp - Running combinations along an axis -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
namespace tegula::to_llvm {
Lowered lowerScan(KernelLowering &, mlir::Operation *) { return Lowered::NotMine; }
} // namespace tegula::to_llvm
