//===- KernelLowering.cpp - One kernel from tile_gpu to llvm ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Conversion/TileGPUToLLVM/KernelLowering.h"

namespace tegula::to_llvm {

using namespace mlir;

KernelLowering::KernelLowering(func::FuncOp source, LLVM::LLVMFuncOp target, const nvptx::Features &features)
    : source(source), e(target, features, tile_gpu::numWarps(source)) {}

LogicalResult KernelLowering::run() {
  demand = computeDemand(*this);
  return lowerBlock(source.getBody().front());
}

const analysis::AxisAnalysis &KernelLowering::axes() {
  if (!axisAnalysis)
    axisAnalysis.emplace(source);
  return *axisAnalysis;
}

LogicalResult KernelLowering::lowerBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(lower(&op)))
      return failure();
  return success();
}

LogicalResult KernelLowering::lower(Operation *op) {
  // What nobody needs is not made.
  if (op->getNumResults() && isMemoryEffectFree(op) &&
      llvm::none_of(op->getResults(), [&](Value result) { return demandOf(result); }))
    return success();
  e.loc = op->getLoc();
  for (auto *family : {lowerElementwise, lowerShape, lowerMemory, lowerCast, lowerMath, lowerControl, lowerProgram,
                       lowerReduce, lowerConvertLayout, lowerScan})
    if (Lowered answer = family(*this, op); answer != Lowered::NotMine)
      return success(answer == Lowered::Done);
  return error(op) << "has no lowering to the GPU";
}

FailureOr<Values> KernelLowering::lowerRegion(Region &region, ValueRange arguments) {
  Block &block = region.front();
  for (auto [argument, value] : llvm::zip_equal(block.getArguments(), arguments))
    setScalar(argument, value);
  if (failed(lowerBlock(block)))
    return failure();
  Values results;
  for (Value operand : block.getTerminator()->getOperands())
    results.push_back(scalar(operand));
  return results;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

ArrayRef<Value> KernelLowering::get(Value value) const {
  auto it = values.find(value);
  assert(it != values.end() && "used before it was lowered");
  return it->second;
}

void KernelLowering::set(Value value, ArrayRef<Value> registers) { values[value] = registers.copy(storage); }

const llvm::BitVector *KernelLowering::demandOf(Value value) const {
  auto it = demand.find(value);
  return it == demand.end() ? nullptr : &it->second;
}

bool KernelLowering::isNeeded(Value value, unsigned reg) const {
  const llvm::BitVector *needed = demandOf(value);
  return needed && needed->test(reg);
}

void KernelLowering::mapElements(Operation *op, llvm::function_ref<Value(ValueRange)> make) {
  Value result = op->getResult(0);
  unsigned count = numRegisters(result.getType());
  SmallVector<ArrayRef<Value>, 4> lists;
  for (Value operand : op->getOperands())
    lists.push_back(get(operand));
  Values made(count);
  SmallVector<Value, 4> operands(lists.size());
  // Registers with the same operands, by the hash of those.
  llvm::SmallDenseMap<size_t, unsigned> seen;
  for (unsigned r = 0; r < count; ++r) {
    if (!isNeeded(result, r))
      continue;
    for (auto [operand, list] : llvm::zip_equal(operands, lists))
      operand = list.size() == 1 ? list.front() : list[r];
    if (count > 1) {
      size_t key = llvm::hash_combine_range(llvm::map_range(operands, [](Value v) { return v.getAsOpaquePointer(); }));
      auto [it, isNew] = seen.try_emplace(key & (~size_t(0) >> 1), r);
      if (!isNew && llvm::all_of(llvm::zip_equal(operands, lists), [&](auto pair) {
            auto &list = std::get<1>(pair);
            return std::get<0>(pair) == (list.size() == 1 ? list.front() : list[it->second]);
          })) {
        made[r] = made[it->second];
        continue;
      }
    }
    made[r] = make(operands);
  }
  set(result, made);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Type KernelLowering::elementType(Type type) const {
  type = getElementTypeOrSelf(type);
  if (isa<tile::PointerType>(type))
    return e.pointerType(kGlobalMemory);
  if (isa<Float8E5M2Type, Float8E4M3FNType>(type))
    return e.i8Type();
  if (isa<IndexType>(type))
    return e.i64Type();
  return type;
}

unsigned KernelLowering::memoryBits(Type type) const {
  Type element = elementType(type);
  if (isa<LLVM::LLVMPointerType>(element))
    return 64;
  return std::max(8u, element.getIntOrFloatBitWidth());
}

Type KernelLowering::pointeeType(Type type) const {
  Type pointee = elementType(cast<tile::PointerType>(getElementTypeOrSelf(type)).getPointee());
  return pointee.isInteger(1) ? e.i8Type() : pointee;
}

unsigned KernelLowering::numRegisters(Type type) const { return layoutOf(type).size(Dim::Register); }

const LinearLayout &KernelLowering::layoutOf(Type type) const {
  if (tile_gpu::LayoutAttr layout = tile_gpu::layoutOf(type))
    return layout.getLinearLayout();
  return scalarLayout;
}

LLVM::FastmathFlags fastmathFlags(arith::FastMathFlags flags) {
  LLVM::FastmathFlags result = LLVM::FastmathFlags::none;
  auto copy = [&](arith::FastMathFlags from, LLVM::FastmathFlags to) {
    if (bitEnumContainsAll(flags, from))
      result = result | to;
  };
  copy(arith::FastMathFlags::contract, LLVM::FastmathFlags::contract);
  copy(arith::FastMathFlags::nnan, LLVM::FastmathFlags::nnan);
  copy(arith::FastMathFlags::ninf, LLVM::FastmathFlags::ninf);
  copy(arith::FastMathFlags::nsz, LLVM::FastmathFlags::nsz);
  copy(arith::FastMathFlags::arcp, LLVM::FastmathFlags::arcp);
  return result;
}

} // namespace tegula::to_llvm
