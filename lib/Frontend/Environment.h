//===- Environment.h - Where a kernel's outside names come from -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel reads names that its body does not bind: the language package, other
// kernels, constants of its module. The front end asks an Environment for them and
// never executes anything itself. Three exist: ModuleEnvironment (over the parsed
// text of the module file; what tegulac uses), the adapter over the C API's callbacks
// (lib/CAPI; what the Python package uses) and the one of the language's own library
// (StdLibrary).
//
// Values that pass through here exist at compile time: never a tensor.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Value.h"
#include "lib/Syntax/AST.h"
#include "lib/Syntax/SourceManager.h"

#include "llvm/ADT/StringRef.h"

#include <string>
#include <utility>
#include <vector>

namespace tegula {

/// The text of one function, or its tree when that is parsed already.
struct FunctionSource {
  std::string name;
  /// From the first decorator or `def` on; empty when `def` is given.
  std::string text;
  std::string file;
  unsigned firstLine = 1;
  /// The parsed function; it lives as long as the environment.
  const ast::FunctionDef *def = nullptr;
  /// The text that `def` was parsed from, for excerpts in diagnostics; may be null.
  const SourceBuffer *buffer = nullptr;
  /// Compile-time Python: runs through `call`, never compiled.
  bool isConstexprFunction = false;
  /// Part of the language: diagnostics point at the caller instead.
  bool isLibrary = false;
};

class Environment {
public:
  enum class Answer { Found, NotFound, Failed };
  using Keywords = std::vector<std::pair<std::string, Value>>;

  virtual ~Environment() = default;

  /// What `name` means inside `function`. On Failed, `error` says why.
  virtual Answer lookup(void *function, llvm::StringRef name, Value &result, std::string &error) = 0;
  /// `object.name`.
  virtual Answer getattr(void *object, llvm::StringRef name, Value &result, std::string &error) = 0;
  /// `object(*arguments, **keywords)` of an object or of a constexpr function.
  virtual Answer call(void *object, llvm::ArrayRef<Value> arguments, const Keywords &keywords, Value &result,
                      std::string &error) = 0;
  virtual Answer functionSource(void *function, FunctionSource &result, std::string &error) = 0;
  /// Names that `function` can see, for "did you mean".
  virtual std::vector<std::string> names(void *function) { return {}; }
};

} // namespace tegula
