//===- Value.h - What an expression of a kernel stands for ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel lives in two worlds. Some values exist at compile time (numbers, strings,
// dtypes, None, functions): they follow Python's rules, decide `if`s and shapes, and
// are weak when they meet run-time values. The others are run-time scalars and
// blocks: an SSA value with a type of the language. A tuple may hold both.
//
// A default-made Value is invalid: what a function gives back after it has reported
// an error. Everything that takes a Value from outside checks for it first:
//
//   Value x = emit(node->left);
//   if (!x)
//     return {};
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Integer.h"
#include "lib/Frontend/Types.h"

#include "mlir/IR/Value.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace tegula {

class Environment;
struct Builtin;
class Value;

/// A run-time scalar or block.
struct Tensor {
  mlir::Value value;
  Type type;

  explicit operator bool() const { return bool(value); }
  bool operator==(const Tensor &) const = default;
};

/// A function of the kernel language (or of compile-time Python); the environment that gave it out knows its text.
struct FunctionRef {
  Environment *environment = nullptr;
  void *handle = nullptr;
  bool operator==(const FunctionRef &) const = default;
};

/// Something of the host that only its environment understands: a module, a class, an instance.
struct ObjectRef {
  Environment *environment = nullptr;
  void *handle = nullptr;
  bool operator==(const ObjectRef &) const = default;
};

/// A module that the front end knows itself: "tl", "tl.math", "tl.extra.libdevice", "triton", "math".
struct ModuleRef {
  std::string path;
  bool operator==(const ModuleRef &) const = default;
};

struct TupleData;
struct SliceData;
struct RangeData;
struct MethodData;

class Value {
public:
  enum class Kind : uint8_t {
    Invalid,
    None,
    Bool,
    Int,
    Float,
    String,
    Type,
    Tensor,
    Tuple, // and lists
    Slice,
    Range,
    Ellipsis,
    Builtin,
    Function,
    Object,
    Module,
    Method,
  };

  Value() = default;
  static Value none() { return Value(Kind::None, std::monostate()); }
  static Value ellipsis() { return Value(Kind::Ellipsis, std::monostate()); }
  static Value boolean(bool value) { return Value(Kind::Bool, value); }
  static Value integer(Integer value) { return Value(Kind::Int, std::move(value)); }
  static Value real(double value) { return Value(Kind::Float, value); }
  static Value string(llvm::StringRef text) { return Value(Kind::String, std::make_shared<const std::string>(text)); }
  static Value type(tegula::Type type) { return Value(Kind::Type, type); }
  static Value tensor(Tensor tensor) { return tensor ? Value(Kind::Tensor, tensor) : Value(); }
  static Value tensor(mlir::Value value, tegula::Type type) { return tensor(Tensor{value, type}); }
  static Value tuple(std::vector<Value> items, std::vector<std::string> names = {});
  static Value list(std::vector<Value> items);
  static Value slice(Value start, Value stop, Value step);
  static Value range(Integer start, Integer stop, Integer step);
  static Value builtin(const Builtin *builtin) { return Value(Kind::Builtin, builtin); }
  static Value function(Environment *environment, void *handle) {
    return Value(Kind::Function, FunctionRef{environment, handle});
  }
  static Value object(Environment *environment, void *handle) {
    return Value(Kind::Object, ObjectRef{environment, handle});
  }
  static Value module(llvm::StringRef path) { return Value(Kind::Module, ModuleRef{path.str()}); }
  /// `self.callee`
  static Value method(Value self, Value callee);
  /// A method that has no entry of its own in the table: `"abc".startswith`, `x.dtype.is_int`.
  static Value method(Value self, llvm::StringRef name);

  Kind kind() const { return kind_; }
  explicit operator bool() const { return kind_ != Kind::Invalid; }

  bool isNone() const { return kind_ == Kind::None; }
  bool isBool() const { return kind_ == Kind::Bool; }
  bool isInt() const { return kind_ == Kind::Int; }
  bool isFloat() const { return kind_ == Kind::Float; }
  bool isString() const { return kind_ == Kind::String; }
  bool isType() const { return kind_ == Kind::Type; }
  bool isTensor() const { return kind_ == Kind::Tensor; }
  bool isTuple() const { return kind_ == Kind::Tuple; }
  bool isBuiltin() const { return kind_ == Kind::Builtin; }
  bool isFunction() const { return kind_ == Kind::Function; }
  /// A bool, an int or a float of compile time.
  bool isNumber() const { return isBool() || isInt() || isFloat(); }
  /// bool counts: Python's bool is an int.
  bool isIntegral() const { return isBool() || isInt(); }
  /// Nothing in it exists at run time only.
  bool isConstexpr() const;

  bool asBool() const { return std::get<bool>(data); }
  /// Of an int or a bool.
  Integer asInteger() const;
  /// Of any number.
  double asDouble() const;
  const std::string &asString() const { return *std::get<std::shared_ptr<const std::string>>(data); }
  tegula::Type asType() const { return std::get<tegula::Type>(data); }
  /// An empty tensor for all that is none.
  Tensor asTensor() const { return isTensor() ? std::get<Tensor>(data) : Tensor(); }
  const Builtin *asBuiltin() const { return std::get<const Builtin *>(data); }
  FunctionRef asFunction() const { return std::get<FunctionRef>(data); }
  ObjectRef asObject() const { return std::get<ObjectRef>(data); }
  const std::string &modulePath() const { return std::get<ModuleRef>(data).path; }
  const std::vector<Value> &items() const;
  const std::vector<std::string> &fieldNames() const;
  bool isList() const;
  /// Lists of compile-time Python are shared and may grow.
  std::vector<Value> &mutableItems() const;
  const SliceData &asSlice() const { return *std::get<std::shared_ptr<const SliceData>>(data); }
  const RangeData &asRange() const { return *std::get<std::shared_ptr<const RangeData>>(data); }
  const MethodData &asMethod() const { return *std::get<std::shared_ptr<const MethodData>>(data); }

  /// The same compile-time value, or the same SSA value.
  bool identical(const Value &other) const;

private:
  using Data =
      std::variant<std::monostate, bool, Integer, double, std::shared_ptr<const std::string>, tegula::Type, Tensor,
                   std::shared_ptr<TupleData>, std::shared_ptr<const SliceData>, std::shared_ptr<const RangeData>,
                   const Builtin *, FunctionRef, ObjectRef, ModuleRef, std::shared_ptr<const MethodData>>;
  Value(Kind kind, Data data) : kind_(kind), data(std::move(data)) {}

  Kind kind_ = Kind::Invalid;
  Data data;
};

struct TupleData {
  std::vector<Value> items;
  std::vector<std::string> names; // of a named tuple's fields; else empty
  bool isList = false;
};
struct SliceData {
  Value start, stop, step; // None where left out
};
struct RangeData {
  Integer start, stop, step;
};
struct MethodData {
  Value self;
  Value callee;     // invalid when `name` says it
  std::string name; // of a method of a compile-time value
};

/// What Python's repr() and str() print; a tensor prints as its type.
std::string reprOf(const Value &value);
std::string strOf(const Value &value);
/// What the value is, for messages: "an int", "a string", "fp32[128]", "None".
std::string describeValue(const Value &value);

} // namespace tegula
