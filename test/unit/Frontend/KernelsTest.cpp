//===- KernelsTest.cpp - Whole kernels --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/unit/Frontend/Compile.h"

using namespace tegula;
using namespace tegula::test;

TEST(Kernels, VectorAdd) {
  std::string ir = irOf(R"(
@triton.jit
def kernel(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr):
    pid = tl.program_id(axis=0)
    offs = pid * BLOCK + tl.arange(0, BLOCK)
    mask = offs < n
    x = tl.load(x_ptr + offs, mask=mask)
    y = tl.load(y_ptr + offs, mask=mask)
    tl.store(out_ptr + offs, x + y, mask=mask)
)",
                        "*fp32:16,*fp32:16,*fp32:16,i32:16,B=128");
  EXPECT_HAS(ir, "func.func @kernel(%arg0: !tile.ptr<f32> {tile.divisibility = 16 : i64, tile.name = \"x_ptr\"}");
  EXPECT_HAS(ir, "attributes {tile.kernel}");
  EXPECT_HAS(ir, "tile.load %8 mask %6 : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>");
  EXPECT_HAS(ir, "arith.addf %9, %12 fastmath<contract> : tensor<128xf32>");
}

TEST(Kernels, RMSNorm) {
  std::string ir = irOf(R"(
@triton.jit
def kernel(x_ptr, w_ptr, out_ptr, stride, N, eps, BLOCK_SIZE: tl.constexpr):
    """One row a program."""
    row = tl.program_id(0)
    cols = tl.arange(0, BLOCK_SIZE)
    mask = cols < N
    x = tl.load(x_ptr + row * stride + cols, mask=mask, other=0.0).to(tl.float32)
    w = tl.load(w_ptr + cols, mask=mask, other=0.0).to(tl.float32)
    var = tl.sum(x * x, axis=0) / N
    rstd = 1.0 / tl.sqrt(var + eps)
    tl.store(out_ptr + row * stride + cols, x * rstd * w, mask=mask)
)",
                        "*fp16:16,*fp16:16,*fp16:16,i32:16,i32:16,fp32,B=4096");
  EXPECT_HAS(ir, "arith.addf %arg6, %arg7 fastmath<reassoc,nsz,contract> : f32");
  EXPECT_HAS(ir, "fastmath<contract,afn> : f32");
  EXPECT_HAS(ir, "math.sqrt %18 fastmath<afn> : f32");
  EXPECT_HAS(ir, "arith.truncf");
}

TEST(Kernels, Random) {
  std::string ir = irOf(R"(
@triton.jit
def kernel(p, seed, B: tl.constexpr):
    offsets = tl.arange(0, B)
    x = tl.rand(seed, offsets) + tl.randn(seed, offsets.to(tl.int64))
    a, b, c, d = tl.randint4x(seed, offsets, 7)
    tl.static_assert(x.dtype == tl.float32 and a.dtype == tl.uint32)
    tl.store(p + offsets, x + (a ^ b ^ c ^ d))
)",
                        "*fp32,i32,B=64");
  EXPECT_HAS(ir, "arith.shrui");
}

TEST(Kernels, ShapesAndOrder) {
  std::string ir = irOf(R"(
@triton.jit
def kernel(p, n, B: tl.constexpr):
    a = tl.load(p + tl.arange(0, B))
    b = tl.cat(a, a)
    c = tl.interleave(a, b.reshape(2, B).sum(0))
    d = tl.flip(b, 0)
    f, g = tl.split(tl.join(a, a))
    h = tl.broadcast_to(tl.expand_dims(f, [0, 2]), 4, B, 2)
    k = tl.unsqueeze(tl.squeeze(h[None, :], 0), 0)
    tl.static_assert(k.shape == (1, 4, B, 2) and c.shape == (2 * B,) and d.shape == b.shape)
    m, j = tl.max(h, 1, return_indices=True)
    i, jj = tl.swizzle2d(tl.program_id(0), tl.program_id(1), n, 8, 4)
    s = tl.softmax(a) + tl.sigmoid(a) + tl.zeros_like(a)
    tl.store(p + i + tl.arange(0, B), s + tl.cumsum(a) + tl.sum(j) + tl.argmin(a, 0) + jj + tl.xor_sum(j))
)",
                        "*fp32,i32,B=64");
  EXPECT_HAS(ir, "tile.scan");
  EXPECT_HAS(ir, "tile.join");
}

TEST(Kernels, ReductionsWithFunctions) {
  std::string ir = irOf(R"(
@triton.jit
def plus(a, b):
    return a + b

@triton.jit
def welford(mean1, m1, w1, mean2, m2, w2):
    w = w1 + w2
    delta = mean2 - mean1
    return mean1 + delta * w2 / w, m1 + m2 + delta * delta * w1 * w2 / w, w

@triton.jit
def kernel(p, n, B: tl.constexpr):
    x = tl.load(p + tl.arange(0, B))
    mean, m, w = tl.reduce((x, tl.zeros_like(x), tl.full((B,), 1.0, tl.float32)), 0, welford)
    y = tl.associative_scan(x, 0, plus, reverse=True)
    tl.store(p + tl.arange(0, B), y + tl.reduce(x, 0, plus) + mean + m + w)
)",
                        "*fp32,i32,B=64");
  // A user's additions keep their order.
  EXPECT_HAS(ir, "fastmath<contract> : f32\n      tile.yield");
  EXPECT_HAS(ir, "reverse");
}

TEST(Kernels, Libdevice) {
  std::string ir = irOf(R"(
@triton.jit
def kernel(p):
    x = libdevice.tanh(tl.load(p))
    y = libdevice.pow(x, 2) + tl.math.log1p(x) + libdevice.cbrt(x) + tl.math.rsqrt(x) + libdevice.isnan(x)
    tl.store(p, y)
)",
                        "*fp32");
  for (const char *op : {"math.tanh", "math.powf", "math.log1p", "\"__nv_cbrtf\"", "math.rsqrt", "arith.cmpf uno"})
    EXPECT_HAS(ir, op);
}
