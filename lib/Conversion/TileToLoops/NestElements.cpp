//===- NestElements.cpp - One fused loop nest: its elements -----------------===//
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

/// The maps of the operand's elements that a small reduction of `map` combines.
static SmallVector<IndexMap> reducedMaps(tile::ReduceOp op, const IndexMap &map) {
  SmallVector<IndexMap> maps;
  int64_t size = shapeOf(op.getOperands().front().getType())[op.getAxis()];
  for (int64_t i = 0; i < size; ++i) {
    Bits bits;
    for (unsigned bit = 0; bit < llvm::Log2_64(size); ++bit)
      bits.push_back((i >> bit) & 1 ? kBitOne : kBitZero);
    IndexMap from = map;
    from.dims.insert(from.dims.begin() + op.getAxis(), bits);
    maps.push_back(std::move(from));
  }
  return maps;
}

void Nest::collect(Value value, const IndexMap &map) {
  if (!isa<RankedTensorType>(value.getType()))
    return;
  auto &seen = visited[value];
  if (llvm::is_contained(seen, map))
    return;
  seen.push_back(map);
  if (!kernel.bufferOf(value) && kernel.wantsBuffer(value) &&
      llvm::none_of(sideValues, [&](auto &side) { return side.first == value; })) {
    if (sideStoresAllowed && unrolled.empty() && map.flat() == IndexMap::identity(int64_t(1) << numBits).dims[0]) {
      Type element = getElementTypeOrSelf(value.getType());
      sideValues.push_back({value, kernel.allocate(value.getLoc(), element, int64_t(1) << numBits)});
    } else {
      kernel.materialise(value);
    }
  }
  if (kernel.bufferOf(value))
    return iterationSpace.cutAround(map.flat());
  Operation *op = value.getDefiningOp();
  if (!op || isa<tile::SplatOp>(op))
    return;
  if (op->hasTrait<OpTrait::ConstantLike>())
    return;
  if (isa<tile::ArangeOp>(op))
    return iterationSpace.cutAround(map.dims[0]);
  if (auto reduce = dyn_cast<tile::ReduceOp>(op)) {
    for (const IndexMap &from : reducedMaps(reduce, map))
      for (Value operand : reduce.getOperands())
        collect(operand, from);
    return;
  }
  if (auto load = dyn_cast<tile::LoadOp>(op)) {
    Load entry;
    entry.op = load;
    entry.map = map;
    allLoads.push_back(std::move(entry));
    if (kernel.moved.count(op))
      iterationSpace.cutAround(map.flat());
  }
  if (isa<tile::JoinOp>(op)) {
    Bit selector = map.dims.back()[0];
    if (selector >= 0) {
      if (!llvm::is_contained(unrolled, selector))
        unrolled.push_back(selector);
      iterationSpace.cutAround({selector});
    } else {
      collect(op->getOperand(selector == kBitOne), operandMap(op, 0, 0, map));
      return;
    }
  }
  unsigned result = cast<OpResult>(value).getResultNumber();
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    collect(op->getOperand(i), operandMap(op, i, result, map));
}

Value Nest::element(Value value) {
  return element(value, IndexMap::ofFlat(allVariants.front().flat(), shapeOf(value.getType()))).value;
}

Nest::Element Nest::element(Value value, const IndexMap &map) {
  if (!isa<RankedTensorType>(value.getType()))
    return {kernel.scalars.lookup(value), 0};
  for (Known &entry : known[value])
    if (entry.map == map)
      return entry.element;
  Element result = emit(value, map);
  if (auto reduce = value.getDefiningOp<tile::ReduceOp>(); reduce && !kernel.bufferOf(value))
    return result; // entered all its results
  known[value].push_back({map, result});
  return result;
}

Nest::Element Nest::emit(Value value, const IndexMap &map) {
  Type elementType = getElementTypeOrSelf(value.getType());
  if (Value buffer = kernel.bufferOf(value)) {
    Element place = emitAddress(bufferPlace(buffer, elementType, map.flat(), {}), elementType);
    OpBuilder b = at(place.level);
    return {loadFrom(b, place.value, elementType, false), place.level};
  }
  Operation *op = value.getDefiningOp();
  Attribute constant;
  if (matchPattern(op, m_Constant(&constant))) {
    OpBuilder b = at(0);
    auto dense = dyn_cast<DenseElementsAttr>(constant);
    return {emitConstant(b, loc, dense ? dense.getSplatValue<Attribute>() : constant, elementType), 0};
  }
  if (auto splat = dyn_cast<tile::SplatOp>(op))
    return {kernel.scalars.lookup(splat.getSrc()), 0};
  if (auto arange = dyn_cast<tile::ArangeOp>(op))
    return emitArange(arange, map);
  if (auto load = dyn_cast<tile::LoadOp>(op))
    return emitLoad(load, map, value);
  if (auto reduce = dyn_cast<tile::ReduceOp>(op))
    return emitSmallReduce(reduce, cast<OpResult>(value).getResultNumber(), map);
  if (isa<tile::JoinOp>(op))
    return element(op->getOperand(map.dims.back()[0] == kBitOne), operandMap(op, 0, 0, map));
  if (isa<tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp, tile::SplitOp>(op))
    return element(op->getOperand(0), operandMap(op, 0, cast<OpResult>(value).getResultNumber(), map));
  SmallVector<Value> operands;
  unsigned level = 0;
  for (Value operand : op->getOperands()) {
    Element part = element(operand, map);
    operands.push_back(part.value);
    level = std::max(level, part.level);
  }
  OpBuilder b = at(level);
  Value result = emitElementwise(b, op, operands, cast<OpResult>(value).getResultNumber());
  if (!result) {
    kernel.fail();
    result = emitZero(b, loc, elementType);
  }
  return {result, level};
}

Nest::Element Nest::emitArange(tile::ArangeOp op, const IndexMap &map) {
  IterationSpace::Index index = iterationSpace.indexOf(map.dims[0]);
  unsigned level = 0;
  for (auto [dim, factor] : index.terms)
    level = std::max(level, levelOf(dim));
  OpBuilder b = at(level);
  Value sum;
  for (auto [dim, factor] : index.terms) {
    Value part = counter(dim);
    if (factor != 1)
      part = arith::MulIOp::create(b, loc, part, constant(b, factor));
    sum = sum ? Value(arith::AddIOp::create(b, loc, sum, part)) : part;
  }
  int64_t start = index.constant + int32_t(op.getStart());
  if (!sum)
    sum = constant(b, start);
  else if (start != 0)
    sum = arith::AddIOp::create(b, loc, sum, constant(b, start));
  return {arith::TruncIOp::create(b, loc, b.getI32Type(), sum), level};
}

Nest::Element Nest::emitSmallReduce(tile::ReduceOp op, unsigned result, const IndexMap &map) {
  SmallVector<IndexMap> maps = reducedMaps(op, map);
  SmallVector<Value> carried;
  unsigned level = 0;
  SmallVector<SmallVector<Value>> rows;
  for (const IndexMap &from : maps) {
    SmallVector<Value> row;
    for (Value operand : op.getOperands()) {
      Element part = element(operand, from);
      row.push_back(part.value);
      level = std::max(level, part.level);
    }
    rows.push_back(std::move(row));
  }
  OpBuilder b = at(level);
  for (auto [i, row] : llvm::enumerate(rows)) {
    if (i == 0) {
      carried = row;
      continue;
    }
    SmallVector<Value> args(carried);
    args.append(row.begin(), row.end());
    carried = kernel.inlineCombiner(b, op.getCombiner(), args);
  }
  for (auto [value, combined] : llvm::zip(op.getResults(), carried))
    known[value].push_back({map, {combined, level}});
  return {carried[result], level};
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Nest::Load *Nest::findLoad(tile::LoadOp op, const IndexMap &map) {
  for (Load &load : allLoads)
    if (load.op == op && load.map == map)
      return &load;
  return nullptr;
}

Affine Nest::relocated(tile::LoadOp op, const IndexMap &map, Affine address) {
  auto it = kernel.moved.find(op);
  if (it == kernel.moved.end())
    return address;
  // Either where it was, or packed in a buffer.
  OpBuilder b = at(0);
  int64_t bytes = sizeOf(getElementTypeOrSelf(op.getType()));
  IterationSpace::Index index = iterationSpace.indexOf(map.flat());
  Value base = address.base.emit(b, loc);
  Value before = LLVM::GEPOp::create(b, loc, address.pointer.getType(), b.getI8Type(), address.pointer,
                                     ArrayRef<LLVM::GEPArg>{base});
  Value packed = it->second.buffer;
  if (index.constant != 0)
    packed = LLVM::GEPOp::create(b, loc, packed.getType(), b.getI8Type(), packed,
                                 ArrayRef<LLVM::GEPArg>{int32_t(index.constant * bytes)});
  address.pointer = arith::SelectOp::create(b, loc, it->second.flag, packed, before);
  address.base = Linear(0);
  SmallVector<int64_t> dense(iterationSpace.dims().size(), 0);
  for (auto [dim, factor] : index.terms)
    dense[dim] = factor * bytes;
  for (auto [dim, stride] : llvm::enumerate(address.strides)) {
    if (stride.isConstant(dense[dim]))
      continue;
    Value chosen = arith::SelectOp::create(b, loc, it->second.flag, constant(b, dense[dim]), stride.emit(b, loc));
    stride = Linear(chosen);
  }
  return address;
}

Nest::Element Nest::emitAddress(const Affine &affine, Type elementType) {
  Type pointerType = LLVM::LLVMPointerType::get(kernel.b.getContext());
  Value pointer = affine.pointer;
  unsigned level = 0;
  if (affine.opaquePointer) {
    Element start = element(affine.opaquePointer, affine.opaquePointerMap);
    pointer = start.value;
    level = start.level;
  }
  auto advance = [&](Value offset, Type unit) {
    OpBuilder b = at(level);
    auto flags = unit.isInteger(8) ? LLVM::GEPNoWrapFlags::none : LLVM::GEPNoWrapFlags::inbounds;
    pointer = LLVM::GEPOp::create(b, loc, pointerType, unit, pointer, ArrayRef<LLVM::GEPArg>{offset}, flags);
  };
  Type byte = IntegerType::get(kernel.b.getContext(), 8);
  if (!affine.base.isConstant(0)) {
    OpBuilder b = at(0);
    Value base = affine.base.emit(b, loc);
    advance(base, byte);
  }
  // What depends on the outer loops first, so that it leaves the inner ones.
  struct Part {
    unsigned level;
    const Opaque *opaque;
    unsigned dim;
  };
  SmallVector<Part> parts;
  for (const Opaque &opaque : affine.opaque)
    parts.push_back({element(opaque.value, opaque.map).level, &opaque, 0});
  for (unsigned dim : order)
    if (!affine.strides[dim].isConstant(0))
      parts.push_back({levelOf(dim), nullptr, dim});
  llvm::stable_sort(parts, [](const Part &x, const Part &y) { return x.level < y.level; });
  int64_t bytes = sizeOf(elementType);
  for (const Part &part : parts) {
    level = std::max(level, part.level);
    const Linear &factor = part.opaque ? part.opaque->scale : affine.strides[part.dim];
    Value scale;
    bool whole = factor.isConstant() && factor.constant % bytes == 0;
    if (!factor.isConstant()) {
      OpBuilder outer = at(0);
      scale = factor.emit(outer, loc);
    }
    OpBuilder b = at(level);
    Value count;
    if (part.opaque) {
      count = element(part.opaque->value, part.opaque->map).value;
      if (!count.getType().isInteger(64))
        count = arith::ExtSIOp::create(b, loc, b.getI64Type(), count);
    } else {
      count = counter(part.dim);
    }
    int64_t constantFactor = whole ? factor.constant / bytes : factor.constant;
    if (!factor.isConstant())
      count = arith::MulIOp::create(b, loc, count, scale);
    else if (constantFactor != 1)
      count = arith::MulIOp::create(b, loc, count, constant(b, constantFactor));
    advance(count, whole ? memoryType(elementType) : byte);
  }
  return {pointer, level};
}

Value Nest::addressOf(Value pointers, const IndexMap &map) {
  Type element = cast<tile::PointerType>(getElementTypeOrSelf(pointers.getType())).getPointee();
  return emitAddress(affineReader().pointer(pointers, map), element).value;
}

Value Nest::bufferAddress(Value buffer, Type elementType, ArrayRef<Bit> bits) {
  return reversedAddress(buffer, elementType, bits, {});
}

Value Nest::reversedAddress(Value buffer, Type elementType, ArrayRef<Bit> bits, ArrayRef<Bit> reversed) {
  return emitAddress(bufferPlace(buffer, elementType, bits, reversed), elementType).value;
}

Affine Nest::bufferPlace(Value buffer, Type elementType, ArrayRef<Bit> bits, ArrayRef<Bit> reversed) {
  Affine address(iterationSpace.dims().size());
  IterationSpace::Index index = iterationSpace.indexOf(bits);
  int64_t bytes = sizeOf(elementType);
  address.pointer = buffer;
  address.base = Linear(index.constant * bytes);
  for (auto [dim, factor] : index.terms) {
    bool backwards = llvm::is_contained(reversed, Bit(iterationSpace.dims()[dim].firstBit));
    address.strides[dim] = Linear((backwards ? -factor : factor) * bytes);
    if (backwards)
      address.base += Linear((iterationSpace.dims()[dim].size() - 1) * factor * bytes);
  }
  return address;
}

void Nest::storeAfter(Value buffer, Type elementType, ArrayRef<Bit> bits, Value value) {
  Value address = bufferAddress(buffer, elementType, bits);
  OpBuilder b = after();
  LLVM::StoreOp::create(b, loc, toMemory(b, loc, value, elementType), address, sizeOf(elementType));
}

Value Nest::loadFrom(OpBuilder &b, Value address, Type elementType, bool isVolatile) {
  auto load = LLVM::LoadOp::create(b, loc, memoryType(elementType), address, sizeOf(elementType), isVolatile);
  if (!isVolatile)
    load.setAccessGroupsAttr(b.getArrayAttr({accessGroup}));
  return fromMemory(b, loc, load, elementType);
}

void Nest::storeTo(Value address, Value value, Type elementType) {
  OpBuilder b = here();
  auto store = LLVM::StoreOp::create(b, loc, toMemory(b, loc, value, elementType), address, sizeOf(elementType));
  store.setAccessGroupsAttr(b.getArrayAttr({accessGroup}));
}

void Nest::storeUnder(Value condition, Value address, Value value, Type elementType) {
  OpBuilder b = here();
  auto branch = scf::IfOp::create(b, loc, condition, /*withElse=*/false);
  OpBuilder then = branch.getThenBodyBuilder();
  auto store = LLVM::StoreOp::create(then, loc, toMemory(then, loc, value, elementType), address, sizeOf(elementType));
  store.setAccessGroupsAttr(b.getArrayAttr({accessGroup}));
}

Value Nest::indexAlong(unsigned dim) {
  IterationSpace::Index index = iterationSpace.indexOf(IndexMap::identity(shape).dims[dim]);
  OpBuilder b = here();
  Value sum = constant(b, index.constant);
  for (auto [loop, factor] : index.terms)
    sum = arith::AddIOp::create(b, loc, sum, arith::MulIOp::create(b, loc, counter(loop), constant(b, factor)));
  return sum;
}

void Nest::sideStores() {
  for (auto [value, buffer] : sideValues) {
    Type elementType = getElementTypeOrSelf(value.getType());
    Value computed = element(value);
    storeTo(bufferAddress(buffer, elementType, allVariants.front().flat()), computed, elementType);
  }
}

Nest::Element Nest::emitLoad(tile::LoadOp op, const IndexMap &map, Value value) {
  Load *plan = findLoad(op, map);
  assert(plan && "a load that need() was not told of");
  Type elementType = getElementTypeOrSelf(value.getType());
  bool isVolatile = op.getIsVolatile();
  auto other = [&]() -> Element {
    if (op.getOther())
      return element(op.getOther(), map);
    OpBuilder b = at(0);
    return {emitZero(b, loc, elementType), 0};
  };
  bool inner = plan->level == numLoops() && numLoops() > 0;
  Element condition;
  if (plan->isConditional()) {
    if (inner && mode == Mode::Off)
      return other();
    if (!(inner && mode == Mode::Main))
      condition = element(op.getMask(), map);
  }
  if (!condition.value)
    for (auto &[part, seen] : plan->mask.rest) {
      Element next = element(part, seen);
      unsigned level = std::max(condition.level, next.level);
      OpBuilder b = at(level);
      condition = {condition.value ? Value(arith::AndIOp::create(b, loc, condition.value, next.value)) : next.value,
                   level};
    }
  Element place = emitAddress(plan->address, elementType);
  if (!condition.value) {
    OpBuilder b = at(place.level);
    return {loadFrom(b, place.value, elementType, isVolatile), place.level};
  }
  Element otherwise = other();
  unsigned level = std::max({place.level, condition.level, otherwise.level});
  OpBuilder b = at(level);
  auto branch = scf::IfOp::create(b, loc, ssaType(elementType), condition.value, /*withElse=*/true);
  OpBuilder then = branch.getThenBodyBuilder(), els = branch.getElseBodyBuilder();
  scf::YieldOp::create(then, loc, loadFrom(then, place.value, elementType, isVolatile));
  scf::YieldOp::create(els, loc, otherwise.value);
  return {branch.getResult(0), level};
}

Value Nest::restCondition() {
  Value condition;
  auto add = [&](Value part) {
    OpBuilder b = here();
    condition = condition ? Value(arith::AndIOp::create(b, loc, condition, part)) : part;
  };
  if (numLoops() == 0) { // no loop whose bounds would hold these
    for (Value scalar : box.scalars)
      add(scalar);
    for (const Bound &bound : box.bounds)
      add(emitPredicate(bound));
  }
  for (auto &[part, seen] : box.rest)
    add(element(part, seen).value);
  return condition;
}
