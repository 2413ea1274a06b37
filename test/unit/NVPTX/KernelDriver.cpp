//===- KernelDriver.cpp - From tile IR to registers and spills, by hand -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   nvptx-kernel-driver FILE.mlir... [--ptx] [--llvm] [--target=sm_90a]... [--layouts]
//
// Lowers a module of tile_gpu (with --layouts: of tile, which is given layouts first) and assembles it for each target.
// Prints a line for each:
//
//   rmsnorm.mlir sm_90a: 24 registers, 0 spill bytes, 0 stack bytes, 16 shared bytes, nvJitLink 13.0
//
// and the times of the stages. For work on the back end, without the front end and the pipeline.
//===----------------------------------------------------------------------===//

#include "dialects/TileGPU/IR/TileGPU.h"
#include "dialects/TileGPU/Transforms/Passes.h"
#include "lib/Conversion/TileGPUToLLVM/Passes.h"
#include "lib/Conversion/TileToTileGPU/Passes.h"
#include "lib/Target/NVPTX/Assemble.h"
#include "lib/Target/NVPTX/Translate.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include <chrono>
#include <cstdio>

using namespace tegula;

namespace {

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> files;
  std::vector<std::string> targets;
  bool printPtx = false, printLLVM = false, layouts = false;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--ptx")
      printPtx = true;
    else if (argument == "--llvm")
      printLLVM = true;
    else if (argument == "--layouts")
      layouts = true;
    else if (argument.starts_with("--target="))
      targets.push_back(argument.substr(9));
    else
      files.push_back(argument);
  }
  if (targets.empty())
    targets = {"sm_80", "sm_89", "sm_90a"};
  int failures = 0;
  mlir::DialectRegistry registry;
  nvptx::registerTranslations(registry);
  for (const std::string &file : files)
    for (const std::string &target : targets) {
      mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
      context.loadDialect<tile::TileDialect, tile_gpu::TileGPUDialect, mlir::arith::ArithDialect,
                          mlir::func::FuncDialect, mlir::math::MathDialect, mlir::scf::SCFDialect>();
      double start = now();
      auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, &context);
      if (!module) {
        ++failures;
        continue;
      }
      mlir::OpBuilder b(&context);
      (*module)->setAttr(tile_gpu::kTargetAttr, b.getStringAttr(target));
      double parsed = now();
      mlir::PassManager passes(&context);
      passes.enableVerifier(false);
      if (layouts) {
        passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createAssignLayoutsPass());
        passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createAllocateSharedMemoryPass());
        passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createInsertBarriersPass());
      }
      to_llvm::buildTileGPUToLLVMPipeline(passes);
      if (mlir::failed(passes.run(*module))) {
        ++failures;
        continue;
      }
      double lowered = now();
      if (mlir::failed(module->verify()))
        ++failures;
      if (printLLVM)
        module->print(llvm::outs());
      nvptx::TranslateOptions options;
      options.features = nvptx::findFeatures(target);
      double translated = now();
      auto ptx = nvptx::translateToPtx(*module, options);
      if (!ptx) {
        std::printf("%s %s: %s\n", file.c_str(), target.c_str(), llvm::toString(ptx.takeError()).c_str());
        ++failures;
        continue;
      }
      double emitted = now();
      if (printPtx) {
        int64_t shared = 0;
        for (auto function : module->getOps<mlir::LLVM::LLVMFuncOp>())
          if (auto bytes = function->getAttrOfType<mlir::IntegerAttr>(tile_gpu::kSharedBytesAttr))
            shared = bytes.getInt();
        std::printf("// FILE %s\n// SHARED %d\n%s\n", file.c_str(), int(shared), ptx->ptx.c_str());
      }
      nvptx::AssembleOptions assembling;
      assembling.features = options.features;
      nvptx::Assembly assembly = nvptx::assemble(ptx->ptx, assembling);
      double done = now();
      if (assembly.status == nvptx::Assembly::Failed) {
        std::printf("%s %s: %s\n%s\n", file.c_str(), target.c_str(), assembly.log.c_str(), ptx->ptx.c_str());
        ++failures;
        continue;
      }
      std::printf("%s %s: %d registers, %d spill bytes, %d stack bytes, %d shared bytes, %s\n", file.c_str(),
                  target.c_str(), assembly.registers, assembly.spillBytes, assembly.stackBytes, assembly.sharedBytes,
                  assembly.assembler.c_str());
      for (const std::string &warning : assembly.warnings)
        std::printf("%s: %s\n", target.c_str(), warning.c_str());
      std::printf("  parse %.2f, lower %.2f, to PTX %.2f, assemble %.2f ms\n", parsed - start, lowered - parsed,
                  emitted - translated, done - emitted);
    }
  std::fprintf(stderr, "%d failures\n", failures);
  return failures != 0;
}
