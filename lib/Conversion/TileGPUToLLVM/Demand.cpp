//===- Demand.cpp - Which registers of each value somebody needs ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One walk backwards; each operation turns what is needed of its results into what it needs of its operands.
//
//   tile.load, 8 halves an access      the first pointer and mask of each access; all of `other`
//   tile.store                         the same; all of the value
//   elementwise                        the same registers as of the result
//   changes of shape                   the registers that they rename to
//   anything else                      everything, also where its results are not needed but its effects are
//
// Values carried by loops are needed whole.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

class DemandWalk {
public:
  explicit DemandWalk(KernelLowering &k) : k(k) {}
  Demand demand;

  void visit(Region &region) {
    for (Block &block : llvm::reverse(region))
      for (Operation &op : llvm::reverse(block))
        visit(&op);
  }

private:
  KernelLowering &k;

  llvm::BitVector &slot(Value value) {
    llvm::BitVector &bits = demand[value];
    if (bits.empty())
      bits.resize(k.numRegisters(value.getType()));
    return bits;
  }
  void needAll(Value value) { slot(value).set(); }

  void needFirsts(ArrayRef<SmallVector<unsigned, 16>> accesses, Value value) {
    if (!value)
      return;
    llvm::BitVector &bits = slot(value);
    for (const auto &access : accesses)
      bits.set(bits.size() == 1 ? 0 : access.front());
  }

  void visitAccess(Operation *op, Value pointer, Value mask, Value data) {
    auto accesses = k.groupAccesses(op, pointer, mask, k.memoryBits(data.getType()));
    needFirsts(accesses, pointer);
    needFirsts(accesses, mask);
  }

  void visit(Operation *op) {
    for (Region &region : op->getRegions())
      visit(region);
    if (auto load = dyn_cast<tile::LoadOp>(op)) {
      visitAccess(op, load.getPtr(), load.getMask(), load.getResult());
      if (load.getOther())
        needAll(load.getOther());
      return;
    }
    if (auto store = dyn_cast<tile::StoreOp>(op)) {
      visitAccess(op, store.getPtr(), store.getMask(), store.getValue());
      needAll(store.getValue());
      return;
    }
    bool pure = op->getNumResults() && op->getNumRegions() == 0 && isMemoryEffectFree(op);
    if (pure && llvm::none_of(op->getResults(), [&](Value result) { return demand.count(result); }))
      return;
    if (pure && isShape(op)) {
      bool known = true;
      for (unsigned i = 0; i < op->getNumOperands() && known; ++i)
        for (unsigned r = 0; r < op->getNumResults(); ++r)
          if (auto it = demand.find(op->getResult(r)); it != demand.end()) {
            auto registers = shapeRegisters(op, r, i);
            if (!(known = registers.has_value()))
              break;
            llvm::BitVector needed = it->second; // slot() may move the table
            llvm::BitVector &bits = slot(op->getOperand(i));
            for (unsigned reg : needed.set_bits())
              if ((*registers)[reg] != ~0u)
                bits.set((*registers)[reg]);
          }
      if (known)
        return;
    } else if (pure && isElementwise(op)) {
      llvm::BitVector needed = demand.find(op->getResult(0))->second;
      for (Value operand : op->getOperands()) {
        llvm::BitVector &bits = slot(operand);
        if (bits.size() == needed.size())
          bits |= needed;
        else
          bits.set();
      }
      return;
    }
    for (Value operand : op->getOperands())
      needAll(operand);
  }

  static bool isShape(Operation *op) {
    return isa<tile::ExpandDimsOp, tile::BroadcastOp, tile::TransOp, tile::ReshapeOp, tile::JoinOp, tile::SplitOp>(op);
  }
  /// Lowered by KernelLowering::mapElements: register r of the result from registers r of the operands.
  static bool isElementwise(Operation *op) {
    if (isa<tile::AddPtrOp, tile::PtrCastOp, tile::IntToPtrOp, tile::PtrToIntOp>(op))
      return true;
    StringRef dialect = op->getName().getDialectNamespace();
    return op->getNumResults() == 1 && (dialect == "arith" || dialect == "math");
  }
};

} // namespace

Demand computeDemand(KernelLowering &k) {
  DemandWalk walk(k);
  walk.visit(k.source.getBody());
  return std::move(walk.demand);
}

} // namespace tegula::to_llvm
