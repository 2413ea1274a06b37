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
