//===- LayoutCost.h - What a layout costs ------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costs are estimated cycles of one multiprocessor for one program, for each execution of the operation. Only
// differences matter.
//
// Global memory moves kBytesPerCycle; the cost of a warp's access is that of the pieces of neighbouring bytes that it
// falls into. Measured (H100; bytes per second relative to one contiguous piece per warp):
//
// | piece         | load  | store |
// |---------------|-------|-------|
// | 128 B or more | 1     | 1     |
// | 64 B          | 0.95  | 0.7   |
// | 32 B          | 0.54  | 0.35  |
// | 16 B          | 0.19  | 0.08  |
//
// so a piece costs as many bytes as its length over that factor, and a shorter one as many as one of 16.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Conversion/TileToTileGPU/MemoryAccess.h"

namespace tegula::tile_gpu {

struct CostModel {
  /// Bytes per cycle between one multiprocessor and global memory when all are busy.
  double bytesPerCycle = 15;
  /// Latency of a barrier with its shared-memory round trip, and of one shuffle.
  double exchangeLatency = 120, shuffleLatency = 24;
  /// Registers of a thread that blocks may take before values are expected to spill, and cycles for each beyond.
  int64_t registers = 160;
  double spill = 16;

  double access(const MemoryAccess &access, const LinearLayout &layout) const;
  /// Reduction along an axis.
  double reduce(const LinearLayout &layout, int axis, int64_t elementBits) const;
  double scan(const LinearLayout &layout, int axis, int64_t elementBits) const;
  /// `operations` simple instructions for each element that a thread holds.
  double elementwise(const LinearLayout &layout, double operations, int64_t elementBits) const;
  double convert(const LinearLayout &from, const LinearLayout &to, int64_t elementBits) const;
};

} // namespace tegula::tile_gpu
