//===- Scalars.cpp - One element's arithmetic -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Scalars.h"
#include "lib/Conversion/TileToLoops/DeviceLibrary.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;

static bool isSmallFloat(Type type) {
  return type.isF16() || type.isBF16() || isa<Float8E4M3FNType, Float8E5M2Type>(type);
}

Type tegula::loops::ssaType(Type element) {
  MLIRContext *context = element.getContext();
  if (isa<tile::PointerType>(element))
    return LLVM::LLVMPointerType::get(context);
  if (element.isBF16())
    return IntegerType::get(context, 16);
  if (isa<Float8E4M3FNType, Float8E5M2Type>(element))
    return IntegerType::get(context, 8);
  return element;
}

Type tegula::loops::memoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8) : ssaType(element);
}

int64_t tegula::loops::sizeOf(Type element) {
  return isa<tile::PointerType>(element) ? 8 : (element.getIntOrFloatBitWidth() + 7) / 8;
}

Value tegula::loops::fromMemory(OpBuilder &b, Location loc, Value loaded, Type element) {
  if (!element.isInteger(1))
    return loaded;
  Value zero = arith::ConstantOp::create(b, loc, b.getI8IntegerAttr(0));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, loaded, zero);
}

Value tegula::loops::toMemory(OpBuilder &b, Location loc, Value value, Type element) {
  return element.isInteger(1) ? arith::ExtUIOp::create(b, loc, b.getI8Type(), value) : value;
}

Value tegula::loops::emitConstant(OpBuilder &b, Location loc, Attribute value, Type element) {
  Type type = ssaType(element);
  if (!isa<IntegerAttr, FloatAttr>(value))
    return emitZero(b, loc, element);
  if (auto number = dyn_cast<FloatAttr>(value); number && type != element)
    return arith::ConstantOp::create(b, loc, IntegerAttr::get(type, number.getValue().bitcastToAPInt()));
  return arith::ConstantOp::create(b, loc, cast<TypedAttr>(value));
}

Value tegula::loops::emitZero(OpBuilder &b, Location loc, Type element) {
  Type type = ssaType(element);
  if (isa<LLVM::LLVMPointerType>(type))
    return LLVM::ZeroOp::create(b, loc, type);
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
}

bool tegula::loops::isElementwise(Operation *op) {
  if (isa<arith::MulUIExtendedOp, arith::MulSIExtendedOp>(op))
    return true;
  if (op->getNumResults() != 1 || op->getNumRegions() != 0)
    return false;
  if (isa<tile::AddPtrOp, tile::IntToPtrOp, tile::PtrToIntOp, tile::PtrCastOp, tile::FpToFpOp>(op))
    return true;
  if (auto external = dyn_cast<tile::ExternElementwiseOp>(op))
    return external.getPure() || !isa<RankedTensorType>(external.getType());
  return isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         !op->hasTrait<OpTrait::ConstantLike>();
}

//===----------------------------------------------------------------------===//
// Integer semantics
//===----------------------------------------------------------------------===//

namespace {
struct Ints {
  OpBuilder &b;
  Location loc;

  Value c(Type type, const APInt &n) { return arith::ConstantOp::create(b, loc, IntegerAttr::get(type, n)); }
  Value c(Type type, int64_t n) {
    return c(type, APInt(type.getIntOrFloatBitWidth(), uint64_t(n), /*isSigned=*/true, /*implicitTrunc=*/true));
  }
  Value compare(arith::CmpIPredicate p, Value x, Value y) { return arith::CmpIOp::create(b, loc, p, x, y); }
};
} // namespace

/// A divisor that never traps: 1 in place of 0, and in place of -1 under the least number.
static Value safeDivisor(OpBuilder &b, Location loc, Value x, Value y, bool isSigned) {
  APInt constant;
  Ints n{b, loc};
  Type type = y.getType();
  if (matchPattern(y, m_ConstantInt(&constant)) && !constant.isZero() && !(isSigned && constant.isAllOnes()))
    return y;
  Value bad = n.compare(arith::CmpIPredicate::eq, y, n.c(type, 0));
  if (isSigned && !type.isInteger(1)) {
    Value least =
        n.compare(arith::CmpIPredicate::eq, x, n.c(type, APInt::getSignedMinValue(type.getIntOrFloatBitWidth())));
    Value minusOne = n.compare(arith::CmpIPredicate::eq, y, n.c(type, -1));
    bad = arith::OrIOp::create(b, loc, bad, arith::AndIOp::create(b, loc, least, minusOne));
  }
  return arith::SelectOp::create(b, loc, bad, n.c(type, 1), y);
}

static Value emitShift(OpBuilder &b, Operation *op, Value x, Value y) {
  Location loc = op->getLoc();
  Ints n{b, loc};
  Type type = x.getType();
  unsigned width = type.getIntOrFloatBitWidth();
  APInt constant;
  bool safe = matchPattern(y, m_ConstantInt(&constant)) && constant.ult(width);
  if (isa<arith::ShRSIOp>(op)) {
    if (!safe)
      y = arith::MinUIOp::create(b, loc, y, n.c(type, int64_t(width) - 1));
    return arith::ShRSIOp::create(b, loc, x, y);
  }
  Value inside = y;
  if (!safe)
    inside = arith::AndIOp::create(b, loc, y, n.c(type, int64_t(width) - 1));
  Value shifted = isa<arith::ShLIOp>(op) ? Value(arith::ShLIOp::create(b, loc, x, inside))
                                         : Value(arith::ShRUIOp::create(b, loc, x, inside));
  if (safe)
    return shifted;
  Value beyond = n.compare(arith::CmpIPredicate::uge, y, n.c(type, width));
  return arith::SelectOp::create(b, loc, beyond, n.c(type, 0), shifted);
}

static Value emitFloatToInt(OpBuilder &b, Location loc, Value x, Type to, bool isSigned) {
  // Through 32 bits for the narrow ones: the language says that bits are dropped.
  Type wide = to.getIntOrFloatBitWidth() < 32 ? b.getI32Type() : to;
  std::string name = std::string("llvm.fpto") + (isSigned ? "si" : "ui") + ".sat.i" +
                     std::to_string(wide.getIntOrFloatBitWidth()) + ".f" +
                     std::to_string(x.getType().getIntOrFloatBitWidth());
  Value value = LLVM::CallIntrinsicOp::create(b, loc, wide, b.getStringAttr(name), ValueRange{x}).getResult(0);
  return wide == to ? value : Value(arith::TruncIOp::create(b, loc, to, value));
}

//===----------------------------------------------------------------------===//
// The rest
//===----------------------------------------------------------------------===//

/// The operation itself on scalars of the given types. `afn` goes: on x86 LLVM would turn it into estimates that
/// are wrong at zero and infinity. What it allows and is safe, a reciprocal outside the loop, `arcp` says.
static Value cloneScalar(OpBuilder &b, Operation *op, ValueRange operands, Type result) {
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  state.addTypes(result);
  for (NamedAttribute attr : op->getAttrDictionary()) {
    if (attr.getName().getValue().starts_with("tile."))
      continue;
    if (auto flags = dyn_cast<arith::FastMathFlagsAttr>(attr.getValue())) {
      arith::FastMathFlags value = flags.getValue();
      if (bitEnumContainsAny(value, arith::FastMathFlags::afn)) {
        value = bitEnumClear(value, arith::FastMathFlags::afn);
        if (isa<arith::DivFOp>(op))
          value = value | arith::FastMathFlags::arcp;
      }
      attr.setValue(arith::FastMathFlagsAttr::get(op->getContext(), value));
    }
    state.addAttribute(attr.getName(), attr.getValue());
  }
  return b.create(state)->getResult(0);
}

static Value emitBitcast(OpBuilder &b, Location loc, Value x, Type to) {
  Type type = ssaType(to);
  if (x.getType() == type)
    return x;
  return arith::BitcastOp::create(b, loc, type, x);
}

/// Float arithmetic; small floats compute in f32.
static Value emitFloat(OpBuilder &b, Operation *op, ValueRange operands, Type element) {
  Location loc = op->getLoc();
  SmallVector<Value> wide;
  bool widened = false;
  for (auto [value, operand] : llvm::zip(operands, op->getOperands())) {
    Type type = getElementTypeOrSelf(operand.getType());
    bool small = isSmallFloat(type);
    widened |= small;
    wide.push_back(small ? emitFloatCast(b, loc, value, type, b.getF32Type()) : value);
  }
  Value result = cloneScalar(b, op, wide, widened && isSmallFloat(element) ? b.getF32Type() : ssaType(element));
  return widened && isSmallFloat(element) ? emitFloatCast(b, loc, result, b.getF32Type(), element) : result;
}

/// The low (result 0) or high half of a product of twice the width.
static Value emitWideProduct(OpBuilder &b, Operation *op, ValueRange operands, unsigned result) {
  Location loc = op->getLoc();
  Type type = operands[0].getType();
  if (result == 0)
    return arith::MulIOp::create(b, loc, operands[0], operands[1]);
  unsigned width = type.getIntOrFloatBitWidth();
  Type wide = b.getIntegerType(2 * width);
  auto widen = [&](Value x) -> Value {
    return isa<arith::MulUIExtendedOp>(op) ? Value(arith::ExtUIOp::create(b, loc, wide, x))
                                           : Value(arith::ExtSIOp::create(b, loc, wide, x));
  };
  Value left = widen(operands[0]), right = widen(operands[1]);
  Value product = arith::MulIOp::create(b, loc, left, right);
  Value shift = arith::ConstantOp::create(b, loc, b.getIntegerAttr(wide, width));
  return arith::TruncIOp::create(b, loc, type, Value(arith::ShRUIOp::create(b, loc, product, shift)));
}

Value tegula::loops::emitElementwise(OpBuilder &b, Operation *op, ValueRange operands, unsigned result) {
  if (isa<arith::MulUIExtendedOp, arith::MulSIExtendedOp>(op))
    return emitWideProduct(b, op, operands, result);
  Location loc = op->getLoc();
  Type to = getElementTypeOrSelf(op->getResult(0).getType());
  Type from = op->getNumOperands() ? getElementTypeOrSelf(op->getOperand(0).getType()) : to;
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](tile::AddPtrOp addptr) -> Value {
        Type i64 = b.getI64Type();
        Value offset = operands[1];
        if (!offset.getType().isInteger(64))
          offset = arith::ExtSIOp::create(b, loc, i64, offset);
        Type pointee = memoryType(cast<tile::PointerType>(to).getPointee());
        return LLVM::GEPOp::create(b, loc, ssaType(to), pointee, operands[0], ArrayRef<LLVM::GEPArg>{offset});
      })
      .Case([&](tile::IntToPtrOp) -> Value { return LLVM::IntToPtrOp::create(b, loc, ssaType(to), operands[0]); })
      .Case([&](tile::PtrToIntOp) -> Value { return LLVM::PtrToIntOp::create(b, loc, b.getI64Type(), operands[0]); })
      .Case([&](tile::PtrCastOp) -> Value { return operands[0]; })
      .Case([&](tile::FpToFpOp cast) -> Value {
        return emitFloatCast(b, loc, operands[0], from, to, cast.getRounding().value_or(tile::Rounding::NearestEven));
      })
      .Case([&](tile::ExternElementwiseOp external) -> Value { return emitDeviceFunction(b, external, operands); })
      .Case<arith::ExtFOp, arith::TruncFOp>([&](auto) { return emitFloatCast(b, loc, operands[0], from, to); })
      .Case<arith::DivSIOp, arith::RemSIOp>([&](auto) {
        return cloneScalar(b, op, {operands[0], safeDivisor(b, loc, operands[0], operands[1], true)}, ssaType(to));
      })
      .Case<arith::DivUIOp, arith::RemUIOp>([&](auto) {
        return cloneScalar(b, op, {operands[0], safeDivisor(b, loc, operands[0], operands[1], false)}, ssaType(to));
      })
      .Case<arith::ShLIOp, arith::ShRSIOp, arith::ShRUIOp>(
          [&](auto) { return emitShift(b, op, operands[0], operands[1]); })
      .Case<arith::FPToSIOp, arith::FPToUIOp>([&](auto) {
        Value x = isSmallFloat(from) ? emitFloatCast(b, loc, operands[0], from, b.getF32Type()) : operands[0];
        return emitFloatToInt(b, loc, x, to, isa<arith::FPToSIOp>(op));
      })
      .Case<arith::SIToFPOp, arith::UIToFPOp>([&](auto) {
        if (!isSmallFloat(to))
          return cloneScalar(b, op, operands, to);
        Type middle = from.getIntOrFloatBitWidth() > 16 ? b.getF64Type() : b.getF32Type();
        return emitFloatCast(b, loc, cloneScalar(b, op, operands, middle), middle, to);
      })
      .Case<arith::BitcastOp>([&](auto) { return emitBitcast(b, loc, operands[0], to); })
      .Case<arith::SelectOp>(
          [&](auto) -> Value { return arith::SelectOp::create(b, loc, operands[0], operands[1], operands[2]); })
      .Default([&](Operation *) {
        bool floats = isa<FloatType>(to) || llvm::any_of(op->getOperands(), [](Value v) {
                        return isa<FloatType>(getElementTypeOrSelf(v.getType()));
                      });
        return floats ? emitFloat(b, op, operands, to) : cloneScalar(b, op, operands, ssaType(to));
      });
}

unsigned tegula::loops::costOf(Operation *op) {
  if (isa<math::AbsFOp, math::AbsIOp, math::FmaOp, math::FloorOp, math::CeilOp, math::RoundEvenOp, math::TruncOp,
          math::CopySignOp>(op))
    return 1;
  if (isa<math::SqrtOp, math::RsqrtOp, arith::DivFOp>(op))
    return 6;
  if (isa_and_nonnull<math::MathDialect>(op->getDialect()) || isa<tile::ExternElementwiseOp>(op))
    return 16;
  if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::RemFOp>(op)) {
    APInt divisor;
    return matchPattern(op->getOperand(1), m_ConstantInt(&divisor)) ? 3 : 12;
  }
  if (isa<arith::TruncFOp, arith::ExtFOp, tile::FpToFpOp>(op)) {
    auto small = [](Type type) { return isa<Float8E4M3FNType, Float8E5M2Type>(getElementTypeOrSelf(type)); };
    return small(op->getResult(0).getType()) ? 12 : small(op->getOperand(0).getType()) ? 4 : 2;
  }
  return 1;
}
