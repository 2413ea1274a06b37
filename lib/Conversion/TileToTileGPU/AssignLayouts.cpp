//===- AssignLayouts.cpp - Give every block a layout ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before:  %v = tile.load %p mask %m : tensor<1024x!tile.ptr<f16>> -> tensor<1024xf16>
// After:   %v = tile.load %p mask %m {tile_gpu.vector = 8 : i32}
//                 : tensor<1024x!tile.ptr<f16>, #layout> -> tensor<1024xf16, #layout>
//
// Four steps: what each access can do (lib/Analysis/AxisInfo), who wants what of whom (LayoutGraph), the assignment of
// least cost (LayoutSolver, LayoutCost), and here its execution: types are set in place, cheap values are cloned for
// each layout that is asked of them, conversions stand right behind the value that they convert, outside of loops where
// it is.
//
// Does nothing to a function without blocks. Fails, with a diagnostic, at an operation that no layout rule covers.
// Relies on structured control flow and one function a kernel. Guarantees what tile-gpu-verify-layouts checks, and
// `tile_gpu.num_warps`.
//
//===---------------------------------------------------------------------------------------------------===//
#include "lib/Conversion/TileToTileGPU/LayoutProposals.h"
#include "lib/Conversion/TileToTileGPU/LayoutRemarks.h"
#include "lib/Conversion/TileToTileGPU/LayoutSolver.h"
#include "lib/Conversion/TileToTileGPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

namespace tegula::tile_gpu {
#define GEN_PASS_DEF_ASSIGNLAYOUTSPASS
#include "lib/Conversion/TileToTileGPU/Passes.h.inc"
} // namespace tegula::tile_gpu

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

static bool isBlock(Value value) { return isa<RankedTensorType>(value.getType()); }

//===----------------------------------------------------------------------===//
// Execution of an assignment
//===----------------------------------------------------------------------===//

namespace {
struct Rewriter {
  const LayoutGraph &graph;
  const LayoutAssignment &assignment;
  int64_t numWarps;
  OpBuilder builder;
  DenseMap<std::pair<Value, Attribute>, Value> made; // (value, layout) -> the value in it
  SmallVector<ConvertLayoutOp> conversions;

  Rewriter(const LayoutGraph &graph, const LayoutAssignment &assignment, int64_t numWarps, MLIRContext *context)
      : graph(graph), assignment(assignment), numWarps(numWarps), builder(context) {}

  LayoutAttr assigned(Value value) const {
    LayoutAttr label = assignment.labels[graph.nodeOf(value)];
    Operation *def = value.getDefiningOp();
    return def && isAnchor(def) ? resultLayout(def, cast<OpResult>(value).getResultNumber(), label) : label;
  }

  /// What operand `index` of `op` has to be in; null when anything will do.
  LayoutAttr wanted(Operation *op, unsigned index) const {
    if (Value target = carriedInto(op, index))
      return assignment.labels[graph.nodeOf(target)];
    int node = graph.nodeOf(op);
    return node < 0 ? LayoutAttr() : operandLayout(op, index, assignment.labels[node]);
  }

  Value inLayout(Value value, LayoutAttr layout) {
    bool isCheap = graph.isCheap(value);
    if (!layout) {
      if (!isCheap)
        return value;
      layout = LayoutAttr::get(value.getContext(), defaultLayout(tile::shapeOf(value.getType()), numWarps));
    }
    if (!isCheap && layoutOf(value) == layout)
      return value;
    if (Value known = made.lookup({value, layout}))
      return known;
    Value result;
    if (isCheap) {
      result = clone(value, layout);
    } else {
      builder.setInsertionPointAfterValue(value);
      auto type = withLayout(cast<RankedTensorType>(value.getType()), layout);
      conversions.push_back(ConvertLayoutOp::create(builder, value.getLoc(), type, value));
      result = conversions.back();
    }
    made[{value, layout}] = result;
    return result;
  }

  Value clone(Value value, LayoutAttr layout) {
    Operation *op = value.getDefiningOp();
    SmallVector<Value> operands;
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      operands.push_back(isBlock(operand) ? inLayout(operand, operandLayout(op, index, layout)) : operand);
    builder.setInsertionPointAfter(op);
    Operation *copy = builder.clone(*op);
    copy->setOperands(operands);
    setLayout(copy->getResult(0), layout);
    if (auto constant = dyn_cast<arith::ConstantOp>(copy))
      retype(constant);
    return copy->getResult(0);
  }

  static void setLayout(Value value, LayoutAttr layout) {
    value.setType(withLayout(cast<RankedTensorType>(value.getType()), layout));
  }

  static void retype(arith::ConstantOp constant) {
    auto type = cast<RankedTensorType>(constant.getType());
    auto dense = cast<DenseElementsAttr>(constant.getValue());
    constant.setValueAttr(dense.isSplat() ? cast<TypedAttr>(dense.resizeSplat(type))
                                          : cast<TypedAttr>(dense.reshape(type)));
  }

  void run(func::FuncOp kernel) {
    SmallVector<Operation *> cheapOps, otherOps;
    auto set = [&](Value value) {
      if (isBlock(value) && !graph.isCheap(value))
        setLayout(value, assigned(value));
    };
    kernel.walk<WalkOrder::PreOrder>([&](Operation *op) {
      bool isCheap = op->getNumResults() == 1 && graph.isCheap(op->getResult(0));
      (isCheap ? cheapOps : otherOps).push_back(op);
      llvm::for_each(op->getResults(), set);
      for (Region &region : op->getRegions())
        for (Block &block : region)
          llvm::for_each(block.getArguments(), set);
      if (auto constant = dyn_cast<arith::ConstantOp>(op); constant && !isCheap && isBlock(constant))
        retype(constant);
    });
    for (Operation *op : otherOps)
      for (OpOperand &operand : op->getOpOperands())
        if (isBlock(operand.get()))
          operand.set(inLayout(operand.get(), wanted(op, operand.getOperandNumber())));
    for (Operation *op : llvm::reverse(cheapOps))
      if (op->use_empty())
        op->erase();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Warps needed so that no block takes more than `registers` of a thread.
static int64_t enoughWarps(const LayoutGraph &graph, int64_t warps, int64_t registers) {
  for (const LayoutNode &node : graph.nodes) {
    double words = double(std::max<int64_t>(node.bits, 16)) / 32;
    for (int64_t size : node.shape)
      words *= double(size);
    while (warps < kMaxWarps && words / (32.0 * double(warps)) > double(registers))
      warps *= 2;
  }
  return warps;
}

namespace {
struct AssignLayoutsPass : tegula::tile_gpu::impl::AssignLayoutsPassBase<AssignLayoutsPass> {
  using AssignLayoutsPassBase::AssignLayoutsPassBase;

  void runOnOperation() final {
    func::FuncOp kernel = getOperation();
    if (kernel.isExternal())
      return;
    int64_t warps = numWarps > 0 ? int64_t(numWarps) : tile_gpu::numWarps(kernel);
    if (!llvm::isPowerOf2_64(warps) || warps > kMaxWarps) {
      kernel.emitError() << "expected a power of two of at most " << kMaxWarps << " as the number of warps, got "
                         << warps;
      return signalPassFailure();
    }
    analysis::AxisAnalysis axis(kernel);
    FailureOr<LayoutGraph> graph = LayoutGraph::build(kernel, axis);
    if (failed(graph))
      return signalPassFailure();
    int64_t asked = warps;
    if (maxRegisters > 0)
      warps = enoughWarps(*graph, warps, maxRegisters);
    LayoutAssignment assignment = solveLayouts(*graph, CostModel(), warps, &getContext());
    Rewriter rewriter(*graph, assignment, warps, &getContext());
    rewriter.run(kernel);

    Builder builder(&getContext());
    for (auto [node, label] : llvm::zip(graph->nodes, assignment.labels))
      if (node.access >= 0)
        if (int64_t vector = graph->accesses[node.access].vector(label.getLinearLayout()); vector > 1)
          node.op->setAttr(kVectorAttr, builder.getI32IntegerAttr(vector));
    kernel->setAttr(kNumWarpsAttr, builder.getI32IntegerAttr(warps));
    if (!targetChip.empty() && target(kernel).empty())
      kernel->setAttr(kTargetAttr, builder.getStringAttr(targetChip));
    if (remarks)
      report(kernel, *graph, assignment, rewriter.conversions, asked, warps);
  }

  static void report(func::FuncOp kernel, const LayoutGraph &graph, const LayoutAssignment &assignment,
                     ArrayRef<ConvertLayoutOp> conversions, int64_t asked, int64_t warps) {
    if (warps != asked)
      emitRemark(kernel.getLoc()) << tile_gpu::remarks::kMoreWarps << ": " << warps << " warps instead of " << asked
                                  << ": a thread would hold more of a block than its registers allow";
    emitRemark(kernel.getLoc()) << tile_gpu::remarks::kLayouts << ": " << conversions.size() << " conversions over "
                                << warps << " warps; best of " << assignment.seeds << " assignments, about "
                                << int64_t(assignment.cost) << " cycles of a multiprocessor for a program";
    for (auto [node, label] : llvm::zip(graph.nodes, assignment.labels))
      if (node.access >= 0)
        remarkAccess(graph.accesses[node.access], label.getLinearLayout());
    for (ConvertLayoutOp conversion : conversions)
      remarkConversion(conversion);
  }
};
} // namespace
