//===- Floats.cpp - Conversions among the small floats ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All in integer and f32 arithmetic without branches, so that LLVM vectorises it, and without the run-time library
// calls (__truncsfbf2 and the like) that LLVM would make.
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::Rounding;

namespace {
/// A few lines of i32 and f32 arithmetic, readable.
struct Words {
  OpBuilder &b;
  Location loc;
  Type i32 = b.getI32Type(), f32 = b.getF32Type();

  Value c(int64_t n) { return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(int32_t(n))); }
  Value bits(Value f) { return arith::BitcastOp::create(b, loc, i32, f); }
  Value real(Value i) { return arith::BitcastOp::create(b, loc, f32, i); }
  Value andi(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
  Value ori(Value x, Value y) { return arith::OrIOp::create(b, loc, x, y); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubIOp::create(b, loc, x, y); }
  Value shr(Value x, int n) { return arith::ShRUIOp::create(b, loc, x, c(n)); }
  Value shl(Value x, int n) { return arith::ShLIOp::create(b, loc, x, c(n)); }
  Value above(Value x, Value y) { return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ugt, x, y); }
  Value select(Value p, Value x, Value y) { return arith::SelectOp::create(b, loc, p, x, y); }
  Value widen(Value x) { return arith::ExtUIOp::create(b, loc, i32, x); }
  Value narrow(Value x, unsigned width) { return arith::TruncIOp::create(b, loc, b.getIntegerType(width), x); }
};
} // namespace

/// e4m3fn (no infinity, NaN is all ones) to f32: the bits become an f32 too small by 2^120; denormals come out right.
static Value e4m3ToF32(Words &w, Value value) {
  Value x = w.widen(value), magnitude = w.andi(x, w.c(0x7f));
  Value scale = arith::ConstantOp::create(w.b, w.loc, w.b.getF32FloatAttr(0x1p120f));
  Value scaled = arith::MulFOp::create(w.b, w.loc, w.real(w.shl(magnitude, 20)), scale);
  Value isNan = w.above(magnitude, w.c(0x7e));
  Value result = w.select(isNan, w.c(0x7fc00000), w.bits(scaled));
  return w.real(w.ori(result, w.shl(w.andi(x, w.c(0x80)), 24)));
}

/// e5m2 is the upper half of an f16.
static Value e5m2ToF32(Words &w, Value value) {
  Value wide = arith::ExtUIOp::create(w.b, w.loc, w.b.getI16Type(), value);
  Value eight = arith::ConstantOp::create(w.b, w.loc, w.b.getI16IntegerAttr(8));
  Value half = arith::ShLIOp::create(w.b, w.loc, wide, eight);
  Value f16 = arith::BitcastOp::create(w.b, w.loc, w.b.getF16Type(), half);
  return arith::ExtFOp::create(w.b, w.loc, w.f32, f16);
}

static Value bf16ToF32(Words &w, Value value) { return w.real(w.shl(w.widen(value), 16)); }

static Value f32ToBf16(Words &w, Value value, Rounding rounding) {
  Value x = w.bits(value), isNan = w.above(w.andi(x, w.c(0x7fffffff)), w.c(0x7f800000));
  Value rounded = x;
  if (rounding == Rounding::NearestEven)
    rounded = w.add(x, w.add(w.c(0x7fff), w.andi(w.shr(x, 16), w.c(1))));
  return w.narrow(w.shr(w.select(isNan, w.ori(x, w.c(0x400000)), rounded), 16), 16);
}

/// f32 to an 8-bit float of `mantissa` bits, to nearest even, saturating at `largest` (a code), NaN to `nan`.
static Value f32ToFp8(Words &w, Value value, int mantissa, int bias, int largest, int nan, Rounding rounding) {
  Value x = w.bits(value), magnitude = w.andi(x, w.c(0x7fffffff));
  int dropped = 23 - mantissa;
  // Normal results: rebias the exponent, add half a unit in the last place (less one when the kept part is even).
  Value odd = w.andi(w.shr(magnitude, dropped), w.c(1));
  Value rebiased = w.add(magnitude, w.c(-(int64_t(127 - bias) << 23) + (int64_t(1) << (dropped - 1)) - 1));
  Value normal = w.shr(w.add(rebiased, odd), dropped);
  // Denormal results: adding a large power of two lets the f32 adder shift and round.
  Value magic = w.c(int64_t(127 - bias + dropped + 1) << 23);
  Value denormal = w.sub(w.bits(arith::AddFOp::create(w.b, w.loc, w.real(magnitude), w.real(magic))), magic);
  Value isNormal = w.above(magnitude, w.c((int64_t(128 - bias) << 23) - 1));
  Value code = w.select(isNormal, normal, denormal);
  if (rounding == Rounding::TowardZero) {
    // One back where rounding went up.
    Value back = mantissa == 3 ? e4m3ToF32(w, w.narrow(code, 8)) : e5m2ToF32(w, w.narrow(code, 8));
    Value wentUp = w.above(w.bits(back), magnitude);
    code = w.sub(code, arith::ExtUIOp::create(w.b, w.loc, w.i32, wentUp));
  }
  // In f32 bits: everything from one code beyond the largest on saturates.
  uint32_t largestBits =
      ((uint32_t(largest) >> mantissa) + 127 - bias) << 23 | (uint32_t(largest) & ((1u << mantissa) - 1)) << dropped;
  code = w.select(w.above(magnitude, w.c(largestBits)), w.c(largest), code);
  code = w.select(w.above(magnitude, w.c(0x7f800000)), w.c(nan), code);
  return w.narrow(w.ori(code, w.andi(w.shr(x, 24), w.c(0x80))), 8);
}

static Value f32ToF16(Words &w, Value value, Rounding rounding) {
  Value half = arith::TruncFOp::create(w.b, w.loc, w.b.getF16Type(), value);
  if (rounding == Rounding::NearestEven)
    return half;
  auto magnitude = [&](Value f) { return w.andi(w.bits(f), w.c(0x7fffffff)); };
  Value back = magnitude(arith::ExtFOp::create(w.b, w.loc, w.f32, half)), from = magnitude(value);
  Value wentUp = w.andi(arith::ExtUIOp::create(w.b, w.loc, w.i32, w.above(back, from)),
                        arith::ExtUIOp::create(w.b, w.loc, w.i32, w.above(w.c(0x7f800000), from)));
  Value code = w.widen(arith::BitcastOp::create(w.b, w.loc, w.b.getI16Type(), half));
  return arith::BitcastOp::create(w.b, w.loc, w.b.getF16Type(), w.narrow(w.sub(code, wentUp), 16));
}

static Value toF32(Words &w, Value value, Type from, Rounding rounding) {
  if (from.isF32())
    return value;
  if (from.isF16())
    return arith::ExtFOp::create(w.b, w.loc, w.f32, value);
  if (from.isBF16())
    return bf16ToF32(w, value);
  if (isa<Float8E4M3FNType>(from))
    return e4m3ToF32(w, value);
  if (isa<Float8E5M2Type>(from))
    return e5m2ToF32(w, value);
  // f64: rounding to odd, so that a second rounding to a smaller type is right.
  Value near = arith::TruncFOp::create(w.b, w.loc, w.f32, value);
  Value back = arith::ExtFOp::create(w.b, w.loc, w.b.getF64Type(), near);
  Type i64 = w.b.getI64Type();
  auto magnitude = [&](Value f) -> Value {
    Value mask = arith::ConstantOp::create(w.b, w.loc, w.b.getI64IntegerAttr(INT64_MAX));
    return arith::AndIOp::create(w.b, w.loc, arith::BitcastOp::create(w.b, w.loc, i64, f), mask);
  };
  Value up = w.above(magnitude(back), magnitude(value)),
        inexact = arith::CmpFOp::create(w.b, w.loc, arith::CmpFPredicate::ONE, back, value);
  Value towardZero = w.sub(w.bits(near), arith::ExtUIOp::create(w.b, w.loc, w.i32, up));
  if (rounding == Rounding::TowardZero)
    return w.real(towardZero);
  return w.real(w.ori(towardZero, arith::ExtUIOp::create(w.b, w.loc, w.i32, inexact)));
}

Value tegula::loops::emitFloatCast(OpBuilder &b, Location loc, Value value, Type from, Type to, Rounding rounding) {
  if (from == to)
    return value;
  Words w{b, loc};
  if (from.isF64() && to.isF32())
    return rounding == Rounding::TowardZero ? toF32(w, value, from, rounding)
                                            : Value(arith::TruncFOp::create(b, loc, to, value));
  Value single = toF32(w, value, from, rounding);
  if (to.isF32())
    return single;
  if (to.isF64())
    return arith::ExtFOp::create(b, loc, to, single);
  if (to.isF16())
    return f32ToF16(w, single, rounding);
  if (to.isBF16())
    return f32ToBf16(w, single, rounding);
  if (isa<Float8E4M3FNType>(to))
    return f32ToFp8(w, single, 3, 7, 0x7e, 0x7f, rounding);
  return f32ToFp8(w, single, 2, 15, 0x7b, 0x7f, rounding);
}
