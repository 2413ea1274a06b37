//===- Drawing.h - A layout as a table ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//      drawLayout([4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]])
//
//            0    1    2    3    4    5    6    7
//      0   0:0  0:1  0:2  0:3  1:0  1:1  1:2  1:3        thread:register
//      1   2:0  2:1  2:2  2:3  3:0  3:1  3:2  3:3
//      ...
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/LinearLayout.h"

namespace tegula {

struct DrawOptions {
  /// Larger tables are cut, with a line that says so.
  int maxRows = 64, maxColumns = 32;
};

/// One cell for each element, rows along the second-last axis, columns along the last, one table for each index of the
/// axes before. A cell of a register layout is thread:register of the first holder (thread = warp * lanes + lane; a
/// block b > 0 is written b/), followed by xN when N places hold the element; of a memory layout, the offset.
std::string drawLayout(const LinearLayout &layout, const DrawOptions &options = {});

/// A layout by text form or by name. Names:
///   blocked(shape, sizePerThread, threadsPerWarp, warpsPerCta)   contiguous(shape, elementsPerThread, warps)
///   mma(shape, warps)  wgmma(shape, warps, n)  operand_a(shape, bits, warps)  operand_b(shape, bits, warps)
///   memory(shape)  swizzled(shape, vec, perPhase, maxPhase)  tma(shape, bits, swizzleBytes)
/// with lists written 16x128, and a last argument order=1x0 (minor axis first) where there is a choice.
std::optional<LinearLayout> layoutFromText(std::string_view text, std::string *error = nullptr);

} // namespace tegula
