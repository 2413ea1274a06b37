//===- AxisInfo.h - How the elements of a block follow one another -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For every value of the tile IR and each of its dimensions, three powers of two. Cut the dimension into aligned runs
// of that many elements (run k of length 4 holds the indices 4k .. 4k+3), the other indices fixed:
//
//   contiguity    within each run the elements count up by one (pointers: by one element);
//   constancy     within each run the elements are equal;
//   divisibility  the first element of every *contiguity* run is a multiple of it (pointers: in bytes).
//
//   value                               contiguity  constancy  divisibility
//   %a = arange 0, 128                         128          1   a lot (0)
//   %p = splat of program_id * 128               1        128   128
//   %o = %p + %a                               128          1   128
//   %o / 16                                      1         16   1
//   %o % 16                                     16          1   16
//   %o < %n, n divisible by 16                   1         16   1
//   splat(%x : ptr, 16 bytes) + %o, f16        128          1   16
//
// So a load of 8 halves at a time is right where contiguity >= 8 and divisibility >= 16 and the mask's constancy
// is >= 8. A scalar is a block of one element: one dimension, contiguity and constancy 1.
//
// Divisibility is given for the first element of contiguity runs. For shorter runs of length g < contiguity it is
// min(divisibility, g) (for pointers g * bytes): `divisibilityOfRuns`.
//
// What is assumed: the arithmetic on offsets does not wrap inside a block (an aligned run never straddles the wrap).
// What is not assumed: the sign. `/` and `%` truncate toward zero, so runs survive them only where the value is known
// not to be negative (`nonNegative`).
//
// One forward walk over the function computes all of it; loops are walked again until their carried values agree,
// which a decreasing lattice of powers of two does in very few rounds. Values made after the walk are unknown: run it
// again after rewriting.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_ANALYSIS_AXISINFO_H
#define TEGULA_LIB_ANALYSIS_AXISINFO_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace tegula::analysis {

/// The largest power of two that the analysis speaks of; what zero is divisible by.
inline constexpr int64_t kMaxDivisor = int64_t(1) << 32;

/// What is known of one value. All entries are powers of two.
struct AxisInfo {
  using Dims = llvm::SmallVector<int64_t, 4>;

  Dims contiguity, divisibility, constancy; ///< one entry a dimension; one for a scalar
  bool nonNegative = false;                 ///< every element is >= 0 as a signed number
  std::optional<int64_t> constant;          ///< every element is this integer
  int64_t unit = 1;                         ///< what one step of contiguity adds: 1, or a pointee's bytes

  unsigned rank() const { return contiguity.size(); }
  int64_t divisibilityOfRuns(unsigned dim, int64_t run) const;
  /// A divisor of every single element, the best that any dimension gives.
  int64_t divisibilityOfElements() const;

  /// Nothing known about a value of this type.
  static AxisInfo unknown(mlir::Type type);
  /// What holds for both.
  static AxisInfo meet(const AxisInfo &a, const AxisInfo &b);

  bool operator==(const AxisInfo &) const = default;
};

/// The analysis of one function, or of any operation with regions.
class AxisAnalysis {
public:
  explicit AxisAnalysis(mlir::Operation *root);

  /// What is known of `value`; `unknown` for a value that the walk did not see.
  AxisInfo get(mlir::Value value) const;

  /// How many consecutive elements along `dim` one access may move at once: contiguous, aligned to their own size,
  /// under one mask (which may be null).
  int64_t accessWidth(mlir::Value pointers, mlir::Value mask, unsigned dim) const;

private:
  void visit(mlir::Operation *op);
  void visitRegion(mlir::Region &region);
  void set(mlir::Value value, AxisInfo info);

  llvm::DenseMap<mlir::Value, AxisInfo> known;
};

/// What one operation without regions makes of its operands. `get` answers for operands. Exposed for AxisAnalysis.
AxisInfo transferAxisInfo(mlir::Operation *op, mlir::Value result, llvm::function_ref<AxisInfo(mlir::Value)> get);

/// One side of a mask that cuts a block off along a dimension: the elements kept are those whose index i along `dim`
/// satisfies `start + i < bound`. The scalars are i32 or i64 values; a null `start` is zero.
struct PrefixMaskTerm {
  unsigned dim = 0;
  int64_t constantStart = 0;
  mlir::Value start; ///< scalar added to constantStart
  mlir::Value bound; ///< scalar; null when `constantBound` is it
  int64_t constantBound = 0;
};

/// Takes `mask` apart as a conjunction of prefixes (`offs < n`, `(r < m) & (c < n)`); nothing when it is something
/// else. Splats, broadcasts and inserted dimensions are looked through.
std::optional<llvm::SmallVector<PrefixMaskTerm, 2>> matchPrefixMask(mlir::Value mask);

} // namespace tegula::analysis

#endif
