//===- Types.cpp - Types of the kernel language -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Frontend/Types.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace tegula {

namespace {

struct DtypeRow {
  StringLiteral text;
  StringLiteral python;
  uint8_t bits;
  int8_t mantissa;
  int16_t bias;
};

constexpr DtypeRow rows[] = {
    {"<invalid>", "<invalid>", 0, -1, 0},
    {"void", "void", 0, -1, 0},
    {"i1", "int1", 1, -1, 0},
    {"i8", "int8", 8, -1, 0},
    {"i16", "int16", 16, -1, 0},
    {"i32", "int32", 32, -1, 0},
    {"i64", "int64", 64, -1, 0},
    {"u8", "uint8", 8, -1, 0},
    {"u16", "uint16", 16, -1, 0},
    {"u32", "uint32", 32, -1, 0},
    {"u64", "uint64", 64, -1, 0},
    {"fp8e5", "float8e5", 8, 2, 15},
    {"fp8e4nv", "float8e4nv", 8, 3, 7},
    {"fp8e4b15", "float8e4b15", 8, 3, 15},
    {"fp8e4b8", "float8e4b8", 8, 3, 8},
    {"fp8e5b16", "float8e5b16", 8, 2, 16},
    {"fp16", "float16", 16, 10, 15},
    {"bf16", "bfloat16", 16, 7, 127},
    {"fp32", "float32", 32, 23, 127},
    {"fp64", "float64", 64, 52, 1023},
};

const DtypeRow &row(Dtype dtype) { return rows[size_t(dtype)]; }

} // namespace

ArrayRef<DtypeName> dtypeNames() {
  static const auto names = [] {
    SmallVector<DtypeName> list;
    for (size_t i = size_t(Dtype::Void); i < std::size(rows); ++i)
      list.push_back({Dtype(i), rows[i].python, rows[i].text});
    return list;
  }();
  return names;
}

Type Type::parse(StringRef text) {
  text = text.trim();
  if (text.consume_front("*")) {
    bool isConst = text.consume_front("k");
    Type pointee = parse(text);
    if (!pointee || pointee.isBlock() || pointee.indirections >= 6)
      return {};
    return pointee.pointerTo(isConst);
  }
  for (size_t i = size_t(Dtype::Void); i < std::size(rows); ++i)
    if (text == rows[i].text || text == rows[i].python)
      return Dtype(i);
  return StringSwitch<Type>(text)
      .Cases({"B", "bool", "u1", "uint1"}, Dtype::Int1)
      .Case("float", Dtype::FP32)
      .Case("int", Dtype::Int32)
      .Cases({"f16", "half"}, Dtype::FP16)
      .Case("f32", Dtype::FP32)
      .Cases({"f64", "double"}, Dtype::FP64)
      .Default({});
}

SmallVector<int64_t, 4> Type::shape() const {
  SmallVector<int64_t, 4> result;
  for (unsigned i = 0; i < rank_; ++i)
    result.push_back(dim(i));
  return result;
}

int64_t Type::numel() const {
  unsigned total = 0;
  for (unsigned i = 0; i < rank_; ++i)
    total += dims[i];
  return int64_t(1) << total;
}

unsigned Type::bits() const { return isPointer() ? 64 : row(dtype_).bits; }
int Type::mantissa() const { return isPointer() ? -1 : row(dtype_).mantissa; }
int Type::exponentBias() const { return isPointer() ? 0 : row(dtype_).bias; }

DtypeKind Type::kind() const {
  if (isPointer())
    return DtypeKind::Pointer;
  if (isBool())
    return DtypeKind::Boolean;
  return isInt() ? DtypeKind::Integral : isFloat() ? DtypeKind::Floating : DtypeKind::Void;
}

Type Type::scalar() const {
  Type result = *this;
  result.rank_ = 0;
  result.dims = {};
  return result;
}

Type Type::pointee() const {
  Type result = scalar();
  if (result.indirections) {
    --result.indirections;
    result.constMask &= (1 << result.indirections) - 1;
  }
  return result;
}

Type Type::pointerTo(bool isConst) const {
  Type result = scalar();
  if (isConst)
    result.constMask |= 1 << result.indirections;
  ++result.indirections;
  return result;
}

Type Type::withElement(Type element) const {
  Type result = element;
  result.rank_ = rank_;
  result.dims = dims;
  return result;
}

Type Type::withShape(ArrayRef<int64_t> shape) const {
  Type result = scalar();
  result.rank_ = uint8_t(shape.size());
  for (size_t i = 0; i < shape.size(); ++i)
    result.dims[i] = uint8_t(Log2_64(uint64_t(shape[i])));
  return result;
}

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string Type::str() const {
  std::string text;
  for (unsigned i = indirections; i-- > 0;)
    text += constMask >> i & 1 ? "*k" : "*";
  text += row(dtype_).text;
  return isBlock() ? text + shapeText(shape()) : text;
}

std::string Type::pythonName() const {
  if (isBlock()) {
    std::string dimensions;
    for (int64_t size : shape())
      dimensions += (dimensions.empty() ? "'" : ", '") + std::to_string(size) + "'";
    return "<[" + dimensions + "], " + scalar().languageName() + ">";
  }
  if (isPointer())
    return (isConstPointer() ? "const_pointer<" : "pointer<") + pointee().languageName() + ">";
  return row(dtype_).python.str();
}

std::string Type::languageName() const {
  if (isBlock() || isPointer())
    return pythonName();
  return isFloat() ? str() : row(dtype_).python.str();
}

mlir::Type Type::toMLIR(mlir::MLIRContext *context) const {
  mlir::Type element;
  switch (dtype_) {
  case Dtype::Invalid:
  case Dtype::Void:
    element = isPointer() ? mlir::Type(mlir::IntegerType::get(context, 8)) : mlir::NoneType::get(context);
    break;
  case Dtype::Int1:
  case Dtype::Int8:
  case Dtype::Int16:
  case Dtype::Int32:
  case Dtype::Int64:
  case Dtype::UInt8:
  case Dtype::UInt16:
  case Dtype::UInt32:
  case Dtype::UInt64:
    element = mlir::IntegerType::get(context, row(dtype_).bits);
    break;
  case Dtype::FP8E5:
    element = mlir::Float8E5M2Type::get(context);
    break;
  case Dtype::FP8E4NV:
    element = mlir::Float8E4M3FNType::get(context);
    break;
  case Dtype::FP8E4B15:
    element = mlir::Float8E4M3B11FNUZType::get(context);
    break;
  case Dtype::FP8E4B8:
    element = mlir::Float8E4M3FNUZType::get(context);
    break;
  case Dtype::FP8E5B16:
    element = mlir::Float8E5M2FNUZType::get(context);
    break;
  case Dtype::FP16:
    element = mlir::Float16Type::get(context);
    break;
  case Dtype::BF16:
    element = mlir::BFloat16Type::get(context);
    break;
  case Dtype::FP32:
    element = mlir::Float32Type::get(context);
    break;
  case Dtype::FP64:
    element = mlir::Float64Type::get(context);
    break;
  }
  for (unsigned i = 0; i < indirections; ++i)
    element = tile::PointerType::get(context, element, bool(constMask >> i & 1));
  return isBlock() ? mlir::Type(mlir::RankedTensorType::get(shape(), element)) : element;
}

std::optional<std::string> checkShape(ArrayRef<int64_t> shape) {
  if (shape.size() > Type::maxRank)
    return "a block has at most " + std::to_string(Type::maxRank) + " dimensions; got " + std::to_string(shape.size());
  int64_t total = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] <= 0 || !isPowerOf2_64(uint64_t(shape[i])))
      return "dimension " + std::to_string(i) + " of a block must be a power of two; got " + std::to_string(shape[i]);
    if (shape[i] > Type::maxElements || (total *= shape[i]) > Type::maxElements)
      return "a block has at most " + std::to_string(Type::maxElements) + " elements; got shape " + shapeText(shape);
  }
  return std::nullopt;
}

Type promoteIntegers(Type a, Type b) {
  if (a.isSigned() == b.isSigned())
    return a.bits() > b.bits() ? a : b;
  if (a.isUnsigned())
    return a.bits() >= b.bits() ? a : b;
  return b.bits() >= a.bits() ? b : a;
}

Type promote(Type a, bool aWeak, Type b, bool bWeak, bool isDivision, std::string &error) {
  auto forDivision = [&](Type type) {
    return isDivision && (type.is(Dtype::FP16) || type.is(Dtype::BF16)) ? Type(Dtype::FP32) : type;
  };
  if (aWeak != bWeak) {
    Type weak = aWeak ? a : b, strong = aWeak ? b : a;
    if (weak.kind() <= strong.kind())
      return forDivision(strong);
  }
  auto either = [&](Dtype dtype) { return a.is(dtype) || b.is(dtype); };
  if (either(Dtype::FP64))
    return Dtype::FP64;
  if (either(Dtype::FP32))
    return Dtype::FP32;
  if (either(Dtype::FP16))
    return forDivision(Dtype::FP16);
  if (a.is(Dtype::BF16) && b.is(Dtype::BF16))
    return forDivision(Dtype::BF16);
  if (either(Dtype::BF16))
    return Dtype::FP32;
  if (a.isFP8() && b.isFP8())
    return a == b ? a : Type(Dtype::FP16);
  if (!a.isInt() || !b.isInt()) {
    error = "there is no common type for " + a.str() + " and " + b.str();
    return {};
  }
  if (isDivision && a.isSigned() != b.isSigned()) {
    error = "division and remainder need operands of one signedness; got " + a.str() + " and " + b.str();
    return {};
  }
  return promoteIntegers(a, b);
}

} // namespace tegula
