//===- TileDialect.cpp - Dialect, types and what they share -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tegula::tile;

#include "dialects/Tile/IR/TileDialect.cpp.inc"
#include "dialects/Tile/IR/TileEnums.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/Tile/IR/TileTypes.cpp.inc"

namespace {
/// Every operation of the dialect may be inlined anywhere.
struct TileInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Operation *, bool) const final { return true; }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final { return true; }
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void TileDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Tile/IR/TileTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Tile/IR/TileOps.cpp.inc"
      >();
  addInterfaces<TileInlinerInterface>();
}

Operation *TileDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

//===----------------------------------------------------------------------===//
// PointerType
//===----------------------------------------------------------------------===//

Type PointerType::parse(AsmParser &parser) {
  Type pointee;
  bool isConst = false;
  if (parser.parseLess() || parser.parseType(pointee))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    if (parser.parseKeyword("const"))
      return {};
    isConst = true;
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<PointerType>(parser.getContext(), pointee, isConst);
}

void PointerType::print(AsmPrinter &printer) const {
  printer << '<' << getPointee();
  if (getIsConst())
    printer << ", const";
  printer << '>';
}

LogicalResult PointerType::verify(llvm::function_ref<InFlightDiagnostic()> emitError, Type pointee, bool) {
  if (pointee.isIntOrFloat() || isa<PointerType>(pointee))
    return success();
  return emitError() << "expected a scalar pointee, got " << pointee;
}

//===----------------------------------------------------------------------===//
// Shared by the operations
//===----------------------------------------------------------------------===//

ArrayRef<int64_t> tegula::tile::shapeOf(Type type) {
  auto block = dyn_cast<RankedTensorType>(type);
  return block ? block.getShape() : ArrayRef<int64_t>();
}

Type tegula::tile::withElement(Type like, Type element) {
  auto block = dyn_cast<RankedTensorType>(like);
  return block ? RankedTensorType::get(block.getShape(), element, block.getEncoding()) : element;
}
