//===- Features.cpp - What each NVIDIA chip can do -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX 8.0 everywhere (drivers from CUDA 12.0 on take it), except on sm_89, whose 8-bit float conversions came with 8.1.
//===----------------------------------------------------------------------===//

#include "lib/Target/NVPTX/Features.h"

namespace tegula::nvptx {
namespace {

// clang-format off
constexpr Features kTable[] = {
  // name   cap ptx shared/block /SM   reserved threads /SM blk/SM  regs  r/thr  fp8    bf16   tma    wgmma  stmatrix
  {"sm_80",  80, 80,  166912,      167936,   1024,    1024,   2048,  32,     65536, 255,  false, false, false, false, false},
  {"sm_86",  86, 80,  101376,      102400,   1024,    1024,   1536,  16,     65536, 255,  false, false, false, false, false},
  {"sm_89",  89, 81,  101376,      102400,   1024,    1024,   1536,  24,     65536, 255,  true,  false, false, false, false},
  {"sm_90a", 90, 80,  232448,      233472,   1024,    1024,   2048,  32,     65536, 255,  true,  true,  true,  true,  true},
};
// clang-format on

} // namespace

std::string Features::llvmFeatures() const { return "+ptx" + std::to_string(ptxVersion); }

std::string Features::archOption() const { return "-arch=" + std::string(name); }

const Features *findFeatures(std::string_view target) {
  if (target == "sm_90")
    target = "sm_90a";
  for (const Features &features : kTable)
    if (features.name == target)
      return &features;
  return nullptr;
}

std::vector<std::string_view> knownTargets() {
  std::vector<std::string_view> names;
  for (const Features &features : kTable)
    names.push_back(features.name);
  return names;
}

} // namespace tegula::nvptx
