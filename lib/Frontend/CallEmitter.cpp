//===- CallEmitter.cpp - Calls ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"
#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/EmitDepth.h"
#include "lib/Frontend/Emitter.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

bool isConstexprAnnotation(const ast::Expr *annotation) {
  if (!annotation)
    return false;
  if (auto *name = annotation->as<ast::Name>())
    return name->id == "constexpr";
  if (auto *attribute = annotation->as<ast::Attribute>())
    return attribute->attr == "constexpr";
  if (auto *constant = annotation->as<ast::Constant>())
    return constant->isString() && (constant->text == "constexpr" || StringRef(constant->text).ends_with(".constexpr"));
  return false;
}

static std::string countText(unsigned count, StringRef what = "argument") {
  return std::to_string(count) + " " + what.str() + (count == 1 ? "" : "s");
}

bool Emitter::emitArguments(const ast::Call *node, CallArguments &arguments) {
  for (const ast::Expr *argument : node->args) {
    if (auto *starred = argument->as<ast::Starred>()) {
      Value sequence = emit(starred->value);
      if (!sequence)
        return false;
      std::string problem;
      std::vector<Value> items;
      if (!constIterate(sequence, items, problem)) {
        errorAt(argument, "type-error", problem);
        return false;
      }
      arguments.positional.append(items.begin(), items.end());
      continue;
    }
    Value value = emit(argument);
    if (!value)
      return false;
    arguments.positional.push_back(std::move(value));
  }
  for (const ast::Keyword *keyword : node->keywords) {
    if (keyword->arg.empty()) {
      errorAt(keyword, "unsupported-construct", "a call in a kernel does not take `**` arguments")
          .withHint("write the keywords out");
      return false;
    }
    Value value = emit(keyword->value);
    if (!value)
      return false;
    for (auto &[name, other] : arguments.keywords)
      if (name == StringRef(keyword->arg)) {
        errorAt(keyword, "wrong-argument", "the keyword `" + Twine(name) + "` is given twice");
        return false;
      }
    arguments.keywords.push_back({keyword->arg, std::move(value)});
  }
  return true;
}

Value Emitter::emitCall(const ast::Call *node) {
  Value callee = emit(node->func);
  if (!callee)
    return {};
  CallArguments arguments;
  if (!emitArguments(node, arguments))
    return {};
  return call(callee, arguments);
}

Value Emitter::call(const Value &callee, CallArguments &arguments) {
  switch (callee.kind()) {
  case Value::Kind::Builtin: {
    const Builtin &builtin = *callee.asBuiltin();
    if (builtin.flags & Builtin::Unsupported) {
      error("unsupported-builtin", "`" + builtin.displayName() + "` is not supported yet").withHint(builtin.doc.str());
      return {};
    }
    SmallVector<Value> bound;
    if (!bindBuiltin(builtin, arguments, bound))
      return {};
    BuiltinCall builtinCall(*this, builtin, bound);
    return builtin.handler(builtinCall);
  }
  case Value::Kind::Function:
    return callInlined(callee.asFunction(), arguments);
  case Value::Kind::Method: {
    const MethodData &method = callee.asMethod();
    if (method.callee) {
      arguments.positional.insert(arguments.positional.begin(), method.self);
      return call(method.callee, arguments);
    }
    std::string problem;
    if (method.self.isList() && is_contained({"append", "extend", "reverse", "pop"}, StringRef(method.name))) {
      error("unsupported-construct", "a list cannot change in a kernel").withHint("build a new tuple: `items + (x,)`");
      return {};
    }
    if (!arguments.keywords.empty()) {
      error("wrong-argument",
            "the method " + method.name + " takes no keywords here; got `" + arguments.keywords[0].first + "`");
      return {};
    }
    Value result = constMethodCall(method, arguments.positional, problem);
    if (!result)
      error("constexpr-error", problem);
    return result;
  }
  case Value::Kind::Object:
    if (std::optional<Value> made = makeNamedTuple(callee.asObject(), arguments))
      return *made;
    return callEnvironment(callee.asObject().environment, callee.asObject().handle, arguments);
  default:
    error("type-error", describeValue(callee) + " cannot be called");
    return {};
  }
}

std::optional<Value> Emitter::makeNamedTuple(ObjectRef cls, CallArguments &arguments) {
  Value fields;
  std::string problem;
  if (!cls.handle || cls.environment->getattr(cls.handle, "_fields", fields, problem) != Environment::Answer::Found ||
      !fields.isTuple() || !all_of(fields.items(), [](const Value &field) { return field.isString(); }))
    return std::nullopt;
  std::vector<std::string> names;
  for (const Value &field : fields.items())
    names.push_back(field.asString());
  std::vector<Value> items(arguments.positional.begin(), arguments.positional.end());
  items.resize(std::max(items.size(), names.size()));
  for (auto &[name, value] : arguments.keywords) {
    auto found = find(names, name);
    if (found == names.end() || items[size_t(found - names.begin())]) {
      error("wrong-argument", found == names.end() ? "the named tuple has no field `" + name + "`"
                                                   : "the named tuple gets the field `" + name + "` twice")
          .withHint(suggestion(name, names));
      return Value();
    }
    items[size_t(found - names.begin())] = value;
  }
  if (items.size() != names.size() || !all_of(items, [](const Value &item) { return bool(item); })) {
    error("wrong-argument-count", "the named tuple has " + countText(unsigned(names.size()), "field") + "; got " +
                                      Twine(arguments.positional.size() + arguments.keywords.size()));
    return Value();
  }
  return Value::tuple(std::move(items), std::move(names));
}

/// Compile-time code of the host: all arguments must be known now.
Value Emitter::callEnvironment(Environment *owner, void *object, const CallArguments &arguments) {
  Environment::Keywords keywords;
  for (auto &[name, value] : arguments.keywords)
    keywords.emplace_back(name.str(), value);
  auto check = [&](const Value &value) {
    if (value.isConstexpr())
      return true;
    error("type-error",
          "a function without @jit runs at compile time and takes compile-time values; got " + describeValue(value))
        .withHint("decorate it with @jit");
    return false;
  };
  if (!all_of(arguments.positional, check) || !all_of(keywords, [&](auto &keyword) { return check(keyword.second); }))
    return {};
  Value result;
  std::string problem;
  if (owner->call(object, arguments.positional, keywords, result, problem) == Environment::Answer::Found && result)
    return result;
  error("unsupported-call", problem.empty() ? Twine("this object cannot be called in a kernel") : Twine(problem));
  return {};
}

//===----------------------------------------------------------------------===//
// Builtins
//===----------------------------------------------------------------------===//

bool Emitter::bindBuiltin(const Builtin &builtin, CallArguments &arguments, SmallVectorImpl<Value> &bound) {
  ArrayRef<BuiltinParameter> parameters = builtin.parameters;
  bound.assign(parameters.size(), Value());
  size_t next = 0, taken = 0;
  for (; next < parameters.size() && taken < arguments.positional.size(); ++next) {
    if (parameters[next].form == BuiltinParameter::VarArgs) {
      bound[next] = Value::tuple({arguments.positional.begin() + taken, arguments.positional.end()});
      taken = arguments.positional.size();
      continue;
    }
    if (parameters[next].form == BuiltinParameter::KeywordOnly)
      break;
    bound[next] = arguments.positional[taken++];
  }
  std::string display = "`" + builtin.displayName() + builtin.signature.str() + "`";
  if (taken < arguments.positional.size()) {
    unsigned most = count_if(parameters, [](auto &p) { return p.form == BuiltinParameter::Plain; });
    error("wrong-argument-count",
          builtin.displayName() + " takes at most " + countText(most) + "; got " + Twine(arguments.positional.size()))
        .withHint("the signature is " + display);
    return false;
  }
  for (auto &[name, value] : arguments.keywords) {
    auto found = find_if(parameters, [&](auto &p) { return p.name == name && p.form != BuiltinParameter::VarArgs; });
    if (found == parameters.end()) {
      std::vector<std::string> names;
      for (auto &parameter : parameters)
        names.push_back(parameter.name.str());
      std::string close = suggestion(name, names);
      error("wrong-argument", builtin.displayName() + " has no parameter `" + name + "`")
          .withHint(close.empty() ? "the signature is " + display : close);
      return false;
    }
    Value &slot = bound[size_t(found - parameters.begin())];
    if (slot) {
      error("wrong-argument", builtin.displayName() + " gets the parameter `" + name + "` twice");
      return false;
    }
    slot = value;
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (bound[i])
      continue;
    if (parameters[i].form == BuiltinParameter::VarArgs) {
      bound[i] = Value::tuple({});
    } else if (parameters[i].defaultValue) {
      bound[i] = parameters[i].defaultValue;
    } else {
      error("wrong-argument-count", builtin.displayName() + " misses its argument `" + parameters[i].name + "`")
          .withHint("the signature is " + display);
      return false;
    }
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Functions of the language
//===----------------------------------------------------------------------===//

Diagnostic &Emitter::wrongArgumentCount(const LoadedFunction &loaded, const Twine &message) {
  Diagnostic &diagnostic = error("wrong-argument-count", message);
  if (!loaded.source.isLibrary)
    diagnostic.note(SourceRange(std::string_view(loaded.file), loaded.def->nameSpan),
                    loaded.source.name + " is defined here");
  return diagnostic;
}

bool Emitter::bindParameters(const LoadedFunction &loaded, Frame &callee, CallArguments &arguments) {
  const ast::Arguments *list = loaded.def->args;
  SmallVector<const ast::Arg *> plain;
  plain.append(list->posonlyargs.begin(), list->posonlyargs.end());
  plain.append(list->args.begin(), list->args.end());
  const std::string &name = loaded.source.name;
  if (list->kwarg) {
    error("unsupported-construct",
          name + " takes `**" + std::string(list->kwarg->arg) + "`, which a kernel cannot pass");
    return false;
  }
  if (arguments.positional.size() > plain.size() && !list->vararg) {
    size_t optional = list->defaults.size();
    wrongArgumentCount(loaded, name + " takes " + (optional ? "at most " : "") + countText(unsigned(plain.size())) +
                                   "; got " + Twine(arguments.positional.size()));
    return false;
  }

  auto bindOne = [&](const ast::Arg *parameter, Value value) {
    if (isConstexprAnnotation(parameter->annotation) && !value.isConstexpr()) {
      error("wrong-argument", "`" + Twine(StringRef(parameter->arg)) + "` of " + name +
                                  " is a constexpr parameter; got a run-time value of type " + describeValue(value));
      return false;
    }
    Binding &binding = callee.locals[StringRef(parameter->arg)];
    binding.value = std::move(value);
    binding.site = parameter;
    return true;
  };
  // Defaults are expressions of the function's own module.
  auto defaultOf = [&](const ast::Expr *expr) {
    Frame outside;
    outside.function = callee.function;
    outside.loaded = callee.loaded;
    outside.caller = callee.caller;
    outside.callSite = callee.callSite;
    outside.callerLocation = callee.callerLocation;
    Frame *before = frame;
    frame = &outside;
    Value value = emit(expr);
    frame = before;
    return value;
  };

  SmallVector<bool> usedKeyword(arguments.keywords.size(), false);
  auto keywordFor = [&](const ast::Arg *parameter) -> int {
    for (size_t i = 0; i < arguments.keywords.size(); ++i)
      if (arguments.keywords[i].first == StringRef(parameter->arg))
        return int(i);
    return -1;
  };
  size_t firstDefault = plain.size() - list->defaults.size();
  SmallVector<StringRef> missing;
  auto bindNamed = [&](const ast::Arg *parameter, const ast::Expr *defaultExpr, bool isPositionalOnly) {
    int keyword = isPositionalOnly ? -1 : keywordFor(parameter);
    if (keyword >= 0) {
      usedKeyword[size_t(keyword)] = true;
      return bindOne(parameter, arguments.keywords[size_t(keyword)].second);
    }
    if (defaultExpr) {
      Value value = defaultOf(defaultExpr);
      return value && bindOne(parameter, std::move(value));
    }
    missing.push_back(parameter->arg);
    return true;
  };
  for (size_t i = 0; i < plain.size(); ++i) {
    if (i < arguments.positional.size()) {
      if (i >= list->posonlyargs.size() && keywordFor(plain[i]) >= 0) {
        error("wrong-argument", name + " gets the parameter `" + Twine(StringRef(plain[i]->arg)) + "` twice");
        return false;
      }
      if (!bindOne(plain[i], arguments.positional[i]))
        return false;
    } else if (!bindNamed(plain[i], i >= firstDefault ? list->defaults[i - firstDefault] : nullptr,
                          i < list->posonlyargs.size())) {
      return false;
    }
  }
  for (size_t i = 0; i < list->kwonlyargs.size(); ++i)
    if (!bindNamed(list->kwonlyargs[i], list->kwDefaults[i], false))
      return false;
  if (list->vararg) {
    std::vector<Value> rest;
    if (arguments.positional.size() > plain.size())
      rest.assign(arguments.positional.begin() + plain.size(), arguments.positional.end());
    Binding &binding = callee.locals[StringRef(list->vararg->arg)];
    binding.value = Value::tuple(std::move(rest));
    binding.site = list->vararg;
  }
  for (size_t i = 0; i < usedKeyword.size(); ++i)
    if (!usedKeyword[i]) {
      std::vector<std::string> names;
      for (const ast::Arg *parameter : plain)
        names.push_back(std::string(parameter->arg));
      wrongArgumentCount(loaded, name + " has no parameter `" + arguments.keywords[i].first + "`")
          .withHint(suggestion(arguments.keywords[i].first, names));
      return false;
    }
  if (!missing.empty()) {
    std::string text;
    for (StringRef one : missing)
      text += (text.empty() ? "`" : ", `") + one.str() + "`";
    wrongArgumentCount(loaded, name + " takes " + countText(unsigned(plain.size())) + "; got " +
                                   Twine(arguments.positional.size() + arguments.keywords.size()) + ", without " +
                                   text);
    return false;
  }
  return true;
}

Value Emitter::callInlined(FunctionRef function, CallArguments &arguments) {
  const LoadedFunction *loaded = load(function);
  if (!loaded)
    return {};
  if (loaded->source.isConstexprFunction)
    return callEnvironment(function.environment, function.handle, arguments);
  constexpr unsigned maxCalls = 64;
  if (callDepth >= maxCalls) {
    error("too-deeply-nested", "calls nest more than " + Twine(maxCalls) + " deep in " + loaded->source.name)
        .withHint("a recursive helper must end by a compile-time `if`");
    return {};
  }
  EmitDepth guard(*this);
  if (!guard)
    return {};

  Frame callee;
  callee.function = function;
  callee.loaded = loaded;
  callee.caller = frame;
  callee.callSite = current;
  callee.callerLocation = location();
  if (!bindParameters(*loaded, callee, arguments))
    return {};

  const ast::Node *callSite = current;
  Frame *caller = frame;
  frame = &callee;
  ++callDepth;
  Flow flow = emitBody(loaded->def->body, /*isTail=*/true);
  --callDepth;
  frame = caller;
  current = callSite;
  if (flow.failed)
    return {};
  return flow.value ? flow.value : Value::none();
}

Value Emitter::callFunction(FunctionRef function, ArrayRef<Value> arguments) {
  CallArguments list;
  list.positional.append(arguments.begin(), arguments.end());
  return callInlined(function, list);
}

//===----------------------------------------------------------------------===//
// BuiltinCall
//===----------------------------------------------------------------------===//

Value BuiltinCall::mistyped(unsigned i, StringRef expected) {
  std::string got =
      arguments[i].isTensor() ? "a run-time value of type " + describeValue(arguments[i]) : describeValue(arguments[i]);
  Diagnostic &diagnostic = error("type-error", "`" + parameter(i) + "` of " + builtin.displayName() + " must be " +
                                                   expected + "; got " + got);
  if (arguments[i].isTensor() && (expected.contains("compile-time")))
    diagnostic.withHint("a name bound to a literal is a run-time value; annotate it: `NAME: tl.constexpr = ...`");
  return {};
}

Tensor BuiltinCall::tensor(unsigned i) {
  if (arguments[i].isTensor() || arguments[i].isNumber())
    return ops.toTensor(arguments[i]);
  mistyped(i, "a scalar or a block");
  return {};
}

Tensor BuiltinCall::block(unsigned i) {
  Tensor tensor = arguments[i].asTensor();
  if (tensor && tensor.type.isBlock())
    return tensor;
  mistyped(i, "a block");
  return {};
}

bool BuiltinCall::getBool(unsigned i, bool &result) {
  const Value &value = arguments[i];
  if (value.isBool() || value.isInt() || value.isNone()) {
    result = constTruth(value);
    return true;
  }
  return bool(mistyped(i, "a compile-time bool"));
}

bool BuiltinCall::getInt(unsigned i, int64_t &result) {
  if (arguments[i].isIntegral())
    if (std::optional<int64_t> value = arguments[i].asInteger().asInt64()) {
      result = *value;
      return true;
    }
  return bool(mistyped(i, "a compile-time int"));
}

bool BuiltinCall::getString(unsigned i, std::string &result) {
  if (arguments[i].isNone()) {
    result.clear();
    return true;
  }
  if (!arguments[i].isString())
    return bool(mistyped(i, "a string"));
  result = arguments[i].asString();
  return true;
}

bool BuiltinCall::getDtype(unsigned i, Type &result) {
  if (!arguments[i].isType() || arguments[i].asType().isBlock() || arguments[i].asType().isVoid())
    return bool(mistyped(i, "a dtype"));
  result = arguments[i].asType();
  return true;
}

bool BuiltinCall::getInts(unsigned i, SmallVectorImpl<int64_t> &result) {
  ArrayRef<Value> items(arguments[i]);
  if (arguments[i].isTuple()) {
    items = arguments[i].items();
    if (items.size() == 1 && items[0].isTuple())
      items = items[0].items();
  }
  for (const Value &item : items) {
    std::optional<int64_t> value = item.isIntegral() ? item.asInteger().asInt64() : std::nullopt;
    if (!value)
      return bool(mistyped(i, "a sequence of compile-time ints"));
    result.push_back(*value);
  }
  return true;
}

bool BuiltinCall::getShape(unsigned i, SmallVectorImpl<int64_t> &result) {
  if (!getInts(i, result))
    return false;
  std::optional<std::string> problem = checkShape(result);
  if (!problem)
    return true;
  Diagnostic &diagnostic = error("invalid-shape", *problem);
  emitter.noteBindings(diagnostic, expression(i));
  return false;
}

bool BuiltinCall::getAxis(unsigned i, unsigned rank, unsigned &result) {
  int64_t axis;
  if (!getInt(i, axis))
    return false;
  int64_t resolved = axis < 0 ? axis + int64_t(rank) : axis;
  if (resolved < 0 || resolved >= int64_t(rank)) {
    error("invalid-axis", "axis " + Twine(axis) + " is out of range for a block of " + Twine(rank) +
                              (rank == 1 ? " dimension" : " dimensions"));
    return false;
  }
  result = unsigned(resolved);
  return true;
}

bool BuiltinCall::getFunction(unsigned i, Value &result) {
  if (!arguments[i].isFunction() && !arguments[i].isBuiltin())
    return bool(mistyped(i, "a function"));
  result = arguments[i];
  return true;
}

const ast::Expr *BuiltinCall::expression(unsigned i) const {
  auto *node = emitter.current ? emitter.current->as<ast::Call>() : nullptr;
  if (!node)
    return nullptr;
  for (const ast::Keyword *keyword : node->keywords)
    if (StringRef(keyword->arg) == parameter(i))
      return keyword->value;
  // A method's receiver is argument 0.
  size_t index = i;
  if (builtin.isMethod() && arguments.size() && node->args.size() < i + 1 && index > 0)
    --index;
  return index < node->args.size() ? node->args[index] : nullptr;
}

} // namespace tegula
