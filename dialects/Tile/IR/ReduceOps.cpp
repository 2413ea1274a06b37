//===- ReduceOps.cpp - Reductions and scans ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

using namespace mlir;
using namespace tegula::tile;

/// Checks operands against each other and the axis against their shape.
static LogicalResult verifyOperands(Operation *op, OperandRange operands, uint32_t axis) {
  if (operands.empty())
    return op->emitOpError() << "expected at least one operand";
  auto first = cast<RankedTensorType>(operands.front().getType());
  for (Value operand : operands)
    if (shapeOf(operand.getType()) != first.getShape()) // (C1)
      return op->emitOpError() << "expected operands of one shape, got " << first << " and " << operand.getType();
  if (axis >= first.getRank()) // (C2)
    return op->emitOpError() << "expected an axis below " << first.getRank() << ", got " << axis;
  return success();
}

/// Checks the combine region: two scalars an operand in, one out.
static LogicalResult verifyCombiner(Operation *op, OperandRange operands, Region &region) {
  Block &block = region.front();
  size_t count = operands.size();
  if (block.getNumArguments() != 2 * count)
    return op->emitOpError() << "expected a region of " << 2 * count << " arguments, got " << block.getNumArguments();
  for (size_t i = 0; i < 2 * count; ++i) {
    Type expected = getElementTypeOrSelf(operands[i % count].getType());
    if (block.getArgument(i).getType() != expected)
      return op->emitOpError() << "expected region argument " << i << " of type " << expected << ", got "
                               << block.getArgument(i).getType();
  }
  auto yield = dyn_cast<YieldOp>(block.back());
  if (!yield || yield.getNumOperands() != count)
    return op->emitOpError() << "expected the region to yield " << count << " values";
  for (auto [value, operand] : llvm::zip(yield.getValues(), operands))
    if (value.getType() != getElementTypeOrSelf(operand.getType()))
      return op->emitOpError() << "expected to yield " << getElementTypeOrSelf(operand.getType()) << ", got "
                               << value.getType();
  return success();
}

LogicalResult ReduceOp::verify() {
  if (failed(verifyOperands(*this, getOperands(), getAxis())))
    return failure();
  if (getNumResults() != getNumOperands()) // (C3)
    return emitOpError() << "expected " << getNumOperands() << " results, got " << getNumResults();
  for (auto [operand, result] : llvm::zip(getOperands(), getResults())) {
    auto block = cast<RankedTensorType>(operand.getType());
    SmallVector<int64_t> shape(block.getShape());
    shape.erase(shape.begin() + getAxis());
    Type element = getElementTypeOrSelf(result.getType());
    if (element != block.getElementType() || shapeOf(result.getType()) != ArrayRef<int64_t>(shape) ||
        isa<RankedTensorType>(result.getType()) == shape.empty()) // (C3)
      return emitOpError() << "the result " << result.getType() << " is not " << block << " without axis " << getAxis();
  }
  return success();
}

LogicalResult ReduceOp::verifyRegions() { return verifyCombiner(*this, getOperands(), getCombiner()); } // (C4), (C5)

LogicalResult ScanOp::verify() { return verifyOperands(*this, getOperands(), getAxis()); }

LogicalResult ScanOp::verifyRegions() { return verifyCombiner(*this, getOperands(), getCombiner()); } // (C3), (C4)
