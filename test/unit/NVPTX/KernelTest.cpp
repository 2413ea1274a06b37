//===- KernelTest.cpp - Kernels from tile IR to every chip -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each file of test/Target/NVPTX is a module of the tile dialect. It is given layouts, scratch and barriers, lowered,
// and assembled for every chip of the table. Comments in it say what must hold on all of them:
//
//   // PTX: ld.global.v4.b32      is in the PTX
//   // PTX-NOT: .local            is not
//   // AT-MOST 2: bar.sync        occurs no more often
//
// No kernel here may spill or use local memory.
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
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace tegula;

namespace {

std::vector<std::string> kernelFiles() {
  std::vector<std::string> files;
  for (const auto &entry : std::filesystem::directory_iterator(TEGULA_KERNEL_FILES))
    if (entry.path().extension() == ".mlir")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

int countOf(const std::string &text, const std::string &what) {
  int count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size())
    ++count;
  return count;
}

void checkComments(const std::string &file, const std::string &ptx) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("// PTX: "))
      EXPECT_NE(ptx.find(line.substr(8)), std::string::npos) << "no '" << line.substr(8) << "' in\n" << ptx;
    else if (line.starts_with("// PTX-NOT: "))
      EXPECT_EQ(ptx.find(line.substr(12)), std::string::npos) << "unwanted '" << line.substr(12) << "' in\n" << ptx;
    else if (line.starts_with("// AT-MOST ")) {
      size_t colon = line.find(": ");
      EXPECT_LE(countOf(ptx, line.substr(colon + 2)), std::stoi(line.substr(11))) << line << "\n" << ptx;
    }
  }
}

class Kernel : public testing::TestWithParam<std::string> {};

TEST_P(Kernel, assembles_on_every_chip_without_spills) {
  for (std::string_view target : nvptx::knownTargets()) {
    SCOPED_TRACE(std::string(target));
    mlir::DialectRegistry registry;
    nvptx::registerTranslations(registry);
    mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<tile::TileDialect, tile_gpu::TileGPUDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
                        mlir::math::MathDialect, mlir::scf::SCFDialect>();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(GetParam(), &context);
    ASSERT_TRUE(module);
    (*module)->setAttr(tile_gpu::kTargetAttr, mlir::StringAttr::get(&context, target));
    mlir::PassManager passes(&context);
    passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createAssignLayoutsPass());
    passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createAllocateSharedMemoryPass());
    passes.addNestedPass<mlir::func::FuncOp>(tile_gpu::createInsertBarriersPass());
    to_llvm::buildTileGPUToLLVMPipeline(passes);
    ASSERT_TRUE(mlir::succeeded(passes.run(*module)));
    nvptx::TranslateOptions options;
    options.features = nvptx::findFeatures(target);
    auto ptx = nvptx::translateToPtx(*module, options);
    ASSERT_TRUE(bool(ptx)) << llvm::toString(ptx.takeError());
    checkComments(GetParam(), ptx->ptx);
    nvptx::AssembleOptions assembling;
    assembling.features = options.features;
    nvptx::Assembly assembly = nvptx::assemble(ptx->ptx, assembling);
    if (assembly.status == nvptx::Assembly::NoAssembler)
      continue;
    ASSERT_EQ(assembly.status, nvptx::Assembly::Ok) << assembly.log << ptx->ptx;
    EXPECT_EQ(assembly.spillBytes, 0);
    EXPECT_EQ(assembly.stackBytes, 0);
    EXPECT_TRUE(assembly.warnings.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Kernel, testing::ValuesIn(kernelFiles()), [](const auto &info) {
  std::string name = std::filesystem::path(info.param).stem();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

} // namespace
