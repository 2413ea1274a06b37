//===- Passes.h - From tile_gpu to llvm ---------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tegula::to_llvm {

#define GEN_PASS_DECL
#include "lib/Conversion/TileGPUToLLVM/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "lib/Conversion/TileGPUToLLVM/Passes.h.inc"

/// The last part of the GPU pipeline, on a module: from tile_gpu with layouts, scratch and barriers in place to what
/// nvptx::translateToPtx() takes.
void buildTileGPUToLLVMPipeline(mlir::OpPassManager &passes, const ConvertTileGPUToLLVMPassOptions &options = {});

} // namespace tegula::to_llvm
