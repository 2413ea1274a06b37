//===- Control.cpp - Structured control flow to blocks ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   scf.for     br head(lower, inits)
//               head(i, carried): cond_br i < upper, body, exit;  body: ... br head(i + step, yielded)
//   scf.while   br before(inits);  before: ... cond_br c, after, exit;  after: ... br before(yielded)
//   scf.if      cond_br c, then, else;  both br rest(yielded)
//
// A carried block is one block argument for each of its registers. Conditions are scalars, which all threads of a
// program hold alike, so that every barrier and shuffle below is reached by all of them or none.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

/// The registers of several values, one after the other.
Values flatten(KernelLowering &k, ValueRange values) {
  Values list;
  for (Value value : values)
    llvm::append_range(list, k.get(value));
  return list;
}

SmallVector<Type> flatTypes(KernelLowering &k, TypeRange types) {
  SmallVector<Type> list;
  for (Type type : types)
    list.append(k.numRegisters(type), k.elementType(type));
  return list;
}

/// Takes a list apart again.
void bind(KernelLowering &k, ValueRange values, ValueRange registers) {
  for (Value value : values) {
    unsigned count = k.numRegisters(value.getType());
    k.set(value, Values(registers.take_front(count)));
    registers = registers.drop_front(count);
  }
}

LogicalResult lowerFor(KernelLowering &k, scf::ForOp op) {
  Emitter &e = k.e;
  Values inits = flatten(k, op.getInitArgs());
  Value lower = k.scalar(op.getLowerBound()), upper = k.scalar(op.getUpperBound()), step = k.scalar(op.getStep());
  SmallVector<Type> types = {lower.getType()};
  llvm::append_range(types, flatTypes(k, op.getInitArgs().getTypes()));
  Block *head = e.createBlock(types), *body = e.createBlock();
  inits.insert(inits.begin(), lower);
  e.branch(head, inits);
  e.startBlock(head);
  Value index = head->getArgument(0);
  ValueRange state = head->getArguments().drop_front();
  Value more = e.compare(op.getUnsignedCmp() ? LLVM::ICmpPredicate::ult : LLVM::ICmpPredicate::slt, index, upper);
  e.startBlock(body);
  k.setScalar(op.getInductionVar(), index);
  bind(k, op.getRegionIterArgs(), state);
  if (failed(k.lowerBlock(*op.getBody())))
    return failure();
  e.loc = op.getLoc();
  Values next = flatten(k, op.getBody()->getTerminator()->getOperands());
  next.insert(next.begin(), LLVM::AddOp::create(e.b, e.loc, index, step));
  e.branch(head, next);
  Block *exit = e.createBlock();
  e.startBlock(head);
  e.branch(more, body, exit);
  e.startBlock(exit);
  bind(k, op.getResults(), state);
  return success();
}

LogicalResult lowerWhile(KernelLowering &k, scf::WhileOp op) {
  Emitter &e = k.e;
  Block *before = e.createBlock(flatTypes(k, op.getInits().getTypes())), *after = e.createBlock();
  e.branch(before, flatten(k, op.getInits()));
  e.startBlock(before);
  bind(k, op.getBeforeArguments(), before->getArguments());
  if (failed(k.lowerBlock(*op.getBeforeBody())))
    return failure();
  e.loc = op.getLoc();
  scf::ConditionOp condition = op.getConditionOp();
  Values forwarded = flatten(k, condition.getArgs());
  Block *exit = e.createBlock();
  e.branch(k.scalar(condition.getCondition()), after, exit);
  e.startBlock(after);
  bind(k, op.getAfterArguments(), forwarded);
  if (failed(k.lowerBlock(*op.getAfterBody())))
    return failure();
  e.loc = op.getLoc();
  e.branch(before, flatten(k, op.getAfterBody()->getTerminator()->getOperands()));
  e.startBlock(exit);
  bind(k, op.getResults(), forwarded);
  return success();
}

LogicalResult lowerIf(KernelLowering &k, scf::IfOp op) {
  Emitter &e = k.e;
  bool hasElse = !op.getElseRegion().empty();
  Block *yes = e.createBlock(), *no = hasElse ? e.createBlock() : nullptr;
  Block *rest = e.createBlock(flatTypes(k, op.getResultTypes()));
  e.branch(k.scalar(op.getCondition()), yes, hasElse ? no : rest);
  auto lowerSide = [&](Block *start, Region &region) -> LogicalResult {
    e.startBlock(start);
    if (failed(k.lowerBlock(region.front())))
      return failure();
    e.loc = op.getLoc();
    e.branch(rest, flatten(k, region.front().getTerminator()->getOperands()));
    return success();
  };
  if (failed(lowerSide(yes, op.getThenRegion())) || (hasElse && failed(lowerSide(no, op.getElseRegion()))))
    return failure();
  e.startBlock(rest);
  bind(k, op.getResults(), rest->getArguments());
  return success();
}

LogicalResult lowerRegionOnce(KernelLowering &k, scf::ExecuteRegionOp op) {
  Block &block = op.getRegion().front();
  if (failed(k.lowerBlock(block)))
    return failure();
  for (auto [result, value] : llvm::zip_equal(op.getResults(), block.getTerminator()->getOperands()))
    k.set(result, Values(k.get(value)));
  return success();
}

} // namespace

Lowered lowerControl(KernelLowering &k, Operation *op) {
  auto answer = [](LogicalResult result) { return succeeded(result) ? Lowered::Done : Lowered::Failed; };
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return answer(lowerFor(k, loop));
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return answer(lowerWhile(k, loop));
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return answer(lowerIf(k, branch));
  if (auto region = dyn_cast<scf::ExecuteRegionOp>(op); region && region.getRegion().hasOneBlock())
    return answer(lowerRegionOnce(k, region));
  return Lowered::NotMine;
}

} // namespace tegula::to_llvm
