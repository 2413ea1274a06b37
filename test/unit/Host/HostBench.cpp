//===- HostBench.cpp - Rows on one thread, against C ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// RMSNorm and softmax of 1024 rows (or as many as the argument says) in single precision: what Tegula compiles beside
// loops written in C and compiled with -O3 -march=native -ffast-math. Best of many runs, taken in turns.
#include "test/unit/Host/HostKernel.h"
#include "test/unit/Host/SampleKernels.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

using namespace tegula::testing;

extern "C" void c_rmsnorm(const float *x, const float *w, float *out, int rows, int stride, int n, float eps);
extern "C" void c_softmax(const float *x, float *out, int rows, int stride, int n);

static double nanoseconds(const std::function<void()> &work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

int main(int argc, char **argv) {
  std::string error;
  auto rms = HostKernel::compile(rmsNorm("f32"), error), soft = HostKernel::compile(softmax(), error);
  if (!rms || !soft)
    return std::fprintf(stderr, "%s\n", error.c_str()), 1;
  for (int i = 0; i < 5; ++i) {
    std::clock_t start = std::clock();
    auto again = HostKernel::compile(rmsNorm("f32"), error);
    std::printf("rmsnorm compiles in %.1f ms of processor time, %.1f ms in all\n",
                1e3 * double(std::clock() - start) / CLOCKS_PER_SEC, again->milliseconds);
  }
  const int rows = argc > 1 ? std::atoi(argv[1]) : 1024;
  std::vector<char> scratch(std::max(rms->scratchBytes, soft->scratchBytes) + 64);
  void *aligned = reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(scratch.data()) + 63) & ~uintptr_t(63));
  for (int32_t n : {4096, 3001, 1000}) {
    int32_t stride = n, grid[3] = {rows, 1, 1};
    float eps = 1e-6f;
    std::vector<float> x(size_t(rows) * n, 0.5f), w(n, 1.5f), out(size_t(rows) * n);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = float(i * 2654435761u % 1000) / 500 - 1;
    float *xp = x.data(), *wp = w.data(), *op = out.data();
    void *rmsArgs[] = {&xp, &wp, &op, &stride, &n, &eps}, *softArgs[] = {&xp, &op, &stride, &n};
    struct {
      const char *name;
      std::function<void()> run;
      double best = 1e30;
    } all[] = {{"rmsnorm tegula", [&] { rms->entry(rmsArgs, grid, 0, rows, aligned); }},
               {"rmsnorm C", [&] { c_rmsnorm(xp, wp, op, rows, stride, n, eps); }},
               {"softmax tegula", [&] { soft->entry(softArgs, grid, 0, rows, aligned); }},
               {"softmax C", [&] { c_softmax(xp, op, rows, stride, n); }}};
    for (int round = 0; round < 200; ++round)
      for (size_t k = 0; k < std::size(all); ++k) { // each after each other as often: caches remember
        auto &one = all[round % 2 ? k : std::size(all) - 1 - k];
        one.best = std::min(one.best, nanoseconds(one.run));
      }
    for (auto &one : all)
      std::printf("n %5d  %-15s %8.0f ns a row\n", n, one.name, one.best / rows);
  }
}
