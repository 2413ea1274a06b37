//===- LoadedKernel.cpp - An image that is ready to launch ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/LoadedKernel.h"
#include "lib/Runtime/Cuda/Device.h"

#include <string_view>

namespace tegula::runtime {

namespace {

struct ValueType {
  tegula_parameter_kind kind = TEGULA_PARAMETER_OPAQUE;
  unsigned size = 0;
};

/// Reads a type as signatures write it: "i32", "fp16", "bf16", "fp8e4nv", "u8".
ValueType valueTypeOf(std::string_view type) {
  auto bits = [](std::string_view digits) -> unsigned {
    if (digits == "8")
      return 8;
    if (digits == "16")
      return 16;
    if (digits == "32")
      return 32;
    if (digits == "64")
      return 64;
    return 0;
  };
  if (type == "i1" || type == "u1")
    return {TEGULA_PARAMETER_UNSIGNED, 1};
  if (type == "bf16")
    return {TEGULA_PARAMETER_FLOAT, 2};
  if (type.starts_with("fp8"))
    return {TEGULA_PARAMETER_FLOAT, 1};
  if (type.starts_with("fp"))
    if (unsigned width = bits(type.substr(2)))
      return {TEGULA_PARAMETER_FLOAT, width / 8};
  if (type.starts_with("i"))
    if (unsigned width = bits(type.substr(1)))
      return {TEGULA_PARAMETER_SIGNED, width / 8};
  if (type.starts_with("u"))
    if (unsigned width = bits(type.substr(1)))
      return {TEGULA_PARAMETER_UNSIGNED, width / 8};
  return {};
}

tegula_parameter describe(const KernelArgument &argument) {
  tegula_parameter result = {};
  result.name = argument.name.c_str();
  result.type = argument.type.c_str();
  result.divisibility = argument.divisibility;
  result.element_kind = TEGULA_PARAMETER_OPAQUE;
  std::string_view type = argument.type;
  if (type.starts_with("*")) {
    type.remove_prefix(type.starts_with("*k") ? 2 : 1);
    ValueType element = valueTypeOf(type);
    result.kind = TEGULA_PARAMETER_POINTER;
    result.size = sizeof(void *);
    result.element_kind = type.starts_with("*") ? TEGULA_PARAMETER_POINTER : element.kind;
    result.element_size = type.starts_with("*") ? sizeof(void *) : element.size;
    return result;
  }
  ValueType value = valueTypeOf(type);
  result.kind = value.kind;
  result.size = value.size;
  return result;
}

} // namespace

Result<std::unique_ptr<tegula_kernel>> loadKernel(const KernelImage &image, int device) {
  const KernelMetadata &metadata = image.metadata;
  if (metadata.isHost()) {
    if (device != TEGULA_DEVICE_HOST && device != TEGULA_DEVICE_AUTO)
      return Status(TEGULA_ERROR_WRONG_ARCHITECTURE, "kernel '" + metadata.name +
                                                         "' was compiled for the host; it cannot be loaded on GPU " +
                                                         std::to_string(device) + "; compile it for the GPU's sm_XY");
    return loadHostKernel(image);
  }
  if (device == TEGULA_DEVICE_HOST)
    return Status(TEGULA_ERROR_WRONG_ARCHITECTURE, "kernel '" + metadata.name + "' was compiled for " +
                                                       metadata.target +
                                                       "; it cannot be loaded on the host; compile it for target host");
  if (device == TEGULA_DEVICE_AUTO)
    device = cuda::currentDevice();
  return loadCudaKernel(image, device);
}

} // namespace tegula::runtime

tegula_kernel::tegula_kernel(const tegula::runtime::KernelMetadata &from)
    : tegula_launcher(), metadata(from), metadataJson(from.toJson()) {
  for (const tegula::runtime::KernelArgument &argument : metadata.arguments)
    parameters.push_back(tegula::runtime::describe(argument));
  info.name = metadata.name.c_str();
  info.target = metadata.target.c_str();
  info.metadata = metadataJson.c_str();
  info.loaded_from = "";
  info.num_warps = metadata.numWarps;
  info.num_ctas = metadata.numCtas;
  info.registers = metadata.registers;
  info.spills = metadata.spills;
  info.shared_dynamic_bytes = static_cast<int>(metadata.shared);
  info.scratch_bytes = metadata.scratch;
  info.parameters = parameters.data();
  info.num_parameters = parameters.size();
}
