//===- ReorderLoads.cpp - Issue loads before the first is waited for --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %x = tile.load %p;  %s = tile.reduce (%x);  %w = tile.load %q;  mulf %x, %w
// After:   %x = tile.load %p;  %w = tile.load %q;  %s = tile.reduce (%x);  mulf %x, %w
//
// The assembler cannot do this: a reduction holds a barrier and shuffles, which order memory accesses. Works on each
// block of the structured control flow alone. Does nothing past writes, barriers and volatile accesses, and when
// results in flight would take too many registers. Guarantees: loads keep their order among themselves, writes theirs;
// nothing is executed that was not.
#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_REORDERLOADSPASS
#include "dialects/TileGPU/Transforms/Passes.h.inc"

using namespace mlir;

/// 32-bit registers of a thread that a load's result takes.
static int64_t registersOf(tile::LoadOp load) {
  Type element = getElementTypeOrSelf(load.getType());
  int64_t bits = isa<tile::PointerType>(element) ? 64 : std::max(8u, element.getIntOrFloatBitWidth());
  LayoutAttr layout = layoutOf(load.getResult());
  int64_t held = layout ? layout.getLinearLayout().size(Dim::Register) : 1;
  return std::max<int64_t>(1, held * bits / 32);
}

namespace {
struct ReorderLoadsPass : impl::ReorderLoadsPassBase<ReorderLoadsPass> {
  using ReorderLoadsPassBase::ReorderLoadsPassBase;

  void runOnOperation() final {
    getOperation().walk([&](Block *block) {
      if (!isa<tile::ReduceOp, tile::ScanOp>(block->getParentOp()))
        reorder(*block);
    });
  }

  /// Operations from `first` on that the load's operands need; nothing when one may not move, or waits for a load
  /// itself.
  static std::optional<SmallVector<Operation *>> sliceAfter(tile::LoadOp load, Operation *first,
                                                            const llvm::DenseSet<Value> &loaded) {
    llvm::SetVector<Operation *> slice;
    SmallVector<Operation *> work = {load};
    Block *block = load->getBlock();
    while (!work.empty()) {
      Operation *op = work.pop_back_val();
      for (Value operand : op->getOperands()) {
        Operation *def = operand.getDefiningOp();
        if (loaded.contains(operand))
          return std::nullopt;
        if (!def || def->getBlock() != block || def->isBeforeInBlock(first) || slice.contains(def))
          continue;
        if (!isMemoryEffectFree(def) || def->getNumRegions() != 0 || slice.size() > 64)
          return std::nullopt;
        slice.insert(def);
        work.push_back(def);
      }
    }
    SmallVector<Operation *> ordered = slice.takeVector();
    llvm::sort(ordered, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    return ordered;
  }

  void reorder(Block &block) {
    Operation *firstUse = nullptr; // where the program first waits for a load
    llvm::DenseSet<Value> loaded;  // results in flight
    int64_t inFlight = 0;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      auto load = dyn_cast<tile::LoadOp>(op);
      if (load && !load.getIsVolatile()) {
        int64_t registers = registersOf(load);
        if (firstUse && inFlight + registers <= maxRegisters)
          if (auto slice = sliceAfter(load, firstUse, loaded)) {
            for (Operation *needed : *slice)
              needed->moveBefore(firstUse);
            load->moveBefore(firstUse);
          }
        inFlight += registers;
        loaded.insert(load.getResult());
        continue;
      }
      // What a load may not pass ends the window.
      if (!onlyReads(op)) {
        firstUse = nullptr;
        loaded.clear();
        inFlight = 0;
        continue;
      }
      if (!firstUse && usesAny(op, loaded))
        firstUse = &op;
    }
  }

  /// True when no write, barrier or unknown effect is inside.
  static bool onlyReads(Operation &op) {
    if (isMemoryEffectFree(&op))
      return true;
    auto effects = getEffectsRecursively(&op);
    return effects && llvm::all_of(*effects, [](const MemoryEffects::EffectInstance &effect) {
             return isa<MemoryEffects::Read>(effect.getEffect());
           });
  }

  static bool usesAny(Operation &op, const llvm::DenseSet<Value> &values) {
    if (values.empty())
      return false;
    return op
        .walk([&](Operation *inner) {
          for (Value operand : inner->getOperands())
            if (values.contains(operand))
              return WalkResult::interrupt();
          return WalkResult::advance();
        })
        .wasInterrupted();
  }
};
} // namespace
} // namespace tegula::tile_gpu
