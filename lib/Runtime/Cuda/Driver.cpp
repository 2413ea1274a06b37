//===- Driver.cpp - The CUDA driver, opened when first needed -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Cuda/Driver.h"

#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace tegula::runtime::cuda {

namespace {

struct Opened {
  Driver driver;
  Status status;
};

/// A driver that the parent of a fork() started answers "not initialized" in the child.
pid_t startedBy = 0;

void *openLibrary(std::string &error) {
  const char *chosen = std::getenv("TEGULA_LIBCUDA");
  if (chosen && *chosen) {
    void *library = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    if (!library)
      error = dlerror();
    return library;
  }
  // The second is where WSL keeps it.
  for (const char *name : {"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "libcuda.so"}) {
    if (void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL))
      return library;
    if (error.empty())
      error = dlerror();
  }
  return nullptr;
}

Status start(Driver &driver) {
  std::string why;
  void *library = openLibrary(why);
  if (!library)
    return Status(TEGULA_ERROR_NO_DRIVER,
                  "no CUDA driver: " + why + "; install NVIDIA's driver, or compile for target host to run on the CPU");
#define TEGULA_LOAD(NAME, SYMBOL, ...) driver.NAME = reinterpret_cast<decltype(driver.NAME)>(dlsym(library, #SYMBOL));
#define TEGULA_NEED(NAME, SYMBOL, ...)                                                                                 \
  TEGULA_LOAD(NAME, SYMBOL)                                                                                            \
  if (!driver.NAME)                                                                                                    \
    return Status(TEGULA_ERROR_NO_DRIVER,                                                                              \
                  "the CUDA driver library has no " #SYMBOL "; it is too old: install a newer driver");
  TEGULA_CUDA_FUNCTIONS(TEGULA_NEED)
  TEGULA_CUDA_OPTIONAL_FUNCTIONS(TEGULA_LOAD)
#undef TEGULA_NEED
#undef TEGULA_LOAD
  startedBy = getpid();
  CUresult result = driver.init(0);
  if (result == CUDA_ERROR_NO_DEVICE)
    return Status(TEGULA_ERROR_NO_DEVICE, "no CUDA device: the driver is installed but finds no GPU");
  if (result != CUDA_SUCCESS)
    return Status(TEGULA_ERROR_NO_DRIVER, "the CUDA driver does not start: " + driver.describe(result));
  driver.driverVersion(&driver.version);
  result = driver.deviceCount(&driver.numDevices);
  if (result != CUDA_SUCCESS)
    return driver.error("cannot count the GPUs", result);
  if (driver.numDevices == 0)
    return Status(TEGULA_ERROR_NO_DEVICE, "no CUDA device: the driver is installed but finds no GPU"
                                          " (is CUDA_VISIBLE_DEVICES empty?)");
  return Status();
}

} // namespace

std::string Driver::versionText() const {
  return "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string Driver::describe(CUresult result) const {
  const char *name = nullptr, *text = nullptr;
  errorName(result, &name);
  errorText(result, &text);
  std::string description = name ? name : "CUDA error " + std::to_string(result);
  if (text)
    description += std::string(": ") + text;
  if (result == CUDA_ERROR_STUB_LIBRARY)
    description += "; the library found is the toolkit's stub, not a driver";
  if (result == CUDA_ERROR_NOT_INITIALIZED && startedBy != 0 && startedBy != getpid())
    description += "; CUDA was started before this process was forked: use the 'spawn' start method";
  return description;
}

Status Driver::error(const std::string &what, CUresult result) const {
  tegula_status code = TEGULA_ERROR_DRIVER;
  if (result == CUDA_ERROR_OUT_OF_MEMORY || result == CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)
    code = TEGULA_ERROR_OUT_OF_RESOURCES;
  else if (result == CUDA_ERROR_INVALID_DEVICE || result == CUDA_ERROR_NO_DEVICE)
    code = TEGULA_ERROR_NO_DEVICE;
  return Status(code, what + ": " + describe(result));
}

Result<const Driver *> driver() {
  static const auto &opened = *[] {
    auto *result = new Opened;
    result->status = start(result->driver);
    return result;
  }();
  if (!opened.status)
    return opened.status;
  return &opened.driver;
}

} // namespace tegula::runtime::cuda
