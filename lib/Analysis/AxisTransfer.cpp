//===- AxisTransfer.cpp - What each operation makes of contiguity and the rest ===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Analysis/AxisInfo.h"

#include "dialects/Tile/IR/Tile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::analysis;
using tile::shapeOf;

namespace {
using Get = llvm::function_ref<AxisInfo(Value)>;

/// The largest power of two that divides `n`.
int64_t powerIn(int64_t n) { return n == 0 ? kMaxDivisor : std::min<int64_t>(n & -n, kMaxDivisor); }
int64_t times(int64_t a, int64_t b) { return a > kMaxDivisor / b ? kMaxDivisor : a * b; }

/// Elementwise work that keeps only equality: equal operands give equal results.
AxisInfo constancyOnly(Operation *op, Value result, Get get) {
  AxisInfo info = AxisInfo::unknown(result.getType());
  if (op->getNumOperands() == 0)
    return info;
  for (unsigned d = 0; d < info.rank(); ++d) {
    int64_t run = kMaxDivisor;
    for (Value operand : op->getOperands()) {
      AxisInfo o = get(operand);
      run = std::min(run, o.rank() == info.rank() ? o.constancy[d] : 1);
    }
    info.constancy[d] = run;
  }
  return info;
}

AxisInfo ofConstant(Value result, Attribute value) {
  AxisInfo info = AxisInfo::unknown(result.getType());
  std::optional<APInt> number;
  if (auto integer = dyn_cast<IntegerAttr>(value))
    number = integer.getValue();
  bool splat = false;
  if (auto dense = dyn_cast<DenseElementsAttr>(value); dense && dense.isSplat()) {
    splat = true;
    if (isa<IntegerType>(dense.getElementType()))
      number = dense.getSplatValue<APInt>();
  }
  if (splat)
    llvm::copy(shapeOf(result.getType()), info.constancy.begin());
  if (number) {
    int64_t n = number->getBitWidth() == 1 ? number->getZExtValue() : number->getSExtValue();
    info.constant = n;
    info.nonNegative = n >= 0;
    llvm::fill(info.divisibility, powerIn(n));
  }
  return info;
}

/// Addition; `b` counts in units of `a` (a pointee's bytes).
AxisInfo ofAdd(Type type, const AxisInfo &a, AxisInfo b, bool commutes) {
  AxisInfo info = AxisInfo::unknown(type);
  for (unsigned d = 0; d < info.rank(); ++d) {
    info.contiguity[d] = std::min(a.contiguity[d], b.constancy[d]);
    if (commutes)
      info.contiguity[d] = std::max(info.contiguity[d], std::min(a.constancy[d], b.contiguity[d]));
    info.constancy[d] = std::min(a.constancy[d], b.constancy[d]);
    int64_t run = info.contiguity[d];
    info.divisibility[d] =
        std::min(a.divisibilityOfRuns(d, run), times(b.divisibilityOfRuns(d, run), info.unit / b.unit));
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  return info;
}

AxisInfo ofSub(Type type, const AxisInfo &a, const AxisInfo &b) {
  AxisInfo info = ofAdd(type, a, b, /*commutes=*/false);
  info.nonNegative = false;
  if (a.constant && b.constant)
    info.constant = *a.constant - *b.constant;
  return info;
}

AxisInfo ofMul(Type type, const AxisInfo &a, const AxisInfo &b) {
  if (a.constant == 1)
    return b;
  if (b.constant == 1)
    return a;
  AxisInfo info = AxisInfo::unknown(type);
  for (unsigned d = 0; d < info.rank(); ++d) {
    info.constancy[d] = std::min(a.constancy[d], b.constancy[d]);
    info.divisibility[d] = times(a.divisibilityOfRuns(d, 1), b.divisibilityOfRuns(d, 1));
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  return info;
}

/// Division that rounds down for the operands given: runs of the dividend inside a multiple of the divisor are equal.
AxisInfo ofFloorDiv(Type type, const AxisInfo &a, const AxisInfo &b) {
  if (b.constant == 1)
    return a;
  AxisInfo info = AxisInfo::unknown(type);
  bool power = b.constant && *b.constant > 0 && llvm::isPowerOf2_64(*b.constant);
  for (unsigned d = 0; d < info.rank(); ++d) {
    // (a) equal operands; (b) a run whose start and length divide the (equal) divisors.
    int64_t equal = std::min(a.constancy[d], b.constancy[d]);
    int64_t counting = std::min({a.contiguity[d], a.divisibility[d], b.divisibilityOfRuns(d, 1), b.constancy[d]});
    info.constancy[d] = std::max(equal, counting);
    if (power)
      info.divisibility[d] = std::max<int64_t>(1, a.divisibilityOfRuns(d, 1) / *b.constant);
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  return info;
}

AxisInfo ofRem(Type type, const AxisInfo &a, const AxisInfo &b) {
  AxisInfo info = AxisInfo::unknown(type);
  for (unsigned d = 0; d < info.rank(); ++d) {
    info.contiguity[d] = std::min({a.contiguity[d], a.divisibility[d], b.divisibilityOfRuns(d, 1), b.constancy[d]});
    info.constancy[d] = std::min(a.constancy[d], b.constancy[d]);
    int64_t run = info.contiguity[d];
    info.divisibility[d] = std::min(a.divisibilityOfRuns(d, run), b.divisibilityOfRuns(d, 1));
  }
  info.nonNegative = a.nonNegative;
  return info;
}

/// A comparison is the same all along a run that cannot straddle the bound.
AxisInfo ofCompare(arith::CmpIOp op, const AxisInfo &a, const AxisInfo &b) {
  using P = arith::CmpIPredicate;
  P p = op.getPredicate();
  bool below = p == P::slt || p == P::sge || p == P::ult || p == P::uge; // a < b and its negation
  bool above = p == P::sgt || p == P::sle || p == P::ugt || p == P::ule; // b < a and its negation
  AxisInfo info = AxisInfo::unknown(op.getType());
  info.nonNegative = true;
  for (unsigned d = 0; d < info.rank(); ++d) {
    int64_t run = std::min(a.constancy[d], b.constancy[d]);
    int64_t common = std::min(a.divisibility[d], b.divisibilityOfRuns(d, 1));
    if (below)
      run = std::max(run, std::min({a.contiguity[d], b.constancy[d], common}));
    common = std::min(b.divisibility[d], a.divisibilityOfRuns(d, 1));
    if (above)
      run = std::max(run, std::min({b.contiguity[d], a.constancy[d], common}));
    info.constancy[d] = run;
  }
  return info;
}

AxisInfo ofSelect(arith::SelectOp op, const AxisInfo &cond, const AxisInfo &a, const AxisInfo &b) {
  AxisInfo info = AxisInfo::unknown(op.getType());
  bool whole = !isa<ShapedType>(op.getCondition().getType());
  for (unsigned d = 0; d < info.rank(); ++d) {
    int64_t same = whole ? kMaxDivisor : cond.constancy[d];
    int64_t run = info.contiguity[d] = std::min({a.contiguity[d], b.contiguity[d], same});
    info.constancy[d] = std::min({a.constancy[d], b.constancy[d], same});
    info.divisibility[d] = std::min(a.divisibilityOfRuns(d, run), b.divisibilityOfRuns(d, run));
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  return info;
}

AxisInfo ofMinMax(Type type, const AxisInfo &a, const AxisInfo &b) {
  AxisInfo info = AxisInfo::unknown(type);
  for (unsigned d = 0; d < info.rank(); ++d) {
    info.constancy[d] = std::min(a.constancy[d], b.constancy[d]);
    info.divisibility[d] = std::min(a.divisibilityOfRuns(d, 1), b.divisibilityOfRuns(d, 1));
  }
  info.nonNegative = a.nonNegative && b.nonNegative;
  return info;
}

AxisInfo ofReshape(tile::ReshapeOp op, const AxisInfo &a) {
  AxisInfo info = AxisInfo::unknown(op.getType());
  if (op.getAllowReorder())
    return info;
  // The dimensions that are not of size one, from the last: equal ones stand for each other; the first unequal pair
  // shares the shorter run, and what lies further out is unknown.
  ArrayRef<int64_t> from = shapeOf(op.getSrc().getType()), to = shapeOf(op.getType());
  int f = int(from.size()) - 1, t = int(to.size()) - 1;
  for (; f >= 0 && t >= 0; --f, --t) {
    while (f > 0 && from[f] == 1)
      --f;
    while (t > 0 && to[t] == 1)
      --t;
    int64_t size = std::min(from[f], to[t]);
    info.contiguity[t] = std::min(a.contiguity[f], size);
    info.constancy[t] = std::min(a.constancy[f], size);
    info.divisibility[t] = a.divisibilityOfRuns(f, info.contiguity[t]);
    if (from[f] != to[t])
      break;
  }
  int64_t all = a.divisibilityOfElements();
  for (unsigned d = 0; d < info.rank(); ++d)
    info.divisibility[d] = std::max(info.divisibility[d], all);
  info.nonNegative = a.nonNegative;
  info.constant = a.constant;
  return info;
}

AxisInfo ofExpandDims(tile::ExpandDimsOp op, AxisInfo a) {
  auto insert = [&](AxisInfo::Dims &dims, int64_t n) { dims.insert(dims.begin() + op.getAxis(), n); };
  insert(a.divisibility, a.divisibilityOfElements());
  insert(a.contiguity, 1);
  insert(a.constancy, 1);
  return a;
}

AxisInfo ofBroadcast(tile::BroadcastOp op, AxisInfo a) {
  auto from = shapeOf(op.getSrc().getType()), to = shapeOf(op.getType());
  for (unsigned d = 0; d < a.rank(); ++d)
    if (from[d] != to[d])
      a.constancy[d] = to[d];
  return a;
}

AxisInfo ofTrans(tile::TransOp op, const AxisInfo &a) {
  AxisInfo info = a;
  for (auto [to, from] : llvm::enumerate(op.getOrder())) {
    info.contiguity[to] = a.contiguity[from];
    info.constancy[to] = a.constancy[from];
    info.divisibility[to] = a.divisibility[from];
  }
  return info;
}

/// Drops a dimension, as a reduction or a split does; runs along the others stay.
AxisInfo withoutDim(Type type, AxisInfo a, unsigned dim) {
  int64_t all = a.divisibilityOfElements();
  if (a.rank() == 1) {
    AxisInfo info = AxisInfo::unknown(type);
    info.divisibility[0] = all;
    info.nonNegative = a.nonNegative;
    return info;
  }
  for (AxisInfo::Dims *dims : {&a.contiguity, &a.divisibility, &a.constancy})
    dims->erase(dims->begin() + dim);
  return a;
}

AxisInfo ofCast(Type type, const AxisInfo &a) {
  AxisInfo info = a;
  info.unit = AxisInfo::unknown(type).unit;
  if (info.unit != a.unit) // other steps: only the elements one by one are known
    for (unsigned d = 0; d < a.rank(); ++d) {
      info.divisibility[d] = a.divisibilityOfRuns(d, 1);
      info.contiguity[d] = 1;
    }
  info.constant.reset();
  return info;
}

AxisInfo ofIntBinary(Operation *op, Value result, Get get) {
  AxisInfo a = get(op->getOperand(0)), b = get(op->getOperand(1));
  Type type = result.getType();
  return llvm::TypeSwitch<Operation *, AxisInfo>(op)
      .Case([&](arith::AddIOp) {
        AxisInfo info = ofAdd(type, a, b, true);
        if (a.constant && b.constant)
          info.constant = int64_t(uint64_t(*a.constant) + uint64_t(*b.constant));
        return info;
      })
      .Case([&](arith::SubIOp) { return ofSub(type, a, b); })
      .Case([&](arith::MulIOp) {
        AxisInfo info = ofMul(type, a, b);
        if (a.constant && b.constant)
          info.constant = int64_t(uint64_t(*a.constant) * uint64_t(*b.constant));
        return info;
      })
      .Case<arith::DivUIOp>([&](auto) { return ofFloorDiv(type, a, b); })
      .Case<arith::DivSIOp>(
          [&](auto) { return a.nonNegative || a.constant ? ofFloorDiv(type, a, b) : constancyOnly(op, result, get); })
      .Case<arith::RemUIOp>([&](auto) { return ofRem(type, a, b); })
      .Case<arith::RemSIOp>([&](auto) { return a.nonNegative ? ofRem(type, a, b) : constancyOnly(op, result, get); })
      .Case<arith::ShLIOp>([&](auto) {
        if (!b.constant || *b.constant < 0 || *b.constant > 32)
          return constancyOnly(op, result, get);
        AxisInfo factor = b;
        factor.constant = int64_t(1) << *b.constant;
        llvm::fill(factor.divisibility, *factor.constant);
        return ofMul(type, a, factor);
      })
      .Case<arith::ShRUIOp, arith::ShRSIOp>([&](auto) {
        if (!b.constant || *b.constant < 0 || *b.constant > 32)
          return constancyOnly(op, result, get);
        AxisInfo divisor = b;
        divisor.constant = int64_t(1) << *b.constant;
        llvm::fill(divisor.divisibility, *divisor.constant);
        return ofFloorDiv(type, a, divisor);
      })
      .Case<arith::AndIOp>([&](auto) {
        AxisInfo info = constancyOnly(op, result, get);
        for (unsigned d = 0; d < info.rank(); ++d)
          info.divisibility[d] = std::max(a.divisibilityOfRuns(d, 1), b.divisibilityOfRuns(d, 1));
        info.nonNegative = a.nonNegative || b.nonNegative;
        return info;
      })
      .Case<arith::OrIOp, arith::XOrIOp>([&](auto) { return ofMinMax(type, a, b); })
      .Case<arith::MinSIOp, arith::MaxSIOp, arith::MinUIOp, arith::MaxUIOp>([&](auto) { return ofMinMax(type, a, b); })
      .Default([&](Operation *) { return constancyOnly(op, result, get); });
}
} // namespace

AxisInfo tegula::analysis::transferAxisInfo(Operation *op, Value result, Get get) {
  Type type = result.getType();
  Attribute value;
  if (op->getNumOperands() == 0 && matchPattern(op, m_Constant(&value)))
    return ofConstant(result, value);
  return llvm::TypeSwitch<Operation *, AxisInfo>(op)
      .Case([&](tile::ArangeOp arange) {
        AxisInfo info = AxisInfo::unknown(type);
        info.contiguity[0] = shapeOf(type)[0];
        info.divisibility[0] = powerIn(int32_t(arange.getStart()));
        info.nonNegative = int32_t(arange.getStart()) >= 0;
        return info;
      })
      .Case([&](tile::SplatOp splat) {
        AxisInfo from = get(splat.getSrc()), info = AxisInfo::unknown(type);
        llvm::copy(shapeOf(type), info.constancy.begin());
        llvm::fill(info.divisibility, from.divisibility[0]);
        info.nonNegative = from.nonNegative;
        info.constant = from.constant;
        return info;
      })
      .Case([&](tile::UnsplatOp unsplat) {
        AxisInfo from = get(unsplat.getSrc()), info = AxisInfo::unknown(type);
        info.divisibility[0] = from.divisibilityOfElements();
        info.nonNegative = from.nonNegative;
        info.constant = from.constant;
        return info;
      })
      .Case([&](tile::BroadcastOp o) { return ofBroadcast(o, get(o.getSrc())); })
      .Case([&](tile::ExpandDimsOp o) { return ofExpandDims(o, get(o.getSrc())); })
      .Case([&](tile::ReshapeOp o) { return ofReshape(o, get(o.getSrc())); })
      .Case([&](tile::TransOp o) { return ofTrans(o, get(o.getSrc())); })
      .Case([&](tile::JoinOp o) {
        AxisInfo info = AxisInfo::meet(get(o.getLhs()), get(o.getRhs()));
        info.divisibility.push_back(info.divisibilityOfElements());
        info.contiguity.push_back(1);
        info.constancy.push_back(1);
        info.constant.reset();
        return info;
      })
      .Case([&](tile::SplitOp o) {
        AxisInfo from = get(o.getSrc());
        return withoutDim(type, from, from.rank() - 1);
      })
      .Case<tile::ProgramIdOp, tile::NumProgramsOp>([&](auto) {
        AxisInfo info = AxisInfo::unknown(type);
        info.nonNegative = true;
        return info;
      })
      .Case([&](tile::AddPtrOp o) { return ofAdd(type, get(o.getPtr()), get(o.getOffset()), true); })
      .Case<tile::IntToPtrOp, tile::PtrToIntOp, tile::PtrCastOp>([&](auto o) { return ofCast(type, get(o.getSrc())); })
      .Case<arith::ExtSIOp, arith::ExtUIOp, arith::IndexCastOp, arith::IndexCastUIOp>([&](auto o) {
        AxisInfo info = get(o.getIn());
        if (isa<arith::ExtUIOp>(o)) {
          if (info.constant && *info.constant < 0)
            info.constant.reset();
          info.nonNegative = true;
        }
        return info;
      })
      .Case([&](arith::TruncIOp o) {
        AxisInfo info = get(o.getIn());
        // A run keeps counting modulo 2^width as long as it fits the width.
        int64_t most = int64_t(1) << std::min(32u, getElementTypeOrSelf(type).getIntOrFloatBitWidth());
        for (unsigned d = 0; d < info.rank(); ++d) {
          int64_t run = std::min(info.contiguity[d], most);
          info.divisibility[d] = std::min(info.divisibilityOfRuns(d, run), info.divisibility[d]);
          info.contiguity[d] = run;
        }
        info.nonNegative = false;
        info.constant.reset();
        return info;
      })
      .Case([&](arith::CmpIOp o) { return ofCompare(o, get(o.getLhs()), get(o.getRhs())); })
      .Case([&](arith::SelectOp o) {
        return ofSelect(o, get(o.getCondition()), get(o.getTrueValue()), get(o.getFalseValue()));
      })
      .Case([&](tile::LoadOp o) { return constancyOnly(o, result, get); })
      .Default([&](Operation *) {
        bool integers = op->getNumOperands() == 2 && op->getNumResults() == 1 &&
                        isa<IntegerType>(getElementTypeOrSelf(type)) && op->getOperand(0).getType() == type &&
                        op->getOperand(1).getType() == type;
        if (integers)
          return ofIntBinary(op, result, get);
        if (op->hasTrait<OpTrait::Elementwise>())
          return constancyOnly(op, result, get);
        return AxisInfo::unknown(type);
      });
}
