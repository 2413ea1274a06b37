//===- VectorMath.cpp - Elementary functions that vectorise -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Conversion/TileToLoops/Passes.h"

namespace tegula::loops {
#define GEN_PASS_DEF_EXPANDVECTORMATHPASS
#include "lib/Conversion/TileToLoops/Passes.h.inc"

namespace {
struct ExpandVectorMathPass : impl::ExpandVectorMathPassBase<ExpandVectorMathPass> {
  void runOnOperation() override {}
};
} // namespace
} // namespace tegula::loops
