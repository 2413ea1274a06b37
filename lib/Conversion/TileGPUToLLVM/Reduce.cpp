//===- Reduce.cpp - Folding an axis of blocks --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lib/Layout/Reduction.h makes the plan; each of its steps combines pairs by emitting the operation's region once more:
//
//   FoldRegisters    combine(x0, x1), combine(x2, x3), ...
//   FoldLanes        combine(x, shfl.sync.bfly(x))
//   Exchange         partial results of the warps through shared memory; all operands share its one barrier
//
// The result is in every thread that held a part of its row.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/Exchange.h"
#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "lib/Layout/Reduction.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

/// One list of registers for each operand.
using Lists = SmallVector<Values, 2>;

class ReduceLowering {
public:
  ReduceLowering(KernelLowering &k, tile::ReduceOp op) : k(k), e(k.e), op(op) {}

  LogicalResult run() {
    SmallVector<int> bits;
    for (Value operand : op.getOperands())
      bits.push_back(k.memoryBits(operand.getType()));
    const LinearLayout &layout = k.layoutOf(op.getOperands().front());
    ReductionPlan plan = planReduction(layout, op.getAxis(), std::span<const int>(bits.data(), bits.size()));
    for (Value operand : op.getOperands()) {
      ArrayRef<Value> registers = k.get(operand);
      Values &list = lists.emplace_back();
      for (int r = 0; r < plan.sourceRegisters.numNew(); ++r)
        list.push_back(registers[plan.sourceRegisters(r)]);
    }
    for (const ReductionStep &step : plan.steps) {
      e.loc = op.getLoc();
      if (failed(take(plan, step)))
        return failure();
    }
    return bindResults(plan);
  }

private:
  LogicalResult take(const ReductionPlan &plan, const ReductionStep &step) {
    switch (step.kind) {
    case ReductionStep::Kind::FoldRegisters:
      return foldRegisters(1u << step.registerBit);
    case ReductionStep::Kind::FoldLanes:
      return foldLanes(step.laneMask);
    case ReductionStep::Kind::Exchange:
      return exchange(plan);
    }
    return failure();
  }

  LogicalResult foldRegisters(unsigned bit) {
    Lists folded(lists.size());
    for (unsigned r = 0; r < lists.front().size(); ++r)
      if (!(r & bit) && failed(combine(r, [&](unsigned i) { return lists[i][r | bit]; }, folded)))
        return failure();
    lists = std::move(folded);
    return success();
  }

  LogicalResult foldLanes(unsigned mask) {
    Lists folded(lists.size());
    for (unsigned r = 0; r < lists.front().size(); ++r)
      if (failed(combine(r, [&](unsigned i) { return e.shuffleXor(lists[i][r], mask); }, folded)))
        return failure();
    lists = std::move(folded);
    return success();
  }

  /// Appends combine(lists[..][r], other(..)) to `folded`.
  LogicalResult combine(unsigned r, llvm::function_ref<Value(unsigned)> other, Lists &folded) {
    Values arguments;
    for (const Values &list : lists)
      arguments.push_back(list[r]);
    for (unsigned i = 0; i < lists.size(); ++i)
      arguments.push_back(other(i));
    auto results = k.lowerRegion(op.getCombiner(), arguments);
    if (failed(results))
      return failure();
    e.loc = op.getLoc();
    for (auto [list, value] : llvm::zip_equal(folded, *results))
      list.push_back(value);
    return success();
  }

  LogicalResult exchange(const ReductionPlan &plan) {
    auto scratch = tile_gpu::sharedOffset(op);
    if (!scratch)
      return k.error(op) << "exchanges data between warps but has no '" << tile_gpu::kSharedOffsetAttr
                         << "'; run tile-gpu-allocate-shared-memory first";
    SmallVector<std::unique_ptr<SharedExchange>> exchanges;
    int rounds = 1;
    for (unsigned i = 0; i < lists.size(); ++i) {
      const SharedMemoryPlan &shared = plan.exchanges[i];
      if (shared.crossesBlocks)
        return k.error(op) << "reduces between the blocks of a cluster, which has no lowering";
      exchanges.push_back(std::make_unique<SharedExchange>(e, shared, lists[i], *scratch + plan.scratchOffsets[i]));
      rounds = std::max(rounds, shared.rounds);
    }
    // A barrier serves all operands; that of the whole program serves any of them.
    auto barrier = [&] {
      bool wide = llvm::any_of(plan.exchanges, [](const auto &shared) { return shared.barrier != BarrierScope::Warp; });
      wide ? e.barrier() : e.warpBarrier();
    };
    for (int round = 0; round < rounds; ++round) {
      if (round)
        barrier();
      for (auto [i, exchange] : llvm::enumerate(exchanges))
        if (round < plan.exchanges[i].rounds)
          exchange->store(round);
      barrier();
      for (auto [i, exchange] : llvm::enumerate(exchanges))
        if (round < plan.exchanges[i].rounds)
          exchange->load(round);
    }
    for (auto [list, exchange] : llvm::zip_equal(lists, exchanges))
      list = exchange->result();
    return success();
  }

  LogicalResult bindResults(const ReductionPlan &plan) {
    for (auto [result, list] : llvm::zip_equal(op.getResults(), lists)) {
      if (!isa<RankedTensorType>(result.getType())) {
        k.setScalar(result, list.front());
        continue;
      }
      auto registers = matchRegisters(k.layoutOf(result), plan.result,
                                      [](ArrayRef<int64_t> place) { return SmallVector<int64_t>(place); });
      if (!registers)
        return k.error(op) << "has a result layout that does not follow from the operand's";
      Values ordered;
      for (unsigned reg : *registers)
        ordered.push_back(list[reg]);
      k.set(result, ordered);
    }
    return success();
  }

  KernelLowering &k;
  Emitter &e;
  tile::ReduceOp op;
  Lists lists;
};

} // namespace

Lowered lowerReduce(KernelLowering &k, Operation *op) {
  auto reduce = dyn_cast<tile::ReduceOp>(op);
  if (!reduce)
    return Lowered::NotMine;
  return succeeded(ReduceLowering(k, reduce).run()) ? Lowered::Done : Lowered::Failed;
}

} // namespace tegula::to_llvm
