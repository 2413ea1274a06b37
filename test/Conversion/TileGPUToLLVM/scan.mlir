// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#row = #tile_gpu.layout<[512] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[128], [256]]>

// CHECK-LABEL: llvm.func @registers_lanes_warps(
// CHECK-COUNT-5: nvvm.shfl.sync idx
// CHECK-NOT: nvvm.shfl
// CHECK: llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr<3>
// CHECK: nvvm.barrier
// CHECK-COUNT-4: llvm.load %{{.*}} : !llvm.ptr<3> -> f32
// CHECK-NOT: nvvm.barrier
// CHECK: llvm.return
func.func @registers_lanes_warps(%p: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 512 : tensor<512xi32, #row>
  %v = arith.sitofp %i : tensor<512xi32, #row> to tensor<512xf32, #row>
  %r = tile.scan (%v) axis 0 {tile_gpu.shared_offset = 0 : i32} : tensor<512xf32, #row> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  %s = tile.splat %p : !tile.ptr<f32> -> tensor<512x!tile.ptr<f32>, #row>
  %q = tile.addptr %s, %i : tensor<512x!tile.ptr<f32>, #row>, tensor<512xi32, #row>
  tile.store %q, %r : tensor<512x!tile.ptr<f32>, #row>
  return
}
