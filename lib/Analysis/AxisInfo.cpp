//===- AxisInfo.cpp - How the elements of a block follow one another --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Analysis/AxisInfo.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::analysis;
using tile::shapeOf;

//===----------------------------------------------------------------------===//
// AxisInfo
//===----------------------------------------------------------------------===//

int64_t AxisInfo::divisibilityOfRuns(unsigned dim, int64_t run) const {
  if (run >= contiguity[dim])
    return divisibility[dim];
  return std::min(divisibility[dim], run * (unit & -unit));
}

int64_t AxisInfo::divisibilityOfElements() const {
  int64_t best = 1;
  for (unsigned d = 0; d < rank(); ++d)
    best = std::max(best, divisibilityOfRuns(d, 1));
  return best;
}

AxisInfo AxisInfo::unknown(Type type) {
  AxisInfo info;
  size_t rank = std::max<size_t>(1, shapeOf(type).size());
  info.contiguity.assign(rank, 1);
  info.divisibility.assign(rank, 1);
  info.constancy.assign(rank, 1);
  if (auto pointer = dyn_cast<tile::PointerType>(getElementTypeOrSelf(type))) {
    Type pointee = pointer.getPointee();
    info.unit = isa<tile::PointerType>(pointee) ? 8 : (pointee.getIntOrFloatBitWidth() + 7) / 8;
  }
  return info;
}

AxisInfo AxisInfo::meet(const AxisInfo &a, const AxisInfo &b) {
  AxisInfo info = a;
  for (unsigned d = 0; d < info.rank(); ++d) {
    int64_t run = info.contiguity[d] = std::min(a.contiguity[d], b.contiguity[d]);
    info.constancy[d] = std::min(a.constancy[d], b.constancy[d]);
    info.divisibility[d] = std::min(a.divisibilityOfRuns(d, run), b.divisibilityOfRuns(d, run));
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  if (a.constant != b.constant)
    info.constant.reset();
  return info;
}

//===----------------------------------------------------------------------===//
// AxisAnalysis
//===----------------------------------------------------------------------===//

AxisAnalysis::AxisAnalysis(Operation *root) {
  if (auto function = dyn_cast<FunctionOpInterface>(root)) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      AxisInfo info = AxisInfo::unknown(function.getArgument(i).getType());
      if (auto given = function.getArgAttrOfType<IntegerAttr>(i, tile::kDivisibilityAttr); given && given.getInt() > 0)
        info.divisibility[0] = given.getInt() & -given.getInt();
      set(function.getArgument(i), info);
    }
  }
  for (Region &region : root->getRegions())
    visitRegion(region);
}

AxisInfo AxisAnalysis::get(Value value) const {
  auto it = known.find(value);
  return it != known.end() ? it->second : AxisInfo::unknown(value.getType());
}

void AxisAnalysis::set(Value value, AxisInfo info) { known[value] = std::move(info); }

void AxisAnalysis::visitRegion(Region &region) {
  for (Block &block : region)
    for (Operation &op : block)
      visit(&op);
}

/// The hints of multiple_of, max_contiguous and max_constancy raise what was found.
static void applyHints(Operation *op, AxisInfo &info) {
  auto raise = [&](StringRef name, AxisInfo::Dims &dims, ArrayRef<int64_t> limit) {
    SmallVector<int64_t> hint;
    if (auto array = op->getAttrOfType<DenseI64ArrayAttr>(name))
      hint.assign(array.asArrayRef().begin(), array.asArrayRef().end());
    else if (auto list = op->getAttrOfType<ArrayAttr>(name))
      for (Attribute item : list)
        hint.push_back(isa<IntegerAttr>(item) ? cast<IntegerAttr>(item).getInt() : 1);
    for (auto [dim, n] : llvm::zip(llvm::seq<unsigned>(0, dims.size()), hint))
      if (n > 0)
        dims[dim] = std::max(dims[dim], dim < limit.size() ? std::min(n & -n, limit[dim]) : n & -n);
  };
  raise(tile::kContiguityAttr, info.contiguity, shapeOf(op->getResult(0).getType()));
  raise(tile::kConstancyAttr, info.constancy, shapeOf(op->getResult(0).getType()));
  raise(tile::kDivisibilityAttr, info.divisibility, {});
}

void AxisAnalysis::visit(Operation *op) {
  auto all = [&](ValueRange values, ValueRange from) {
    for (auto [value, source] : llvm::zip(values, from))
      set(value, get(source));
  };
  // Lowers `values` to what also holds for `from`; true when that changed something.
  auto lower = [&](ValueRange values, ValueRange from) {
    bool changed = false;
    for (auto [value, source] : llvm::zip(values, from)) {
      AxisInfo before = get(value), after = AxisInfo::meet(before, get(source));
      changed |= !(before == after);
      set(value, std::move(after));
    }
    return changed;
  };

  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    AxisInfo from = get(loop.getLowerBound()), step = get(loop.getStep());
    AxisInfo induction = AxisInfo::unknown(loop.getInductionVar().getType());
    induction.divisibility[0] = std::min(from.divisibility[0], step.divisibility[0]);
    induction.nonNegative = from.nonNegative;
    set(loop.getInductionVar(), induction);
    all(loop.getRegionIterArgs(), loop.getInitArgs());
    do
      visitRegion(loop.getRegion());
    while (lower(loop.getRegionIterArgs(), loop.getBody()->getTerminator()->getOperands()));
    all(loop.getResults(), loop.getRegionIterArgs());
    return;
  }
  if (auto loop = dyn_cast<scf::WhileOp>(op)) {
    all(loop.getBeforeArguments(), loop.getInits());
    do {
      visitRegion(loop.getBefore());
      all(loop.getAfterArguments(), loop.getConditionOp().getArgs());
      visitRegion(loop.getAfter());
    } while (lower(loop.getBeforeArguments(), loop.getYieldOp().getResults()));
    all(loop.getResults(), loop.getConditionOp().getArgs());
    return;
  }
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    visitRegion(branch.getThenRegion());
    visitRegion(branch.getElseRegion());
    if (branch.getNumResults() != 0) {
      all(branch.getResults(), branch.thenYield().getResults());
      lower(branch.getResults(), branch.elseYield().getResults());
    }
    return;
  }
  for (Region &region : op->getRegions()) // a combine region, say: its arguments stay unknown
    visitRegion(region);
  for (Value result : op->getResults()) {
    AxisInfo info = op->getNumRegions() == 0 ? transferAxisInfo(op, result, [&](Value v) { return get(v); })
                                             : AxisInfo::unknown(result.getType());
    if (op->getNumResults() == 1)
      applyHints(op, info);
    set(result, std::move(info));
  }
}

int64_t AxisAnalysis::accessWidth(Value pointers, Value mask, unsigned dim) const {
  AxisInfo info = get(pointers);
  int64_t width = std::min(info.contiguity[dim], std::max<int64_t>(1, info.divisibility[dim] / info.unit));
  if (mask && isa<RankedTensorType>(mask.getType()))
    width = std::min(width, get(mask).constancy[dim]);
  return width;
}

//===----------------------------------------------------------------------===//
// Prefix masks
//===----------------------------------------------------------------------===//

namespace {
/// start + constantStart (+ index along dim, if dim is given).
struct Ramp {
  std::optional<unsigned> dim;
  Value start;
  int64_t constantStart = 0;
};
} // namespace

/// Sees `value` as a scalar or as an arange along one dimension plus at most one scalar.
static std::optional<Ramp> matchRamp(Value value, unsigned depth = 0) {
  if (depth > 16)
    return std::nullopt;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)) && constant.getBitWidth() <= 64)
    return Ramp{{}, {}, constant.getSExtValue()};
  if (!isa<RankedTensorType>(value.getType()))
    return Ramp{{}, value, 0};
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (auto arange = dyn_cast<tile::ArangeOp>(op))
    return Ramp{0u, {}, int32_t(arange.getStart())};
  if (auto splat = dyn_cast<tile::SplatOp>(op))
    return matchRamp(splat.getSrc(), depth + 1);
  if (auto ext = dyn_cast<arith::ExtSIOp>(op)) // starts and bounds of other widths are signed, too
    return matchRamp(ext.getIn(), depth + 1);
  if (auto broadcast = dyn_cast<tile::BroadcastOp>(op)) {
    auto ramp = matchRamp(broadcast.getSrc(), depth + 1);
    if (ramp && ramp->dim && shapeOf(broadcast.getSrc().getType())[*ramp->dim] == 1)
      ramp->dim.reset();
    return ramp;
  }
  if (auto expand = dyn_cast<tile::ExpandDimsOp>(op)) {
    auto ramp = matchRamp(expand.getSrc(), depth + 1);
    if (ramp && ramp->dim && *ramp->dim >= expand.getAxis())
      ++*ramp->dim;
    return ramp;
  }
  if (auto add = dyn_cast<arith::AddIOp>(op)) {
    auto a = matchRamp(add.getLhs(), depth + 1), b = matchRamp(add.getRhs(), depth + 1);
    if (!a || !b || (a->dim && b->dim) || (a->start && b->start))
      return std::nullopt;
    return Ramp{a->dim ? a->dim : b->dim, a->start ? a->start : b->start, a->constantStart + b->constantStart};
  }
  return std::nullopt;
}

static bool collectPrefixes(Value mask, SmallVectorImpl<PrefixMaskTerm> &terms, unsigned depth) {
  if (depth > 16)
    return false;
  Operation *op = mask.getDefiningOp();
  if (!op)
    return false;
  if (isa<arith::AndIOp>(op))
    return collectPrefixes(op->getOperand(0), terms, depth + 1) && collectPrefixes(op->getOperand(1), terms, depth + 1);
  if (auto broadcast = dyn_cast<tile::BroadcastOp>(op))
    return collectPrefixes(broadcast.getSrc(), terms, depth + 1);
  if (auto expand = dyn_cast<tile::ExpandDimsOp>(op)) {
    size_t first = terms.size();
    if (!collectPrefixes(expand.getSrc(), terms, depth + 1))
      return false;
    for (size_t i = first; i < terms.size(); ++i)
      terms[i].dim += terms[i].dim >= expand.getAxis();
    return true;
  }
  auto compare = dyn_cast<arith::CmpIOp>(op);
  if (!compare)
    return false;
  Value lhs = compare.getLhs(), rhs = compare.getRhs();
  if (compare.getPredicate() == arith::CmpIPredicate::sgt)
    std::swap(lhs, rhs);
  else if (compare.getPredicate() != arith::CmpIPredicate::slt)
    return false;
  auto from = matchRamp(lhs), to = matchRamp(rhs);
  if (!from || !to || !from->dim || to->dim || (to->start && to->constantStart != 0))
    return false;
  terms.push_back({*from->dim, from->constantStart, from->start, to->start, to->constantStart});
  return true;
}

std::optional<SmallVector<PrefixMaskTerm, 2>> tegula::analysis::matchPrefixMask(Value mask) {
  SmallVector<PrefixMaskTerm, 2> terms;
  if (!isa<RankedTensorType>(mask.getType()) || !collectPrefixes(mask, terms, 0))
    return std::nullopt;
  return terms;
}
