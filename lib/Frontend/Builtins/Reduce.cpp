//===- Reduce.cpp - Reductions and scans ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The combine function is emitted into the operation's region, on scalars. The
// language's own functions (sum, max, ...) are library code over these (std/standard.py);
// additions in their combine functions may be reordered, those of a user's may not.
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

/// The operands: one block or a tuple of blocks, broadcast to one shape.
static bool getOperands(BuiltinCall &call, SmallVectorImpl<Tensor> &operands) {
  ArrayRef<Value> values(call[0]);
  if (call[0].isTuple())
    values = call[0].items();
  for (const Value &value : values) {
    Tensor tensor = value.isNumber() ? call.ops.toTensor(value) : value.asTensor();
    if (!tensor) {
      call.error("type-error",
                 call.builtin.displayName() + " takes a block or a tuple of blocks; got " + describeValue(call[0]));
      return false;
    }
    operands.push_back(tensor);
  }
  if (operands.empty()) {
    call.error("type-error", call.builtin.displayName() + " takes at least one block; got an empty tuple");
    return false;
  }
  return call.ops.broadcastAll(operands);
}

/// Emits the combine function into `region`; false after reporting.
static bool emitCombiner(BuiltinCall &call, Region &region, ArrayRef<Tensor> operands, const Value &function) {
  Emitter &emitter = call.emitter;
  OpBuilder &builder = call.ops.builder;
  OpBuilder::InsertionGuard guard(builder);
  SmallVector<mlir::Type> types;
  SmallVector<mlir::Location> places;
  for (int side = 0; side < 2; ++side)
    for (Tensor operand : operands) {
      types.push_back(call.ops.ir(operand.type.scalar()));
      places.push_back(call.ops.loc());
    }
  Block *block = builder.createBlock(&region, {}, types, places);
  CallArguments arguments;
  for (size_t i = 0; i < types.size(); ++i)
    arguments.positional.push_back(
        Value::tensor(block->getArgument(unsigned(i)), operands[i % operands.size()].type.scalar()));

  bool before = call.ops.reorderFloats;
  bool isLibrary = false;
  if (function.isFunction()) {
    FunctionSource source;
    std::string problem;
    FunctionRef reference = function.asFunction();
    isLibrary =
        reference.environment->functionSource(reference.handle, source, problem) == Environment::Answer::Found &&
        source.isLibrary;
  }
  call.ops.reorderFloats = isLibrary;
  Value result = emitter.call(function, arguments);
  call.ops.reorderFloats = before;
  if (!result)
    return false;

  SmallVector<Value> results;
  if (result.isTuple())
    results.append(result.items().begin(), result.items().end());
  else
    results.push_back(result);
  if (results.size() != operands.size()) {
    call.error("type-error", "the combine function must return " + Twine(operands.size()) +
                                 (operands.size() == 1 ? " value" : " values") + "; got " + Twine(results.size()));
    return false;
  }
  SmallVector<mlir::Value> yields;
  for (auto [value, operand] : zip(results, operands)) {
    Type wanted = operand.type.scalar();
    Tensor tensor = value.isNumber() ? call.ops.constant(wanted, value) : value.asTensor();
    if (!tensor || tensor.type.isBlock() || tensor.type.isPointer() != wanted.isPointer()) {
      call.error("type-error",
                 "the combine function must return a scalar of type " + wanted.str() + "; got " + describeValue(value));
      return false;
    }
    tensor = call.ops.cast(tensor, wanted);
    if (!tensor)
      return false;
    yields.push_back(tensor.value);
  }
  tile::YieldOp::create(builder, call.ops.loc(), yields);
  return true;
}

static Value packResults(const Value &like, ArrayRef<Tensor> results) {
  std::vector<Value> values;
  for (Tensor result : results)
    values.push_back(Value::tensor(result));
  return like.isTuple() ? Value::tuple(std::move(values)) : values[0];
}

static Value emitReduce(BuiltinCall &call) {
  SmallVector<Tensor> operands;
  Value function;
  bool keepDims;
  if (!getOperands(call, operands) || !call.getFunction(2, function) || !call.getBool(3, keepDims))
    return {};
  unsigned rank = operands[0].type.rank();
  if (rank == 0) {
    call.error("type-error", "a reduction takes a block; got " + operands[0].type.str());
    return {};
  }
  unsigned axis = 0;
  bool whole = call[1].isNone();
  if (whole) {
    for (Tensor &operand : operands)
      if (!(operand = call.ops.reshape(operand, {operand.type.numel()}, /*allowReorder=*/true)))
        return {};
  } else if (!call.getAxis(1, rank, axis)) {
    return {};
  }
  SmallVector<int64_t, 4> shape = operands[0].type.shape();
  shape.erase(shape.begin() + axis);
  SmallVector<mlir::Value> inputs;
  SmallVector<mlir::Type> types;
  SmallVector<Tensor> results;
  for (Tensor operand : operands) {
    Type type = operand.type.withShape(shape);
    inputs.push_back(operand.value);
    types.push_back(call.ops.ir(type));
    results.push_back({{}, type});
  }
  auto reduce = tile::ReduceOp::create(call.ops.builder, call.ops.loc(), types, inputs, axis);
  if (!emitCombiner(call, reduce.getCombiner(), operands, function))
    return {};
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].value = reduce.getResult(unsigned(i));
    if (!keepDims)
      continue;
    if (whole) {
      SmallVector<int64_t, 4> ones(rank, 1);
      results[i] = call.ops.splat(results[i], ones);
    } else {
      results[i] = call.ops.expandDims(results[i], axis);
    }
    if (!results[i])
      return {};
  }
  return packResults(call[0], results);
}

static Value emitScan(BuiltinCall &call) {
  SmallVector<Tensor> operands;
  Value function;
  bool reverse;
  unsigned axis;
  if (!getOperands(call, operands) || !call.getFunction(2, function) || !call.getBool(3, reverse))
    return {};
  if (!operands[0].type.isBlock()) {
    call.error("type-error", "a scan takes a block; got " + operands[0].type.str());
    return {};
  }
  if (!call.getAxis(1, operands[0].type.rank(), axis))
    return {};
  SmallVector<mlir::Value> inputs;
  SmallVector<mlir::Type> types;
  for (Tensor operand : operands) {
    inputs.push_back(operand.value);
    types.push_back(operand.value.getType());
  }
  auto scan = tile::ScanOp::create(call.ops.builder, call.ops.loc(), types, inputs, axis, reverse);
  if (!emitCombiner(call, scan.getCombiner(), operands, function))
    return {};
  SmallVector<Tensor> results;
  for (auto [result, operand] : zip(scan.getResults(), operands))
    results.push_back({result, operand.type});
  return packResults(call[0], results);
}

/// The position of each element along one axis, in the block's shape.
static Value emitIndexAlong(BuiltinCall &call) {
  Tensor x = call.block(0);
  unsigned axis;
  if (!x || !call.getAxis(1, x.type.rank(), axis))
    return {};
  int64_t size = x.type.dim(axis);
  Type type = Type(Dtype::Int32).withShape({size});
  Tensor index{tile::ArangeOp::create(call.ops.builder, call.ops.loc(), call.ops.ir(type), 0, int32_t(size)), type};
  for (unsigned i = 0; index && i < x.type.rank(); ++i)
    if (i != axis)
      index = call.ops.expandDims(index, i);
  return index ? Value::tensor(call.ops.broadcastTo(index, x.type.shape())) : Value();
}

ArrayRef<Builtin> reduceBuiltins() {
  static const Builtin table[] = {
      {"reduce", "(input, axis, combine_fn, keep_dims=False)",
       "Combines all elements along an axis, or all of them, with a function.", emitReduce, Builtin::Method},
      {"associative_scan", "(input, axis, combine_fn, reverse=False)",
       "The running combination along an axis, each element included.", emitScan, Builtin::Method},
      {"_index_along", "(input, axis)", "The position of each element along an axis.", emitIndexAlong},
  };
  return table;
}

} // namespace tegula
