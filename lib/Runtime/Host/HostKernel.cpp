//===- HostKernel.cpp - Kernels that run on the CPU -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiled entry point runs a range of programs by their linear number, x fastest:
//
//   extern "C" void NAME(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch);
//
// args[i] points at the value of parameter i, as in cuLaunchKernel, so that one array serves both targets.
//
// A kernel with asserts exports `const char *NAME.failure` besides: a failing assert ends its range of programs and
// leaves its message there.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Host/SharedObject.h"
#include "lib/Runtime/Host/ThreadPool.h"
#include "lib/Runtime/LastError.h"
#include "lib/Runtime/LoadedKernel.h"

#include <climits>

namespace tegula::runtime {

namespace {

using EntryPoint = void (*)(void **args, const int32_t grid[3], int64_t begin, int64_t end, void *scratch);

struct HostKernel : tegula_kernel {
  HostKernel(const KernelMetadata &metadata, host::SharedObject code, EntryPoint entry);
  static tegula_status run(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *stream, void **args);

  host::SharedObject code;
  const char **failure; ///< null in kernels without asserts
};

struct Launch {
  EntryPoint entry;
  void **args;
  int32_t grid[3];
};

HostKernel::HostKernel(const KernelMetadata &metadata, host::SharedObject object, EntryPoint entry)
    : tegula_kernel(metadata), code(std::move(object)),
      failure(static_cast<const char **>(code.symbol(metadata.name + ".failure"))) {
  launch = run;
  function = reinterpret_cast<void *>(entry);
  block_x = 1;
  device = TEGULA_DEVICE_HOST;
  info.device = TEGULA_DEVICE_HOST;
  info.loaded_from = "host";
}

tegula_status HostKernel::run(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *, void **args) {
  const auto *kernel = static_cast<const HostKernel *>(self);
  if (x == 0 || y == 0 || z == 0)
    return TEGULA_OK;
  int64_t total;
  if (x > INT_MAX || y > INT_MAX || z > INT_MAX || __builtin_mul_overflow(int64_t(x) * y, int64_t(z), &total) ||
      total > INT64_MAX / 2)
    return setLastError(Status(TEGULA_ERROR_INVALID_ARGUMENT, std::string("cannot launch kernel '") + kernel->name() +
                                                                  "': the grid " + std::to_string(x) + "x" +
                                                                  std::to_string(y) + "x" + std::to_string(z) +
                                                                  " has too many programs"));
  Launch launch = {reinterpret_cast<EntryPoint>(self->function), args, {int32_t(x), int32_t(y), int32_t(z)}};
  auto body = [](void *context, int64_t begin, int64_t end, void *scratch) {
    auto *launch = static_cast<Launch *>(context);
    launch->entry(launch->args, launch->grid, begin, end, scratch);
  };
  Status status = host::parallelFor(total, size_t(kernel->info.scratch_bytes), body, &launch);
  if (kernel->failure)
    if (const char *message = __atomic_exchange_n(kernel->failure, nullptr, __ATOMIC_ACQ_REL))
      return setLastError(
          Status(TEGULA_ERROR_HOST, std::string("kernel '") + kernel->name() + "' stopped: " + message));
  if (status)
    return TEGULA_OK;
  return setLastError(
      Status(status.code(), std::string("cannot launch kernel '") + kernel->name() + "': " + status.message()));
}

#if defined(__x86_64__)
/// Whether this processor has the feature, by LLVM's name; unknown names are believed.
bool hasFeature(const std::string &name) {
  __builtin_cpu_init();
#define TEGULA_FEATURE(NAME)                                                                                           \
  if (name == NAME)                                                                                                    \
    return __builtin_cpu_supports(NAME);
  TEGULA_FEATURE("sse4.1")
  TEGULA_FEATURE("sse4.2")
  TEGULA_FEATURE("popcnt")
  TEGULA_FEATURE("avx")
  TEGULA_FEATURE("avx2")
  TEGULA_FEATURE("fma")
  TEGULA_FEATURE("bmi")
  TEGULA_FEATURE("bmi2")
  TEGULA_FEATURE("avx512f")
  TEGULA_FEATURE("avx512vl")
  TEGULA_FEATURE("avx512bw")
  TEGULA_FEATURE("avx512dq")
  TEGULA_FEATURE("avx512cd")
  TEGULA_FEATURE("avx512vbmi")
  TEGULA_FEATURE("avx512vbmi2")
  TEGULA_FEATURE("avx512vnni")
  TEGULA_FEATURE("avx512bitalg")
  TEGULA_FEATURE("avx512vpopcntdq")
#undef TEGULA_FEATURE
  return true;
}
#else
bool hasFeature(const std::string &) { return true; }
#endif

} // namespace

Result<std::unique_ptr<tegula_kernel>> loadHostKernel(const KernelImage &image) {
  const KernelMetadata &metadata = image.metadata;
  auto failure = [&](tegula_status code, const std::string &why) {
    return Status(code, "cannot load kernel '" + metadata.name + "': " + why);
  };
  for (const std::string &feature : metadata.features)
    if (!hasFeature(feature))
      return failure(TEGULA_ERROR_WRONG_ARCHITECTURE,
                     "it was compiled for " + (metadata.cpu.empty() ? "a processor" : metadata.cpu) + " with " +
                         feature + ", which this processor lacks; compile it on this machine");
  const std::string *elf = image.section("host");
  if (!elf)
    return failure(TEGULA_ERROR_IMAGE, "the image has no host section");
  Result<host::SharedObject> code = host::SharedObject::load(*elf);
  if (!code)
    return failure(code.status().code(), code.status().message());
  void *entry = code->symbol(metadata.name);
  if (!entry)
    return failure(TEGULA_ERROR_IMAGE, "its code has no symbol of that name");
  return std::unique_ptr<tegula_kernel>(
      new HostKernel(metadata, std::move(*code), reinterpret_cast<EntryPoint>(entry)));
}

} // namespace tegula::runtime
