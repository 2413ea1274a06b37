//===- ProgramOps.cpp - The program's place in the grid ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

using namespace mlir;
using namespace tegula::tile;

LogicalResult PrintOp::verify() {
  // (C1)
  if (getIsSigned().size() != getArgs().size())
    return emitOpError() << "expected one signedness an operand: " << getArgs().size() << ", got "
                         << getIsSigned().size();
  return success();
}

/// The grid's extent is at most 2^31 - 1 along each axis.
static ConstantIntRanges gridRange(uint32_t least) {
  return ConstantIntRanges::fromSigned(APInt(32, least), APInt::getSignedMaxValue(32));
}

void ProgramIdOp::inferResultRanges(ArrayRef<ConstantIntRanges>, SetIntRangeFn set) { set(getResult(), gridRange(0)); }
void NumProgramsOp::inferResultRanges(ArrayRef<ConstantIntRanges>, SetIntRangeFn set) {
  set(getResult(), gridRange(1));
}
