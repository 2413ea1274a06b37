//===- LayoutProposals.cpp - Layouts worth considering ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToTileGPU/LayoutProposals.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

LinearLayout tile_gpu::blocked(ArrayRef<int64_t> shape, int64_t numWarps, const BlockedShape &how) {
  Space outs = Space::tensor(std::span(shape.data(), shape.size()));
  SmallVector<int> used(shape.size(), 0); // bits of each axis that have a column
  auto take = [&](int axis, SmallVectorImpl<uint64_t> &columns) {
    if (used[axis] == outs.bits(axis))
      return false;
    columns.push_back(uint64_t(1) << (outs.shift(axis) + used[axis]++));
    return true;
  };
  auto takeAny = [&](ArrayRef<int> order, SmallVectorImpl<uint64_t> &columns) {
    return llvm::any_of(order, [&](int axis) { return take(axis, columns); });
  };
  SmallVector<uint64_t> reg, lane, warp;
  int fast = how.order.empty() ? -1 : how.order.front();
  if (fast >= 0)
    for (int64_t n = 1; n < how.perThread && take(fast, reg); n *= 2)
      ;
  ArrayRef<int> slow = ArrayRef<int>(how.order).drop_front(how.order.empty() ? 0 : 1);
  int64_t along = 1;
  while (int(lane.size()) < kLaneBits) {
    if (fast >= 0 && along < how.lanesAlongFast && take(fast, lane)) {
      along *= 2;
      continue;
    }
    if (!takeAny(slow, lane) && !takeAny(how.order, lane))
      lane.push_back(0);
  }
  SmallVector<int> warpOrder(how.order);
  if (!how.warpsFastFirst)
    std::reverse(warpOrder.begin(), warpOrder.end());
  while ((int64_t(1) << warp.size()) < numWarps)
    if (!takeAny(warpOrder, warp))
      warp.push_back(0);
  while (takeAny(how.order, reg))
    ;
  return LinearLayout::fromColumns(outs, {{Dim::Register, reg}, {Dim::Lane, lane}, {Dim::Warp, warp}});
}

static void addNew(SmallVectorImpl<LinearLayout> &list, LinearLayout layout) {
  if (!llvm::is_contained(list, layout))
    list.push_back(std::move(layout));
}

SmallVector<LinearLayout, 0> tile_gpu::proposeForAccess(const MemoryAccess &access, ArrayRef<int64_t> shape,
                                                        int64_t numWarps, ArrayRef<int64_t> otherVectors) {
  int64_t elements = 1;
  for (int64_t size : shape)
    elements *= size;
  // A thread takes no more than its share of the block while there is work for all threads.
  int64_t share = std::max<int64_t>(1, elements / (32 * numWarps));
  SmallVector<int64_t> widths;
  auto addWidth = [&](int64_t width) {
    if (!llvm::is_contained(widths, width))
      widths.push_back(width);
  };
  int64_t most = access.maxVector();
  addWidth(std::min(most, share));
  addWidth(most);
  for (int64_t other : otherVectors)
    addWidth(std::min({other, share, std::max<int64_t>(most, other)}));
  SmallVector<LinearLayout, 0> proposals;
  for (int64_t width : widths) {
    int64_t line = std::max<int64_t>(1, 128 / (width * access.elementBytes));
    for (int64_t lanes : {int64_t(32), line})
      for (bool fastFirst : {true, false})
        if (lanes <= 32 && (shape.size() > 1 || (lanes == 32 && fastFirst)))
          addNew(proposals, blocked(shape, numWarps, {access.order, width, lanes, fastFirst}));
  }
  return proposals;
}

SmallVector<LinearLayout, 0> tile_gpu::proposeForAxis(ArrayRef<int64_t> shape, int axis, int64_t numWarps) {
  SmallVector<int> order = {axis};
  for (int d = int(shape.size()) - 1; d >= 0; --d)
    if (d != axis)
      order.push_back(d);
  SmallVector<LinearLayout, 0> proposals;
  int64_t neighbours = std::max<int64_t>(1, std::min<int64_t>(4, shape[axis] / 32));
  addNew(proposals, blocked(shape, numWarps, {order, neighbours, 32, false}));
  // The axis in registers: lanes and warps over the others.
  if (shape.size() > 1 && shape[axis] <= 64)
    addNew(proposals, blocked(shape, numWarps, {order, shape[axis], 1, false}));
  return proposals;
}

LinearLayout tile_gpu::defaultLayout(ArrayRef<int64_t> shape, int64_t numWarps) {
  SmallVector<int> order;
  int64_t elements = 1;
  for (int d = int(shape.size()) - 1; d >= 0; --d) {
    order.push_back(d);
    elements *= shape[d];
  }
  int64_t perThread = std::clamp<int64_t>(elements / (32 * numWarps), 1, 4);
  return blocked(shape, numWarps, {order, perThread, 32, true});
}

LinearLayout tile_gpu::neighboursFirst(const LinearLayout &layout, const MemoryAccess &access) {
  auto given = layout.columns(Dim::Register);
  SmallVector<uint64_t> columns(given.begin(), given.end());
  size_t front = 0;
  for (int64_t step = 1; step < access.maxVector(); step *= 2) {
    auto it = llvm::find(columns, uint64_t(step) << layout.outs().shift(access.fastAxis));
    if (it == columns.end())
      break;
    std::rotate(columns.begin() + front, it, it + 1);
    ++front;
  }
  return layout.withColumns(Dim::Register, columns);
}
