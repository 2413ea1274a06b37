//===- Swizzle.h - Shared memory without bank conflicts ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # The picture
//
// Shared memory has 32 banks of one 4-byte word; a *row* is the 128 bytes that one wavefront can move. A tensor that is
// written by rows and read by columns meets the same bank again and again:
//
//      plain 32x32 words                  row r rotated: word (r, c) in bank c ^ r
//      bank  0  1  2  3                   bank  0  1  2  3
//      r=0  00 01 02 03                   r=0  00 01 02 03
//      r=1  10 11 12 13   column 0 is     r=1  11 10 13 12   column 0 is now in banks
//      r=2  20 21 22 23   all in bank 0   r=2  22 23 20 21   0 1 2 3: one wavefront
//      r=3  30 31 32 33                   r=3  33 32 31 30
//
// # The rule
//
// As a linear map the offset bits are [vector, bank, segment]: the elements of one access, the banks of a row, and the
// row's number. Two lanes conflict when their difference is a nonzero combination of segment columns alone. So an
// access that walks the tensor bits U (its vector, and the lanes that one wavefront serves) is free of conflicts
// exactly when
//
//      span(segment columns)  does not meet  span(U)      other than in zero
//
// For a store with U_s and a load with U_d, segment columns that do for both are
//   (a) tensor bits in neither U_s nor U_d, then
//   (b) a ^ b, with a in U_s only and b in U_d only.
// (a) and (b) give dim - max(|U_s|, |U_d|) columns. U is never larger than a row, so that is always enough. In the
// picture: U_s = {c1 c2}, U_d = {r1 r2}, segments r1^c1, r2^c2.
//
// # Which lanes count
//
// | bytes per lane | wavefronts at best | lanes of one wavefront | lane bits in U  |
// |----------------|--------------------|------------------------|-----------------|
// | 1, 2, 4        | 1                  | 32                     | 0 1 2 3 4       |
// | 8              | 2                  | 16                     | 0 1 2 3         |
// | 16             | 4                  | 8                      | 0 1 2           |
//
// The vector is made of registers that both sides have, at most 128 bits. What is missing to a word comes from one side
// alone, which so stores (or loads) words while the other goes element by element. It may be longer still on that side,
// at the price of conflicts on the other unless the other's lanes walk the added bits. All are tried; the one with the
// fewest wavefronts and instructions is taken. Where both sides hold as many registers that one has no conflicts: a
// shorter vector always avoids them, and a conflict costs more than the instruction that the longer vector saves.
//
// # Matrix instructions
//
// ldmatrix and stmatrix move 8x8 matrices of 16-bit pieces, one to four at once: eight rows of 16 contiguous bytes
// each, whose addresses lanes 0-7 (8-15, ...) give. Lane l holds the 32-bit piece l % 4 of row l / 4; transposed
// (16-bit elements alone), the two elements of rows 2 * (l % 4) and 2 * (l % 4) + 1 in column l / 4. So they fit any
// layout; what they ask of memory is
//
// |            | contiguous 16 bytes                  | rows                         | one more register bit    |
// |------------|--------------------------------------|------------------------------|--------------------------|
// | Matrix     | registers of a word, lane bits 0 1   | lane bits 2 3 4              | doubles the matrices     |
// | Transposed | lane bits 2 3 4                      | a register bit, lane bits 0 1 | doubles the matrices    |
//
// and one matrix is one wavefront when the rows do not conflict. With them the one side can go by rows and the other by
// columns, both in few instructions. They are tried where the options allow them.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/LinearLayout.h"

namespace tegula {

/// Wavefronts that one access instruction of a full warp takes: `access` maps lanes (and more) to element offsets; each
/// lane moves `elements` neighbours. 1, 2 or 4 for 4, 8 or 16 bytes a lane when there is no conflict.
int sharedWavefronts(const LinearLayout &access, int elements, int elementBits);
/// The same without any conflict.
int conflictFreeWavefronts(int elements, int elementBits);

/// How a warp reads or writes shared memory.
enum class SharedAccess {
  Vector,           ///< each lane its own neighbours: ld.shared, st.shared
  Matrix,           ///< ldmatrix, stmatrix
  MatrixTransposed, ///< ldmatrix.trans, stmatrix.trans
};

struct SwizzleOptions {
  int maxVectorBits = 128;
  /// Consider ldmatrix (sm_75 and later) for loads, stmatrix (sm_90 and later) for stores.
  bool matrixLoads = false, matrixStores = false;
  /// Tensor bits that are not in memory: each of their values is one round. Must be registers on both sides.
  uint64_t roundBits = 0;
};

struct Swizzle {
  /// offset (and block) -> tensor. Its image is what one round holds.
  LinearLayout memory;
  SharedAccess storeKind = SharedAccess::Vector, loadKind = SharedAccess::Vector;
  /// Elements that one instruction moves in each lane. Of a vector access, their columns are the lowest offset bits.
  int storeElements = 1, loadElements = 1;
  /// Per access instruction of a warp.
  int storeWavefronts = 1, loadWavefronts = 1;
  /// MatrixTransposed: the tensor bit of the register bit that tells the two rows of a word apart.
  uint64_t storeRowRegister = 0, loadRowRegister = 0;
  /// Tensor bits that are registers on both sides and not in the vector: candidates for rounds.
  uint64_t roundCandidates = 0;
};

/// Memory through which a tensor goes from layout `source` to layout `destination` (both distributed, of the same
/// shape), each element of elementBits (8, 16, 32, 64). Elements stay in the CTA that has them in `source`.
Swizzle chooseSwizzle(const LinearLayout &source, const LinearLayout &destination, int elementBits,
                      const SwizzleOptions &options = {});

} // namespace tegula
