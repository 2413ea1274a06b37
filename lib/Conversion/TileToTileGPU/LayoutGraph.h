//===- LayoutGraph.h - Who wants what of whom --------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernel as the assignment sees it. A *node* gets one layout (its label): either an operation with an opinion on
// its own (a load, a store, a reduction, a scan, a split), or a group of values that arithmetic and loops tie together.
// An *edge* is a use of one node's value by another's operation: where the layouts that the rules demand on both sides
// differ, data moves.
//
//   %p = addptr ...                   cheap: not in the graph
//   %x = load %p                      node 0, access
//   %f = extf %x                      edge 0 -> 1; node 1, group {%f, %q, %e, %b, %y}
//   %q = mulf %f, %f
//   %s = reduce %q axis 1             edge 1 -> 2; node 2, reduction
//   %e = expand_dims %s 1             edge 2 -> 3; node 3, group {%e}
//   %b = broadcast %e                 edge 3 -> 1: free when 3's label is 1's with axis 1 dropped
//   %y = mulf %f, %b
//   store %r, %y                      edge 1 -> 4; node 4, access
//
// A value is *cheap* when it is computed from ranges, constants and scalars alone by few instructions; each user gets
// its own copy in its own layout.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "dialects/TileGPU/IR/LayoutRules.h"
#include "lib/Analysis/AxisInfo.h"
#include "lib/Conversion/TileToTileGPU/MemoryAccess.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tegula::tile_gpu {

struct LayoutNode {
  enum Kind : uint8_t { Group, Access, Reduce, Scan, Split } kind = Group;
  /// Shape of the principal block and the widest element among the node's blocks.
  llvm::SmallVector<int64_t> shape;
  int64_t bits = 1;
  /// The operation of a node that is not a group.
  mlir::Operation *op = nullptr;
  /// Index into LayoutGraph::accesses.
  int access = -1;
  /// How often it is executed, and for a group: instructions for each element, times that.
  double weight = 1, operations = 0;
  llvm::SmallVector<int> edges;
};

struct LayoutEdge {
  mlir::Value value; // of node `from`
  mlir::Operation *use;
  unsigned operand;
  int from, to;
  int64_t bits;
  /// How often data would move: as often as the value is defined.
  double weight;
};

class LayoutGraph {
public:
  /// Fails with a diagnostic at an operation that no rule covers.
  static mlir::FailureOr<LayoutGraph> build(mlir::func::FuncOp kernel, const analysis::AxisAnalysis &axis);

  llvm::SmallVector<LayoutNode, 0> nodes;
  llvm::SmallVector<LayoutEdge, 0> edges;
  llvm::SmallVector<MemoryAccess, 0> accesses;

  bool isCheap(mlir::Value value) const { return cheap.contains(value); }
  /// The node whose label decides the value's layout; -1 for a cheap value.
  int nodeOf(mlir::Value value) const;
  /// The node to which an operation's blocks belong; -1 when there is none.
  int nodeOf(mlir::Operation *op) const;

  /// The layout of an edge's value as its node, labelled `from`, makes it.
  LayoutAttr produced(const LayoutEdge &edge, LayoutAttr from) const;
  /// The layout that the use wants when its node is labelled `to`; null when any will do.
  LayoutAttr wanted(const LayoutEdge &edge, LayoutAttr to) const;
  /// Labels under which the edge is free, from the other end's; null where there is none. `isGuess` is set where the
  /// rule leaves a choice.
  LayoutAttr labelAtUse(const LayoutEdge &edge, LayoutAttr from, bool &isGuess) const;
  LayoutAttr labelAtDefinition(const LayoutEdge &edge, LayoutAttr to, bool &isGuess) const;

private:
  struct Builder;
  llvm::DenseMap<mlir::Value, int> valueNode;
  llvm::DenseMap<mlir::Operation *, int> anchorNode;
  llvm::DenseMap<mlir::Value, int> cheap; // value -> instructions for an element
};

/// True for operations that get a node of their own.
bool isAnchor(mlir::Operation *op);
/// The value into which control flow carries operand `index` of a terminator or loop; null for other operands.
mlir::Value carriedInto(mlir::Operation *op, unsigned index);

} // namespace tegula::tile_gpu
