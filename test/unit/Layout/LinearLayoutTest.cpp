//===- LinearLayoutTest.cpp - The laws of the algebra --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/Layout/RandomLayouts.h"

#include <bit>
#include <gtest/gtest.h>

using namespace tegula;
using namespace tegula::testing;

namespace {

LinearLayout text(std::string_view form) {
  std::string error;
  auto layout = LinearLayout::parse(form, &error);
  EXPECT_TRUE(layout) << form << ": " << error;
  return layout.value_or(LinearLayout());
}

Space randomHardware(Random &random) {
  return Space::hardware(
      {{Dim::Register, below(random, 4)}, {Dim::Lane, below(random, 6)}, {Dim::Warp, below(random, 3)}});
}

uint64_t sizeMask(const Space &space) { return (uint64_t(1) << space.totalBits()) - 1; }

} // namespace

TEST(LinearLayout, PicturedExampleIsTheXorOfItsBits) {
  LinearLayout layout =
      LinearLayout::fromBases({4, 8}, {{Dim::Register, {{0, 1}, {0, 2}}}, {Dim::Lane, {{0, 4}, {1, 0}, {2, 0}}}});
  EXPECT_EQ(layout.coordinates({.reg = 2, .lane = 3}), (std::vector<int64_t>{1, 6}));
  EXPECT_EQ(layout.at({.reg = 2, .lane = 3}), 1u * 8 + 6);
  EXPECT_EQ(layout.str(), "[4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]]");
  EXPECT_TRUE(layout.isDistributed());
}

TEST(LinearLayout, ApplyIsTheXorOfTheColumnsAndIsLinear) {
  Random random(1);
  for (int n = 0; n < 2000; ++n) {
    Space ins = randomHardware(random), outs = randomTensor(random, below(random, 12));
    LinearLayout layout = randomMap(random, ins, outs);
    uint64_t x = random() & sizeMask(ins), y = random() & sizeMask(ins), expected = 0;
    for (int i = 0; i < ins.totalBits(); ++i)
      if (x >> i & 1)
        expected ^= layout.columns()[i];
    EXPECT_EQ(layout.apply(x), expected);
    EXPECT_EQ(layout.apply(x ^ y), layout.apply(x) ^ layout.apply(y));
    EXPECT_EQ(layout.at({.reg = ins.coordinate(x, Dim::Register),
                         .lane = ins.coordinate(x, Dim::Lane),
                         .warp = ins.coordinate(x, Dim::Warp)}),
              expected);
  }
}

TEST(LinearLayout, FlattenedIndexIsRowMajor) {
  Space space = Space::tensor({4, 8, 2});
  for (uint64_t word = 0; word < 64; ++word) {
    auto c = space.coordinates(word);
    EXPECT_EQ(uint64_t((c[0] * 8 + c[1]) * 2 + c[2]), word);
    EXPECT_EQ(space.flatten(c), word);
  }
}

TEST(LinearLayout, TextReadsBackToTheSameLayout) {
  Random random(2);
  for (int n = 0; n < 2000; ++n) {
    Space tensor = randomTensor(random, 4 + below(random, 8));
    LinearLayout layout = below(random, 2) ? randomDistributed(random, tensor) : randomMemory(random, tensor);
    EXPECT_EQ(text(layout.str()), layout) << layout.str();
    EXPECT_EQ(std::hash<LinearLayout>()(text(layout.str())), layout.hash());
    LinearLayout inverse = layout.pseudoinvert();
    EXPECT_EQ(text(inverse.str()), inverse) << inverse.str();
    LinearLayout map = layout.invertAndCompose(randomMemory(random, tensor));
    EXPECT_EQ(text(map.str()), map) << map.str();
  }
}

TEST(LinearLayout, TextErrorsSayWhatIsWrong) {
  auto errorOf = [](std::string_view form) {
    std::string error;
    EXPECT_FALSE(LinearLayout::parse(form, &error)) << form;
    return error;
  };
  EXPECT_EQ(errorOf(""), "expected '['; got the end (at character 0)");
  EXPECT_EQ(errorOf("[3]"), "sizes must be powers of two with a product of at most 2^40; got 3 (at character 2)");
  EXPECT_EQ(errorOf("[4] lanes=[]"),
            "expected register, lane, warp, offset, block or dim<N>; got 'lanes' (at character 9)");
  EXPECT_EQ(errorOf("[4] lane=[[4]]"), "a coordinate must be below 4; got 4 (at character 13)");
  EXPECT_EQ(errorOf("[4] lane=[[1, 2]]"), "a column needs 1 coordinates; got 2 (at character 16)");
  EXPECT_EQ(errorOf("[4] lane=[[1]] lane=[[2]]"), "'lane' is given twice (at character 19)");
  EXPECT_EQ(errorOf("[4] lane=[[1]] dim0=[[2]]"),
            "hardware dimensions and axes do not mix; got 'dim0' (at character 19)");
  EXPECT_EQ(errorOf("[4] lane=[[99999999999999999999]]"), "expected a number of at most 14 digits (at character 25)");
  EXPECT_EQ(errorOf("[4, 4096, 99999999999999] lane=[]"),
            "sizes must be powers of two with a product of at most 2^40; got 99999999999999 (at character 24)");
}

TEST(LinearLayout, AbsentDimensionIsADimensionOfSizeOne) {
  EXPECT_EQ(text("[2] register=[[1]] lane=[]"), text("[2] register=[[1]]"));
  EXPECT_NE(text("[2, 1] register=[[1, 0]]"), text("[2] register=[[1]]"));
}

TEST(LinearLayout, ProductPlacesTheOuterLayoutAboveTheInner) {
  EXPECT_EQ(text("[2] register=[[1]]") * text("[4] lane=[[1], [2]]"), text("[8] register=[[1]] lane=[[2], [4]]"));
  Random random(3);
  for (int n = 0; n < 1000; ++n) {
    int rank = 1 + below(random, 3);
    auto draw = [&] {
      std::vector<int> bits(rank);
      for (int &b : bits)
        b = below(random, 3);
      return randomMap(random, randomHardware(random), Space::tensorOfBits(bits));
    };
    LinearLayout a = draw(), b = draw(), product = a * b;
    uint64_t x = random() & sizeMask(a.ins()), y = random() & sizeMask(b.ins()), both = 0;
    for (Dim dim : kAllDims)
      both |= (a.ins().coordinate(x, dim) | b.ins().coordinate(y, dim) << a.bits(dim)) << product.ins().shift(dim);
    auto inner = a.outs().coordinates(a.apply(x)), outer = b.outs().coordinates(b.apply(y)),
         got = product.outs().coordinates(product.apply(both));
    for (int i = 0; i < rank; ++i)
      EXPECT_EQ(got[i], inner[i] + (outer[i] << a.outs().bits(i)));
    // Division undoes it, on either side.
    EXPECT_EQ(product.divideLeft(a), b);
    EXPECT_EQ(product.divideRight(b), a);
    LinearLayout c = draw();
    EXPECT_EQ((a * b) * c, a * (b * c));
  }
}

TEST(LinearLayout, DivideLeftRefusesATileThatMixesWithTheRest) {
  LinearLayout tile = text("[4] offset=[[1], [2]]");
  EXPECT_EQ(text("[8] offset=[[1], [2], [4]]").divideLeft(tile), text("[2] offset=[[1]]"));
  EXPECT_FALSE(text("[8] offset=[[1], [2], [5]]").divideLeft(tile));
  EXPECT_FALSE(text("[8] offset=[[2], [1], [4]]").divideLeft(tile));
  EXPECT_FALSE(text("[2] offset=[[1]]").divideLeft(tile));
}

TEST(LinearLayout, CompositionAppliesOneAfterTheOther) {
  Random random(4);
  for (int n = 0; n < 1000; ++n) {
    Space a = randomHardware(random), b = randomTensor(random, 6), c = randomTensor(random, 5);
    LinearLayout first = randomMap(random, a, b), second = randomMap(random, b, c);
    uint64_t x = random() & sizeMask(a);
    EXPECT_EQ(first.compose(second).apply(x), second.apply(first.apply(x)));
    EXPECT_EQ(first.compose(LinearLayout::identity(b)), first);
    EXPECT_EQ(LinearLayout::identity(a).compose(first), first);
  }
}

TEST(LinearLayout, InverseUndoesTheLayout) {
  Random random(5);
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 1 + below(random, 10));
    LinearLayout memory = randomMemory(random, tensor);
    EXPECT_EQ(memory.compose(memory.invert()), LinearLayout::identity(memory.ins()));
    EXPECT_EQ(memory.invert().compose(memory), LinearLayout::identity(tensor));
    EXPECT_EQ(memory.invert().invert(), memory);
  }
}

TEST(LinearLayout, PseudoinverseFindsTheFirstHolderOfEachElement) {
  Random random(6);
  for (int n = 0; n < 500; ++n) {
    Space tensor = randomTensor(random, 1 + below(random, 8));
    LinearLayout layout = randomDistributed(random, tensor);
    LinearLayout inverse = layout.pseudoinvert();
    std::vector<uint64_t> first(layout.numElements(), ~uint64_t(0));
    for (uint64_t x = 0; x <= sizeMask(layout.ins()); ++x) {
      uint64_t &place = first[layout.apply(x)];
      place = std::min(place, x);
    }
    for (uint64_t y = 0; y < first.size(); ++y)
      EXPECT_EQ(inverse.apply(y), first[y]);
  }
}

TEST(LinearLayout, InvertAndComposeSolvesForTheOtherSidesCoordinates) {
  Random random(7);
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 4 + below(random, 8));
    LinearLayout a = randomDistributed(random, tensor), b = randomDistributed(random, tensor),
                 memory = randomMemory(random, tensor);
    EXPECT_EQ(a.invertAndCompose(b).compose(b), a);
    EXPECT_EQ(a.invertAndCompose(memory).compose(memory), a);
    EXPECT_EQ(a.invertAndCompose(memory), a.compose(memory.invert()));
    EXPECT_EQ(a.invertAndCompose(a), LinearLayout::identity(a.ins())) << a.str();
  }
}

TEST(LinearLayout, InvertAndComposeKeepsBroadcastBitsWhereTheyAre) {
  // The lanes of the source repeat the data, so each lane finds its element in itself.
  LinearLayout destination = text("[8] register=[[2], [4]] lane=[[1]]"),
               source = text("[8] register=[[1], [2], [4]] lane=[[0]]");
  EXPECT_EQ(destination.invertAndCompose(source), text("[register 8, lane 2] register=[[2, 0], [4, 0]] lane=[[1, 1]]"));
}

TEST(LinearLayout, TryInvertAndComposeFailsWhenAnElementIsMissing) {
  EXPECT_FALSE(text("[4] lane=[[1], [2]]").tryInvertAndCompose(text("[4] lane=[[1]]")));
  EXPECT_FALSE(text("[4] lane=[[1], [2]]").tryInvertAndCompose(text("[8] lane=[[1], [2]]")));
}

TEST(LinearLayout, QuotientDropsIndependentIdentityDimensions) {
  LinearLayout map = text("[register 2, lane 2, warp 2] register=[[0, 1, 0]] lane=[[1, 0, 0]] warp=[[0, 0, 1]]");
  EXPECT_EQ(map.quotient({Dim::Warp}), text("[register 2, lane 2] register=[[0, 1]] lane=[[1, 0]]"));
  EXPECT_FALSE(map.quotient({Dim::Lane}));
  EXPECT_FALSE(text("[register 2, warp 2] register=[[1, 1]] warp=[[0, 1]]").quotient({Dim::Warp}));
  EXPECT_FALSE(text("[register 2, warp 2] register=[[1, 0]] warp=[[1, 1]]").quotient({Dim::Warp}));
}

TEST(LinearLayout, FreeVariableMasksLeaveOneThreadForEachElement) {
  EXPECT_EQ(text("[32] register=[[1]] lane=[[2], [4], [8], [16], [0]]").freeVariableMasks()[int(Dim::Lane)], 16u);
  Random random(8);
  for (int n = 0; n < 1000; ++n) {
    Space tensor = randomTensor(random, 1 + below(random, 9));
    LinearLayout layout = randomDistributed(random, tensor);
    uint64_t free = layout.freeBits();
    std::vector<int> holders(layout.numElements());
    for (uint64_t x = 0; x <= sizeMask(layout.ins()); ++x)
      holders[layout.apply(x)] += !(x & free);
    EXPECT_EQ(std::count(holders.begin(), holders.end(), 1), int64_t(holders.size()));
  }
}

TEST(LinearLayout, RankCountsTheElementsReached) {
  Random random(9);
  for (int n = 0; n < 500; ++n) {
    LinearLayout layout = randomMap(random, randomHardware(random), randomTensor(random, 6));
    std::vector<bool> reached(64);
    for (uint64_t x = 0; x <= sizeMask(layout.ins()); ++x)
      reached[layout.apply(x)] = true;
    EXPECT_EQ(std::count(reached.begin(), reached.end(), true), 1 << layout.matrixRank());
  }
}

TEST(LinearLayout, ReshapeKeepsTheRowMajorIndex) {
  LinearLayout layout = text("[4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]]");
  EXPECT_EQ(layout.reshapeOuts({32}), text("[32] register=[[1], [2]] lane=[[4], [8], [16]]"));
  EXPECT_EQ(layout.reshapeOuts({2, 2, 8}).reshapeOuts({4, 8}), layout);
}

TEST(LinearLayout, TransposePermutesTheAxes) {
  Random random(10);
  for (int n = 0; n < 500; ++n) {
    Space tensor = Space::tensor({4, 8, 2});
    LinearLayout layout = randomDistributed(random, tensor);
    std::vector<int> order = {0, 1, 2};
    std::shuffle(order.begin(), order.end(), random);
    LinearLayout moved = layout.transposeOuts(order);
    uint64_t x = random() & sizeMask(layout.ins());
    auto before = tensor.coordinates(layout.apply(x)), after = moved.outs().coordinates(moved.apply(x));
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(after[i], before[order[i]]);
  }
}

TEST(LinearLayout, AxesComeAndGo) {
  LinearLayout layout = text("[4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]]");
  EXPECT_EQ(layout.insertAxis(1).str(),
            "[4, 1, 8] register=[[0, 0, 1], [0, 0, 2]] lane=[[0, 0, 4], [1, 0, 0], [2, 0, 0]]");
  EXPECT_EQ(layout.insertAxis(1).removeAxis(1), layout);
  EXPECT_EQ(layout.removeAxis(1), text("[4] register=[[0], [0]] lane=[[0], [1], [2]]"));
  EXPECT_EQ(layout.removeAxis(0), text("[8] register=[[1], [2]] lane=[[4], [0], [0]]"));
  EXPECT_EQ(layout.zeroAxis(1), text("[4, 8] register=[[0, 0], [0, 0]] lane=[[0, 0], [1, 0], [2, 0]]"));
}

TEST(LinearLayout, ResizeRepeatsInRegistersOrReplicates) {
  EXPECT_EQ(text("[2] lane=[[1]]").resize({4}), text("[4] register=[[2]] lane=[[1]]"));
  EXPECT_EQ(text("[4] lane=[[1], [2]]").resize({2}), text("[2] lane=[[1], [0]]"));
  EXPECT_EQ(text("[2, 2] lane=[[0, 1], [1, 0]]").resize({4, 4}, {0, 1}),
            text("[4, 4] register=[[2, 0], [0, 2]] lane=[[0, 1], [1, 0]]"));
  EXPECT_EQ(text("[2, 2] lane=[[0, 1], [1, 0]]").resize({4, 4}),
            text("[4, 4] register=[[0, 2], [2, 0]] lane=[[0, 1], [1, 0]]"));
}

TEST(LinearLayout, HardwareSideEdits) {
  LinearLayout layout = text("[8] register=[[1], [0], [2]] lane=[[4]] warp=[[0]]");
  EXPECT_EQ(layout.withoutZeroColumns(Dim::Register), text("[8] register=[[1], [2]] lane=[[4]] warp=[[0]]"));
  EXPECT_EQ(layout.without(Dim::Warp), text("[8] register=[[1], [0], [2]] lane=[[4]]"));
  EXPECT_EQ(layout.restrictTo({Dim::Lane}), text("[8] lane=[[4]]"));
  EXPECT_EQ(layout.padded(Dim::Lane, 2), text("[8] register=[[1], [0], [2]] lane=[[4], [0]] warp=[[0]]"));
  EXPECT_TRUE(layout.hasZeroColumns(Dim::Register));
  EXPECT_FALSE(layout.hasZeroColumns(Dim::Lane));
}
