// RUN: tegula-opt %s --tile-gpu-reorder-loads | FileCheck %s
// RUN: tegula-opt %s --tile-gpu-reorder-loads=max-registers=4 | FileCheck %s --check-prefix=FEW

#l = #tile_gpu.layout<[1024] register=[[1], [2], [4]] lane=[[8], [16], [32], [64], [128]] warp=[[256], [512]]>

// CHECK-LABEL: func.func @loads_before_reduction
// CHECK: tile.load
// CHECK-NEXT: tile.splat
// CHECK-NEXT: tile.addptr
// CHECK-NEXT: tile.load
// CHECK-NEXT: arith.extf
// CHECK-NEXT: tile.reduce
// Four registers for the first, four for the second.
// FEW-LABEL: func.func @loads_before_reduction
// FEW: tile.load
// FEW-NEXT: arith.extf
// FEW-NEXT: tile.reduce
// FEW: tile.load
func.func @loads_before_reduction(%p: tensor<1024x!tile.ptr<f16>, #l>, %q: !tile.ptr<f16>, %o: tensor<1024xi32, #l>) -> (f32, tensor<1024xf16, #l>) {
  %x = tile.load %p : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %f = arith.extf %x : tensor<1024xf16, #l> to tensor<1024xf32, #l>
  %s = tile.reduce (%f) axis 0 : (tensor<1024xf32, #l>) -> f32 {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    tile.yield %c : f32
  }
  %qb = tile.splat %q : !tile.ptr<f16> -> tensor<1024x!tile.ptr<f16>, #l>
  %qp = tile.addptr %qb, %o : tensor<1024x!tile.ptr<f16>, #l>, tensor<1024xi32, #l>
  %w = tile.load %qp : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %g = arith.addf %x, %w : tensor<1024xf16, #l>
  return %s, %g : f32, tensor<1024xf16, #l>
}

// CHECK-LABEL: func.func @keeps_dependent_load_behind
// CHECK: tile.load
// CHECK-NEXT: tile.addptr
// CHECK-NEXT: tile.load
func.func @keeps_dependent_load_behind(%p: tensor<1024x!tile.ptr<i32>, #l>, %q: tensor<1024x!tile.ptr<f16>, #l>) -> tensor<1024xf16, #l> {
  %i = tile.load %p : tensor<1024x!tile.ptr<i32>, #l> -> tensor<1024xi32, #l>
  %a = tile.addptr %q, %i : tensor<1024x!tile.ptr<f16>, #l>, tensor<1024xi32, #l>
  %v = tile.load %a : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  return %v : tensor<1024xf16, #l>
}

// CHECK-LABEL: func.func @stays_behind_store
// CHECK: tile.load
// CHECK: tile.store
// CHECK-NEXT: tile.load
func.func @stays_behind_store(%p: tensor<1024x!tile.ptr<f16>, #l>, %q: tensor<1024x!tile.ptr<f16>, #l>) -> tensor<1024xf16, #l> {
  %x = tile.load %p : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %n = arith.negf %x : tensor<1024xf16, #l>
  tile.store %q, %n : tensor<1024x!tile.ptr<f16>, #l>
  %v = tile.load %q : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  return %v : tensor<1024xf16, #l>
}

// CHECK-LABEL: func.func @stays_behind_barrier
// CHECK: tile.barrier
// CHECK-NEXT: tile.load
func.func @stays_behind_barrier(%p: tensor<1024x!tile.ptr<f16>, #l>, %q: tensor<1024x!tile.ptr<f16>, #l>) -> tensor<1024xf16, #l> {
  %x = tile.load %p : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %n = arith.negf %x : tensor<1024xf16, #l>
  tile.barrier
  %v = tile.load %q : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %s = arith.addf %n, %v : tensor<1024xf16, #l>
  return %s : tensor<1024xf16, #l>
}

// CHECK-LABEL: func.func @volatile_load_stays
// CHECK: arith.negf
// CHECK-NEXT: tile.load %{{.*}} volatile
func.func @volatile_load_stays(%p: tensor<1024x!tile.ptr<f16>, #l>, %q: tensor<1024x!tile.ptr<f16>, #l>) -> tensor<1024xf16, #l> {
  %x = tile.load %p : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %n = arith.negf %x : tensor<1024xf16, #l>
  %v = tile.load %q volatile : tensor<1024x!tile.ptr<f16>, #l> -> tensor<1024xf16, #l>
  %s = arith.addf %n, %v : tensor<1024xf16, #l>
  return %s : tensor<1024xf16, #l>
}
