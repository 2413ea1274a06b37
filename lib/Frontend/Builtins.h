//===- Builtins.h - The table of the language's functions -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every function that the compiler itself provides is one entry: its qualified name,
// its Python signature (parsed for argument binding, printed for documentation), one
// line of documentation and a handler. The entries stand by family in
// Builtins/<Family>.cpp:
//
//   {"load", "(pointer, mask=None, other=None, ...)", "Reads what pointers point at.", emitLoad, Method},
//
// Qualified names: "load" is `tl.load`; "math.exp"; "extra.libdevice.tanh"; "py.len"
// is Python's own `len`. A function of the language that is written in the language
// (std/*.py) is found by the same lookup.
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Value.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <vector>

namespace tegula {

class BuiltinCall;

struct BuiltinParameter {
  enum Form : uint8_t { Plain, VarArgs, KeywordOnly };
  llvm::StringRef name;
  Form form = Plain;
  Value defaultValue; // invalid: required
};

struct Builtin {
  enum Flag : unsigned {
    /// Also a method of tensors: `x.sum(0)`.
    Method = 1,
    /// A class that `isinstance` knows.
    Class = 2,
    /// Its result must be used.
    MustUse = 4,
    /// Known by name, refused when called.
    Unsupported = 8,
  };
  using Handler = Value (*)(BuiltinCall &call);

  llvm::StringRef name;
  llvm::StringRef signature;
  llvm::StringRef doc;
  Handler handler = nullptr;
  unsigned flags = 0;
  /// Handlers that serve several entries tell them apart by this.
  int variant = 0;
  std::vector<BuiltinParameter> parameters = {};

  bool isMethod() const { return flags & Method; }
  /// As a user writes it: "tl.load", "len".
  std::string displayName() const;
};

/// The entry of that qualified name, or null.
const Builtin *findBuiltin(llvm::StringRef qualifiedName);
/// All entries, sorted by name: for documentation and "did you mean".
llvm::ArrayRef<const Builtin *> allBuiltins();

/// What the qualified name means: a builtin, a library function, a dtype, a constant or a submodule; invalid when
/// nothing has that name. "" is the language package.
Value languageMember(llvm::StringRef qualifiedName);
/// A member of a module that the front end knows: `tl.math.exp`, `triton.cdiv`, `math.pi`.
Value moduleMember(llvm::StringRef modulePath, llvm::StringRef name);
/// The module that an import statement names, by its dotted path ("triton.language.math"); invalid when it is not one
/// of the language's or Python's own that compile-time code may use.
Value importedModule(llvm::StringRef dottedPath);
/// Names in a module, for "did you mean".
std::vector<std::string> moduleNames(llvm::StringRef modulePath);
/// The function that is method `name` of tensors; invalid when there is none.
Value tensorMethod(llvm::StringRef name);

// One a family: the entries of Builtins/<Family>.cpp.
llvm::ArrayRef<Builtin> programBuiltins();
llvm::ArrayRef<Builtin> creationBuiltins();
llvm::ArrayRef<Builtin> shapeBuiltins();
llvm::ArrayRef<Builtin> memoryBuiltins();
llvm::ArrayRef<Builtin> elementwiseBuiltins();
llvm::ArrayRef<Builtin> mathBuiltins();
llvm::ArrayRef<Builtin> reduceBuiltins();
llvm::ArrayRef<Builtin> debugBuiltins();
llvm::ArrayRef<Builtin> typeBuiltins();
llvm::ArrayRef<Builtin> pythonBuiltins();
llvm::ArrayRef<Builtin> libdeviceBuiltins();
llvm::ArrayRef<Builtin> unsupportedBuiltins();

} // namespace tegula
