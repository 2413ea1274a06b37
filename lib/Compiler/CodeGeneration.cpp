//===- CodeGeneration.cpp - From the llvm dialect into an image -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Compiler/CodeGeneration.h"

#include "lib/Compiler/MLIRDiagnostics.h"
#include "lib/Target/Host/Host.h"
#include "lib/Target/NVPTX/Assemble.h"
#include "lib/Target/NVPTX/Translate.h"

#include <chrono>

using namespace mlir;
using namespace tegula;

void tegula::registerCodeGeneration(DialectRegistry &registry) { nvptx::registerTranslations(registry); }

/// The kernel's own place, for what is found out after its source is gone.
static SourceRange kernelRange(ModuleOp module) {
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (SourceRange range = sourceRangeOf(function.getLoc()); range.isValid())
      return range;
  return sourceRangeOf(module.getLoc());
}

static bool generateGPU(ModuleOp module, const CompileRequest &request, runtime::KernelImage &image,
                        tegula::DiagnosticEngine &diagnostics,
                        llvm::function_ref<void(llvm::StringRef, double)> onStage) {
  const nvptx::Features *features = nvptx::findFeatures(request.target.name);
  nvptx::TranslateOptions options;
  options.features = features;
  options.quick = request.quick;
  options.keepLLVMIR = request.keepStages;
  options.onStage = onStage;
  llvm::Expected<nvptx::PtxModule> ptx = nvptx::translateToPtx(module, options);
  if (!ptx) {
    diagnostics.error("code-generation", kernelRange(module),
                      "the kernel cannot be compiled for " + request.target.name + ": " + toString(ptx.takeError()));
    return false;
  }
  if (request.keepStages)
    image.setSection("llvm", ptx->llvmIR);
  if (request.stopAfter == Stage::LLVM)
    return true;
  auto start = std::chrono::steady_clock::now();
  nvptx::Assembly assembly = nvptx::assemble(ptx->ptx, {.features = features});
  onStage("assemble", std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  image.setSection("ptx", std::move(ptx->ptx));
  image.metadata.assembler = assembly.assembler.empty() ? "driver" : assembly.assembler;
  switch (assembly.status) {
  case nvptx::Assembly::Failed:
    diagnostics.error("assembler", kernelRange(module),
                      "the assembler refused the kernel for " + request.target.name + ": " + assembly.log);
    return false;
  case nvptx::Assembly::NoAssembler:
    return true;
  case nvptx::Assembly::Ok:
    break;
  }
  image.setSection("cubin", std::move(assembly.cubin));
  image.metadata.registers = assembly.registers;
  image.metadata.spills = assembly.spillBytes;
  for (const std::string &warning : assembly.warnings)
    diagnostics.warning("assembler", kernelRange(module), warning);
  if (assembly.spillBytes && request.remarks)
    diagnostics
        .remark("spill", kernelRange(module),
                "missed: " + std::to_string(assembly.spillBytes) + " bytes of registers spill to local memory")
        .withHint("more warps or a smaller block leave each thread fewer values to hold");
  return true;
}

bool tegula::generateCode(ModuleOp module, const CompileRequest &request, runtime::KernelImage &image,
                          tegula::DiagnosticEngine &diagnostics,
                          llvm::function_ref<void(llvm::StringRef, double)> onStage) {
  if (!request.target.isHost())
    return generateGPU(module, request, image, diagnostics, onStage);
  host::HostOptions options;
  options.keepText = request.keepStages;
  options.onStage = onStage;
  llvm::Expected<host::HostCode> code = host::compileForHost(module, options);
  if (!code) {
    diagnostics.error("code-generation", kernelRange(module),
                      "the kernel cannot be compiled for the host: " + toString(code.takeError()));
    return false;
  }
  if (request.keepStages) {
    image.setSection("llvm", code->llvmIR);
    image.setSection("asm", code->assembly);
    image.setSection("obj", code->object);
  }
  image.setSection("host", std::move(code->sharedObject));
  image.metadata.cpu = code->cpu;
  image.metadata.features = code->features;
  image.metadata.scratch = code->scratchBytes;
  return true;
}
