//===- VectorWidth.cpp - How wide a thread and a warp access memory -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/VectorWidth.h"

#include <algorithm>
#include <bit>

namespace tegula {

VectorAccess vectorAccess(const LinearLayout &layout, int axis, int maxElements) {
  auto registers = layout.columns(Dim::Register);
  std::vector<int> order;
  std::vector<bool> taken(registers.size());
  int low = layout.outs().shift(axis), bits = layout.outs().bits(axis),
      limit = std::bit_width(unsigned(maxElements)) - 1;
  for (int step = 0; step < std::min(bits, limit); ++step) {
    auto found = std::find(registers.begin(), registers.end(), uint64_t(1) << (low + step));
    if (found == registers.end())
      break;
    order.push_back(int(found - registers.begin()));
    taken[order.back()] = true;
  }
  VectorAccess access;
  access.elements = 1 << order.size();
  for (size_t i = 0; i < registers.size(); ++i)
    if (!taken[i])
      order.push_back(int(i));
  access.registers = ColumnAction::permutation(int(registers.size()), order);
  return access;
}

int maxVectorElements(int elementBits, const AccessFacts &facts, int maxBits) {
  int64_t bytes = std::max(1, elementBits / 8);
  // A row shorter than the divisibility starts again at its own multiple: both bounds are powers of two already.
  int64_t elements =
      std::min({facts.contiguity, facts.divisibility / bytes, facts.maskConstancy, int64_t(maxBits / (bytes * 8))});
  return elements <= 1 ? 1 : int(std::bit_floor(uint64_t(elements)));
}

WarpAccess warpAccess(const LinearLayout &layout, int axis, int elementsPerAccess, int elementBits) {
  const Space &tensor = layout.outs();
  int low = tensor.shift(axis), vectorBits = std::bit_width(unsigned(elementsPerAccess)) - 1;
  // The steps along the axis that one instruction covers, and everything else that its lanes walk.
  uint64_t along = (uint64_t(1) << vectorBits) - 1, others = 0;
  WarpAccess access;
  for (uint64_t column : layout.columns(Dim::Lane)) {
    if (!column)
      access.replication *= 2;
    else if ((column & ~tensor.mask(axis)) == 0)
      along |= column >> low;
    else
      others |= column;
  }
  int64_t bytes = std::max(1, elementBits / 8);
  // Steps that stay within a unit of memory do not add units.
  auto units = [&](int64_t unit) {
    int inside = unit > bytes ? std::countr_zero(uint64_t(unit / bytes)) : 0;
    return int64_t(1) << (std::popcount(along >> inside) + std::popcount(others));
  };
  access.contiguousBytes = (int64_t(1) << std::countr_one(along)) * bytes; // steps 1, 2, 4 ... without a gap
  access.bytes = (int64_t(1) << (std::popcount(along) + std::popcount(others))) * bytes;
  access.sectors = units(32);
  access.lines = units(128);
  access.efficiency = double(access.bytes) / double(access.sectors * 32);
  return access;
}

double memoryAccessCost(const LinearLayout &layout, int axis, int elementsPerAccess, int elementBits, bool isStore) {
  WarpAccess warp = warpAccess(layout, axis, elementsPerAccess, elementBits);
  // Two factors that meet the measured table: how many sectors of each line are used, and how much of each sector.
  // Scattered parts of sectors cost more than their share (16 bytes of each line: 5.2 for loads, 12.7 for stores).
  int64_t sectorsOfLine = warp.sectors / warp.lines;
  double factor = sectorsOfLine >= 4 ? 1.0 : sectorsOfLine >= 2 ? (isStore ? 1.3 : 1.05) : (isStore ? 2.8 : 1.85);
  if (warp.efficiency < 1)
    factor *= (sectorsOfLine == 1 ? (isStore ? 2.27 : 1.4) : 1.0) / warp.efficiency;
  double bytes = double(layout.numElements()) * std::max(1, elementBits / 8);
  // Narrow instructions cost issue slots: 16 bytes per lane run at full speed, 4 bytes at about 0.9 of it.
  int64_t perLane = int64_t(elementsPerAccess) * std::max(1, elementBits / 8);
  double issue = perLane >= 16 ? 1.0 : perLane >= 8 ? 1.02 : perLane >= 4 ? 1.1 : perLane >= 2 ? 1.6 : 2.6;
  if (!isStore) {
    // Lanes and warps that load what others load too: served by the L1 cache, yet each takes its slots.
    int replicas = 0;
    for (Dim dim : {Dim::Lane, Dim::Warp})
      for (uint64_t column : layout.columns(dim))
        replicas += column == 0;
    issue *= 1.0 + 0.1 * ((1 << std::min(replicas, 10)) - 1);
  }
  return bytes * factor * issue;
}

} // namespace tegula
