//===- Passes.h - The way to the CPU -----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"

namespace mlir::cf {
class ControlFlowDialect;
}

namespace tegula::loops {

#define GEN_PASS_DECL
#include "lib/Conversion/TileToLoops/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Conversion/TileToLoops/Passes.h.inc"

} // namespace tegula::loops

namespace tegula {
/// From the tile dialect (after its own passes) to the llvm dialect, for lib/Target/Host.
void buildTileToLoopsPipeline(mlir::OpPassManager &passes);
} // namespace tegula
