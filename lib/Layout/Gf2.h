//===- Gf2.h - Elimination on 64-bit columns ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A set of vectors over GF(2), each a 64-bit word, kept in echelon form: every stored vector has its own highest bit.
// Beside each vector stands its *recipe*: the set of inserted vectors (one bit each, in order of insertion) whose XOR
// it is.
//
//   insert 0b011 (recipe 1), 0b010 (recipe 2);  solve(0b001) = recipe 0b11: the XOR of both.
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>

namespace tegula {

class Gf2Basis {
public:
  Gf2Basis() {}
  explicit Gf2Basis(std::span<const uint64_t> vectors) {
    for (uint64_t v : vectors)
      insert(v);
  }

  /// Adds a vector; false when those before it already span it. Counts as an insertion either way.
  bool insert(uint64_t vector) {
    uint64_t recipe = uint64_t(1) << (inserted_++ & 63);
    reduce(vector, recipe);
    if (!vector)
      return false;
    int lead = 63 - std::countl_zero(vector);
    vectors_[lead] = vector;
    recipes_[lead] = recipe;
    leads_ |= uint64_t(1) << lead;
    return true;
  }

  /// The inserted vectors that XOR to `vector`, earliest ones preferred; nothing when it is not in the span.
  std::optional<uint64_t> solve(uint64_t vector) const {
    uint64_t recipe = 0;
    reduce(vector, recipe);
    if (vector)
      return std::nullopt;
    return recipe;
  }

  bool contains(uint64_t vector) const { return solve(vector).has_value(); }
  int rank() const { return std::popcount(leads_); }

private:
  void reduce(uint64_t &vector, uint64_t &recipe) const {
    // Highest bit first: a stored vector has no bit above its lead, so what was cleared stays clear.
    for (uint64_t candidates = vector & leads_; candidates;) {
      int lead = 63 - std::countl_zero(candidates);
      vector ^= vectors_[lead];
      recipe ^= recipes_[lead];
      candidates = vector & leads_ & ((uint64_t(1) << lead) - 1);
    }
  }

  std::array<uint64_t, 64> vectors_, recipes_; // only those that leads_ names are set
  uint64_t leads_ = 0;
  int inserted_ = 0;
};

} // namespace tegula
