//===- Affine.h - Addresses and masks as sums of loop counters ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inside a nest the address of an access is written
//
//   pointer + base + sum over loops of stride * counter + sum of scale * opaque value
//
// in bytes. `base` and the strides are linear in scalars that exist before the nest; an opaque value is an integer
// of the block that is no such sum (loaded, or the result of % or ^) and is computed element by element. A load whose
// stride along the innermost loop is its element's size is contiguous; what is opaque only along outer loops (rows
// chosen by an index) does not hinder that.
//
// A comparison of two such sums without opaque values is a bound on a loop counter: `offs < n`, rows < m, col <= row.
//
// Assumed, as in AxisInfo: the i32 arithmetic on offsets does not wrap within a block.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_AFFINE_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_AFFINE_H

#include "lib/Analysis/AxisInfo.h"
#include "lib/Conversion/TileToLoops/IndexMap.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace tegula::loops {

/// constant + sum of factor * scalar; the scalars are integers of the lowered program, sign-extended to i64.
struct Linear {
  int64_t constant = 0;
  llvm::SmallVector<std::pair<mlir::Value, int64_t>, 2> terms;

  Linear(int64_t constant = 0) : constant(constant) {}
  explicit Linear(mlir::Value scalar) { terms.push_back({scalar, 1}); }

  bool isConstant() const { return terms.empty(); }
  bool isConstant(int64_t n) const { return terms.empty() && constant == n; }
  Linear &operator+=(const Linear &other);
  Linear operator*(int64_t factor) const;
  /// Also equal when the terms stand in another order.
  bool operator==(const Linear &other) const;

  mlir::Value emit(mlir::OpBuilder &b, mlir::Location loc) const;
};

struct Opaque {
  mlir::Value value; ///< integer block of the tile IR
  IndexMap map;
  Linear scale;
};

struct Affine {
  mlir::Value pointer; ///< lowered scalar pointer; null for integers
  Linear base;
  llvm::SmallVector<Linear, 4> strides; ///< one for each loop of the space
  llvm::SmallVector<Opaque, 1> opaque;
  mlir::Value opaquePointer; ///< block of pointers of the tile IR that is itself opaque
  IndexMap opaquePointerMap;

  explicit Affine(size_t loops) : strides(loops) {}
  bool isPure() const { return opaque.empty() && !opaquePointer; }
  bool isUniform() const;
  bool sameAs(const Affine &other) const;
};

/// A condition `difference < 0` with a pure difference; it bounds the loop counters it mentions.
struct Bound {
  Affine difference;
};

/// A mask as a conjunction: bounds, scalar conditions, and what is left, element by element.
struct MaskParts {
  llvm::SmallVector<Bound, 2> bounds;
  llvm::SmallVector<mlir::Value, 1> scalars; ///< lowered i1 scalars
  llvm::SmallVector<std::pair<mlir::Value, IndexMap>, 1> rest;
  llvm::SmallVector<std::pair<mlir::Value, IndexMap>, 4> seen; ///< taken apart already
};

/// Takes values of the tile IR apart. Emits products of scalars at `b`, which stands before the nest.
class AffineReader {
public:
  /// A block in a buffer is opaque: what it was made of is not looked at.
  AffineReader(mlir::OpBuilder &b, const mlir::IRMapping &scalars, const analysis::AxisAnalysis &axes,
               const llvm::DenseMap<mlir::Value, mlir::Value> &buffers, const IterationSpace &space)
      : b(b), scalars(scalars), axes(axes), buffers(buffers), space(space) {}

  /// An integer block, in units of one.
  Affine integer(mlir::Value value, const IndexMap &map, unsigned depth = 0);
  /// A pointer block, in bytes.
  Affine pointer(mlir::Value value, const IndexMap &map);
  /// A scalar pointer of the tile IR.
  void scalarPointer(mlir::Value value, Affine &into);
  void mask(mlir::Value value, const IndexMap &map, MaskParts &parts);

private:
  Affine takeApart(mlir::Value value, const IndexMap &map, unsigned depth);
  Affine opaqueInteger(mlir::Value value, const IndexMap &map);
  Affine uniform(mlir::Value scalar);
  std::optional<Affine> multiply(const Affine &a, const Affine &b, mlir::Location loc);
  Linear product(const Linear &a, const Linear &b, mlir::Location loc);

  mlir::OpBuilder &b;
  const mlir::IRMapping &scalars;
  const analysis::AxisAnalysis &axes;
  const llvm::DenseMap<mlir::Value, mlir::Value> &buffers;
  const IterationSpace &space;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<std::pair<IndexMap, Affine>, 1>> known;
};

} // namespace tegula::loops

#endif
