//===- ShapeOps.cpp - Making blocks and changing their shape ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace tegula::tile;

/// Checks that two blocks have one element type.
static LogicalResult verifySameElement(Operation *op, Type src, Type result) {
  if (getElementTypeOrSelf(src) != getElementTypeOrSelf(result))
    return op->emitOpError() << "expected one element type, got " << src << " and " << result;
  return success();
}

/// The one value that every element of a constant has, typed for `result`; null when there is none.
static Attribute splatAs(Attribute constant, Type result) {
  auto dense = dyn_cast_if_present<DenseElementsAttr>(constant);
  if (!dense || !dense.isSplat())
    return {};
  return dense.resizeSplat(cast<ShapedType>(result));
}

LogicalResult ArangeOp::verify() {
  int64_t length = int64_t(static_cast<int32_t>(getEnd())) - static_cast<int32_t>(getStart());
  if (length <= 0) // (C2)
    return emitOpError() << "expected start below end, got " << static_cast<int32_t>(getStart()) << " and "
                         << static_cast<int32_t>(getEnd());
  auto type = getType();
  if (type.getRank() != 1 || type.getDimSize(0) != length) // (C1)
    return emitOpError() << "expected a result of " << length << " elements, got " << type;
  return success();
}

LogicalResult SplatOp::verify() {
  if (getSrc().getType() != getType().getElementType()) // (C1)
    return emitOpError() << "expected an operand of type " << getType().getElementType() << ", got "
                         << getSrc().getType();
  return success();
}

OpFoldResult SplatOp::fold(FoldAdaptor adaptor) {
  auto element = dyn_cast_if_present<TypedAttr>(adaptor.getSrc());
  if (!element || !isa<IntegerAttr, FloatAttr>(element))
    return {};
  return DenseElementsAttr::get(getType(), ArrayRef<Attribute>(element));
}

LogicalResult UnsplatOp::verify() {
  auto src = getSrc().getType();
  if (src.getNumElements() != 1) // (C1)
    return emitOpError() << "expected an operand of one element, got " << src;
  return verifySameElement(*this, src, getType());
}

OpFoldResult UnsplatOp::fold(FoldAdaptor adaptor) {
  if (auto splat = getSrc().getDefiningOp<SplatOp>())
    return splat.getSrc();
  auto dense = dyn_cast_if_present<DenseElementsAttr>(adaptor.getSrc());
  if (dense && dense.isSplat())
    return dense.getSplatValue<Attribute>();
  return {};
}

LogicalResult BroadcastOp::verify() {
  auto src = getSrc().getType(), result = getType();
  if (failed(verifySameElement(*this, src, result)))
    return failure();
  if (src.getRank() != result.getRank()) // (C1)
    return emitOpError() << "expected equal ranks, got " << src << " and " << result;
  for (auto [from, to] : llvm::zip(src.getShape(), result.getShape()))
    if (from != to && from != 1) // (C2)
      return emitOpError() << "cannot broadcast a dimension of " << from << " to " << to;
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getSrc().getType() == getType())
    return getSrc();
  return splatAs(adaptor.getSrc(), getType());
}

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  // broadcast(splat) -> splat, broadcast(broadcast) -> broadcast
  patterns.add(+[](BroadcastOp op, PatternRewriter &rewriter) -> LogicalResult {
    if (auto splat = op.getSrc().getDefiningOp<SplatOp>()) {
      rewriter.replaceOpWithNewOp<SplatOp>(op, op.getType(), splat.getSrc());
      return success();
    }
    if (auto inner = op.getSrc().getDefiningOp<BroadcastOp>()) {
      rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner.getSrc());
      return success();
    }
    return failure();
  });
}

LogicalResult ExpandDimsOp::verify() {
  auto src = getSrc().getType(), result = getType();
  SmallVector<int64_t> expected(src.getShape());
  if (getAxis() > expected.size())
    return emitOpError() << "expected an axis of at most " << expected.size() << ", got " << getAxis();
  expected.insert(expected.begin() + getAxis(), 1);
  if (ArrayRef<int64_t>(expected) != result.getShape()) // (C1)
    return emitOpError() << "the result " << result << " is not " << src << " with a 1 at axis " << getAxis();
  return verifySameElement(*this, src, result);
}

OpFoldResult ExpandDimsOp::fold(FoldAdaptor adaptor) { return splatAs(adaptor.getSrc(), getType()); }

LogicalResult ReshapeOp::verify() {
  auto src = getSrc().getType(), result = getType();
  if (src.getNumElements() != result.getNumElements()) // (C1)
    return emitOpError() << "expected " << src.getNumElements() << " elements, got " << result;
  return verifySameElement(*this, src, result);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getSrc().getType() == getType() && !getAllowReorder())
    return getSrc();
  if (auto inner = getSrc().getDefiningOp<ReshapeOp>(); inner && !inner.getAllowReorder()) {
    getSrcMutable().assign(inner.getSrc());
    return getResult();
  }
  return splatAs(adaptor.getSrc(), getType());
}

LogicalResult TransOp::verify() {
  auto src = getSrc().getType(), result = getType();
  ArrayRef<int32_t> order = getOrder();
  llvm::SmallBitVector seen(src.getRank());
  for (int32_t dim : order)
    if (dim >= 0 && dim < src.getRank())
      seen.set(dim);
  if (int64_t(order.size()) != src.getRank() || !seen.all()) // (C1)
    return emitOpError() << "expected a permutation of " << src.getRank() << " dimensions";
  if (result.getRank() != src.getRank())
    return emitOpError() << "expected equal ranks, got " << src << " and " << result;
  for (auto [to, from] : llvm::enumerate(order))
    if (result.getDimSize(to) != src.getDimSize(from)) // (C2)
      return emitOpError() << "expected dimension " << to << " to be " << src.getDimSize(from) << ", got "
                           << result.getDimSize(to);
  return verifySameElement(*this, src, result);
}

OpFoldResult TransOp::fold(FoldAdaptor adaptor) {
  if (llvm::is_sorted(getOrder()) && getSrc().getType() == getType())
    return getSrc();
  return splatAs(adaptor.getSrc(), getType());
}

LogicalResult JoinOp::verify() {
  auto src = getLhs().getType();
  SmallVector<int64_t> expected(src.getShape());
  expected.push_back(2);
  if (ArrayRef<int64_t>(expected) != getType().getShape()) // (C1)
    return emitOpError() << "the result " << getType() << " is not " << src << " with a 2 appended";
  return verifySameElement(*this, src, getType());
}

LogicalResult SplitOp::verify() {
  auto src = getSrc().getType();
  if (src.getRank() < 2 || src.getShape().back() != 2) // (C1)
    return emitOpError() << "expected an operand of at least two dimensions, the last of size 2, got " << src;
  if (src.getShape().drop_back() != getLhs().getType().getShape()) // (C2)
    return emitOpError() << "the results " << getLhs().getType() << " are not " << src << " without its last dimension";
  return verifySameElement(*this, src, getLhs().getType());
}

LogicalResult SplitOp::fold(FoldAdaptor, SmallVectorImpl<OpFoldResult> &results) {
  auto join = getSrc().getDefiningOp<JoinOp>();
  if (!join || join.getLhs().getType() != getLhs().getType())
    return failure();
  results.assign({join.getLhs(), join.getRhs()});
  return success();
}

//===----------------------------------------------------------------------===//
// Ranges of integers
//===----------------------------------------------------------------------===//

void ArangeOp::inferResultRanges(ArrayRef<ConstantIntRanges>, SetIntRangeFn set) {
  APInt first(32, getStart()), last = APInt(32, getEnd()) - 1;
  set(getResult(), ConstantIntRanges::fromSigned(first, last));
}

// What only moves elements keeps their range.
void SplatOp::inferResultRanges(ArrayRef<ConstantIntRanges> in, SetIntRangeFn set) { set(getResult(), in[0]); }
void BroadcastOp::inferResultRanges(ArrayRef<ConstantIntRanges> in, SetIntRangeFn set) { set(getResult(), in[0]); }
void ExpandDimsOp::inferResultRanges(ArrayRef<ConstantIntRanges> in, SetIntRangeFn set) { set(getResult(), in[0]); }
void ReshapeOp::inferResultRanges(ArrayRef<ConstantIntRanges> in, SetIntRangeFn set) { set(getResult(), in[0]); }
void TransOp::inferResultRanges(ArrayRef<ConstantIntRanges> in, SetIntRangeFn set) { set(getResult(), in[0]); }
