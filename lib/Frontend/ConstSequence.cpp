//===- ConstSequence.cpp - Indexing, attributes and methods at compile time -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"

#include "lib/Frontend/Builtins.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace llvm;

namespace tegula {

static Value fail(std::string &error, std::string message) {
  error = std::move(message);
  return {};
}

static Value integer(int64_t value) { return Value::integer(Integer(value)); }

/// Takes the cost of a tuple's items off the budget; a nested tuple costs more than a leaf, which bounds the depth too.
static bool spend(const Value &value, size_t &budget) {
  constexpr size_t nested = 64;
  for (const Value &item : value.items()) {
    size_t cost = item.isTuple() ? nested : 1;
    if (budget < cost)
      return false;
    budget -= cost;
    if (item.isTuple() && !spend(item, budget))
      return false;
  }
  return true;
}

std::optional<size_t> constWeight(const Value &value) {
  if (value.isString())
    return value.asString().size() / 8;
  if (value.kind() == Value::Kind::Range) {
    const RangeData &range = value.asRange();
    std::optional<int64_t> count = floorDivide(range.stop - range.start, range.step).asInt64();
    return count && *count < int64_t(maxSequence) ? size_t(std::max<int64_t>(*count, 0)) : maxSequence;
  }
  if (!value.isTuple())
    return 0;
  size_t budget = maxSequence;
  if (!spend(value, budget))
    return std::nullopt;
  return maxSequence - budget;
}

//===----------------------------------------------------------------------===//
// Iteration and indexing
//===----------------------------------------------------------------------===//

bool constIterate(const Value &value, std::vector<Value> &items, std::string &error) {
  if (value.isTuple()) {
    items = value.items();
    return true;
  }
  if (value.isString()) {
    for (char c : value.asString())
      items.push_back(Value::string(StringRef(&c, 1)));
    return true;
  }
  if (value.kind() == Value::Kind::Range) {
    const RangeData &range = value.asRange();
    for (Integer i = range.start; range.step.isNegative() ? range.stop < i : i < range.stop; i = i + range.step) {
      if (items.size() >= maxSequence) {
        error = "a compile-time sequence has at most " + std::to_string(maxSequence) + " elements";
        return false;
      }
      items.push_back(Value::integer(i));
    }
    return true;
  }
  error = describeValue(value) + " cannot be iterated over";
  return false;
}

/// Python's slice.indices(): nothing when the slice is not made of ints.
static bool sliceIndices(const SliceData &slice, int64_t size, std::vector<int64_t> &indices, std::string &error) {
  auto bound = [&](const Value &value, int64_t missing, int64_t low, int64_t high, int64_t &result) {
    if (value.isNone()) {
      result = missing;
      return true;
    }
    if (!value.isIntegral()) {
      error = "a slice takes ints; got " + describeValue(value);
      return false;
    }
    Integer wanted = value.asInteger();
    if (wanted.isNegative())
      wanted = wanted + Integer(size);
    result = wanted < Integer(low) ? low : Integer(high) < wanted ? high : *wanted.asInt64();
    return true;
  };
  int64_t step = 1, start, stop;
  if (!slice.step.isNone()) {
    if (!slice.step.isIntegral() || slice.step.asInteger().isZero()) {
      error = "the step of a slice is an int other than 0; got " + describeValue(slice.step);
      return false;
    }
    // A larger step takes the first element alone, as this one does.
    step = slice.step.asInteger().asInt64().value_or(slice.step.asInteger().isNegative() ? -size - 1 : size + 1);
    step = std::max(-size - 1, std::min(size + 1, step));
  }
  bool back = step < 0;
  if (!bound(slice.start, back ? size - 1 : 0, back ? -1 : 0, back ? size - 1 : size, start) ||
      !bound(slice.stop, back ? -1 : size, back ? -1 : 0, back ? size - 1 : size, stop))
    return false;
  for (int64_t i = start; back ? i > stop : i < stop; i += step)
    indices.push_back(i);
  return true;
}

Value constSubscript(const Value &value, const Value &index, std::string &error) {
  std::vector<Value> items;
  if (value.kind() == Value::Kind::Range) {
    if (!constIterate(value, items, error))
      return {};
  } else if (!value.isTuple() && !value.isString()) {
    return fail(error, describeValue(value) + " cannot be indexed");
  }
  bool isText = value.isString();
  const std::vector<Value> &source = value.isTuple() ? value.items() : items;
  int64_t size = int64_t(isText ? value.asString().size() : source.size());
  if (index.kind() == Value::Kind::Slice) {
    std::vector<int64_t> indices;
    if (!sliceIndices(index.asSlice(), size, indices, error))
      return {};
    if (isText) {
      std::string text;
      for (int64_t i : indices)
        text += value.asString()[size_t(i)];
      return Value::string(text);
    }
    std::vector<Value> chosen;
    for (int64_t i : indices)
      chosen.push_back(source[size_t(i)]);
    return value.isList() ? Value::list(std::move(chosen)) : Value::tuple(std::move(chosen));
  }
  if (!index.isIntegral())
    return fail(error, "an index is a compile-time int or slice; got " + describeValue(index));
  Integer wanted = index.asInteger();
  std::optional<int64_t> position = (wanted.isNegative() ? wanted + Integer(size) : wanted).asInt64();
  if (!position || *position < 0 || *position >= size)
    return fail(error, "index " + wanted.str() + " is out of range for " + std::to_string(size) + " elements");
  return isText ? Value::string(StringRef(value.asString()).substr(size_t(*position), 1)) : source[size_t(*position)];
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

namespace {
constexpr StringLiteral stringMethods[] = {"startswith", "endswith", "lower",        "upper",        "strip", "lstrip",
                                           "rstrip",     "split",    "join",         "replace",      "find",  "count",
                                           "isdigit",    "isalpha",  "removeprefix", "removesuffix", "format"};
constexpr StringLiteral listMethods[] = {"index", "count"};
constexpr StringLiteral growMethods[] = {"append", "extend", "pop", "insert", "reverse"};
constexpr StringLiteral intMethods[] = {"bit_length", "bit_count"};
constexpr StringLiteral dtypePredicates[] = {"is_fp8e4nv",    "is_fp8e4b8",      "is_fp8e4b15", "is_fp8e5",
                                             "is_fp8e5b16",   "is_fp16",         "is_bf16",     "is_fp32",
                                             "is_fp64",       "is_int1",         "is_int8",     "is_int16",
                                             "is_int32",      "is_int64",        "is_uint8",    "is_uint16",
                                             "is_uint32",     "is_uint64",       "is_floating", "is_standard_floating",
                                             "is_int_signed", "is_int_unsigned", "is_int",      "is_bool",
                                             "is_void",       "is_block",        "is_ptr",      "is_const",
                                             "is_dtype",      "is_fp8",          "is_numeric"};
constexpr StringLiteral dtypeMethods[] = {"get_int_min_value", "get_int_max_value", "kind",
                                          "get_primitive_ty",  "get_block_shapes",  "to_ir"};
constexpr StringLiteral dtypeFields[] = {
    "name",          "primitive_bitwidth", "itemsize", "int_bitwidth", "scalar", "int_signedness", "fp_mantissa_width",
    "exponent_bias", "element_ty",         "shape",    "numel"};

template <size_t N> bool among(const StringLiteral (&names)[N], StringRef name) { return is_contained(names, name); }

/// Nothing when `name` is no predicate.
std::optional<bool> predicate(Type type, StringRef name) {
  Type element = type.scalar();
  if (name == "is_block")
    return type.isBlock();
  if (name == "is_ptr")
    return type.isPointer() && !type.isBlock();
  if (name == "is_const")
    return type.isConstPointer();
  if (name == "is_floating")
    return element.isFloat();
  if (name == "is_standard_floating")
    return element.isStandardFloat();
  if (name == "is_fp8")
    return element.isFP8();
  if (name == "is_int_signed")
    return element.isSigned();
  if (name == "is_int_unsigned")
    return element.isUnsigned();
  if (name == "is_int")
    return element.isInt();
  if (name == "is_numeric")
    return element.isInt() || element.isFloat();
  if (name == "is_bool" || name == "is_int1")
    return element.isBool();
  if (name == "is_void")
    return element.isVoid();
  if (name == "is_dtype")
    return true;
  if (!among(dtypePredicates, name))
    return std::nullopt;
  StringRef rest = name;
  rest.consume_front("is_");
  Type wanted = Type::parse(rest);
  return wanted && element == wanted;
}

Value dtypeField(Type type, StringRef name, std::string &error) {
  if (name == "scalar")
    return Value::type(type.scalar());
  if (name == "name")
    return Value::string(type.languageName());
  if (name == "primitive_bitwidth")
    return integer(type.bits());
  if (name == "itemsize")
    return integer(type.isBool() ? 1 : type.bits() / 8);
  if (name == "int_bitwidth" && type.isInt())
    return integer(type.bits());
  if (name == "int_signedness" && type.isInt())
    return integer(type.isSigned() ? 0 : 1);
  if (name == "fp_mantissa_width" && type.isFloat())
    return integer(type.mantissa());
  if (name == "exponent_bias" && type.isFloat())
    return integer(type.exponentBias());
  if (name == "element_ty") {
    if (type.isBlock())
      return Value::type(type.scalar());
    if (type.isPointer())
      return Value::type(type.pointee());
    return fail(error, type.str() + " is not a pointer and has no element_ty");
  }
  if (name == "shape" && type.isBlock()) {
    std::vector<Value> dims;
    for (int64_t size : type.shape())
      dims.push_back(integer(size));
    return Value::tuple(std::move(dims));
  }
  if (name == "numel" && type.isBlock())
    return integer(type.numel());
  return {};
}
} // namespace

Value constAttribute(const Value &value, StringRef name, std::string &error) {
  if (name == "value" && (value.isNumber() || value.isString() || value.isNone() || value.isType()))
    return value;
  switch (value.kind()) {
  case Value::Kind::String:
    return among(stringMethods, name) ? Value::method(value, name) : Value();
  case Value::Kind::Bool:
  case Value::Kind::Int:
    if (name == "numerator" || name == "real")
      return Value::integer(value.asInteger());
    if (name == "type" || name == "dtype")
      return {};
    return among(intMethods, name) ? Value::method(value, name) : Value();
  case Value::Kind::Float:
    return name == "is_integer" ? Value::method(value, name) : Value();
  case Value::Kind::Tuple: {
    const auto &names = value.fieldNames();
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == name)
        return value.items()[i];
    if (name == "value")
      return value;
    return among(listMethods, name) || (value.isList() && among(growMethods, name)) ? Value::method(value, name)
                                                                                    : Value();
  }
  case Value::Kind::Type:
    if (predicate(value.asType(), name) || among(dtypeMethods, name))
      return Value::method(value, name);
    return dtypeField(value.asType(), name, error);
  case Value::Kind::Builtin:
    return name == "__name__" ? Value::string(value.asBuiltin()->name.rsplit('.').second) : Value();
  default:
    return {};
  }
}

std::vector<std::string> constAttributeNames(const Value &value) {
  std::vector<std::string> names;
  auto add = [&](ArrayRef<StringLiteral> list) {
    for (StringRef name : list)
      names.push_back(name.str());
  };
  switch (value.kind()) {
  case Value::Kind::String:
    add(stringMethods);
    break;
  case Value::Kind::Tuple:
    names = value.fieldNames();
    add(listMethods);
    break;
  case Value::Kind::Type:
    add(dtypePredicates);
    add(dtypeMethods);
    add(dtypeFields);
    break;
  default:
    break;
  }
  return names;
}

//===----------------------------------------------------------------------===//
// Methods
//===----------------------------------------------------------------------===//

static Value dtypeMethod(Type type, StringRef name, std::string &error) {
  if (std::optional<bool> answer = predicate(type, name))
    return Value::boolean(*answer);
  if (name == "get_int_min_value" || name == "get_int_max_value") {
    if (!type.isInt())
      return fail(error, type.str() + " is not an integer type");
    unsigned bits = type.bits() - (type.isSigned() ? 1 : 0);
    Integer limit = *shiftLeft(Integer(1), Integer(bits));
    if (name == "get_int_max_value")
      return Value::integer(limit - Integer(1));
    return Value::integer(type.isSigned() ? -limit : Integer(0));
  }
  if (name == "kind")
    return integer(int64_t(type.kind()) - 1);
  if (name == "get_primitive_ty")
    return Value::type(type.scalar());
  if (name == "get_block_shapes")
    return dtypeField(type, "shape", error);
  return fail(error, "the method " + name.str() + " of dtypes is not supported");
}

static Value stringMethod(const std::string &self, StringRef name, ArrayRef<Value> arguments, std::string &error) {
  StringRef text = self;
  auto string = [&](size_t i) { return StringRef(arguments[i].asString()); };
  bool strings = all_of(arguments, [](const Value &argument) { return argument.isString(); });
  size_t count = arguments.size();
  if ((name == "startswith" || name == "endswith") && count == 1) {
    std::vector<Value> choices{arguments[0]};
    if (arguments[0].isTuple())
      choices = arguments[0].items();
    for (const Value &choice : choices) {
      if (!choice.isString())
        return fail(error, name.str() + " takes strings; got " + describeValue(choice));
      if (name == "startswith" ? text.starts_with(choice.asString()) : text.ends_with(choice.asString()))
        return Value::boolean(true);
    }
    return Value::boolean(false);
  }
  if (name == "join" && count == 1) {
    std::vector<Value> items;
    if (!constIterate(arguments[0], items, error))
      return {};
    std::string result;
    for (size_t i = 0; i < items.size(); ++i) {
      if (!items[i].isString())
        return fail(error, "join takes strings; got " + describeValue(items[i]));
      result += (i ? self : "") + items[i].asString();
      if (result.size() > maxSequence)
        return fail(error, "the string is too long");
    }
    return Value::string(result);
  }
  if (!strings)
    return fail(error, "the string method " + name.str() + " takes strings here");
  if (name == "lower" && count == 0)
    return Value::string(text.lower());
  if (name == "upper" && count == 0)
    return Value::string(text.upper());
  if (count <= 1 && (name == "strip" || name == "lstrip" || name == "rstrip")) {
    StringRef chars = count ? string(0) : StringRef(" \t\n\r\f\v");
    return Value::string(name == "strip" ? text.trim(chars) : name == "lstrip" ? text.ltrim(chars) : text.rtrim(chars));
  }
  if (name == "isdigit" && count == 0)
    return Value::boolean(!text.empty() && all_of(text, [](char c) { return isDigit(c); }));
  if (name == "isalpha" && count == 0)
    return Value::boolean(!text.empty() && all_of(text, [](char c) { return isAlpha(c); }));
  if (name == "find" && count == 1)
    return integer(text.contains(string(0)) ? int64_t(text.find(string(0))) : -1);
  if (name == "count" && count == 1)
    return integer(string(0).empty() ? int64_t(text.size()) + 1 : int64_t(text.count(string(0))));
  if (name == "removeprefix" && count == 1) {
    text.consume_front(string(0));
    return Value::string(text);
  }
  if (name == "removesuffix" && count == 1) {
    text.consume_back(string(0));
    return Value::string(text);
  }
  if (name == "split" && count <= 1) {
    SmallVector<StringRef> parts;
    if (count && string(0).empty())
      return fail(error, "empty separator");
    if (count)
      text.split(parts, string(0));
    else
      SplitString(text, parts, " \t\n\r\f\v");
    std::vector<Value> items;
    for (StringRef part : parts)
      items.push_back(Value::string(part));
    return Value::list(std::move(items));
  }
  if (name == "replace" && count == 2) {
    if (string(0).empty())
      return fail(error, "replace needs a text to replace");
    std::string result;
    while (true) {
      auto [before, after] = text.split(string(0));
      result += before;
      if (before.size() == text.size())
        break;
      result += string(1);
      text = after;
      if (result.size() > maxSequence)
        return fail(error, "the string is too long");
    }
    return Value::string(result);
  }
  return fail(error,
              "the string method " + name.str() + " is not supported with " + std::to_string(count) + " arguments");
}

bool constHolds(const Value &value, const Value &list) {
  return value.isTuple() && (&value.items() == &list.items() ||
                             any_of(value.items(), [&](const Value &item) { return constHolds(item, list); }));
}

static Value listMethod(const Value &self, StringRef name, ArrayRef<Value> arguments, std::string &error) {
  size_t count = arguments.size();
  const auto &items = self.items();
  if (name == "index" && count == 1) {
    for (size_t i = 0; i < items.size(); ++i)
      if (constEqual(items[i], arguments[0]))
        return integer(int64_t(i));
    return fail(error, reprOf(arguments[0]) + " is not in the tuple");
  }
  if (name == "count" && count == 1)
    return integer(count_if(items, [&](const Value &item) { return constEqual(item, arguments[0]); }));
  if (self.isList()) {
    auto &list = self.mutableItems();
    if (name == "append" && count == 1) {
      if (list.size() >= maxSequence)
        return fail(error, "the list is too long");
      if (constHolds(arguments[0], self))
        return fail(error, "a list cannot hold itself");
      list.push_back(arguments[0]);
      return Value::none();
    }
    if (name == "extend" && count == 1) {
      std::vector<Value> more;
      if (!constIterate(arguments[0], more, error))
        return {};
      if (list.size() + more.size() > maxSequence)
        return fail(error, "the list is too long");
      if (any_of(more, [&](const Value &item) { return constHolds(item, self); }))
        return fail(error, "a list cannot hold itself");
      list.insert(list.end(), more.begin(), more.end());
      return Value::none();
    }
    if (name == "reverse" && count == 0) {
      std::reverse(list.begin(), list.end());
      return Value::none();
    }
    if (name == "pop" && count == 0) {
      if (list.empty())
        return fail(error, "pop from an empty list");
      Value last = list.back();
      list.pop_back();
      return last;
    }
  }
  return fail(error, "the method " + name.str() + " is not supported with " + std::to_string(count) + " arguments");
}

Value constMethodCall(const MethodData &method, ArrayRef<Value> arguments, std::string &error) {
  const Value &self = method.self;
  if (self.kind() == Value::Kind::Module)
    return callPythonFunction(method.name, arguments, {}, error);
  if (self.isType())
    return arguments.empty() ? dtypeMethod(self.asType(), method.name, error)
                             : fail(error, "the method " + method.name + " takes no arguments; got " +
                                               std::to_string(arguments.size()));
  if (self.isString())
    return stringMethod(self.asString(), method.name, arguments, error);
  if (self.isTuple())
    return listMethod(self, method.name, arguments, error);
  if (self.isIntegral() && method.name == "bit_length" && arguments.empty())
    return integer(self.asInteger().bitLength());
  if (self.isIntegral() && method.name == "bit_count" && arguments.empty()) {
    Integer value = self.asInteger();
    if (value.isNegative())
      value = -value;
    return integer(value.bits(Integer::maxBits + 64).popcount());
  }
  if (self.isFloat() && method.name == "is_integer" && arguments.empty())
    return Value::boolean(std::isfinite(self.asDouble()) && self.asDouble() == std::floor(self.asDouble()));
  return fail(error, "the method " + method.name + " cannot be called this way");
}

} // namespace tegula
