//===- BranchEmitter.cpp - `if`, early returns and joins --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See the head of Emitter.h for how returns become structure. The arms of a run-time
// `if` are emitted into an scf.if without results; once both are known, an scf.if with
// the results that the join needs takes over their blocks.
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/Emitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

Emitter::Condition Emitter::emitCondition(const Value &value) {
  if (!value.isTensor()) {
    if (value.isBool() || value.isInt() || value.isNone())
      return {constTruth(value), {}};
    error("type-error", "a compile-time condition must be a bool, an int or None; got " + describeValue(value))
        .withHint("compare it with something");
    return {};
  }
  Tensor tensor = value.asTensor();
  if (tensor.type.isBlock()) {
    if (tensor.type.numel() != 1) {
      error("type-error", "the truth of a block of more than one element is ambiguous; got " + tensor.type.str())
          .withHint("choose element by element with tl.where, or reduce the condition first");
      return {};
    }
    warning("block-condition", "a block of one element is used as a condition; got " + tensor.type.str());
    tensor = ops.reshape(tensor, {});
  }
  return {std::nullopt, ops.truth(tensor).value};
}

Flow Emitter::emitIf(const ast::If *node, ast::StmtList rest, bool isTail, bool &tookRest) {
  Value test = emit(node->test);
  if (!test)
    return Flow::failure();
  current = node->test;
  Condition condition = emitCondition(test);
  current = node;
  if (!condition)
    return Flow::failure();
  if (condition.known)
    return emitBody(*condition.known ? node->body : node->orelse, isTail && rest.empty());
  bool armTail = isTail && rest.empty();
  return emitRuntimeIf(
      condition.value, [&] { return emitBody(node->body, armTail); }, [&] { return emitBody(node->orelse, armTail); },
      rest, isTail, tookRest);
}

Flow Emitter::guardRest(const Flow &flow, ast::StmtList rest, bool isTail) {
  bool tookRest = false;
  return emitRuntimeIf(
      flow.returned,
      [&] {
        Flow returned = flow;
        returned.kind = Flow::Returns;
        returned.returned = {};
        return returned;
      },
      [&] { return emitBody(rest, isTail); }, {}, isTail, tookRest);
}

Flow Emitter::emitRuntimeIf(mlir::Value condition, llvm::function_ref<Flow()> thenBody,
                            llvm::function_ref<Flow()> elseBody, ast::StmtList rest, bool isTail, bool &tookRest) {
  const ast::Node *node = current;
  auto op = scf::IfOp::create(builder, location(), TypeRange(), condition, /*addThenBlock=*/true,
                              /*addElseBlock=*/true);
  Scope before = frame->locals;
  Arm thenArm{op.thenBlock(), {}, {}}, elseArm{op.elseBlock(), {}, {}};
  auto run = [&](Arm &arm, llvm::function_ref<Flow()> body) {
    frame->locals = before;
    builder.setInsertionPointToEnd(arm.block);
    arm.flow = body();
    arm.scope = frame->locals;
    return !arm.flow.failed;
  };
  // The rest of the statements, at the end of an arm that may go on.
  auto continueIn = [&](Arm &arm) {
    tookRest = true;
    frame->locals = std::move(arm.scope);
    builder.setInsertionPointToEnd(arm.block);
    arm.flow = arm.flow.kind == Flow::MayReturn ? guardRest(arm.flow, rest, isTail) : emitBody(rest, isTail);
    arm.scope = frame->locals;
    return !arm.flow.failed;
  };
  bool fine = run(thenArm, thenBody) && run(elseArm, elseBody);
  if (fine && !rest.empty()) {
    if (thenArm.flow.kind == Flow::Returns && elseArm.flow.kind != Flow::Returns)
      fine = continueIn(elseArm);
    else if (elseArm.flow.kind == Flow::Returns && thenArm.flow.kind != Flow::Returns)
      fine = continueIn(thenArm);
  }
  current = node;
  builder.setInsertionPointAfter(op);
  if (!fine)
    return Flow::failure();
  // At the function's end, falling through is returning.
  if (isTail && (rest.empty() || tookRest))
    for (Arm *arm : {&thenArm, &elseArm})
      if (arm->flow.kind == Flow::FallsThrough)
        arm->flow.kind = Flow::Returns;
  return joinArms(op, thenArm, elseArm, before);
}

//===----------------------------------------------------------------------===//
// Joins
//===----------------------------------------------------------------------===//

namespace {

/// One value that leaves an `if`, with what each arm gives; an invalid side gives nothing of meaning.
struct Join {
  Value thenValue, elseValue;
};

/// Brings two values to one form: equal compile-time values stay, different numbers become tensors, a number next to a
/// tensor takes its type. False when they have none.
bool reconcile(Emitter &emitter, Value &a, Block *aBlock, Value &b, Block *bBlock) {
  if (a.identical(b) && !a.isTensor() && !a.isTuple())
    return true;
  if (a.isTuple() && b.isTuple()) {
    if (a.items().size() != b.items().size())
      return false;
    std::vector<Value> x = a.items(), y = b.items();
    for (size_t i = 0; i < x.size(); ++i)
      if (!reconcile(emitter, x[i], aBlock, y[i], bBlock))
        return false;
    a = Value::tuple(std::move(x), a.fieldNames());
    b = Value::tuple(std::move(y), b.fieldNames());
    return true;
  }
  auto toTensor = [&](Value &value, Block *block, const Value &other) {
    if (!value.isNumber())
      return;
    emitter.builder.setInsertionPointToEnd(block);
    Type wanted = other.isTensor() ? other.asTensor().type : Type();
    if (wanted && !wanted.isBlock() && (wanted.isFloat() || (wanted.isInt() && value.isIntegral())))
      value = Value::tensor(emitter.ops.constant(wanted, value));
    else
      value = Value::tensor(emitter.ops.toTensor(value));
  };
  toTensor(a, aBlock, b);
  toTensor(b, bBlock, a);
  return a.isTensor() && b.isTensor() && a.asTensor().type == b.asTensor().type;
}

} // namespace

Flow Emitter::joinArms(scf::IfOp op, Arm &thenArm, Arm &elseArm, const Scope &before) {
  Flow &thenFlow = thenArm.flow, &elseFlow = elseArm.flow;
  bool thenLive = thenFlow.kind != Flow::Returns, elseLive = elseFlow.kind != Flow::Returns;
  Flow result;
  SmallVector<Join> joins;
  SmallVector<std::pair<StringRef, const ast::Node *>> joinedNames;
  Scope after = before;
  bool fine = true;

  // Names.
  auto dropped = [&](StringRef name, const Binding &binding) { after[name] = Binding{Value(), binding.site, false}; };
  if (thenLive && elseLive) {
    for (auto &[name, thenBinding] : thenArm.scope) {
      auto other = elseArm.scope.find(name);
      if (other == elseArm.scope.end() || !other->second.value || !thenBinding.value) {
        if (!before.count(name) || (thenBinding.value && !before.lookup(name).value))
          dropped(name, thenBinding);
        continue;
      }
      const Binding &elseBinding = other->second;
      if (thenBinding.value.identical(elseBinding.value)) {
        after[name] = thenBinding;
        continue;
      }
      Join join{thenBinding.value, elseBinding.value};
      if (!reconcile(*this, join.thenValue, thenArm.block, join.elseValue, elseArm.block)) {
        auto old = before.find(name);
        bool live = old != before.end() && old->second.value;
        bool thenChanged = !live || !old->second.value.identical(thenBinding.value);
        bool elseChanged = !live || !old->second.value.identical(elseBinding.value);
        std::string message;
        if (thenChanged && elseChanged)
          message = "`" + name.str() +
                    "` has another type after each branch of the `if`: " + describeValue(thenBinding.value) + " and " +
                    describeValue(elseBinding.value);
        else
          message = "`" + name.str() + "` is " + describeValue(old->second.value) + " before the `if` but becomes " +
                    describeValue(thenChanged ? thenBinding.value : elseBinding.value) + " in its " +
                    (thenChanged ? "then" : "else") + " branch";
        Diagnostic &diagnostic = error("type-mismatch", message);
        diagnostic.note(rangeOf(thenBinding.site),
                        "`" + name.str() + "` is bound to " + describeValue(thenBinding.value) + " here");
        diagnostic.note(rangeOf(elseBinding.site),
                        "`" + name.str() + "` is bound to " + describeValue(elseBinding.value) + " here");
        fine = false;
        break;
      }
      joinedNames.push_back({name, thenBinding.site});
      joins.push_back(std::move(join));
    }
    for (auto &[name, binding] : elseArm.scope)
      if (!thenArm.scope.count(name))
        dropped(name, binding);
  } else if (thenLive || elseLive) {
    for (auto &[name, binding] : (thenLive ? thenArm : elseArm).scope) {
      auto old = before.find(name);
      bool unchanged = old != before.end() && old->second.value.identical(binding.value);
      SmallVector<Tensor> tensors;
      collectTensors(binding.value, tensors);
      if (unchanged || tensors.empty()) {
        after[name] = binding;
        continue;
      }
      joinedNames.push_back({name, binding.site});
      joins.push_back(thenLive ? Join{binding.value, Value()} : Join{Value(), binding.value});
    }
  }
  size_t numNames = joins.size();

  // The return value.
  bool returns = thenFlow.kind != Flow::FallsThrough || elseFlow.kind != Flow::FallsThrough;
  if (fine && returns) {
    result.kind = thenLive || elseLive ? Flow::MayReturn : Flow::Returns;
    result.site = thenFlow.site ? thenFlow.site : elseFlow.site;
    Join join{thenFlow.kind != Flow::FallsThrough ? thenFlow.value : Value(),
              elseFlow.kind != Flow::FallsThrough ? elseFlow.value : Value()};
    if (join.thenValue && join.elseValue &&
        !reconcile(*this, join.thenValue, thenArm.block, join.elseValue, elseArm.block)) {
      Diagnostic &diagnostic = errorAt(elseFlow.site ? elseFlow.site : current, "return-type-mismatch",
                                       "all returns of a function must give one type; got " +
                                           describeValue(elseFlow.value) + " and " + describeValue(thenFlow.value));
      if (thenFlow.site)
        diagnostic.note(rangeOf(thenFlow.site), describeValue(thenFlow.value) + " is returned here");
      fine = false;
    }
    joins.push_back(std::move(join));
  }
  if (!fine)
    return Flow::failure();

  // The yields, arm by arm.
  SmallVector<mlir::Type> types;
  auto yieldArm = [&](Arm &arm, bool isThen) {
    builder.setInsertionPointToEnd(arm.block);
    SmallVector<mlir::Value> yields;
    for (Join &join : joins) {
      SmallVector<Tensor> own;
      const Value &mine = isThen ? join.thenValue : join.elseValue;
      const Value &other = isThen ? join.elseValue : join.thenValue;
      collectTensors(mine ? mine : other, own);
      for (Tensor tensor : own) {
        yields.push_back(mine ? tensor.value : ops.placeholder(tensor.type).value);
        if (isThen)
          types.push_back(ops.ir(tensor.type));
      }
    }
    if (result.kind == Flow::MayReturn) {
      mlir::Value flag = arm.flow.kind == Flow::MayReturn
                             ? arm.flow.returned
                             : ops.constant(Dtype::Int1, arm.flow.kind == Flow::Returns).value;
      yields.push_back(flag);
      if (isThen)
        types.push_back(builder.getI1Type());
    }
    scf::YieldOp::create(builder, op.getLoc(), yields);
  };
  yieldArm(thenArm, true);
  yieldArm(elseArm, false);

  builder.setInsertionPointAfter(op);
  auto joined = scf::IfOp::create(builder, op.getLoc(), types, op.getCondition(), /*addThenBlock=*/false,
                                  /*addElseBlock=*/false);
  joined.getThenRegion().takeBody(op.getThenRegion());
  joined.getElseRegion().takeBody(op.getElseRegion());
  op.erase();

  ValueRange results = joined.getResults();
  for (size_t i = 0; i < joins.size(); ++i) {
    const Value &shape = joins[i].thenValue ? joins[i].thenValue : joins[i].elseValue;
    Value value = shape ? replaceTensors(shape, results) : Value();
    if (i < numNames)
      after[joinedNames[i].first] = Binding{value, joinedNames[i].second, false};
    else
      result.value = value;
  }
  if (result.kind == Flow::MayReturn)
    result.returned = results.front();
  frame->locals = std::move(after);
  return result;
}

} // namespace tegula
