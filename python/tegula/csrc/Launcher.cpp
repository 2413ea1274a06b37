//===- Launcher.cpp - What kernel[grid] returns ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `kernel[grid](...)` makes one object between the brackets and the parentheses.
// It holds the kernel and the grid, is called by vectorcall, and comes from a
// free list, so that a launch allocates nothing.
//
#include "Kernel.h"
#include <cstddef>

namespace tegula::python {

namespace {

struct LauncherObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject *target; // KernelObject or CompiledObject
  PyObject *grid;
};

constexpr int MaxFree = 16;
LauncherObject *freeList[MaxFree];
int numFree = 0;

PyObject *call(PyObject *object, PyObject *const *arguments, size_t flags, PyObject *keywordNames) {
  auto *self = (LauncherObject *)object;
  size_t count = size_t(PyVectorcall_NARGS(flags));
  if (PyObject_TypeCheck(self->target, &kernelType))
    return callKernel((KernelObject *)self->target, self->grid, arguments, count, keywordNames);
  return callCompiled((CompiledObject *)self->target, self->grid, arguments, count, keywordNames);
}

void freeLauncher(PyObject *object) {
  auto *self = (LauncherObject *)object;
  Py_CLEAR(self->target);
  Py_CLEAR(self->grid);
  if (numFree < MaxFree)
    freeList[numFree++] = self;
  else
    PyObject_Free(object);
}

PyTypeObject launcherType = {PyVarObject_HEAD_INIT(nullptr, 0)};

} // namespace

PyObject *makeLauncher(PyObject *target, PyObject *grid) {
  LauncherObject *self;
  if (numFree) {
    self = freeList[--numFree];
    Py_SET_REFCNT((PyObject *)self, 1);
  } else {
    self = PyObject_New(LauncherObject, &launcherType);
    if (!self)
      return nullptr;
    self->vectorcall = call;
  }
  self->target = Py_NewRef(target);
  self->grid = Py_NewRef(grid);
  return (PyObject *)self;
}

bool readyLauncher(PyObject *module) {
  launcherType.tp_name = "tegula._tegula.Launcher";
  launcherType.tp_basicsize = sizeof(LauncherObject);
  launcherType.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL;
  launcherType.tp_vectorcall_offset = offsetof(LauncherObject, vectorcall);
  launcherType.tp_call = PyVectorcall_Call;
  launcherType.tp_dealloc = freeLauncher;
  launcherType.tp_doc = "A kernel and its grid: call it with the kernel's arguments.";
  return PyType_Ready(&launcherType) == 0 && PyModule_AddObjectRef(module, "Launcher", (PyObject *)&launcherType) == 0;
}

} // namespace tegula::python
