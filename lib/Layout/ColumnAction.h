//===- ColumnAction.h - Reorder, drop and repeat a thread's registers ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The registers of a thread are a list of 2^n values. Many plans want the same list in another order, or without
// the repetitions. When the new list is a linear function of the old indices, n words say which:
//
//      new register r  =  old register  XOR of columns[i] over the set bits i of r
//
//      swap bits 0 and 1:      columns {2, 1}    a b c d  ->  a c b d
//      drop bit 0 (repeats):   columns {2}       a a b b  ->  a b
//      repeat each twice:      columns {0, 1}    a b      ->  a a b b
//
//===---------------------------------------------------------------------------------------------------===//
#pragma once

#include "lib/Layout/LinearLayout.h"

#include <vector>

namespace tegula {

class ColumnAction {
public:
  /// Leaves a list of 2^bits registers as it is.
  static ColumnAction identity(int bits);
  /// columns[i] = the old register that new register 2^i is.
  ColumnAction(int oldBits, std::vector<uint32_t> columns) : oldBits_(oldBits), columns_(std::move(columns)) {}
  /// Bit i of the new register is bit order[i] of the old one; bits not named are held at 0 (dropped).
  static ColumnAction permutation(int oldBits, std::span<const int> order);
  ColumnAction() = default;

  int oldBits() const { return oldBits_; }
  int newBits() const { return int(columns_.size()); }
  int numOld() const { return 1 << oldBits_; }
  int numNew() const { return 1 << columns_.size(); }
  const std::vector<uint32_t> &columns() const { return columns_; }

  /// The old register that the new register is.
  uint32_t operator()(uint32_t newRegister) const;
  bool isIdentity() const;

  /// The layout of the new list.
  LinearLayout apply(const LinearLayout &layout) const;
  /// The new list.
  template <typename Value> std::vector<Value> apply(const std::vector<Value> &old) const {
    std::vector<Value> result;
    result.reserve(numNew());
    for (int r = 0; r < numNew(); ++r)
      result.push_back(old[(*this)(r)]);
    return result;
  }
  /// This action, then `next` on its result.
  ColumnAction then(const ColumnAction &next) const;

  bool operator==(const ColumnAction &) const = default;

private:
  int oldBits_ = 0;
  std::vector<uint32_t> columns_;
};

/// Drops the registers that repeat others (zero columns).
ColumnAction dropRegisterBroadcast(const LinearLayout &layout);
/// The way back: from the list without repetitions to the layout's own registers.
ColumnAction restoreRegisterBroadcast(const LinearLayout &layout);

} // namespace tegula
