//===- ConstEval.cpp - Operators on compile-time values ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/ConstEval.h"

#include <cmath>

using namespace llvm;
using tegula::ast::BinaryOperator;
using tegula::ast::CompareOperator;
using tegula::ast::UnaryOperator;

namespace tegula {

static Value fail(std::string &error, std::string message) {
  error = std::move(message);
  return {};
}

static Value orTooLarge(std::optional<Integer> value, std::string &error) {
  return value ? Value::integer(std::move(*value))
               : fail(error, "a compile-time integer has at most " + std::to_string(Integer::maxBits) + " bits");
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static Value integerBinary(BinaryOperator op, const Value &left, const Value &right, std::string &error) {
  Integer a = left.asInteger(), b = right.asInteger();
  bool bools = left.isBool() && right.isBool();
  auto logical = [&](Integer value) { return bools ? Value::boolean(!value.isZero()) : Value::integer(value); };
  switch (op) {
  case BinaryOperator::Add:
    return orTooLarge(std::max(a.bitLength(), b.bitLength()) < Integer::maxBits ? std::optional(a + b) : std::nullopt,
                      error);
  case BinaryOperator::Sub:
    return orTooLarge(std::max(a.bitLength(), b.bitLength()) < Integer::maxBits ? std::optional(a - b) : std::nullopt,
                      error);
  case BinaryOperator::Mult:
    return orTooLarge(multiply(a, b), error);
  case BinaryOperator::Div:
    if (b.isZero())
      return fail(error, "division by zero");
    return Value::real(a.asDouble() / b.asDouble());
  case BinaryOperator::FloorDiv:
    return b.isZero() ? fail(error, "integer division by zero") : Value::integer(floorDivide(a, b));
  case BinaryOperator::Mod:
    return b.isZero() ? fail(error, "integer remainder by zero") : Value::integer(floorModulo(a, b));
  case BinaryOperator::Pow:
    if (b.isNegative())
      return a.isZero() ? fail(error, "0 cannot be raised to a negative power")
                        : Value::real(std::pow(a.asDouble(), b.asDouble()));
    return orTooLarge(power(a, b), error);
  case BinaryOperator::LShift:
    return b.isNegative() ? fail(error, "negative shift count") : orTooLarge(shiftLeft(a, b), error);
  case BinaryOperator::RShift:
    return b.isNegative() ? fail(error, "negative shift count") : Value::integer(shiftRight(a, b));
  case BinaryOperator::BitOr:
    return logical(a | b);
  case BinaryOperator::BitXor:
    return logical(a ^ b);
  case BinaryOperator::BitAnd:
    return logical(a & b);
  case BinaryOperator::MatMult:
    break;
  }
  return {};
}

static Value floatBinary(BinaryOperator op, double a, double b, std::string &error) {
  switch (op) {
  case BinaryOperator::Add:
    return Value::real(a + b);
  case BinaryOperator::Sub:
    return Value::real(a - b);
  case BinaryOperator::Mult:
    return Value::real(a * b);
  case BinaryOperator::Div:
    return b == 0 ? fail(error, "float division by zero") : Value::real(a / b);
  case BinaryOperator::FloorDiv:
  case BinaryOperator::Mod: {
    if (b == 0)
      return fail(error, op == BinaryOperator::Mod ? "float modulo by zero" : "float floor division by zero");
    // CPython's float_divmod: the remainder takes the divisor's sign.
    double rest = std::fmod(a, b), quotient = (a - rest) / b;
    if (rest != 0) {
      if ((b < 0) != (rest < 0)) {
        rest += b;
        quotient -= 1;
      }
    } else {
      rest = std::copysign(0.0, b);
    }
    if (op == BinaryOperator::Mod)
      return Value::real(rest);
    if (quotient == 0)
      return Value::real(std::copysign(0.0, a / b));
    double floored = std::floor(quotient);
    return Value::real(quotient - floored > 0.5 ? floored + 1 : floored);
  }
  case BinaryOperator::Pow: {
    if (a == 0 && b < 0)
      return fail(error, "0.0 cannot be raised to a negative power");
    if (a < 0 && std::isfinite(b) && b != std::floor(b))
      return fail(error, "a negative number cannot be raised to a fractional power");
    double result = std::pow(a, b);
    if (std::isinf(result) && std::isfinite(a) && std::isfinite(b))
      return fail(error, "the result of ** is too large");
    return Value::real(result);
  }
  default:
    return {};
  }
}

static Value sequenceBinary(BinaryOperator op, const Value &a, const Value &b, std::string &error) {
  const std::string tooLong = "a compile-time sequence has at most " + std::to_string(maxSequence) + " elements";
  if (op == BinaryOperator::Add && a.isString() && b.isString()) {
    if (a.asString().size() + b.asString().size() > maxSequence)
      return fail(error, tooLong);
    return Value::string(a.asString() + b.asString());
  }
  if (op == BinaryOperator::Add && a.isTuple() && b.isTuple()) {
    std::vector<Value> items = a.items();
    items.insert(items.end(), b.items().begin(), b.items().end());
    if (items.size() > maxSequence)
      return fail(error, tooLong);
    return a.isList() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
  }
  if (op == BinaryOperator::Mult && (a.isIntegral() || b.isIntegral())) {
    const Value &sequence = a.isIntegral() ? b : a;
    Integer count = (a.isIntegral() ? a : b).asInteger();
    if (!sequence.isString() && !sequence.isTuple())
      return {};
    size_t size = sequence.isString() ? sequence.asString().size() : sequence.items().size();
    std::optional<int64_t> times = count.isNegative() || size == 0 ? 0 : count.asInt64();
    if (!times || uint64_t(*times) > maxSequence || size * uint64_t(*times) > maxSequence)
      return fail(error, tooLong);
    if (sequence.isString()) {
      std::string text;
      for (int64_t i = 0; i < *times; ++i)
        text += sequence.asString();
      return Value::string(text);
    }
    std::vector<Value> items;
    for (int64_t i = 0; i < *times; ++i)
      items.insert(items.end(), sequence.items().begin(), sequence.items().end());
    return sequence.isList() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
  }
  return {};
}

Value constBinary(BinaryOperator op, const Value &a, const Value &b, std::string &error) {
  Value result;
  if (a.isIntegral() && b.isIntegral())
    result = integerBinary(op, a, b, error);
  else if (a.isNumber() && b.isNumber())
    result = floatBinary(op, a.asDouble(), b.asDouble(), error);
  else if (op == BinaryOperator::Mod && a.isString())
    return fail(error, "the % operator on strings is not supported; use an f-string");
  else
    result = sequenceBinary(op, a, b, error);
  if (!result && error.empty())
    error = "operator " + std::string(ast::spelling(op)) + " does not take " + describeValue(a) + " and " +
            describeValue(b);
  return result;
}

Value constUnary(UnaryOperator op, const Value &a, std::string &error) {
  switch (op) {
  case UnaryOperator::Not:
    return Value::boolean(!constTruth(a));
  case UnaryOperator::UAdd:
    if (a.isIntegral())
      return Value::integer(a.asInteger());
    if (a.isFloat())
      return a;
    break;
  case UnaryOperator::USub:
    if (a.isIntegral())
      return Value::integer(-a.asInteger());
    if (a.isFloat())
      return Value::real(-a.asDouble());
    break;
  case UnaryOperator::Invert:
    if (a.isIntegral())
      return Value::integer(~a.asInteger());
    break;
  }
  return fail(error, "operator " + std::string(ast::spelling(op)) + " does not take " + describeValue(a));
}

//===----------------------------------------------------------------------===//
// Comparison and truth
//===----------------------------------------------------------------------===//

bool constTruth(const Value &value) {
  switch (value.kind()) {
  case Value::Kind::Invalid:
  case Value::Kind::None:
    return false;
  case Value::Kind::Bool:
  case Value::Kind::Int:
    return !value.asInteger().isZero();
  case Value::Kind::Float:
    return value.asDouble() != 0;
  case Value::Kind::String:
    return !value.asString().empty();
  case Value::Kind::Tuple:
    return !value.items().empty();
  case Value::Kind::Range: {
    const RangeData &range = value.asRange();
    return range.step.isNegative() ? range.stop < range.start : range.start < range.stop;
  }
  default:
    return true;
  }
}

/// -1, 0, 1, or 2 when they have no order (NaN).
static int compareNumbers(const Value &a, const Value &b) {
  if (a.isIntegral() && b.isIntegral())
    return compare(a.asInteger(), b.asInteger());
  if (a.isFloat() && b.isFloat()) {
    double x = a.asDouble(), y = b.asDouble();
    return x < y ? -1 : x == y ? 0 : x > y ? 1 : 2;
  }
  // An int against a float, without rounding the int.
  bool flipped = a.isFloat();
  double real = (flipped ? a : b).asDouble();
  Integer integer = (flipped ? b : a).asInteger();
  if (std::isnan(real))
    return 2;
  int order;
  if (std::isinf(real)) {
    order = real > 0 ? -1 : 1;
  } else {
    double whole = std::floor(real);
    order = compare(integer, *Integer::fromDouble(whole));
    if (order == 0 && whole != real)
      order = -1;
  }
  return flipped ? -order : order;
}

bool constEqual(const Value &a, const Value &b) {
  if (a.isNumber() && b.isNumber())
    return compareNumbers(a, b) == 0;
  if (a.isTuple() && b.isTuple()) {
    const auto &x = a.items(), &y = b.items();
    return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), constEqual);
  }
  return a.identical(b);
}

/// As compareNumbers, for any two values that Python orders; nothing for others.
static std::optional<int> order(const Value &a, const Value &b) {
  if (a.isNumber() && b.isNumber())
    return compareNumbers(a, b);
  if (a.isString() && b.isString())
    return a.asString() < b.asString() ? -1 : a.asString() == b.asString() ? 0 : 1;
  if (a.isTuple() && b.isTuple() && a.isList() == b.isList()) {
    const auto &x = a.items(), &y = b.items();
    for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
      if (!constEqual(x[i], y[i]))
        return order(x[i], y[i]);
    return x.size() < y.size() ? -1 : x.size() == y.size() ? 0 : 1;
  }
  return std::nullopt;
}

Value constCompare(CompareOperator op, const Value &a, const Value &b, std::string &error) {
  switch (op) {
  case CompareOperator::Eq:
    return Value::boolean(constEqual(a, b));
  case CompareOperator::NotEq:
    return Value::boolean(!constEqual(a, b));
  case CompareOperator::Is:
    return Value::boolean(a.identical(b));
  case CompareOperator::IsNot:
    return Value::boolean(!a.identical(b));
  case CompareOperator::In:
  case CompareOperator::NotIn: {
    bool found = false;
    if (a.isString() && b.isString()) {
      found = StringRef(b.asString()).contains(a.asString());
    } else {
      std::vector<Value> items;
      if (!constIterate(b, items, error))
        return {};
      found = any_of(items, [&](const Value &item) { return constEqual(a, item); });
    }
    return Value::boolean(found == (op == CompareOperator::In));
  }
  default:
    break;
  }
  std::optional<int> result = order(a, b);
  if (!result)
    return fail(error, "operator " + std::string(ast::spelling(op)) + " does not take " + describeValue(a) + " and " +
                           describeValue(b));
  if (*result == 2)
    return Value::boolean(false);
  switch (op) {
  case CompareOperator::Lt:
    return Value::boolean(*result < 0);
  case CompareOperator::LtE:
    return Value::boolean(*result <= 0);
  case CompareOperator::Gt:
    return Value::boolean(*result > 0);
  default:
    return Value::boolean(*result >= 0);
  }
}

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

Value constantValue(const ast::Constant &constant, std::string &error) {
  switch (constant.value) {
  case ast::ConstantKind::None:
    return Value::none();
  case ast::ConstantKind::True:
    return Value::boolean(true);
  case ast::ConstantKind::False:
    return Value::boolean(false);
  case ast::ConstantKind::Ellipsis:
    return Value::ellipsis();
  case ast::ConstantKind::Int:
    if (constant.fitsUint64)
      return Value::integer(Integer::fromUnsigned(constant.integer));
    // Decimal conversion takes quadratic time: refuse long ones before it.
    return orTooLarge(
        constant.text.size() > Integer::maxBits / 4 ? std::nullopt : Integer::parse(ast::decimalText(constant)), error);
  case ast::ConstantKind::Float:
    return Value::real(constant.real);
  case ast::ConstantKind::Str:
    return Value::string(StringRef(constant.text.data(), constant.text.size()));
  case ast::ConstantKind::Imaginary:
    return fail(error, "complex numbers are not part of the kernel language");
  case ast::ConstantKind::Bytes:
    return fail(error, "bytes are not part of the kernel language");
  }
  return {};
}

} // namespace tegula
