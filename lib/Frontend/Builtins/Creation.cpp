//===- Creation.cpp - Making blocks; casts ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

static Value emitArange(BuiltinCall &call) {
  int64_t start, end;
  if (!call.getInt(0, start) || !call.getInt(1, end))
    return {};
  auto noted = [&](Diagnostic &diagnostic) -> Diagnostic & {
    for (unsigned i : {0u, 1u})
      if (const ast::Expr *expression = call.expression(i))
        call.emitter.noteBindings(diagnostic, expression);
    return diagnostic;
  };
  std::string bounds = std::to_string(start) + ".." + std::to_string(end);
  if (start < INT32_MIN || end > INT32_MAX || start > INT32_MAX || end < INT32_MIN) {
    noted(call.error("out-of-range", "the bounds of arange must fit 32 bits; got " + bounds));
    return {};
  }
  if (end <= start) {
    noted(call.error("invalid-shape", "arange needs an end above its start; got " + bounds));
    return {};
  }
  if (!isPowerOf2_64(uint64_t(end - start))) {
    Diagnostic &diagnostic = noted(call.error("non-power-of-two", "arange needs a power-of-two length; got " + bounds));
    auto *name = call.expression(1) ? call.expression(1)->as<ast::Name>() : nullptr;
    diagnostic.withHint(name ? "pass BLOCK = tegula.next_power_of_2(" + std::string(name->id) + ") and mask the tail"
                             : "the next power of two is " + std::to_string(PowerOf2Ceil(uint64_t(end - start))) +
                                   "; mask the tail");
    return {};
  }
  if (std::optional<std::string> problem = checkShape({end - start})) {
    noted(call.error("invalid-shape", *problem));
    return {};
  }
  Type type = Type(Dtype::Int32).withShape({end - start});
  return Value::tensor(
      tile::ArangeOp::create(call.ops.builder, call.ops.loc(), call.ops.ir(type), int32_t(start), int32_t(end)), type);
}

static Value emitFull(BuiltinCall &call) {
  SmallVector<int64_t> shape;
  Type element;
  if (!call.getShape(0, shape) || !call.getDtype(2, element))
    return {};
  if (call[1].isNumber())
    return Value::tensor(call.ops.constant(element.withShape(shape), call[1]));
  Tensor value = call.tensor(1);
  if (!value)
    return {};
  if (value.type.numel() != 1) {
    call.error("type-error", "tl.full takes a scalar value; got " + value.type.str());
    return {};
  }
  value = call.ops.cast(call.ops.reshape(value, {}), element);
  return value ? Value::tensor(call.ops.splat(value, shape)) : Value();
}

static Value emitZeros(BuiltinCall &call) {
  SmallVector<int64_t> shape;
  Type element;
  if (!call.getShape(0, shape) || !call.getDtype(1, element))
    return {};
  return Value::tensor(call.ops.constant(element.withShape(shape), 0));
}

static Value emitCast(BuiltinCall &call) {
  Type element;
  std::string rounding;
  bool bitcast;
  if (!call.getDtype(1, element) || !call.getString(2, rounding) || !call.getBool(3, bitcast))
    return {};
  if (!rounding.empty() && rounding != "rtne" && rounding != "rtz") {
    call.error("wrong-argument", "`fp_downcast_rounding` is \"rtne\" or \"rtz\"; got " + reprOf(call[2]));
    return {};
  }
  if (call[0].isNumber() && !bitcast && rounding.empty() && (element.isInt() || element.isFloat()))
    return Value::tensor(call.ops.constant(element, call[0]));
  Tensor x = call.tensor(0);
  if (!x)
    return {};
  if (bitcast)
    return Value::tensor(call.ops.bitcast(x, element));
  Type from = x.type.scalar();
  if (!rounding.empty() && !(from.isFloat() && element.isFloat() && from.bits() > element.bits())) {
    call.error("type-error", "`fp_downcast_rounding` applies where a float becomes a narrower float; got " +
                                 from.str() + " to " + element.str());
    return {};
  }
  return Value::tensor(call.ops.cast(x, element, rounding == "rtz"));
}

ArrayRef<Builtin> creationBuiltins() {
  static const Builtin table[] = {
      {"arange", "(start, end)", "The numbers start, start + 1, ..., end - 1 as int32.", emitArange},
      {"full", "(shape, value, dtype)", "A block whose every element is one value.", emitFull},
      {"zeros", "(shape, dtype)", "A block of zeros.", emitZeros},
      {"cast", "(input, dtype, fp_downcast_rounding=None, bitcast=False)", "The value in another type.", emitCast,
       Builtin::Method},
      {"to", "(input, dtype, fp_downcast_rounding=None, bitcast=False)", "The value in another type.", emitCast,
       Builtin::Method},
  };
  return table;
}

} // namespace tegula
