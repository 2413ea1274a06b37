//===- Math.cpp - Mathematical functions ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tl.exp and its kin take fp32 and fp64 only. On GPUs exponentials, logarithms and roots mean
// the fast approximate forms: the operations carry `afn`. sin and cos are accurate, as in Triton;
// the exact roots are sqrt_rn and libdevice's.
#include "lib/Frontend/BuiltinCall.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

namespace {
template <class Op, bool Approximate> Value emitUnary(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  if (!x)
    return {};
  if (!x.type.is(Dtype::FP32) && !x.type.is(Dtype::FP64)) {
    call.error("type-error", call.builtin.displayName() + " takes fp32 or fp64; got " + x.type.str())
        .withHint("cast with .to(tl.float32) first");
    return {};
  }
  auto flags = Approximate && x.type.is(Dtype::FP32) ? arith::FastMathFlags::afn : arith::FastMathFlags::none;
  auto op = Op::create(call.ops.builder, call.ops.loc(), x.value, flags);
  return Value::tensor(op.getResult(), x.type);
}
} // namespace

ArrayRef<Builtin> mathBuiltins() {
  static const Builtin table[] = {
      {"exp", "(x)", "The natural exponential.", emitUnary<math::ExpOp, true>, Builtin::Method},
      {"exp2", "(x)", "2 to the power of x.", emitUnary<math::Exp2Op, true>, Builtin::Method},
      {"log", "(x)", "The natural logarithm.", emitUnary<math::LogOp, true>, Builtin::Method},
      {"log2", "(x)", "The logarithm to base 2.", emitUnary<math::Log2Op, true>, Builtin::Method},
      {"sqrt", "(x)", "The square root.", emitUnary<math::SqrtOp, true>, Builtin::Method},
      {"sqrt_rn", "(x)", "The square root, rounded to nearest as IEEE 754 asks.", emitUnary<math::SqrtOp, false>,
       Builtin::Method},
      {"rsqrt", "(x)", "One over the square root.", emitUnary<math::RsqrtOp, true>, Builtin::Method},
      {"sin", "(x)", "The sine.", emitUnary<math::SinOp, false>, Builtin::Method},
      {"cos", "(x)", "The cosine.", emitUnary<math::CosOp, false>, Builtin::Method},
      {"erf", "(x)", "The error function.", emitUnary<math::ErfOp, true>, Builtin::Method},
      {"floor", "(x)", "The largest integer that is not above x, as a float.", emitUnary<math::FloorOp, false>,
       Builtin::Method},
      {"ceil", "(x)", "The smallest integer that is not below x, as a float.", emitUnary<math::CeilOp, false>,
       Builtin::Method},
  };
  return table;
}

} // namespace tegula
