//===- Uses.cpp - How often and how late each value is used -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Kernel.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;

Uses::Uses(func::FuncOp kernel) {
  unsigned clock = 0;
  SmallVector<Operation *> inOrder;
  auto number = [&](auto &self, Operation *op) -> void {
    unsigned start = ++clock;
    inOrder.push_back(op);
    if (!isa<tile::ReduceOp, tile::ScanOp>(op)) // combine regions see scalars only
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (Operation &inner : block)
            self(self, &inner);
    spans[op] = {start, ++clock};
  };
  for (Operation &op : kernel.getBody().front())
    number(number, &op);

  // Users come before what they use.
  for (Operation *op : llvm::reverse(inOrder)) {
    bool deferred = Kernel::isDeferred(op);
    unsigned when = startOf(op), nest = startOf(op);
    bool many = false;
    if (deferred) {
      when = 0;
      nest = 0;
      for (Value result : op->getResults()) {
        when = std::max(when, last.lookup(result));
        many |= often.contains(result);
        unsigned other = root.lookup(result);
        many |= nest && other && nest != other;
        nest = std::max(nest, other);
      }
      if (when == 0)
        continue; // never needed
    }
    for (Value operand : op->getOperands()) {
      if (!isa<RankedTensorType>(operand.getType()))
        continue;
      Operation *ancestor = operand.getParentBlock()->findAncestorOpInBlock(*op);
      bool nested = ancestor != op;
      unsigned until = nested ? std::max(endOf(ancestor), when) : when;
      last[operand] = std::max(last.lookup(operand), until);
      unsigned &first = root[operand];
      if (many || nested || (first && first != nest))
        often.insert(operand);
      first = std::max(first, nest);
    }
  }
}
