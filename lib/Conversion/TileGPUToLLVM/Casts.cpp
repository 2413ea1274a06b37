//===- Casts.cpp - From one element type to another --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// | from, to                    | how                                                                              |
// |-----------------------------|----------------------------------------------------------------------------------|
// | f32 -> f16, bf16            | two neighbouring registers at a time: cvt.rn.f16x2.f32                           |
// | toward zero                 | cvt.rz by assembly; to bf16: the upper half of the f32                           |
// | integer -> bf16, and back   | through f32 (no such instruction before sm_90)                                   |
// | f16, bf16 <-> each other    | through f32                                                                      |
// | 8-bit floats -> others      | through f16: cvt from sm_89 on, before that by shifting bits                     |
// | others -> 8-bit floats      | from f32, saturating; cvt from sm_89 on; before: e5m2 by integers, e4m3 an error  |
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

Value extend(Emitter &e, Value value, Type type) {
  return value.getType() == type ? value : Value(LLVM::FPExtOp::create(e.b, e.loc, type, value));
}

Value truncate(Emitter &e, Value value, Type type) {
  return value.getType() == type ? value : Value(LLVM::FPTruncOp::create(e.b, e.loc, type, value));
}

bool isHalf(Type type) { return type.isF16() || type.isBF16(); }

//===----------------------------------------------------------------------===//
// Between floats of 16 bits and more
//===----------------------------------------------------------------------===//

Value towardZero(Emitter &e, Value value, Type to) {
  Type from = value.getType();
  if (from.isF64()) {
    Value single = e.inlineAsm("cvt.rz.f32.f64 $0, $1;", "=f,d", e.f32Type(), value, false).front();
    return to.isF32() ? single : towardZero(e, single, to);
  }
  value = extend(e, value, e.f32Type());
  if (to.isF16())
    return e.inlineAsm("cvt.rz.f16.f32 $0, $1;", "=h,f", e.f16Type(), value, false).front();
  // bf16 is the upper half of f32; a NaN whose payload is all in the lower half must stay one.
  Value bits = e.bitcast(value, e.i32Type());
  Value upper = e.trunc(e.lshr(bits, 16), e.i16Type());
  Value isNaN = LLVM::FCmpOp::create(e.b, e.loc, LLVM::FCmpPredicate::uno, value, value);
  return e.bitcast(e.select(isNaN, e.integer(e.i16Type(), 0x7fff), upper), to);
}

/// Any float of at least 16 bits to any other.
Value convertFloat(Emitter &e, Value value, Type to) {
  Type from = value.getType();
  if (from == to)
    return value;
  if (isHalf(from) && isHalf(to))
    return truncate(e, extend(e, value, e.f32Type()), to);
  if (to.getIntOrFloatBitWidth() > from.getIntOrFloatBitWidth())
    return from.isBF16() && to.isF64() ? extend(e, extend(e, value, e.f32Type()), to) : extend(e, value, to);
  if (from.isF64() && to.isBF16())
    return truncate(e, truncate(e, value, e.f32Type()), to);
  return truncate(e, value, to);
}

/// f32 -> f16 or bf16, two registers to an instruction.
void narrowInPairs(KernelLowering &k, Operation *op, Type to) {
  Emitter &e = k.e;
  Value result = op->getResult(0);
  ArrayRef<Value> from = k.get(op->getOperand(0));
  Values made(from.size());
  for (unsigned r = 0; r < from.size(); ++r) {
    if (!k.isNeeded(result, r))
      continue;
    if (r % 2 == 0 && r + 1 < from.size() && k.isNeeded(result, r + 1) && from[r] != from[r + 1]) {
      Value pair = e.makeVector({from[r], from[r + 1]});
      Value narrow = LLVM::FPTruncOp::create(e.b, e.loc, e.vectorType(2, to), pair);
      made[r] = e.extractElement(narrow, 0);
      made[r + 1] = e.extractElement(narrow, 1);
      ++r;
    } else {
      made[r] = truncate(e, from[r], to);
    }
  }
  k.set(result, made);
}

//===----------------------------------------------------------------------===//
// 8-bit floats
//===----------------------------------------------------------------------===//

/// Exact, since f16 holds every value of both formats.
Value fromFp8(Emitter &e, Value bits, Type format) {
  bool e5m2 = isa<Float8E5M2Type>(format);
  Value word = e.zext(bits, e.i16Type());
  if (e5m2) // the upper half of an f16
    return e.bitcast(e.shl(word, 8), e.f16Type());
  if (e.features.fp8Conversions) {
    Value pair = e.inlineAsm("cvt.rn.f16x2.e4m3x2 $0, $1;", "=r,h", e.i32Type(), word, false).front();
    return e.bitcast(e.trunc(pair, e.i16Type()), e.f16Type());
  }
  // sign, then exponent and mantissa in place for f16, whose exponent bias is larger by 8.
  Value sign = e.shl(e.and_(word, e.integer(e.i16Type(), 0x80)), 8);
  Value magnitude = e.and_(word, e.integer(e.i16Type(), 0x7f));
  Value half = e.bitcast(e.or_(sign, e.shl(magnitude, 7)), e.f16Type());
  Value scaled = LLVM::FMulOp::create(e.b, e.loc, half, e.real(e.f16Type(), 256.0));
  Value isNaN = e.compare(LLVM::ICmpPredicate::eq, magnitude, e.integer(e.i16Type(), 0x7f));
  return e.select(isNaN, e.bitcast(e.integer(e.i16Type(), 0x7fff), e.f16Type()), scaled);
}

/// f32 -> e5m2 where no instruction does it: first to f16 by rounding to odd (toward zero, the last bit set when
/// anything was lost), whose eight bits too many then round to nearest even as if they came from the f32 itself.
Value toE5M2(Emitter &e, Value value) {
  Value limit = e.real(e.f32Type(), 57344.0);
  Value magnitude = LLVM::MinNumOp::create(e.b, e.loc, LLVM::FAbsOp::create(e.b, e.loc, value), limit);
  Value half = towardZero(e, magnitude, e.f16Type());
  Value inexact = LLVM::FCmpOp::create(e.b, e.loc, LLVM::FCmpPredicate::une, extend(e, half, e.f32Type()), magnitude);
  Value odd = e.or_(e.bitcast(half, e.i16Type()), e.zext(inexact, e.i16Type()));
  Value even = e.and_(e.lshr(odd, 8), e.integer(e.i16Type(), 1));
  Value rounded = e.lshr(e.add(e.add(odd, e.integer(e.i16Type(), 0x7f)), even), 8);
  Value isNaN = LLVM::FCmpOp::create(e.b, e.loc, LLVM::FCmpPredicate::uno, value, value);
  rounded = e.select(isNaN, e.integer(e.i16Type(), 0x7f), rounded);
  Value sign = e.and_(e.trunc(e.lshr(e.bitcast(value, e.i32Type()), 24), e.i16Type()), e.integer(e.i16Type(), 0x80));
  return e.trunc(e.or_(rounded, sign), e.i8Type());
}

Value toFp8(Emitter &e, Value value, Type format) {
  value = convertFloat(e, value, e.f32Type());
  if (!e.features.fp8Conversions)
    return toE5M2(e, value);
  StringRef text = isa<Float8E5M2Type>(format) ? "cvt.rn.satfinite.e5m2x2.f32 $0, $1, $2;"
                                               : "cvt.rn.satfinite.e4m3x2.f32 $0, $1, $2;";
  // The first operand lands in the high byte.
  Value pair = e.inlineAsm(text, "=h,f,f", e.i16Type(), {e.real(e.f32Type(), 0.0), value}, false).front();
  return e.trunc(pair, e.i8Type());
}

bool isFp8(Type type) { return isa<Float8E5M2Type, Float8E4M3FNType>(type); }

Lowered lowerFloatToFloat(KernelLowering &k, Operation *op, bool roundsTowardZero) {
  Emitter &e = k.e;
  Type from = getElementTypeOrSelf(op->getOperand(0).getType()), to = getElementTypeOrSelf(op->getResult(0).getType());
  if (isa<Float8E4M3FNType>(to) && from != to && !e.features.fp8Conversions) {
    mlir::emitError(op->getLoc()) << "converting to fp8e4nv needs sm_89 or later; got " << e.features.name;
    return Lowered::Failed;
  }
  if (isFp8(to) && roundsTowardZero) {
    k.error(op) << "converts to " << to << " only by rounding to nearest";
    return Lowered::Failed;
  }
  bool narrows = to.getIntOrFloatBitWidth() < from.getIntOrFloatBitWidth();
  if (from.isF32() && isHalf(to) && !roundsTowardZero) {
    narrowInPairs(k, op, to);
    return Lowered::Done;
  }
  k.mapElements(op, [&](ValueRange v) -> Value {
    Value value = v[0];
    if (from == to)
      return value;
    if (isFp8(from))
      value = fromFp8(e, value, from);
    if (isFp8(to))
      return toFp8(e, value, to);
    if (roundsTowardZero && (narrows || (isHalf(value.getType()) && isHalf(to) && value.getType() != to)))
      return towardZero(e, value, to);
    return convertFloat(e, value, to);
  });
  return Lowered::Done;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

template <typename Op> Lowered integerToFloat(KernelLowering &k, Operation *op) {
  Emitter &e = k.e;
  Type to = getElementTypeOrSelf(op->getResult(0).getType());
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (to.isBF16())
      return truncate(e, Op::create(e.b, e.loc, e.f32Type(), v[0]), to);
    return Op::create(e.b, e.loc, to, v[0]);
  });
  return Lowered::Done;
}

template <typename Op> Lowered floatToInteger(KernelLowering &k, Operation *op) {
  Emitter &e = k.e;
  Type to = getElementTypeOrSelf(op->getResult(0).getType());
  k.mapElements(op, [&](ValueRange v) -> Value {
    Value value = v[0].getType().isBF16() ? extend(e, v[0], e.f32Type()) : v[0];
    return Op::create(e.b, e.loc, to, value);
  });
  return Lowered::Done;
}

Lowered lowerBitcast(KernelLowering &k, Operation *op) {
  Type to = k.elementType(op->getResult(0).getType());
  k.mapElements(op, [&](ValueRange v) { return k.e.bitcast(v[0], to); });
  return Lowered::Done;
}

Lowered lowerIndexCast(KernelLowering &k, Operation *op, bool isSigned) {
  Type to = k.elementType(op->getResult(0).getType());
  k.mapElements(op, [&](ValueRange v) -> Value {
    if (to.getIntOrFloatBitWidth() < v[0].getType().getIntOrFloatBitWidth())
      return k.e.trunc(v[0], to);
    return isSigned ? k.e.sext(v[0], to) : k.e.zext(v[0], to);
  });
  return Lowered::Done;
}

} // namespace

Lowered lowerCast(KernelLowering &k, Operation *op) {
  Type to = op->getNumResults() == 1 ? k.elementType(op->getResult(0).getType()) : Type();
  return TypeSwitch<Operation *, Lowered>(op)
      .Case<arith::ExtFOp>([&](auto op) { return lowerFloatToFloat(k, op, false); })
      .Case<arith::TruncFOp>([&](arith::TruncFOp op) {
        return lowerFloatToFloat(k, op, op.getRoundingmode() == arith::RoundingMode::toward_zero);
      })
      .Case<tile::FpToFpOp>(
          [&](tile::FpToFpOp op) { return lowerFloatToFloat(k, op, op.getRounding() == tile::Rounding::TowardZero); })
      .Case<arith::ExtSIOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) { return k.e.sext(v[0], to); });
        return Lowered::Done;
      })
      .Case<arith::ExtUIOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) { return k.e.zext(v[0], to); });
        return Lowered::Done;
      })
      .Case<arith::TruncIOp>([&](auto op) {
        k.mapElements(op, [&](ValueRange v) { return k.e.trunc(v[0], to); });
        return Lowered::Done;
      })
      .Case<arith::SIToFPOp>([&](auto op) { return integerToFloat<LLVM::SIToFPOp>(k, op); })
      .Case<arith::UIToFPOp>([&](auto op) { return integerToFloat<LLVM::UIToFPOp>(k, op); })
      .Case<arith::FPToSIOp>([&](auto op) { return floatToInteger<LLVM::FPToSIOp>(k, op); })
      .Case<arith::FPToUIOp>([&](auto op) { return floatToInteger<LLVM::FPToUIOp>(k, op); })
      .Case<arith::BitcastOp>([&](auto op) { return lowerBitcast(k, op); })
      .Case<arith::IndexCastOp>([&](auto op) { return lowerIndexCast(k, op, true); })
      .Case<arith::IndexCastUIOp>([&](auto op) { return lowerIndexCast(k, op, false); })
      .Default([](Operation *) { return Lowered::NotMine; });
}

} // namespace tegula::to_llvm
