//===- Scan.cpp - Running combinations along an axis -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # The picture
//
// Blocks of 2, then 4, then 8 elements are finished one after the other; to finish a block, its upper half takes in the
// last element of its lower half, which by then holds the running value of that half:
//
//      a   b   c   d        bit 0    b <- a b,  d <- c d
//      a   ab  c   cd       bit 1    c <- ab c,  cd <- ab cd
//      a   ab  abc abcd
//
// So each bit of the axis is one step: an element with the bit set takes in the one with that bit clear and all bits
// below it set. With `reverse` the roles of set and clear change.
//
// | the bit is in  | the source is                                                                               |
// |----------------|---------------------------------------------------------------------------------------------|
// | a register     | another register, shuffled from the last lane below when lanes are below it on the axis     |
// | a lane         | shuffled from another lane; lanes whose bit is clear keep what they had                     |
// | a warp         | through shared memory: the last element of each warp, then each warp combines those before it |
//
// Registers above the warps on the axis (a block longer than one pass over the threads) are done piece by piece, each
// with the total of those before it. One barrier a piece, and one more between two pieces, which share the scratch.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/Exchange.h"
#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"

namespace tegula::to_llvm {

using namespace mlir;

namespace {

class ScanLowering {
public:
  ScanLowering(KernelLowering &k, tile::ScanOp op)
      : k(k), e(k.e), op(op), layout(k.layoutOf(op.getOperands().front())), axis(op.getAxis()),
        reverse(op.getReverse()) {}

  LogicalResult run() {
    for (Value operand : op.getOperands())
      lists.push_back(Values(k.get(operand)));
    if (failed(findBits()))
      return failure();
    for (const AxisBit &bit : below)
      if (failed(bit.dim == Dim::Register ? stepInRegisters(1u << bit.bit) : stepInLanes(1u << bit.bit)))
        return failure();
    if (numWarps > 1 && failed(acrossWarps()))
      return failure();
    for (auto [result, list] : llvm::zip_equal(op.getResults(), lists))
      k.set(result, list);
    return success();
  }

private:
  struct AxisBit {
    Dim dim;
    int bit;
  };

  /// Sorts the axis' bits into those below the warps, the warps, and the registers above.
  LogicalResult findBits() {
    for (int step = 0; step < layout.outs().bits(axis); ++step) {
      uint64_t image = uint64_t(1) << (layout.outs().shift(axis) + step);
      for (Dim dim : {Dim::Register, Dim::Lane, Dim::Warp})
        for (int bit = 0; bit < layout.bits(dim); ++bit) {
          if (layout.column(dim, bit) != image)
            continue;
          if (dim == Dim::Warp && highRegisters == 0) {
            firstWarpStep = numWarps == 1 ? step : firstWarpStep;
            numWarps *= 2;
          } else if (numWarps == 1 && dim != Dim::Warp) {
            below.push_back({dim, bit});
          } else if (dim == Dim::Register) {
            highRegisters |= 1u << bit;
          } else {
            return k.error(op) << "has a layout whose axis runs through warps, then lanes, which has no lowering";
          }
        }
    }
    return success();
  }

  bool isTarget(unsigned reg, unsigned bit) const { return bool(reg & bit) != reverse; }
  /// The last place of the half that comes first, among bits `low`, with `bit` on that half's side.
  unsigned lastOfFirst(unsigned place, unsigned bit, unsigned low) const {
    return reverse ? (place | bit) & ~low : (place & ~bit) | low;
  }
  Value lastLane(unsigned bit, unsigned low) {
    Value lane = e.lane();
    return reverse ? e.and_(e.or_(lane, e.i32(bit)), e.i32(~low & 31))
                   : e.or_(e.and_(lane, e.i32(~bit & 31)), e.i32(low));
  }

  LogicalResult stepInRegisters(unsigned bit) {
    Value source = lowLanes ? lastLane(0, lowLanes) : Value();
    llvm::SmallDenseMap<unsigned, Values> carried;
    for (unsigned r = 0; r < lists.front().size(); ++r) {
      if (!isTarget(r, bit))
        continue;
      unsigned from = lastOfFirst(r, bit, lowRegisters);
      Values &carry = carried[from];
      if (carry.empty())
        for (Values &list : lists)
          carry.push_back(source ? e.shuffleIndex(list[from], source) : list[from]);
      if (failed(combineInto(r, carry, {})))
        return failure();
    }
    lowRegisters |= bit;
    return success();
  }

  LogicalResult stepInLanes(unsigned bit) {
    Value source = lastLane(bit, lowLanes);
    Value isSet = e.compare(LLVM::ICmpPredicate::ne, e.and_(e.lane(), e.i32(bit)), e.i32(0));
    Value takes = reverse ? e.not_(isSet) : isSet;
    // All that is sent is read before anything changes.
    llvm::SmallDenseMap<unsigned, Values> carried;
    for (unsigned r = 0; r < lists.front().size(); ++r) {
      unsigned from = lastOfFirst(r, 0, lowRegisters);
      Values &carry = carried[from];
      if (carry.empty())
        for (Values &list : lists)
          carry.push_back(e.shuffleIndex(list[from], source));
    }
    for (unsigned r = 0; r < lists.front().size(); ++r)
      if (failed(combineInto(r, carried[lastOfFirst(r, 0, lowRegisters)], takes)))
        return failure();
    lowLanes |= bit;
    return success();
  }

  FailureOr<Values> combine(ArrayRef<Value> running, ArrayRef<Value> values) {
    Values arguments(running);
    llvm::append_range(arguments, values);
    auto result = k.lowerRegion(op.getCombiner(), arguments);
    e.loc = op.getLoc();
    return result;
  }

  /// lists[..][r] = combine(running, lists[..][r]), where `condition` (null: always).
  LogicalResult combineInto(unsigned r, ArrayRef<Value> running, Value condition) {
    Values values;
    for (Values &list : lists)
      values.push_back(list[r]);
    auto result = combine(running, values);
    if (failed(result))
      return failure();
    for (unsigned i = 0; i < lists.size(); ++i)
      lists[i][r] = condition ? e.select(condition, (*result)[i], values[i]) : (*result)[i];
    return success();
  }

  //===--------------------------------------------------------------------===//
  // Warps
  //===--------------------------------------------------------------------===//

  LogicalResult acrossWarps() {
    auto scratch = tile_gpu::sharedOffset(op);
    if (!scratch)
      return k.error(op) << "exchanges data between warps but has no '" << tile_gpu::kSharedOffsetAttr
                         << "'; run tile-gpu-allocate-shared-memory first";
    // Scratch: for each operand one element for each place of the other axes and each warp along this one.
    LinearLayout others = layout.removeAxis(axis);
    int64_t places = layout.numElements() >> layout.outs().bits(axis), offset = *scratch;
    for (Values &list : lists) {
      Type type = exchangeType(e, list.front().getType());
      offsets.push_back(offset);
      offset += llvm::alignTo(places * numWarps * type.getIntOrFloatBitWidth() / 8, 16);
    }
    Value warp = e.lshr(e.threadCoordinate(layout.restrictTo({Dim::Warp}), axis), firstWarpStep);
    Value place = e.threadImage(others);
    // The last lanes of a warp hold its total.
    unsigned lanes = lowLanes;
    Value stores = lanes
                       ? e.compare(LLVM::ICmpPredicate::eq, e.and_(e.lane(), e.i32(lanes)), e.i32(reverse ? 0 : lanes))
                       : Value();
    // Pieces, in the order of the axis: subsets of the register bits above the warps. Their order by number is that of
    // the axis only when the bits are; they are enumerated along the axis.
    SmallVector<unsigned> pieces = {0};
    for (int step = 0; step < layout.outs().bits(axis); ++step)
      for (int bit = 0; bit < layout.bits(Dim::Register); ++bit)
        if ((highRegisters >> bit & 1) &&
            layout.column(Dim::Register, bit) == uint64_t(1) << (layout.outs().shift(axis) + step))
          for (unsigned i = 0, n = pieces.size(); i < n; ++i)
            pieces.push_back(pieces[i] | 1u << bit);
    if (reverse)
      std::reverse(pieces.begin(), pieces.end());

    // By register of the other axes: the total of the pieces done.
    llvm::SmallDenseMap<unsigned, Values> before;
    for (auto [number, piece] : llvm::enumerate(pieces)) {
      if (number)
        e.barrier();
      auto isFirst = [&](unsigned r) {
        return (r & highRegisters) == piece && (r & lowRegisters) == (reverse ? 0 : lowRegisters);
      };
      for (unsigned r = 0; r < lists.front().size(); ++r)
        if (isFirst(r))
          storeTotals(r, others.at({.reg = r}), place, warp, stores);
      e.barrier();
      for (unsigned r = 0; r < lists.front().size(); ++r)
        if (isFirst(r) && failed(takeIn(r, piece, others.at({.reg = r}), place, warp, before)))
          return failure();
    }
    return success();
  }

  Value address(unsigned operand, unsigned bytes, uint64_t registerPlace, Value place, Value warp) {
    Value index = e.mul(e.xor_(place, e.i32(registerPlace)), e.i32(numWarps));
    if (warp)
      index = e.add(index, warp);
    return e.sharedPointer(offsets[operand], e.mul(index, e.i32(bytes)));
  }

  void storeTotals(unsigned r, uint64_t registerPlace, Value place, Value warp, Value stores) {
    Block *rest = nullptr;
    if (stores) {
      Block *inside = e.createBlock();
      rest = e.createBlock();
      e.branch(stores, inside, rest);
      e.startBlock(inside);
    }
    for (auto [i, list] : llvm::enumerate(lists)) {
      Value value = toExchangeType(e, list[r]);
      unsigned bytes = value.getType().getIntOrFloatBitWidth() / 8;
      e.store(value, address(i, bytes, registerPlace, place, warp), bytes);
    }
    if (rest) {
      e.branch(rest);
      e.startBlock(rest);
    }
  }

  /// Reads the warps' totals of one piece and takes those before it, and the pieces before, into the piece's elements.
  LogicalResult takeIn(unsigned r, unsigned piece, uint64_t registerPlace, Value place, Value warp,
                       llvm::SmallDenseMap<unsigned, Values> &before) {
    unsigned other = r & ~highRegisters & ~lowRegisters;
    Values running = before.lookup(other);
    Values carry = running; // what this warp takes in; null: nothing
    for (int64_t n = 0; n < numWarps; ++n) {
      int64_t number = reverse ? numWarps - 1 - n : n;
      // Warps in order: when this one is reached, what has been gathered is what comes before it.
      if (n) {
        Value isHere = e.compare(LLVM::ICmpPredicate::eq, warp, e.i32(number));
        if (carry.empty())
          carry = running;
        else
          for (auto [slot, value] : llvm::zip_equal(carry, running))
            slot = e.select(isHere, value, slot);
      }
      Values total;
      for (auto [i, list] : llvm::enumerate(lists)) {
        Type type = list.front().getType(), stored = exchangeType(e, type);
        unsigned bytes = stored.getIntOrFloatBitWidth() / 8;
        Value loaded = e.load(stored, address(i, bytes, registerPlace, place, e.i32(number)), bytes);
        total.push_back(fromExchangeType(e, loaded, type));
      }
      if (running.empty()) {
        running = total;
        continue;
      }
      auto result = combine(running, total);
      if (failed(result))
        return failure();
      running = *result;
    }
    // Without pieces before, the first warp takes in nothing.
    Value takes;
    if (before.lookup(other).empty())
      takes = e.compare(LLVM::ICmpPredicate::ne, warp, e.i32(reverse ? numWarps - 1 : 0));
    for (unsigned target = 0; target < lists.front().size(); ++target)
      if ((target & ~lowRegisters) == (other | piece) && failed(combineInto(target, carry, takes)))
        return failure();
    before[other] = running;
    return success();
  }

  KernelLowering &k;
  Emitter &e;
  tile::ScanOp op;
  const LinearLayout &layout;
  int axis;
  bool reverse;
  SmallVector<Values, 2> lists;
  SmallVector<AxisBit> below;
  int64_t numWarps = 1; ///< along the axis
  int firstWarpStep = 0;
  unsigned highRegisters = 0, lowRegisters = 0, lowLanes = 0;
  SmallVector<int64_t> offsets;
};

} // namespace

Lowered lowerScan(KernelLowering &k, Operation *op) {
  auto scan = dyn_cast<tile::ScanOp>(op);
  if (!scan)
    return Lowered::NotMine;
  return succeeded(ScanLowering(k, scan).run()) ? Lowered::Done : Lowered::Failed;
}

} // namespace tegula::to_llvm
