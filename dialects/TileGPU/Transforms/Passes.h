//===- Passes.h - Passes on tile_gpu -----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace tegula::tile_gpu {

#define GEN_PASS_DECL
#include "dialects/TileGPU/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "dialects/TileGPU/Transforms/Passes.h.inc"

} // namespace tegula::tile_gpu
