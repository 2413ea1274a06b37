//===- FrontendDriver.cpp - Prints a kernel's tile IR, for development ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   tegula-frontend FILE.py KERNEL "*fp32:16; i32; BLOCK=128" [--time N] [--loc]
#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/ModuleEnvironment.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace tegula;

int main(int argc, char **argv) {
  if (argc < 4) {
    llvm::errs() << "usage: tegula-frontend FILE.py KERNEL \"*fp32:16; i32; BLOCK=128\" [--time N] [--loc]\n";
    return 2;
  }
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromFile(argv[1], sources, diagnostics);
  void *kernel = environment ? environment->find(argv[2]) : nullptr;
  if (!kernel) {
    llvm::errs() << diagnostics.text(sources.lineLookup()) << "no kernel " << argv[2] << "\n";
    return 1;
  }
  std::vector<ArgumentBinding> arguments;
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(argv[3]).split(parts, ';', -1, false);
  for (llvm::StringRef part : parts) {
    part = part.trim();
    ArgumentBinding binding;
    if (auto [name, value] = part.split('='); !value.empty()) {
      std::string error;
      binding.constant = environment->evaluate(value.str(), error);
      if (!binding.constant) {
        llvm::errs() << error << "\n";
        return 1;
      }
    } else {
      auto [type, divisibility] = part.split(':');
      binding.type = Type::parse(type);
      divisibility.getAsInteger(10, binding.divisibility);
    }
    arguments.push_back(std::move(binding));
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  int rounds = argc > 5 && llvm::StringRef(argv[4]) == "--time" ? std::atoi(argv[5]) : 1;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    auto start = std::chrono::steady_clock::now();
    module = emitKernel(context, *environment, kernel, arguments, {}, sources, diagnostics);
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  llvm::errs() << diagnostics.text(sources.lineLookup());
  if (!module)
    return 1;
  if (rounds > 1) {
    llvm::outs() << "best of " << rounds << ": " << best << " ms\n";
    return 0;
  }
  mlir::OpPrintingFlags flags;
  if (argc > 4 && llvm::StringRef(argv[4]) == "--loc")
    flags.enableDebugInfo(true, true);
  bool fine = mlir::succeeded(mlir::verify(*module));
  module->print(llvm::outs(), flags);
  return fine ? 0 : 1;
}
