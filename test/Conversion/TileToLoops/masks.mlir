// RUN: tegula-opt %s --convert-tile-to-loops --canonicalize --cse | FileCheck %s

// A prefix mask on the store is the loop's bound; the same mask on the loads asks nothing.
// CHECK-LABEL: func.func private @prefix.program(
// CHECK-SAME: %[[X:[^:]*]]: !llvm.ptr, %[[OUT:[^:]*]]: !llvm.ptr, %[[N:[^:]*]]: i32
// CHECK: arith.extsi %[[N]] : i32 to i64
// CHECK: %[[FROM:.*]] = arith.select %{{.*}} : !llvm.ptr
// CHECK: %[[HIGH:.*]] = arith.minsi %{{.*}}, %c128_i64
// CHECK-NEXT: scf.for %[[I:.*]] = %c0_i64 to %[[HIGH]] step %c1_i64
// CHECK-NOT: scf.if
// CHECK: llvm.getelementptr inbounds %{{.*}}[%[[I]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: llvm.load
// CHECK: arith.mulf
// CHECK: llvm.store
// CHECK: llvm.loop_annotation
func.func @prefix(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>, %n: i32) attributes {tile.kernel} {
  %o = tile.arange 0, 128 : tensor<128xi32>
  %ns = tile.splat %n : i32 -> tensor<128xi32>
  %m = arith.cmpi slt, %o, %ns : tensor<128xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  %v = tile.load %xp mask %m : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>
  %y = arith.mulf %v, %v : tensor<128xf32>
  %os = tile.splat %out : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %op = tile.addptr %os, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  tile.store %op, %y mask %m : tensor<128x!tile.ptr<f32>>
  return
}

// What lies beyond the bound is one value: it is combined in closed form, without a second loop.
// CHECK-LABEL: func.func private @sum.program(
// CHECK: scf.for
// CHECK: arith.addf {{.*}} fastmath<reassoc>
// CHECK-NOT: scf.for
// CHECK: return
func.func @sum(%x: !tile.ptr<f32>, %out: !tile.ptr<f32>, %n: i32) attributes {tile.kernel} {
  %o = tile.arange 0, 128 : tensor<128xi32>
  %ns = tile.splat %n : i32 -> tensor<128xi32>
  %m = arith.cmpi slt, %o, %ns : tensor<128xi32>
  %xs = tile.splat %x : !tile.ptr<f32> -> tensor<128x!tile.ptr<f32>>
  %xp = tile.addptr %xs, %o : tensor<128x!tile.ptr<f32>>, tensor<128xi32>
  %one = arith.constant dense<1.0> : tensor<128xf32>
  %v = tile.load %xp mask %m other %one : tensor<128x!tile.ptr<f32>> -> tensor<128xf32>
  %s = tile.reduce (%v) axis 0 : (tensor<128xf32>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b fastmath<reassoc> : f32
    tile.yield %c : f32
  }
  tile.store %out, %s : !tile.ptr<f32>
  return
}

// A condition that is no bound is asked element by element.
// CHECK-LABEL: func.func private @odd.program(
// CHECK: scf.for
// CHECK: arith.andi
// CHECK: scf.if
// CHECK: llvm.store
func.func @odd(%out: !tile.ptr<i32>) attributes {tile.kernel} {
  %o = tile.arange 0, 128 : tensor<128xi32>
  %one = arith.constant dense<1> : tensor<128xi32>
  %low = arith.andi %o, %one : tensor<128xi32>
  %m = arith.cmpi eq, %low, %one : tensor<128xi32>
  %os = tile.splat %out : !tile.ptr<i32> -> tensor<128x!tile.ptr<i32>>
  %op = tile.addptr %os, %o : tensor<128x!tile.ptr<i32>>, tensor<128xi32>
  tile.store %op, %o mask %m : tensor<128x!tile.ptr<i32>>
  return
}
