//===- ExpressionEmitter.cpp - Expressions ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/EmitDepth.h"
#include "lib/Frontend/Emitter.h"

#include "lib/Syntax/Walk.h"

using namespace llvm;
using namespace mlir;
using tegula::ast::Kind;

namespace tegula {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Value Emitter::lookupGlobal(StringRef name) {
  Value result;
  std::string problem;
  FunctionRef function = frame->function;
  switch (function.environment->lookup(function.handle, name, result, problem)) {
  case Environment::Answer::Found:
    return result;
  case Environment::Answer::Failed:
    error("name-error", problem);
    return {};
  case Environment::Answer::NotFound:
    break;
  }
  // The few of Python's own that kernels may use.
  for (StringRef python : {"len", "list", "range", "float", "int", "isinstance", "getattr", "hasattr", "print", "min",
                           "max", "bool", "str", "tuple", "abs"})
    if (name == python)
      if (Value builtin = languageMember(("py." + name).str()))
        return builtin;

  Diagnostic &diagnostic = error("undefined-name", "the name `" + name + "` is not defined");
  std::vector<std::string> candidates = function.environment->names(function.handle);
  for (auto &[local, binding] : frame->locals)
    if (binding.value)
      candidates.push_back(local.str());
  for (const char *python : {"len", "range", "float", "int", "isinstance", "min", "max"})
    candidates.push_back(python);
  if (isPythonFunction(name))
    diagnostic.withHint("Python's `" + name.str() + "` is not part of the kernel language" +
                        (languageMember(name) ? "; use `tl." + name.str() + "`" : ""));
  else
    diagnostic.withHint(suggestion(name, candidates));
  return {};
}

Value Emitter::emitName(const ast::Name *name) {
  auto found = frame->locals.find(StringRef(name->id));
  if (found == frame->locals.end())
    return lookupGlobal(name->id);
  const Binding &binding = found->second;
  if (binding.value)
    return binding.value;
  error("undefined-name", "the name `" + Twine(StringRef(name->id)) + "` is not defined on every path that leads here")
      .note(rangeOf(binding.site), "it is bound here, inside a branch or loop that may not run")
      .withHint("bind it before the branch or loop");
  return {};
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Value Emitter::emitBinary(ast::BinaryOperator op, const Value &left, const Value &right) {
  if (!left || !right)
    return {};
  if (left.isTensor() || right.isTensor())
    return Value::tensor(ops.binary(op, left, right));
  std::string problem;
  Value result = constBinary(op, left, right, problem);
  if (!result)
    error("constexpr-error", problem);
  return result;
}

Value Emitter::emitUnary(ast::UnaryOperator op, const Value &operand) {
  if (!operand)
    return {};
  if (!operand.isTensor()) {
    std::string problem;
    Value result = constUnary(op, operand, problem);
    if (!result)
      error("constexpr-error", problem);
    return result;
  }
  Tensor x = operand.asTensor();
  switch (op) {
  case ast::UnaryOperator::Invert:
    return Value::tensor(ops.invert(x));
  case ast::UnaryOperator::Not:
    return Value::tensor(ops.logicalNot(x));
  case ast::UnaryOperator::USub:
    return Value::tensor(ops.negate(x));
  case ast::UnaryOperator::UAdd:
    return operand;
  }
  return {};
}

/// Compile-time operands short-circuit as in Python; once a run-time one is met, all that follow are combined with it.
Value Emitter::emitBoolOp(const ast::BoolOp *node) {
  bool isAnd = node->op == ast::BoolOperator::And;
  Value result;
  for (const ast::Expr *operand : node->values) {
    if (result && !result.isTensor() && constTruth(result) != isAnd)
      return result;
    Value next = emit(operand);
    if (!next)
      return {};
    current = node;
    if (!result || !result.isTensor()) {
      // A compile-time operand on the left that did not decide leaves the next one.
      result = next;
      continue;
    }
    if (!next.isTensor() && !next.isBool() && next.isNumber())
      next = Value::boolean(constTruth(next));
    result = Value::tensor(isAnd ? ops.logicalAnd(result, next) : ops.logicalOr(result, next));
    if (!result)
      return {};
  }
  return result;
}

Value Emitter::compareTwo(ast::CompareOperator op, const Value &left, const Value &right) {
  using ast::CompareOperator;
  if (op == CompareOperator::Is || op == CompareOperator::IsNot)
    return Value::boolean(left.identical(right) == (op == CompareOperator::Is));
  if (left.isTensor() || right.isTensor()) {
    if (op == CompareOperator::In || op == CompareOperator::NotIn) {
      error("unsupported-construct",
            "the operator `" + Twine(std::string(ast::spelling(op))) + "` does not take run-time values");
      return {};
    }
    // None and strings are never equal to a number.
    const Value &other = left.isTensor() ? right : left;
    if (!other.isTensor() && !other.isNumber() && (op == CompareOperator::Eq || op == CompareOperator::NotEq))
      return Value::boolean(op == CompareOperator::NotEq);
    return Value::tensor(ops.compare(op, left, right));
  }
  std::string problem;
  Value result = constCompare(op, left, right, problem);
  if (!result)
    error("constexpr-error", problem);
  return result;
}

/// `a < b < c` is `(a < b) and (b < c)` with b evaluated once.
Value Emitter::emitCompare(const ast::Compare *node) {
  Value left = emit(node->left);
  if (!left)
    return {};
  Value result;
  for (size_t i = 0; i < node->ops.size(); ++i) {
    Value right = emit(node->comparators[i]);
    if (!right)
      return {};
    current = node;
    Value one = compareTwo(node->ops[i], left, right);
    if (!one)
      return {};
    if (!result)
      result = one;
    else if (result.isTensor() || one.isTensor())
      result = Value::tensor(ops.logicalAnd(result, one));
    else
      result = Value::boolean(constTruth(result) && constTruth(one));
    if (!result || (!result.isTensor() && !constTruth(result)))
      return result;
    left = right;
  }
  return result;
}

Value Emitter::emitTernary(const ast::IfExp *node) {
  Value test = emit(node->test);
  if (!test)
    return {};
  current = node->test;
  Condition condition = emitCondition(test);
  current = node;
  if (!condition)
    return {};
  if (condition.known)
    return emit(*condition.known ? node->body : node->orelse);

  // The arms are expressions: emit each in its block, then give the operation its result.
  auto op = scf::IfOp::create(builder, location(), TypeRange(), condition.value, /*addThenBlock=*/true,
                              /*addElseBlock=*/true);
  Scope before = frame->locals;
  auto arm = [&](Block *block, const ast::Expr *expr) {
    builder.setInsertionPointToEnd(block);
    Value value = emit(expr);
    frame->locals = before;
    return value;
  };
  Value thenValue = arm(op.thenBlock(), node->body);
  Value elseValue = thenValue ? arm(op.elseBlock(), node->orelse) : Value();
  if (!thenValue || !elseValue) {
    builder.setInsertionPointAfter(op);
    return {};
  }
  if (thenValue.isNone() && elseValue.isNone()) {
    for (Block *block : {op.thenBlock(), op.elseBlock()}) {
      builder.setInsertionPointToEnd(block);
      scf::YieldOp::create(builder, op.getLoc());
    }
    builder.setInsertionPointAfter(op);
    current = node;
    return Value::none();
  }
  // A literal takes the type of the other side.
  auto settle = [&](Block *block, const Value &value, const Value &other) -> Tensor {
    builder.setInsertionPointToEnd(block);
    current = node;
    if (value.isNumber() && other.isTensor()) {
      Type wanted = other.asTensor().type;
      if (!wanted.isBlock() && (wanted.isFloat() || (wanted.isInt() && value.isIntegral())))
        return ops.constant(wanted, value);
    }
    return ops.toTensor(value, "each side of a run-time conditional expression");
  };
  Tensor x = settle(op.thenBlock(), thenValue, elseValue);
  Tensor y = x ? settle(op.elseBlock(), elseValue, thenValue) : Tensor();
  if (x && y && x.type != y.type)
    error("type-mismatch", "both sides of a run-time conditional expression must have one type; got " + x.type.str() +
                               " and " + y.type.str());
  if (!x || !y || x.type != y.type) {
    builder.setInsertionPointAfter(op);
    return {};
  }
  for (auto [block, tensor] : {std::pair(op.thenBlock(), x), std::pair(op.elseBlock(), y)}) {
    builder.setInsertionPointToEnd(block);
    scf::YieldOp::create(builder, op.getLoc(), tensor.value);
  }
  builder.setInsertionPointAfter(op);
  auto joined = scf::IfOp::create(builder, op.getLoc(), TypeRange(x.value.getType()), op.getCondition(),
                                  /*addThenBlock=*/false, /*addElseBlock=*/false);
  joined.getThenRegion().takeBody(op.getThenRegion());
  joined.getElseRegion().takeBody(op.getElseRegion());
  op.erase();
  return Value::tensor(joined.getResult(0), x.type);
}

//===----------------------------------------------------------------------===//
// Displays
//===----------------------------------------------------------------------===//

Value Emitter::emitTuple(ast::ExprList elements, bool isList) {
  std::vector<Value> items;
  items.reserve(elements.size());
  for (const ast::Expr *element : elements) {
    if (auto *starred = element->as<ast::Starred>()) {
      Value sequence = emit(starred->value);
      if (!sequence)
        return {};
      std::string problem;
      std::vector<Value> more;
      if (!constIterate(sequence, more, problem)) {
        errorAt(element, "type-error", problem);
        return {};
      }
      items.insert(items.end(), more.begin(), more.end());
      continue;
    }
    Value item = emit(element);
    if (!item)
      return {};
    items.push_back(std::move(item));
  }
  // Both displays give tuples in the kernel language.
  return Value::tuple(std::move(items));
}

Value Emitter::emitComprehension(ast::ExprList elements, ast::Nodes<ast::Comprehension> generators) {
  if (generators.size() != 1 || generators[0]->isAsync) {
    error("unsupported-construct", "a comprehension has one `for` in a kernel; got " + Twine(generators.size()));
    return {};
  }
  const ast::Comprehension *generator = generators[0];
  Value sequence = emit(generator->iter);
  if (!sequence)
    return {};
  std::string problem;
  std::vector<Value> items, results;
  if (!constIterate(sequence, items, problem)) {
    errorAt(generator->iter, "type-error", problem);
    return {};
  }
  for (const Value &item : items) {
    if (!step() || !emitAssign(generator->target, item, /*keepConstexpr=*/true))
      return {};
    bool keep = true;
    for (const ast::Expr *filter : generator->ifs) {
      Value test = emit(filter);
      if (!test)
        return {};
      if (test.isTensor()) {
        errorAt(filter, "unsupported-construct",
                "the filter of a comprehension must be known at compile time; got " + describeValue(test));
        return {};
      }
      keep = keep && constTruth(test);
    }
    if (!keep)
      continue;
    Value result = emit(elements[0]);
    if (!result)
      return {};
    results.push_back(std::move(result));
  }
  return Value::tuple(std::move(results));
}

Value Emitter::emitFormatted(const ast::JoinedStr *node) {
  std::string text;
  for (const ast::Expr *part : node->values) {
    if (auto *constant = part->as<ast::Constant>()) {
      text += constant->text;
      continue;
    }
    auto *formatted = part->as<ast::FormattedValue>();
    Value value = formatted ? emit(formatted->value) : emit(part);
    if (!value)
      return {};
    std::string spec, problem;
    if (formatted && formatted->formatSpec) {
      Value specText = emit(formatted->formatSpec);
      if (!specText)
        return {};
      spec = strOf(specText);
    }
    if (!value.isConstexpr()) {
      errorAt(part, "type-error", "an f-string holds compile-time values; got " + describeValue(value));
      return {};
    }
    if (!constFormat(value, formatted ? formatted->conversion : -1, spec, text, problem)) {
      errorAt(part, "constexpr-error", problem);
      return {};
    }
    if (text.size() > maxSequence) {
      error("constexpr-error", "the string is too long");
      return {};
    }
  }
  return Value::string(text);
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

Value Emitter::emit(const ast::Expr *expr) {
  EmitDepth guard(*this);
  const ast::Node *before = current;
  current = expr;
  llvm::scope_exit restore([&] { current = before; });
  if (!guard || !step())
    return {};
  Value value = emitByKind(expr);
  std::optional<size_t> weight = constWeight(value);
  if (!weight) {
    error("too-large", "a tuple has at most " + Twine(maxSequence) + " elements, and fewer when it is nested");
    return {};
  }
  return step(*weight / 16) ? value : Value();
}

Value Emitter::emitByKind(const ast::Expr *expr) {
  switch (expr->kind) {
  case Kind::Constant: {
    std::string problem;
    Value value = constantValue(*expr->as<ast::Constant>(), problem);
    if (!value)
      error("constexpr-error", problem);
    return value;
  }
  case Kind::Name:
    return emitName(expr->as<ast::Name>());
  case Kind::BinOp: {
    auto *node = expr->as<ast::BinOp>();
    Value left = emit(node->left);
    Value right = left ? emit(node->right) : Value();
    return emitBinary(node->op, left, right);
  }
  case Kind::UnaryOp:
    return emitUnary(expr->as<ast::UnaryOp>()->op, emit(expr->as<ast::UnaryOp>()->operand));
  case Kind::BoolOp:
    return emitBoolOp(expr->as<ast::BoolOp>());
  case Kind::Compare:
    return emitCompare(expr->as<ast::Compare>());
  case Kind::IfExp:
    return emitTernary(expr->as<ast::IfExp>());
  case Kind::NamedExpr: {
    auto *node = expr->as<ast::NamedExpr>();
    Value value = emit(node->value);
    if (!value || !emitAssign(node->target, value, /*keepConstexpr=*/false))
      return {};
    return emit(node->target);
  }
  case Kind::Tuple:
    return emitTuple(expr->as<ast::Tuple>()->elts, false);
  case Kind::List:
    return emitTuple(expr->as<ast::List>()->elts, true);
  case Kind::ListComp:
    return emitComprehension(ast::ExprList(&expr->as<ast::ListComp>()->elt, 1), expr->as<ast::ListComp>()->generators);
  case Kind::GeneratorExp:
    return emitComprehension(ast::ExprList(&expr->as<ast::GeneratorExp>()->elt, 1),
                             expr->as<ast::GeneratorExp>()->generators);
  case Kind::JoinedStr:
    return emitFormatted(expr->as<ast::JoinedStr>());
  case Kind::Attribute: {
    auto *node = expr->as<ast::Attribute>();
    Value object = emit(node->value);
    return object ? getattr(object, node->attr) : Value();
  }
  case Kind::Subscript:
    return emitSubscript(expr->as<ast::Subscript>());
  case Kind::Slice: {
    auto *node = expr->as<ast::Slice>();
    Value bounds[3];
    const ast::Expr *parts[] = {node->lower, node->upper, node->step};
    for (size_t i = 0; i < 3; ++i) {
      bounds[i] = parts[i] ? emit(parts[i]) : Value::none();
      if (!bounds[i])
        return {};
    }
    return Value::slice(bounds[0], bounds[1], bounds[2]);
  }
  case Kind::Call:
    return emitCall(expr->as<ast::Call>());
  default:
    unsupported(expr);
    return {};
  }
}

} // namespace tegula
