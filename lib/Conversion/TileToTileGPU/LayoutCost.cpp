//===- LayoutCost.cpp - What a layout costs ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToTileGPU/LayoutCost.h"

#include "lib/Layout/Conversions.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

int64_t MemoryAccess::maxVector() const {
  int64_t widest = std::max<int64_t>(1, kWidestAccess / elementBytes);
  return std::min({widest, contiguity, alignment, maskConstancy});
}

int64_t MemoryAccess::vector(const LinearLayout &layout) const {
  int64_t most = maxVector(), vector = 1;
  for (uint64_t column : layout.columns(Dim::Register)) {
    if (vector == most || column != uint64_t(vector) << layout.outs().shift(fastAxis))
      break;
    vector *= 2;
  }
  return vector;
}

/// Bytes that a piece of `bytes` neighbouring bytes counts for.
static double pieceCost(double bytes, bool isStore) {
  if (isStore) {
    if (bytes >= 128)
      return bytes;
    if (bytes >= 64)
      return bytes * 1.4;
    return bytes >= 32 ? bytes * 2.8 : 200;
  }
  if (bytes >= 128)
    return bytes;
  if (bytes >= 64)
    return bytes * 1.05;
  return bytes >= 32 ? bytes * 1.85 : 84;
}

static int nonzero(const LinearLayout &layout, Dim dim) {
  return llvm::count_if(layout.columns(dim), [](uint64_t column) { return column != 0; });
}

namespace {
/// The run of neighbouring elements that a warp reaches from its first one: through a vector, through lanes, and where
/// `fillers` allows through further registers, whose accesses fill the holes that the lanes leave.
struct WarpRun {
  int64_t elements;
  int lanes = 0, registers = 0;
  WarpRun(const MemoryAccess &access, const LinearLayout &layout, int64_t vector, int fillers) : elements(vector) {
    auto has = [&](Dim dim) {
      uint64_t next = uint64_t(elements) << layout.outs().shift(access.fastAxis);
      return elements < access.contiguity && llvm::is_contained(layout.columns(dim), next);
    };
    while (true) {
      if (has(Dim::Lane))
        ++lanes;
      else if (registers < fillers && has(Dim::Register))
        ++registers;
      else
        break;
      elements *= 2;
    }
  }
};
} // namespace

double CostModel::access(const MemoryAccess &access, const LinearLayout &layout) const {
  int64_t vector = access.vector(layout);
  WarpRun run(access, layout, vector, 0);
  // Lanes with an address of their own.
  int active = nonzero(layout, Dim::Lane), apart = 0;
  for (uint64_t column : layout.columns(Dim::Lane))
    if (column) {
      auto [axis, bit] = layout.outs().locate(llvm::countr_zero(column));
      apart += (int64_t(1) << bit) >= access.constancy[axis];
    }
  double pieces = double(int64_t(1) << std::max(0, apart - run.lanes));
  double pieceBytes = double(run.elements * access.elementBytes);
  double bytes = pieces * pieceCost(pieceBytes, access.isStore);
  double sectors = pieces * std::max(1.0, pieceBytes / 32);
  // Loads whose holes the next few instructions fill find the rest in the first-level cache.
  if (WarpRun dense(access, layout, vector, 2);
      !access.isStore && dense.registers && dense.elements * access.elementBytes >= 128)
    bytes = std::min(bytes, 1.02 * double(vector * access.elementBytes) * double(int64_t(1) << apart));
  double instructions = double(layout.size(Dim::Register)) / double(vector);
  // Replicas of a load hit the first-level cache; those of a store do not happen.
  double warps = double(layout.size(Dim::Warp)), distinct = double(1 << nonzero(layout, Dim::Warp));
  double issue = 2 + std::max(sectors / 4, double(vector * access.elementBytes << active) / 128);
  return instructions *
         (distinct * (issue + bytes / bytesPerCycle) + (access.isStore ? 0 : (warps - distinct) * issue));
}

/// Registers, lane columns and warp columns along an axis.
namespace {
struct AlongAxis {
  int registers = 0, lanes = 0, warps = 0;
  AlongAxis(const LinearLayout &layout, int axis) {
    auto count = [&](Dim dim) {
      return llvm::count_if(layout.columns(dim), [&](uint64_t column) { return column & layout.outs().mask(axis); });
    };
    registers = count(Dim::Register);
    lanes = count(Dim::Lane);
    warps = count(Dim::Warp);
  }
};
} // namespace

double CostModel::reduce(const LinearLayout &layout, int axis, int64_t bits) const {
  AlongAxis along(layout, axis);
  double words = std::max(1.0, double(bits) / 32), warps = double(layout.size(Dim::Warp));
  double all = double(layout.size(Dim::Register)), left = all / (1 << along.registers);
  double cost = (all - left) * warps * words / 4;
  cost += along.lanes * (left * warps * words * 2 + shuffleLatency);
  if (along.warps)
    cost += exchangeLatency + along.warps * shuffleLatency + left * warps * words * 2;
  return cost;
}

double CostModel::scan(const LinearLayout &layout, int axis, int64_t bits) const {
  AlongAxis along(layout, axis);
  double words = std::max(1.0, double(bits) / 32), warps = double(layout.size(Dim::Warp));
  double all = double(layout.size(Dim::Register)), left = all / (1 << along.registers);
  double cost = 2 * all * warps * words / 4;
  cost += along.lanes * (left * warps * words * 3 + shuffleLatency);
  if (along.warps)
    cost += exchangeLatency + along.warps * shuffleLatency + left * warps * words * 3;
  return cost;
}

double CostModel::elementwise(const LinearLayout &layout, double operations, int64_t bits) const {
  double held = double(layout.size(Dim::Register)), warps = double(layout.size(Dim::Warp));
  double words = held * std::max<int64_t>(bits, 16) / 32;
  double cost = operations * held * warps / 4;
  if (words > registers)
    cost += (words - registers) * warps * spill;
  return cost;
}

double CostModel::convert(const LinearLayout &from, const LinearLayout &to, int64_t bits) const {
  if (from == to)
    return 0;
  ConversionPlan plan = planConversion(from, to, int(std::max<int64_t>(8, bits)));
  double words = std::max(1.0, double(bits) / 32), warps = double(to.size(Dim::Warp));
  double held = double(std::max(from.size(Dim::Register), to.size(Dim::Register)));
  switch (plan.kind) {
  case ConversionKind::None:
  case ConversionKind::Registers:
    return 0;
  case ConversionKind::Shuffles: // the latency is hidden by the other warps
    return shuffleLatency + std::max(0.0, plan.cost - shuffleLatency) * warps;
  case ConversionKind::SharedMemory:
    break;
  }
  // Written once by one replica, read by all.
  double bytes = double(from.numElements()) * double(bits) / 8;
  double read = double(to.size(Dim::Register)) * 32 * warps * double(bits) / 8;
  return 1.25 * exchangeLatency + (bytes + read) / 64 + held * words * warps / 2;
}
