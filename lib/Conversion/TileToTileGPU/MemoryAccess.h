//===- MemoryAccess.h - What is known of a load or store ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "dialects/TileGPU/IR/TileGPU.h"

namespace tegula::tile_gpu {

/// The widest access of one thread, in bytes.
inline constexpr int64_t kWidestAccess = 16;

/// What axis analysis knows of a block of pointers and its mask. Lengths count elements along the access' fast axis.
struct MemoryAccess {
  mlir::Operation *op = nullptr;
  bool isStore = false;
  int64_t elementBytes = 1;
  /// The axis along which neighbours in the block are neighbours in memory; the last one where there is none.
  int fastAxis = 0;
  /// Axes by how close neighbours are in memory, closest first.
  llvm::SmallVector<int> order;
  /// Runs of this many neighbours start at multiples of it.
  int64_t contiguity = 1;
  /// The first element of each run is aligned to this many elements.
  int64_t alignment = 1;
  /// The mask is the same for runs of this many.
  int64_t maskConstancy = 1;
  /// Per axis: runs of this many have one address.
  llvm::SmallVector<int64_t> constancy;

  /// Most elements that one instruction may take, whatever the layout.
  int64_t maxVector() const;
  /// Elements that one instruction takes under a layout: what the lowest register columns hold together.
  int64_t vector(const LinearLayout &layout) const;
};

} // namespace tegula::tile_gpu
