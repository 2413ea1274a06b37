//===- ConstFunctions.cpp - Python's functions at compile time --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>

using namespace llvm;

namespace tegula {

static Value fail(std::string &error, std::string message) {
  error = std::move(message);
  return {};
}

static Value integer(int64_t value) { return Value::integer(Integer(value)); }

//===----------------------------------------------------------------------===//
// f-strings
//===----------------------------------------------------------------------===//

bool constFormat(const Value &value, int conversion, StringRef spec, std::string &text, std::string &error) {
  std::string plain = conversion == 'r' || conversion == 'a' ? reprOf(value) : strOf(value);
  if (spec.empty()) {
    text += plain;
    return true;
  }
  // [[fill]align][sign][0][width][.precision][type]
  char fill = ' ', align = 0;
  if (spec.size() > 1 && StringRef("<>^").contains(spec[1])) {
    fill = spec[0];
    align = spec[1];
    spec = spec.drop_front(2);
  } else if (StringRef("<>^").contains(spec[0])) {
    align = spec[0];
    spec = spec.drop_front();
  }
  bool plus = spec.consume_front("+");
  if (spec.starts_with("0") && spec.size() > 1) {
    fill = '0';
    align = align ? align : '>';
    spec = spec.drop_front();
  }
  unsigned width = 0, precision = 6;
  if (!spec.empty() && isDigit(spec[0]) && spec.consumeInteger(10, width))
    width = maxSequence + 1;
  if (spec.consume_front(".") && spec.consumeInteger(10, precision))
    precision = maxSequence + 1;
  char type = spec.empty() ? 0 : spec[0];
  if (spec.size() > 1 || width > maxSequence || precision > 200) {
    error = "this format specification is not supported";
    return false;
  }
  bool isNumber = value.isNumber() && conversion == -1;
  if (isNumber && (type == 'f' || type == 'e' || type == 'g')) {
    char format[] = {'%', '.', '*', type, 0};
    char buffer[640];
    snprintf(buffer, sizeof buffer, format, int(precision), value.asDouble());
    plain = buffer;
  } else if (isNumber && value.isIntegral() && (type == 'x' || type == 'X' || type == 'b' || type == 'o')) {
    Integer magnitude = value.asInteger().isNegative() ? -value.asInteger() : value.asInteger();
    SmallString<64> digits;
    magnitude.bits(std::max(64u, magnitude.bitLength() + 1))
        .toStringUnsigned(digits, type == 'b'   ? 2
                                  : type == 'o' ? 8
                                                : 16);
    plain = std::string(value.asInteger().isNegative() ? "-" : "") +
            (type == 'X' ? StringRef(digits).upper() : StringRef(digits).lower());
  } else if (type && !(type == 's' && value.isString()) && !(type == 'd' && value.isIntegral())) {
    error = "this format specification is not supported for " + describeValue(value);
    return false;
  }
  if (plus && isNumber && plain[0] != '-')
    plain = "+" + plain;
  if (!align)
    align = isNumber ? '>' : '<';
  size_t padding = width > plain.size() ? width - plain.size() : 0;
  size_t left = align == '<' ? 0 : align == '>' ? padding : padding / 2;
  text += std::string(left, fill) + plain + std::string(padding - left, fill);
  return true;
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static Value toInt(ArrayRef<Value> arguments, std::string &error) {
  if (arguments.empty())
    return integer(0);
  const Value &value = arguments[0];
  if (value.isIntegral())
    return Value::integer(value.asInteger());
  if (value.isFloat()) {
    std::optional<Integer> whole = Integer::fromDouble(value.asDouble());
    return whole ? Value::integer(*whole) : fail(error, "cannot convert float " + reprOf(value) + " to an int");
  }
  if (value.isString()) {
    StringRef text = StringRef(value.asString()).trim();
    text.consume_front("+");
    if (std::optional<Integer> parsed = Integer::parse(text))
      return Value::integer(*parsed);
  }
  return fail(error, "int() does not take " + describeValue(value));
}

static Value toFloat(ArrayRef<Value> arguments, std::string &error) {
  if (arguments.empty())
    return Value::real(0);
  const Value &value = arguments[0];
  if (value.isNumber())
    return Value::real(value.asDouble());
  if (value.isString()) {
    std::string text = StringRef(value.asString()).trim().lower();
    StringRef rest = text;
    bool negative = rest.consume_front("-");
    if (!negative)
      rest.consume_front("+");
    double result;
    if (rest == "inf" || rest == "infinity")
      result = std::numeric_limits<double>::infinity();
    else if (rest == "nan")
      result = std::numeric_limits<double>::quiet_NaN();
    else if (rest.empty() || rest.find_first_not_of("0123456789.e+-") != StringRef::npos || rest.getAsDouble(result))
      return fail(error, "float() does not take " + describeValue(value));
    return Value::real(negative ? -result : result);
  }
  return fail(error, "float() does not take " + describeValue(value));
}

static Value extremum(ArrayRef<Value> arguments, bool wantMax, std::string &error) {
  std::vector<Value> items(arguments.begin(), arguments.end());
  if (items.size() == 1) {
    Value sequence = items[0];
    items.clear();
    if (!constIterate(sequence, items, error))
      return {};
  }
  if (items.empty())
    return fail(error, std::string(wantMax ? "max" : "min") + "() needs at least one value");
  Value best = items[0];
  for (const Value &item : ArrayRef<Value>(items).drop_front()) {
    Value less = wantMax ? constCompare(ast::CompareOperator::Gt, item, best, error)
                         : constCompare(ast::CompareOperator::Lt, item, best, error);
    if (!less)
      return {};
    if (less.asBool())
      best = item;
  }
  return best;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

namespace {

struct PythonFunction {
  unsigned minimum, maximum;
  Value (*call)(ArrayRef<Value> arguments, std::string &error);
};

template <double (*Function)(double)> Value unaryMath(ArrayRef<Value> a, std::string &error) {
  if (!a[0].isNumber())
    return fail(error, "a number is expected; got " + describeValue(a[0]));
  double x = a[0].asDouble(), result = Function(x);
  if ((std::isnan(result) && !std::isnan(x)) || (std::isinf(result) && std::isfinite(x)))
    return fail(error, "math domain error");
  return Value::real(result);
}

template <double (*Function)(double)> Value roundMath(ArrayRef<Value> a, std::string &error) {
  if (a[0].isIntegral())
    return Value::integer(a[0].asInteger());
  if (!a[0].isFloat())
    return fail(error, "a number is expected; got " + describeValue(a[0]));
  return toInt({Value::real(Function(a[0].asDouble()))}, error);
}

Value logarithm(ArrayRef<Value> a, std::string &error) {
  if (!all_of(a, [](const Value &v) { return v.isNumber() && v.asDouble() > 0; }))
    return fail(error, "math domain error");
  double result = std::log(a[0].asDouble());
  return Value::real(a.size() == 2 ? result / std::log(a[1].asDouble()) : result);
}

Value logarithm2(ArrayRef<Value> a, std::string &error) {
  if (!a[0].isNumber() || !(a[0].asDouble() > 0))
    return fail(error, "math domain error");
  return Value::real(std::log2(a[0].asDouble()));
}

Value powMath(ArrayRef<Value> a, std::string &error) {
  if (!a[0].isNumber() || !a[1].isNumber())
    return fail(error, "numbers are expected");
  return constBinary(ast::BinaryOperator::Pow, Value::real(a[0].asDouble()), Value::real(a[1].asDouble()), error);
}

Value greatestCommonDivisor(ArrayRef<Value> a, std::string &error) {
  if (!a[0].isIntegral() || !a[1].isIntegral())
    return fail(error, "gcd takes ints");
  Integer x = a[0].asInteger(), y = a[1].asInteger();
  while (!y.isZero()) {
    Integer rest = floorModulo(x, y);
    x = y;
    y = rest;
  }
  return Value::integer(x.isNegative() ? -x : x);
}

double sqrtOf(double x) { return std::sqrt(x); }
double expOf(double x) { return std::exp(x); }
double exp2Of(double x) { return std::exp2(x); }
double log10Of(double x) { return std::log10(x); }
double log1pOf(double x) { return std::log1p(x); }
double sinOf(double x) { return std::sin(x); }
double cosOf(double x) { return std::cos(x); }
double tanOf(double x) { return std::tan(x); }
double tanhOf(double x) { return std::tanh(x); }
double erfOf(double x) { return std::erf(x); }
double fabsOf(double x) { return std::fabs(x); }
double ceilOf(double x) { return std::ceil(x); }
double floorOf(double x) { return std::floor(x); }
double truncOf(double x) { return std::trunc(x); }

Value listOrTuple(ArrayRef<Value> a, bool list, std::string &error) {
  std::vector<Value> items;
  if (!a.empty() && !constIterate(a[0], items, error))
    return {};
  return list ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

const StringMap<PythonFunction> &functions() {
  static const StringMap<PythonFunction> table = [] {
    StringMap<PythonFunction> map;
    auto add = [&](StringRef name, unsigned minimum, unsigned maximum, Value (*call)(ArrayRef<Value>, std::string &)) {
      map[name] = {minimum, maximum, call};
    };
    constexpr unsigned many = 1000;
    add("int", 0, 1, toInt);
    add("float", 0, 1, toFloat);
    add("bool", 0, 1, [](ArrayRef<Value> a, std::string &) { return Value::boolean(!a.empty() && constTruth(a[0])); });
    add("str", 0, 1, [](ArrayRef<Value> a, std::string &) { return Value::string(a.empty() ? "" : strOf(a[0])); });
    add("repr", 1, 1, [](ArrayRef<Value> a, std::string &) { return Value::string(reprOf(a[0])); });
    add("len", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      if (a[0].isString())
        return integer(int64_t(a[0].asString().size()));
      std::vector<Value> items;
      if (!constIterate(a[0], items, error))
        return fail(error, "len() does not take " + describeValue(a[0]));
      return integer(int64_t(items.size()));
    });
    add("min", 1, many, [](ArrayRef<Value> a, std::string &error) { return extremum(a, false, error); });
    add("max", 1, many, [](ArrayRef<Value> a, std::string &error) { return extremum(a, true, error); });
    add("abs", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      if (a[0].isIntegral())
        return Value::integer(a[0].asInteger().isNegative() ? -a[0].asInteger() : a[0].asInteger());
      return a[0].isFloat() ? Value::real(std::fabs(a[0].asDouble()))
                            : fail(error, "abs() does not take " + describeValue(a[0]));
    });
    add("sum", 1, 2, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items;
      if (!constIterate(a[0], items, error))
        return Value();
      Value total = a.size() == 2 ? a[1] : integer(0);
      for (const Value &item : items)
        if (!(total = constBinary(ast::BinaryOperator::Add, total, item, error)))
          return Value();
      return total;
    });
    add("any", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items;
      return constIterate(a[0], items, error) ? Value::boolean(any_of(items, constTruth)) : Value();
    });
    add("all", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items;
      return constIterate(a[0], items, error) ? Value::boolean(all_of(items, constTruth)) : Value();
    });
    add("tuple", 0, 1, [](ArrayRef<Value> a, std::string &error) { return listOrTuple(a, false, error); });
    add("list", 0, 1, [](ArrayRef<Value> a, std::string &error) { return listOrTuple(a, true, error); });
    add("reversed", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items;
      if (!constIterate(a[0], items, error))
        return Value();
      std::reverse(items.begin(), items.end());
      return Value::list(std::move(items));
    });
    add("enumerate", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items, pairs;
      if (!constIterate(a[0], items, error))
        return Value();
      for (size_t i = 0; i < items.size(); ++i)
        pairs.push_back(Value::tuple({integer(int64_t(i)), items[i]}));
      return Value::list(std::move(pairs));
    });
    add("zip", 0, many, [](ArrayRef<Value> a, std::string &error) {
      std::vector<std::vector<Value>> columns(a.size());
      size_t length = a.empty() ? 0 : maxSequence;
      for (size_t i = 0; i < a.size(); ++i) {
        if (!constIterate(a[i], columns[i], error))
          return Value();
        length = std::min(length, columns[i].size());
      }
      std::vector<Value> rows;
      for (size_t i = 0; i < length; ++i) {
        std::vector<Value> row;
        for (auto &column : columns)
          row.push_back(column[i]);
        rows.push_back(Value::tuple(std::move(row)));
      }
      return Value::list(std::move(rows));
    });
    add("range", 1, 3, [](ArrayRef<Value> a, std::string &error) {
      for (const Value &bound : a)
        if (!bound.isIntegral())
          return fail(error, "range() takes ints; got " + describeValue(bound));
      if (a.size() == 3 && a[2].asInteger().isZero())
        return fail(error, "the step of a range cannot be 0");
      return Value::range(a.size() > 1 ? a[0].asInteger() : Integer(0), a[a.size() > 1].asInteger(),
                          a.size() > 2 ? a[2].asInteger() : Integer(1));
    });
    add("round", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      return a[0].isNumber() ? toInt({Value::real(std::nearbyint(a[0].asDouble()))}, error)
                             : fail(error, "round() does not take " + describeValue(a[0]));
    });
    add("pow", 2, 2,
        [](ArrayRef<Value> a, std::string &error) { return constBinary(ast::BinaryOperator::Pow, a[0], a[1], error); });
    add("divmod", 2, 2, [](ArrayRef<Value> a, std::string &error) {
      Value quotient = constBinary(ast::BinaryOperator::FloorDiv, a[0], a[1], error);
      Value rest = constBinary(ast::BinaryOperator::Mod, a[0], a[1], error);
      return quotient && rest ? Value::tuple({quotient, rest}) : Value();
    });
    add("math.sqrt", 1, 1, unaryMath<sqrtOf>);
    add("math.exp", 1, 1, unaryMath<expOf>);
    add("math.exp2", 1, 1, unaryMath<exp2Of>);
    add("math.log", 1, 2, logarithm);
    add("math.log2", 1, 1, logarithm2);
    add("math.log10", 1, 1, unaryMath<log10Of>);
    add("math.log1p", 1, 1, unaryMath<log1pOf>);
    add("math.sin", 1, 1, unaryMath<sinOf>);
    add("math.cos", 1, 1, unaryMath<cosOf>);
    add("math.tan", 1, 1, unaryMath<tanOf>);
    add("math.tanh", 1, 1, unaryMath<tanhOf>);
    add("math.erf", 1, 1, unaryMath<erfOf>);
    add("math.fabs", 1, 1, unaryMath<fabsOf>);
    add("math.ceil", 1, 1, roundMath<ceilOf>);
    add("math.floor", 1, 1, roundMath<floorOf>);
    add("math.trunc", 1, 1, roundMath<truncOf>);
    add("math.pow", 2, 2, powMath);
    add("math.gcd", 2, 2, greatestCommonDivisor);
    add("math.prod", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      std::vector<Value> items;
      if (!constIterate(a[0], items, error))
        return Value();
      Value total = integer(1);
      for (const Value &item : items)
        if (!(total = constBinary(ast::BinaryOperator::Mult, total, item, error)))
          return Value();
      return total;
    });
    add("math.isnan", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      return a[0].isNumber() ? Value::boolean(std::isnan(a[0].asDouble())) : fail(error, "a number is expected");
    });
    add("math.isinf", 1, 1, [](ArrayRef<Value> a, std::string &error) {
      return a[0].isNumber() ? Value::boolean(std::isinf(a[0].asDouble())) : fail(error, "a number is expected");
    });
    return map;
  }();
  return table;
}

} // namespace

bool isPythonFunction(StringRef name) { return functions().contains(name); }

Value mathConstant(StringRef name) {
  if (name == "pi")
    return Value::real(3.141592653589793);
  if (name == "e")
    return Value::real(2.718281828459045);
  if (name == "tau")
    return Value::real(6.283185307179586);
  if (name == "inf")
    return Value::real(std::numeric_limits<double>::infinity());
  if (name == "nan")
    return Value::real(std::numeric_limits<double>::quiet_NaN());
  return {};
}

Value callPythonFunction(StringRef name, ArrayRef<Value> arguments, const Environment::Keywords &keywords,
                         std::string &error) {
  auto found = functions().find(name);
  if (found == functions().end())
    return fail(error, "`" + name.str() + "` cannot run at compile time");
  const PythonFunction &function = found->second;
  if (!keywords.empty())
    return fail(error, name.str() + "() takes no keyword `" + keywords[0].first + "`");
  if (arguments.size() < function.minimum || arguments.size() > function.maximum)
    return fail(error, name.str() + "() takes " +
                           (function.minimum == function.maximum ? std::to_string(function.minimum)
                            : function.maximum == 1000
                                ? "at least " + std::to_string(function.minimum)
                                : std::to_string(function.minimum) + " to " + std::to_string(function.maximum)) +
                           (function.maximum == 1 ? " argument; got " : " arguments; got ") +
                           std::to_string(arguments.size()));
  for (const Value &argument : arguments)
    if (!argument.isConstexpr())
      return fail(error, name.str() + "() needs compile-time values; got " + describeValue(argument));
  return function.call(arguments, error);
}

} // namespace tegula
