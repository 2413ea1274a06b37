//===- DeviceLibrary.cpp - libdevice's functions on the CPU -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/DeviceLibrary.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;

Value tegula::loops::emitLibraryCall(OpBuilder &b, Location loc, StringRef name, Type result, ValueRange operands) {
  auto module = b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  auto callee = module.lookupSymbol<func::FuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    callee = func::FuncOp::create(b, loc, name, b.getFunctionType(operands.getTypes(), result));
    callee.setPrivate();
    callee->setAttr("llvm.no_unwind", b.getUnitAttr());
  }
  return func::CallOp::create(b, loc, callee, operands).getResult(0);
}

namespace {
using Maker = Value (*)(OpBuilder &, Location, ValueRange);

template <typename Op> Value unary(OpBuilder &b, Location loc, ValueRange v) { return Op::create(b, loc, v[0]); }
template <typename Op> Value binary(OpBuilder &b, Location loc, ValueRange v) { return Op::create(b, loc, v[0], v[1]); }

Value constantLike(OpBuilder &b, Location loc, Value like, double value) {
  return arith::ConstantOp::create(b, loc, b.getFloatAttr(like.getType(), value));
}

/// Names without the `__nv_` and without the `f` of the single-precision form.
const llvm::StringMap<Maker> &makers() {
  static const llvm::StringMap<Maker> table = {
      {"exp", unary<math::ExpOp>},
      {"exp2", unary<math::Exp2Op>},
      {"fast_exp", unary<math::ExpOp>},
      {"expm1", unary<math::ExpM1Op>},
      {"log", unary<math::LogOp>},
      {"fast_log", unary<math::LogOp>},
      {"log2", unary<math::Log2Op>},
      {"fast_log2", unary<math::Log2Op>},
      {"log10", unary<math::Log10Op>},
      {"fast_log10", unary<math::Log10Op>},
      {"log1p", unary<math::Log1pOp>},
      {"sin", unary<math::SinOp>},
      {"cos", unary<math::CosOp>},
      {"tan", unary<math::TanOp>},
      {"fast_sin", unary<math::SinOp>},
      {"fast_cos", unary<math::CosOp>},
      {"fast_tan", unary<math::TanOp>},
      {"tanh", unary<math::TanhOp>},
      {"fast_tanh", unary<math::TanhOp>},
      {"sinh", unary<math::SinhOp>},
      {"cosh", unary<math::CoshOp>},
      {"asin", unary<math::AsinOp>},
      {"acos", unary<math::AcosOp>},
      {"atan", unary<math::AtanOp>},
      {"asinh", unary<math::AsinhOp>},
      {"acosh", unary<math::AcoshOp>},
      {"atanh", unary<math::AtanhOp>},
      {"erf", unary<math::ErfOp>},
      {"erfc", unary<math::ErfcOp>},
      {"sqrt", unary<math::SqrtOp>},
      {"sqrt_rn", unary<math::SqrtOp>},
      {"rsqrt", unary<math::RsqrtOp>},
      {"rsqrt_rn", unary<math::RsqrtOp>},
      {"cbrt", unary<math::CbrtOp>},
      {"floor", unary<math::FloorOp>},
      {"ceil", unary<math::CeilOp>},
      {"trunc", unary<math::TruncOp>},
      {"rint", unary<math::RoundEvenOp>},
      {"nearbyint", unary<math::RoundEvenOp>},
      {"round", unary<math::RoundOp>},
      {"fabs", unary<math::AbsFOp>},
      {"pow", binary<math::PowFOp>},
      {"fast_pow", binary<math::PowFOp>},
      {"atan2", binary<math::Atan2Op>},
      {"copysign", binary<math::CopySignOp>},
      {"fmod", binary<arith::RemFOp>},
      {"fmax", binary<arith::MaxNumFOp>},
      {"fmin", binary<arith::MinNumFOp>},
      {"fadd_rn", binary<arith::AddFOp>},
      {"fsub_rn", binary<arith::SubFOp>},
      {"fmul_rn", binary<arith::MulFOp>},
      {"fdiv_rn", binary<arith::DivFOp>},
      {"fast_fdivide", binary<arith::DivFOp>},
      {"fma",
       [](OpBuilder &b, Location loc, ValueRange v) -> Value { return math::FmaOp::create(b, loc, v[0], v[1], v[2]); }},
      {"fma_rn",
       [](OpBuilder &b, Location loc, ValueRange v) -> Value { return math::FmaOp::create(b, loc, v[0], v[1], v[2]); }},
      {"frcp_rn",
       [](OpBuilder &b, Location loc, ValueRange v) -> Value {
         return arith::DivFOp::create(b, loc, constantLike(b, loc, v[0], 1.0), v[0]);
       }},
      {"saturate",
       [](OpBuilder &b, Location loc, ValueRange v) -> Value { // NaN gives 0
         Value low = arith::MaxNumFOp::create(b, loc, v[0], constantLike(b, loc, v[0], 0.0));
         return arith::MinNumFOp::create(b, loc, low, constantLike(b, loc, v[0], 1.0));
       }},
      {"exp10",
       [](OpBuilder &b, Location loc, ValueRange v) -> Value {
         return emitLibraryCall(b, loc, v[0].getType().isF32() ? "exp10f" : "exp10", v[0].getType(), v);
       }},
      {"clz", unary<math::CountLeadingZerosOp>},
      {"clzll", unary<math::CountLeadingZerosOp>},
      {"popc", unary<math::CtPopOp>},
      {"popcll", unary<math::CtPopOp>},
      {"abs", unary<math::AbsIOp>},
      {"llabs", unary<math::AbsIOp>},
  };
  return table;
}

/// What the C library calls by the same name, with an `f` appended in single precision.
const char *const libraryNames[] = {"lgamma", "tgamma", "j0",        "j1",        "y0",    "y1",     "logb",
                                    "fdim",   "hypot",  "nextafter", "remainder", "exp10", "llrint", "llround",
                                    "ldexp",  "scalbn", "ilogb",     "jn",        "yn",    "lrint",  "lround"};
} // namespace

/// is-something on a float, as the i32 that libdevice returns.
static Value emitClassification(OpBuilder &b, Location loc, StringRef name, Value x) {
  Type type = x.getType();
  Value test;
  auto constant = [&](double v) { return constantLike(b, loc, x, v); };
  auto compare = [&](arith::CmpFPredicate p, Value l, Value r) -> Value {
    return arith::CmpFOp::create(b, loc, p, l, r);
  };
  if (name == "isnan")
    test = compare(arith::CmpFPredicate::UNO, x, x);
  else if (name == "isinf")
    test = compare(arith::CmpFPredicate::OEQ, math::AbsFOp::create(b, loc, x), constant(INFINITY));
  else if (name == "finite" || name == "isfinite")
    test = compare(arith::CmpFPredicate::OLT, math::AbsFOp::create(b, loc, x), constant(INFINITY));
  else if (name == "signbit") {
    Type word = b.getIntegerType(type.getIntOrFloatBitWidth());
    Value zero = arith::ConstantOp::create(b, loc, b.getIntegerAttr(word, 0));
    test = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, arith::BitcastOp::create(b, loc, word, x), zero);
  } else {
    return {};
  }
  return arith::ExtUIOp::create(b, loc, b.getI32Type(), test);
}

Value tegula::loops::emitDeviceFunction(OpBuilder &b, tile::ExternElementwiseOp op, ValueRange operands) {
  Location loc = op.getLoc();
  StringRef name = op.getSymbol();
  Type result = ssaType(getElementTypeOrSelf(op.getType()));
  if (!name.consume_front("__nv_")) // the user's own C library function
    return emitLibraryCall(b, loc, op.getSymbol(), result, operands);
  bool single = !operands.empty() && operands[0].getType().isF32();
  for (StringRef form :
       {name, single && name.ends_with("f") ? name.drop_back() : name, name.ends_with("d") ? name.drop_back() : name}) {
    if (!operands.empty() && isa<FloatType>(operands[0].getType()))
      if (Value test = emitClassification(b, loc, form, operands[0]))
        return test;
    auto known = makers().find(form);
    if (known != makers().end()) {
      Value value = known->second(b, loc, operands);
      // Counts of 64-bit words are 32-bit numbers.
      return value.getType() == result ? value : Value(arith::TruncIOp::create(b, loc, result, value));
    }
    if (llvm::is_contained(libraryNames, form))
      return emitLibraryCall(b, loc, single ? (form + "f").str() : form.str(), result, operands);
  }
  op.emitError() << "the host target has no function '" << op.getSymbol() << "'";
  return {};
}
