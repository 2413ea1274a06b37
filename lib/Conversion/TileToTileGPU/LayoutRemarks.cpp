//===- LayoutRemarks.cpp - What the assignment tells the author -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToTileGPU/LayoutRemarks.h"

#include "lib/Analysis/SharedMemoryPlan.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

void tile_gpu::remarkAccess(const MemoryAccess &access, const LinearLayout &layout) {
  int64_t vector = access.vector(layout), bytes = vector * access.elementBytes;
  StringRef what = access.isStore ? "store" : "load";
  InFlightDiagnostic diagnostic = emitRemark(access.op->getLoc());
  int64_t widest = std::max<int64_t>(1, kWidestAccess / access.elementBytes);
  int64_t fits = 1;
  while (fits < layout.numElements())
    fits *= 2;
  if (vector >= std::min(widest, fits)) {
    diagnostic << remarks::kVectorWidth << ": this " << what << " takes " << vector << " elements (" << bytes
               << " bytes) an instruction";
    return;
  }
  auto reason = [&](StringRef name) -> InFlightDiagnostic & {
    return diagnostic << name << ": this " << what << " takes only " << vector << " elements (" << bytes
                      << " bytes) an instruction: ";
  };
  if (access.contiguity <= vector)
    reason(remarks::kContiguity)
        << "neighbours in the block are not known to be neighbours in memory beyond " << access.contiguity
        << "; hint: let one axis of the offsets be an arange with stride 1, or promise it with max_contiguous";
  else if (access.alignment <= vector)
    reason(remarks::kAlignment)
        << "the address is known to be a multiple of " << access.alignment * access.elementBytes
        << " bytes only; hint: pass pointers and strides divisible by 16, or promise it with multiple_of";
  else if (access.maskConstancy <= vector)
    reason(remarks::kMask) << "the mask may change every " << access.maskConstancy
                           << " elements; hint: pass a bound divisible by 16, or promise it with multiple_of";
  else
    reason(remarks::kConflict)
        << "a thread's share of the block, or the layout that suits the rest of the kernel, has no more neighbours"
        << "; hint: a larger block or fewer warps";
}

void tile_gpu::remarkConversion(ConvertLayoutOp op) {
  ConversionPlan plan = analysis::planConversionOf(op);
  if (plan.kind == ConversionKind::None || plan.kind == ConversionKind::Registers)
    return;
  Type element = op.getType().getElementType();
  int bits = isa<tile::PointerType>(element) ? 64 : std::max(8u, element.getIntOrFloatBitWidth());
  emitRemark(op.getLoc()) << remarks::kConversion << ": the uses of this block of " << op.getType().getNumElements()
                          << " elements want different layouts (" << plan.summary(bits)
                          << "); hint: access memory along the same axis on both sides";
}
