//===- Values.h - Compile-time values between Python and the compiler ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tegula_value (tegula-c/Compiler.h) is what the compiler knows of a Python object:
// numbers, strings, tuples and types by value, the language's builtins by name,
// functions and everything else as handles that it hands back.
//
#ifndef TEGULA_PYTHON_VALUES_H
#define TEGULA_PYTHON_VALUES_H

#include "Arguments.h"
#include "tegula-c/Compiler.h"
#include <deque>
#include <string>
#include <vector>

namespace tegula::python {

// Owns the memory and the Python objects behind the values of one compile. Used with the GIL held.
class ValueArena {
public:
  ~ValueArena();
  // False with a Python exception.
  bool convert(PyObject *object, tegula_value &out, int depth = 0);
  const char *keepText(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }
  const std::string &keepString(std::string text) { return texts.emplace_back(std::move(text)); }
  std::vector<const char *> &keepNames() { return nameLists.emplace_back(); }
  PyObject *keep(PyObject *object) {
    kept.push_back(Py_NewRef(object));
    return object;
  }

private:
  bool convertText(PyObject *text, tegula_value &out);
  bool convertTuple(PyObject *object, tegula_value &out, int depth);
  std::deque<std::string> texts;
  std::deque<std::vector<tegula_value>> tuples;
  std::deque<std::vector<const char *>> nameLists;
  std::vector<PyObject *> kept;
};

// A new reference; null with a Python exception.
PyObject *fromValue(const tegula_value &value);

} // namespace tegula::python

#endif // TEGULA_PYTHON_VALUES_H
