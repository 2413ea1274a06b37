//===- LayoutText.cpp - The text form of a layout ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   layout  := '[' outs ']' (name '=' '[' columns ']')*
//   outs    := (int (',' int)*)?  |  dim int (',' dim int)*           [4, 8]   or   [register 8, lane 32]
//   columns := ('[' ints ']' (',' '[' ints ']')*)?
//   name    := register | lane | warp | offset | block | dim0 | dim1 | ...
//
// Hardware dimensions of size 1 are left out; all axes of a tensor are written, also those of size 1, for the rank
// counts.
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/LinearLayout.h"

#include <algorithm>
#include <bit>

namespace tegula {

namespace {
void printList(std::string &text, std::span<const int64_t> values) {
  text += '[';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i)
      text += ", ";
    text += std::to_string(values[i]);
  }
  text += ']';
}

class TextReader {
public:
  TextReader(std::string_view text, std::string *error) : text_(text), error_(error) {}

  std::optional<LinearLayout> read() {
    Space outs;
    std::vector<int64_t> outNames; // hardware outputs: which of them each coordinate of a column is
    if (!readOuts(outs, outNames))
      return std::nullopt;
    bool tensorIns = false, any = false;
    std::vector<std::vector<uint64_t>> columns(kMaxRank);
    uint64_t seen = 0;
    int rank = 0;
    for (skipSpace(); at_ < text_.size(); skipSpace()) {
      std::string_view name = word();
      auto dim = dimFromName(name);
      int index = dim ? static_cast<int>(*dim) : axisNumber(name);
      if (index < 0)
        return fail("expected register, lane, warp, offset, block or dim<N>; got '" + std::string(name) + "'");
      if (any && tensorIns != !dim)
        return fail("hardware dimensions and axes do not mix; got '" + std::string(name) + "'");
      tensorIns = !dim;
      any = true;
      if (seen >> index & 1)
        return fail("'" + std::string(name) + "' is given twice");
      seen |= uint64_t(1) << index;
      rank = std::max(rank, index + 1);
      if (!expect('=') || !readColumns(outs, outNames, columns[index]))
        return std::nullopt;
    }
    Space ins = Space::hardware();
    if (tensorIns) {
      std::vector<int> none(rank);
      ins = Space::tensorOfBits(none);
    }
    size_t total = 0;
    for (const auto &list : columns)
      total += list.size();
    if (total > kMaxBits)
      return fail("at most " + std::to_string(kMaxBits) + " columns; got " + std::to_string(total));
    std::vector<uint64_t> words;
    for (int n = 0; n < ins.rank(); ++n) {
      int i = tensorIns ? ins.rank() - 1 - n : n;
      ins = ins.withBits(i, columns[i].size());
      words.insert(words.end(), columns[i].begin(), columns[i].end());
    }
    return LinearLayout(ins, outs, words);
  }

private:
  bool readOuts(Space &outs, std::vector<int64_t> &names) {
    if (!expect('['))
      return false;
    std::vector<int64_t> sizes;
    std::array<int, kNumDims> bits = {};
    while (!accept(']')) {
      if (!(sizes.empty() && names.empty()) && !expect(','))
        return false;
      skipSpace();
      if (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') {
        std::string_view name = word();
        auto dim = dimFromName(name);
        if (!dim)
          return fail("expected a size or a hardware dimension; got '" + std::string(name) + "'"), false;
        if (std::find(names.begin(), names.end(), int64_t(*dim)) != names.end())
          return fail("'" + std::string(name) + "' is given twice"), false;
        names.push_back(int64_t(*dim));
      }
      auto size = integer();
      if (!size)
        return false;
      sizes.push_back(*size);
      if (!isLayoutShape(sizes))
        return fail("sizes must be powers of two with a product of at most 2^" + std::to_string(kMaxBits) + "; got " +
                    std::to_string(*size)),
               false;
      if (!names.empty()) {
        if (names.size() != sizes.size())
          return fail("either all sizes are named or none"), false;
        bits[names.back()] = std::countr_zero(uint64_t(*size));
      }
    }
    if (names.empty()) {
      outs = Space::tensor(sizes);
      return true;
    }
    outs = Space::hardware();
    for (Dim dim : kAllDims)
      outs = outs.withBits(dim, bits[static_cast<int>(dim)]);
    return true;
  }

  bool readColumns(const Space &outs, const std::vector<int64_t> &names, std::vector<uint64_t> &words) {
    if (!expect('['))
      return false;
    while (!accept(']')) {
      if (!words.empty() && !expect(','))
        return false;
      if (!expect('['))
        return false;
      std::vector<int64_t> values;
      while (!accept(']')) {
        if (!values.empty() && !expect(','))
          return false;
        auto value = integer();
        if (!value)
          return false;
        values.push_back(*value);
      }
      size_t rank = outs.isTensor() ? outs.rank() : names.size();
      if (values.size() != rank)
        return fail("a column needs " + std::to_string(rank) + " coordinates; got " + std::to_string(values.size())),
               false;
      uint64_t flat = 0;
      for (size_t i = 0; i < rank; ++i) {
        int axis = outs.isTensor() ? int(i) : int(names[i]);
        if (values[i] >= outs.size(axis))
          return fail("a coordinate must be below " + std::to_string(outs.size(axis)) + "; got " +
                      std::to_string(values[i])),
                 false;
        flat |= uint64_t(values[i]) << outs.shift(axis);
      }
      words.push_back(flat);
    }
    return true;
  }

  static int axisNumber(std::string_view name) {
    if (name.size() < 4 || name.size() > 5 || name.substr(0, 3) != "dim")
      return -1;
    int number = 0;
    for (char c : name.substr(3)) {
      if (c < '0' || c > '9')
        return -1;
      number = number * 10 + (c - '0');
    }
    return number < kMaxRank ? number : -1;
  }

  void skipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  bool accept(char c) {
    skipSpace();
    if (at_ >= text_.size() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }
  bool expect(char c) {
    if (accept(c))
      return true;
    fail(std::string("expected '") + c + "'; got " +
         (at_ < text_.size() ? "'" + std::string(1, text_[at_]) + "'" : "the end"));
    return false;
  }
  std::string_view word() {
    skipSpace();
    size_t start = at_;
    while (at_ < text_.size() &&
           ((text_[at_] >= 'a' && text_[at_] <= 'z') || (text_[at_] >= '0' && text_[at_] <= '9' && at_ > start)))
      ++at_;
    return text_.substr(start, at_ - start);
  }
  std::optional<int64_t> integer() {
    skipSpace();
    size_t start = at_;
    int64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - start < 14)
      value = value * 10 + (text_[at_++] - '0');
    if (start == at_ || (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')) {
      fail("expected a number" + std::string(start == at_ ? "" : " of at most 14 digits"));
      return std::nullopt;
    }
    return value;
  }
  std::nullopt_t fail(const std::string &message) {
    if (error_ && error_->empty())
      *error_ = message + " (at character " + std::to_string(at_) + ")";
    return std::nullopt;
  }

  std::string_view text_;
  std::string *error_;
  size_t at_ = 0;
};
} // namespace

std::string LinearLayout::str() const {
  std::string text;
  std::vector<int> shown; // hardware outputs that are written
  if (outs_.isTensor()) {
    printList(text, outs_.shape());
  } else {
    text += '[';
    for (int i = 0; i < kNumDims; ++i) {
      if (!outs_.bits(i))
        continue;
      if (!shown.empty())
        text += ", ";
      text += std::string(dimName(Dim(i))) + " " + std::to_string(outs_.size(i));
      shown.push_back(i);
    }
    if (shown.empty()) { // one place: still a hardware space
      text += "register 1";
      shown.push_back(0);
    }
    text += ']';
  }
  for (int i = 0; i < ins_.rank(); ++i) {
    if (!ins_.isTensor() && !ins_.bits(i))
      continue;
    text += ' ';
    text += ins_.isTensor() ? "dim" + std::to_string(i) : std::string(dimName(Dim(i)));
    text += "=[";
    for (int bit = 0; bit < ins_.bits(i); ++bit) {
      if (bit)
        text += ", ";
      std::vector<int64_t> all = outs_.coordinates(columns_[ins_.shift(i) + bit]), values;
      if (outs_.isTensor())
        values = all;
      for (int dim : shown)
        values.push_back(all[dim]);
      printList(text, values);
    }
    text += ']';
  }
  return text;
}

std::optional<LinearLayout> LinearLayout::parse(std::string_view text, std::string *error) {
  if (error)
    error->clear();
  return TextReader(text, error).read();
}

} // namespace tegula
