//===- Reference.h - An owned reference to a Python object ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `Reference` owns one reference and drops it at the end of its scope. A null
// Reference after a CPython call means that a Python exception is set.
//
//   Reference names(PyObject_GetAttrString(module, "names")); // takes over a new reference
//   Reference shared = Reference::borrow(value);              // adds one to a borrowed reference
//
#ifndef TEGULA_PYTHON_REFERENCE_H
#define TEGULA_PYTHON_REFERENCE_H

#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>
#include <utility>

namespace tegula::python {

class Reference {
public:
  Reference() = default;
  explicit Reference(PyObject *owned) : object(owned) {}
  Reference(Reference &&other) noexcept : object(std::exchange(other.object, nullptr)) {}
  Reference &operator=(Reference &&other) noexcept {
    std::swap(object, other.object);
    return *this;
  }
  Reference(const Reference &) = delete;
  Reference &operator=(const Reference &) = delete;
  ~Reference() { Py_XDECREF(object); }

  static Reference borrow(PyObject *borrowed) {
    Py_XINCREF(borrowed);
    return Reference(borrowed);
  }

  PyObject *get() const { return object; }
  PyObject *release() { return std::exchange(object, nullptr); }
  explicit operator bool() const { return object != nullptr; }

private:
  PyObject *object = nullptr;
};

// Replaces what `slot` owns.
inline void assign(PyObject *&slot, PyObject *owned) {
  PyObject *old = slot;
  slot = owned;
  Py_XDECREF(old);
}

} // namespace tegula::python

#endif // TEGULA_PYTHON_REFERENCE_H
