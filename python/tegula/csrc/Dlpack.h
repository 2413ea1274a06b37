//===- Dlpack.h - The part of DLPack 1.x that launches use ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// DLPack (github.com/dmlc/dlpack) describes a tensor in memory. Its exchange
// API (version 1.3) is a table of C functions that a library hangs on its tensor
// type as the capsule `__dlpack_c_exchange_api__`: it tells the address, type
// and device of a tensor, and the current stream, without a Python call.
//
#ifndef TEGULA_PYTHON_DLPACK_H
#define TEGULA_PYTHON_DLPACK_H

#include <cstdint>

namespace tegula::python::dlpack {

enum DeviceType : int32_t { CPU = 1, CUDA = 2, CUDAHost = 3, CUDAManaged = 13 };

struct DataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void *data;
  int32_t deviceType;
  int32_t deviceIndex;
  int32_t rank;
  DataType type;
  int64_t *shape;
  int64_t *strides;
  uint64_t byteOffset;
};

struct ExchangeApi {
  uint32_t majorVersion, minorVersion;
  ExchangeApi *previous;
  void *allocate;
  void *managedTensorFromObject;
  void *managedTensorToObject;
  int (*tensorFromObject)(void *object, Tensor *out); // borrowed; -1 with a Python exception
  int (*currentWorkStream)(int32_t deviceType, int32_t deviceIndex, void **stream);
};

// What the capsules of `__dlpack__` hold: "dltensor" and "dltensor_versioned".
struct ManagedTensor {
  Tensor tensor;
  void *context;
  void (*deleter)(ManagedTensor *);
};
struct ManagedTensorVersioned {
  uint32_t majorVersion, minorVersion;
  void *context;
  void (*deleter)(ManagedTensorVersioned *);
  uint64_t flags; // bit 0: read only
  Tensor tensor;
};

} // namespace tegula::python::dlpack

#endif // TEGULA_PYTHON_DLPACK_H
