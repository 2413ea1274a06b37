//===- LaunchLoops.cpp - Launches from C and C++ in a loop, for latency.py --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// latency.py compiles this on the machine that it measures and calls it in its own process, so that the driver, the C++
// API, Tegula from Python and Triton take turns on one context and one stream. The kernel has four pointers to fp16,
// eight i32 and one fp32.
//===----------------------------------------------------------------------===//
#include "tegula/Runtime.h"

#include <chrono>
#include <cstddef>
#include <span>

using namespace tegula::runtime;

namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::time_point start, int count) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / count;
}

} // namespace

extern "C" {

/// The kernel of an image on the current GPU, a `Kernel *`; null (see tegula_last_error) when it does not load.
void *bench_load(const void *image, size_t size) {
  Result<Kernel> kernel = Kernel::load(std::span(static_cast<const std::byte *>(image), size));
  return kernel ? new Kernel(std::move(*kernel)) : nullptr;
}

/// Microseconds of the driver's own launch, its arguments packed before; negative when it refuses.
double bench_driver(const void *kernel, void *stream, void **args, int count) {
  using Launch =
      int (*)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **);
  const tegula_launcher *launcher = tegula_get_launcher(static_cast<const Kernel *>(kernel)->get());
  auto launch = reinterpret_cast<Launch>(launcher->driver_launch);
  Clock::time_point start = Clock::now();
  for (int i = 0; i < count; ++i)
    if (launch(launcher->function, 1, 1, 1, launcher->block_x, 1, 1, launcher->shared_bytes, stream, args, nullptr))
      return -1;
  return microseconds(start, count);
}

/// Microseconds of Kernel::launch, which checks and packs the 13 arguments each time; negative when it refuses.
double bench_cpp(const void *kernel, void *stream, void **args, int count) {
  const Kernel &ready = *static_cast<const Kernel *>(kernel);
  uint16_t *p[4];
  int32_t n[8];
  for (int i = 0; i < 4; ++i)
    p[i] = *static_cast<uint16_t **>(args[i]);
  for (int i = 0; i < 8; ++i)
    n[i] = *static_cast<int32_t *>(args[4 + i]);
  float eps = *static_cast<float *>(args[12]);
  Clock::time_point start = Clock::now();
  for (int i = 0; i < count; ++i)
    if (!ready.launch({1}, stream, p[0], p[1], p[2], p[3], n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], eps).ok())
      return -1;
  return microseconds(start, count);
}

} // extern "C"
