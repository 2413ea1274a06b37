//===- Conversions.cpp - From one distributed layout to another ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/Conversions.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
LinearLayout padThreads(const LinearLayout &layout, const LinearLayout &other) {
  LinearLayout result = layout;
  for (Dim dim : {Dim::Lane, Dim::Warp, Dim::Block})
    if (layout.bits(dim) < other.bits(dim))
      result = result.padded(dim, other.bits(dim));
  return result;
}

/// destination register -> source register, when every thread already has what it needs.
std::optional<ColumnAction> tryRename(const LinearLayout &source, const LinearLayout &destination) {
  for (Dim dim : {Dim::Lane, Dim::Warp, Dim::Block}) {
    auto a = source.columns(dim), b = destination.columns(dim);
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end()))
      return std::nullopt;
  }
  auto have = source.columns(Dim::Register), want = destination.columns(Dim::Register);
  std::vector<uint32_t> columns;
  columns.reserve(want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    if (!want[i]) {
      // A repetition: of itself where the source repeats here too.
      columns.push_back(i < have.size() && !have[i] ? uint32_t(1) << i : 0);
      continue;
    }
    auto found = std::find(have.begin(), have.end(), want[i]);
    if (found == have.end())
      return std::nullopt;
    columns.push_back(uint32_t(1) << (found - have.begin()));
  }
  return ColumnAction(int(have.size()), std::move(columns));
}

/// Register bits in the order: those of the vector, others, rounds. Repetitions left out.
std::vector<int> accessOrder(const LinearLayout &layout, const LinearLayout &memory, int elements, uint64_t roundBits) {
  auto registers = layout.columns(Dim::Register);
  auto offsets = memory.columns(Dim::Offset);
  std::vector<int> order;
  std::vector<bool> taken(registers.size());
  auto take = [&](uint64_t column) {
    for (size_t i = 0; i < registers.size(); ++i)
      if (registers[i] == column && !taken[i]) {
        taken[i] = true;
        order.push_back(int(i));
      }
  };
  for (int i = 0; i < std::countr_zero(unsigned(elements)); ++i)
    take(offsets[i]);
  for (size_t i = 0; i < registers.size(); ++i)
    if (!taken[i] && registers[i] && !(registers[i] & roundBits)) {
      taken[i] = true;
      order.push_back(int(i));
    }
  for (uint64_t rest = roundBits; rest; rest &= rest - 1)
    take(rest & -rest);
  return order;
}

std::string count(int64_t n, const char *what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}
} // namespace

SharedMemoryPlan planSharedMemory(const LinearLayout &unpaddedSource, const LinearLayout &unpaddedDestination,
                                  int elementBits, int64_t maxScratchBytes) {
  LinearLayout source = padThreads(unpaddedSource, unpaddedDestination),
               destination = padThreads(unpaddedDestination, unpaddedSource);
  SharedMemoryPlan plan;
  SwizzleOptions options;
  plan.swizzle = chooseSwizzle(source, destination, elementBits, options);
  auto bytes = [&] { return plan.swizzle.memory.size(Dim::Offset) * elementBits / 8; };
  if (bytes() > maxScratchBytes && plan.swizzle.roundCandidates) {
    for (int64_t size = bytes(); size > maxScratchBytes && plan.swizzle.roundCandidates; size /= 2) {
      uint64_t bit = std::bit_floor(plan.swizzle.roundCandidates);
      options.roundBits |= bit;
      plan.swizzle.roundCandidates ^= bit;
      plan.rounds *= 2;
    }
    plan.swizzle = chooseSwizzle(source, destination, elementBits, options);
  }
  const LinearLayout &memory = plan.swizzle.memory;
  plan.scratchBytes = bytes();

  int roundBits = std::popcount(options.roundBits);
  auto access = [&](const LinearLayout &layout, const std::vector<int> &order) {
    std::array<uint64_t, kMaxBits> words;
    size_t count = order.size() - roundBits;
    for (size_t i = 0; i < count; ++i)
      words[i] = layout.column(Dim::Register, order[i]);
    return layout.withColumns(Dim::Register, {words.data(), count}).invertAndCompose(memory);
  };
  std::vector<int> storeOrder = accessOrder(source, memory, plan.swizzle.storeElements, options.roundBits),
                   loadOrder = accessOrder(destination, memory, plan.swizzle.loadElements, options.roundBits);
  plan.sourceRegisters = ColumnAction::permutation(source.bits(Dim::Register), storeOrder);
  plan.store = access(source, storeOrder);
  plan.load = access(destination, loadOrder);
  std::vector<uint32_t> columns(destination.bits(Dim::Register));
  for (size_t i = 0; i < loadOrder.size(); ++i)
    columns[loadOrder[i]] = uint32_t(1) << i;
  plan.destinationRegisters = ColumnAction(int(loadOrder.size()), std::move(columns));

  auto replicas = source.freeVariableMasks();
  plan.replicaLanes = replicas[int(Dim::Lane)];
  plan.replicaWarps = replicas[int(Dim::Warp)]; // each CTA of a cluster stores its own copy
  plan.crossesBlocks = !plan.load.isIdentityOn(Dim::Block);
  auto storing = source.columns(Dim::Warp), loading = destination.columns(Dim::Warp);
  bool warpKeepsItsOwn = plan.replicaWarps == 0 && std::equal(storing.begin(), storing.end(), loading.begin());
  plan.barrier = plan.crossesBlocks ? BarrierScope::Cluster : warpKeepsItsOwn ? BarrierScope::Warp : BarrierScope::Block;
  return plan;
}

double sharedMemoryCost(const SharedMemoryPlan &plan) {
  // One wavefront a cycle; half a cycle to issue and address; some 30 cycles from store to visible and from load to register.
  const Swizzle &swizzle = plan.swizzle;
  double accesses = plan.storesPerRound() * (swizzle.storeWavefronts + 0.5) +
                    plan.loadsPerRound() * (swizzle.loadWavefronts + 0.5);
  double barrier = plan.barrier == BarrierScope::Warp ? 10 : plan.barrier == BarrierScope::Block ? 30 : 200;
  return plan.rounds * accesses + 60 + (2 * plan.rounds - 1) * barrier;
}

ConversionPlan planConversion(const LinearLayout &unpaddedSource, const LinearLayout &unpaddedDestination,
                              int elementBits, const ConversionOptions &options) {
  if (elementBits < 8)
    elementBits = 8;
  LinearLayout source = padThreads(unpaddedSource, unpaddedDestination),
               destination = padThreads(unpaddedDestination, unpaddedSource);
  assert(source.isDistributed() && destination.isDistributed() && source.outs() == destination.outs());
  ConversionPlan plan;
  if (auto rename = tryRename(source, destination)) {
    plan.registers = std::move(*rename);
    plan.kind = plan.registers.isIdentity() ? ConversionKind::None : ConversionKind::Registers;
    return plan;
  }
  using Prefer = ConversionOptions::Prefer;
  if (options.prefer != Prefer::SharedMemory) {
    if (auto shuffles = tryPlanShuffles(source, destination, elementBits)) {
      plan.kind = ConversionKind::Shuffles;
      plan.cost = shuffleCost(*shuffles, elementBits);
      plan.shuffles = std::move(*shuffles);
      // Shared memory costs its barrier and latency at least.
      if (options.prefer == Prefer::Shuffles || plan.cost < 70)
        return plan;
    }
  }
  SharedMemoryPlan shared = planSharedMemory(source, destination, elementBits, options.maxScratchBytes);
  double cost = sharedMemoryCost(shared);
  if (plan.kind == ConversionKind::Shuffles && plan.cost <= cost)
    return plan;
  plan.kind = ConversionKind::SharedMemory;
  plan.shuffles = {};
  plan.shared = std::move(shared);
  plan.cost = cost;
  return plan;
}

std::string ConversionPlan::summary(int elementBits) const {
  switch (kind) {
  case ConversionKind::None:
    return "nothing to move";
  case ConversionKind::Registers:
    return "registers renamed";
  case ConversionKind::Shuffles:
    return "shuffles: " + count(shuffles.numShuffles(), "shuffle") + ", " + count(shuffles.numSelects(), "select");
  case ConversionKind::SharedMemory:
    break;
  }
  int bytes = std::max(1, elementBits / 8);
  return "shared memory: " + count(shared.scratchBytes, "byte") + ", " + count(shared.rounds, "round") + ", stores of " +
         count(shared.swizzle.storeElements * bytes, "byte") + ", loads of " +
         count(shared.swizzle.loadElements * bytes, "byte");
}

} // namespace tegula
