//===- Constructors.cpp - Layouts by name -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Most layouts are products of one-dimensional pieces, innermost first, followed by a resize to the tensor's shape.
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/Constructors.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
int log2Exact(int64_t size) {
  assert(size > 0 && std::has_single_bit(uint64_t(size)));
  return std::countr_zero(uint64_t(size));
}

/// Minor first: the given order, or last axis first.
std::array<int, kMaxRank> axesOf(int rank, std::span<const int> order) {
  assert(order.empty() || int(order.size()) == rank);
  std::array<int, kMaxRank> axes = {};
  for (int i = 0; i < rank; ++i)
    axes[i] = order.empty() ? rank - 1 - i : order[i];
  return axes;
}

/// Collects columns of a two-dimensional tile, each along rows or columns.
struct Tile {
  Space space;
  uint64_t row(int64_t step) const { return space.flatten({step, 0}); }
  uint64_t column(int64_t step) const { return space.flatten({0, step}); }
};

/// Appends the columns that continue the walk along an axis: first unused step up to the size.
template <typename Words, typename Place> void walk(Words &words, int64_t from, int64_t to, Place place) {
  for (int64_t step = from; step < to; step *= 2)
    words.push_back(place(step));
}

/// A 2-D tile layout that is at least as large as its instruction, cut or repeated to the tensor.
LinearLayout tileLayout(const Space &tile, const std::vector<uint64_t> &registers, const std::vector<uint64_t> &lanes,
                        const std::vector<uint64_t> &warps, std::span<const int64_t> shape,
                        std::span<const int> order) {
  return LinearLayout::fromColumns(tile, {{Dim::Register, registers}, {Dim::Lane, lanes}, {Dim::Warp, warps}})
      .resize(shape, order)
      .withoutZeroColumns(Dim::Register);
}
} // namespace

// --- Registers ---------------------------------------------------------------------------------------

LinearLayout blockedLayout(std::span<const int64_t> shape, std::span<const int64_t> sizePerThread,
                           std::span<const int64_t> threadsPerWarp, std::span<const int64_t> warpsPerCta,
                           std::span<const int> order) {
  int rank = int(shape.size());
  assert(int(sizePerThread.size()) == rank && int(threadsPerWarp.size()) == rank && int(warpsPerCta.size()) == rank);
  auto axes = axesOf(rank, order);
  LinearLayout tile = LinearLayout::broadcast1D(Dim::Register, 1, rank);
  for (auto [dim, sizes] : {std::pair(Dim::Register, sizePerThread), std::pair(Dim::Lane, threadsPerWarp),
                            std::pair(Dim::Warp, warpsPerCta)})
    for (int i = 0; i < rank; ++i)
      tile = tile * LinearLayout::identity1D(dim, sizes[axes[i]], axes[i], rank);
  return tile.resize(shape, {axes.data(), size_t(rank)}).withoutZeroColumns(Dim::Register);
}

LinearLayout contiguousLayout(std::span<const int64_t> shape, int64_t elementsPerThread, int numWarps,
                              std::span<const int> order, int lanes) {
  int rank = int(shape.size());
  auto axes = axesOf(rank, order);
  std::array<int64_t, kMaxRank> perThread, threads, warps;
  perThread.fill(1), threads.fill(1), warps.fill(1);
  int64_t lanesLeft = lanes, warpsLeft = numWarps;
  for (int i = 0; i < rank; ++i) {
    int axis = axes[i];
    int64_t left = shape[axis];
    if (i == 0) {
      perThread[axis] = std::min(elementsPerThread, left);
      left /= perThread[axis];
    }
    threads[axis] = std::min(lanesLeft, left);
    left /= threads[axis];
    lanesLeft /= threads[axis];
    warps[axis] = std::min(warpsLeft, left);
    warpsLeft /= warps[axis];
  }
  if (rank) { // replicas, above everything that has its own element
    threads[axes[rank - 1]] *= lanesLeft;
    warps[axes[rank - 1]] *= warpsLeft;
  }
  size_t n = rank;
  LinearLayout layout = blockedLayout(shape, {perThread.data(), n}, {threads.data(), n}, {warps.data(), n}, order);
  return layout.padded(Dim::Lane, log2Exact(lanes)).padded(Dim::Warp, log2Exact(numWarps));
}

LinearLayout acrossBlocks(const LinearLayout &perCta, std::span<const int64_t> blocksPerAxis,
                          std::span<const int> order) {
  LinearLayout layout = perCta;
  auto axes = axesOf(perCta.rank(), order);
  for (int i = 0; i < perCta.rank(); ++i)
    layout = layout * LinearLayout::identity1D(Dim::Block, blocksPerAxis[axes[i]], axes[i], perCta.rank());
  return layout;
}

LinearLayout sliceLayout(const LinearLayout &parent, int axis) {
  return parent.removeAxis(axis).withoutZeroColumns(Dim::Register);
}

LinearLayout expandDimsLayout(const LinearLayout &operand, int axis) { return operand.insertAxis(axis); }

LinearLayout broadcastResultLayout(const LinearLayout &operand, std::span<const int64_t> shape) {
  return operand.resize(shape);
}

LinearLayout broadcastOperandLayout(const LinearLayout &result, std::span<const int64_t> operandShape) {
  return result.resize(operandShape).withoutZeroColumns(Dim::Register);
}

LinearLayout joinLayout(const LinearLayout &operand) {
  std::vector<int64_t> shape = operand.shape();
  shape.push_back(2);
  LinearLayout wide = operand.insertAxis(operand.rank()); // words unchanged: the new axis has no bits yet
  std::vector<uint64_t> registers = {1};
  std::array<uint64_t, kMaxBits> words;
  auto columns = wide.columns();
  for (size_t i = 0; i < columns.size(); ++i)
    words[i] = columns[i] << 1;
  LinearLayout shifted(wide.ins(), Space::tensor(shape), {words.data(), columns.size()});
  for (uint64_t word : shifted.columns(Dim::Register))
    registers.push_back(word);
  return shifted.withColumns(Dim::Register, registers);
}

int splitRegisterBit(const LinearLayout &operand) {
  if (operand.rank() == 0 || operand.outs().bits(operand.rank() - 1) != 1)
    return -1;
  auto registers = operand.columns(Dim::Register);
  for (size_t i = 0; i < registers.size(); ++i)
    if (registers[i] == 1)
      return int(i);
  return -1;
}

std::optional<LinearLayout> trySplitLayout(const LinearLayout &operand) {
  int bit = splitRegisterBit(operand);
  if (bit < 0)
    return std::nullopt;
  auto words = operand.columns(Dim::Register);
  std::vector<uint64_t> registers(words.begin(), words.end());
  registers.erase(registers.begin() + bit);
  return operand.withColumns(Dim::Register, registers).removeAxis(operand.rank() - 1);
}

LinearLayout splitOperandLayout(const LinearLayout &result) { return joinLayout(result); }

LinearLayout transResultLayout(const LinearLayout &operand, std::span<const int> order) {
  return operand.transposeOuts(order);
}

LinearLayout transOperandLayout(const LinearLayout &result, std::span<const int> order) {
  std::array<int, kMaxRank> inverse;
  for (size_t i = 0; i < order.size(); ++i)
    inverse[order[i]] = int(i);
  return result.transposeOuts({inverse.data(), order.size()});
}

LinearLayout mmaAccumulatorLayout(std::span<const int64_t> shape, int warpsAlongRows, int warpsAlongColumns,
                                  int64_t instructionN) {
  assert(shape.size() == 2 && instructionN >= 8);
  Tile tile{Space::tensor({16 * warpsAlongRows, instructionN * warpsAlongColumns})};
  auto row = [&](int64_t step) { return tile.row(step); };
  auto column = [&](int64_t step) { return tile.column(step); };
  std::vector<uint64_t> registers = {column(1), row(8)}, lanes = {column(2), column(4), row(1), row(2), row(4)}, warps;
  walk(registers, 8, instructionN, column);
  walk(warps, 16, 16 * warpsAlongRows, row);
  walk(warps, instructionN, instructionN * warpsAlongColumns, column);
  return tileLayout(tile.space, registers, lanes, warps, shape, {});
}

LinearLayout mmaOperandALayout(std::span<const int64_t> shape, int elementBits, int warpsAlongRows,
                               int warpsAlongColumns) {
  assert(shape.size() == 2 && (elementBits == 8 || elementBits == 16 || elementBits == 32));
  int64_t packed = 32 / elementBits; // elements of one 32-bit register
  Tile tile{Space::tensor({16 * warpsAlongRows, 8 * packed})};
  auto row = [&](int64_t step) { return tile.row(step); };
  auto column = [&](int64_t step) { return tile.column(step); };
  std::vector<uint64_t> registers, lanes, warps;
  walk(registers, 1, packed, column);
  registers.push_back(row(8));
  registers.push_back(column(4 * packed));
  walk(lanes, packed, 4 * packed, column);
  walk(lanes, 1, 8, row);
  walk(warps, 16, 16 * warpsAlongRows, row);
  walk(warps, 1, warpsAlongColumns, [](int64_t) { return uint64_t(0); });
  return tileLayout(tile.space, registers, lanes, warps, shape, {});
}

LinearLayout mmaOperandBLayout(std::span<const int64_t> shape, int elementBits, int warpsAlongRows,
                               int warpsAlongColumns) {
  assert(shape.size() == 2 && (elementBits == 8 || elementBits == 16 || elementBits == 32));
  int64_t packed = 32 / elementBits;
  Tile tile{Space::tensor({8 * packed, 8 * warpsAlongColumns})};
  auto row = [&](int64_t step) { return tile.row(step); };
  auto column = [&](int64_t step) { return tile.column(step); };
  std::vector<uint64_t> registers, lanes, warps;
  walk(registers, 1, packed, row);
  registers.push_back(row(4 * packed));
  walk(lanes, packed, 4 * packed, row);
  walk(lanes, 1, 8, column);
  walk(warps, 1, warpsAlongRows, [](int64_t) { return uint64_t(0); });
  walk(warps, 8, 8 * warpsAlongColumns, column);
  const int rowsFirst[] = {0, 1};
  return tileLayout(tile.space, registers, lanes, warps, shape, rowsFirst);
}

// --- Memory ------------------------------------------------------------------------------------------

LinearLayout memoryLayout(std::span<const int64_t> shape, std::span<const int> order) {
  Space tensor = Space::tensor(shape);
  auto axes = axesOf(tensor.rank(), order);
  std::vector<uint64_t> words;
  for (int i = 0; i < tensor.rank(); ++i)
    for (int bit = 0; bit < tensor.bits(axes[i]); ++bit)
      words.push_back(uint64_t(1) << (tensor.shift(axes[i]) + bit));
  return LinearLayout::fromColumns(tensor, {{Dim::Offset, words}});
}

LinearLayout swizzledMemoryLayout(std::span<const int64_t> shape, int64_t vec, int64_t perPhase, int64_t maxPhase,
                                  std::span<const int> order) {
  LinearLayout plain = memoryLayout(shape, order);
  if (shape.size() < 2)
    return plain;
  auto axes = axesOf(int(shape.size()), order);
  const Space &tensor = plain.outs();
  int minorBits = tensor.bits(axes[0]);
  std::vector<uint64_t> words(plain.columns().begin(), plain.columns().end());
  for (int bit = 0; bit < tensor.bits(axes[1]); ++bit) {
    int64_t phase = ((int64_t(1) << bit) / perPhase) % maxPhase;
    uint64_t along = uint64_t(phase * vec) & (uint64_t(tensor.size(axes[0])) - 1);
    words[minorBits + bit] ^= along << tensor.shift(axes[0]);
  }
  return plain.withColumns(Dim::Offset, words);
}

LinearLayout tmaMemoryLayout(std::span<const int64_t> shape, int elementBits, int swizzleBytes,
                             std::span<const int> order) {
  assert(swizzleBytes == 16 || swizzleBytes == 32 || swizzleBytes == 64 || swizzleBytes == 128);
  Space tensor = Space::tensor(shape);
  auto axes = axesOf(tensor.rank(), order);
  std::vector<uint64_t> words;
  auto add = [&](int axis, int from, int to) {
    for (int bit = from; bit < to; ++bit)
      words.push_back(uint64_t(1) << (tensor.shift(axis) + bit));
  };
  // One panel: swizzleBytes along the minor axis, all other axes above; then the next panel.
  int minorBits = tensor.rank() ? tensor.bits(axes[0]) : 0;
  int panel = swizzleBytes == 16 ? minorBits : std::min(minorBits, log2Exact(swizzleBytes * 8 / elementBits));
  if (tensor.rank())
    add(axes[0], 0, panel);
  for (int i = 1; i < tensor.rank(); ++i)
    add(axes[i], 0, tensor.bits(axes[i]));
  if (tensor.rank())
    add(axes[0], panel, minorBits);
  std::vector<uint64_t> swizzled = words;
  int lineBit = log2Exact(128 * 8 / elementBits), pieceBit = log2Exact(16 * 8 / elementBits);
  for (int i = 0; i < log2Exact(swizzleBytes / 16); ++i)
    if (lineBit + i < int(words.size()))
      swizzled[lineBit + i] ^= words[pieceBit + i];
  return LinearLayout::fromColumns(tensor, {{Dim::Offset, swizzled}});
}

int tmaSwizzleBytes(std::span<const int64_t> shape, int elementBits, std::span<const int> order) {
  if (shape.empty())
    return 16;
  int64_t bytes = shape[axesOf(int(shape.size()), order)[0]] * elementBits / 8;
  return bytes >= 128 ? 128 : bytes >= 64 ? 64 : bytes >= 32 ? 32 : 16;
}

} // namespace tegula
