//===- TileGPUOps.cpp - Moving blocks between layouts -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/TileGPU/IR/TileGPU.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tegula::tile_gpu;

#define GET_OP_CLASSES
#include "dialects/TileGPU/IR/TileGPUOps.cpp.inc"

LogicalResult ConvertLayoutOp::verify() {
  auto src = getSrc().getType(), result = getType();
  if (src.getShape() != result.getShape() || src.getElementType() != result.getElementType()) // (C1)
    return emitOpError() << "expected one shape and element type, got " << src << " and " << result;
  for (RankedTensorType type : {src, result})
    if (!layoutOf(type)) // (C2)
      return emitOpError() << "expected a type with a layout, got " << type;
  return success();
}

OpFoldResult ConvertLayoutOp::fold(FoldAdaptor adaptor) {
  if (getSrc().getType() == getType())
    return getSrc();
  // convert(convert(x)) -> convert(x)
  if (auto inner = getSrc().getDefiningOp<ConvertLayoutOp>()) {
    if (inner.getSrc().getType() == getType())
      return inner.getSrc();
    getSrcMutable().assign(inner.getSrc());
    return getResult();
  }
  if (auto dense = dyn_cast_if_present<DenseElementsAttr>(adaptor.getSrc()); dense && dense.isSplat())
    return dense.resizeSplat(getType());
  return {};
}
