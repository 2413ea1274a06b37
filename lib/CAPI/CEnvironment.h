//===- CEnvironment.h - The environment behind C callbacks -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lets the front end ask a host program, through the callbacks of tegula-c/Compiler.h, what names mean. Values cross
// as tegula_value: what the front end hands out (arguments of calls) lives in this object.
#pragma once

#include "lib/Frontend/Environment.h"
#include "tegula-c/Compiler.h"

#include <deque>

namespace tegula {

class CEnvironment final : public Environment {
public:
  explicit CEnvironment(const tegula_environment &callbacks) : callbacks(callbacks) {}

  Answer lookup(void *function, llvm::StringRef name, Value &result, std::string &error) override;
  Answer getattr(void *object, llvm::StringRef name, Value &result, std::string &error) override;
  Answer call(void *object, llvm::ArrayRef<Value> arguments, const Keywords &keywords, Value &result,
              std::string &error) override;
  Answer functionSource(void *function, FunctionSource &result, std::string &error) override;
  std::vector<std::string> names(void *function) override;

  /// The front end's value of one that came from the host; invalid, with `error` said, when it makes no sense.
  Value fromC(const tegula_value &value, std::string &error);

private:
  Answer answer(int code, const char *message, std::string &error) const;
  Answer convert(int code, const char *message, const tegula_value &value, Value &result, std::string &error);
  /// The host's form of a compile-time value; false when the host could not hold it (a run-time tensor).
  bool toC(const Value &value, tegula_value &result);
  const char *keep(std::string text);

  tegula_environment callbacks;
  std::deque<std::string> texts;
  std::deque<std::vector<tegula_value>> tuples;
  std::deque<std::vector<const char *>> nameLists;
};

} // namespace tegula
