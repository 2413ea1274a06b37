//===- LayoutProposals.h - Layouts worth considering -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Conversion/TileToTileGPU/MemoryAccess.h"

namespace tegula::tile_gpu {

/// How a proposal fills a block.
struct BlockedShape {
  llvm::SmallVector<int> order; // axes, fast one first
  int64_t perThread = 1;        // neighbours along order[0] in a thread's lowest registers
  int64_t lanesAlongFast = 32;  // at most this many lanes along order[0]; the others along the next axes
  bool warpsFastFirst = true;   // warps continue along order[0], or start from the slowest axis
};

/// The blocked layout of that description: what does not fit is repeated in registers, what is left over of lanes and
/// warps is replicated.
LinearLayout blocked(llvm::ArrayRef<int64_t> shape, int64_t numWarps, const BlockedShape &how);

/// What an access wants, best guesses first: several widths, rows filled by whole warps or by parts of them, warps
/// along the row or across rows. `otherVectors` are widths that other accesses of the kernel would like.
llvm::SmallVector<LinearLayout, 0> proposeForAccess(const MemoryAccess &access, llvm::ArrayRef<int64_t> shape,
                                                    int64_t numWarps, llvm::ArrayRef<int64_t> otherVectors);

/// What an operation along an axis (reduction, scan) wants: the axis within a warp, or within a thread.
llvm::SmallVector<LinearLayout, 0> proposeForAxis(llvm::ArrayRef<int64_t> shape, int axis, int64_t numWarps);

/// A layout for a block of which nobody has an opinion.
LinearLayout defaultLayout(llvm::ArrayRef<int64_t> shape, int64_t numWarps);

/// The same with the registers ordered so that neighbours along the access' fast axis come first; renames registers.
LinearLayout neighboursFirst(const LinearLayout &layout, const MemoryAccess &access);

} // namespace tegula::tile_gpu
