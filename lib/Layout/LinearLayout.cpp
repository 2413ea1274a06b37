//===- LinearLayout.cpp - The algebra of layouts ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything here works on flattened words: a column is one word, and an operation on axes is a re-packing of its bits.
// Products and divisions pack bits; composition XORs columns; inverses solve with Gf2Basis.
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/LinearLayout.h"
#include "lib/Layout/Gf2.h"

#include <algorithm>
#include <bit>

namespace tegula {

std::string_view dimName(Dim dim) {
  constexpr std::string_view names[] = {"register", "lane", "warp", "offset", "block"};
  return names[static_cast<int>(dim)];
}

std::optional<Dim> dimFromName(std::string_view name) {
  for (Dim dim : kAllDims)
    if (dimName(dim) == name)
      return dim;
  return std::nullopt;
}

bool isLayoutShape(std::span<const int64_t> shape) {
  if (shape.size() > kMaxRank)
    return false;
  int bits = 0;
  for (int64_t size : shape) {
    if (size <= 0 || !std::has_single_bit(uint64_t(size)))
      return false;
    bits += std::countr_zero(uint64_t(size));
  }
  return bits <= kMaxBits;
}

// --- Space -------------------------------------------------------------------------------------------

Space Space::tensor(std::span<const int64_t> shape) {
  assert(isLayoutShape(shape) && "axes must be powers of two; check with isLayoutShape");
  Space space;
  space.rank_ = shape.size();
  for (size_t i = 0; i < shape.size(); ++i)
    space.bits_[i] = std::countr_zero(uint64_t(shape[i]));
  return space;
}

Space Space::tensorOfBits(std::span<const int> bits) {
  assert(bits.size() <= kMaxRank);
  Space space;
  space.rank_ = bits.size();
  for (size_t i = 0; i < bits.size(); ++i)
    space.bits_[i] = bits[i];
  return space;
}

Space Space::hardware(std::initializer_list<std::pair<Dim, int>> bits) {
  Space space;
  space.tensor_ = false;
  space.rank_ = kNumDims;
  for (auto [dim, count] : bits)
    space.bits_[static_cast<int>(dim)] = count;
  return space;
}

int Space::shift(int axis) const {
  int shift = 0;
  if (tensor_) {
    for (int i = axis + 1; i < rank_; ++i)
      shift += bits_[i];
  } else {
    for (int i = 0; i < axis; ++i)
      shift += bits_[i];
  }
  return shift;
}

int Space::totalBits() const {
  int total = 0;
  for (int i = 0; i < rank_; ++i)
    total += bits_[i];
  return total;
}

std::vector<int64_t> Space::coordinates(uint64_t word) const {
  std::vector<int64_t> result(rank_);
  for (int i = 0; i < rank_; ++i)
    result[i] = coordinate(word, i);
  return result;
}

uint64_t Space::flatten(std::span<const int64_t> coordinates) const {
  assert(int(coordinates.size()) == rank_);
  uint64_t word = 0;
  for (int i = 0; i < rank_; ++i) {
    assert(coordinates[i] >= 0 && coordinates[i] < size(i));
    word |= uint64_t(coordinates[i]) << shift(i);
  }
  return word;
}

std::pair<int, int> Space::locate(int bit) const {
  for (int i = 0; i < rank_; ++i) {
    int low = shift(i);
    if (bit >= low && bit < low + bits_[i])
      return {i, bit - low};
  }
  return {-1, 0};
}

std::vector<int64_t> Space::shape() const {
  std::vector<int64_t> result(rank_);
  for (int i = 0; i < rank_; ++i)
    result[i] = size(i);
  return result;
}

Space Space::withBits(int axis, int bits) const {
  Space result = *this;
  result.bits_[axis] = bits;
  return result;
}

uint64_t Space::repack(uint64_t word, const Space &to, const Space *up) const {
  assert(to.rank_ == rank_);
  uint64_t result = 0;
  int from = 0, target = 0;
  for (int n = 0; n < rank_; ++n) {
    int i = tensor_ ? rank_ - 1 - n : n; // minor first
    uint64_t part = (word >> from) & ((uint64_t(1) << bits_[i]) - 1);
    result |= part << (target + (up ? up->bits_[i] : 0));
    from += bits_[i];
    target += to.bits_[i];
  }
  return result;
}

// --- Construction ------------------------------------------------------------------------------------

LinearLayout::LinearLayout(const Space &ins, const Space &outs, std::span<const uint64_t> columns)
    : ins_(ins), outs_(outs) {
  assert(ins.totalBits() <= kMaxBits && outs.totalBits() <= kMaxBits && int(columns.size()) == ins.totalBits());
  for (size_t i = 0; i < columns.size(); ++i) {
    assert(columns[i] < (uint64_t(1) << outs.totalBits()));
    columns_[i] = columns[i];
  }
}

LinearLayout LinearLayout::fromBases(std::span<const int64_t> shape, std::span<const Bases> bases) {
  LinearLayout result(Space::hardware(), Space::tensor(shape), {});
  for (const Bases &entry : bases) {
    assert(entry.images.size() <= size_t(kMaxBits));
    std::array<uint64_t, kMaxBits> words;
    for (size_t i = 0; i < entry.images.size(); ++i)
      words[i] = result.outs_.flatten(entry.images[i]);
    result = result.withColumns(entry.dim, {words.data(), entry.images.size()});
  }
  return result;
}

LinearLayout LinearLayout::fromColumns(const Space &outs,
                                       std::initializer_list<std::pair<Dim, std::span<const uint64_t>>> columns) {
  LinearLayout result(Space::hardware(), outs, {});
  for (const auto &[dim, words] : columns)
    result = result.withColumns(dim, words);
  return result;
}

LinearLayout LinearLayout::zeros(const Space &ins, const Space &outs) {
  std::array<uint64_t, kMaxBits> none = {};
  return LinearLayout(ins, outs, {none.data(), size_t(ins.totalBits())});
}

LinearLayout LinearLayout::identity1D(Dim dim, int64_t size, int axis, int rank) {
  int bits = std::countr_zero(uint64_t(size));
  std::array<int, kMaxRank> outBits = {};
  outBits[axis] = bits;
  std::array<uint64_t, kMaxBits> columns;
  for (int i = 0; i < bits; ++i)
    columns[i] = uint64_t(1) << i;
  return LinearLayout(Space::hardware({{dim, bits}}), Space::tensorOfBits({outBits.data(), size_t(rank)}),
                      {columns.data(), size_t(bits)});
}

LinearLayout LinearLayout::broadcast1D(Dim dim, int64_t size, int rank) {
  std::array<int, kMaxRank> outBits = {};
  return zeros(Space::hardware({{dim, std::countr_zero(uint64_t(size))}}),
               Space::tensorOfBits({outBits.data(), size_t(rank)}));
}

LinearLayout LinearLayout::identity(const Space &space) {
  std::array<uint64_t, kMaxBits> columns;
  int bits = space.totalBits();
  for (int i = 0; i < bits; ++i)
    columns[i] = uint64_t(1) << i;
  return LinearLayout(space, space, {columns.data(), size_t(bits)});
}

// --- Evaluation and questions ------------------------------------------------------------------------

uint64_t LinearLayout::apply(uint64_t input) const {
  assert(input < (uint64_t(1) << ins_.totalBits()));
  uint64_t result = 0;
  for (; input; input &= input - 1)
    result ^= columns_[std::countr_zero(input)];
  return result;
}

uint64_t LinearLayout::at(const HardwarePoint &point) const {
  assert(!ins_.isTensor());
  uint64_t input = 0;
  for (Dim dim : kAllDims) {
    assert(point[dim] < uint64_t(size(dim)));
    input |= point[dim] << ins_.shift(dim);
  }
  return apply(input);
}

int LinearLayout::matrixRank() const { return Gf2Basis(columns()).rank(); }

bool LinearLayout::isDistributed() const {
  if (ins_.isTensor() || ins_.bits(Dim::Offset))
    return false;
  uint64_t seen = 0;
  for (uint64_t column : columns()) {
    if (!column)
      continue;
    if (!std::has_single_bit(column) || (seen & column))
      return false;
    seen |= column;
  }
  return seen == (uint64_t(1) << outs_.totalBits()) - 1;
}

uint64_t LinearLayout::freeBits() const {
  Gf2Basis basis;
  uint64_t free = 0;
  for (size_t i = 0; i < columns().size(); ++i)
    if (!basis.insert(columns_[i]))
      free |= uint64_t(1) << i;
  return free;
}

std::array<uint32_t, kNumDims> LinearLayout::freeVariableMasks() const {
  assert(!ins_.isTensor());
  uint64_t free = freeBits();
  std::array<uint32_t, kNumDims> masks;
  for (Dim dim : kAllDims)
    masks[static_cast<int>(dim)] = ins_.coordinate(free, dim);
  return masks;
}

bool LinearLayout::hasZeroColumns(Dim dim) const {
  auto words = columns(dim);
  return std::find(words.begin(), words.end(), 0) != words.end();
}

// --- Products ----------------------------------------------------------------------------------------

namespace {
/// Sum of the bits per axis.
Space stacked(const Space &inner, const Space &outer) {
  assert(inner.isTensor() == outer.isTensor() && inner.rank() == outer.rank());
  Space result = inner;
  for (int i = 0; i < inner.rank(); ++i)
    result = result.withBits(i, inner.bits(i) + outer.bits(i));
  return result;
}

/// The part of `whole` below (`upper` false) or above `tile`, when `part` is the other one and the two do not mix.
std::optional<LinearLayout> divide(const LinearLayout &whole, const LinearLayout &part, bool partIsLower) {
  const Space &ins = whole.ins(), &outs = whole.outs();
  if (part.ins().isTensor() != ins.isTensor() || part.ins().rank() != ins.rank() ||
      part.outs().isTensor() != outs.isTensor() || part.outs().rank() != outs.rank())
    return std::nullopt;
  Space restIns = ins, restOuts = outs;
  for (int i = 0; i < ins.rank(); ++i) {
    if (part.ins().bits(i) > ins.bits(i))
      return std::nullopt;
    restIns = restIns.withBits(i, ins.bits(i) - part.ins().bits(i));
  }
  for (int i = 0; i < outs.rank(); ++i) {
    if (part.outs().bits(i) > outs.bits(i))
      return std::nullopt;
    restOuts = restOuts.withBits(i, outs.bits(i) - part.outs().bits(i));
  }
  const Space &lowerOuts = partIsLower ? part.outs() : restOuts;
  std::array<uint64_t, kMaxBits> rest;
  int numRest = 0;
  uint64_t partMask = 0; // the bits of `outs` that belong to `part`
  for (int i = 0; i < outs.rank(); ++i)
    partMask |= ((uint64_t(1) << part.outs().bits(i)) - 1) << (outs.shift(i) + (partIsLower ? 0 : restOuts.bits(i)));
  for (int n = 0, bit = 0, partBit = 0; n < ins.rank(); ++n) {
    int i = ins.isTensor() ? ins.rank() - 1 - n : n;
    int low = partIsLower ? part.ins().bits(i) : restIns.bits(i);
    for (int k = 0; k < ins.bits(i); ++k, ++bit) {
      uint64_t column = whole.columns()[bit];
      if ((k < low) == partIsLower) {
        uint64_t expected = part.outs().repack(part.columns()[partBit++], outs, partIsLower ? nullptr : &lowerOuts);
        if (column != expected)
          return std::nullopt;
        continue;
      }
      if (column & partMask)
        return std::nullopt;
      // Pack the remaining bits of each axis.
      uint64_t packed = 0;
      for (int a = 0; a < outs.rank(); ++a) {
        uint64_t along = outs.coordinate(column, a);
        if (partIsLower)
          along >>= part.outs().bits(a);
        packed |= along << restOuts.shift(a);
      }
      rest[numRest++] = packed;
    }
  }
  return LinearLayout(restIns, restOuts, {rest.data(), size_t(numRest)});
}
} // namespace

LinearLayout LinearLayout::operator*(const LinearLayout &outer) const {
  Space ins = stacked(ins_, outer.ins_), outs = stacked(outs_, outer.outs_);
  std::array<uint64_t, kMaxBits> columns;
  int count = 0, inner = 0, upper = 0;
  for (int n = 0; n < ins.rank(); ++n) {
    int i = ins.isTensor() ? ins.rank() - 1 - n : n;
    for (int k = 0; k < ins_.bits(i); ++k)
      columns[count++] = outs_.repack(columns_[inner++], outs);
    for (int k = 0; k < outer.ins_.bits(i); ++k)
      columns[count++] = outer.outs_.repack(outer.columns_[upper++], outs, &outs_);
  }
  return LinearLayout(ins, outs, {columns.data(), size_t(count)});
}

LinearLayout LinearLayout::compose(const LinearLayout &outer) const {
  assert(outs_.isTensor() == outer.ins_.isTensor() && outs_.rank() == outer.ins_.rank());
  std::array<uint64_t, kMaxBits> result;
  auto mine = columns();
  bool same = outs_ == outer.ins_;
  for (size_t i = 0; i < mine.size(); ++i)
    result[i] = outer.apply(same ? mine[i] : outs_.repack(mine[i], outer.ins_));
  return LinearLayout(ins_, outer.outs_, {result.data(), mine.size()});
}

LinearLayout LinearLayout::invert() const {
  assert(isInvertible());
  return pseudoinvert();
}

LinearLayout LinearLayout::pseudoinvert() const {
  assert(isSurjective());
  Gf2Basis basis(columns());
  std::array<uint64_t, kMaxBits> result;
  int bits = outs_.totalBits();
  for (int i = 0; i < bits; ++i)
    result[i] = basis.solve(uint64_t(1) << i).value_or(0);
  return LinearLayout(outs_, ins_, {result.data(), size_t(bits)});
}

LinearLayout LinearLayout::invertAndCompose(const LinearLayout &other) const {
  auto result = tryInvertAndCompose(other);
  assert(result && "the image of the other layout must contain this one's");
  return result ? *result : zeros(ins_, other.ins_);
}

std::optional<LinearLayout> LinearLayout::tryInvertAndCompose(const LinearLayout &other) const {
  if (outs_ != other.outs_)
    return std::nullopt;
  Gf2Basis basis(other.columns());
  std::array<uint64_t, kMaxBits> result;
  auto mine = columns();
  bool named = !ins_.isTensor() && !other.ins_.isTensor();
  for (size_t i = 0; i < mine.size(); ++i) {
    uint64_t home = 0, homeColumn = 0; // the same bit of the same dimension on the other side
    if (named) {
      auto [dim, bit] = ins_.locate(i);
      if (bit < other.ins_.bits(dim)) {
        home = uint64_t(1) << (other.ins_.shift(dim) + bit);
        homeColumn = other.columns_[other.ins_.shift(dim) + bit];
      }
    }
    if (home && homeColumn == mine[i]) {
      result[i] = home;
      continue;
    }
    auto recipe = basis.solve(mine[i]);
    if (!recipe)
      return std::nullopt;
    result[i] = *recipe ^ (homeColumn == 0 ? home : 0);
  }
  return LinearLayout(ins_, other.ins_, {result.data(), mine.size()});
}

std::optional<LinearLayout> LinearLayout::divideLeft(const LinearLayout &tile) const {
  return divide(*this, tile, /*partIsLower=*/true);
}

std::optional<LinearLayout> LinearLayout::divideRight(const LinearLayout &tile) const {
  return divide(*this, tile, /*partIsLower=*/false);
}

bool LinearLayout::isIdentityOn(Dim dim) const {
  assert(!ins_.isTensor() && !outs_.isTensor());
  if (ins_.bits(dim) != outs_.bits(dim))
    return false;
  uint64_t mask = outs_.mask(dim);
  int low = ins_.shift(dim);
  for (int i = 0; i < ins_.totalBits(); ++i) {
    bool inside = i >= low && i < low + ins_.bits(dim);
    uint64_t expected = inside ? uint64_t(1) << (outs_.shift(dim) + i - low) : 0;
    if ((columns_[i] & mask) != expected)
      return false;
  }
  return true;
}

std::optional<LinearLayout> LinearLayout::quotient(std::initializer_list<Dim> dims) const {
  assert(!ins_.isTensor() && !outs_.isTensor());
  LinearLayout result = *this;
  for (Dim dim : dims) {
    if (!result.isIdentityOn(dim))
      return std::nullopt;
    for (uint64_t column : result.columns(dim))
      if (column & ~result.outs_.mask(dim))
        return std::nullopt;
    result = result.withColumns(dim, {});
    Space outs = result.outs_.withBits(dim, 0);
    std::array<uint64_t, kMaxBits> words;
    auto columns = result.columns();
    for (size_t i = 0; i < columns.size(); ++i)
      words[i] = result.outs_.repack(columns[i], outs);
    result = LinearLayout(result.ins_, outs, {words.data(), columns.size()});
  }
  return result;
}

// --- The tensor side ---------------------------------------------------------------------------------

LinearLayout LinearLayout::reshapeOuts(std::span<const int64_t> shape) const {
  LinearLayout result = *this;
  result.outs_ = Space::tensor(shape);
  assert(outs_.isTensor() && result.outs_.totalBits() == outs_.totalBits());
  return result;
}

LinearLayout LinearLayout::transposeOuts(std::span<const int> order) const {
  assert(outs_.isTensor() && int(order.size()) == outs_.rank());
  std::array<int, kMaxRank> bits;
  for (size_t i = 0; i < order.size(); ++i)
    bits[i] = outs_.bits(order[i]);
  Space outs = Space::tensorOfBits({bits.data(), order.size()});
  std::array<uint64_t, kMaxBits> result = {};
  auto mine = columns();
  for (size_t c = 0; c < mine.size(); ++c)
    for (size_t i = 0; i < order.size(); ++i)
      result[c] |= outs_.coordinate(mine[c], order[i]) << outs.shift(int(i));
  return LinearLayout(ins_, outs, {result.data(), mine.size()});
}

LinearLayout LinearLayout::insertAxis(int axis) const {
  assert(outs_.isTensor() && axis >= 0 && axis <= rank() && rank() < kMaxRank);
  std::array<int, kMaxRank> bits;
  for (int i = 0; i <= rank(); ++i)
    bits[i] = i < axis ? outs_.bits(i) : i == axis ? 0 : outs_.bits(i - 1);
  LinearLayout result = *this;
  result.outs_ = Space::tensorOfBits({bits.data(), size_t(rank() + 1)});
  return result;
}

LinearLayout LinearLayout::removeAxis(int axis) const {
  assert(outs_.isTensor() && axis >= 0 && axis < rank());
  std::array<int, kMaxRank> bits;
  for (int i = 0; i < rank() - 1; ++i)
    bits[i] = outs_.bits(i < axis ? i : i + 1);
  LinearLayout result = *this;
  int low = outs_.shift(axis), width = outs_.bits(axis);
  for (int i = 0; i < ins_.totalBits(); ++i) {
    uint64_t below = columns_[i] & ((uint64_t(1) << low) - 1);
    result.columns_[i] = below | (columns_[i] >> (low + width) << low);
  }
  result.outs_ = Space::tensorOfBits({bits.data(), size_t(rank() - 1)});
  return result;
}

LinearLayout LinearLayout::zeroAxis(int axis) const {
  LinearLayout result = *this;
  uint64_t mask = outs_.mask(axis);
  for (int i = 0; i < ins_.totalBits(); ++i)
    result.columns_[i] &= ~mask;
  return result;
}

LinearLayout LinearLayout::resize(std::span<const int64_t> shape, std::span<const int> order) const {
  assert(outs_.isTensor() && int(shape.size()) == rank() && (order.empty() || int(order.size()) == rank()));
  Space outs = Space::tensor(shape);
  std::array<uint64_t, kMaxBits> words;
  auto mine = columns();
  for (size_t c = 0; c < mine.size(); ++c) {
    words[c] = 0;
    for (int i = 0; i < rank(); ++i)
      words[c] |= (outs_.coordinate(mine[c], i) & (uint64_t(outs.size(i)) - 1)) << outs.shift(i);
  }
  LinearLayout result(ins_, outs, {words.data(), mine.size()});
  std::array<uint64_t, kMaxBits> registers;
  int count = 0;
  for (uint64_t column : result.columns(Dim::Register))
    registers[count++] = column;
  for (int n = 0; n < rank(); ++n) {
    int axis = order.empty() ? rank() - 1 - n : order[n];
    for (int bit = outs_.bits(axis); bit < outs.bits(axis); ++bit)
      registers[count++] = uint64_t(1) << (outs.shift(axis) + bit);
  }
  return result.withColumns(Dim::Register, {registers.data(), size_t(count)});
}

// --- The hardware side -------------------------------------------------------------------------------

LinearLayout LinearLayout::withColumns(Dim dim, std::span<const uint64_t> columns) const {
  assert(!ins_.isTensor());
  Space ins = ins_.withBits(dim, columns.size());
  assert(ins.totalBits() <= kMaxBits);
  std::array<uint64_t, kMaxBits> words;
  int count = 0;
  for (Dim each : kAllDims)
    for (uint64_t column : each == dim ? columns : this->columns(each))
      words[count++] = column;
  return LinearLayout(ins, outs_, {words.data(), size_t(count)});
}

LinearLayout LinearLayout::restrictTo(std::initializer_list<Dim> dims) const {
  LinearLayout result = *this;
  for (Dim dim : kAllDims)
    if (std::find(dims.begin(), dims.end(), dim) == dims.end())
      result = result.without(dim);
  return result;
}

LinearLayout LinearLayout::withoutZeroColumns(Dim dim) const {
  std::array<uint64_t, kMaxBits> words;
  int count = 0;
  for (uint64_t column : columns(dim))
    if (column)
      words[count++] = column;
  return withColumns(dim, {words.data(), size_t(count)});
}

LinearLayout LinearLayout::padded(Dim dim, int bits) const {
  std::array<uint64_t, kMaxBits> words = {};
  auto mine = columns(dim);
  std::copy(mine.begin(), mine.end(), words.begin());
  return withColumns(dim, {words.data(), std::max(mine.size(), size_t(bits))});
}

LinearLayout LinearLayout::projectTo(std::initializer_list<Dim> dims) const {
  assert(!outs_.isTensor());
  Space outs = outs_;
  for (Dim dim : kAllDims)
    if (std::find(dims.begin(), dims.end(), dim) == dims.end())
      outs = outs.withBits(dim, 0);
  std::array<uint64_t, kMaxBits> words = {};
  auto mine = columns();
  for (size_t i = 0; i < mine.size(); ++i)
    for (Dim dim : dims)
      words[i] |= outs_.coordinate(mine[i], dim) << outs.shift(dim);
  return LinearLayout(ins_, outs, {words.data(), mine.size()});
}

bool LinearLayout::operator==(const LinearLayout &other) const {
  auto mine = columns(), theirs = other.columns();
  return ins_ == other.ins_ && outs_ == other.outs_ && std::equal(mine.begin(), mine.end(), theirs.begin());
}

size_t LinearLayout::hash() const {
  uint64_t hash = 0x9e3779b97f4a7c15;
  auto mix = [&](uint64_t value) {
    hash = (hash ^ value) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  };
  for (const Space *space : {&ins_, &outs_}) {
    mix(space->isTensor() * 64 + space->rank());
    for (int i = 0; i < space->rank(); ++i)
      mix(space->bits(i));
  }
  for (uint64_t column : columns())
    mix(column);
  return hash;
}

} // namespace tegula
