//===- SharedMemoryPlan.h - Scratch of a kernel's exchanges ------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operation whose data crosses warps writes scratch, waits, and reads it back; nothing lives in shared memory from
// one operation to the next. So offsets are free to choose, and the choice decides how many barriers are needed:
//
//      reduce A at 0, reduce B at 0     B must not overwrite what a slow warp still reads for A:  A | B: barrier
//      between reduce A at 0, reduce B at 64    none: whoever writes A's scratch again has passed B's own barrier
//
// Scratch is handed out round robin from a ring that is as large as the largest exchange, but at least kRingBytes:
// small exchanges get places of their own, large ones share theirs.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/Reduction.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tegula::analysis {

inline constexpr int64_t kRingBytes = 4096;
/// Every scratch begins at a multiple of this.
inline constexpr int64_t kScratchAlignment = 128;

/// How the operation's exchange goes; the lowering emits what these say. Layouts as in the operation's types.
ConversionPlan planConversionOf(mlir::Operation *convertLayout);
ReductionPlan planReductionOf(mlir::Operation *reduce);

/// Bytes of shared memory that the operation needs while it runs; 0 for most. For a scan along an axis that crosses
/// warps: one element an operand for each warp along the axis and each element of the other axes.
int64_t scratchBytes(mlir::Operation *op);
/// True when all warps of the program meet at a barrier within the operation.
bool meetsAtBarrier(mlir::Operation *op);

struct ScratchRange {
  mlir::Operation *op;
  int64_t offset, bytes;
  bool overlaps(const ScratchRange &other) const {
    return offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

struct SharedMemoryAllocation {
  llvm::SmallVector<ScratchRange> ranges; // in program order
  int64_t bytes = 0;
};

SharedMemoryAllocation allocateSharedMemory(mlir::func::FuncOp kernel);

} // namespace tegula::analysis
