// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#row = #tile_gpu.layout<[512] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[[128], [256]]>
#tile = #tile_gpu.layout<[4, 64] register=[[0, 1]] lane=[[0, 2], [0, 4], [0, 8], [0, 16], [0, 32]] warp=[[1, 0], [2, 0]]>
#slice = #tile_gpu.layout<[4] register=[] lane=[[0], [0], [0], [0], [0]] warp=[[1], [2]]>

// Registers first, then lanes, then one exchange between the warps behind one barrier.
// CHECK-LABEL: llvm.func @registers_then_lanes_then_warps(
// CHECK-COUNT-3: llvm.fadd
// CHECK: nvvm.shfl.sync bfly
// CHECK: llvm.fadd
// CHECK-COUNT-4: nvvm.shfl.sync bfly
// CHECK: st.shared.b32
// CHECK: nvvm.barrier
// CHECK: llvm.load %{{.*}} : !llvm.ptr<3> -> vector<4xf32>
// CHECK-COUNT-3: llvm.fadd
// CHECK-NOT: nvvm.barrier
func.func @registers_then_lanes_then_warps(%x: f32, %out: !tile.ptr<f32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 512 : tensor<512xi32, #row>
  %v = arith.sitofp %i : tensor<512xi32, #row> to tensor<512xf32, #row>
  %s = tile.reduce (%v) axis 0 {tile_gpu.shared_offset = 0 : i32} : (tensor<512xf32, #row>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  tile.store %out, %s : !tile.ptr<f32>
  return
}

// CHECK-LABEL: llvm.func @an_axis_within_warps_needs_no_barrier(
// CHECK: llvm.fmul
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK-NOT: nvvm.barrier
// CHECK-NOT: !llvm.ptr<3>
func.func @an_axis_within_warps_needs_no_barrier(%out: !tile.ptr<f32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = arith.constant dense<2.0> : tensor<4x64xf32, #tile>
  %s = tile.reduce (%i) axis 1 : (tensor<4x64xf32, #tile>) -> tensor<4xf32, #slice> {
  ^bb0(%a: f32, %b: f32):
    %c = arith.mulf %a, %b : f32
    tile.yield %c : f32
  }
  %p = tile.splat %out : !tile.ptr<f32> -> tensor<4x!tile.ptr<f32>, #slice>
  tile.store %p, %s : tensor<4x!tile.ptr<f32>, #slice>
  return
}

// Both operands travel behind the same barrier.
// CHECK-LABEL: llvm.func @operands_share_the_barrier(
// CHECK: st.shared.b32
// CHECK: st.shared.b32
// CHECK: nvvm.barrier
// CHECK-NOT: nvvm.barrier
// CHECK: llvm.return
func.func @operands_share_the_barrier(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 512 : tensor<512xi32, #row>
  %v = arith.sitofp %i : tensor<512xi32, #row> to tensor<512xf32, #row>
  %m:2 = tile.reduce (%v, %i) axis 0 {tile_gpu.shared_offset = 0 : i32} : (tensor<512xf32, #row>, tensor<512xi32, #row>) -> (f32, i32) {
  ^bb0(%a: f32, %j: i32, %b: f32, %k: i32):
    %g = arith.cmpf ogt, %a, %b : f32
    %x = arith.select %g, %a, %b : f32
    %y = arith.select %g, %j, %k : i32
    tile.yield %x, %y : f32, i32
  }
  tile.store %out, %m#1 : !tile.ptr<i32>
  return
}
