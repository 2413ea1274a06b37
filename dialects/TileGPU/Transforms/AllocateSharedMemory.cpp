//===- AllocateSharedMemory.cpp - Place the scratch of exchanges ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %s = tile.reduce (%x) axis 0 : (tensor<4096xf32, #over_four_warps>) -> f32
// After:   %s = tile.reduce (%x) axis 0 {tile_gpu.shared_offset = 0 : i32} ...
//          and tile_gpu.shared_bytes = 128 on the function
//
// Does nothing to operations within one warp. Relies on final layouts. Guarantees that a kernel without exchanges has
// shared_bytes 0.
#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"
#include "lib/Analysis/SharedMemoryPlan.h"

#include "mlir/IR/Builders.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_ALLOCATESHAREDMEMORYPASS
#include "dialects/TileGPU/Transforms/Passes.h.inc"

using namespace mlir;

namespace {
struct AllocateSharedMemoryPass : impl::AllocateSharedMemoryPassBase<AllocateSharedMemoryPass> {
  using AllocateSharedMemoryPassBase::AllocateSharedMemoryPassBase;

  void runOnOperation() final {
    func::FuncOp kernel = getOperation();
    analysis::SharedMemoryAllocation allocation = analysis::allocateSharedMemory(kernel);
    if (allocation.bytes > limit) {
      InFlightDiagnostic diagnostic = kernel.emitError() << "expected at most " << int64_t(limit)
                                                         << " bytes of shared memory, got " << allocation.bytes;
      for (const analysis::ScratchRange &range : allocation.ranges)
        diagnostic.attachNote(range.op->getLoc()) << range.bytes << " bytes are for " << range.op->getName();
      return signalPassFailure();
    }
    Builder builder(&getContext());
    for (const analysis::ScratchRange &range : allocation.ranges)
      range.op->setAttr(kSharedOffsetAttr, builder.getI32IntegerAttr(range.offset));
    kernel->setAttr(kSharedBytesAttr, builder.getI32IntegerAttr(allocation.bytes));
  }
};
} // namespace
} // namespace tegula::tile_gpu
