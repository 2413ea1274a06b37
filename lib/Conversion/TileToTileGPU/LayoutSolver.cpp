//===- LayoutSolver.cpp - The assignment of least cost ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A *seed* is a proposal of one node. Spread along the edges as far as no data need move, it labels the nodes that it
// reaches; the rest start from their own cheapest proposal. Most kernels are solved by one seed. Then single labels are
// changed as long as that makes the whole cheaper: so a store across the grain of its loads gets its own layout when
// that saves more than the movement costs. The few best seeds are improved, the cheapest outcome wins; ties go to the
// earlier seed, which makes the result independent of addresses.
//
//===---------------------------------------------------------------------------------------------------===//
#include "lib/Conversion/TileToTileGPU/LayoutSolver.h"

#include "lib/Conversion/TileToTileGPU/LayoutProposals.h"
#include "lib/Layout/Constructors.h"
#include "llvm/ADT/STLExtras.h"

#include <deque>

using namespace mlir;
using namespace tegula;
using namespace tegula::tile_gpu;

namespace {

constexpr size_t kMostCandidates = 24, kMostSeeds = 48, kImprovedSeeds = 4;
constexpr int kMostSweeps = 8;
/// A change must save this much, so that rounding cannot make the search run in circles.
constexpr double kLeastGain = 1e-6;

struct Solver {
  const LayoutGraph &graph;
  const CostModel &model;
  int64_t numWarps;
  MLIRContext *context;

  Solver(const LayoutGraph &graph, const CostModel &model, int64_t numWarps, MLIRContext *context)
      : graph(graph), model(model), numWarps(numWarps), context(context) {}

  SmallVector<SmallVector<LayoutAttr>> candidates; // per node
  DenseMap<std::pair<int, Attribute>, double> nodeCosts;
  DenseMap<std::pair<std::pair<Attribute, Attribute>, int64_t>, double> moveCosts;
  DenseMap<std::pair<int, Attribute>, std::pair<LayoutAttr, LayoutAttr>> edgeEnds; // (edge, label) -> produced, wanted

  LayoutAttr attr(const LinearLayout &layout) { return LayoutAttr::get(context, layout); }

  double nodeCost(int node, LayoutAttr label) {
    auto [it, isNew] = nodeCosts.try_emplace({node, label}, 0);
    if (!isNew)
      return it->second;
    const LayoutNode &n = graph.nodes[node];
    const LinearLayout &layout = label.getLinearLayout();
    double cost = 0;
    switch (n.kind) {
    case LayoutNode::Group:
      cost = model.elementwise(layout, n.operations, n.bits);
      break;
    case LayoutNode::Access:
      cost = n.weight * model.access(graph.accesses[n.access], layout);
      break;
    case LayoutNode::Reduce:
      cost = n.weight * model.reduce(layout, cast<tile::ReduceOp>(n.op).getAxis(), n.bits);
      break;
    case LayoutNode::Scan:
      cost = n.weight * model.scan(layout, cast<tile::ScanOp>(n.op).getAxis(), n.bits);
      break;
    case LayoutNode::Split:
      break;
    }
    return nodeCosts[{node, label}] = cost;
  }

  LayoutAttr produced(int edge, LayoutAttr label) {
    auto [it, isNew] = edgeEnds.try_emplace({2 * edge, label});
    if (isNew) {
      LayoutAttr layout = graph.produced(graph.edges[edge], label);
      edgeEnds[{2 * edge, label}].first = layout;
      return layout;
    }
    return it->second.first;
  }
  LayoutAttr wanted(int edge, LayoutAttr label) {
    auto [it, isNew] = edgeEnds.try_emplace({2 * edge + 1, label});
    if (isNew) {
      LayoutAttr layout = graph.wanted(graph.edges[edge], label);
      edgeEnds[{2 * edge + 1, label}].first = layout;
      return layout;
    }
    return it->second.first;
  }

  double edgeCost(int edge, LayoutAttr from, LayoutAttr to) {
    LayoutAttr have = produced(edge, from), want = wanted(edge, to);
    if (!want || have == want)
      return 0;
    if (!have)
      return 1e30; // a split that cannot be
    const LayoutEdge &e = graph.edges[edge];
    auto [it, isNew] = moveCosts.try_emplace({{have, want}, e.bits}, 0);
    if (isNew)
      it->second = model.convert(have.getLinearLayout(), want.getLinearLayout(), e.bits);
    // An instruction's worth more than nothing, so that a renaming is not preferred to none.
    return e.weight * (it->second + 0.5);
  }

  double edgeCost(int edge, ArrayRef<LayoutAttr> labels) {
    return edgeCost(edge, labels[graph.edges[edge].from], labels[graph.edges[edge].to]);
  }

  double total(ArrayRef<LayoutAttr> labels) {
    double cost = 0;
    for (int node = 0, n = graph.nodes.size(); node < n; ++node)
      cost += nodeCost(node, labels[node]);
    for (int edge = 0, n = graph.edges.size(); edge < n; ++edge)
      cost += edgeCost(edge, labels);
    return cost;
  }

  bool allows(int node, LayoutAttr label) {
    const LayoutNode &n = graph.nodes[node];
    if (n.kind == LayoutNode::Split)
      return trySplitLayout(label.getLinearLayout()).has_value();
    return n.kind != LayoutNode::Scan || isScannable(label.getLinearLayout(), cast<tile::ScanOp>(n.op).getAxis());
  }

  void addCandidate(int node, LayoutAttr label) {
    SmallVector<LayoutAttr> &list = candidates[node];
    if (label && list.size() < kMostCandidates && allows(node, label) && !llvm::is_contained(list, label))
      list.push_back(label);
  }

  SmallVector<LayoutAttr> ownProposals(int node, ArrayRef<int64_t> vectors) {
    const LayoutNode &n = graph.nodes[node];
    SmallVector<LinearLayout, 0> layouts;
    if (n.kind == LayoutNode::Access)
      layouts = proposeForAccess(graph.accesses[n.access], n.shape, numWarps, vectors);
    else if (n.kind == LayoutNode::Reduce)
      layouts = proposeForAxis(n.shape, cast<tile::ReduceOp>(n.op).getAxis(), numWarps);
    else if (n.kind == LayoutNode::Scan)
      layouts = proposeForAxis(n.shape, cast<tile::ScanOp>(n.op).getAxis(), numWarps);
    else if (n.kind == LayoutNode::Split)
      layouts.push_back(splitOperandLayout(defaultLayout(ArrayRef<int64_t>(n.shape).drop_back(), numWarps)));
    SmallVector<LayoutAttr> result;
    for (const LinearLayout &layout : layouts)
      result.push_back(attr(layout));
    return result;
  }

  /// The node's cheapest candidate alone; a default when it has none.
  LayoutAttr alone(int node) {
    LayoutAttr best;
    for (LayoutAttr candidate : candidates[node])
      if (!best || nodeCost(node, candidate) < nodeCost(node, best) - kLeastGain)
        best = candidate;
    if (best)
      return best;
    if (graph.nodes[node].kind == LayoutNode::Split)
      return attr(splitOperandLayout(defaultLayout(ArrayRef<int64_t>(graph.nodes[node].shape).drop_back(), numWarps)));
    return attr(defaultLayout(graph.nodes[node].shape, numWarps));
  }

  /// Labels all nodes from one: along certain rules first, then along those that leave a choice.
  void spread(int seed, LayoutAttr label, SmallVectorImpl<LayoutAttr> &labels) {
    std::deque<int> certain;
    auto visit = [&](int node, LayoutAttr layout) {
      if (labels[node] || !layout || !allows(node, layout))
        return;
      labels[node] = layout;
      certain.push_back(node);
    };
    visit(seed, label);
    auto expand = [&](int node, bool mayGuess) {
      for (int index : graph.nodes[node].edges) {
        const LayoutEdge &edge = graph.edges[index];
        bool isGuess = false;
        int other = edge.from == node ? edge.to : edge.from;
        if (labels[other])
          continue;
        LayoutAttr layout = edge.from == node ? graph.labelAtUse(edge, labels[node], isGuess)
                                              : graph.labelAtDefinition(edge, labels[node], isGuess);
        if (!isGuess || mayGuess)
          visit(other, layout);
      }
    };
    SmallVector<int> done;
    while (true) {
      while (!certain.empty()) {
        int node = certain.front();
        certain.pop_front();
        expand(node, false);
        done.push_back(node);
      }
      // One guess at a time: what follows from it for certain goes first again.
      bool progressed = false;
      for (int node : done) {
        expand(node, true);
        if (!certain.empty()) {
          progressed = true;
          break;
        }
      }
      if (!progressed)
        return;
    }
  }

  bool improve(SmallVectorImpl<LayoutAttr> &labels) {
    bool changed = false;
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      bool sweepChanged = false;
      for (int node = 0, n = graph.nodes.size(); node < n; ++node) {
        auto local = [&](LayoutAttr label) {
          LayoutAttr kept = std::exchange(labels[node], label);
          double cost = nodeCost(node, label);
          for (int edge : graph.nodes[node].edges)
            cost += edgeCost(edge, labels);
          labels[node] = kept;
          return cost;
        };
        double best = local(labels[node]);
        for (LayoutAttr candidate : SmallVector<LayoutAttr>(candidates[node])) {
          if (candidate == labels[node])
            continue;
          double cost = local(candidate);
          if (cost < best - kLeastGain) {
            best = cost;
            labels[node] = candidate;
            sweepChanged = true;
          }
        }
      }
      changed |= sweepChanged;
      if (!sweepChanged)
        break;
    }
    return changed;
  }

  LayoutAssignment run() {
    int count = graph.nodes.size();
    candidates.resize(count);
    SmallVector<int64_t> vectors;
    for (const MemoryAccess &access : graph.accesses)
      if (!llvm::is_contained(vectors, access.maxVector()))
        vectors.push_back(access.maxVector());

    SmallVector<std::pair<int, LayoutAttr>> proposals;
    for (int node = 0; node < count; ++node)
      for (LayoutAttr proposal : ownProposals(node, vectors))
        if (allows(node, proposal))
          proposals.push_back({node, proposal});
    SmallVector<SmallVector<LayoutAttr>> own(count);
    for (auto [node, proposal] : proposals)
      own[node].push_back(proposal);

    struct Start {
      SmallVector<LayoutAttr> labels;
      double cost;
      int number;
    };
    SmallVector<Start> starts;
    auto complete = [&](SmallVector<LayoutAttr> labels) {
      for (int node = 0; node < count; ++node)
        if (!labels[node]) {
          LayoutAttr best;
          for (LayoutAttr proposal : own[node])
            if (!best || nodeCost(node, proposal) < nodeCost(node, best) - kLeastGain)
              best = proposal;
          spread(node, best ? best : alone(node), labels);
        }
      for (int node = 0; node < count; ++node)
        addCandidate(node, labels[node]);
      double cost = total(labels);
      starts.push_back({std::move(labels), cost, int(starts.size())});
    };
    for (auto [node, proposal] : proposals) {
      // A proposal that an earlier seed has already brought here would spread the same way.
      if (starts.size() >= kMostSeeds || llvm::is_contained(candidates[node], proposal))
        continue;
      SmallVector<LayoutAttr> labels(count);
      spread(node, proposal, labels);
      complete(std::move(labels));
    }
    if (starts.empty())
      complete(SmallVector<LayoutAttr>(count));
    for (auto [node, proposal] : proposals)
      addCandidate(node, proposal);
    // An access may also have any of its layouts with the registers in memory's order.
    for (int node = 0; node < count; ++node)
      if (graph.nodes[node].kind == LayoutNode::Access)
        for (LayoutAttr candidate : SmallVector<LayoutAttr>(candidates[node]))
          addCandidate(node,
                       attr(neighboursFirst(candidate.getLinearLayout(), graph.accesses[graph.nodes[node].access])));

    llvm::sort(starts, [](const Start &a, const Start &b) {
      return std::pair(a.cost, a.number) < std::pair(b.cost, b.number);
    });
    LayoutAssignment best;
    best.seeds = starts.size();
    bool isFirst = true;
    for (Start &start : llvm::MutableArrayRef<Start>(starts).take_front(kImprovedSeeds)) {
      if (improve(start.labels))
        start.cost = total(start.labels);
      if (isFirst || start.cost < best.cost - kLeastGain) {
        best.labels = start.labels;
        best.cost = start.cost;
        isFirst = false;
      }
    }
    return best;
  }
};

} // namespace

LayoutAssignment tile_gpu::solveLayouts(const LayoutGraph &graph, const CostModel &model, int64_t numWarps,
                                        MLIRContext *context) {
  return Solver(graph, model, numWarps, context).run();
}
