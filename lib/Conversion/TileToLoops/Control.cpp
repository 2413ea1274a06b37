//===- Control.cpp - The walk over a kernel, and its control flow -----------===//
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

static bool isBlock(Value value) { return isa<RankedTensorType>(value.getType()); }
static Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

static int64_t countOf(Value value) {
  int64_t count = 1;
  for (int64_t size : shapeOf(value.getType()))
    count *= size;
  return count;
}

bool Kernel::isSmallReduce(Operation *op) {
  auto reduce = dyn_cast<tile::ReduceOp>(op);
  return reduce && shapeOf(reduce.getOperands().front().getType())[reduce.getAxis()] <= 4 &&
         isBlock(reduce.getResults().front()) && isMemoryEffectFree(reduce);
}

bool Kernel::isDeferred(Operation *op) {
  if (op->getNumResults() == 0 || !isBlock(op->getResult(0)))
    return false;
  if (auto load = dyn_cast<tile::LoadOp>(op))
    return !load.getIsVolatile();
  Attribute constant;
  if (matchPattern(op, m_Constant(&constant))) {
    auto dense = dyn_cast<DenseElementsAttr>(constant);
    return !dense || dense.isSplat();
  }
  return isa<tile::ArangeOp, tile::SplatOp, tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp,
             tile::JoinOp, tile::SplitOp>(op) ||
         isSmallReduce(op) || isElementwise(op);
}

Kernel::Kernel(func::FuncOp source, ModuleOp module)
    : b(source.getContext()), axes(source), uses(source), source(source), module(module) {}

LogicalResult Kernel::run() {
  source.walk([&](tile::AssertOp) { mayFail = true; });
  makeProgram();
  lowerBlock(source.getBody().front());
  if (failed)
    return failure();
  // What the kernel itself needs; the entry adds nothing.
  int64_t bytes = planScratch();
  makeEntry();
  module->setAttr("tegula.scratch_bytes", b.getI64IntegerAttr(bytes));
  return success();
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

void Kernel::lowerBlock(Block &block) {
  for (Operation &op : block) {
    if (failed)
      return;
    if (!op.hasTrait<OpTrait::IsTerminator>() || isa<func::ReturnOp>(op))
      lowerOp(&op);
  }
}

void Kernel::lowerOp(Operation *op) {
  Location loc = op->getLoc();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return lowerFor(loop);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return lowerIf(branch);
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return lowerWhile(loop);
  if (auto store = dyn_cast<tile::StoreOp>(op))
    return isBlock(store.getPtr()) ? lowerStores(store) : lowerScalarStore(store);
  if (auto load = dyn_cast<tile::LoadOp>(op); load && !isBlock(load.getPtr()))
    return lowerScalarLoad(load);
  if (isDeferred(op))
    return lowerDeferred(op);
  if (auto reduce = dyn_cast<tile::ReduceOp>(op))
    return lowerReduce(reduce);
  if (auto scan = dyn_cast<tile::ScanOp>(op))
    return lowerScan(scan);
  if (auto check = dyn_cast<tile::AssertOp>(op))
    return lowerAssert(check);
  if (auto print = dyn_cast<tile::PrintOp>(op))
    return lowerPrint(print);
  if (isa<tile::BarrierOp>(op))
    return settleLoads(uses.startOf(op));
  if (auto assume = dyn_cast<tile::AssumeOp>(op)) {
    LLVM::AssumeOp::create(b, loc, scalars.lookup(assume.getCondition()));
    return;
  }
  if (isa<func::ReturnOp>(op)) {
    SmallVector<Value> results;
    if (mayFail)
      results.push_back(arith::ConstantOp::create(b, loc, b.getBoolAttr(false)));
    func::ReturnOp::create(b, loc, results);
    return;
  }
  bool blocks = llvm::any_of(op->getResults(), isBlock);
  if (blocks && (isa<tile::LoadOp, tile::ExternElementwiseOp>(op) || op->hasTrait<OpTrait::ConstantLike>())) {
    // Once and here: volatile loads, functions with effects.
    for (Value result : op->getResults())
      materialise(result);
    return;
  }
  if (!blocks)
    return lowerScalarOp(op);
  op->emitError() << "the host target does not lower '" << op->getName() << "'";
  fail();
}

void Kernel::lowerScalarOp(Operation *op) {
  if (auto id = dyn_cast<tile::ProgramIdOp>(op))
    return scalars.map(id.getResult(), ids[id.getAxis()]);
  if (auto count = dyn_cast<tile::NumProgramsOp>(op))
    return scalars.map(count.getResult(), counts[count.getAxis()]);
  if (auto unsplat = dyn_cast<tile::UnsplatOp>(op)) {
    Nest nest(*this, op->getLoc(), shapeOf(unsplat.getSrc().getType()));
    nest.need(unsplat.getSrc());
    nest.plan();
    nest.openOuter();
    SmallVector<Value> value =
        nest.inner({}, [&](ValueRange) { return SmallVector<Value>{nest.element(unsplat.getSrc())}; });
    nest.close();
    return scalars.map(unsplat.getResult(), value.front());
  }
  if (mlir::failed(lowerScalar(op, scalars, b)))
    fail();
}

LogicalResult Kernel::lowerScalar(Operation *op, IRMapping &mapping, OpBuilder &builder) {
  Attribute constant;
  if (matchPattern(op, m_Constant(&constant))) {
    mapping.map(op->getResult(0), emitConstant(builder, op->getLoc(), constant, op->getResult(0).getType()));
    return success();
  }
  if (isElementwise(op)) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(mapping.lookup(operand));
    for (OpResult result : op->getResults()) {
      Value value = emitElementwise(builder, op, operands, result.getResultNumber());
      if (!value)
        return failure();
      mapping.map(result, value);
    }
    return success();
  }
  if (auto branch = dyn_cast<scf::IfOp>(op)) { // inside a combine region
    SmallVector<Type> types;
    for (Type type : branch.getResultTypes())
      types.push_back(ssaType(type));
    auto lowered = scf::IfOp::create(builder, op->getLoc(), types, mapping.lookup(branch.getCondition()), true);
    for (auto [from, to] : llvm::zip(branch->getRegions(), lowered->getRegions())) {
      if (to.empty())
        to.emplaceBlock();
      OpBuilder inner = OpBuilder::atBlockBegin(&to.front());
      if (!to.front().empty())
        inner.setInsertionPoint(&to.front().back());
      SmallVector<Value> results;
      if (!from.empty()) {
        for (Operation &nested : from.front().without_terminator())
          if (mlir::failed(lowerScalar(&nested, mapping, inner)))
            return failure();
        for (Value value : from.front().getTerminator()->getOperands())
          results.push_back(mapping.lookup(value));
      }
      if (to.front().empty() || !to.front().back().hasTrait<OpTrait::IsTerminator>())
        scf::YieldOp::create(inner, op->getLoc(), results);
    }
    for (auto [from, to] : llvm::zip(branch.getResults(), lowered.getResults()))
      mapping.map(from, to);
    return success();
  }
  return op->emitError() << "the host target does not lower '" << op->getName() << "' here";
}

SmallVector<Value> Kernel::inlineCombiner(OpBuilder &builder, Region &region, ValueRange args) {
  IRMapping mapping;
  Block &block = region.front();
  for (auto [from, to] : llvm::zip(block.getArguments(), args))
    mapping.map(from, to);
  for (auto &[from, to] : scalars.getValueMap())
    if (!mapping.contains(from))
      mapping.map(from, to);
  for (Operation &op : block.without_terminator())
    if (mlir::failed(lowerScalar(&op, mapping, builder))) {
      fail();
      break;
    }
  SmallVector<Value> results;
  for (Value value : block.getTerminator()->getOperands())
    results.push_back(failed ? args[results.size()] : mapping.lookup(value));
  return results;
}

void Kernel::lowerDeferred(Operation *op) {
  // Arithmetic on indices is free: it ends up in addresses and bounds.
  unsigned sum = 0, storeys = 0;
  for (Value operand : op->getOperands())
    if (isBlock(operand) && !bufferOf(operand))
      storeys = std::max(storeys, height.lookup(operand));
  // Nests walk down such towers by recursion: none may be as high as a program is long.
  constexpr unsigned kHighest = 160;
  for (Value operand : op->getOperands())
    if (isBlock(operand))
      sum += bufferOf(operand) || wantsBuffer(operand) ? 2 : cost.lookup(operand);
  bool shape = isa<tile::ArangeOp, tile::SplatOp, tile::BroadcastOp, tile::ExpandDimsOp, tile::ReshapeOp, tile::TransOp,
                   tile::SplitOp, tile::AddPtrOp>(op) ||
               op->hasTrait<OpTrait::ConstantLike>();
  bool index =
      sum == 0 &&
      isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::ExtSIOp, arith::ExtUIOp, arith::CmpIOp, arith::AndIOp>(
          op);
  if (auto load = dyn_cast<tile::LoadOp>(op)) {
    sum = 2 + (sum != 0 ? 6 + sum : 0);
    pending.push_back(load);
  } else if (isSmallReduce(op)) {
    sum = sum * shapeOf(op->getOperand(0).getType())[cast<tile::ReduceOp>(op).getAxis()] + 2;
  } else if (!shape && !index) {
    sum += costOf(op);
  }
  for (Value result : op->getResults()) {
    height[result] = storeys + 1;
    cost[result] = std::min(sum, 1000u);
    if (sum > 8 && uses.neededOften(result))
      wanted.insert(result);
    if (storeys >= kHighest && uses.lastUse(result) != 0)
      materialise(result);
  }
}

//===----------------------------------------------------------------------===//
// Scalars in memory
//===----------------------------------------------------------------------===//

void Kernel::lowerScalarLoad(tile::LoadOp op) {
  Location loc = op.getLoc();
  Type element = op.getType();
  auto read = [&](OpBuilder &at) {
    Value loaded = LLVM::LoadOp::create(at, loc, memoryType(element), scalars.lookup(op.getPtr()), sizeOf(element),
                                        op.getIsVolatile());
    return fromMemory(at, loc, loaded, element);
  };
  if (!op.getMask())
    return scalars.map(op.getResult(), read(b));
  auto branch = scf::IfOp::create(b, loc, ssaType(element), scalars.lookup(op.getMask()), true);
  OpBuilder then = branch.getThenBodyBuilder(), els = branch.getElseBodyBuilder();
  scf::YieldOp::create(then, loc, read(then));
  scf::YieldOp::create(els, loc, op.getOther() ? scalars.lookup(op.getOther()) : emitZero(els, loc, element));
  scalars.map(op.getResult(), branch.getResult(0));
}

void Kernel::lowerScalarStore(tile::StoreOp op) {
  settleLoads(uses.startOf(op) + 1);
  Location loc = op.getLoc();
  Type element = op.getValue().getType();
  auto write = [&](OpBuilder &at) {
    LLVM::StoreOp::create(at, loc, toMemory(at, loc, scalars.lookup(op.getValue()), element),
                          scalars.lookup(op.getPtr()), sizeOf(element));
  };
  if (!op.getMask())
    return write(b);
  auto branch = scf::IfOp::create(b, loc, scalars.lookup(op.getMask()), false);
  OpBuilder then = branch.getThenBodyBuilder();
  write(then);
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

Value Kernel::allocate(Location loc, Type element, int64_t count) {
  Type byte = b.getI8Type();
  int64_t bytes = std::max<int64_t>(1, count) * sizeOf(element);
  auto place = LLVM::GEPOp::create(b, loc, scratch.getType(), byte, scratch, ArrayRef<LLVM::GEPArg>{0});
  allocations.push_back({place, bytes});
  return place;
}

Value Kernel::bufferFor(Value block) { return allocate(block.getLoc(), elementOf(block), countOf(block)); }

void Kernel::copyInto(Location loc, Value buffer, Value value, bool cold) {
  Type element = elementOf(value);
  Nest nest(*this, loc, shapeOf(value.getType()));
  nest.need(value);
  nest.plan();
  nest.chooseInnermost({});
  if (cold)
    nest.markCold();
  nest.openOuter();
  nest.inner({}, [&](ValueRange) {
    for (unsigned variant = 0; variant < nest.variants().size(); ++variant) {
      IndexMap map = nest.variantMap(variant, shapeOf(value.getType()));
      Value computed = nest.element(value, map).value;
      nest.storeTo(nest.bufferAddress(buffer, element, map.flat()), computed, element);
    }
    return SmallVector<Value>();
  });
  nest.close();
}

void Kernel::materialise(Value value) {
  wanted.erase(value);
  if (bufferOf(value))
    return;
  Value buffer = bufferFor(value);
  DenseElementsAttr dense;
  if (matchPattern(value, m_Constant(&dense)) && !dense.isSplat()) {
    Location loc = value.getLoc();
    Type element = elementOf(value);
    for (auto [i, number] : llvm::enumerate(dense.getValues<Attribute>())) {
      Value address = LLVM::GEPOp::create(b, loc, buffer.getType(), memoryType(element), buffer,
                                          ArrayRef<LLVM::GEPArg>{int32_t(i)});
      LLVM::StoreOp::create(b, loc, toMemory(b, loc, emitConstant(b, loc, number, element), element), address,
                            sizeOf(element));
    }
  } else {
    copyInto(value.getLoc(), buffer, value);
  }
  setBuffer(value, buffer);
}

void Kernel::settleLoads(unsigned when) {
  for (size_t i = 0; i < pending.size(); ++i)
    if (!bufferOf(pending[i].getResult()) && uses.lastUse(pending[i].getResult()) >= when)
      materialise(pending[i].getResult());
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

static bool mayWrite(Operation *op) {
  bool writes = false;
  op->walk([&](Operation *inner) {
    writes |=
        isa<tile::BarrierOp>(inner) || (isa<MemoryEffectOpInterface>(inner) && hasEffect<MemoryEffects::Write>(inner));
  });
  return writes;
}

void Kernel::prepareFor(Operation *regionOp) {
  if (mayWrite(regionOp))
    settleLoads(uses.startOf(regionOp));
  // Costly values that only the region needs are computed before it, once.
  DenseSet<Value> seen;
  auto settle = [&](auto &self, Value value) -> void {
    if (!isBlock(value) || bufferOf(value) || !seen.insert(value).second)
      return;
    if (wantsBuffer(value))
      return materialise(value);
    if (Operation *op = value.getDefiningOp(); op && isDeferred(op))
      for (Value operand : op->getOperands())
        self(self, operand);
  };
  regionOp->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (isBlock(operand) && !regionOp->isAncestor(operand.getParentBlock()->getParentOp()))
        settle(settle, operand);
  });
}

SmallVector<Value> Kernel::scalarsOf(ValueRange values) {
  SmallVector<Value> lowered;
  for (Value value : values)
    if (!isBlock(value))
      lowered.push_back(scalars.lookup(value));
  return lowered;
}

static SmallVector<Value> blocksOf(ValueRange values) {
  SmallVector<Value> blocks;
  for (Value value : values)
    if (isBlock(value))
      blocks.push_back(value);
  return blocks;
}

void Kernel::assignCarried(Location loc, ValueRange values, ValueRange carriers) {
  // Which carriers each value reads; by another element or by another nest means that it must not see the new ones.
  size_t count = values.size();
  SmallVector<bool> staged(count, false);
  for (size_t i = 0; i < count; ++i) {
    DenseMap<Value, SmallVector<IndexMap, 1>> seen;
    auto visit = [&](auto &self, Value value, const IndexMap &map) -> void {
      if (!isBlock(value) || llvm::is_contained(seen[value], map))
        return;
      seen[value].push_back(map);
      if (Value buffer = bufferOf(value)) {
        for (size_t k = 0; k < count; ++k)
          if (buffer == carriers[k] && (k != i || map.flat() != IndexMap::identity(countOf(values[i])).flat()))
            staged[k] = true;
        return;
      }
      Operation *op = value.getDefiningOp();
      if (!op)
        return;
      if (isSmallReduce(op)) // another element for certain
        for (size_t k = 0; k < count; ++k)
          staged[k] = true;
      IndexMap from = map;
      for (unsigned operand = 0; operand < op->getNumOperands(); ++operand) {
        if (!isBlock(op->getOperand(operand)))
          continue;
        if (isSmallReduce(op)) {
          unsigned axis = cast<tile::ReduceOp>(op).getAxis();
          int64_t size = shapeOf(op->getOperand(operand).getType())[axis];
          from.dims.insert(from.dims.begin() + axis, Bits(llvm::Log2_64(size), kBitZero));
        }
        self(self, op->getOperand(operand), operandMap(op, operand, cast<OpResult>(value).getResultNumber(), from));
        from = map;
      }
    };
    visit(visit, values[i], IndexMap::identity(shapeOf(values[i].getType())));
  }
  SmallVector<Value> temporary(count);
  for (size_t i = 0; i < count; ++i) {
    if (bufferOf(values[i]) == carriers[i]) {
      staged[i] = false;
    } else if (staged[i]) {
      temporary[i] = bufferFor(values[i]);
      copyInto(loc, temporary[i], values[i]);
    }
  }
  for (size_t i = 0; i < count; ++i)
    if (!temporary[i] && bufferOf(values[i]) != carriers[i])
      copyInto(loc, carriers[i], values[i]);
  for (size_t i = 0; i < count; ++i)
    if (temporary[i]) {
      int64_t bytes = countOf(values[i]) * sizeOf(elementOf(values[i]));
      Value size = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(bytes));
      LLVM::MemcpyOp::create(b, loc, carriers[i], temporary[i], size, false);
    }
}

/// Steps of the walk over a region that leave no trace outside it. A buffer that the region made for an outer value is
/// filled only where the region runs.
class Kernel::Inside {
public:
  Inside(Kernel &kernel, Block *block)
      : kernel(kernel), saved(kernel.b.saveInsertionPoint()), depth(kernel.pending.size()), buffers(kernel.buffers),
        wanted(kernel.wanted), moved(kernel.moved) {
    if (block->mightHaveTerminator())
      kernel.b.setInsertionPoint(block->getTerminator());
    else
      kernel.b.setInsertionPointToEnd(block);
  }
  ~Inside() {
    kernel.pending.truncate(depth);
    kernel.buffers = std::move(buffers);
    kernel.wanted = std::move(wanted);
    kernel.moved = std::move(moved);
    kernel.b.restoreInsertionPoint(saved);
  }

private:
  Kernel &kernel;
  OpBuilder::InsertPoint saved;
  size_t depth;
  DenseMap<Value, Value> buffers;
  DenseSet<Value> wanted;
  DenseMap<Operation *, Moved> moved;
};

void Kernel::lowerFor(scf::ForOp op) {
  prepareFor(op);
  Location loc = op.getLoc();
  SmallVector<Value> carriers;
  for (Value init : blocksOf(op.getInitArgs())) {
    carriers.push_back(bufferFor(init));
    copyInto(loc, carriers.back(), init);
  }
  auto loop = scf::ForOp::create(b, loc, scalars.lookup(op.getLowerBound()), scalars.lookup(op.getUpperBound()),
                                 scalars.lookup(op.getStep()), scalarsOf(op.getInitArgs()));
  loop.setUnsignedCmp(op.getUnsignedCmp());
  scalars.map(op.getInductionVar(), loop.getInductionVar());
  auto bind = [&](ValueRange from, ValueRange loweredScalars) {
    unsigned scalar = 0, block = 0;
    for (Value value : from)
      if (isBlock(value))
        setBuffer(value, carriers[block++]);
      else
        scalars.map(value, loweredScalars[scalar++]);
  };
  bind(op.getRegionIterArgs(), loop.getRegionIterArgs());
  {
    Inside inside(*this, loop.getBody());
    lowerBlock(*op.getBody());
    if (failed)
      return;
    ValueRange yielded = op.getBody()->getTerminator()->getOperands();
    assignCarried(loc, blocksOf(yielded), carriers);
    if (!loop.getInitArgs().empty())
      scf::YieldOp::create(b, loc, scalarsOf(yielded));
  }
  bind(op.getResults(), loop.getResults());
}

void Kernel::lowerIf(scf::IfOp op) {
  prepareFor(op);
  Location loc = op.getLoc();
  SmallVector<Value> carriers;
  SmallVector<Type> types;
  for (Value result : op.getResults())
    if (isBlock(result))
      carriers.push_back(bufferFor(result));
    else
      types.push_back(ssaType(result.getType()));
  bool withElse = !op.getElseRegion().empty();
  auto branch = scf::IfOp::create(b, loc, types, scalars.lookup(op.getCondition()), withElse);
  for (auto [from, to] : llvm::zip(op->getRegions(), branch->getRegions())) {
    if (from.empty())
      continue;
    Inside inside(*this, &to.front());
    lowerBlock(from.front());
    if (failed)
      return;
    ValueRange yielded = from.front().getTerminator()->getOperands();
    for (auto [carrier, value] : llvm::zip(carriers, blocksOf(yielded)))
      copyInto(loc, carrier, value);
    if (!types.empty())
      scf::YieldOp::create(b, loc, scalarsOf(yielded));
  }
  unsigned scalar = 0, block = 0;
  for (Value result : op.getResults())
    if (isBlock(result))
      setBuffer(result, carriers[block++]);
    else
      scalars.map(result, branch.getResult(scalar++));
}

void Kernel::lowerWhile(scf::WhileOp op) {
  prepareFor(op);
  Location loc = op.getLoc();
  SmallVector<Value> before, after;
  for (Value init : blocksOf(op.getInits())) {
    before.push_back(bufferFor(init));
    copyInto(loc, before.back(), init);
  }
  SmallVector<Type> types;
  for (Value result : op.getResults())
    if (isBlock(result))
      after.push_back(bufferFor(result));
    else
      types.push_back(ssaType(result.getType()));
  SmallVector<Value> inits = scalarsOf(op.getInits());
  auto loop = scf::WhileOp::create(b, loc, types, inits);
  auto open = [&](Block &from, Region &to, ValueRange carriers, TypeRange scalarTypes) {
    Block *block = &to.emplaceBlock();
    unsigned carrier = 0;
    for (BlockArgument arg : from.getArguments())
      if (isBlock(arg))
        setBuffer(arg, carriers[carrier++]);
      else
        scalars.map(arg, block->addArgument(ssaType(arg.getType()), loc));
    return block;
  };
  {
    Block *block = open(*op.getBeforeBody(), loop.getBefore(), before, {});
    Inside inside(*this, block);
    lowerBlock(*op.getBeforeBody());
    if (failed)
      return;
    auto condition = op.getConditionOp();
    for (auto [carrier, value] : llvm::zip(after, blocksOf(condition.getArgs())))
      copyInto(loc, carrier, value);
    scf::ConditionOp::create(b, loc, scalars.lookup(condition.getCondition()), scalarsOf(condition.getArgs()));
  }
  {
    Block *block = open(*op.getAfterBody(), loop.getAfter(), after, {});
    Inside inside(*this, block);
    lowerBlock(*op.getAfterBody());
    if (failed)
      return;
    ValueRange yielded = op.getYieldOp().getResults();
    assignCarried(loc, blocksOf(yielded), before);
    scf::YieldOp::create(b, loc, scalarsOf(yielded));
  }
  unsigned scalar = 0, block = 0;
  for (Value result : op.getResults())
    if (isBlock(result))
      setBuffer(result, after[block++]);
    else
      scalars.map(result, loop.getResult(scalar++));
}
