//===- Swizzle.cpp - Shared memory without bank conflicts ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both layouts are distributed, so every column is one tensor bit and the sets of Swizzle.h are masks of tensor bits;
// only the segment columns a ^ b have two.
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

/// Removes and returns the lowest bit.
uint64_t takeBit(uint64_t &mask) {
  uint64_t bit = mask & -mask;
  mask ^= bit;
  return bit;
}

int wordElementBits(int elementBits) { return elementBits < 32 ? log2Floor(32 / elementBits) : 0; }

/// One side of the exchange: the tensor bits in its registers and lanes.
struct Side {
  uint64_t registers; // those that are in memory
  std::span<const uint64_t> lanes;
  uint64_t everywhere; // bits that are in memory at all
  bool isStore;

  int numRegisters() const { return std::popcount(registers); }
};

/// How one side goes at memory, and what it walks in one wavefront.
struct Way {
  SharedAccess kind = SharedAccess::Vector;
  uint64_t vector = 0; // tensor bits of a lane's own neighbours
  uint64_t rowRegister = 0;
  uint64_t walk = 0;
  std::array<uint64_t, 3> rows = {}; // of a matrix
};

/// The lowest offset bits, in order.
struct Prefix {
  std::array<uint64_t, kMaxBits> bits;
  int count = 0;
  uint64_t mask = 0;

  void add(uint64_t bit) {
    bits[count++] = bit;
    mask |= bit;
  }
  /// The part of the prefix that only holds bits of `registers`.
  uint64_t leading(uint64_t registers) const {
    uint64_t result = 0;
    for (int i = 0; i < count && (bits[i] & registers); ++i)
      result |= bits[i];
    return result;
  }
};

Way vectorWay(const Side &side, uint64_t vector, int elementBits) {
  Way way;
  way.vector = way.walk = vector;
  int count = lanesOfWavefront(1 << std::popcount(vector), elementBits);
  for (size_t i = 0; i < side.lanes.size() && int(i) < count; ++i)
    way.walk |= side.lanes[i];
  way.walk &= side.everywhere;
  return way;
}

/// Common registers, then those of the side that fills, at most 2^longest elements. Vectors come out as the leading
/// parts.
Prefix vectorPrefix(const Side &store, const Side &load, bool fillFromStore, int longest) {
  const Side &fill = fillFromStore ? store : load;
  uint64_t common = store.registers & load.registers;
  Prefix prefix;
  for (uint64_t source : {common, fill.registers & ~common})
    for (uint64_t rest = source; rest && prefix.count < longest;)
      prefix.add(takeBit(rest));
  return prefix;
}

/// Makes up a word from what the side walks, then from anything.
void fillWord(Prefix &prefix, const Side &fill, int elementBits) {
  for (uint64_t source : {unionOf(fill.lanes) & fill.everywhere, fill.everywhere})
    for (uint64_t rest = source & ~prefix.mask; rest && prefix.count < wordElementBits(elementBits);)
      prefix.add(takeBit(rest));
}

/// The 16 contiguous bytes and the rows of a matrix access; false when the layout has too few registers or lanes.
bool matrixWay(const Side &side, const Side &other, SharedAccess kind, int elementBits, Prefix &prefix, Way &way) {
  auto lanes = side.lanes;
  bool transposed = kind == SharedAccess::MatrixTransposed;
  if (elementBits > 32 || (transposed && elementBits != 16) || lanes.size() != 5)
    return false;
  for (int i = 0; i < 5; ++i) {
    bool contiguous = transposed ? i >= 2 : i < 2;
    if (!lanes[i] && (contiguous || side.isStore)) // rows that repeat may be read
      return false;
  }
  way.kind = kind;
  if (transposed) {
    uint64_t registers = side.registers;
    if (!registers)
      return false;
    way.rowRegister = takeBit(registers);
    way.rows = {way.rowRegister, lanes[0], lanes[1]};
    for (int i = 2; i < 5; ++i)
      prefix.add(lanes[i]);
  } else {
    uint64_t preferred = side.registers & other.registers, others = side.registers & ~preferred;
    for (int i = 0; i < wordElementBits(elementBits); ++i) {
      if (!preferred && !others)
        return false;
      prefix.add(takeBit(preferred ? preferred : others));
    }
    prefix.add(lanes[0]);
    prefix.add(lanes[1]);
    way.rows = {lanes[2], lanes[3], lanes[4]};
  }
  way.walk = prefix.mask | unionOf(way.rows);
  return true;
}

/// Steps 3 and 4: segments for what both sides walk, then the banks. Returns the columns of all offset bits.
Prefix completeOffsets(const Prefix &prefix, const Way &store, const Way &load, uint64_t all, int elementBits) {
  uint64_t word = 0; // tensor bits within one 4-byte word: never a conflict
  for (int i = 0; i < std::min(wordElementBits(elementBits), prefix.count); ++i)
    word |= prefix.bits[i];
  uint64_t storeWalk = store.walk | word, loadWalk = load.walk | word;

  // Segments. None has a part in the vector: that would permute the elements of an access by lane.
  std::array<uint64_t, kMaxBits> segments;
  int numSegments = 0, wanted = std::max(0, std::popcount(all) - log2Floor(kRowBits / elementBits));
  for (uint64_t rest = all & ~(storeWalk | loadWalk | prefix.mask); rest && numSegments < wanted;)
    segments[numSegments++] = takeBit(rest);
  uint64_t onlyStore = storeWalk & ~loadWalk & ~prefix.mask, onlyLoad = loadWalk & ~storeWalk & ~prefix.mask;
  while (numSegments < wanted && onlyStore && onlyLoad)
    segments[numSegments++] = takeBit(onlyStore) | takeBit(onlyLoad);
  // Short only when the vector is longer than the other side's access: its lanes then meet in the same banks.
  for (uint64_t source : {onlyStore | onlyLoad, storeWalk & loadWalk & ~prefix.mask})
    for (uint64_t rest = source; rest && numSegments < wanted;)
      segments[numSegments++] = takeBit(rest);

  // Banks: what completes vector and segments to a basis.
  Prefix offsets = prefix;
  Gf2Basis basis({prefix.bits.data(), size_t(prefix.count)});
  for (int i = 0; i < numSegments; ++i)
    basis.insert(segments[i]);
  for (uint64_t rest = all; rest;) {
    uint64_t bit = takeBit(rest);
    if (basis.insert(bit))
      offsets.add(bit);
  }
  for (int i = 0; i < numSegments; ++i)
    offsets.add(segments[i]);
  return offsets;
}

/// Chooses among candidates: keeps the cheapest.
class Chooser {
public:
  Chooser(const LinearLayout &source, const LinearLayout &destination, const Side &store, const Side &load,
          int elementBits)
      : source_(source), store_(store), load_(load), elementBits_(elementBits),
        blockBits_(std::max(source.bits(Dim::Block), destination.bits(Dim::Block))) {}

  void consider(const Prefix &prefix, const Way &store, const Way &load) {
    Prefix offsets = completeOffsets(prefix, store, load, store_.everywhere, elementBits_);
    auto blocks = source_.columns(Dim::Block);
    std::array<uint64_t, kMaxBits> columns = {};
    std::copy_n(offsets.bits.begin(), offsets.count, columns.begin());
    std::copy(blocks.begin(), blocks.end(), columns.begin() + offsets.count);
    Swizzle swizzle;
    swizzle.memory = LinearLayout(Space::hardware({{Dim::Offset, offsets.count}, {Dim::Block, blockBits_}}),
                                  source_.outs(), {columns.data(), size_t(offsets.count + blockBits_)});
    double cost = settle(swizzle, store_, store, swizzle.storeKind, swizzle.storeElements, swizzle.storeWavefronts,
                         swizzle.storeRowRegister) +
                  settle(swizzle, load_, load, swizzle.loadKind, swizzle.loadElements, swizzle.loadWavefronts,
                         swizzle.loadRowRegister);
    if (bestCost_ != 0 && cost >= bestCost_)
      return;
    swizzle.roundCandidates =
        store_.registers & load_.registers & ~prefix.mask & ~store.rowRegister & ~load.rowRegister;
    best_ = swizzle;
    bestCost_ = cost;
  }

  const Swizzle &best() const { return best_; }

private:
  /// Fills in one side of the swizzle. An instruction costs its wavefronts and about half of one to issue and address
  /// it.
  double settle(const Swizzle &swizzle, const Side &side, const Way &way, SharedAccess &kind, int &elements,
                int &wavefronts, uint64_t &rowRegister) const {
    kind = way.kind;
    rowRegister = way.rowRegister;
    std::span<const uint64_t> lanes = side.lanes;
    int moved = 1 << std::popcount(way.vector), matrices = 0;
    if (kind != SharedAccess::Vector) {
      int wordBits = wordElementBits(elementBits_);
      matrices = 1 << std::min(2, side.numRegisters() - wordBits);
      elements = matrices << wordBits;
      moved = 128 / elementBits_; // a row, like a 16-byte access of 8 lanes
      lanes = way.rows;
    } else {
      elements = moved;
    }
    LinearLayout access(Space::hardware({{Dim::Lane, int(lanes.size())}}), source_.outs(), lanes);
    wavefronts = sharedWavefronts(access.invertAndCompose(swizzle.memory), moved, elementBits_);
    if (matrices)
      wavefronts = wavefronts / 4 * matrices;
    return double(uint64_t(1) << side.numRegisters()) / elements * (wavefronts + 0.5);
  }

  const LinearLayout &source_;
  const Side &store_, &load_;
  int elementBits_, blockBits_;
  Swizzle best_;
  double bestCost_ = 0;
};
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
  uint64_t all = (uint64_t(1) << source.outs().totalBits()) - 1;
  all &= ~options.roundBits & ~unionOf(source.columns(Dim::Block));
  Side store{unionOf(source.columns(Dim::Register)) & all, source.columns(Dim::Lane), all, true};
  Side load{unionOf(destination.columns(Dim::Register)) & all, destination.columns(Dim::Lane), all, false};
  Chooser chooser(source, destination, store, load, elementBits);

  // Vectors on both sides: the common part alone, then longer and longer vectors of one side, the word first.
  int inCommon = std::popcount(store.registers & load.registers);
  int longest = log2Floor(std::max(1, options.maxVectorBits / elementBits));
  int word = std::min(longest, wordElementBits(elementBits));
  for (int length = std::min(longest, std::max(word, inCommon)); length <= longest; ++length) {
    for (bool fillFromStore : {true, false}) {
      const Side &fill = fillFromStore ? store : load;
      if ((length > inCommon && length > fill.numRegisters() && length > word) ||
          (length <= inCommon && !fillFromStore))
        continue; // the same as a shorter one, or nothing to fill
      Prefix prefix = vectorPrefix(store, load, fillFromStore, length);
      uint64_t storeVector = prefix.leading(store.registers), loadVector = prefix.leading(load.registers);
      fillWord(prefix, fill, elementBits);
      chooser.consider(prefix, vectorWay(store, storeVector, elementBits), vectorWay(load, loadVector, elementBits));
    }
  }

  // A matrix instruction on one side or both.
  if (options.maxVectorBits < 128 || (!options.matrixLoads && !options.matrixStores))
    return chooser.best();
  constexpr SharedAccess kinds[] = {SharedAccess::Vector, SharedAccess::Matrix, SharedAccess::MatrixTransposed};
  for (SharedAccess storeKind : kinds)
    for (SharedAccess loadKind : kinds) {
      bool matrixStore = storeKind != SharedAccess::Vector, matrixLoad = loadKind != SharedAccess::Vector;
      if ((!matrixStore && !matrixLoad) || (matrixStore && !options.matrixStores) ||
          (matrixLoad && !options.matrixLoads))
        continue;
      Prefix storePrefix, loadPrefix;
      Way storeWay, loadWay;
      if ((matrixStore && !matrixWay(store, load, storeKind, elementBits, storePrefix, storeWay)) ||
          (matrixLoad && !matrixWay(load, store, loadKind, elementBits, loadPrefix, loadWay)))
        continue;
      if (matrixStore && matrixLoad &&
          !std::equal(storePrefix.bits.begin(), storePrefix.bits.begin() + storePrefix.count, loadPrefix.bits.begin(),
                      loadPrefix.bits.begin() + loadPrefix.count))
        continue;
      const Prefix &prefix = matrixStore ? storePrefix : loadPrefix;
      if (!matrixStore)
        storeWay = vectorWay(store, prefix.leading(store.registers), elementBits);
      if (!matrixLoad)
        loadWay = vectorWay(load, prefix.leading(load.registers), elementBits);
      if ((prefix.mask | storeWay.rowRegister | loadWay.rowRegister) & ~all)
        continue; // a lane of another CTA's part
      chooser.consider(prefix, storeWay, loadWay);
    }
  return chooser.best();
}

} // namespace tegula
