//===- Compiled.h - A compiled kernel, loaded on one device ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `CompiledObject` is the C base of tegula.compiler.CompiledKernel. It holds the
// runtime's kernel and the plan by which a launch fills the kernel's arguments
// from the values of the function's parameters.
//
#ifndef TEGULA_PYTHON_COMPILED_H
#define TEGULA_PYTHON_COMPILED_H

#include "Arguments.h"
#include "tegula-c/Runtime.h"

namespace tegula::python {

enum class Conversion : uint8_t { None, Float64, Float32, Float16, BFloat16 };

// One argument of the compiled code.
struct AbiArgument {
  uint16_t parameter;    // index of the function's parameter
  Conversion conversion; // of a Python float to the kernel's type
  uint8_t kind;          // tegula_parameter_kind
  uint8_t element;       // of a pointer
  bool aligned;          // the code relies on divisibility by 16
};

struct CompiledObject {
  PyObject_HEAD tegula_kernel *kernel; // null until loaded
  const tegula_launcher *launcher;
  AbiArgument *arguments;
  uint32_t numArguments;
  uint32_t numParameters;
  PyObject *name;
  PyObject *parameterNames; // tuple
};

extern PyTypeObject compiledType;
bool readyCompiled(PyObject *module);

// Converts floats in place, fills `pointers` and launches; false with a Python exception.
bool launchCompiled(CompiledObject *compiled, const uint32_t grid[3], void *stream, Bits *values, void **pointers);

// tuple, list or int to three sizes. False with a Python exception.
bool readGrid(PyObject *grid, uint32_t sizes[3]);

// The stream that launches on `device` go to. False with a Python exception.
bool currentStream(const Reading &reading, int device, void **stream);

// kernel[grid](...) of a CompiledObject: pre-bound arguments, no specialisation.
PyObject *callCompiled(CompiledObject *compiled, PyObject *grid, PyObject *const *arguments, size_t count,
                       PyObject *keywordNames);

// The light object that `kernel[grid]` returns, for kernels and compiled kernels alike.
PyObject *makeLauncher(PyObject *target, PyObject *grid);
bool readyLauncher(PyObject *module);

// Raises what a status of the runtime stands for.
void raiseStatus(tegula_status status, PyObject *name);

} // namespace tegula::python

#endif // TEGULA_PYTHON_COMPILED_H
