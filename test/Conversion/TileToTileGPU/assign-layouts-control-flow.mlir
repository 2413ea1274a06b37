// RUN: tegula-opt %s --assign-layouts --tile-gpu-verify-layouts | FileCheck %s

// CHECK-LABEL: func.func @branch
// CHECK: %[[V:.*]] = scf.if %{{.*}} -> (tensor<256xf32, #[[L:.*]]>) {
// CHECK: scf.yield %{{.*}} : tensor<256xf32, #[[L]]>
// CHECK: } else {
// CHECK: scf.yield %{{.*}} : tensor<256xf32, #[[L]]>
// CHECK: tile.store %{{.*}}, %[[V]]
func.func @branch(%p: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %c: i1) attributes {tile.kernel} {
  %r = tile.arange 0, 256 : tensor<256xi32>
  %b = tile.splat %p : !tile.ptr<f32> -> tensor<256x!tile.ptr<f32>>
  %q = tile.addptr %b, %r : tensor<256x!tile.ptr<f32>>, tensor<256xi32>
  %v = scf.if %c -> tensor<256xf32> {
    %l = tile.load %q : tensor<256x!tile.ptr<f32>> -> tensor<256xf32>
    scf.yield %l : tensor<256xf32>
  } else {
    %z = arith.constant dense<0.0> : tensor<256xf32>
    scf.yield %z : tensor<256xf32>
  }
  tile.store %q, %v : tensor<256x!tile.ptr<f32>>
  return
}

// CHECK-LABEL: func.func @while
// CHECK: scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (tensor<256xf32, #[[L:.*]]>, i32) -> (tensor<256xf32, #[[L]]>, i32)
// CHECK: scf.condition(%{{.*}}) %{{.*}}, %{{.*}} : tensor<256xf32, #[[L]]>, i32
// CHECK: scf.yield %{{.*}}, %{{.*}} : tensor<256xf32, #[[L]]>, i32
func.func @while(%p: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 256 : tensor<256xi32>
  %b = tile.splat %p : !tile.ptr<f32> -> tensor<256x!tile.ptr<f32>>
  %q = tile.addptr %b, %r : tensor<256x!tile.ptr<f32>>, tensor<256xi32>
  %z = arith.constant dense<0.0> : tensor<256xf32>
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %w:2 = scf.while (%acc = %z, %i = %c0) : (tensor<256xf32>, i32) -> (tensor<256xf32>, i32) {
    %more = arith.cmpi slt, %i, %n : i32
    scf.condition(%more) %acc, %i : tensor<256xf32>, i32
  } do {
  ^bb0(%acc: tensor<256xf32>, %i: i32):
    %l = tile.load %q : tensor<256x!tile.ptr<f32>> -> tensor<256xf32>
    %s = arith.addf %acc, %l : tensor<256xf32>
    %j = arith.addi %i, %c1 : i32
    scf.yield %s, %j : tensor<256xf32>, i32
  }
  tile.store %q, %w#0 : tensor<256x!tile.ptr<f32>>
  return
}

// What the loop does not change moves before it, once.
// CHECK-LABEL: func.func @converts_outside
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 4 : i32}
// CHECK: tile_gpu.convert_layout
// CHECK: scf.for
// CHECK-NOT: convert_layout
// CHECK: return
func.func @converts_outside(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %s: i32 {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 64 : tensor<64xi32>
  %r0 = tile.expand_dims %r 0 : tensor<64xi32> -> tensor<1x64xi32>
  %r1 = tile.expand_dims %r 1 : tensor<64xi32> -> tensor<64x1xi32>
  %sb = tile.splat %s : i32 -> tensor<64x1xi32>
  %m = arith.muli %r1, %sb : tensor<64x1xi32>
  %mb = tile.broadcast %m : tensor<64x1xi32> -> tensor<64x64xi32>
  %cb = tile.broadcast %r0 : tensor<1x64xi32> -> tensor<64x64xi32>
  %o = arith.addi %mb, %cb : tensor<64x64xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<64x64x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %o : tensor<64x64x!tile.ptr<f32>>, tensor<64x64xi32>
  %v = tile.load %xp : tensor<64x64x!tile.ptr<f32>> -> tensor<64x64xf32>
  %t = tile.trans %v [1, 0] : tensor<64x64xf32> -> tensor<64x64xf32>
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  scf.for %i = %c0 to %n step %c1 : i32 {
    %page = arith.muli %i, %s : i32
    %row = tile.addptr %y, %page : !tile.ptr<f32>, i32
    %yb = tile.splat %row : !tile.ptr<f32> -> tensor<64x64x!tile.ptr<f32>>
    %yp = tile.addptr %yb, %o : tensor<64x64x!tile.ptr<f32>>, tensor<64x64xi32>
    %old = tile.load %yp : tensor<64x64x!tile.ptr<f32>> -> tensor<64x64xf32>
    %new = arith.addf %old, %t : tensor<64x64xf32>
    tile.store %yp, %new : tensor<64x64x!tile.ptr<f32>>
  }
  return
}
