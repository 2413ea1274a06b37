//===- Simulation.h - Conversion plans carried out on a simulated cluster ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads hold 64-bit numbers in place of elements. The plans are executed exactly as a lowering emits them, and what a
// real machine would punish is an error: reading shared memory that nobody wrote, two different values at one place, a
// misaligned vector, reading another warp's data behind a barrier of one warp.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/Conversions.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

namespace tegula::testing {

/// values[thread][register]; thread = (block * warps + warp) * lanes + lane.
struct Threads {
  int lanes = 1, warps = 1, blocks = 1;
  std::vector<std::vector<uint64_t>> values;

  Threads(int lanes, int warps, int blocks)
      : lanes(lanes), warps(warps), blocks(blocks), values(lanes * warps * blocks) {}
  HardwarePoint point(int thread) const {
    return {.lane = uint64_t(thread % lanes),
            .warp = uint64_t(thread / lanes % warps),
            .block = uint64_t(thread / lanes / warps)};
  }
  int sameWarp(int thread, uint64_t lane) const { return thread / lanes * lanes + int(lane); }
};

inline HardwarePoint clamp(const LinearLayout &layout, HardwarePoint p) {
  p.lane &= layout.size(Dim::Lane) - 1;
  p.warp &= layout.size(Dim::Warp) - 1;
  p.block &= layout.size(Dim::Block) - 1;
  return p;
}

/// Every thread's registers as the layout says: register r holds data[element].
inline Threads distribute(const LinearLayout &layout, const std::vector<uint64_t> &data, int lanes, int warps,
                          int blocks) {
  Threads threads(lanes, warps, blocks);
  for (size_t t = 0; t < threads.values.size(); ++t)
    for (int64_t r = 0; r < layout.size(Dim::Register); ++r) {
      HardwarePoint p = clamp(layout, threads.point(int(t)));
      p.reg = uint64_t(r);
      threads.values[t].push_back(data[layout.at(p)]);
    }
  return threads;
}

inline bool bitOf(const HardwarePoint &p, ThreadBit bit) { return p[bit.dim] >> bit.bit & 1; }

inline Threads runShuffles(const ShufflePlan &plan, const Threads &in) {
  using Word = std::vector<uint64_t>;
  std::vector<std::vector<Word>> values(in.values.size());
  size_t perWord = plan.elementsPerWord;
  for (size_t t = 0; t < in.values.size(); ++t) {
    auto list = plan.sourceRegisters.apply(in.values[t]);
    EXPECT_EQ(list.size(), plan.numInputs * perWord);
    for (size_t w = 0; w < list.size() / perWord; ++w)
      values[t].push_back(Word(list.begin() + w * perWord, list.begin() + (w + 1) * perWord));
  }
  for (const ShuffleStep &step : plan.steps)
    for (size_t t = 0; t < values.size(); ++t) {
      HardwarePoint p = in.point(int(t));
      switch (step.kind) {
      case ShuffleStep::Kind::Select:
        values[t].push_back(values[t][bitOf(p, step.condition) ? step.a : step.b]);
        break;
      case ShuffleStep::Kind::ShuffleXor:
        values[t].push_back(values[in.sameWarp(int(t), p.lane ^ step.lanes)][step.a]);
        break;
      case ShuffleStep::Kind::ShuffleIndex: {
        uint64_t lane = plan.laneMap.at(clamp(plan.laneMap, p)) ^ step.lanes;
        values[t].push_back(values[in.sameWarp(int(t), lane)][step.a]);
        break;
      }
      }
    }
  Threads out(in.lanes, in.warps, in.blocks);
  for (size_t t = 0; t < values.size(); ++t) {
    Word list;
    for (int id : plan.results)
      list.insert(list.end(), values[t][id].begin(), values[t][id].end());
    out.values[t] = plan.destinationRegisters.apply(list);
  }
  return out;
}

/// Wavefronts of one access, counted: byte addresses per lane, `bytes` per lane.
inline int countWavefronts(const std::vector<uint64_t> &addresses, int bytes) {
  int lanesAtOnce = bytes <= 4 ? 32 : bytes == 8 ? 16 : 8, wavefronts = 0;
  for (size_t first = 0; first < addresses.size() || first == 0; first += lanesAtOnce) {
    std::map<uint64_t, std::set<uint64_t>> wordsOfBank;
    for (size_t lane = first; lane < std::min(addresses.size(), first + lanesAtOnce); ++lane)
      for (int byte = 0; byte < bytes; byte += 4)
        wordsOfBank[(addresses[lane] + byte) / 4 % 32].insert((addresses[lane] + byte) / 4);
    size_t most = 1;
    for (const auto &[bank, words] : wordsOfBank)
      most = std::max(most, words.size());
    wavefronts += int(most);
  }
  return wavefronts;
}

/// The element of a matrix that lane and element-of-a-word hold: its row, and its column in elements.
inline std::pair<int, int> placeInMatrix(SharedAccess kind, int lane, int element, int perWord) {
  if (kind == SharedAccess::MatrixTransposed)
    return {2 * (lane % 4) + element, lane / 4};
  return {lane / 4, lane % 4 * perWord + element};
}

class SimulatedSharedMemory {
public:
  SimulatedSharedMemory(const SharedMemoryPlan &plan, const Threads &in, int elementBits)
      : plan_(plan), in_(in), bytes_(elementBits / 8), perWord_(std::max(1, 32 / elementBits)),
        out_(in.lanes, in.warps, in.blocks) {}

  Threads run() {
    std::vector<std::vector<uint64_t>> stored(in_.values.size()), loaded(in_.values.size());
    for (size_t t = 0; t < in_.values.size(); ++t)
      stored[t] = plan_.sourceRegisters.apply(in_.values[t]);
    size_t storesOfRound = plan_.store.size(Dim::Register), loadsOfRound = plan_.load.size(Dim::Register);
    for (int round = 0; round < plan_.rounds; ++round) {
      memory_.assign(in_.blocks, std::vector<Cell>(plan_.scratchBytes / bytes_));
      const Swizzle &swizzle = plan_.swizzle;
      for (int warp = 0; warp < in_.warps * in_.blocks; ++warp)
        for (size_t r = 0; r < storesOfRound; r += swizzle.storeElements)
          forEachPiece(plan_.storeAddress, plan_.store, swizzle.storeKind, swizzle.storeElements,
                       swizzle.storeWavefronts, warp, int(r),
                       [&](int thread, int reg, uint64_t offset, uint64_t block) {
                         HardwarePoint p = in_.point(thread);
                         if ((p.lane & plan_.replicaLanes) || (p.warp & plan_.replicaWarps))
                           return;
                         EXPECT_EQ(block, p.block) << "stores stay in the CTA";
                         Cell &cell = memory_[p.block][offset];
                         EXPECT_EQ(cell.writer, -1) << "stored twice";
                         cell = {stored[thread][round * storesOfRound + reg], warp};
                       });
      for (auto &list : loaded)
        list.resize((round + 1) * loadsOfRound);
      for (int warp = 0; warp < in_.warps * in_.blocks; ++warp)
        for (size_t r = 0; r < loadsOfRound; r += swizzle.loadElements)
          forEachPiece(plan_.loadAddress, plan_.load, swizzle.loadKind, swizzle.loadElements, swizzle.loadWavefronts,
                       warp, int(r), [&](int thread, int reg, uint64_t offset, uint64_t block) {
                         if (!plan_.crossesBlocks)
                           EXPECT_EQ(block, in_.point(thread).block);
                         const Cell &cell = memory_[block][offset];
                         EXPECT_GE(cell.writer, 0) << "nobody stored this";
                         if (plan_.barrier == BarrierScope::Warp)
                           EXPECT_EQ(cell.writer, warp);
                         loaded[thread][round * loadsOfRound + reg] = cell.value;
                       });
    }
    for (size_t t = 0; t < loaded.size(); ++t)
      out_.values[t] = plan_.destinationRegisters.apply(loaded[t]);
    return out_;
  }

private:
  struct Cell {
    uint64_t value = 0;
    int writer = -1; // block * warps + warp
  };

  std::pair<uint64_t, uint64_t> place(const LinearLayout &map, int thread, int reg) const {
    HardwarePoint p = clamp(map, in_.point(thread));
    p.reg = uint64_t(reg);
    uint64_t word = map.at(p);
    return {map.outs().coordinate(word, Dim::Offset), map.outs().coordinate(word, Dim::Block)};
  }

  /// One instruction of a warp: calls piece(thread, register, offset, block) for each element that it moves.
  template <typename Piece>
  void forEachPiece(const LinearLayout &address, const LinearLayout &map, SharedAccess kind, int elements,
                    int predicted, int warp, int first, Piece piece) {
    std::vector<uint64_t> addresses;
    auto align = [&](uint64_t start, int size) { EXPECT_EQ(start % size, 0u) << "misaligned access"; };
    if (kind == SharedAccess::Vector) {
      for (int lane = 0; lane < in_.lanes; ++lane) {
        int thread = warp * in_.lanes + lane;
        auto [start, block] = place(address, thread, first);
        align(start, elements);
        addresses.push_back(start * bytes_);
        for (int e = 0; e < elements; ++e) {
          EXPECT_EQ(place(map, thread, first + e), std::pair(start + e, block));
          piece(thread, first + e, start + e, block);
        }
      }
      if (in_.lanes == 32)
        EXPECT_EQ(countWavefronts(addresses, elements * bytes_), predicted);
      return;
    }
    ASSERT_EQ(in_.lanes, 32);
    int wavefronts = 0;
    for (int matrix = 0; matrix < elements / perWord_; ++matrix) {
      addresses.clear();
      for (int row = 0; row < 8; ++row) {
        uint64_t start = place(address, warp * 32 + matrix * 8 + row, first).first;
        align(start, 16 / bytes_);
        addresses.push_back(start * bytes_);
      }
      wavefronts += countWavefronts(addresses, 16);
      for (int lane = 0; lane < 32; ++lane)
        for (int e = 0; e < perWord_; ++e) {
          auto [row, column] = placeInMatrix(kind, lane, e, perWord_);
          auto [start, block] = place(address, warp * 32 + matrix * 8 + row, first);
          int thread = warp * 32 + lane, reg = first + matrix * perWord_ + e;
          EXPECT_EQ(place(map, thread, reg), std::pair(start + column, block));
          piece(thread, reg, start + column, block);
        }
    }
    EXPECT_EQ(wavefronts, predicted);
  }

  const SharedMemoryPlan &plan_;
  const Threads &in_;
  int bytes_, perWord_;
  Threads out_;
  std::vector<std::vector<Cell>> memory_;
};

inline Threads runSharedMemory(const SharedMemoryPlan &plan, const Threads &in, int elementBits) {
  return SimulatedSharedMemory(plan, in, elementBits).run();
}

inline Threads runPlan(const ConversionPlan &plan, const Threads &in, int elementBits) {
  if (plan.kind == ConversionKind::Shuffles)
    return runShuffles(plan.shuffles, in);
  if (plan.kind == ConversionKind::SharedMemory)
    return runSharedMemory(plan.shared, in, elementBits);
  Threads out(in.lanes, in.warps, in.blocks);
  for (size_t t = 0; t < in.values.size(); ++t)
    out.values[t] = plan.registers.apply(in.values[t]);
  return out;
}

} // namespace tegula::testing
