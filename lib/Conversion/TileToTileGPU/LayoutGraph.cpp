//===- LayoutGraph.cpp - Who wants what of whom -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToTileGPU/LayoutGraph.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/IntEqClasses.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

/// Instructions for an element that a value may take to be worth computing once for each layout.
static constexpr int kCheapest = 64;
/// Executions of a loop's body when nothing says how many.
static constexpr double kLoopWeight = 8;

static bool isBlock(Value value) { return isa<RankedTensorType>(value.getType()); }

static int64_t elementBits(Type type) {
  Type element = getElementTypeOrSelf(type);
  return isa<tile::PointerType>(element) ? 64 : element.getIntOrFloatBitWidth();
}

bool tile_gpu::isAnchor(Operation *op) {
  return isa<tile::LoadOp, tile::StoreOp, tile::ReduceOp, tile::ScanOp, tile::SplitOp>(op);
}

Value tile_gpu::carriedInto(Operation *op, unsigned index) {
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    unsigned first = loop.getNumControlOperands();
    return index < first ? Value() : loop.getRegionIterArg(index - first);
  }
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return loop.getBeforeArguments()[index];
  if (auto condition = dyn_cast<scf::ConditionOp>(op))
    return index == 0 ? Value() : cast<scf::WhileOp>(op->getParentOp()).getAfterArguments()[index - 1];
  if (isa<scf::YieldOp>(op)) {
    if (auto loop = dyn_cast<scf::ForOp>(op->getParentOp()))
      return loop.getRegionIterArg(index);
    if (auto loop = dyn_cast<scf::WhileOp>(op->getParentOp()))
      return loop.getBeforeArguments()[index];
    return op->getParentOp()->getResult(index);
  }
  return {};
}

/// Instructions for an element.
static int instructions(Operation *op) {
  if (isa<math::ExpOp, math::Exp2Op, math::LogOp, math::Log2Op, math::SqrtOp, math::RsqrtOp, arith::DivFOp,
          arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::RemFOp>(op))
    return 8;
  if (isa_and_nonnull<math::MathDialect>(op->getDialect()) || isa<tile::ExternElementwiseOp>(op))
    return 16;
  return 1;
}

static double loopWeight(Operation *op) {
  double weight = 1;
  for (; op && !isa<func::FuncOp>(op); op = op->getParentOp()) {
    if (isa<scf::WhileOp>(op))
      weight *= kLoopWeight;
    auto loop = dyn_cast<scf::ForOp>(op);
    if (!loop)
      continue;
    APInt from, to, step;
    double trips = kLoopWeight;
    if (matchPattern(loop.getLowerBound(), m_ConstantInt(&from)) &&
        matchPattern(loop.getUpperBound(), m_ConstantInt(&to)) && matchPattern(loop.getStep(), m_ConstantInt(&step)) &&
        step.isStrictlyPositive())
      trips = std::max(1.0, double(to.getSExtValue() - from.getSExtValue()) / double(step.getSExtValue()));
    weight *= trips;
  }
  return weight;
}

/// How often a value is defined.
static double definitionWeight(Value value) {
  if (Operation *op = value.getDefiningOp())
    return loopWeight(op->getParentOp());
  return loopWeight(cast<BlockArgument>(value).getOwner()->getParentOp());
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

struct LayoutGraph::Builder {
  LayoutGraph &graph;
  const analysis::AxisAnalysis &axis;
  SmallVector<Value, 0> values; // blocks that are not cheap
  DenseMap<Value, int> index;
  llvm::IntEqClasses classes;

  Builder(LayoutGraph &graph, const analysis::AxisAnalysis &axis) : graph(graph), axis(axis) {}

  int number(Value value) {
    auto [it, isNew] = index.try_emplace(value, values.size());
    if (isNew)
      values.push_back(value);
    return it->second;
  }
  bool isTied(Value value) const {
    return isBlock(value) && !graph.isCheap(value) && !(value.getDefiningOp() && isAnchor(value.getDefiningOp()));
  }
  LogicalResult collect(func::FuncOp kernel);
  void tie(func::FuncOp kernel);
  void addNodes();
  void addEdges(func::FuncOp kernel);
  MemoryAccess describe(Operation *op) const;
};

// Finds the cheap values and numbers the others.
LogicalResult LayoutGraph::Builder::collect(func::FuncOp kernel) {
  WalkResult result = kernel.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          if (isBlock(argument)) {
            if (isa<func::FuncOp>(op))
              return op->emitOpError() << "expected scalars as arguments of a kernel, got " << argument.getType();
            number(argument);
          }
    LayoutRule rule = layoutRule(op);
    if (rule == LayoutRule::Unknown)
      return op->emitOpError() << "no rule says which layouts its blocks may have on a GPU";
    auto isLayoutFriendly = [&](Value value) {
      return !isBlock(value) || isLayoutShape(tile::shapeOf(value.getType()));
    };
    for (Value value : op->getResults())
      if (!isLayoutFriendly(value))
        return op->emitOpError() << "expected powers of two as the sizes of a block, got " << value.getType();
    bool mayBeCheap = op->getNumResults() == 1 && op->getNumRegions() == 0 && !isAnchor(op) &&
                      rule != LayoutRule::Control && rule != LayoutRule::Any && isMemoryEffectFree(op);
    int cost = instructions(op);
    for (Value operand : op->getOperands())
      if (isBlock(operand)) {
        auto it = graph.cheap.find(operand);
        mayBeCheap &= it != graph.cheap.end();
        if (it != graph.cheap.end())
          cost += it->second;
      }
    for (Value value : op->getResults())
      if (isBlock(value)) {
        if (mayBeCheap && cost <= kCheapest)
          graph.cheap[value] = cost;
        else
          number(value);
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

// Values of one operation, and those that control flow carries into each other, share a label.
void LayoutGraph::Builder::tie(func::FuncOp kernel) {
  classes.grow(values.size());
  auto join = [&](Value a, Value b) {
    if (isTied(a) && isTied(b))
      classes.join(index.lookup(a), index.lookup(b));
  };
  kernel.walk([&](Operation *op) {
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      for (auto [argument, result] : llvm::zip(loop.getRegionIterArgs(), loop.getResults()))
        join(argument, result);
      return;
    }
    if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      for (auto [argument, result] : llvm::zip(loop.getAfterArguments(), loop.getResults()))
        join(argument, result);
      return;
    }
    if (isa<scf::YieldOp, scf::ConditionOp>(op)) {
      for (OpOperand &operand : op->getOpOperands())
        if (Value target = carriedInto(op, operand.getOperandNumber()))
          join(operand.get(), target);
      return;
    }
    if (isAnchor(op) || layoutRule(op) != LayoutRule::Same)
      return;
    Value principal = principalBlock(op);
    if (!principal || graph.isCheap(principal))
      return;
    for (Value other : llvm::concat<Value>(SmallVector<Value>(op->getOperands()), SmallVector<Value>(op->getResults())))
      join(principal, other);
  });
}

MemoryAccess LayoutGraph::Builder::describe(Operation *op) const {
  MemoryAccess access;
  access.op = op;
  access.isStore = isa<tile::StoreOp>(op);
  Value ptr = op->getOperand(0);
  Value mask = access.isStore ? cast<tile::StoreOp>(op).getMask() : cast<tile::LoadOp>(op).getMask();
  analysis::AxisInfo info = axis.get(ptr);
  int64_t bits = elementBits(cast<tile::PointerType>(getElementTypeOrSelf(ptr.getType())).getPointee());
  access.elementBytes = std::max<int64_t>(1, bits / 8);
  ArrayRef<int64_t> shape = tile::shapeOf(ptr.getType());
  for (int d = int(shape.size()) - 1; d >= 0; --d)
    access.order.push_back(d);
  llvm::sort(access.order,
             [&](int a, int b) { return std::pair(info.contiguity[a], a) > std::pair(info.contiguity[b], b); });
  access.fastAxis = access.order.empty() ? 0 : access.order.front();
  access.contiguity = std::min(info.contiguity[access.fastAxis], shape[access.fastAxis]);
  access.alignment = std::max<int64_t>(1, info.divisibilityOfRuns(access.fastAxis, access.contiguity) /
                                              std::max<int64_t>(1, info.unit));
  access.maskConstancy = mask && isBlock(mask) ? axis.get(mask).constancy[access.fastAxis] : int64_t(1) << 30;
  access.constancy.assign(info.constancy.begin(), info.constancy.end());
  return access;
}

void LayoutGraph::Builder::addNodes() {
  classes.compress();
  SmallVector<int> groupNode(classes.getNumClasses(), -1);
  for (auto [i, value] : llvm::enumerate(values)) {
    Operation *def = value.getDefiningOp();
    int node;
    if (def && isAnchor(def)) {
      auto [it, isNew] = graph.anchorNode.try_emplace(def, graph.nodes.size());
      node = it->second;
      if (isNew)
        graph.nodes.emplace_back().op = def;
    } else {
      int &group = groupNode[classes[i]];
      if (group < 0) {
        group = graph.nodes.size();
        graph.nodes.emplace_back();
        llvm::append_range(graph.nodes.back().shape, tile::shapeOf(value.getType()));
      }
      node = group;
      LayoutNode &own = graph.nodes[node];
      own.bits = std::max(own.bits, elementBits(value.getType()));
      own.weight = std::max(own.weight, definitionWeight(value));
      if (def && !isa<scf::SCFDialect>(def->getDialect()))
        own.operations += definitionWeight(value) * instructions(def);
    }
    graph.valueNode[value] = node;
  }
}

void LayoutGraph::Builder::addEdges(func::FuncOp kernel) {
  // Anchors without a block among their results (stores, reductions to a scalar) have no node yet.
  kernel.walk([&](Operation *op) {
    if (!isAnchor(op))
      return;
    Value principal = principalBlock(op);
    if (!principal)
      return;
    auto [it, isNew] = graph.anchorNode.try_emplace(op, graph.nodes.size());
    if (isNew)
      graph.nodes.emplace_back().op = op;
    LayoutNode &node = graph.nodes[it->second];
    llvm::append_range(node.shape, tile::shapeOf(principal.getType()));
    node.bits = elementBits(principal.getType());
    node.weight = loopWeight(op->getParentOp());
    if (isa<tile::LoadOp, tile::StoreOp>(op)) {
      node.kind = LayoutNode::Access;
      node.access = graph.accesses.size();
      node.bits = elementBits(cast<tile::PointerType>(getElementTypeOrSelf(op->getOperand(0).getType())).getPointee());
      graph.accesses.push_back(describe(op));
    } else {
      node.kind = isa<tile::ReduceOp>(op) ? LayoutNode::Reduce
                  : isa<tile::ScanOp>(op) ? LayoutNode::Scan
                                          : LayoutNode::Split;
    }
  });
  llvm::DenseSet<std::pair<Value, std::pair<int, int>>> seen;
  kernel.walk([&](Operation *op) {
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (!isBlock(value) || graph.isCheap(value))
        continue;
      int from = graph.nodeOf(value), to;
      if (Value target = carriedInto(op, operand.getOperandNumber()))
        to = graph.nodeOf(target);
      else
        to = graph.nodeOf(op);
      if (to < 0)
        continue;
      LayoutRule rule = layoutRule(op);
      bool isIdentity = rule == LayoutRule::Same || rule == LayoutRule::Operand || rule == LayoutRule::Control ||
                        rule == LayoutRule::Reduce || rule == LayoutRule::Split;
      if (from == to && isIdentity)
        continue;
      // The same demand twice costs once.
      int kind = isIdentity ? -1 : int(operand.getOperandNumber());
      if (isIdentity && !seen.insert({value, {to, kind}}).second)
        continue;
      int edge = graph.edges.size();
      graph.edges.push_back(
          {value, op, operand.getOperandNumber(), from, to, elementBits(value.getType()), definitionWeight(value)});
      graph.nodes[from].edges.push_back(edge);
      if (from != to)
        graph.nodes[to].edges.push_back(edge);
    }
  });
}

FailureOr<LayoutGraph> LayoutGraph::build(func::FuncOp kernel, const analysis::AxisAnalysis &axis) {
  LayoutGraph graph;
  Builder builder(graph, axis);
  if (failed(builder.collect(kernel)))
    return failure();
  builder.tie(kernel);
  builder.addNodes();
  builder.addEdges(kernel);
  return graph;
}

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

int LayoutGraph::nodeOf(Value value) const {
  auto it = valueNode.find(value);
  return it == valueNode.end() ? -1 : it->second;
}

int LayoutGraph::nodeOf(Operation *op) const {
  if (auto it = anchorNode.find(op); it != anchorNode.end())
    return it->second;
  for (Value result : op->getResults())
    if (int node = nodeOf(result); node >= 0)
      return node;
  return -1;
}

static bool travels(Operation *op, unsigned operand) { return bool(carriedInto(op, operand)); }

LayoutAttr LayoutGraph::produced(const LayoutEdge &edge, LayoutAttr from) const {
  Operation *def = edge.value.getDefiningOp();
  if (!def || !isAnchor(def))
    return from;
  return resultLayout(def, cast<OpResult>(edge.value).getResultNumber(), from);
}

LayoutAttr LayoutGraph::wanted(const LayoutEdge &edge, LayoutAttr to) const {
  return travels(edge.use, edge.operand) ? to : operandLayout(edge.use, edge.operand, to);
}

LayoutAttr LayoutGraph::labelAtUse(const LayoutEdge &edge, LayoutAttr from, bool &isGuess) const {
  LayoutAttr layout = produced(edge, from);
  if (!layout || travels(edge.use, edge.operand))
    return layout;
  isGuess = isa<tile::BroadcastOp, tile::JoinOp>(edge.use);
  return principalFromOperand(edge.use, edge.operand, layout);
}

LayoutAttr LayoutGraph::labelAtDefinition(const LayoutEdge &edge, LayoutAttr to, bool &isGuess) const {
  LayoutAttr layout = wanted(edge, to);
  Operation *def = edge.value.getDefiningOp();
  if (!layout || !def || !isAnchor(def))
    return layout;
  isGuess = isa<tile::ReduceOp, tile::SplitOp>(def);
  return principalFromResult(def, cast<OpResult>(edge.value).getResultNumber(), layout);
}
