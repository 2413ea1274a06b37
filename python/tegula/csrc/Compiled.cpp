//===- Compiled.cpp - A compiled kernel, loaded on one device --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading an image, describing it to Python, and the last step of every launch:
// converting floats to the kernel's types, pointing at the values, calling the
// runtime with the GIL released.
//
#include "Compiled.h"
#include <cmath>
#include <cstring>
#include <string>

namespace tegula::python {

void raiseStatus(tegula_status status, PyObject *name) {
  int64_t required = 0, limit = 0;
  const char *resource = status == TEGULA_ERROR_OUT_OF_RESOURCES ? tegula_last_error_resource(&required, &limit) : "";
  Reference done(PyObject_CallFunction(registered.raiseStatus, "issLLO", int(status), tegula_last_error(),
                                       resource ? resource : "", (long long)required, (long long)limit,
                                       name ? name : Py_None));
  if (!PyErr_Occurred())
    PyErr_SetString(PyExc_RuntimeError, tegula_last_error());
}

namespace {

uint16_t toBFloat16(double value) {
  float narrow = float(value);
  uint32_t bits;
  memcpy(&bits, &narrow, 4);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return uint16_t(bits >> 16) | 0x40;
  return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

uint16_t toFloat16(double value) {
  char bytes[2];
  if (PyFloat_Pack2(value, bytes, 1) < 0) { // too large
    PyErr_Clear();
    return value > 0 ? 0x7c00 : 0xfc00;
  }
  uint16_t bits;
  memcpy(&bits, bytes, 2);
  return bits;
}

void convert(Bits &bits, Conversion conversion) {
  switch (conversion) {
  case Conversion::None:
  case Conversion::Float64:
    break;
  case Conversion::Float32: {
    float narrow = float(bits.real);
    memcpy(&bits, &narrow, sizeof(narrow));
    break;
  }
  case Conversion::Float16:
    bits.integer = toFloat16(bits.real);
    break;
  case Conversion::BFloat16:
    bits.integer = toBFloat16(bits.real);
    break;
  }
}

std::string deviceName(int device) { return device < 0 ? "the CPU" : "GPU " + std::to_string(device); }

} // namespace

bool launchCompiled(CompiledObject *compiled, const uint32_t grid[3], void *stream, Bits *values, void **pointers) {
  const AbiArgument *argument = compiled->arguments;
  for (uint32_t i = 0, e = compiled->numArguments; i < e; ++i, ++argument) {
    Bits &bits = values[argument->parameter];
    if (argument->conversion != Conversion::None)
      convert(bits, argument->conversion);
    pointers[i] = &bits;
  }
  const tegula_launcher *launcher = compiled->launcher;
  tegula_status status;
  Py_BEGIN_ALLOW_THREADS status = launcher->launch(launcher, grid[0], grid[1], grid[2], stream, pointers);
  Py_END_ALLOW_THREADS if (status != TEGULA_OK) [[unlikely]] {
    raiseStatus(status, compiled->name);
    return false;
  }
  return true;
}

bool readGrid(PyObject *grid, uint32_t sizes[3]) {
  sizes[0] = sizes[1] = sizes[2] = 1;
  PyObject *const *items = &grid;
  Py_ssize_t count = 1;
  if (PyTuple_Check(grid)) {
    items = &PyTuple_GET_ITEM(grid, 0);
    count = PyTuple_GET_SIZE(grid);
  } else if (PyList_Check(grid)) {
    items = ((PyListObject *)grid)->ob_item;
    count = PyList_GET_SIZE(grid);
  }
  if (count < 1 || count > 3) {
    PyErr_Format(PyExc_ValueError, "a grid has one to three sizes; got %zd", count);
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) {
    Py_ssize_t value;
    if (PyLong_CheckExact(items[i])) {
      value = PyLong_AsSsize_t(items[i]);
    } else {
      if (!PyIndex_Check(items[i])) {
        PyErr_Format(PyExc_TypeError,
                     "a grid is a tuple of one to three ints, or a function of the arguments that returns one; got %s",
                     Py_TYPE(items[i])->tp_name);
        return false;
      }
      value = PyNumber_AsSsize_t(items[i], PyExc_OverflowError);
    }
    if (value == -1 && PyErr_Occurred())
      return false;
    Py_ssize_t limit = i == 0 ? 0x7fffffff : 0xffff;
    if (value < 0 || value > limit) {
      PyErr_Format(PyExc_ValueError, "size %zd of the grid is %zd; it may be 0 to %zd", i, value, limit);
      return false;
    }
    sizes[i] = uint32_t(value);
  }
  return true;
}

bool currentStream(const Reading &reading, int device, void **stream) {
  *stream = nullptr;
  if (device < 0)
    return true;
  if (reading.api && reading.api->currentWorkStream &&
      reading.api->currentWorkStream(dlpack::CUDA, device, stream) == 0) [[likely]]
    return true;
  if (PyErr_Occurred())
    PyErr_Clear();
  Reference found(PyObject_CallFunction(registered.currentStream, "i", device));
  if (!found)
    return false;
  *stream = PyLong_AsVoidPtr(found.get());
  return !PyErr_Occurred();
}

//===----------------------------------------------------------------------===//
// kernel[grid](...) of a compiled kernel
//===----------------------------------------------------------------------===//

PyObject *callCompiled(CompiledObject *compiled, PyObject *grid, PyObject *const *arguments, size_t count,
                       PyObject *keywordNames) {
  void *stream = nullptr;
  bool streamGiven = false;
  for (Py_ssize_t i = 0, e = keywordNames ? PyTuple_GET_SIZE(keywordNames) : 0; i < e; ++i) {
    PyObject *name = PyTuple_GET_ITEM(keywordNames, i);
    if (PyUnicode_CompareWithASCIIString(name, "stream") != 0) {
      PyErr_Format(PyExc_TypeError, "a compiled kernel takes its arguments by position and stream=; got %R", name);
      return nullptr;
    }
    PyObject *value = arguments[count + i];
    if (value == Py_None)
      continue;
    stream = PyLong_AsVoidPtr(value);
    if (PyErr_Occurred())
      return nullptr;
    streamGiven = true;
  }
  if (!compiled->launcher) {
    Reference loaded(PyObject_CallMethod((PyObject *)compiled, "_init_handles", nullptr));
    if (!loaded)
      return nullptr;
    if (!compiled->launcher) {
      PyErr_SetString(PyExc_RuntimeError, "the kernel is not loaded");
      return nullptr;
    }
  }
  bool all = count == compiled->numParameters;
  if (!all && count != compiled->numArguments) {
    PyErr_Format(PyExc_TypeError, "kernel '%U' takes %u arguments at run time (%u with the compile-time ones); got %zu",
                 compiled->name, compiled->numArguments, compiled->numParameters, count);
    return nullptr;
  }
  auto *values = static_cast<Bits *>(alloca(sizeof(Bits) * (compiled->numParameters + 1)));
  auto *pointers = static_cast<void **>(alloca(sizeof(void *) * (compiled->numArguments + 1)));
  const tegula_kernel_info *info = tegula_get_kernel_info(compiled->kernel);
  Reading reading;
  for (uint32_t i = 0; i < compiled->numArguments; ++i) {
    const AbiArgument &abi = compiled->arguments[i];
    PyObject *argument = arguments[all ? abi.parameter : i];
    PyObject *name = PyTuple_GET_ITEM(compiled->parameterNames, abi.parameter);
    uint8_t mode = ModeAny | ModeNoOne | ModeReadOnly;
    if (abi.kind == TEGULA_PARAMETER_FLOAT)
      mode = ModeTypedFloat;
    uint8_t code = 0;
    PyObject *constant = nullptr;
    Bits &bits = values[abi.parameter];
    Read read = readArgument(argument, mode, ElementF32, name, reading, code, bits, constant);
    if (reading.mixed) {
      PyErr_Format(PyExc_ValueError, "argument '%U' of kernel '%U' is on another device than the arguments before it",
                   name, compiled->name);
      return nullptr;
    }
    if (read == Read::Failed)
      return nullptr;
    bool isPointer = code >= CodePointer;
    bool fits = abi.kind == TEGULA_PARAMETER_POINTER
                    ? (isPointer && (code - CodePointer) / 2 == abi.element) || code == CodeNone
                : abi.kind == TEGULA_PARAMETER_FLOAT ? code == CodeTyped
                                                     : code >= CodeInt32 && code <= CodeBool;
    if (read != Read::Ok || !fits) {
      PyErr_Format(PyExc_TypeError, "argument '%U' of kernel '%U' must be %s; got %s%s", name, compiled->name,
                   info->parameters[i].type, isPointer ? "*" : Py_TYPE(argument)->tp_name,
                   isPointer ? elementNames[(code - CodePointer) / 2] : "");
      return nullptr;
    }
    if (abi.aligned && bits.integer % 16 != 0) {
      PyErr_Format(PyExc_ValueError,
                   "argument '%U' of kernel '%U' must be divisible by 16: the kernel was compiled for that", name,
                   compiled->name);
      return nullptr;
    }
  }
  int device = compiled->launcher->device;
  if (reading.device != DeviceNone && reading.device != device) {
    PyErr_Format(PyExc_ValueError, "kernel '%U' is loaded on %s, but its arguments are on %s", compiled->name,
                 deviceName(device).c_str(), deviceName(reading.device).c_str());
    return nullptr;
  }
  uint32_t sizes[3];
  if (!readGrid(grid, sizes))
    return nullptr;
  if (!sizes[0] || !sizes[1] || !sizes[2])
    Py_RETURN_NONE;
  if (!streamGiven && !currentStream(reading, device, &stream))
    return nullptr;
  if (!launchCompiled(compiled, sizes, stream, values, pointers))
    return nullptr;
  Py_RETURN_NONE;
}

//===----------------------------------------------------------------------===//
// The Python type
//===----------------------------------------------------------------------===//

namespace {

PyObject *newCompiled(PyTypeObject *type, PyObject *, PyObject *) {
  auto *self = (CompiledObject *)type->tp_alloc(type, 0);
  if (self)
    self->name = PyUnicode_FromString("kernel");
  return (PyObject *)self;
}

void freeCompiled(PyObject *object) {
  auto *self = (CompiledObject *)object;
  // Programs may still be queued on the GPU: the code stays loaded until the process ends. Host kernels are done when
  // their launch returns.
  if (self->kernel && self->launcher && self->launcher->device < 0)
    tegula_unload(self->kernel);
  delete[] self->arguments;
  Py_CLEAR(self->name);
  Py_CLEAR(self->parameterNames);
  Py_TYPE(object)->tp_free(object);
}

Conversion conversionOf(const tegula_parameter &parameter) {
  if (parameter.kind != TEGULA_PARAMETER_FLOAT)
    return Conversion::None;
  if (parameter.size == 8)
    return Conversion::Float64;
  if (parameter.size == 4)
    return Conversion::Float32;
  return !strcmp(parameter.type, "bf16") ? Conversion::BFloat16 : Conversion::Float16;
}

// _load(image, device, parameter names): loads the image and works out where each argument comes from.
PyObject *load(PyObject *object, PyObject *args) {
  auto *self = (CompiledObject *)object;
  Py_buffer image;
  int device;
  PyObject *names;
  if (!PyArg_ParseTuple(args, "y*iO!", &image, &device, &PyTuple_Type, &names))
    return nullptr;
  tegula_kernel *kernel = nullptr;
  tegula_status status;
  Py_BEGIN_ALLOW_THREADS status = tegula_load(image.buf, size_t(image.len), device, &kernel);
  Py_END_ALLOW_THREADS PyBuffer_Release(&image);
  if (status != TEGULA_OK) {
    raiseStatus(status, nullptr);
    return nullptr;
  }
  const tegula_kernel_info *info = tegula_get_kernel_info(kernel);
  auto *arguments = new AbiArgument[info->num_parameters + 1]();
  for (size_t i = 0; i < info->num_parameters; ++i) {
    const tegula_parameter &parameter = info->parameters[i];
    Py_ssize_t index = 0, count = PyTuple_GET_SIZE(names);
    while (index < count && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, index), parameter.name) != 0)
      ++index;
    if (index == count) {
      PyErr_Format(PyExc_RuntimeError, "the image of kernel '%s' has an argument '%s' that the function has not",
                   info->name, parameter.name);
      delete[] arguments;
      tegula_unload(kernel);
      return nullptr;
    }
    Element element = ElementUnknown;
    if (parameter.kind == TEGULA_PARAMETER_POINTER)
      element = elementByName(parameter.type + (parameter.type[1] == 'k' ? 2 : 1));
    arguments[i] = {uint16_t(index), conversionOf(parameter), uint8_t(parameter.kind), uint8_t(element),
                    parameter.divisibility % 16 == 0};
  }
  assign(self->name, PyUnicode_FromString(info->name));
  assign(self->parameterNames, Py_NewRef(names));
  delete[] self->arguments;
  self->arguments = arguments;
  self->numArguments = uint32_t(info->num_parameters);
  self->numParameters = uint32_t(PyTuple_GET_SIZE(names));
  self->kernel = kernel;
  self->launcher = tegula_get_launcher(kernel);
  Py_RETURN_NONE;
}

PyObject *describe(PyObject *object, PyObject *) {
  auto *self = (CompiledObject *)object;
  if (!self->kernel)
    Py_RETURN_NONE;
  const tegula_kernel_info *info = tegula_get_kernel_info(self->kernel);
  return Py_BuildValue("{s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:L}", "name", info->name, "target", info->target,
                       "loaded_from", info->loaded_from, "device", info->device, "num_warps", info->num_warps,
                       "registers", info->registers, "spills", info->spills, "local_bytes", info->local_bytes,
                       "shared_static_bytes", info->shared_static_bytes, "shared_dynamic_bytes",
                       info->shared_dynamic_bytes, "max_threads", info->max_threads, "scratch_bytes",
                       (long long)info->scratch_bytes);
}

PyObject *functionHandle(PyObject *object, PyObject *) {
  auto *self = (CompiledObject *)object;
  return PyLong_FromVoidPtr(self->launcher ? self->launcher->function : nullptr);
}

PyObject *isLoaded(PyObject *object, void *) {
  return PyBool_FromLong(((CompiledObject *)object)->launcher != nullptr);
}

PyMethodDef methods[] = {
    {"_load", load, METH_VARARGS, "_load(image, device, parameter_names): loads an image on a device."},
    {"_describe", describe, METH_NOARGS,
     "What the runtime knows of the loaded kernel, a dict; None before it is loaded."},
    {"_function_handle", functionHandle, METH_NOARGS, "The CUfunction, or the host entry point, as an int."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef getset[] = {{"_loaded", isLoaded, nullptr, nullptr, nullptr},
                        {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMappingMethods mapping = {nullptr, makeLauncher, nullptr};

} // namespace

PyTypeObject compiledType = {PyVarObject_HEAD_INIT(nullptr, 0)};

bool readyCompiled(PyObject *module) {
  compiledType.tp_name = "tegula._tegula.CompiledKernelBase";
  compiledType.tp_basicsize = sizeof(CompiledObject);
  compiledType.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
  compiledType.tp_new = newCompiled;
  compiledType.tp_dealloc = freeCompiled;
  compiledType.tp_methods = methods;
  compiledType.tp_getset = getset;
  compiledType.tp_as_mapping = &mapping;
  compiledType.tp_doc = "A compiled kernel, loaded on one device.";
  return PyType_Ready(&compiledType) == 0 &&
         PyModule_AddObjectRef(module, "CompiledKernelBase", (PyObject *)&compiledType) == 0;
}

} // namespace tegula::python
