//===- Pipelines.cpp - The order of passes, as named phases -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Compiler/Pipelines.h"

#include "dialects/TileGPU/Transforms/Passes.h"
#include "lib/Conversion/TileGPUToLLVM/Passes.h"
#include "lib/Conversion/TileToLoops/Passes.h"
#include "lib/Conversion/TileToTileGPU/Passes.h"
#include "lib/Target/NVPTX/Features.h"

#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace tegula;

void tegula::addTilePhase(OpPassManager &passes, const PhaseOptions &) {
  OpPassManager &kernel = passes.nest<func::FuncOp>();
  kernel.addPass(createCanonicalizerPass());
  kernel.addPass(createCSEPass());
  // Masks that an arange or a program id cannot violate become constants, then go.
  kernel.addPass(arith::createIntRangeOptimizationsPass());
  kernel.addPass(createLoopInvariantCodeMotionPass());
  kernel.addPass(createCanonicalizerPass());
  kernel.addPass(createCSEPass());
}

void tegula::addTileGPUPhase(OpPassManager &passes, const PhaseOptions &options) {
  OpPassManager &kernel = passes.nest<func::FuncOp>();
  tile_gpu::AssignLayoutsPassOptions layouts;
  layouts.numWarps = options.numWarps;
  layouts.targetChip = options.target;
  layouts.remarks = options.remarks;
  kernel.addPass(tile_gpu::createAssignLayoutsPass(layouts));
  kernel.addPass(tile_gpu::createNarrowConversionsPass());
  kernel.addPass(createCSEPass());
  kernel.addPass(tile_gpu::createReorderLoadsPass());
  tile_gpu::AllocateSharedMemoryPassOptions shared;
  if (const nvptx::Features *features = nvptx::findFeatures(options.target))
    shared.limit = features->maxSharedPerBlock;
  kernel.addPass(tile_gpu::createAllocateSharedMemoryPass(shared));
  kernel.addPass(tile_gpu::createInsertBarriersPass());
}

void tegula::addGPULLVMPhase(OpPassManager &passes, const PhaseOptions &options) {
  to_llvm::ConvertTileGPUToLLVMPassOptions lowering;
  lowering.targetChip = options.target;
  lowering.maxRegisters = options.maxRegisters;
  to_llvm::buildTileGPUToLLVMPipeline(passes, lowering);
}

void tegula::addHostPhase(OpPassManager &passes, const PhaseOptions &) { buildTileToLoopsPipeline(passes); }

namespace {

struct PhasePipelineOptions : PassPipelineOptions<PhasePipelineOptions> {
  Option<std::string> name{*this, "name", llvm::cl::desc("tile, tile-gpu, gpu-llvm or host"), llvm::cl::init("tile")};
  Option<std::string> target{*this, "target", llvm::cl::desc("the chip: sm_90a, ..."), llvm::cl::init("sm_90a")};
  Option<int> numWarps{*this, "num-warps", llvm::cl::desc("warps of one program"), llvm::cl::init(4)};
  Option<bool> remarks{*this, "remarks", llvm::cl::desc("say what was decided"), llvm::cl::init(false)};
};

} // namespace

void tegula::registerPhases() {
  PassPipelineRegistration<PhasePipelineOptions>("tegula-phase", "one phase of the compiler, as jit and tegulac run it",
                                                 [](OpPassManager &passes, const PhasePipelineOptions &given) {
                                                   PhaseOptions options;
                                                   options.target = given.target;
                                                   options.numWarps = given.numWarps;
                                                   options.remarks = given.remarks;
                                                   if (given.name == "tile")
                                                     addTilePhase(passes, options);
                                                   else if (given.name == "tile-gpu")
                                                     addTileGPUPhase(passes, options);
                                                   else if (given.name == "gpu-llvm")
                                                     addGPULLVMPhase(passes, options);
                                                   else if (given.name == "host")
                                                     addHostPhase(passes, options);
                                                   else
                                                     llvm::errs() << "tegula-opt: error: there is no phase '"
                                                                  << given.name << "'\n";
                                                 });
}
