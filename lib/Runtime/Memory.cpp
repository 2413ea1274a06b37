//===- Memory.cpp - Memory, streams and events of any device --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Memory.h"
#include "lib/Runtime/Cuda/Device.h"
#include "lib/Runtime/LastError.h"

#include <chrono>
#include <cstdlib>
#include <cstring>

struct tegula_event {
  int device;
  tegula::runtime::cuda::CUevent handle;
  std::chrono::steady_clock::time_point time; ///< on the host
};

namespace tegula::runtime {

namespace {

using namespace cuda;

bool isHost(int device) { return device == TEGULA_DEVICE_HOST; }

CUdeviceptr addressOf(const void *memory) { return reinterpret_cast<CUdeviceptr>(memory); }

/// Calls `what(driver)` with a context of the device current.
template <typename Call> Status onDevice(int device, const std::string &purpose, Call call) {
  Result<ScopedContext> scope = ScopedContext::enter(device);
  if (!scope)
    return Status(scope.status().code(), purpose + ": " + scope.status().message());
  if (CUresult result = call(scope->driver()))
    return scope->driver().error(purpose, result);
  return Status();
}

Status outOfMemory(size_t size, const std::string &text) {
  setLastShortage({"memory", int64_t(size), 0});
  return Status(TEGULA_ERROR_OUT_OF_RESOURCES, text);
}

} // namespace

Result<void *> allocate(int device, size_t size) {
  size = size == 0 ? 1 : size;
  const std::string purpose = "cannot allocate " + std::to_string(size) + " bytes";
  if (isHost(device)) {
    void *memory = size > SIZE_MAX - 63 ? nullptr : std::aligned_alloc(64, (size + 63) / 64 * 64);
    if (!memory)
      return outOfMemory(size, purpose + " on the host: out of memory");
    return memory;
  }
  CUdeviceptr address = 0;
  Status status = onDevice(device, purpose + " on GPU " + std::to_string(device),
                           [&](const Driver &api) { return api.memoryAllocate(&address, size); });
  if (status.code() == TEGULA_ERROR_OUT_OF_RESOURCES)
    return outOfMemory(size, status.message());
  if (!status)
    return status;
  return reinterpret_cast<void *>(address);
}

void release(int device, void *memory) {
  if (!memory)
    return;
  if (isHost(device))
    return std::free(memory);
  (void)onDevice(device, "", [&](const Driver &api) { return api.memoryRelease(addressOf(memory)); });
}

Status copyTo(int device, void *memory, const void *from, size_t size) {
  if (size == 0)
    return Status();
  if (isHost(device)) {
    std::memcpy(memory, from, size);
    return Status();
  }
  return onDevice(device, "cannot copy " + std::to_string(size) + " bytes to GPU " + std::to_string(device),
                  [&](const Driver &api) { return api.copyToDevice(addressOf(memory), from, size); });
}

Status copyFrom(int device, const void *memory, void *to, size_t size) {
  if (size == 0)
    return Status();
  if (isHost(device)) {
    std::memcpy(to, memory, size);
    return Status();
  }
  return onDevice(device, "cannot copy " + std::to_string(size) + " bytes from GPU " + std::to_string(device),
                  [&](const Driver &api) { return api.copyFromDevice(to, addressOf(memory), size); });
}

Status fill(int device, void *memory, uint8_t byte, size_t size) {
  if (size == 0)
    return Status();
  if (isHost(device)) {
    std::memset(memory, byte, size);
    return Status();
  }
  return onDevice(device, "cannot fill " + std::to_string(size) + " bytes on GPU " + std::to_string(device),
                  [&](const Driver &api) { return api.fill(addressOf(memory), byte, size); });
}

Result<void *> createStream(int device) {
  if (isHost(device))
    return static_cast<void *>(nullptr);
  CUstream stream = nullptr;
  constexpr unsigned nonBlocking = 1; // does not wait for the default stream
  Status status = onDevice(device, "cannot create a stream on GPU " + std::to_string(device),
                           [&](const Driver &api) { return api.streamCreate(&stream, nonBlocking); });
  if (!status)
    return status;
  return static_cast<void *>(stream);
}

void destroyStream(int device, void *stream) {
  if (isHost(device) || !stream)
    return;
  (void)onDevice(device, "", [&](const Driver &api) { return api.streamDestroy(static_cast<CUstream>(stream)); });
}

Status synchronize(int device, void *stream) {
  if (isHost(device))
    return Status();
  return onDevice(device, "work on GPU " + std::to_string(device) + " failed", [&](const Driver &api) {
    return stream ? api.streamSynchronize(static_cast<CUstream>(stream)) : api.contextSynchronize();
  });
}

Result<tegula_event *> createEvent(int device) {
  CUevent handle = nullptr;
  if (!isHost(device)) {
    Status status = onDevice(device, "cannot create an event on GPU " + std::to_string(device),
                             [&](const Driver &api) { return api.eventCreate(&handle, 0); });
    if (!status)
      return status;
  }
  return new tegula_event{device, handle, {}};
}

void destroyEvent(tegula_event *event) {
  if (!event)
    return;
  if (!isHost(event->device))
    (void)onDevice(event->device, "", [&](const Driver &api) { return api.eventDestroy(event->handle); });
  delete event;
}

Status recordEvent(tegula_event *event, void *stream) {
  if (isHost(event->device)) {
    event->time = std::chrono::steady_clock::now();
    return Status();
  }
  return onDevice(event->device, "cannot record an event on GPU " + std::to_string(event->device),
                  [&](const Driver &api) { return api.eventRecord(event->handle, static_cast<CUstream>(stream)); });
}

Result<float> elapsedMilliseconds(tegula_event *from, tegula_event *to) {
  if (from->device != to->device)
    return Status(TEGULA_ERROR_INVALID_ARGUMENT, "the two events belong to different devices");
  if (isHost(from->device))
    return std::chrono::duration<float, std::milli>(to->time - from->time).count();
  float milliseconds = 0;
  Status status = onDevice(from->device, "cannot read the time between two events", [&](const Driver &api) {
    CUresult result = api.eventSynchronize(from->handle);
    if (result == CUDA_SUCCESS)
      result = api.eventSynchronize(to->handle);
    return result == CUDA_SUCCESS ? api.eventElapsed(&milliseconds, from->handle, to->handle) : result;
  });
  if (!status)
    return status;
  return milliseconds;
}

} // namespace tegula::runtime
