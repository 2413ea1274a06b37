//===- VerifyLayouts.cpp - Check that layouts follow their rules ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An operation's own verifier sees shapes and element types; that its layouts fit each other is a matter of the whole
// dialect, since the operations are those of tile, arith, math and scf. This pass stands between phases and says which
// one broke it.
#include "dialects/TileGPU/IR/LayoutRules.h"
#include "dialects/TileGPU/Transforms/Passes.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_VERIFYLAYOUTSPASS
#include "dialects/TileGPU/Transforms/Passes.h.inc"

namespace {
struct VerifyLayoutsPass : impl::VerifyLayoutsPassBase<VerifyLayoutsPass> {
  void runOnOperation() final {
    mlir::WalkResult result = getOperation().walk([](mlir::Operation *op) {
      return mlir::failed(verifyLayouts(op)) ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
} // namespace tegula::tile_gpu
