//===- LayoutSolver.h - The assignment of least cost -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Conversion/TileToTileGPU/LayoutCost.h"
#include "lib/Conversion/TileToTileGPU/LayoutGraph.h"

namespace tegula::tile_gpu {

/// A label for each node, and what it costs.
struct LayoutAssignment {
  llvm::SmallVector<LayoutAttr> labels;
  double cost = 0;
  /// How many assignments were compared, for the remark.
  int seeds = 0;
};

/// Spreads every proposal of every node over the graph, improves the best of these label by label, and returns the
/// cheapest. Exact where one proposal suits the whole kernel; otherwise a local minimum over all layouts that were
/// proposed or follow from a proposal.
LayoutAssignment solveLayouts(const LayoutGraph &graph, const CostModel &model, int64_t numWarps,
                              mlir::MLIRContext *context);

} // namespace tegula::tile_gpu
