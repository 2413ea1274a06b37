//===- BuiltinCall.h - One call of a builtin, as its handler sees it --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments are numbered as in the builtin's signature. The accessors check and
// report; they answer false, or something empty, after an error.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Emitter.h"

namespace tegula {

class BuiltinCall {
public:
  BuiltinCall(Emitter &emitter, const Builtin &builtin, llvm::ArrayRef<Value> arguments)
      : emitter(emitter), ops(emitter.ops), builtin(builtin), arguments(arguments) {}

  Emitter &emitter;
  TensorOps &ops;
  const Builtin &builtin;

  const Value &operator[](unsigned i) const { return arguments[i]; }
  size_t size() const { return arguments.size(); }
  llvm::StringRef parameter(unsigned i) const { return builtin.parameters[i].name; }

  Diagnostic &error(llvm::StringRef kind, const llvm::Twine &message) { return emitter.error(kind, message); }

  /// A tensor, or a number by its strong type.
  Tensor tensor(unsigned i);
  /// A tensor with at least one dimension.
  Tensor block(unsigned i);
  bool getBool(unsigned i, bool &result);
  bool getInt(unsigned i, int64_t &result);
  bool getString(unsigned i, std::string &result);
  bool getDtype(unsigned i, Type &result);
  /// Ints, as one sequence or spread over the call's varargs.
  bool getInts(unsigned i, llvm::SmallVectorImpl<int64_t> &result);
  /// A shape that a block can have.
  bool getShape(unsigned i, llvm::SmallVectorImpl<int64_t> &result);
  /// An axis of a block of that rank; negative ones count from the end.
  bool getAxis(unsigned i, unsigned rank, unsigned &result);
  /// A function of the language: jit function or builtin.
  bool getFunction(unsigned i, Value &result);

  /// The expression that the user wrote for argument i, if it stands in this call.
  const ast::Expr *expression(unsigned i) const;

private:
  Value mistyped(unsigned i, llvm::StringRef expected);
  llvm::ArrayRef<Value> arguments;
};

} // namespace tegula
