//===- launch-bench.cpp - What a launch costs, above the driver's own ------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An empty kernel of 13 arguments (four pointers, eight i32, one fp32) on the GPU:
//
//   launch-bench [--rounds N] [--launches N]
//
//   driver          cuLaunchKernel, called through its pointer with the arguments packed before
//   tegula_launch   the C API, arguments packed before
//   launcher        tegula_get_launcher(kernel)->launch, as the Python extension calls it
//   Kernel::launch  the C++ API, which checks and packs the 13 arguments at each launch
//
// Rounds are interleaved and start with an idle GPU; in each, a few launches fewer than the GPU's queue holds are timed
// together. Printed: the median over the rounds, its ratio to the driver's, the difference. Exits with 1 when the C++
// launch costs more than the driver's + 0.3 us, with 77 when there is no GPU.
//===----------------------------------------------------------------------===//
#include "lib/Runtime/KernelImage.h"
#include "tegula/Runtime.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

using namespace tegula::runtime;

namespace {

constexpr double allowedExtra = 0.3; // microseconds
constexpr int numPointers = 4, numIntegers = 8;

std::string ptx() {
  std::string text = ".version 7.0\n.target sm_80\n.address_size 64\n.visible .entry thirteen(\n";
  for (int i = 0; i < numPointers; ++i)
    text += "  .param .u64 p" + std::to_string(i) + ",\n";
  for (int i = 0; i < numIntegers; ++i)
    text += "  .param .u32 n" + std::to_string(i) + ",\n";
  return text + "  .param .f32 eps)\n{ ret; }\n";
}

KernelImage image() {
  KernelImage image;
  image.metadata.name = "thirteen";
  image.metadata.target = "sm_80";
  for (int i = 0; i < numPointers; ++i)
    image.metadata.arguments.push_back({"p" + std::to_string(i), "*fp16", 16});
  for (int i = 0; i < numIntegers; ++i)
    image.metadata.arguments.push_back({"n" + std::to_string(i), "i32", i < 2 ? 16u : 1u});
  image.metadata.arguments.push_back({"eps", "fp32", 1});
  image.setSection("ptx", ptx());
  return image;
}

struct Way {
  const char *name;
  std::function<bool(int launches)> run; ///< false: a launch failed
  std::vector<double> times = {};        ///< microseconds a launch, by round
  double median() {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }
};

int fail(const std::string &message, tegula_status code) {
  std::fprintf(stderr, "launch-bench: error: %s\n", message.c_str());
  return code == TEGULA_ERROR_NO_DRIVER || code == TEGULA_ERROR_NO_DEVICE ? 77 : 1;
}

long option(int argc, char **argv, const char *name, long otherwise) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], name) == 0)
      return std::max(1L, std::atol(argv[i + 1]));
  return otherwise;
}

} // namespace

int main(int argc, char **argv) {
  const int rounds = int(option(argc, argv, "--rounds", 300));
  const int launches = int(option(argc, argv, "--launches", 200));
  const std::string bytes = image().serialize();
  Result<Kernel> loaded = Kernel::load(std::as_bytes(std::span(bytes)));
  if (!loaded)
    return fail(loaded.status().message(), loaded.status().code());
  const Kernel &kernel = *loaded;
  Result<Stream> stream = Stream::create(kernel.device());
  Result<Buffer<uint16_t>> buffer = Buffer<uint16_t>::create(4096, kernel.device());
  if (!stream || !buffer)
    return fail(stream ? buffer.status().message() : stream.status().message(), TEGULA_ERROR_DRIVER);

  const tegula_launcher *launcher = tegula_get_launcher(kernel.get());
  void *where = stream->get();
  uint16_t *p = buffer->data();
  int32_t n = 4096;
  float eps = 1e-6f;
  void *args[] = {&p, &p, &p, &p, &n, &n, &n, &n, &n, &n, &n, &n, &eps};
  using DriverLaunch =
      int (*)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **);
  auto driver = reinterpret_cast<DriverLaunch>(launcher->driver_launch);

  std::vector<Way> ways;
  ways.push_back({"driver", [&](int count) {
                    bool ok = true;
                    for (int i = 0; i < count; ++i)
                      ok &= driver(launcher->function, 64, 1, 1, launcher->block_x, 1, 1, launcher->shared_bytes, where,
                                   args, nullptr) == 0;
                    return ok;
                  }});
  ways.push_back({"tegula_launch", [&](int count) {
                    bool ok = true;
                    for (int i = 0; i < count; ++i)
                      ok &= tegula_launch(kernel.get(), 64, 1, 1, where, args) == TEGULA_OK;
                    return ok;
                  }});
  ways.push_back({"launcher", [&](int count) {
                    bool ok = true;
                    for (int i = 0; i < count; ++i)
                      ok &= launcher->launch(launcher, 64, 1, 1, where, args) == TEGULA_OK;
                    return ok;
                  }});
  ways.push_back({"Kernel::launch", [&](int count) {
                    bool ok = true;
                    for (int i = 0; i < count; ++i)
                      ok &= kernel.launch({64}, where, p, p, p, p, n, n, n, n, n, n, n, n, eps).ok();
                    return ok;
                  }});

  if (!ways[1].run(1)) // also makes the context current on this thread
    return fail(tegula_last_error(), TEGULA_ERROR_DRIVER);
  for (int round = -10; round < rounds; ++round)
    for (size_t k = 0; k < ways.size(); ++k) {
      Way &way = ways[(k + size_t(round + 10)) % ways.size()]; // each comes first equally often
      if (Status status = stream->synchronize(); !status)
        return fail(status.message(), status.code());
      auto start = std::chrono::steady_clock::now();
      bool ok = way.run(launches);
      double time = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
      if (!ok)
        return fail(std::string(way.name) + ": " + tegula_last_error(), TEGULA_ERROR_DRIVER);
      if (round >= 0)
        way.times.push_back(time / launches);
    }

  const double base = ways[0].median();
  std::printf("13 arguments, %s, median of %d rounds of %d launches\n", Device::info(kernel.device())->name, rounds,
              launches);
  std::printf("%-16s %8s %8s %10s\n", "", "us", "ratio", "extra us");
  for (Way &way : ways)
    std::printf("%-16s %8.3f %8.3f %+10.3f\n", way.name, way.median(), way.median() / base, way.median() - base);
  const double extra = ways.back().median() - base;
  std::printf("C++ launch: driver %+.3f us, allowed %+.1f: %s\n", extra, allowedExtra,
              extra <= allowedExtra ? "ok" : "TOO SLOW");
  return extra <= allowedExtra ? 0 : 1;
}
