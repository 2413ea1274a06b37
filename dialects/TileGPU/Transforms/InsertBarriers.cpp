//===- InsertBarriers.cpp - Wait where scratch is written again -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %a = tile_gpu.convert_layout %x {tile_gpu.shared_offset = 0 : i32} ...
//          %b = tile_gpu.convert_layout %y {tile_gpu.shared_offset = 0 : i32} ...
// After:   %a = ...
//          tile_gpu.barrier
//          %b = ...
//
// Does nothing between operations whose scratch does not overlap. Relies on lib/Analysis/Barriers.
#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"
#include "lib/Analysis/Barriers.h"

#include "mlir/IR/Builders.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_INSERTBARRIERSPASS
#include "dialects/TileGPU/Transforms/Passes.h.inc"

using namespace mlir;

namespace {
struct InsertBarriersPass : impl::InsertBarriersPassBase<InsertBarriersPass> {
  void runOnOperation() final {
    for (Operation *op : analysis::findBarriers(getOperation())) {
      OpBuilder builder(op);
      BarrierOp::create(builder, op->getLoc());
    }
  }
};
} // namespace
} // namespace tegula::tile_gpu
