//===- Debug.cpp - Assertions and prints ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"
#include "lib/Frontend/ConstEval.h"

#include "dialects/Tile/IR/Tile.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

static Value emitStaticAssert(BuiltinCall &call) {
  if (!call[0].isConstexpr()) {
    call.error("type-error", "tl.static_assert takes a compile-time condition; got " + describeValue(call[0]))
        .withHint("use tl.device_assert for run-time values");
    return {};
  }
  if (constTruth(call[0]))
    return Value::none();
  std::string message = strOf(call[1]);
  Diagnostic &diagnostic =
      call.error("static-assert", "static assertion failed" + (message.empty() ? Twine("") : ": " + Twine(message)));
  if (const ast::Expr *condition = call.expression(0))
    call.emitter.noteBindings(diagnostic, condition);
  return {};
}

static Value emitStaticPrint(BuiltinCall &call) {
  std::string text;
  const std::string separator = call[1].isNone() ? " " : strOf(call[1]);
  for (const Value &value : call[0].items())
    text += (text.empty() ? "" : separator) + strOf(value);
  call.emitter.diagnostics.remark("static-print", call.emitter.rangeOf(call.emitter.current), text);
  return Value::none();
}

static Value emitDeviceAssert(BuiltinCall &call) {
  Tensor condition = call.tensor(0);
  if (!condition)
    return {};
  if (!call[1].isConstexpr()) {
    call.error("type-error",
               "the message of tl.device_assert must be known at compile time; got " + describeValue(call[1]));
    return {};
  }
  Tensor mask;
  if (!call[2].isNone() && !(mask = call.tensor(2)))
    return {};
  if (!call.emitter.options.debug)
    return Value::none();
  condition = call.ops.truth(condition);
  if (condition && mask) {
    mask = call.ops.truth(mask);
    Tensor both[] = {condition, mask};
    if (!mask || !call.ops.broadcastAll(both))
      return {};
    condition = both[0];
    mask = both[1];
  }
  if (!condition)
    return {};
  tile::AssertOp::create(call.ops.builder, call.ops.loc(), condition.value, strOf(call[1]), mask.value);
  return Value::none();
}

static Value emitDevicePrint(BuiltinCall &call) {
  std::string prefix;
  bool hex = false;
  ArrayRef<Value> values;
  if (call.builtin.variant == 0) {
    if (!call.getString(0, prefix) || !call.getBool(2, hex))
      return {};
    values = call[1].items();
  } else {
    // Python's print: the strings in front are the prefix.
    values = call[0].items();
    while (!values.empty() && values.front().isConstexpr()) {
      prefix += (prefix.empty() ? "" : " ") + strOf(values.front());
      values = values.drop_front();
    }
  }
  for (char c : prefix)
    if (uint8_t(c) < 32 || uint8_t(c) > 126) {
      call.error("wrong-argument",
                 "the prefix of tl.device_print holds printable ASCII only; got " + reprOf(Value::string(prefix)));
      return {};
    }
  // "x", "x:" and "x: " all print as "x: 7".
  if (!values.empty() && !prefix.empty()) {
    StringRef words = StringRef(prefix).rtrim(' ');
    prefix = (words + (words.ends_with(":") ? " " : ": ")).str();
  }
  SmallVector<mlir::Value> operands;
  SmallVector<int32_t> isSigned;
  for (const Value &value : values) {
    Tensor tensor = call.ops.toTensor(value, "an operand of device_print");
    if (!tensor)
      return {};
    operands.push_back(tensor.value);
    isSigned.push_back(tensor.type.isSigned());
  }
  tile::PrintOp::create(call.ops.builder, call.ops.loc(), prefix, hex, isSigned, operands);
  return Value::none();
}

/// x, which under debug must be zero where the mask is set.
static Value emitExpectZero(BuiltinCall &call) {
  Tensor x = call.tensor(0), mask = x ? call.tensor(1) : Tensor();
  if (!mask)
    return {};
  if (!call.emitter.options.debug)
    return Value::tensor(x);
  Tensor zero = call.ops.compare(ast::CompareOperator::Eq, Value::tensor(x), Value::integer(Integer(0)));
  mask = call.ops.truth(mask);
  Tensor both[] = {zero, mask};
  if (!zero || !mask || !call.ops.broadcastAll(both))
    return {};
  tile::AssertOp::create(call.ops.builder, call.ops.loc(), both[0].value, "expected zero", both[1].value);
  return Value::tensor(x);
}

ArrayRef<Builtin> debugBuiltins() {
  static const Builtin table[] = {
      {"static_assert", "(cond, msg='')", "Stops the compile where a compile-time condition is false.",
       emitStaticAssert},
      {"static_print", "(*values, sep=' ', end='', file=None, flush=False)",
       "Prints compile-time values once, while compiling.", emitStaticPrint},
      {"device_assert", "(cond, msg='', mask=None)", "Under debug, stops the kernel where a condition is false.",
       emitDeviceAssert},
      {"device_print", "(prefix, *args, hex=False)", "Prints every element of the operands at run time.",
       emitDevicePrint},
      {"py.print", "(*args, sep=' ', end='')", "Prints values at run time.", emitDevicePrint, 0, 1},
      {"expect_zero", "(x, mask)", "x, which under debug must be zero where the mask is set.", emitExpectZero},
  };
  return table;
}

} // namespace tegula
