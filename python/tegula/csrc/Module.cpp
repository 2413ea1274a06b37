//===- Module.cpp - The extension module tegula._tegula --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thin binding: the launch path (Kernel, Compiled, Launcher), the compiler
// (Compile), and here the runtime's images, cache and devices, and the two small
// functions that launches call most, cdiv and next_power_of_2.
//
#include "Compile.h"
#include "Kernel.h"
#include <cstring>
#include <string>

namespace tegula::python {

namespace {

//===----------------------------------------------------------------------===//
// cdiv, next_power_of_2
//===----------------------------------------------------------------------===//

PyObject *unwrapped(PyObject *value) {
  return (PyObject *)Py_TYPE(value) == registered.constexprType ? PyObject_GetAttrString(value, "value")
                                                                : Py_NewRef(value);
}

PyObject *cdiv(PyObject *, PyObject *const *args, Py_ssize_t count) {
  if (count != 2) {
    PyErr_Format(PyExc_TypeError, "cdiv takes 2 arguments; got %zd", count);
    return nullptr;
  }
  Reference x(unwrapped(args[0])), y(unwrapped(args[1]));
  if (!x || !y)
    return nullptr;
  if (PyLong_CheckExact(x.get()) && PyLong_CheckExact(y.get())) {
    int overflowX = 0, overflowY = 0;
    long long a = PyLong_AsLongLongAndOverflow(x.get(), &overflowX),
              b = PyLong_AsLongLongAndOverflow(y.get(), &overflowY);
    constexpr long long safe = 1ll << 62;
    if (!overflowX && !overflowY && a >= 0 && b > 0 && a < safe && b < safe)
      return PyLong_FromLongLong((a + b - 1) / b);
  }
  Reference sum(PyNumber_Add(x.get(), y.get()));
  Reference one(PyLong_FromLong(1));
  Reference less(sum && one ? PyNumber_Subtract(sum.get(), one.get()) : nullptr);
  return less ? PyNumber_FloorDivide(less.get(), y.get()) : nullptr;
}

PyObject *nextPowerOf2(PyObject *, PyObject *argument) {
  Reference value(unwrapped(argument));
  Reference index(value ? PyNumber_Index(value.get()) : nullptr);
  if (!index)
    return nullptr;
  int overflow = 0;
  long long n = PyLong_AsLongLongAndOverflow(index.get(), &overflow);
  if (overflow < 0 || (!overflow && n <= 0))
    return PyLong_FromLong(0);
  if (!overflow && n <= (1ll << 62))
    return PyLong_FromLongLong(n == 1 ? 1 : 1ll << (64 - __builtin_clzll((unsigned long long)(n - 1))));
  Reference one(PyLong_FromLong(1));
  Reference less(PyNumber_Subtract(index.get(), one.get()));
  Reference bits(less ? PyObject_CallMethod(less.get(), "bit_length", nullptr) : nullptr);
  return bits ? PyNumber_Lshift(one.get(), bits.get()) : nullptr;
}

//===----------------------------------------------------------------------===//
// Images, cache, devices
//===----------------------------------------------------------------------===//

PyObject *failed(tegula_status status) {
  raiseStatus(status, nullptr);
  return nullptr;
}

// An open image for the length of a function.
class Image {
public:
  explicit Image(PyObject *bytes) {
    if (PyObject_GetBuffer(bytes, &buffer, PyBUF_SIMPLE) < 0)
      return;
    held = true;
    tegula_status status = tegula_image_open(buffer.buf, size_t(buffer.len), &image);
    if (status != TEGULA_OK)
      failed(status);
  }
  ~Image() {
    if (image)
      tegula_image_close(image);
    if (held)
      PyBuffer_Release(&buffer);
  }
  tegula_image *get() const { return image; }

private:
  Py_buffer buffer = {};
  bool held = false;
  tegula_image *image = nullptr;
};

PyObject *imageMetadata(PyObject *, PyObject *bytes) {
  Image image(bytes);
  return image.get() ? PyUnicode_FromString(tegula_image_metadata(image.get())) : nullptr;
}

PyObject *imageSections(PyObject *, PyObject *bytes) {
  Image image(bytes);
  if (!image.get())
    return nullptr;
  Reference dict(PyDict_New());
  for (size_t i = 0, e = tegula_image_num_sections(image.get()); dict && i < e; ++i) {
    const char *name = tegula_image_section_name(image.get(), i);
    size_t size = 0;
    const void *data = tegula_image_section(image.get(), name, &size);
    Reference section(PyBytes_FromStringAndSize(static_cast<const char *>(data), Py_ssize_t(size)));
    if (!section || PyDict_SetItemString(dict.get(), name, section.get()) < 0)
      return nullptr;
  }
  return dict.release();
}

PyObject *cacheGet(PyObject *, PyObject *args) {
  const char *directory, *key;
  Py_ssize_t keySize;
  if (!PyArg_ParseTuple(args, "zy#", &directory, &key, &keySize))
    return nullptr;
  void *data = nullptr;
  size_t size = 0;
  tegula_status status;
  Py_BEGIN_ALLOW_THREADS status = tegula_cache_get(directory, key, size_t(keySize), &data, &size);
  Py_END_ALLOW_THREADS if (status != TEGULA_OK) Py_RETURN_NONE;
  PyObject *bytes = PyBytes_FromStringAndSize(static_cast<const char *>(data), Py_ssize_t(size));
  tegula_free(data);
  return bytes;
}

PyObject *cachePut(PyObject *, PyObject *args) {
  const char *directory, *key, *data;
  Py_ssize_t keySize, size;
  if (!PyArg_ParseTuple(args, "zy#y#", &directory, &key, &keySize, &data, &size))
    return nullptr;
  tegula_status status;
  Py_BEGIN_ALLOW_THREADS status = tegula_cache_put(directory, key, size_t(keySize), data, size_t(size));
  Py_END_ALLOW_THREADS return PyBool_FromLong(status == TEGULA_OK);
}

PyObject *cacheDirectory(PyObject *, PyObject *) {
  char *directory = tegula_cache_directory();
  if (!directory)
    Py_RETURN_NONE;
  PyObject *text = PyUnicode_DecodeFSDefault(directory);
  tegula_free(directory);
  return text;
}

PyObject *digest(PyObject *, PyObject *args) {
  const char *data;
  Py_ssize_t size;
  if (!PyArg_ParseTuple(args, "y#", &data, &size))
    return nullptr;
  char hex[65];
  tegula_digest(data, size_t(size), hex);
  return PyUnicode_FromString(hex);
}

PyObject *deviceCount(PyObject *, PyObject *) {
  int count = tegula_device_count();
  return Py_BuildValue("(is)", count, count ? "" : tegula_last_error());
}

PyObject *currentDevice(PyObject *, PyObject *) { return PyLong_FromLong(tegula_current_device()); }

PyObject *deviceInfo(PyObject *, PyObject *argument) {
  long device = PyLong_AsLong(argument);
  if (PyErr_Occurred())
    return nullptr;
  tegula_device_info info = {};
  tegula_status status = tegula_get_device_info(int(device), &info);
  if (status != TEGULA_OK)
    return failed(status);
  return Py_BuildValue(
      "{s:s,s:(ii),s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:K,s:i}", "name", info.name, "capability",
      info.capability_major, info.capability_minor, "multiprocessors", info.multiprocessors, "warp_size",
      info.warp_size, "max_threads_per_block", info.max_threads_per_block, "max_threads_per_multiprocessor",
      info.max_threads_per_multiprocessor, "registers_per_multiprocessor", info.registers_per_multiprocessor,
      "shared_memory_per_block", info.shared_memory_per_block, "shared_memory_per_block_optin",
      info.shared_memory_per_block_optin, "shared_memory_per_multiprocessor", info.shared_memory_per_multiprocessor,
      "l2_cache_bytes", info.l2_cache_bytes, "clock_khz", info.clock_khz, "memory_clock_khz", info.memory_clock_khz,
      "memory_bus_bits", info.memory_bus_bits, "memory_bytes", (unsigned long long)info.memory_bytes, "driver_version",
      info.driver_version);
}

PyObject *hostNumThreads(PyObject *, PyObject *) { return PyLong_FromLong(tegula_host_num_threads()); }
PyObject *runtimeVersion(PyObject *, PyObject *) { return PyUnicode_FromString(tegula_runtime_version()); }

PyObject *logReceiver = nullptr;

void log(void *, const char *message) {
  if (!Py_IsInitialized())
    return;
  PyGILState_STATE gil = PyGILState_Ensure();
  Reference done(PyObject_CallFunction(logReceiver, "s", message));
  if (!done)
    PyErr_WriteUnraisable(logReceiver);
  PyGILState_Release(gil);
}

PyObject *setLogReceiver(PyObject *, PyObject *receiver) {
  assign(logReceiver, Py_NewRef(receiver));
  tegula_set_log_callback(log, nullptr);
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"cdiv", (PyCFunction)(void *)cdiv, METH_FASTCALL,
     "cdiv(x, y)\n--\n\nThe whole number of blocks of y that cover x: (x + y - 1) // y. On the host and in kernels."},
    {"next_power_of_2", nextPowerOf2, METH_O,
     "next_power_of_2(n)\n--\n\nThe smallest power of two that is not below n; 0 for n <= 0. On the host and in "
     "kernels."},
    {"read_capsule", readCapsule, METH_O,
     "read_capsule(capsule): (address, element or None, device type, device index, read only) of a DLPack capsule."},
    {"register_helpers", registerHelpers, METH_VARARGS,
     "register_helpers(...): types and functions of the package that the extension calls."},
    {"set_launch_hook", setLaunchHooks, METH_O,
     "set_launch_hook(hook): called as hook(entering, kernel, compiled, grid, arguments)."},
    {"invalidate_variants", invalidateVariants, METH_NOARGS,
     "invalidate_variants(): a function's source was changed; every table starts again."},
    {"open_compiler", openCompiler, METH_O, "open_compiler(path): loads libtegula.so. Raises ImportError."},
    {"compiler_version", compilerVersion, METH_NOARGS, "compiler_version(): of the open compiler."},
    {"warm_up", warmUp, METH_O, "warm_up(target): opens the assembler in the background."},
    {"compile", compile, METH_VARARGS,
     "compile(function, environment, not_found, arguments, target, num_warps, num_stages, num_ctas, maxnreg, debug, "
     "disable_fp_fusion,\n"
     "keep_stages, print_time): (ok, image, diagnostics, diagnostics as JSON, exception of a callback). arguments: a "
     "list of\n"
     "(name, type or None, divisibility, constant)."},
    {"image_metadata", imageMetadata, METH_O, "image_metadata(image): its metadata, JSON text."},
    {"image_sections", imageSections, METH_O, "image_sections(image): {name: bytes}."},
    {"cache_get", cacheGet, METH_VARARGS, "cache_get(directory or None, key): the image of that key, or None."},
    {"cache_put", cachePut, METH_VARARGS, "cache_put(directory or None, key, image): True when it was written."},
    {"cache_directory", cacheDirectory, METH_NOARGS, "cache_directory(): the default folder, or None."},
    {"digest", digest, METH_VARARGS, "digest(bytes): SHA-256 in hexadecimal."},
    {"device_count", deviceCount, METH_NOARGS, "device_count(): (GPUs, why there is none)."},
    {"current_device", currentDevice, METH_NOARGS, "current_device(): the GPU whose context is current."},
    {"device_info", deviceInfo, METH_O, "device_info(device): a dict."},
    {"host_num_threads", hostNumThreads, METH_NOARGS, "host_num_threads(): threads of a launch on the CPU."},
    {"runtime_version", runtimeVersion, METH_NOARGS, "runtime_version(): of libtegula_runtime."},
    {"set_log_receiver", setLogReceiver, METH_O, "set_log_receiver(function): receives the runtime's warnings."},
    {nullptr, nullptr, 0, nullptr}};

PyModuleDef moduleDef = {PyModuleDef_HEAD_INIT,
                         "_tegula",
                         "The binding of Tegula's runtime and compiler.",
                         -1,
                         functions,
                         nullptr,
                         nullptr,
                         nullptr,
                         nullptr};

} // namespace

} // namespace tegula::python

using namespace tegula::python;

extern "C" __attribute__((visibility("default"))) PyObject *PyInit__tegula() {
  Reference module(PyModule_Create(&moduleDef));
  if (!module || !readyCompiled(module.get()) || !readyKernel(module.get()) || !readyLauncher(module.get()))
    return nullptr;
  Reference elements(PyTuple_New(NumElements));
  for (int i = 0; elements && i < NumElements; ++i)
    PyTuple_SET_ITEM(elements.get(), i, PyUnicode_InternFromString(elementNames[i]));
  struct {
    const char *name;
    int value;
  } constants[] = {{"CODE_NONE", CodeNone},
                   {"CODE_ONE", CodeOne},
                   {"CODE_CONSTANT", CodeConstant},
                   {"CODE_INT32", CodeInt32},
                   {"CODE_INT64", CodeInt64},
                   {"CODE_UINT64", CodeUInt64},
                   {"CODE_BOOL", CodeBool},
                   {"CODE_FLOAT", CodeFloat},
                   {"CODE_TYPED", CodeTyped},
                   {"CODE_POINTER", CodePointer},
                   {"MODE_ANY", ModeAny},
                   {"MODE_CONSTEXPR", ModeConstexpr},
                   {"MODE_TYPED_INT", ModeTypedInt},
                   {"MODE_TYPED_FLOAT", ModeTypedFloat},
                   {"MODE_TYPED_BOOL", ModeTypedBool},
                   {"MODE_TYPED_POINTER", ModeTypedPointer},
                   {"MODE_NO_ONE", ModeNoOne},
                   {"MODE_NO_ALIGN", ModeNoAlign},
                   {"MODE_READ_ONLY", ModeReadOnly},
                   {"DEVICE_NONE", DeviceNone}};
  for (auto &constant : constants)
    if (PyModule_AddIntConstant(module.get(), constant.name, constant.value) < 0)
      return nullptr;
  if (!elements || PyModule_AddObjectRef(module.get(), "ELEMENTS", elements.get()) < 0)
    return nullptr;
  return module.release();
}
