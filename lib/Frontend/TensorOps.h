//===- TensorOps.h - Operations on run-time values, by the language's rules -===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds IR for one operation of the language at a time: promotes and broadcasts the
// operands (LANGUAGE 1.10 and 2.6), picks the signed or unsigned operation, and
// reports what the rules forbid. Knows types and IR; knows nothing of syntax.
//
//   x: fp16[128], literal 2.0   -> multiply -> arith.mulf on tensor<128xf16>
//   x: bf16, n: i32             -> add      -> both to fp32, arith.addf
//
// Every function answers an empty Tensor after reporting an error, and when an
// operand is empty.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Value.h"
#include "lib/Syntax/AST.h"
#include "tegula/Diagnostics.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace tegula {

/// Knows where in the source the compiler is.
class Reporter {
public:
  virtual ~Reporter() = default;
  virtual Diagnostic &error(llvm::StringRef kind, const llvm::Twine &message) = 0;
  virtual Diagnostic &warning(llvm::StringRef kind, const llvm::Twine &message) = 0;
  virtual mlir::Location location() = 0;
};

class TensorOps {
public:
  TensorOps(mlir::OpBuilder &builder, Reporter &reporter, bool fuseFloats, bool checkOverflow);

  mlir::OpBuilder &builder;
  Reporter &reporter;
  /// Set while a library's combine region is built: its additions may be reordered.
  bool reorderFloats = false;

  mlir::Location loc() { return reporter.location(); }
  mlir::MLIRContext *context() { return builder.getContext(); }
  mlir::Type ir(Type type) { return type.toMLIR(context()); }

  //===--- Literals ---------------------------------------------------------===//

  /// The strong type of a number; invalid after an error (an int beyond 64 bits).
  Type literalType(const Value &number);
  /// A constant; the number is converted to the type's element as a cast would.
  Tensor constant(Type type, const Value &number);
  Tensor constant(Type type, int64_t number) { return constant(type, Value::integer(number)); }
  /// A tensor as it is, a number by its strong type; `what` names the operand in the error for all else.
  Tensor toTensor(const Value &value, llvm::StringRef what = "the operand");
  /// Any value of that type, where none will be read.
  Tensor placeholder(Type type);

  //===--- Casts (Casts.cpp) --------------------------------------------------===//

  /// To another element type; the shape stays. Rounding toward zero only for narrowing floats.
  Tensor cast(Tensor x, Type element, bool towardZero = false);
  Tensor bitcast(Tensor x, Type element);
  /// i1: what `if` and masks mean by it (not zero, not null).
  Tensor truth(Tensor x);

  //===--- Shapes -------------------------------------------------------------===//

  /// Left-pads with dimensions of 1, then repeats.
  Tensor broadcastTo(Tensor x, llvm::ArrayRef<int64_t> shape);
  /// The shape that both broadcast to; nothing (without a report) when there is none.
  static std::optional<llvm::SmallVector<int64_t, 4>> commonShape(Type a, Type b);
  bool broadcastPair(Tensor &a, Tensor &b);
  bool broadcastAll(llvm::MutableArrayRef<Tensor> tensors);
  Tensor splat(Tensor scalar, llvm::ArrayRef<int64_t> shape);
  Tensor expandDims(Tensor x, unsigned axis);
  /// Also between scalars and blocks of one element.
  Tensor reshape(Tensor x, llvm::ArrayRef<int64_t> shape, bool allowReorder = false);

  //===--- Operators (at least one side is a tensor) --------------------------===//

  Tensor binary(ast::BinaryOperator op, const Value &a, const Value &b);
  Tensor compare(ast::CompareOperator op, const Value &a, const Value &b);
  Tensor negate(Tensor x);
  Tensor invert(Tensor x);
  Tensor logicalAnd(const Value &a, const Value &b);
  Tensor logicalOr(const Value &a, const Value &b);
  Tensor logicalNot(Tensor x);
  Tensor where(const Value &condition, const Value &x, const Value &y);
  Tensor maximum(const Value &x, const Value &y, bool propagateNaN);
  Tensor minimum(const Value &x, const Value &y, bool propagateNaN);
  Tensor divideExactly(const Value &x, const Value &y);
  /// The promoted and broadcast operands of a binary operation; false after an error. `strongLiterals`: a literal gets
  /// its own type first.
  bool promotePair(const Value &a, const Value &b, Tensor &x, Tensor &y, bool strongLiterals = false,
                   bool isDivision = false);
  Tensor addPointer(Tensor pointer, Tensor offset);

  // One IR operation each, on operands of one type.
  Tensor addSame(Tensor a, Tensor b);
  Tensor subtractSame(Tensor a, Tensor b);
  Tensor multiplySame(Tensor a, Tensor b);

  mlir::arith::FastMathFlagsAttr fastMath(mlir::arith::FastMathFlags extra = mlir::arith::FastMathFlags::none);
  Tensor fail(llvm::StringRef kind, const llvm::Twine &message) {
    reporter.error(kind, message);
    return {};
  }

private:
  Tensor bitwise(ast::BinaryOperator op, const Value &a, const Value &b);
  Tensor divide(ast::BinaryOperator op, const Value &a, const Value &b);
  Tensor weakConstant(Type type, const Value &number);
  Tensor extremum(const Value &x, const Value &y, bool propagateNaN, bool wantMax);
  Tensor checkOverflow(ast::BinaryOperator op, Tensor a, Tensor b, Tensor result);
  bool shapeError(Type a, Type b);
  bool checkSupported(Type element);

  bool fuseFloats;
  bool overflowChecks;
};

} // namespace tegula
