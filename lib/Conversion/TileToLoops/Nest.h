//===- Nest.h - One fused loop nest ------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A nest runs over the elements of one block (its domain) and computes whatever values its body asks for, element by
// element, from the operations that define them: pulling, so that everything between two reductions falls into one
// loop. What a value needs is emitted at the outermost loop where it is known (a row's scale outside the loop over
// columns), once.
//
// The life of a nest:
//
//   Nest nest(kernel, loc, shape);
//   nest.need(value) ...        everything that the body will ask for: decides where loops are cut
//   nest.restrictTo(mask)       (stores) only elements under this mask matter: its bounds become the loops' bounds
//   nest.plan()                 loops and their order
//   nest.openOuter()            all loops but the innermost
//   nest.inner(init, body)      the innermost, in up to three segments
//   nest.close()
//
// Segments. A load under a mask `i < n` costs a condition in every element unless the loop knows that it holds. So
// the innermost loop is cut where the bounds of its loads begin and end:
//
//   for i in [0, n)        Main: every bounded load is inside, unconditional
//   for i in [n, size)     Off: every bounded load is off, its `other` in its place (nothing is read)
//                          General: when loads have different bounds; each asks its own mask
//
// A segment that is known to be empty (the store's own mask already cut the loop there) is not made. A bound along an
// outer loop makes Main empty for the rows outside.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_NEST_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_NEST_H

#include "lib/Conversion/TileToLoops/Affine.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tegula::loops {

class Kernel;

class Nest {
public:
  enum class Mode { Main, Off, General };
  /// A value at one element, and the number of loops that it depends on (0: known before the nest).
  struct Element {
    mlir::Value value;
    unsigned level = 0;
  };
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange carried)>;
  /// Folds `count` (i64, maybe 0) elements that are all `values` into the carried values.
  using UniformTail = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &b, mlir::ValueRange carried,
                                                                        mlir::ValueRange values, mlir::Value count)>;

  Nest(Kernel &kernel, mlir::Location loc, llvm::ArrayRef<int64_t> shape);

  /// `value` has the domain's shape; or `map` says how it is seen.
  void need(mlir::Value value);
  void need(mlir::Value value, const IndexMap &map);
  /// Values that want a buffer and are computed by this nest at every element anyway are written on the way.
  void allowSideStores() { sideStoresAllowed = true; }
  /// Keeps dimension boundaries of the domain apart.
  void cutAtDimension(unsigned dim);
  void plan();
  void restrictTo(mlir::Value mask, const IndexMap &map);
  /// Puts the loops that `bits` consist of innermost.
  void makeInnermost(llvm::ArrayRef<Bit> bits);
  void chooseInnermost(mlir::Value storePointer);

  /// Runs hardly ever: not to be vectorised or unrolled.
  void markCold() { cold = true; }

  void openOuter();
  /// Returns the carried values after the loop. Where `tailValues` are the same throughout the Off segment,
  /// `uniformTail` stands for that segment.
  llvm::SmallVector<mlir::Value> inner(mlir::ValueRange init, Body body, mlir::ValueRange tailValues = {},
                                       UniformTail uniformTail = {});
  /// The body once, outside any innermost loop, at its counter 0; the loop then starts at 1.
  llvm::SmallVector<mlir::Value> peelFirst(Body body);
  void close();

  /// Inside a body: the element of `value`, seen through the domain or through `map`.
  mlir::Value element(mlir::Value value);
  Element element(mlir::Value value, const IndexMap &map);
  /// The address of an element of a pointer block.
  mlir::Value addressOf(mlir::Value pointers, const IndexMap &map);
  mlir::Value bufferAddress(mlir::Value buffer, mlir::Type elementType, llvm::ArrayRef<Bit> bits);
  /// The same with the loop over `reversed` running backwards.
  mlir::Value reversedAddress(mlir::Value buffer, mlir::Type elementType, llvm::ArrayRef<Bit> bits,
                              llvm::ArrayRef<Bit> reversed);
  mlir::Value loadElement(mlir::OpBuilder &b, mlir::Value address, mlir::Type elementType) {
    return loadFrom(b, address, elementType, false);
  }
  /// After the innermost loop.
  void storeAfter(mlir::Value buffer, mlir::Type elementType, llvm::ArrayRef<Bit> bits, mlir::Value value);
  /// What the mask given to `restrictTo` leaves to be asked element by element; null when nothing.
  mlir::Value restCondition();
  void storeTo(mlir::Value address, mlir::Value value, mlir::Type elementType);
  void storeUnder(mlir::Value condition, mlir::Value address, mlir::Value value, mlir::Type elementType);
  /// The index along the domain's dimension `dim`, i64.
  mlir::Value indexAlong(unsigned dim);
  /// Writes the side stores of the current element.
  void sideStores();
  bool hasSideStores() const { return !sideValues.empty(); }

  /// Where the body's own operations go.
  mlir::OpBuilder here() { return at(numLoops()); }
  /// At the end of the innermost but one level, after `inner`.
  mlir::OpBuilder after();
  unsigned numLoops() const { return order.size(); }
  bool isInnermost(llvm::ArrayRef<Bit> bits) const;

  /// Domain maps after tile.join made some bits constants: the body runs once for each.
  llvm::ArrayRef<IndexMap> variants() const { return allVariants; }
  IndexMap variantMap(unsigned variant, llvm::ArrayRef<int64_t> shape) const;
  bool hasVariants() const { return allVariants.size() > 1; }

  const IterationSpace &space() const { return iterationSpace; }
  AffineReader &affineReader();
  struct Load {
    tile::LoadOp op;
    IndexMap map;
    Affine address = Affine(0);
    MaskParts mask;       ///< what `restrictTo` does not imply already
    bool implied = false; ///< nothing is left of its mask
    unsigned level = 0;
    bool isConditional() const { return !mask.bounds.empty() || !mask.scalars.empty(); }
  };
  llvm::MutableArrayRef<Load> loads() { return allLoads; }

private:
  struct Known {
    IndexMap map;
    Element element;
  };
  void collect(mlir::Value value, const IndexMap &map);
  void planLoads();
  mlir::OpBuilder at(unsigned level);
  unsigned levelOf(unsigned dim) const { return position[dim] + 1; }
  unsigned levelOf(const Affine &affine);
  unsigned levelOf(const IndexMap &map);
  mlir::Value counter(unsigned dim);

  Element emit(mlir::Value value, const IndexMap &map);
  Element emitLoad(tile::LoadOp op, const IndexMap &map, mlir::Value value);
  Element emitSmallReduce(tile::ReduceOp op, unsigned result, const IndexMap &map);
  Element emitAddress(const Affine &affine, mlir::Type elementType);
  Affine bufferPlace(mlir::Value buffer, mlir::Type elementType, llvm::ArrayRef<Bit> bits,
                     llvm::ArrayRef<Bit> reversed);
  Element emitArange(tile::ArangeOp op, const IndexMap &map);
  /// The address of a load that may have been copied away from under a store (Kernel::Moved).
  Affine relocated(tile::LoadOp op, const IndexMap &map, Affine address);
  mlir::Value loadFrom(mlir::OpBuilder &b, mlir::Value address, mlir::Type elementType, bool isVolatile);
  Load *findLoad(tile::LoadOp op, const IndexMap &map);
  using Verdicts = llvm::DenseMap<mlir::Value, llvm::SmallVector<std::pair<IndexMap, bool>, 1>>;
  bool variesInTail(mlir::Value value, const IndexMap &map, Verdicts &verdicts);

  /// `difference` without the loop at `level`, as i64, emitted outside it.
  mlir::Value emitPartial(const Affine &difference, unsigned level);
  mlir::Value emitPredicate(const Bound &bound);
  /// The bounds at `level` as limits of its counter.
  void emitLimits(llvm::ArrayRef<Bound> bounds, unsigned level, llvm::SmallVectorImpl<mlir::Value> &lows,
                  llvm::SmallVectorImpl<mlir::Value> &highs);
  mlir::Value limit(mlir::OpBuilder &b, int64_t start, llvm::ArrayRef<mlir::Value> values, bool largest);
  llvm::SmallVector<mlir::Value> segment(mlir::Value low, mlir::Value high, Mode mode, mlir::ValueRange carried,
                                         Body body);
  void forgetInnermost();
  mlir::Value constant(mlir::OpBuilder &b, int64_t n);

  Kernel &kernel;
  mlir::Location loc;
  llvm::SmallVector<int64_t> shape;
  unsigned numBits = 0;
  IterationSpace iterationSpace;
  mlir::OpBuilder outside; ///< where the reader puts products of scalars
  std::optional<AffineReader> reader;
  llvm::SmallVector<std::pair<mlir::Value, IndexMap>> needed;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<IndexMap, 1>> visited;
  llvm::SmallVector<Bit, 2> unrolled;
  llvm::SmallVector<IndexMap, 2> allVariants; ///< of the flat domain
  llvm::SmallVector<Load, 0> allLoads;
  llvm::SmallVector<unsigned> cutDims;

  MaskParts box;
  llvm::SmallVector<unsigned, 4> order, position; ///< loop -> dimension of the space and back
  llvm::SmallVector<mlir::scf::ForOp, 4> opened;
  llvm::SmallVector<mlir::Operation *, 4> anchor; ///< what stands at the end of each level's code
  llvm::SmallVector<mlir::Value, 4> counters;
  mlir::OpBuilder::InsertPoint origin;
  mlir::Block *innerBlock = nullptr; ///< where level numLoops() is emitted, at its end or before its terminator
  Mode mode = Mode::General;
  bool peeling = false; ///< the body is being emitted once, outside the innermost loop
  int64_t firstIndex = 0;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Known, 1>> known;

  bool sideStoresAllowed = false, cold = false;
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> sideValues; ///< value, buffer
  mlir::Attribute accessGroup;
};

} // namespace tegula::loops

#endif
