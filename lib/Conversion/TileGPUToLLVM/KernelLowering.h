//===- KernelLowering.h - One kernel from tile_gpu to llvm ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # The idea
//
// A thread's share of a block is a list of values, one for each register of the block's layout:
//
//      %x : tensor<512xf32, #layout<[512] register=[[1], [2]] lane=... warp=...>>     ->   x0 x1 x2 x3 : f32
//
// Elementwise operations act on each; shape changes only reorder the list; loads, reductions and conversions of layouts
// are where threads differ or meet. A scalar is a list of one, the same in all threads.
//
// The lowering is one walk that writes a new `llvm.func` beside the old function. Not the dialect-conversion framework:
// with 1:N values, control flow and combine regions that are emitted many times over, a walk with a table from old
// values to lists is both smaller and several times faster. The old function stays intact until the end, so analyses
// (AxisInfo) answer for its values throughout.
//
// # Demand
//
// Of a block of addresses with 8 neighbours to an access only every eighth is used. A walk backwards (Demand.cpp) finds
// which registers of each value somebody needs; the others are never made and are null in the list. Only operations
// that Demand.cpp names ask for less than everything.
//
// # Families
//
// One file each: Program, Control, Shape, Elementwise, Math, Casts, Memory, Reduce, Scan, ConvertLayout. Each has one
// entry that answers NotMine for operations of other families.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "dialects/Tile/IR/Tile.h"
#include "dialects/TileGPU/IR/TileGPU.h"
#include "lib/Analysis/AxisInfo.h"
#include "lib/Conversion/TileGPUToLLVM/Emitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Support/Allocator.h"

namespace tegula::to_llvm {

enum class Lowered { NotMine, Done, Failed };

/// Which registers of each value of a function are needed. A value without an entry is not needed at all.
using Demand = llvm::DenseMap<Value, llvm::BitVector>;

class KernelLowering {
public:
  KernelLowering(mlir::func::FuncOp source, mlir::LLVM::LLVMFuncOp target, const nvptx::Features &features);

  mlir::func::FuncOp source;
  Emitter e;

  /// Lowers the whole body.
  mlir::LogicalResult run();
  /// Lowers the operations of a block but its terminator, at the emitter's place.
  mlir::LogicalResult lowerBlock(mlir::Block &block);
  mlir::LogicalResult lower(mlir::Operation *op);
  /// Lowers a region of one block with `arguments` for its scalar arguments, once more; what its terminator gives.
  mlir::FailureOr<Values> lowerRegion(mlir::Region &region, ValueRange arguments);

  // --- Values --------------------------------------------------------------------------------------------

  /// A thread's values of a block, in the order of the registers. Elements that nobody needs are null.
  llvm::ArrayRef<Value> get(Value value) const;
  Value scalar(Value value) const { return get(value).front(); }
  void set(Value value, llvm::ArrayRef<Value> registers);
  void setScalar(Value value, Value scalar) { set(value, scalar); }
  /// The needed registers of a value; null when there are none.
  const llvm::BitVector *demandOf(Value value) const;
  bool isNeeded(Value value, unsigned reg) const;

  /// result[r] = make(operands' values in register r), for each needed register. Scalars go with every register; equal
  /// operands are computed once (splats, broadcasts).
  void mapElements(mlir::Operation *op, llvm::function_ref<Value(ValueRange)> make);

  // --- Types -----------------------------------------------------------------------------------------------

  /// Type of one element in a register: pointers are !llvm.ptr<1>, 8-bit floats i8, index i64.
  Type elementType(Type type) const;
  /// Bits that an element takes in memory (i1: 8).
  unsigned memoryBits(Type type) const;
  /// Type of the elements that a pointer's offsets count.
  Type pointeeType(Type type) const;
  unsigned numRegisters(Type type) const;
  /// The layout of a block; that of a scalar (no axes) for a scalar.
  const LinearLayout &layoutOf(Type type) const;
  const LinearLayout &layoutOf(Value value) const { return layoutOf(value.getType()); }

  // --- Diagnostics --------------------------------------------------------------------------------------------

  mlir::InFlightDiagnostic error(mlir::Operation *op) { return op->emitOpError(); }

  /// The accesses that one thread makes for a load or store (or its like): accesses[i] lists the registers of the i-th,
  /// neighbours in memory. All have the same power-of-two size. As `tile_gpu.vector` says, else as far as AxisInfo
  /// knows.
  using Accesses = llvm::SmallVector<llvm::SmallVector<unsigned, 16>>;
  Accesses groupAccesses(mlir::Operation *op, Value pointers, Value mask, unsigned elementBits);

private:
  const analysis::AxisAnalysis &axes();

  std::optional<analysis::AxisAnalysis> axisAnalysis; ///< made when it is first asked
  llvm::DenseMap<Value, llvm::ArrayRef<Value>> values;
  llvm::BumpPtrAllocator storage;
  Demand demand;
  LinearLayout scalarLayout;
};

/// See "Demand" above.
Demand computeDemand(KernelLowering &k);

/// For shape changes: the register of `from` that holds, in every thread, what register r of `to` holds, given what the
/// coordinates of a `to` element are in `from`. Nothing when the layouts do not follow from each other.
std::optional<llvm::SmallVector<unsigned>>
matchRegisters(const LinearLayout &to, const LinearLayout &from,
               llvm::function_ref<llvm::SmallVector<int64_t>(llvm::ArrayRef<int64_t>)> coordinates);
/// That of a shape operation's result `index` from its operand `operand`; nothing for other operations.
std::optional<llvm::SmallVector<unsigned>> shapeRegisters(mlir::Operation *op, unsigned index, unsigned operand);

// Entries of the families.
Lowered lowerProgram(KernelLowering &k, mlir::Operation *op);
Lowered lowerControl(KernelLowering &k, mlir::Operation *op);
Lowered lowerShape(KernelLowering &k, mlir::Operation *op);
Lowered lowerElementwise(KernelLowering &k, mlir::Operation *op);
Lowered lowerMath(KernelLowering &k, mlir::Operation *op);
Lowered lowerCast(KernelLowering &k, mlir::Operation *op);
Lowered lowerMemory(KernelLowering &k, mlir::Operation *op);
Lowered lowerReduce(KernelLowering &k, mlir::Operation *op);
Lowered lowerScan(KernelLowering &k, mlir::Operation *op);
Lowered lowerConvertLayout(KernelLowering &k, mlir::Operation *op);

/// Moves values from one layout to another as a plan says; `scratch` is the first byte of the operation's shared
/// memory.
mlir::FailureOr<Values> convertRegisters(KernelLowering &k, mlir::Operation *op, llvm::ArrayRef<Value> values,
                                         Type element, const LinearLayout &from, const LinearLayout &to,
                                         std::optional<int64_t> scratch);

/// The flags of `arith` that stay on LLVM's operations: all but `afn` (the lowering chooses the approximate form
/// itself) and `reassoc` (the order of a reduction's tree is ours).
mlir::LLVM::FastmathFlags fastmathFlags(mlir::arith::FastMathFlags flags);

} // namespace tegula::to_llvm
