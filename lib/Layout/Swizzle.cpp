//===- Swizzle.cpp - Shared memory without bank conflicts ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both layouts are distributed, so every column is one tensor bit and the sets of Swizzle.h are masks of tensor bits; only
// the segment columns a ^ b have two.
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/Swizzle.h"
#include "lib/Layout/Gf2.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
constexpr int kRowBits = 1024; // 32 banks of 32 bits

int log2Floor(int value) { return std::bit_width(unsigned(value)) - 1; }

uint64_t unionOf(std::span<const uint64_t> columns) {
  uint64_t result = 0;
  for (uint64_t column : columns)
    result |= column;
  return result;
}

/// Lane bits that one wavefront serves.
int lanesOfWavefront(int elements, int elementBits) {
  int bytes = elements * elementBits / 8;
  return bytes <= 4 ? 5 : bytes == 8 ? 4 : 3;
}

/// One side of the exchange: the tensor bits in its registers and lanes.
struct Side {
  uint64_t registers;
  std::span<const uint64_t> lanes;
  uint64_t everywhere; // bits that are in memory at all

  /// Tensor bits of the vector and of the lanes of one wavefront.
  uint64_t walked(uint64_t vector, int elementBits) const {
    int count = lanesOfWavefront(1 << std::popcount(vector), elementBits);
    uint64_t mask = vector;
    for (size_t i = 0; i < lanes.size() && int(i) < count; ++i)
      mask |= lanes[i];
    return mask & everywhere;
  }
};

/// Removes and returns the lowest bit.
uint64_t takeBit(uint64_t &mask) {
  uint64_t bit = mask & -mask;
  mask ^= bit;
  return bit;
}

struct Candidate {
  std::array<uint64_t, kMaxBits> offsets;
  int count = 0;
  uint64_t storeVector = 0, loadVector = 0;
};

/// The construction with a vector of at most 2^longest elements, completed from the registers of one side.
Candidate construct(const Side &store, const Side &load, bool fillFromStore, int elementBits, int longest) {
  Candidate result;
  auto add = [&](uint64_t column) { result.offsets[result.count++] = column; };
  uint64_t all = store.everywhere;
  int wordBits = elementBits < 32 ? log2Floor(32 / elementBits) : 0;
  const Side &fill = fillFromStore ? store : load;

  // 1. The vector: common registers, then the filling side's, then (to make up a word) anything the filling side walks.
  uint64_t common = store.registers & load.registers & all, vector = 0, shared = 0;
  for (uint64_t rest = common; rest && result.count < longest;) {
    uint64_t bit = takeBit(rest);
    add(bit), vector |= bit, shared |= bit;
  }
  for (uint64_t rest = fill.registers & all & ~common; rest && result.count < longest;) {
    uint64_t bit = takeBit(rest);
    add(bit), vector |= bit;
  }
  result.storeVector = fillFromStore ? vector : shared;
  result.loadVector = fillFromStore ? shared : vector;
  for (uint64_t source : {unionOf(fill.lanes) & all & ~vector, all & ~vector})
    for (uint64_t rest = source & ~vector; rest && result.count < wordBits;) {
      uint64_t bit = takeBit(rest);
      add(bit), vector |= bit;
    }
  uint64_t word = 0; // tensor bits within one 4-byte word: never a conflict
  for (int i = 0; i < std::min(wordBits, result.count); ++i)
    word |= result.offsets[i];

  // 2. What each side walks in one wavefront.
  uint64_t storeWalk = store.walked(result.storeVector, elementBits) | word,
           loadWalk = load.walked(result.loadVector, elementBits) | word;

  // 3. Segments. None has a part in the vector: that would permute the elements of an access by lane.
  std::array<uint64_t, kMaxBits> segments;
  int numSegments = 0, wanted = std::max(0, std::popcount(all) - log2Floor(kRowBits / elementBits));
  for (uint64_t rest = all & ~(storeWalk | loadWalk | vector); rest && numSegments < wanted;)
    segments[numSegments++] = takeBit(rest);
  uint64_t onlyStore = storeWalk & ~loadWalk & ~vector, onlyLoad = loadWalk & ~storeWalk & ~vector;
  while (numSegments < wanted && onlyStore && onlyLoad)
    segments[numSegments++] = takeBit(onlyStore) | takeBit(onlyLoad);
  // Short only when the vector is longer than the other side's access: its lanes then meet in the same banks.
  for (uint64_t rest = onlyStore | onlyLoad; rest && numSegments < wanted;)
    segments[numSegments++] = takeBit(rest);
  for (uint64_t rest = storeWalk & loadWalk & ~vector; rest && numSegments < wanted;)
    segments[numSegments++] = takeBit(rest);

  // 4. Banks: what completes vector and segments to a basis.
  Gf2Basis basis({result.offsets.data(), size_t(result.count)});
  for (int i = 0; i < numSegments; ++i)
    basis.insert(segments[i]);
  for (uint64_t rest = all; rest;) {
    uint64_t bit = takeBit(rest);
    if (basis.insert(bit))
      add(bit);
  }
  for (int i = 0; i < numSegments; ++i)
    add(segments[i]);
  return result;
}
} // namespace

int conflictFreeWavefronts(int elements, int elementBits) { return 32 >> lanesOfWavefront(elements, elementBits); }

int sharedWavefronts(const LinearLayout &access, int elements, int elementBits) {
  int lanes = lanesOfWavefront(elements, elementBits);
  int subword = elementBits < 32 ? log2Floor(32 / elementBits) : 0;
  int wordsPerElement = elementBits > 32 ? log2Floor(elementBits / 32) : 0;
  // Word addresses that the lanes of one wavefront reach, as a span.
  auto word = [&](uint64_t offset) {
    return (access.outs().coordinate(offset, Dim::Offset) >> subword) << wordsPerElement;
  };
  Gf2Basis words, banks;
  auto add = [&](uint64_t address) {
    words.insert(address);
    banks.insert(address & 31);
  };
  for (int i = 0; i < wordsPerElement; ++i)
    add(uint64_t(1) << i);
  for (int i = 0; i < log2Floor(elements); ++i)
    add(word(uint64_t(1) << (access.outs().shift(Dim::Offset) + i)));
  auto columns = access.columns(Dim::Lane);
  for (int i = 0; i < std::min(lanes, int(columns.size())); ++i)
    add(word(columns[i]));
  return conflictFreeWavefronts(elements, elementBits) << (words.rank() - banks.rank());
}

Swizzle chooseSwizzle(const LinearLayout &source, const LinearLayout &destination, int elementBits,
                      const SwizzleOptions &options) {
  assert(source.isDistributed() && destination.isDistributed() && source.outs() == destination.outs());
  const Space &tensor = source.outs();
  uint64_t all = (uint64_t(1) << tensor.totalBits()) - 1;
  all &= ~options.roundBits & ~unionOf(source.columns(Dim::Block));
  Side store{unionOf(source.columns(Dim::Register)), source.columns(Dim::Lane), all};
  Side load{unionOf(destination.columns(Dim::Register)), destination.columns(Dim::Lane), all};
  LinearLayout storeLanes = source.restrictTo({Dim::Lane}), loadLanes = destination.restrictTo({Dim::Lane});

  Swizzle best;
  double bestCost = 0;
  uint64_t common = store.registers & load.registers & all;
  int longest = log2Floor(std::max(1, options.maxVectorBits / elementBits)), inCommon = std::popcount(common);
  // The common part alone, then longer and longer vectors of one side, the word first.
  int word = elementBits < 32 ? std::min(longest, log2Floor(32 / elementBits)) : 0;
  for (int length = std::min(longest, std::max(word, inCommon)); length <= longest; ++length) {
    for (bool fillFromStore : {true, false}) {
      int own = std::popcount((fillFromStore ? store : load).registers & all);
      if ((length > inCommon && length > own && length > word) || (length <= inCommon && !fillFromStore))
        continue; // the same as a shorter one, or nothing to fill
      Candidate candidate = construct(store, load, fillFromStore, elementBits, length);
      std::array<uint64_t, kMaxBits> columns = {};
      std::copy_n(candidate.offsets.begin(), candidate.count, columns.begin());
      auto blockColumns = source.columns(Dim::Block);
      std::copy(blockColumns.begin(), blockColumns.end(), columns.begin() + candidate.count);
      int blockBits = std::max(source.bits(Dim::Block), destination.bits(Dim::Block));
      Swizzle swizzle;
      swizzle.memory = LinearLayout(Space::hardware({{Dim::Offset, candidate.count}, {Dim::Block, blockBits}}), tensor,
                                    {columns.data(), size_t(candidate.count + blockBits)});
      swizzle.storeElements = 1 << std::popcount(candidate.storeVector);
      swizzle.loadElements = 1 << std::popcount(candidate.loadVector);
      swizzle.roundCandidates = common & ~(candidate.storeVector & candidate.loadVector);
      swizzle.storeWavefronts = sharedWavefronts(storeLanes.invertAndCompose(swizzle.memory), swizzle.storeElements, elementBits);
      swizzle.loadWavefronts = sharedWavefronts(loadLanes.invertAndCompose(swizzle.memory), swizzle.loadElements, elementBits);
      // An instruction costs its wavefronts and about half of one to issue and address it.
      double cost =
          double(uint64_t(1) << std::popcount(store.registers & all)) / swizzle.storeElements * (swizzle.storeWavefronts + 0.5) +
          double(uint64_t(1) << std::popcount(load.registers & all)) / swizzle.loadElements * (swizzle.loadWavefronts + 0.5);
      if (bestCost == 0 || cost < bestCost) {
        best = swizzle;
        bestCost = cost;
      }
    }
  }
  return best;
}

} // namespace tegula
