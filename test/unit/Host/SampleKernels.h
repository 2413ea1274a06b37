//===- SampleKernels.h - Tile IR of whole kernels ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace tegula::testing {

inline std::string replaced(std::string text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

inline const char *const kRmsNorm = R"(
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

/// RMSNorm of rows of up to 4096 elements: x, w, out, stride, n, eps.
inline std::string rmsNorm(const std::string &element) {
  std::string text = kRmsNorm;
  bool single = element == "f32";
  auto cast = [&](const char *op, const char *to, const char *from, const std::string &types) {
    return std::string("%") + to + " = " + op + " %" + from + " : " + types;
  };
  std::string ext = "tensor<4096x" + element + "> to tensor<4096xf32>",
              trunc = "tensor<4096xf32> to tensor<4096x" + element + ">";
  text = replaced(text, "EXTX", single ? "" : cast("arith.extf", "xv", "xh", ext));
  text = replaced(text, "EXTW", single ? "" : cast("arith.extf", "wv", "wh", ext));
  text = replaced(text, "TRUNC", single ? "" : cast("arith.truncf", "yh", "y", trunc));
  if (single)
    text = replaced(replaced(replaced(text, "%xh", "%xv"), "%wh", "%wv"), "%yh", "%y");
  return replaced(text, "ELEM", element);
}

/// Softmax of rows of up to 4096 elements: x, out, stride, n.
inline std::string softmax() {
  return R"(
func.func @softmax(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>, %stride: i32, %n: i32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %row = arith.muli %pid, %stride : i32
  %xr = tile.addptr %x, %row : !tile.ptr<f32>, i32
  %or = tile.addptr %out, %row : !tile.ptr<f32>, i32
  %o = tile.arange 0, 4096 : tensor<4096xi32>
  %ns = tile.splat %n : i32 -> tensor<4096xi32>
  %m = arith.cmpi slt, %o, %ns : tensor<4096xi32>
  %xs = tile.splat %xr : !tile.ptr<f32> -> tensor<4096x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<4096x!tile.ptr<f32>>, tensor<4096xi32>
  %low = arith.constant dense<0xFF800000> : tensor<4096xf32>
  %xv = tile.load %xp mask %m other %low : tensor<4096x!tile.ptr<f32>> -> tensor<4096xf32>
  %max = tile.reduce (%xv) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %t = arith.maxnumf %a, %b : f32
    tile.yield %t : f32
  }
  %ms = tile.splat %max : f32 -> tensor<4096xf32>
  %d = arith.subf %xv, %ms fastmath<contract> : tensor<4096xf32>
  %e = math.exp %d fastmath<afn> : tensor<4096xf32>
  %sum = tile.reduce (%e) axis 0 : (tensor<4096xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %t = arith.addf %a, %b fastmath<reassoc,nsz,contract> : f32
    tile.yield %t : f32
  }
  %ss = tile.splat %sum : f32 -> tensor<4096xf32>
  %y = arith.divf %e, %ss fastmath<contract,afn> : tensor<4096xf32>
  %os = tile.splat %or : !tile.ptr<f32> -> tensor<4096x!tile.ptr<f32>>
  %op = tile.addptr %os, %o : tensor<4096x!tile.ptr<f32>>, tensor<4096xi32>
  tile.store %op, %y mask %m : tensor<4096x!tile.ptr<f32>>
  return
})";
}

} // namespace tegula::testing
