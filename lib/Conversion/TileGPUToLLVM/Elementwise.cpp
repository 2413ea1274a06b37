//===- Elementwise.cpp - arith, element by element ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   arith.mulf %x, %x : tensor<512xf32, #l>      one llvm.fmul a register
//
// Division: `afn` means div.full.f32 (2 ulp), without it IEEE. Halves divide as f32. Conversions between types are in
// Casts.cpp. bf16 before sm_90 has fma alone: its sums, products and comparisons are done in f32 and rounded, which
// gives the same bits.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

template <typename Op> Lowered integerBinary(KernelLowering &k, Operation *op) {
  k.mapElements(op, [&](ValueRange v) { return Value(Op::create(k.e.b, k.e.loc, v[0], v[1])); });
  return Lowered::Done;
}

LLVM::IntegerOverflowFlags overflowFlags(arith::IntegerOverflowFlags flags) {
  LLVM::IntegerOverflowFlags result = LLVM::IntegerOverflowFlags::none;
  if (bitEnumContainsAll(flags, arith::IntegerOverflowFlags::nsw))
    result = result | LLVM::IntegerOverflowFlags::nsw;
  if (bitEnumContainsAll(flags, arith::IntegerOverflowFlags::nuw))
    result = result | LLVM::IntegerOverflowFlags::nuw;
  return result;
}

/// Sums, differences and products fold with constants: indices are made of them.
template <typename Op, typename Source>
Lowered foldedBinary(KernelLowering &k, Source op, Value (Emitter::*folded)(Value, Value)) {
  LLVM::IntegerOverflowFlags flags = overflowFlags(op.getOverflowFlags());
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (flags == LLVM::IntegerOverflowFlags::none || k.e.constantOf(v[0]) || k.e.constantOf(v[1]))
      return (k.e.*folded)(v[0], v[1]);
    return Op::create(k.e.b, k.e.loc, v[0], v[1], flags);
  });
  return Lowered::Done;
}

/// bf16 arithmetic that the chip lacks is done in f32.
bool computesInF32(KernelLowering &k, Type element) { return element.isBF16() && !k.e.features.bf16Arithmetic; }

Value widen(Emitter &e, Value value) { return LLVM::FPExtOp::create(e.b, e.loc, e.f32Type(), value); }
Value narrow(Emitter &e, Value value, Type type) { return LLVM::FPTruncOp::create(e.b, e.loc, type, value); }

template <typename Op, typename Source> Lowered floatBinary(KernelLowering &k, Source op) {
  LLVM::FastmathFlags flags = fastmathFlags(op.getFastmath());
  Type element = getElementTypeOrSelf(op.getType());
  bool wide = computesInF32(k, element);
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (!wide)
      return Op::create(k.e.b, k.e.loc, v[0], v[1], flags);
    return narrow(k.e, Op::create(k.e.b, k.e.loc, widen(k.e, v[0]), widen(k.e, v[1]), flags), element);
  });
  return Lowered::Done;
}

/// max and min; LLVM's intrinsics by name, since f64 has no NaN-propagating instruction.
template <typename Op, typename Source> Lowered floatExtremum(KernelLowering &k, Source op, bool propagatesNaN) {
  Emitter &e = k.e;
  Type element = getElementTypeOrSelf(op.getType());
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (computesInF32(k, element))
      return narrow(e, Op::create(e.b, e.loc, widen(e, v[0]), widen(e, v[1])), element);
    if (!propagatesNaN || !element.isF64())
      return Op::create(e.b, e.loc, v[0], v[1]);
    bool isMax = std::is_same_v<Op, LLVM::MaximumOp>;
    Value chosen = isMax ? Value(LLVM::MaxNumOp::create(e.b, e.loc, v[0], v[1]))
                         : Value(LLVM::MinNumOp::create(e.b, e.loc, v[0], v[1]));
    Value unordered = LLVM::FCmpOp::create(e.b, e.loc, LLVM::FCmpPredicate::uno, v[0], v[1]);
    return e.select(unordered, LLVM::FAddOp::create(e.b, e.loc, v[0], v[1]), chosen);
  });
  return Lowered::Done;
}

Lowered lowerDivide(KernelLowering &k, arith::DivFOp op) {
  Emitter &e = k.e;
  Type element = getElementTypeOrSelf(op.getType());
  bool approximate = bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn);
  auto divide = [&](Value lhs, Value rhs) -> Value {
    if (lhs.getType().isF32() && approximate)
      return e.intrinsic("llvm.nvvm.div.full", e.f32Type(), {lhs, rhs});
    return LLVM::FDivOp::create(e.b, e.loc, lhs, rhs);
  };
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (element.isF16() || element.isBF16())
      return narrow(e, divide(widen(e, v[0]), widen(e, v[1])), element);
    return divide(v[0], v[1]);
  });
  return Lowered::Done;
}

/// C's fmod, exact for any quotient.
Lowered lowerRemainder(KernelLowering &k, arith::RemFOp op) {
  Emitter &e = k.e;
  Type element = getElementTypeOrSelf(op.getType());
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (element.isF64())
      return e.call("__nv_fmod", e.f64Type(), v);
    if (element.isF32())
      return e.call("__nv_fmodf", e.f32Type(), v);
    return narrow(e, e.call("__nv_fmodf", e.f32Type(), {widen(e, v[0]), widen(e, v[1])}), element);
  });
  return Lowered::Done;
}

Lowered lowerCompare(KernelLowering &k, arith::CmpIOp op) {
  // The two dialects number their predicates alike.
  auto predicate = static_cast<LLVM::ICmpPredicate>(op.getPredicate());
  k.mapElements(op, [&](ValueRange v) { return k.e.compare(predicate, v[0], v[1]); });
  return Lowered::Done;
}

Lowered lowerCompare(KernelLowering &k, arith::CmpFOp op) {
  auto predicate = static_cast<LLVM::FCmpPredicate>(op.getPredicate());
  bool wide = computesInF32(k, getElementTypeOrSelf(op.getLhs().getType()));
  k.mapElements(op, [&](ValueRange v) -> Value {
    Value lhs = v[0], rhs = v[1];
    if (wide)
      lhs = widen(k.e, lhs), rhs = widen(k.e, rhs);
    return LLVM::FCmpOp::create(k.e.b, k.e.loc, predicate, lhs, rhs);
  });
  return Lowered::Done;
}

Lowered lowerConstant(KernelLowering &k, arith::ConstantOp op) {
  TypedAttr value = op.getValue();
  Type element = k.elementType(op.getType());
  if (auto dense = dyn_cast<ElementsAttr>(value)) {
    if (!dense.isSplat()) {
      k.error(op) << "of different elements has no lowering to the GPU";
      return Lowered::Failed;
    }
    value = dense.getSplatValue<TypedAttr>();
  }
  Value scalar;
  if (auto integer = dyn_cast<IntegerAttr>(value))
    scalar = k.e.constant(IntegerAttr::get(element, integer.getValue().sextOrTrunc(element.getIntOrFloatBitWidth())));
  else if (auto real = cast<FloatAttr>(value); element.isInteger()) // 8-bit floats travel as their bits
    scalar = k.e.constant(IntegerAttr::get(element, real.getValue().bitcastToAPInt()));
  else
    scalar = k.e.constant(real);
  k.set(op.getResult(), Values(k.numRegisters(op.getType()), scalar));
  return Lowered::Done;
}

/// The high half of a product, from the product in twice the width.
template <typename Source> Lowered lowerMulExtended(KernelLowering &k, Source op, bool isSigned) {
  Emitter &e = k.e;
  unsigned count = k.numRegisters(op.getLow().getType());
  Type element = getElementTypeOrSelf(op.getLow().getType());
  unsigned bits = element.getIntOrFloatBitWidth();
  Type wide = e.intType(2 * bits);
  ArrayRef<Value> lhs = k.get(op.getLhs()), rhs = k.get(op.getRhs());
  Values low, high;
  for (unsigned r = 0; r < count; ++r) {
    Value a = isSigned ? e.sext(lhs[r], wide) : e.zext(lhs[r], wide);
    Value b = isSigned ? e.sext(rhs[r], wide) : e.zext(rhs[r], wide);
    Value product = e.mul(a, b);
    low.push_back(e.trunc(product, element));
    high.push_back(e.trunc(e.lshr(product, bits), element));
  }
  k.set(op.getLow(), low);
  k.set(op.getHigh(), high);
  return Lowered::Done;
}

Lowered lowerNegate(KernelLowering &k, arith::NegFOp op) {
  // Flips the sign bit on every chip and type, NaN included.
  k.mapElements(op, [&](ValueRange v) -> Value { return LLVM::FNegOp::create(k.e.b, k.e.loc, v[0]); });
  return Lowered::Done;
}

Lowered lowerSelect(KernelLowering &k, arith::SelectOp op) {
  k.mapElements(op, [&](ValueRange v) { return k.e.select(v[0], v[1], v[2]); });
  return Lowered::Done;
}

} // namespace

Lowered lowerElementwise(KernelLowering &k, Operation *op) {
  if (!isa<arith::ArithDialect>(op->getDialect()))
    return Lowered::NotMine;
  return TypeSwitch<Operation *, Lowered>(op)
      .Case<arith::ConstantOp>([&](auto op) { return lowerConstant(k, op); })
      .Case<arith::AddIOp>([&](auto op) { return foldedBinary<LLVM::AddOp>(k, op, &Emitter::add); })
      .Case<arith::SubIOp>([&](auto op) { return foldedBinary<LLVM::SubOp>(k, op, &Emitter::sub); })
      .Case<arith::MulIOp>([&](auto op) { return foldedBinary<LLVM::MulOp>(k, op, &Emitter::mul); })
      .Case<arith::CmpIOp, arith::CmpFOp>([&](auto op) { return lowerCompare(k, op); })
      .Case<arith::SelectOp>([&](auto op) { return lowerSelect(k, op); })
      .Case<arith::AddFOp>([&](auto op) { return floatBinary<LLVM::FAddOp>(k, op); })
      .Case<arith::SubFOp>([&](auto op) { return floatBinary<LLVM::FSubOp>(k, op); })
      .Case<arith::MulFOp>([&](auto op) { return floatBinary<LLVM::FMulOp>(k, op); })
      .Case<arith::DivFOp>([&](auto op) { return lowerDivide(k, op); })
      .Case<arith::RemFOp>([&](auto op) { return lowerRemainder(k, op); })
      .Case<arith::NegFOp>([&](auto op) { return lowerNegate(k, op); })
      .Case<arith::MaxNumFOp>([&](auto op) { return floatExtremum<LLVM::MaxNumOp>(k, op, false); })
      .Case<arith::MinNumFOp>([&](auto op) { return floatExtremum<LLVM::MinNumOp>(k, op, false); })
      .Case<arith::MaximumFOp>([&](auto op) { return floatExtremum<LLVM::MaximumOp>(k, op, true); })
      .Case<arith::MinimumFOp>([&](auto op) { return floatExtremum<LLVM::MinimumOp>(k, op, true); })
      .Case<arith::AndIOp>([&](auto op) { return integerBinary<LLVM::AndOp>(k, op); })
      .Case<arith::OrIOp>([&](auto op) { return integerBinary<LLVM::OrOp>(k, op); })
      .Case<arith::XOrIOp>([&](auto op) { return integerBinary<LLVM::XOrOp>(k, op); })
      .Case<arith::ShLIOp>([&](auto op) { return integerBinary<LLVM::ShlOp>(k, op); })
      .Case<arith::ShRSIOp>([&](auto op) { return integerBinary<LLVM::AShrOp>(k, op); })
      .Case<arith::ShRUIOp>([&](auto op) { return integerBinary<LLVM::LShrOp>(k, op); })
      .Case<arith::DivSIOp>([&](auto op) { return integerBinary<LLVM::SDivOp>(k, op); })
      .Case<arith::DivUIOp>([&](auto op) { return integerBinary<LLVM::UDivOp>(k, op); })
      .Case<arith::RemSIOp>([&](auto op) { return integerBinary<LLVM::SRemOp>(k, op); })
      .Case<arith::RemUIOp>([&](auto op) { return integerBinary<LLVM::URemOp>(k, op); })
      .Case<arith::MaxSIOp>([&](auto op) { return integerBinary<LLVM::SMaxOp>(k, op); })
      .Case<arith::MaxUIOp>([&](auto op) { return integerBinary<LLVM::UMaxOp>(k, op); })
      .Case<arith::MinSIOp>([&](auto op) { return integerBinary<LLVM::SMinOp>(k, op); })
      .Case<arith::MinUIOp>([&](auto op) { return integerBinary<LLVM::UMinOp>(k, op); })
      .Case<arith::MulSIExtendedOp>([&](auto op) { return lowerMulExtended(k, op, true); })
      .Case<arith::MulUIExtendedOp>([&](auto op) { return lowerMulExtended(k, op, false); })
      .Default([](Operation *) { return Lowered::NotMine; });
}

} // namespace tegula::to_llvm
