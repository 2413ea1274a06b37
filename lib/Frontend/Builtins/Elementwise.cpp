//===- Elementwise.cpp - Arithmetic and choice by name ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"
#include "lib/Frontend/ConstEval.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

/// `PropagateNan.NONE` or `.ALL`.
static bool getPropagate(BuiltinCall &call, unsigned i, bool &all) {
  int64_t value;
  if (call[i].isNone()) {
    all = false;
    return true;
  }
  if (!call.getInt(i, value))
    return false;
  all = value != 0;
  return true;
}

static Value emitExtremum(BuiltinCall &call) {
  bool all;
  Tensor x = call.tensor(0), y = x ? call.tensor(1) : Tensor();
  if (!x || !y || !getPropagate(call, 2, all))
    return {};
  return Value::tensor(call.builtin.variant ? call.ops.maximum(Value::tensor(x), Value::tensor(y), all)
                                            : call.ops.minimum(Value::tensor(x), Value::tensor(y), all));
}

static Value emitClamp(BuiltinCall &call) {
  bool all;
  Tensor x = call.tensor(0), low = x ? call.tensor(1) : Tensor(), high = low ? call.tensor(2) : Tensor();
  if (!high || !getPropagate(call, 3, all))
    return {};
  if (x.type.isPointer() || low.type.isPointer() || high.type.isPointer()) {
    call.error("type-error", "tl.clamp takes numbers; got " + x.type.str());
    return {};
  }
  Tensor raised = call.ops.maximum(Value::tensor(x), Value::tensor(low), all);
  return raised ? Value::tensor(call.ops.minimum(Value::tensor(raised), Value::tensor(high), all)) : Value();
}

static Value emitWhere(BuiltinCall &call) {
  if (!call[0].isTensor() && !call[0].isNumber()) {
    call.error("type-error", "the condition of tl.where must be a scalar or a block; got " + describeValue(call[0]));
    return {};
  }
  return Value::tensor(call.ops.where(call[0], call[1], call[2]));
}

static Value emitOperator(BuiltinCall &call) {
  constexpr ast::BinaryOperator operators[] = {ast::BinaryOperator::Add, ast::BinaryOperator::Sub,
                                               ast::BinaryOperator::Mult};
  ast::BinaryOperator op = operators[call.builtin.variant];
  if (call[0].isTensor() || call[1].isTensor())
    return Value::tensor(call.ops.binary(op, call[0], call[1]));
  std::string problem;
  Value result = constBinary(op, call[0], call[1], problem);
  if (!result)
    call.error("constexpr-error", problem);
  return result;
}

static Value emitLogical(BuiltinCall &call) {
  return Value::tensor(call.builtin.variant ? call.ops.logicalOr(call[0], call[1])
                                            : call.ops.logicalAnd(call[0], call[1]));
}

static Value emitAbs(BuiltinCall &call) {
  Tensor x = call.tensor(0);
  if (!x)
    return {};
  OpBuilder &b = call.ops.builder;
  if (x.type.isUnsigned())
    return Value::tensor(x);
  if (x.type.isSigned())
    return Value::tensor(math::AbsIOp::create(b, call.ops.loc(), x.value), x.type);
  if (x.type.isFP8()) {
    // Clear the sign bit.
    Tensor bits = call.ops.bitcast(x, Dtype::UInt8);
    Tensor mask = call.ops.constant(bits.type, 0x7f);
    Tensor cleared{arith::AndIOp::create(b, call.ops.loc(), bits.value, mask.value), bits.type};
    return Value::tensor(call.ops.bitcast(cleared, x.type.scalar()));
  }
  if (x.type.isFloat())
    return Value::tensor(math::AbsFOp::create(b, call.ops.loc(), x.value), x.type);
  call.error("type-error", "tl.abs takes numbers; got " + x.type.str());
  return {};
}

static Value emitFma(BuiltinCall &call) {
  Tensor x = call.tensor(0), y = x ? call.tensor(1) : Tensor(), z = y ? call.tensor(2) : Tensor();
  if (!z)
    return {};
  Tensor p, q, r;
  if (!call.ops.promotePair(Value::tensor(x), Value::tensor(y), p, q) ||
      !call.ops.promotePair(Value::tensor(p), Value::tensor(z), p, r) ||
      !call.ops.promotePair(Value::tensor(q), Value::tensor(r), q, r))
    return {};
  p = call.ops.broadcastTo(call.ops.cast(p, r.type.scalar()), r.type.shape());
  if (!p)
    return {};
  if (!r.type.isFloat()) {
    call.error("type-error", "tl.fma takes floats; got " + r.type.str());
    return {};
  }
  return Value::tensor(math::FmaOp::create(call.ops.builder, call.ops.loc(), p.value, q.value, r.value), r.type);
}

static bool checkFloats(BuiltinCall &call, Tensor x, Tensor y) {
  if (!x || !y)
    return false;
  if (x.type.isFloat() && y.type.isFloat())
    return true;
  call.error("type-error", call.builtin.displayName() + " takes floats; got " + x.type.str() + " and " + y.type.str());
  return false;
}

static Value emitFdiv(BuiltinCall &call) {
  Tensor x = call.tensor(0), y = x ? call.tensor(1) : Tensor();
  bool exact;
  if (!checkFloats(call, x, y) || !call.getBool(2, exact))
    return {};
  if (exact)
    return Value::tensor(call.ops.divideExactly(Value::tensor(x), Value::tensor(y)));
  return Value::tensor(call.ops.binary(ast::BinaryOperator::Div, Value::tensor(x), Value::tensor(y)));
}

static Value emitDivRn(BuiltinCall &call) {
  Tensor x = call.tensor(0), y = x ? call.tensor(1) : Tensor();
  if (!checkFloats(call, x, y))
    return {};
  return Value::tensor(call.ops.divideExactly(Value::tensor(x), Value::tensor(y)));
}

static Value emitUmulhi(BuiltinCall &call) {
  Tensor x = call.tensor(0), y = x ? call.tensor(1) : Tensor(), p, q;
  if (!x || !y || !call.ops.promotePair(Value::tensor(x), Value::tensor(y), p, q))
    return {};
  if (!p.type.isInt() || p.type.bits() < 32) {
    call.error("type-error", "tl.umulhi takes integers of 32 or 64 bits; got " + p.type.str());
    return {};
  }
  TensorOps &ops = call.ops;
  OpBuilder &b = ops.builder;
  mlir::Location loc = ops.loc();
  Type result = p.type.scalar(), wide = Dtype::UInt64;
  auto shifted = [&](Tensor x) {
    return Tensor{arith::ShRUIOp::create(b, loc, x.value, ops.constant(x.type, 32).value), x.type};
  };
  auto low = [&](Tensor x) {
    return Tensor{arith::AndIOp::create(b, loc, x.value, ops.constant(x.type, 0xFFFFFFFF).value), x.type};
  };
  auto unsignedWide = [&](Tensor x) {
    return ops.cast(ops.bitcast(x, x.type.bits() == 32 ? Dtype::UInt32 : Dtype::UInt64), wide);
  };
  Tensor u = unsignedWide(p), v = unsignedWide(q);
  if (result.bits() == 32)
    return Value::tensor(ops.bitcast(ops.cast(shifted(ops.multiplySame(u, v)), Dtype::UInt32), result));
  // Four products of 32-bit halves; no partial sum exceeds 64 bits.
  Tensor ul = low(u), uh = shifted(u), vl = low(v), vh = shifted(v);
  Tensor cross = ops.addSame(ops.multiplySame(uh, vl), shifted(ops.multiplySame(ul, vl)));
  Tensor other = ops.addSame(ops.multiplySame(ul, vh), low(cross));
  Tensor high = ops.addSame(ops.addSame(ops.multiplySame(uh, vh), shifted(cross)), shifted(other));
  return Value::tensor(ops.bitcast(high, result));
}

ArrayRef<Builtin> elementwiseBuiltins() {
  static const Builtin table[] = {
      {"minimum", "(x, y, propagate_nan=None)", "The smaller of two values, element by element.", emitExtremum,
       Builtin::Method, 0},
      {"maximum", "(x, y, propagate_nan=None)", "The larger of two values, element by element.", emitExtremum,
       Builtin::Method, 1},
      {"clamp", "(x, min, max, propagate_nan=None)", "The value brought between two bounds.", emitClamp},
      {"where", "(condition, x, y)", "x where the condition holds, else y; both are computed.", emitWhere},
      {"add", "(x, y, sanitize_overflow=True)", "x + y.", emitOperator, 0, 0},
      {"sub", "(x, y, sanitize_overflow=True)", "x - y.", emitOperator, 0, 1},
      {"mul", "(x, y, sanitize_overflow=True)", "x * y.", emitOperator, 0, 2},
      {"logical_and", "(x, y)", "Whether both bools are true.", emitLogical, Builtin::Method, 0},
      {"logical_or", "(x, y)", "Whether one of the bools is true.", emitLogical, Builtin::Method, 1},
      {"abs", "(x)", "The magnitude.", emitAbs, Builtin::Method},
      {"fma", "(x, y, z)", "x * y + z, rounded once.", emitFma},
      {"fdiv", "(x, y, ieee_rounding=False)", "x / y of floats.", emitFdiv},
      {"div_rn", "(x, y)", "x / y of floats, rounded to nearest as IEEE 754 asks.", emitDivRn},
      {"umulhi", "(x, y)", "The high half of an unsigned product.", emitUmulhi},
  };
  return table;
}

} // namespace tegula
