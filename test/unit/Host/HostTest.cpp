//===- HostTest.cpp - Kernels compiled for the CPU and run ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Host/HostKernel.h"
#include "test/unit/Host/SampleKernels.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace tegula::testing;

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

TEST(Host, softmax_of_ragged_rows) {
  auto kernel = compile(softmax());
  ASSERT_TRUE(kernel);
  for (int32_t n : {1, 5, 781, 4096}) {
    int32_t rows = 3, stride = n;
    for (bool inPlace : {false, true}) {
      std::vector<float> x = randoms(rows * n, -50, 50), out(rows * n, -77.0f), before = x;
      float *xp = x.data(), *op = inPlace ? xp : out.data();
      kernel->run({&xp, &op, &stride, &n}, rows);
      for (int r = 0; r < rows; ++r) {
        double most = -INFINITY, sum = 0;
        for (int i = 0; i < n; ++i)
          most = std::max<double>(most, before[r * n + i]);
        for (int i = 0; i < n; ++i)
          sum += std::exp(before[r * n + i] - most);
        for (int i = 0; i < n; ++i)
          ASSERT_NEAR(op[r * n + i], std::exp(before[r * n + i] - most) / sum, 1e-6) << r << " " << i << " n " << n;
      }
    }
  }
}

uint16_t half(float x, bool brain) {
  if (brain) {
    uint32_t bits;
    std::memcpy(&bits, &x, 4);
    return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
  }
  _Float16 h = _Float16(x);
  uint16_t bits;
  std::memcpy(&bits, &h, 2);
  return bits;
}

float single(uint16_t bits, bool brain) {
  if (brain) {
    uint32_t wide = uint32_t(bits) << 16;
    float x;
    std::memcpy(&x, &wide, 4);
    return x;
  }
  _Float16 h;
  std::memcpy(&h, &bits, 2);
  return float(h);
}

TEST(Host, rmsnorm_in_half_precisions) {
  for (bool brain : {false, true}) {
    auto kernel = compile(rmsNorm(brain ? "bf16" : "f16"));
    ASSERT_TRUE(kernel);
    for (int32_t n : {7, 3001, 4096}) {
      int32_t stride = n;
      float eps = 1e-5f;
      std::vector<float> xf = randoms(n), wf = randoms(n);
      std::vector<uint16_t> x(n), w(n), out(n);
      for (int i = 0; i < n; ++i) {
        x[i] = half(xf[i], brain);
        w[i] = half(wf[i], brain);
      }
      uint16_t *xp = x.data(), *wp = w.data(), *op = out.data();
      kernel->run({&xp, &wp, &op, &stride, &n, &eps}, 1);
      double sum = 0;
      for (int i = 0; i < n; ++i)
        sum += std::pow(single(x[i], brain), 2);
      double scale = 1 / std::sqrt(sum / n + eps);
      for (int i = 0; i < n; ++i) {
        double want = single(x[i], brain) * scale * single(w[i], brain);
        ASSERT_NEAR(single(out[i], brain), want, std::fabs(want) * (brain ? 4e-3 : 5e-4) + 1e-6) << i << " n " << n;
      }
    }
  }
}

const char *const kAssert = R"(
func.func @check(%x: !tile.ptr<i32>, %n: i32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %a = tile.arange 0, 64 : tensor<64xi32>
  %ns = tile.splat %n : i32 -> tensor<64xi32>
  %ok = arith.cmpi slt, %a, %ns : tensor<64xi32>
  %c60 = arith.constant dense<60> : tensor<64xi32>
  %m = arith.cmpi slt, %a, %c60 : tensor<64xi32>
  tile.assert %ok, "index out of range" mask %m, : tensor<64xi1>, tensor<64xi1>
  %p = tile.addptr %x, %pid : !tile.ptr<i32>, i32
  tile.store %p, %n : !tile.ptr<i32>
  return
})";

TEST(Host, a_failing_assert_ends_the_range_and_leaves_its_message) {
  std::string text =
      replaced(kAssert, "mask %m, : tensor<64xi1>, tensor<64xi1>", "mask %m : tensor<64xi1>, : tensor<64xi1>");
  auto kernel = compile(text);
  ASSERT_TRUE(kernel);
  std::vector<int32_t> x(4, 0);
  int32_t *xp = x.data(), n = 60;
  kernel->run({&xp, &n}, 4);
  EXPECT_EQ(kernel->takeFailure(), "");
  EXPECT_EQ(x, std::vector<int32_t>(4, 60));
  n = 59;
  kernel->run({&xp, &n}, 4);
  EXPECT_NE(kernel->takeFailure().find("index out of range"), std::string::npos);
  EXPECT_EQ(x, std::vector<int32_t>(4, 60)) << "a program went on after its assert";
}

TEST(Host, prints_one_line_an_element) {
  auto kernel = compile(R"(
func.func @show(%n: i32) attributes {tile.kernel} {
  %a = tile.arange 0, 4 : tensor<4xi32>
  %r = tile.reshape %a : tensor<4xi32> -> tensor<2x2xi32>
  %f = arith.sitofp %r : tensor<2x2xi32> to tensor<2x2xf16>
  tile.print "100%: " hex = false, signed = [1, 1] (%r, %f) : tensor<2x2xi32>, tensor<2x2xf16>
  tile.print "n " hex = true, signed = [0] (%n) : i32
  return
})");
  ASSERT_TRUE(kernel);
  testing::internal::CaptureStdout();
  int32_t n = 255;
  kernel->run({&n}, 1);
  std::string said = testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("pid (0, 0, 0) idx (1, 0) 100%: (operand 0) 2\n"), std::string::npos) << said;
  EXPECT_NE(said.find("pid (0, 0, 0) idx (1, 1) 100%: (operand 1) 3.000000\n"), std::string::npos) << said;
  EXPECT_NE(said.find("idx () n 0xff\n"), std::string::npos) << said;
}

/// Rows chosen by an index that is itself loaded; columns contiguous.
TEST(Host, gathers_rows) {
  auto kernel = compile(R"(
func.func @gather(%x: !tile.ptr<f32>, %index: !tile.ptr<i64>, %out: !tile.ptr<f32>, %stride: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 8 : tensor<8xi32>
  %c = tile.arange 0, 32 : tensor<32xi32>
  %is = tile.splat %index : !tile.ptr<i64> -> tensor<8x!tile.ptr<i64>>
  %ip = tile.addptr %is, %r : tensor<8x!tile.ptr<i64>>, tensor<8xi32>
  %iv = tile.load %ip : tensor<8x!tile.ptr<i64>> -> tensor<8xi64>
  %s64 = arith.extsi %stride : i32 to i64
  %ss = tile.splat %s64 : i64 -> tensor<8xi64>
  %row = arith.muli %iv, %ss : tensor<8xi64>
  %re = tile.expand_dims %row 1 : tensor<8xi64> -> tensor<8x1xi64>
  %rb = tile.broadcast %re : tensor<8x1xi64> -> tensor<8x32xi64>
  %ce = tile.expand_dims %c 0 : tensor<32xi32> -> tensor<1x32xi32>
  %cb = tile.broadcast %ce : tensor<1x32xi32> -> tensor<8x32xi32>
  %c64 = arith.extsi %cb : tensor<8x32xi32> to tensor<8x32xi64>
  %o = arith.addi %rb, %c64 : tensor<8x32xi64>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<8x32x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<8x32x!tile.ptr<f32>>, tensor<8x32xi64>
  %v = tile.load %xp : tensor<8x32x!tile.ptr<f32>> -> tensor<8x32xf32>
  %c32 = arith.constant dense<32> : tensor<8xi32>
  %r32 = arith.muli %r, %c32 : tensor<8xi32>
  %oe = tile.expand_dims %r32 1 : tensor<8xi32> -> tensor<8x1xi32>
  %ob = tile.broadcast %oe : tensor<8x1xi32> -> tensor<8x32xi32>
  %oo = arith.addi %ob, %cb : tensor<8x32xi32>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<8x32x!tile.ptr<f32>>
  %op = tile.addptr %os, %oo : tensor<8x32x!tile.ptr<f32>>, tensor<8x32xi32>
  tile.store %op, %v : tensor<8x32x!tile.ptr<f32>>
  return
})");
  ASSERT_TRUE(kernel);
  int32_t stride = 50;
  std::vector<float> x = randoms(20 * stride), out(256, -77.0f);
  std::vector<int64_t> index = {3, 3, 0, 19, 7, 1, 18, 2};
  float *xp = x.data(), *op = out.data();
  int64_t *ip = index.data();
  kernel->run({&xp, &ip, &op, &stride}, 1);
  for (int r = 0; r < 8; ++r)
    for (int c = 0; c < 32; ++c)
      ASSERT_EQ(out[r * 32 + c], x[(r == 7 ? 2 : index[r]) * stride + c]);
}

/// Two stores, each of values from both loads, over the very memory that was loaded.
TEST(Host, rotates_halves_in_place) {
  auto kernel = compile(R"(
func.func @rotate(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>, %half: i32, %c: f32, %s: f32) attributes {tile.kernel} {
  %a = tile.arange 0, 64 : tensor<64xi32>
  %hs = tile.splat %half : i32 -> tensor<64xi32>
  %m = arith.cmpi slt, %a, %hs : tensor<64xi32>
  %b = arith.addi %a, %hs : tensor<64xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>>
  %p1 = tile.addptr %xs, %a : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %p2 = tile.addptr %xs, %b : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %q1 = tile.addptr %os, %a : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %q2 = tile.addptr %os, %b : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %v1 = tile.load %p1 mask %m : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
  %v2 = tile.load %p2 mask %m : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
  %cs = tile.splat %c : f32 -> tensor<64xf32>
  %ss = tile.splat %s : f32 -> tensor<64xf32>
  %c1 = arith.mulf %v1, %cs : tensor<64xf32>
  %s2 = arith.mulf %v2, %ss : tensor<64xf32>
  %c2 = arith.mulf %v2, %cs : tensor<64xf32>
  %s1 = arith.mulf %v1, %ss : tensor<64xf32>
  %o1 = arith.subf %c1, %s2 : tensor<64xf32>
  %o2 = arith.addf %c2, %s1 : tensor<64xf32>
  tile.store %q1, %o1 mask %m : tensor<64x!tile.ptr<f32>>
  tile.store %q2, %o2 mask %m : tensor<64x!tile.ptr<f32>>
  return
})");
  ASSERT_TRUE(kernel);
  for (int32_t half : {1, 33, 64})
    for (int shift : {0, 1, -1, 5, 64, 300}) {
      std::vector<float> memory = randoms(1000), before = memory;
      float *xp = memory.data() + 400, *op = xp + shift, c = 0.25f, s = 0.5f;
      kernel->run({&xp, &op, &half, &c, &s}, 1);
      std::vector<float> want = before;
      for (int i = 0; i < half; ++i)
        want[400 + shift + i] = before[400 + i] * c - before[400 + half + i] * s;
      for (int i = 0; i < half; ++i)
        want[400 + shift + half + i] = before[400 + half + i] * c + before[400 + i] * s;
      for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(memory[i], want[i]) << i << " half " << half << " shift " << shift;
    }
}
} // namespace
