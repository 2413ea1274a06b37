//===- Registry.cpp - Every dialect and pass of the compiler ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/CAPI/Registry.h"

#include "dialects/Tile/IR/Tile.h"
#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"
#include "lib/Compiler/Pipelines.h"
#include "lib/Conversion/TileGPUToLLVM/Passes.h"
#include "lib/Conversion/TileToLoops/Passes.h"
#include "lib/Conversion/TileToTileGPU/Passes.h"

#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Transforms/Passes.h"

void tegula::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<tile::TileDialect, tile_gpu::TileGPUDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                  mlir::func::FuncDialect, mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::NVVM::NVVMDialect,
                  mlir::scf::SCFDialect, mlir::ub::UBDialect>();
}

void tegula::registerPasses() {
  mlir::registerTransformsPasses();
  mlir::arith::registerArithPasses();
  tile_gpu::registerTileGPUPasses();
  tile_gpu::registerTileToTileGPUPasses();
  to_llvm::registerTileGPUToLLVMPasses();
  loops::registerTileToLoopsPasses();
  registerPhases();
}
