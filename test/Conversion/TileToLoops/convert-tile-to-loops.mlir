// RUN: tegula-opt %s --convert-tile-to-loops --canonicalize --cse | FileCheck %s

// CHECK: tegula.scratch_bytes = 512 : i64

// The entry unpacks the arguments once and counts the program ids up.
// CHECK-LABEL: func.func private @scale.program(
// CHECK-SAME: %{{.*}}: !llvm.ptr {llvm.align = 16 : i64}, %{{.*}}: f32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr {llvm.align = 64 : i64, llvm.noalias}
// CHECK-LABEL: func.func @scale(
// CHECK-SAME: %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr
// CHECK: scf.for
// CHECK: call @scale.program
func.func @scale(%x: !tile.ptr<f32> {tile.divisibility = 16 : i64}, %f: f32) attributes {tile.kernel} {
  %v = tile.load %x : !tile.ptr<f32> -> f32
  %y = arith.mulf %v, %f : f32
  tile.store %x, %y : !tile.ptr<f32>
  return
}

// A costly value that a reduction computes and a store wants is written on the way, and computed once.
// CHECK-LABEL: func.func private @softmax_like.program(
// CHECK: scf.for
// CHECK: math.exp
// CHECK: llvm.store
// CHECK: scf.for
// CHECK-NOT: math.exp
// CHECK: return
func.func @softmax_like(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>) attributes {tile.kernel} {
  %o = tile.arange 0, 128 : tensor<128xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  %v = tile.load %xp : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>
  %e = math.exp %v : tensor<128xf32>
  %s = tile.reduce (%e) axis 0 : (tensor<128xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b fastmath<reassoc> : f32
    tile.yield %c : f32
  }
  %ss = tile.splat %s : f32 -> tensor<128xf32>
  %y = arith.divf %e, %ss : tensor<128xf32>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %op = tile.addptr %os, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  tile.store %op, %y : tensor<128x!tile.ptr<f32>>
  return
}

// In place and known to be: no check, no copy.
// CHECK-LABEL: func.func private @in_place.program(
// CHECK-NOT: scf.if
// CHECK: scf.for
// CHECK: return
func.func @in_place(%x: !tile.ptr<f32>) attributes {tile.kernel} {
  %o = tile.arange 0, 128 : tensor<128xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  %v = tile.load %xp : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>
  %y = arith.addf %v, %v : tensor<128xf32>
  tile.store %xp, %y : tensor<128x!tile.ptr<f32>>
  return
}

// Pointers that step through a loop are one scalar.
// CHECK-LABEL: func.func private @steps.program(
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %c0_i64) -> (i64)
// CHECK: llvm.store
// CHECK: arith.addi {{.*}} : i64
func.func @steps(%x: !tile.ptr<i32>, %n: i32) attributes {tile.kernel} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %o = tile.arange 0, 64 : tensor<64xi32>
  %step = arith.constant dense<64> : tensor<64xi32>
  %xs = tile.splat %x : !tile.ptr<i32> -> tensor<64x!tile.ptr<i32>>
  %xp = tile.addptr %xs, %o : tensor<64x!tile.ptr<i32>>, tensor<64xi32>
  %e = scf.for %i = %c0 to %n step %c1 iter_args(%p = %xp) -> (tensor<64x!tile.ptr<i32>>) : i32 {
    %is = tile.splat %i : i32 -> tensor<64xi32>
    tile.store %p, %is : tensor<64x!tile.ptr<i32>>
    %q = tile.addptr %p, %step : tensor<64x!tile.ptr<i32>>, tensor<64xi32>
    scf.yield %q : tensor<64x!tile.ptr<i32>>
  }
  return
}
