// RUN: tegula-opt %s --assign-layouts --tile-gpu-verify-layouts | FileCheck %s
// CHECK-DAG: #[[SMALL:.*]] = #tile_gpu.layout<[16] lane=[{{\[}}1], [2], [4], [8], [0]] warp=[{{\[}}0], [0]]>

// Interleaving two rows for one wide store: the new axis lies in registers, the flat block is contiguous.
// CHECK-LABEL: func.func @interleaves
// CHECK-NOT: convert_layout
// CHECK: tile.join
// CHECK: tile.reshape
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 4 : i32}
func.func @interleaves(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %o: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 512 : tensor<512xi32>
  %r2 = tile.arange 0, 1024 : tensor<1024xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<512x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %r : tensor<512x!tile.ptr<f32>>, tensor<512xi32>
  %yb = tile.splat %y : !tile.ptr<f32> -> tensor<512x!tile.ptr<f32>>
  %yp = tile.addptr %yb, %r : tensor<512x!tile.ptr<f32>>, tensor<512xi32>
  %a = tile.load %xp : tensor<512x!tile.ptr<f32>> -> tensor<512xf32>
  %b = tile.load %yp : tensor<512x!tile.ptr<f32>> -> tensor<512xf32>
  %j = tile.join %a, %b : tensor<512xf32> -> tensor<512x2xf32>
  %f = tile.reshape %j : tensor<512x2xf32> -> tensor<1024xf32>
  %ob = tile.splat %o : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %op = tile.addptr %ob, %r2 : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  tile.store %op, %f : tensor<1024x!tile.ptr<f32>>
  return
}

// CHECK-LABEL: func.func @takes_pairs_apart
// CHECK-NOT: convert_layout
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 4 : i32}
// CHECK: tile.split
func.func @takes_pairs_apart(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %o: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 512 : tensor<512xi32>
  %r2 = tile.arange 0, 1024 : tensor<1024xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<1024x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %r2 : tensor<1024x!tile.ptr<f32>>, tensor<1024xi32>
  %v = tile.load %xp : tensor<1024x!tile.ptr<f32>> -> tensor<1024xf32>
  %j = tile.reshape %v : tensor<1024xf32> -> tensor<512x2xf32>
  %a, %b = tile.split %j : tensor<512x2xf32> -> tensor<512xf32>
  %s = arith.mulf %a, %b : tensor<512xf32>
  %ob = tile.splat %o : !tile.ptr<f32> -> tensor<512x!tile.ptr<f32>>
  %op = tile.addptr %ob, %r : tensor<512x!tile.ptr<f32>>, tensor<512xi32>
  tile.store %op, %s : tensor<512x!tile.ptr<f32>>
  return
}

// Fewer elements than threads: replicas.
// CHECK-LABEL: func.func @small_block
// CHECK: tile.load %{{.*}} : tensor<16x!tile.ptr<f32>, #[[SMALL]]>
func.func @small_block(%x: !tile.ptr<f32>) attributes {tile.kernel} {
  %r = tile.arange 0, 16 : tensor<16xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<16x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %r : tensor<16x!tile.ptr<f32>>, tensor<16xi32>
  %v = tile.load %xp : tensor<16x!tile.ptr<f32>> -> tensor<16xf32>
  %n = arith.negf %v : tensor<16xf32>
  tile.store %xp, %n : tensor<16x!tile.ptr<f32>>
  return
}

// A thread would hold 256 registers of the row with four warps.
// CHECK-LABEL: func.func @wide_block
// CHECK-SAME: tile_gpu.num_warps = 8 : i32
func.func @wide_block(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}) attributes {tile.kernel, tile_gpu.num_warps = 4 : i32} {
  %r = tile.arange 0, 32768 : tensor<32768xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<32768x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %r : tensor<32768x!tile.ptr<f32>>, tensor<32768xi32>
  %v = tile.load %xp : tensor<32768x!tile.ptr<f32>> -> tensor<32768xf32>
  %n = arith.negf %v : tensor<32768xf32>
  tile.store %xp, %n : tensor<32768x!tile.ptr<f32>>
  return
}

// No block at all.
// CHECK-LABEL: func.func @scalars
// CHECK: tile.load %{{.*}} : !tile.ptr<f32> -> f32
func.func @scalars(%x: !tile.ptr<f32>) attributes {tile.kernel} {
  %v = tile.load %x : !tile.ptr<f32> -> f32
  tile.store %x, %v : !tile.ptr<f32>
  return
}
