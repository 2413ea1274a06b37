//===- Device.h - GPUs and their contexts -----------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef TEGULA_LIB_RUNTIME_CUDA_DEVICE_H
#define TEGULA_LIB_RUNTIME_CUDA_DEVICE_H

#include "lib/Runtime/Cuda/Driver.h"

namespace tegula::runtime::cuda {

/// The GPU whose context is current on this thread; 0 when none is.
int currentDevice();

Result<tegula_device_info> deviceInfo(int device);

/// While it lives, a context of the device is current on this thread: the one that was current when it is the device's
/// (another library's, say), else the primary context, which PyTorch and the CUDA runtime use as well.
class ScopedContext {
public:
  static Result<ScopedContext> enter(int device);
  ScopedContext(ScopedContext &&other) noexcept : api(other.api), context(other.context), pushed(other.pushed) {
    other.pushed = false;
  }
  ScopedContext &operator=(ScopedContext &&) = delete;
  ~ScopedContext();

  const Driver &driver() const { return *api; }
  CUcontext get() const { return context; }

private:
  ScopedContext(const Driver *api, CUcontext context, bool pushed) : api(api), context(context), pushed(pushed) {}
  const Driver *api;
  CUcontext context;
  bool pushed;
};

} // namespace tegula::runtime::cuda

#endif
