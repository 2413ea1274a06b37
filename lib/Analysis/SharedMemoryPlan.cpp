//===- SharedMemoryPlan.cpp - Scratch of a kernel's exchanges ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Analysis/SharedMemoryPlan.h"

#include "dialects/TileGPU/IR/TileGPU.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::analysis;
using tile_gpu::layoutOf;

/// Bits of an element as it is exchanged: i1 as a byte, pointers as their addresses.
static int elementBits(Type type) {
  Type element = getElementTypeOrSelf(type);
  return isa<tile::PointerType>(element) ? 64 : std::max(8u, element.getIntOrFloatBitWidth());
}

ConversionPlan analysis::planConversionOf(Operation *op) {
  auto convert = cast<tile_gpu::ConvertLayoutOp>(op);
  return planConversion(layoutOf(convert.getSrc()).getLinearLayout(), layoutOf(convert.getResult()).getLinearLayout(),
                        elementBits(convert.getType()));
}

ReductionPlan analysis::planReductionOf(Operation *op) {
  auto reduce = cast<tile::ReduceOp>(op);
  SmallVector<int> bits;
  for (Type type : reduce.getOperandTypes())
    bits.push_back(elementBits(type));
  return planReduction(layoutOf(reduce.getOperand(0)).getLinearLayout(), reduce.getAxis(),
                       std::span<const int>(bits.data(), bits.size()));
}

int64_t analysis::scratchBytes(Operation *op) {
  if (isa<tile_gpu::ConvertLayoutOp>(op))
    return planConversionOf(op).scratchBytes();
  if (isa<tile::ReduceOp>(op))
    return layoutOf(op->getOperand(0)) ? planReductionOf(op).scratchBytes : 0;
  auto scan = dyn_cast<tile::ScanOp>(op);
  if (!scan || !layoutOf(scan.getOperand(0)))
    return 0;
  const LinearLayout &layout = layoutOf(scan.getOperand(0)).getLinearLayout();
  int64_t warps = 1;
  for (uint64_t column : layout.columns(Dim::Warp))
    if (column & layout.outs().mask(scan.getAxis()))
      warps *= 2;
  if (warps == 1)
    return 0;
  int64_t others = layout.numElements() >> layout.outs().bits(int(scan.getAxis())), bytes = 0;
  for (Type type : scan.getOperandTypes())
    bytes += llvm::alignTo(others * warps * elementBits(type) / 8, 16);
  return bytes;
}

bool analysis::meetsAtBarrier(Operation *op) {
  if (isa<tile_gpu::ConvertLayoutOp>(op)) {
    ConversionPlan plan = planConversionOf(op);
    return plan.kind == ConversionKind::SharedMemory && plan.shared.barrier != BarrierScope::Warp;
  }
  if (isa<tile::ReduceOp>(op))
    return llvm::any_of(planReductionOf(op).exchanges, [](const tegula::SharedMemoryPlan &exchange) {
      return exchange.barrier != BarrierScope::Warp;
    });
  return isa<tile::ScanOp>(op);
}

SharedMemoryAllocation analysis::allocateSharedMemory(func::FuncOp kernel) {
  SharedMemoryAllocation allocation;
  int64_t largest = 0;
  kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (int64_t bytes = scratchBytes(op)) {
      bytes = llvm::alignTo(bytes, kScratchAlignment);
      allocation.ranges.push_back({op, 0, bytes});
      largest = std::max(largest, bytes);
    }
  });
  int64_t ring = std::max(largest, kRingBytes), next = 0;
  for (ScratchRange &range : allocation.ranges) {
    if (next + range.bytes > ring)
      next = 0;
    range.offset = next;
    next += range.bytes;
    allocation.bytes = std::max(allocation.bytes, next);
  }
  return allocation;
}
