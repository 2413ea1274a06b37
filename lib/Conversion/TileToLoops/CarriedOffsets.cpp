//===- CarriedOffsets.cpp - Pointers that step through a loop ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  scf.for ... iter_args(%p = %start) {          // a block of pointers, in a buffer, every access a gather
//            ...
//            scf.yield %p + splat(%step)
//          }
// After:   scf.for ... iter_args(%o = 0 : i64) {         // one scalar
//            %p = %start + splat(%o)
//            ...
//            scf.yield %o + %step
//          }
//
// Also for blocks of integers (`offs += BLOCK`). Does nothing to a block that the loop changes in any other way.
#include "lib/Conversion/TileToLoops/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace tegula;

/// The scalar of a block that is one scalar throughout, emitted where it is needed; null otherwise.
static Value scalarOf(OpBuilder &b, Value block, Type type) {
  Location loc = block.getLoc();
  Value scalar;
  DenseIntElementsAttr dense;
  if (auto splat = block.getDefiningOp<tile::SplatOp>())
    scalar = splat.getSrc();
  else if (matchPattern(block, m_Constant(&dense)) && dense.isSplat())
    scalar = arith::ConstantOp::create(b, loc, b.getIntegerAttr(dense.getElementType(), dense.getSplatValue<APInt>()));
  if (scalar && scalar.getType() != type)
    scalar = arith::ExtSIOp::create(b, loc, type, scalar);
  return scalar;
}

static bool isUniform(Value block) {
  DenseIntElementsAttr dense;
  return block.getDefiningOp<tile::SplatOp>() || (matchPattern(block, m_Constant(&dense)) && dense.isSplat());
}

/// What is added to `argument` to make `yielded`, step by step; nothing when it is made in another way.
static std::optional<SmallVector<Value>> stepsFrom(Value argument, Value yielded) {
  SmallVector<Value> steps;
  while (yielded != argument) {
    Operation *op = yielded.getDefiningOp();
    if (!isa_and_nonnull<tile::AddPtrOp, arith::AddIOp>(op))
      return std::nullopt;
    unsigned step = isUniform(op->getOperand(1)) ? 1 : 0;
    if (!isUniform(op->getOperand(step)) || (step == 0 && isa<tile::AddPtrOp>(op)))
      return std::nullopt;
    steps.push_back(op->getOperand(step));
    yielded = op->getOperand(1 - step);
  }
  return steps;
}

static void splitLoop(scf::ForOp loop) {
  struct Split {
    unsigned index;
    SmallVector<Value> steps;
    Type type;
  };
  SmallVector<Split> splits;
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  for (auto [i, argument] : llvm::enumerate(loop.getRegionIterArgs())) {
    auto block = dyn_cast<RankedTensorType>(argument.getType());
    if (!block)
      continue;
    bool pointers = isa<tile::PointerType>(block.getElementType());
    if (!pointers && !block.getElementType().isInteger(32) && !block.getElementType().isInteger(64))
      continue;
    auto steps = stepsFrom(argument, yield.getOperand(i));
    if (steps)
      splits.push_back(
          {unsigned(i), *steps, pointers ? IntegerType::get(loop.getContext(), 64) : block.getElementType()});
  }
  if (splits.empty())
    return;

  Location loc = loop.getLoc();
  OpBuilder b(loop);
  SmallVector<Value> inits(loop.getInitArgs());
  for (Split &split : splits)
    inits.push_back(arith::ConstantOp::create(b, loc, b.getIntegerAttr(split.type, 0)));
  unsigned kept = loop.getInitArgs().size();
  auto offset = [&](OpBuilder &at, Value start, Value scalar) -> Value {
    auto type = cast<RankedTensorType>(start.getType());
    Value block = tile::SplatOp::create(at, loc, type.clone(scalar.getType()), scalar);
    if (isa<tile::PointerType>(type.getElementType()))
      return tile::AddPtrOp::create(at, loc, start, block);
    return arith::AddIOp::create(at, loc, start, block);
  };
  // The blocks' own places stay for now and carry their starting values.
  auto whole = scf::ForOp::create(b, loc, loop.getLowerBound(), loop.getUpperBound(), loop.getStep(), inits);
  whole.setUnsignedCmp(loop.getUnsignedCmp());
  Block *body = whole.getBody();
  if (!body->empty())
    body->back().erase();
  b.setInsertionPointToStart(body);
  SmallVector<Value> arguments(body->getArguments().begin(), body->getArguments().begin() + 1 + kept);
  for (auto [k, split] : llvm::enumerate(splits))
    arguments[1 + split.index] = offset(b, loop.getInitArgs()[split.index], body->getArgument(1 + kept + k));
  b.setInsertionPointToEnd(body);
  Operation *oldYield = yield;
  for (auto [from, to] : llvm::zip(loop.getBody()->getArguments(), arguments))
    from.replaceAllUsesWith(to);
  body->getOperations().splice(body->end(), loop.getBody()->getOperations());
  b.setInsertionPoint(oldYield);
  SmallVector<Value> yielded(oldYield->getOperands());
  for (auto [k, split] : llvm::enumerate(splits)) {
    Value sum = body->getArgument(1 + kept + k);
    for (Value step : split.steps)
      sum = arith::AddIOp::create(b, loc, sum, scalarOf(b, step, split.type));
    yielded[split.index] = loop.getInitArgs()[split.index];
    yielded.push_back(sum);
  }
  scf::YieldOp::create(b, loc, yielded);
  oldYield->erase();
  b.setInsertionPointAfter(whole);
  for (auto [i, result] : llvm::enumerate(loop.getResults())) {
    Value replacement = whole.getResult(i);
    for (auto [k, split] : llvm::enumerate(splits))
      if (split.index == i)
        replacement = offset(b, loop.getInitArgs()[i], whole.getResult(kept + k));
    result.replaceAllUsesWith(replacement);
  }
  // Now nobody reads the blocks' places: leave them out.
  SmallVector<Value> lean;
  SmallVector<unsigned> left;
  for (unsigned i = 0; i < inits.size(); ++i)
    if (llvm::none_of(splits, [&](Split &split) { return split.index == i; })) {
      left.push_back(i);
      lean.push_back(inits[i]);
    }
  b.setInsertionPoint(whole);
  auto result = scf::ForOp::create(b, loc, whole.getLowerBound(), whole.getUpperBound(), whole.getStep(), lean);
  result.setUnsignedCmp(whole.getUnsignedCmp());
  Block *target = result.getBody();
  if (!target->empty())
    target->back().erase();
  whole.getInductionVar().replaceAllUsesWith(result.getInductionVar());
  for (auto [k, i] : llvm::enumerate(left)) {
    whole.getRegionIterArgs()[i].replaceAllUsesWith(result.getRegionIterArgs()[k]);
    whole.getResult(i).replaceAllUsesWith(result.getResult(k));
  }
  target->getOperations().splice(target->end(), body->getOperations());
  Operation *last = &target->back();
  SmallVector<Value> values;
  for (unsigned i : left)
    values.push_back(last->getOperand(i));
  last->setOperands(values);
  whole.erase();
  loop.erase();
}

void tegula::loops::splitCarriedOffsets(func::FuncOp kernel) {
  SmallVector<scf::ForOp> found;
  kernel.walk([&](scf::ForOp loop) { found.push_back(loop); });
  for (scf::ForOp loop : found) // inner loops first
    splitLoop(loop);
}
