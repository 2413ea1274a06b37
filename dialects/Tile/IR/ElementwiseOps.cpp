//===- ElementwiseOps.cpp - Elementwise work that arith lacks ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

using namespace mlir;
using namespace tegula::tile;

LogicalResult FpToFpOp::verify() {
  Type src = getSrc().getType(), result = getType();
  if (shapeOf(src) != shapeOf(result)) // (C1)
    return emitOpError() << "expected one shape, got " << src << " and " << result;
  bool narrows =
      getElementTypeOrSelf(src).getIntOrFloatBitWidth() > getElementTypeOrSelf(result).getIntOrFloatBitWidth();
  if (narrows && !getRounding()) // (C3)
    return emitOpError() << "narrowing " << src << " to " << result << " needs a rounding";
  return success();
}

LogicalResult ExternElementwiseOp::verify() {
  for (Value arg : getArgs())
    if (shapeOf(arg.getType()) != shapeOf(getType())) // (C1)
      return emitOpError() << "expected one shape, got " << arg.getType() << " and " << getType();
  return success();
}

void ExternElementwiseOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  if (getPure())
    return;
  effects.emplace_back(MemoryEffects::Write::get());
  effects.emplace_back(MemoryEffects::Read::get());
}
