//===- main.cpp - Launches RMSNorm from C++ -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No Python and no compiler in the process: the kernel was compiled before.
//
//   tegulac kernels/rmsnorm/rmsnorm.py --kernel rmsnorm_kernel --target host -o rmsnorm.tgk
//       --signature "x_ptr: *fp16:16, w_ptr: *fp16:16, out_ptr: *fp16:16, stride: i32:16, N: i32:16, eps: fp32,
//       BLOCK_SIZE: 4096"
//   cpp_launch rmsnorm.tgk [rows] [columns]
//
// With --target sm_90a instead of host the same program runs on the GPU. It compares with a reference in double and
// exits with 0 when all is well, 1 when not, and 77 when the kernel is for a GPU that is not there.
//===----------------------------------------------------------------------===//
#include "tegula/Runtime.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

using namespace tegula::runtime;

namespace {

constexpr float eps = 1e-6f;

int fail(const Status &status) {
  std::fprintf(stderr, "cpp_launch: error: %s\n", status.message().c_str());
  bool noGpu = status.code() == TEGULA_ERROR_NO_DRIVER || status.code() == TEGULA_ERROR_NO_DEVICE;
  return noGpu ? 77 : 1;
}

/// fp16 numbers around 0, the same in each run.
std::vector<uint16_t> randomNumbers(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<uint16_t> numbers(count);
  for (uint16_t &number : numbers)
    number = float16FromFloat(normal(random));
  return numbers;
}

/// The largest difference from RMSNorm in double, against 1 + |expected|.
double maxError(const std::vector<uint16_t> &x, const std::vector<uint16_t> &w, const std::vector<uint16_t> &out,
                size_t columns) {
  double worst = 0;
  for (size_t row = 0; row < x.size() / columns; ++row) {
    double squares = 0;
    for (size_t i = 0; i < columns; ++i)
      squares += std::pow(double(floatFromFloat16(x[row * columns + i])), 2);
    double scale = 1 / std::sqrt(squares / double(columns) + eps);
    for (size_t i = 0; i < columns; ++i) {
      double expected = floatFromFloat16(x[row * columns + i]) * scale * floatFromFloat16(w[i]);
      double error = std::abs(floatFromFloat16(out[row * columns + i]) - expected) / (1 + std::abs(expected));
      worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    }
  }
  return worst;
}

} // namespace

int main(int argc, char **argv) {
  const long rows = argc > 2 ? std::atol(argv[2]) : 1024, columns = argc > 3 ? std::atol(argv[3]) : 4096;
  if (argc < 2 || argc > 4 || rows < 1 || columns < 1 || rows * columns > 1L << 32) {
    std::fprintf(stderr, "usage: cpp_launch KERNEL.tgk [rows] [columns]\n");
    return 1;
  }

  // The CPU or the GPU: whichever the image was compiled for.
  Result<Kernel> kernel = Kernel::load(argv[1]);
  if (!kernel)
    return fail(kernel.status());
  const int device = kernel->device();

  const std::vector<uint16_t> x = randomNumbers(size_t(rows * columns), 1), w = randomNumbers(size_t(columns), 2);
  Result<Buffer<uint16_t>> xs = Buffer<uint16_t>::from(x, device), ws = Buffer<uint16_t>::from(w, device);
  Result<Buffer<uint16_t>> outs = Buffer<uint16_t>::create(x.size(), device);
  for (const auto *buffer : {&xs, &ws, &outs})
    if (!*buffer)
      return fail(buffer->status());
  if (Status status = outs->fill(0xff); !status) // NaNs: what the kernel leaves out is seen
    return fail(status);

  double best = INFINITY;
  for (int round = 0; round < 10; ++round) {
    auto start = std::chrono::steady_clock::now();
    Status status = kernel->launch({uint32_t(rows)}, nullptr, *xs, *ws, *outs, columns, columns, eps);
    if (status)
      status = Device::synchronize(device);
    if (!status)
      return fail(status);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }

  std::vector<uint16_t> out(x.size());
  if (Status status = outs->read(out); !status)
    return fail(status);
  const double error = maxError(x, w, out, size_t(columns)), bound = 1e-3; // fp16 rounds to 4.9e-4 of the value
  const tegula_kernel_info &info = kernel->info();
  std::printf("%s for %s, from %s, on %s: %ld x %ld, %.1f us, %.1f GB/s, max error %.2e (bound %.0e): %s\n", info.name,
              info.target, info.loaded_from,
              device == Device::host ? (std::to_string(Device::hostThreads()) + " threads").c_str()
                                     : Device::info(device)->name,
              rows, columns, best * 1e6, 4e-9 * double(rows) * double(columns) / best, error, bound,
              error <= bound ? "ok" : "WRONG");
  return error <= bound ? 0 : 1;
}
