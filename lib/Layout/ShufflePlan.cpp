//===- ShufflePlan.cpp - Conversions between the lanes of a warp --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Conversions.h for the rule. Here tensor bits are sorted into kept, pre, exchange, gather and moved, and the
// program is written out. Indices of word lists have the bits, minor first:
//
//      source  [kept, exchange, pre]      results  [kept, exchange, gather]
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/Conversions.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
/// Where a tensor bit sits: a hardware dimension and a bit of it.
struct Place {
  Dim dim = Dim::Register;
  int bit = -1;
};

std::array<Place, kMaxBits> placesOf(const LinearLayout &layout) {
  std::array<Place, kMaxBits> places;
  for (Dim dim : {Dim::Register, Dim::Lane, Dim::Warp, Dim::Block}) {
    auto columns = layout.columns(dim);
    for (size_t i = 0; i < columns.size(); ++i)
      if (columns[i])
        places[std::countr_zero(columns[i])] = {dim, int(i)};
  }
  return places;
}

/// A register bit of the source selected by a bit of the sending thread.
struct Preselection {
  int sourceRegister;
  ThreadBit condition;
};

/// Source register bit and destination lane bit, source lane bit and destination register bit.
struct Exchange {
  int sourceRegister, destinationLane, sourceLane, destinationRegister;
};

struct Gather {
  int sourceLane, destinationRegister;
};

/// The sorted tensor bits; register bits are bits of the lists without replicas.
struct Sorted {
  std::vector<std::pair<int, int>> kept; // source register, destination register
  std::vector<Preselection> pre;
  std::vector<Exchange> exchange;
  std::vector<Gather> gather;
  std::array<uint32_t, 32> laneImage = {}, warpImage = {}, blockImage = {}; // columns of the lane map
};

/// Empty when something crosses a warp or cannot be sent with one lane index.
std::optional<Sorted> sortBits(const LinearLayout &source, const LinearLayout &destination) {
  Sorted sorted;
  auto from = placesOf(source), to = placesOf(destination);
  int bits = source.outs().totalBits();
  auto sourceLanes = source.columns(Dim::Lane);
  std::vector<bool> freeLane(sourceLanes.size());
  for (size_t i = 0; i < sourceLanes.size(); ++i)
    freeLane[i] = sourceLanes[i] == 0;
  auto isFree = [&](Dim dim, int bit) { return source.column(dim, bit) == 0; };

  std::vector<std::pair<int, int>> registerToLane, laneToRegister;
  for (int t = 0; t < bits; ++t) {
    Place a = from[t], b = to[t];
    if (a.dim == Dim::Warp || a.dim == Dim::Block) {
      if (a.dim != b.dim || a.bit != b.bit)
        return std::nullopt;
    } else if (b.dim == Dim::Warp || b.dim == Dim::Block) {
      if (!isFree(b.dim, b.bit))
        return std::nullopt;
      if (a.dim == Dim::Register)
        sorted.pre.push_back({a.bit, {b.dim, b.bit}});
      else
        (b.dim == Dim::Warp ? sorted.warpImage : sorted.blockImage)[b.bit] |= uint32_t(1) << a.bit;
    } else if (a.dim == Dim::Register) {
      if (b.dim == Dim::Register)
        sorted.kept.push_back({a.bit, b.bit});
      else
        registerToLane.push_back({a.bit, b.bit});
    } else if (b.dim == Dim::Register) {
      laneToRegister.push_back({a.bit, b.bit});
    } else {
      sorted.laneImage[b.bit] |= uint32_t(1) << a.bit;
    }
  }
  // Registers that become lanes: by a replica in the same lane bit, then any replica, then a partner in the same lane
  // bit, then any.
  auto place = [&](auto &&take) {
    std::erase_if(registerToLane, [&](const auto &pair) { return take(pair.first, pair.second); });
  };
  place([&](int reg, int lane) {
    if (!freeLane[lane])
      return false;
    freeLane[lane] = false;
    sorted.pre.push_back({reg, {Dim::Lane, lane}});
    sorted.laneImage[lane] |= uint32_t(1) << lane;
    return true;
  });
  place([&](int reg, int lane) {
    auto free = std::find(freeLane.begin(), freeLane.end(), true);
    if (free == freeLane.end())
      return false;
    *free = false;
    int sender = int(free - freeLane.begin());
    sorted.pre.push_back({reg, {Dim::Lane, sender}});
    sorted.laneImage[lane] |= uint32_t(1) << sender;
    return true;
  });
  for (bool sameLane : {true, false})
    place([&](int reg, int lane) {
      auto partner = std::find_if(laneToRegister.begin(), laneToRegister.end(),
                                  [&](const auto &pair) { return !sameLane || pair.first == lane; });
      if (partner == laneToRegister.end())
        return false;
      sorted.exchange.push_back({reg, lane, partner->first, partner->second});
      sorted.laneImage[lane] |= uint32_t(1) << partner->first;
      laneToRegister.erase(partner);
      return true;
    });
  if (!registerToLane.empty())
    return std::nullopt;
  for (auto [lane, reg] : laneToRegister)
    sorted.gather.push_back({lane, reg});
  for (size_t i = 0; i < freeLane.size(); ++i)
    if (freeLane[i]) // replicas read their own
      sorted.laneImage[i] |= uint32_t(1) << i;
  return sorted;
}

/// Writes the program down, value by value.
class Writer {
public:
  explicit Writer(ShufflePlan &plan) : plan_(plan) {}

  int select(ThreadBit condition, int whenSet, int whenClear) {
    return add({ShuffleStep::Kind::Select, whenSet, whenClear, condition, 0});
  }
  int shuffleXor(int value, uint32_t lanes) { return add({ShuffleStep::Kind::ShuffleXor, value, 0, {}, lanes}); }
  int shuffleIndex(int value, uint32_t lanes) { return add({ShuffleStep::Kind::ShuffleIndex, value, 0, {}, lanes}); }

  /// Swaps values[x] and values[x | mask] in the threads with the bit set.
  void swapIf(ThreadBit condition, std::vector<int> &values, size_t mask) {
    for (size_t x = 0; x < values.size(); ++x)
      if (!(x & mask)) {
        int low = values[x], high = values[x | mask];
        values[x] = select(condition, high, low);
        values[x | mask] = select(condition, low, high);
      }
  }

private:
  int add(const ShuffleStep &step) {
    plan_.steps.push_back(step);
    return plan_.numInputs + int(plan_.steps.size()) - 1;
  }
  ShufflePlan &plan_;
};

bool isIdentity(const LinearLayout &laneMap) {
  for (Dim dim : {Dim::Warp, Dim::Block})
    for (uint64_t column : laneMap.columns(dim))
      if (column)
        return false;
  auto lanes = laneMap.columns(Dim::Lane);
  for (size_t i = 0; i < lanes.size(); ++i)
    if (lanes[i] != uint64_t(1) << i)
      return false;
  return true;
}
} // namespace

int ShufflePlan::numSelects() const {
  return int(std::count_if(steps.begin(), steps.end(),
                           [](const ShuffleStep &step) { return step.kind == ShuffleStep::Kind::Select; }));
}

int ShufflePlan::numShuffles() const { return int(steps.size()) - numSelects(); }

double shuffleCost(const ShufflePlan &plan, int elementBits) {
  // An SM selects for 2 warps a cycle and shuffles for 1; the results take some 24 cycles to come back.
  double words = elementBits == 64 ? 2 : 1;
  double packing =
      plan.elementsPerWord > 1 ? 0.25 * plan.elementsPerWord * double(plan.numInputs + plan.results.size()) : 0;
  int shuffles = plan.numShuffles();
  return words * (shuffles + 0.5 * plan.numSelects()) + packing + (shuffles ? 24 : 0);
}

std::optional<ShufflePlan> tryPlanShuffles(const LinearLayout &source, const LinearLayout &destination,
                                           int elementBits) {
  int lanes = std::max(source.bits(Dim::Lane), destination.bits(Dim::Lane)),
      warps = std::max(source.bits(Dim::Warp), destination.bits(Dim::Warp)),
      blocks = std::max(source.bits(Dim::Block), destination.bits(Dim::Block));
  auto pad = [&](const LinearLayout &layout) {
    return layout.padded(Dim::Lane, lanes).padded(Dim::Warp, warps).padded(Dim::Block, blocks);
  };
  auto sorted = sortBits(pad(source), pad(destination));
  if (!sorted)
    return std::nullopt;

  ShufflePlan plan;
  plan.laneMap = LinearLayout::zeros(Space::hardware({{Dim::Lane, lanes}, {Dim::Warp, warps}, {Dim::Block, blocks}}),
                                     Space::hardware({{Dim::Lane, lanes}}));
  auto image = [&](Dim dim, const std::array<uint32_t, 32> &columns, int bits) {
    std::array<uint64_t, 32> words;
    std::copy(columns.begin(), columns.end(), words.begin());
    plan.laneMap = plan.laneMap.withColumns(dim, {words.data(), size_t(bits)});
  };
  image(Dim::Lane, sorted->laneImage, lanes);
  image(Dim::Warp, sorted->warpImage, warps);
  image(Dim::Block, sorted->blockImage, blocks);

  // Register lists: [packed kept bits, other kept bits, exchange, pre] and [packed, kept, exchange, gather].
  size_t packed =
      elementBits >= 32 ? 0 : std::min(sorted->kept.size(), size_t(std::countr_zero(unsigned(32 / elementBits))));
  plan.elementsPerWord = 1 << packed;
  size_t kept = sorted->kept.size() - packed, pairs = sorted->exchange.size();
  std::vector<int> sourceOrder;
  std::vector<std::pair<int, uint32_t>> resultBits; // destination register bit, bit of the results list
  for (auto [a, b] : sorted->kept) {
    sourceOrder.push_back(a);
    resultBits.push_back({b, uint32_t(1) << resultBits.size()});
  }
  for (const Exchange &pair : sorted->exchange) {
    sourceOrder.push_back(pair.sourceRegister);
    resultBits.push_back({pair.destinationRegister, uint32_t(1) << resultBits.size()});
  }
  for (const Preselection &pre : sorted->pre)
    sourceOrder.push_back(pre.sourceRegister);
  for (const Gather &gather : sorted->gather)
    resultBits.push_back({gather.destinationRegister, uint32_t(1) << resultBits.size()});
  plan.sourceRegisters = ColumnAction::permutation(source.bits(Dim::Register), sourceOrder);
  std::vector<uint32_t> destinationColumns(destination.bits(Dim::Register));
  for (auto [bit, place] : resultBits)
    destinationColumns[bit] = place;
  plan.destinationRegisters = ColumnAction(int(resultBits.size()), std::move(destinationColumns));

  // The program.
  plan.numInputs = 1 << (kept + pairs + sorted->pre.size());
  Writer write(plan);
  std::vector<int> values(plan.numInputs);
  for (int i = 0; i < plan.numInputs; ++i)
    values[i] = i;
  for (size_t n = sorted->pre.size(); n-- > 0;) {
    size_t half = values.size() / 2;
    std::vector<int> chosen(half);
    for (size_t x = 0; x < half; ++x)
      chosen[x] = write.select(sorted->pre[n].condition, values[x + half], values[x]);
    values = std::move(chosen);
  }

  bool stays = isIdentity(plan.laneMap);
  bool lone = stays && sorted->gather.empty() && pairs > 0 &&
              std::all_of(sorted->exchange.begin(), sorted->exchange.end(),
                          [](const Exchange &pair) { return pair.sourceLane == pair.destinationLane; });
  // Per word: lone pairs 0.75 selects' time + 0.5 shuffles each; together m selects' time + (1 - 2^-m) shuffles.
  double m = double(pairs);
  if (lone && m * (0.75 + 0.5) <= m + 1 - 1.0 / double(1 << pairs)) {
    for (size_t p = 0; p < pairs; ++p) {
      ThreadBit own{Dim::Lane, sorted->exchange[p].sourceLane};
      size_t mask = size_t(1) << (kept + p);
      for (size_t x = 0; x < values.size(); ++x) {
        if (x & mask)
          continue;
        int low = values[x], high = values[x | mask];
        int got = write.shuffleXor(write.select(own, low, high), uint32_t(1) << own.bit);
        values[x] = write.select(own, got, low);
        values[x | mask] = write.select(own, high, got);
      }
    }
    plan.results = std::move(values);
    return plan;
  }

  for (size_t p = 0; p < pairs; ++p)
    write.swapIf({Dim::Lane, sorted->exchange[p].sourceLane}, values, size_t(1) << (kept + p));
  std::vector<int> received;
  received.reserve(values.size() << sorted->gather.size());
  for (size_t q = 0; q < size_t(1) << sorted->gather.size(); ++q)
    for (size_t x = 0; x < values.size(); ++x) {
      uint32_t laneBits = 0;
      for (size_t p = 0; p < pairs; ++p)
        if (x >> (kept + p) & 1)
          laneBits |= uint32_t(1) << sorted->exchange[p].sourceLane;
      for (size_t g = 0; g < sorted->gather.size(); ++g)
        if (q >> g & 1)
          laneBits |= uint32_t(1) << sorted->gather[g].sourceLane;
      received.push_back(!stays     ? write.shuffleIndex(values[x], laneBits)
                         : laneBits ? write.shuffleXor(values[x], laneBits)
                                    : values[x]);
    }
  for (size_t p = 0; p < pairs; ++p)
    write.swapIf({Dim::Lane, sorted->exchange[p].destinationLane}, received, size_t(1) << (kept + p));
  plan.results = std::move(received);
  return plan;
}

} // namespace tegula
