//===- Arguments.cpp - From a Python argument to its specialisation and bits -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scalars and tensors are told apart by their exact type. The tensor types that
// were met are remembered with the way to read them: through DLPack's exchange API
// (torch from 2.10, any other library that has it), through NumPy's array
// structure, or by calling Python (older torch, subclasses, everything else).
//
#include "Arguments.h"
#include <cstring>

namespace tegula::python {

const char *const elementNames[NumElements] = {"i1",   "i8",      "i16",   "i32",     "i64",      "u8",
                                               "u16",  "u32",     "u64",   "fp16",    "bf16",     "fp32",
                                               "fp64", "fp8e4nv", "fp8e5", "fp8e4b8", "fp8e5b16", "fp8e4b15"};

Registered registered = {};

Element elementByName(const char *name) {
  for (int i = 0; i < NumElements; ++i)
    if (!strcmp(name, elementNames[i]))
      return Element(i);
  return ElementUnknown;
}

Element elementOf(dlpack::DataType type) {
  if (type.lanes != 1)
    return ElementUnknown;
  auto bySize = [&](Element e8, Element e16, Element e32, Element e64) {
    switch (type.bits) {
    case 8:
      return e8;
    case 16:
      return e16;
    case 32:
      return e32;
    case 64:
      return e64;
    default:
      return ElementUnknown;
    }
  };
  switch (type.code) {
  case 0:
    return bySize(ElementI8, ElementI16, ElementI32, ElementI64);
  case 1:
    return bySize(ElementU8, ElementU16, ElementU32, ElementU64);
  case 2:
    return bySize(ElementUnknown, ElementF16, ElementF32, ElementF64);
  case 4:
    return type.bits == 16 ? ElementBF16 : ElementUnknown;
  case 6:
    return type.bits == 8 ? ElementI1 : ElementUnknown;
  case 10:
    return ElementF8E4NV;
  case 11:
    return ElementF8E4B8;
  case 12:
    return ElementF8E5;
  case 13:
    return ElementF8E5B16;
  default:
    return ElementUnknown;
  }
}

//===----------------------------------------------------------------------===//
// Tensor types that were met
//===----------------------------------------------------------------------===//

namespace {

// The public head of NumPy's PyArrayObject: the same in NumPy 1 and 2.
struct NumpyArray {
  PyObject_HEAD char *data;
  int rank;
  Py_ssize_t *shape;
  Py_ssize_t *strides;
  PyObject *base;
  PyObject *descriptor;
  int flags;
};
constexpr int NumpyWriteable = 0x0400;

struct TypeEntry {
  PyTypeObject *type; // owned
  enum Kind : uint8_t { Exchange, Numpy, Stranger, Function, Constexpr, Float, Int } kind;
  const dlpack::ExchangeApi *api;
};

constexpr size_t NumTypeEntries = 64;
TypeEntry typeEntries[NumTypeEntries];

struct DescriptorEntry {
  PyObject *descriptor; // owned
  Element element;
};
constexpr size_t NumDescriptorEntries = 64;
DescriptorEntry descriptorEntries[NumDescriptorEntries];

size_t slotOf(const void *address, size_t size) { return (reinterpret_cast<uintptr_t>(address) >> 5) % size; }

bool isType(PyTypeObject *type, const char *module, const char *name) {
  if (strcmp(type->tp_name, name) && !(strrchr(type->tp_name, '.') && !strcmp(strrchr(type->tp_name, '.') + 1, name)))
    return false;
  Reference found(PyObject_GetAttrString((PyObject *)type, "__module__"));
  if (!found) {
    PyErr_Clear();
    return false;
  }
  const char *text = PyUnicode_Check(found.get()) ? PyUnicode_AsUTF8(found.get()) : nullptr;
  return text && !strcmp(text, module);
}

const dlpack::ExchangeApi *exchangeApiOf(PyTypeObject *type) {
  Reference capsule(PyObject_GetAttrString((PyObject *)type, "__dlpack_c_exchange_api__"));
  if (!capsule) {
    PyErr_Clear();
    return nullptr;
  }
  if (!PyCapsule_IsValid(capsule.get(), "dlpack_exchange_api"))
    return nullptr;
  auto *api = static_cast<dlpack::ExchangeApi *>(PyCapsule_GetPointer(capsule.get(), "dlpack_exchange_api"));
  while (api && api->majorVersion != 1)
    api = api->previous;
  return api && api->tensorFromObject ? api : nullptr;
}

void classify(PyTypeObject *type, TypeEntry &entry) {
  entry.api = nullptr;
  if ((PyObject *)type == registered.constexprType)
    entry.kind = TypeEntry::Constexpr;
  else if (PyType_IsSubtype(type, (PyTypeObject *)registered.jitFunctionType) ||
           PyType_IsSubtype(type, (PyTypeObject *)registered.constexprFunctionType))
    entry.kind = TypeEntry::Function;
  else if (PyType_IsSubtype(type, &PyFloat_Type))
    entry.kind = TypeEntry::Float;
  else if (PyType_IsSubtype(type, &PyLong_Type))
    entry.kind = TypeEntry::Int; // enum.IntEnum and the like
  else if (isType(type, "numpy", "ndarray"))
    entry.kind = TypeEntry::Numpy;
  else if (isType(type, "torch", "Tensor") || isType(type, "torch.nn.parameter", "Parameter")) {
    // A subclass may keep its data elsewhere: it is asked through Python.
    entry.api = exchangeApiOf(type);
    entry.kind = entry.api ? TypeEntry::Exchange : TypeEntry::Stranger;
  } else {
    // A type that brings the table itself, not one that inherits it.
    PyObject *own = type->tp_dict ? PyDict_GetItemString(type->tp_dict, "__dlpack_c_exchange_api__") : nullptr;
    entry.api = own ? exchangeApiOf(type) : nullptr;
    entry.kind = entry.api ? TypeEntry::Exchange : TypeEntry::Stranger;
  }
}

const TypeEntry &entryOf(PyTypeObject *type) {
  TypeEntry &entry = typeEntries[slotOf(type, NumTypeEntries)];
  if (entry.type != type) [[unlikely]] {
    TypeEntry fresh;
    fresh.type = type;
    classify(type, fresh);
    Py_INCREF(type);
    PyTypeObject *old = entry.type;
    entry = fresh;
    Py_XDECREF(old);
  }
  return entry;
}

Element numpyElement(PyObject *descriptor) {
  DescriptorEntry &entry = descriptorEntries[slotOf(descriptor, NumDescriptorEntries)];
  if (entry.descriptor != descriptor) [[unlikely]] {
    Reference name(PyObject_CallOneArg(registered.numpyElement, descriptor));
    if (!name) {
      PyErr_Clear();
      return ElementUnknown;
    }
    Element element = name.get() == Py_None ? ElementUnknown : elementByName(PyUnicode_AsUTF8(name.get()));
    Py_INCREF(descriptor);
    PyObject *old = entry.descriptor;
    entry = {descriptor, element};
    Py_XDECREF(old);
  }
  return entry.element;
}

// The device of the whole launch.
bool joinDevice(Reading &reading, int device) {
  if (reading.device == DeviceNone)
    reading.device = device;
  reading.mixed |= reading.device != device;
  return !reading.mixed;
}

Read stranger(PyObject *argument, uint8_t mode, PyObject *name, Reading &reading, uint8_t &code, Bits &bits) {
  Reference found(PyObject_CallFunctionObjArgs(registered.readStranger, argument, name,
                                               (mode & ModeReadOnly) ? Py_True : Py_False, nullptr));
  if (!found)
    return Read::Failed;
  unsigned long long address = 0;
  const char *elementName = nullptr;
  int device = 0;
  if (!PyArg_ParseTuple(found.get(), "Ksi", &address, &elementName, &device))
    return Read::Failed;
  Element element = elementByName(elementName);
  if (element == ElementUnknown) {
    PyErr_Format(PyExc_TypeError, "argument '%U' has elements of type %s, which kernels do not have", name,
                 elementName);
    return Read::Failed;
  }
  if (device != DeviceNone && !joinDevice(reading, device))
    return Read::Failed;
  bits.integer = int64_t(address);
  code = CodePointer + 2 * element + (!(mode & ModeNoAlign) && address % 16 == 0);
  return Read::Ok;
}

Read wrongType(PyObject *argument, PyObject *name, const char *expected) {
  PyErr_Format(PyExc_TypeError, "argument '%U' is annotated as %s; got %s", name, expected, Py_TYPE(argument)->tp_name);
  return Read::Failed;
}

Read readInt(PyObject *argument, uint8_t mode, PyObject *name, uint8_t &code, Bits &bits) {
  int overflow = 0;
  long long value = PyLong_AsLongLongAndOverflow(argument, &overflow);
  if (overflow) [[unlikely]] {
    if (overflow > 0) {
      unsigned long long wide = PyLong_AsUnsignedLongLong(argument);
      if (!PyErr_Occurred()) {
        bits.integer = int64_t(wide);
        code = CodeUInt64 + (!(mode & ModeNoAlign) && wide % 16 == 0);
        return Read::Ok;
      }
      PyErr_Clear();
    }
    PyErr_Format(PyExc_OverflowError, "argument '%U' is %S, which fits neither int64 nor uint64", name, argument);
    return Read::Failed;
  }
  bits.integer = value;
  if (value == 1 && !(mode & ModeNoOne)) {
    code = CodeOne;
    return Read::Ok;
  }
  code = (value == int32_t(value) ? CodeInt32 : CodeInt64) + (!(mode & ModeNoAlign) && value % 16 == 0);
  return Read::Ok;
}

Read readTyped(PyObject *argument, uint8_t mode, uint8_t element, PyObject *name, uint8_t &code, Bits &bits) {
  code = CodeTyped;
  switch (mode & ModeMask) {
  case ModeTypedInt: {
    if (!PyLong_Check(argument))
      return wrongType(argument, name, elementNames[element]);
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(argument, &overflow);
    bits.integer = overflow ? int64_t(PyLong_AsUnsignedLongLongMask(argument)) : value;
    code += !(mode & ModeNoAlign) && bits.integer % 16 == 0;
    return Read::Ok;
  }
  case ModeTypedFloat:
    if (!PyFloat_Check(argument) && !PyLong_Check(argument))
      return wrongType(argument, name, elementNames[element]);
    bits.real = PyFloat_AsDouble(argument);
    return bits.real == -1.0 && PyErr_Occurred() ? Read::Failed : Read::Ok;
  case ModeTypedBool:
    if (!PyLong_Check(argument))
      return wrongType(argument, name, "bool");
    bits.integer = PyObject_IsTrue(argument);
    return Read::Ok;
  }
  // ModeTypedPointer with an int: an address.
  unsigned long long address = PyLong_AsUnsignedLongLong(argument);
  if (PyErr_Occurred())
    return Read::Failed;
  bits.integer = int64_t(address);
  code = CodePointer + 2 * element + (!(mode & ModeNoAlign) && address % 16 == 0);
  return Read::Ok;
}

} // namespace

Read readArgument(PyObject *argument, uint8_t mode, uint8_t typedElement, PyObject *name, Reading &reading,
                  uint8_t &code, Bits &bits, PyObject *&constant) {
  PyTypeObject *type = Py_TYPE(argument);
  if (type == &PyLong_Type) {
    if (mode & ModeMask) [[unlikely]]
      return readTyped(argument, mode, typedElement, name, code, bits);
    return readInt(argument, mode, name, code, bits);
  }
  if (type == &PyFloat_Type) {
    if (mode & ModeMask) [[unlikely]]
      return readTyped(argument, mode, typedElement, name, code, bits);
    bits.real = PyFloat_AS_DOUBLE(argument);
    code = CodeFloat;
    return Read::Ok;
  }
  if (argument == Py_None) {
    code = CodeNone;
    bits.integer = 0;
    return Read::Ok;
  }
  if (type == &PyBool_Type) {
    if (mode & ModeMask) [[unlikely]]
      return readTyped(argument, mode, typedElement, name, code, bits);
    bits.integer = argument == Py_True;
    code = CodeBool;
    return Read::Ok;
  }
  const TypeEntry &entry = entryOf(type);
  switch (entry.kind) {
  case TypeEntry::Exchange: {
    dlpack::Tensor tensor;
    if (entry.api->tensorFromObject(argument, &tensor) != 0) [[unlikely]] {
      PyErr_Clear();
      return stranger(argument, mode, name, reading, code, bits);
    }
    int device;
    if (tensor.deviceType == dlpack::CUDA || tensor.deviceType == dlpack::CUDAManaged)
      device = tensor.deviceIndex;
    else if (tensor.deviceType == dlpack::CPU || tensor.deviceType == dlpack::CUDAHost)
      device = -1;
    else
      return stranger(argument, mode, name, reading, code, bits);
    Element element = elementOf(tensor.type);
    if (element == ElementUnknown) [[unlikely]]
      return stranger(argument, mode, name, reading, code, bits);
    if (!joinDevice(reading, device)) [[unlikely]]
      return Read::Failed;
    if (!reading.api)
      reading.api = entry.api;
    uintptr_t address = reinterpret_cast<uintptr_t>(tensor.data) + tensor.byteOffset;
    bits.integer = int64_t(address);
    code = CodePointer + 2 * element + (address % 16 == 0 && !(mode & ModeNoAlign));
    return Read::Ok;
  }
  case TypeEntry::Numpy: {
    auto *array = reinterpret_cast<NumpyArray *>(argument);
    Element element = numpyElement(array->descriptor);
    bool readable = (array->flags & NumpyWriteable) || (mode & ModeReadOnly);
    if (element == ElementUnknown || !readable) [[unlikely]]
      return stranger(argument, mode, name, reading, code, bits);
    if (!joinDevice(reading, -1)) [[unlikely]]
      return Read::Failed;
    bits.pointer = array->data;
    code = CodePointer + 2 * element + (reinterpret_cast<uintptr_t>(array->data) % 16 == 0 && !(mode & ModeNoAlign));
    return Read::Ok;
  }
  case TypeEntry::Constexpr: {
    // The wrapper holds its value in its dictionary; the value outlives this launch with it.
    Reference value(PyObject_GetAttrString(argument, "value"));
    if (!value)
      return Read::Failed;
    constant = value.get();
    code = CodeConstant;
    return Read::Constant;
  }
  case TypeEntry::Function:
    constant = argument;
    code = CodeConstant;
    return Read::Constant;
  case TypeEntry::Float:
    if (mode & ModeMask)
      return readTyped(argument, mode, typedElement, name, code, bits);
    bits.real = PyFloat_AS_DOUBLE(argument);
    code = CodeFloat;
    return Read::Ok;
  case TypeEntry::Int:
    if (mode & ModeMask)
      return readTyped(argument, mode, typedElement, name, code, bits);
    return readInt(argument, mode, name, code, bits);
  case TypeEntry::Stranger:
    break;
  }
  return stranger(argument, mode, name, reading, code, bits);
}

PyObject *registerHelpers(PyObject *, PyObject *arguments) {
  Registered fresh = {};
  if (!PyArg_ParseTuple(arguments, "OOOOOOOOOOOO", &fresh.constexprType, &fresh.jitFunctionType,
                        &fresh.constexprFunctionType, &fresh.dtypeType, &fresh.builtinType, &fresh.readStranger,
                        &fresh.numpyElement, &fresh.currentStream, &fresh.resolveValue, &fresh.raiseStatus,
                        &fresh.lookupBuiltin, &fresh.parseType))
    return nullptr;
  Py_INCREF(arguments); // keeps all of them for the life of the process
  registered = fresh;
  Py_RETURN_NONE;
}

PyObject *readCapsule(PyObject *, PyObject *capsule) {
  const dlpack::Tensor *tensor = nullptr;
  bool readOnly = false;
  if (PyCapsule_IsValid(capsule, "dltensor_versioned")) {
    auto *managed = static_cast<dlpack::ManagedTensorVersioned *>(PyCapsule_GetPointer(capsule, "dltensor_versioned"));
    if (managed->majorVersion != 1) {
      PyErr_Format(PyExc_BufferError, "DLPack version %u is not known", managed->majorVersion);
      return nullptr;
    }
    readOnly = managed->flags & 1;
    tensor = &managed->tensor;
  } else if (PyCapsule_IsValid(capsule, "dltensor")) {
    tensor = &static_cast<dlpack::ManagedTensor *>(PyCapsule_GetPointer(capsule, "dltensor"))->tensor;
  } else {
    PyErr_SetString(PyExc_TypeError, "__dlpack__ did not give a DLPack capsule");
    return nullptr;
  }
  Element element = elementOf(tensor->type);
  return Py_BuildValue("(Kziii)", (unsigned long long)(reinterpret_cast<uintptr_t>(tensor->data) + tensor->byteOffset),
                       element == ElementUnknown ? nullptr : elementNames[element], int(tensor->deviceType),
                       int(tensor->deviceIndex), int(readOnly));
}

} // namespace tegula::python
