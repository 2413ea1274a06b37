//===- HostTest.cpp - Kernels compiled for the CPU and run ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Host/HostKernel.h"

#include <chrono>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

using tegula::testing::HostKernel;

namespace {
std::mt19937 random_(7);

std::vector<float> randoms(size_t n, float low = -2, float high = 2) {
  std::uniform_real_distribution<float> pick(low, high);
  std::vector<float> values(n);
  for (float &value : values)
    value = pick(random_);
  return values;
}

std::unique_ptr<HostKernel> compile(const std::string &text) {
  std::string error;
  auto kernel = HostKernel::compile(text, error);
  EXPECT_TRUE(kernel) << error;
  return kernel;
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

const char *const kVectorAdd = R"(
func.func @add(%x: !tile.ptr<f32>, %y: !tile.ptr<f32>, %out: !tile.ptr<f32>, %n: i32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %c = arith.constant 1024 : i32
  %s = arith.muli %pid, %c : i32
  %ss = tile.splat %s : i32 -> tensor<1024xi32>
  %a = tile.arange 0, 1024 : tensor<1024xi32>
  %o = arith.addi %ss, %a : tensor<1024xi32>
  %ns = tile.splat %n : i32 -> tensor<1024xi32>
  %m = arith.cmpi slt, %o, %ns : tensor<1024xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %ys = tile.splat %y : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %yp = tile.addptr %ys, %o : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %op = tile.addptr %os, %o : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %xv = tile.load %xp mask %m : tensor<1024x!tile.ptr<f32>> -> tensor<1024xf32>
  %yv = tile.load %yp mask %m : tensor<1024x!tile.ptr<f32>> -> tensor<1024xf32>
  %v = arith.addf %xv, %yv fastmath<contract> : tensor<1024xf32>
  tile.store %op, %v mask %m : tensor<1024x!tile.ptr<f32>>
  return
})";

TEST(Host, adds_vectors_of_ragged_sizes) {
  auto kernel = compile(kVectorAdd);
  ASSERT_TRUE(kernel);
  for (int32_t n : {0, 1, 3, 1000, 1024, 1025, 5000}) {
    std::vector<float> x = randoms(n + 8), y = randoms(n + 8), out(n + 8, -77.0f);
    float *xp = x.data(), *yp = y.data(), *op = out.data();
    kernel->run({&xp, &yp, &op, &n}, (n + 1023) / 1024);
    for (int i = 0; i < n + 8; ++i)
      ASSERT_EQ(out[i], i < n ? x[i] + y[i] : -77.0f) << i << " of " << n;
  }
}

TEST(Host, overlapping_vectors_are_read_before_they_are_written) {
  auto kernel = compile(kVectorAdd);
  ASSERT_TRUE(kernel);
  int32_t n = 1000;
  for (int shift : {-5, -1, 0, 1, 7, 500, 2000}) {
    std::vector<float> memory = randoms(6000), before = memory, y = randoms(1024);
    float *xp = memory.data() + 2500, *yp = y.data(), *op = xp + shift;
    kernel->run({&xp, &yp, &op, &n}, 1);
    for (int i = 0; i < 6000; ++i) {
      int k = i - 2500 - shift;
      ASSERT_EQ(memory[i], k >= 0 && k < n ? before[2500 + k] + y[k] : before[i]) << i << " shift " << shift;
    }
  }
}

const char *const kRmsNorm = R"(
func.func @rmsnorm(%x: !tile.ptr<ELEM> {tile.divisibility = 16 : i64}, %w: !tile.ptr<ELEM> {tile.divisibility = 16 : i64},
    %out: !tile.ptr<ELEM> {tile.divisibility = 16 : i64}, %stride: i32, %n: i32, %eps: f32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %row = arith.muli %pid, %stride : i32
  %xr = tile.addptr %x, %row : !tile.ptr<ELEM>, i32
  %or = tile.addptr %out, %row : !tile.ptr<ELEM>, i32
  %o = tile.arange 0, 4096 : tensor<4096xi32>
  %ns = tile.splat %n : i32 -> tensor<4096xi32>
  %m = arith.cmpi slt, %o, %ns : tensor<4096xi32>
  %xs = tile.splat %xr : !tile.ptr<ELEM> -> tensor<4096x!tile.ptr<ELEM>>
  %xp = tile.addptr %xs, %o : tensor<4096x!tile.ptr<ELEM>>, tensor<4096xi32>
  %z = arith.constant dense<0.0> : tensor<4096xELEM>
  %xh = tile.load %xp mask %m other %z : tensor<4096x!tile.ptr<ELEM>> -> tensor<4096xELEM>
  EXTX
  %sq = arith.mulf %xv, %xv fastmath<contract> : tensor<4096xf32>
  %sum = tile.reduce (%sq) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %t = arith.addf %a, %b fastmath<reassoc,contract> : f32
    tile.yield %t : f32
  }
  %nf = arith.sitofp %n : i32 to f32
  %var = arith.divf %sum, %nf fastmath<afn> : f32
  %ve = arith.addf %var, %eps fastmath<contract> : f32
  %rt = math.sqrt %ve fastmath<afn> : f32
  %one = arith.constant 1.0 : f32
  %r = arith.divf %one, %rt fastmath<afn> : f32
  %ws = tile.splat %w : !tile.ptr<ELEM> -> tensor<4096x!tile.ptr<ELEM>>
  %wp = tile.addptr %ws, %o : tensor<4096x!tile.ptr<ELEM>>, tensor<4096xi32>
  %wh = tile.load %wp mask %m : tensor<4096x!tile.ptr<ELEM>> -> tensor<4096xELEM>
  EXTW
  %rs = tile.splat %r : f32 -> tensor<4096xf32>
  %y0 = arith.mulf %xv, %rs fastmath<contract> : tensor<4096xf32>
  %y = arith.mulf %y0, %wv fastmath<contract> : tensor<4096xf32>
  TRUNC
  %os = tile.splat %or : !tile.ptr<ELEM> -> tensor<4096x!tile.ptr<ELEM>>
  %op = tile.addptr %os, %o : tensor<4096x!tile.ptr<ELEM>>, tensor<4096xi32>
  tile.store %op, %yh mask %m : tensor<4096x!tile.ptr<ELEM>>
  return
})";

std::string rmsNorm(const std::string &element) {
  std::string text = kRmsNorm;
  bool single = element == "f32";
  auto cast = [&](const char *op, const char *to, const char *from, const std::string &types) {
    return std::string("%") + to + " = " + op + " %" + from + " : " + types;
  };
  std::string ext = "tensor<4096x" + element + "> to tensor<4096xf32>", trunc = "tensor<4096xf32> to tensor<4096x" + element + ">";
  text = replaced(text, "EXTX", single ? "" : cast("arith.extf", "xv", "xh", ext));
  text = replaced(text, "EXTW", single ? "" : cast("arith.extf", "wv", "wh", ext));
  text = replaced(text, "TRUNC", single ? "" : cast("arith.truncf", "yh", "y", trunc));
  if (single)
    text = replaced(replaced(replaced(text, "%xh", "%xv"), "%wh", "%wv"), "%yh", "%y");
  return replaced(text, "ELEM", element);
}

TEST(Host, rmsnorm_in_single_precision) {
  auto kernel = compile(rmsNorm("f32"));
  ASSERT_TRUE(kernel);
  printf("compiled in %.1f ms, scratch %ld\n", kernel->milliseconds, long(kernel->scratchBytes));
  for (int32_t n : {1, 7, 100, 3001, 4096}) {
    int32_t rows = 5, stride = n;
    float eps = 1e-5f;
    for (bool inPlace : {false, true}) {
      std::vector<float> x = randoms(rows * n), w = randoms(n), out(rows * n, -77.0f), before = x;
      float *xp = x.data(), *wp = w.data(), *op = inPlace ? xp : out.data();
      kernel->run({&xp, &wp, &op, &stride, &n, &eps}, rows);
      for (int r = 0; r < rows; ++r) {
        double sum = 0;
        for (int i = 0; i < n; ++i)
          sum += double(before[r * n + i]) * before[r * n + i];
        double scale = 1 / std::sqrt(sum / n + eps);
        for (int i = 0; i < n; ++i)
          ASSERT_NEAR(op[r * n + i], before[r * n + i] * scale * w[i], 2e-5) << r << " " << i << " n " << n;
      }
    }
  }
}
} // namespace
