//===- VectorMath.cpp - Elementary functions that vectorise -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %y = math.exp %x : f32
// After:   a dozen multiplications and additions, integer work on the exponent, two selects
//
// The forms are the classical ones: reduce the argument to a small interval, a polynomial there, put the exponent back.
// No branches, no tables, no conversions that are undefined for NaN, so that LLVM's loop vectoriser takes them as they
// are, at any width. Largest errors over the range, in units of the last place (measured by the unit test):
//
//   exp 2   exp2 2   expm1 4   log 2   log2 2   log10 2   log1p 3   tanh 3   erf 2   sin, cos 2 (|x| <= 1e6)
//
// Overflow gives infinity, underflow denormals and zero, invalid arguments NaN, as in the C library. Multiplications
// and additions may contract: with FMA they are a little better than said.
#include "lib/Conversion/TileToLoops/Passes.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

namespace tegula::loops {
#define GEN_PASS_DEF_EXPANDVECTORMATHPASS
#include "lib/Conversion/TileToLoops/Passes.h.inc"

using namespace mlir;

namespace {
/// Scalars with operators, so that formulas read as formulas.
struct Writer {
  OpBuilder &b;
  Location loc;
  arith::FastMathFlags fuse = arith::FastMathFlags::contract;
};

struct Real {
  Writer *w;
  Value v;
  Real constant(double c) const {
    return {w, arith::ConstantOp::create(w->b, w->loc, w->b.getFloatAttr(v.getType(), c))};
  }
};
Real operator+(Real x, Real y) { return {x.w, arith::AddFOp::create(x.w->b, x.w->loc, x.v, y.v, x.w->fuse)}; }
Real operator-(Real x, Real y) { return {x.w, arith::SubFOp::create(x.w->b, x.w->loc, x.v, y.v, x.w->fuse)}; }
Real operator*(Real x, Real y) { return {x.w, arith::MulFOp::create(x.w->b, x.w->loc, x.v, y.v, x.w->fuse)}; }
Real operator/(Real x, Real y) { return {x.w, arith::DivFOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Real operator+(Real x, double y) { return x + x.constant(y); }
Real operator-(Real x, double y) { return x - x.constant(y); }
Real operator*(Real x, double y) { return x * x.constant(y); }
Real operator-(Real x) { return {x.w, arith::NegFOp::create(x.w->b, x.w->loc, x.v)}; }
/// A subtraction that must not fuse: it undoes a rounding addition.
Real exactly(Real x, Real y) { return {x.w, arith::SubFOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Real exactSum(Real x, Real y) { return {x.w, arith::AddFOp::create(x.w->b, x.w->loc, x.v, y.v)}; }

struct Int {
  Writer *w;
  Value v;
  Int constant(int64_t c) const {
    return {w, arith::ConstantOp::create(w->b, w->loc, w->b.getIntegerAttr(v.getType(), c))};
  }
};
Int operator+(Int x, Int y) { return {x.w, arith::AddIOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Int operator-(Int x, Int y) { return {x.w, arith::SubIOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Int operator&(Int x, int64_t y) { return {x.w, arith::AndIOp::create(x.w->b, x.w->loc, x.v, x.constant(y).v)}; }
Int operator|(Int x, Int y) { return {x.w, arith::OrIOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Int operator^(Int x, Int y) { return {x.w, arith::XOrIOp::create(x.w->b, x.w->loc, x.v, y.v)}; }
Int operator+(Int x, int64_t y) { return x + x.constant(y); }
Int operator-(Int x, int64_t y) { return x - x.constant(y); }
Int operator<<(Int x, int64_t y) { return {x.w, arith::ShLIOp::create(x.w->b, x.w->loc, x.v, x.constant(y).v)}; }
Int operator>>(Int x, int64_t y) { return {x.w, arith::ShRSIOp::create(x.w->b, x.w->loc, x.v, x.constant(y).v)}; }

Int bits(Real x) {
  Type type = x.w->b.getIntegerType(x.v.getType().getIntOrFloatBitWidth());
  return {x.w, arith::BitcastOp::create(x.w->b, x.w->loc, type, x.v)};
}
Real real(Int x) { return {x.w, arith::BitcastOp::create(x.w->b, x.w->loc, x.w->b.getF32Type(), x.v)}; }
Real toReal(Int x) { return {x.w, arith::SIToFPOp::create(x.w->b, x.w->loc, x.w->b.getF32Type(), x.v)}; }
Real abs(Real x) { return real(bits(x) & 0x7fffffff); }
Real copySign(Real magnitude, Real sign) { return real(bits(magnitude) | (bits(sign) & int64_t(0xffffffff80000000))); }

using Predicate = arith::CmpFPredicate;
Value compare(Predicate p, Real x, Real y) { return arith::CmpFOp::create(x.w->b, x.w->loc, p, x.v, y.v); }
Value compare(Predicate p, Real x, double y) { return compare(p, x, x.constant(y)); }
Real select(Value p, Real x, Real y) { return {x.w, arith::SelectOp::create(x.w->b, x.w->loc, p, x.v, y.v)}; }
Real select(Value p, double x, Real y) { return select(p, y.constant(x), y); }

/// The polynomial with the coefficient of the highest power first.
Real polynomial(Real x, std::initializer_list<double> coefficients) {
  Real sum{x.w, Value()};
  for (double c : coefficients)
    sum = sum.v ? sum * x + c : x.constant(c);
  return sum;
}

/// e^r for |r| <= 0.36.
Real expSmall(Real r) {
  Real p = polynomial(
      r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  return (p * r) * r + r + 1.0;
}

constexpr double kRounder = 12582912.0; // 1.5 * 2^23: adding it rounds to an integer, in the low bits

/// p * 2^n in two steps, so that denormal results round once and 2^128 is not needed.
Real scaleBy(Real p, Int n) {
  Int half = n >> 1;
  return p * real((half + 127) << 23) * real((n - half + 127) << 23);
}

Real expOf(Real x) {
  Real shifted = exactSum(x * 1.44269504088896341, x.constant(kRounder));
  Real n = exactly(shifted, x.constant(kRounder));
  Real r = n * -0.693359375 + x;
  r = n * 2.12194440e-4 + r;
  Real result = scaleBy(expSmall(r), bits(shifted) - 0x4b400000);
  result = select(compare(Predicate::OGT, x, 88.7228394), INFINITY, result);
  return select(compare(Predicate::OLT, x, -103.972084), 0.0, result);
}

Real exp2Of(Real x) {
  Real shifted = exactSum(x, x.constant(kRounder));
  Real r = exactly(x, exactly(shifted, x.constant(kRounder)));
  Real result = scaleBy(expSmall(r * 0.693147180559945309), bits(shifted) - 0x4b400000);
  result = select(compare(Predicate::OGE, x, 128.0), INFINITY, result);
  return select(compare(Predicate::OLT, x, -150.0), 0.0, result);
}

/// x = 2^exponent * (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1); log(1 + f) = f + rest.
struct Logarithm {
  Real exponent, f, rest;
};

Logarithm takeLogarithm(Real x) {
  Value denormal = compare(Predicate::OLT, x, 1.17549435e-38);
  Real normal = select(denormal, x * 8388608.0, x);
  Int offset = bits(normal) - 0x3f3504f3;
  Real exponent = toReal(offset >> 23);
  exponent = select(denormal, exponent - 23.0, exponent);
  Real f = real((offset & 0x007fffff) + 0x3f3504f3) - 1.0;
  Real z = f * f;
  Real p = polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                          -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
  return {exponent, f, p * f * z};
}

/// What the formula gives only for positive finite numbers.
Real finishLogarithm(Real x, Real result) {
  result = select(compare(Predicate::OEQ, x, INFINITY), INFINITY, result);
  result = select(compare(Predicate::OEQ, x, 0.0), -INFINITY, result);
  // Negative, and NaN.
  return select(compare(Predicate::ULT, x, 0.0), NAN, result);
}

Real logOf(Real x) {
  Logarithm l = takeLogarithm(x);
  Real rest = l.exponent * -2.12194440e-4 + l.rest - (l.f * l.f) * 0.5;
  return finishLogarithm(x, l.exponent * 0.693359375 + (l.f + rest));
}

Real logToBase(Real x, double oneOverLog, double high, double low) {
  Logarithm l = takeLogarithm(x);
  Real rest = l.rest - (l.f * l.f) * 0.5;
  // The logarithm of the base in two parts: the leading one exact in products with f's leading bits.
  Real fraction = (l.f + rest) * oneOverLog;
  return finishLogarithm(x, l.exponent * high + (l.exponent * low + fraction));
}

Real log1pOf(Real x) {
  Real u = x + 1.0, d = exactly(u, x.constant(1.0));
  Real result = logOf(u) * (x / d);
  result = select(compare(Predicate::OEQ, d, 0.0), x, result);
  result = select(compare(Predicate::OEQ, u, 0.0), -INFINITY, result);
  return select(compare(Predicate::OEQ, x, INFINITY), INFINITY, result);
}

Real expm1Of(Real x) {
  // Near zero a polynomial, else the difference.
  Real p = polynomial(x, {1.9841269841e-4, 1.3888888889e-3, 8.3333333333e-3, 4.1666666667e-2, 1.6666666667e-1, 0.5});
  Real near = (p * x) * x + x;
  Real far = expOf(x) - 1.0;
  return select(compare(Predicate::OLT, abs(x), 0.5), near, far);
}

Real tanhOf(Real x) {
  Real magnitude = abs(x), z = x * x;
  Real p = polynomial(z, {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1});
  Real near = (p * z) * x + x;
  Real e = expOf(magnitude * 2.0);
  Real far = x.constant(1.0) - x.constant(2.0) / (e + 1.0);
  return select(compare(Predicate::OLT, magnitude, 0.625), near, copySign(far, x));
}

Real erfOf(Real x) {
  Real t = abs(x), s = x * x;
  Real r = t * -1.72853470e-5 + 3.83197126e-4;
  Real u = t * -3.88396438e-3 + 2.42546219e-2;
  r = r * s + u;
  r = r * t + -1.06777877e-1;
  r = r * t + -6.34846687e-1;
  r = r * t + -1.28717512e-1;
  r = r * t - t;
  Real far = copySign(x.constant(1.0) - expOf(r), x);
  Real p = polynomial(s, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1});
  return select(compare(Predicate::OGT, t, 0.927734375), far, p * x + x);
}

/// sin(x + quarters * pi / 2). The reduction is in double: no argument below 2^30 loses anything that shows.
Real sinOf(Real x, int quarters) {
  OpBuilder &b = x.w->b;
  Real wide{x.w, arith::ExtFOp::create(b, x.w->loc, b.getF64Type(), x.v)};
  constexpr double rounder = 6755399441055744.0;
  Real shifted = exactSum(wide * 0.63661977236758134308, wide.constant(rounder));
  Real n = exactly(shifted, wide.constant(rounder));
  Real r64 = n * -1.57079632673412561417 + wide;
  r64 = n * -6.07710050630396597660e-11 + r64;
  r64 = n * -2.02226624879595063154e-21 + r64;
  Real r{x.w, arith::TruncFOp::create(b, x.w->loc, b.getF32Type(), r64.v)};
  Int quadrant{x.w, arith::TruncIOp::create(b, x.w->loc, b.getI32Type(), bits(shifted).v)};
  quadrant = quadrant + quarters;
  Real z = r * r;
  Real sine = polynomial(z, {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1}) * z * r + r;
  Real cosine = polynomial(z, {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2}) * z * z +
                (x.constant(1.0) - z * 0.5);
  Value odd = arith::CmpIOp::create(b, x.w->loc, arith::CmpIPredicate::ne, (quadrant & 1).v, quadrant.constant(0).v);
  Real chosen = select(odd, cosine, sine);
  return real(bits(chosen) ^ ((quadrant & 2) << 30));
}

/// The expansion of a one-operand operation on f32; null when there is none.
Value expand(Writer &w, Operation *op) {
  Real x{&w, op->getOperand(0)};
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case<math::ExpOp>([&](auto) { return expOf(x).v; })
      .Case<math::Exp2Op>([&](auto) { return exp2Of(x).v; })
      .Case<math::ExpM1Op>([&](auto) { return expm1Of(x).v; })
      .Case<math::LogOp>([&](auto) { return logOf(x).v; })
      .Case<math::Log2Op>([&](auto) { return logToBase(x, 1.44269504088896341, 1.0, 0.0).v; })
      .Case<math::Log10Op>(
          [&](auto) { return logToBase(x, 0.434294481903251828, 3.0078125e-1, 2.48745663981195214e-4).v; })
      .Case<math::Log1pOp>([&](auto) { return log1pOf(x).v; })
      .Case<math::TanhOp>([&](auto) { return tanhOf(x).v; })
      .Case<math::ErfOp>([&](auto) { return erfOf(x).v; })
      .Case<math::SinOp>([&](auto) { return sinOf(x, 0).v; })
      .Case<math::CosOp>([&](auto) { return sinOf(x, 1).v; })
      .Default([](Operation *) { return Value(); });
}

struct ExpandVectorMathPass : impl::ExpandVectorMathPassBase<ExpandVectorMathPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (!isa_and_nonnull<math::MathDialect>(op->getDialect()) || op->getNumOperands() != 1 ||
          !op->getResult(0).getType().isF32())
        return;
      OpBuilder b(op);
      Writer w{b, op->getLoc()};
      if (Value value = expand(w, op)) {
        op->getResult(0).replaceAllUsesWith(value);
        op->erase();
      }
    });
  }
};
} // namespace
} // namespace tegula::loops
