//===- main.cpp - tegula-layout: draw a layout, explain a conversion -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   tegula-layout '[4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]]'
//   tegula-layout 'blocked(16x128, 1x8, 4x8, 4x1)' --to 'mma(16x128, 1x4)' --bits 16
//   tegula-layout 'contiguous(4096, 8, 4)' --reduce 0
//
//===---------------------------------------------------------------------------------------------------===//

#include "lib/Layout/Drawing.h"
#include "lib/Layout/Reduction.h"
#include "lib/Layout/VectorWidth.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>

using namespace tegula;

namespace {
constexpr const char *kUsage =
    "usage: tegula-layout LAYOUT [--to LAYOUT] [--reduce AXIS] [--bits N] [--text] [--all]\n"
    "\n"
    "Draws where each element of a tensor lives: thread:register, or the offset in memory.\n"
    "  LAYOUT         text form, [4, 8] register=[[0, 1], [0, 2]] lane=[[0, 4], [1, 0], [2, 0]], or a name:\n"
    "                 blocked(16x128, 1x8, 4x8, 4x1)  contiguous(4096, 8, 4)  mma(64x64, 4x1)  wgmma(64x64, 4x1, 64)\n"
    "                 operand_a(64x32, 16, 4x1)  operand_b(32x64, 16, 4x1)  memory(16x64, order=0x1)\n"
    "                 swizzled(16x64, 8, 1, 8)  tma(64x64, 16, 128)\n"
    "  --to LAYOUT    how a tensor gets from the one layout into the other\n"
    "  --reduce AXIS  how the axis is folded away\n"
    "  --bits N       bits of an element: 1, 8, 16, 32 (default) or 64\n"
    "  --text         print the text form alone\n"
    "  --all          do not cut large tables\n";

int fail(const std::string &message) {
  std::fprintf(stderr, "tegula-layout: error: %s\n", message.c_str());
  return 1;
}

std::optional<int> number(const char *text) {
  int value = 0;
  const char *end = text + std::strlen(text);
  auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end)
    return std::nullopt;
  return value;
}

void explainReduction(const LinearLayout &layout, int axis, int bits) {
  ReductionPlan plan = planReduction(layout, axis, std::vector<int>{bits});
  std::printf("reduce axis %d: %d combines, %d shuffles, %lld bytes of shared memory\n", axis, plan.numCombines(),
              plan.numShuffles(), static_cast<long long>(plan.scratchBytes));
  for (const ReductionStep &step : plan.steps) {
    if (step.kind == ReductionStep::Kind::FoldRegisters)
      std::printf("  fold register bit %d\n", step.registerBit);
    else if (step.kind == ReductionStep::Kind::FoldLanes)
      std::printf("  fold with lane ^ %u\n", step.laneMask);
    else
      std::printf("  exchange through shared memory\n");
  }
  std::printf("result: %s\n", plan.result.str().c_str());
}
} // namespace

int main(int argc, char **argv) {
  const char *from = nullptr, *to = nullptr, *axisText = nullptr, *bitsText = "32";
  bool textOnly = false, all = false;
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    const char **value = argument == "--to"       ? &to
                         : argument == "--reduce" ? &axisText
                         : argument == "--bits"   ? &bitsText
                                                  : nullptr;
    if (value) {
      if (++i == argc)
        return fail(std::string(argument) + " needs a value");
      *value = argv[i];
    } else if (argument == "--text") {
      textOnly = true;
    } else if (argument == "--all") {
      all = true;
    } else if (argument == "--help" || argument == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    } else if (argument.starts_with("--")) {
      return fail("unknown option '" + std::string(argument) + "'; see --help");
    } else if (from) {
      return fail("one layout is expected; got '" + std::string(argument) + "' too");
    } else {
      from = argv[i];
    }
  }
  if (!from) {
    std::fputs(kUsage, stderr);
    return 1;
  }
  auto bits = number(bitsText);
  if (!bits || (*bits != 1 && *bits != 8 && *bits != 16 && *bits != 32 && *bits != 64))
    return fail("--bits must be 1, 8, 16, 32 or 64; got '" + std::string(bitsText) + "'");
  std::string error;
  auto layout = layoutFromText(from, &error);
  if (!layout)
    return fail(error);
  std::printf("%s\n", layout->str().c_str());
  if (textOnly)
    return 0;

  if (to || axisText) {
    if (!layout->isDistributed())
      return fail(
          "only register layouts (columns of zero or one bit, reaching every element) are converted and reduced");
  }
  if (to) {
    auto destination = layoutFromText(to, &error);
    if (!destination)
      return fail(error);
    if (!destination->isDistributed() || destination->outs() != layout->outs())
      return fail("--to needs a register layout of the same shape; got " + destination->str());
    std::printf("%s\n", destination->str().c_str());
    ConversionPlan plan = planConversion(*layout, *destination, *bits);
    std::printf("%s\n", plan.summary(*bits).c_str());
    if (plan.kind == ConversionKind::SharedMemory) {
      const Swizzle &swizzle = plan.shared.swizzle;
      std::printf("wavefronts: %d per store, %d per load\nmemory: %s\nstore: %s\nload: %s\n", swizzle.storeWavefronts,
                  swizzle.loadWavefronts, swizzle.memory.str().c_str(), plan.shared.store.str().c_str(),
                  plan.shared.load.str().c_str());
    }
    return 0;
  }
  if (axisText) {
    auto axis = number(axisText);
    if (!axis || *axis < 0 || *axis >= layout->rank())
      return fail("--reduce needs an axis below " + std::to_string(layout->rank()) + "; got '" + axisText + "'");
    explainReduction(*layout, *axis, *bits);
    return 0;
  }
  DrawOptions options;
  if (all)
    options.maxRows = options.maxColumns = 1 << 30;
  std::fputs(drawLayout(*layout, options).c_str(), stdout);
  return 0;
}
