//===- Compile.h - Compiles a kernel's text in a test -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "lib/Frontend/Frontend.h"
#include "lib/Frontend/ModuleEnvironment.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

namespace tegula::test {

struct Compiled {
  std::string ir;          // empty after an error
  std::string diagnostics; // rendered, with excerpts
  bool verified = false;
};

/// The bindings of "*fp32:16,i32,BLOCK=128": types with an optional divisibility, or NAME=expression.
inline std::vector<ArgumentBinding> bindings(ModuleEnvironment &environment, llvm::StringRef signature) {
  std::vector<ArgumentBinding> result;
  llvm::SmallVector<llvm::StringRef> parts;
  signature.split(parts, ';', -1, false);
  if (parts.size() < 2) {
    parts.clear();
    signature.split(parts, ',', -1, false);
  }
  for (llvm::StringRef part : parts) {
    part = part.trim();
    ArgumentBinding binding;
    if (auto [name, value] = part.split('='); !value.empty()) {
      std::string error;
      binding.constant = environment.evaluate(value.str(), error);
      EXPECT_TRUE(bool(binding.constant)) << error;
    } else {
      auto [type, divisibility] = part.split(':');
      binding.type = Type::parse(type);
      divisibility.getAsInteger(10, binding.divisibility);
    }
    result.push_back(std::move(binding));
  }
  return result;
}

/// Compiles `kernel` of a module text; the usual imports are put in its first line.
inline Compiled compile(const std::string &text, const std::string &signature, const std::string &kernel = "kernel",
                        const FrontendOptions &options = {}) {
  Compiled result;
  SourceManager sources;
  DiagnosticEngine diagnostics;
  auto environment = ModuleEnvironment::fromText(
      "k.py", "import triton; import triton.language as tl; from triton.language.extra import libdevice\n" + text,
      sources, diagnostics);
  if (environment) {
    void *handle = environment->find(kernel);
    EXPECT_NE(handle, nullptr);
    if (handle) {
      mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
      auto module =
          emitKernel(context, *environment, handle, bindings(*environment, signature), options, sources, diagnostics);
      if (module) {
        llvm::raw_string_ostream stream(result.ir);
        result.verified = mlir::succeeded(mlir::verify(*module));
        module->print(stream);
      }
    }
  }
  result.diagnostics = diagnostics.text(sources.lineLookup());
  EXPECT_EQ(result.ir.empty(), diagnostics.hasErrors()) << result.diagnostics;
  return result;
}

/// The IR of a kernel that must compile; the verifier must like it.
inline std::string irOf(const std::string &text, const std::string &signature, const FrontendOptions &options = {}) {
  Compiled compiled = compile(text, signature, "kernel", options);
  EXPECT_TRUE(compiled.verified) << compiled.ir;
  EXPECT_EQ(compiled.diagnostics, "");
  return compiled.ir;
}

/// The diagnostics of a kernel that must not compile.
inline std::string errorsOf(const std::string &text, const std::string &signature) {
  Compiled compiled = compile(text, signature);
  EXPECT_EQ(compiled.ir, "");
  return compiled.diagnostics;
}

/// The body of a kernel with these parameters.
inline std::string body(const std::string &parameters, const std::string &statements) {
  std::string text = "@triton.jit\ndef kernel(" + parameters + "):\n";
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(statements).split(lines, '\n');
  for (llvm::StringRef line : lines)
    text += "    " + line.str() + "\n";
  return text;
}

#define EXPECT_HAS(text, part)                                                                                         \
  EXPECT_NE((text).find(part), std::string::npos) << "missing: " << part << "\nin:\n" << (text)
#define EXPECT_HAS_NOT(text, part) EXPECT_EQ((text).find(part), std::string::npos) << (text)

} // namespace tegula::test
