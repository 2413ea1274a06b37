//===- Builtins.cpp - The table, and what qualified names mean --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Builtins.h"

#include "lib/Frontend/ConstEval.h"
#include "lib/Frontend/StdLibrary.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace tegula {

namespace {

/// Parses "(a, b=None, *rest, c='x')".
std::vector<BuiltinParameter> parseSignature(StringRef signature) {
  std::vector<BuiltinParameter> parameters;
  StringRef body = signature.drop_front().drop_back();
  bool keywordOnly = false;
  while (!body.empty()) {
    // "()" is the only default with a comma's neighbourhood; no default holds a comma.
    auto [part, rest] = body.split(',');
    body = rest;
    auto [name, defaultText] = part.trim().split('=');
    BuiltinParameter parameter;
    parameter.form = keywordOnly ? BuiltinParameter::KeywordOnly : BuiltinParameter::Plain;
    if (name.consume_front("*")) {
      keywordOnly = true;
      parameter.form = BuiltinParameter::VarArgs;
    }
    parameter.name = name;
    int64_t integer;
    if (defaultText == "None")
      parameter.defaultValue = Value::none();
    else if (defaultText == "True" || defaultText == "False")
      parameter.defaultValue = Value::boolean(defaultText == "True");
    else if (defaultText == "()")
      parameter.defaultValue = Value::tuple({});
    else if (defaultText.starts_with("'"))
      parameter.defaultValue = Value::string(defaultText.drop_front().drop_back());
    else if (!defaultText.empty() && !defaultText.getAsInteger(10, integer))
      parameter.defaultValue = Value::integer(Integer(integer));
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

struct Table {
  std::vector<Builtin> storage;
  StringMap<const Builtin *> byName;
  std::vector<const Builtin *> sorted;

  Table() {
    ArrayRef<Builtin> families[] = {programBuiltins(), creationBuiltins(),    shapeBuiltins(),
                                    memoryBuiltins(),  elementwiseBuiltins(), mathBuiltins(),
                                    reduceBuiltins(),  debugBuiltins(),       typeBuiltins(),
                                    pythonBuiltins(),  libdeviceBuiltins(),   unsupportedBuiltins()};
    for (ArrayRef<Builtin> family : families)
      storage.insert(storage.end(), family.begin(), family.end());
    for (Builtin &entry : storage) {
      entry.parameters = parseSignature(entry.signature);
      byName[entry.name] = &entry;
      sorted.push_back(&entry);
    }
    llvm::sort(sorted, [](const Builtin *a, const Builtin *b) { return a->name < b->name; });
  }
};

const Table &table() {
  static const Table instance;
  return instance;
}

constexpr StringLiteral submodules[] = {"core",
                                        "math",
                                        "standard",
                                        "random",
                                        "target_info",
                                        "extra",
                                        "extra.libdevice",
                                        "extra.cuda",
                                        "extra.cuda.libdevice",
                                        "extra.hip",
                                        "extra.hip.libdevice",
                                        "extra.cpu",
                                        "extra.cpu.libdevice",
                                        "PropagateNan"};

} // namespace

std::string Builtin::displayName() const {
  StringRef text = name;
  if (text.consume_front("py."))
    return text.str();
  return "tl." + text.str();
}

const Builtin *findBuiltin(StringRef name) { return table().byName.lookup(name); }
ArrayRef<const Builtin *> allBuiltins() { return table().sorted; }

Value languageMember(StringRef name) {
  if (name.empty())
    return Value::module("tl");
  if (is_contained(submodules, name))
    return Value::module(("tl." + name).str());
  if (const Builtin *builtin = findBuiltin(name))
    return Value::builtin(builtin);
  if (name.consume_front("core.") || name.consume_front("standard.") || name.consume_front("random."))
    return languageMember(name);
  for (StringRef flavour : {"extra.cuda.", "extra.hip.", "extra.cpu."})
    if (StringRef rest = name; rest.consume_front(flavour) && rest.starts_with("libdevice."))
      return languageMember(("extra." + rest).str());
  if (StringRef rest = name; rest.consume_front("math.")) {
    Value found = languageMember(rest);
    if (found.isBuiltin() || found.isFunction())
      return found;
    return languageMember(("extra.libdevice." + rest).str());
  }
  if (name.contains('.')) {
    return StringSwitch<Value>(name)
        .Case("PropagateNan.NONE", Value::integer(Integer(0)))
        .Case("PropagateNan.ALL", Value::integer(Integer(0xFFFF)))
        .Default({});
  }
  if (Value function = StdLibrary::get().find(name))
    return function;
  for (const DtypeName &dtype : dtypeNames())
    if (name == dtype.python)
      return Value::type(dtype.dtype);
  if (name == "TRITON_MAX_TENSOR_NUMEL")
    return Value::integer(Integer(Type::maxElements));
  if (name == "pi32_t")
    return Value::type(Type(Dtype::Int32).pointerTo(false));
  return {};
}

Value moduleMember(StringRef path, StringRef name) {
  if (path == "triton") {
    if (name == "language")
      return Value::module("tl");
    if (name == "cdiv" || name == "next_power_of_2")
      return languageMember(name);
    return {};
  }
  if (path == "math") {
    if (Value constant = mathConstant(name))
      return constant;
    std::string qualified = ("math." + name).str();
    // A function of Python's module: called on compile-time values only.
    return isPythonFunction(qualified) ? Value::method(Value::module("math"), qualified) : Value();
  }
  StringRef inside = path;
  if (!inside.consume_front("tl"))
    return {};
  inside.consume_front(".");
  return languageMember(inside.empty() ? name.str() : (inside + "." + name).str());
}

Value importedModule(StringRef path) {
  for (StringRef package : {"triton", "tegula"}) {
    StringRef rest = path;
    if (!rest.consume_front(package))
      continue;
    if (rest.empty())
      return Value::module("triton");
    if (rest.consume_front(".language") && (rest.empty() || rest.consume_front("."))) {
      Value module = languageMember(rest);
      return module.kind() == Value::Kind::Module ? module : Value();
    }
    return {};
  }
  return path == "math" ? Value::module("math") : Value();
}

std::vector<std::string> moduleNames(StringRef path) {
  std::vector<std::string> names;
  std::string prefix = path == "tl" ? "" : path.starts_with("tl.") ? path.drop_front(3).str() + "." : "-";
  if (prefix == "math." || prefix == "core." || prefix == "standard.")
    prefix = "";
  for (const Builtin *builtin : allBuiltins()) {
    StringRef name = builtin->name;
    if (!name.starts_with("py.") && name.consume_front(prefix) && !name.contains('.') && !name.starts_with("_"))
      names.push_back(name.str());
  }
  if (prefix.empty()) {
    for (const DtypeName &dtype : dtypeNames())
      names.push_back(dtype.python.str());
    for (std::string &name : StdLibrary::get().functionNames())
      if (!StringRef(name).starts_with("_"))
        names.push_back(name);
  }
  return names;
}

Value tensorMethod(StringRef name) {
  if (const Builtin *builtin = findBuiltin(name))
    return builtin->isMethod() || (builtin->flags & Builtin::Unsupported) ? Value::builtin(builtin) : Value();
  return StdLibrary::get().findMethod(name);
}

} // namespace tegula
