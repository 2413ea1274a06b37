//===- Kernel.h - The lowering of one kernel to loops ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// State of the lowering and its parts, one source each:
//
//   Control.cpp    walks the kernel in program order; scf.for/if/while; blocks carried around loops
//   Nest.cpp       fused loop nests (NestElements.cpp: what is inside them)
//   Stores.cpp     stores, and the loads that they may overwrite
//   Reduce.cpp     reductions and scans
//   CarriedOffsets.cpp  before all that: pointers that step through a loop become scalars
//   Uses.cpp       which values are computed where: buffers or recomputation
//   Scratch.cpp    buffers' places in the scratch area
//   Program.cpp    asserts, prints, and the entry that runs a range of program ids
//
// Nothing is emitted for a block-valued operation when the walk meets it. It is emitted, element by element, inside
// the nests of the operations that need it: stores, reductions, scans, and buffers. A block lives in a buffer when
//   - it is carried around a loop or comes out of an scf.if,
//   - it is the result of a reduction (of more than one row) or a scan,
//   - it is costly and more than one nest needs it,
//   - it was loaded, and the memory may be written before its last use.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_CONVERSION_TILETOLOOPS_KERNEL_H
#define TEGULA_LIB_CONVERSION_TILETOLOOPS_KERNEL_H

#include "lib/Analysis/AxisInfo.h"
#include "lib/Conversion/TileToLoops/Nest.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace tegula::loops {

/// How often and how late each value is used. Program order is a number for each operation; what is used inside a
/// nested region is used until the region's operation ends.
class Uses {
public:
  explicit Uses(mlir::func::FuncOp kernel);

  unsigned startOf(mlir::Operation *op) const { return spans.lookup(op).first; }
  unsigned endOf(mlir::Operation *op) const { return spans.lookup(op).second; }
  /// The last moment at which a nest needs the value.
  unsigned lastUse(mlir::Value value) const { return last.lookup(value); }
  /// More than one nest needs it, or one that runs repeatedly.
  bool neededOften(mlir::Value value) const { return often.contains(value); }

private:
  void use(mlir::Value value, mlir::Operation *user, unsigned when, bool many);
  llvm::DenseMap<mlir::Operation *, std::pair<unsigned, unsigned>> spans;
  llvm::DenseMap<mlir::Value, unsigned> last;
  llvm::DenseMap<mlir::Value, unsigned> root; ///< the one nest that needs it
  llvm::DenseSet<mlir::Value> often;
};

/// Blocks of pointers or offsets that a loop moves by a scalar become that scalar (CarriedOffsets.cpp).
void splitCarriedOffsets(mlir::func::FuncOp kernel);

class Kernel {
public:
  Kernel(mlir::func::FuncOp source, mlir::ModuleOp module);
  /// Makes the program function and the entry beside the source; the source stays.
  mlir::LogicalResult run();

  //--- What nests ask
  mlir::OpBuilder b;
  mlir::IRMapping scalars;
  analysis::AxisAnalysis axes;
  Uses uses;

  /// A block that is emitted where it is needed.
  static bool isDeferred(mlir::Operation *op);
  /// A reduction of so few elements that it counts as elementwise.
  static bool isSmallReduce(mlir::Operation *op);
  mlir::Value bufferOf(mlir::Value value) const { return buffers.lookup(value); }
  bool wantsBuffer(mlir::Value value) const { return wanted.contains(value); }
  void setBuffer(mlir::Value value, mlir::Value buffer) { buffers[value] = buffer; }
  /// Computes a block into a buffer of its own, here.
  void materialise(mlir::Value value);
  mlir::Value allocate(mlir::Location loc, mlir::Type element, int64_t count);
  llvm::SmallVector<mlir::Value> inlineCombiner(mlir::OpBuilder &b, mlir::Region &region, mlir::ValueRange args);
  mlir::LogicalResult lowerScalar(mlir::Operation *op, mlir::IRMapping &mapping, mlir::OpBuilder &b);

  /// A load whose memory a store may have changed: where `flag` is true its elements are in `buffer`.
  struct Moved {
    mlir::Value flag, buffer;
  };
  llvm::DenseMap<mlir::Operation *, Moved> moved;

  void fail() { failed = true; }

private:
  friend class Nest;
  class Inside;

  //--- Control.cpp
  void lowerBlock(mlir::Block &block);
  void lowerOp(mlir::Operation *op);
  void lowerFor(mlir::scf::ForOp op);
  void lowerIf(mlir::scf::IfOp op);
  void lowerWhile(mlir::scf::WhileOp op);
  void lowerScalarLoad(tile::LoadOp op);
  void lowerScalarStore(tile::StoreOp op);
  void lowerScalarOp(mlir::Operation *op);
  void lowerDeferred(mlir::Operation *op);
  /// Before a region: what it needs from outside and is not to be computed inside.
  void prepareFor(mlir::Operation *regionOp);
  /// `cold`: hardly ever, so that small code matters more than speed.
  void copyInto(mlir::Location loc, mlir::Value buffer, mlir::Value value, bool cold = false);
  /// Writes blocks into the buffers that carry them, reading the old contents as if all were written at once.
  void assignCarried(mlir::Location loc, mlir::ValueRange values, mlir::ValueRange buffers);
  mlir::SmallVector<mlir::Value> scalarsOf(mlir::ValueRange values);
  mlir::Value bufferFor(mlir::Value block);

  //--- Stores.cpp
  void lowerStores(llvm::ArrayRef<tile::StoreOp> stores);
  /// Everything loaded and needed after `when` goes into buffers: memory may change.
  void settleLoads(unsigned when);
  void guardLoads(Nest &nest, llvm::ArrayRef<tile::StoreOp> stores);

  //--- Reduce.cpp
  void lowerReduce(tile::ReduceOp op);
  void lowerScan(tile::ScanOp op);

  //--- Program.cpp
  void makeProgram();
  void makeEntry();
  void lowerAssert(tile::AssertOp op);
  void lowerPrint(tile::PrintOp op);
  void stringConstant(llvm::StringRef text);

  //--- Scratch.cpp
  int64_t planScratch();

  mlir::func::FuncOp source, program;
  mlir::ModuleOp module;
  mlir::Value scratch;
  mlir::Value ids[3], counts[3];
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseSet<mlir::Value> wanted;
  llvm::DenseMap<mlir::Value, unsigned> cost;
  llvm::DenseMap<mlir::Value, unsigned> height; ///< of the tower of deferred work that a value stands on
  llvm::SmallVector<tile::LoadOp> pending;      ///< deferred loads in scope, in program order
  struct Allocation {
    mlir::Operation *op;
    int64_t bytes;
  };
  llvm::SmallVector<Allocation> allocations;
  unsigned numStrings = 0;
  bool mayFail = false; ///< the program has asserts
  bool failed = false;
};

} // namespace tegula::loops

#endif
