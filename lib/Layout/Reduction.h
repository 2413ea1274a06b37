//===- Reduction.h - Folding an axis away ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # The picture
//
// A row of 4096 in 4 warps, 8 neighbours per thread, 4 such pieces: register c1 c2 c4 c1024 c2048, lane c8 .. c128,
// warp c256 c512.
//
//      32 registers  --fold 5 register bits-->  1 register  --fold 5 lane bits (shfl.bfly)-->  1, equal in all lanes of
//      a warp
//      --exchange: lane 0 of each warp stores its partial sum, barrier, every thread loads all 4 (one 16-byte load)-->
//      4 registers  --fold 2 register bits-->  1 register, equal in all threads: the layout of the slice
//
// # The rule
//
// Each bit of the axis is folded once: element e with element e ^ bit. Which instructions that takes follows from where
// the bit sits:
//
// | the axis bit is in | step          | what happens                                                               |
// |--------------------|---------------|----------------------------------------------------------------------------|
// | a register         | FoldRegisters | list[r] with list[r | bit]: the list halves                                |
// | a lane             | FoldLanes     | each value with that of lane ^ mask; afterwards both lanes hold the result |
// | a warp or CTA      | Exchange      | through shared memory, into registers or replicated lanes of every thread; |
// |                    |               | then as above                                                              |
//
// Registers that repeat an element are dropped first, and lanes and warps that repeat one are never folded: nothing
// counts twice. The result has the layout sliceLayout(source, axis) and can be broadcast back along the axis without
// movement. One exchange and one barrier are enough, however many warps there are (a second barrier only protects the
// scratch from its next use).
//
// # The order of a floating-point sum
//
// The order in which the bits are folded is the shape of the sum's tree: folding bit 1 then 2 of four elements is (x0 +
// x1) + (x2 + x3).
//
// | order   | bits are folded                                     | the tree depends on                           |
// |---------|-----------------------------------------------------|-----------------------------------------------|
// | Fastest | registers, lanes, warps; in each, lowest step first | the layout, and so the number of warps        |
// | ByAxis  | lowest step first, wherever it sits                 | the length of the axis alone: the same on any |
// |         |                                                     | layout, at the price of more shuffles         |
//
// The combining function must be associative and commutative: in a lane fold the two lanes see their operands in
// opposite order.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/Conversions.h"

namespace tegula {

struct ReductionStep {
  enum class Kind { FoldRegisters, FoldLanes, Exchange };
  Kind kind = Kind::FoldRegisters;
  /// FoldRegisters: new[r] = combine(old[r], old[r | 1 << bit]), r running over the registers with that bit clear, in
  /// order.
  int registerBit = 0;
  /// FoldLanes: new[r] = combine(old[r], old[r] of lane ^ laneMask).
  uint32_t laneMask = 0;
};

enum class ReductionOrder { Fastest, ByAxis };

struct ReductionPlan {
  /// The list to start from: source registers without repetitions.
  ColumnAction sourceRegisters;
  std::vector<ReductionStep> steps;
  /// The exchange (at most one step is an Exchange) of each operand: store the list, barrier, load the new list.
  std::vector<SharedMemoryPlan> exchanges;
  /// Where each operand's scratch begins, and the bytes of all.
  std::vector<int64_t> scratchOffsets;
  int64_t scratchBytes = 0;
  /// Layout of the list at the end: sliceLayout(source, axis).
  LinearLayout result;

  int numShuffles() const; ///< per operand
  int numCombines() const;
  bool needsExchange() const { return !exchanges.empty(); }
};

/// How to reduce operands of elementBits[i] (1 counts as 8), all in the distributed layout `source`, along the axis.
ReductionPlan planReduction(const LinearLayout &source, int axis, std::span<const int> elementBits,
                            ReductionOrder order = ReductionOrder::Fastest);

/// Estimated cycles of an SM for one warp, in the unit of ConversionPlan::cost.
double reductionCost(const ReductionPlan &plan);

} // namespace tegula
