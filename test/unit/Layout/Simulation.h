//===- Simulation.h - Conversion plans carried out on a simulated cluster ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads hold 64-bit numbers in place of elements. The plans are executed exactly as a lowering emits them, and what a real machine would
// punish is an error: reading shared memory that nobody wrote, two different values at one place, a misaligned vector,
// reading another warp's data behind a barrier of one warp.
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

  Threads(int lanes, int warps, int blocks) : lanes(lanes), warps(warps), blocks(blocks), values(lanes * warps * blocks) {}
  HardwarePoint point(int thread) const {
    return {.lane = uint64_t(thread % lanes), .warp = uint64_t(thread / lanes % warps), .block = uint64_t(thread / lanes / warps)};
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
inline Threads distribute(const LinearLayout &layout, const std::vector<uint64_t> &data, int lanes, int warps, int blocks) {
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

inline Threads runSharedMemory(const SharedMemoryPlan &plan, const Threads &in, int elementBits) {
  struct Cell {
    uint64_t value = 0;
    int writer = -1; // block * warps + warp
  };
  int bytes = elementBits / 8;
  std::vector<std::vector<uint64_t>> loaded(in.values.size());
  std::vector<std::vector<uint64_t>> stored(in.values.size());
  for (size_t t = 0; t < in.values.size(); ++t)
    stored[t] = plan.sourceRegisters.apply(in.values[t]);
  int perRound = int(plan.store.size(Dim::Register));
  auto place = [&](const LinearLayout &map, HardwarePoint p, int reg) {
    p = clamp(map, p);
    p.reg = uint64_t(reg);
    uint64_t word = map.at(p);
    return std::pair(map.outs().coordinate(word, Dim::Offset), map.outs().coordinate(word, Dim::Block));
  };
  auto checkAccess = [&](const LinearLayout &map, int first, int elements, int predicted) {
    for (size_t warp = 0; warp * in.lanes < in.values.size(); ++warp) {
      std::vector<uint64_t> addresses;
      for (int lane = 0; lane < in.lanes; ++lane) {
        HardwarePoint p = in.point(int(warp) * in.lanes + lane);
        uint64_t start = place(map, p, first).first;
        EXPECT_EQ(start % elements, 0u) << "misaligned vector";
        for (int e = 1; e < elements; ++e)
          EXPECT_EQ(place(map, p, first + e).first, start + e) << "a vector with a gap";
        addresses.push_back(start * bytes);
      }
      if (in.lanes == 32)
        EXPECT_EQ(countWavefronts(addresses, elements * bytes), predicted);
    }
  };
  for (int round = 0; round < plan.rounds; ++round) {
    std::vector<std::vector<Cell>> memory(in.blocks, std::vector<Cell>(plan.scratchBytes / bytes));
    for (size_t t = 0; t < in.values.size(); ++t) {
      HardwarePoint p = in.point(int(t));
      if ((p.lane & plan.replicaLanes) || (p.warp & plan.replicaWarps))
        continue;
      for (int r = 0; r < perRound; ++r) {
        auto [offset, block] = place(plan.store, p, r);
        EXPECT_EQ(block, p.block) << "stores stay in the CTA";
        Cell &cell = memory[p.block][offset];
        EXPECT_EQ(cell.writer, -1) << "stored twice";
        cell = {stored[t][round * perRound + r], int(t) / in.lanes};
      }
    }
    if (round == 0) {
      for (int r = 0; r < perRound; r += plan.swizzle.storeElements)
        checkAccess(plan.store, r, plan.swizzle.storeElements, plan.swizzle.storeWavefronts);
      for (int r = 0; r < plan.load.size(Dim::Register); r += plan.swizzle.loadElements)
        checkAccess(plan.load, r, plan.swizzle.loadElements, plan.swizzle.loadWavefronts);
    }
    for (size_t t = 0; t < in.values.size(); ++t)
      for (int r = 0; r < plan.load.size(Dim::Register); ++r) {
        HardwarePoint p = in.point(int(t));
        auto [offset, block] = place(plan.load, p, r);
        if (!plan.crossesBlocks)
          EXPECT_EQ(block, p.block);
        const Cell &cell = memory[block][offset];
        EXPECT_GE(cell.writer, 0) << "nobody stored this";
        if (plan.barrier == BarrierScope::Warp)
          EXPECT_EQ(cell.writer, int(t) / in.lanes);
        loaded[t].push_back(cell.value);
      }
  }
  Threads out(in.lanes, in.warps, in.blocks);
  for (size_t t = 0; t < loaded.size(); ++t)
    out.values[t] = plan.destinationRegisters.apply(loaded[t]);
  return out;
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
