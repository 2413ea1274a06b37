//===- ConversionsTest.cpp - Every element arrives ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/Conversions.h"
#include "lib/Layout/Constructors.h"
#include "test/unit/Layout/RandomLayouts.h"
#include "test/unit/Layout/Simulation.h"

#include <bit>
#include <chrono>
#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {
using Sizes = std::vector<int64_t>;

std::vector<uint64_t> randomData(Random &random, int64_t size) {
  std::vector<uint64_t> data(size);
  for (uint64_t &value : data)
    value = random();
  return data;
}

/// Carries the plan out and compares each register of each thread with what the destination layout says.
void expectArrives(Random &random, const LinearLayout &source, const LinearLayout &destination,
                   const ConversionPlan &plan, int elementBits) {
  auto most = [&](Dim dim) { return int(std::max(source.size(dim), destination.size(dim))); };
  int lanes = most(Dim::Lane), warps = most(Dim::Warp), blocks = most(Dim::Block);
  auto data = randomData(random, source.numElements());
  Threads result = runPlan(plan, distribute(source, data, lanes, warps, blocks), elementBits);
  Threads expected = distribute(destination, data, lanes, warps, blocks);
  ASSERT_EQ(result.values, expected.values) << source.str() << "\n-> " << destination.str() << "\n"
                                            << plan.summary(elementBits);
}

/// A layout with the same warps whose register and lane bits are dealt anew.
LinearLayout redealWithinWarps(Random &random, const LinearLayout &source) {
  std::vector<uint64_t> bits;
  for (Dim dim : {Dim::Register, Dim::Lane})
    for (uint64_t column : source.columns(dim))
      bits.push_back(column);
  while (int(bits.size()) < source.bits(Dim::Lane))
    bits.push_back(0);
  std::shuffle(bits.begin(), bits.end(), random);
  size_t lanes = source.bits(Dim::Lane);
  std::vector<uint64_t> lane(bits.begin(), bits.begin() + lanes), reg(bits.begin() + lanes, bits.end());
  return source.withColumns(Dim::Lane, lane).withColumns(Dim::Register, reg);
}

int randomWidth(Random &random) { return 8 << below(random, 4); }
} // namespace

TEST(Conversions, EqualLayoutsNeedNothing) {
  Random random(1);
  for (int n = 0; n < 500; ++n) {
    LinearLayout layout = randomDistributed(random, randomTensor(random, 5 + below(random, 6)));
    EXPECT_EQ(planConversion(layout, layout, 32).kind, ConversionKind::None);
  }
}

TEST(Conversions, PermutedRegistersAreRenamed) {
  Random random(2);
  for (int n = 0; n < 1000; ++n) {
    LinearLayout source = randomDistributed(random, randomTensor(random, 5 + below(random, 6)));
    auto columns = source.columns(Dim::Register);
    std::vector<uint64_t> registers(columns.begin(), columns.end());
    if (below(random, 2))
      registers.push_back(0);
    std::shuffle(registers.begin(), registers.end(), random);
    LinearLayout destination = source.withColumns(Dim::Register, registers);
    ConversionPlan plan = planConversion(source, destination, 32);
    EXPECT_TRUE(plan.kind == ConversionKind::None || plan.kind == ConversionKind::Registers);
    expectArrives(random, source, destination, plan, 32);
  }
}

TEST(Conversions, AccumulatorBecomesTheNextOperandWithoutMovement) {
  ConversionPlan plan =
      planConversion(mmaAccumulatorLayout(Sizes{64, 64}, 4, 1, 64), mmaOperandALayout(Sizes{64, 64}, 16, 4, 1), 16);
  EXPECT_TRUE(plan.kind == ConversionKind::None || plan.kind == ConversionKind::Registers);
}

TEST(Conversions, RandomLayoutsArriveWhateverThePlan) {
  Random random(3);
  int kinds[4] = {};
  for (int n = 0; n < 3000; ++n) {
    Space tensor = randomTensor(random, 3 + below(random, 8));
    DistributedOptions options{.warps = below(random, 3), .broadcastOneIn = below(random, 2) * 5};
    LinearLayout source = randomDistributed(random, tensor, options),
                 destination = randomDistributed(random, tensor, options);
    int bits = randomWidth(random);
    ConversionPlan plan = planConversion(source, destination, bits);
    ++kinds[int(plan.kind)];
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, bits));
  }
  EXPECT_GT(kinds[int(ConversionKind::Shuffles)], 100);
  EXPECT_GT(kinds[int(ConversionKind::SharedMemory)], 100);
}

TEST(Conversions, WithinAWarpShufflesDoAndSoDoesSharedMemory) {
  Random random(4);
  int planned = 0;
  for (int n = 0; n < 3000; ++n) {
    Space tensor = randomTensor(random, 3 + below(random, 8));
    LinearLayout source =
        randomDistributed(random, tensor, {.warps = below(random, 3), .broadcastOneIn = below(random, 2) * 5});
    LinearLayout destination = redealWithinWarps(random, source);
    int bits = randomWidth(random);
    if (auto shuffles = tryPlanShuffles(source, destination, bits)) {
      ++planned;
      ConversionPlan plan;
      plan.kind = ConversionKind::Shuffles;
      plan.shuffles = *shuffles;
      ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, bits));
    }
    ConversionPlan plan =
        planConversion(source, destination, bits, {.prefer = ConversionOptions::Prefer::SharedMemory});
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, bits));
  }
  EXPECT_EQ(planned, 3000); // nothing crosses a warp, so shuffles always do
}

TEST(Conversions, ReplicasOfTheSourceNeedOnlySelects) {
  // All lanes hold everything; lane bits pick.
  LinearLayout source =
                   *LinearLayout::parse("[16] register=[[1], [2], [4], [8]] lane=[[0], [0], [0], [0], [0]] warp=[[0]]"),
               destination = *LinearLayout::parse("[16] register=[[4]] lane=[[1], [2], [0], [0], [0]] warp=[[8]]");
  auto plan = tryPlanShuffles(source, destination, 32);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->numShuffles(), 0);
  EXPECT_EQ(plan->numSelects(), 8 + 4 + 2);
}

TEST(Conversions, ShuffleAndSelectCountsAreThoseOfTheRule) {
  auto layout = [](std::string_view text) { return *LinearLayout::parse(text); };
  // One lone pair, R = 8 words: 1.5 R selects, 0.5 R shuffles.
  LinearLayout source = layout("[256] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]]");
  auto plan = tryPlanShuffles(source, layout("[256] register=[[8], [2], [4]] lane=[[1], [16], [32], [64], [128]]"), 32);
  EXPECT_EQ(plan->numShuffles(), 4);
  EXPECT_EQ(plan->numSelects(), 12);
  // Lanes move only: R shuffles.
  plan = tryPlanShuffles(source, layout("[256] register=[[1], [2], [4]] lane=[[16], [8], [32], [64], [128]]"), 32);
  EXPECT_EQ(plan->numShuffles(), 8);
  EXPECT_EQ(plan->numSelects(), 0);
  // A pair and moving lanes: 2 R selects, R shuffles.
  plan = tryPlanShuffles(source, layout("[256] register=[[16], [2], [4]] lane=[[1], [8], [32], [64], [128]]"), 32);
  EXPECT_EQ(plan->numShuffles(), 8);
  EXPECT_EQ(plan->numSelects(), 16);
  // 16-bit values travel in pairs.
  plan = tryPlanShuffles(source, layout("[256] register=[[8], [2], [4]] lane=[[1], [16], [32], [64], [128]]"), 16);
  EXPECT_EQ(plan->elementsPerWord, 2);
  EXPECT_EQ(plan->numShuffles(), 2);
}

TEST(Conversions, PlansThatCrossAWarpGoThroughSharedMemory) {
  LinearLayout source = contiguousLayout(Sizes{64, 64}, 4, 4),
               destination = contiguousLayout(Sizes{64, 64}, 4, 4, std::vector<int>{0, 1});
  EXPECT_FALSE(tryPlanShuffles(source, destination, 32));
  ConversionPlan plan = planConversion(source, destination, 32);
  EXPECT_EQ(plan.kind, ConversionKind::SharedMemory);
  EXPECT_EQ(plan.shared.barrier, BarrierScope::Block);
  EXPECT_EQ(plan.summary(32), "shared memory: 16384 bytes, 1 round, stores of 4 bytes, loads of 16 bytes");
}

TEST(Conversions, SharedMemoryOfOneWarpNeedsNoBarrierOfTheBlock) {
  LinearLayout source =
                   *LinearLayout::parse("[256] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[128]]"),
               destination =
                   *LinearLayout::parse("[256] register=[[32], [64]] lane=[[1], [2], [4], [8], [16]] warp=[[128]]");
  EXPECT_EQ(planSharedMemory(source, destination, 32).barrier, BarrierScope::Warp);
}

TEST(Conversions, SharedMemoryIsNotInConflictUnlessThatIsCheaper) {
  Random random(5);
  for (int n = 0; n < 4000; ++n) {
    // Where both sides hold as many registers, and for accesses of at most a word in any case, there is no conflict.
    bool replicas = below(random, 2);
    DistributedOptions options{.broadcastOneIn = replicas ? 5 : 0};
    Space tensor = randomTensor(random, 7 + below(random, 7));
    LinearLayout source = randomDistributed(random, tensor, options),
                 destination = randomDistributed(random, tensor, options);
    int bits = randomWidth(random);
    Swizzle swizzle = chooseSwizzle(source, destination, bits, {.maxVectorBits = replicas ? 32 : 128});
    ASSERT_EQ(swizzle.storeWavefronts, conflictFreeWavefronts(swizzle.storeElements, bits));
    ASSERT_EQ(swizzle.loadWavefronts, conflictFreeWavefronts(swizzle.loadElements, bits));
    ASSERT_TRUE(swizzle.memory.isInvertible());
  }
}

TEST(Conversions, WavefrontsArePredictedForAnyMemory) {
  Random random(6);
  int conflicts = 0;
  for (int n = 0; n < 2000; ++n) {
    Space tensor = randomTensor(random, 5 + below(random, 8));
    LinearLayout layout = randomDistributed(random, tensor, {.warps = 0}), memory = randomMemory(random, tensor);
    LinearLayout access = layout.restrictTo({Dim::Lane}).invertAndCompose(memory);
    int bits = randomWidth(random);
    std::vector<uint64_t> addresses;
    for (uint64_t lane = 0; lane < 32; ++lane)
      addresses.push_back(access.outs().coordinate(access.at({.lane = lane}), Dim::Offset) * bits / 8);
    EXPECT_EQ(sharedWavefronts(access, 1, bits), countWavefronts(addresses, bits / 8));
    conflicts += sharedWavefronts(access, 1, bits) > conflictFreeWavefronts(1, bits);
  }
  EXPECT_GT(conflicts, 200);
}

TEST(Conversions, KnownPairsAreConflictFree) {
  std::vector<int> rows = {1, 0}, columns = {0, 1};
  struct Case {
    LinearLayout source, destination;
    int bits;
  };
  for (const Case &c : {
           Case{contiguousLayout(Sizes{32, 32}, 1, 1, rows), contiguousLayout(Sizes{32, 32}, 1, 1, columns), 32},
           Case{contiguousLayout(Sizes{64, 64}, 8, 4, rows), mmaAccumulatorLayout(Sizes{64, 64}, 4, 1), 16},
           Case{mmaAccumulatorLayout(Sizes{64, 64}, 4, 1), contiguousLayout(Sizes{64, 64}, 4, 4, rows), 32},
           Case{contiguousLayout(Sizes{64, 64}, 4, 4, rows), contiguousLayout(Sizes{64, 64}, 4, 4, columns), 32},
           Case{contiguousLayout(Sizes{128, 128}, 8, 8, rows), contiguousLayout(Sizes{128, 128}, 8, 8, columns), 16},
       }) {
    SharedMemoryPlan plan = planSharedMemory(c.source, c.destination, c.bits);
    EXPECT_EQ(plan.swizzle.storeWavefronts, conflictFreeWavefronts(plan.swizzle.storeElements, c.bits));
    EXPECT_EQ(plan.swizzle.loadWavefronts, conflictFreeWavefronts(plan.swizzle.loadElements, c.bits));
  }
}

TEST(Conversions, MatrixInstructionsMoveTheSameElements) {
  Random random(10);
  std::map<std::pair<SharedAccess, SharedAccess>, int> taken;
  for (int n = 0; n < 3000; ++n) {
    Space tensor = randomTensor(random, 7 + below(random, 5));
    DistributedOptions options{.warps = below(random, 3), .broadcastOneIn = below(random, 2) * 6};
    LinearLayout source = randomDistributed(random, tensor, options),
                 destination = randomDistributed(random, tensor, options);
    if (below(random, 3) == 0) // the other side's lanes in the roles that stmatrix.trans gives them
      destination =
          destination.withColumns(Dim::Lane, source.columns(Dim::Lane)).isDistributed() ? destination : source;
    int bits = 8 << below(random, 3);
    ConversionPlan plan = planConversion(source, destination, bits,
                                         {.maxScratchBytes = below(random, 4) ? 1 << 20 : 1 << 10,
                                          .matrixLoads = true,
                                          .matrixStores = below(random, 2) == 0,
                                          .prefer = ConversionOptions::Prefer::SharedMemory});
    if (plan.kind == ConversionKind::SharedMemory)
      ++taken[{plan.shared.swizzle.storeKind, plan.shared.swizzle.loadKind}];
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, bits));
  }
  using enum SharedAccess;
  EXPECT_GT((taken[{Vector, Matrix}]), 20);
  EXPECT_GT((taken[{Vector, MatrixTransposed}]), 20);
  EXPECT_GT((taken[{Matrix, Vector}]), 20);
  EXPECT_GT((taken[{MatrixTransposed, Vector}]), 20);
}

TEST(Conversions, AccumulatorGoesOutByStmatrixAndOperandsComeInByLdmatrix) {
  ConversionOptions options{.matrixLoads = true}, storeOptions{.matrixStores = true};
  LinearLayout rows = contiguousLayout(Sizes{64, 64}, 8, 4), accumulator = mmaAccumulatorLayout(Sizes{64, 64}, 4, 1);
  EXPECT_EQ(planConversion(accumulator, rows, 16, storeOptions).summary(16),
            "shared memory: 8192 bytes, 1 round, stores of 4 matrices, loads of 16 bytes");
  EXPECT_EQ(planConversion(rows, mmaOperandALayout(Sizes{64, 64}, 16, 4, 1), 16, options).summary(16),
            "shared memory: 8192 bytes, 1 round, stores of 16 bytes, loads of 4 matrices");
  EXPECT_EQ(planConversion(rows, mmaOperandBLayout(Sizes{64, 64}, 16, 4, 1), 16, options).summary(16),
            "shared memory: 8192 bytes, 1 round, stores of 16 bytes, loads of 4 matrices transposed");
}

TEST(Conversions, RoundsShrinkTheScratchToTheBudget) {
  Random random(7);
  int inRounds = 0;
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 9 + below(random, 3));
    LinearLayout source = randomDistributed(random, tensor, {.warps = 1}),
                 destination = randomDistributed(random, tensor, {.warps = 1});
    int bits = randomWidth(random);
    int64_t whole = tensor.totalBits() ? (int64_t(1) << tensor.totalBits()) * bits / 8 : 0,
            budget = whole >> below(random, 4);
    ConversionPlan plan;
    plan.kind = ConversionKind::SharedMemory;
    plan.shared = planSharedMemory(source, destination, bits, {.maxScratchBytes = budget});
    EXPECT_EQ(plan.shared.scratchBytes * plan.shared.rounds, whole);
    inRounds += plan.shared.rounds > 1;
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, bits));
  }
  EXPECT_GT(inRounds, 100);
}

TEST(Conversions, AcrossTheBlocksOfACluster) {
  Random random(8);
  int crossing = 0;
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 6 + below(random, 4));
    DistributedOptions options{.warps = 1, .blocks = 1 + below(random, 2), .broadcastOneIn = below(random, 2) * 4};
    LinearLayout source = randomDistributed(random, tensor, options),
                 destination = randomDistributed(random, tensor, options);
    ConversionPlan plan = planConversion(source, destination, 32);
    crossing += plan.kind == ConversionKind::SharedMemory && plan.shared.crossesBlocks;
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, 32));
  }
  EXPECT_GT(crossing, 100);
}

TEST(Conversions, LayoutsWithFewerWarpsCountAsReplicated) {
  Random random(9);
  for (int n = 0; n < 500; ++n) {
    Space tensor = randomTensor(random, 4 + below(random, 6));
    LinearLayout source = randomDistributed(random, tensor, {.warps = below(random, 3)}),
                 destination = randomDistributed(random, tensor, {.warps = below(random, 3)});
    ConversionPlan plan = planConversion(source, destination, 32);
    ASSERT_NO_FATAL_FAILURE(expectArrives(random, source, destination, plan, 32));
  }
}

TEST(Conversions, PlanningTakesMicroseconds) {
  std::vector<int> rows = {1, 0}, columns = {0, 1};
  LinearLayout a = contiguousLayout(Sizes{64, 64}, 8, 4, rows), b = contiguousLayout(Sizes{64, 64}, 8, 4, columns),
               c = mmaAccumulatorLayout(Sizes{64, 64}, 4, 1);
  auto start = std::chrono::steady_clock::now();
  double sum = 0;
  constexpr int kRepeats = 500;
  for (int n = 0; n < kRepeats; ++n)
    sum += planConversion(a, b, 16).cost + planConversion(a, c, 16).cost;
  std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
  RecordProperty("microseconds", std::to_string(time.count() / (2 * kRepeats)));
  std::printf("planConversion: %.2f us\n", time.count() / (2 * kRepeats));
  EXPECT_GT(sum, 0);
  EXPECT_LT(time.count() / (2 * kRepeats), 100); // some ten times what is expected: the machine may be busy
}
