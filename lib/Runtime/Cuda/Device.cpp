//===- Device.cpp - GPUs and their contexts -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Cuda/Device.h"

#include <array>
#include <atomic>

namespace tegula::runtime::cuda {

namespace {

constexpr int maxDevices = 256;

/// Retained once and kept until the process ends, as the CUDA runtime does.
std::array<std::atomic<CUcontext>, maxDevices> primaryContexts;

Status checkNumber(const Driver &api, int device) {
  if (device >= 0 && device < api.numDevices && device < maxDevices)
    return Status();
  return Status(TEGULA_ERROR_NO_DEVICE, "there is no GPU " + std::to_string(device) + "; this machine shows " +
                                            std::to_string(api.numDevices) + ", numbered from 0");
}

Result<CUcontext> primaryContext(const Driver &api, int device) {
  if (CUcontext context = primaryContexts[device].load(std::memory_order_acquire))
    return context;
  CUdevice handle;
  if (CUresult result = api.deviceGet(&handle, device))
    return api.error("cannot use GPU " + std::to_string(device), result);
  CUcontext context = nullptr;
  if (CUresult result = api.primaryRetain(&context, handle))
    return api.error("cannot use GPU " + std::to_string(device), result);
  primaryContexts[device].store(context, std::memory_order_release); // two threads store the same one
  return context;
}

} // namespace

int currentDevice() {
  Result<const Driver *> api = driver();
  if (!api)
    return 0;
  CUcontext context = nullptr;
  CUdevice device = 0;
  if ((*api)->contextGetCurrent(&context) != CUDA_SUCCESS || !context || (*api)->contextDevice(&device) != CUDA_SUCCESS)
    return 0;
  return device;
}

Result<tegula_device_info> deviceInfo(int device) {
  Result<const Driver *> found = driver();
  if (!found)
    return found.status();
  const Driver &api = **found;
  if (Status status = checkNumber(api, device); !status)
    return status;
  CUdevice handle;
  if (CUresult result = api.deviceGet(&handle, device))
    return api.error("cannot ask GPU " + std::to_string(device), result);

  tegula_device_info info = {};
  api.deviceName(info.name, sizeof(info.name), handle);
  size_t bytes = 0;
  api.deviceMemory(&bytes, handle);
  info.memory_bytes = bytes;
  info.driver_version = api.version;
  struct {
    DeviceAttribute attribute;
    int *to;
  } const wanted[] = {
      {ComputeCapabilityMajor, &info.capability_major},
      {ComputeCapabilityMinor, &info.capability_minor},
      {MultiprocessorCount, &info.multiprocessors},
      {WarpSize, &info.warp_size},
      {MaxThreadsPerBlock, &info.max_threads_per_block},
      {MaxThreadsPerMultiprocessor, &info.max_threads_per_multiprocessor},
      {RegistersPerMultiprocessor, &info.registers_per_multiprocessor},
      {SharedMemoryPerBlock, &info.shared_memory_per_block},
      {SharedMemoryPerBlockOptin, &info.shared_memory_per_block_optin},
      {SharedMemoryPerMultiprocessor, &info.shared_memory_per_multiprocessor},
      {L2CacheSize, &info.l2_cache_bytes},
      {ClockRate, &info.clock_khz},
      {MemoryClockRate, &info.memory_clock_khz},
      {GlobalMemoryBusWidth, &info.memory_bus_bits},
  };
  for (auto [attribute, to] : wanted) {
    CUresult result = api.deviceAttribute(to, attribute, handle);
    if (result == CUDA_ERROR_INVALID_VALUE) // an attribute that this driver does not know (any more): stays 0
      continue;
    if (result != CUDA_SUCCESS)
      return api.error("cannot ask GPU " + std::to_string(device), result);
  }
  return info;
}

Result<ScopedContext> ScopedContext::enter(int device) {
  Result<const Driver *> found = cuda::driver();
  if (!found)
    return found.status();
  const Driver &api = **found;
  if (Status status = checkNumber(api, device); !status)
    return status;
  CUcontext current = nullptr;
  CUdevice of = -1;
  if (api.contextGetCurrent(&current) == CUDA_SUCCESS && current && api.contextDevice(&of) == CUDA_SUCCESS &&
      of == device)
    return ScopedContext(&api, current, false);
  Result<CUcontext> primary = primaryContext(api, device);
  if (!primary)
    return primary.status();
  if (CUresult result = api.contextPush(*primary))
    return api.error("cannot use GPU " + std::to_string(device), result);
  return ScopedContext(&api, *primary, true);
}

ScopedContext::~ScopedContext() {
  CUcontext popped;
  if (pushed)
    api->contextPop(&popped);
}

} // namespace tegula::runtime::cuda
