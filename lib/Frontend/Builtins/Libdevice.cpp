//===- Libdevice.cpp - Functions of the device's mathematical library -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the math dialect has the function, it is used (without `afn`: these are the
// accurate forms); the rest are calls by the library's name, fp32 with an `f` at the
// end: `__nv_tanhf`, `__nv_tanh`. Operands of 16 bits are refused as upstream does.
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

/// The operands, promoted to one float type of 32 or 64 bits and one shape.
static bool getFloats(BuiltinCall &call, SmallVectorImpl<Tensor> &operands) {
  Type common;
  for (unsigned i = 0; i < call.size(); ++i) {
    Tensor x = call.tensor(i);
    if (!x)
      return false;
    // A literal takes the first operand's type; so does the integer of pow(x, 3).
    if (i > 0 && (call[i].isNumber() || (x.type.isInt() && call.builtin.name.ends_with(".pow"))))
      x = call.ops.cast(x, operands[0].type.scalar());
    if (!x.type.is(Dtype::FP32) && !x.type.is(Dtype::FP64)) {
      call.error("type-error", call.builtin.displayName() + " takes fp32 or fp64; got " + x.type.str())
          .withHint("cast with .to(tl.float32) first");
      return false;
    }
    if (!common || x.type.is(Dtype::FP64))
      common = x.type.scalar();
    operands.push_back(x);
  }
  for (Tensor &operand : operands)
    operand = call.ops.cast(operand, common);
  return call.ops.broadcastAll(operands);
}

namespace {
template <class Op> Value emitMath(BuiltinCall &call) {
  SmallVector<Tensor> operands;
  if (!getFloats(call, operands))
    return {};
  SmallVector<mlir::Value> values;
  for (Tensor operand : operands)
    values.push_back(operand.value);
  mlir::Type type = values[0].getType();
  auto op = Op::create(call.ops.builder, call.ops.loc(), TypeRange(type), ValueRange(values));
  return Value::tensor(op->getResult(0), operands[0].type);
}
} // namespace

/// "extra.libdevice.tanh" calls `__nv_tanhf` or `__nv_tanh`.
static Value emitExtern(BuiltinCall &call) {
  SmallVector<Tensor> operands;
  if (!getFloats(call, operands))
    return {};
  bool isDouble = operands[0].type.is(Dtype::FP64);
  StringRef name = call.builtin.name.rsplit('.').second;
  std::string symbol = ("__nv_" + name).str();
  if (name.starts_with("fast_")) {
    if (isDouble) {
      call.error("type-error", call.builtin.displayName() + " takes fp32; got " + operands[0].type.str());
      return {};
    }
  } else if (!isDouble) {
    symbol += "f";
  }
  SmallVector<mlir::Value> values;
  for (Tensor operand : operands)
    values.push_back(operand.value);
  auto op = tile::ExternElementwiseOp::create(call.ops.builder, call.ops.loc(), values[0].getType(), symbol, values,
                                              /*pure=*/true);
  return Value::tensor(op.getResult(), operands[0].type);
}

/// Tests on floats: int32 as the library gives them.
static Value emitClassify(BuiltinCall &call) {
  SmallVector<Tensor> operands;
  if (!getFloats(call, operands))
    return {};
  Tensor x = operands[0];
  OpBuilder &b = call.ops.builder;
  mlir::Location loc = call.ops.loc();
  mlir::Value infinity = call.ops.constant(x.type, Value::real(HUGE_VAL)).value;
  mlir::Value magnitude = math::AbsFOp::create(b, loc, x.value);
  mlir::Value bit;
  switch (call.builtin.variant) {
  case 0:
    bit = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x.value, x.value);
    break;
  case 1:
    bit = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, magnitude, infinity);
    break;
  default:
    bit = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, magnitude, infinity);
    break;
  }
  return Value::tensor(call.ops.cast({bit, x.type.withElement(Dtype::Int1)}, Dtype::Int32));
}

ArrayRef<Builtin> libdeviceBuiltins() {
#define LIBDEVICE(name, signature, doc, handler)                                                                       \
  {                                                                                                                    \
    "extra.libdevice." name, signature, doc, handler                                                                   \
  }
  static const Builtin table[] = {
      LIBDEVICE("exp", "(x)", "The natural exponential.", emitMath<math::ExpOp>),
      LIBDEVICE("exp2", "(x)", "2 to the power of x.", emitMath<math::Exp2Op>),
      LIBDEVICE("expm1", "(x)", "exp(x) - 1, exact near 0.", emitMath<math::ExpM1Op>),
      LIBDEVICE("log", "(x)", "The natural logarithm.", emitMath<math::LogOp>),
      LIBDEVICE("log2", "(x)", "The logarithm to base 2.", emitMath<math::Log2Op>),
      LIBDEVICE("log10", "(x)", "The logarithm to base 10.", emitMath<math::Log10Op>),
      LIBDEVICE("log1p", "(x)", "log(1 + x), exact near 0.", emitMath<math::Log1pOp>),
      LIBDEVICE("sqrt", "(x)", "The square root.", emitMath<math::SqrtOp>),
      LIBDEVICE("rsqrt", "(x)", "One over the square root.", emitMath<math::RsqrtOp>),
      LIBDEVICE("tanh", "(x)", "The hyperbolic tangent.", emitMath<math::TanhOp>),
      LIBDEVICE("sin", "(x)", "The sine.", emitMath<math::SinOp>),
      LIBDEVICE("cos", "(x)", "The cosine.", emitMath<math::CosOp>),
      LIBDEVICE("tan", "(x)", "The tangent.", emitMath<math::TanOp>),
      LIBDEVICE("atan", "(x)", "The arc tangent.", emitMath<math::AtanOp>),
      LIBDEVICE("atan2", "(x, y)", "The angle of a point.", emitMath<math::Atan2Op>),
      LIBDEVICE("erf", "(x)", "The error function.", emitMath<math::ErfOp>),
      LIBDEVICE("pow", "(x, y)", "x to the power of y.", emitMath<math::PowFOp>),
      LIBDEVICE("floor", "(x)", "The largest integer that is not above x.", emitMath<math::FloorOp>),
      LIBDEVICE("ceil", "(x)", "The smallest integer that is not below x.", emitMath<math::CeilOp>),
      LIBDEVICE("trunc", "(x)", "x without its fraction.", emitMath<math::TruncOp>),
      LIBDEVICE("rint", "(x)", "x rounded to nearest, ties to even.", emitMath<math::RoundEvenOp>),
      LIBDEVICE("nearbyint", "(x)", "x rounded to nearest, ties to even.", emitMath<math::RoundEvenOp>),
      LIBDEVICE("round", "(x)", "x rounded to nearest, ties away from 0.", emitMath<math::RoundOp>),
      LIBDEVICE("copysign", "(x, y)", "The magnitude of x with the sign of y.", emitMath<math::CopySignOp>),
      LIBDEVICE("fma", "(x, y, z)", "x * y + z, rounded once.", emitMath<math::FmaOp>),
      LIBDEVICE("sinh", "(x)", "The hyperbolic sine.", emitExtern),
      LIBDEVICE("cosh", "(x)", "The hyperbolic cosine.", emitExtern),
      LIBDEVICE("asin", "(x)", "The arc sine.", emitExtern),
      LIBDEVICE("acos", "(x)", "The arc cosine.", emitExtern),
      LIBDEVICE("asinh", "(x)", "The inverse hyperbolic sine.", emitExtern),
      LIBDEVICE("acosh", "(x)", "The inverse hyperbolic cosine.", emitExtern),
      LIBDEVICE("atanh", "(x)", "The inverse hyperbolic tangent.", emitExtern),
      LIBDEVICE("exp10", "(x)", "10 to the power of x.", emitExtern),
      LIBDEVICE("cbrt", "(x)", "The cube root.", emitExtern),
      LIBDEVICE("fmod", "(x, y)", "The remainder with the sign of x.", emitExtern),
      LIBDEVICE("erfc", "(x)", "One minus the error function.", emitExtern),
      LIBDEVICE("erfinv", "(x)", "The inverse of the error function.", emitExtern),
      LIBDEVICE("lgamma", "(x)", "The logarithm of the gamma function.", emitExtern),
      LIBDEVICE("fast_expf", "(x)", "A fast, less exact exponential.", emitExtern),
      LIBDEVICE("fast_logf", "(x)", "A fast, less exact logarithm.", emitExtern),
      LIBDEVICE("fast_log2f", "(x)", "A fast, less exact logarithm to base 2.", emitExtern),
      {"extra.libdevice.isnan", "(x)", "1 where x is not a number.", emitClassify, 0, 0},
      {"extra.libdevice.isinf", "(x)", "1 where x is infinite.", emitClassify, 0, 1},
      {"extra.libdevice.finitef", "(x)", "1 where x is finite.", emitClassify, 0, 2},
      {"extra.libdevice.isfinited", "(x)", "1 where x is finite.", emitClassify, 0, 2},
  };
#undef LIBDEVICE
  return table;
}

} // namespace tegula
