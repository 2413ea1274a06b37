//===- StdLibrary.h - The part of the language written in the language ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std/*.py is built into the library as text, parsed once a process on first use, and
// serves as an Environment: its functions see one another and the builtin table,
// nothing else. `@tensor_member` makes a function a method of blocks as well.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Environment.h"

namespace tegula {

class StdLibrary final : public Environment {
public:
  /// Parsed on the first call; safe from any thread.
  static StdLibrary &get();

  /// The function of that name; invalid when there is none.
  Value find(llvm::StringRef name);
  Value findMethod(llvm::StringRef name);
  std::vector<std::string> functionNames() const;

  Answer lookup(void *function, llvm::StringRef name, Value &result, std::string &error) override;
  Answer getattr(void *object, llvm::StringRef name, Value &result, std::string &error) override;
  Answer call(void *object, llvm::ArrayRef<Value> arguments, const Keywords &keywords, Value &result,
              std::string &error) override;
  Answer functionSource(void *function, FunctionSource &result, std::string &error) override;

private:
  StdLibrary();
  ~StdLibrary();
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace tegula
