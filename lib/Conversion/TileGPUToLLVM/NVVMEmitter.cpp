//===- NVVMEmitter.cpp - What only the NVVM dialect can say -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only file of the lowering that includes NVVMDialect.h.
//===----------------------------------------------------------------------===//

#include "lib/Conversion/TileGPUToLLVM/Emitter.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace tegula::to_llvm {

using namespace mlir;

void registerNVVM(DialectRegistry &registry) { registry.insert<NVVM::NVVMDialect>(); }

Value Emitter::threadIndex() {
  if (!threadIndex_) {
    OpBuilder entry = atEntry();
    threadIndex_ = NVVM::ThreadIdXOp::create(entry, function.getLoc(), i32Type());
  }
  return threadIndex_;
}

Value Emitter::lane() {
  if (!lane_) {
    Value thread = threadIndex(), mask = i32(31);
    OpBuilder entry = atEntry();
    entry.setInsertionPointAfterValue(mask.getDefiningOp()->isBeforeInBlock(thread.getDefiningOp()) ? thread : mask);
    lane_ = LLVM::AndOp::create(entry, function.getLoc(), thread, mask);
  }
  return lane_;
}

Value Emitter::warp() {
  if (!warp_) {
    Value thread = threadIndex(), five = i32(5);
    OpBuilder entry = atEntry();
    entry.setInsertionPointAfterValue(five.getDefiningOp()->isBeforeInBlock(thread.getDefiningOp()) ? thread : five);
    warp_ = LLVM::LShrOp::create(entry, function.getLoc(), thread, five);
  }
  return warp_;
}

Value Emitter::programId(int axis) {
  Value &slot = programIds_[axis];
  if (!slot) {
    OpBuilder entry = atEntry();
    Location at = function.getLoc();
    slot = axis == 0   ? Value(NVVM::BlockIdXOp::create(entry, at, i32Type()))
           : axis == 1 ? Value(NVVM::BlockIdYOp::create(entry, at, i32Type()))
                       : Value(NVVM::BlockIdZOp::create(entry, at, i32Type()));
  }
  return slot;
}

Value Emitter::numPrograms(int axis) {
  Value &slot = programCounts_[axis];
  if (!slot) {
    OpBuilder entry = atEntry();
    Location at = function.getLoc();
    slot = axis == 0   ? Value(NVVM::GridDimXOp::create(entry, at, i32Type()))
           : axis == 1 ? Value(NVVM::GridDimYOp::create(entry, at, i32Type()))
                       : Value(NVVM::GridDimZOp::create(entry, at, i32Type()));
  }
  return slot;
}

void Emitter::barrier() { NVVM::Barrier0Op::create(b, loc); }

void Emitter::warpBarrier() { NVVM::SyncWarpOp::create(b, loc, i32(-1)); }

/// Shuffles move 32 bits: narrower values travel widened, wider ones in parts.
Value Emitter::shuffleWords(Value value, llvm::function_ref<Value(Value)> shuffleWord) {
  Type type = value.getType();
  if (type.isF32() || type.isInteger(32))
    return shuffleWord(value);
  unsigned bits = isa<LLVM::LLVMPointerType>(type) ? 64 : type.getIntOrFloatBitWidth();
  Value whole = bitcast(value, intType(bits));
  if (bits < 32)
    return bitcast(trunc(shuffleWord(zext(whole, i32Type())), intType(bits)), type);
  Values words;
  for (Value word : pack(whole, 32))
    words.push_back(shuffleWord(word));
  return unpack(words, type, 1).front();
}

Value Emitter::shuffleXor(Value value, unsigned mask) {
  return shuffleWords(value, [&](Value word) -> Value {
    return NVVM::ShflOp::create(b, loc, word.getType(), i32(-1), word, i32(mask), i32(31), NVVM::ShflKind::bfly,
                                UnitAttr());
  });
}

Value Emitter::shuffleIndex(Value value, Value source) {
  return shuffleWords(value, [&](Value word) -> Value {
    return NVVM::ShflOp::create(b, loc, word.getType(), i32(-1), word, source, i32(31), NVVM::ShflKind::idx,
                                UnitAttr());
  });
}

Value Emitter::shuffleUp(Value value, unsigned delta) {
  return shuffleWords(value, [&](Value word) -> Value {
    return NVVM::ShflOp::create(b, loc, word.getType(), i32(-1), word, i32(delta), i32(0), NVVM::ShflKind::up,
                                UnitAttr());
  });
}

} // namespace tegula::to_llvm
