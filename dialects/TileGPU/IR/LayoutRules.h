//===- LayoutRules.h - How layouts follow from each other --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All blocks of one operation have layouts that follow from a single one, the operation's *principal* layout: for most
// operations that of the result, for those that take a block apart (reduce, split, store, unsplat) that of the first
// operand. The rules are exact on columns and never move data between threads:
//
//   %e = tile.expand_dims %a 1 : tensor<64xf32, #a> -> tensor<64x1xf32, #e>      #a = #e without axis 1
//   %b = tile.broadcast %e     : ... -> tensor<64x32xf32, #b>                    #e = #b, axis 1 zeroed and cut to 1
//   %s = tile.reduce (%b) axis 1 ... -> tensor<64xf32, #s>                       #s = #b without axis 1
//
// so that a reduced row goes back into its block without movement: there #s == #a whenever both blocks have layout #b.
// A register column that becomes zero is dropped (a thread holds an element once); zero lane and warp columns stay.
//
// Going the other way (from an operand to the principal layout) a broadcast or a reduction leaves a choice:
// principalFromOperand() and principalFromResult() extend by the repeated axis, replicas first.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "dialects/TileGPU/IR/TileGPU.h"

namespace tegula::tile_gpu {

/// How an operation relates its blocks' layouts.
enum class LayoutRule : uint8_t {
  Same,    // every operand and result that is a block has the principal layout
  Operand, // as Same, for operations without a block among their results (store)
  ExpandDims,
  Broadcast,
  Trans,
  Reshape,
  Join, // principal: the result
  Reduce,
  Split,   // principal: the first operand
  Any,     // operands may have any layout (assert, print, unsplat)
  Control, // scf: layouts travel with the values
  Unknown,
};

LayoutRule layoutRule(mlir::Operation *op);

/// The block whose layout is the principal one; null when the operation has no block.
mlir::Value principalBlock(mlir::Operation *op);

/// The layout of operand `index` (a block) that the principal layout implies; null when any will do.
LayoutAttr operandLayout(mlir::Operation *op, unsigned index, LayoutAttr principal);
/// The layout of result `index` (a block) that the principal layout implies; null where it is impossible: a split whose
/// last axis does not lie on a register column.
LayoutAttr resultLayout(mlir::Operation *op, unsigned index, LayoutAttr principal);

/// A principal layout under which operand (or result) `index` has this layout; null where there is none.
LayoutAttr principalFromOperand(mlir::Operation *op, unsigned index, LayoutAttr layout);
LayoutAttr principalFromResult(mlir::Operation *op, unsigned index, LayoutAttr layout);

/// What a scan asks of its layout: upwards along the axis come registers and lanes, then warps, then registers again.
bool isScannable(const LinearLayout &layout, int axis);

/// Checks that an operation's layouts obey the rules. Reports the first that does not.
mlir::LogicalResult verifyLayouts(mlir::Operation *op);

/// A layout of shape `to` from which broadcastOperandLayout() leads back to `layout`: the new bits go to replicated
/// lanes, then replicated warps, then new registers, the last axis first.
LinearLayout broadcastResult(const LinearLayout &layout, llvm::ArrayRef<int64_t> to);

} // namespace tegula::tile_gpu
