// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#a = #tile_gpu.layout<[64] register=[[1]] lane=[[2], [4], [8], [16], [32]] warp=[]>
#b = #tile_gpu.layout<[64] register=[[32]] lane=[[1], [2], [4], [8], [16]] warp=[]>
#c = #tile_gpu.layout<[128] register=[[1], [2]] lane=[[4], [8], [16], [32], [64]] warp=[]>
#d = #tile_gpu.layout<[128] register=[[2], [1]] lane=[[4], [8], [16], [32], [64]] warp=[]>
#e = #tile_gpu.layout<[256] register=[[1]] lane=[[2], [4], [8], [16], [32]] warp=[[64], [128]]>
#f = #tile_gpu.layout<[256] register=[[128]] lane=[[1], [2], [4], [8], [16]] warp=[[32], [64]]>

// CHECK-LABEL: llvm.func @within_a_warp_by_shuffles(
// CHECK: nvvm.shfl.sync
// CHECK-NOT: !llvm.ptr<3>
// CHECK-NOT: nvvm.barrier
// CHECK: llvm.return
func.func @within_a_warp_by_shuffles(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %i = tile.arange 0, 64 : tensor<64xi32, #a>
  %j = tile_gpu.convert_layout %i : tensor<64xi32, #a> -> tensor<64xi32, #b>
  %p = tile.splat %out : !tile.ptr<i32> -> tensor<64x!tile.ptr<i32>, #b>
  tile.store %p, %j : tensor<64x!tile.ptr<i32>, #b>
  return
}

// CHECK-LABEL: llvm.func @between_registers_for_nothing(
// CHECK-NOT: nvvm.shfl
// CHECK-NOT: nvvm.barrier
// CHECK: llvm.return
func.func @between_registers_for_nothing(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %i = tile.arange 0, 128 : tensor<128xi32, #c>
  %j = tile_gpu.convert_layout %i : tensor<128xi32, #c> -> tensor<128xi32, #d>
  %p = tile.splat %out : !tile.ptr<i32> -> tensor<128x!tile.ptr<i32>, #d>
  tile.store %p, %j : tensor<128x!tile.ptr<i32>, #d>
  return
}

// CHECK-LABEL: llvm.func @between_warps_through_shared_memory(
// CHECK: llvm.store %{{.*}} : {{.*}}, !llvm.ptr<3>
// CHECK: nvvm.barrier
// CHECK: llvm.load %{{.*}} : !llvm.ptr<3>
// CHECK-NOT: nvvm.barrier
// CHECK: llvm.return
func.func @between_warps_through_shared_memory(%out: !tile.ptr<i32>) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %i = tile.arange 0, 256 : tensor<256xi32, #e>
  %j = tile_gpu.convert_layout %i {tile_gpu.shared_offset = 0 : i32} : tensor<256xi32, #e> -> tensor<256xi32, #f>
  %p = tile.splat %out : !tile.ptr<i32> -> tensor<256x!tile.ptr<i32>, #f>
  tile.store %p, %j : tensor<256x!tile.ptr<i32>, #f>
  return
}
