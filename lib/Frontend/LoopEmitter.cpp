//===- LoopEmitter.cpp - `for` and `while` ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names that live before a loop and are bound in it are carried: they become
// iteration arguments and results, and keep their type. Names first bound in the body
// end with it. `tl.static_range` unrolls: its variable is a compile-time value.
//
//   for i in range(0, n):        %r = scf.for %i = 0 to %n step 1 iter_args(%acc = %zero)
//       acc += tl.load(p + i)        %v = tile.load ...; scf.yield (arith.addf %acc, %v)
//
// A negative compile-time step counts up and mirrors the variable.
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

bool Emitter::findCarried(ArrayRef<const ast::Node *> parts, SmallVectorImpl<Carried> &carried) {
  SmallVector<StringRef> names;
  for (const ast::Node *part : parts)
    collectAssigned(*part, names);
  for (StringRef name : names) {
    auto found = frame->locals.find(name);
    if (found == frame->locals.end() || !found->second.value || found->second.isConstexpr)
      continue;
    Value &value = found->second.value;
    SmallVector<Tensor> tensors;
    collectTensors(value, tensors);
    // An argument that was folded to a number becomes a scalar once the loop changes it.
    if (!value.isNumber() && tensors.empty())
      continue;
    Value initial = decay(value);
    if (!initial)
      return false;
    carried.push_back({name, initial, found->second.site});
  }
  return true;
}

/// Whether two values hold tensors of the same types in the same places, and equal compile-time values elsewhere.
static bool sameForm(const Value &a, const Value &b) {
  if (a.isTensor() && b.isTensor())
    return a.asTensor().type == b.asTensor().type;
  if (a.isTuple() && b.isTuple())
    return a.items().size() == b.items().size() &&
           std::equal(a.items().begin(), a.items().end(), b.items().begin(), sameForm);
  return a.identical(b);
}

bool Emitter::checkLoopEnd(ArrayRef<Carried> carried, const Scope &before, SmallVectorImpl<mlir::Value> &yields) {
  for (const Carried &one : carried) {
    const Binding &binding = frame->locals[one.name];
    Value value = decay(binding.value);
    if (value && sameForm(one.initial, value)) {
      SmallVector<Tensor> tensors;
      collectTensors(value, tensors);
      for (Tensor tensor : tensors)
        yields.push_back(tensor.value);
      continue;
    }
    if (diagnostics.hasErrors() && !value)
      return false;
    error("type-mismatch", "the loop-carried `" + one.name + "` is " + describeValue(one.initial) +
                               " before the loop but becomes " + describeValue(binding.value) + " in it")
        .note(rangeOf(one.site), "`" + one.name.str() + "` is bound to " + describeValue(one.initial) + " here")
        .note(rangeOf(binding.site), "`" + one.name.str() + "` is bound to " + describeValue(binding.value) + " here")
        .withHint("give the initial value the type that the loop computes");
    return false;
  }
  for (auto &[name, binding] : before) {
    if (!binding.value || any_of(carried, [&](const Carried &one) { return one.name == name; }))
      continue;
    const Binding &now = frame->locals[name];
    if (now.value.identical(binding.value))
      continue;
    error("constexpr-rebound", "the compile-time value `" + name + "` cannot change in a loop; it is " +
                                   describeValue(binding.value) + " before and " + describeValue(now.value) + " after")
        .note(rangeOf(now.site), "`" + name.str() + "` is bound again here");
    return false;
  }
  return true;
}

void Emitter::restoreAfterLoop(ArrayRef<Carried> carried, const Scope &before, ValueRange results) {
  Scope inside = std::move(frame->locals);
  frame->locals = before;
  for (const Carried &one : carried)
    frame->locals[one.name] = Binding{replaceTensors(one.initial, results), inside[one.name].site, false};
  for (auto &[name, binding] : inside)
    if (!before.count(name))
      frame->locals[name] = Binding{Value(), binding.site, false};
}

//===----------------------------------------------------------------------===//
// for
//===----------------------------------------------------------------------===//

bool Emitter::emitFor(const ast::For *node) {
  if (!node->orelse.empty()) {
    errorAt(node->orelse[0], "unsupported-construct", "the `else` of a loop is not part of the kernel language");
    return false;
  }
  auto *name = node->target->as<ast::Name>();
  if (!name) {
    errorAt(node->target, "unsupported-construct", "a loop in a kernel has one variable");
    return false;
  }
  auto refuse = [&](const Value &value) {
    errorAt(node->iter, "unsupported-construct",
            "a `for` in a kernel goes over range, tl.range or tl.static_range; got " + describeValue(value))
        .withHint("index a tuple inside `for i in tl.static_range(len(...))`");
    return false;
  };
  auto *iteration = node->iter->as<ast::Call>();
  if (!iteration) {
    Value value = emit(node->iter);
    return value && refuse(value);
  }
  Value callee = emit(iteration->func);
  if (!callee)
    return false;
  StringRef range = callee.isBuiltin() ? callee.asBuiltin()->name : StringRef();
  current = iteration;
  if (range != "range" && range != "static_range" && range != "py.range") {
    Value value = emit(iteration);
    return value && refuse(value);
  }
  CallArguments arguments;
  SmallVector<Value> bounds;
  if (!emitArguments(iteration, arguments) || !bindBuiltin(*callee.asBuiltin(), arguments, bounds))
    return false;
  if (bounds[1].isNone()) {
    bounds[1] = bounds[0];
    bounds[0] = Value::integer(Integer(0));
  }
  if (bounds[2].isNone())
    bounds[2] = Value::integer(Integer(1));
  if (bounds[2].isIntegral() && bounds[2].asInteger().isZero()) {
    error("type-error", "the step of a range cannot be 0");
    return false;
  }
  current = node;
  if (range != "static_range")
    return emitRangeLoop(node, *callee.asBuiltin(), bounds);
  for (size_t i = 0; i < 3; ++i)
    if (!bounds[i].isIntegral()) {
      errorAt(iteration, "type-error", "tl.static_range takes compile-time ints; got " + describeValue(bounds[i]))
          .withHint("use tl.range for run-time bounds");
      return false;
    }
  std::vector<Value> items;
  std::string problem;
  if (!constIterate(Value::range(bounds[0].asInteger(), bounds[1].asInteger(), bounds[2].asInteger()), items,
                    problem)) {
    errorAt(iteration, "too-large", problem);
    return false;
  }
  return emitUnrolled(node, items);
}

bool Emitter::emitUnrolled(const ast::For *node, ArrayRef<Value> items) {
  ++frame->loopDepth;
  llvm::scope_exit leave([&] { --frame->loopDepth; });
  for (const Value &item : items) {
    if (!step())
      return false;
    frame->locals[StringRef(node->target->as<ast::Name>()->id)] = Binding{item, node->target, false};
    if (emitBody(node->body, /*isTail=*/false).failed)
      return false;
  }
  return true;
}

bool Emitter::emitRangeLoop(const ast::For *node, const Builtin &range, ArrayRef<Value> bounds) {
  // The variable's type is what the three bounds promote to.
  Tensor tensors[3];
  Type type;
  bool descending = bounds[2].isIntegral() && bounds[2].asInteger().isNegative();
  for (size_t i = 0; i < 3; ++i) {
    Value bound = i == 2 && descending ? Value::integer(-bounds[2].asInteger()) : bounds[i];
    tensors[i] = bound.isFloat() ? Tensor() : ops.toTensor(bound, "a bound of a range");
    if (bound.isFloat())
      errorAt(node->iter, "type-error", "a bound of a range must be an integer; got " + describeValue(bound));
    if (!tensors[i])
      return false;
    if (tensors[i].type.isBlock() && tensors[i].type.numel() == 1)
      tensors[i] = ops.reshape(tensors[i], {});
    if (!tensors[i].type.isInt() || tensors[i].type.isBlock()) {
      errorAt(node->iter, "type-error", "a bound of a range must be a scalar integer; got " + tensors[i].type.str());
      return false;
    }
    Type own = tensors[i].type.isBool() ? Type(Dtype::Int32) : tensors[i].type;
    type = type ? promoteIntegers(type, own) : own;
  }
  for (Tensor &tensor : tensors)
    tensor = ops.cast(tensor, type);
  Tensor lower = descending ? tensors[1] : tensors[0], upper = descending ? tensors[0] : tensors[1];

  SmallVector<Carried> carried;
  SmallVector<const ast::Node *> parts(node->body.begin(), node->body.end());
  StringRef variable = node->target->as<ast::Name>()->id;
  Scope before = frame->locals;
  frame->locals.erase(variable);
  if (!findCarried(parts, carried))
    return false;
  SmallVector<mlir::Value> initial;
  for (const Carried &one : carried) {
    SmallVector<Tensor> flat;
    collectTensors(one.initial, flat);
    for (Tensor tensor : flat)
      initial.push_back(tensor.value);
  }
  auto loop = scf::ForOp::create(builder, location(), lower.value, upper.value, tensors[2].value, initial,
                                 /*bodyBuilder=*/nullptr, /*unsignedCmp=*/type.isUnsigned());
  if (!loop.getBody()->empty())
    loop.getBody()->back().erase();
  auto hint = [&](StringRef name, StringRef attribute) {
    for (auto [parameter, value] : zip(range.parameters, bounds))
      if (parameter.name == name && value.isIntegral() && !value.asInteger().isZero())
        if (std::optional<int64_t> number = value.asInteger().asInt64())
          loop->setAttr(attribute, builder.getI64IntegerAttr(*number));
  };
  hint("num_stages", "tile.num_stages");
  hint("loop_unroll_factor", "tile.unroll");
  hint("flatten", "tile.flatten");
  hint("warp_specialize", "tile.warp_specialize");
  hint("disallow_acc_multi_buffer", "tile.disallow_acc_multi_buffer");

  builder.setInsertionPointToStart(loop.getBody());
  Tensor index{loop.getInductionVar(), type};
  if (descending) // start + stop - index runs from start down to just above stop
    index = ops.subtractSame(ops.addSame(tensors[0], tensors[1]), index);
  ValueRange iterationArguments = loop.getRegionIterArgs();
  for (const Carried &one : carried)
    frame->locals[one.name] = Binding{replaceTensors(one.initial, iterationArguments), one.site, false};
  frame->locals[variable] = Binding{Value::tensor(index), node->target, false};

  ++frame->loopDepth;
  Flow flow = emitBody(node->body, /*isTail=*/false);
  --frame->loopDepth;
  current = node;
  if (flow.failed) {
    builder.setInsertionPointAfter(loop);
    return false;
  }
  // The variable ends with the loop, whatever it was before.
  Scope outer = before;
  outer.erase(variable);
  SmallVector<mlir::Value> yields;
  bool fine = checkLoopEnd(carried, outer, yields);
  if (fine)
    scf::YieldOp::create(builder, location(), yields);
  builder.setInsertionPointAfter(loop);
  if (!fine)
    return false;
  if (before.count(variable))
    frame->locals.erase(variable);
  restoreAfterLoop(carried, before, loop.getResults());
  return true;
}

//===----------------------------------------------------------------------===//
// while
//===----------------------------------------------------------------------===//

bool Emitter::emitWhile(const ast::While *node) {
  if (!node->orelse.empty()) {
    errorAt(node->orelse[0], "unsupported-construct", "the `else` of a loop is not part of the kernel language");
    return false;
  }
  SmallVector<Carried> carried;
  SmallVector<const ast::Node *> parts(node->body.begin(), node->body.end());
  parts.push_back(node->test);
  if (!findCarried(parts, carried))
    return false;
  SmallVector<mlir::Value> initial;
  SmallVector<mlir::Type> types;
  SmallVector<mlir::Location> places;
  for (const Carried &one : carried) {
    SmallVector<Tensor> flat;
    collectTensors(one.initial, flat);
    for (Tensor tensor : flat) {
      initial.push_back(tensor.value);
      types.push_back(tensor.value.getType());
      places.push_back(location());
    }
  }
  Scope before = frame->locals;
  auto loop = scf::WhileOp::create(builder, location(), types, initial);
  Block *testBlock = builder.createBlock(&loop.getBefore(), {}, types, places);
  Block *bodyBlock = builder.createBlock(&loop.getAfter(), {}, types, places);
  auto enter = [&](Block *block) {
    builder.setInsertionPointToStart(block);
    ValueRange arguments = block->getArguments();
    for (const Carried &one : carried)
      frame->locals[one.name] = Binding{replaceTensors(one.initial, arguments), one.site, false};
  };
  auto abandon = [&] {
    builder.setInsertionPointAfter(loop);
    return false;
  };

  enter(testBlock);
  Value test = emit(node->test);
  current = node->test;
  if (test && !test.isTensor()) {
    error("type-error", "the condition of a `while` must be a run-time bool; got " + describeValue(test))
        .withHint("a loop without end cannot stop a kernel; for a known number of rounds use `for`");
    return abandon();
  }
  Condition condition = test ? emitCondition(test) : Condition();
  current = node;
  SmallVector<mlir::Value> forwarded;
  if (!condition || !checkLoopEnd(carried, before, forwarded))
    return abandon();
  scf::ConditionOp::create(builder, location(), condition.value, forwarded);

  frame->locals = before;
  enter(bodyBlock);
  ++frame->loopDepth;
  Flow flow = emitBody(node->body, /*isTail=*/false);
  --frame->loopDepth;
  current = node;
  SmallVector<mlir::Value> yields;
  if (flow.failed || !checkLoopEnd(carried, before, yields))
    return abandon();
  scf::YieldOp::create(builder, location(), yields);
  builder.setInsertionPointAfter(loop);
  restoreAfterLoop(carried, before, loop.getResults());
  return true;
}

} // namespace tegula
