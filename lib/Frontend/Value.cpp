//===- Value.cpp - What an expression of a kernel stands for ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Value.h"

#include "lib/Frontend/Builtins.h"

#include "llvm/ADT/StringExtras.h"

#include <charconv>
#include <cmath>

using namespace llvm;

namespace tegula {

Value Value::tuple(std::vector<Value> items, std::vector<std::string> names) {
  return Value(Kind::Tuple, std::make_shared<TupleData>(TupleData{std::move(items), std::move(names), false}));
}
Value Value::list(std::vector<Value> items) {
  return Value(Kind::Tuple, std::make_shared<TupleData>(TupleData{std::move(items), {}, true}));
}
Value Value::slice(Value start, Value stop, Value step) {
  return Value(Kind::Slice,
               std::make_shared<const SliceData>(SliceData{std::move(start), std::move(stop), std::move(step)}));
}
Value Value::range(Integer start, Integer stop, Integer step) {
  return Value(Kind::Range, std::make_shared<const RangeData>(RangeData{start, stop, step}));
}
Value Value::method(Value self, Value callee) {
  return Value(Kind::Method, std::make_shared<const MethodData>(MethodData{std::move(self), std::move(callee), ""}));
}
Value Value::method(Value self, StringRef name) {
  return Value(Kind::Method, std::make_shared<const MethodData>(MethodData{std::move(self), Value(), name.str()}));
}

const std::vector<Value> &Value::items() const { return std::get<std::shared_ptr<TupleData>>(data)->items; }
const std::vector<std::string> &Value::fieldNames() const { return std::get<std::shared_ptr<TupleData>>(data)->names; }
bool Value::isList() const { return isTuple() && std::get<std::shared_ptr<TupleData>>(data)->isList; }
std::vector<Value> &Value::mutableItems() const { return std::get<std::shared_ptr<TupleData>>(data)->items; }

bool Value::isConstexpr() const {
  if (isTensor() || kind_ == Kind::Invalid)
    return false;
  return !isTuple() || all_of(items(), [](const Value &item) { return item.isConstexpr(); });
}

Integer Value::asInteger() const { return isBool() ? Integer(asBool()) : std::get<Integer>(data); }
double Value::asDouble() const { return isFloat() ? std::get<double>(data) : asInteger().asDouble(); }

bool Value::identical(const Value &other) const {
  if (kind_ != other.kind_)
    return false;
  switch (kind_) {
  case Kind::Invalid:
  case Kind::None:
  case Kind::Ellipsis:
    return true;
  case Kind::Float: {
    double a = asDouble(), b = other.asDouble();
    return (a == b && std::signbit(a) == std::signbit(b)) || (std::isnan(a) && std::isnan(b));
  }
  case Kind::String:
    return asString() == other.asString();
  case Kind::Tuple: {
    const auto &a = items(), &b = other.items();
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](const Value &x, const Value &y) { return x.identical(y); });
  }
  case Kind::Slice: {
    const SliceData &a = asSlice(), &b = other.asSlice();
    return a.start.identical(b.start) && a.stop.identical(b.stop) && a.step.identical(b.step);
  }
  case Kind::Range: {
    const RangeData &a = asRange(), &b = other.asRange();
    return a.start == b.start && a.stop == b.stop && a.step == b.step;
  }
  case Kind::Method: {
    const MethodData &a = asMethod(), &b = other.asMethod();
    return a.name == b.name && a.self.identical(b.self) && a.callee.identical(b.callee);
  }
  default:
    return data == other.data;
  }
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string reprFloat(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  // The shortest digits that read back as the same number, laid out as Python does.
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  StringRef text(buffer, end - buffer);
  auto [mantissa, exponentText] = text.split('e');
  int exponent = 0;
  exponentText.consume_front("+");
  exponentText.getAsInteger(10, exponent);
  if (exponent < -4 || exponent >= 16) {
    std::string digits = std::to_string(std::abs(exponent));
    return (mantissa + "e" + (exponent < 0 ? "-" : "+") + (digits.size() < 2 ? "0" : "") + digits).str();
  }
  end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  std::string result(buffer, end);
  return result.find('.') == std::string::npos ? result + ".0" : result;
}

static std::string reprString(StringRef text) {
  char quote = text.contains('\'') && !text.contains('"') ? '"' : '\'';
  std::string result(1, quote);
  for (char c : text) {
    if (c == quote || c == '\\')
      (result += '\\') += c;
    else if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c == '\r')
      result += "\\r";
    else if (uint8_t(c) < 32 || c == 127)
      result += "\\x" + toHex(StringRef(&c, 1), /*LowerCase=*/true);
    else
      result += c;
  }
  return result + quote;
}

static std::string reprBounded(const Value &value, unsigned depth) {
  using Kind = Value::Kind;
  if (depth > 20)
    return "...";
  switch (value.kind()) {
  case Kind::Invalid:
    return "<invalid>";
  case Kind::None:
    return "None";
  case Kind::Ellipsis:
    return "Ellipsis";
  case Kind::Bool:
    return value.asBool() ? "True" : "False";
  case Kind::Int:
    return value.asInteger().str();
  case Kind::Float:
    return reprFloat(value.asDouble());
  case Kind::String:
    return reprString(value.asString());
  case Kind::Type:
    return value.asType().pythonName();
  case Kind::Tensor:
    return value.asTensor().type.str();
  case Kind::Tuple: {
    std::string text(1, value.isList() ? '[' : '(');
    size_t count = value.items().size();
    for (size_t i = 0; i < count; ++i)
      text += (i ? ", " : "") + reprBounded(value.items()[i], depth + 1);
    if (count == 1 && !value.isList())
      text += ',';
    return text + (value.isList() ? ']' : ')');
  }
  case Kind::Slice:
    return "slice(" + reprBounded(value.asSlice().start, depth + 1) + ", " +
           reprBounded(value.asSlice().stop, depth + 1) + ", " + reprBounded(value.asSlice().step, depth + 1) + ")";
  case Kind::Range: {
    const RangeData &range = value.asRange();
    std::string text = "range(" + range.start.str() + ", " + range.stop.str();
    return text + (range.step == Integer(1) ? ")" : ", " + range.step.str() + ")");
  }
  case Kind::Builtin:
    return value.asBuiltin()->name.str();
  case Kind::Function:
    return "<function>";
  case Kind::Object:
    return "<object>";
  case Kind::Module:
    return "<module '" + value.modulePath() + "'>";
  case Kind::Method:
    return "<method>";
  }
  return "";
}

std::string reprOf(const Value &value) { return reprBounded(value, 0); }
std::string strOf(const Value &value) {
  if (value.isString())
    return value.asString();
  if (value.isType())
    return value.asType().languageName();
  if (Tensor tensor = value.asTensor()) {
    std::string dimensions;
    for (int64_t size : tensor.type.shape())
      dimensions += (dimensions.empty() ? "constexpr[" : ", constexpr[") + std::to_string(size) + "]";
    return tensor.type.scalar().languageName() + "[" + dimensions + "]";
  }
  return reprOf(value);
}

std::string describeValue(const Value &value) {
  using Kind = Value::Kind;
  switch (value.kind()) {
  case Kind::Bool:
    return "the bool " + reprOf(value);
  case Kind::Int:
    return "the int " + reprOf(value);
  case Kind::Float:
    return "the float " + reprOf(value);
  case Kind::String:
    return "the string " + reprOf(value);
  case Kind::Type:
    return "the dtype " + value.asType().str();
  case Kind::Tuple:
    return (value.isList() ? "a list of " : "a tuple of ") + std::to_string(value.items().size());
  case Kind::Slice:
    return "a slice";
  case Kind::Range:
    return "a range";
  case Kind::Builtin:
    return "the function " + reprOf(value);
  case Kind::Function:
    return "a function";
  case Kind::Object:
    return "a Python object";
  case Kind::Module:
    return "the module " + value.modulePath();
  case Kind::Method:
    return "a method";
  default:
    return reprOf(value);
  }
}

} // namespace tegula
