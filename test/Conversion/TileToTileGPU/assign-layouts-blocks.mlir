// RUN: tegula-opt %s --assign-layouts --tile-gpu-verify-layouts | FileCheck %s
// Golden assignments of two-dimensional kernels.

// CHECK-DAG: #[[ROPE:.*]] = #tile_gpu.layout<[32, 64] register=[{{\[}}0, 1], [0, 2], [0, 4], [16, 0]] lane=[{{\[}}0, 8], [0, 16], [0, 32], [1, 0], [2, 0]] warp=[{{\[}}4, 0], [8, 0]]>
// CHECK-DAG: #[[COS:.*]] = #tile_gpu.layout<[64] register=[{{\[}}1], [2], [4]] lane=[{{\[}}8], [16], [32], [0], [0]] warp=[{{\[}}0], [0]]>

// The cosines of a row are loaded where the row's elements are: no movement for [None, :].
// CHECK-LABEL: func.func @rope
// CHECK-NOT: convert_layout
// CHECK-COUNT-2: tile.load %{{.*}} {tile_gpu.vector = 4 : i32} : tensor<64x!tile.ptr<f32>, #[[COS]]>
// CHECK-COUNT-2: tile.load %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<32x64x!tile.ptr<f16>, #[[ROPE]]>
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 8 : i32} : tensor<32x64x!tile.ptr<f16>, #[[ROPE]]>
func.func @rope(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %c: !tile.ptr<f32> {tile.divisibility = 16 : i64},
    %st: i32 {tile.divisibility = 16 : i64}, %sh: i32 {tile.divisibility = 16 : i64}, %nh: i32) attributes {tile.kernel} {
  %pid = tile.program_id 0
  %t = arith.muli %pid, %st : i32
  %heads = tile.arange 0, 32 : tensor<32xi32>
  %dims = tile.arange 0, 64 : tensor<64xi32>
  %cb = tile.splat %c : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>>
  %cp = tile.addptr %cb, %dims : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %cos = tile.load %cp : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
  %k64 = arith.constant dense<64> : tensor<64xi32>
  %sp = tile.addptr %cp, %k64 : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  %sin = tile.load %sp : tensor<64x!tile.ptr<f32>> -> tensor<64xf32>
  %cos1 = tile.expand_dims %cos 0 : tensor<64xf32> -> tensor<1x64xf32>
  %sin1 = tile.expand_dims %sin 0 : tensor<64xf32> -> tensor<1x64xf32>
  %cosb = tile.broadcast %cos1 : tensor<1x64xf32> -> tensor<32x64xf32>
  %sinb = tile.broadcast %sin1 : tensor<1x64xf32> -> tensor<32x64xf32>
  %h1 = tile.expand_dims %heads 1 : tensor<32xi32> -> tensor<32x1xi32>
  %nb = tile.splat %nh : i32 -> tensor<32x1xi32>
  %m1 = arith.cmpi slt, %h1, %nb : tensor<32x1xi32>
  %m = tile.broadcast %m1 : tensor<32x1xi1> -> tensor<32x64xi1>
  %shb = tile.splat %sh : i32 -> tensor<32x1xi32>
  %ho = arith.muli %h1, %shb : tensor<32x1xi32>
  %hob = tile.broadcast %ho : tensor<32x1xi32> -> tensor<32x64xi32>
  %d1 = tile.expand_dims %dims 0 : tensor<64xi32> -> tensor<1x64xi32>
  %db = tile.broadcast %d1 : tensor<1x64xi32> -> tensor<32x64xi32>
  %o = arith.addi %hob, %db : tensor<32x64xi32>
  %xr = tile.addptr %x, %t : !tile.ptr<f16>, i32
  %xb = tile.splat %xr : !tile.ptr<f16> -> tensor<32x64x!tile.ptr<f16>>
  %xp = tile.addptr %xb, %o : tensor<32x64x!tile.ptr<f16>>, tensor<32x64xi32>
  %k2 = arith.constant dense<64> : tensor<32x64xi32>
  %x2p = tile.addptr %xp, %k2 : tensor<32x64x!tile.ptr<f16>>, tensor<32x64xi32>
  %a = tile.load %xp mask %m : tensor<32x64x!tile.ptr<f16>> -> tensor<32x64xf16>
  %b = tile.load %x2p mask %m : tensor<32x64x!tile.ptr<f16>> -> tensor<32x64xf16>
  %af = arith.extf %a : tensor<32x64xf16> to tensor<32x64xf32>
  %bf = arith.extf %b : tensor<32x64xf16> to tensor<32x64xf32>
  %ac = arith.mulf %af, %cosb : tensor<32x64xf32>
  %bs = arith.mulf %bf, %sinb : tensor<32x64xf32>
  %r = arith.subf %ac, %bs : tensor<32x64xf32>
  %rt = arith.truncf %r : tensor<32x64xf32> to tensor<32x64xf16>
  %yr = tile.addptr %y, %t : !tile.ptr<f16>, i32
  %yb = tile.splat %yr : !tile.ptr<f16> -> tensor<32x64x!tile.ptr<f16>>
  %yp = tile.addptr %yb, %o : tensor<32x64x!tile.ptr<f16>>, tensor<32x64xi32>
  tile.store %yp, %rt mask %m : tensor<32x64x!tile.ptr<f16>>
  return
}

// Both sides access whole lines; the data moves once.
// CHECK-LABEL: func.func @transpose
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 4 : i32}
// CHECK: tile_gpu.convert_layout
// CHECK-NOT: tile_gpu.convert_layout
// CHECK: tile.store %{{.*}} {tile_gpu.vector = 4 : i32}
func.func @transpose(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %s: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
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
  %yb = tile.splat %y : !tile.ptr<f32> -> tensor<64x64x!tile.ptr<f32>>
  %yp = tile.addptr %yb, %o : tensor<64x64x!tile.ptr<f32>>, tensor<64x64xi32>
  tile.store %yp, %t : tensor<64x64x!tile.ptr<f32>>
  return
}

// A row stays within a warp, the sums go back into it without movement.
// CHECK-LABEL: func.func @rows
// CHECK-NOT: convert_layout
// CHECK: tile.reduce(%{{.*}}) axis 1 : (tensor<16x1024xf32, #[[X:.*]]>) -> tensor<16xf32, #[[S:.*]]> {
// CHECK: tile.expand_dims %{{.*}} 1 : tensor<16xf32, #[[S]]> -> tensor<16x1xf32, #[[S1:.*]]>
// CHECK: tile.broadcast %{{.*}} : tensor<16x1xf32, #[[S1]]> -> tensor<16x1024xf32, #[[X]]>
// CHECK: tile.store
// CHECK: tile.store
func.func @rows(%x: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %z: !tile.ptr<f16> {tile.divisibility = 16 : i64}, %s: i32 {tile.divisibility = 16 : i64}) attributes {tile.kernel} {
  %r = tile.arange 0, 16 : tensor<16xi32>
  %c = tile.arange 0, 1024 : tensor<1024xi32>
  %c0 = tile.expand_dims %c 0 : tensor<1024xi32> -> tensor<1x1024xi32>
  %r1 = tile.expand_dims %r 1 : tensor<16xi32> -> tensor<16x1xi32>
  %sb = tile.splat %s : i32 -> tensor<16x1xi32>
  %m = arith.muli %r1, %sb : tensor<16x1xi32>
  %mb = tile.broadcast %m : tensor<16x1xi32> -> tensor<16x1024xi32>
  %cb = tile.broadcast %c0 : tensor<1x1024xi32> -> tensor<16x1024xi32>
  %o = arith.addi %mb, %cb : tensor<16x1024xi32>
  %xb = tile.splat %x : !tile.ptr<f16> -> tensor<16x1024x!tile.ptr<f16>>
  %xp = tile.addptr %xb, %o : tensor<16x1024x!tile.ptr<f16>>, tensor<16x1024xi32>
  %v = tile.load %xp : tensor<16x1024x!tile.ptr<f16>> -> tensor<16x1024xf16>
  %f = arith.extf %v : tensor<16x1024xf16> to tensor<16x1024xf32>
  %sum = tile.reduce (%f) axis 1 : (tensor<16x1024xf32>) -> tensor<16xf32> {
  ^bb0(%a: f32, %b: f32):
    %q = arith.addf %a, %b : f32
    tile.yield %q : f32
  }
  %s1 = tile.expand_dims %sum 1 : tensor<16xf32> -> tensor<16x1xf32>
  %s2 = tile.broadcast %s1 : tensor<16x1xf32> -> tensor<16x1024xf32>
  %w = arith.divf %f, %s2 : tensor<16x1024xf32>
  %wt = arith.truncf %w : tensor<16x1024xf32> to tensor<16x1024xf16>
  %zb = tile.splat %z : !tile.ptr<f16> -> tensor<16x1024x!tile.ptr<f16>>
  %zp = tile.addptr %zb, %o : tensor<16x1024x!tile.ptr<f16>>, tensor<16x1024xi32>
  tile.store %zp, %wt : tensor<16x1024x!tile.ptr<f16>>
  %yb = tile.splat %y : !tile.ptr<f32> -> tensor<16x!tile.ptr<f32>>
  %yp = tile.addptr %yb, %r : tensor<16x!tile.ptr<f32>>, tensor<16xi32>
  tile.store %yp, %sum : tensor<16x!tile.ptr<f32>>
  return
}

// Accumulators and pointers go round the loop in the layout of the load.
// CHECK-LABEL: func.func @columns
// CHECK-NOT: convert_layout
// CHECK: scf.for {{.*}} -> (tensor<128x64xf32, #[[L:.*]]>, tensor<128x64x!tile.ptr<f32>, #[[L]]>)
// CHECK: tile.load %{{.*}} {tile_gpu.vector = 4 : i32} : tensor<128x64x!tile.ptr<f32>, #[[L]]>
// CHECK-NOT: convert_layout
// CHECK: tile.reduce(%{{.*}}) axis 0 : (tensor<128x64xf32, #[[L]]>)
func.func @columns(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %y: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %s: i32 {tile.divisibility = 16 : i64}, %n: i32) attributes {tile.kernel} {
  %r = tile.arange 0, 128 : tensor<128xi32>
  %c = tile.arange 0, 64 : tensor<64xi32>
  %c0 = tile.expand_dims %c 0 : tensor<64xi32> -> tensor<1x64xi32>
  %r1 = tile.expand_dims %r 1 : tensor<128xi32> -> tensor<128x1xi32>
  %sb = tile.splat %s : i32 -> tensor<128x1xi32>
  %m = arith.muli %r1, %sb : tensor<128x1xi32>
  %mb = tile.broadcast %m : tensor<128x1xi32> -> tensor<128x64xi32>
  %cb = tile.broadcast %c0 : tensor<1x64xi32> -> tensor<128x64xi32>
  %o = arith.addi %mb, %cb : tensor<128x64xi32>
  %xb = tile.splat %x : !tile.ptr<f32> -> tensor<128x64x!tile.ptr<f32>>
  %xp = tile.addptr %xb, %o : tensor<128x64x!tile.ptr<f32>>, tensor<128x64xi32>
  %zero = arith.constant dense<0.0> : tensor<128x64xf32>
  %i0 = arith.constant 0 : i32
  %i1 = arith.constant 1 : i32
  %step = arith.constant 128 : i32
  %adv = arith.muli %step, %s : i32
  %advb = tile.splat %adv : i32 -> tensor<128x64xi32>
  %acc:2 = scf.for %i = %i0 to %n step %i1 iter_args(%a = %zero, %p = %xp) -> (tensor<128x64xf32>, tensor<128x64x!tile.ptr<f32>>) : i32 {
    %v = tile.load %p : tensor<128x64x!tile.ptr<f32>> -> tensor<128x64xf32>
    %na = arith.addf %a, %v : tensor<128x64xf32>
    %np = tile.addptr %p, %advb : tensor<128x64x!tile.ptr<f32>>, tensor<128x64xi32>
    scf.yield %na, %np : tensor<128x64xf32>, tensor<128x64x!tile.ptr<f32>>
  }
  %sum = tile.reduce (%acc#0) axis 0 : (tensor<128x64xf32>) -> tensor<64xf32> {
  ^bb0(%a: f32, %b: f32):
    %q = arith.addf %a, %b : f32
    tile.yield %q : f32
  }
  %yb = tile.splat %y : !tile.ptr<f32> -> tensor<64x!tile.ptr<f32>>
  %yp = tile.addptr %yb, %c : tensor<64x!tile.ptr<f32>>, tensor<64xi32>
  tile.store %yp, %sum : tensor<64x!tile.ptr<f32>>
  return
}
