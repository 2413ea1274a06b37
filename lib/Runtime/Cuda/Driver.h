//===- Driver.h - The CUDA driver, opened when first needed -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The part of the driver's C interface that the runtime uses, declared here: no CUDA header is needed to build and no
// CUDA library to start. $TEGULA_LIBCUDA names another library than libcuda.so.1.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_CUDA_DRIVER_H
#define TEGULA_LIB_RUNTIME_CUDA_DRIVER_H

#include "tegula/Status.h"

#include <cstddef>
#include <cstdint>

namespace tegula::runtime::cuda {

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct ContextHandle *;
using CUmodule = struct ModuleHandle *;
using CUfunction = struct FunctionHandle *;
using CUstream = struct StreamHandle *;
using CUevent = struct EventHandle *;

enum : CUresult {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_STUB_LIBRARY = 34,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_JIT_COMPILER_NOT_FOUND = 221,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
};

enum DeviceAttribute : int {
  MaxThreadsPerBlock = 1,
  SharedMemoryPerBlock = 8,
  WarpSize = 10,
  ClockRate = 13,
  MultiprocessorCount = 16,
  MemoryClockRate = 36,
  GlobalMemoryBusWidth = 37,
  L2CacheSize = 38,
  MaxThreadsPerMultiprocessor = 39,
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
  SharedMemoryPerMultiprocessor = 81,
  RegistersPerMultiprocessor = 82,
  SharedMemoryPerBlockOptin = 97,
};

enum FunctionAttribute : int {
  FunctionMaxThreadsPerBlock = 0,
  FunctionSharedSizeBytes = 1,
  FunctionLocalSizeBytes = 3,
  FunctionNumRegisters = 4,
  FunctionMaxDynamicSharedSize = 8,
  FunctionNonPortableClusterSize = 14,
};

enum JitOption : int {
  JitInfoLogBuffer = 3,
  JitInfoLogBufferSize = 4,
  JitErrorLogBuffer = 5,
  JitErrorLogBufferSize = 6,
};

/// CUlaunchAttribute; only the cluster's size is used.
struct LaunchAttribute {
  int id;
  char padding[4];
  union {
    char bytes[64];
    struct {
      unsigned x, y, z;
    } cluster;
  };
};
constexpr int launchAttributeCluster = 4;

/// CUlaunchConfig.
struct LaunchConfig {
  unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes;
  CUstream stream;
  LaunchAttribute *attributes;
  unsigned numAttributes;
};

/// Entry points: member, exported symbol, parameters. Those of the second list may be missing.
#define TEGULA_CUDA_FUNCTIONS(X)                                                                                       \
  X(init, cuInit, unsigned)                                                                                            \
  X(driverVersion, cuDriverGetVersion, int *)                                                                          \
  X(errorName, cuGetErrorName, CUresult, const char **)                                                                \
  X(errorText, cuGetErrorString, CUresult, const char **)                                                              \
  X(deviceCount, cuDeviceGetCount, int *)                                                                              \
  X(deviceGet, cuDeviceGet, CUdevice *, int)                                                                           \
  X(deviceName, cuDeviceGetName, char *, int, CUdevice)                                                                \
  X(deviceMemory, cuDeviceTotalMem_v2, size_t *, CUdevice)                                                             \
  X(deviceAttribute, cuDeviceGetAttribute, int *, int, CUdevice)                                                       \
  X(primaryRetain, cuDevicePrimaryCtxRetain, CUcontext *, CUdevice)                                                    \
  X(contextGetCurrent, cuCtxGetCurrent, CUcontext *)                                                                   \
  X(contextSetCurrent, cuCtxSetCurrent, CUcontext)                                                                     \
  X(contextPush, cuCtxPushCurrent_v2, CUcontext)                                                                       \
  X(contextPop, cuCtxPopCurrent_v2, CUcontext *)                                                                       \
  X(contextDevice, cuCtxGetDevice, CUdevice *)                                                                         \
  X(contextSynchronize, cuCtxSynchronize, )                                                                            \
  X(moduleLoad, cuModuleLoadDataEx, CUmodule *, const void *, unsigned, int *, void **)                                \
  X(moduleUnload, cuModuleUnload, CUmodule)                                                                            \
  X(moduleFunction, cuModuleGetFunction, CUfunction *, CUmodule, const char *)                                         \
  X(functionAttribute, cuFuncGetAttribute, int *, int, CUfunction)                                                     \
  X(functionSetAttribute, cuFuncSetAttribute, CUfunction, int, int)                                                    \
  X(launchKernel, cuLaunchKernel, CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,    \
    CUstream, void **, void **)                                                                                        \
  X(memoryAllocate, cuMemAlloc_v2, CUdeviceptr *, size_t)                                                              \
  X(memoryRelease, cuMemFree_v2, CUdeviceptr)                                                                          \
  X(copyToDevice, cuMemcpyHtoD_v2, CUdeviceptr, const void *, size_t)                                                  \
  X(copyFromDevice, cuMemcpyDtoH_v2, void *, CUdeviceptr, size_t)                                                      \
  X(fill, cuMemsetD8_v2, CUdeviceptr, unsigned char, size_t)                                                           \
  X(streamCreate, cuStreamCreate, CUstream *, unsigned)                                                                \
  X(streamDestroy, cuStreamDestroy_v2, CUstream)                                                                       \
  X(streamSynchronize, cuStreamSynchronize, CUstream)                                                                  \
  X(eventCreate, cuEventCreate, CUevent *, unsigned)                                                                   \
  X(eventDestroy, cuEventDestroy_v2, CUevent)                                                                          \
  X(eventRecord, cuEventRecord, CUevent, CUstream)                                                                     \
  X(eventSynchronize, cuEventSynchronize, CUevent)                                                                     \
  X(eventElapsed, cuEventElapsedTime, float *, CUevent, CUevent)
#define TEGULA_CUDA_OPTIONAL_FUNCTIONS(X)                                                                              \
  X(launchKernelEx, cuLaunchKernelEx, const LaunchConfig *, CUfunction, void **, void **)

struct Driver {
#define TEGULA_MEMBER(NAME, SYMBOL, ...) CUresult (*NAME)(__VA_ARGS__) = nullptr;
  TEGULA_CUDA_FUNCTIONS(TEGULA_MEMBER)
  TEGULA_CUDA_OPTIONAL_FUNCTIONS(TEGULA_MEMBER)
#undef TEGULA_MEMBER

  int version = 0;    ///< 13000 is CUDA 13.0
  int numDevices = 0; ///< at least one

  /// "CUDA 13.0"
  std::string versionText() const;
  /// "CUDA_ERROR_INVALID_VALUE: invalid argument", with what explains the common ones.
  std::string describe(CUresult result) const;
  /// "<what>: <describe>", with the code that fits.
  Status error(const std::string &what, CUresult result) const;
};

/// The driver, with at least one GPU, or why there is none. Asked once, the answer is kept.
Result<const Driver *> driver();

} // namespace tegula::runtime::cuda

#endif
