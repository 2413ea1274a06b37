//===- NarrowConversions.cpp - Move blocks while their elements are small ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %f = arith.extf %h;  %c = tile_gpu.convert_layout %f          // 4 bytes an element
// After:   %c = tile_gpu.convert_layout %h;  %f = arith.extf %c          // 2 bytes an element
//
// and  truncf(convert x) -> convert(truncf x). Does nothing where the wide value has other uses. Guarantees: types
// at the ends unchanged, no conversion more than before.
#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_NARROWCONVERSIONSPASS
#include "dialects/TileGPU/Transforms/Passes.h.inc"

using namespace mlir;

/// True for an operation of one block to another whose elements are of another width.
static bool isCast(Operation *op) {
  return op && op->getNumOperands() == 1 && op->getNumResults() == 1 &&
         isa<arith::ExtFOp, arith::TruncFOp, arith::ExtSIOp, arith::ExtUIOp, arith::TruncIOp, arith::SIToFPOp,
             arith::UIToFPOp, arith::FPToSIOp, arith::FPToUIOp, tile::FpToFpOp>(op) &&
         layoutOf(op->getOperand(0)) && layoutOf(op->getResult(0));
}

static unsigned width(Value block) { return getElementTypeOrSelf(block.getType()).getIntOrFloatBitWidth(); }

/// The cast's operand type in another layout, and the cast with its operand replaced.
static Value castIn(PatternRewriter &rewriter, Operation *cast, Value operand) {
  LayoutAttr layout = layoutOf(operand);
  Operation *copy = rewriter.clone(*cast);
  copy->setOperand(0, operand);
  copy->getResult(0).setType(withLayout(mlir::cast<RankedTensorType>(cast->getResult(0).getType()), layout));
  return copy->getResult(0);
}

static Value convert(PatternRewriter &rewriter, Location loc, Value value, LayoutAttr layout) {
  return ConvertLayoutOp::create(rewriter, loc, withLayout(cast<RankedTensorType>(value.getType()), layout), value);
}

/// convert(widen x) -> widen(convert x)
static LogicalResult convertBeforeWidening(ConvertLayoutOp op, PatternRewriter &rewriter) {
  Operation *cast = op.getSrc().getDefiningOp();
  if (!isCast(cast) || !cast->hasOneUse() || width(cast->getOperand(0)) >= width(op.getSrc()))
    return failure();
  Value narrow = convert(rewriter, op.getLoc(), cast->getOperand(0), layoutOf(op.getResult()));
  rewriter.replaceOp(op, castIn(rewriter, cast, narrow));
  return success();
}

/// narrow(convert x) -> convert(narrow x)
static LogicalResult convertAfterNarrowing(ConvertLayoutOp op, PatternRewriter &rewriter) {
  if (!op->hasOneUse())
    return failure();
  Operation *cast = *op->user_begin();
  if (!isCast(cast) || cast->getBlock() != op->getBlock() || width(cast->getResult(0)) >= width(op.getResult()))
    return failure();
  rewriter.setInsertionPoint(cast);
  Value narrow = castIn(rewriter, cast, op.getSrc());
  Value moved = convert(rewriter, op.getLoc(), narrow, layoutOf(op.getResult()));
  rewriter.replaceOp(cast, moved);
  rewriter.eraseOp(op);
  return success();
}

namespace {
struct NarrowConversionsPass : impl::NarrowConversionsPassBase<NarrowConversionsPass> {
  void runOnOperation() final {
    // Most kernels have no conversion at all.
    if (!getOperation().walk([](ConvertLayoutOp) { return WalkResult::interrupt(); }).wasInterrupted())
      return markAllAnalysesPreserved();
    RewritePatternSet patterns(&getContext());
    patterns.add(convertBeforeWidening);
    patterns.add(convertAfterNarrowing);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
} // namespace tegula::tile_gpu
