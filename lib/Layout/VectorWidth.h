//===- VectorWidth.h - How wide a thread and a warp access memory -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread reads 2^v elements with one instruction when v of its register columns are the steps 1, 2, 4, ... along the
// axis that is contiguous in memory, whatever their place among the register columns: a permutation of the registers
// brings them to the front.
//
//      [64, 64] register=[[1, 0], [0, 1], [0, 2]] ...   contiguous along axis 1
//      ->  4 elements; registers permuted to c1 c2 r1:  0 2 4 6 | 1 3 5 7
//
// What the address arithmetic can promise bounds it further: the number of neighbouring elements that have neighbouring
// addresses (contiguity), the power of two that divides the first address (divisibility), the number of neighbouring
// elements that share one mask (constancy), and the 128 bits of the widest instruction.
//
// A warp's access is good when the 32 lanes together cover whole 128-byte lines. WarpAccess says how far they do; the
// figures are measured ones (H100, loads/stores in GB/s by the contiguous piece): 512 B 2885/3175, 64 B 2748, 32 B
// 1558/1244, 16 B 550/249.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/ColumnAction.h"

namespace tegula {

struct VectorAccess {
  /// Elements of one access instruction: registers[i*elements .. (i+1)*elements) of the reordered list are neighbours
  /// in memory.
  int elements = 1;
  /// Reorders the registers so that the elements of an access stand together.
  ColumnAction registers;
};

/// The widest access along `axis` of at most maxElements (a power of two).
VectorAccess vectorAccess(const LinearLayout &layout, int axis, int maxElements);

/// What the analyses promise about the addresses of a block of pointers along its contiguous axis.
struct AccessFacts {
  /// Elements in a row with addresses in a row.
  int64_t contiguity = 1;
  /// Largest known power of two dividing the address (in bytes) of the first of such a row.
  int64_t divisibility = 1;
  /// Elements in a row with the same mask value; a constant mask has no bound.
  int64_t maskConstancy = int64_t(1) << 30;
};

/// The largest power of two that the facts and the instruction set allow, in elements; at least 1.
int maxVectorElements(int elementBits, const AccessFacts &facts, int maxBits = 128);

/// How one access instruction of a warp falls on memory that is contiguous along one axis. Places that differ in
/// another axis count as far apart; the first element as aligned.
struct WarpAccess {
  /// Bytes that the lanes access, each counted once.
  int64_t bytes = 0;
  /// Of these, the bytes of each contiguous piece.
  int64_t contiguousBytes = 0;
  /// Lanes that access what another lane accesses too, as a factor.
  int replication = 1;
  /// 32-byte sectors and 128-byte lines touched.
  int64_t sectors = 1, lines = 1;
  /// Useful bytes over the bytes of the sectors, in 0..1.
  double efficiency = 1;
};
WarpAccess warpAccess(const LinearLayout &layout, int axis, int elementsPerAccess, int elementBits);

/// Estimated time of moving the whole tensor once through this layout, in bytes at full bandwidth: a coalesced access
/// costs its bytes. Replicated threads do not count for stores (they are predicated off) and hit the cache for loads.
double memoryAccessCost(const LinearLayout &layout, int axis, int elementsPerAccess, int elementBits, bool isStore);

/// Bytes of device memory for one cycle of an SM (3.35 TB/s over 132 SMs at 1.7 GHz): memoryAccessCost / kBytesPerCycle
/// compares with ConversionPlan::cost times the number of warps.
inline constexpr double kBytesPerCycle = 15;

} // namespace tegula
