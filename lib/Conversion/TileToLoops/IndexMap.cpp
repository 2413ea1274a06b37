//===- IndexMap.cpp - Where an element of a value lies in a loop nest -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/IndexMap.h"

#include "dialects/Tile/IR/Tile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tegula;
using namespace tegula::loops;
using tile::shapeOf;

IndexMap IndexMap::ofFlat(ArrayRef<Bit> bits, ArrayRef<int64_t> shape) {
  IndexMap map;
  map.dims.resize(shape.size());
  for (size_t d = shape.size(); d-- > 0;) {
    unsigned count = llvm::Log2_64(shape[d]);
    map.dims[d].assign(bits.begin(), bits.begin() + count);
    bits = bits.drop_front(count);
  }
  return map;
}

IndexMap IndexMap::identity(ArrayRef<int64_t> shape) {
  unsigned count = 0;
  for (int64_t size : shape)
    count += llvm::Log2_64(size);
  Bits bits;
  for (unsigned b = 0; b < count; ++b)
    bits.push_back(Bit(b));
  return ofFlat(bits, shape);
}

Bits IndexMap::flat() const {
  Bits bits;
  for (const Bits &dim : llvm::reverse(dims))
    bits.append(dim.begin(), dim.end());
  return bits;
}

IndexMap IndexMap::withBit(Bit bit, bool value) const {
  IndexMap map = *this;
  for (Bits &dim : map.dims)
    llvm::replace(dim, bit, value ? kBitOne : kBitZero);
  return map;
}

IndexMap tegula::loops::operandMap(Operation *op, unsigned operand, unsigned result, const IndexMap &map) {
  return llvm::TypeSwitch<Operation *, IndexMap>(op)
      .Case([&](tile::BroadcastOp broadcast) {
        IndexMap from = map;
        for (auto [dim, size] : llvm::zip(from.dims, shapeOf(broadcast.getSrc().getType())))
          if (size == 1)
            dim.clear();
        return from;
      })
      .Case([&](tile::ExpandDimsOp expand) {
        IndexMap from = map;
        from.dims.erase(from.dims.begin() + expand.getAxis());
        return from;
      })
      .Case([&](tile::ReshapeOp reshape) { return IndexMap::ofFlat(map.flat(), shapeOf(reshape.getSrc().getType())); })
      .Case([&](tile::TransOp trans) {
        IndexMap from = map;
        for (auto [to, dim] : llvm::enumerate(trans.getOrder()))
          from.dims[dim] = map.dims[to];
        return from;
      })
      .Case([&](tile::JoinOp) {
        IndexMap from = map;
        from.dims.pop_back();
        return from;
      })
      .Case([&](tile::SplitOp) {
        IndexMap from = map;
        from.dims.push_back({result == 0 ? kBitZero : kBitOne});
        return from;
      })
      .Case([&](tile::UnsplatOp unsplat) {
        IndexMap from;
        from.dims.resize(shapeOf(unsplat.getSrc().getType()).size());
        return from;
      })
      .Default([&](Operation *) { return map; });
}

void IterationSpace::cutAround(ArrayRef<Bit> index) {
  cuts.resize(numBits + 1, false);
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0)
      continue;
    if (i == 0 || index[i - 1] + 1 != index[i] || index[i - 1] < 0)
      cuts[index[i]] = true;
    if (i + 1 == index.size() || index[i + 1] != index[i] + 1)
      cuts[index[i] + 1] = true;
  }
}

void IterationSpace::finish() {
  cuts.resize(numBits + 1, false);
  allDims.clear();
  for (unsigned bit = 0, first = 0; bit < numBits; ++bit)
    if (bit + 1 == numBits || cuts[bit + 1]) {
      allDims.push_back({first, bit + 1 - first});
      first = bit + 1;
    }
  std::reverse(allDims.begin(), allDims.end());
}

IterationSpace::Index IterationSpace::indexOf(ArrayRef<Bit> bits) const {
  Index index;
  for (size_t i = 0; i < bits.size();) {
    if (bits[i] < 0) {
      if (bits[i] == kBitOne)
        index.constant += int64_t(1) << i;
      ++i;
      continue;
    }
    auto dim = llvm::find_if(allDims, [&](const Dim &d) { return int(d.firstBit) == bits[i]; });
    assert(dim != allDims.end() && "an index that the space was not cut for");
    index.terms.push_back({unsigned(dim - allDims.begin()), int64_t(1) << i});
    i += dim->numBits;
  }
  return index;
}
