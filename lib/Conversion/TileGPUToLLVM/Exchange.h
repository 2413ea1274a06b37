//===- Exchange.h - Values from thread to thread --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Carries out the plans of lib/Layout: what conversions of layouts, reductions and scans have in common.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Conversion/TileGPUToLLVM/Emitter.h"
#include "lib/Layout/Conversions.h"

namespace tegula::to_llvm {

/// One list of values on its way through shared memory:
///
///   for each round:   [plan's barrier, but in the first]   store   plan's barrier   load
///
/// The caller places the barriers, so that several lists can share them. i1 travels as a byte, pointers as integers.
class SharedExchange {
public:
  /// `values`: the source registers; `offset`: first byte of the scratch.
  SharedExchange(Emitter &e, const SharedMemoryPlan &plan, llvm::ArrayRef<Value> values, int64_t offset);

  void store(int round);
  void load(int round);
  void barrier();
  /// The destination registers, after all rounds.
  Values result();

private:
  struct Side {
    Value thread;                             ///< the thread's part of the offset, in elements
    uint64_t threadBits;                      ///< the bits that it may have set
    llvm::DenseMap<uint64_t, Value> pointers; ///< by the register's part within threadBits
  };
  Value pointer(Side &side, const LinearLayout &map, uint64_t reg);

  Emitter &e;
  const SharedMemoryPlan &plan;
  Type original, element;
  unsigned bytes;
  int64_t offset;
  Values stored, loaded;
  Side storeSide, loadSide;
};

/// Runs all rounds of one exchange, with its barriers.
Values exchangeThroughShared(Emitter &e, const SharedMemoryPlan &plan, llvm::ArrayRef<Value> values, int64_t offset);

/// Runs a shuffle program.
Values runShuffles(Emitter &e, const ShufflePlan &plan, llvm::ArrayRef<Value> values);

/// Bytes and 16-bit words for types that have no arithmetic meaning to an exchange: i1 -> i8, pointers -> i64.
Type exchangeType(Emitter &e, Type type);
Value toExchangeType(Emitter &e, Value value);
Value fromExchangeType(Emitter &e, Value value, Type type);

} // namespace tegula::to_llvm
