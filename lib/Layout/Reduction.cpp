//===- Reduction.cpp - Folding an axis away -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A current layout is carried along: folding a register bit removes its column, folding a lane bit makes its column
// zero (both lanes hold the result). Columns keep the coordinates of the source tensor; only the exchange is planned on
// a tensor whose axis has shrunk to the bits that are left.
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/Reduction.h"
#include "lib/Layout/Constructors.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
/// The layout of the tensor whose axis keeps only the bits of `left` (a mask of the flattened coordinate), closed up.
LinearLayout shrinkAxis(const LinearLayout &layout, int axis, uint64_t left) {
  const Space &outs = layout.outs();
  uint64_t mask = outs.mask(axis);
  int low = outs.shift(axis), width = outs.bits(axis), kept = std::popcount(left);
  std::array<uint64_t, kMaxBits> words;
  auto columns = layout.columns();
  for (size_t i = 0; i < columns.size(); ++i) {
    uint64_t below = columns[i] & ((uint64_t(1) << low) - 1), above = columns[i] >> (low + width), along = 0;
    int place = 0;
    for (uint64_t rest = left; rest; rest &= rest - 1, ++place)
      along |= uint64_t((columns[i] & mask & rest & -rest) != 0) << place;
    words[i] = below | along << low | above << (low + kept);
  }
  return LinearLayout(layout.ins(), outs.withBits(axis, kept), {words.data(), columns.size()});
}

/// Where the exchange puts the axis bits that are left: in registers while the list stays short, for one wide load then
/// brings many, then in lanes that are replicas, then in registers again.
LinearLayout exchangeDestination(const LinearLayout &current, uint64_t left, uint64_t axisMask) {
  std::vector<uint64_t> registers;
  for (uint64_t column : current.columns(Dim::Register))
    if (!(column & axisMask))
      registers.push_back(column);
  auto lanesNow = current.columns(Dim::Lane);
  std::vector<uint64_t> lanes(lanesNow.begin(), lanesNow.end());
  for (uint64_t &column : lanes)
    if (column & axisMask)
      column = 0;
  auto withoutAxis = [&](Dim dim) {
    auto columns = current.columns(dim);
    std::vector<uint64_t> result(columns.begin(), columns.end());
    for (uint64_t &column : result)
      if (column & axisMask)
        column = 0;
    return result;
  };
  constexpr int kShortList = 3; // 8 values
  for (uint64_t rest = left; rest; rest &= rest - 1) {
    uint64_t bit = rest & -rest;
    auto replica = std::find(lanes.begin(), lanes.end(), 0);
    if (int(registers.size()) >= kShortList && replica != lanes.end())
      *replica = bit;
    else
      registers.push_back(bit);
  }
  auto warps = withoutAxis(Dim::Warp), blocks = withoutAxis(Dim::Block);
  return LinearLayout::fromColumns(
      current.outs(), {{Dim::Register, registers}, {Dim::Lane, lanes}, {Dim::Warp, warps}, {Dim::Block, blocks}});
}
} // namespace

int ReductionPlan::numShuffles() const {
  int registers = sourceRegisters.newBits(), shuffles = 0;
  for (const ReductionStep &step : steps) {
    if (step.kind == ReductionStep::Kind::FoldRegisters)
      --registers;
    else if (step.kind == ReductionStep::Kind::FoldLanes)
      shuffles += 1 << registers;
    else
      registers = exchanges.front().destinationRegisters.newBits();
  }
  return shuffles;
}

int ReductionPlan::numCombines() const {
  int registers = sourceRegisters.newBits(), combines = 0;
  for (const ReductionStep &step : steps) {
    if (step.kind == ReductionStep::Kind::FoldRegisters)
      combines += 1 << --registers;
    else if (step.kind == ReductionStep::Kind::FoldLanes)
      combines += 1 << registers;
    else
      registers = exchanges.front().destinationRegisters.newBits();
  }
  return combines;
}

ReductionPlan planReduction(const LinearLayout &source, int axis, std::span<const int> elementBits,
                            ReductionOrder order) {
  assert(source.isDistributed() && axis >= 0 && axis < source.rank());
  ReductionPlan plan;
  plan.sourceRegisters = dropRegisterBroadcast(source);
  LinearLayout current = source.withoutZeroColumns(Dim::Register);
  uint64_t axisMask = source.outs().mask(axis), left = axisMask;

  auto find = [&](Dim dim, uint64_t bit) {
    auto columns = current.columns(dim);
    auto found = std::find(columns.begin(), columns.end(), bit);
    return found == columns.end() ? -1 : int(found - columns.begin());
  };
  auto setColumns = [&](Dim dim, int bit, bool erase) {
    auto columns = current.columns(dim);
    std::vector<uint64_t> words(columns.begin(), columns.end());
    if (erase)
      words.erase(words.begin() + bit);
    else
      words[bit] = 0;
    current = current.withColumns(dim, words);
  };
  /// Folds the bit if it is in a register or lane.
  auto fold = [&](uint64_t bit, bool registers, bool lanes) {
    if (int r = registers ? find(Dim::Register, bit) : -1; r >= 0) {
      plan.steps.push_back({ReductionStep::Kind::FoldRegisters, r, 0});
      setColumns(Dim::Register, r, /*erase=*/true);
    } else if (int l = lanes ? find(Dim::Lane, bit) : -1; l >= 0) {
      plan.steps.push_back({ReductionStep::Kind::FoldLanes, 0, uint32_t(1) << l});
      setColumns(Dim::Lane, l, /*erase=*/false);
    } else {
      return false;
    }
    left &= ~bit;
    return true;
  };
  auto exchange = [&] {
    LinearLayout destination = exchangeDestination(current, left, axisMask);
    LinearLayout from = shrinkAxis(current, axis, left), to = shrinkAxis(destination, axis, left);
    for (int bits : elementBits) {
      plan.exchanges.push_back(planSharedMemory(from, to, std::max(8, bits), {.maxScratchBytes = INT64_MAX}));
      plan.scratchOffsets.push_back(plan.scratchBytes);
      plan.scratchBytes += (plan.exchanges.back().scratchBytes + 15) / 16 * 16;
    }
    plan.steps.push_back({ReductionStep::Kind::Exchange, 0, 0});
    current = destination;
  };

  if (order == ReductionOrder::ByAxis) {
    for (uint64_t rest = axisMask; rest; rest &= rest - 1) {
      uint64_t bit = rest & -rest;
      if (!fold(bit, true, true)) {
        exchange();
        fold(bit, true, true);
      }
    }
  } else {
    for (int pass = 0; pass < 2; ++pass) {
      for (bool lanes : {false, true})
        for (uint64_t rest = left; rest; rest &= rest - 1)
          fold(rest & -rest, !lanes, lanes);
      if (!left)
        break;
      exchange();
    }
  }
  plan.result = current.removeAxis(axis);
  assert(plan.result == sliceLayout(source, axis));
  return plan;
}

double reductionCost(const ReductionPlan &plan) {
  double cost = 0.25 * plan.numCombines() + plan.numShuffles();
  for (const ReductionStep &step : plan.steps)
    cost += step.kind == ReductionStep::Kind::FoldLanes ? 24 : 0; // each waits for the one before
  for (const SharedMemoryPlan &exchange : plan.exchanges)
    cost += sharedMemoryCost(exchange);
  return cost;
}

} // namespace tegula
