//===- LinearLayout.h - Where the elements of a tensor live ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// # The picture
//
// A 4x8 tensor, held by 8 lanes, each with 4 neighbouring elements of a row. `L3:R2` = "lane 3, register 2":
//
//             c=0     1     2     3     4     5     6     7
//      r=0  L0:R0 L0:R1 L0:R2 L0:R3 L1:R0 L1:R1 L1:R2 L1:R3
//      r=1  L2:R0 L2:R1 L2:R2 L2:R3 L3:R0 L3:R1 L3:R2 L3:R3
//      r=2  L4:R0 ...
//      r=3  L6:R0 ...
//
// # The rule
//
// Write every number in binary. Then the whole table follows from the five places that are reached
// when exactly one bit of the hardware coordinate is set:
//
//      register bit 0 (R1) -> (0,1)      lane bit 0 (L1) -> (0,4)
//      register bit 1 (R2) -> (0,2)      lane bit 1 (L2) -> (1,0)
//                                        lane bit 2 (L4) -> (2,0)
//
// and any other place is the XOR of the places of its bits: L3:R2 = L2 ^ L1 ^ R2 = (1,0) ^ (0,4) ^ (0,2) = (1,6).
// These places are the *columns* of the layout (also: its bases). In text, as parse() reads and str() writes it:
//
//      [4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]]
//
// So a layout is a linear map over GF(2), from hardware coordinates to tensor coordinates, and everything that
// one asks of it is linear algebra on a handful of 64-bit words.
//
// # What the columns say
//
// | column                        | meaning                                                              |
// |-------------------------------|----------------------------------------------------------------------|
// | one bit, (0,4)                | that hardware bit walks along an axis                                |
// | zero, (0,0)                   | *broadcast*: both values of that bit hold the same element           |
// | several bits, (1,8)           | a swizzle; occurs in shared memory, never in registers               |
//
// A *distributed* layout (register, lane, warp, block -> tensor) is surjective, each column is zero or one
// bit, and no two nonzero columns are equal. A *memory* layout (offset, block -> tensor) is invertible in `offset`.
//
// # Small examples
//
//      [32] lane=[[1], [2], [4], [8], [16]]                      one element per lane
//      [32] register=[[1]] lane=[[2], [4], [8], [16], [0]]       two per lane; lanes 16..31 repeat lanes 0..15
//      [4, 4] offset=[[0, 1], [0, 2], [1, 0], [2, 0]]            row-major memory
//      [4, 4] offset=[[1, 0], [2, 0], [0, 1], [0, 2]]            column-major memory
//      [4, 4] offset=[[0, 1], [0, 2], [1, 1], [2, 2]]            row-major, column index XORed with the row index
//      [] lane=[[], [], [], [], []]                              a scalar that all lanes hold
//
// # Conventions
//
// * Hardware dimensions have a fixed order, minor first: register, lane, warp, offset, block. One that is not
//   mentioned has size 1; there is no difference between "absent" and "of size 1".
// * Tensor axes are numbered as in the language: dim0 .. dimN-1, and the LAST axis is the minor one. The flattened
//   coordinate of an element is its row-major index: for [4, 8], (r, c) is the word r*8 + c, so axis 1 has bits 0-2
//   and axis 0 has bits 3-4. Columns are such words.
// * The input is flattened alike: register has the lowest bits, then lane, and so on; columns() is in that order.
// * Sizes are powers of two.
//
// Equal maps between equal spaces have equal representations: `==` and hash() are over the words, so that layouts can
// be uniqued. A layout is a plain value of a few hundred bytes without heap memory; all operations return new values.
//
// The same class also describes maps from hardware to hardware (register, lane, warp -> offset; source thread of an
// element of a conversion) and from tensor to hardware (an inverse). A Space says which.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tegula {

/// The hardware dimensions, minor first.
enum class Dim : uint8_t { Register, Lane, Warp, Offset, Block };
inline constexpr int kNumDims = 5;
inline constexpr std::array<Dim, kNumDims> kAllDims = {Dim::Register, Dim::Lane, Dim::Warp, Dim::Offset, Dim::Block};

/// "register", "lane", "warp", "offset", "block".
std::string_view dimName(Dim dim);
std::optional<Dim> dimFromName(std::string_view name);

/// The most axes of a tensor, and the most bits of a flattened coordinate.
inline constexpr int kMaxRank = 32;
inline constexpr int kMaxBits = 40;

/// True when a tensor of this shape can have a layout: at most kMaxRank axes, each a positive power of two, at most
/// 2^kMaxBits elements.
bool isLayoutShape(std::span<const int64_t> shape);

/// One side of a layout: either the five hardware dimensions or the axes of a tensor, each with its number of bits.
class Space {
public:
  /// The space of a scalar: no axes.
  Space() = default;
  static Space tensor(std::span<const int64_t> shape);
  static Space tensor(std::initializer_list<int64_t> shape) { return tensor(std::span(shape.begin(), shape.size())); }
  /// Axes given by their numbers of bits.
  static Space tensorOfBits(std::span<const int> bits);
  /// Hardware dimensions given by their numbers of bits, e.g. {{Dim::Register, 2}, {Dim::Lane, 5}}.
  static Space hardware(std::initializer_list<std::pair<Dim, int>> bits = {});

  bool isTensor() const { return tensor_; }
  /// Number of axes, or kNumDims.
  int rank() const { return rank_; }
  int bits(int axis) const { return bits_[axis]; }
  int bits(Dim dim) const { return bits_[static_cast<int>(dim)]; }
  int64_t size(int axis) const { return int64_t(1) << bits(axis); }
  int64_t size(Dim dim) const { return int64_t(1) << bits(dim); }
  /// Position of the axis' lowest bit in the flattened coordinate.
  int shift(int axis) const;
  int shift(Dim dim) const { return shift(static_cast<int>(dim)); }
  int totalBits() const;
  /// The axis' bits in the flattened coordinate.
  uint64_t mask(int axis) const { return ((uint64_t(1) << bits(axis)) - 1) << shift(axis); }
  uint64_t mask(Dim dim) const { return mask(static_cast<int>(dim)); }
  /// The coordinate along one axis: Space::tensor({4, 8}).coordinate(14, 0) == 1.
  uint64_t coordinate(uint64_t word, int axis) const { return (word & mask(axis)) >> shift(axis); }
  uint64_t coordinate(uint64_t word, Dim dim) const { return coordinate(word, static_cast<int>(dim)); }
  std::vector<int64_t> coordinates(uint64_t word) const;
  /// Space::tensor({4, 8}).flatten({1, 6}) == 14.
  uint64_t flatten(std::span<const int64_t> coordinates) const;
  uint64_t flatten(std::initializer_list<int64_t> c) const { return flatten(std::span(c.begin(), c.size())); }
  /// Axis of a bit of the flattened coordinate, and the bit's number within the axis.
  std::pair<int, int> locate(int bit) const;
  /// Sizes of the axes (or of the five dimensions).
  std::vector<int64_t> shape() const;
  /// A copy in which an axis or dimension has another number of bits.
  Space withBits(int axis, int bits) const;
  Space withBits(Dim dim, int bits) const { return withBits(static_cast<int>(dim), bits); }

  /// The same point in a space of the same rank with at least as many bits in each axis, moved up by `up` (may be null)
  /// bits per axis: repack(word of [4, 8], to [8, 16]) keeps the coordinates.
  uint64_t repack(uint64_t word, const Space &to, const Space *up = nullptr) const;

  bool operator==(const Space &) const = default;

private:
  bool tensor_ = true;
  uint8_t rank_ = 0;
  std::array<uint8_t, kMaxRank> bits_ = {};
};

/// A hardware coordinate, for calls such as layout.at({.reg = 2, .lane = 3}).
struct HardwarePoint {
  uint64_t reg = 0, lane = 0, warp = 0, offset = 0, block = 0;
  uint64_t operator[](Dim dim) const {
    const uint64_t values[] = {reg, lane, warp, offset, block};
    return values[static_cast<int>(dim)];
  }
};

/// Columns of one hardware dimension, as coordinates: {Dim::Lane, {{0, 4}, {1, 0}}}.
struct Bases {
  Dim dim;
  std::vector<std::vector<int64_t>> images;
};

class LinearLayout {
public:
  /// The layout of a scalar held by one thread.
  LinearLayout() = default;
  /// The map with these columns: columns[i] is the flattened image of bit i of the flattened input.
  LinearLayout(const Space &ins, const Space &outs, std::span<const uint64_t> columns);

  /// LinearLayout::fromBases({4, 8}, {{Dim::Register, {{0, 1}, {0, 2}}}, {Dim::Lane, {{0, 4}, {1, 0}, {2, 0}}}})
  static LinearLayout fromBases(std::span<const int64_t> shape, std::span<const Bases> bases);
  static LinearLayout fromBases(std::initializer_list<int64_t> shape, std::initializer_list<Bases> bases) {
    return fromBases(std::span(shape.begin(), shape.size()), std::span(bases.begin(), bases.size()));
  }
  /// Columns per dimension, as flattened words; dimensions in any order, each at most once.
  static LinearLayout fromColumns(const Space &outs,
                                  std::initializer_list<std::pair<Dim, std::span<const uint64_t>>> columns);
  /// All columns zero: everything holds element 0.
  static LinearLayout zeros(const Space &ins, const Space &outs);
  /// One dimension walking along one axis of a tensor whose other axes have size 1:
  /// identity1D(Dim::Lane, 4, axis 1, rank 2) = [1, 4] lane=[[0, 1], [0, 2]].
  static LinearLayout identity1D(Dim dim, int64_t size, int axis, int rank);
  /// `size` hardware positions holding the same element of a tensor of `rank` axes of size 1.
  static LinearLayout broadcast1D(Dim dim, int64_t size, int rank);
  /// The identity on a space.
  static LinearLayout identity(const Space &space);

  /// Reads the text form (see the top of the file). On failure returns nothing and says why in `error`.
  static std::optional<LinearLayout> parse(std::string_view text, std::string *error = nullptr);
  std::string str() const;

  // --- Shape -----------------------------------------------------------------------------------------

  const Space &ins() const { return ins_; }
  const Space &outs() const { return outs_; }
  /// Number of bits and of positions of a hardware dimension.
  int bits(Dim dim) const { return ins_.bits(dim); }
  int64_t size(Dim dim) const { return ins_.size(dim); }
  /// Number of axes of the tensor, their sizes, and the number of elements.
  int rank() const { return outs_.rank(); }
  std::vector<int64_t> shape() const { return outs_.shape(); }
  int64_t numElements() const { return int64_t(1) << outs_.totalBits(); }
  /// All columns, in the order of the flattened input.
  std::span<const uint64_t> columns() const { return {columns_.data(), size_t(ins_.totalBits())}; }
  std::span<const uint64_t> columns(Dim dim) const {
    return {columns_.data() + ins_.shift(dim), size_t(ins_.bits(dim))};
  }
  uint64_t column(Dim dim, int bit) const { return columns(dim)[bit]; }
  /// The column as coordinates: {0, 4}.
  std::vector<int64_t> basis(Dim dim, int bit) const { return outs_.coordinates(column(dim, bit)); }

  // --- Evaluation ------------------------------------------------------------------------------------

  /// Flattened input to flattened output: the XOR of the columns of the input's bits.
  uint64_t apply(uint64_t input) const;
  /// Flattened output of a hardware point.
  uint64_t at(const HardwarePoint &point) const;
  /// Coordinates of a hardware point: example at the top, coordinates({.reg = 2, .lane = 3}) == {1, 6}.
  std::vector<int64_t> coordinates(const HardwarePoint &point) const { return outs_.coordinates(at(point)); }

  // --- Questions -------------------------------------------------------------------------------------

  /// Number of independent columns: 2^rank distinct elements are reached.
  int matrixRank() const;
  bool isSurjective() const { return matrixRank() == outs_.totalBits(); }
  bool isInjective() const { return matrixRank() == ins_.totalBits(); }
  bool isInvertible() const { return isSurjective() && isInjective(); }
  /// Surjective, each column zero or one bit, no nonzero column twice.
  bool isDistributed() const;
  /// For each dimension, the bits that hold the same data whatever their value (their column depends on
  /// columns before it; in a distributed layout: is zero). A store or an atomic is done where all of these bits are 0.
  ///   [32] register=[[1]] lane=[[2], [4], [8], [16], [0]]  ->  {lane: 0b10000}
  std::array<uint32_t, kNumDims> freeVariableMasks() const;
  /// The same over the flattened input.
  uint64_t freeBits() const;
  bool hasZeroColumns(Dim dim) const;

  // --- Products --------------------------------------------------------------------------------------

  /// Direct sum: per dimension the columns of `*this`, then those of `outer`, whose outputs lie above per axis.
  ///   ([2] register=[[1]]) * ([4] lane=[[1], [2]])  =  [8] register=[[1]] lane=[[2], [4]]
  /// Builds a tile of tiles; not commutative.
  LinearLayout operator*(const LinearLayout &outer) const;
  /// outer(this(x)). The spaces in the middle must have the same rank; sizes may grow.
  LinearLayout compose(const LinearLayout &outer) const;
  /// Requires isInvertible().
  LinearLayout invert() const;
  /// Right inverse: a map R with this(R(y)) == y, made of the lowest input bits that do. Requires isSurjective().
  LinearLayout pseudoinvert() const;
  /// The map C from the inputs of this to those of `other` with this(x) == other(C(x)). The image of `other` must
  /// contain that of this. Where `other` leaves a choice, a bit stays where it is: bit k of a hardware dimension that
  /// has the same column on both sides maps to itself, and a bit that is a zero column of `other` is passed through.
  ///   registers.invertAndCompose(memory)      = register, lane, warp -> offset
  ///   destination.invertAndCompose(source)    = where each destination register finds its value
  LinearLayout invertAndCompose(const LinearLayout &other) const;
  std::optional<LinearLayout> tryInvertAndCompose(const LinearLayout &other) const;
  /// The `rest` with *this == tile * rest, when there is one: does an instruction's tile fit the low bits of this?
  std::optional<LinearLayout> divideLeft(const LinearLayout &tile) const;
  /// The `rest` with *this == rest * tile.
  std::optional<LinearLayout> divideRight(const LinearLayout &tile) const;
  /// For a map from hardware to hardware: drops these dimensions from both sides, when the map is the identity
  /// on each of them and no other dimension depends on them or feeds them.
  std::optional<LinearLayout> quotient(std::initializer_list<Dim> dims) const;
  /// For a map from hardware to hardware: is the output along `dim` exactly the input along `dim`?
  bool isIdentityOn(Dim dim) const;

  // --- The tensor side -------------------------------------------------------------------------------

  /// Another shape with as many elements: same row-major index. Never moves data.
  LinearLayout reshapeOuts(std::span<const int64_t> shape) const;
  LinearLayout reshapeOuts(std::initializer_list<int64_t> shape) const {
    return reshapeOuts(std::span(shape.begin(), shape.size()));
  }
  /// Axis i of the result is axis order[i] of this (as `tl.trans`). Never moves data.
  LinearLayout transposeOuts(std::span<const int> order) const;
  LinearLayout transposeOuts(std::initializer_list<int> order) const {
    return transposeOuts(std::span(order.begin(), order.size()));
  }
  /// A new axis of size 1 before axis `axis`.
  LinearLayout insertAxis(int axis) const;
  /// Without the axis: its part of each column is dropped.
  LinearLayout removeAxis(int axis) const;
  /// Zero in each column what lies along the axis; the axis keeps its size.
  LinearLayout zeroAxis(int axis) const;
  /// The layout repeated or cut to another shape. A larger axis gets new register columns, axes in `order` (minor
  /// first; empty = last axis first); a smaller one loses its upper bits: columns there become zero (replicas).
  ///   ([2] lane=[[1]]).resize({4})      = [4] register=[[2]] lane=[[1]]
  ///   ([4] lane=[[1], [2]]).resize({2}) = [2] lane=[[1], [0]]
  LinearLayout resize(std::span<const int64_t> shape, std::span<const int> order = {}) const;
  LinearLayout resize(std::initializer_list<int64_t> shape, std::initializer_list<int> order = {}) const {
    return resize(std::span(shape.begin(), shape.size()), std::span(order.begin(), order.size()));
  }

  // --- The hardware side -----------------------------------------------------------------------------

  /// The same with other columns along `dim` (any number of them).
  LinearLayout withColumns(Dim dim, std::span<const uint64_t> columns) const;
  /// Restricted to inputs that are 0 outside of `dims`.
  LinearLayout restrictTo(std::initializer_list<Dim> dims) const;
  LinearLayout without(Dim dim) const { return withColumns(dim, {}); }
  /// Without the zero columns of `dim`: registers that repeat others.
  LinearLayout withoutZeroColumns(Dim dim) const;
  /// Zero columns added above until `dim` has this many bits.
  LinearLayout padded(Dim dim, int bits) const;
  /// For a map from hardware: the outputs along `dims` alone (hardware outputs only).
  LinearLayout projectTo(std::initializer_list<Dim> dims) const;

  bool operator==(const LinearLayout &other) const;
  size_t hash() const;

private:
  Space ins_ = Space::hardware(), outs_;
  std::array<uint64_t, kMaxBits> columns_ = {};
};

} // namespace tegula

template <> struct std::hash<tegula::LinearLayout> {
  size_t operator()(const tegula::LinearLayout &layout) const { return layout.hash(); }
};
