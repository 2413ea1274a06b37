// RUN: tegula-opt %s --convert-tile-gpu-to-llvm=target=sm_90a | FileCheck %s

#row = #tile_gpu.layout<[4] register=[[1], [2]] lane=[[0], [0], [0], [0], [0]] warp=[]>
#col = #tile_gpu.layout<[1, 4] register=[[0, 1], [0, 2]] lane=[[0, 0], [0, 0], [0, 0], [0, 0], [0, 0]] warp=[]>
#tile = #tile_gpu.layout<[32, 4] register=[[0, 1], [0, 2]] lane=[[1, 0], [2, 0], [4, 0], [8, 0], [16, 0]] warp=[]>

// Changes of shape are no instructions: the four products are those of the row, computed once for all 32 rows.
// CHECK-LABEL: llvm.func @renaming_costs_nothing(
// CHECK: llvm.mul %{{.*}}, %{{.*}} : i32
// CHECK-NOT: llvm.mul
// CHECK: llvm.store
func.func @renaming_costs_nothing(%p: !tile.ptr<i32> {tile.divisibility = 16 : i64}, %x: i32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %xs = tile.splat %x : i32 -> tensor<4xi32, #row>
  %m = arith.muli %xs, %xs : tensor<4xi32, #row>
  %c = tile.expand_dims %m 0 : tensor<4xi32, #row> -> tensor<1x4xi32, #col>
  %b = tile.broadcast %c : tensor<1x4xi32, #col> -> tensor<32x4xi32, #tile>
  %q = tile.splat %p : !tile.ptr<i32> -> tensor<32x4x!tile.ptr<i32>, #tile>
  tile.store %q, %b : tensor<32x4x!tile.ptr<i32>, #tile>
  return
}

#sides = #tile_gpu.layout<[16, 2] register=[] lane=[[0, 1], [1, 0], [2, 0], [4, 0], [8, 0]] warp=[]>
#halves = #tile_gpu.layout<[16] register=[] lane=[[0], [1], [2], [4], [8]] warp=[]>

// CHECK-LABEL: llvm.func @a_join_across_lanes_keeps_the_side_of_each(
// CHECK: %[[ODD:.*]] = llvm.icmp "ne"
// CHECK: llvm.select %[[ODD]]
func.func @a_join_across_lanes_keeps_the_side_of_each(%p: !tile.ptr<i32> {tile.divisibility = 16 : i64}, %x: i32) attributes {tile.kernel, tile_gpu.num_warps = 1 : i32} {
  %l = tile.arange 0, 16 : tensor<16xi32, #halves>
  %r = tile.splat %x : i32 -> tensor<16xi32, #halves>
  %j = tile.join %l, %r : tensor<16xi32, #halves> -> tensor<16x2xi32, #sides>
  %q = tile.splat %p : !tile.ptr<i32> -> tensor<16x2x!tile.ptr<i32>, #sides>
  tile.store %q, %j : tensor<16x2x!tile.ptr<i32>, #sides>
  return
}
