//===- LayoutRules.cpp - How layouts follow from each other -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dialects/TileGPU/IR/LayoutRules.h"

#include "lib/Layout/Constructors.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

//===----------------------------------------------------------------------===//
// On layouts (the others are in lib/Layout/Constructors.h)
//===----------------------------------------------------------------------===//

LinearLayout tile_gpu::broadcastResult(const LinearLayout &layout, ArrayRef<int64_t> to) {
  Space outs = Space::tensor(std::span(to.data(), to.size()));
  // The columns of the repeated axes, minor first.
  SmallVector<uint64_t> fresh;
  for (int axis = outs.rank() - 1; axis >= 0; --axis)
    for (int bit = layout.outs().bits(axis); bit < outs.bits(axis); ++bit)
      fresh.push_back(uint64_t(1) << (outs.shift(axis) + bit));
  SmallVector<uint64_t> next(fresh.rbegin(), fresh.rend());
  auto columns = [&](Dim dim) {
    SmallVector<uint64_t> result;
    for (uint64_t column : layout.columns(dim)) {
      result.push_back(layout.outs().repack(column, outs));
      if (!column && !next.empty() && (dim == Dim::Lane || dim == Dim::Warp))
        result.back() = next.pop_back_val();
    }
    return result;
  };
  SmallVector<uint64_t> lane = columns(Dim::Lane), warp = columns(Dim::Warp), block = columns(Dim::Block);
  SmallVector<uint64_t> reg(next.rbegin(), next.rend()); // what the replicas did not take: neighbours first
  llvm::append_range(reg, columns(Dim::Register));
  return LinearLayout::fromColumns(outs,
                                   {{Dim::Register, reg}, {Dim::Lane, lane}, {Dim::Warp, warp}, {Dim::Block, block}});
}

//===----------------------------------------------------------------------===//
// On operations
//===----------------------------------------------------------------------===//

LayoutRule tile_gpu::layoutRule(Operation *op) {
  return TypeSwitch<Operation *, LayoutRule>(op)
      .Case<tile::ExpandDimsOp>([](auto) { return LayoutRule::ExpandDims; })
      .Case<tile::BroadcastOp>([](auto) { return LayoutRule::Broadcast; })
      .Case<tile::TransOp>([](auto) { return LayoutRule::Trans; })
      .Case<tile::ReshapeOp>([](auto) { return LayoutRule::Reshape; })
      .Case<tile::JoinOp>([](auto) { return LayoutRule::Join; })
      .Case<tile::ReduceOp>([](auto) { return LayoutRule::Reduce; })
      .Case<tile::SplitOp>([](auto) { return LayoutRule::Split; })
      .Case<tile::StoreOp>([](auto) { return LayoutRule::Operand; })
      .Case<tile::AssertOp, tile::PrintOp, tile::UnsplatOp, ConvertLayoutOp>([](auto) { return LayoutRule::Any; })
      .Case<tile::LoadOp, tile::ArangeOp, tile::SplatOp, tile::ScanOp, tile::AddPtrOp, tile::IntToPtrOp,
            tile::PtrToIntOp, tile::PtrCastOp, tile::FpToFpOp, tile::ExternElementwiseOp, arith::ConstantOp>(
          [](auto) { return LayoutRule::Same; })
      .Case<scf::ForOp, scf::IfOp, scf::WhileOp, scf::YieldOp, scf::ConditionOp, func::ReturnOp, func::FuncOp,
            tile::YieldOp>([](auto) { return LayoutRule::Control; })
      .Default([](Operation *other) {
        bool hasBlock = llvm::any_of(other->getOperandTypes(), llvm::IsaPred<RankedTensorType>) ||
                        llvm::any_of(other->getResultTypes(), llvm::IsaPred<RankedTensorType>);
        if (!hasBlock)
          return LayoutRule::Any;
        bool isSame = other->hasTrait<OpTrait::Elementwise>() || other->hasTrait<OpTrait::ConstantLike>();
        return isSame ? LayoutRule::Same : LayoutRule::Unknown;
      });
}

static bool isBlock(Value value) { return isa<RankedTensorType>(value.getType()); }

static Value firstBlock(ValueRange values) {
  auto it = llvm::find_if(values, isBlock);
  return it == values.end() ? Value() : *it;
}

Value tile_gpu::principalBlock(Operation *op) {
  switch (layoutRule(op)) {
  case LayoutRule::Operand:
  case LayoutRule::Reduce:
  case LayoutRule::Split:
  case LayoutRule::Any:
    return firstBlock(op->getOperands());
  default:
    return firstBlock(op->getResults());
  }
}

static ArrayRef<int64_t> operandShape(Operation *op, unsigned index = 0) {
  return cast<RankedTensorType>(op->getOperand(index).getType()).getShape();
}
static ArrayRef<int64_t> resultShape(Operation *op) {
  return cast<RankedTensorType>(op->getResult(0).getType()).getShape();
}
static std::span<const int64_t> asSpan(ArrayRef<int64_t> values) { return {values.data(), values.size()}; }

static LayoutAttr attr(LayoutAttr like, const LinearLayout &layout) {
  return LayoutAttr::get(like.getContext(), layout);
}

LayoutAttr tile_gpu::operandLayout(Operation *op, unsigned index, LayoutAttr principal) {
  const LinearLayout &layout = principal.getLinearLayout();
  switch (layoutRule(op)) {
  case LayoutRule::ExpandDims:
    return attr(principal, sliceLayout(layout, cast<tile::ExpandDimsOp>(op).getAxis()));
  case LayoutRule::Broadcast:
    return attr(principal, broadcastOperandLayout(layout, asSpan(operandShape(op))));
  case LayoutRule::Trans: {
    SmallVector<int> order(cast<tile::TransOp>(op).getOrder());
    return attr(principal, transOperandLayout(layout, std::span<const int>(order.data(), order.size())));
  }
  case LayoutRule::Reshape:
    return attr(principal, layout.reshapeOuts(asSpan(operandShape(op))));
  case LayoutRule::Join:
    return attr(principal, sliceLayout(layout, layout.rank() - 1));
  case LayoutRule::Any:
  case LayoutRule::Control:
  case LayoutRule::Unknown:
    return {};
  default:
    return principal;
  }
}

LayoutAttr tile_gpu::resultLayout(Operation *op, unsigned, LayoutAttr principal) {
  const LinearLayout &layout = principal.getLinearLayout();
  switch (layoutRule(op)) {
  case LayoutRule::Reduce:
    return attr(principal, sliceLayout(layout, cast<tile::ReduceOp>(op).getAxis()));
  case LayoutRule::Split:
    if (std::optional<LinearLayout> result = trySplitLayout(layout))
      return attr(principal, *result);
    return {};
  default:
    return principal;
  }
}

LayoutAttr tile_gpu::principalFromOperand(Operation *op, unsigned, LayoutAttr operand) {
  const LinearLayout &layout = operand.getLinearLayout();
  switch (layoutRule(op)) {
  case LayoutRule::ExpandDims:
    return attr(operand, layout.insertAxis(cast<tile::ExpandDimsOp>(op).getAxis()));
  case LayoutRule::Broadcast:
    return attr(operand, broadcastResult(layout, resultShape(op)));
  case LayoutRule::Trans: {
    SmallVector<int> order(cast<tile::TransOp>(op).getOrder());
    return attr(operand, transResultLayout(layout, std::span<const int>(order.data(), order.size())));
  }
  case LayoutRule::Reshape:
    return attr(operand, layout.reshapeOuts(asSpan(resultShape(op))));
  case LayoutRule::Join:
    return attr(operand, joinLayout(layout));
  case LayoutRule::Split:
    return trySplitLayout(layout) ? operand : LayoutAttr();
  case LayoutRule::Control:
  case LayoutRule::Unknown:
    return {};
  default:
    return operand;
  }
}

LayoutAttr tile_gpu::principalFromResult(Operation *op, unsigned, LayoutAttr result) {
  const LinearLayout &layout = result.getLinearLayout();
  switch (layoutRule(op)) {
  case LayoutRule::Reduce:
    return attr(result, broadcastResult(layout.insertAxis(cast<tile::ReduceOp>(op).getAxis()), operandShape(op)));
  case LayoutRule::Split:
    return attr(result, splitOperandLayout(layout));
  case LayoutRule::Control:
  case LayoutRule::Unknown:
    return {};
  default:
    return result;
  }
}

bool tile_gpu::isScannable(const LinearLayout &layout, int axis) {
  enum { Below, Warps, Above } part = Below;
  for (int step = 0; step < layout.outs().bits(axis); ++step) {
    uint64_t image = uint64_t(1) << (layout.outs().shift(axis) + step);
    if (llvm::is_contained(layout.columns(Dim::Warp), image)) {
      if (part == Above)
        return false;
      part = Warps;
    } else if (part != Below) {
      if (!llvm::is_contained(layout.columns(Dim::Register), image))
        return false;
      part = Above;
    }
  }
  return true;
}

LogicalResult tile_gpu::verifyLayouts(Operation *op) {
  LayoutRule rule = layoutRule(op);
  for (Type type :
       llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()), SmallVector<Type>(op->getResultTypes())))
    if (isa<RankedTensorType>(type) && !layoutOf(type))
      return op->emitOpError() << "expected a layout on every block, got " << type;
  if (rule == LayoutRule::Any || rule == LayoutRule::Control)
    return success();
  Value principal = principalBlock(op);
  if (!principal)
    return success();
  if (rule == LayoutRule::Unknown)
    return op->emitOpError() << "no rule says how its layouts follow from each other";
  LayoutAttr layout = layoutOf(principal);
  if (auto scan = dyn_cast<tile::ScanOp>(op); scan && !isScannable(layout.getLinearLayout(), scan.getAxis()))
    return op->emitOpError() << "expected registers and lanes, then warps, then registers along the axis, got "
                             << layout;
  for (auto [index, operand] : llvm::enumerate(op->getOperands()))
    if (isBlock(operand))
      if (LayoutAttr expected = operandLayout(op, index, layout); expected && expected != layoutOf(operand))
        return op->emitOpError() << "expected operand " << index << " in layout " << expected << ", got "
                                 << layoutOf(operand);
  for (auto [index, result] : llvm::enumerate(op->getResults()))
    if (isBlock(result)) {
      LayoutAttr expected = resultLayout(op, index, layout);
      if (!expected)
        return op->emitOpError() << "expected the last axis on a register column, got " << layout;
      if (expected != layoutOf(result))
        return op->emitOpError() << "expected result " << index << " in layout " << expected << ", got "
                                 << layoutOf(result);
    }
  return success();
}
