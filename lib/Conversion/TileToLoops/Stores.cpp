//===- Stores.cpp - Stores, and the loads that they may overwrite -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A store's nest computes each element and writes it at once, so that element i is written before the loads of element
// i + 1 are done; and loads that later nests need are done after all of it. The kernel says: first all loads, then the
// store. Any two pointers may overlap (kernels run in place), so for every load that is still needed, one of these
// holds, or its elements are copied to a buffer before the nest begins:
//
//   - it is in the store's nest only, and at every element the address loaded is the address stored (in place), no
//     address being stored twice;
//   - the range of addresses that it spans and the range that the store spans are apart.
//
// Both are decided at run time, once a program, by a handful of scalar instructions:
//
//   %moved = <spans overlap> and not <same addresses>
//   scf.if %moved { copy the block to %buffer }
//   %from = select %moved, %buffer, %pointer        // and the strides likewise
//
// After that no access of the nest depends on an earlier iteration, which its loop annotation tells LLVM: no run-time
// checks, no versions. A load whose addresses are not a sum of loop counters is copied always.
#include "lib/Conversion/TileToLoops/Kernel.h"
#include "lib/Conversion/TileToLoops/Scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::shapeOf;

static Type pointeeOf(Value pointers) {
  return cast<tile::PointerType>(getElementTypeOrSelf(pointers.getType())).getPointee();
}

namespace {
/// The addresses from `low` up to `high`, as i64; and what they are made of.
struct Span {
  Value low, high;
};

struct Comparisons {
  OpBuilder &b;
  Location loc;

  Value number(int64_t n) { return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(n)); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulIOp::create(b, loc, x, y); }
  Value compare(arith::CmpIPredicate p, Value x, Value y) { return arith::CmpIOp::create(b, loc, p, x, y); }
  Value both(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }

  /// The address of element 0.
  Value start(const Affine &address) {
    Value pointer = LLVM::PtrToIntOp::create(b, loc, b.getI64Type(), address.pointer);
    return address.base.isConstant(0) ? pointer : add(pointer, address.base.emit(b, loc));
  }

  /// What a block spans; `bounds` (of its mask) shorten it along their loop.
  Span span(const Affine &address, const IterationSpace &space, ArrayRef<Bound> bounds, int64_t bytes) {
    Value low = start(address), high = add(low, number(bytes));
    for (auto [dim, stride] : llvm::enumerate(address.strides)) {
      if (stride.isConstant(0))
        continue;
      Value extent = number(space.dims()[dim].size());
      for (const Bound &bound : bounds) {
        // base + i < 0 along this loop alone
        bool alone = llvm::all_of(llvm::enumerate(bound.difference.strides),
                                  [&, dim = dim](auto item) { return item.value().isConstant(item.index() == dim); });
        if (!alone)
          continue;
        Value count = (bound.difference.base * -1).emit(b, loc);
        extent = arith::MinSIOp::create(b, loc, extent, count);
      }
      Value reach = mul(add(extent, number(-1)), stride.emit(b, loc));
      if (stride.isConstant() && stride.constant > 0) {
        high = add(high, reach);
      } else {
        low = add(low, arith::MinSIOp::create(b, loc, reach, number(0)));
        high = add(high, arith::MaxSIOp::create(b, loc, reach, number(0)));
      }
    }
    return {low, high};
  }

  /// Null: known to be true.
  Value sameAddresses(const Affine &x, const Affine &y) {
    if (x.sameAs(y))
      return {};
    Value same = compare(arith::CmpIPredicate::eq, start(x), start(y));
    for (auto [p, q] : llvm::zip(x.strides, y.strides))
      if (!(p == q))
        same = both(same, compare(arith::CmpIPredicate::eq, p.emit(b, loc), q.emit(b, loc)));
    return same;
  }

  /// No address twice: every stride passes over all that the next smaller one reaches. Null: known to be true.
  Value injective(const Affine &address, const IterationSpace &space, ArrayRef<unsigned> byStride) {
    Value result;
    for (size_t k = 0; k < byStride.size(); ++k) {
      const Linear &stride = address.strides[byStride[k]];
      Linear reach(1);
      if (k + 1 < byStride.size())
        reach = address.strides[byStride[k + 1]] * space.dims()[byStride[k + 1]].size();
      if (stride.isConstant() && reach.isConstant() && stride.constant >= reach.constant && reach.constant > 0)
        continue;
      Value holds = compare(arith::CmpIPredicate::sge, stride.emit(b, loc), reach.emit(b, loc));
      result = result ? both(result, holds) : holds;
    }
    return result;
  }
};
} // namespace

void Kernel::guardLoads(Nest &nest, ArrayRef<tile::StoreOp> stores) {
  unsigned begin = uses.startOf(stores.front()), end = uses.startOf(stores.back());
  SmallVector<tile::LoadOp> affected;
  for (tile::LoadOp load : pending)
    if (!bufferOf(load.getResult()) && uses.lastUse(load.getResult()) >= begin)
      affected.push_back(load);
  if (affected.empty())
    return;

  // The loops of the store's own block, for its addresses; each load has its own.
  for (tile::StoreOp store : stores) {
    Location loc = store.getLoc();
    Comparisons c{b, loc};
    ArrayRef<int64_t> shape = shapeOf(store.getPtr().getType());
    Nest ours(*this, loc, shape);
    ours.need(store.getPtr());
    if (store.getMask())
      ours.need(store.getMask());
    ours.plan();
    Affine target = ours.affineReader().pointer(store.getPtr(), IndexMap::identity(shape));
    MaskParts targetMask;
    if (store.getMask())
      ours.affineReader().mask(store.getMask(), IndexMap::identity(shape), targetMask);
    int64_t bytes = sizeOf(pointeeOf(store.getPtr()));
    std::optional<Span> written;
    if (target.isPure() && !ours.hasVariants())
      written = c.span(target, ours.space(), targetMask.bounds, bytes);

    for (tile::LoadOp load : affected) {
      Value result = load.getResult();
      if (bufferOf(result))
        continue;
      bool onlyHere = uses.lastUse(result) <= end && stores.size() == 1;
      // In the store's nest, every element read where it is written?
      bool seenHere = false;
      for (Nest::Load &seen : nest.loads())
        seenHere |= seen.op == load;
      if (onlyHere && !seenHere)
        continue; // needed by the nest's scalars or buffers, which are there already
      ArrayRef<int64_t> loadShape = shapeOf(load.getPtr().getType());
      Nest theirs(*this, loc, loadShape);
      theirs.need(result);
      theirs.plan();
      Affine source = theirs.affineReader().pointer(load.getPtr(), IndexMap::identity(loadShape));
      if (!written || !source.isPure()) {
        // In place and known to be: nothing to do even for odd addresses.
        bool inPlace = onlyHere && load.getPtr() == store.getPtr() && !ours.hasVariants() && target.isPure() &&
                       !c.injective(target, ours.space(), {});
        if (!inPlace)
          materialise(result);
        continue;
      }
      MaskParts sourceMask;
      if (load.getMask())
        theirs.affineReader().mask(load.getMask(), IndexMap::identity(loadShape), sourceMask);

      // In place: the same addresses at the same elements of the store's nest.
      bool mayBeInPlace = onlyHere;
      Value inPlace;
      bool knownInPlace = false;
      if (mayBeInPlace) {
        for (Nest::Load &seen : nest.loads()) {
          if (seen.op != load)
            continue;
          Affine here = nest.affineReader().pointer(load.getPtr(), seen.map);
          Affine there = nest.affineReader().pointer(store.getPtr(), IndexMap::identity(shape));
          if (!here.isPure() || !there.isPure() || sizeOf(pointeeOf(load.getPtr())) != bytes || nest.hasVariants()) {
            mayBeInPlace = false;
            break;
          }
          // Largest stride first, as far as it is known.
          SmallVector<unsigned> byStride;
          for (unsigned dim = 0; dim < nest.space().dims().size(); ++dim)
            byStride.push_back(dim);
          llvm::stable_sort(byStride, [&](unsigned p, unsigned q) {
            auto size = [&](unsigned dim) {
              const Linear &stride = there.strides[dim];
              return stride.isConstant() ? stride.constant : INT64_MAX;
            };
            return size(p) > size(q);
          });
          Value same = c.sameAddresses(here, there), once = c.injective(there, nest.space(), byStride);
          Value holds = same && once ? c.both(same, once) : same ? same : once;
          if (!holds && !inPlace)
            knownInPlace = true;
          else if (holds)
            inPlace = inPlace ? c.both(inPlace, holds) : holds;
        }
      }
      if (mayBeInPlace && knownInPlace && !inPlace)
        continue;
      Span read = c.span(source, theirs.space(), sourceMask.bounds, sizeOf(pointeeOf(load.getPtr())));
      Value overlap = c.both(c.compare(arith::CmpIPredicate::ult, read.low, written->high),
                             c.compare(arith::CmpIPredicate::ult, written->low, read.high));
      if (mayBeInPlace && inPlace) {
        Value yes = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
        overlap = c.both(overlap, arith::XOrIOp::create(b, loc, inPlace, yes));
      }
      // Copied away from an earlier store already? Then this one cannot touch it.
      Moved before = moved.lookup(load);
      if (before.flag) {
        Value yes = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
        overlap = c.both(overlap, arith::XOrIOp::create(b, loc, before.flag, yes));
      }
      Value buffer = before.buffer ? before.buffer : bufferFor(result);
      auto branch = scf::IfOp::create(b, loc, overlap, false);
      {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(branch.thenBlock()->getTerminator());
        copyInto(loc, buffer, result, /*cold=*/true);
      }
      if (before.flag)
        overlap = arith::OrIOp::create(b, loc, overlap, before.flag);
      moved[load] = {overlap, buffer};
    }
  }
}

void Kernel::lowerStores(ArrayRef<tile::StoreOp> stores) {
  tile::StoreOp first = stores.front();
  Location loc = first.getLoc();
  ArrayRef<int64_t> shape = shapeOf(first.getPtr().getType());
  auto needAll = [&](Nest &nest) {
    for (tile::StoreOp store : stores) {
      nest.need(store.getValue());
      nest.need(store.getPtr());
      if (store.getMask())
        nest.need(store.getMask());
    }
    nest.plan();
  };
  {
    Nest preview(*this, loc, shape);
    needAll(preview);
    guardLoads(preview, stores);
  }
  Nest nest(*this, loc, shape);
  needAll(nest);
  nest.chooseInnermost(first.getPtr());
  bool oneMask = llvm::all_of(stores, [&](tile::StoreOp store) { return store.getMask() == first.getMask(); });
  if (first.getMask() && oneMask)
    nest.restrictTo(first.getMask(), IndexMap::identity(shape));
  bool restricted = oneMask && !nest.hasVariants();
  nest.openOuter();
  nest.inner({}, [&](ValueRange) {
    struct Write {
      Value address, value, condition;
      Type element;
    };
    SmallVector<Write> writes;
    for (unsigned variant = 0; variant < nest.variants().size(); ++variant) {
      IndexMap map = nest.variantMap(variant, shape);
      for (tile::StoreOp store : stores) {
        Write write;
        write.element = pointeeOf(store.getPtr());
        write.value = nest.element(store.getValue(), map).value;
        write.address = nest.addressOf(store.getPtr(), map);
        if (store.getMask())
          write.condition = restricted ? nest.restCondition() : nest.element(store.getMask(), map).value;
        writes.push_back(write);
      }
    }
    for (Write &write : writes) {
      if (!write.condition) {
        nest.storeTo(write.address, write.value, write.element);
        continue;
      }
      nest.storeUnder(write.condition, write.address, write.value, write.element);
    }
    return SmallVector<Value>();
  });
  nest.close();
}
