//===- Values.cpp - Compile-time values between Python and the compiler ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Values.h"

namespace tegula::python {

namespace {
constexpr int MaxDepth = 64; // of nested tuples
}

ValueArena::~ValueArena() {
  for (PyObject *object : kept)
    Py_DECREF(object);
}

bool ValueArena::convertText(PyObject *text, tegula_value &out) {
  Py_ssize_t size = 0;
  const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (!bytes)
    return false;
  const std::string &copy = keepString(std::string(bytes, size_t(size)));
  out.text = copy.c_str();
  out.text_size = copy.size();
  return true;
}

bool ValueArena::convertTuple(PyObject *object, tegula_value &out, int depth) {
  Reference items(PySequence_Tuple(object));
  if (!items)
    return false;
  size_t count = size_t(PyTuple_GET_SIZE(items.get()));
  std::vector<tegula_value> &values = tuples.emplace_back(count + 1);
  for (size_t i = 0; i < count; ++i)
    if (!convert(PyTuple_GET_ITEM(items.get(), Py_ssize_t(i)), values[i], depth + 1))
      return false;
  out.kind = TEGULA_VALUE_TUPLE;
  out.items = values.data();
  out.num_items = count;
  if (PyTuple_CheckExact(object) || PyList_Check(object))
    return true;
  Reference fields(PyObject_GetAttrString(object, "_fields"));
  if (!fields) {
    PyErr_Clear();
    return true;
  }
  std::vector<const char *> &names = keepNames();
  for (size_t i = 0; i < count && PyTuple_Check(fields.get()) && i < size_t(PyTuple_GET_SIZE(fields.get())); ++i) {
    const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(fields.get(), Py_ssize_t(i)));
    if (!name)
      return false;
    names.push_back(keepText(name));
  }
  if (names.size() == count)
    out.field_names = names.data();
  return true;
}

bool ValueArena::convert(PyObject *object, tegula_value &out, int depth) {
  out = {};
  if (depth > MaxDepth) {
    PyErr_SetString(PyExc_ValueError, "a compile-time value is nested too deeply");
    return false;
  }
  keep(object);
  out.object = object;
  PyTypeObject *type = Py_TYPE(object);
  if (object == Py_None) {
    out.kind = TEGULA_VALUE_NONE;
    return true;
  }
  if (type == &PyBool_Type) {
    out.kind = TEGULA_VALUE_BOOL;
    out.integer = object == Py_True;
    return true;
  }
  if (PyLong_Check(object)) {
    out.kind = TEGULA_VALUE_INT;
    int overflow = 0;
    out.integer = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow)
      return true;
    Reference text(PyObject_Str(object));
    return text && convertText(text.get(), out);
  }
  if (PyFloat_Check(object)) {
    out.kind = TEGULA_VALUE_FLOAT;
    out.real = PyFloat_AS_DOUBLE(object);
    return true;
  }
  if (PyUnicode_Check(object)) {
    out.kind = TEGULA_VALUE_STRING;
    return convertText(object, out);
  }
  if ((PyObject *)type == registered.constexprType) {
    Reference value(PyObject_GetAttrString(object, "value"));
    if (!value || !convert(value.get(), out, depth + 1))
      return false;
    out.is_constexpr = 1;
    return true;
  }
  if (PyTuple_Check(object) || PyList_CheckExact(object))
    return convertTuple(object, out, depth);
  if (PyObject_TypeCheck(object, (PyTypeObject *)registered.jitFunctionType) ||
      PyObject_TypeCheck(object, (PyTypeObject *)registered.constexprFunctionType)) {
    out.kind = TEGULA_VALUE_FUNCTION;
    return true;
  }
  if ((PyObject *)type == registered.builtinType) {
    Reference name(PyObject_GetAttrString(object, "qualified_name"));
    out.kind = TEGULA_VALUE_BUILTIN;
    return name && convertText(name.get(), out);
  }
  // Types, builtins that are classes or functions, modules, everything else: (kind, text, value to convert instead).
  Reference resolved(PyObject_CallOneArg(registered.resolveValue, object));
  int kind;
  PyObject *text, *instead;
  if (!resolved || !PyArg_ParseTuple(resolved.get(), "iOO", &kind, &text, &instead))
    return false;
  if (kind < 0)
    return convert(instead, out, depth + 1);
  out.kind = tegula_value_kind(kind);
  return text == Py_None || convertText(text, out);
}

PyObject *fromValue(const tegula_value &value) {
  switch (value.kind) {
  case TEGULA_VALUE_NONE:
    Py_RETURN_NONE;
  case TEGULA_VALUE_BOOL:
    return PyBool_FromLong(value.integer != 0);
  case TEGULA_VALUE_INT:
    return value.text ? PyLong_FromString(std::string(value.text, value.text_size).c_str(), nullptr, 10)
                      : PyLong_FromLongLong(value.integer);
  case TEGULA_VALUE_FLOAT:
    return PyFloat_FromDouble(value.real);
  case TEGULA_VALUE_STRING:
    return PyUnicode_DecodeUTF8(value.text, Py_ssize_t(value.text_size), "replace");
  case TEGULA_VALUE_TYPE:
    return PyObject_CallFunction(registered.parseType, "s#", value.text, Py_ssize_t(value.text_size));
  case TEGULA_VALUE_BUILTIN:
    return PyObject_CallFunction(registered.lookupBuiltin, "s#", value.text, Py_ssize_t(value.text_size));
  case TEGULA_VALUE_TUPLE: {
    // A named tuple that came from Python goes back as itself.
    if (value.object && PyTuple_Check((PyObject *)value.object))
      return Py_NewRef((PyObject *)value.object);
    Reference tuple(PyTuple_New(Py_ssize_t(value.num_items)));
    for (size_t i = 0; tuple && i < value.num_items; ++i) {
      PyObject *item = fromValue(value.items[i]);
      if (!item)
        return nullptr;
      PyTuple_SET_ITEM(tuple.get(), Py_ssize_t(i), item);
    }
    return tuple.release();
  }
  case TEGULA_VALUE_FUNCTION:
  case TEGULA_VALUE_OBJECT:
    if (value.object)
      return Py_NewRef((PyObject *)value.object);
    break;
  }
  PyErr_SetString(PyExc_TypeError, "the compiler passed a value without a Python object");
  return nullptr;
}

} // namespace tegula::python
