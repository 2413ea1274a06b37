//===- ModuleEnvironment.h - A module file as an environment ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tegulac compiles from: the parsed text of a file, never executed. Module-level
// names are found by walking the statements in order:
//
//   import triton.language as tl       the language, under any of its names
//   from .helpers import scale         another file beside this one, read when asked for
//   BLOCK = tl.constexpr(128)          evaluated, if the evaluator can; else "not known"
//   exp = tl.exp                       an alias
//   if ...: / try: ... except:         the branch that the condition, or the import, decides
//   @triton.jit def f(...)             a kernel or helper; other decorators are skipped
//   @triton.constexpr_function         runs in the evaluator when a kernel calls it
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Environment.h"
#include "lib/Frontend/PythonEvaluator.h"
#include "lib/Syntax/SourceManager.h"

#include <memory>

namespace tegula {

class ModuleEnvironment final : public Environment {
public:
  /// Reads and parses a file; null after reporting.
  static std::unique_ptr<ModuleEnvironment> fromFile(const std::string &path, SourceManager &sources,
                                                     DiagnosticEngine &diagnostics);
  /// Parses a text; siblings are looked for beside `path`. Null after reporting.
  static std::unique_ptr<ModuleEnvironment> fromText(const std::string &path, std::string text, SourceManager &sources,
                                                     DiagnosticEngine &diagnostics);
  /// Parses a text that `sources` holds already.
  static std::unique_ptr<ModuleEnvironment> fromBuffer(const SourceBuffer &buffer, SourceManager &sources,
                                                       DiagnosticEngine &diagnostics);
  ~ModuleEnvironment() override;

  /// The handle of the kernel or helper of that name ("Class.kernel" inside a class); null when there is none.
  void *find(llvm::StringRef name);
  /// The functions with a jit decorator, in the order of the file.
  std::vector<std::string> kernels() const;
  /// Evaluates an expression's text in the module ("tl.float16", "BLOCK * 2"): for values on a command line. Invalid,
  /// with a reason, when it cannot.
  Value evaluate(const std::string &text, std::string &error);
  /// The same of an expression of the module, such as a parameter's default.
  Value evaluate(const ast::Expr *expr, std::string &error);

  Answer lookup(void *function, llvm::StringRef name, Value &result, std::string &error) override;
  Answer getattr(void *object, llvm::StringRef name, Value &result, std::string &error) override;
  Answer call(void *object, llvm::ArrayRef<Value> arguments, const Keywords &keywords, Value &result,
              std::string &error) override;
  Answer functionSource(void *function, FunctionSource &result, std::string &error) override;
  std::vector<std::string> names(void *function) override;

private:
  struct Impl;
  struct Shared;
  ModuleEnvironment(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace tegula
