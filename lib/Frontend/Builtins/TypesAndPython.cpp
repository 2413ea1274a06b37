//===- TypesAndPython.cpp - Type constructors and Python's own functions ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"
#include "lib/Frontend/ConstEval.h"

#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static Value emitDtype(BuiltinCall &call) {
  std::string name;
  if (call[0].isType())
    return call[0];
  if (!call.getString(0, name))
    return {};
  StringRef text = name;
  // "int32" and "uint8" as well as "fp32".
  Type type = Type::parse(text);
  if (!type || type.isPointer()) {
    std::vector<std::string> names;
    for (const DtypeName &one : dtypeNames()) {
      names.push_back(one.text.str());
      names.push_back(one.python.str());
    }
    call.error("type-error", "there is no dtype named " + reprOf(call[0])).withHint(Emitter::suggestion(name, names));
    return {};
  }
  return Value::type(type);
}

static Value emitPointerType(BuiltinCall &call) {
  bool isConst;
  if (!call[0].isType() || call[0].asType().isBlock()) {
    call.error("type-error", "tl.pointer_type takes a dtype; got " + describeValue(call[0]));
    return {};
  }
  if (!call.getBool(2, isConst))
    return {};
  Type type = call[0].asType();
  unsigned depth = 0;
  for (Type inner = type; inner.isPointer(); inner = inner.pointee())
    ++depth;
  if (depth >= 6) {
    call.error("type-error", "a pointer type has at most 6 levels; got one more than " + type.str());
    return {};
  }
  return Value::type(type.pointerTo(isConst));
}

static Value emitBlockType(BuiltinCall &call) {
  SmallVector<int64_t> shape;
  if (!call[0].isType() || call[0].asType().isBlock()) {
    call.error("type-error", "tl.block_type takes a dtype; got " + describeValue(call[0]));
    return {};
  }
  if (!call.getShape(1, shape))
    return {};
  if (shape.empty()) {
    call.error("invalid-shape", "a block has at least one dimension; got []");
    return {};
  }
  return Value::type(call[0].asType().withShape(shape));
}

static Value emitIntDtype(BuiltinCall &call) {
  int64_t bits;
  bool isSigned;
  if (!call.getInt(0, bits) || !call.getBool(1, isSigned))
    return {};
  Type type = bits == 1 ? Type(Dtype::Int1) : Type::parse((isSigned ? "i" : "u") + std::to_string(bits));
  if (!type || !type.isInt()) {
    call.error("type-error", "there is no integer type of " + Twine(bits) + " bits");
    return {};
  }
  return Value::type(type);
}

static Value emitConstexpr(BuiltinCall &call) {
  if (call[0].isConstexpr())
    return call[0];
  call.error("constexpr-error", "tl.constexpr takes a compile-time value; got " + describeValue(call[0]));
  return {};
}

static Value emitTuple(BuiltinCall &call) {
  std::vector<Value> items;
  std::string problem;
  if (!constIterate(call[0], items, problem)) {
    call.error("type-error", problem);
    return {};
  }
  return Value::tuple(std::move(items));
}

static Value refuseConstruction(BuiltinCall &call) {
  call.error("unsupported-construct", call.builtin.displayName() + " cannot be called in a kernel");
  return {};
}

static Value emitNextPowerOfTwo(BuiltinCall &call) {
  int64_t n;
  if (!call.getInt(0, n))
    return {};
  return Value::integer(
      Integer(n <= 1 ? 1 : int64_t(PowerOf2Ceil(std::min<uint64_t>(uint64_t(n), uint64_t(1) << 62)))));
}

/// For the library: 0, 1, ..., n - 1 as a tuple, and the product of a tuple of ints.
static Value emitCount(BuiltinCall &call) {
  int64_t n;
  if (!call.getInt(0, n))
    return {};
  std::vector<Value> items;
  for (int64_t i = 0; i < std::min<int64_t>(n, Type::maxRank); ++i)
    items.push_back(Value::integer(Integer(i)));
  return Value::tuple(std::move(items));
}

static Value emitProduct(BuiltinCall &call) {
  std::string problem;
  Value result = callPythonFunction("math.prod", call[0], {}, problem);
  if (!result)
    call.error("constexpr-error", problem);
  return result;
}

static Value emitLog2(BuiltinCall &call) {
  int64_t n;
  if (!call.getInt(0, n))
    return {};
  if (n <= 0) {
    call.error("constexpr-error", "the logarithm of " + Twine(n) + " does not exist");
    return {};
  }
  return Value::integer(Integer(int64_t(Log2_64(uint64_t(n)))));
}

static Value emitIdentity(BuiltinCall &call) { return call[0]; }

static Value emitTarget(BuiltinCall &call) {
  unsigned capability = call.emitter.options.computeCapability;
  switch (call.builtin.variant) {
  case 0:
    return Value::boolean(capability != 0);
  case 1:
    return Value::boolean(false);
  default: {
    int64_t major, minor;
    if (!call.getInt(0, major) || !call.getInt(1, minor))
      return {};
    return Value::boolean(capability != 0 && int64_t(capability) >= major * 10 + minor);
  }
  }
}

ArrayRef<Builtin> typeBuiltins() {
  static const Builtin table[] = {
      {"dtype", "(name)", "The dtype of that name.", emitDtype, Builtin::Class},
      {"pointer_type", "(element_ty, address_space=1, const=False)", "The type of pointers to a dtype.",
       emitPointerType, Builtin::Class},
      {"block_type", "(element_ty, shape)", "The type of blocks of a dtype.", emitBlockType, Builtin::Class},
      {"get_int_dtype", "(bitwidth, signed)", "The integer type of that width.", emitIntDtype},
      {"constexpr", "(value)", "A value of compile time.", emitConstexpr, Builtin::Class},
      {"tensor", "(handle, type)", "The class of run-time scalars and blocks.", refuseConstruction, Builtin::Class},
      {"const", "(value)", "Marks a pointer parameter as read-only.", refuseConstruction, Builtin::Class},
      {"tuple", "(args=())", "A tuple.", emitTuple, Builtin::Class},
      {"constexpr_type", "(value)", "The type of a value of compile time.", refuseConstruction, Builtin::Class},
      {"next_power_of_2", "(n)", "The smallest power of two that is not below n.", emitNextPowerOfTwo},
      {"_log2", "(i)", "The binary logarithm of a compile-time power of two.", emitLog2},
      {"_unwrap_if_constexpr", "(o)", "The value itself: compile-time values have no wrapper.", emitIdentity},
      {"_count", "(n)", "The numbers below n.", emitCount},
      {"_product", "(items)", "The product of compile-time ints.", emitProduct},
      {"target_info.is_cuda", "()", "Whether the target is an NVIDIA GPU.", emitTarget, 0, 0},
      {"target_info.is_hip", "()", "Whether the target is an AMD GPU.", emitTarget, 0, 1},
      {"target_info.is_hip_cdna3", "()", "Whether the target is an AMD GPU of that kind.", emitTarget, 0, 1},
      {"target_info.is_hip_cdna4", "()", "Whether the target is an AMD GPU of that kind.", emitTarget, 0, 1},
      {"target_info.is_hip_gfx1250", "()", "Whether the target is an AMD GPU of that kind.", emitTarget, 0, 1},
      {"target_info.cuda_capability_geq", "(major, minor=0)", "Whether the target is an NVIDIA GPU at least this new.",
       emitTarget, 0, 2},
  };
  return table;
}

//===----------------------------------------------------------------------===//
// Python
//===----------------------------------------------------------------------===//

static Value emitPython(BuiltinCall &call) {
  std::string problem;
  std::vector<Value> arguments = call[0].items();
  StringRef name = call.builtin.name.drop_front(3);
  Value result = callPythonFunction(name, arguments, {}, problem);
  if (!result)
    call.error("constexpr-error", problem);
  return result;
}

/// len() of a block is the size of its first dimension.
static Value emitLen(BuiltinCall &call) {
  const Value &value = call[0];
  if (value.isTuple())
    return Value::integer(Integer(int64_t(value.items().size())));
  if (Tensor tensor = value.asTensor(); tensor && tensor.type.isBlock())
    return Value::integer(Integer(tensor.type.dim(0)));
  std::string problem;
  Value result = callPythonFunction("len", value, {}, problem);
  if (!result)
    call.error("type-error", problem);
  return result;
}

/// min and max of compile-time values are Python's; with a run-time value they are minimum and maximum.
static Value emitPythonExtremum(BuiltinCall &call) {
  std::vector<Value> values = call[0].items();
  bool wantMax = call.builtin.variant;
  if (values.size() == 1 && values[0].isTuple())
    values = values[0].items();
  if (all_of(values, [](const Value &value) { return value.isConstexpr(); })) {
    std::string problem;
    Value result = callPythonFunction(wantMax ? "max" : "min", values, {}, problem);
    if (!result)
      call.error("constexpr-error", problem);
    return result;
  }
  if (values.size() < 2) {
    call.error("type-error", std::string(wantMax ? "max" : "min") + "() of one block is not Python's")
        .withHint(wantMax ? "call tl.max" : "call tl.min");
    return {};
  }
  Value result = values[0];
  for (size_t i = 1; i < values.size() && result; ++i)
    result = Value::tensor(wantMax ? call.ops.maximum(result, values[i], false)
                                   : call.ops.minimum(result, values[i], false));
  return result;
}

static bool isInstance(const Value &value, StringRef cls) {
  if (cls == "tensor")
    return value.isTensor();
  if (cls == "constexpr")
    return value && !value.isTensor() && !value.isTuple() && !value.isType();
  if (cls == "dtype")
    return value.isType();
  if (cls == "pointer_type")
    return value.isType() && value.asType().isPointer() && !value.asType().isBlock();
  if (cls == "block_type")
    return value.isType() && value.asType().isBlock();
  if (cls == "tuple" || cls == "py.tuple" || cls == "py.list")
    return value.isTuple();
  if (cls == "py.int")
    return value.isIntegral();
  if (cls == "py.float")
    return value.isFloat();
  if (cls == "py.bool")
    return value.isBool();
  if (cls == "py.str")
    return value.isString();
  return false;
}

static Value emitIsInstance(BuiltinCall &call) {
  std::vector<Value> classes{call[1]};
  if (call[1].isTuple())
    classes = call[1].items();
  for (const Value &cls : classes) {
    if (cls.isType())
      continue; // tl.float32 and the like are objects, not classes
    if (!cls.isBuiltin()) {
      call.error("type-error", "isinstance takes a class or a tuple of classes; got " + describeValue(cls));
      return {};
    }
    if (isInstance(call[0], cls.asBuiltin()->name))
      return Value::boolean(true);
  }
  return Value::boolean(false);
}

static Value emitGetattr(BuiltinCall &call) {
  std::string name;
  if (!call.getString(1, name))
    return {};
  return call.emitter.getattr(call[0], name);
}

static Value emitHasattr(BuiltinCall &call) {
  std::string name, problem;
  if (!call.getString(1, name))
    return {};
  bool has = false;
  const Value &value = call[0];
  if (value.isTensor())
    has = is_contained({"shape", "dtype", "type", "numel", "T"}, name) || bool(tensorMethod(name));
  else if (value.kind() == Value::Kind::Module)
    has = bool(moduleMember(value.modulePath(), name));
  else if (value.kind() == Value::Kind::Object) {
    Value ignored;
    has = value.asObject().environment->getattr(value.asObject().handle, name, ignored, problem) ==
          Environment::Answer::Found;
  } else {
    has = bool(constAttribute(value, name, problem));
  }
  return Value::boolean(has);
}

/// int() and float() of run-time values are casts in spirit, but the language keeps them for compile time.
static Value emitConversion(BuiltinCall &call) {
  std::vector<Value> arguments = call[0].items();
  StringRef name = call.builtin.name.drop_front(3);
  for (const Value &argument : arguments)
    if (argument.isTensor()) {
      call.error("type-error", name + "() takes a compile-time value; got " + describeValue(argument))
          .withHint(name == "int"     ? "use .to(tl.int32)"
                    : name == "float" ? "use .to(tl.float32)"
                                      : "compare with 0");
      return {};
    }
  return emitPython(call);
}

static Value refuseRange(BuiltinCall &call) {
  call.error("unsupported-construct", "range stands in the head of a `for` only");
  return {};
}

ArrayRef<Builtin> pythonBuiltins() {
  static const Builtin table[] = {
      {"py.len", "(obj)", "The number of items.", emitLen},
      {"py.int", "(*x)", "A compile-time int.", emitConversion, Builtin::Class},
      {"py.float", "(*x)", "A compile-time float.", emitConversion, Builtin::Class},
      {"py.bool", "(*x)", "A compile-time bool.", emitConversion, Builtin::Class},
      {"py.str", "(*x)", "A string.", emitPython, Builtin::Class},
      {"py.abs", "(*x)", "The magnitude of a compile-time number.", emitPython},
      {"py.min", "(*args)", "The smallest of values; run-time ones by tl.minimum.", emitPythonExtremum, 0, 0},
      {"py.max", "(*args)", "The largest of values; run-time ones by tl.maximum.", emitPythonExtremum, 0, 1},
      {"py.isinstance", "(obj, cls)", "Whether a value is of a class.", emitIsInstance},
      {"py.getattr", "(obj, name)", "An attribute by name.", emitGetattr},
      {"py.hasattr", "(obj, name)", "Whether there is such an attribute.", emitHasattr},
      {"py.range", "(arg1, arg2=None, step=None)", "Counts in a `for`.", refuseRange},
      {"py.tuple", "(args=())", "A tuple.", emitTuple, Builtin::Class},
      {"py.list", "(args=())", "A tuple of the items.", emitTuple, Builtin::Class},
  };
  return table;
}

} // namespace tegula
