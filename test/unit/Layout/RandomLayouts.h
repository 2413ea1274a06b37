//===- RandomLayouts.h - Layouts drawn at random, for the property tests ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Layout/LinearLayout.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace tegula::testing {

using Random = std::mt19937_64;

inline int below(Random &random, int bound) { return int(random() % uint64_t(bound)); }

/// A random tensor space with `bits` bits over one to three axes.
inline Space randomTensor(Random &random, int bits) {
  std::vector<int> axes(1 + below(random, 3));
  for (int i = 0; i < bits; ++i)
    ++axes[below(random, axes.size())];
  return Space::tensorOfBits(axes);
}

/// A random map between two spaces; no property promised.
inline LinearLayout randomMap(Random &random, const Space &ins, const Space &outs) {
  std::vector<uint64_t> columns(ins.totalBits());
  for (uint64_t &column : columns)
    column = below(random, 5) ? random() & ((uint64_t(1) << outs.totalBits()) - 1) : 0;
  return LinearLayout(ins, outs, columns);
}

/// A random invertible map from the space to itself, as words.
inline std::vector<uint64_t> randomInvertible(Random &random, int bits) {
  std::vector<uint64_t> columns(bits);
  for (int i = 0; i < bits; ++i)
    columns[i] = uint64_t(1) << i;
  std::shuffle(columns.begin(), columns.end(), random);
  for (int n = 0; n < 3 * bits && bits > 1; ++n) {
    int a = below(random, bits), b = below(random, bits);
    if (a != b)
      columns[a] ^= columns[b];
  }
  return columns;
}

/// What randomDistributed() may draw.
struct DistributedOptions {
  int lanes = 5, warps = 2, blocks = 0;
  /// One column in how many is a broadcast; 0 = none.
  int broadcastOneIn = 6;
  /// Zero columns among the registers too.
  bool registerBroadcast = true;
};

/// A random distributed layout of a tensor: the tensor's bits are dealt to lanes, warps and blocks, the rest to
/// registers.
inline LinearLayout randomDistributed(Random &random, const Space &tensor, const DistributedOptions &options = {}) {
  std::vector<uint64_t> bits(tensor.totalBits());
  for (size_t i = 0; i < bits.size(); ++i)
    bits[i] = uint64_t(1) << i;
  std::shuffle(bits.begin(), bits.end(), random);
  auto deal = [&](int count) {
    std::vector<uint64_t> columns(count);
    for (uint64_t &column : columns) {
      bool broadcast = options.broadcastOneIn && below(random, options.broadcastOneIn) == 0;
      if (broadcast || bits.empty())
        continue;
      column = bits.back();
      bits.pop_back();
    }
    return columns;
  };
  auto lanes = deal(options.lanes), warps = deal(options.warps), blocks = deal(options.blocks);
  if (options.registerBroadcast && below(random, 3) == 0)
    bits.push_back(0);
  std::shuffle(bits.begin(), bits.end(), random);
  return LinearLayout::fromColumns(
      tensor, {{Dim::Register, bits}, {Dim::Lane, lanes}, {Dim::Warp, warps}, {Dim::Block, blocks}});
}

/// A random memory layout: offset bits invertible onto the tensor.
inline LinearLayout randomMemory(Random &random, const Space &tensor) {
  return LinearLayout::fromColumns(tensor, {{Dim::Offset, randomInvertible(random, tensor.totalBits())}});
}

} // namespace tegula::testing
