//===- TileGPUDialect.cpp - Dialect, kernel attributes ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/TileGPU/IR/TileGPU.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

#include "dialects/TileGPU/IR/TileGPUDialect.cpp.inc"

namespace {
/// Layouts print as #layout, #layout1, ... at the top of the module.
struct TileGPUAsmInterface : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;
  AliasResult getAlias(Attribute attr, raw_ostream &os) const final {
    if (!isa<LayoutAttr>(attr))
      return AliasResult::NoAlias;
    os << "layout";
    return AliasResult::FinalAlias;
  }
};

struct TileGPUInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void TileGPUDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/TileGPU/IR/TileGPUOps.cpp.inc"
      >();
  addInterfaces<TileGPUAsmInterface, TileGPUInlinerInterface>();
}

Operation *TileGPUDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

/// (C5) of the layout, for every value of the kernel.
static LogicalResult verifyWarps(Operation *kernel, int64_t warps) {
  int bits = llvm::Log2_64(warps);
  auto check = [&](Operation *op, Type type) -> LogicalResult {
    LayoutAttr layout = layoutOf(type);
    if (!layout || layout.getLinearLayout().bits(Dim::Warp) == bits)
      return success();
    return op->emitOpError() << "expected a layout over " << warps << " warps, got " << type;
  };
  WalkResult result = kernel->walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (failed(check(op, type)))
        return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Type type : block.getArgumentTypes())
          if (failed(check(op, type)))
            return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult TileGPUDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (name == kTargetAttr) {
    if (!isa<StringAttr>(attribute.getValue()))
      return op->emitOpError() << "expected '" << name << "' to be a string, got " << attribute.getValue();
    return success();
  }
  if (name != kNumWarpsAttr && name != kSharedBytesAttr && name != kSharedOffsetAttr && name != kVectorAttr)
    return op->emitOpError() << "has an unknown attribute '" << name << "'";
  auto value = dyn_cast<IntegerAttr>(attribute.getValue());
  if (!value || !value.getType().isInteger(32) || value.getInt() < 0)
    return op->emitOpError() << "expected '" << name << "' to be a non-negative i32, got " << attribute.getValue();
  if (name == kVectorAttr && !llvm::isPowerOf2_64(value.getInt()))
    return op->emitOpError() << "expected '" << name << "' to be a power of two, got " << value.getInt();
  if (name != kNumWarpsAttr)
    return success();
  int64_t warps = value.getInt();
  if (!llvm::isPowerOf2_64(warps) || warps > kMaxWarps)
    return op->emitOpError() << "expected '" << name << "' to be a power of two of at most " << kMaxWarps << ", got "
                             << warps;
  return isa<FunctionOpInterface>(op) ? verifyWarps(op, warps) : success();
}

LayoutAttr tile_gpu::layoutOf(Type type) {
  auto block = dyn_cast<RankedTensorType>(type);
  return block ? dyn_cast_if_present<LayoutAttr>(block.getEncoding()) : LayoutAttr();
}

RankedTensorType tile_gpu::withLayout(RankedTensorType type, LayoutAttr layout) {
  return RankedTensorType::get(type.getShape(), type.getElementType(), layout);
}

/// The attribute of the nearest operation around `op` that has it.
template <typename AttrT> static AttrT inherited(Operation *op, StringRef name) {
  for (; op; op = op->getParentOp())
    if (auto attr = op->getAttrOfType<AttrT>(name))
      return attr;
  return {};
}

int64_t tile_gpu::numWarps(Operation *op) {
  auto attr = inherited<IntegerAttr>(op, kNumWarpsAttr);
  return attr ? attr.getInt() : 4;
}

StringRef tile_gpu::target(Operation *op) {
  auto attr = inherited<StringAttr>(op, kTargetAttr);
  return attr ? attr.getValue() : StringRef();
}

int64_t tile_gpu::accessVector(Operation *op) {
  auto attr = op->getAttrOfType<IntegerAttr>(kVectorAttr);
  return attr ? attr.getInt() : 1;
}

std::optional<int64_t> tile_gpu::sharedOffset(Operation *op) {
  if (auto attr = op->getAttrOfType<IntegerAttr>(kSharedOffsetAttr))
    return attr.getInt();
  return std::nullopt;
}
