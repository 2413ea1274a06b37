//===- LayoutAttr.cpp - Text form and verification of layouts ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/TileGPU/IR/TileGPU.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

#define GET_ATTRDEF_CLASSES
#include "dialects/TileGPU/IR/TileGPUAttributes.cpp.inc"

void TileGPUDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/TileGPU/IR/TileGPUAttributes.cpp.inc"
      >();
}

/// [a, b, ...]
static ParseResult parseIntegers(AsmParser &parser, SmallVectorImpl<int64_t> &values) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                        [&] { return parser.parseInteger(values.emplace_back()); });
}

// The text is LinearLayout's own: [4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], ...]
Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  SMLoc at = parser.getCurrentLocation();
  SmallVector<int64_t> shape;
  if (parser.parseLess() || parseIntegers(parser, shape))
    return {};
  if (!isLayoutShape(shape)) {
    parser.emitError(at) << "expected a shape of powers of two, at most " << kMaxRank << " axes";
    return {};
  }
  SmallVector<Bases> bases;
  int total = 0;
  while (failed(parser.parseOptionalGreater())) {
    StringRef name;
    SMLoc nameAt = parser.getCurrentLocation();
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return {};
    std::optional<Dim> dim = dimFromName(std::string_view(name.data(), name.size()));
    if (!dim) {
      parser.emitError(nameAt) << "expected register, lane, warp or block, got '" << name << "'";
      return {};
    }
    if (llvm::any_of(bases, [&](const Bases &other) { return other.dim == *dim; })) {
      parser.emitError(nameAt) << "'" << name << "' is given twice";
      return {};
    }
    Bases &columns = bases.emplace_back();
    columns.dim = *dim;
    auto parseColumn = [&]() -> ParseResult {
      SMLoc columnAt = parser.getCurrentLocation();
      SmallVector<int64_t> column;
      if (parseIntegers(parser, column))
        return failure();
      if (column.size() != shape.size())
        return parser.emitError(columnAt) << "expected " << shape.size() << " coordinates, got " << column.size();
      for (auto [coordinate, size] : llvm::zip(column, shape))
        if (coordinate < 0 || coordinate >= size)
          return parser.emitError(columnAt) << "coordinate " << coordinate << " is not below " << size;
      if (++total > kMaxBits)
        return parser.emitError(columnAt) << "expected at most " << kMaxBits << " columns";
      columns.images.emplace_back(column.begin(), column.end());
      return success();
    };
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseColumn))
      return {};
  }
  return parser.getChecked<LayoutAttr>(at, parser.getContext(), LinearLayout::fromBases(shape, bases));
}

void LayoutAttr::print(AsmPrinter &printer) const { printer << '<' << getLinearLayout().str() << '>'; }

LogicalResult LayoutAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError, LinearLayout layout) {
  if (layout.bits(Dim::Lane) != kLaneBits) // (C1)
    return emitError() << "expected " << kLaneBits << " lane columns, got " << layout.bits(Dim::Lane);
  if (layout.bits(Dim::Offset)) // (C1)
    return emitError() << "a layout of registers has no offset columns";
  if (!layout.isDistributed()) { // (C2)
    if (!layout.isSurjective())
      return emitError() << "no thread holds some elements: the columns do not span the shape";
    return emitError() << "expected columns of at most one bit, each bit once";
  }
  if (layout.hasZeroColumns(Dim::Register)) // (C3)
    return emitError() << "a register column is zero: a thread would hold an element twice";
  return success();
}

LogicalResult LayoutAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                                         llvm::function_ref<InFlightDiagnostic()> emitError) const {
  std::vector<int64_t> own = getLinearLayout().shape();
  if (shape == ArrayRef<int64_t>(own)) // (C4)
    return success();
  InFlightDiagnostic diagnostic = emitError();
  auto list = [&](ArrayRef<int64_t> sizes) {
    diagnostic << '[';
    llvm::interleaveComma(sizes, diagnostic);
    diagnostic << ']';
  };
  diagnostic << "the layout is of shape ";
  list(own);
  diagnostic << ", the tensor of shape ";
  list(shape);
  return diagnostic;
}
