//===- Types.h - Types of the kernel language -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A type is a scalar (`fp32`, `u8`, a pointer) or a block of scalars. The language
// has signed and unsigned integers while the IR's integers are signless: signedness
// lives here and chooses the operation (`arith.divsi` or `arith.divui`).
//
//   fp16            Dtype::FP16
//   *fp16           the same, indirections = 1        **i8: indirections = 2
//   *kfp16          the same, const                   (may only be read through)
//   fp16[64, 32]    the same with dimensions; dimensions are powers of two
//
// A Type is 24 bytes of plain data, copied and compared like an int.
//===----------------------------------------------------------------------===//
#pragma once

#include "mlir/IR/Types.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tegula {

/// What an element is, before any pointer or block is made of it. The order is that of the tables in Types.cpp.
enum class Dtype : uint8_t {
  Invalid,
  Void,
  Int1,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  FP8E5,
  FP8E4NV,
  FP8E4B15,
  FP8E4B8,
  FP8E5B16,
  FP16,
  BF16,
  FP32,
  FP64,
};

/// Kinds in the order of promotion.
enum class DtypeKind : uint8_t { Void, Boolean, Integral, Floating, Pointer };

class Type {
public:
  static constexpr unsigned maxRank = 18;
  /// The most elements that a block may have.
  static constexpr int64_t maxElements = 1 << 20;

  Type() = default;
  Type(Dtype dtype) : dtype_(dtype) {}
  /// "fp16", "*fp16", "*kbf16", "i32", "u8", "i1", "B": the signatures' grammar; also the Python names "float16",
  /// "int32", "bool". Invalid when the text is none of these.
  static Type parse(llvm::StringRef text);

  explicit operator bool() const { return dtype_ != Dtype::Invalid; }
  bool operator==(const Type &) const = default;

  Dtype dtype() const { return indirections ? Dtype::Invalid : dtype_; }
  bool isBlock() const { return rank_ != 0; }
  unsigned rank() const { return rank_; }
  int64_t dim(unsigned i) const { return int64_t(1) << dims[i]; }
  llvm::SmallVector<int64_t, 4> shape() const;
  int64_t numel() const;

  // About the element: a block answers for its scalar.
  bool isPointer() const { return indirections != 0; }
  bool isConstPointer() const { return isPointer() && (constMask >> (indirections - 1) & 1); }
  bool isVoid() const { return !isPointer() && dtype_ == Dtype::Void; }
  bool isBool() const { return dtype() == Dtype::Int1; }
  bool isInt() const { return dtype() >= Dtype::Int1 && dtype() <= Dtype::UInt64; }
  bool isSigned() const { return dtype() >= Dtype::Int8 && dtype() <= Dtype::Int64; }
  /// bool counts as unsigned.
  bool isUnsigned() const { return isInt() && !isSigned(); }
  bool isFloat() const { return dtype() >= Dtype::FP8E5; }
  bool isFP8() const { return dtype() >= Dtype::FP8E5 && dtype() <= Dtype::FP8E5B16; }
  /// fp16, bf16, fp32 or fp64.
  bool isStandardFloat() const { return dtype() >= Dtype::FP16; }
  bool is(Dtype which) const { return dtype() == which; }
  /// Whether values of this type, or of what it points at, exist in the tile dialect: not the vendors' own 8-bit
  /// floats.
  bool isSupported() const {
    return dtype_ != Dtype::FP8E4B15 && dtype_ != Dtype::FP8E4B8 && dtype_ != Dtype::FP8E5B16;
  }
  /// Bits of one element; 64 for pointers, 0 for void.
  unsigned bits() const;
  /// Bits of the mantissa of a float, -1 for others.
  int mantissa() const;
  int exponentBias() const;
  DtypeKind kind() const;

  Type scalar() const;
  Type pointee() const;
  Type pointerTo(bool isConst) const;
  /// The same shape with another element.
  Type withElement(Type element) const;
  /// A block of this scalar; the dimensions are powers of two and few enough (`checkShape`). No dimensions: this
  /// scalar.
  Type withShape(llvm::ArrayRef<int64_t> shape) const;

  /// "fp32", "*fp16", "fp32[64, 32]": as messages and signatures spell it.
  std::string str() const;
  /// What Python's str() and `dtype.name` give: "int32" but "fp32", "pointer<fp16>".
  std::string languageName() const;
  /// "float32": the attribute of the language package; for pointers and blocks "pointer<fp16>", "<['64'], fp32>".
  std::string pythonName() const;

  mlir::Type toMLIR(mlir::MLIRContext *context) const;

private:
  Dtype dtype_ = Dtype::Invalid;
  uint8_t indirections = 0;
  uint8_t constMask = 0;
  uint8_t rank_ = 0;
  std::array<uint8_t, maxRank> dims = {}; // binary logarithms
};

/// Why a block cannot have this shape ("dimension 0 is 1000, not a power of two"); nothing when it can.
std::optional<std::string> checkShape(llvm::ArrayRef<int64_t> shape);

/// "[64, 32]".
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// One row per dtype, for tables of names: {"float32", "fp32"}.
struct DtypeName {
  Dtype dtype;
  llvm::StringLiteral python;
  llvm::StringLiteral text;
};
llvm::ArrayRef<DtypeName> dtypeNames();

/// The type that two integers are brought to.
Type promoteIntegers(Type a, Type b);

/// The type that the operands of a binary operator are brought to; LANGUAGE 2.6. `aWeak`: the operand is a literal or
/// constexpr whose strong type is `a`. Pointers are not for this. Fills `error` and answers an invalid type where the
/// rules forbid the combination.
Type promote(Type a, bool aWeak, Type b, bool bWeak, bool isDivision, std::string &error);

} // namespace tegula
