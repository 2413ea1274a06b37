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

/// One side of an exchange, for both are planned alike.
struct Access {
  SharedAccess kind;
  int elements;
  uint64_t rowRegister;
};

/// Register bits in the order: those of the vector (or of a matrix' word), others, rounds. Repetitions left out.
std::vector<int> accessOrder(const LinearLayout &layout, const LinearLayout &memory, const Access &access,
                             int elementBits, uint64_t roundBits) {
  auto registers = layout.columns(Dim::Register);
  auto offsets = memory.columns(Dim::Offset);
  std::vector<int> order;
  order.reserve(registers.size());
  uint64_t taken = 0;
  auto take = [&](uint64_t column) {
    auto found = std::find(registers.begin(), registers.end(), column);
    assert(found != registers.end());
    taken |= column;
    order.push_back(int(found - registers.begin()));
  };
  if (access.kind == SharedAccess::MatrixTransposed) {
    take(access.rowRegister);
  } else {
    int together = access.kind == SharedAccess::Vector ? access.elements : std::max(1, 32 / elementBits);
    for (int i = 0; i < std::countr_zero(unsigned(together)); ++i)
      take(offsets[i]);
  }
  for (uint64_t column : registers)
    if (column & ~taken & ~roundBits)
      take(column);
  for (uint64_t rest = roundBits; rest; rest &= rest - 1)
    take(rest & -rest);
  return order;
}

/// Whose offset a lane gives: its own, or that of a matrix' row.
LinearLayout addressesOf(const LinearLayout &map, const Access &access, int elementBits) {
  if (access.kind == SharedAccess::Vector)
    return map;
  auto lanes = map.columns(Dim::Lane), registers = map.columns(Dim::Register);
  int wordBits = std::countr_zero(unsigned(32 / elementBits));
  std::array<uint64_t, 5> rows = {lanes[2], lanes[3], lanes[4], 0, 0};
  if (access.kind == SharedAccess::MatrixTransposed)
    rows = {registers[0], lanes[0], lanes[1], 0, 0};
  for (int i = 0; (access.elements >> wordBits) >> (i + 1); ++i) // the bits of the number of matrices
    rows[3 + i] = registers[wordBits + i];
  return map.withColumns(Dim::Lane, rows);
}

std::string count(int64_t n, const char *what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }
} // namespace

SharedMemoryPlan planSharedMemory(const LinearLayout &unpaddedSource, const LinearLayout &unpaddedDestination,
                                  int elementBits, const ConversionOptions &limits) {
  LinearLayout source = padThreads(unpaddedSource, unpaddedDestination),
               destination = padThreads(unpaddedDestination, unpaddedSource);
  SharedMemoryPlan plan;
  SwizzleOptions options{.matrixLoads = limits.matrixLoads, .matrixStores = limits.matrixStores};
  plan.swizzle = chooseSwizzle(source, destination, elementBits, options);
  auto bytes = [&] { return plan.swizzle.memory.size(Dim::Offset) * elementBits / 8; };
  int wanted = 0; // rounds, as a power of two
  while (bytes() >> wanted > limits.maxScratchBytes && bytes() >> wanted > 1)
    ++wanted;
  // A shorter vector leaves more registers that both sides have.
  while (std::popcount(plan.swizzle.roundCandidates) < wanted && options.maxVectorBits > elementBits) {
    options.maxVectorBits /= 2;
    plan.swizzle = chooseSwizzle(source, destination, elementBits, options);
  }
  for (; wanted > 0 && plan.swizzle.roundCandidates; --wanted) {
    uint64_t bit = std::bit_floor(plan.swizzle.roundCandidates);
    options.roundBits |= bit;
    plan.swizzle.roundCandidates ^= bit;
    plan.rounds *= 2;
  }
  if (plan.rounds > 1)
    plan.swizzle = chooseSwizzle(source, destination, elementBits, options);
  const LinearLayout &memory = plan.swizzle.memory;
  plan.scratchBytes = bytes();

  int roundBits = std::popcount(options.roundBits);
  Access storing{plan.swizzle.storeKind, plan.swizzle.storeElements, plan.swizzle.storeRowRegister},
      loading{plan.swizzle.loadKind, plan.swizzle.loadElements, plan.swizzle.loadRowRegister};
  auto access = [&](const LinearLayout &layout, const std::vector<int> &order) {
    std::array<uint64_t, kMaxBits> words;
    size_t count = order.size() - roundBits;
    for (size_t i = 0; i < count; ++i)
      words[i] = layout.column(Dim::Register, order[i]);
    return layout.withColumns(Dim::Register, {words.data(), count}).invertAndCompose(memory);
  };
  std::vector<int> storeOrder = accessOrder(source, memory, storing, elementBits, options.roundBits),
                   loadOrder = accessOrder(destination, memory, loading, elementBits, options.roundBits);
  plan.sourceRegisters = ColumnAction::permutation(source.bits(Dim::Register), storeOrder);
  plan.store = access(source, storeOrder);
  plan.load = access(destination, loadOrder);
  plan.storeAddress = addressesOf(plan.store, storing, elementBits);
  plan.loadAddress = addressesOf(plan.load, loading, elementBits);
  std::vector<uint32_t> columns(destination.bits(Dim::Register));
  for (size_t i = 0; i < loadOrder.size(); ++i)
    columns[loadOrder[i]] = uint32_t(1) << i;
  plan.destinationRegisters = ColumnAction(int(loadOrder.size()), std::move(columns));

  auto replicas = source.freeVariableMasks();
  plan.replicaLanes = replicas[int(Dim::Lane)];
  plan.replicaWarps = replicas[int(Dim::Warp)]; // each CTA of a cluster stores its own copy
  plan.crossesBlocks = !plan.load.isIdentityOn(Dim::Block);
  auto from = source.columns(Dim::Warp), to = destination.columns(Dim::Warp);
  bool warpKeepsItsOwn = plan.replicaWarps == 0 && std::equal(from.begin(), from.end(), to.begin());
  plan.barrier = plan.crossesBlocks ? BarrierScope::Cluster
                 : warpKeepsItsOwn  ? BarrierScope::Warp
                                    : BarrierScope::Block;
  return plan;
}

double sharedMemoryCost(const SharedMemoryPlan &plan) {
  // One wavefront a cycle; half a cycle to issue and address; some 30 cycles from store to visible and from load to
  // register.
  const Swizzle &swizzle = plan.swizzle;
  double accesses =
      plan.storesPerRound() * (swizzle.storeWavefronts + 0.5) + plan.loadsPerRound() * (swizzle.loadWavefronts + 0.5);
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
  SharedMemoryPlan shared = planSharedMemory(source, destination, elementBits, options);
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
  auto access = [&](const char *what, SharedAccess kind, int elements) {
    if (kind == SharedAccess::Vector)
      return std::string(what) + "s of " + count(elements * bytes, "byte");
    return std::string(what) + "s of " + std::to_string(elements * bytes / 4) +
           (elements * bytes == 4 ? " matrix" : " matrices") +
           (kind == SharedAccess::MatrixTransposed ? " transposed" : "");
  };
  return "shared memory: " + count(shared.scratchBytes, "byte") + ", " + count(shared.rounds, "round") + ", " +
         access("store", shared.swizzle.storeKind, shared.swizzle.storeElements) + ", " +
         access("load", shared.swizzle.loadKind, shared.swizzle.loadElements);
}

} // namespace tegula
