//===- PythonEvaluator.h - Runs compile-time Python -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The subset of Python that module-level constants and constexpr functions are made
// of: expressions, assignments, `if`, `for`, `while`, `return`, lists that grow, calls
// of Python's own functions and of other functions whose text is known. It touches
// nothing outside: no files, no imports, no attributes of unknown objects. Work and
// depth are bounded.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Environment.h"
#include "lib/Syntax/AST.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"

namespace tegula {

class PythonEvaluator {
public:
  /// What a name that the code does not bind means; invalid when it means nothing, with `error` when that has a reason.
  using Lookup = llvm::function_ref<Value(llvm::StringRef name, std::string &error)>;

  explicit PythonEvaluator(uint64_t maxSteps = 200'000) : maxSteps(maxSteps) {}

  /// Invalid, with a reason in `error`, when the value cannot be found.
  Value evaluate(const ast::Expr *expr, Lookup lookup, std::string &error);
  Value call(const Value &callee, llvm::ArrayRef<Value> arguments, const Environment::Keywords &keywords,
             std::string &error);
  /// Runs a function whose text is known.
  Value callFunction(FunctionRef function, llvm::ArrayRef<Value> arguments, const Environment::Keywords &keywords,
                     std::string &error);

private:
  using Locals = llvm::StringMap<Value>;
  enum class Outcome { Next, Return, Break, Continue, Fail };
  struct Context {
    Lookup lookup;
    Locals *locals;
    std::string &error;
    Value result;
  };

  Value eval(const ast::Expr *expr, Context &context);
  Value evalByKind(const ast::Expr *expr, Context &context);
  Value evalCall(const ast::Call *node, Context &context);
  Value evalComprehension(const ast::Expr *element, ast::Nodes<ast::Comprehension> generators, Context &context);
  bool assign(const ast::Expr *target, const Value &value, Context &context);
  Outcome run(ast::StmtList statements, Context &context);
  Outcome runOne(const ast::Stmt *statement, Context &context);
  Value fail(Context &context, const std::string &message);
  bool step(Context &context, size_t work = 1);

  uint64_t maxSteps;
  uint64_t steps = 0;
  unsigned depth = 0;
};

} // namespace tegula
