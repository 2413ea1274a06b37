//===- VectorWidthTest.cpp - Widths of accesses -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/VectorWidth.h"
#include "lib/Layout/Constructors.h"
#include "test/unit/Layout/RandomLayouts.h"

#include <gtest/gtest.h>
#include <set>

using namespace tegula;
using namespace tegula::testing;

TEST(VectorWidth, PermutedRegistersComeToTheFront) {
  LinearLayout layout = LinearLayout::fromBases(
      {64, 64}, {{Dim::Register, {{1, 0}, {0, 1}, {0, 2}}}, {Dim::Lane, {{0, 4}, {0, 8}, {0, 16}, {0, 32}, {2, 0}}}});
  VectorAccess access = vectorAccess(layout, 1, 8);
  EXPECT_EQ(access.elements, 4);
  EXPECT_EQ(access.registers.apply(std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}),
            (std::vector<int>{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(vectorAccess(layout, 1, 2).elements, 2);
  EXPECT_EQ(vectorAccess(layout, 0, 8).elements, 2);
}

TEST(VectorWidth, EachAccessCoversNeighboursAndNoWiderOneDoes) {
  Random random(1);
  for (int n = 0; n < 1000; ++n) {
    LinearLayout layout = randomDistributed(random, randomTensor(random, 5 + below(random, 6)));
    int axis = below(random, layout.rank());
    VectorAccess access = vectorAccess(layout, axis, 1 << 20);
    LinearLayout ordered = access.registers.apply(layout);
    auto isWide = [&](int elements) { // brute force: registers 0..elements-1 are steps along the axis, aligned
      for (int r = 0; r < elements; ++r)
        if (ordered.at({.reg = uint64_t(r)}) != uint64_t(r) << layout.outs().shift(axis))
          return false;
      return true;
    };
    EXPECT_TRUE(isWide(access.elements));
    // The next step along the axis is in no register.
    uint64_t next = uint64_t(access.elements) << layout.outs().shift(axis);
    if (uint64_t(access.elements) < uint64_t(layout.outs().size(axis)))
      for (int64_t r = 0; r < layout.size(Dim::Register); ++r)
        EXPECT_NE(layout.at({.reg = uint64_t(r)}), next);
  }
}

TEST(VectorWidth, FactsBoundTheWidth) {
  EXPECT_EQ(maxVectorElements(16, {.contiguity = 1024, .divisibility = 16}), 8);
  EXPECT_EQ(maxVectorElements(32, {.contiguity = 1024, .divisibility = 16}), 4);
  EXPECT_EQ(maxVectorElements(16, {.contiguity = 1024, .divisibility = 2}), 1);
  EXPECT_EQ(maxVectorElements(16, {.contiguity = 4, .divisibility = 16}), 4);
  EXPECT_EQ(maxVectorElements(16, {.contiguity = 1024, .divisibility = 16, .maskConstancy = 2}), 2);
  EXPECT_EQ(maxVectorElements(16, {.contiguity = 1024, .divisibility = 1}), 1);
  EXPECT_EQ(maxVectorElements(1, {.contiguity = 1024, .divisibility = 64}), 16);
  EXPECT_EQ(maxVectorElements(64, {.contiguity = 1024, .divisibility = 64}), 2);
}

TEST(VectorWidth, SectorsOfAWarpAgreeWithCountingThem) {
  Random random(2);
  for (int n = 0; n < 1000; ++n) {
    // Rows far apart: the axis is the last, and a row is at least 128 bytes.
    LinearLayout layout = randomDistributed(random, Space::tensor({16, 64}), {.warps = 0});
    int bits = 8 << below(random, 4);
    VectorAccess vector = vectorAccess(layout, 1, 128 / bits);
    LinearLayout ordered = vector.registers.apply(layout);
    std::set<uint64_t> bytes, sectors, lines;
    for (uint64_t lane = 0; lane < 32; ++lane)
      for (uint64_t r = 0; r < uint64_t(vector.elements); ++r) {
        auto at = ordered.coordinates({.reg = r, .lane = lane});
        uint64_t address = uint64_t(at[0]) << 32 | uint64_t(at[1] * bits / 8);
        bytes.insert(address);
        sectors.insert(address / 32);
        lines.insert(address / 128);
      }
    WarpAccess access = warpAccess(layout, 1, vector.elements, bits);
    EXPECT_EQ(access.bytes, int64_t(bytes.size()) * bits / 8);
    EXPECT_EQ(access.sectors, int64_t(sectors.size()));
    EXPECT_EQ(access.lines, int64_t(lines.size()));
  }
}

TEST(VectorWidth, CostsFollowTheMeasuredTable) {
  // Contiguous pieces of 512, 64, 32 and 16 bytes a warp: rates relative to the best, as the header lists them.
  auto cost = [](std::string_view text, int elements, bool store) {
    LinearLayout layout = *LinearLayout::parse(text);
    return memoryAccessCost(layout, 1, elements, 32, store) / double(layout.numElements() * 4);
  };
  std::string_view whole = "[64, 512] register=[[0, 1], [0, 2]] lane=[[0, 4], [0, 8], [0, 16], [0, 32], [0, 64]] "
                           "warp=[[1, 0], [2, 0], [4, 0], [8, 0], [16, 0], [32, 0], [0, 128], [0, 256]]",
                   sixteen = "[64, 512] register=[[0, 1], [0, 2]] lane=[[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]] "
                             "warp=[[32, 0], [0, 4], [0, 8], [0, 16], [0, 32], [0, 64], [0, 128], [0, 256]]";
  EXPECT_NEAR(cost(whole, 4, false), 1.0, 0.01);
  EXPECT_NEAR(cost(whole, 4, true), 1.0, 0.01);
  EXPECT_NEAR(cost(sixteen, 4, false), 2885.0 / 550, 0.1);
  EXPECT_NEAR(cost(sixteen, 4, true), 3175.0 / 249, 0.1);
}

TEST(VectorWidth, CoalescedLayoutsCostLeast) {
  std::vector<int64_t> shape = {128, 128};
  std::vector<int> rows = {1, 0}, columns = {0, 1};
  auto cost = [&](const LinearLayout &layout, bool store) {
    return memoryAccessCost(layout, 1, vectorAccess(layout, 1, 8).elements, 16, store);
  };
  for (bool store : {false, true})
    EXPECT_LT(cost(contiguousLayout(shape, 8, 4, rows), store), cost(contiguousLayout(shape, 8, 4, columns), store));
}
