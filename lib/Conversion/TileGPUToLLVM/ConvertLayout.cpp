//===- ConvertLayout.cpp - The same block held by other threads --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lib/Layout/Conversions.h makes the plan, Exchange.cpp carries it out:
//
//   None, Registers      the list in another order
//   Shuffles             selects and shfl.sync
//   SharedMemory         st.shared, bar.sync (or bar.warp.sync), ld.shared
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/Exchange.h"
#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"

namespace tegula::to_llvm {

using namespace mlir;

FailureOr<Values> convertRegisters(KernelLowering &k, Operation *op, ArrayRef<Value> values, Type element,
                                   const LinearLayout &from, const LinearLayout &to, std::optional<int64_t> scratch) {
  ConversionPlan plan = planConversion(from, to, k.memoryBits(element));
  switch (plan.kind) {
  case ConversionKind::None:
  case ConversionKind::Registers: {
    Values result;
    for (int r = 0; r < plan.registers.numNew(); ++r)
      result.push_back(values[plan.registers(r)]);
    return result;
  }
  case ConversionKind::Shuffles:
    return runShuffles(k.e, plan.shuffles, values);
  case ConversionKind::SharedMemory:
    if (plan.shared.crossesBlocks) {
      k.error(op) << "moves elements between the blocks of a cluster, which has no lowering";
      return failure();
    }
    if (!scratch) {
      k.error(op) << "exchanges data between warps but has no '" << tile_gpu::kSharedOffsetAttr
                  << "'; run tile-gpu-allocate-shared-memory first";
      return failure();
    }
    return exchangeThroughShared(k.e, plan.shared, values, *scratch);
  }
  return failure();
}

Lowered lowerConvertLayout(KernelLowering &k, Operation *op) {
  auto convert = dyn_cast<tile_gpu::ConvertLayoutOp>(op);
  if (!convert)
    return Lowered::NotMine;
  auto result =
      convertRegisters(k, op, k.get(convert.getSrc()), convert.getSrc().getType(), k.layoutOf(convert.getSrc()),
                       k.layoutOf(convert.getResult()), tile_gpu::sharedOffset(op));
  if (failed(result))
    return Lowered::Failed;
  k.set(convert.getResult(), *result);
  return Lowered::Done;
}

} // namespace tegula::to_llvm
