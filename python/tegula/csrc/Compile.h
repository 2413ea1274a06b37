//===- Compile.h - Calling the compiler ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_PYTHON_COMPILE_H
#define TEGULA_PYTHON_COMPILE_H

#include "Reference.h"

namespace tegula::python {

// Module functions: see their documentation in Module.cpp.
PyObject *openCompiler(PyObject *module, PyObject *path);
PyObject *compilerVersion(PyObject *module, PyObject *);
PyObject *warmUp(PyObject *module, PyObject *target);
PyObject *compile(PyObject *module, PyObject *args);

} // namespace tegula::python

#endif // TEGULA_PYTHON_COMPILE_H
