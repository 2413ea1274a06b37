//===- LoadedKernel.h - An image that is ready to launch --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tegula_kernel is what the C API hands out. It is its own launcher: everything that a
// launch touches lies in the base, filled in once by Host/ or Cuda/.
//===----------------------------------------------------------------------===//
#ifndef TEGULA_LIB_RUNTIME_LOADEDKERNEL_H
#define TEGULA_LIB_RUNTIME_LOADEDKERNEL_H

#include "lib/Runtime/KernelImage.h"

#include <memory>
#include <string>
#include <vector>

struct tegula_kernel : tegula_launcher {
  /// Takes what the metadata says; the derived class fills in the launcher and what the device says.
  explicit tegula_kernel(const tegula::runtime::KernelMetadata &metadata);
  virtual ~tegula_kernel() = default;
  tegula_kernel(const tegula_kernel &) = delete;

  const char *name() const { return info.name; }

  tegula_kernel_info info = {};

private:
  tegula::runtime::KernelMetadata metadata;
  std::string metadataJson;
  std::vector<tegula_parameter> parameters;
};

namespace tegula::runtime {

/// Loads for the device: a GPU number, TEGULA_DEVICE_HOST or TEGULA_DEVICE_AUTO.
Result<std::unique_ptr<tegula_kernel>> loadKernel(const KernelImage &image, int device);

Result<std::unique_ptr<tegula_kernel>> loadHostKernel(const KernelImage &image);
Result<std::unique_ptr<tegula_kernel>> loadCudaKernel(const KernelImage &image, int device);

} // namespace tegula::runtime

#endif
