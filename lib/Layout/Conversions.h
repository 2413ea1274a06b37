//===- Conversions.h - From one distributed layout to another ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # What there is to do
//
// Each tensor bit sits in one hardware bit of the source (or in none, where it is replicated: then that hardware bit is
// a zero column) and in one of the destination. The farthest trip decides:
//
// | tensor bits go              | plan         | instructions                                            |
// |-----------------------------|--------------|---------------------------------------------------------|
// | nowhere                     | None         | none                                                    |
// | register -> register        | Registers    | none: the list of values in another order               |
// | between registers and lanes | Shuffles     | selects and shfl, or SharedMemory where that is cheaper |
// | to another warp (or CTA)    | SharedMemory | stores, a barrier, loads                                |
//
// Replicas of the source are a gift: a thread that holds all of something needs only a select. Those of the destination
// are made on the way, and those of the source are stored once.
//
// # Shuffles
//
// Values are packed into 32-bit words first, along tensor bits that are registers on both sides. Let, for the words,
//
//      kept      bits  register -> register                     free
//      pre       bits  register -> lane (or warp), where some   the lane that sends selects, by its own lane bit,
//                      source lane bit is a replica               which register it sends
//      exchange  pairs register i -> lane j' with lane j -> register i'    see below
//      gather    bits  lane -> register without a partner       one shuffle for each of its values
//      moved     bits  lane -> lane                             in the lane index of the shuffles
//
// m exchanged pairs take 2^m shuffles: in number k, a lane whose bits j read a sends the register a ^ k, and a lane
// whose bits j' read b receives it from lane b ^ k and puts it into register b ^ k. So: a conditional swap of registers
// by lane bit before, the shuffles, a conditional swap after. For number 0 source and destination are the same lane
// when nothing is moved: no shuffle. A lone pair with j = j' and nothing moved is
//
//      send = lane bit ? x0 : x1;   got = shfl.bfly(send);   y0 = lane bit ? got : x0;   y1 = lane bit ? x1 : got
//
// Cost with R words: m pairs 2mR selects and (1 - 2^-m)R shuffles (R when lanes move); lone pairs one after the other
// 1.5R selects and 0.5R shuffles each.
//
// The steps are a small straight-line program over values 0, 1, 2 ... which a lowering emits one by one.
//
// # Shared memory
//
// Swizzle.h makes the memory layout. Store and load are maps from register, lane and warp to offsets; being linear, the
// offset of a thread and that of a register are XORed. Matrix instructions differ only in whose address a lane gives.
// When the scratch is too large, tensor bits that are registers on both sides are done one value at a time (rounds).
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/ColumnAction.h"
#include "lib/Layout/Swizzle.h"

#include <string>

namespace tegula {

/// A bit of a thread's coordinate: {Dim::Lane, 3} is bit 3 of the lane number; Dim::Warp and Dim::Block alike.
struct ThreadBit {
  Dim dim = Dim::Lane;
  int bit = 0;
  bool operator==(const ThreadBit &) const = default;
};

/// One step of a shuffle program; defines one new value.
struct ShuffleStep {
  enum class Kind {
    Select,       ///< condition ? a : b
    ShuffleXor,   ///< a of the lane (own lane ^ lanes)
    ShuffleIndex, ///< a of the lane (laneMap(own lane, warp, block) ^ lanes)
  };
  Kind kind = Kind::Select;
  int a = 0, b = 0;
  ThreadBit condition;
  uint32_t lanes = 0;
};

struct ShufflePlan {
  /// The source registers that take part, in the order of packing: value w of the program is made of registers
  /// w*elementsPerWord .. of the reordered list.
  ColumnAction sourceRegisters;
  int elementsPerWord = 1;
  /// Values 0 .. numInputs-1 are the packed words; step i defines value numInputs+i.
  int numInputs = 0;
  std::vector<ShuffleStep> steps;
  /// The values that are unpacked, one after the other, into the list of results.
  std::vector<int> results;
  /// Destination register r is results list element destinationRegisters(r).
  ColumnAction destinationRegisters;
  /// lane, warp, block -> lane: for ShuffleIndex.
  LinearLayout laneMap;

  int numShuffles() const;
  int numSelects() const;
};

struct ConversionOptions {
  /// Scratch that one conversion may take before it goes in rounds.
  int64_t maxScratchBytes = 48 * 1024;
  /// Consider ldmatrix (sm_75 and later) and stmatrix (sm_90 and later). The lowering must know them.
  bool matrixLoads = false, matrixStores = false;
  /// Takes the plan even where another is cheaper (for tests and tuning).
  enum class Prefer { Cheapest, Shuffles, SharedMemory } prefer = Prefer::Cheapest;
};

enum class BarrierScope { Warp, Block, Cluster };

struct SharedMemoryPlan {
  Swizzle swizzle;
  /// Source registers in the order of storing: rounds are the highest bits, and each storeElements neighbours are one
  /// store.
  ColumnAction sourceRegisters;
  /// register (of one round, in that order), lane, warp, block -> offset in elements, block.
  LinearLayout store;
  /// A thread stores only when these bits of its lane and warp number are all 0: it is a replica otherwise.
  uint32_t replicaLanes = 0, replicaWarps = 0;
  /// The same for loading: register of one round, lane, warp, block -> offset, block. Every thread loads.
  LinearLayout load;
  /// Offset that a thread gives to an instruction whose first register is r (a multiple of storeElements,
  /// loadElements). The same as store and load for vectors; of a matrix instruction, where the row begins that this
  /// lane is in charge of: lane % 8 of matrix lane / 8. Register w of the instruction holds elements w*(32/elementBits)
  /// .. of its share.
  LinearLayout storeAddress, loadAddress;
  /// Destination register r is element destinationRegisters(r) of the list of loaded values (rounds highest).
  ColumnAction destinationRegisters;
  int rounds = 1;
  int64_t scratchBytes = 0;
  /// Who must have stored before a thread loads (and, between rounds, loaded before it stores).
  BarrierScope barrier = BarrierScope::Block;
  /// Loads reach into other CTAs of the cluster.
  bool crossesBlocks = false;

  int storesPerRound() const { return int(store.size(Dim::Register)) / swizzle.storeElements; }
  int loadsPerRound() const { return int(load.size(Dim::Register)) / swizzle.loadElements; }
};

enum class ConversionKind { None, Registers, Shuffles, SharedMemory };

struct ConversionPlan {
  ConversionKind kind = ConversionKind::None;
  /// None and Registers: destination register r is source register registers(r).
  ColumnAction registers;
  ShufflePlan shuffles;
  SharedMemoryPlan shared;
  /// Estimated cycles of an SM for one warp.
  double cost = 0;

  int64_t scratchBytes() const { return kind == ConversionKind::SharedMemory ? shared.scratchBytes : 0; }
  /// One line for remarks: "shuffles: 16 shfl, 48 selects", "shared memory: 8192 bytes, store 16 bytes, load 4 bytes, 1
  /// round".
  std::string summary(int elementBits) const;
};

/// The plan from `source` to `destination`: distributed layouts of one shape. Elements of elementBits (1 counts as 8;
/// 8, 16, 32, 64). A layout with fewer warps (or lanes) than the other counts as replicated over the rest.
ConversionPlan planConversion(const LinearLayout &source, const LinearLayout &destination, int elementBits,
                              const ConversionOptions &options = {});

/// The parts of it: a shuffle plan when no warp or CTA boundary is crossed, and the way through shared memory, which
/// always is.
std::optional<ShufflePlan> tryPlanShuffles(const LinearLayout &source, const LinearLayout &destination,
                                           int elementBits);
SharedMemoryPlan planSharedMemory(const LinearLayout &source, const LinearLayout &destination, int elementBits,
                                  const ConversionOptions &options = {});
double shuffleCost(const ShufflePlan &plan, int elementBits);
double sharedMemoryCost(const SharedMemoryPlan &plan);

} // namespace tegula
