//===- Program.cpp - The program's place, loops, hints ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/BuiltinCall.h"

#include "dialects/Tile/IR/Tile.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

static bool getGridAxis(BuiltinCall &call, uint32_t &axis) {
  int64_t value;
  if (!call.getInt(0, value))
    return false;
  if (value < 0 || value > 2) {
    call.error("invalid-axis", "axis must be 0, 1, or 2; got " + Twine(value))
        .withHint("a grid has at most three dimensions");
    return false;
  }
  axis = uint32_t(value);
  return true;
}

static Value emitProgramId(BuiltinCall &call) {
  uint32_t axis;
  if (!getGridAxis(call, axis))
    return {};
  return Value::tensor(tile::ProgramIdOp::create(call.ops.builder, call.ops.loc(), call.ops.builder.getI32Type(), axis),
                       Dtype::Int32);
}

static Value emitNumPrograms(BuiltinCall &call) {
  uint32_t axis;
  if (!getGridAxis(call, axis))
    return {};
  return Value::tensor(
      tile::NumProgramsOp::create(call.ops.builder, call.ops.loc(), call.ops.builder.getI32Type(), axis), Dtype::Int32);
}

static Value emitBarrier(BuiltinCall &call) {
  tile::BarrierOp::create(call.ops.builder, call.ops.loc());
  return Value::none();
}

static Value emitAssume(BuiltinCall &call) {
  if (!call[0].isTensor())
    return Value::none(); // what is known at compile time needs no promise
  Tensor condition = call.ops.truth(call[0].asTensor());
  if (!condition)
    return {};
  if (condition.type.isBlock()) {
    call.error("type-error", "tl.assume takes a scalar condition; got " + condition.type.str());
    return {};
  }
  tile::AssumeOp::create(call.ops.builder, call.ops.loc(), condition.value);
  return Value::none();
}

/// A hint about the values along each dimension: an attribute of the operation that made them.
static Value emitHint(BuiltinCall &call) {
  if (call[0].isNumber())
    return call[0];
  Tensor tensor = call.tensor(0);
  SmallVector<int64_t> values;
  if (!tensor || !call.getInts(1, values))
    return {};
  size_t rank = tensor.type.rank();
  if (values.size() != std::max<size_t>(1, rank)) {
    call.error("wrong-argument", call.builtin.displayName() + " takes one number for each dimension; got " +
                                     Twine(values.size()) + " for " + tensor.type.str());
    return {};
  }
  for (int64_t value : values)
    if (value <= 0) {
      call.error("wrong-argument", call.builtin.displayName() + " takes positive numbers; got " + Twine(value));
      return {};
    }
  StringRef names[] = {tile::kDivisibilityAttr, tile::kContiguityAttr, tile::kConstancyAttr};
  Operation *owner = tensor.value.getDefiningOp();
  // A kernel's argument already says what is known of it; results of control flow have no place for a hint.
  if (owner && owner->getNumResults() == 1 && owner->getNumRegions() == 0)
    owner->setAttr(names[call.builtin.variant], call.ops.builder.getDenseI64ArrayAttr(values));
  return call[0];
}

static Value refuseIteration(BuiltinCall &call) {
  call.error("unsupported-construct", call.builtin.displayName() + " stands in the head of a `for` only");
  return {};
}

static Value emitCondition(BuiltinCall &call) { return call[0]; }

static Value emitToTensor(BuiltinCall &call) { return Value::tensor(call.tensor(0)); }

ArrayRef<Builtin> programBuiltins() {
  static const Builtin table[] = {
      {"program_id", "(axis)", "The index of this program along one axis of the grid.", emitProgramId},
      {"num_programs", "(axis)", "The number of programs along one axis of the grid.", emitNumPrograms},
      {"debug_barrier", "()", "All threads of the program wait for each other.", emitBarrier},
      {"assume", "(cond)", "Promises that a scalar condition holds.", emitAssume},
      {"multiple_of", "(input, values)", "Promises that values are multiples of these numbers, one a dimension.",
       emitHint, Builtin::Method, 0},
      {"max_contiguous", "(input, values)", "Promises that this many neighbours are consecutive, one a dimension.",
       emitHint, Builtin::Method, 1},
      {"max_constancy", "(input, values)", "Promises that this many neighbours are equal, one a dimension.", emitHint,
       Builtin::Method, 2},
      {"range",
       "(arg1, arg2=None, step=None, num_stages=None, loop_unroll_factor=None, disallow_acc_multi_buffer=False, "
       "flatten=False, warp_specialize=False, disable_licm=False)",
       "Counts in a `for`, with hints about how to run the loop.", refuseIteration},
      {"static_range", "(arg1, arg2=None, step=None)", "Counts in a `for` that is unrolled at compile time.",
       refuseIteration},
      {"condition", "(arg1, disable_licm=False)", "The condition of a `while`, with hints.", emitCondition},
      {"to_tensor", "(x)", "A number as the run-time scalar that it would become.", emitToTensor},
  };
  return table;
}

} // namespace tegula
