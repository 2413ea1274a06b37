//===- Emitter.h - LLVM and NVVM operations, folded as they are made -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every family of the lowering builds its code with. Three things make it more than a builder:
//
//   * integer arithmetic on constants folds at once, so that the index of a thread's r-th element costs one OR with a
//   constant;
//   * constants live once, at the function's entry;
//   * the NVVM dialect's header, 12 seconds of compile time, stays in NVVMEmitter.cpp.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/LinearLayout.h"
#include "lib/Target/NVPTX/Features.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace tegula::to_llvm {

using mlir::Location;
using mlir::Type;
using mlir::Value;
using mlir::ValueRange;
using Values = llvm::SmallVector<Value>;

/// Address spaces of NVPTX.
enum : unsigned { kGlobalMemory = 1, kSharedMemory = 3 };

class Emitter {
public:
  Emitter(mlir::LLVM::LLVMFuncOp function, const nvptx::Features &features, int64_t numWarps);

  mlir::OpBuilder b;
  /// Of the operation that is being lowered.
  Location loc;
  mlir::LLVM::LLVMFuncOp function;
  const nvptx::Features &features;
  const int64_t numWarps;

  mlir::MLIRContext *context() const { return b.getContext(); }
  Type intType(unsigned bits) const { return mlir::IntegerType::get(context(), bits); }
  Type i1Type() const { return intType(1); }
  Type i8Type() const { return intType(8); }
  Type i16Type() const { return intType(16); }
  Type i32Type() const { return intType(32); }
  Type i64Type() const { return intType(64); }
  Type f16Type() const { return mlir::Float16Type::get(context()); }
  Type bf16Type() const { return mlir::BFloat16Type::get(context()); }
  Type f32Type() const { return mlir::Float32Type::get(context()); }
  Type f64Type() const { return mlir::Float64Type::get(context()); }
  Type pointerType(unsigned space) const { return mlir::LLVM::LLVMPointerType::get(context(), space); }
  Type vectorType(int64_t size, Type element) const { return mlir::VectorType::get({size}, element); }

  // --- Constants ---------------------------------------------------------------------------------------

  Value constant(mlir::TypedAttr value);
  Value integer(Type type, int64_t value);
  Value i1(bool value) { return integer(i1Type(), value); }
  Value i32(int64_t value) { return integer(i32Type(), value); }
  Value i64(int64_t value) { return integer(i64Type(), value); }
  Value real(Type type, double value) { return constant(b.getFloatAttr(type, value)); }
  /// Zero of any type that a register may have: integers, floats, pointers.
  Value zero(Type type);
  /// The integer that a value made by this emitter is, sign-extended.
  std::optional<int64_t> constantOf(Value value) const;

  // --- Integers (folded) ---------------------------------------------------------------------------------

  Value add(Value lhs, Value rhs);
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, Value rhs);
  Value and_(Value lhs, Value rhs);
  Value or_(Value lhs, Value rhs, bool disjoint = false);
  Value xor_(Value lhs, Value rhs);
  Value shl(Value lhs, int64_t bits);
  Value lshr(Value lhs, int64_t bits);
  Value not_(Value bit) { return xor_(bit, i1(true)); }
  Value compare(mlir::LLVM::ICmpPredicate predicate, Value lhs, Value rhs);
  Value isZero(Value value) { return compare(mlir::LLVM::ICmpPredicate::eq, value, zero(value.getType())); }
  Value select(Value condition, Value yes, Value no);

  // --- Representation ------------------------------------------------------------------------------------

  /// Same bits in another type; pointers through integers.
  Value bitcast(Value value, Type type);
  Value zext(Value value, Type type);
  Value sext(Value value, Type type);
  Value trunc(Value value, Type type);
  Value extractElement(Value vector, int64_t index);
  Value makeVector(llvm::ArrayRef<Value> elements);
  /// Sub-word values packed into words of `wordBits`, first in the low bits; the last word is filled with zeros.
  Values pack(llvm::ArrayRef<Value> elements, unsigned wordBits);
  /// The reverse: `count` elements of `type`.
  Values unpack(llvm::ArrayRef<Value> words, Type type, unsigned count);

  // --- The thread (NVVMEmitter.cpp) ----------------------------------------------------------------------

  Value threadIndex();
  Value lane();
  Value warp();
  Value programId(int axis);
  Value numPrograms(int axis);
  /// All threads of the program.
  void barrier();
  /// All lanes of the warp: orders their accesses to shared memory.
  void warpBarrier();
  /// The value of the lane whose number is this one's XOR `mask`; any type. Every lane must take part.
  Value shuffleXor(Value value, unsigned mask);
  /// The value of lane `source` (i32, may differ among lanes).
  Value shuffleIndex(Value value, Value source);
  /// The value of the lane `delta` below; lanes under `delta` keep their own.
  Value shuffleUp(Value value, unsigned delta);

  // --- Layouts ----------------------------------------------------------------------------------------------

  /// What lane and warp contribute to the image of a map, as i32: the XOR of their columns. Of the map's other inputs
  /// (register) the caller adds constants: imageOf(...) ^ map.at({.reg = r}).
  Value threadImage(const LinearLayout &map);
  /// The same for flattened words shifted to the bits of `axis` of the output: the coordinate along it.
  Value threadCoordinate(const LinearLayout &map, int axis);
  /// True in the one thread among those that hold the same elements; null when each element is held once.
  Value isFirstReplica(const LinearLayout &layout);

  // --- Memory ------------------------------------------------------------------------------------------------

  /// Pointer to byte `offset` (constant) + `dynamic` (i32 or null) of the program's shared memory.
  Value sharedPointer(int64_t offset, Value dynamic = {});
  Value load(Type type, Value pointer, unsigned alignment);
  void store(Value value, Value pointer, unsigned alignment);

  // --- Assembly and calls -------------------------------------------------------------------------------------

  /// Inline PTX; one value for each result type.
  Values inlineAsm(llvm::StringRef text, llvm::StringRef constraints, mlir::TypeRange results, ValueRange operands,
                   bool sideEffects);
  Value intrinsic(llvm::StringRef name, Type result, ValueRange operands);
  /// A call of a function of the device library, declared on first use.
  Value call(llvm::StringRef symbol, Type result, ValueRange operands);
  /// `vprintf` with a constant format; floats are widened here.
  void printf(llvm::StringRef format, ValueRange arguments);

  // --- Control flow ----------------------------------------------------------------------------------------------

  /// A new block at the end of the function.
  mlir::Block *createBlock(mlir::TypeRange arguments = {});
  void branch(mlir::Block *target, ValueRange arguments = {});
  void branch(Value condition, mlir::Block *yes, mlir::Block *no, ValueRange noArguments = {});
  void startBlock(mlir::Block *block) { b.setInsertionPointToEnd(block); }

private:
  Value threadWord(const LinearLayout &map, uint64_t mask, int shift);
  Value shuffleWords(Value value, llvm::function_ref<Value(Value)> shuffleWord);
  mlir::OpBuilder atEntry();
  mlir::LLVM::GlobalOp stringGlobal(llvm::StringRef text);

  llvm::DenseMap<mlir::Attribute, Value> constants_;
  llvm::DenseMap<Type, Value> poisons_, zeros_;
  llvm::DenseMap<Value, int64_t> integers_;
  llvm::DenseMap<int, Value> programIds_, programCounts_;
  Value threadIndex_, lane_, warp_, sharedBase_;
};

} // namespace tegula::to_llvm
