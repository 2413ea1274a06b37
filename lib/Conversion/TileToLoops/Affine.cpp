//===- Affine.cpp - Addresses and masks as sums of loop counters ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Affine.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;

//===----------------------------------------------------------------------===//
// Linear, Affine
//===----------------------------------------------------------------------===//

Linear &Linear::operator+=(const Linear &other) {
  constant += other.constant;
  for (auto [scalar, factor] : other.terms) {
    auto it = llvm::find_if(terms, [&](auto &term) { return term.first == scalar; });
    if (it == terms.end())
      terms.push_back({scalar, factor});
    else if ((it->second += factor) == 0)
      terms.erase(it);
  }
  return *this;
}

Linear Linear::operator*(int64_t factor) const {
  Linear result(constant * factor);
  if (factor != 0)
    for (auto [scalar, f] : terms)
      result.terms.push_back({scalar, f * factor});
  return result;
}

bool Linear::operator==(const Linear &other) const {
  Linear difference = *this;
  difference += other * -1;
  return difference.isConstant(0);
}

Value Linear::emit(OpBuilder &b, Location loc) const {
  auto number = [&](int64_t n) -> Value { return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(n)); };
  Value sum;
  auto add = [&](Value value) {
    sum = sum ? Value(arith::AddIOp::create(b, loc, sum, value, arith::IntegerOverflowFlags::nsw)) : value;
  };
  for (auto [scalar, factor] : terms) {
    Value value = scalar;
    if (!value.getType().isInteger(64))
      value = arith::ExtSIOp::create(b, loc, b.getI64Type(), value);
    if (factor != 1)
      value = arith::MulIOp::create(b, loc, value, number(factor), arith::IntegerOverflowFlags::nsw);
    add(value);
  }
  if (constant != 0 || !sum)
    add(number(constant));
  return sum;
}

bool Affine::isUniform() const {
  return isPure() && llvm::all_of(strides, [](const Linear &stride) { return stride.isConstant(0); });
}

bool Affine::sameAs(const Affine &other) const {
  return isPure() && other.isPure() && pointer == other.pointer && base == other.base && strides == other.strides;
}

//===----------------------------------------------------------------------===//
// AffineReader
//===----------------------------------------------------------------------===//

static Affine operator+(Affine a, const Affine &b) {
  a.base += b.base;
  for (auto [mine, theirs] : llvm::zip(a.strides, b.strides))
    mine += theirs;
  for (const Opaque &term : b.opaque) {
    auto same = llvm::find_if(a.opaque, [&](const Opaque &o) { return o.value == term.value && o.map == term.map; });
    if (same == a.opaque.end())
      a.opaque.push_back(term);
    else
      same->scale += term.scale;
  }
  return a;
}

static Affine operator*(Affine a, int64_t factor) {
  a.base = a.base * factor;
  for (Linear &stride : a.strides)
    stride = stride * factor;
  for (Opaque &opaque : a.opaque)
    opaque.scale = opaque.scale * factor;
  return a;
}

Affine AffineReader::uniform(Value scalar) {
  Affine result(space.dims().size());
  APInt constant;
  if (matchPattern(scalar, m_ConstantInt(&constant)))
    result.base = Linear(constant.getSExtValue());
  else
    result.base = Linear(scalars.lookup(scalar));
  return result;
}

Affine AffineReader::opaqueInteger(Value value, const IndexMap &map) {
  Affine result(space.dims().size());
  result.opaque.push_back({value, map, Linear(1)});
  return result;
}

Linear AffineReader::product(const Linear &x, const Linear &y, Location loc) {
  if (x.isConstant())
    return y * x.constant;
  if (y.isConstant())
    return x * y.constant;
  return Linear(Value(arith::MulIOp::create(b, loc, x.emit(b, loc), y.emit(b, loc), arith::IntegerOverflowFlags::nsw)));
}

/// A product is a sum again when one factor is the same for the whole block.
std::optional<Affine> AffineReader::multiply(const Affine &x, const Affine &y, Location loc) {
  const Affine &factor = x.isUniform() ? x : y, &other = x.isUniform() ? y : x;
  if (!factor.isUniform())
    return std::nullopt;
  Affine result = other;
  result.base = product(other.base, factor.base, loc);
  for (Linear &stride : result.strides)
    stride = product(stride, factor.base, loc);
  for (Opaque &opaque : result.opaque)
    opaque.scale = product(opaque.scale, factor.base, loc);
  return result;
}

Affine AffineReader::integer(Value value, const IndexMap &map, unsigned depth) {
  for (auto &[seen, affine] : known[value])
    if (seen == map)
      return affine;
  Affine affine = takeApart(value, map, depth);
  known[value].push_back({map, affine});
  return affine;
}

Affine AffineReader::takeApart(Value value, const IndexMap &map, unsigned depth) {
  Operation *op = value.getDefiningOp();
  // Narrow integers wrap for real.
  if (!op || depth > 32 || buffers.contains(value) ||
      getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth() < 32)
    return opaqueInteger(value, map);
  DenseIntElementsAttr dense;
  if (matchPattern(value, m_Constant(&dense)) && dense.isSplat()) {
    Affine result(space.dims().size());
    result.base = Linear(dense.getSplatValue<APInt>().getSExtValue());
    return result;
  }
  auto through = [&](Value from) {
    unsigned result = cast<OpResult>(value).getResultNumber();
    return integer(from, operandMap(op, 0, result, map), depth + 1);
  };
  auto operand = [&](unsigned i) { return integer(op->getOperand(i), map, depth + 1); };
  if (isa<tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp, tile::SplitOp>(op))
    return through(op->getOperand(0));
  if (auto arange = dyn_cast<tile::ArangeOp>(op)) {
    IterationSpace::Index index = space.indexOf(map.dims[0]);
    Affine result(space.dims().size());
    result.base = Linear(index.constant + int32_t(arange.getStart()));
    for (auto [dim, factor] : index.terms)
      result.strides[dim] = Linear(factor);
    return result;
  }
  if (auto splat = dyn_cast<tile::SplatOp>(op))
    return splat.getSrc().getType().isInteger(1) ? opaqueInteger(value, map) : uniform(splat.getSrc());
  if (isa<arith::ExtSIOp>(op) && !getElementTypeOrSelf(op->getOperand(0).getType()).isInteger(1))
    return operand(0);
  if (isa<arith::ExtUIOp>(op) && axes.get(op->getOperand(0)).nonNegative &&
      !getElementTypeOrSelf(op->getOperand(0).getType()).isInteger(1))
    return operand(0);
  if (isa<arith::AddIOp>(op))
    return operand(0) + operand(1);
  if (isa<arith::SubIOp>(op))
    return operand(0) + operand(1) * -1;
  if (isa<arith::MulIOp>(op))
    if (auto result = multiply(operand(0), operand(1), op->getLoc()))
      return *result;
  if (isa<arith::ShLIOp>(op)) {
    Affine amount = operand(1);
    if (amount.isUniform() && amount.base.isConstant() && amount.base.constant >= 0 && amount.base.constant < 31)
      return operand(0) * (int64_t(1) << amount.base.constant);
  }
  return opaqueInteger(value, map);
}

void AffineReader::scalarPointer(Value value, Affine &into) {
  while (auto addptr = value.getDefiningOp<tile::AddPtrOp>()) {
    Type pointee = cast<tile::PointerType>(value.getType()).getPointee();
    APInt constant;
    Linear offset = matchPattern(addptr.getOffset(), m_ConstantInt(&constant))
                        ? Linear(constant.getSExtValue())
                        : Linear(scalars.lookup(addptr.getOffset()));
    into.base += offset * sizeOf(pointee);
    value = addptr.getPtr();
  }
  into.pointer = scalars.lookup(value);
}

Affine AffineReader::pointer(Value value, const IndexMap &map) {
  Operation *op = buffers.contains(value) ? nullptr : value.getDefiningOp();
  Affine result(space.dims().size());
  if (op && isa<tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp, tile::SplitOp>(op))
    return pointer(op->getOperand(0), operandMap(op, 0, cast<OpResult>(value).getResultNumber(), map));
  if (isa_and_nonnull<tile::PtrCastOp>(op))
    return pointer(op->getOperand(0), map);
  if (auto splat = dyn_cast_or_null<tile::SplatOp>(op)) {
    scalarPointer(splat.getSrc(), result);
    return result;
  }
  if (auto addptr = dyn_cast_or_null<tile::AddPtrOp>(op)) {
    result = pointer(addptr.getPtr(), map);
    Type pointee = cast<tile::PointerType>(getElementTypeOrSelf(value.getType())).getPointee();
    return result + integer(addptr.getOffset(), map) * sizeOf(pointee);
  }
  result.opaquePointer = value;
  result.opaquePointerMap = map;
  return result;
}

void AffineReader::mask(Value value, const IndexMap &map, MaskParts &parts) {
  std::pair<Value, IndexMap> here(value, map);
  if (llvm::is_contained(parts.seen, here))
    return;
  parts.seen.push_back(here);
  Operation *op = buffers.contains(value) ? nullptr : value.getDefiningOp();
  DenseIntElementsAttr dense;
  if (op && matchPattern(value, m_Constant(&dense)) && dense.isSplat() && !dense.getSplatValue<APInt>().isZero())
    return;
  if (isa_and_nonnull<arith::AndIOp>(op)) {
    mask(op->getOperand(0), map, parts);
    return mask(op->getOperand(1), map, parts);
  }
  if (op && isa<tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp, tile::SplitOp>(op))
    return mask(op->getOperand(0), operandMap(op, 0, cast<OpResult>(value).getResultNumber(), map), parts);
  if (auto splat = dyn_cast_or_null<tile::SplatOp>(op)) {
    parts.scalars.push_back(scalars.lookup(splat.getSrc()));
    return;
  }
  auto compare = dyn_cast_or_null<arith::CmpIOp>(op);
  using P = arith::CmpIPredicate;
  bool isUnsigned = compare && (compare.getPredicate() == P::ult || compare.getPredicate() == P::ule ||
                                compare.getPredicate() == P::ugt || compare.getPredicate() == P::uge);
  bool equality = compare && (compare.getPredicate() == P::eq || compare.getPredicate() == P::ne);
  if (!compare || equality || getElementTypeOrSelf(compare.getLhs().getType()).isInteger(1) ||
      (isUnsigned && !(axes.get(compare.getLhs()).nonNegative && axes.get(compare.getRhs()).nonNegative))) {
    parts.rest.push_back({value, map});
    return;
  }
  P p = compare.getPredicate();
  bool greater = p == P::sgt || p == P::sge || p == P::ugt || p == P::uge;
  bool orEqual = p == P::sle || p == P::sge || p == P::ule || p == P::uge;
  Affine lhs = integer(compare.getLhs(), map), rhs = integer(compare.getRhs(), map);
  Affine difference = greater ? rhs + lhs * -1 : lhs + rhs * -1;
  // Strides that are small powers of two: a hash times a counter would rely on wrapping.
  bool simple = difference.isPure();
  for (auto [stride, dim] : llvm::zip(difference.strides, space.dims()))
    simple &= stride.isConstant(0) || (stride.isConstant() && llvm::isPowerOf2_64(std::abs(stride.constant)) &&
                                       std::abs(stride.constant) <= (int64_t(1) << 30) / dim.size());
  if (!simple) {
    parts.rest.push_back({value, map});
    return;
  }
  if (orEqual)
    difference.base += Linear(-1);
  parts.bounds.push_back({std::move(difference)});
}
