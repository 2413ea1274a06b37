//===- Barriers.h - Where warps must wait before scratch is reused -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An exchange is: write scratch, barrier, read scratch. The barrier inside it orders its own writes before its own
// reads. What is left is the next writer of the same bytes: it has to wait until everyone has read. Followed through
// the program is the set of ranges that some warp may still be reading:
//
//      exchange in range r      {ranges}  ->  {r}         its own barrier has freed all that was read before
//      ... within one warp      {ranges}  ->  {ranges, r}
//      a barrier                {ranges}  ->  {}
//      two branches meet        union;  a loop's head: union of entry and back edge, until nothing changes
//
// An exchange whose range overlaps one of the set needs a barrier before it. Two reductions in a loop on ranges of
// their own need none: each one's barrier frees the other's range.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tegula::analysis {

/// The operations that need a barrier before them, in program order, by their `tile_gpu.shared_offset`.
llvm::SmallVector<mlir::Operation *> findBarriers(mlir::func::FuncOp kernel);

} // namespace tegula::analysis
