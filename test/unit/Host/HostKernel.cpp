//===- HostKernel.cpp - Tile IR text to a running function ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Host/HostKernel.h"

#include "dialects/Tile/IR/Tile.h"
#include "lib/Conversion/TileToLoops/Passes.h"
#include "lib/Target/Host/Host.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;
using namespace tegula;
using tegula::testing::HostKernel;

std::unique_ptr<HostKernel> HostKernel::compile(const std::string &text, std::string &error) {
  auto start = std::chrono::steady_clock::now();
  DialectRegistry registry;
  host::registerTranslations(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<arith::ArithDialect, func::FuncDialect, scf::SCFDialect, math::MathDialect, tile::TileDialect,
                      LLVM::LLVMDialect, cf::ControlFlowDialect>();
  llvm::raw_string_ostream said(error);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    said << diagnostic.getLocation() << ": " << diagnostic << "\n";
    for (Diagnostic &note : diagnostic.getNotes())
      said << note << "\n";
    return success();
  });
  auto module = parseSourceString<ModuleOp>(text, &context, "kernel.mlir");
  if (!module)
    return nullptr;
  auto kernel = std::make_unique<HostKernel>();
  for (auto function : module->getOps<func::FuncOp>())
    kernel->name = function.getName().str();
  bool dump = std::getenv("TEGULA_TEST_DUMP") != nullptr;
  PassManager loops(&context), llvmPasses(&context);
  loops.addPass(loops::createConvertTileToLoopsPass());
  if (failed(loops.run(*module)))
    return nullptr;
  llvm::raw_string_ostream loopText(kernel->loops);
  module->print(loopText);
  if (dump)
    llvm::errs() << kernel->loops;
  llvmPasses.addPass(loops::createExpandVectorMathPass());
  llvmPasses.addPass(loops::createConvertLoopsToLLVMPass());
  if (failed(llvmPasses.run(*module)))
    return nullptr;
  host::HostOptions options;
  auto report = [](StringRef stage, double ms) { llvm::errs() << stage << " " << ms << " ms\n"; };
  options.keepText = dump;
  if (dump)
    options.onStage = report;
  auto code = host::compileForHost(*module, options);
  if (!code) {
    error = llvm::toString(code.takeError());
    return nullptr;
  }
  kernel->milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (dump)
    llvm::errs() << code->llvmIR << code->assembly;
  kernel->llvmIR = code->llvmIR;
  kernel->assembly = code->assembly;
  kernel->scratchBytes = code->scratchBytes;
  int fd = kernel->file = memfd_create("kernel", 0); // stays open: the loader knows libraries by their path
  if (write(fd, code->sharedObject.data(), code->sharedObject.size()) != ssize_t(code->sharedObject.size()))
    return nullptr;
  kernel->library = dlopen(("/proc/self/fd/" + std::to_string(fd)).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!kernel->library) {
    error = dlerror();
    return nullptr;
  }
  kernel->entry = reinterpret_cast<Entry>(dlsym(kernel->library, kernel->name.c_str()));
  if (!kernel->entry)
    error = "no entry " + kernel->name;
  return kernel->entry ? std::move(kernel) : nullptr;
}

HostKernel::~HostKernel() {
  if (library)
    dlclose(library);
  if (file >= 0)
    close(file);
}

void HostKernel::run(std::vector<void *> args, int32_t x, int32_t y, int32_t z) {
  int32_t grid[3] = {x, y, z};
  scratch.assign(scratchBytes + 64, char(0x5a));
  void *aligned = reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) & ~uintptr_t(63));
  int64_t total = int64_t(x) * y * z, half = total / 2;
  entry(args.data(), grid, 0, half, aligned);
  entry(args.data(), grid, half, total, aligned);
}

std::string HostKernel::takeFailure() {
  auto slot = static_cast<const char **>(dlsym(library, (name + ".failure").c_str()));
  if (!slot || !*slot)
    return "";
  std::string message = *slot;
  *slot = nullptr;
  return message;
}
