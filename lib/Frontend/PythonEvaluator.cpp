//===- PythonEvaluator.cpp - Runs compile-time Python -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/PythonEvaluator.h"

#include "lib/Frontend/Builtins.h"
#include "lib/Frontend/ConstEval.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using tegula::ast::Kind;

namespace tegula {

Value PythonEvaluator::fail(Context &context, const std::string &message) {
  if (context.error.empty())
    context.error = message;
  return {};
}

bool PythonEvaluator::step(Context &context, size_t work) {
  steps += work;
  if (steps <= maxSteps && depth < 200)
    return true;
  fail(context,
       steps > maxSteps ? "the compile-time code runs for too long" : "the compile-time code nests too deeply");
  return false;
}

Value PythonEvaluator::evaluate(const ast::Expr *expr, Lookup lookup, std::string &error) {
  Locals locals;
  Context context{lookup, &locals, error, {}};
  return eval(expr, context);
}

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

Value PythonEvaluator::evalComprehension(const ast::Expr *element, ast::Nodes<ast::Comprehension> generators,
                                         Context &context) {
  std::vector<Value> results;
  auto nest = [&](auto &self, size_t level) -> bool {
    if (level == generators.size()) {
      Value value = eval(element, context);
      if (!value || results.size() >= maxSequence)
        return false;
      results.push_back(std::move(value));
      return true;
    }
    std::vector<Value> items;
    Value sequence = eval(generators[level]->iter, context);
    if (!sequence || !constIterate(sequence, items, context.error))
      return false;
    for (const Value &item : items) {
      if (!step(context) || !assign(generators[level]->target, item, context))
        return false;
      bool keep = true;
      for (const ast::Expr *filter : generators[level]->ifs) {
        Value test = eval(filter, context);
        if (!test)
          return false;
        keep = keep && constTruth(test);
      }
      if (keep && !self(self, level + 1))
        return false;
    }
    return true;
  };
  if (!nest(nest, 0))
    return fail(context, "the comprehension cannot be evaluated");
  return Value::list(std::move(results));
}

Value PythonEvaluator::evalCall(const ast::Call *node, Context &context) {
  Value callee = eval(node->func, context);
  if (!callee)
    return {};
  std::vector<Value> arguments;
  Environment::Keywords keywords;
  for (const ast::Expr *argument : node->args) {
    auto *starred = argument->as<ast::Starred>();
    Value value = eval(starred ? starred->value : argument, context);
    if (!value)
      return {};
    if (!starred) {
      arguments.push_back(std::move(value));
      continue;
    }
    std::vector<Value> items;
    if (!constIterate(value, items, context.error))
      return {};
    arguments.insert(arguments.end(), items.begin(), items.end());
  }
  for (const ast::Keyword *keyword : node->keywords) {
    if (keyword->arg.empty())
      return fail(context, "`**` arguments are not supported in compile-time code");
    Value value = eval(keyword->value, context);
    if (!value)
      return {};
    keywords.emplace_back(std::string(keyword->arg), std::move(value));
  }
  return call(callee, arguments, keywords, context.error);
}

Value PythonEvaluator::eval(const ast::Expr *expr, Context &context) {
  ++depth;
  llvm::scope_exit leave([&] { --depth; });
  if (!step(context))
    return {};
  Value value = evalByKind(expr, context);
  std::optional<size_t> weight = constWeight(value);
  if (!weight)
    return fail(context, "a tuple or list has at most " + std::to_string(maxSequence) +
                             " elements, and fewer when it is nested");
  return step(context, *weight / 16) ? value : Value();
}

Value PythonEvaluator::evalByKind(const ast::Expr *expr, Context &context) {
  switch (expr->kind) {
  case Kind::Constant:
    return constantValue(*expr->as<ast::Constant>(), context.error);
  case Kind::Name: {
    StringRef name = expr->as<ast::Name>()->id;
    auto local = context.locals->find(name);
    if (local != context.locals->end())
      return local->second;
    std::string why;
    if (Value found = context.lookup(name, why))
      return found;
    if (why.empty())
      if (Value builtin = languageMember(("py." + name).str()))
        return builtin;
    if (why.empty() && isPythonFunction(name))
      return Value::method(Value::module("math"), name);
    return fail(context, why.empty() ? "the name `" + name.str() + "` is not known at compile time" : why);
  }
  case Kind::BinOp: {
    auto *node = expr->as<ast::BinOp>();
    Value left = eval(node->left, context);
    Value right = left ? eval(node->right, context) : Value();
    return right ? constBinary(node->op, left, right, context.error) : Value();
  }
  case Kind::UnaryOp: {
    Value operand = eval(expr->as<ast::UnaryOp>()->operand, context);
    return operand ? constUnary(expr->as<ast::UnaryOp>()->op, operand, context.error) : Value();
  }
  case Kind::BoolOp: {
    auto *node = expr->as<ast::BoolOp>();
    Value result;
    for (const ast::Expr *operand : node->values) {
      result = eval(operand, context);
      if (!result || constTruth(result) != (node->op == ast::BoolOperator::And))
        return result;
    }
    return result;
  }
  case Kind::Compare: {
    auto *node = expr->as<ast::Compare>();
    Value left = eval(node->left, context), result;
    for (size_t i = 0; left && i < node->ops.size(); ++i) {
      Value right = eval(node->comparators[i], context);
      if (!right)
        return {};
      result = constCompare(node->ops[i], left, right, context.error);
      if (!result || !constTruth(result))
        return result;
      left = right;
    }
    return result;
  }
  case Kind::IfExp: {
    auto *node = expr->as<ast::IfExp>();
    Value test = eval(node->test, context);
    return test ? eval(constTruth(test) ? node->body : node->orelse, context) : Value();
  }
  case Kind::NamedExpr: {
    Value value = eval(expr->as<ast::NamedExpr>()->value, context);
    return value && assign(expr->as<ast::NamedExpr>()->target, value, context) ? value : Value();
  }
  case Kind::Tuple:
  case Kind::List: {
    ast::ExprList elements = expr->kind == Kind::Tuple ? expr->as<ast::Tuple>()->elts : expr->as<ast::List>()->elts;
    std::vector<Value> items;
    for (const ast::Expr *element : elements) {
      auto *starred = element->as<ast::Starred>();
      Value item = eval(starred ? starred->value : element, context);
      if (!item)
        return {};
      if (!starred) {
        items.push_back(std::move(item));
        continue;
      }
      std::vector<Value> more;
      if (!constIterate(item, more, context.error))
        return {};
      items.insert(items.end(), more.begin(), more.end());
    }
    return expr->kind == Kind::List ? Value::list(std::move(items)) : Value::tuple(std::move(items));
  }
  case Kind::ListComp:
    return evalComprehension(expr->as<ast::ListComp>()->elt, expr->as<ast::ListComp>()->generators, context);
  case Kind::GeneratorExp:
    return evalComprehension(expr->as<ast::GeneratorExp>()->elt, expr->as<ast::GeneratorExp>()->generators, context);
  case Kind::JoinedStr: {
    std::string text;
    for (const ast::Expr *part : expr->as<ast::JoinedStr>()->values) {
      if (auto *constant = part->as<ast::Constant>()) {
        text += constant->text;
        continue;
      }
      auto *formatted = part->as<ast::FormattedValue>();
      Value value = formatted ? eval(formatted->value, context) : Value();
      Value spec = value && formatted->formatSpec ? eval(formatted->formatSpec, context) : Value::string("");
      if (!value || !spec || !constFormat(value, formatted->conversion, strOf(spec), text, context.error) ||
          text.size() > maxSequence)
        return fail(context, "the f-string cannot be evaluated");
    }
    return Value::string(text);
  }
  case Kind::Attribute: {
    auto *node = expr->as<ast::Attribute>();
    Value object = eval(node->value, context);
    if (!object)
      return {};
    Value result;
    if (object.kind() == Value::Kind::Module)
      result = moduleMember(object.modulePath(), node->attr);
    else if (object.kind() == Value::Kind::Object)
      object.asObject().environment->getattr(object.asObject().handle, node->attr, result, context.error);
    else
      result = constAttribute(object, node->attr, context.error);
    return result ? result
                  : fail(context, describeValue(object) + " has no attribute `" + std::string(node->attr) + "`");
  }
  case Kind::Subscript: {
    auto *node = expr->as<ast::Subscript>();
    Value object = eval(node->value, context);
    Value index = object ? eval(node->slice, context) : Value();
    return index ? constSubscript(object, index, context.error) : Value();
  }
  case Kind::Slice: {
    auto *node = expr->as<ast::Slice>();
    Value lower = node->lower ? eval(node->lower, context) : Value::none();
    Value upper = lower && node->upper ? eval(node->upper, context) : Value::none();
    Value stride = upper && node->step ? eval(node->step, context) : Value::none();
    return lower && upper && stride ? Value::slice(lower, upper, stride) : Value();
  }
  case Kind::Call:
    return evalCall(expr->as<ast::Call>(), context);
  default:
    return fail(context, std::string(ast::describe(expr->kind)) + " is not evaluated at compile time");
  }
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Value PythonEvaluator::call(const Value &callee, ArrayRef<Value> arguments, const Environment::Keywords &keywords,
                            std::string &error) {
  switch (callee.kind()) {
  case Value::Kind::Builtin: {
    StringRef name = callee.asBuiltin()->name;
    if (name == "constexpr" && arguments.size() == 1 && keywords.empty())
      return arguments[0];
    if (name == "dtype" && arguments.size() == 1 && arguments[0].isString())
      if (Type type = Type::parse(arguments[0].asString()))
        return Value::type(type);
    if (name == "pointer_type" && arguments.size() == 1 && arguments[0].isType() && !arguments[0].asType().isPointer())
      return Value::type(arguments[0].asType().pointerTo(false));
    if (name == "next_power_of_2" && arguments.size() == 1 && arguments[0].isIntegral())
      if (std::optional<int64_t> n = arguments[0].asInteger().asInt64(); n && *n < (int64_t(1) << 60))
        return Value::integer(Integer(*n <= 1 ? 1 : int64_t(PowerOf2Ceil(uint64_t(*n)))));
    if (name == "py.isinstance" && arguments.size() == 2 && arguments[1].isBuiltin()) {
      StringRef cls = arguments[1].asBuiltin()->name;
      const Value &value = arguments[0];
      return Value::boolean(cls == "py.int"     ? value.isIntegral()
                            : cls == "py.float" ? value.isFloat()
                            : cls == "py.bool"  ? value.isBool()
                            : cls == "py.str"   ? value.isString()
                                                : false);
    }
    if (name.consume_front("py.") && isPythonFunction(name))
      return callPythonFunction(name, arguments, keywords, error);
    error = "`" + callee.asBuiltin()->displayName() + "` does not run at compile time";
    return {};
  }
  case Value::Kind::Function:
    return callFunction(callee.asFunction(), arguments, keywords, error);
  case Value::Kind::Method: {
    const MethodData &method = callee.asMethod();
    if (!keywords.empty() || method.callee) {
      error = "the method " + method.name + " takes no keywords";
      return {};
    }
    return constMethodCall(method, arguments, error);
  }
  case Value::Kind::Object: {
    Value result;
    ObjectRef object = callee.asObject();
    if (object.environment->call(object.handle, arguments, keywords, result, error) != Environment::Answer::Found &&
        error.empty())
      error = "this object cannot be called at compile time";
    return result;
  }
  default:
    error = describeValue(callee) + " cannot be called";
    return {};
  }
}

Value PythonEvaluator::callFunction(FunctionRef function, ArrayRef<Value> arguments,
                                    const Environment::Keywords &keywords, std::string &error) {
  ++depth;
  llvm::scope_exit leave([&] { --depth; });
  FunctionSource source;
  if (function.environment->functionSource(function.handle, source, error) != Environment::Answer::Found ||
      !source.def) {
    if (error.empty())
      error = "the text of this function is not known";
    return {};
  }
  auto lookup = [&](StringRef name, std::string &why) {
    Value result;
    function.environment->lookup(function.handle, name, result, why);
    return result;
  };
  Locals locals;
  Context context{lookup, &locals, error, {}};
  if (!step(context))
    return {};
  const ast::Arguments *list = source.def->args;
  SmallVector<const ast::Arg *> plain;
  plain.append(list->posonlyargs.begin(), list->posonlyargs.end());
  plain.append(list->args.begin(), list->args.end());
  if (list->kwarg || (arguments.size() > plain.size() && !list->vararg)) {
    error =
        source.name + " takes " + std::to_string(plain.size()) + " arguments; got " + std::to_string(arguments.size());
    return {};
  }
  SmallVector<bool> used(keywords.size(), false);
  auto bindNamed = [&](const ast::Arg *parameter, const ast::Expr *defaultExpr) {
    for (size_t i = 0; i < keywords.size(); ++i)
      if (keywords[i].first == parameter->arg) {
        used[i] = true;
        locals[StringRef(parameter->arg)] = keywords[i].second;
        return true;
      }
    if (!defaultExpr) {
      error = source.name + " misses its argument `" + std::string(parameter->arg) + "`";
      return false;
    }
    Value value = evaluate(defaultExpr, lookup, error);
    if (value)
      locals[StringRef(parameter->arg)] = value;
    return bool(value);
  };
  size_t firstDefault = plain.size() - list->defaults.size();
  for (size_t i = 0; i < plain.size(); ++i) {
    if (i < arguments.size())
      locals[StringRef(plain[i]->arg)] = arguments[i];
    else if (!bindNamed(plain[i], i >= firstDefault ? list->defaults[i - firstDefault] : nullptr))
      return {};
  }
  for (size_t i = 0; i < list->kwonlyargs.size(); ++i)
    if (!bindNamed(list->kwonlyargs[i], list->kwDefaults[i]))
      return {};
  for (size_t i = 0; i < used.size(); ++i)
    if (!used[i]) {
      error = source.name + " has no parameter `" + keywords[i].first + "`";
      return {};
    }
  if (list->vararg) {
    std::vector<Value> rest;
    if (arguments.size() > plain.size())
      rest.assign(arguments.begin() + plain.size(), arguments.end());
    locals[StringRef(list->vararg->arg)] = Value::tuple(std::move(rest));
  }
  switch (run(source.def->body, context)) {
  case Outcome::Return:
    return context.result;
  case Outcome::Fail:
    if (error.empty())
      error = source.name + " cannot be evaluated at compile time";
    return {};
  default:
    return Value::none();
  }
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

bool PythonEvaluator::assign(const ast::Expr *target, const Value &value, Context &context) {
  if (auto *name = target->as<ast::Name>()) {
    (*context.locals)[StringRef(name->id)] = value;
    return true;
  }
  if (auto *subscript = target->as<ast::Subscript>()) {
    Value object = eval(subscript->value, context);
    Value index = object ? eval(subscript->slice, context) : Value();
    if (!index)
      return false;
    std::optional<int64_t> position = index.isIntegral() ? index.asInteger().asInt64() : std::nullopt;
    int64_t size = object.isList() ? int64_t(object.items().size()) : 0;
    if (!object.isList() || !position || *position < -size || *position >= size)
      return bool(fail(context, "this element cannot be assigned"));
    if (constHolds(value, object))
      return bool(fail(context, "a list cannot hold itself"));
    object.mutableItems()[size_t(*position < 0 ? *position + size : *position)] = value;
    return true;
  }
  ast::ExprList elements;
  if (auto *tuple = target->as<ast::Tuple>())
    elements = tuple->elts;
  else if (auto *list = target->as<ast::List>())
    elements = list->elts;
  else
    return bool(fail(context, "this target cannot be assigned in compile-time code"));
  std::vector<Value> items;
  if (!constIterate(value, items, context.error))
    return false;
  if (items.size() != elements.size())
    return bool(fail(context, std::to_string(elements.size()) + " names are bound to " + std::to_string(items.size()) +
                                  " values"));
  for (size_t i = 0; i < items.size(); ++i)
    if (!assign(elements[i], items[i], context))
      return false;
  return true;
}

PythonEvaluator::Outcome PythonEvaluator::run(ast::StmtList statements, Context &context) {
  for (const ast::Stmt *statement : statements) {
    Outcome outcome = runOne(statement, context);
    if (outcome != Outcome::Next)
      return outcome;
  }
  return Outcome::Next;
}

PythonEvaluator::Outcome PythonEvaluator::runOne(const ast::Stmt *statement, Context &context) {
  ++depth;
  llvm::scope_exit leave([&] { --depth; });
  if (!step(context))
    return Outcome::Fail;
  auto done = [](bool fine) { return fine ? Outcome::Next : Outcome::Fail; };
  switch (statement->kind) {
  case Kind::Pass:
    return Outcome::Next;
  case Kind::Break:
    return Outcome::Break;
  case Kind::Continue:
    return Outcome::Continue;
  case Kind::ExprStmt:
    return done(bool(eval(statement->as<ast::ExprStmt>()->value, context)));
  case Kind::Return: {
    const ast::Expr *value = statement->as<ast::Return>()->value;
    context.result = value ? eval(value, context) : Value::none();
    return context.result ? Outcome::Return : Outcome::Fail;
  }
  case Kind::Assign: {
    auto *node = statement->as<ast::Assign>();
    Value value = eval(node->value, context);
    return done(value &&
                all_of(node->targets, [&](const ast::Expr *target) { return assign(target, value, context); }));
  }
  case Kind::AnnAssign: {
    auto *node = statement->as<ast::AnnAssign>();
    if (!node->value)
      return Outcome::Next;
    Value value = eval(node->value, context);
    return done(value && assign(node->target, value, context));
  }
  case Kind::AugAssign: {
    auto *node = statement->as<ast::AugAssign>();
    Value left = eval(node->target, context);
    Value right = left ? eval(node->value, context) : Value();
    Value result = right ? constBinary(node->op, left, right, context.error) : Value();
    return done(result && assign(node->target, result, context));
  }
  case Kind::If: {
    auto *node = statement->as<ast::If>();
    Value test = eval(node->test, context);
    return test ? run(constTruth(test) ? node->body : node->orelse, context) : Outcome::Fail;
  }
  case Kind::For: {
    auto *node = statement->as<ast::For>();
    std::vector<Value> items;
    Value sequence = eval(node->iter, context);
    if (!sequence || !constIterate(sequence, items, context.error))
      return Outcome::Fail;
    for (const Value &item : items) {
      if (!step(context) || !assign(node->target, item, context))
        return Outcome::Fail;
      Outcome outcome = run(node->body, context);
      if (outcome == Outcome::Break)
        return Outcome::Next;
      if (outcome == Outcome::Return || outcome == Outcome::Fail)
        return outcome;
    }
    return run(node->orelse, context);
  }
  case Kind::While: {
    auto *node = statement->as<ast::While>();
    while (true) {
      Value test = eval(node->test, context);
      if (!test || !step(context))
        return Outcome::Fail;
      if (!constTruth(test))
        return run(node->orelse, context);
      Outcome outcome = run(node->body, context);
      if (outcome == Outcome::Break)
        return Outcome::Next;
      if (outcome == Outcome::Return || outcome == Outcome::Fail)
        return outcome;
    }
  }
  case Kind::Assert: {
    auto *node = statement->as<ast::Assert>();
    Value test = eval(node->test, context);
    if (!test || constTruth(test))
      return done(bool(test));
    Value message = node->msg ? eval(node->msg, context) : Value::string("");
    fail(context, "assertion failed" + (message && !strOf(message).empty() ? ": " + strOf(message) : std::string()));
    return Outcome::Fail;
  }
  default:
    fail(context, std::string(ast::describe(statement->kind)) + " does not run at compile time");
    return Outcome::Fail;
  }
}

} // namespace tegula
