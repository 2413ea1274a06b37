//===- Barriers.cpp - Where warps must wait before scratch is reused --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Analysis/Barriers.h"

#include "dialects/TileGPU/IR/TileGPU.h"
#include "lib/Analysis/SharedMemoryPlan.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::analysis;

namespace {
/// Numbers of the ranges that may still be read.
using Reading = llvm::SmallBitVector;

struct Walker {
  SmallVector<ScratchRange> ranges;
  DenseMap<Operation *, unsigned> numbers;
  SmallVector<bool> meets;
  DenseSet<Operation *> needed;

  void exchange(Operation *op, Reading &reading) {
    unsigned own = numbers.lookup(op);
    bool mustWait = llvm::any_of(reading.set_bits(), [&](int other) { return ranges[other].overlaps(ranges[own]); });
    if (mustWait) {
      needed.insert(op);
      reading.reset();
    }
    if (meets[own])
      reading.reset();
    reading.set(own);
  }

  /// Runs a loop's regions until what may be read at its head no longer grows.
  template <typename BodyT> void loop(Reading &head, BodyT body) {
    while (true) {
      Reading end = head;
      body(end);
      Reading grown = head;
      grown |= end;
      if (grown == head)
        return;
      head = grown;
    }
  }

  void visit(Region &region, Reading &reading) {
    for (Block &block : region)
      for (Operation &op : block)
        visit(&op, reading);
  }

  void visit(Operation *op, Reading &reading) {
    if (numbers.contains(op))
      return exchange(op, reading);
    if (isa<tile::BarrierOp, tile_gpu::BarrierOp>(op)) {
      reading.reset();
      return;
    }
    if (auto branch = dyn_cast<scf::IfOp>(op)) {
      Reading other = reading;
      visit(branch.getThenRegion(), reading);
      visit(branch.getElseRegion(), other);
      reading |= other;
      return;
    }
    if (auto forLoop = dyn_cast<scf::ForOp>(op)) {
      loop(reading, [&](Reading &end) { visit(forLoop.getRegion(), end); });
      return;
    }
    if (auto whileLoop = dyn_cast<scf::WhileOp>(op)) {
      loop(reading, [&](Reading &end) {
        visit(whileLoop.getBefore(), end);
        visit(whileLoop.getAfter(), end);
      });
      // It is left from its condition.
      visit(whileLoop.getBefore(), reading);
      return;
    }
    for (Region &region : op->getRegions())
      visit(region, reading);
  }
};
} // namespace

SmallVector<Operation *> analysis::findBarriers(func::FuncOp kernel) {
  Walker walker;
  SmallVector<Operation *> exchanges, result;
  kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
    std::optional<int64_t> offset = tile_gpu::sharedOffset(op);
    if (!offset)
      return;
    walker.numbers[op] = walker.ranges.size();
    walker.ranges.push_back({op, *offset, scratchBytes(op)});
    walker.meets.push_back(meetsAtBarrier(op));
    exchanges.push_back(op);
  });
  Reading reading(walker.ranges.size());
  walker.visit(kernel.getBody(), reading);
  for (Operation *op : exchanges)
    if (walker.needed.contains(op))
      result.push_back(op);
  return result;
}
