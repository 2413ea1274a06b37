//===- Integer.cpp - Python's integers --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Integer.h"

#include "llvm/ADT/SmallString.h"

#include <cmath>

using namespace llvm;

namespace tegula {

Integer::Integer(APInt wide) : value(wide.sextOrTrunc(std::max(64u, wide.getSignificantBits()))) {}

std::pair<APInt, APInt> Integer::sameWidth(const Integer &a, const Integer &b, unsigned extra) {
  unsigned width = std::max(a.value.getBitWidth(), b.value.getBitWidth()) + extra;
  return {a.value.sext(width), b.value.sext(width)};
}

Integer Integer::fromUnsigned(uint64_t value) { return Integer(APInt(65, value)); }

std::optional<Integer> Integer::parse(StringRef text) {
  bool negative = text.consume_front("-");
  if (text.empty() || text.size() > maxBits / 4 || text.find_first_not_of("0123456789") != StringRef::npos)
    return std::nullopt;
  Integer magnitude(APInt(unsigned(text.size()) * 4 + 2, text, 10));
  return negative ? -magnitude : magnitude;
}

std::optional<Integer> Integer::fromDouble(double value) {
  if (!std::isfinite(value))
    return std::nullopt;
  return Integer(APIntOps::RoundDoubleToAPInt(value, 1100));
}

std::optional<int64_t> Integer::asInt64() const {
  if (value.getSignificantBits() > 64)
    return std::nullopt;
  return value.getSExtValue();
}

std::optional<uint64_t> Integer::asUint64() const {
  if (value.isNegative() || value.getActiveBits() > 64)
    return std::nullopt;
  return value.getZExtValue();
}

std::string Integer::str() const {
  SmallString<32> text;
  value.toStringSigned(text);
  return std::string(text);
}

Integer Integer::operator-() const { return Integer(-value.sext(value.getBitWidth() + 1)); }
Integer Integer::operator~() const { return Integer(~value); }

Integer operator+(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b, 1);
  return Integer(x + y);
}
Integer operator&(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b);
  return Integer(x & y);
}
Integer operator|(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b);
  return Integer(x | y);
}
Integer operator^(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b);
  return Integer(x ^ y);
}

std::optional<Integer> multiply(const Integer &a, const Integer &b) {
  unsigned width = a.value.getSignificantBits() + b.value.getSignificantBits();
  if (width > Integer::maxBits)
    return std::nullopt;
  return Integer(a.value.sextOrTrunc(width) * b.value.sextOrTrunc(width));
}

int compare(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b);
  return x.slt(y) ? -1 : x == y ? 0 : 1;
}

Integer floorDivide(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b, 1);
  return Integer(APIntOps::RoundingSDiv(x, y, APInt::Rounding::DOWN));
}

Integer floorModulo(const Integer &a, const Integer &b) {
  auto [x, y] = Integer::sameWidth(a, b, 1);
  APInt rest = x.srem(y);
  if (!rest.isZero() && rest.isNegative() != y.isNegative())
    rest += y;
  return Integer(rest);
}

std::optional<Integer> power(const Integer &base, const Integer &exponent) {
  std::optional<uint64_t> count = exponent.asUint64();
  if (base.isZero() || base == Integer(1) || base == Integer(-1)) {
    bool odd = !(exponent & Integer(1)).isZero();
    return base.isZero() ? Integer(exponent.isZero() ? 1 : 0) : odd ? base : Integer(1);
  }
  if (!count || *count > Integer::maxBits)
    return std::nullopt;
  Integer result = 1;
  std::optional<Integer> square = base;
  for (uint64_t rest = *count; rest; rest >>= 1) {
    if (rest & 1) {
      if (!square)
        return std::nullopt;
      std::optional<Integer> next = multiply(result, *square);
      if (!next)
        return std::nullopt;
      result = *next;
    }
    if (rest > 1 && square)
      square = multiply(*square, *square);
  }
  return result;
}

std::optional<Integer> shiftLeft(const Integer &a, const Integer &amount) {
  if (a.isZero())
    return a;
  std::optional<uint64_t> count = amount.asUint64();
  unsigned bits = a.value.getSignificantBits();
  if (!count || *count + bits > Integer::maxBits)
    return std::nullopt;
  return Integer(a.value.sextOrTrunc(bits + unsigned(*count)).shl(unsigned(*count)));
}

Integer shiftRight(const Integer &a, const Integer &amount) {
  std::optional<uint64_t> count = amount.asUint64();
  if (!count || *count >= a.value.getBitWidth())
    return a.isNegative() ? -1 : 0;
  return Integer(a.value.ashr(unsigned(*count)));
}

} // namespace tegula
