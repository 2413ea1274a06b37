// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#two = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]] warp=[]>

// CHECK-LABEL: llvm.func @floats_narrow_in_pairs(
// CHECK: llvm.fptrunc %{{.*}} : vector<2xf32> to vector<2xbf16>
// CHECK-NOT: llvm.fptrunc
func.func @floats_narrow_in_pairs(%p: !tile.ptr<bf16> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %i = tile.arange 0, 64 : tensor<64xi32, #two>
  %f = arith.sitofp %i : tensor<64xi32, #two> to tensor<64xf32, #two>
  %h = arith.truncf %f : tensor<64xf32, #two> to tensor<64xbf16, #two>
  %s = tile.splat %p : !tile.ptr<bf16> -> tensor<64x!tile.ptr<bf16>, #two>
  %q = tile.addptr %s, %i : tensor<64x!tile.ptr<bf16>, #two>, tensor<64xi32, #two>
  tile.store %q, %h : tensor<64x!tile.ptr<bf16>, #two>
  return
}

// CHECK-LABEL: llvm.func @toward_zero_and_eight_bits(
// CHECK: cvt.rz.f16.f32
// CHECK: cvt.rn.satfinite.e4m3x2.f32
// CHECK: cvt.rn.f16x2.e4m3x2
func.func @toward_zero_and_eight_bits(%p: !tile.ptr<f16>, %x: f32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %0 = tile.fp_to_fp %x rounding = rtz : f32 -> f16
  tile.store %p, %0 : !tile.ptr<f16>
  %1 = tile.fp_to_fp %x rounding = rtne : f32 -> f8E4M3FN
  %2 = tile.fp_to_fp %1 : f8E4M3FN -> f16
  tile.store %p, %2 : !tile.ptr<f16>
  return
}
