//===- ColumnAction.cpp - Reorder, drop and repeat a thread's registers -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/Layout/ColumnAction.h"

#include <bit>

namespace tegula {

ColumnAction ColumnAction::identity(int bits) {
  std::vector<uint32_t> columns(bits);
  for (int i = 0; i < bits; ++i)
    columns[i] = uint32_t(1) << i;
  return ColumnAction(bits, std::move(columns));
}

ColumnAction ColumnAction::permutation(int oldBits, std::span<const int> order) {
  std::vector<uint32_t> columns;
  columns.reserve(order.size());
  for (int bit : order)
    columns.push_back(uint32_t(1) << bit);
  return ColumnAction(oldBits, std::move(columns));
}

uint32_t ColumnAction::operator()(uint32_t newRegister) const {
  uint32_t old = 0;
  for (; newRegister; newRegister &= newRegister - 1)
    old ^= columns_[std::countr_zero(newRegister)];
  return old;
}

bool ColumnAction::isIdentity() const { return *this == identity(oldBits_); }

LinearLayout ColumnAction::apply(const LinearLayout &layout) const {
  assert(layout.bits(Dim::Register) == oldBits_);
  std::vector<uint64_t> words;
  words.reserve(columns_.size());
  for (uint32_t column : columns_)
    words.push_back(layout.at({.reg = column}));
  return layout.withColumns(Dim::Register, words);
}

ColumnAction ColumnAction::then(const ColumnAction &next) const {
  assert(next.oldBits_ == newBits());
  std::vector<uint32_t> columns;
  columns.reserve(next.columns_.size());
  for (uint32_t column : next.columns_)
    columns.push_back((*this)(column));
  return ColumnAction(oldBits_, std::move(columns));
}

ColumnAction dropRegisterBroadcast(const LinearLayout &layout) {
  std::vector<uint32_t> columns;
  auto words = layout.columns(Dim::Register);
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i])
      columns.push_back(uint32_t(1) << i);
  return ColumnAction(int(words.size()), std::move(columns));
}

ColumnAction restoreRegisterBroadcast(const LinearLayout &layout) {
  std::vector<uint32_t> columns;
  int kept = 0;
  for (uint64_t word : layout.columns(Dim::Register))
    columns.push_back(word ? uint32_t(1) << kept++ : 0);
  return ColumnAction(kept, std::move(columns));
}

} // namespace tegula
