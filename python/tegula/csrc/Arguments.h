//===- Arguments.h - From a Python argument to its specialisation and bits -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A launch reads each argument once and gets two things: a *code*, one byte that
// says all that a kernel is specialised on, and the argument's *bits*, the 8 bytes
// that the kernel receives. A kernel's variants are looked up by the codes.
//
//   1                 -> One            int32, folded into the code as a constant
//   48                -> Int32 | D      divisible by 16
//   7                 -> Int32
//   1.5               -> Float
//   fp16 at 0x...40   -> Pointer + 2 * fp16 + 1 (the low bit: address divisible by 16)
//
// Python code that compiles a variant decodes the same bytes (tegula/runtime/jit.py).
//
#ifndef TEGULA_PYTHON_ARGUMENTS_H
#define TEGULA_PYTHON_ARGUMENTS_H

#include "Dlpack.h"
#include "Reference.h"
#include <cstdint>

namespace tegula::python {

enum Code : uint8_t {
  CodeNone = 1,     // None: a constant
  CodeOne = 2,      // an int equal to 1: a constant
  CodeConstant = 3, // any other compile-time value, compared by value
  CodeInt32 = 4,    // +1: divisible by 16
  CodeInt64 = 6,
  CodeUInt64 = 8,
  CodeBool = 10,
  CodeFloat = 12,
  CodeTyped = 14,   // scalar of the annotated type; +1: divisible by 16
  CodePointer = 32, // + 2 * element type + 1 when the address is divisible by 16
};

// Element types, in the order of `elementNames`.
enum Element : uint8_t {
  ElementI1,
  ElementI8,
  ElementI16,
  ElementI32,
  ElementI64,
  ElementU8,
  ElementU16,
  ElementU32,
  ElementU64,
  ElementF16,
  ElementBF16,
  ElementF32,
  ElementF64,
  ElementF8E4NV,
  ElementF8E5,
  ElementF8E4B8,
  ElementF8E5B16,
  ElementF8E4B15,
  NumElements,
  ElementUnknown = 255
};
extern const char *const elementNames[NumElements];
Element elementByName(const char *name);
// ElementUnknown for a type that kernels do not have (complex, vectors of lanes, ...).
Element elementOf(dlpack::DataType type);

// How a parameter takes its argument.
enum Mode : uint8_t {
  ModeAny,
  ModeConstexpr,
  ModeTypedInt,   // annotated with an integer type
  ModeTypedFloat, // annotated with a float type
  ModeTypedBool,
  ModeTypedPointer, // annotated "*fp32": an int is an address, too
  ModeMask = 7,
  ModeNoOne = 8,     // an int equal to 1 stays a run-time value
  ModeNoAlign = 16,  // divisibility by 16 is not looked at
  ModeReadOnly = 32, // tl.const: read-only arrays are welcome
};

union Bits {
  int64_t integer;
  double real;
  void *pointer;
};

constexpr int DeviceNone = -100; // no argument with a device was seen

// What reading the arguments of one launch has found out.
struct Reading {
  int device = DeviceNone;                  // -1: the CPU, else the GPU's number
  bool mixed = false;                       // two arguments disagree: Python, which knows their names, says so
  const dlpack::ExchangeApi *api = nullptr; // of the first tensor that has one, for its current stream
};

enum class Read {
  Ok,
  Constant, // a compile-time value: compare by value
  Failed    // a Python exception is set, or reading.mixed
};

// Reads `argument` of the parameter `name`. `constant` is set (borrowed) when the result is Read::Constant. Types that
// are not known here are read by Python (registered.readStranger).
Read readArgument(PyObject *argument, uint8_t mode, uint8_t typedElement, PyObject *name, Reading &reading,
                  uint8_t &code, Bits &bits, PyObject *&constant);

// Called from Python once the package is loaded: types and functions that this file needs.
PyObject *registerHelpers(PyObject *module, PyObject *arguments);

// The types that registerHelpers was given (borrowed).
struct Registered {
  PyObject *constexprType, *jitFunctionType, *constexprFunctionType, *dtypeType, *builtinType;
  PyObject *readStranger;  // (argument, parameter name) -> (address, element, device)
  PyObject *numpyElement;  // (numpy dtype) -> element name or None
  PyObject *currentStream; // (device) -> stream as an int, for tensors without an exchange API
  PyObject *resolveValue;  // see Values.cpp
  PyObject *raiseStatus;   // (status, text, resource, required, limit) raises
  PyObject *lookupBuiltin; // (qualified name) -> object
  PyObject *parseType;     // ("*fp16") -> tl dtype
};
extern Registered registered;

// Address, element and device of a DLPack capsule: (address, element name or None, device type, device index, read
// only).
PyObject *readCapsule(PyObject *module, PyObject *capsule);

} // namespace tegula::python

#endif // TEGULA_PYTHON_ARGUMENTS_H
