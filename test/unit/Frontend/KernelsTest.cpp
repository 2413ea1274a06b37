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
