//===- Kernel.h - A jit function's launch path -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `KernelObject` is the C base of tegula.runtime.JITFunction. kernel[grid](...)
// of a kernel that is ready runs no Python:
//
//   1. bind    positional and keyword arguments to parameters and launch options;
//              a call site's tuple of keyword names is understood once
//   2. read    each argument to a code byte and 8 bytes of value (Arguments.h)
//   3. look up the variant of these codes, compile-time values, options and device
//   4. check   the globals that the compiled code has taken in (identity, mostly)
//   5. launch  on the current stream of the arguments' library
//
// A miss in 3 asks the Python method `_compile_variant`, then goes on.
// Everything that a launch refuses is worded in Python, which is called for it.
//
#ifndef TEGULA_PYTHON_KERNEL_H
#define TEGULA_PYTHON_KERNEL_H

#include "Compiled.h"
#include <vector>

namespace tegula::python {

struct Parameter {
  PyObject *name;         // interned
  PyObject *defaultValue; // null: none
  uint8_t mode;
  uint8_t element; // of the annotated type
};

// A compile-time value that a variant was compiled for: of parameter `index`, or of launch option `index -
// numParameters`.
struct Constant {
  uint16_t index;
  PyObject *value;
};

struct Variant {
  uint64_t hash;
  int device;
  std::vector<uint64_t> codes; // the code bytes, padded with zeros
  std::vector<Constant> constants;
  CompiledObject *compiled;
  ~Variant();
};

// Open-addressed, never more than half full.
class VariantTable {
public:
  ~VariantTable() { clear(); }
  Variant *find(uint64_t hash, int device, const uint64_t *codes, size_t numWords, const Constant *constants,
                size_t numConstants) const;
  void insert(Variant *variant); // takes it over
  void clear();
  int traverse(visitproc visit, void *arg) const; // for Python's cycle collector
  size_t size() const { return count; }

private:
  std::vector<Variant *> slots;
  size_t count = 0;
};

// A global (or a closure's cell) whose value the kernel was compiled with.
struct Watch {
  PyObject *holder; // dict or cell
  PyObject *name;
  PyObject *value;
};

// Where the keywords of a call site go.
struct KeywordPlan {
  PyObject *names = nullptr; // the call site's tuple
  std::vector<int> targets;  // parameter index, or numParameters + option index
};

struct KernelObject {
  PyObject_HEAD struct State {
    std::vector<Parameter> parameters;
    std::vector<PyObject *> options; // interned names
    std::vector<Watch> watches;
    VariantTable variants;
    KeywordPlan plans[4];
    unsigned nextPlan = 0;
    uint64_t epoch = 0;
    PyObject *metaTemplate = nullptr; // dict with every parameter's name: copying it costs less than filling a new one
    bool hasPreRunHooks = false;
  } *state;
};

extern PyTypeObject kernelType;
bool readyKernel(PyObject *module);

// kernel[grid](...). A null grid prepares the variant and launches nothing. Returns a new reference to the compiled
// kernel.
PyObject *callKernel(KernelObject *kernel, PyObject *grid, PyObject *const *arguments, size_t count,
                     PyObject *keywordNames);

// Module functions.
PyObject *setLaunchHooks(PyObject *module,
                         PyObject *hooks); // a callable (entering, kernel, compiled, grid, arguments) or None
PyObject *invalidateVariants(PyObject *module, PyObject *); // a function's source was changed

} // namespace tegula::python

#endif // TEGULA_PYTHON_KERNEL_H
