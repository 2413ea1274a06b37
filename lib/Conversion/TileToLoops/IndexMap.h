//===- IndexMap.h - Where an element of a value lies in a loop nest -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fused nest runs over the elements of one block, its domain. Every value that it needs is seen through an index
// map: which element of the value belongs to the domain's element i? All dimensions are powers of two, so the answer is
// a choice of bits. The domain's elements are numbered row-major; each dimension of the value lists, least significant
// first, which bit of that number is which bit of its index:
//
//   domain 64x32 (11 bits; columns are bits 0-4, rows bits 5-10)
//
//   value                          map
//   %x : 64x32                     [5 6 7 8 9 10] [0 1 2 3 4]
//   trans of 32x64 -> 64x32        operand: [0 1 2 3 4] [5 6 7 8 9 10]
//   broadcast of 64x1              operand: [5 6 7 8 9 10] []
//   expand_dims of 64 at 1         operand: [5 6 7 8 9 10]
//   reshape of 2048 -> 64x32       operand: [0 1 2 3 4 5 6 7 8 9 10]
//   first half of a split (64x32x2)  operand: [5 ...] [0 ...] [0]      (a constant bit)
//
// So reshape, trans, expand_dims, broadcast and split move nothing: they rename bits.
//
// The nest's loops must let every index be written as a sum of loop counters times constants. They are therefore
// the longest runs of bits that no index takes apart: `IterationSpace` cuts the domain's bits wherever some index does.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_INDEXMAP_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_INDEXMAP_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace tegula::loops {

/// One bit of an index: a bit of the domain's number, or a constant.
using Bit = int8_t;
inline constexpr Bit kBitZero = -1, kBitOne = -2;
using Bits = llvm::SmallVector<Bit, 20>;

struct IndexMap {
  llvm::SmallVector<Bits, 3> dims;

  /// The domain seen through itself.
  static IndexMap identity(llvm::ArrayRef<int64_t> shape);
  /// All bits, least significant first, of the row-major number of the element.
  Bits flat() const;
  /// The bits cut into the dimensions of `shape`.
  static IndexMap ofFlat(llvm::ArrayRef<Bit> bits, llvm::ArrayRef<int64_t> shape);
  /// With one bit of the domain made a constant.
  IndexMap withBit(Bit bit, bool value) const;

  bool operator==(const IndexMap &) const = default;
};

/// The map of a block operand of a shape-changing or elementwise operation whose result is seen through `map`. For
/// tile.join the selecting bit is dropped; `result` tells the results of tile.split apart.
IndexMap operandMap(mlir::Operation *op, unsigned operand, unsigned result, const IndexMap &map);

/// The loops of a nest: runs of the domain's bits, the outermost (most significant) first.
class IterationSpace {
public:
  struct Dim {
    unsigned firstBit = 0, numBits = 0;
    int64_t size() const { return int64_t(1) << numBits; }
  };
  /// index = constant + sum of factor * counter of dimension.
  struct Index {
    int64_t constant = 0;
    llvm::SmallVector<std::pair<unsigned, int64_t>, 2> terms;
  };

  explicit IterationSpace(unsigned numBits = 0) : numBits(numBits) {}

  /// Cuts the domain's bits so that `index` becomes a sum of counters.
  void cutAround(llvm::ArrayRef<Bit> index);
  void finish();

  llvm::ArrayRef<Dim> dims() const { return allDims; }
  Index indexOf(llvm::ArrayRef<Bit> bits) const;

private:
  unsigned numBits;
  llvm::SmallVector<bool, 24> cuts; ///< cuts[b]: bits b-1 and b are in different loops
  llvm::SmallVector<Dim, 4> allDims;
};

} // namespace tegula::loops

#endif
