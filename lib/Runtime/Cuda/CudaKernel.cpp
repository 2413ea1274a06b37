//===- CudaKernel.cpp - Kernels that run on a GPU -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading prefers the cubin, and hands the PTX to the driver's own compiler when there is no cubin that this GPU and
// driver take. All that can be refused is refused here, with the numbers, so that a launch is one call of the driver.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/Cuda/Device.h"
#include "lib/Runtime/LastError.h"
#include "lib/Runtime/LoadedKernel.h"

#include <optional>
#include <vector>

namespace tegula::runtime {

namespace {

using namespace cuda;

struct CudaKernel : tegula_kernel {
  CudaKernel(const KernelMetadata &metadata, const Driver &api, CUcontext context, CUmodule module)
      : tegula_kernel(metadata), api(api), context(context), module(module) {}
  ~CudaKernel() override;

  static tegula_status run(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *stream, void **args);
  static tegula_status runCluster(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *stream,
                                  void **args);
  template <typename Try> tegula_status retry(Try launchOnce, CUresult first, uint32_t x, uint32_t y, uint32_t z) const;
  CUresult launchCluster(uint32_t x, uint32_t y, uint32_t z, void *stream, void **args) const;

  const Driver &api;
  CUcontext context;
  CUmodule module;
};

CudaKernel::~CudaKernel() {
  // At the end of the process the driver may be gone already: nothing to do about an error here.
  if (api.contextPush(context) != CUDA_SUCCESS)
    return;
  api.moduleUnload(module);
  CUcontext popped;
  api.contextPop(&popped);
}

tegula_status CudaKernel::run(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *stream,
                              void **args) {
  if (x == 0 || y == 0 || z == 0)
    return TEGULA_OK;
  auto once = [&] {
    auto launch = reinterpret_cast<decltype(Driver::launchKernel)>(self->driver_launch);
    return launch(static_cast<CUfunction>(self->function), x, y, z, self->block_x, 1, 1, self->shared_bytes,
                  static_cast<CUstream>(stream), args, nullptr);
  };
  CUresult result = once();
  if (__builtin_expect(result == CUDA_SUCCESS, 1))
    return TEGULA_OK;
  return static_cast<const CudaKernel *>(self)->retry(once, result, x, y, z);
}

CUresult CudaKernel::launchCluster(uint32_t x, uint32_t y, uint32_t z, void *stream, void **args) const {
  unsigned ctas = unsigned(info.num_ctas);
  LaunchAttribute cluster = {};
  cluster.id = launchAttributeCluster;
  cluster.cluster = {ctas, 1, 1};
  LaunchConfig config = {x * ctas, y, z, block_x, 1, 1, shared_bytes, static_cast<CUstream>(stream), &cluster, 1};
  return api.launchKernelEx(&config, static_cast<CUfunction>(function), args, nullptr);
}

tegula_status CudaKernel::runCluster(const tegula_launcher *self, uint32_t x, uint32_t y, uint32_t z, void *stream,
                                     void **args) {
  if (x == 0 || y == 0 || z == 0)
    return TEGULA_OK;
  const auto *kernel = static_cast<const CudaKernel *>(self);
  auto once = [&] { return kernel->launchCluster(x, y, z, stream, args); };
  CUresult result = once();
  return result == CUDA_SUCCESS ? TEGULA_OK : kernel->retry(once, result, x, y, z);
}

/// The slow path: a thread that has no context yet, or another GPU's, launches again in the kernel's own.
template <typename Try>
tegula_status CudaKernel::retry(Try launchOnce, CUresult result, uint32_t x, uint32_t y, uint32_t z) const {
  if (result == CUDA_ERROR_INVALID_CONTEXT || result == CUDA_ERROR_INVALID_HANDLE) {
    CUcontext current = nullptr, popped;
    api.contextGetCurrent(&current);
    if (!current) {
      // Stays current, as after a first call of the CUDA runtime: the thread's next launch is fast.
      if (api.contextSetCurrent(context) == CUDA_SUCCESS)
        result = launchOnce();
    } else if (current != context && api.contextPush(context) == CUDA_SUCCESS) {
      result = launchOnce();
      api.contextPop(&popped);
    }
  }
  if (result == CUDA_SUCCESS)
    return TEGULA_OK;
  std::string what = std::string("cannot launch kernel '") + name() + "' (grid " + std::to_string(x) + "x" +
                     std::to_string(y) + "x" + std::to_string(z) + ", " + std::to_string(block_x) + " threads, " +
                     std::to_string(shared_bytes) + " bytes of shared memory)";
  Status status = api.error(what, result);
  if (result == CUDA_ERROR_INVALID_VALUE && (y > 65535 || z > 65535 || x > 0x7fffffff))
    status = Status(TEGULA_ERROR_INVALID_ARGUMENT,
                    what + ": the grid is too large; a GPU takes up to 2147483647x65535x65535");
  else if (result >= 700 && result < 800 && result != CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)
    status = Status(status.code(), status.message() + "; an earlier kernel on this GPU may be what failed");
  return setLastError(status);
}

/// "sm_90a": 9, 0, 'a'. Features behind a letter exist on exactly that GPU.
struct Architecture {
  int major = 0, minor = 0;
  char suffix = 0;
  static std::optional<Architecture> parse(std::string_view target) {
    Architecture result;
    if (!target.starts_with("sm_"))
      return std::nullopt;
    target.remove_prefix(3);
    if (!target.empty() && (target.back() == 'a' || target.back() == 'f')) {
      result.suffix = target.back();
      target.remove_suffix(1);
    }
    if (target.size() < 2 || target.size() > 3)
      return std::nullopt;
    int number = 0;
    for (char c : target) {
      if (c < '0' || c > '9')
        return std::nullopt;
      number = number * 10 + (c - '0');
    }
    result.major = number / 10;
    result.minor = number % 10;
    return result;
  }
  bool cubinRunsOn(const tegula_device_info &gpu) const {
    if (suffix == 'a')
      return gpu.capability_major == major && gpu.capability_minor == minor;
    return gpu.capability_major == major && gpu.capability_minor >= minor;
  }
  bool ptxRunsOn(const tegula_device_info &gpu) const {
    if (suffix)
      return cubinRunsOn(gpu);
    return gpu.capability_major > major || cubinRunsOn(gpu);
  }
};

std::string nameOf(const tegula_device_info &gpu, int device) {
  return "GPU " + std::to_string(device) + " (" + gpu.name + ") is sm_" + std::to_string(gpu.capability_major) +
         std::to_string(gpu.capability_minor);
}

Status shortage(const char *resource, int64_t required, int64_t limit, const std::string &text) {
  setLastShortage({resource, required, limit});
  return Status(TEGULA_ERROR_OUT_OF_RESOURCES, text);
}

/// Loads cubin or PTX; `log` gets the words of the driver's compiler.
CUresult loadModule(const Driver &api, const std::string &code, CUmodule &module, std::string &log) {
  std::vector<char> buffer(16384);
  int options[] = {JitErrorLogBuffer, JitErrorLogBufferSize};
  void *values[] = {buffer.data(), reinterpret_cast<void *>(buffer.size())};
  CUresult result = api.moduleLoad(&module, code.c_str(), 2, options, values);
  buffer.back() = 0;
  log = buffer.data();
  while (!log.empty() && (log.back() == '\n' || log.back() == ' '))
    log.pop_back();
  return result;
}

} // namespace

Result<std::unique_ptr<tegula_kernel>> loadCudaKernel(const KernelImage &image, int device) {
  const KernelMetadata &metadata = image.metadata;
  const std::string cannot = "cannot load kernel '" + metadata.name + "': ";
  Result<tegula_device_info> gpu = deviceInfo(device);
  if (!gpu)
    return Status(gpu.status().code(), cannot + gpu.status().message());
  std::optional<Architecture> architecture = Architecture::parse(metadata.target);
  if (!architecture)
    return Status(TEGULA_ERROR_WRONG_ARCHITECTURE,
                  cannot + "expected target 'host' or 'sm_XY'; got '" + metadata.target + "'");

  const std::string *cubin = image.section("cubin"), *ptx = image.section("ptx");
  if (!cubin && !ptx)
    return Status(TEGULA_ERROR_IMAGE, cannot + "the image has no cubin and no PTX");
  bool cubinFits = cubin && architecture->cubinRunsOn(*gpu), ptxFits = ptx && architecture->ptxRunsOn(*gpu);
  if (!cubinFits && !ptxFits)
    return Status(TEGULA_ERROR_WRONG_ARCHITECTURE, cannot + "it was compiled for " + metadata.target + "; " +
                                                       nameOf(*gpu, device) + "; compile it for that target");
  // What is known before the driver has to be asked.
  const int threads = 32 * metadata.numWarps;
  auto outOfSharedMemory = [&](int64_t needed) {
    return shortage("shared memory", needed, gpu->shared_memory_per_block_optin,
                    cannot + "out of shared memory: it needs " + std::to_string(needed) + " bytes; " +
                        nameOf(*gpu, device) + " and has " + std::to_string(gpu->shared_memory_per_block_optin) +
                        " for a block; use smaller blocks or fewer num_stages");
  };
  if (metadata.shared > gpu->shared_memory_per_block_optin)
    return outOfSharedMemory(metadata.shared);

  Result<ScopedContext> scope = ScopedContext::enter(device);
  if (!scope)
    return Status(scope.status().code(), cannot + scope.status().message());
  const Driver &api = scope->driver();

  CUmodule module = nullptr;
  CUresult result = CUDA_ERROR_NO_BINARY_FOR_GPU;
  std::string log;
  const char *from = "cubin";
  if (cubinFits)
    result = loadModule(api, *cubin, module, log);
  if (result != CUDA_SUCCESS && result != CUDA_ERROR_OUT_OF_MEMORY && ptxFits) {
    from = "ptx";
    result = loadModule(api, *ptx, module, log);
  }
  if (result != CUDA_SUCCESS) {
    Status status =
        api.error(cannot + "the driver (" + api.versionText() + ") does not take its " + from +
                      (metadata.assembler.empty() || from[0] == 'p' ? "" : " (made by " + metadata.assembler + ")"),
                  result);
    std::string text = status.message();
    if (result == CUDA_ERROR_UNSUPPORTED_PTX_VERSION || result == CUDA_ERROR_NO_BINARY_FOR_GPU ||
        result == CUDA_ERROR_INVALID_IMAGE)
      text += "; the driver may be too old for it: update the driver";
    if (!log.empty())
      text += "\n" + log;
    return Status(status.code(), std::move(text));
  }

  auto kernel = std::make_unique<CudaKernel>(metadata, api, scope->get(), module);
  CUfunction function = nullptr;
  if (CUresult result = api.moduleFunction(&function, module, metadata.name.c_str()))
    return result == CUDA_ERROR_NOT_FOUND ? Status(TEGULA_ERROR_IMAGE, cannot + "its code has no entry of that name")
                                          : api.error(cannot + "cannot find its entry", result);

  int maxThreads = 0;
  tegula_kernel_info &info = kernel->info;
  struct {
    FunctionAttribute attribute;
    int *to;
  } const wanted[] = {
      {FunctionMaxThreadsPerBlock, &maxThreads},
      {FunctionSharedSizeBytes, &info.shared_static_bytes},
      {FunctionLocalSizeBytes, &info.local_bytes},
      {FunctionNumRegisters, &info.registers},
  };
  for (auto [attribute, to] : wanted)
    if (CUresult result = api.functionAttribute(to, attribute, function))
      return api.error(cannot + "cannot ask for its attributes", result);
  info.max_threads = maxThreads;
  if (threads > maxThreads)
    return shortage("threads", threads, maxThreads,
                    cannot + "out of threads: num_warps=" + std::to_string(metadata.numWarps) + " needs " +
                        std::to_string(threads) + " a block; with " + std::to_string(info.registers) +
                        " registers a thread it can have " + std::to_string(maxThreads) + "; use fewer num_warps");
  // How much of it the driver keeps for itself only the driver knows: it decides.
  if (int64_t shared = metadata.shared + info.shared_static_bytes; shared > gpu->shared_memory_per_block) {
    CUresult result = api.functionSetAttribute(function, FunctionMaxDynamicSharedSize, int(metadata.shared));
    if (result == CUDA_ERROR_INVALID_VALUE)
      return outOfSharedMemory(shared);
    if (result != CUDA_SUCCESS)
      return api.error(cannot + "cannot reserve " + std::to_string(metadata.shared) + " bytes of shared memory",
                       result);
  }
  if (metadata.numCtas > 1) {
    if (!api.launchKernelEx)
      return Status(TEGULA_ERROR_NO_DRIVER, cannot + "num_ctas=" + std::to_string(metadata.numCtas) +
                                                " needs cuLaunchKernelEx, which the driver (" + api.versionText() +
                                                ") lacks; update the driver");
    if (metadata.numCtas > 8)
      if (CUresult result = api.functionSetAttribute(function, FunctionNonPortableClusterSize, 1))
        return api.error(cannot + "cannot use clusters of " + std::to_string(metadata.numCtas) + " blocks", result);
  }

  info.device = device;
  info.loaded_from = from;
  kernel->launch = metadata.numCtas > 1 ? CudaKernel::runCluster : CudaKernel::run;
  kernel->function = function;
  kernel->driver_launch = reinterpret_cast<void *>(api.launchKernel);
  kernel->block_x = uint32_t(threads);
  kernel->shared_bytes = uint32_t(metadata.shared);
  kernel->device = device;
  return std::unique_ptr<tegula_kernel>(std::move(kernel));
}

} // namespace tegula::runtime
