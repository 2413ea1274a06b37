//===- Reduce.cpp - Reductions and scans ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A reduction along the loop that is innermost carries its values in registers; LLVM vectorises it when the combiner
// may be reordered. Along any other loop it keeps a row of partial results in its buffer and vectorises across the row:
//
//   sum over columns: for r { acc = 0; for c: acc += x[r, c]; result[r] = acc }
//   sum over rows:    for c: result[c] = 0;  for r { for c: result[c] += x[r, c] }
//
// A combiner that is one operation starts from that operation's neutral element; any other starts from element 0.
#include "lib/Conversion/TileToLoops/Kernel.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::shapeOf;

/// The one operation of a combiner of two values; null when there is more to it.
static Operation *singleOperation(Region &region) {
  Block &block = region.front();
  if (block.getNumArguments() != 2 || !llvm::hasNItems(block, 2))
    return nullptr;
  Operation &op = block.front();
  bool plain = op.getNumOperands() == 2 && op.getNumResults() == 1 &&
               block.getTerminator()->getOperand(0) == op.getResult(0) &&
               ((op.getOperand(0) == block.getArgument(0) && op.getOperand(1) == block.getArgument(1)) ||
                (op.getOperand(0) == block.getArgument(1) && op.getOperand(1) == block.getArgument(0)));
  return plain ? &op : nullptr;
}

/// x with x . y == y for all y.
static Attribute neutralElement(Operation *op) {
  Type type = op->getResult(0).getType();
  Builder b(op->getContext());
  if (auto floating = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    if (!APFloat::semanticsHasInf(semantics))
      return {};
    auto inf = [&](bool negative) { return b.getFloatAttr(type, APFloat::getInf(semantics, negative)); };
    if (isa<arith::AddFOp>(op))
      return b.getFloatAttr(type, APFloat::getZero(semantics, /*Negative=*/true));
    if (isa<arith::MulFOp>(op))
      return b.getFloatAttr(type, 1.0);
    if (isa<arith::MaxNumFOp, arith::MinNumFOp>(op)) // NaN loses against everything
      return b.getFloatAttr(type, APFloat::getNaN(semantics));
    if (isa<arith::MaximumFOp>(op))
      return inf(true);
    if (isa<arith::MinimumFOp>(op))
      return inf(false);
    return {};
  }
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return {};
  unsigned width = integer.getWidth();
  if (isa<arith::AddIOp, arith::OrIOp, arith::XOrIOp, arith::MaxUIOp>(op))
    return b.getIntegerAttr(type, 0);
  if (isa<arith::MulIOp>(op))
    return b.getIntegerAttr(type, 1);
  if (isa<arith::AndIOp, arith::MinUIOp>(op))
    return b.getIntegerAttr(type, APInt::getAllOnes(width));
  if (isa<arith::MaxSIOp>(op))
    return b.getIntegerAttr(type, APInt::getSignedMinValue(width));
  if (isa<arith::MinSIOp>(op))
    return b.getIntegerAttr(type, APInt::getSignedMaxValue(width));
  return {};
}

/// Is combining many equal values one step?
static bool hasClosedForm(Operation *op, Type type) {
  if (isa<arith::AddFOp>(op))
    return type.isF32() || type.isF64();
  return isa<arith::AddIOp, arith::MaxNumFOp, arith::MinNumFOp, arith::MaximumFOp, arith::MinimumFOp, arith::MaxSIOp,
             arith::MinSIOp, arith::MaxUIOp, arith::MinUIOp, arith::AndIOp, arith::OrIOp>(op);
}

/// `carried` with `count` (maybe 0) times the same value.
static Value combineMany(Kernel &kernel, OpBuilder &b, tile::ReduceOp reduce, Operation *op, Value carried, Value value,
                         Value count) {
  Location loc = reduce.getLoc();
  Type type = value.getType();
  Value many = value;
  if (isa<arith::AddFOp>(op)) {
    many = arith::MulFOp::create(b, loc, value, arith::SIToFPOp::create(b, loc, type, count));
  } else if (isa<arith::AddIOp>(op)) {
    Value times = type.isInteger(64) ? count : Value(arith::TruncIOp::create(b, loc, type, count));
    many = arith::MulIOp::create(b, loc, value, times);
  }
  Value combined = kernel.inlineCombiner(b, reduce.getCombiner(), {carried, many}).front();
  Value zero = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
  Value any = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, count, zero);
  return arith::SelectOp::create(b, loc, any, combined, carried);
}

static Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

/// The bits of the domain's number without those of `axis`.
static Bits withoutAxis(ArrayRef<int64_t> shape, unsigned axis) {
  IndexMap map = IndexMap::identity(shape);
  map.dims.erase(map.dims.begin() + axis);
  return map.flat();
}

void Kernel::lowerReduce(tile::ReduceOp op) {
  Location loc = op.getLoc();
  ArrayRef<int64_t> shape = shapeOf(op.getOperands().front().getType());
  unsigned axis = op.getAxis();
  Bits axisBits = IndexMap::identity(shape).dims[axis];
  Operation *single = singleOperation(op.getCombiner());
  Attribute neutral = single ? neutralElement(single) : Attribute();

  if (axisBits.empty()) { // one element each: the operand in the same order
    for (auto [operand, result] : llvm::zip(op.getOperands(), op.getResults())) {
      if (isa<RankedTensorType>(result.getType())) {
        materialise(operand);
        setBuffer(result, bufferOf(operand));
        continue;
      }
      Nest nest(*this, loc, shape);
      nest.need(operand);
      nest.plan();
      nest.openOuter();
      scalars.map(result,
                  nest.inner({}, [&](ValueRange) { return SmallVector<Value>{nest.element(operand)}; }).front());
      nest.close();
    }
    return;
  }

  // The axis must be one loop; operands that need it cut, or two bodies, are put in buffers.
  {
    Nest preview(*this, loc, shape);
    preview.allowSideStores();
    for (Value operand : op.getOperands())
      preview.need(operand);
    preview.cutAtDimension(axis);
    preview.plan();
    bool whole = llvm::any_of(preview.space().dims(), [&](const IterationSpace::Dim &dim) {
      return int(dim.firstBit) == axisBits.front() && dim.numBits == axisBits.size();
    });
    if (!whole || preview.hasVariants())
      for (Value operand : op.getOperands())
        materialise(operand);
  }

  Nest nest(*this, loc, shape);
  nest.allowSideStores();
  for (Value operand : op.getOperands())
    nest.need(operand);
  nest.cutAtDimension(axis);
  nest.plan();
  bool toBlocks = isa<RankedTensorType>(op.getResults().front().getType());
  SmallVector<Value> results;
  if (toBlocks)
    for (Value result : op.getResults())
      results.push_back(bufferFor(result));

  // Across the rows when that is where memory is contiguous.
  if (toBlocks && neutral) {
    nest.chooseInnermost({});
    if (!nest.isInnermost(axisBits)) {
      Value result = op.getResults().front();
      Type element = elementOf(result);
      Nest clear(*this, loc, shapeOf(result.getType()));
      clear.plan();
      clear.openOuter();
      clear.inner({}, [&](ValueRange) {
        OpBuilder at = clear.here();
        Value start = emitConstant(at, loc, neutral, element);
        clear.storeTo(clear.bufferAddress(results[0], element, IndexMap::identity(shapeOf(result.getType())).flat()),
                      start, element);
        return SmallVector<Value>();
      });
      clear.close();
      nest.openOuter();
      nest.inner({}, [&](ValueRange) {
        Value value = nest.element(op.getOperands().front());
        nest.sideStores();
        Value address = nest.bufferAddress(results[0], element, withoutAxis(shape, axis));
        OpBuilder at = nest.here();
        Value before = nest.loadElement(at, address, element);
        Value combined = inlineCombiner(at, op.getCombiner(), {before, value}).front();
        nest.storeTo(address, combined, element);
        return SmallVector<Value>();
      });
      nest.close();
      setBuffer(result, results[0]);
      return;
    }
  }

  nest.makeInnermost(axisBits);
  nest.openOuter();
  auto elements = [&] {
    SmallVector<Value> values;
    for (Value operand : op.getOperands())
      values.push_back(nest.element(operand));
    nest.sideStores();
    return values;
  };
  SmallVector<Value> init;
  if (neutral) {
    OpBuilder at = nest.after();
    init.push_back(emitConstant(at, loc, neutral, elementOf(op.getOperands().front())));
  } else {
    init = nest.peelFirst([&](ValueRange) { return elements(); });
  }
  auto body = [&](ValueRange carried) {
    SmallVector<Value> args(carried);
    args.append(elements());
    OpBuilder at = nest.here();
    return inlineCombiner(at, op.getCombiner(), args);
  };
  Type type = ssaType(elementOf(op.getOperands().front()));
  SmallVector<Value> combined;
  if (neutral && hasClosedForm(single, type))
    combined = nest.inner(init, body, op.getOperands(),
                          [&](OpBuilder &at, ValueRange carried, ValueRange values, Value count) {
                            return SmallVector<Value>{combineMany(*this, at, op, single, carried[0], values[0], count)};
                          });
  else
    combined = nest.inner(init, body);
  if (!toBlocks) {
    for (auto [result, value] : llvm::zip(op.getResults(), combined))
      scalars.map(result, value);
    nest.close();
    return;
  }
  for (auto [result, value, buffer] : llvm::zip(op.getResults(), combined, results)) {
    nest.storeAfter(buffer, elementOf(result), withoutAxis(shape, axis), value);
    setBuffer(result, buffer);
  }
  nest.close();
}

void Kernel::lowerScan(tile::ScanOp op) {
  Location loc = op.getLoc();
  ArrayRef<int64_t> shape = shapeOf(op.getOperands().front().getType());
  unsigned axis = op.getAxis();
  IndexMap whole = IndexMap::identity(shape);
  Bits axisBits = whole.dims[axis];
  // Elements in order from buffers of their own, the running values beside them.
  SmallVector<Value> sources, results;
  for (Value operand : op.getOperands()) {
    materialise(operand);
    sources.push_back(bufferOf(operand));
    results.push_back(bufferFor(operand));
  }
  Nest nest(*this, loc, shape);
  for (Value operand : op.getOperands())
    nest.need(operand);
  nest.cutAtDimension(axis);
  nest.plan();
  nest.makeInnermost(axisBits);
  nest.openOuter();
  auto address = [&](Value buffer, Type element) {
    return nest.reversedAddress(buffer, element, whole.flat(), op.getReverse() ? axisBits : Bits());
  };
  auto step = [&](ValueRange carried) {
    SmallVector<Value> values(carried);
    for (auto [operand, source] : llvm::zip(op.getOperands(), sources)) {
      Value place = address(source, elementOf(operand));
      OpBuilder at = nest.here();
      values.push_back(nest.loadElement(at, place, elementOf(operand)));
    }
    if (!carried.empty()) {
      OpBuilder at = nest.here();
      values = inlineCombiner(at, op.getCombiner(), values);
    }
    for (auto [operand, result, value] : llvm::zip(op.getOperands(), results, values))
      nest.storeTo(address(result, elementOf(operand)), value, elementOf(operand));
    return values;
  };
  if (axisBits.empty())
    nest.inner({}, [&](ValueRange) { return step({}), SmallVector<Value>(); });
  else
    nest.inner(nest.peelFirst(step), step);
  nest.close();
  for (auto [result, buffer] : llvm::zip(op.getResults(), results))
    setBuffer(result, buffer);
}
