//===- Nest.cpp - One fused loop nest: its loops ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Kernel.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::shapeOf;

Nest::Nest(Kernel &kernel, Location loc, ArrayRef<int64_t> domain)
    : kernel(kernel), loc(loc), shape(domain), outside(kernel.b) {
  for (int64_t size : shape)
    numBits += llvm::Log2_64(size);
  iterationSpace = IterationSpace(numBits);
  allVariants = {IndexMap::identity(int64_t(1) << numBits)};
}

void Nest::need(Value value) { need(value, IndexMap::identity(shapeOf(value.getType()))); }

void Nest::need(Value value, const IndexMap &map) {
  needed.push_back({value, map});
  collect(value, map);
}

void Nest::cutAtDimension(unsigned dim) { cutDims.push_back(dim); }

IndexMap Nest::variantMap(unsigned variant, ArrayRef<int64_t> shape) const {
  return IndexMap::ofFlat(allVariants[variant].flat(), shape);
}

AffineReader &Nest::affineReader() {
  if (!reader)
    reader.emplace(outside, kernel.scalars, kernel.axes, kernel.buffers, iterationSpace);
  outside = at(0);
  return *reader;
}

void Nest::plan() {
  // A bit that chooses between the operands of a join is not a loop: the body is written out for both.
  for (Bit bit : unrolled) {
    SmallVector<IndexMap, 2> both;
    for (const IndexMap &variant : allVariants)
      for (bool one : {false, true})
        both.push_back(variant.withBit(bit, one));
    allVariants = std::move(both);
  }
  if (!unrolled.empty()) {
    auto roots = std::move(needed);
    needed.clear();
    visited.clear();
    allLoads.clear();
    SmallVector<Bit, 2> bits = std::move(unrolled);
    unrolled.clear();
    const IndexMap identity = IndexMap::identity(int64_t(1) << numBits);
    for (auto &[value, map] : roots)
      for (const IndexMap &variant : allVariants) {
        IndexMap seen = map;
        for (auto [whole, bit] : llvm::zip(identity.dims[0], variant.dims[0]))
          if (whole != bit)
            seen = seen.withBit(whole, bit == kBitOne);
        need(value, seen);
      }
    for (Bit bit : bits)
      iterationSpace.cutAround({bit});
  }
  IndexMap whole = IndexMap::identity(shape);
  for (unsigned dim : cutDims)
    iterationSpace.cutAround(whole.dims[dim]);
  iterationSpace.finish();
  for (unsigned dim = 0; dim < iterationSpace.dims().size(); ++dim) {
    const IterationSpace::Dim &d = iterationSpace.dims()[dim];
    if (!llvm::is_contained(allVariants.front().dims[0], Bit(d.firstBit)))
      continue; // unrolled
    order.push_back(dim);
  }
  position.assign(iterationSpace.dims().size(), 0);
  for (auto [k, dim] : llvm::enumerate(order))
    position[dim] = k;
  counters.resize(iterationSpace.dims().size());
  anchor.resize(order.size() + 1, nullptr);
  origin = kernel.b.saveInsertionPoint();
  outside = kernel.b;
  accessGroup = LLVM::AccessGroupAttr::get(kernel.b.getContext(), DistinctAttr::create(kernel.b.getUnitAttr()));
  for (Load &load : allLoads)
    load.address = relocated(load.op, load.map, affineReader().pointer(load.op.getPtr(), load.map));
}

bool Nest::isInnermost(ArrayRef<Bit> bits) const {
  if (order.empty())
    return true;
  const IterationSpace::Dim &dim = iterationSpace.dims()[order.back()];
  return bits.size() == dim.numBits && bits.front() == Bit(dim.firstBit);
}

void Nest::makeInnermost(ArrayRef<Bit> bits) {
  auto inside = [&](unsigned dim) { return llvm::is_contained(bits, Bit(iterationSpace.dims()[dim].firstBit)); };
  llvm::stable_sort(order, [&](unsigned x, unsigned y) { return !inside(x) && inside(y); });
  for (auto [k, dim] : llvm::enumerate(order))
    position[dim] = k;
}

void Nest::chooseInnermost(Value storePointer) {
  if (order.size() < 2)
    return;
  SmallVector<int> votes(iterationSpace.dims().size(), 0);
  auto vote = [&](const Affine &address, Type element, int weight) {
    for (auto [dim, stride] : llvm::enumerate(address.strides))
      if (std::abs(stride.constant) == sizeOf(element) && stride.isConstant())
        votes[dim] += weight;
  };
  for (Load &load : allLoads)
    vote(load.address, getElementTypeOrSelf(load.op.getType()), 2);
  if (storePointer) {
    Type element = cast<tile::PointerType>(getElementTypeOrSelf(storePointer.getType())).getPointee();
    vote(affineReader().pointer(storePointer, variantMap(0, shape)), element, 3);
  }
  // Short loops are poor inner loops.
  auto score = [&](unsigned dim) { return iterationSpace.dims()[dim].size() < 8 ? -1 : votes[dim]; };
  unsigned best = order.back();
  for (unsigned dim : order)
    if (score(dim) > score(best))
      best = dim;
  llvm::stable_sort(order, [&](unsigned x, unsigned y) { return x != best && y == best; });
  for (auto [k, dim] : llvm::enumerate(order))
    position[dim] = k;
}

void Nest::restrictTo(Value mask, const IndexMap &map) {
  if (!hasVariants() && mask)
    affineReader().mask(mask, map, box);
}

/// What the loads' masks ask beyond what the loops' bounds give.
void Nest::planLoads() {
  for (Load &load : allLoads) {
    load.mask = {};
    if (load.op.getMask() && isa<RankedTensorType>(load.op.getMask().getType()))
      affineReader().mask(load.op.getMask(), load.map, load.mask);
    llvm::erase_if(load.mask.bounds, [&](const Bound &bound) {
      return llvm::any_of(box.bounds, [&](const Bound &given) { return given.difference.sameAs(bound.difference); });
    });
    llvm::erase_if(load.mask.scalars, [&](Value scalar) { return llvm::is_contained(box.scalars, scalar); });
    llvm::erase_if(load.mask.rest, [&](auto &rest) { return llvm::is_contained(box.rest, rest); });
    load.level = levelOf(load.address);
    for (const Bound &bound : load.mask.bounds)
      load.level = std::max(load.level, levelOf(bound.difference));
    for (auto &[value, seen] : load.mask.rest)
      load.level = std::max(load.level, levelOf(seen));
  }
}

//===----------------------------------------------------------------------===//
// Levels and places
//===----------------------------------------------------------------------===//

unsigned Nest::levelOf(const IndexMap &map) {
  unsigned level = 0;
  for (const Bits &bits : map.dims)
    for (Bit bit : bits)
      for (unsigned dim : order)
        if (int(iterationSpace.dims()[dim].firstBit) == bit)
          level = std::max(level, levelOf(dim));
  return level;
}

unsigned Nest::levelOf(const Affine &affine) {
  unsigned level = affine.opaquePointer ? levelOf(affine.opaquePointerMap) : 0;
  for (unsigned dim : order)
    if (!affine.strides[dim].isConstant(0))
      level = std::max(level, levelOf(dim));
  for (const Opaque &opaque : affine.opaque)
    level = std::max(level, levelOf(opaque.map));
  return level;
}

OpBuilder Nest::at(unsigned level) {
  OpBuilder b(kernel.b.getContext());
  if (peeling && level == numLoops() && level > 0)
    --level;
  auto endOf = [&](Block *block) {
    if (block->mightHaveTerminator())
      b.setInsertionPoint(block->getTerminator());
    else
      b.setInsertionPointToEnd(block);
  };
  if (level < anchor.size() && anchor[level])
    b.setInsertionPoint(anchor[level]);
  else if (level == 0)
    b.restoreInsertionPoint(origin.isSet() ? origin : kernel.b.saveInsertionPoint());
  else if (level == numLoops() && innerBlock)
    endOf(innerBlock);
  else
    endOf(opened[level - 1].getBody());
  return b;
}

OpBuilder Nest::after() {
  OpBuilder b(kernel.b.getContext());
  if (numLoops() < 2)
    b.restoreInsertionPoint(origin);
  else
    b.setInsertionPoint(opened[numLoops() - 2].getBody()->getTerminator());
  return b;
}

Value Nest::constant(OpBuilder &b, int64_t n) { return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(n)); }

Value Nest::counter(unsigned dim) {
  if (!counters[dim]) {
    OpBuilder b = at(0);
    counters[dim] = constant(b, 0);
  }
  return counters[dim];
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

Value Nest::emitPartial(const Affine &difference, unsigned level) {
  OpBuilder b = at(level - 1);
  Value sum = difference.base.emit(b, loc);
  for (unsigned k = 0; k + 1 < level; ++k) {
    const Linear &stride = difference.strides[order[k]];
    if (stride.isConstant(0))
      continue;
    Value part = arith::MulIOp::create(b, loc, counter(order[k]), stride.emit(b, loc));
    sum = arith::AddIOp::create(b, loc, sum, part);
  }
  return sum;
}

Value Nest::emitPredicate(const Bound &bound) {
  unsigned level = levelOf(bound.difference);
  Value sum = emitPartial(bound.difference, level + 1);
  OpBuilder b = at(level);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, sum, constant(b, 0));
}

void Nest::emitLimits(ArrayRef<Bound> bounds, unsigned level, SmallVectorImpl<Value> &lows,
                      SmallVectorImpl<Value> &highs) {
  for (const Bound &bound : bounds) {
    if (levelOf(bound.difference) != level)
      continue;
    // rest + stride * i < 0, with a power of two for a stride.
    int64_t stride = bound.difference.strides[order[level - 1]].constant;
    Value rest = emitPartial(bound.difference, level);
    OpBuilder b = at(level - 1);
    unsigned shift = llvm::Log2_64(std::abs(stride));
    auto shifted = [&](Value x) -> Value {
      return shift == 0 ? x : Value(arith::ShRSIOp::create(b, loc, x, constant(b, shift)));
    };
    if (stride > 0) { // i < ceil(-rest / stride)
      Value negated = arith::SubIOp::create(b, loc, constant(b, stride - 1), rest);
      highs.push_back(shifted(negated));
    } else { // i > floor(rest / -stride)
      lows.push_back(arith::AddIOp::create(b, loc, shifted(rest), constant(b, 1)));
    }
  }
}

Value Nest::limit(OpBuilder &b, int64_t start, ArrayRef<Value> values, bool largest) {
  Value result = constant(b, start);
  for (Value value : values)
    result = largest ? Value(arith::MaxSIOp::create(b, loc, result, value))
                     : Value(arith::MinSIOp::create(b, loc, result, value));
  return result;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void Nest::openOuter() {
  planLoads();
  for (unsigned k = 0; k + 1 < numLoops(); ++k) {
    unsigned dim = order[k];
    SmallVector<Value> lows, highs;
    emitLimits(box.bounds, k + 1, lows, highs);
    OpBuilder b = at(k);
    if (k == 0) {
      for (const Bound &bound : box.bounds)
        if (levelOf(bound.difference) == 0)
          box.scalars.push_back(emitPredicate(bound));
      b = at(k);
    }
    Value low = limit(b, 0, lows, true), high = limit(b, iterationSpace.dims()[dim].size(), highs, false);
    if (k == 0)
      for (Value scalar : box.scalars)
        high = arith::SelectOp::create(b, loc, scalar, high, constant(b, 0));
    auto loop = scf::ForOp::create(b, loc, low, high, constant(b, 1));
    anchor[k] = loop;
    // Constants and what follows at this level go before the loop.
    opened.push_back(loop);
    counters[dim] = loop.getInductionVar();
  }
}

void Nest::forgetInnermost() {
  for (auto &[value, entries] : known)
    llvm::erase_if(entries, [&](const Known &entry) { return entry.element.level == numLoops(); });
}

SmallVector<Value> Nest::peelFirst(Body body) {
  mode = Mode::General;
  peeling = true;
  if (numLoops() != 0) {
    OpBuilder b = at(numLoops());
    counters[order.back()] = constant(b, 0);
    firstIndex = 1;
  }
  SmallVector<Value> result = body({});
  peeling = false;
  forgetInnermost();
  return result;
}

SmallVector<Value> Nest::segment(Value low, Value high, Mode segmentMode, ValueRange carried, Body body) {
  OpBuilder b = after();
  auto loop = scf::ForOp::create(b, loc, low, high, constant(b, 1), carried);
  MLIRContext *context = b.getContext();
  BoolAttr yes = b.getBoolAttr(true);
  LLVM::LoopVectorizeAttr vectorize;
  LLVM::LoopUnrollAttr unroll;
  if (cold) {
    vectorize = LLVM::LoopVectorizeAttr::get(context, yes, {}, {}, {}, {}, {}, {});
    unroll = LLVM::LoopUnrollAttr::get(context, yes, {}, {}, {}, {}, {}, {});
  }
  loop->setAttr("llvm.loop_annotation",
                LLVM::LoopAnnotationAttr::get(context, {}, vectorize, {}, unroll, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                              {}, cast<LLVM::AccessGroupAttr>(accessGroup)));
  if (!anchor[numLoops() - 1])
    anchor[numLoops() - 1] = loop;
  innerBlock = loop.getBody();
  counters[order.back()] = loop.getInductionVar();
  mode = segmentMode;
  forgetInnermost();
  // A load that is off is its `other`, maybe the same for every element: nothing that another segment may take over.
  auto before = segmentMode == Mode::Off ? known : decltype(known)();
  SmallVector<Value> results = body(loop.getRegionIterArgs());
  if (segmentMode == Mode::Off)
    known = std::move(before);
  if (!carried.empty()) {
    OpBuilder end = OpBuilder::atBlockEnd(innerBlock);
    scf::YieldOp::create(end, loc, results);
  }
  forgetInnermost();
  return SmallVector<Value>(loop.getResults());
}

SmallVector<Value> Nest::inner(ValueRange init, Body body, ValueRange tailValues, UniformTail uniformTail) {
  unsigned level = numLoops();
  if (level == 0 || (firstIndex == 1 && iterationSpace.dims()[order.back()].size() == 1)) {
    mode = Mode::General;
    return body(init);
  }
  unsigned dim = order.back();
  int64_t size = iterationSpace.dims()[dim].size();

  // The loop's own range.
  SmallVector<Value> lows, highs;
  emitLimits(box.bounds, level, lows, highs);
  if (level == 1)
    for (const Bound &bound : box.bounds)
      if (levelOf(bound.difference) == 0)
        box.scalars.push_back(emitPredicate(bound));
  OpBuilder b = at(level - 1);
  Value low = limit(b, firstIndex, lows, true), high = limit(b, size, highs, false);
  if (level == 1)
    for (Value scalar : box.scalars)
      high = arith::SelectOp::create(b, loc, scalar, high, constant(b, 0));

  // The range in which every bounded load is inside.
  SmallVector<Load *> bounded;
  for (Load &load : allLoads)
    if (load.level == level && load.isConditional())
      bounded.push_back(&load);
  if (bounded.empty())
    return segment(low, high, Mode::Main, init, body);
  auto sameBounds = [](const Load &x, const Load &y) {
    auto within = [](const Load &x, const Load &y) {
      return llvm::all_of(x.mask.bounds,
                          [&](const Bound &bound) {
                            return llvm::any_of(y.mask.bounds, [&](const Bound &other) {
                              return other.difference.sameAs(bound.difference);
                            });
                          }) &&
             llvm::all_of(x.mask.scalars, [&](Value scalar) { return llvm::is_contained(y.mask.scalars, scalar); });
    };
    return within(x, y) && within(y, x);
  };
  bool same = llvm::all_of(bounded, [&](Load *load) { return sameBounds(*load, *bounded.front()); });
  SmallVector<Bound, 2> bounds;
  SmallVector<Value> inside;
  for (Load *load : bounded) {
    for (const Bound &bound : load->mask.bounds)
      if (llvm::none_of(bounds, [&](const Bound &b) { return b.difference.sameAs(bound.difference); }))
        bounds.push_back(bound);
    for (Value scalar : load->mask.scalars)
      if (!llvm::is_contained(inside, scalar))
        inside.push_back(scalar);
  }
  for (const Bound &bound : bounds)
    if (levelOf(bound.difference) < level)
      inside.push_back(emitPredicate(bound));
  SmallVector<Value> mainLows, mainHighs;
  emitLimits(bounds, level, mainLows, mainHighs);
  b = at(level - 1);
  Value mainLow = low, mainHigh = high;
  for (Value value : mainLows)
    mainLow = arith::MaxSIOp::create(b, loc, mainLow, value);
  if (!mainLows.empty())
    mainLow = arith::MinSIOp::create(b, loc, mainLow, high);
  for (Value value : mainHighs)
    mainHigh = arith::MinSIOp::create(b, loc, mainHigh, value);
  if (!mainHighs.empty())
    mainHigh = arith::MaxSIOp::create(b, loc, mainHigh, mainLow);
  for (Value condition : inside)
    mainHigh = arith::SelectOp::create(b, loc, condition, mainHigh, mainLow);
  bool left = !mainLows.empty(), right = !mainHighs.empty() || !inside.empty();

  Mode tail = same ? Mode::Off : Mode::General;
  SmallVector<Value> carried(init);
  if (uniformTail && same && sideValues.empty()) {
    Verdicts verdicts;
    if (llvm::none_of(tailValues, [&](Value value) {
          return variesInTail(value, IndexMap::identity(shapeOf(value.getType())), verdicts);
        })) {
      carried = segment(mainLow, mainHigh, Mode::Main, carried, body);
      mode = Mode::Off;
      peeling = true;
      auto before = known;
      SmallVector<Value> values;
      for (Value value : tailValues)
        values.push_back(element(value));
      known = std::move(before);
      peeling = false;
      forgetInnermost();
      OpBuilder end = after();
      Value count = arith::AddIOp::create(end, loc, arith::SubIOp::create(end, loc, mainLow, low),
                                          arith::SubIOp::create(end, loc, high, mainHigh));
      count = arith::MaxSIOp::create(end, loc, count, constant(end, 0));
      return uniformTail(end, carried, values, count);
    }
  }
  if (left)
    carried = segment(low, mainLow, tail, carried, body);
  carried = segment(mainLow, mainHigh, Mode::Main, carried, body);
  if (right)
    carried = segment(mainHigh, high, tail, carried, body);
  return carried;
}

void Nest::close() {
  for (auto [value, buffer] : sideValues)
    kernel.setBuffer(value, buffer);
}

bool Nest::variesInTail(Value value, const IndexMap &map, Verdicts &verdicts) {
  if (!isa<RankedTensorType>(value.getType()))
    return false;
  for (auto &[seen, verdict] : verdicts[value])
    if (seen == map)
      return verdict;
  auto decide = [&]() -> bool {
    bool uses = levelOf(map) == numLoops();
    Operation *op = value.getDefiningOp();
    if (!uses || !op || kernel.bufferOf(value) || isa<tile::ArangeOp>(op))
      return uses;
    if (isa<tile::SplatOp>(op) || op->hasTrait<OpTrait::ConstantLike>())
      return false;
    if (auto load = dyn_cast<tile::LoadOp>(op)) {
      Load *plan = findLoad(load, map);
      if (!plan || !plan->isConditional() || plan->level != numLoops())
        return true;
      return load.getOther() && variesInTail(load.getOther(), map, verdicts);
    }
    if (!isElementwise(op) && !isa<tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp>(op))
      return true;
    for (unsigned i = 0; i < op->getNumOperands(); ++i)
      if (variesInTail(op->getOperand(i), operandMap(op, i, cast<OpResult>(value).getResultNumber(), map), verdicts))
        return true;
    return false;
  };
  bool verdict = decide();
  verdicts[value].push_back({map, verdict});
  return verdict;
}
