//===- ConstructorsTest.cpp - Named layouts are what the tables say -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/Constructors.h"
#include "lib/Layout/ColumnAction.h"
#include "lib/Layout/Drawing.h"
#include "test/unit/Layout/RandomLayouts.h"

#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {
using Sizes = std::vector<int64_t>;
using Order = std::vector<int>;
} // namespace

TEST(Constructors, BlockedHoldsABoxPerThreadAndRepeatsInRegisters) {
  LinearLayout layout = blockedLayout(Sizes{16, 128}, Sizes{1, 8}, Sizes{4, 8}, Sizes{4, 1}, Order{1, 0});
  EXPECT_EQ(layout.str(), "[16, 128] register=[[0, 1], [0, 2], [0, 4], [0, 64]] "
                          "lane=[[0, 8], [0, 16], [0, 32], [1, 0], [2, 0]] warp=[[4, 0], [8, 0]]");
}

TEST(Constructors, BlockedReplicatesOverThreadsWhenTheTensorIsSmall) {
  LinearLayout layout = blockedLayout(Sizes{64}, Sizes{4}, Sizes{32}, Sizes{4});
  EXPECT_EQ(layout.str(), "[64] register=[[1], [2]] lane=[[4], [8], [16], [32], [0]] warp=[[0], [0]]");
  EXPECT_EQ(blockedLayout(Sizes{2}, Sizes{4}, Sizes{32}, Sizes{1}).str(),
            "[2] register=[[1]] lane=[[0], [0], [0], [0], [0]]");
}

TEST(Constructors, BlockedMatchesTheDefinitionElementByElement) {
  Random random(1);
  for (int n = 0; n < 300; ++n) {
    auto pick = [&](int most) { return int64_t(1) << below(random, most); };
    Sizes per = {pick(3), pick(3)}, threads = {pick(3), pick(4)}, warps = {pick(2), pick(2)};
    Order order = below(random, 2) ? Order{1, 0} : Order{0, 1};
    Sizes shape = {per[0] * threads[0] * warps[0], per[1] * threads[1] * warps[1]}; // one tile exactly
    LinearLayout layout = blockedLayout(shape, per, threads, warps, order);
    ASSERT_TRUE(layout.isInvertible());
    for (int64_t w = 0; w < layout.size(Dim::Warp); ++w)
      for (int64_t l = 0; l < layout.size(Dim::Lane); ++l)
        for (int64_t r = 0; r < layout.size(Dim::Register); ++r) {
          Sizes expected(2);
          int a = order[0], b = order[1];
          expected[a] = ((w % warps[a]) * threads[a] + l % threads[a]) * per[a] + r % per[a];
          expected[b] = ((w / warps[a]) * threads[b] + l / threads[a]) * per[b] + r / per[a];
          ASSERT_EQ(layout.coordinates({.reg = uint64_t(r), .lane = uint64_t(l), .warp = uint64_t(w)}), expected);
        }
  }
}

TEST(Constructors, ContiguousCoversEveryShapeWithAllThreads) {
  for (int64_t size : {1, 2, 32, 256, 4096})
    for (int warps : {1, 4, 8}) {
      LinearLayout row = contiguousLayout(Sizes{size}, 8, warps);
      EXPECT_TRUE(row.isDistributed()) << row.str();
      EXPECT_EQ(row.bits(Dim::Lane), 5);
      EXPECT_EQ(row.size(Dim::Warp), warps);
      LinearLayout tile = contiguousLayout(Sizes{4, size}, 4, warps);
      EXPECT_TRUE(tile.isDistributed()) << tile.str();
    }
  EXPECT_EQ(contiguousLayout(Sizes{4096}, 8, 4).str(),
            "[4096] register=[[1], [2], [4], [1024], [2048]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]");
  EXPECT_EQ(contiguousLayout(Sizes{}, 8, 2).str(), "[] lane=[[], [], [], [], []] warp=[[]]");
}

TEST(Constructors, AccumulatorPairsAreTheOperandOfTheNextProduct) {
  // The fact that keeps P in registers in attention: same lanes, same warps; registers k1 r8 k8 on both sides.
  LinearLayout accumulator = mmaAccumulatorLayout(Sizes{64, 32}, 4, 1, 32);
  EXPECT_EQ(accumulator.str(), "[64, 32] register=[[0, 1], [8, 0], [0, 8], [0, 16]] "
                               "lane=[[0, 2], [0, 4], [1, 0], [2, 0], [4, 0]] warp=[[16, 0], [32, 0]]");
  EXPECT_EQ(mmaOperandALayout(Sizes{64, 32}, 16, 4, 1), accumulator);
  EXPECT_EQ(mmaOperandBLayout(Sizes{16, 8}, 16, 1, 1).str(),
            "[16, 8] register=[[1, 0], [8, 0]] lane=[[2, 0], [4, 0], [0, 1], [0, 2], [0, 4]]");
  EXPECT_EQ(mmaOperandALayout(Sizes{16, 32}, 8, 1, 1).str(),
            "[16, 32] register=[[0, 1], [0, 2], [8, 0], [0, 16]] lane=[[0, 4], [0, 8], [1, 0], [2, 0], [4, 0]]");
  EXPECT_EQ(mmaOperandALayout(Sizes{16, 8}, 32, 1, 1).str(),
            "[16, 8] register=[[8, 0], [0, 4]] lane=[[0, 1], [0, 2], [1, 0], [2, 0], [4, 0]]");
}

TEST(Constructors, OperandsAreReplicatedOverTheWarpsOfTheOtherSide) {
  LinearLayout a = mmaOperandALayout(Sizes{32, 16}, 16, 2, 2), b = mmaOperandBLayout(Sizes{16, 16}, 16, 2, 2);
  EXPECT_EQ(a.basis(Dim::Warp, 0), (Sizes{16, 0}));
  EXPECT_EQ(a.basis(Dim::Warp, 1), (Sizes{0, 0}));
  EXPECT_EQ(b.basis(Dim::Warp, 0), (Sizes{0, 0}));
  EXPECT_EQ(b.basis(Dim::Warp, 1), (Sizes{0, 8}));
}

TEST(Constructors, EveryRegisterLayoutIsDistributedWithoutRepeatedRegisters) {
  for (int64_t rows : {16, 64, 128})
    for (int64_t columns : {8, 16, 64})
      for (int bits : {8, 16, 32})
        for (int wm : {1, 4})
          for (int wn : {1, 2})
            for (const LinearLayout &layout : {mmaAccumulatorLayout(Sizes{rows, columns}, wm, wn),
                                               mmaAccumulatorLayout(Sizes{rows, columns}, wm, wn, 16),
                                               mmaOperandALayout(Sizes{rows, columns}, bits, wm, wn),
                                               mmaOperandBLayout(Sizes{rows, columns}, bits, wm, wn)}) {
              EXPECT_TRUE(layout.isDistributed()) << layout.str();
              EXPECT_FALSE(layout.hasZeroColumns(Dim::Register));
              EXPECT_EQ(layout.shape(), (Sizes{rows, columns}));
              EXPECT_EQ(layout.size(Dim::Warp), wm * wn);
            }
}

TEST(Constructors, SliceForgetsTheAxis) {
  Random random(2);
  for (int n = 0; n < 500; ++n) {
    Space tensor = Space::tensor({4, 16, 8});
    LinearLayout parent = randomDistributed(random, tensor);
    int axis = below(random, 3);
    LinearLayout slice = sliceLayout(parent, axis);
    EXPECT_TRUE(slice.isDistributed());
    EXPECT_FALSE(slice.hasZeroColumns(Dim::Register));
    for (int64_t lane = 0; lane < 32; ++lane) {
      auto at = parent.coordinates({.lane = uint64_t(lane)});
      at.erase(at.begin() + axis);
      EXPECT_EQ(slice.coordinates({.lane = uint64_t(lane)}), at);
    }
    // What a thread holds of the slice is what it needs to broadcast back along the axis: no movement.
    Sizes one = tensor.shape();
    one[axis] = 1;
    EXPECT_EQ(broadcastOperandLayout(parent, one), expandDimsLayout(slice, axis));
  }
}

TEST(Constructors, JoinAndSplitAreInverse) {
  Random random(3);
  for (int n = 0; n < 300; ++n) {
    LinearLayout operand = randomDistributed(random, Space::tensor({8, 32}));
    LinearLayout joined = joinLayout(operand);
    EXPECT_TRUE(joined.isDistributed());
    EXPECT_EQ(joined.shape(), (Sizes{8, 32, 2}));
    EXPECT_EQ(splitRegisterBit(joined), 0);
    EXPECT_EQ(trySplitLayout(joined), operand);
    EXPECT_EQ(joined.coordinates({.reg = 1}), (Sizes{0, 0, 1}));
  }
  EXPECT_FALSE(
      trySplitLayout(LinearLayout::fromBases({4, 2}, {{Dim::Register, {{1, 0}, {2, 0}}}, {Dim::Lane, {{0, 1}}}})));
  EXPECT_FALSE(trySplitLayout(LinearLayout::fromBases({4}, {{Dim::Register, {{1}, {2}}}})));
}

TEST(Constructors, TransOperandAndResultAgree) {
  Random random(4);
  for (int n = 0; n < 200; ++n) {
    LinearLayout operand = randomDistributed(random, Space::tensor({4, 16, 8}));
    Order order = {0, 1, 2};
    std::shuffle(order.begin(), order.end(), random);
    EXPECT_EQ(transOperandLayout(transResultLayout(operand, order), order), operand);
  }
}

TEST(Constructors, SwizzledMemoryMovesWithinTheRow) {
  // address of (r, c) = r * 32 + ((c / 4) ^ ((r / 2) % 8)) * 4 + c % 4
  LinearLayout layout = swizzledMemoryLayout(Sizes{16, 32}, 4, 2, 8);
  ASSERT_TRUE(layout.isInvertible());
  for (int64_t r = 0; r < 16; ++r)
    for (int64_t c = 0; c < 32; ++c)
      EXPECT_EQ(layout.coordinates({.offset = uint64_t(r * 32 + ((c / 4) ^ ((r / 2) % 8)) * 4 + c % 4)}),
                (Sizes{r, c}));
  EXPECT_EQ(swizzledMemoryLayout(Sizes{16, 32}, 1, 1, 1), memoryLayout(Sizes{16, 32}));
}

TEST(Constructors, TmaMemoryXorsAddressBits) {
  EXPECT_EQ(
      tmaMemoryLayout(Sizes{16, 128}, 16, 128).str(),
      "[16, 128] offset=[[0, 1], [0, 2], [0, 4], [0, 8], [0, 16], [0, 32], [1, 8], [2, 16], [4, 32], [8, 0], [0, 64]]");
  for (int bits : {8, 16, 32})
    for (int swizzle : {32, 64, 128}) {
      Sizes shape = {32, 512 / bits * 4};
      LinearLayout layout = tmaMemoryLayout(shape, bits, swizzle);
      ASSERT_TRUE(layout.isInvertible());
      int64_t width = swizzle * 8 / bits;
      for (int64_t r = 0; r < shape[0]; ++r)
        for (int64_t c = 0; c < shape[1]; ++c) {
          int64_t byte = ((c / width) * shape[0] * width + r * width + c % width) * bits / 8;
          byte ^= ((byte >> 7) & (swizzle / 16 - 1)) << 4;
          ASSERT_EQ(layout.coordinates({.offset = uint64_t(byte * 8 / bits)}), (Sizes{r, c}));
        }
    }
  EXPECT_EQ(tmaSwizzleBytes(Sizes{64, 64}, 16), 128);
  EXPECT_EQ(tmaSwizzleBytes(Sizes{64, 32}, 16), 64);
  EXPECT_EQ(tmaSwizzleBytes(Sizes{64, 8}, 16), 16);
}

TEST(Constructors, ColumnMajorIsTheTransposeOfRowMajor) {
  EXPECT_EQ(memoryLayout(Sizes{4, 8}, Order{0, 1}), memoryLayout(Sizes{8, 4}).transposeOuts({1, 0}));
}

TEST(Constructors, ClusterSplitsAlongAnAxis) {
  LinearLayout layout = acrossBlocks(contiguousLayout(Sizes{4096}, 8, 4), Sizes{4});
  EXPECT_EQ(layout.shape(), (Sizes{16384}));
  EXPECT_EQ(layout.basis(Dim::Block, 1), (Sizes{8192}));
}

TEST(ColumnAction, DropAndRestoreRegisterBroadcast) {
  Random random(5);
  for (int n = 0; n < 500; ++n) {
    LinearLayout layout = randomDistributed(random, Space::tensor({8, 128}));
    ColumnAction drop = dropRegisterBroadcast(layout), restore = restoreRegisterBroadcast(layout);
    LinearLayout compact = drop.apply(layout);
    EXPECT_EQ(compact, layout.withoutZeroColumns(Dim::Register));
    EXPECT_EQ(restore.apply(compact), layout);
    EXPECT_TRUE(restore.then(drop).isIdentity());
    std::vector<uint64_t> values;
    for (int64_t r = 0; r < layout.size(Dim::Register); ++r)
      values.push_back(layout.at({.reg = uint64_t(r)}));
    EXPECT_EQ(restore.apply(drop.apply(values)), values);
  }
}

TEST(Drawing, NamesAndTextFormsGiveTheSameLayout) {
  EXPECT_EQ(layoutFromText("contiguous(4096, 8, 4)"), contiguousLayout(Sizes{4096}, 8, 4));
  EXPECT_EQ(layoutFromText("memory(4x8, order=0x1)"), memoryLayout(Sizes{4, 8}, Order{0, 1}));
  LinearLayout layout = mmaAccumulatorLayout(Sizes{64, 64}, 4, 1);
  EXPECT_EQ(layoutFromText(layout.str()), layout);
}

TEST(Drawing, BadCallsAreToldApart) {
  auto errorOf = [](std::string_view text) {
    std::string error;
    EXPECT_FALSE(layoutFromText(text, &error)) << text;
    return error;
  };
  EXPECT_EQ(errorOf("mma(64, 4x1)"), "mma(shape, warps): the shape needs two powers of two");
  EXPECT_EQ(errorOf("mma(64x64)"), "expected mma(shape, warps); got 1 arguments");
  EXPECT_EQ(errorOf("mma(64x64, 4)"), "mma(shape, warps): argument 2 needs 2 numbers; got 1");
  EXPECT_EQ(errorOf("wgmma(64x64, 4x1, 4)"), "wgmma(shape, warps, n): n must be at least 8");
  EXPECT_EQ(errorOf("contiguous(1048576, 1048576, 1048576)"),
            "contiguous(shape, elementsPerThread, warps): too large to draw");
  Random random(1);
  for (int n = 0; n < 20000; ++n) { // no input reaches an assert
    std::string text = below(random, 2) ? "tma(64x64, 16, 128, order=1x0)" : "[4, 8] register=[[0, 1]] lane=[[0, 4]]";
    for (int k = 1 + below(random, 4); k > 0; --k)
      text[below(random, int(text.size()))] = "0123456789x,()[]= abcotma"[below(random, 25)];
    std::string error;
    if (auto layout = layoutFromText(text, &error))
      drawLayout(*layout, {.maxRows = 2, .maxColumns = 2});
    else
      EXPECT_FALSE(error.empty());
  }
}
