//===- Shape.cpp - Making blocks and renaming their registers ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   %b = tile.expand_dims %a 1      b0 b1 b2 b3  =  a0 a1 a2 a3
//   %c = tile.broadcast %b          c0 .. c7     =  b0 b0 b1 b1 b2 b2 b3 b3        whatever the layouts say
//
// No instruction: the layouts of operand and result follow from each other (see the README of tile_gpu), so each
// register of the result is some register of the operand, in the same thread. Only `arange` computes: the thread's part
// of the index once, each register's part as a constant; and a join whose new axis lies on lanes or warps selects in
// each thread.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"

namespace tegula::to_llvm {

using namespace mlir;
using Coordinates = SmallVector<int64_t>;

std::optional<SmallVector<unsigned>> matchRegisters(const LinearLayout &to, const LinearLayout &from,
                                                    llvm::function_ref<Coordinates(ArrayRef<int64_t>)> coordinates) {
  llvm::SmallDenseMap<uint64_t, unsigned, 64> byWord;
  for (uint64_t r = 0; r < uint64_t(from.size(Dim::Register)); ++r)
    byWord[from.at({.reg = r})] = r;
  SmallVector<unsigned> registers;
  for (uint64_t r = 0; r < uint64_t(to.size(Dim::Register)); ++r) {
    Coordinates place = coordinates(to.coordinates({.reg = r}));
    if (place.empty() && from.rank()) { // not taken from this operand
      registers.push_back(~0u);
      continue;
    }
    auto it = byWord.find(from.outs().flatten(std::span<const int64_t>(place.data(), place.size())));
    if (it == byWord.end())
      return std::nullopt;
    registers.push_back(it->second);
  }
  return registers;
}

static const LinearLayout &layoutOf(Value value) {
  static const LinearLayout scalar;
  tile_gpu::LayoutAttr layout = tile_gpu::layoutOf(value);
  return layout ? layout.getLinearLayout() : scalar;
}

/// The last axis of a join lies on lanes or warps: every thread holds both operands and takes one.
static bool joinsAcrossThreads(const LinearLayout &result) {
  return !llvm::is_contained(result.columns(Dim::Register), result.outs().mask(result.rank() - 1));
}

std::optional<SmallVector<unsigned>> shapeRegisters(Operation *op, unsigned index, unsigned operand) {
  const LinearLayout &to = layoutOf(op->getResult(index)), &from = layoutOf(op->getOperand(operand));
  auto match = [&](llvm::function_ref<Coordinates(ArrayRef<int64_t>)> coordinates) {
    return matchRegisters(to, from, coordinates);
  };
  if (auto expand = dyn_cast<tile::ExpandDimsOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      Coordinates result(place);
      result.erase(result.begin() + expand.getAxis());
      return result;
    });
  if (isa<tile::BroadcastOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      Coordinates result(place);
      for (int axis = 0; axis < from.rank(); ++axis)
        if (from.outs().bits(axis) == 0)
          result[axis] = 0;
      return result;
    });
  if (auto trans = dyn_cast<tile::TransOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      Coordinates result(place.size());
      for (auto [axis, old] : llvm::enumerate(trans.getOrder()))
        result[old] = place[axis];
      return result;
    });
  if (isa<tile::ReshapeOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      uint64_t word = to.outs().flatten(std::span<const int64_t>(place.data(), place.size()));
      std::vector<int64_t> result = from.outs().coordinates(word);
      return Coordinates(result.begin(), result.end());
    });
  if (isa<tile::JoinOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      bool taken = place.back() == int64_t(operand) || joinsAcrossThreads(to);
      return taken ? Coordinates(place.drop_back()) : Coordinates();
    });
  if (isa<tile::SplitOp>(op))
    return match([&](ArrayRef<int64_t> place) {
      Coordinates result(place);
      result.push_back(index);
      return result;
    });
  return std::nullopt;
}

static Lowered lowerRenaming(KernelLowering &k, Operation *op) {
  for (OpResult result : op->getResults()) {
    Values made(k.numRegisters(result.getType()));
    Value second; // a join across threads: true in those that take the second operand
    if (isa<tile::JoinOp>(op) && joinsAcrossThreads(k.layoutOf(result))) {
      const LinearLayout &layout = k.layoutOf(result);
      Value half = k.e.threadCoordinate(layout, layout.rank() - 1);
      second = k.e.compare(LLVM::ICmpPredicate::ne, half, k.e.i32(0));
    }
    for (OpOperand &operand : op->getOpOperands()) {
      auto registers = shapeRegisters(op, result.getResultNumber(), operand.getOperandNumber());
      if (!registers) {
        k.error(op) << "has operand and result layouts that do not follow from each other";
        return Lowered::Failed;
      }
      ArrayRef<Value> from = k.get(operand.get());
      for (auto [r, reg] : llvm::enumerate(*registers))
        if (reg != ~0u && from[reg])
          made[r] = second && made[r] ? k.e.select(second, from[reg], made[r]) : from[reg];
    }
    k.set(result, made);
  }
  return Lowered::Done;
}

static Lowered lowerArange(KernelLowering &k, tile::ArangeOp op) {
  const LinearLayout &layout = k.layoutOf(op.getResult());
  Value thread = k.e.threadCoordinate(layout, 0);
  Values made(layout.size(Dim::Register));
  for (uint64_t r = 0; r < made.size(); ++r)
    if (k.isNeeded(op.getResult(), r)) {
      // Columns are distinct bits, so the XOR of the two parts is an OR of disjoint ones.
      Value index = k.e.or_(thread, k.e.i32(layout.at({.reg = r})), /*disjoint=*/true);
      made[r] = k.e.add(index, k.e.i32(op.getStart()));
    }
  k.set(op.getResult(), made);
  return Lowered::Done;
}

Lowered lowerShape(KernelLowering &k, Operation *op) {
  if (isa<tile::ExpandDimsOp, tile::BroadcastOp, tile::TransOp, tile::ReshapeOp, tile::JoinOp, tile::SplitOp>(op))
    return lowerRenaming(k, op);
  if (auto arange = dyn_cast<tile::ArangeOp>(op))
    return lowerArange(k, arange);
  if (auto splat = dyn_cast<tile::SplatOp>(op)) {
    k.set(splat.getResult(), Values(k.numRegisters(splat.getType()), k.scalar(splat.getSrc())));
    return Lowered::Done;
  }
  if (auto unsplat = dyn_cast<tile::UnsplatOp>(op)) {
    k.setScalar(unsplat.getResult(), k.get(unsplat.getSrc()).front());
    return Lowered::Done;
  }
  return Lowered::NotMine;
}

} // namespace tegula::to_llvm
