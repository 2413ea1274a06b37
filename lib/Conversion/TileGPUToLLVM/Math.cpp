//===- Math.cpp - math, and functions of the device library -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// | function                                         | f32                                         | f64       |
// |--------------------------------------------------|---------------------------------------------|-----------|
// | exp, exp2                                        | ex2.approx.ftz (below 2^-126: 0)            | libdevice |
// | log, log2, log10                                 | lg2.approx                                  | libdevice |
// | sqrt                                             | with `afn` sqrt.approx, without sqrt.rn     | sqrt.rn   |
// | rsqrt                                            | rsqrt.approx                                | libdevice |
// | sin, cos, tanh                                   | with `afn` .approx, without libdevice       | libdevice |
// | floor, ceil, trunc, round, abs, fma, bit counts  | one instruction                             | same      |
// | every other function                             | libdevice                                   | libdevice |
//
// Halves are computed in f32. Kernels that use the first four rows alone need no libdevice.
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Math/IR/Math.h"
#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

/// The stem of a function in libdevice: "erf" for __nv_erff and __nv_erf; empty when it has none.
StringRef libdeviceStem(Operation *op) {
  return TypeSwitch<Operation *, StringRef>(op)
      .Case<math::AcosOp>([](auto) { return "acos"; })
      .Case<math::AcoshOp>([](auto) { return "acosh"; })
      .Case<math::AsinOp>([](auto) { return "asin"; })
      .Case<math::AsinhOp>([](auto) { return "asinh"; })
      .Case<math::AtanOp>([](auto) { return "atan"; })
      .Case<math::Atan2Op>([](auto) { return "atan2"; })
      .Case<math::AtanhOp>([](auto) { return "atanh"; })
      .Case<math::CbrtOp>([](auto) { return "cbrt"; })
      .Case<math::CosOp>([](auto) { return "cos"; })
      .Case<math::CoshOp>([](auto) { return "cosh"; })
      .Case<math::ErfOp>([](auto) { return "erf"; })
      .Case<math::ErfcOp>([](auto) { return "erfc"; })
      .Case<math::ExpOp>([](auto) { return "exp"; })
      .Case<math::Exp2Op>([](auto) { return "exp2"; })
      .Case<math::ExpM1Op>([](auto) { return "expm1"; })
      .Case<math::LogOp>([](auto) { return "log"; })
      .Case<math::Log10Op>([](auto) { return "log10"; })
      .Case<math::Log1pOp>([](auto) { return "log1p"; })
      .Case<math::Log2Op>([](auto) { return "log2"; })
      .Case<math::PowFOp>([](auto) { return "pow"; })
      .Case<math::RsqrtOp>([](auto) { return "rsqrt"; })
      .Case<math::SinOp>([](auto) { return "sin"; })
      .Case<math::SinhOp>([](auto) { return "sinh"; })
      .Case<math::TanOp>([](auto) { return "tan"; })
      .Case<math::TanhOp>([](auto) { return "tanh"; })
      .Default([](Operation *) { return ""; });
}

/// Approximate f32 forms; null when the function has none (or none without `afn`).
Value approximate(Emitter &e, Operation *op, Value x, bool afn) {
  Type f32 = e.f32Type();
  auto scaled = [&](Value value, double factor) -> Value {
    return LLVM::FMulOp::create(e.b, e.loc, value, e.real(f32, factor));
  };
  auto log2 = [&] { return e.intrinsic("llvm.nvvm.lg2.approx.f", f32, x); };
  // Without .ftz the instruction is wrapped in three more that scale for denormal results.
  auto exp2 = [&](Value value) { return e.intrinsic("llvm.nvvm.ex2.approx.ftz.f", f32, value); };
  if (isa<math::ExpOp>(op))
    return exp2(scaled(x, 1.4426950408889634));
  if (isa<math::Exp2Op>(op))
    return exp2(x);
  if (isa<math::Log2Op>(op))
    return log2();
  if (isa<math::LogOp>(op))
    return scaled(log2(), 0.6931471805599453);
  if (isa<math::Log10Op>(op))
    return scaled(log2(), 0.30102999566398120);
  if (isa<math::RsqrtOp>(op))
    return e.intrinsic("llvm.nvvm.rsqrt.approx.f", f32, x);
  if (!afn)
    return {};
  if (isa<math::SinOp>(op))
    return e.intrinsic("llvm.nvvm.sin.approx.f", f32, x);
  if (isa<math::CosOp>(op))
    return e.intrinsic("llvm.nvvm.cos.approx.f", f32, x);
  if (isa<math::TanhOp>(op))
    return e.inlineAsm("tanh.approx.f32 $0, $1;", "=f,f", f32, x, false).front();
  return {};
}

bool hasAfn(Operation *op) {
  auto fast = dyn_cast<arith::ArithFastMathInterface>(op);
  return fast && fast.getFastMathFlagsAttr() &&
         bitEnumContainsAll(fast.getFastMathFlagsAttr().getValue(), arith::FastMathFlags::afn);
}

/// make(f32 or f64 operands) -> result of that type; halves are widened before and narrowed after.
Lowered inWideFloats(KernelLowering &k, Operation *op, llvm::function_ref<Value(ValueRange)> make) {
  Emitter &e = k.e;
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  bool half = element.isF16() || element.isBF16();
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (!half)
      return make(v);
    Values wide;
    for (Value value : v)
      wide.push_back(LLVM::FPExtOp::create(e.b, e.loc, e.f32Type(), value));
    return LLVM::FPTruncOp::create(e.b, e.loc, element, make(wide));
  });
  return Lowered::Done;
}

Lowered lowerFunction(KernelLowering &k, Operation *op, StringRef stem) {
  Emitter &e = k.e;
  bool afn = hasAfn(op);
  return inWideFloats(k, op, [&](ValueRange v) -> Value {
    bool single = v[0].getType().isF32();
    if (single)
      if (Value value = approximate(e, op, v[0], afn))
        return value;
    return e.call(("__nv_" + stem + (single ? "f" : "")).str(), v[0].getType(), v);
  });
}

template <typename Op> Lowered unary(KernelLowering &k, Operation *op) {
  return inWideFloats(k, op, [&](ValueRange v) -> Value { return Op::create(k.e.b, k.e.loc, v[0]); });
}

Lowered lowerSqrt(KernelLowering &k, math::SqrtOp op) {
  bool afn = hasAfn(op);
  return inWideFloats(k, op, [&](ValueRange v) -> Value {
    if (afn && v[0].getType().isF32())
      return k.e.intrinsic("llvm.nvvm.sqrt.approx.f", v[0].getType(), v);
    return LLVM::SqrtOp::create(k.e.b, k.e.loc, v[0]);
  });
}

Lowered lowerIntegerAbs(KernelLowering &k, math::AbsIOp op) {
  Emitter &e = k.e;
  k.mapElements(op, [&](ValueRange v) -> Value {
    return LLVM::SMaxOp::create(e.b, e.loc, v[0], e.sub(e.zero(v[0].getType()), v[0]));
  });
  return Lowered::Done;
}

/// x to an integer power at run time, by libdevice's pow functions for integers.
Lowered lowerIntegerPower(KernelLowering &k, math::FPowIOp op) {
  Emitter &e = k.e;
  return inWideFloats(k, op, [&](ValueRange v) -> Value {
    Value exponent =
        v[1].getType().getIntOrFloatBitWidth() > 32 ? e.trunc(v[1], e.i32Type()) : e.sext(v[1], e.i32Type());
    return e.call(v[0].getType().isF32() ? "__nv_powif" : "__nv_powi", v[0].getType(), {v[0], exponent});
  });
}

/// Tests of a float's kind, on its bits widened to f32 (NaN and infinity survive widening).
Lowered lowerTest(KernelLowering &k, Operation *op) {
  Emitter &e = k.e;
  k.mapElements(op, [&](ValueRange v) -> Value {
    Value x = v[0];
    if (isa<math::IsNaNOp>(op) || !x.getType().isF64())
      x = x.getType().isF64() || x.getType().isF32() ? x : Value(LLVM::FPExtOp::create(e.b, e.loc, e.f32Type(), x));
    if (isa<math::IsNaNOp>(op))
      return LLVM::FCmpOp::create(e.b, e.loc, LLVM::FCmpPredicate::uno, x, x);
    Value magnitude = LLVM::FAbsOp::create(e.b, e.loc, x);
    Value infinity =
        e.constant(FloatAttr::get(x.getType(), APFloat::getInf(cast<FloatType>(x.getType()).getFloatSemantics())));
    return LLVM::FCmpOp::create(
        e.b, e.loc, isa<math::IsInfOp>(op) ? LLVM::FCmpPredicate::oeq : LLVM::FCmpPredicate::olt, magnitude, infinity);
  });
  return Lowered::Done;
}

Lowered lowerExtern(KernelLowering &k, tile::ExternElementwiseOp op) {
  Type result = k.elementType(op.getType());
  k.mapElements(op, [&](ValueRange v) { return k.e.call(op.getSymbol(), result, v); });
  return Lowered::Done;
}

} // namespace

Lowered lowerMath(KernelLowering &k, Operation *op) {
  Emitter &e = k.e;
  if (auto function = dyn_cast<tile::ExternElementwiseOp>(op))
    return lowerExtern(k, function);
  if (!isa<math::MathDialect>(op->getDialect()))
    return Lowered::NotMine;
  if (StringRef stem = libdeviceStem(op); !stem.empty())
    return lowerFunction(k, op, stem);
  return TypeSwitch<Operation *, Lowered>(op)
      .Case<math::SqrtOp>([&](auto op) { return lowerSqrt(k, op); })
      .Case<math::AbsFOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) -> Value { return LLVM::FAbsOp::create(e.b, e.loc, v[0]); });
        return Lowered::Done;
      })
      .Case<math::AbsIOp>([&](auto op) { return lowerIntegerAbs(k, op); })
      .Case<math::FloorOp>([&](auto op) { return unary<LLVM::FFloorOp>(k, op); })
      .Case<math::CeilOp>([&](auto op) { return unary<LLVM::FCeilOp>(k, op); })
      .Case<math::TruncOp>([&](auto op) { return unary<LLVM::FTruncOp>(k, op); })
      .Case<math::RoundOp>([&](auto op) { return unary<LLVM::RoundOp>(k, op); })
      .Case<math::RoundEvenOp>([&](auto op) { return unary<LLVM::RoundEvenOp>(k, op); })
      .Case<math::FmaOp>([&](auto op) {
        // Halves have fma on every chip.
        k.mapElements(op, [&](ValueRange v) -> Value { return LLVM::FMAOp::create(e.b, e.loc, v[0], v[1], v[2]); });
        return Lowered::Done;
      })
      .Case<math::CopySignOp>([&](auto op) {
        return inWideFloats(k, op,
                            [&](ValueRange v) -> Value { return LLVM::CopySignOp::create(e.b, e.loc, v[0], v[1]); });
      })
      .Case<math::FPowIOp>([&](auto op) { return lowerIntegerPower(k, op); })
      .Case<math::IsNaNOp, math::IsInfOp, math::IsFiniteOp>([&](auto op) { return lowerTest(k, op); })
      .Case<math::CtPopOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) -> Value { return LLVM::CtPopOp::create(e.b, e.loc, v[0]); });
        return Lowered::Done;
      })
      .Case<math::CountLeadingZerosOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) -> Value {
          return LLVM::CountLeadingZerosOp::create(e.b, e.loc, v[0].getType(), v[0], false);
        });
        return Lowered::Done;
      })
      .Case<math::CountTrailingZerosOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) -> Value {
          return LLVM::CountTrailingZerosOp::create(e.b, e.loc, v[0].getType(), v[0], false);
        });
        return Lowered::Done;
      })
      .Default([](Operation *) { return Lowered::NotMine; });
}

} // namespace tegula::to_llvm
