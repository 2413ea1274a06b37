//===- Integer.h - Python's integers ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An integer of any size with Python's arithmetic: `//` rounds down and `%` takes
// the divisor's sign, `&`, `|`, `^`, `~` and `>>` work on endless two's complement.
//
// A value is kept in the fewest bits that hold it, but never fewer than 64, so that
// the common case is one machine word. No value grows beyond `maxBits`: operations
// that could are `std::optional` and answer nothing.
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/APInt.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace tegula {

class Integer {
public:
  /// The largest size of a compile-time integer: far beyond what a kernel means.
  static constexpr unsigned maxBits = 1 << 14;

  Integer(int64_t value = 0) : value(64, uint64_t(value), true) {}
  static Integer fromUnsigned(uint64_t value);
  /// Decimal digits, perhaps with a sign; nothing when the text is something else or too long.
  static std::optional<Integer> parse(llvm::StringRef decimal);
  /// Truncates toward zero; nothing for infinities, NaN and what is too large.
  static std::optional<Integer> fromDouble(double value);

  bool isZero() const { return value.isZero(); }
  bool isNegative() const { return value.isNegative(); }
  bool isPowerOfTwo() const { return !value.isNegative() && value.isPowerOf2(); }
  /// Bits of the magnitude, as Python's int.bit_length().
  unsigned bitLength() const { return value.abs().getActiveBits(); }
  std::optional<int64_t> asInt64() const;
  std::optional<uint64_t> asUint64() const;
  /// The low `width` bits.
  llvm::APInt bits(unsigned width) const { return value.sextOrTrunc(width); }
  double asDouble() const { return value.roundToDouble(true); }
  std::string str() const;

  Integer operator-() const;
  Integer operator~() const;
  friend Integer operator+(const Integer &a, const Integer &b);
  friend Integer operator-(const Integer &a, const Integer &b) { return a + -b; }
  friend Integer operator&(const Integer &a, const Integer &b);
  friend Integer operator|(const Integer &a, const Integer &b);
  friend Integer operator^(const Integer &a, const Integer &b);
  friend std::optional<Integer> multiply(const Integer &a, const Integer &b);
  /// -1, 0 or 1.
  friend int compare(const Integer &a, const Integer &b);
  friend bool operator==(const Integer &a, const Integer &b) { return compare(a, b) == 0; }
  friend bool operator<(const Integer &a, const Integer &b) { return compare(a, b) < 0; }
  friend bool operator<=(const Integer &a, const Integer &b) { return compare(a, b) <= 0; }

  /// The divisor is not zero.
  friend Integer floorDivide(const Integer &a, const Integer &b);
  friend Integer floorModulo(const Integer &a, const Integer &b);
  /// The exponent is not negative.
  friend std::optional<Integer> power(const Integer &base, const Integer &exponent);
  /// The amount is not negative.
  friend std::optional<Integer> shiftLeft(const Integer &a, const Integer &amount);
  friend Integer shiftRight(const Integer &a, const Integer &amount);

private:
  explicit Integer(llvm::APInt value);
  static std::pair<llvm::APInt, llvm::APInt> sameWidth(const Integer &a, const Integer &b, unsigned extra = 0);

  llvm::APInt value;
};

} // namespace tegula
