//===- ReductionTest.cpp - Each element counts once ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/Reduction.h"
#include "lib/Layout/Constructors.h"
#include "test/unit/Layout/RandomLayouts.h"
#include "test/unit/Layout/Simulation.h"

#include <bit>
#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {
using Sizes = std::vector<int64_t>;

template <typename Combine>
Threads runReduction(const ReductionPlan &plan, Threads threads, int elementBits, Combine combine) {
  for (auto &list : threads.values)
    list = plan.sourceRegisters.apply(list);
  for (const ReductionStep &step : plan.steps) {
    switch (step.kind) {
    case ReductionStep::Kind::FoldRegisters:
      for (auto &list : threads.values) {
        std::vector<uint64_t> folded;
        for (size_t r = 0; r < list.size(); ++r)
          if (!(r >> step.registerBit & 1))
            folded.push_back(combine(list[r], list[r | size_t(1) << step.registerBit]));
        list = folded;
      }
      break;
    case ReductionStep::Kind::FoldLanes: {
      Threads before = threads;
      for (size_t t = 0; t < threads.values.size(); ++t) {
        const auto &other = before.values[threads.sameWarp(int(t), (t % threads.lanes) ^ step.laneMask)];
        for (size_t r = 0; r < other.size(); ++r)
          threads.values[t][r] = combine(before.values[t][r], other[r]);
      }
      break;
    }
    case ReductionStep::Kind::Exchange:
      threads = runSharedMemory(plan.exchanges.front(), threads, elementBits);
      break;
    }
  }
  return threads;
}

uint64_t sum(uint64_t a, uint64_t b) { return a + b; }

/// Commutative, not associative: equal results mean equal trees.
uint64_t tree(uint64_t a, uint64_t b) {
  uint64_t x = std::min(a, b), y = std::max(a, b);
  return (x * 0x9e3779b97f4a7c15 ^ std::rotl(y, 17)) * 0xff51afd7ed558ccd + 1;
}

/// Folds the axis of row-major data, lowest step first.
std::vector<uint64_t> plainTree(std::vector<uint64_t> data, Space tensor, int axis) {
  while (tensor.bits(axis)) {
    Space half = tensor.withBits(axis, tensor.bits(axis) - 1);
    std::vector<uint64_t> folded(data.size() / 2);
    for (uint64_t word = 0; word < folded.size(); ++word) {
      auto at = half.coordinates(word);
      at[axis] *= 2;
      uint64_t low = data[tensor.flatten(at)];
      at[axis] += 1;
      folded[word] = tree(low, data[tensor.flatten(at)]);
    }
    data = folded;
    tensor = half;
  }
  return data;
}

} // namespace

TEST(Reduction, PicturedRowTakesOneExchangeAndFiveShuffles) {
  LinearLayout row = contiguousLayout(Sizes{4096}, 8, 4);
  ReductionPlan plan = planReduction(row, 0, std::vector<int>{32});
  EXPECT_EQ(plan.numShuffles(), 5);
  EXPECT_EQ(plan.numCombines(), 31 + 5 + 3);
  ASSERT_EQ(plan.exchanges.size(), 1u);
  EXPECT_EQ(plan.scratchBytes, 16);
  EXPECT_EQ(plan.exchanges[0].swizzle.loadElements, 4);
  EXPECT_EQ(plan.exchanges[0].loadsPerRound(), 1);
  EXPECT_EQ(plan.exchanges[0].replicaLanes, 31u);
  EXPECT_EQ(plan.result.str(), "[] lane=[[], [], [], [], []] warp=[[], []]");
}

TEST(Reduction, RandomLayoutsSumEachElementOnce) {
  Random random(1);
  int exchanged = 0;
  for (int n = 0; n < 3000; ++n) {
    Space tensor = randomTensor(random, 1 + below(random, 10));
    DistributedOptions options{
        .warps = below(random, 4), .blocks = below(random, 8) == 0 ? 1 : 0, .broadcastOneIn = below(random, 2) * 5};
    LinearLayout source = randomDistributed(random, tensor, options);
    int axis = below(random, source.rank()), bits = 8 << below(random, 4);
    ReductionOrder order = below(random, 2) ? ReductionOrder::Fastest : ReductionOrder::ByAxis;
    ReductionPlan plan = planReduction(source, axis, std::vector<int>{bits}, order);
    EXPECT_EQ(plan.result, sliceLayout(source, axis));
    EXPECT_LE(std::count_if(plan.steps.begin(), plan.steps.end(),
                            [](const ReductionStep &s) { return s.kind == ReductionStep::Kind::Exchange; }),
              1);
    exchanged += plan.needsExchange();
    std::vector<uint64_t> data(source.numElements());
    for (uint64_t &value : data)
      value = random();
    std::vector<uint64_t> expected(plan.result.numElements());
    for (uint64_t word = 0; word < data.size(); ++word) {
      auto at = tensor.coordinates(word);
      at.erase(at.begin() + axis);
      expected[plan.result.outs().flatten(at)] += data[word];
    }
    int warps = int(source.size(Dim::Warp)), blocks = int(source.size(Dim::Block));
    Threads result = runReduction(plan, distribute(source, data, 32, warps, blocks), bits, sum);
    ASSERT_EQ(result.values, distribute(plan.result, expected, 32, warps, blocks).values)
        << source.str() << " axis " << axis;
  }
  EXPECT_GT(exchanged, 500);
}

TEST(Reduction, TreeByAxisIsTheSameForEveryLayout) {
  Random random(2);
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 1 + below(random, 10));
    LinearLayout source = randomDistributed(random, tensor, {.warps = below(random, 4)});
    int axis = below(random, source.rank());
    ReductionPlan plan = planReduction(source, axis, std::vector<int>{32}, ReductionOrder::ByAxis);
    std::vector<uint64_t> data(source.numElements());
    for (uint64_t &value : data)
      value = random();
    int warps = int(source.size(Dim::Warp));
    Threads result = runReduction(plan, distribute(source, data, 32, warps, 1), 32, tree);
    ASSERT_EQ(result.values, distribute(plan.result, plainTree(data, tensor, axis), 32, warps, 1).values)
        << source.str();
  }
}

TEST(Reduction, AllThreadsOfTheResultAgree) {
  // Lanes fold with their operands in opposite order; a commutative function still gives all of them the same bits.
  LinearLayout row = contiguousLayout(Sizes{4096}, 8, 8);
  std::vector<uint64_t> data(4096);
  Random random(3);
  for (uint64_t &value : data)
    value = random();
  Threads result = runReduction(planReduction(row, 0, std::vector<int>{32}), distribute(row, data, 32, 8, 1), 32, tree);
  for (const auto &list : result.values)
    EXPECT_EQ(list, result.values[0]);
}

TEST(Reduction, OperandsOfSeveralWidthsHaveTheirOwnScratch) {
  LinearLayout row = contiguousLayout(Sizes{8192}, 4, 8);
  ReductionPlan plan = planReduction(row, 0, std::vector<int>{16, 64, 1});
  ASSERT_EQ(plan.exchanges.size(), 3u);
  EXPECT_EQ(plan.scratchOffsets, (std::vector<int64_t>{0, 16, 80}));
  EXPECT_EQ(plan.scratchBytes, 96);
}

TEST(Reduction, ReplicatedDataIsNotExchanged) {
  LinearLayout row = contiguousLayout(Sizes{16}, 1, 4); // lanes 16.. and all warps repeat
  ReductionPlan plan = planReduction(row, 0, std::vector<int>{32});
  EXPECT_FALSE(plan.needsExchange());
  EXPECT_EQ(plan.numShuffles(), 4);
}

TEST(Reduction, ColumnsOfATileKeepTheirLanes) {
  // 64 x 128 summed over rows: columns stay where they are, four warps' partials meet in shared memory.
  LinearLayout tile = blockedLayout(Sizes{64, 128}, Sizes{1, 4}, Sizes{1, 32}, Sizes{4, 1});
  ReductionPlan plan = planReduction(tile, 0, std::vector<int>{32});
  EXPECT_EQ(plan.numShuffles(), 0);
  ASSERT_TRUE(plan.needsExchange());
  EXPECT_EQ(plan.scratchBytes, 4 * 128 * 4);
  EXPECT_EQ(plan.exchanges[0].swizzle.storeElements, 4);
  EXPECT_EQ(plan.exchanges[0].swizzle.storeWavefronts, 4);
  EXPECT_EQ(plan.result, sliceLayout(tile, 0));
}
