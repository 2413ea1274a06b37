//===- StatementEmitter.cpp - Statements ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/EmitDepth.h"
#include "lib/Frontend/Emitter.h"

#include "dialects/Tile/IR/Tile.h"
#include "lib/Syntax/Walk.h"

using namespace llvm;
using namespace mlir;
using tegula::ast::Kind;

namespace tegula {

//===----------------------------------------------------------------------===//
// Values that hold several
//===----------------------------------------------------------------------===//

void collectTensors(const Value &value, SmallVectorImpl<Tensor> &tensors) {
  if (value.isTensor())
    tensors.push_back(value.asTensor());
  else if (value.isTuple())
    for (const Value &item : value.items())
      collectTensors(item, tensors);
}

Value replaceTensors(const Value &value, ValueRange &replacements) {
  if (value.isTensor()) {
    mlir::Value first = replacements.front();
    replacements = replacements.drop_front();
    return Value::tensor(first, value.asTensor().type);
  }
  if (!value.isTuple())
    return value;
  std::vector<Value> items;
  for (const Value &item : value.items())
    items.push_back(replaceTensors(item, replacements));
  return Value::tuple(std::move(items), value.fieldNames());
}

static void addAssignedTargets(const ast::Expr *target, SmallVectorImpl<StringRef> &names) {
  if (auto *name = target->as<ast::Name>()) {
    if (!is_contained(names, StringRef(name->id)))
      names.push_back(name->id);
  } else if (auto *tuple = target->as<ast::Tuple>()) {
    for (const ast::Expr *element : tuple->elts)
      addAssignedTargets(element, names);
  } else if (auto *list = target->as<ast::List>()) {
    for (const ast::Expr *element : list->elts)
      addAssignedTargets(element, names);
  } else if (auto *starred = target->as<ast::Starred>()) {
    addAssignedTargets(starred->value, names);
  }
}

void collectAssigned(const ast::Node &node, SmallVectorImpl<StringRef> &names) {
  ast::walk(node, [&](const ast::Node &part) {
    switch (part.kind) {
    case Kind::Assign:
      for (const ast::Expr *target : part.as<ast::Assign>()->targets)
        addAssignedTargets(target, names);
      break;
    case Kind::AugAssign:
      addAssignedTargets(part.as<ast::AugAssign>()->target, names);
      break;
    case Kind::AnnAssign:
      if (part.as<ast::AnnAssign>()->value)
        addAssignedTargets(part.as<ast::AnnAssign>()->target, names);
      break;
    case Kind::For:
      addAssignedTargets(part.as<ast::For>()->target, names);
      break;
    case Kind::NamedExpr:
      addAssignedTargets(part.as<ast::NamedExpr>()->target, names);
      break;
    case Kind::Comprehension:
      addAssignedTargets(part.as<ast::Comprehension>()->target, names);
      break;
    default:
      break;
    }
    return true;
  });
}

Value Emitter::decay(const Value &value) {
  if (value.isNumber())
    return Value::tensor(ops.toTensor(value));
  if (!value.isTuple())
    return value;
  std::vector<Value> items;
  for (const Value &item : value.items()) {
    Value decayed = decay(item);
    if (!decayed)
      return {};
    items.push_back(std::move(decayed));
  }
  return Value::tuple(std::move(items), value.fieldNames());
}

//===----------------------------------------------------------------------===//
// Assignment
//===----------------------------------------------------------------------===//

bool Emitter::bind(StringRef name, const Value &value, const ast::Node *site, bool isConstexpr) {
  auto found = frame->locals.find(name);
  if (found != frame->locals.end() && found->second.isConstexpr && !found->second.value.identical(value)) {
    errorAt(site, "constexpr-rebound", "the constexpr `" + name + "` cannot be bound again")
        .note(rangeOf(found->second.site), "it is bound to " + reprOf(found->second.value) + " here");
    return false;
  }
  frame->locals[name] = Binding{value, site, isConstexpr};
  return true;
}

bool Emitter::emitAssign(const ast::Expr *target, const Value &value, bool keepConstexpr) {
  if (auto *name = target->as<ast::Name>()) {
    StringRef id = name->id;
    bool isConstexpr = false;
    if (auto *pending = find(frame->pendingConstexpr, id); pending != frame->pendingConstexpr.end()) {
      frame->pendingConstexpr.erase(pending);
      isConstexpr = keepConstexpr = true;
      if (!value.isConstexpr()) {
        errorAt(target, "constexpr-error",
                "the value of the constexpr `" + id + "` must be known at compile time; got " + describeValue(value));
        return false;
      }
    }
    Value bound = keepConstexpr ? value : decay(value);
    return bound && bind(id, bound, target, isConstexpr);
  }
  ast::ExprList elements;
  if (auto *tuple = target->as<ast::Tuple>())
    elements = tuple->elts;
  else if (auto *list = target->as<ast::List>())
    elements = list->elts;
  else if (target->is<ast::Attribute>() || target->is<ast::Subscript>()) {
    errorAt(target, "unsupported-construct",
            target->is<ast::Attribute>() ? "an attribute cannot be assigned in a kernel"
                                         : "an element cannot be assigned in a kernel")
        .withHint(target->is<ast::Subscript>() ? "choose with tl.where, or store through a pointer" : "");
    return false;
  } else {
    unsupported(target);
    return false;
  }
  std::vector<Value> items;
  std::string problem;
  if (value.isTensor() || !constIterate(value, items, problem)) {
    errorAt(target, "type-error",
            describeValue(value) + " cannot be unpacked into " + std::to_string(elements.size()) + " names");
    return false;
  }
  if (items.size() != elements.size()) {
    errorAt(target, "type-error", Twine(elements.size()) + " names are bound to " + Twine(items.size()) + " values");
    return false;
  }
  for (size_t i = 0; i < items.size(); ++i)
    if (!emitAssign(elements[i], items[i], keepConstexpr))
      return false;
  return true;
}

bool Emitter::emitAugmented(const ast::AugAssign *node) {
  if (!node->target->is<ast::Name>())
    return emitAssign(node->target, Value::none(), false);
  Value left = emit(node->target);
  Value right = left ? emit(node->value) : Value();
  if (!right)
    return false;
  Value result = emitBinary(node->op, left, right);
  return result && emitAssign(node->target, result, false);
}

bool Emitter::emitAnnotated(const ast::AnnAssign *node) {
  bool isConstexpr = isConstexprAnnotation(node->annotation);
  auto *name = node->target->as<ast::Name>();
  if (!node->value) {
    if (isConstexpr && name && !is_contained(frame->pendingConstexpr, StringRef(name->id)))
      frame->pendingConstexpr.push_back(name->id);
    return true;
  }
  Value value = emit(node->value);
  if (!value)
    return false;
  if (!isConstexpr || !name)
    return emitAssign(node->target, value, isConstexpr);
  if (!value.isConstexpr()) {
    errorAt(node->value, "constexpr-error",
            "the value of the constexpr `" + Twine(StringRef(name->id)) + "` must be known at compile time; got " +
                describeValue(value));
    return false;
  }
  return bind(name->id, value, node->target, true);
}

//===----------------------------------------------------------------------===//
// Other statements
//===----------------------------------------------------------------------===//

Flow Emitter::unsupported(const ast::Node *node, StringRef hint) {
  errorAt(node, "unsupported-construct",
          Twine(node->kind == Kind::FunctionDef ? StringRef("a nested function definition")
                                                : StringRef(ast::describe(node->kind))) +
              " is not part of the kernel language")
      .withHint(hint.str());
  return Flow::failure();
}

Flow Emitter::emitReturn(const ast::Return *node) {
  if (frame->loopDepth) {
    error("unsupported-construct", "a `return` inside a `for` or `while` is not part of the kernel language")
        .withHint("compute the result in the loop and return it after");
    return Flow::failure();
  }
  Flow flow;
  flow.kind = Flow::Returns;
  flow.site = node;
  flow.value = node->value ? emit(node->value) : Value::none();
  return flow.value ? flow : Flow::failure();
}

bool Emitter::emitAssert(const ast::Assert *node) {
  Value test = emit(node->test);
  if (!test)
    return false;
  std::string message;
  if (node->msg) {
    Value text = emit(node->msg);
    if (!text)
      return false;
    if (!text.isConstexpr()) {
      errorAt(node->msg, "type-error",
              "the message of an assert must be known at compile time; got " + describeValue(text));
      return false;
    }
    message = strOf(text);
  }
  if (!options.debug)
    return true;
  Tensor condition =
      ops.truth(test.isTensor() ? test.asTensor() : ops.constant(Dtype::Int1, Value::boolean(constTruth(test))));
  if (!condition)
    return false;
  tile::AssertOp::create(builder, location(), condition.value, message, mlir::Value());
  return true;
}

Flow Emitter::emitStatement(const ast::Stmt *statement, ast::StmtList rest, bool isTail, bool &tookRest) {
  EmitDepth guard(*this);
  if (!guard || !step())
    return Flow::failure();
  current = statement;
  auto done = [](bool fine) { return fine ? Flow() : Flow::failure(); };
  switch (statement->kind) {
  case Kind::Assign: {
    auto *node = statement->as<ast::Assign>();
    if (node->targets.size() != 1) {
      error("unsupported-construct", "a chained assignment is not part of the kernel language")
          .withHint("write one assignment a line");
      return Flow::failure();
    }
    Value value = emit(node->value);
    return done(value && emitAssign(node->targets[0], value, false));
  }
  case Kind::AugAssign:
    return done(emitAugmented(statement->as<ast::AugAssign>()));
  case Kind::AnnAssign:
    return done(emitAnnotated(statement->as<ast::AnnAssign>()));
  case Kind::ExprStmt: {
    const ast::Expr *value = statement->as<ast::ExprStmt>()->value;
    if (value->is<ast::Constant>())
      return {};
    return done(bool(emit(value)));
  }
  case Kind::Pass:
    return {};
  case Kind::Return:
    return emitReturn(statement->as<ast::Return>());
  case Kind::If:
    return emitIf(statement->as<ast::If>(), rest, isTail, tookRest);
  case Kind::For:
    return done(emitFor(statement->as<ast::For>()));
  case Kind::While:
    return done(emitWhile(statement->as<ast::While>()));
  case Kind::Assert:
    return done(emitAssert(statement->as<ast::Assert>()));
  case Kind::FunctionDef:
    return unsupported(statement, "define helpers at module level and decorate them with @jit");
  case Kind::Break:
  case Kind::Continue:
    return unsupported(statement, "guard the work with an `if`, or use a `while` with a flag");
  default:
    return unsupported(statement);
  }
}

Flow Emitter::emitBody(ast::StmtList statements, bool isTail) {
  for (size_t i = 0; i < statements.size(); ++i) {
    ast::StmtList rest = statements.subspan(i + 1);
    bool tookRest = false;
    Flow flow = emitStatement(statements[i], rest, isTail, tookRest);
    if (flow.failed || flow.kind == Flow::Returns || tookRest)
      return flow;
    if (flow.kind == Flow::MayReturn)
      return rest.empty() ? flow : guardRest(flow, rest, isTail);
  }
  return {};
}

} // namespace tegula
