//===- TensorOps.cpp - Operators and broadcasting ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/TensorOps.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using tegula::ast::BinaryOperator;
using tegula::ast::CompareOperator;

namespace tegula {

TensorOps::TensorOps(OpBuilder &builder, Reporter &reporter, bool fuseFloats, bool checkOverflow)
    : builder(builder), reporter(reporter), fuseFloats(fuseFloats), overflowChecks(checkOverflow) {}

arith::FastMathFlagsAttr TensorOps::fastMath(arith::FastMathFlags extra) {
  using arith::FastMathFlags;
  FastMathFlags flags = extra;
  if (fuseFloats)
    flags = flags | FastMathFlags::contract;
  if (reorderFloats)
    flags = flags | FastMathFlags::reassoc | FastMathFlags::nsz;
  return arith::FastMathFlagsAttr::get(context(), flags);
}

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

Type TensorOps::literalType(const Value &number) {
  if (number.isBool())
    return Dtype::Int1;
  if (number.isInt()) {
    Integer value = number.asInteger();
    if (std::optional<int64_t> fits = value.asInt64()) {
      if (*fits >= INT32_MIN && *fits <= INT32_MAX)
        return Dtype::Int32;
      return *fits > 0 && *fits <= int64_t(UINT32_MAX) ? Dtype::UInt32 : Dtype::Int64;
    }
    if (value.asUint64())
      return Dtype::UInt64;
    reporter.error("integer-too-large", "no integer type holds " + value.str());
    return {};
  }
  double magnitude = std::fabs(number.asDouble());
  bool fitsFloat =
      magnitude == 0 || !std::isfinite(magnitude) || (magnitude >= 0x1p-126 && magnitude <= 0x1.fffffep127);
  return fitsFloat ? Dtype::FP32 : Dtype::FP64;
}

/// The number as an attribute of that IR element type.
static TypedAttr numberAttr(Type element, mlir::Type type, const Value &number) {
  if (auto floatType = dyn_cast<FloatType>(type)) {
    APFloat value(number.asDouble());
    bool inexact;
    if (number.isInt() && !number.asInteger().asInt64())
      value = APFloat(number.asInteger().asDouble());
    value.convert(floatType.getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
    return FloatAttr::get(floatType, value);
  }
  unsigned width = cast<IntegerType>(type).getWidth();
  if (element.isBool())
    return IntegerAttr::get(type, APInt(1, number.isFloat() ? number.asDouble() != 0 : !number.asInteger().isZero()));
  Integer integer = number.isFloat() ? Integer::fromDouble(number.asDouble()).value_or(Integer(0)) : number.asInteger();
  return IntegerAttr::get(type, integer.bits(width));
}

Tensor TensorOps::constant(Type type, const Value &number) {
  Type element = type.scalar();
  if (element.isPointer()) {
    mlir::Value address = constant(Type(Dtype::Int64).withShape(type.shape()), number).value;
    return {tile::IntToPtrOp::create(builder, loc(), ir(type), address), type};
  }
  if (!checkSupported(element))
    return {};
  if (element.isVoid() || !element)
    return fail("type-error", "a value of type " + element.str() + " cannot be made");
  TypedAttr attr = numberAttr(element, ir(element), number);
  if (type.isBlock())
    attr = DenseElementsAttr::get(cast<RankedTensorType>(ir(type)), attr);
  return {arith::ConstantOp::create(builder, loc(), attr), type};
}

Tensor TensorOps::weakConstant(Type type, const Value &number) {
  Type element = type.scalar();
  if (element.isInt() && number.isIntegral()) {
    Integer value = number.asInteger();
    if (value.isNegative() && element.isUnsigned()) {
      reporter
          .error("type-error",
                 "the negative number " + value.str() + " meets an unsigned operand of type " + type.str())
          .withHint("cast the operand to a signed type first");
      return {};
    }
    unsigned bits = element.bits() - (element.isSigned() ? 1 : 0);
    Integer limit = *shiftLeft(Integer(1), Integer(bits));
    if (!(value < limit) || (element.isSigned() && value < -limit))
      return fail("out-of-range", "the number " + value.str() + " is out of range for type " + element.str());
  }
  return constant(element, number);
}

Tensor TensorOps::toTensor(const Value &value, StringRef what) {
  if (value.isTensor())
    return value.asTensor();
  if (value.isNumber()) {
    Type type = literalType(value);
    return type ? constant(type, value) : Tensor();
  }
  if (value)
    reporter.error("type-error", what + " must be a scalar or a block; got " + describeValue(value));
  return {};
}

Tensor TensorOps::placeholder(Type type) { return constant(type, Value::integer(0)); }

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t, 4>> TensorOps::commonShape(Type a, Type b) {
  SmallVector<int64_t, 4> x = a.shape(), y = b.shape();
  if (x.size() < y.size())
    std::swap(x, y);
  size_t offset = x.size() - y.size();
  for (size_t i = 0; i < y.size(); ++i) {
    int64_t &wide = x[i + offset];
    if (wide != y[i] && wide != 1 && y[i] != 1)
      return std::nullopt;
    wide = std::max(wide, y[i]);
  }
  return x;
}

bool TensorOps::shapeError(Type a, Type b) {
  Diagnostic &diagnostic = reporter.error("shape-mismatch", "the shapes " + shapeText(a.shape()) + " and " +
                                                                shapeText(b.shape()) + " cannot be broadcast together");
  SmallVector<int64_t, 4> x = a.shape(), y = b.shape();
  for (size_t i = 1; i <= std::min(x.size(), y.size()); ++i) {
    int64_t p = x[x.size() - i], q = y[y.size() - i];
    if (p != q && p != 1 && q != 1) {
      diagnostic.message += ": the sizes " + std::to_string(p) + " and " + std::to_string(q) + " differ in " +
                            (i == 1 ? "the last dimension" : "dimension -" + std::to_string(i));
      break;
    }
  }
  if (x.size() == 1 && y.size() == 1)
    diagnostic.withHint("to combine every pair, index with [:, None] and [None, :]");
  return false;
}

Tensor TensorOps::splat(Tensor scalar, ArrayRef<int64_t> shape) {
  if (shape.empty())
    return scalar;
  if (std::optional<std::string> problem = checkShape(shape))
    return fail("invalid-shape", *problem);
  Type type = scalar.type.withShape(shape);
  if (auto constantOp = scalar.value.getDefiningOp<arith::ConstantOp>())
    return {arith::ConstantOp::create(builder, loc(),
                                      DenseElementsAttr::get(cast<RankedTensorType>(ir(type)), constantOp.getValue())),
            type};
  return {tile::SplatOp::create(builder, loc(), ir(type), scalar.value), type};
}

Tensor TensorOps::expandDims(Tensor x, unsigned axis) {
  SmallVector<int64_t, 4> shape = x.type.shape();
  shape.insert(shape.begin() + axis, 1);
  if (std::optional<std::string> problem = checkShape(shape))
    return fail("invalid-shape", *problem);
  if (!x.type.isBlock())
    return splat(x, shape);
  Type type = x.type.withShape(shape);
  return {tile::ExpandDimsOp::create(builder, loc(), ir(type), x.value, axis), type};
}

Tensor TensorOps::reshape(Tensor x, ArrayRef<int64_t> shape, bool allowReorder) {
  if (shape == ArrayRef<int64_t>(x.type.shape()))
    return x;
  if (std::optional<std::string> problem = checkShape(shape))
    return fail("invalid-shape", *problem);
  Type type = x.type.withShape(shape);
  if (type.numel() != x.type.numel())
    return fail("shape-mismatch", "a block of " + Twine(x.type.numel()) + " elements cannot take the shape " +
                                      shapeText(shape) + " of " + Twine(type.numel()));
  if (shape.empty())
    return {tile::UnsplatOp::create(builder, loc(), ir(type), x.value), type};
  if (!x.type.isBlock())
    return splat(x, shape);
  return {tile::ReshapeOp::create(builder, loc(), ir(type), x.value, allowReorder), type};
}

Tensor TensorOps::broadcastTo(Tensor x, ArrayRef<int64_t> shape) {
  if (!x || shape == ArrayRef<int64_t>(x.type.shape()))
    return x;
  if (std::optional<std::string> problem = checkShape(shape))
    return fail("invalid-shape", *problem);
  if (!x.type.isBlock())
    return splat(x, shape);
  Type wanted = x.type.withShape(shape);
  std::optional<SmallVector<int64_t, 4>> common = commonShape(x.type, wanted);
  if (!common || ArrayRef<int64_t>(*common) != shape)
    return fail("shape-mismatch",
                "a block of shape " + shapeText(x.type.shape()) + " cannot be broadcast to " + shapeText(shape));
  while (x && x.type.rank() < shape.size())
    x = expandDims(x, 0);
  if (!x || x.type == wanted)
    return x;
  if (auto constantOp = x.value.getDefiningOp<arith::ConstantOp>())
    if (auto dense = dyn_cast<SplatElementsAttr>(constantOp.getValue()))
      return {arith::ConstantOp::create(builder, loc(), dense.resizeSplat(cast<RankedTensorType>(ir(wanted)))), wanted};
  return {tile::BroadcastOp::create(builder, loc(), ir(wanted), x.value), wanted};
}

bool TensorOps::broadcastPair(Tensor &a, Tensor &b) {
  std::optional<SmallVector<int64_t, 4>> shape = commonShape(a.type, b.type);
  if (!shape)
    return shapeError(a.type, b.type);
  a = broadcastTo(a, *shape);
  b = broadcastTo(b, *shape);
  return a && b;
}

bool TensorOps::broadcastAll(MutableArrayRef<Tensor> tensors) {
  Type widest;
  for (Tensor &tensor : tensors) {
    if (!tensor)
      return false;
    if (!widest) {
      widest = tensor.type;
      continue;
    }
    std::optional<SmallVector<int64_t, 4>> shape = commonShape(widest, tensor.type);
    if (!shape)
      return shapeError(widest, tensor.type);
    if (std::optional<std::string> problem = checkShape(*shape))
      return bool(fail("invalid-shape", *problem));
    widest = widest.withShape(*shape);
  }
  for (Tensor &tensor : tensors)
    if (!(tensor = broadcastTo(tensor, widest.shape())))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Promotion
//===----------------------------------------------------------------------===//

bool TensorOps::promotePair(const Value &a, const Value &b, Tensor &x, Tensor &y, bool strongLiterals,
                            bool isDivision) {
  if (!a || !b)
    return false;
  auto typeOf = [&](const Value &value, Type &type) {
    if (value.isTensor())
      type = value.asTensor().type;
    else if (value.isNumber())
      type = literalType(value);
    else
      reporter.error("type-error", "an operand must be a number, a scalar or a block; got " + describeValue(value));
    return bool(type);
  };
  Type p, q;
  if (!typeOf(a, p) || !typeOf(b, q))
    return false;
  if (p.isPointer() || q.isPointer()) {
    reporter.error("type-error", "this operation does not take pointers; got " + p.str() + " and " + q.str());
    return false;
  }
  std::string error;
  bool aWeak = a.isNumber() && !strongLiterals, bWeak = b.isNumber() && !strongLiterals;
  Type common = promote(p.scalar(), aWeak, q.scalar(), bWeak, isDivision, error);
  if (!common) {
    reporter.error("type-error", error);
    return false;
  }
  auto bring = [&](const Value &value, bool weak, Tensor &result) {
    result = weak ? weakConstant(common, value) : cast(toTensor(value), common);
    return bool(result);
  };
  return bring(a, aWeak, x) && bring(b, bWeak, y) && broadcastPair(x, y);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Tensor TensorOps::addSame(Tensor a, Tensor b) {
  if (a.type.isFloat())
    return {arith::AddFOp::create(builder, loc(), a.value, b.value, fastMath()), a.type};
  return {arith::AddIOp::create(builder, loc(), a.value, b.value), a.type};
}
Tensor TensorOps::subtractSame(Tensor a, Tensor b) {
  if (a.type.isFloat())
    return {arith::SubFOp::create(builder, loc(), a.value, b.value, fastMath()), a.type};
  return {arith::SubIOp::create(builder, loc(), a.value, b.value), a.type};
}
Tensor TensorOps::multiplySame(Tensor a, Tensor b) {
  if (a.type.isFloat())
    return {arith::MulFOp::create(builder, loc(), a.value, b.value, fastMath()), a.type};
  return {arith::MulIOp::create(builder, loc(), a.value, b.value), a.type};
}

/// Under debug, asserts that an integer operation below 64 bits did not wrap.
Tensor TensorOps::checkOverflow(BinaryOperator op, Tensor a, Tensor b, Tensor result) {
  if (!overflowChecks || !result.type.isInt() || result.type.bits() >= 64 || result.type.isBool())
    return result;
  Type wide = Dtype::Int64;
  Tensor x = cast(a, wide), y = cast(b, wide);
  Tensor exact = op == BinaryOperator::Add   ? addSame(x, y)
                 : op == BinaryOperator::Sub ? subtractSame(x, y)
                                             : multiplySame(x, y);
  Tensor back = cast(result, wide);
  mlir::Value same = arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::eq, exact.value, back.value);
  std::string message = (result.type.scalar().str() + " overflow in operator " + std::string(ast::spelling(op)));
  tile::AssertOp::create(builder, loc(), same, message, mlir::Value());
  return result;
}

Tensor TensorOps::addPointer(Tensor pointer, Tensor offset) {
  if (!pointer || !offset)
    return {};
  if (!offset.type.isInt())
    return fail("type-error", "a pointer moves by integers; got " + offset.type.str());
  if (offset.type.isBool())
    offset = cast(offset, Dtype::Int32);
  else if (offset.type.isUnsigned() && offset.type.bits() < 64)
    offset = cast(offset, Dtype::Int64);
  if (!broadcastPair(pointer, offset))
    return {};
  return {tile::AddPtrOp::create(builder, loc(), pointer.value, offset.value), pointer.type};
}

Tensor TensorOps::binary(BinaryOperator op, const Value &a, const Value &b) {
  if (!a || !b)
    return {};
  bool aPointer = a.isTensor() && a.asTensor().type.isPointer();
  bool bPointer = b.isTensor() && b.asTensor().type.isPointer();
  if (aPointer || bPointer) {
    if (op == BinaryOperator::Add && !(aPointer && bPointer))
      return aPointer ? addPointer(a.asTensor(), toTensor(b, "an offset"))
                      : addPointer(b.asTensor(), toTensor(a, "an offset"));
    if (op == BinaryOperator::Sub && aPointer && !bPointer) {
      Tensor offset = toTensor(b, "an offset");
      if (offset && offset.type.isUnsigned())
        offset = cast(offset, Dtype::Int64);
      return offset ? addPointer(a.asTensor(), negate(offset)) : Tensor();
    }
    return fail("type-error", "operator " + Twine(std::string(ast::spelling(op))) + " does not take " +
                                  describeValue(a) + " and " + describeValue(b));
  }
  Tensor x, y;
  switch (op) {
  case BinaryOperator::Add:
    return promotePair(a, b, x, y) ? checkOverflow(op, x, y, addSame(x, y)) : Tensor();
  case BinaryOperator::Sub:
    return promotePair(a, b, x, y) ? checkOverflow(op, x, y, subtractSame(x, y)) : Tensor();
  case BinaryOperator::Mult:
    return promotePair(a, b, x, y) ? checkOverflow(op, x, y, multiplySame(x, y)) : Tensor();
  case BinaryOperator::Div:
  case BinaryOperator::FloorDiv:
  case BinaryOperator::Mod:
    return divide(op, a, b);
  case BinaryOperator::BitAnd:
  case BinaryOperator::BitOr:
  case BinaryOperator::BitXor:
  case BinaryOperator::LShift:
  case BinaryOperator::RShift:
    return bitwise(op, a, b);
  case BinaryOperator::Pow:
    reporter
        .error("unsupported-construct",
               "the operator ** does not take run-time values; got " + describeValue(a) + " and " + describeValue(b))
        .withHint("multiply, or call tl.extra.libdevice.pow");
    return {};
  case BinaryOperator::MatMult:
    reporter.error("unsupported-construct", "the operator @ is not part of the kernel language")
        .withHint("call tl.dot");
    return {};
  }
  return {};
}

Tensor TensorOps::divide(BinaryOperator op, const Value &a, const Value &b) {
  Tensor x, y;
  if (!promotePair(a, b, x, y, /*strongLiterals=*/false, /*isDivision=*/true))
    return {};
  if (op == BinaryOperator::Div) {
    if (x.type.isInt()) {
      x = cast(x, Dtype::FP32);
      y = cast(y, Dtype::FP32);
    }
    // The fast form of the target; 64-bit division is always exact.
    auto flags = x.type.is(Dtype::FP64) ? fastMath() : fastMath(arith::FastMathFlags::afn);
    return {arith::DivFOp::create(builder, loc(), x.value, y.value, flags), x.type};
  }
  if (x.type.isFloat()) {
    if (op == BinaryOperator::Mod)
      return {arith::RemFOp::create(builder, loc(), x.value, y.value), x.type};
    reporter
        .error("type-error",
               "the operator // takes integers at run time; got " + describeValue(a) + " and " + describeValue(b))
        .withHint("use tl.floor(x / y)");
    return {};
  }
  bool isSigned = x.type.isSigned();
  if (op == BinaryOperator::FloorDiv)
    return {isSigned ? arith::DivSIOp::create(builder, loc(), x.value, y.value).getResult()
                     : arith::DivUIOp::create(builder, loc(), x.value, y.value).getResult(),
            x.type};
  return {isSigned ? arith::RemSIOp::create(builder, loc(), x.value, y.value).getResult()
                   : arith::RemUIOp::create(builder, loc(), x.value, y.value).getResult(),
          x.type};
}

Tensor TensorOps::divideExactly(const Value &a, const Value &b) {
  Tensor x = toTensor(a), y = toTensor(b);
  if (!x || !y || !promotePair(Value::tensor(x), Value::tensor(y), x, y, false, /*isDivision=*/true))
    return {};
  if (!x.type.isFloat())
    return fail("type-error", "floats are expected; got " + describeValue(a) + " and " + describeValue(b));
  return {arith::DivFOp::create(builder, loc(), x.value, y.value,
                                arith::FastMathFlagsAttr::get(context(), arith::FastMathFlags::none)),
          x.type};
}

Tensor TensorOps::bitwise(BinaryOperator op, const Value &a, const Value &b) {
  auto isFloat = [](const Value &value) {
    return value.isFloat() || (value.isTensor() && value.asTensor().type.isFloat());
  };
  if (isFloat(a) || isFloat(b))
    return fail("type-error", "the operator " + Twine(std::string(ast::spelling(op))) + " takes integers; got " +
                                  describeValue(a) + " and " + describeValue(b));
  Tensor x, y;
  if (!promotePair(a, b, x, y))
    return {};
  switch (op) {
  case BinaryOperator::BitAnd:
    return {arith::AndIOp::create(builder, loc(), x.value, y.value), x.type};
  case BinaryOperator::BitOr:
    return {arith::OrIOp::create(builder, loc(), x.value, y.value), x.type};
  case BinaryOperator::BitXor:
    return {arith::XOrIOp::create(builder, loc(), x.value, y.value), x.type};
  case BinaryOperator::LShift:
    return {arith::ShLIOp::create(builder, loc(), x.value, y.value), x.type};
  default:
    if (x.type.isSigned())
      return {arith::ShRSIOp::create(builder, loc(), x.value, y.value), x.type};
    return {arith::ShRUIOp::create(builder, loc(), x.value, y.value), x.type};
  }
}

Tensor TensorOps::negate(Tensor x) {
  if (!x)
    return {};
  if (x.type.isFloat())
    return {arith::NegFOp::create(builder, loc(), x.value), x.type};
  if (!x.type.isInt())
    return fail("type-error", "unary - does not take " + x.type.str());
  return {arith::SubIOp::create(builder, loc(), constant(x.type, 0).value, x.value), x.type};
}

Tensor TensorOps::invert(Tensor x) {
  if (!x)
    return {};
  if (!x.type.isInt())
    return fail("type-error", "the operator ~ takes integers; got " + x.type.str());
  return {arith::XOrIOp::create(builder, loc(), x.value, constant(x.type, -1).value), x.type};
}

//===----------------------------------------------------------------------===//
// Comparison and choice
//===----------------------------------------------------------------------===//

Tensor TensorOps::compare(CompareOperator op, const Value &a, const Value &b) {
  Tensor x, y;
  if (!promotePair(a, b, x, y, /*strongLiterals=*/true))
    return {};
  Type type = x.type.withElement(Dtype::Int1);
  if (x.type.isFloat()) {
    auto predicate = [&] {
      switch (op) {
      case CompareOperator::Eq:
        return arith::CmpFPredicate::OEQ;
      case CompareOperator::NotEq:
        return arith::CmpFPredicate::UNE;
      case CompareOperator::Lt:
        return arith::CmpFPredicate::OLT;
      case CompareOperator::LtE:
        return arith::CmpFPredicate::OLE;
      case CompareOperator::Gt:
        return arith::CmpFPredicate::OGT;
      default:
        return arith::CmpFPredicate::OGE;
      }
    }();
    return {arith::CmpFOp::create(builder, loc(), predicate, x.value, y.value), type};
  }
  bool isSigned = x.type.isSigned();
  auto predicate = [&] {
    switch (op) {
    case CompareOperator::Eq:
      return arith::CmpIPredicate::eq;
    case CompareOperator::NotEq:
      return arith::CmpIPredicate::ne;
    case CompareOperator::Lt:
      return isSigned ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult;
    case CompareOperator::LtE:
      return isSigned ? arith::CmpIPredicate::sle : arith::CmpIPredicate::ule;
    case CompareOperator::Gt:
      return isSigned ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::ugt;
    default:
      return isSigned ? arith::CmpIPredicate::sge : arith::CmpIPredicate::uge;
    }
  }();
  return {arith::CmpIOp::create(builder, loc(), predicate, x.value, y.value), type};
}

static bool isBoolean(const Value &value) {
  return value.isBool() || (value.isTensor() && value.asTensor().type.isBool());
}

Tensor TensorOps::logicalAnd(const Value &a, const Value &b) {
  if (!isBoolean(a) || !isBoolean(b)) {
    if (a && b)
      reporter
          .error("type-error", "`and` takes bools at run time; got " + describeValue(a) + " and " + describeValue(b))
          .withHint("compare with 0 first");
    return {};
  }
  return bitwise(BinaryOperator::BitAnd, a, b);
}

Tensor TensorOps::logicalOr(const Value &a, const Value &b) {
  if (!isBoolean(a) || !isBoolean(b)) {
    if (a && b)
      reporter.error("type-error", "`or` takes bools at run time; got " + describeValue(a) + " and " + describeValue(b))
          .withHint("compare with 0 first");
    return {};
  }
  return bitwise(BinaryOperator::BitOr, a, b);
}

Tensor TensorOps::logicalNot(Tensor x) {
  if (!x)
    return {};
  if (!x.type.isBool()) {
    reporter.error("type-error", "`not` takes a bool at run time; got " + x.type.str()).withHint("compare with 0");
    return {};
  }
  return invert(x);
}

Tensor TensorOps::where(const Value &condition, const Value &a, const Value &b) {
  Tensor mask = toTensor(condition, "the condition of where");
  if (!mask)
    return {};
  if (!mask.type.isBool()) {
    reporter.warning("where-condition", "the condition of where should be a bool; got " + mask.type.str());
    mask = truth(mask);
  }
  Tensor x, y;
  auto isPointer = [](const Value &value) { return value.isTensor() && value.asTensor().type.isPointer(); };
  if (isPointer(a) || isPointer(b)) {
    x = a.isNumber() ? constant(b.asTensor().type.scalar(), a) : a.asTensor();
    y = b.isNumber() ? constant(a.asTensor().type.scalar(), b) : b.asTensor();
    if (!x || !y || x.type.scalar() != y.type.scalar())
      return fail("type-error",
                  "where takes values of one pointer type; got " + describeValue(a) + " and " + describeValue(b));
    if (!broadcastPair(x, y))
      return {};
  } else if (!promotePair(a, b, x, y)) {
    return {};
  }
  Tensor all[] = {mask, x, y};
  if (!broadcastAll(all))
    return {};
  return {arith::SelectOp::create(builder, loc(), all[0].value, all[1].value, all[2].value), all[1].type};
}

Tensor TensorOps::extremum(const Value &a, const Value &b, bool propagateNaN, bool wantMax) {
  Tensor x, y;
  if (!promotePair(a, b, x, y, /*strongLiterals=*/true))
    return {};
  if (x.type.is(Dtype::BF16)) {
    x = cast(x, Dtype::FP32);
    y = cast(y, Dtype::FP32);
  }
  mlir::Value p = x.value, q = y.value, result;
  mlir::Location at = loc();
  if (x.type.isFloat()) {
    if (propagateNaN)
      result = wantMax ? arith::MaximumFOp::create(builder, at, p, q).getResult()
                       : arith::MinimumFOp::create(builder, at, p, q).getResult();
    else
      result = wantMax ? arith::MaxNumFOp::create(builder, at, p, q).getResult()
                       : arith::MinNumFOp::create(builder, at, p, q).getResult();
  } else if (x.type.isSigned()) {
    result = wantMax ? arith::MaxSIOp::create(builder, at, p, q).getResult()
                     : arith::MinSIOp::create(builder, at, p, q).getResult();
  } else {
    result = wantMax ? arith::MaxUIOp::create(builder, at, p, q).getResult()
                     : arith::MinUIOp::create(builder, at, p, q).getResult();
  }
  return {result, x.type};
}

Tensor TensorOps::maximum(const Value &x, const Value &y, bool propagateNaN) {
  return extremum(x, y, propagateNaN, true);
}
Tensor TensorOps::minimum(const Value &x, const Value &y, bool propagateNaN) {
  return extremum(x, y, propagateNaN, false);
}

} // namespace tegula
