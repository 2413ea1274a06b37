//===- Scratch.cpp - Buffers' places in the scratch area --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every buffer is made as `getelementptr %scratch, 0`. When the whole program stands, each one's life is the stretch
// of program order from the first to the last operation (of the block that made it) with a use inside; two buffers may
// share bytes when their lives are apart. First fit, in order of birth, at multiples of 64 bytes.
#include "lib/Conversion/TileToLoops/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;

int64_t Kernel::planScratch() {
  DenseMap<Operation *, std::pair<unsigned, unsigned>> spans;
  unsigned clock = 0;
  auto number = [&](auto &self, Operation *op) -> void {
    unsigned start = ++clock;
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Operation &inner : block)
          self(self, &inner);
    spans[op] = {start, ++clock};
  };
  number(number, program);

  struct Life {
    Operation *op;
    int64_t bytes, offset = 0;
    unsigned begin, end;
  };
  SmallVector<Life> lives;
  for (Allocation &allocation : allocations) {
    unsigned begin = UINT_MAX, end = 0;
    SmallVector<Value> derived = {allocation.op->getResult(0)};
    for (size_t i = 0; i < derived.size(); ++i)
      for (Operation *user : derived[i].getUsers()) {
        if (isa<LLVM::GEPOp, arith::SelectOp, LLVM::PtrToIntOp>(user))
          derived.push_back(user->getResult(0));
        auto [first, last] = spans.lookup(allocation.op->getBlock()->findAncestorOpInBlock(*user));
        begin = std::min(begin, first);
        end = std::max(end, last);
      }
    if (end == 0) {
      allocation.op->erase();
      continue;
    }
    lives.push_back({allocation.op, int64_t(llvm::alignTo(allocation.bytes, 64)), 0, begin, end});
  }
  llvm::stable_sort(lives, [](const Life &a, const Life &b) { return a.begin < b.begin; });
  int64_t total = 0;
  for (size_t i = 0; i < lives.size(); ++i) {
    SmallVector<const Life *> alive;
    for (size_t k = 0; k < i; ++k)
      if (lives[k].end >= lives[i].begin)
        alive.push_back(&lives[k]);
    llvm::sort(alive, [](const Life *a, const Life *b) { return a->offset < b->offset; });
    int64_t offset = 0;
    for (const Life *other : alive) {
      if (offset + lives[i].bytes <= other->offset)
        break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    lives[i].offset = offset;
    total = std::max(total, offset + lives[i].bytes);
    b.setInsertionPoint(lives[i].op);
    Value place = lives[i].op->getOperand(0);
    Value at = arith::ConstantOp::create(b, lives[i].op->getLoc(), b.getI64IntegerAttr(offset));
    auto gep = LLVM::GEPOp::create(b, lives[i].op->getLoc(), place.getType(), b.getI8Type(), place,
                                   ArrayRef<LLVM::GEPArg>{at}, LLVM::GEPNoWrapFlags::inbounds);
    lives[i].op->replaceAllUsesWith(gep);
    lives[i].op->erase();
  }
  return total;
}
