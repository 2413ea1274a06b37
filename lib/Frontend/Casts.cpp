//===- Casts.cpp - Conversions between element types ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// float -> int truncates; float or int -> bool asks "is it not zero?"; 16-bit floats
// reach anything but fp32 through fp32; 8-bit floats and explicit rounding go through
// tile.fp_to_fp; pointers become i64 or bool and come from i64.
#include "lib/Frontend/TensorOps.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace llvm;
using namespace mlir;

namespace tegula {

bool TensorOps::checkSupported(Type element) {
  if (element.isSupported())
    return true;
  reporter.error("unsupported-dtype", "the type " + element.str() + " is not supported")
      .withHint("use fp8e4nv or fp8e5");
  return false;
}

Tensor TensorOps::truth(Tensor x) {
  if (!x || x.type.isBool())
    return x;
  Type type = x.type.withElement(Dtype::Int1);
  if (x.type.isPointer())
    x = {tile::PtrToIntOp::create(builder, loc(), ir(x.type.withElement(Dtype::Int64)), x.value),
         x.type.withElement(Dtype::Int64)};
  if (x.type.isFP8())
    x = cast(x, Dtype::FP32);
  mlir::Value zero = constant(x.type, 0).value;
  if (x.type.isFloat())
    return {arith::CmpFOp::create(builder, loc(), arith::CmpFPredicate::UNE, x.value, zero), type};
  return {arith::CmpIOp::create(builder, loc(), arith::CmpIPredicate::ne, x.value, zero), type};
}

Tensor TensorOps::cast(Tensor x, Type element, bool towardZero) {
  if (!x || !element || !checkSupported(element))
    return {};
  Type from = x.type.scalar(), type = x.type.withElement(element);
  if (from == element)
    return x;
  if (element.isVoid() || from.isVoid())
    return fail("type-error", "there is no cast from " + from.str() + " to " + element.str());
  mlir::Type result = ir(type);
  auto wrap = [&](auto op) { return Tensor{op.getResult(), type}; };
  mlir::Location at = loc();

  if (towardZero && !(from.isFloat() && element.isFloat() && from.bits() > element.bits()))
    return fail("type-error", "a rounding mode applies where a float becomes a narrower float; got " + from.str() +
                                  " to " + element.str());

  if (from.isPointer() || element.isPointer()) {
    if (from.isPointer() && element.isPointer())
      return wrap(tile::PtrCastOp::create(builder, at, result, x.value));
    if (from.isPointer()) {
      if (element.isBool())
        return truth(x);
      if (element.isInt() && element.bits() == 64)
        return wrap(tile::PtrToIntOp::create(builder, at, result, x.value));
      return fail("type-error", "a pointer becomes an i64 or a bool; got " + element.str());
    }
    if (!from.isInt())
      return fail("type-error", "a pointer is made from an integer; got " + from.str());
    Tensor address = cast(x, from.isSigned() ? Dtype::Int64 : Dtype::UInt64);
    return wrap(tile::IntToPtrOp::create(builder, at, result, address.value));
  }

  if (from.isFloat() && element.isFloat()) {
    if (from.isFP8() || element.isFP8()) {
      bool narrowing = from.bits() > element.bits();
      if (from.isFP8() && element.isFP8())
        return cast(cast(x, Dtype::FP16), element);
      tile::RoundingAttr rounding;
      if (narrowing)
        rounding =
            tile::RoundingAttr::get(context(), towardZero ? tile::Rounding::TowardZero : tile::Rounding::NearestEven);
      return wrap(tile::FpToFpOp::create(builder, at, result, x.value, rounding));
    }
    if (towardZero)
      return wrap(tile::FpToFpOp::create(builder, at, result, x.value,
                                         tile::RoundingAttr::get(context(), tile::Rounding::TowardZero)));
    if (from.bits() == 16 && !element.is(Dtype::FP32))
      return cast(cast(x, Dtype::FP32), element);
    if (from.bits() < element.bits())
      return wrap(arith::ExtFOp::create(builder, at, result, x.value));
    return wrap(arith::TruncFOp::create(builder, at, result, x.value));
  }

  if (from.isFloat()) {
    if (element.isBool())
      return truth(x);
    if (from.isFP8())
      return cast(cast(x, Dtype::FP32), element);
    if (element.isSigned())
      return wrap(arith::FPToSIOp::create(builder, at, result, x.value));
    return wrap(arith::FPToUIOp::create(builder, at, result, x.value));
  }

  if (element.isFloat()) {
    if (element.isFP8())
      return cast(cast(x, Dtype::FP32), element);
    if (from.isSigned())
      return wrap(arith::SIToFPOp::create(builder, at, result, x.value));
    return wrap(arith::UIToFPOp::create(builder, at, result, x.value));
  }

  if (element.isBool())
    return truth(x);
  if (from.bits() == element.bits())
    return {x.value, type};
  if (from.bits() > element.bits())
    return wrap(arith::TruncIOp::create(builder, at, result, x.value));
  if (from.isSigned())
    return wrap(arith::ExtSIOp::create(builder, at, result, x.value));
  return wrap(arith::ExtUIOp::create(builder, at, result, x.value));
}

Tensor TensorOps::bitcast(Tensor x, Type element) {
  if (!x || !element || !checkSupported(element))
    return {};
  Type from = x.type.scalar(), type = x.type.withElement(element);
  if (from == element)
    return x;
  if (from.isPointer() || element.isPointer()) {
    if ((from.isPointer() || from.bits() == 64) && (element.isPointer() || element.bits() == 64) && !from.isFloat() &&
        !element.isFloat())
      return cast(x, element);
    return fail("type-error", "there is no bitcast from " + from.str() + " to " + element.str());
  }
  if (from.bits() != element.bits())
    return fail("type-error", "a bitcast keeps the width; got " + from.str() + " of " + Twine(from.bits()) +
                                  " bits and " + element.str() + " of " + Twine(element.bits()));
  if (from.isVoid() || element.isVoid())
    return fail("type-error", "there is no bitcast from " + from.str() + " to " + element.str());
  if (from.isInt() && element.isInt())
    return {x.value, type};
  return {arith::BitcastOp::create(builder, loc(), ir(type), x.value), type};
}

} // namespace tegula
