//===- ConstEval.h - Python's arithmetic on compile-time values -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What Python does with numbers, strings and tuples, exactly: `-7 // 2` is -4,
// `"a" * 3` is "aaa", `(1, 2)[::-1]` is (2, 1). Both the kernels' compile-time half
// and the functions that a module runs at compile time compute with it.
//
// All functions answer an invalid Value and fill `error` when Python would raise, or
// when the result would be unreasonably large (integers beyond Integer::maxBits,
// sequences beyond maxSequence).
//===----------------------------------------------------------------------===//
#pragma once

#include "lib/Frontend/Environment.h"
#include "lib/Frontend/Value.h"
#include "lib/Syntax/AST.h"

namespace tegula {

/// The most elements or bytes of a compile-time sequence.
inline constexpr size_t maxSequence = 1 << 16;

/// How much work a value is to copy or compare; nothing when it is a tuple so large, so nested or so cyclic that no
/// kernel means it. Every expression's value is checked by this, so that walks over tuples need no bounds of their own.
std::optional<size_t> constWeight(const Value &value);

/// Whether a value is that list or holds it, at any depth.
bool constHolds(const Value &value, const Value &list);

Value constBinary(ast::BinaryOperator op, const Value &a, const Value &b, std::string &error);
Value constUnary(ast::UnaryOperator op, const Value &a, std::string &error);
/// A bool; `is` compares as identical values.
Value constCompare(ast::CompareOperator op, const Value &a, const Value &b, std::string &error);
/// Python's bool(value).
bool constTruth(const Value &value);
/// Python's `==`, across ints, floats and bools; tuples item by item.
bool constEqual(const Value &a, const Value &b);

/// `value[index]` of strings, tuples and ranges; the index is an int or a slice.
Value constSubscript(const Value &value, const Value &index, std::string &error);
/// `value.name` of strings, ints, floats, tuples and dtypes; methods come back as Kind::Method. Fills no error when
/// there simply is no such attribute.
Value constAttribute(const Value &value, llvm::StringRef name, std::string &error);
/// The names that constAttribute knows for this value.
std::vector<std::string> constAttributeNames(const Value &value);
/// Calls a Kind::Method that constAttribute made.
Value constMethodCall(const MethodData &method, llvm::ArrayRef<Value> arguments, std::string &error);

/// The items of a sequence that Python could loop over; false when it could not.
bool constIterate(const Value &value, std::vector<Value> &items, std::string &error);

/// One `{value!conversion:spec}` of an f-string.
bool constFormat(const Value &value, int conversion, llvm::StringRef spec, std::string &text, std::string &error);

/// A function of Python's builtins (`len`, `int`, `min`...) or of its module `math` ("math.sqrt").
Value callPythonFunction(llvm::StringRef name, llvm::ArrayRef<Value> arguments, const Environment::Keywords &keywords,
                         std::string &error);
/// Whether callPythonFunction knows it.
bool isPythonFunction(llvm::StringRef name);
/// A constant of Python's module `math`; invalid when there is none.
Value mathConstant(llvm::StringRef name);

/// The value of a literal.
Value constantValue(const ast::Constant &constant, std::string &error);

} // namespace tegula
